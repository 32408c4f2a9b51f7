"""Submitting and Authentication: the QR code, the six digits, the lock.

The chapter's rules, in the order in which a submitted code meets them:

- an entry that is not six digits is a wrong parameter (10001); it does not count as a try;
- while code entry is locked or sealed, nothing is compared, so a right and a wrong code get the same answer;
- a QR code is valid for five minutes, and so is its code; a refresh ends the QR code before it (A14);
- a code works once;
- more than five wrong codes lock code entry for fifteen minutes (A11); registered projects go on polling (A12).

The page does not say what clears the count of wrong codes (A13). Here a success and the end of a lock clear it; a
refresh and a restart do not. Otherwise anybody could guess five codes, press Refresh, and guess five more.
`TRANSITIONS` has every state of code entry. `submit` counts, and so decides which wrong code locks and which seals.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from fanlic.model.policy import LockOn, Policy
from fanlic.model.refusals import (
    N_,
    CodeEntryLocked,
    CodeEntrySealed,
    CodeSuperseded,
    NoQr,
    ParameterWrong,
    Phrase,
    QrExpired,
    RefreshLimited,
    Refusal,
    WrongCode,
)


class CodeEntryState(StrEnum):
    """Where code entry stands."""

    EMPTY = "no QR code yet"
    OPEN = "QR code open"
    STALE = "QR code no longer valid"
    SPENT = "code used"
    LOCKED = "locked"
    SEALED = "sealed"


class CodeEntryEvent(StrEnum):
    """What can happen to code entry."""

    REFRESH = "new QR code"
    WRONG = "wrong code"
    RIGHT = "right code"
    TOO_MANY = "one wrong code too many"
    FAR_TOO_MANY = "far too many wrong codes"
    TIME_OUT = "time is up"
    VOID = "voided"
    UNLOCK = "unlocked at the console"


TRANSITIONS: dict[tuple[CodeEntryState, CodeEntryEvent], CodeEntryState] = {
    (CodeEntryState.EMPTY, CodeEntryEvent.REFRESH): CodeEntryState.OPEN,
    (CodeEntryState.OPEN, CodeEntryEvent.REFRESH): CodeEntryState.OPEN,
    (CodeEntryState.OPEN, CodeEntryEvent.WRONG): CodeEntryState.OPEN,
    (CodeEntryState.OPEN, CodeEntryEvent.RIGHT): CodeEntryState.SPENT,
    (CodeEntryState.OPEN, CodeEntryEvent.TOO_MANY): CodeEntryState.LOCKED,
    (CodeEntryState.OPEN, CodeEntryEvent.FAR_TOO_MANY): CodeEntryState.SEALED,
    (CodeEntryState.OPEN, CodeEntryEvent.TIME_OUT): CodeEntryState.STALE,
    (CodeEntryState.OPEN, CodeEntryEvent.VOID): CodeEntryState.STALE,
    (CodeEntryState.STALE, CodeEntryEvent.REFRESH): CodeEntryState.OPEN,
    (CodeEntryState.SPENT, CodeEntryEvent.REFRESH): CodeEntryState.OPEN,
    (CodeEntryState.LOCKED, CodeEntryEvent.TIME_OUT): CodeEntryState.STALE,
    (CodeEntryState.SEALED, CodeEntryEvent.UNLOCK): CodeEntryState.STALE,
}


@dataclass(frozen=True)
class Challenge:
    """What one QR code asks for: a nonce (32 hex digits) and the instant it was made."""

    nonce: str
    made_at: datetime


@dataclass(frozen=True)
class CodeEntry:
    """Code entry of one authorization server.

    `wrong` counts the wrong codes of the present run, `wrong_since_success` all of them. `superseded` are the
    challenges that a refresh replaced while they were valid, the oldest first; the next refresh drops those too old.
    """

    state: CodeEntryState = CodeEntryState.EMPTY
    challenge: Challenge | None = None
    wrong: int = 0
    wrong_since_success: int = 0
    locked_until: datetime | None = None
    superseded: tuple[Challenge, ...] = ()


def submit(
    entry: CodeEntry,
    typed: str,
    expected: str | None,
    now: datetime,
    policy: Policy,
    superseded: tuple[str, ...] = (),
) -> tuple[CodeEntry, Refusal | None]:
    """Judge six typed digits. `expected`: the code of the present challenge, or None if there is no challenge.

    `superseded`: the codes of the entry's superseded challenges, in their order.
    """
    if (problem := malformed(typed, policy)) is not None:
        return entry, problem
    if (closed := _closed(entry)) is not None:
        return entry, closed
    if expected is not None and hmac.compare_digest(typed, expected):  # clause: six-digits
        return _step(replace(entry, wrong=0, wrong_since_success=0, superseded=()), CodeEntryEvent.RIGHT), None
    # A stranger who refreshes after the scan must not make the right code a wrong one (ours).
    alive = [code for each, code in zip(entry.superseded, superseded, strict=True) if _alive(each, now, policy)]
    if any(hmac.compare_digest(typed, code) for code in alive):  # threat: stranger-refreshes
        return entry, CodeSuperseded()
    counted = replace(entry, wrong=entry.wrong + 1, wrong_since_success=entry.wrong_since_success + 1)
    if counted.wrong_since_success >= policy.seal_after:
        sealed = _step(counted, CodeEntryEvent.FAR_TOO_MANY)
        return sealed, CodeEntrySealed(sealed.wrong_since_success)
    left = tries_left(counted, policy)
    if left < 0:  # clause: wrong-codes
        locked = replace(_step(counted, CodeEntryEvent.TOO_MANY), locked_until=now + policy.lock)
        return locked, CodeEntryLocked(now + policy.lock)
    return _step(counted, CodeEntryEvent.WRONG), WrongCode(left)


def refresh(entry: CodeEntry, challenge: Challenge, policy: Policy) -> tuple[CodeEntry, Refusal | None]:
    """Make a new QR code by hand. It ends the one before; the count of wrong codes stays (A13)."""
    if entry.state in (CodeEntryState.LOCKED, CodeEntryState.SEALED):
        return entry, _closed(entry)
    before = (entry.challenge,) if entry.state is CodeEntryState.OPEN and entry.challenge is not None else ()
    superseded = tuple(each for each in (*entry.superseded, *before) if _alive(each, challenge.made_at, policy))
    if len(superseded) > policy.refreshes_allowed:  # threat: stranger-refreshes
        return entry, RefreshLimited(superseded[0].made_at + policy.qr_life)
    wrong = 0 if policy.refresh_clears_count else entry.wrong
    opened = _step(entry, CodeEntryEvent.REFRESH)
    return replace(opened, challenge=challenge, wrong=wrong, superseded=superseded), None


def void(entry: CodeEntry) -> CodeEntry:
    """Void an open QR code, as a start of the server does."""
    if entry.state is not CodeEntryState.OPEN:  # clause: register-at-once
        return entry
    return _step(replace(entry, superseded=()), CodeEntryEvent.VOID)


def unlock(entry: CodeEntry) -> CodeEntry:
    """Open a sealed code entry at the console; both counts start at zero."""
    if entry.state is not CodeEntryState.SEALED:
        return entry
    return replace(_step(entry, CodeEntryEvent.UNLOCK), wrong=0, wrong_since_success=0)


def settle(entry: CodeEntry, now: datetime, policy: Policy) -> CodeEntry:
    """Apply what time alone has changed: the end of the QR code's life, the end of the lock."""
    limit = deadline(entry, policy)
    if limit is None or now < limit:  # clause: qr-five-minutes, lock-fifteen-minutes, within-the-time
        return entry
    if entry.state is CodeEntryState.LOCKED:
        return replace(_step(entry, CodeEntryEvent.TIME_OUT), wrong=0, locked_until=None)
    return _step(entry, CodeEntryEvent.TIME_OUT)


