"""The page that shows FanRuan's page followed word for word: statement, what was done, what was seen."""

from __future__ import annotations

import hashlib
from pathlib import Path

import ledger

from _site.tongue import md
from fanlic import Lab
from fanlic.lab.literal import follow
from fanlic.lab.literal.reading import PageNotFollowed
from fanlic.model.refusals import Refusal

HEAD = """\
---
title: Followed word for word
---

# FanRuan's page, followed word for word

A reader does what each statement of FanRuan's page says, in a lab with real processes, and notes what is seen. This
table was made when the site was built; a statement that could not be followed would have stopped the build. The same
reading is a test, with the mail form of the English page and with that of the Chinese one. The [ledger](ledger.md) has
the places, and the statements that are no rule.

| place on the page | clause | what was done | what was seen |
|---|---|---|---|
"""


def page(cache: Path, program: bytes) -> str:
    """The whole reading, in the order of the page; one that was made by the same program is taken from `cache`."""
    rows = [row for row in ledger.read_ledger() if row.clauses]
    mark = hashlib.sha256(program + Path(__file__).read_bytes() + repr(rows).encode()).hexdigest()
    kept = cache / "literal.md"
    if kept.is_file() and kept.read_text("utf-8").startswith(mark):
        return kept.read_text("utf-8").removeprefix(mark)
    try:
        followed = _followed()
    except (PageNotFollowed, Refusal):  # once more: on a busy machine a server may start too late
        followed = _followed()
    text = HEAD + "\n".join(_row(row, *followed[row.at]) for row in rows) + "\n"
    cache.mkdir(parents=True, exist_ok=True)
    kept.write_text(mark + text, "utf-8", newline="\n")
    return text


def _followed() -> dict[str, tuple[str, str]]:
    with Lab() as lab:
        return {place: (step.done, step.seen) for step in follow(lab) for place in step.at}


def _row(row: ledger.Statement, done: str, seen: str) -> str:
    clauses = "<br>".join(f"[{slug}](clauses.md#{slug})" for slug in row.clauses)
    lines = [line for line in seen.splitlines() if line.strip()]
    shown = "<br>".join(f"`{line}`" if len(lines) > 1 else md(line) for line in lines)
    return f"| {row.at} | {clauses} | {_command(done)} | {shown.replace('|', chr(92) + '|')} |"


def _command(done: str) -> str:
    return f"`{done}`" if done.startswith("docker ") else md(done)
