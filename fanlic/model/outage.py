"""Notes: how long the authorization server may be down, and how long a project may be silent.

Two clocks run, one on each side. The server's clock: if the server was down for 24 hours (A3), its activation lapses;
then somebody scans and enters a code again, but does not load the image again. If a project was silent for 24 hours,
its seat ends. The project's clock: if twelve polls in a row, two hours apart, got no answer, the registration is lost
(`project.py`). After a shorter outage the registration is valid again at the next poll (A4).

Down-time is the gap between two life marks. So a suspended machine counts as down, although its server never stopped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fanlic.model.activation import CodeEntryEvent
from fanlic.model.policy import Policy, Restart
from fanlic.model.refusals import N_


class Standing(StrEnum):
    """Whether the server's activation holds."""

    NEVER = "never activated"
    IN_FORCE = "activated"
    LAPSED = "lapsed"


class LapseCause(StrEnum):
    """Why an activation lapsed."""

    DOWN_TIME = N_("the server was down for too long")
    RESTART = N_("the server was restarted, which this edition does not allow")
    CLOCK_BACK = N_("the server's clock was set back")


STANDINGS: dict[tuple[Standing, CodeEntryEvent | LapseCause], Standing] = {
    (Standing.NEVER, CodeEntryEvent.RIGHT): Standing.IN_FORCE,
    (Standing.IN_FORCE, LapseCause.DOWN_TIME): Standing.LAPSED,
    (Standing.IN_FORCE, LapseCause.RESTART): Standing.LAPSED,
    (Standing.IN_FORCE, LapseCause.CLOCK_BACK): Standing.LAPSED,
    (Standing.LAPSED, CodeEntryEvent.RIGHT): Standing.IN_FORCE,
}


@dataclass(frozen=True)
class Authorization:
    """The activation of one server: its standing, since when, and why it lapsed."""

    standing: Standing = Standing.NEVER
    since: datetime | None = None
    cause: LapseCause | None = None


def activate(authorization: Authorization, now: datetime) -> Authorization:
    """Put the activation in force after a right code."""
    return Authorization(STANDINGS[authorization.standing, CodeEntryEvent.RIGHT], now)


def lapse(authorization: Authorization, cause: LapseCause, now: datetime) -> Authorization:
    """Let the activation lapse. If it is not in force, it stays as it is."""
    if authorization.standing is not Standing.IN_FORCE:
        return authorization
    return Authorization(STANDINGS[authorization.standing, cause], now, cause)


def after_gap(
    authorization: Authorization, alive_at: datetime, now: datetime, licensed: bool, policy: Policy
) -> Authorization:
    """Judge the gap since the last life mark. `licensed`: the license is valid at `now`."""
    if policy.restart is Restart.WHILE_LICENSED and licensed:  # clause: restart-finereport
        return authorization  # reading: the limit of 24 hours is not asked for; the section was not readable
    if now - alive_at >= policy.down_time_limit:  # clause: down-time-24-hours, re-authenticate
        return lapse(authorization, LapseCause.DOWN_TIME, now)
    return authorization


def after_start(authorization: Authorization, now: datetime, policy: Policy) -> Authorization:
    """Judge a start of the server. Only one edition forbids every restart."""
    if policy.restart is Restart.RESCAN:  # clause: restart-fineops
        return lapse(authorization, LapseCause.RESTART, now)
    return authorization


def seat_ends_at(heard_at: datetime, policy: Policy) -> datetime:
    """When a seat ends if its node stays silent from now on."""
    return heard_at + policy.silence_limit + policy.silence_grace  # clause: silence-24-hours


def silence_counts_from(started_at: datetime, policy: Policy) -> datetime:
    """No seat ends by silence before this instant: after a start every node has time for one poll (ours)."""
    return started_at + policy.poll_period