def clock_went_back(entry: CodeEntry, now: datetime, policy: Policy) -> CodeEntry:
    """Judge a clock set back: it extends nothing, so the QR code ends and a lock restarts (ours)."""
    if entry.state is CodeEntryState.LOCKED:
        return replace(entry, locked_until=now + policy.lock, superseded=())
    return void(entry)


def deadline(entry: CodeEntry, policy: Policy) -> datetime | None:
    """The instant at which time alone changes code entry, or None."""
    if entry.state is CodeEntryState.OPEN and entry.challenge is not None:
        return entry.challenge.made_at + policy.qr_life
    return entry.locked_until if entry.state is CodeEntryState.LOCKED else None


def tries_left(entry: CodeEntry, policy: Policy) -> int:
    """How many wrong codes may still follow before the lock; negative once too many have come (A11)."""
    allowed = policy.wrong_codes_allowed - (policy.lock_on is LockOn.REACHING)
    return allowed - entry.wrong


def malformed(typed: str, policy: Policy) -> Refusal | None:
    """Judge the form of a code: the refusal if the text cannot be one, else None."""
    # A code is text: leading zeros count. str.isdigit alone would accept the digits of other scripts.
    if len(typed) == policy.code_digits and typed.isascii() and typed.isdigit():  # clause: code-10001
        return None
    return ParameterWrong("code", Phrase(N_("not {count} digits"), count=policy.code_digits))


def _alive(challenge: Challenge, now: datetime, policy: Policy) -> bool:
    return now < challenge.made_at + policy.qr_life


def _closed(entry: CodeEntry) -> Refusal | None:
    match entry.state:
        case CodeEntryState.LOCKED if entry.locked_until is not None:
            return CodeEntryLocked(entry.locked_until)
        case CodeEntryState.SEALED:
            return CodeEntrySealed(entry.wrong_since_success)
        case CodeEntryState.EMPTY:
            return NoQr()
        case CodeEntryState.OPEN:
            return None
        case _:
            return QrExpired()


def _step(entry: CodeEntry, event: CodeEntryEvent) -> CodeEntry:
    # A pair that is not in the table is a mistake in this program, not a refusal.
    return replace(entry, state=TRANSITIONS[entry.state, event])
