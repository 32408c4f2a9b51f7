"""The parties as a live picture, below it time as a slider over everything that happened and every limit ahead, and
"How do I get here?", which plays the shortest way into a state on a lab of its own.
"""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import urlsplit

import ipywidgets as widgets

from fanlic.lab import Lab
from fanlic.lab.scene_svg import of_lab
from fanlic.lab.timeline import Row
from fanlic.lab.ways import Play
from fanlic.model.clauses import SLUGS, Clause
from fanlic.model.refusals import Refusal
from fanlic.model.ways import GOALS, Goal
from fanlic.notebook import labs, style
from fanlic.notebook.axis import axis
from fanlic.notebook.clock import upcoming
from fanlic.notebook.form import LabForm, button, choice, pane, row, shows
from fanlic.notebook.trace import UNTOLD
from fanlic.texts import _, instant, party_name, printable
from fanlic.texts.ways import named, told
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
        self._play: Play | None = None
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
        places = [(_("a state, or a code"), None), *((named(each), each) for each in GOALS)]
        self.place = choice(_("How do I get to"), places)
        self._way, self._own_lab = pane(_("The shortest way")), button(_("Back to my lab"), self.mine, main=True)
        ways = row(
            self.place,
            button(_("How do I get here?"), self.how, _("Show the shortest sequence of events that leads there")),
            button(_("Play it"), self.play, _("Play it on a lab of its own; yours stands still meanwhile")),
            self._own_lab,
        )
        lab.tap(self._hear)
        self.arrange(self._picture, self.slider, self._axis, steps, self._detail, ways, self._way)

    @property
    def on_show(self) -> Lab:
        """The lab that the picture shows: the panel's own, or that of the play."""
        return self.lab if self._play is None else self._play.lab

    @property
    def past(self) -> int:
        """How many rows of the timeline the picture has; all of them in the present."""
        return len(self.on_show.rows) if self._follows else int(self.slider.value)

    @shows
    def how(self, place: Goal | None = None) -> list[str]:
        """Show the shortest sequence of events that leads to the chosen state, or to this one."""
        chosen = self._chosen(place)
        lines = told(chosen, self.lab.policy)
        self._way.value = style.block(_list(chosen, lines), role="status")
        return lines

    @shows
    def play(self, place: Goal | None = None) -> bool:
        """Play it on a lab of its own, and show that lab; whether it arrived."""
        chosen = self._chosen(place)
        lines = told(chosen, self.lab.policy)
        self._way.value = style.block(_list(chosen, lines), role="status")
        made = Play(chosen, self.lab.policy)
        self._leave()
        labs.keep(made.lab)
        self._play, self._follows = made, True
        made.lab.tap(self._hear)
        made.all()
        self._way.value = style.block(_list(chosen, lines) + _arrival(made), role="status")
        return made.arrived

    @shows
    def mine(self) -> None:
        """Show the panel's own lab again."""
        self._leave()
        self._way.value = ""
        self._follows = True

    def _leave(self) -> None:
        if self._play is not None:
            self._play.close()
        self._play, self._exchanges = None, []

    def _chosen(self, place: Goal | None) -> Goal:
        if place is not None:
            self.place.value = place
        if self.place.value is None:
            raise ValueError(_("Choose a state or a code first."))
        return GOALS[GOALS.index(self.place.value)]

    @shows
    def look(self, place: int) -> None:
        """Look at the parties after so many events; beyond the last one time passes until a limit ahead."""
        last = len(self.on_show.rows)
        if place > last:
            limits = _instants(self.on_show)
            if limits:
                until = limits[min(place - last, len(limits)) - 1]
                self.on_show.clock.advance(seconds=(until - self.on_show.clock.now()).total_seconds())
            place = len(self.on_show.rows)
        self._follows = place >= len(self.on_show.rows)
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
        self.look(len(self.on_show.rows))
        if was_there and not self.on_show.closed:
            self.say(style.note(_("This is the present: {now}.").format(now=instant(self.on_show.clock.now()))))

    def next_limit(self) -> None:
        """Let time pass until the next limit."""
        if not _instants(self.on_show):
            self.say(style.note(_("No limit is ahead, so the clock stays.")))
            return
        self.look(len(self.on_show.rows) + 1)

    def draw(self) -> None:
        """Picture, axis and the event in question."""
        if self.on_show.closed:
            return
        self.on_show.collect()
        rows, limits = self.on_show.rows, _instants(self.on_show)
        place = self.past
        self._set(place, len(rows) + len(limits))
        self._own_lab.layout.display = "none" if self._play is None else ""
        self._picture.value = style.block(of_lab(self.on_show, None if self._follows else place), role="status")
        self._axis.value = style.block(axis([each.line.at for each in rows], self.on_show.clock.now(), limits, place))
        self._detail.value = style.block(self._told(place), role="status")

    def _told(self, place: int) -> str:
        """The event: request and answer, what changed, its clause."""
        if place == 0:
            return style.note(_("Nothing has happened yet."))
        each = self.on_show.rows[place - 1]
        said = "" if self._follows else style.note(_past(self.on_show.clock.now()), kind="warn")
        number = _("Event {number} of {count}").format(number=place, count=len(self.on_show.rows))
        pairs = [
            (number, f"{instant(each.line.at)} \u00b7 {party_name(each.party)}"),
            (_("What happened"), _happened(each)),
        ]
        pairs += [(_("Request and answer"), _shortly(each_)) for number_, each_ in self._exchanges if number_ == place]
        clause = _clause(each)
        return said + style.facts(pairs) + (style.clause_label(clause) if clause else "")

    def _hear(self, exchange: Exchange) -> None:
        if not urlsplit(exchange.url).path.startswith(UNTOLD):
            self._exchanges.append((len(self.on_show.rows) + 1, exchange))

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


def _list(place: Goal, lines: list[str]) -> str:
    return f"<p><strong>{escape(named(place))}</strong></p>" + style.items(map(escape, lines), ordered=True)


def _arrival(play: Play) -> str:
    text = _(
        "Played on a lab of its own, which the picture shows. Drag the slider to see each event. Yours stands still."
    )
    answer = "" if play.last is None else style.refusal_box(play.last)
    return answer + style.note(text, kind="good")


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
