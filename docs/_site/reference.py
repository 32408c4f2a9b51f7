"""The pages of reference that the code itself can tell: commands, calls, editions, scenarios, the Python API."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from itertools import groupby
from pathlib import Path

from _site import interfaces
from _site.entries import links
from _site.slugs import slugs_of_tag
from _site.tongue import grounds, md
from fanlic.lab.scenario import catalogue as scenarios
from fanlic.lab.scenarios import Scenario
from fanlic.model.policy import EDITIONS, Policy
from fanlic.texts import duration
from fanlic.web import openapi

KINDS = {
    "C": "Choosing the method",
    "R": "The request mail",
    "L": "Loading and starting",
    "Q": "QR code and six digits",
    "F": "Registering and its failures",
    "U": "Outages",
    "M": "Migration",
}


def pages(root: Path) -> Iterator[tuple[str, str]]:
    """Every page by its path below the docs."""
    yield "reference/scenarios.md", _scenarios()
    yield "reference/cli.md", interfaces.commands()
    yield "reference/http-api.md", interfaces.calls()
    yield "reference/openapi.json", json.dumps(openapi.description(lab=True), indent=1) + "\n"
    yield "reference/editions.md", _editions(root)
    yield "reference/python-api.md", _python(root)


# -- scenarios


def _scenarios() -> str:
    parts = [
        "---\ntitle: Scenarios\nsearch:\n  boost: 0.1\n---\n",
        "# Scenarios\n",
        f"Every branch of the procedure, {len(scenarios())} of them. Each can be played on the terminal,",
        "`fanlic rehearse U5` for example, and checks its own outcome. The basis says what the outcome rests on.\n",
    ]
    for letter, found in groupby(scenarios().values(), key=lambda each: each.id[0]):
        parts.append(f"## {KINDS[letter]}\n")
        parts += [_scenario(each) for each in found]
    return "\n".join(parts)


def _scenario(each: Scenario) -> str:
    known = links()
    lines = [f"### {each.id}: {md(each.title)} {{ #{each.id.lower()} }}\n", f"{md(each.question)}\n"]
    lines += [f"**Outcome:** {md(each.outcome)}\n"]
    if each.why_not:
        lines += [f"**Cannot be played:** {md(each.why_not)}\n"]
    clauses = ", ".join(f"[{clause.slug}](../clauses.md#{clause.slug})" for clause in each.clauses)
    lines += [f"- Basis: {grounds(each, '../')}; {clauses}"]
    if each.meets:
        lines += [
            "- Met on the way: "
            + ", ".join(f"[{name}](../{known[name]})" if name in known else f"`{name}`" for name in each.meets)
        ]
    if set(each.editions) != set(EDITIONS):
        lines += [f"- Editions: {', '.join(each.editions)}"]
    return "\n".join([*lines, ""])


# -- editions


def _editions(root: Path) -> str:
    comments = dict(
        re.findall(r"^    (\w+):.*?#\s*(.+)$", (root / "fanlic/model/policy.py").read_text("utf-8"), re.MULTILINE)
    )
    names = [field.name for field in fields(Policy) if field.name not in ("edition", "title")]
    differs = [name for name in names if len({getattr(each, name) for each in EDITIONS.values()}) > 1]
    head = "| Setting | " + " | ".join(md(each.title) for each in EDITIONS.values()) + " |"
    rule = "|---|" + "---|" * len(EDITIONS)
    parts = [
        "---\ntitle: Editions compared\n---\n",
        "# Editions compared\n",
        "The vendor's public pages contradict each other on restarts. Each set of rules is an edition; on the",
        "command line `--edition NAME`, in a notebook `Lab(policy=...)`. A switch is turned with",
        "`--set lock_on=reaching`, in a notebook with `replace`. The whole of it travels in the image;",
        "`/license/v1/status` and the QR code page show it. A rule that the lab would not follow is refused.",
        "Why they are read so:",
        "[Readings, editions](../readings.md#editions).\n",
        "## What differs\n",
        head,
        rule,
        "| name | " + " | ".join(f"`{each.edition}`" for each in EDITIONS.values()) + " |",
        *(_row(name, comments) for name in differs),
        "\n## What is the same in all\n",
        "| Setting | Value | Source |",
        "|---|---|---|",
    ]
    default = next(iter(EDITIONS.values()))
    parts += [
        f"| `{name}` | {_value(getattr(default, name))} | {_source(comments.get(name, ''))} |"
        for name in names
        if name not in differs
    ]
    parts += [
        "\n## Which one is yours?\n",
        "- Deployed by hand from the vendor's archive, FineBI 6.0.5: `finebi-6.0.5`, the page itself.",
        "- Deployed and managed by FineOps: `fineops-2025-08`. Any stop or restart needs a new scan.",
        "- FineReport 11.5.11: `finereport-11.5.11`. A restart needs no scan while the license allows.\n",
    ]
    return "\n".join(parts)


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


# -- the Python API

PUBLIC = (
    (
        "The lab",
        "What a notebook uses.",
        ("fanlic.lab.world", "fanlic.lab.parties", "fanlic.lab.scenario", "fanlic.lab.drill"),
    ),
    ("The rulebook", "Pure functions, in the order of the page.", ("fanlic.model",)),
    ("The services and their ports", "", ("fanlic.service", "fanlic.desk", "fanlic.ports")),
    (
        "Troubleshooting",
        "",
        ("fanlic.troubleshoot.explain", "fanlic.troubleshoot.triage", "fanlic.troubleshoot.doctor"),
    ),
)


def _python(root: Path) -> str:
    parts = [
        "---\ntitle: Python API\nsearch:\n  boost: 0.01\n---\n",
        "# Python API\n",
        "From the docstrings. `from fanlic import Lab` is where to begin; the rulebook needs the standard library.\n",
    ]
    for title, about, modules in PUBLIC:
        parts += [f"## {title}\n", f"{about}\n"]
        for module in modules:
            for name in _below(root, module):
                parts += [f"::: {name}\n"]
    return "\n".join(parts)


def _below(root: Path, module: str) -> list[str]:
    folder = root / module.replace(".", "/")
    if not folder.is_dir():
        return [module]
    order = ["clauses", "policy", "refusals", "overview", "authfile", "container", "activation", "approval", "outage"]
    order += ["registration", "project", "migration", "server"]
    found = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    return [f"{module}.{name}" for name in [*order, *sorted(found - set(order))] if name in found and name != "clauses"]
