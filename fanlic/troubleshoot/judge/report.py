"""A verdict as a reader gets it: on a terminal, in a ticket, as data for scripts."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from fanlic.texts import _, basis, duration, fill, instant
from fanlic.troubleshoot.judge import aid
from fanlic.troubleshoot.judge.diagnosis import Diagnosis
from fanlic.troubleshoot.judge.facts import Fact, Value
from fanlic.troubleshoot.judge.kinds import KINDS, RANK
from fanlic.troubleshoot.judge.masks import shown
from fanlic.troubleshoot.judge.stages import NAMES
from fanlic.troubleshoot.judge.unread import SHOWN_LINES
from fanlic.troubleshoot.judge.verdict import Verdict, confidence

WIDTH = 100
EVIDENCE_SHOWN = 30


def text(verdict: Verdict, notes: Sequence[str]) -> list[str]:
    """The answer on a terminal: first aid, verdict, evidence, what contradicts, what is missing, the next question."""
    return [*_first_aid(verdict), *_answer(verdict), "", *_evidence(verdict), *_open(verdict, notes)]


def brief(verdict: Verdict, notes: Sequence[str]) -> list[str]:
    """The same in a few lines: first aid, verdict, what to do, what was not understood, the next question."""
    output = [*_first_aid(verdict), *_wrap(_("Verdict: {title}").format(title=_headline(verdict)))]
    for number, step in enumerate(verdict.causes[0].remedy if verdict.causes else (), 1):
        output += _wrap(_step(step, verdict), f"  {number}. ")
    return [*output, *_unread(verdict)[:4], _("Next question:"), *_question(verdict), *(f"  {note}" for note in notes)]


def _first_aid(verdict: Verdict) -> list[str]:
    lines = aid.first_aid(verdict)
    if not lines:
        return []
    return [_("First aid, before anything else:"), *(part for line in lines for part in _wrap(line, "  - ")), ""]


def _step(step: str, verdict: Verdict) -> str:
    return re.sub(r"\bNAME\b", verdict.evidence.server or "NAME", _(step))


def ticket(verdict: Verdict, notes: Sequence[str]) -> list[str]:
    """Plain text for a ticket: summary, evidence, verdict, and what was not checked."""
    output = [_("SUMMARY"), *_wrap(_headline(verdict)), "", _("EVIDENCE"), *_evidence(verdict)[1:], "", _("VERDICT")]
    output += _answer(verdict)
    output += ["", _("NOT CHECKED")]
    output += [line for question in verdict.missing for line in _wrap(_(question.missing), "  - ")] or [
        _("  nothing of what is asked")
    ]
    output += ["", _("NEXT QUESTION"), *_question(verdict), *(line for note in notes for line in ("", *_wrap(note)))]
    output += ["", *_wrap(_("Made by fanlic triage from what was pasted; nothing was run. Secrets are masked."))]
    return output


def _headline(verdict: Verdict) -> str:
    if verdict.causes:
        first = verdict.causes[0]
        return f"{_title(first)} ({_(confidence(first))})"
    return {
        "unread": _("No known fault; lines that look like errors were not understood."),
        "health": _("Nothing wrong found in this evidence."),
        "partial": _("No fault in what was pasted; too little was seen to call the server healthy."),
        "nothing": _("Nothing recognisable was pasted."),
    }[verdict.outcome]


def _answer(verdict: Verdict) -> list[str]:
    server = verdict.evidence.server
    if verdict.causes:
        first = verdict.causes[0]
        output = _cause(first, _("Verdict: {title}").format(title=_title(first)), server, whole=True)
    else:
        output = _no_cause(verdict)
    for number, cause in enumerate(verdict.causes[1:5], 2):
        output += ["", *_cause(cause, f"{number}. {_title(cause)}", server, whole=False)]
    for risk in verdict.risks:
        output += ["", *_wrap(_("Risk, not the cause: {title}").format(title=_title(risk)))]
        output += [line for step in risk.remedy[:1] for line in _wrap(_(step), "    ")]
    return output + _unread(verdict)


def _no_cause(verdict: Verdict) -> list[str]:
    """The answer without a cause: which kind of silence it is."""
    if verdict.outcome == "unread":
        return _wrap(_("Verdict: no known fault, but lines that look like errors were not understood (see below)."))
    if verdict.outcome == "health":
        return _wrap(_("Verdict: nothing wrong found in this evidence."))
    if verdict.outcome == "partial":
        unseen = ", ".join(_(what) for what in verdict.unseen)
        return [
            *_wrap(_("Verdict: no fault in what was pasted. That does not mean that all is well.")),
            *_wrap(_("Not seen: {unseen}.").format(unseen=unseen), "    "),
        ]
    hint = _(
        "Paste a code or the pop-up's text, the output of docker ps -a, docker inspect or docker logs, a compose "
        "file, lines of fanruan.log, the address saved in FineBI; or run what `fanlic ask` prints."
    )
    return [*_wrap(_("Verdict: nothing recognisable was pasted.")), *_wrap(hint, "  ")]


def _unread(verdict: Verdict) -> list[str]:
    if not verdict.unread:
        return []
    output = ["", *_wrap(_("Lines that look like errors and were not understood:"))]
    text = (
        _("{piece} line {number}: {text}") if any(line.piece for line in verdict.unread) else _("line {number}: {text}")
    )
    output += [
        f"  - {text.format(piece=line.piece, number=line.own, text=shown(line.text))}"
        for line in verdict.unread[:SHOWN_LINES]
    ]
    if len(verdict.unread) > SHOWN_LINES:
        output.append(_("  and {count} more").format(count=len(verdict.unread) - SHOWN_LINES))
    return output


def _cause(cause: Diagnosis, heading: str, server: str, *, whole: bool) -> list[str]:
    output = _wrap(heading)
    line = _("    {confidence}; basis: {basis}; who acts: {who}")
    output += _wrap(line.strip().format(confidence=_(confidence(cause)), basis=basis(cause), who=_(cause.who)), "    ")
    for fact in cause.because:
        output += _wrap(_("because: {fact}").format(fact=_said(fact)), "    ")
    for number, step in enumerate(cause.remedy if whole else (), 1):
        output += _wrap(re.sub(r"\bNAME\b", server or "NAME", _(step)), f"    {number}. ")
    if cause.keys:
        output.append(
            _("    more: {commands}").format(commands="; ".join(f"fanlic explain {key}" for key in cause.keys))
        )
    return output


def _title(cause: Diagnosis) -> str:
    return fill(cause.title, cause.values) if cause.values else _(cause.title)


def _evidence(verdict: Verdict) -> list[str]:
    facts = sorted(_own(verdict), key=lambda fact: RANK.get(fact.kind, len(RANK)))
    output = [_("Evidence found:")]
    for fact in facts[:EVIDENCE_SHOWN]:
        output += _wrap(_said(fact), "  - ")
        if fact.line:
            output.append(f"      | {fact.line}")
    if len(facts) > EVIDENCE_SHOWN:
        output.append(_("  and {count} more").format(count=len(facts) - EVIDENCE_SHOWN))
    return output if facts else [_("Evidence found:"), _("  none")]


def _own(verdict: Verdict) -> list[Fact]:
    """The facts about the container that is judged; of others only that they are there."""
    server = verdict.evidence.server
    return [f for f in verdict.evidence.facts if f.subject in ("", server) or f.kind == "status"]


def _ruled_out(verdict: Verdict) -> list[str]:
    """What is known not to be the cause, each with what says so."""
    if not verdict.ruled_out:
        return []
    output = ["", _("Ruled out, because:")]
    for each in verdict.ruled_out:
        sources = dict.fromkeys(_place(fact) for fact in each.because)
        output += _wrap(f"{_(each.rule.out)}  [{'; '.join(sources)}]", "  - ")
    return output


def _open(verdict: Verdict, notes: Sequence[str]) -> list[str]:
    output = _ruled_out(verdict)
    if verdict.against:
        output += ["", _("What does not fit together:")]
        output += [line for text in verdict.against for line in _wrap(_(text), "  - ")]
    if verdict.missing:
        stage = verdict.stage
        output += ["", _("Missing ({stage}):").format(stage=_(NAMES[stage])) if stage else _("Missing:")]
        output += [line for question in verdict.missing for line in _wrap(_(question.missing), "  - ")]
    output += ["", _("Next question:"), *_question(verdict)]
    return output + [line for note in notes for line in ("", *_wrap(note))]


def _question(verdict: Verdict) -> list[str]:
    return [*_wrap(_(verdict.question.text), "  "), f"    {verdict.question.command}"]


def _said(fact: Fact) -> str:
    template = KINDS.get(fact.kind, "{value}")
    said = _(template).format(value=_shown(fact.value), subject=fact.subject or _("the container"), detail=fact.detail)
    return f"{said}  [{_place(fact)}]"


def _place(fact: Fact) -> str:
    """Where the fact was read."""
    if fact.piece:
        return _("{source}, {piece} line {number}").format(source=fact.source, piece=fact.piece, number=fact.own)
    place = _("{source}, line {number}") if fact.number else "{source}"
    return place.format(source=fact.source, number=fact.number)


def _shown(value: Value) -> str:
    if isinstance(value, datetime):
        return instant(value.astimezone(UTC))
    return duration(value) if isinstance(value, timedelta) else str(value)


def _wrap(output: str, indent: str = "") -> list[str]:
    return textwrap.wrap(
        output, WIDTH, initial_indent=indent, subsequent_indent=" " * len(indent), break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip


# -- as data


def as_data(verdict: Verdict, notes: Sequence[str]) -> dict[str, object]:
    """The same for scripts; keys and names are stable, texts are in the reader's language."""
    return {
        "first_aid": aid.first_aid(verdict),
        "verdict": _cause_data(verdict.causes[0]) if verdict.causes else None,
        "summary": _headline(verdict),
        "causes": [_cause_data(cause) for cause in verdict.causes],
        "risks": [_cause_data(cause) for cause in verdict.risks],
        "evidence": [_fact_data(fact) for fact in _own(verdict)],
        "outcome": verdict.outcome,
        "stage": verdict.stage or "",
        "unread": [
            {"number": line.own, "line": shown(line.text)} | ({"piece": line.piece} if line.piece else {})
            for line in verdict.unread
        ],
        "ruled_out": [
            {"text": _(each.rule.out), "because": [_fact_data(fact) for fact in each.because]}
            for each in verdict.ruled_out
        ],
        "contradictions": [_(one) for one in verdict.against],
        "missing": [{"name": one.name, "text": _(one.missing)} for one in verdict.missing],
        "next": {
            "name": verdict.question.name,
            "question": _(verdict.question.text),
            "command": verdict.question.command,
        },
        "notes": list(notes),
    }


def _cause_data(cause: Diagnosis) -> dict[str, object]:
    return {
        "name": cause.name,
        "title": _title(cause),
        "confidence": confidence(cause),
        "basis": str(cause.basis),
        "readings": list(cause.readings),
        "who": str(cause.who),
        "because": [_fact_data(fact) for fact in cause.because],
        "remedy": [_(step) for step in cause.remedy],
        "explain": list(cause.keys),
    }


def _fact_data(fact: Fact) -> dict[str, object]:
    value = fact.value.isoformat() if isinstance(fact.value, datetime) else fact.value
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    data: dict[str, object] = {
        "kind": fact.kind,
        "value": seconds,
        "detail": fact.detail,
        "subject": fact.subject,
        "source": fact.source,
        "line": fact.line,
        "number": fact.own or fact.number,
    }
    return data | ({"piece": fact.piece} if fact.piece else {})
