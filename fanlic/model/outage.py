"""Notes: how long the authorization server may be down, and how long a project may be silent.

Two clocks run, one on each side. The server's: down for 24 hours or longer, and the activation lapses; a scan and a
code are needed, the image is not loaded again. A project silent for 24 hours loses its seat. The project's: twelve
polls, two hours apart, without an answer, and the registration is lost (`project.py`). A shorter outage heals at the
next poll (A4).

Down-time is the gap between two life marks, so a suspended machine counts as down.
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
    """Put the activation in force, by a right code."""
    return Authorization(STANDINGS[authorization.standing, CodeEntryEvent.RIGHT], now)


def lapse(authorization: Authorization, cause: LapseCause, now: datetime) -> Authorization:
    """Let the activation lapse; one that is not in force stays as it is."""
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
    """Judge a start of the server; only one edition forbids restarting as such."""
    if policy.restart is Restart.RESCAN:  # clause: restart-fineops
        return lapse(authorization, LapseCause.RESTART, now)
    return authorization


def seat_ends_at(heard_at: datetime, policy: Policy) -> datetime:
    """When a seat ends if its node stays silent from now on."""
    return heard_at + policy.silence_limit + policy.silence_grace  # clause: silence-24-hours


def silence_counts_from(started_at: datetime, policy: Policy) -> datetime:
    """Before this instant no seat ends by silence: every node gets one poll period after a start (ours)."""
    return started_at + policy.poll_period  # clause: heals-within-two-hours
