"""Predict, then play: commit to an answer before the cell that shows it; then the clause, right or wrong."""

from __future__ import annotations

from html import escape

import ipywidgets as widgets

from fanlic.notebook import progress, style
from fanlic.notebook.form import Form, button, row, shows
from fanlic.notebook.questions import QUESTIONS
from fanlic.texts import _


class Predict(Form):
    """One question of QUESTIONS. The first answer is kept in progress.json; a second one changes nothing."""

    def __init__(self, name: str) -> None:
        if name not in QUESTIONS:
            text = _("There is no question {name}; there are: {all}.")
            raise ValueError(text.format(name=name, all=", ".join(QUESTIONS)))
        super().__init__(_("What will happen?"))
        self.name, self.question = name, QUESTIONS[name]
        self._asked = widgets.HTML(style.block(f"<p>{escape(_(self.question.text))}</p>"))
        options = [(_(answer), number) for number, answer in enumerate(self.question.answers)]
        self.answers = widgets.RadioButtons(options=options, value=None, layout={"width": "auto", "max_width": "60rem"})
        commit = button(
            _("This will happen"), self.commit, _("Commit to this answer; then run the cells below"), main=True
        )
        self.arrange(self._asked, self.answers, row(commit))

    @shows
    def commit(self, answer: int | None = None) -> bool | None:
        """Commit to the marked answer, or to this one; whether it is right."""
        if answer is not None and not self.answers.disabled:
            self.answers.value = answer
        if self.answers.value is None:
            raise ValueError(_("Mark one of the answers first."))
        self.answers.disabled = True
        question, chosen = self.question, int(self.answers.value)
        right = chosen == question.right
        progress.note("answers", self.name, chosen=chosen, right=right)
        head = (
            _("Right.")
            if right
            else _("Not so. Right is: {answer}.").format(answer=_(question.answers[question.right]))
        )
        self.say(style.note(f"{head} {_(question.why)}", question.clause, "good" if right else "warn"))
        return right
