"""A page for each code, each reason without one, and each symptom: the catalogue of `fanlic explain`, page by page.

The headings are the terminal's own words, so that one catalogue of translations serves both. The address of a page is
for ever: `codes/30005/`, `reasons/qr-expired/`, `symptoms/port-moved/`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from chinese import without_mark

from _site.tongue import CHINESE, ENGLISH, Tongue, grounds, heading, md, speaking, told, tongues
from _site.trace import Cell, Trace
from fanlic.commands.docs import shelf
from fanlic.lab.scenario import catalogue as scenarios
from fanlic.model import refusals
from fanlic.model.clauses import Clause
from fanlic.texts import _
from fanlic.troubleshoot import first_aid
from fanlic.troubleshoot.catalogue.entry import ADVICE, COMMAND, Cause, Entry
from fanlic.troubleshoot.catalogue.shelf import catalogue
from fanlic.troubleshoot.explain import OUR_WORDS, our_words

CODES, REASONS, SYMPTOMS = "codes", "reasons", "symptoms"
SHELVES = {
    CODES: ("Error codes", "What the Details of a failed registration show, and the product codes about licenses."),
    REASONS: ("Failures without a code", "What the procedure refuses, or shows, without a documented number."),
    SYMPTOMS: ("Symptoms", "What Docker, a browser or FineBI's Java print."),
}
_ALIAS = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{name}</title>
<meta http-equiv="refresh" content="0; url={page}"></head>
<body><main><h1>{name}</h1><p>This reason is told of at <a href="{page}">{key}</a>.</p></main></body></html>
"""
SHELVES_ZH = {
    CODES: ("错误码", "注册失败弹窗的“详情”中显示的编号，以及与许可有关的产品错误码。"),  # noqa: RUF001
    REASONS: ("没有错误码的失败", "流程拒绝或显示的情况，没有文档记载的编号。"),  # noqa: RUF001
    SYMPTOMS: ("现象", "Docker、浏览器或FineBI的Java输出的内容。"),
}


def links() -> dict[str, str]:
    """Each entry's page, from the root of the docs."""
    return {key: f"{shelf(key)}/{key}/index.md" for key in catalogue()}


def aliases() -> Iterator[tuple[str, str]]:
    """A page for every other name of a reason, `reasons/seats-taken/` for 30007, that leads on to the entry's page."""
    from fanlic.troubleshoot.catalogue.search import _by_name

    for name, key in _by_name().items():
        if re.fullmatch(r"[a-z]+(-[a-z]+)+", name) and name not in catalogue():
            yield (
                f"reasons/{name}/index.html",
                _ALIAS.format(name=name, page=f"../../{shelf(key)}/{key}/index.html", key=key),
            )


def pages(trace: Trace, notes: Path) -> Iterator[tuple[str, str]]:
    """Every page by its path below the docs; English, and Chinese where its catalogue is there."""
    for tongue in tongues():
        with speaking(tongue):
            for key, entry in catalogue().items():
                yield f"{tongue.folder}{shelf(key)}/{key}/index.md", _page(entry, tongue, trace, notes)
            for name in SHELVES:
                yield f"{tongue.folder}{name}/index.md", _index(name, tongue)


# -- one entry


def _page(entry: Entry, tongue: Tongue, trace: Trace, notes: Path) -> str:
    up = "../../" + ("../" if tongue.folder else "")
    title = _(entry.title)
    if not title.startswith(entry.key) and entry.key.isdigit():
        title = f"{entry.key} {title}"
    parts = [
        *_front(title, tongue, boost=8 if tongue is ENGLISH else 6, description=_(entry.meaning)),
        f"# {md(title)}\n",
        *_first_aid(),
        f"{told(entry.meaning)}\n",
    ]
    if our_words(entry):
        parts.append(f"*{told(OUR_WORDS)}*\n")
    parts.append(f"**{_('Who acts: {who}').format(who=told(entry.who))}**\n")
    if entry.shown:
        parts += [f"## {heading('As it is shown:')} {{ #shown }}\n", "~~~~ text", *entry.shown, "~~~~\n"]
    parts += [f"## {heading('Causes, most likely first:')} {{ #causes }}\n"]
    parts += [_cause(cause, up) for cause in entry.causes]
    parts += _steps(heading("What to look at:"), "look", entry.look, "- ")
    parts += _steps(heading("What to do:"), "remedy", entry.remedy, "1. ")
    parts += _note(entry, notes.parent / tongue.folder / notes.name)
    parts += _mail(entry)
    parts += _rehearse(entry, up, trace.cells_of_entry.get(entry.key, []))
    parts += _basis(entry, up)
    parts += _phrases(entry)
    return "\n".join(parts)


def _front(title: str, tongue: Tongue, boost: float, description: str = "") -> list[str]:
    front = ["---", f"title: {json.dumps(title, ensure_ascii=False)}", "search:", f"  boost: {boost}"]
    if description:
        front.append(f"description: {json.dumps(description, ensure_ascii=False)}")
    if tongue is not ENGLISH:
        front.append(f"language: {tongue.code}")
    return [*front, "---\n"]


