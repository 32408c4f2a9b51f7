"""The trainer's heat map: who has answered what, which exercises are solved and which drills are mended, from the files
progress.json.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from fanlic.lab.exercises import EXERCISES
from fanlic.notebook import progress, style
from fanlic.notebook.questions import QUESTIONS
from fanlic.texts import _

SHADES = {"right": "#2b8a4b", "solved": "#2b8a4b", "wrong": "#d13438", "tried": "#b7860b", "none": "transparent"}
COLUMNS = (*QUESTIONS, *EXERCISES)


def heat_map(folder: str | Path) -> style.Html:
    """A row for each learner's folder; a column for each question and each exercise, the drills last. Run it again to
    see it anew.
    """
    found = sorted(path.parent for path in Path(folder).glob(f"*/{progress.ME}"))
    if not found:
        text = _("There is no learner's folder in {folder}. start.py class makes them.")
        return style.Html(style.note(text.format(folder=Path(folder).absolute()), kind="warn"))
    rows = [_row(each) for each in found]
    counts = [_share([told[name] for _name, told, _drills in rows]) for name in COLUMNS]
    heads = [_("Learner"), *QUESTIONS, *(_("exercise: {name}").format(name=name) for name in EXERCISES), _("Drills")]
    body = [[escape(name), *(_cell(told[each]) for each in COLUMNS), escape(drills)] for name, told, drills in rows]
    return style.Html(style.table(heads, [*body, ["", *counts, ""]], _("Answers and exercises of the class")))


def _row(folder: Path) -> tuple[str, dict[str, str], str]:
    told = progress.read(folder / progress.FILE)
    answers, exercises, drills = (_kept(told, kind) for kind in ("answers", "exercises", "drills"))
    states = {name: _state(answers.get(name)) for name in QUESTIONS}
    states |= {name: _solved(exercises.get(name)) for name in EXERCISES}
    scores = [f"{name}: {each.get('score', 0)}" for name, each in drills.items() if isinstance(each, dict)]
    return folder.name, states, ", ".join(scores)


def _kept(told: dict[str, Any], kind: str) -> dict[str, Any]:
    kept = told.get(kind)
    return kept if isinstance(kept, dict) else {}


def _solved(exercise: Any) -> str:
    if not isinstance(exercise, dict):
        return "none"
    return "solved" if exercise.get("score") == 100 else "tried"


def _state(answer: Any) -> str:
    if not isinstance(answer, dict):
        return "none"
    return "right" if answer.get("right") is True else "wrong"


def _cell(state: str) -> str:
    words = {"right": _("right"), "wrong": _("wrong"), "solved": _("solved"), "tried": _("not yet"), "none": ""}
    shade = SHADES[state]
    mixed = f"color-mix(in srgb, {shade} 30%, transparent)"
    return f'<span style="display:block;padding:0 .4em;background:{mixed}">{escape(words[state])}&nbsp;</span>'


def _share(states: list[str]) -> str:
    answered = [state for state in states if state != "none"]
    right = sum(state in ("right", "solved") for state in answered)
    return escape(_("{right} of {answered}").format(right=right, answered=len(answered)))
