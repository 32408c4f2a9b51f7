"""The papers of a class: the answer key, the checklist for the room, and the notes of the instructor's edition."""

from __future__ import annotations

from fanlic.notebook.questions import QUESTIONS
from fanlic.texts import _


def key(rows: list[tuple[str, int, str]]) -> str:
    """The answer key: for each learner the drill and the right answer."""
    head = f"# {_('Answer key')}\n\n{_('For the trainer only: keep this folder out of reach of the learners.')}\n\n"
    table = f"| {_('Learner')} | {_('Drill')} | {_('Right answer')} |\n|---|---|---|\n"
    return head + table + "".join(f"| {name} | {drill} | {answer} |\n" for name, drill, answer in rows)


def room(learners: int) -> str:
    """The checklist for the room."""
    points = (
        _("Each machine has Python 3.11 to 3.14 and a copy of the project."),
        _("check_in.ipynb was run on each machine, and a button answered."),
        _("Each learner knows the own folder: start.py lab --folder FOLDER."),
        _("The four handouts are printed, one set for each learner."),
        _("00_story was run on the projector, and the last row can read the port."),
        _("Without internet: the folder of wheels is on each machine, see start.py wheelhouse."),
        _("Two learners sit together; both see one screen."),
        _("The folder trainer is on the trainer's machine only."),
    )
    day = _("A class of {count} learners, 240 minutes.").format(count=learners)
    return f"# {_('Checklist for the room')}\n\n{day}\n\n" + "".join(f"- [ ] {point}\n" for point in points)


def minute(at: int, total: int) -> str:
    """When a chapter should begin."""
    return _("Minute {minute} of {total}.").format(minute=at, total=total)


def expected(name: str) -> str:
    """For a question: the right answer, the wrong ones that people give, and what to say."""
    asked = QUESTIONS[name]
    wrong = "; ".join(_(text) for number, text in enumerate(asked.answers) if number != asked.right)
    told = _("Expected: {right}. Typical wrong answers: {wrong}. Say: {why}")
    return told.format(right=_(asked.answers[asked.right]), wrong=wrong, why=_(asked.why))
