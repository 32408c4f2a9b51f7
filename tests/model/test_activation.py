"""Submitting and Authentication: the QR code, the six digits, the lock."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from fanlic.model import activation
from fanlic.model.activation import Challenge, CodeEntry, CodeEntryEvent, CodeEntryState
from fanlic.model.policy import FINEBI_6_0_5, LockOn
from fanlic.model.refusals import (
    CodeEntryLocked,
    CodeEntrySealed,
    CodeSuperseded,
    NoQr,
    ParameterWrong,
    QrExpired,
    RefreshLimited,
    Refusal,
    WrongCode,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
RIGHT, WRONG = "004217", "999999"
FIRST, SECOND = Challenge("a" * 64, NOW), Challenge("b" * 64, NOW)
OPEN = CodeEntry(CodeEntryState.OPEN, FIRST)
LOCKED = CodeEntry(CodeEntryState.LOCKED, FIRST, 6, 6, datetime(2026, 3, 2, 9, 15, tzinfo=UTC))
ENTRIES = {
    CodeEntryState.EMPTY: CodeEntry(),
    CodeEntryState.OPEN: OPEN,
    CodeEntryState.STALE: CodeEntry(CodeEntryState.STALE, FIRST),
    CodeEntryState.SPENT: CodeEntry(CodeEntryState.SPENT, FIRST),
    CodeEntryState.LOCKED: LOCKED,
    CodeEntryState.SEALED: CodeEntry(CodeEntryState.SEALED, FIRST, 4, 100),
}
MOVES = {
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


def submitted(entry: CodeEntry, typed: str = WRONG) -> tuple[CodeEntry, Refusal | None]:
    return activation.submit(entry, typed, RIGHT, NOW, FINEBI_6_0_5)


def refreshed(entry: CodeEntry) -> CodeEntry:
    return activation.refresh(entry, SECOND, FINEBI_6_0_5)[0]


def settled(entry: CodeEntry, **later: int) -> CodeEntry:
    return activation.settle(entry, NOW + timedelta(**later), FINEBI_6_0_5)


EVENTS: dict[CodeEntryEvent, Callable[[CodeEntry], CodeEntry]] = {
    CodeEntryEvent.REFRESH: refreshed,
    CodeEntryEvent.WRONG: lambda entry: submitted(entry)[0],
    CodeEntryEvent.RIGHT: lambda entry: submitted(entry, RIGHT)[0],
    CodeEntryEvent.TOO_MANY: lambda entry: submitted(replace(entry, wrong=5))[0],
    CodeEntryEvent.FAR_TOO_MANY: lambda entry: submitted(replace(entry, wrong_since_success=99))[0],
    CodeEntryEvent.TIME_OUT: lambda entry: settled(entry, days=1),
    CodeEntryEvent.VOID: activation.void,
    CodeEntryEvent.UNLOCK: activation.unlock,
}


# -- the table


@pytest.mark.parametrize(("state", "event"), list(product(CodeEntryState, CodeEntryEvent)))
def test_each_event_moves_code_entry_as_the_table_says_or_not_at_all(
    state: CodeEntryState, event: CodeEntryEvent
) -> None:
    after = EVENTS[event](ENTRIES[state])
    assert MOVES.get((state, event), state) is after.state


# -- the six digits


@pytest.mark.clause("six-digits")
def test_the_right_code_works_and_clears_both_counts() -> None:
    entry = replace(OPEN, wrong=5, wrong_since_success=99)
    assert (CodeEntry(CodeEntryState.SPENT, FIRST), None) == submitted(entry, "004217")


@pytest.mark.clause("six-digits")
def test_a_code_works_once() -> None:
    spent, _ = submitted(OPEN, RIGHT)
    assert (spent, QrExpired()) == submitted(spent, RIGHT)


@pytest.mark.clause("six-digits")
@pytest.mark.clause("code-10001")
@pytest.mark.parametrize(
    "typed",
    [
        "",
        "4217",
        "00421",
        "0004217",
        " 004217",
        "004217 ",
        "004 217",
        "004217\n",
        "+04217",
        "-04217",
        "0042.7",
        "00421a",
        "\u0660\u0660\u0664\u0662\u0661\u0667",
        "\uff10\uff10\uff14\uff12\uff11\uff17",
        "00421\u00b2",
    ],
)
@pytest.mark.parametrize("state", CodeEntryState)
def test_what_is_not_six_digits_is_a_wrong_parameter_and_no_try(state: CodeEntryState, typed: str) -> None:
    assert (ENTRIES[state], ParameterWrong("code", "not 6 digits")) == submitted(ENTRIES[state], typed)


@pytest.mark.parametrize("state", CodeEntryState)
@pytest.mark.parametrize("typed", [RIGHT, WRONG])
def test_only_an_open_qr_code_compares_and_counts(state: CodeEntryState, typed: str) -> None:
    reasons = {
        CodeEntryState.EMPTY: NoQr(),
        CodeEntryState.STALE: QrExpired(),
        CodeEntryState.SPENT: QrExpired(),
        CodeEntryState.LOCKED: CodeEntryLocked(datetime(2026, 3, 2, 9, 15, tzinfo=UTC)),
        CodeEntryState.SEALED: CodeEntrySealed(100),
    }
    if state is not CodeEntryState.OPEN:
        assert (ENTRIES[state], reasons[state]) == submitted(ENTRIES[state], typed)


def test_without_a_code_to_compare_with_no_code_is_right() -> None:
    after, refusal = activation.submit(OPEN, RIGHT, None, NOW, FINEBI_6_0_5)
    assert (replace(OPEN, wrong=1, wrong_since_success=1), WrongCode(4)) == (after, refusal)


# -- the QR code's five minutes


@pytest.mark.clause("qr-five-minutes")
@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, CodeEntryState.OPEN), (299, CodeEntryState.OPEN), (300, CodeEntryState.STALE), (301, CodeEntryState.STALE)],
)
def test_a_qr_code_is_good_for_less_than_five_minutes(seconds: int, expected: CodeEntryState) -> None:
    assert expected is settled(OPEN, seconds=seconds).state


@pytest.mark.clause("qr-five-minutes")
@pytest.mark.clause("within-the-time")
def test_the_right_code_of_an_expired_qr_code_is_refused_and_not_counted() -> None:
    stale = settled(OPEN, seconds=300)
    assert (replace(OPEN, state=CodeEntryState.STALE), QrExpired()) == submitted(stale, RIGHT)


@pytest.mark.clause("refresh-by-hand")
def test_an_expired_qr_code_stays_expired_until_it_is_refreshed_by_hand() -> None:
    stale = settled(OPEN, seconds=300)
    assert stale == settled(stale, days=400)
    assert replace(OPEN, challenge=SECOND) == refreshed(stale)


def test_refreshing_replaces_the_qr_code_and_keeps_the_counts() -> None:
    entry = replace(OPEN, wrong=3, wrong_since_success=9)
    expected = replace(entry, challenge=SECOND, superseded=(FIRST,))
    assert (expected, None) == activation.refresh(entry, SECOND, FINEBI_6_0_5)


def test_refreshing_clears_the_run_where_the_switch_says_so() -> None:
    entry = replace(OPEN, wrong=3, wrong_since_success=9)
    lenient = replace(FINEBI_6_0_5, refresh_clears_count=True)
    expected = replace(entry, challenge=SECOND, wrong=0, superseded=(FIRST,))
    assert expected == activation.refresh(entry, SECOND, lenient)[0]


@pytest.mark.parametrize("state", [CodeEntryState.LOCKED, CodeEntryState.SEALED])
def test_a_closed_code_entry_is_not_refreshed(state: CodeEntryState) -> None:
    _, refusal = submitted(ENTRIES[state])
    assert (ENTRIES[state], refusal) == activation.refresh(ENTRIES[state], SECOND, FINEBI_6_0_5)


@pytest.mark.clause("register-at-once")
def test_a_start_voids_an_open_qr_code_and_forgives_nothing() -> None:
    entry = replace(OPEN, wrong=3, wrong_since_success=9)
    assert replace(entry, state=CodeEntryState.STALE) == activation.void(entry)


@pytest.mark.clause("register-at-once")
@pytest.mark.parametrize("state", [state for state in CodeEntryState if state is not CodeEntryState.OPEN])
def test_a_start_changes_nothing_where_no_qr_code_is_open(state: CodeEntryState) -> None:
    assert ENTRIES[state] == activation.void(ENTRIES[state])


# -- the lock


@pytest.mark.clause("wrong-codes")
@pytest.mark.parametrize(
    ("lock_on", "lefts"), [(LockOn.EXCEEDING, [4, 3, 2, 1, 0]), (LockOn.REACHING, [3, 2, 1, 0])], ids=["sixth", "fifth"]
)
def test_the_wrong_code_after_the_last_allowed_locks(lock_on: LockOn, lefts: list[int]) -> None:
    policy = replace(FINEBI_6_0_5, lock_on=lock_on)
    entry = OPEN
    for left in lefts:
        entry, refusal = activation.submit(entry, WRONG, RIGHT, NOW, policy)
        assert (WrongCode(left), CodeEntryState.OPEN) == (refusal, entry.state)
        assert left == activation.tries_left(entry, policy)
    entry, refusal = activation.submit(entry, WRONG, RIGHT, NOW, policy)
    until = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
    tries = len(lefts) + 1
    assert (CodeEntryLocked(until), CodeEntry(CodeEntryState.LOCKED, FIRST, tries, tries, until)) == (refusal, entry)


@pytest.mark.clause("wrong-codes")
def test_a_right_code_after_five_wrong_ones_still_works() -> None:
    assert submitted(replace(OPEN, wrong=5, wrong_since_success=5), RIGHT)[1] is None


@pytest.mark.clause("lock-fifteen-minutes")
def test_a_locked_code_entry_refuses_right_and_wrong_codes_alike() -> None:
    assert (LOCKED, CodeEntryLocked(datetime(2026, 3, 2, 9, 15, tzinfo=UTC))) == submitted(LOCKED, RIGHT)
    assert submitted(LOCKED, RIGHT) == submitted(LOCKED, WRONG)


@pytest.mark.clause("lock-fifteen-minutes")
@pytest.mark.parametrize("seconds", [0, 899])
def test_the_lock_lasts_fifteen_minutes(seconds: int) -> None:
    assert LOCKED == settled(LOCKED, seconds=seconds)


@pytest.mark.clause("lock-fifteen-minutes")
@pytest.mark.parametrize("seconds", [900, 901])
def test_the_end_of_the_lock_clears_the_run_and_asks_for_a_new_qr_code(seconds: int) -> None:
    assert CodeEntry(CodeEntryState.STALE, FIRST, 0, 6) == settled(LOCKED, seconds=seconds)


def test_a_wrong_code_during_the_lock_does_not_lengthen_it() -> None:
    entry, _ = activation.submit(LOCKED, WRONG, RIGHT, NOW + timedelta(seconds=899), FINEBI_6_0_5)
    assert CodeEntry(CodeEntryState.STALE, FIRST, 0, 6) == settled(entry, seconds=900)


# -- the seal


@pytest.mark.parametrize(
    ("before", "expected"), [(98, WrongCode(4)), (99, CodeEntrySealed(100)), (100, CodeEntrySealed(101))]
)
def test_the_hundredth_wrong_code_since_the_last_success_seals(before: int, expected: Refusal) -> None:
    after, refusal = submitted(replace(OPEN, wrong_since_success=before))
    assert expected == refusal
    assert (before + 1, isinstance(expected, CodeEntrySealed)) == (
        after.wrong_since_success,
        after.state is CodeEntryState.SEALED,
    )


def test_a_wrong_code_that_locks_and_seals_seals() -> None:
    after, refusal = submitted(replace(OPEN, wrong=5, wrong_since_success=99))
    assert (CodeEntrySealed(100), CodeEntryState.SEALED) == (refusal, after.state)


def test_time_does_not_open_a_seal_and_the_console_does() -> None:
    sealed = ENTRIES[CodeEntryState.SEALED]
    assert sealed == settled(sealed, days=400)
    assert CodeEntry(CodeEntryState.STALE, FIRST) == activation.unlock(sealed)


@pytest.mark.parametrize("state", [state for state in CodeEntryState if state is not CodeEntryState.SEALED])
def test_the_console_opens_seals_only(state: CodeEntryState) -> None:
    assert ENTRIES[state] == activation.unlock(ENTRIES[state])


# -- deadlines, and the clock set back


@pytest.mark.parametrize("state", CodeEntryState)
def test_only_an_open_qr_code_and_a_lock_wait_for_a_time(state: CodeEntryState) -> None:
    expected = {
        CodeEntryState.OPEN: datetime(2026, 3, 2, 9, 5, tzinfo=UTC),
        CodeEntryState.LOCKED: datetime(2026, 3, 2, 9, 15, tzinfo=UTC),
    }
    assert expected.get(state) == activation.deadline(ENTRIES[state], FINEBI_6_0_5)


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=1), timedelta(days=366)])
def test_a_clock_set_back_kills_the_qr_code_and_restarts_the_lock(back: timedelta) -> None:
    now = NOW - back
    assert replace(OPEN, state=CodeEntryState.STALE) == activation.clock_went_back(OPEN, now, FINEBI_6_0_5)
    restarted = activation.clock_went_back(LOCKED, now, FINEBI_6_0_5)
    assert replace(LOCKED, locked_until=now + timedelta(minutes=15)) == restarted


@pytest.mark.parametrize(
    "state", [CodeEntryState.EMPTY, CodeEntryState.STALE, CodeEntryState.SPENT, CodeEntryState.SEALED]
)
def test_a_clock_set_back_changes_no_other_state(state: CodeEntryState) -> None:
    assert ENTRIES[state] == activation.clock_went_back(ENTRIES[state], NOW - timedelta(days=1), FINEBI_6_0_5)


# -- a stranger presses Refresh (ours)


def made(seconds: int, letter: str = "c") -> Challenge:
    return Challenge(letter * 32, NOW + timedelta(seconds=seconds))


def pressed(entry: CodeEntry, *seconds: int) -> CodeEntry:
    """The entry after Refresh was pressed at these seconds, each time with success."""
    for at in seconds:
        entry, refusal = activation.refresh(settled(entry, seconds=at), made(at), FINEBI_6_0_5)
        assert refusal is None
    return entry


@pytest.mark.threat("stranger-refreshes")
def test_the_code_of_a_replaced_qr_code_is_told_from_a_wrong_one_and_uses_up_no_try() -> None:
    entry = replace(pressed(OPEN, 1), wrong=5, wrong_since_success=99)
    late = NOW + timedelta(seconds=299)
    assert (entry, CodeSuperseded()) == activation.submit(entry, RIGHT, "111111", late, FINEBI_6_0_5, (RIGHT,))
    after, refusal = activation.submit(entry, WRONG, "111111", late, FINEBI_6_0_5, (RIGHT,))
    assert (CodeEntryState.SEALED, CodeEntrySealed(100)) == (after.state, refusal)


def test_the_present_code_wins_over_an_equal_one_of_before() -> None:
    after, refusal = activation.submit(pressed(OPEN, 1), RIGHT, RIGHT, NOW, FINEBI_6_0_5, (RIGHT,))
    assert (CodeEntryState.SPENT, (), None) == (after.state, after.superseded, refusal)


@pytest.mark.parametrize(("seconds", "wrong"), [(299, 0), (300, 1), (301, 1)])
def test_a_replaced_qr_code_is_remembered_as_long_as_it_would_have_been_valid(seconds: int, wrong: int) -> None:
    entry, now = pressed(OPEN, 200), NOW + timedelta(seconds=seconds)
    after, refusal = activation.submit(entry, RIGHT, "111111", now, FINEBI_6_0_5, (RIGHT,))
    assert (wrong, WrongCode(4) if wrong else CodeSuperseded()) == (after.wrong, refusal)


@pytest.mark.threat("stranger-refreshes")
def test_five_qr_codes_are_replaced_within_five_minutes_and_the_sixth_stays() -> None:
    entry = pressed(OPEN, 10, 20, 30, 40, 50)
    for seconds in (60, 299):
        still = settled(entry, seconds=seconds)
        refusal = RefreshLimited(NOW + timedelta(seconds=300))
        assert (still, refusal) == activation.refresh(still, made(seconds), FINEBI_6_0_5)
    freed = settled(entry, seconds=300)
    assert activation.refresh(freed, made(300), FINEBI_6_0_5)[1] is None
    assert CodeEntryState.OPEN is freed.state


def test_a_qr_code_that_was_used_or_too_old_is_replaced_without_a_limit() -> None:
    entry = OPEN
    for turn in range(1, 8):
        entry = pressed(settled(entry, seconds=300 * turn), 300 * turn)
    assert () == entry.superseded
    spent = activation.submit(OPEN, RIGHT, RIGHT, NOW, FINEBI_6_0_5)[0]
    assert () == pressed(spent, 1).superseded


@pytest.mark.parametrize("event", ["start", "clock set back", "clock set back during a lock"])
def test_what_voids_a_qr_code_forgets_those_before_it(event: str) -> None:
    entry = pressed(OPEN, 1, 2)
    if event == "clock set back during a lock":
        entry = activation.submit(replace(entry, wrong=5), WRONG, RIGHT, NOW, FINEBI_6_0_5, (RIGHT, RIGHT))[0]
    after = activation.void(entry) if event == "start" else activation.clock_went_back(entry, NOW, FINEBI_6_0_5)
    assert () == after.superseded
