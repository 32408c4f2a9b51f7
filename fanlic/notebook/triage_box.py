"""The triage box: a case of pastes and answers, one verdict, what is missing, and the next question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any

import ipywidgets as widgets

from fanlic.lab import Lab
from fanlic.model.clauses import Basis
from fanlic.notebook import style
from fanlic.notebook.form import Form, button, pane, row, shows
from fanlic.texts import _, whose
from fanlic.troubleshoot import today, triage
from fanlic.troubleshoot.judge import report
from fanlic.troubleshoot.judge.case import SKIPPED, CaseFile, lines
from fanlic.troubleshoot.judge.questions import question

BUTTONS = 5  # open questions that are offered


class TriageBox(Form):
    """A case: paste and press, answer what is asked; with a lab, times are the lab's.

    The buttons below the verdict are the questions that are open. Whether all is still as pasted is asked, not assumed.
    """

    def __init__(self, lab: Lab | None = None) -> None:
        super().__init__(_("Triage: paste anything at hand"), lab)
        self.case = CaseFile()
        self.asked = ""
        self.pasted = _area(
            _("Paste here"),
            _("pop-up text, docker ps -a, docker inspect, docker logs, a compose file, lines of a log"),
            "9rem",
        )
        self.answer = _area(_("Your answer"), _("what the question above asks for"), "4rem")
        self._shown = pane(_("The verdict"))
        self._case = pane(_("The case"))
        self._open = row()
        self._still = button(_("All is still as pasted"), self.still)
        acts = row(
            button(_("Answer"), self.answered, main=True),
            button(_("Not known"), self.skip),
            self._still,
            button(_("New case"), self.clear),
        )
        main = row(button(_("Triage"), self.triage, main=True))
        self.arrange(self.pasted, main, self._shown, self._open, self.answer, acts, self._case)

    @property
    def _now(self) -> datetime:
        return self.lab.clock.now() if self.lab else today.now()

    @shows
    def triage(self) -> dict[str, Any]:
        """Add what was pasted to the case, and show the verdict. The same paste counts once."""
        pastes = [piece.text for piece in self.case.pieces if not piece.question]
        added = self.case.with_paste(self.pasted.value, self._now)
        if self.pasted.value.strip() and added.pieces[-1].text not in pastes:
            self.case = added
        return self._judge()

    @shows
    def answered(self) -> dict[str, Any]:
        """Add the answer to the question that is shown."""
        if not self.answer.value.strip():
            raise ValueError(_("Enter the answer first, or press Not known."))
        if self.asked:
            self.case = self.case.with_answer(self.asked, self.answer.value, self._now)
            self.answer.value = ""
        return self._judge()

    @shows
    def skip(self) -> dict[str, Any]:
        """Nobody knows the answer: ask the next question."""
        if self.asked:
            self.case = self.case.with_answer(self.asked, SKIPPED, self._now)
        return self._judge()

    @shows
    def still(self) -> dict[str, Any]:
        """A person has looked: all is as it was pasted."""
        self.case = self.case.still(self._now)
        return self._judge()

    @shows
    def clear(self) -> None:
        """Begin another case."""
        self.case, self.asked = CaseFile(), ""
        self.pasted.value = self.answer.value = self._shown.value = self._case.value = ""
        self._open.children = ()

    @shows
    def ask(self, name: str) -> None:
        """Show another of the open questions."""
        self.asked = name
        chosen = question(name)
        self._case.value = style.block(f"<p>{escape(_(chosen.text))}</p>" + style.terminal(chosen.command))

    def _judge(self) -> dict[str, Any]:
        verdict, notes = self.case.judged(triage.triage, self._now)
        data: dict[str, Any] = dict(report.as_data(verdict, notes))
        self.asked = verdict.question.name
        self._shown.value = style.block(_verdict(data), role="status")
        self._case.value = style.block(_list("", [line.strip() for line in lines(self.case)[1:]]))
        self._still.button_style = "warning" if self.case.asks_now(verdict, self._now) else ""
        names = dict.fromkeys((verdict.question.name, *(one.name for one in verdict.missing)))
        self._open.children = tuple(_question(self, name) for name in list(names)[:BUTTONS])
        return data


def _question(box: TriageBox, name: str) -> Any:
    asked = question(name)
    return button(_(asked.missing), lambda: box.ask(name), _(asked.text))


def _area(label: str, hint: str, height: str) -> Any:
    return widgets.Textarea(
        description=label,
        placeholder=hint,
        tooltip=label,
        style={"description_width": "7rem"},
        layout={"width": "auto", "height": height},
    )


def _verdict(data: Mapping[str, Any]) -> str:
    parts = [_list(_("First aid, before anything else:"), data["first_aid"])]
    parts += [style.note(data["summary"], kind="warn" if data["causes"] else "")]
    parts += [_cause(cause, number) for number, cause in enumerate(data["causes"], 1)]
    parts += [_list(_("Risks, not the cause"), [risk["title"] for risk in data["risks"]])]
    parts += [_list(_("What does not fit together"), data["contradictions"])]
    parts += [_list(_("Evidence found"), list(dict.fromkeys(map(_fact, data["evidence"]))))]
    parts += [_list(_("Ruled out, because:"), [one["text"] for one in data["ruled_out"]])]
    parts += [_list(_("Missing"), [one["text"] for one in data["missing"]])]
    following = data["next"]
    head = f"<h4>{escape(_('Next question'))}</h4><p>{escape(following['question'])}</p>"
    command = style.terminal(following["command"]) if following["command"] else ""
    return "".join(parts) + head + command + _list("", data["notes"])


def _cause(cause: Mapping[str, Any], number: int) -> str:
    said = _("{confidence}; who acts: {who}").format(confidence=_(cause["confidence"]), who=_(cause["who"]))
    label = style.basis_label(Basis(cause["basis"]), told=whose(Basis(cause["basis"]), cause["readings"]))
    steps = style.items(map(escape, cause["remedy"]), ordered=True) if cause["remedy"] else ""
    return f"<h4>{number}. {escape(cause['title'])}</h4><p>{escape(said)} {label}</p>{steps}"


def _fact(fact: Mapping[str, Any]) -> str:
    return str(fact["line"] or fact["value"])


def _list(head: str, texts: Sequence[str]) -> str:
    if not texts:
        return ""
    return (f"<h4>{escape(head)}</h4>" if head else "") + style.items(map(escape, texts))
