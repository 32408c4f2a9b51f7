"""`fanlic explain WORDS`: what a code, a pop-up or an error text means, what to look at, what to do, and who can do it.

Where something can be made worse, first aid comes first. Each cause states its basis. If only the vendor can help, a
draft mail is printed.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass

from fanlic.model.clauses import Basis
from fanlic.model.refusals import N_, REASONS
from fanlic.texts import _, basis
from fanlic.troubleshoot import first_aid
from fanlic.troubleshoot.catalogue import around
from fanlic.troubleshoot.catalogue import search as words
from fanlic.troubleshoot.catalogue.entry import ADVICE, COMMAND, Cause, Entry
from fanlic.troubleshoot.catalogue.search import How, Match
from fanlic.troubleshoot.catalogue.shelf import catalogue
from fanlic.troubleshoot.first_aid import bullet
from fanlic.troubleshoot.judge.questions import Question, question
from fanlic.troubleshoot.judge.stages import asks_of

FOUND, NOTHING, USAGE = 0, 1, 2
ASKED = 2  # questions of an entry that are shown
IN_FULL = 3  # how many codes of one text are explained in full; without a code only the best match is

OUR_WORDS = N_("The wording is fanlic's; FanRuan does not document the wording of its own software.")


@dataclass(frozen=True)
class Explanation:
    """The result: entries to explain in full, others that fit too, near matches, and numbers that are in no list."""

    words: str
    full: tuple[Match, ...]
    also: tuple[Match, ...]
    near: tuple[Match, ...]
    unknown: tuple[str, ...]


def options(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("words", nargs="*", metavar=_("WORDS"), help=_("a code, a name or a text, English or Chinese"))
    parser.add_argument("--list", action="store_true", help=_("print every key and title"))
    parser.add_argument("--brief", action="store_true", help=_("print what it means, what to do and what to ask only"))
    parser.add_argument("--json", action="store_true", help=_("print one JSON object"))


def run(chosen: argparse.Namespace) -> int:
    """Explain the words: 0 found, 1 nothing found, 2 neither words nor --list, or both."""
    asked = " ".join(" ".join(chosen.words).split())
    if bool(asked) == chosen.list:
        print(
            _("Give the code or the text to explain, or --list alone. Example: fanlic explain 30005"), file=sys.stderr
        )
        return USAGE
    if chosen.list:
        titles = [{"key": entry.key, "title": _(entry.title)} for entry in catalogue().values()]
        plain = "\n".join(f"{title['key']:30} {title['title']}" for title in titles)
        print(json.dumps(titles, indent=1) if chosen.json else plain)
        return FOUND
    answer = answer_to(asked)
    print(json.dumps(as_data(answer), indent=1) if chosen.json else "\n".join(lines(answer, brief=chosen.brief)))
    return FOUND if answer.full else NOTHING


def answer_to(asked: str) -> Explanation:
    """Sort the matches: every code in full, else the best match."""
    matches = words.find(asked)
    firm = [match for match in matches if match.how is not How.NEAR]
    codes = [match for match in firm if match.how is How.CODE][:IN_FULL]
    full = codes or firm[:1]
    also = [match for match in firm if match not in full][: words.OFFERED]
    near = [match for match in matches if match.how is How.NEAR]
    return Explanation(asked, tuple(full), tuple(also), tuple(near), tuple(words.unknown_codes(asked)))


# -- as JSON


def as_data(answer: Explanation) -> dict[str, object]:
    """The answer as one object; texts in the reader's language, keys and clauses as they are."""
    return {
        "words": answer.words,
        "entries": [entry_data(catalogue()[match.key]) for match in answer.full],
        "also": [_named(match) for match in answer.also],
        "near": [_named(match) for match in answer.near],
        "unknown_codes": [
            {"code": number, "by_scheme": words.by_scheme(number), "nearest": words.nearest_codes(number)}
            for number in answer.unknown
        ],
    }


def entry_data(entry: Entry) -> dict[str, object]:
    """One entry as plain data, translated."""
    return {
        "key": entry.key,
        "title": _(entry.title),
        "first_aid": around.first_aid_of(entry.key),
        "meaning": _(entry.meaning),
        "basis": basis(entry),
        "advice_basis": _(Basis.READING),
        "our_words": our_words(entry),
        "shown": list(entry.shown),
        "causes": [
            {"text": _(cause.text), "party": _(cause.party), "basis": basis(cause), "scenario": cause.scenario_id}
            for cause in entry.causes
        ],
        "look": [_translated(text) for text in entry.look],
        "remedy": [_translated(text) for text in entry.remedy],
        "ask": [{"name": one.name, "text": _(one.text), "command": one.command} for one in asked_of(entry)],
        "who": _(entry.who),
        "scenarios": list(entry.scenarios),
        "clauses": [clause.slug for clause in entry.clauses],
        "mail": _(entry.mail),
        "evidence": [_(text) for text in entry.evidence],
    }


def our_words(entry: Entry) -> bool:
    """Whether the refusal is known in the rehearsal's wording only: a reason without a documented code."""
    return entry.key in REASONS


def _named(match: Match) -> dict[str, str]:
    return {"key": match.key, "title": _(catalogue()[match.key].title), "matched": match.words}


