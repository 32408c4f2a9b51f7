"""The authorization server as one value: code entry, activation, clock marks and the epoch of its seats.

Every request calls `settle` first. It applies the changes that time alone has brought; `next_deadline` says when to
look again. Nothing else decides that something has ended. A background task would decide it earlier or later,
depending on load, and every test would have to wait for it.

A clock set back by the tolerance or more is an attack or an accident; it must extend nothing (ours). The QR code ends,
a lock restarts, the activation lapses as after too long a down-time, and the license's expiry is judged by the latest
instant ever seen. After a smaller step back the server goes on at the instant that it had reached.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from fanlic.model import activation, outage, registration
from fanlic.model.activation import Challenge, CodeEntry, CodeEntryState
from fanlic.model.outage import Authorization, LapseCause, Standing
from fanlic.model.policy import Policy
from fanlic.model.refusals import N_, AlreadyActivated, LicenseExpired, Refusal
from fanlic.model.registration import Facts, License


@dataclass(frozen=True)
class Server:
    """The state of one authorization server; instants are aware UTC."""

    started_at: datetime
    alive_at: datetime
    latest: datetime
    authorization: Authorization = field(default_factory=Authorization)
    code_entry: CodeEntry = field(default_factory=CodeEntry)
    epoch: int = 0
    license_over: bool = False
    clock_alarm_at: datetime | None = None
    starts: int = 1  # of this state; a lease tells it, so that a state which went back is seen


@dataclass(frozen=True)
class Change:
    """Something that time alone has changed, for the journal."""

    event: str
    before: str
    after: str
    reason: str = ""


@dataclass(frozen=True)
class Settled:
    """The state after `settle`, the instant to go on from, what changed, and whether silent seats must end now."""

    server: Server
    now: datetime
    changes: tuple[Change, ...]
    end_silent: bool


def first_start(now: datetime) -> Server:
    """A server on an empty folder."""
    return Server(started_at=now, alive_at=now, latest=now)


def start(server: Server, terms: License, facts: Facts, now: datetime, policy: Policy) -> Settled:
    """Start a server on an existing folder: the gap is judged, and an open QR code is void."""
    settled = settle(server, terms, facts, now, policy)
    server = settled.server
    begun = replace(
        server,
        started_at=settled.now,
        starts=server.starts + 1,
        code_entry=activation.void(server.code_entry),
        authorization=outage.after_start(server.authorization, settled.now, policy),
    )
    begun = _end_seats(server, begun, policy)
    # No seat ends by silence at a start: while the server was down, no node could have been heard.
    return Settled(begun, settled.now, (*settled.changes, *_changes(server, begun)), end_silent=False)


def settle(server: Server, terms: License, facts: Facts, now: datetime, policy: Policy) -> Settled:
    """Apply what time alone has changed up to `now`."""
    before = server
    if server.alive_at - now >= policy.clock_tolerance:  # threat: clock-back
        server = _clock_went_back(server, now, policy)
    else:
        now = max(now, server.alive_at)
        licensed = not registration.expired(terms, max(server.latest, now))
        standing = outage.after_gap(server.authorization, server.alive_at, now, licensed, policy)
        server = replace(server, authorization=standing, alive_at=now, latest=max(server.latest, now))
    server = replace(
        server,
        code_entry=activation.settle(server.code_entry, now, policy),
        license_over=registration.expired(terms, server.latest),
    )
    server = _end_seats(before, server, policy)
    silent = facts.earliest_seat_end is not None and now >= _silence(server, facts.earliest_seat_end, policy)
    return Settled(server, now, tuple(_changes(before, server)), silent and server.epoch == before.epoch)


def ran(server: Server, now: datetime) -> Server:
    """The server ran without a gap until now: its life mark moves, and nothing is judged yet."""
    return replace(server, alive_at=max(server.alive_at, now))


def next_deadline(server: Server, terms: License, facts: Facts, policy: Policy) -> datetime:
    """When to settle next; at most `policy.look_again` after the last life mark."""
    again, change = server.alive_at + policy.look_again, next_change(server, terms, facts, policy)
    return again if change is None else min(again, change)


def next_change(server: Server, terms: License, facts: Facts, policy: Policy) -> datetime | None:
    """When time alone changes something next, if the server runs on; None if nothing is ahead."""
    candidates = []
    if (code_entry := activation.deadline(server.code_entry, policy)) is not None:
        candidates.append(code_entry)
    if facts.earliest_seat_end is not None:
        candidates.append(_silence(server, facts.earliest_seat_end, policy))
    if not server.license_over:
        candidates.append(terms.expires)
    return min(candidates, default=None)


def show_qr(server: Server, challenge: Challenge, policy: Policy) -> Server:
    """Open the QR code page: a QR code is made only if none ever was."""
    if server.code_entry.state is not CodeEntryState.EMPTY:  # clause: refresh-by-hand
        return server
    entry, _ = activation.refresh(server.code_entry, challenge, policy)
    return replace(server, code_entry=entry)


def refresh_qr(server: Server, terms: License, challenge: Challenge, policy: Policy) -> tuple[Server, Refusal | None]:
    """Make a new QR code by hand, unless there is nothing to activate."""
    if (refusal := _nothing_to_activate(server, terms)) is not None:
        return server, refusal
    entry, refusal = activation.refresh(server.code_entry, challenge, policy)
    return replace(server, code_entry=entry), refusal


def submit_code(
    server: Server,
    terms: License,
    typed: str,
    expected: str | None,
    now: datetime,
    policy: Policy,
    superseded: tuple[str, ...] = (),
) -> tuple[Server, Refusal | None]:
    """Judge the six digits; a right code puts the activation in force and begins a new epoch of seats.

    `superseded`: the codes of the challenges that a refresh replaced, in their order.
    """
    if (refusal := activation.malformed(typed, policy) or _nothing_to_activate(server, terms)) is not None:
        return server, refusal
    entry, refusal = activation.submit(server.code_entry, typed, expected, now, policy, superseded)
    if refusal is not None:
        return replace(server, code_entry=entry), refusal
    authorization = outage.activate(server.authorization, now)
    epoch = server.epoch + (policy.lapse_ends_seats or server.epoch == 0)
    return replace(server, code_entry=entry, authorization=authorization, epoch=epoch, clock_alarm_at=None), None


def unlock(server: Server) -> Server:
    """Open a sealed code entry at the console."""
    return replace(server, code_entry=activation.unlock(server.code_entry))


def _nothing_to_activate(server: Server, terms: License) -> Refusal | None:
    authorization = server.authorization
    if server.license_over:
        return LicenseExpired(terms.expires)
    if authorization.standing is Standing.IN_FORCE and authorization.since is not None:
        return AlreadyActivated(authorization.since)
    return None


def _clock_went_back(server: Server, now: datetime, policy: Policy) -> Server:
    return replace(
        server,
        alive_at=now,
        started_at=min(server.started_at, now),
        clock_alarm_at=now,
        code_entry=activation.clock_went_back(server.code_entry, now, policy),
        authorization=outage.lapse(server.authorization, LapseCause.CLOCK_BACK, now),
    )


def _went_back(before: Server, after: Server) -> bool:
    # The life mark tells, not the instant of the alarm: a clock can be set back to the same instant twice. In every
    # other turn the mark stays or moves on.
    return after.alive_at < before.alive_at


def _end_seats(before: Server, after: Server, policy: Policy) -> Server:
    # Each seat carries the epoch in which it was given. So one new number ends all seats, however many there are.
    lapsed = before.authorization.standing is Standing.IN_FORCE and after.authorization.standing is Standing.LAPSED
    over = after.license_over and not before.license_over
    if over or _went_back(before, after) or (lapsed and policy.lapse_ends_seats):
        return replace(after, epoch=after.epoch + 1)
    return after


def _silence(server: Server, earliest_seat_end: datetime, policy: Policy) -> datetime:
    return max(earliest_seat_end, outage.silence_counts_from(server.started_at, policy))


def _changes(before: Server, after: Server) -> Iterator[Change]:
    if _went_back(before, after):
        yield Change("clock set back", f"{before.alive_at:%Y-%m-%d %H:%M:%S}", f"{after.alive_at:%Y-%m-%d %H:%M:%S}")
    if after.authorization.standing is not before.authorization.standing:
        cause = after.authorization.cause
        reason = "" if cause is None else cause.name.lower().replace("_", "-")
        yield Change("activation", before.authorization.standing, after.authorization.standing, reason)
    if after.code_entry.state is not before.code_entry.state:
        yield Change(N_("code entry"), before.code_entry.state, after.code_entry.state)
    if after.license_over and not before.license_over:
        yield Change(N_("license"), N_("valid"), N_("expired"))
