"""The triage box: paste anything at hand, get one verdict, what is missing, and the next question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import ipywidgets as widgets

from fanlic.lab import Lab
from fanlic.model.clauses import Basis
from fanlic.notebook import style
from fanlic.notebook.form import Form, button, pane, row, shows
from fanlic.texts import _, whose


class TriageBox(Form):
    """Paste and press; with a lab, dates are judged by the lab's clock where the paste names none."""

    def __init__(self, lab: Lab | None = None) -> None:
        super().__init__(_("Triage: paste anything at hand"), lab)
        self.pasted = widgets.Textarea(
            description=_("Paste here"),
            placeholder=_("pop-up text, docker ps -a, docker inspect, docker logs, a compose file, lines of a log"),
            tooltip=_("Paste here"),
            style={"description_width": "7rem"},
            layout={"width": "auto", "height": "9rem"},
        )
        self._shown = pane(_("The verdict"))
        self.arrange(self.pasted, row(button(_("Triage"), self.triage, main=True)), self._shown)

    @shows
    def triage(self) -> dict[str, Any]:
        """Judge what was pasted, and show the verdict."""
        from fanlic.troubleshoot import triage
        from fanlic.troubleshoot.judge import report

        now = self.lab.clock.now() if self.lab else None
        verdict, notes = triage.triage(self.pasted.value.encode(), None, now)
        data: dict[str, Any] = dict(report.as_data(verdict, notes))
        self._shown.value = style.block(_verdict(data), role="status")
        return data


def _verdict(data: Mapping[str, Any]) -> str:
    parts = [style.note(data["summary"], kind="warn" if data["causes"] else "")]
    parts += [_cause(cause, number) for number, cause in enumerate(data["causes"], 1)]
    parts += [_list(_("Risks, not the cause"), [risk["title"] for risk in data["risks"]])]
    parts += [_list(_("What does not fit together"), data["contradictions"])]
    parts += [_list(_("Evidence found"), list(dict.fromkeys(map(_fact, data["evidence"]))))]
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
