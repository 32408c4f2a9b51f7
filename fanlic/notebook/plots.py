"""Pictures: the timeline of all parties, seats over time, and the state diagrams with the present state marked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from html import escape
from typing import TypeVar

from fanlic.lab import Lab
from fanlic.model.activation import CodeEntryState
from fanlic.model.migration import MigrationStage
from fanlic.model.outage import Standing
from fanlic.model.policy import Restart
from fanlic.model.project import Registration
from fanlic.notebook import style
from fanlic.notebook.frames import seat_history
from fanlic.notebook.lanes import Lane, Mark, picture
from fanlic.notebook.state_picture import picture as states_picture
from fanlic.ports import JournalLine
from fanlic.texts import _, party_name

State = TypeVar("State", bound=StrEnum)
Event = TypeVar("Event", bound=str)

KINDS: dict[StrEnum, str] = {
    Standing.NEVER: "idle",
    Standing.IN_FORCE: "good",
    Standing.LAPSED: "bad",
    Registration.NONE: "idle",
    Registration.REGISTERED: "good",
    Registration.FAILING: "warn",
    Registration.LAPSED: "bad",
    CodeEntryState.EMPTY: "idle",
    CodeEntryState.OPEN: "info",
    CodeEntryState.STALE: "idle",
    CodeEntryState.SPENT: "good",
    CodeEntryState.LOCKED: "bad",
    CodeEntryState.SEALED: "bad",
    MigrationStage.SERVING: "good",
    MigrationStage.DONE: "good",
}
HIDDEN = (
    CodeEntryState.EMPTY,
    CodeEntryState.STALE,
    CodeEntryState.SPENT,
)  # of code entry the picture shows QR codes and locks


# -- the timeline of a lab


def timeline(lab: Lab) -> style.Html:
    """Server up or down, activation, QR codes and locks, project states, polls, 24-hour clocks."""
    lab.collect()
    if not lab.rows:
        return style.Html(style.note(_("Nothing has happened yet.")))
    begin, now = lab.rows[0].line.at, lab.clock.now()
    lanes = _lanes(lab)
    return style.Html(picture(lanes, begin, max(now, begin + timedelta(minutes=1)), _("Timeline of all parties")))


def _lanes(lab: Lab) -> list[Lane]:
    lanes: dict[str, Lane] = {}
    projects = {project.name for project in lab.projects}
    for row in lab.rows:
        if row.party.startswith("server"):
            _of_server(lanes, row.party, row.line)
        elif row.party in projects:
            _of_node(lanes, row.line)
    for party in {row.party for row in lab.rows if row.party.startswith("server")}:
        _lapse(lab, lanes[party], lanes[f"{party} activation"])
    for lane in lanes.values():
        _clock(lab, lane)
    return list(lanes.values())


def _of_server(lanes: dict[str, Lane], party: str, line: JournalLine) -> None:
    runs = lanes.setdefault(party, Lane(party_name(party)))
    active = lanes.setdefault(f"{party} activation", Lane(_("{party}: activation").format(party=party_name(party))))
    codes = lanes.setdefault(f"{party} code", Lane(_("{party}: QR code, lock").format(party=party_name(party))))
    if line.event in ("first start", "start"):
        runs.enter(line.at, _("running"), "good")
    elif line.event == "stop":
        runs.enter(line.at, _("stopped"), "bad")
    if line.event == "first start":
        active.enter(line.at, _(Standing.NEVER), KINDS[Standing.NEVER])
    elif line.event == "activated":
        active.enter(line.at, _(Standing.IN_FORCE), KINDS[Standing.IN_FORCE])
    elif line.event == "activation":
        active.enter(line.at, _(line.after), KINDS[Standing(line.after)])
    if line.after in set(CodeEntryState) and (line.after != line.before or line.event == "QR code made"):
        codes.leave(line.at)
        if line.after not in HIDDEN:
            codes.enter(line.at, _(line.after), KINDS[CodeEntryState(line.after)])
    if line.event == "seat ended":
        runs.marks.append(Mark(line.at, "|", _("the seat of {node} ended by silence").format(node=line.subject)))
    if line.event == "code refused":
        codes.marks.append(Mark(line.at, "x", _("code refused: {reason}").format(reason=line.reason)))


def _lapse(lab: Lab, runs: Lane, active: Lane) -> None:
    """A server that is down too long lapses at its limit, although it notes that only when it starts again."""
    if lab.policy.restart is not Restart.RIDE_OUT:
        return
    for stopped in (segment for segment in runs.segments if segment.text == _("stopped")):
        limit = stopped.begin + lab.policy.down_time_limit
        if limit < min(stopped.end, lab.clock.now()):
            active.cut(limit, _(Standing.LAPSED), KINDS[Standing.LAPSED])


def _of_node(lanes: dict[str, Lane], line: JournalLine) -> None:
    if line.after not in set(Registration):
        return
    lane = lanes.setdefault(f"node {line.subject}", Lane(_("node {node}").format(node=line.subject)))
    if line.after != line.before or not lane.segments:
        lane.enter(line.at, _(line.after), KINDS[Registration(line.after)])
    signs = {"poll answered": "o", "registration healed": "o", "registered": "o", "unbound": "|"}
    said = f"{_(line.event)} {line.reason}".strip()
    lane.marks.append(Mark(line.at, signs.get(line.event, "x"), said))


def _clock(lab: Lab, lane: Lane) -> None:
    """The 24-hour clocks that an outage starts: the server's from the stop, a node's from its last answered poll."""
    policy = lab.policy
    for segment in lane.segments:
        if segment.text == _("stopped"):
            lane.run(segment, segment.begin, segment.begin + policy.down_time_limit)
        elif segment.text == _(Registration.FAILING):
            heard = [mark.at for mark in lane.marks if mark.sign == "o" and mark.at <= segment.begin]
            if heard:
                lane.run(segment, heard[-1], heard[-1] + policy.misses_allowed * policy.poll_period)


# -- seats


def seats(lab: Lab) -> style.Html:
    """How many seats of each server were taken, over time."""
    history = seat_history(lab)
    if not history:
        return style.Html(style.note(_("No server has run yet.")))
    begin, now = history[0].at, max(lab.clock.now(), history[0].at + timedelta(minutes=1))
    lanes: dict[str, Lane] = {}
    for step in history:
        lane = lanes.setdefault(step.server, Lane(step.server))
        kind = "idle" if step.taken == 0 else "good"
        lane.enter(step.at, _("{count} taken").format(count=step.taken), kind)
    return style.Html(picture(list(lanes.values()), begin, now, _("Seats taken over time (number)")))


# -- state diagrams


def states(table: Mapping[tuple[State, Event], State], current: str = "", title: str = "") -> style.Html:
    """A transition table as a picture: states, and an arrow for each event; the current state is marked."""
    head = f"<h4>{escape(title)}</h4>" if title else ""
    return style.Html(head + states_picture(table, KINDS, current, title))
