"""The case of the site's box: pastes, answers and their times, in the same case file that `triage --case` keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fanlic.troubleshoot import today
from fanlic.troubleshoot.findings import decode
from fanlic.troubleshoot.judge.case import FORM, LONGEST, CaseFile, loads
from fanlic.troubleshoot.judge.paste import PastedPiece, paste
from fanlic.troubleshoot.triage import moment, triage


@dataclass(frozen=True)
class Replies:
    """What a person answered: pairs of a question's name and a text; when the state was last said to be as pasted."""

    answers: Sequence[tuple[str, str]] = ()
    still: str = ""
    times: Sequence[str] = field(default=())  # when each file was given


def replies(asked: Mapping[str, Any]) -> Replies:
    """The replies in what the page's script sends."""
    pairs = [(str(one["question"]), str(one["text"])) for one in asked.get("answers", [])]
    return Replies(pairs, asked.get("still", ""), asked.get("times", ()))


def build(files: Sequence[tuple[str, bytes]], said: Replies, at: str = "") -> tuple[CaseFile, bool]:
    """The case, and whether it is more than pastes; ValueError if a dropped case file is none or it grows too long.

    `at`: when it is judged, if not now.
    """
    now = moment(at) if at else today.now()
    times = [moment(time) for time in said.times] or [now] * len(files)
    kept = [loads(decode(data)) for _name, data in files if _is_case(data)]
    pieces = [piece for case in kept for piece in case.pieces][:LONGEST]
    case = CaseFile(tuple(pieces), max((case.confirmed for case in kept if case.confirmed), default=None))
    for (name, data), given in zip(files, times, strict=True):
        text = "\n".join(line.text for line in paste(PastedPiece(name, data)).lines)
        case = case if _is_case(data) or not text.strip() else case.with_paste(text, given, name)
    for question, text in said.answers:
        case = case.with_answer(question, text, now)
    if said.still:
        case = case.still(moment(said.still))
    return case, bool(kept or said.answers or said.still or case.old(now))


def asks_still(case: CaseFile, at: datetime) -> bool:
    """Whether a person has to say that the state is as it was pasted."""
    verdict, _notes = case.judged(triage, at)
    return case.asks_now(verdict, at)


def _is_case(data: bytes) -> bool:
    return f'"{FORM}"'.encode() in data[:200]
