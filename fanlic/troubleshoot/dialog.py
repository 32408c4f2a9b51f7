"""`fanlic triage --interactive`: one question after the other, over a case file that may be taken up days later."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from fanlic.texts import _, duration
from fanlic.troubleshoot.judge.case import SKIPPED, CaseFile, Judge, dumps, lines, loads
from fanlic.troubleshoot.judge.report import brief, text, ticket
from fanlic.troubleshoot.judge.verdict import Verdict

END = "."
ANSWER = 3  # lines: what is longer is a paste, whatever was asked
WORDS = {":why": "why", ":ticket": "ticket", ":skip": "skip", ":quit": "quit"}


def talk(path: Path | None, case: CaseFile, judge: Judge, clock: Callable[[], datetime]) -> CaseFile:
    """Ask and judge until the person leaves; after each answer the case is saved."""
    print(_("Paste or answer, and end with a line that has only a dot."))
    print(_(":why shows everything, :ticket prints the ticket, :skip means not known, :quit leaves."))
    refused = False  # a no is not asked again until something new is pasted
    while True:
        verdict, notes = case.judged(judge, clock())
        print("\n" + "\n".join(brief(verdict, notes)))
        if not refused and case.asks_now(verdict, clock()):
            before, case = case, _now(case, clock())
            _save(path, case)
            refused = case is before
            if not refused:
                continue
        given = _read()
        if given is None or given.strip() == ":quit":
            return case
        case = _taken(case, given, verdict, notes, clock())
        _save(path, case)


def _taken(case: CaseFile, given: str, verdict: Verdict, notes: list[str], at: datetime) -> CaseFile:
    word = WORDS.get(given.strip())
    if word == "why":
        print("\n".join(text(verdict, notes)))
    elif word == "ticket":
        print("\n".join([*lines(case), "", *ticket(verdict, notes)]))
    elif word == "skip":
        return case.with_answer(verdict.question.name, SKIPPED, at)
    elif given.strip() and (given.strip().count("\n") >= ANSWER or not case.pieces):
        return case.with_paste(given, at)
    elif given.strip():
        return case.with_answer(verdict.question.name, given, at)
    return case


def _now(case: CaseFile, at: datetime) -> CaseFile:
    """Ask whether the state is still as pasted. A no leaves the case as it is: then a new paste is wanted."""
    old = case.old(at)
    print(
        _("The newest piece is {span} old. Is everything still as it was pasted? [yes/no]").format(span=duration(old))
        if old
        else _("Does the container's state in the paste hold at this moment? [yes/no]")
    )
    reply = sys.stdin.readline().strip().lower()
    if reply in ("y", "yes", "j", "ja", _("yes"), "\u662f", "\u8fd8\u662f"):
        return case.still(at)
    print(_("Then paste the output of docker ps -a as it is now."))
    return case


def _read() -> str | None:
    """What was typed up to a line with only a dot; None at the end of the input. A command needs no dot."""
    given: list[str] = []
    for line in _typed():
        if line.strip() == END:
            return "\n".join(given)
        given.append(line)
        if len(given) == 1 and line.strip() in WORDS:
            return line
    return "\n".join(given) if any(line.strip() for line in given) else None


def _typed() -> Iterator[str]:
    while line := sys.stdin.readline():
        yield line.rstrip("\r\n")


def opened(path: Path | None) -> CaseFile:
    """The case in the file, or a new one; ValueError if the file is none."""
    return loads(path.read_text("utf-8")) if path is not None and path.exists() else CaseFile()


def _save(path: Path | None, case: CaseFile) -> None:
    if path is not None:
        path.write_text(dumps(case), "utf-8")
