"""The trainer's heat map: who has answered what, and which drills are mended, from the files progress.json."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from fanlic.notebook import progress, style
from fanlic.notebook.questions import QUESTIONS
from fanlic.texts import _

SHADES = {"right": "#2b8a4b", "wrong": "#d13438", "none": "transparent"}


def heat_map(folder: str | Path) -> style.Html:
    """A row for each learner's folder, a column for each question, the drills last. Run it again to see it anew."""
    found = sorted(path.parent for path in Path(folder).glob(f"*/{progress.ME}"))
    if not found:
        text = _("There is no learner's folder in {folder}. start.py class makes them.")
        return style.Html(style.note(text.format(folder=Path(folder).absolute()), kind="warn"))
    rows = [_row(each) for each in found]
    counts = [""] + [_share([told[name] for _name, told, _drills in rows]) for name in QUESTIONS] + [""]
    heads = [_("Learner"), *QUESTIONS, _("Drills")]
    body = [[escape(name), *(_cell(told[each]) for each in QUESTIONS), escape(drills)] for name, told, drills in rows]
    return style.Html(style.table(heads, [*body, counts], _("Answers of the class")))


def _row(folder: Path) -> tuple[str, dict[str, str], str]:
    told = progress.read(folder / progress.FILE)
    answers, drills = (each if isinstance(each, dict) else {} for each in (told.get("answers"), told.get("drills")))
    states = {name: _state(answers.get(name)) for name in QUESTIONS}
    scores = [f"{name}: {each.get('score', 0)}" for name, each in drills.items() if isinstance(each, dict)]
    return folder.name, states, ", ".join(scores)


def _state(answer: Any) -> str:
    if not isinstance(answer, dict):
        return "none"
    return "right" if answer.get("right") is True else "wrong"


def _cell(state: str) -> str:
    words = {"right": _("right"), "wrong": _("wrong"), "none": ""}
    shade = SHADES[state]
    mixed = f"color-mix(in srgb, {shade} 30%, transparent)"
    return f'<span style="display:block;padding:0 .4em;background:{mixed}">{escape(words[state])}&nbsp;</span>'


def _share(states: list[str]) -> str:
    answered = [state for state in states if state != "none"]
    right = sum(state == "right" for state in answered)
    return escape(_("{right} of {answered} right").format(right=right, answered=len(answered)))
