"""The pages of reference that the code itself can tell: commands, calls, editions, scenarios, the Python API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from _site import editions, interfaces
from _site.entries import links
from _site.tongue import grounds, md, tongues
from fanlic.lab.scenario import catalogue as scenarios
from fanlic.lab.scenarios import Scenario
from fanlic.model.policy import EDITIONS
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


def pages(root: Path, compared: editions.Pages) -> Iterator[tuple[str, str]]:
    """Every page by its path below the docs; the editions were played before, in each language."""
    yield "reference/scenarios.md", _scenarios()
    yield "reference/cli.md", interfaces.commands()
    yield "reference/http-api.md", interfaces.calls()
    yield "reference/openapi.json", json.dumps(openapi.description(lab=True), indent=1) + "\n"
    yield from ((f"{tongue.folder}reference/editions.md", compared[tongue.setting]) for tongue in tongues())
    yield "reference/python-api.md", _python(root)


# -- scenarios


def _scenarios() -> str:
    parts = [
        "---\ntitle: Scenarios\n---\n",
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
        "---\ntitle: Python API\n---\n",
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
