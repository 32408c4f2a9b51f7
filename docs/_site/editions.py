"""The page of the editions: side by side, with every switch, played while the site is built; then the rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

from _site.slugs import slugs_of_tag
from _site.tongue import grounds, md
from fanlic.lab import compare
from fanlic.model.policy import EDITIONS, Policy
from fanlic.texts import duration

HEAD = (
    "---\ntitle: Editions compared\n---\n",
    "# Editions compared\n",
    "The vendor's public pages contradict each other on restarts. Each set of rules is an edition; on the",
    "command line `--edition NAME`, in a notebook `Lab(policy=...)`. A switch is turned with",
    "`--set lock_on=reaching`, in a notebook with `replace`. The whole of it travels in the image;",
    "`/license/v1/status` and the QR code page show it. A rule that the lab would not follow is refused.",
    "Why they are read so:",
    "[Readings, editions](../readings.md#editions).\n",
)
YOURS = (
    "\n## Which one is yours?\n",
    "- Deployed by hand from the vendor's archive, FineBI 6.0.5: `finebi-6.0.5`, which follows FanRuan's page.",
    "- Deployed and managed by FineOps: `fineops-2025-08`. Any stop or restart needs a new scan (the vendor",
    "  elsewhere).",
    "- FineReport 11.5.11: `finereport-11.5.11`. A restart needs no scan while the license allows (the vendor",
    "  elsewhere).\n",
)


def page(root: Path) -> str:
    """The whole page."""
    parts = [*HEAD, *_compared(), *_rules(root), *YOURS]
    return "\n".join(parts)


def _rules(root: Path) -> Iterator[str]:
    comments = dict(
        re.findall(r"^    (\w+):.*?#\s*(.+)$", (root / "fanlic/model/policy.py").read_text("utf-8"), re.MULTILINE)
    )
    names = [field.name for field in fields(Policy) if field.name not in ("edition", "title")]
    differs = [name for name in names if len({getattr(each, name) for each in EDITIONS.values()}) > 1]
    yield "\n## What differs in the rules\n"
    yield "| Setting | " + " | ".join(md(each.title) for each in EDITIONS.values()) + " |"
    yield "|---|" + "---|" * len(EDITIONS)
    yield "| name | " + " | ".join(f"`{each.edition}`" for each in EDITIONS.values()) + " |"
    yield from (_row(name, comments) for name in differs)
    yield "\n## What is the same in all\n"
    yield "| Setting | Value | Source |"
    yield "|---|---|---|"
    default = next(iter(EDITIONS.values()))
    for name in names:
        if name not in differs:
            yield f"| `{name}` | {_value(getattr(default, name))} | {_source(comments.get(name, ''))} |"


def _compared() -> Iterator[str]:
    """What was seen under each edition and in each position of each switch, played while the site is built."""
    yield "## The editions, played\n"
    yield "Each cell was played when this site was built, in a lab of its own. It says what was seen.\n"
    yield "| What is done | " + " | ".join(md(each.title) for each in EDITIONS.values()) + " |"
    yield "|---|" + "---|" * len(EDITIONS)
    for row in compare.editions():
        yield f"| {md(row.done)} | " + " | ".join(md(seen).replace("; ", "<br>") for seen in row.seen.values()) + " |"
    yield "\n## Every switch, played in each position\n"
    yield "A switch stands for a sentence that can be read in two ways. The usual position is that of FineBI 6.0.5.\n"
    yield "| Switch | What is done | Usual position | Other position | Basis of the question |"
    yield "|---|---|---|---|---|"
    for switch in compare.switches():
        told = {position: f"`{position}`: {md(seen)}" for position, seen in switch.seen.items()}
        others = "<br>".join(text for position, text in told.items() if position != switch.usual)
        yield f"| `{switch.name}` | {md(switch.done)} | {told[switch.usual]} | {others} | {grounds(switch, '../')} |"


def _row(name: str, comments: dict[str, str]) -> str:
    values = " | ".join(_value(getattr(each, name)) for each in EDITIONS.values())
    source = _source(comments.get(name, ""))
    return f"| `{name}`{' (' + source + ')' if source else ''} | {values} |"


def _value(value: object) -> str:
    if isinstance(value, timedelta):
        return duration(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return md(str(value))


def _source(comment: str) -> str:
    if names := slugs_of_tag(f"# {comment}"):
        return ", ".join(f"[{slug}](../clauses.md#{slug})" for slug in names)
    return re.sub(
        r"\breading (A\d+)", lambda found: f"reading [{found[1]}](../readings.md#{found[1].lower()})", md(comment)
    )
