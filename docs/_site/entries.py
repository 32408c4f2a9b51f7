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

from _site import menu, picker
from _site.blocks import BLOCKS
from _site.phrases import BEGIN
from _site.tongue import CHINESE, ENGLISH, Tongue, grounds, heading, md, speaking, told, tongues
from _site.trace import Cell, Trace
from fanlic.commands.docs import shelf
from fanlic.lab.scenario import catalogue as scenarios
from fanlic.model import refusals
from fanlic.model.clauses import Clause
from fanlic.texts import _
from fanlic.troubleshoot.catalogue import around
from fanlic.troubleshoot.catalogue.entry import ADVICE, COMMAND, Cause, Entry
from fanlic.troubleshoot.catalogue.search import GENERAL
from fanlic.troubleshoot.catalogue.shelf import catalogue
from fanlic.troubleshoot.catalogue.signs import NONE_OF_THESE, SIGNS
from fanlic.troubleshoot.explain import OUR_WORDS, asked_of, our_words

STEPS_NOW = 3
# A section, because the theme ends what is excluded at the first end of a tag of the same name.
_EXCLUDED = ("    <section data-search-exclude markdown>", "")
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
            yield from menu.pages(tongue)


# -- one entry


def _page(entry: Entry, tongue: Tongue, trace: Trace, notes: Path) -> str:
    up = "../../" + ("../" if tongue.folder else "")
    title = _(entry.title)
    if not title.startswith(entry.key) and entry.key.isdigit():
        title = f"{entry.key} {title}"
    first, rest = (_(entry.meaning), "") if entry.key == GENERAL else lead(_(entry.meaning))
    parts = [
        *_front(title, tongue, description=_(entry.meaning)),
        f"# {md(title)}\n",
        f"{md(first)}\n",
        *_now(entry),
        f"## {_('How to tell which cause it is')} {{ #causes }}\n",
        f"{md(rest)}\n" if rest else "",
        *([f"*{told(OUR_WORDS)}*\n"] if our_words(entry) else []),
        *_causes(entry, up),
    ]
    if entry.shown:
        parts += [f"### {heading('As it is shown:')} {{ #shown }}\n", "~~~~ text", *entry.shown, "~~~~\n"]
    parts += _steps(f"### {heading('What to look at:')} {{ #look }}", entry.look, "- ")
    parts += _ask_next(entry)
    parts += _note(entry, notes.parent / tongue.folder / notes.name)
    parts += _mail(entry)
    parts += _related(entry)
    parts += _rehearse(entry, up, trace.cells_of_entry.get(entry.key, []))
    parts += _basis(entry, up)
    parts += _phrases(entry)
    return "\n".join(parts)


def lead(text: str) -> tuple[str, str]:
    """The first sentence, and what follows it."""
    first, _sep, rest = re.sub(r"(?<=[.!?])\s+(?=[A-Z\"'])|(?<=\u3002)(?=.)", "\0", text, count=1).partition("\0")
    return first, rest


def _now(entry: Entry) -> list[str]:
    """What to do at once, in at most three steps, who does it, and what not to do meanwhile."""
    now, later = split_remedy(entry.remedy)
    lines = ['<div class="fanlic-now" markdown>\n']
    lines += _steps(f"## {_('Do this now')} {{ #remedy }}", now, "1. ", mail=bool(entry.mail))
    lines += picker.parts() if entry.key == GENERAL else []
    lines += [f"<small>{md(_('Who acts: {who}').format(who=_(entry.who)))}</small>\n"]
    warnings = around.first_aid_of(entry.key)
    if warnings:
        lines += ['<section class="fanlic-notyet" data-search-exclude markdown>\n']
        lines += [*(f"- {_command(md(text))}" for text in warnings), "", "</section>\n"]
    return [*lines, "</div>\n", *_steps(f"## {_('Then')} {{ #then }}", later, "1. ", mail=bool(entry.mail))]


def _command(text: str) -> str:
    """A command at a text's end as code."""
    return re.sub(r"docker cp \S+ \S+$", r"`\g<0>`", text)


