"""The ledger of FanRuan's page: each statement of it has a clause, or a reason why it is not a rule.

    python docs/ledger.py check COPY    compare the ledger with a copy of the page (a text file of your own)
    python docs/ledger.py suspects      name the clauses that somebody has to look at again, and what belongs to them
    python docs/ledger.py clear SLUG... say that a maintainer has looked at these clauses, or at `all`

A clause is suspect when one of its statements, its paraphrase or its Chinese translation is not what it was when a
maintainer last cleared it. Then its lines, its tests and its translation may no longer say what the page says. The
idea is that of requirement tools: a link between two texts holds only as long as neither text changes.
"""

from __future__ import annotations

import gettext
import hashlib
import json
import re
import sys
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]  # so that a plain checkout needs no installation

from fanlic.model.clauses import SLUGS, SOURCE_VERSION, Clause  # noqa: E402 - after the line above

FOLDER = ROOT / "docs" / "_ledger"
STATEMENTS, CLEARED = FOLDER / "statements.toml", FOLDER / "cleared.json"
KINDS = ("heading", "prose", "note", "cell", "command", "caption")
_SENTENCE = re.compile(r"(?<=[.?!)])\s+(?=[A-Z(])")


class Statement(NamedTuple):
    """One statement of the page: our name for its place, its kind, its digest, and its clauses or why it has none."""

    at: str
    kind: str
    digest: str
    clauses: tuple[str, ...]
    no_rule: str


def read_ledger() -> list[Statement]:
    """The statements, in the order of the page."""
    rows = tomllib.loads(STATEMENTS.read_text("utf-8"))["statement"]
    return [
        Statement(row["at"], row["kind"], row["hash"], tuple(row.get("clauses", ())), row.get("no_rule", ""))
        for row in rows
    ]


def split(copy: str) -> Iterator[str]:
    """The statements of a copy of the page: a sentence each, or a cell of a table; numbers of lists are left out.

    Spaces, line ends and full-width forms do not count, for they differ between copies.
    """
    for line in copy.splitlines():
        plain = re.sub(r"^\d+\. ", "", " ".join(unicodedata.normalize("NFKC", line).split()))
        for cell in plain.split(" |"):
            text = cell.strip("| ")
            if text not in ("", "/"):
                yield from _SENTENCE.split(text)


def digest(text: str) -> str:
    """What the ledger keeps of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def differences(ledger: list[Statement], copy: str) -> list[str]:
    """In words, what a copy has that the ledger has not, and the other way round."""
    texts = list(split(copy))
    matcher = SequenceMatcher(None, [row.digest for row in ledger], list(map(digest, texts)), autojunk=False)
    lines = []
    for change, begin, end, first, last in matcher.get_opcodes():
        if change == "equal":
            continue
        lines += [f"gone or changed: {row.at} ({', '.join(row.clauses) or 'no rule'})" for row in ledger[begin:end]]
        after = ledger[begin - 1].at if begin else "the beginning"
        lines += [f"new or changed, after {after}: {digest(text)} {text}" for text in texts[first:last]]
    return lines


def fingerprints(ledger: Iterable[Statement], translate: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What is to be cleared, by slug: the clause's statements, its paraphrase, its translation."""
    rows = list(ledger)
    return {
        clause.slug: {
            "statement": digest(" ".join(row.digest for row in rows if clause.slug in row.clauses)),
            "paraphrase": digest(f"{clause.heading}\n{clause.text}\n{clause.source}\n{clause.read}"),
            "translation": digest(translate.get(clause.text, "")),
        }
        for clause in Clause
    }


def chinese() -> dict[str, str]:
    """The Chinese of every clause's paraphrase."""
    folder = str(ROOT / "fanlic" / "texts" / "locale")
    translation = gettext.translation("fanlic", folder, languages=["zh_CN"])
    return {clause.text: translation.gettext(clause.text) for clause in Clause}


