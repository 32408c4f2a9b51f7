"""Harm done in a drill: what stood well and does not any more, without need, since the drill began."""

from __future__ import annotations

from fanlic.lab.world import Lab
from fanlic.model.activation import CodeEntryState
from fanlic.model.outage import Standing
from fanlic.model.project import Registration
from fanlic.texts import _

ENDED = (Registration.FAILING, Registration.LAPSED)
NEEDS_VENDOR = ("expired",)  # drills whose remedy is a new license: there the destruction of the old one is no harm


def harm(lab: Lab, start: int, drill: str = "") -> tuple[str, ...]:
    """What was damaged since the timeline had `start` rows; mended or not, it happened."""
    lab.collect()
    lines = [row.line for row in lab.rows[start:]]
    lost = {line.subject for line in lines if line.before == Registration.REGISTERED and line.after in ENDED}
    found = [_("{node} was registered, and failed on the way.").format(node=node) for node in sorted(lost)]
    if any(line.before == Standing.IN_FORCE and line.after == Standing.LAPSED for line in lines):
        found.append(_("An activation was in force and lapsed."))
    if any(line.after == CodeEntryState.LOCKED != line.before for line in lines):
        found.append(_("Code entry was locked by wrong codes."))
    if drill not in NEEDS_VENDOR and any(line.event == "authorization destroyed" for line in lines):
        found.append(_("The authorization was destroyed at the business desk, without need."))
    if _restarted(lab, start):
        found.append(_("A server was restarted, without need."))
    return tuple(found)


def _restarted(lab: Lab, start: int) -> bool:
    """Whether somebody restarted a container while a server ran: one that was down needed a start."""
    published = ""
    for number, row in enumerate(lab.rows):
        if row.line.event == "docker":
            if number >= start and published and row.line.subject.startswith("restart "):
                return True
            published = row.line.after
    return False
