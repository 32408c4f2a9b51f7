"""A case file: what was pasted and answered, when, and what follows from it; kept as JSON, without secrets.

The state that a paste shows is of its time. Whether it is still so is asked, never assumed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from fanlic.model.refusals import N_
from fanlic.texts import _, duration, instant
from fanlic.troubleshoot.judge.paste import PastedPiece
from fanlic.troubleshoot.judge.questions import only_a_person_knows
from fanlic.troubleshoot.judge.veil import without_secrets
from fanlic.troubleshoot.judge.verdict import Verdict

FORM = "fanlic-case-1"
FRESH = timedelta(hours=1)  # for so long a pasted state is taken to be the present one
LONGEST = 300  # pieces
SKIPPED = "-"
Judge = Callable[
    [Sequence[PastedPiece], datetime | None, datetime | None, Sequence[str], timedelta], tuple[Verdict, list[str]]
]

# An answer without a program's words around it is read as what the question asks for.
_AS = {"address": "=== fanlic: saved address (finebi host) ===\n"}


@dataclass(frozen=True)
class CasePiece:
    """One paste or answer: when it came, its name, its text without secrets, and the question it answers."""

    at: datetime
    name: str
    text: str
    question: str = ""


@dataclass(frozen=True)
class CaseFile:
    """The pieces in their order, and when a person last said that the state is as pasted."""

    pieces: tuple[CasePiece, ...] = ()
    confirmed: datetime | None = None

    def with_paste(self, text: str, at: datetime, name: str = "") -> CaseFile:
        """The case with one paste more."""
        number = sum(not piece.question for piece in self.pieces) + 1
        named = name or _("paste {number}").format(number=number)
        return self._with(CasePiece(at, named, without_secrets(text)))

    def with_answer(self, question: str, text: str, at: datetime) -> CaseFile:
        """The case with the answer to a question; `SKIPPED`: nobody knows."""
        return self._with(CasePiece(at, question, without_secrets(text), question))

    def _with(self, piece: CasePiece) -> CaseFile:
        if len(self.pieces) >= LONGEST:
            raise ValueError(_("a case file holds {count} pieces; begin another one").format(count=LONGEST))
        return replace(self, pieces=(*self.pieces, piece))

    def still(self, at: datetime) -> CaseFile:
        """The case after a person said that the state is as pasted at this moment."""
        return replace(self, confirmed=at)

    @property
    def latest(self) -> datetime | None:
        """The last moment of which the state is known."""
        return max((*(piece.at for piece in self.pieces), *([self.confirmed] if self.confirmed else [])), default=None)

    def old(self, at: datetime) -> timedelta | None:
        """How old the newest piece is, if it is too old to be taken for the present."""
        return at - self.latest if self.latest and at - self.latest > FRESH else None

    def judged(self, judge: Judge, at: datetime) -> tuple[Verdict, list[str]]:
        """The verdict on all pieces, at the last moment of which the state is known; a note says if it is old."""
        pieces = [
            PastedPiece(piece.name, (_AS.get(piece.question, "") + piece.text).encode())
            for piece in self.pieces
            if piece.text != SKIPPED
        ]
        answered = [p.question for p in self.pieces if p.text == SKIPPED or only_a_person_knows(p.question)]
        pasted = max((piece.at for piece in self.pieces if not piece.question), default=None)
        later = max(self.confirmed - pasted, timedelta()) if self.confirmed and pasted else timedelta()
        verdict, notes = judge(pieces, self.confirmed, self.latest, answered, later)
        if span := self.old(at):
            notes = [*notes, _(STILL).format(span=duration(span))]
        return verdict, notes

    def asks_now(self, verdict: Verdict, at: datetime) -> bool:
        """Whether it must be asked that the state is still as pasted: what is judged hangs on the time."""
        e = verdict.evidence
        timed = bool(e.of("finished") or e.of("stopped-for"))
        return self.old(at) is not None or (timed and e.assumed and self.confirmed is None)


STILL = N_("The newest piece is {span} old. Is everything still as it was pasted? The answer holds for that time only.")


def lines(case: CaseFile) -> list[str]:
    """The case as a ticket begins: each piece with its time, each answer whole."""
    output = [_("CASE")]
    for piece in case.pieces:
        at = instant(piece.at.astimezone(UTC))
        first, _newline, more = piece.text.strip().partition("\n")
        what = _("not known") if piece.text == SKIPPED else first[:100] + (" ..." if more or len(first) > 100 else "")
        output.append(f"  {at}  {piece.name}: {what}")
    if case.confirmed:
        output.append(_("  {at}  said to be still as pasted").format(at=instant(case.confirmed.astimezone(UTC))))
    return output


def dumps(case: CaseFile) -> str:
    """The case as JSON."""
    pieces = [{"at": p.at.isoformat(), "name": p.name, "text": p.text, "question": p.question} for p in case.pieces]
    confirmed = case.confirmed.isoformat() if case.confirmed else None
    return json.dumps({"form": FORM, "pieces": pieces, "confirmed": confirmed}, indent=1, ensure_ascii=False) + "\n"


def loads(text: str) -> CaseFile:
    """The case from its JSON; ValueError says what is wrong with it."""
    try:
        data: dict[str, Any] = json.loads(text)
        if data["form"] != FORM:
            raise KeyError(FORM)
        pieces = tuple(
            CasePiece(_moment(p["at"]), str(p["name"])[:200], str(p["text"]), str(p["question"])[:60])
            for p in data["pieces"][:LONGEST]
        )
        return CaseFile(pieces, _moment(data["confirmed"]) if data["confirmed"] else None)
    except (KeyError, TypeError, ValueError, RecursionError) as problem:
        raise ValueError(_("this is no case file of fanlic: {problem}").format(problem=problem)) from problem


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