def split_remedy(remedy: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The first three steps, and the rest; a command belongs to the step before it."""
    steps = 0
    for place, text in enumerate(remedy):
        steps += not text.startswith(COMMAND)
        if steps > STEPS_NOW:
            return remedy[:place], remedy[place:]
    return remedy, ()


def _ask_next(entry: Entry) -> list[str]:
    """What decides between the causes: each question, and where the answer stands."""
    asked = asked_of(entry)
    lines = [f"### {heading('Ask next:')} {{ #ask }}\n"] if asked else []
    for one in asked:
        lines += [f"- {told(one.text)}", "", "    ~~~~ text", f"    {one.command}", "    ~~~~", ""]
    return lines


def _causes(entry: Entry, up: str) -> list[str]:
    signs = SIGNS.get(entry.key)
    if signs is None:
        return [_cause(cause, up) for cause in entry.causes]
    titles = (_("What you see"), _("Cause"), _("Next step"), _("How safe"))
    lines = ['<div class="fanlic-signs" markdown>\n', f"| {' | '.join(titles)} |", "|---|---|---|---|"]
    for sign, cause in zip(signs, entry.causes, strict=True):
        behind = f"{told(cause.text)}<br><small>{_facts(cause, up)}</small>"
        lines.append(f"| {told(sign.see)} | {behind} | {_to_mail(told(sign.step))} | {told(sign.safe)} |")
    lines.append(f"| {told(NONE_OF_THESE.see)} | | {told(NONE_OF_THESE.step)} | {told(NONE_OF_THESE.safe)} |")
    return [*lines, "", "</div>\n"]


def _front(title: str, tongue: Tongue, description: str = "") -> list[str]:
    front = ["---", f"title: {json.dumps(title, ensure_ascii=False)}"]
    if description:
        front.append(f"description: {json.dumps(description, ensure_ascii=False)}")
    if tongue is not ENGLISH:
        front.append(f"language: {tongue.code}")
    return [*front, "---\n"]


def _cause(cause: Cause, up: str) -> str:
    return f"1. {told(cause.text)}  \n    <small>{_facts(cause, up)}</small>\n"


def _facts(cause: Cause, up: str) -> str:
    facts = [grounds(cause, up), told(cause.party)]
    if cause.scenario_id:
        facts.append(f"[{cause.scenario_id}]({up}reference/scenarios.md#{cause.scenario_id.lower()})")
    return " · ".join(facts)


def _steps(title: str, texts: tuple[str, ...], mark: str, *, mail: bool = False) -> list[str]:
    if not texts:
        return []
    lines = [f"{title}\n"]
    indent = ""  # a command belongs to the item before it, and one that comes first to none
    for text in texts:
        if text.startswith(COMMAND):
            lines += [f"{indent}~~~~ sh", f"{indent}{text.removeprefix(COMMAND)}", f"{indent}~~~~", ""]
        else:
            lines += [f"{mark}{_to_mail(told(text)) if mail else told(text)}", ""]
            indent = "    "
    return lines


def _to_mail(text: str) -> str:
    # The draft stands further down the page; the link says so in both languages.
    return re.sub(r"the mail below|mail below|draft below|下[面方]的?(?:邮件|草稿)", r"[\g<0>](#mail)", text, count=1)


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


def _related(entry: Entry) -> list[str]:
    lines = [f"## {_('Related')} {{ #related }}\n", "<section data-search-exclude markdown>\n"]
    near = ((key, menu.label(catalogue()[key])) for key in around.related(entry.key))
    lines += [f"- [{md(label)}](../../{shelf(key)}/{key}/index.md)" for key, label in near]
    return [*lines, "", "</section>\n"]


def _rehearse(entry: Entry, up: str, cells: list[Cell]) -> list[str]:
    known = scenarios()
    lines: list[str] = []
    if entry.scenarios:
        lines += ["~~~~ sh", f"fanlic rehearse {entry.scenarios[0]}", "~~~~", ""]
        lines += [f"- {_scenario_link(name, up)}: {told(known[name].title)}" for name in entry.scenarios]
    lines += [f"- {cell.link(up)}" for cell in cells[:4]]
    if blocks := BLOCKS.get(entry.key):
        for title, code in ((_("Bring it about in a lab"), blocks.reproduce), (_("Mend it"), blocks.mend)):
            lines += ["", f"**{title}**", "", "~~~~ python", *code.splitlines(), "~~~~"]
    return _folded("example", heading("Rehearse it:"), "rehearse", lines) if lines else []


def _folded(kind: str, title: str, anchor: str, lines: list[str]) -> list[str]:
    """A part that one opens; the search leaves it out, for it says nothing of this failure alone."""
    inside = [f"    {line}".rstrip() for text in lines for line in text.splitlines() or [""]]
    return [f'<span id="{anchor}"></span>\n', f'??? {kind} "{title}"', *_EXCLUDED, *inside, "", "    </section>", ""]


def _scenario_link(name: str, up: str) -> str:
    return f"[`fanlic rehearse {name}`]({up}reference/scenarios.md#{name.lower()})"


def _basis(entry: Entry, up: str) -> list[str]:
    lines = [_("Basis: {basis}").format(basis=grounds(entry, up)), "", told(ADVICE), ""]
    return _folded(
        "quote", _("On what this page rests"), "basis", [*lines, *(_clause(each, up) for each in entry.clauses)]
    )


def _clause(clause: Clause, up: str) -> str:
    source = f"[{clause.slug}]({up}clauses.md#{clause.slug}) · {grounds(clause, up)}"
    return f"- {told(clause.text)}  \n    <small>{source} · [traceability]({up}traceability.md#{clause.slug})</small>"


def _phrases(entry: Entry) -> list[str]:
    """What people type; the search finds the page by it."""
    names = [entry.key, *(phrase.replace("*", " ") for phrase in entry.phrases)]
    names += [kind.__name__ for kind in refusals.REASONS.values() if kind.code is not None and kind.label == entry.key]
    return [
        '<p class="fanlic-phrases" markdown>'
        + BEGIN
        + ", ".join(md(" ".join(name.split())) for name in names)
        + "</p>\n"
    ]


# -- the lists


def _index(name: str, tongue: Tongue) -> str:
    title, about = SHELVES[name]
    if tongue is CHINESE:
        title, about = SHELVES_ZH[name]
    parts = [*_front(title, tongue), f"# {title}\n", f"{about}\n"]
    for key, entry in catalogue().items():
        if shelf(key) == name:
            label = _(entry.title) if entry.title.startswith(key) else f"{key}: {_(entry.title)}"
            label = label if key.isdigit() else _(entry.title)
            parts.append(f"- [{md(label)}]({key}/index.md)")
    return "\n".join([*parts, ""])