def _first_aid() -> list[str]:
    lines = [f'!!! danger "{heading("First aid, before anything else:")}"']
    lines += [f"    - {told(text)}" for text in first_aid.NOT_YET]
    lines += ["", f'??? info "{heading("Then ask:")}"']
    for keep in first_aid.KEEP:
        lines += [f"    - {told(keep.text)}", "", "        ~~~~ sh", f"        {keep.command}", "        ~~~~", ""]
    lines += [f"    - {told(first_aid.STOPPED)}", ""]
    lines += [f"    1. {told(one.text)} ({told(one.why)})" for one in first_aid.QUESTIONS]
    return [*lines, ""]


def _cause(cause: Cause, up: str) -> str:
    facts = [grounds(cause, up), told(cause.party)]
    if cause.scenario_id:
        facts.append(_scenario_link(cause.scenario_id, up))
    return f"1. {told(cause.text)}  \n    <small>{' · '.join(facts)}</small>\n"


def _steps(title: str, anchor: str, texts: tuple[str, ...], mark: str) -> list[str]:
    if not texts:
        return []
    lines = [f"## {title} {{ #{anchor} }}\n"]
    indent = ""  # a command belongs to the item before it, and one that comes first to none
    for text in texts:
        if text.startswith(COMMAND):
            lines += [f"{indent}~~~~ sh", f"{indent}{text.removeprefix(COMMAND)}", f"{indent}~~~~", ""]
        else:
            lines += [f"{mark}{told(text)}", ""]
            indent = "    "
    return lines


def _note(entry: Entry, notes: Path) -> list[str]:
    file = notes / f"{entry.key}.md"
    return [without_mark(file.read_text("utf-8")).strip() + "\n"] if file.is_file() else []


def _mail(entry: Entry) -> list[str]:
    lines = []
    if entry.mail:
        lines += [f"## {heading('Draft mail (fill in what stands in capitals):')} {{ #mail }}\n"]
        lines += ["~~~~ text", *_(entry.mail).splitlines(), "~~~~\n"]
    if entry.evidence:
        lines += [f"## {heading('Evidence to attach:')} {{ #evidence }}\n"]
        lines += [f"- {told(text)}" for text in entry.evidence]
        lines.append("")
    return lines


def _rehearse(entry: Entry, up: str, cells: list[Cell]) -> list[str]:
    known = scenarios()
    lines = []
    if entry.scenarios:
        lines += [f"## {heading('Rehearse it:')} {{ #rehearse }}\n"]
        lines += ["~~~~ sh", f"fanlic rehearse {entry.scenarios[0]}", "~~~~\n"]
        lines += [f"- {_scenario_link(name, up)}: {told(known[name].title)}" for name in entry.scenarios]
    if cells:
        lines += [] if lines else [f"## {heading('Rehearse it:')} {{ #rehearse }}\n"]
        lines += [f"- {cell.link(up)}" for cell in cells[:4]]
    return [*lines, ""] if lines else []


def _scenario_link(name: str, up: str) -> str:
    return f"[`fanlic rehearse {name}`]({up}reference/scenarios.md#{name.lower()})"


def _basis(entry: Entry, up: str) -> list[str]:
    lines = [f"## {_('Basis: {basis}').format(basis=grounds(entry, up))} {{ #basis }}\n", told(ADVICE) + "\n"]
    return [*lines, *(_clause(clause, up) for clause in entry.clauses), ""]


def _clause(clause: Clause, up: str) -> str:
    source = f"[{clause.slug}]({up}clauses.md#{clause.slug}) · {grounds(clause, up)}"
    return f"- {told(clause.text)}  \n    <small>{source} · [traceability]({up}traceability.md#{clause.slug})</small>"


def _phrases(entry: Entry) -> list[str]:
    """What people type; the search finds the page by it."""
    names = [entry.key, *(phrase.replace("*", " ") for phrase in entry.phrases)]
    names += [kind.__name__ for kind in refusals.REASONS.values() if kind.code is not None and kind.label == entry.key]
    return ['<p class="fanlic-phrases" markdown>' + ", ".join(md(" ".join(name.split())) for name in names) + "</p>\n"]


# -- the lists


def _index(name: str, tongue: Tongue) -> str:
    title, about = SHELVES[name]
    if tongue is CHINESE:
        title, about = SHELVES_ZH[name]
    parts = [*_front(title, tongue, boost=0.8), f"# {title}\n", f"{about}\n"]
    for key, entry in catalogue().items():
        if shelf(key) == name:
            label = _(entry.title) if entry.title.startswith(key) else f"{key}: {_(entry.title)}"
            label = label if key.isdigit() else _(entry.title)
            parts.append(f"- [{md(label)}]({key}/index.md)")
    return "\n".join([*parts, ""])
