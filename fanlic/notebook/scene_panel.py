"""The parties as a live picture, and below it time as a slider over everything that happened and every limit ahead."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import ipywidgets as widgets

from fanlic.lab import Lab
from fanlic.lab.scene_svg import of_lab
from fanlic.lab.timeline import Row
from fanlic.model.clauses import SLUGS, Clause
from fanlic.model.refusals import Refusal
from fanlic.notebook import style
from fanlic.notebook.axis import axis
from fanlic.notebook.clock import upcoming
from fanlic.notebook.form import LabForm, button, pane, row, shows
from fanlic.notebook.trace import UNTOLD
from fanlic.texts import _, instant, party_name, printable
from fanlic.wiring.lab import Exchange

AHEAD = 3  # limits ahead on the slider
EVENTS = {  # the clause that an event shows, where no refusal names one
    "license issued": Clause.ARCHIVE,
    "authorization destroyed": Clause.DESTROY,
    "scan approved": Clause.SIX_DIGITS,
    "activated": Clause.SIX_DIGITS,
    "QR code made": Clause.QR_PAGE,
    "registered": Clause.CONNECTIONS,
    "registration healed": Clause.HEALS,
    "poll missed": Clause.HEALS,
    "registration lapsed": Clause.TWELVE_MISSES,
    "activation": Clause.DOWN_TIME,
}


class ScenePanel(LabForm):
    """The picture of the parties. Drag the slider back, and it shows the past; drag it beyond the present, and time
    passes until that limit.
    """

    def __init__(self, lab: Lab) -> None:
        super().__init__(_("The parties"), lab)
        self._exchanges: list[tuple[int, Exchange]] = []
        self._picture, self._axis, self._detail = pane(_("Picture of the parties")), pane(_("Events")), pane(_("Event"))
        self._setting = False
        self._follows = True  # the slider stands on the present, and goes with it
        self.slider = widgets.IntSlider(
            min=0,
            max=1,
            value=0,
            readout=False,
            continuous_update=False,
            description=_("Time"),
            tooltip=_("Back: the past. Beyond the present: time passes until that limit"),
            style={"description_width": "3rem"},
            layout={"width": "auto", "max_width": "60rem"},
        )
        self.slider.observe(self._dragged, names="value")
        steps = row(
            button(_("Event before"), self.back, _("Look at the event before")),
            button(_("Event after"), self.forth, _("Look at the event after")),
            button(_("Present"), self.present, _("Go back to the present"), main=True),
            button(_("To the next limit"), self.next_limit, _("Let time pass until the next limit")),
        )
        lab.tap(self._hear)
        self.arrange(self._picture, self.slider, self._axis, steps, self._detail)

    @property
    def past(self) -> int:
        """How many rows of the timeline the picture has; all of them in the present."""
        return len(self.lab.rows) if self._follows else int(self.slider.value)

    @shows
    def look(self, place: int) -> None:
        """Look at the parties after so many events; beyond the last one time passes until a limit ahead."""
        last = len(self.lab.rows)
        if place > last:
            limits = _instants(self.lab)
            if limits:
                until = limits[min(place - last, len(limits)) - 1]
                self.lab.clock.advance(seconds=(until - self.lab.clock.now()).total_seconds())
            place = len(self.lab.rows)
        self._follows = place >= len(self.lab.rows)
        self._set(max(0, place))

    def back(self) -> None:
        """Look at the event before; at the first one it stays."""
        if not self.past:
            self.say(style.note(_("Nothing has happened before this.")))
            return
        self.look(self.past - 1)

    def forth(self) -> None:
        """Look at the event after; in the present it stays."""
        if self._follows:
            self.present()
            return
        self.look(self.past + 1)

    def present(self) -> None:
        """Go back to the present."""
        was_there = self._follows
        self.look(len(self.lab.rows))
        if was_there and not self.lab.closed:
            self.say(style.note(_("This is the present: {now}.").format(now=instant(self.lab.clock.now()))))

    def next_limit(self) -> None:
        """Let time pass until the next limit."""
        if not _instants(self.lab):
            self.say(style.note(_("No limit is ahead, so the clock stays.")))
            return
        self.look(len(self.lab.rows) + 1)

    def draw(self) -> None:
        """Picture, axis and the event in question."""
        if self.lab.closed:
            return
        self.lab.collect()
        rows, limits = self.lab.rows, _instants(self.lab)
        place = self.past
        self._set(place, len(rows) + len(limits))
        self._picture.value = style.block(of_lab(self.lab, None if self._follows else place), role="status")
        self._axis.value = style.block(axis([each.line.at for each in rows], self.lab.clock.now(), limits, place))
        self._detail.value = style.block(self._told(place), role="status")

    def _told(self, place: int) -> str:
        """The event: request and answer, what changed, its clause."""
        if place == 0:
            return style.note(_("Nothing has happened yet."))
        each = self.lab.rows[place - 1]
        said = "" if self._follows else style.note(_past(self.lab.clock.now()), kind="warn")
        number = _("Event {number} of {count}").format(number=place, count=len(self.lab.rows))
        pairs = [
            (number, f"{instant(each.line.at)} \u00b7 {party_name(each.party)}"),
            (_("What happened"), _happened(each)),
        ]
        pairs += [(_("Request and answer"), _shortly(each_)) for number_, each_ in self._exchanges if number_ == place]
        clause = _clause(each)
        return said + style.facts(pairs) + (style.clause_label(clause) if clause else "")

    def _hear(self, exchange: Exchange) -> None:
        if not urlsplit(exchange.url).path.startswith(UNTOLD):
            self._exchanges.append((len(self.lab.rows) + 1, exchange))

    def _dragged(self, change: Any) -> None:
        if not self._setting:
            self.look(int(change["new"]))

    def _set(self, value: int, most: int | None = None) -> None:
        """Move the slider without taking it for a hand."""
        self._setting = True
        if most is not None:
            self.slider.max = max(1, most)
        self.slider.value = min(value, self.slider.max)
        self._setting = False


def _instants(lab: Lab) -> list[datetime]:
    """The next limits, each instant once."""
    return sorted({each.at for each in upcoming(lab)})[:AHEAD]


def _past(now: datetime) -> str:
    return _("This is the past. The lab itself stands at {now}.").format(now=instant(now))


def _happened(each: Row) -> str:
    line = each.line
    change = f"{_(line.before)} \u2192 {_(line.after)}" if line.before and line.after else _(line.after)
    return printable("; ".join(part for part in (_(line.event), line.subject, line.reason, change) if part))


def _shortly(exchange: Exchange) -> str:
    return f"{exchange.who}: {exchange.method} {urlsplit(exchange.url).path} \u2192 {exchange.status}"


def _clause(each: Row) -> Clause | None:
    """The clause of the refusal, if there was one; else of the event."""
    reason = each.line.reason
    reasons = {refusal.reason: refusal.clause for refusal in Refusal.__subclasses__()}
    return SLUGS.get(f"code-{reason}") or reasons.get(reason) or EVENTS.get(each.line.event)
