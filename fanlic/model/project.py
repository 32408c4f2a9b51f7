"""The project's side: unregistered, registered, shown as failed, lapsed.

A registered node polls every two hours. A poll that gets no answer or a refusal is a miss: the node shows a failed
registration, which is valid again at the next answer (A4). The twelfth miss in a row ends the registration (A6); this
is 22 to 24 hours after the outage began. If the server says that the seat has ended, that the license has expired or
that the authorization lapsed, the registration ends at once: no later poll could bring it back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from fanlic.model.policy import Policy
from fanlic.model.refusals import Refusal


class Registration(StrEnum):
    """What FineBI's Registration page shows of a node."""

    NONE = "unregistered"
    REGISTERED = "registered"
    FAILING = "shown as failed"
    LAPSED = "lapsed"


class RegistrationEvent(StrEnum):
    """What can come of a registration, a poll or an unbinding."""

    GRANTED = "registered"
    HEARD = "poll answered"
    MISSED = "poll missed"
    ENDED = "registration ended"
    UNBOUND = "unbound"


TRANSITIONS: dict[tuple[Registration, RegistrationEvent], Registration] = {
    (Registration.NONE, RegistrationEvent.GRANTED): Registration.REGISTERED,
    (Registration.REGISTERED, RegistrationEvent.GRANTED): Registration.REGISTERED,
    (Registration.FAILING, RegistrationEvent.GRANTED): Registration.REGISTERED,
    (Registration.LAPSED, RegistrationEvent.GRANTED): Registration.REGISTERED,
    (Registration.REGISTERED, RegistrationEvent.HEARD): Registration.REGISTERED,
    (Registration.FAILING, RegistrationEvent.HEARD): Registration.REGISTERED,
    (Registration.REGISTERED, RegistrationEvent.MISSED): Registration.FAILING,
    (Registration.FAILING, RegistrationEvent.MISSED): Registration.FAILING,
    (Registration.REGISTERED, RegistrationEvent.ENDED): Registration.LAPSED,
    (Registration.FAILING, RegistrationEvent.ENDED): Registration.LAPSED,
    (Registration.REGISTERED, RegistrationEvent.UNBOUND): Registration.NONE,
    (Registration.FAILING, RegistrationEvent.UNBOUND): Registration.NONE,
    (Registration.LAPSED, RegistrationEvent.UNBOUND): Registration.NONE,
}


ENDS_AT_ONCE = ("seat-ended", "license-expired", "authorization-lapsed")


@dataclass(frozen=True)
class Memory:
    """What a lease says of the server's past: its starts so far, when it answered, and when it heard the node before.

    `heard` is None for a new seat. The instants are the server's own.
    """

    starts: int
    at: datetime
    heard: datetime | None


@dataclass(frozen=True)
class FailedCheck:
    """One line of a project's list of failed checks: when, on which node, why."""

    at: datetime
    node: str
    code: int | None
    reason: str
    label: str  # the code, or else the reason
    text: str


@dataclass(frozen=True)
class Node:
    """One node of a project: its registration, misses in a row, when it polls next, and what the last lease said."""

    node: str
    registration: Registration = Registration.NONE
    seat: str = ""
    server: str = ""
    misses: int = 0
    next_poll_at: datetime | None = None
    memory: Memory | None = None


def granted(node: Node, seat: str, server: str, now: datetime, policy: Policy) -> Node:
    """Note the seat that the server gave, and the identity of that server; no other server is trusted from now on."""
    moved = _step(node, RegistrationEvent.GRANTED)
    return replace(moved, seat=seat, server=server, misses=0, next_poll_at=_next(now, policy))


def heard(node: Node, now: datetime, policy: Policy) -> Node:
    """Note that a poll was answered: a registration shown as failed is valid again."""
    healed = _step(node, RegistrationEvent.HEARD)  # clause: heals-within-two-hours
    return replace(healed, misses=0, next_poll_at=_next(now, policy))


def missed(node: Node, reason: Refusal, now: datetime, policy: Policy) -> Node:
    """Note that a poll got no answer or a refusal."""
    misses = node.misses + 1
    if reason.reason in ENDS_AT_ONCE or misses >= policy.misses_allowed:  # clause: twelve-misses
        return replace(_step(node, RegistrationEvent.ENDED), misses=misses, next_poll_at=None)
    return replace(_step(node, RegistrationEvent.MISSED), misses=misses, next_poll_at=_next(now, policy))


def unbound(node: Node) -> Node:
    """Note that the seat was given back."""
    return replace(_step(node, RegistrationEvent.UNBOUND), seat="", server="", misses=0, next_poll_at=None)


def server_changed(node: Node, server: str) -> bool:
    """Whether a registration would drop the pin of another server: allowed, as after a migration, and shown."""
    return node.server not in ("", server)  # threat: pin-dropped


def went_back(node: Node, server: str, memory: Memory) -> bool:
    """Whether the pinned server has forgotten an answer that it gave this node: its state is an older copy."""
    before = node.memory
    if before is None or server != node.server:
        return False
    forgotten = memory.heard is not None and memory.heard < before.at  # threat: state-restored
    return forgotten or memory.starts < before.starts  # threat: state-cloned


def remembers(node: Node, memory: Memory) -> Node:
    """Keep what the lease said, to compare the next one with it."""
    return replace(node, memory=memory)


def polls(node: Node) -> bool:
    """Whether the node still polls: only a registration that has not ended does."""
    return node.registration in (Registration.REGISTERED, Registration.FAILING)


def _next(now: datetime, policy: Policy) -> datetime:
    return now + policy.poll_period  # clause: heals-within-two-hours


def _step(node: Node, answer: RegistrationEvent) -> Node:
    return replace(node, registration=TRANSITIONS[node.registration, answer])
