"""The page of the editions: side by side, with every switch, played while the site is built; then the rules."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

from _site.slugs import slugs_of_tag
from _site.tongue import grounds, md, told
from fanlic.lab import compare
from fanlic.model.policy import EDITIONS, Policy
from fanlic.model.refusals import N_
from fanlic.texts import _, duration

_TITLE = N_("Editions compared")
_HEAD = N_(
    "The vendor's public pages contradict each other on restarts. Each set of rules is an edition; on the command line "
    "`--edition NAME`, in a notebook `Lab(policy=...)`. A switch is turned with `--set lock_on=reaching`, in a "
    "notebook with `replace`. The whole of it travels in the image; `/license/v1/status` and the QR code page show "
    "it. A rule that the lab would not follow is refused. Why they are read so: "
    "[Readings, editions](../readings.md#editions)."
)
_PLAYED = N_("Each cell was played when this site was built, in a lab of its own. It says what was seen.")
_SWITCHES = N_(
    "A switch stands for a sentence that can be read in two ways. The usual position is that of FineBI 6.0.5."
)
_COLUMNS = (
    N_("Switch"),
    N_("What is done"),
    N_("Usual position"),
    N_("Other position"),
    N_("Basis of the question"),
)
_YOURS = (
    N_("Deployed by hand from the vendor's archive, FineBI 6.0.5: `finebi-6.0.5`, which follows FanRuan's page."),
    N_(
        "Deployed and managed by FineOps: `fineops-2025-08`. Any stop or restart needs a new scan "
        "(the vendor elsewhere)."
    ),
    N_(
        "FineReport 11.5.11: `finereport-11.5.11`. A restart needs no scan while the license allows "
        "(the vendor elsewhere)."
    ),
)
# What stands as a comment or as a value in policy.py, so that the catalogue has it.
TOLD = (
    N_("the page prints a number no port can have"),
    N_("ours: wrong codes since the last success (NIST SP 800-63B)"),
    N_("ours: QR codes replaced while they were valid, within one QR code's life"),
    N_("ours: the twelfth poll must be able to arrive"),
    N_("ours: how far a clock may step back"),
    N_("ours: how often a running server says so"),
    N_("ours: a running server settles at least this often"),
    N_("the page's example registers over an IP"),
    N_("survives a down-time below the limit"),
    N_("never survives"),
    N_("survives while the license is valid"),
    N_("the one after the last allowed"),
    N_("the container starts, and the phone refuses its QR code"),
)
Pages = dict[str, str]  # by the setting of the language


def pages(root: Path, cache: Path, program: bytes, settings: Sequence[str]) -> Pages:
    """The page in each language; what the same program has played is taken from `cache`."""
    mark = hashlib.sha256(program + Path(__file__).read_bytes()).hexdigest()
    kept = cache / "editions.json"
    if kept.is_file() and (held := json.loads(kept.read_text("utf-8")))["mark"] == mark:
        found: Pages = held["pages"]
        return found
    made = {}
    for setting in settings:
        os.environ["FANLIC_LANG"] = setting
        made[setting] = page(root)
    cache.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps({"mark": mark, "pages": made}, ensure_ascii=False), "utf-8", newline="\n")
    return made


def page(root: Path) -> str:
    """The whole page."""
    head = [f"---\ntitle: {_(_TITLE)}\n---\n", f"# {_(_TITLE)}\n", f"{_(_HEAD)}\n"]
    yours = [f"\n## {_('Which one is yours?')}\n", *(f"- {_(each)}" for each in _YOURS), ""]
    return "\n".join([*head, *_compared(), *_rules(root), *yours])


def _rules(root: Path) -> Iterator[str]:
    comments = dict(
        re.findall(r"^    (\w+):.*?#\s*(.+)$", (root / "fanlic/model/policy.py").read_text("utf-8"), re.MULTILINE)
    )
    names = [field.name for field in fields(Policy) if field.name not in ("edition", "title")]
    differs = [name for name in names if len({getattr(each, name) for each in EDITIONS.values()}) > 1]
    yield f"\n## {_('What differs in the rules')}\n"
    yield f"| {_('Setting')} | " + " | ".join(told(each.title) for each in EDITIONS.values()) + " |"
    yield "|---|" + "---|" * len(EDITIONS)
    yield f"| {_('name')} | " + " | ".join(f"`{each.edition}`" for each in EDITIONS.values()) + " |"
    yield from (_row(name, comments) for name in differs)
    yield f"\n## {_('What is the same in all')}\n"
    yield f"| {_('Setting')} | {_('Value')} | {_('Source')} |"
    yield "|---|---|---|"
    default = next(iter(EDITIONS.values()))
    for name in names:
        if name not in differs:
            yield f"| `{name}` | {_value(getattr(default, name))} | {_source(comments.get(name, ''))} |"


def _compared() -> Iterator[str]:
    """What was seen under each edition and in each position of each switch, played while the site is built."""
    yield f"## {_('The editions, played')}\n"
    yield f"{_(_PLAYED)}\n"
    yield f"| {_('What is done')} | " + " | ".join(told(each.title) for each in EDITIONS.values()) + " |"
    yield "|---|" + "---|" * len(EDITIONS)
    for row in compare.editions():
        yield f"| {md(row.done)} | " + " | ".join(md(seen).replace("; ", "<br>") for seen in row.seen.values()) + " |"
    yield f"\n## {_('Every switch, played in each position')}\n"
    yield f"{_(_SWITCHES)}\n"
    yield "| " + " | ".join(map(_, _COLUMNS)) + " |"
    yield "|---|---|---|---|---|"
    for switch in compare.switches():
        cells = {position: f"`{position}`: {md(seen)}" for position, seen in switch.seen.items()}
        others = "<br>".join(text for position, text in cells.items() if position != switch.usual)
        yield f"| `{switch.name}` | {md(switch.done)} | {cells[switch.usual]} | {others} | {grounds(switch, '../')} |"


def _row(name: str, comments: dict[str, str]) -> str:
    values = " | ".join(_value(getattr(each, name)) for each in EDITIONS.values())
    source = _source(comments.get(name, ""))
    return f"| `{name}`{' (' + source + ')' if source else ''} | {values} |"


def _value(value: object) -> str:
    if isinstance(value, timedelta):
        return duration(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return told(str(value))


def _source(comment: str) -> str:
    if names := slugs_of_tag(f"# {comment}"):
        return ", ".join(f"[{slug}](../clauses.md#{slug})" for slug in names)
    found = re.fullmatch(r"(switch, )?reading (A\d+)(?:: (.+))?", comment)
    if found is None:
        return told(comment)
    kind = _("switch, reading {name}") if found[1] else _("reading {name}")
    said = kind.format(name=f"[{found[2]}](../readings.md#{found[2].lower()})")
    return f"{said} ({told(found[3])})" if found[3] else said