def _translated(text: str) -> str:
    return text if text.startswith(COMMAND) else _(text)


# -- as text


def lines(answer: Explanation, *, brief: bool = False) -> list[str]:
    """The whole answer as it is printed."""
    output: list[str] = []
    for match in answer.full:
        shown = brief_lines if brief else entry_lines
        output += [*([""] if output else []), *shown(catalogue()[match.key])]
    for number in answer.unknown:
        output += [*([""] if output else []), *_unknown_lines(number)]
    if not answer.full and not answer.unknown:
        output += [_("Nothing found for: {words}").format(words=answer.words)]
    if answer.near:
        output += [_("Did you mean:"), *_offered(answer.near)]
    elif not answer.full and not answer.unknown:
        output += bullet(_("Every key and title: fanlic explain --list"))
        output += bullet(_("Whole outputs, logs and files are read by fanlic triage."))
    if answer.also:
        output += ["", _("These entries match the words too:"), *_offered(answer.also)]
    return output


def brief_lines(entry: Entry) -> list[str]:
    """One entry in short: first aid, what it means, what to do, who acts, and what to ask."""
    output = [*first_aid.lines(around.first_aid_of(entry.key)), *_heading(entry), *bullet(_(entry.meaning), "")]
    output += _section(_("What to do:"), entry.remedy, steps=True)
    output += [_("Who acts: {who}").format(who=_(entry.who)), *_questions(entry, 1)]
    return [*output, *([_("The draft mail: fanlic explain {key}").format(key=entry.key)] if entry.mail else [])]


def entry_lines(entry: Entry) -> list[str]:
    """One entry as it is printed."""
    output = [*first_aid.lines(around.first_aid_of(entry.key)), *_heading(entry), *bullet(_(entry.meaning), "")]
    slugs = _("; clauses: {slugs}").format(slugs=", ".join(c.slug for c in entry.clauses)) if entry.clauses else ""
    output += bullet(_("Basis: {basis}").format(basis=basis(entry)) + slugs, "")
    output += bullet(_(ADVICE), "")
    if our_words(entry):
        output += bullet(_(OUR_WORDS), "")
    output += _section(_("As it is shown:"), entry.shown)
    output += [_("Causes, most likely first:")]
    for number, cause in enumerate(entry.causes, 1):
        output += _cause_lines(number, cause)
    output += _section(_("What to look at:"), entry.look)
    output += _section(_("What to do:"), entry.remedy, steps=True)
    output += [_("Who acts: {who}").format(who=_(entry.who)), *_questions(entry)]
    if entry.scenarios:
        first, *others = entry.scenarios
        rest = _("   (also {others})").format(others=", ".join(others)) if others else ""
        output += [_("Rehearse it:"), f"    fanlic rehearse {first}{rest}"]
    if entry.mail:
        output += [_("Draft mail (fill in what stands in capitals):"), ""]
        output += [f"    {line}".rstrip() for line in _(entry.mail).splitlines()] + [""]
    output += _section(_("Evidence to attach:"), entry.evidence)
    return output


def asked_of(entry: Entry) -> list[Question]:
    """What decides between the causes: the entry's own questions, else those of its stage."""
    return [question(name) for name in (entry.asks or asks_of(entry))[:ASKED]]


def _heading(entry: Entry) -> list[str]:
    heading = _(entry.title) if entry.title.startswith(entry.key) else f"{entry.key}  {_(entry.title)}"
    return [heading, "-" * min(len(heading), first_aid.WIDTH)]


def _questions(entry: Entry, most: int = ASKED) -> list[str]:
    output = [_("Ask next:")] if asked_of(entry) else []
    for one in asked_of(entry)[:most]:
        output += [*bullet(_(one.text)), f"      {one.command}"]
    return output


def _section(heading: str, texts: tuple[str, ...], *, steps: bool = False) -> list[str]:
    output = [heading] if texts else []
    step = 0
    for text in texts:
        if text.startswith(COMMAND):
            output += [f"      {text.removeprefix(COMMAND)}"]
            continue
        step += 1
        output += bullet(_(text), f"{step}. " if steps else "- ")
    return output


def _cause_lines(number: int, cause: Cause) -> list[str]:
    facts = [basis(cause), _(cause.party), *([f"fanlic rehearse {cause.scenario_id}"] if cause.scenario_id else [])]
    return [*bullet(_(cause.text), f"{number}. "), *bullet(f"[{'; '.join(facts)}]", "   ")]


def _unknown_lines(number: str) -> list[str]:
    output = [_("We know no list with {number}. We do not guess its meaning.").format(number=number)]
    if scheme := words.by_scheme(number):
        output += bullet(f"{scheme} ({_(words.SCHEME_BASIS)})")
    if nearest := words.nearest_codes(number):
        output += bullet(_("Read it once more; the nearest known codes:"))
        output += [f"      {key}  {_(catalogue()[key].title)}" for key in nearest]
    output += bullet(
        _(
            "If the code is shown exactly so: note the text beside it, and ask the vendor; `fanlic "
            "explain 30006` has a draft mail."
        )
    )
    return output


def _offered(matches: tuple[Match, ...]) -> list[str]:
    return [f"    fanlic explain {match.key:30} {_(catalogue()[match.key].title)}" for match in matches]