def suspects() -> dict[str, list[str]]:
    """Which parts of which clauses have changed since they were cleared."""
    cleared = json.loads(CLEARED.read_text("utf-8"))
    today = fingerprints(read_ledger(), chinese())
    return {
        slug: changed
        for slug, parts in today.items()
        if (changed := [part for part, value in parts.items() if cleared.get(slug, {}).get(part) != value])
    }


def clear(slugs: Iterable[str]) -> None:
    """Note that a maintainer has looked at these clauses; what no clause has any more is left out."""
    cleared = json.loads(CLEARED.read_text("utf-8")) if CLEARED.is_file() else {}
    today = fingerprints(read_ledger(), chinese())
    cleared |= {slug: today[slug] for slug in slugs}
    kept = {slug: cleared[slug] for slug in sorted(cleared) if slug in today}
    CLEARED.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


PAGE = """\
# Ledger

{count} statements of FanRuan's page ({source}): each sentence, table cell, note, command and
caption. Only a digest of each is kept, never its text; open the page beside this one to follow it. {rules} statements
have clauses, {others} are no rule and say why; the latter are counted apart, for no test could prove a heading.

| part of the page | statements | with a clause | no rule | clauses | of these, no line enforces |
|---|---|---|---|---|---|
{table}
"""


def page() -> str:
    """The ledger as a page of the site, and as a file whose difference shows what a change of clauses does to it."""
    rows = read_ledger()
    parts = {part: list(each) for part, each in groupby(rows, key=lambda row: row.at.partition("/")[0])}
    rules = sum(bool(row.clauses) for row in rows)
    table = "\n".join(_counts(part, each) for part, each in parts.items())
    head = PAGE.format(count=len(rows), source=SOURCE_VERSION, rules=rules, others=len(rows) - rules, table=table)
    return head + "".join(_part(part, each) for part, each in parts.items())


def _counts(part: str, rows: list[Statement]) -> str:
    slugs = {slug for row in rows for slug in row.clauses}
    rules, no_line = sum(bool(row.clauses) for row in rows), sum(bool(SLUGS[slug].no_line) for slug in slugs)
    return f"| {part} | {len(rows)} | {rules} | {len(rows) - rules} | {len(slugs)} | {no_line} |"


def _part(part: str, rows: list[Statement]) -> str:
    lines = [f"\n## {part}\n", "| place | kind | clauses, or why it is no rule | digest |", "|---|---|---|---|"]
    for row in rows:
        held = ", ".join(f"[{slug}](clauses.md#{slug})" for slug in row.clauses) or row.no_rule
        lines.append(f"| {row.at} | {row.kind} | {held} | `{row.digest}` |")
    return "\n".join(lines) + "\n"


def _tell_suspects() -> int:
    from _site import trace

    found, places = suspects(), trace.collect(ROOT)
    for slug, changed in found.items():
        print(f"{slug}: changed since it was cleared: {', '.join(changed)}. Look at")
        for name in [*places.lines.get(slug, []), *places.tests.get(slug, [])]:
            print(f"    {name.file}:{name.line}")
        print(f"    its Chinese in fanlic.po; then: python docs/ledger.py clear {slug}")
    return 1 if found else 0


def _check(path: str) -> int:
    try:
        copy = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        print(f"{path} cannot be read ({problem}). Name a text file in UTF-8 that holds a copy of the page.")
        return 2
    lines = differences(read_ledger(), copy)
    print("\n".join(lines) or f"{path} says what the ledger has: {len(read_ledger())} statements.")
    return 1 if lines else 0


def main(arguments: list[str]) -> int:
    """The command line; 1 where something is to be done, 2 for a wrong call."""
    match arguments:
        case ["check", path]:
            return _check(path)
        case ["suspects"]:
            return _tell_suspects()
        case ["clear", *slugs] if slugs:
            wanted = list(SLUGS) if slugs == ["all"] else slugs
            if unknown := [slug for slug in wanted if slug not in SLUGS]:
                print(f"No clause has the slug {', '.join(unknown)}. The slugs stand in docs/clauses.md.")
                return 2
            clear(wanted)
            return 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
