"""The pages of reference that the code itself can tell: commands, calls, editions, scenarios, the Python API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from _site import editions, interfaces
from _site.entries import links
from _site.tongue import grounds, speaking, told, tongues
from fanlic.lab.scenario import catalogue as scenarios
from fanlic.lab.scenarios import Scenario
from fanlic.model.policy import EDITIONS
from fanlic.model.refusals import N_
from fanlic.texts import _
from fanlic.web import openapi

KINDS = {
    "C": N_("Choosing the method"),
    "R": N_("The request mail"),
    "L": N_("Loading and starting"),
    "Q": N_("QR code and six digits"),
    "F": N_("Registering and its failures"),
    "U": N_("Outages"),
    "M": N_("Migration"),
}
_SCENARIOS = N_(
    "Every branch of the procedure, {count} of them. Each can be played on the terminal, `fanlic rehearse U5` for "
    "example, and checks its own outcome. The basis says what the outcome rests on."
)


def pages(root: Path, compared: editions.Pages) -> Iterator[tuple[str, str]]:
    """Every page by its path below the docs; the editions were played before, in each language."""
    for tongue in tongues():
        with speaking(tongue):
            yield f"{tongue.folder}reference/scenarios.md", _scenarios()
    yield "reference/cli.md", interfaces.commands()
    yield "reference/http-api.md", interfaces.calls()
    yield "reference/openapi.json", json.dumps(openapi.description(lab=True), indent=1) + "\n"
    yield from ((f"{tongue.folder}reference/editions.md", compared[tongue.setting]) for tongue in tongues())
    yield "reference/python-api.md", _python(root)


# -- scenarios


def _scenarios() -> str:
    title, count = _("Scenarios"), len(scenarios())
    parts = [f"---\ntitle: {title}\n---\n", f"# {title}\n", f"{_(_SCENARIOS).format(count=count)}\n"]
    for letter, found in groupby(scenarios().values(), key=lambda each: each.id[0]):
        parts.append(f"## {_(KINDS[letter])}\n")
        parts += [_scenario(each) for each in found]
    return "\n".join(parts)


def _scenario(each: Scenario) -> str:
    known = links()
    lines = [f"### {each.id} {told(each.title)} {{ #{each.id.lower()} }}\n", f"{told(each.question)}\n"]
    lines += [f"**{_('Outcome')}** {told(each.outcome)}\n"]
    if each.why_not:
        lines += [f"**{_('Cannot be played')}** {told(each.why_not)}\n"]
    clauses = ", ".join(f"[{clause.slug}](../clauses.md#{clause.slug})" for clause in each.clauses)
    lines += [f"- **{_('Basis')}** {grounds(each, '../')}; {clauses}"]
    if each.meets:
        met = ", ".join(f"[{name}](../{known[name]})" if name in known else f"`{name}`" for name in each.meets)
        lines += [f"- **{_('Met on the way')}** {met}"]
    if set(each.editions) != set(EDITIONS):
        lines += [f"- **{_('Editions')}** {', '.join(f'`{name}`' for name in each.editions)}"]
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
