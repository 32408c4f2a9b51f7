"""The authorization server as one value: settling, deadlines, starts, the clock set back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fanlic.model import server
from fanlic.model.activation import Challenge, CodeEntry, CodeEntryState
from fanlic.model.outage import Authorization, LapseCause, Standing
from fanlic.model.policy import FINEBI_6_0_5, FINEOPS_2025_08, FINEREPORT_11_5_11, Policy
from fanlic.model.refusals import (
    AlreadyActivated,
    CodeEntryLocked,
    LicenseExpired,
    NoQr,
    ParameterWrong,
    QrExpired,
    WrongCode,
)
from fanlic.model.registration import Facts, License
from fanlic.model.server import Change, Server, Settled

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
EXPIRES = datetime(2027, 1, 1, tzinfo=UTC)
TERMS = License("L-1", "ACME Ltd.", "Sales", "FineBI", "6.0.5", "6.0.99", EXPIRES, seats=2)
EMPTY = Facts(0, None)
RIGHT, WRONG = "004217", "999999"
CHALLENGE = Challenge("a" * 64, NOW)
OPEN = CodeEntry(CodeEntryState.OPEN, CHALLENGE)
STARTED = NOW - timedelta(days=30)
ACTIVE = Server(
    STARTED, NOW, NOW, Authorization(Standing.IN_FORCE, STARTED), CodeEntry(CodeEntryState.SPENT, CHALLENGE), 1
)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def seconds(count: int) -> timedelta:
    return timedelta(seconds=count)


def settle(state: Server, now: datetime, facts: Facts = EMPTY, policy: Policy = FINEBI_6_0_5) -> Settled:
    return server.settle(state, TERMS, facts, now, policy)


def start(state: Server, now: datetime, facts: Facts = EMPTY, policy: Policy = FINEBI_6_0_5) -> Settled:
    return server.start(state, TERMS, facts, now, policy)


# -- activating


@pytest.mark.clause("six-digits")
def test_a_right_code_activates_the_server_and_begins_an_epoch_of_seats() -> None:
    fresh = server.first_start(NOW)
    assert Server(NOW, NOW, NOW) == fresh
    shown = server.show_qr(fresh, CHALLENGE, FINEBI_6_0_5)
    assert replace(fresh, code_entry=OPEN) == shown
    active, refusal = server.submit_code(shown, TERMS, RIGHT, RIGHT, NOW, FINEBI_6_0_5)
    assert refusal is None
    in_force = Authorization(Standing.IN_FORCE, NOW)
    assert (
        replace(fresh, authorization=in_force, code_entry=replace(OPEN, state=CodeEntryState.SPENT), epoch=1) == active
    )


@pytest.mark.clause("wrong-codes")
def test_a_wrong_code_is_refused_and_remembered() -> None:
    shown = replace(server.first_start(NOW), code_entry=OPEN)
    after, refusal = server.submit_code(shown, TERMS, WRONG, RIGHT, NOW, FINEBI_6_0_5)
    assert (replace(shown, code_entry=replace(OPEN, wrong=1, wrong_since_success=1)), WrongCode(4)) == (after, refusal)


@pytest.mark.clause("refresh-by-hand")
@pytest.mark.parametrize("state", [state for state in CodeEntryState if state is not CodeEntryState.EMPTY])
def test_opening_the_page_makes_a_qr_code_only_if_none_ever_was(state: CodeEntryState) -> None:
    shown = replace(server.first_start(NOW), code_entry=replace(OPEN, state=state, locked_until=NOW))
    assert shown == server.show_qr(shown, Challenge("b" * 64, NOW), FINEBI_6_0_5)


def test_a_code_before_any_qr_code_is_refused() -> None:
    fresh = server.first_start(NOW)
    assert (fresh, NoQr()) == server.submit_code(fresh, TERMS, RIGHT, None, NOW, FINEBI_6_0_5)


def test_refreshing_makes_a_new_qr_code_and_remembers_the_one_before() -> None:
    shown = replace(server.first_start(NOW), code_entry=OPEN)
    newer = Challenge("b" * 64, NOW + seconds(10))
    after, refusal = server.refresh_qr(shown, TERMS, newer, FINEBI_6_0_5)
    entry = CodeEntry(CodeEntryState.OPEN, newer, superseded=(Challenge("a" * 64, NOW),))
    assert (replace(shown, code_entry=entry), None) == (after, refusal)


@pytest.mark.clause("code-10001")
@pytest.mark.parametrize("typed", ["", "12345", "1234567", "١٢٣٤٥٦", "-12345"])
def test_what_is_no_code_is_a_wrong_parameter_while_an_activation_is_in_force_and_after_the_license(typed: str) -> None:
    fresh = replace(server.first_start(NOW), code_entry=OPEN)
    active, _none = server.submit_code(fresh, TERMS, RIGHT, RIGHT, NOW, FINEBI_6_0_5)
    over = replace(fresh, license_over=True)
    for state in (active, over):
        after, refusal = server.submit_code(state, TERMS, typed, None, NOW, FINEBI_6_0_5)
        assert (state, ParameterWrong("code", "not 6 digits")) == (after, refusal)


def test_while_code_entry_is_locked_the_qr_code_is_not_refreshed() -> None:
    locked = replace(
        server.first_start(NOW), code_entry=replace(OPEN, state=CodeEntryState.LOCKED, locked_until=NOW + HOUR)
    )
    refused = server.refresh_qr(locked, TERMS, Challenge("b" * 64, NOW), FINEBI_6_0_5)
    assert (locked, CodeEntryLocked(NOW + HOUR)) == refused


@pytest.mark.parametrize("over", [False, True])
def test_an_activated_server_has_nothing_to_activate_and_one_whose_license_is_over_nothing_to_gain(over: bool) -> None:
    state = replace(ACTIVE, license_over=over)
    expected = (state, LicenseExpired(TERMS.expires) if over else AlreadyActivated(STARTED))
    assert expected == server.refresh_qr(state, TERMS, CHALLENGE, FINEBI_6_0_5)
    assert expected == server.submit_code(state, TERMS, RIGHT, RIGHT, NOW, FINEBI_6_0_5)


def test_a_server_whose_license_is_over_is_not_activated() -> None:
    state = replace(server.first_start(NOW), code_entry=OPEN, license_over=True)
    assert (state, LicenseExpired(EXPIRES)) == server.submit_code(state, TERMS, RIGHT, RIGHT, NOW, FINEBI_6_0_5)
    assert (state, LicenseExpired(EXPIRES)) == server.refresh_qr(state, TERMS, CHALLENGE, FINEBI_6_0_5)


def test_the_console_unlocks_a_sealed_server() -> None:
    sealed = replace(
        server.first_start(NOW), code_entry=replace(OPEN, state=CodeEntryState.SEALED, wrong_since_success=100)
    )
    assert replace(sealed, code_entry=replace(OPEN, state=CodeEntryState.STALE)) == server.unlock(sealed)


@pytest.mark.clause("re-authenticate")
@pytest.mark.parametrize(("lapse_ends_seats", "epoch"), [(True, 3), (False, 1)])
def test_after_too_long_a_down_time_a_new_scan_and_code_suffice(lapse_ends_seats: bool, epoch: int) -> None:
    policy = replace(FINEBI_6_0_5, lapse_ends_seats=lapse_ends_seats)
    back = start(ACTIVE, NOW + DAY, policy=policy)
    lapsed = Authorization(Standing.LAPSED, NOW + DAY, LapseCause.DOWN_TIME)
    assert (lapsed, (Change("activation", "activated", "lapsed", "down-time"),)) == (
        back.server.authorization,
        back.changes,
    )
    again, _ = server.refresh_qr(back.server, TERMS, Challenge("b" * 64, back.now), policy)
    again, refusal = server.submit_code(again, TERMS, RIGHT, RIGHT, back.now, policy)
    assert (None, Authorization(Standing.IN_FORCE, NOW + DAY), epoch) == (refusal, again.authorization, again.epoch)


# -- settling


def test_settling_moves_the_life_mark_and_nothing_else_when_nothing_is_due() -> None:
    expected = Settled(replace(ACTIVE, alive_at=NOW + HOUR, latest=NOW + HOUR), NOW + HOUR, (), end_silent=False)
    assert expected == settle(ACTIVE, NOW + HOUR)


@pytest.mark.clause("qr-five-minutes")
@pytest.mark.parametrize(
    ("age", "expected"), [(299, CodeEntryState.OPEN), (300, CodeEntryState.STALE), (301, CodeEntryState.STALE)]
)
def test_a_qr_code_dies_at_five_minutes_whoever_looks(age: int, expected: CodeEntryState) -> None:
    settled = settle(replace(server.first_start(NOW), code_entry=OPEN), NOW + seconds(age))
    assert expected is settled.server.code_entry.state
    changed = Change("code entry", "QR code open", "QR code no longer valid")
    assert ((changed,) if expected is CodeEntryState.STALE else ()) == settled.changes


@pytest.mark.clause("down-time-24-hours")
@pytest.mark.parametrize("begin", [settle, start])
@pytest.mark.parametrize(
    ("gap", "expected", "epoch"),
    [(86_399, Standing.IN_FORCE, 1), (86_400, Standing.LAPSED, 2), (86_401, Standing.LAPSED, 2)],
)
def test_down_time_is_judged_at_a_start_and_after_a_suspended_machine_woke(
    begin: Callable[..., Settled], gap: int, expected: Standing, epoch: int
) -> None:
    after = begin(ACTIVE, NOW + seconds(gap)).server
    assert (expected, epoch) == (after.authorization.standing, after.epoch)


def test_many_short_down_times_are_not_added_up() -> None:
    state = ACTIVE
    for _ in range(5):
        state = start(state, state.alive_at + timedelta(hours=23)).server
    assert Standing.IN_FORCE is state.authorization.standing


@pytest.mark.clause("code-30000")
@pytest.mark.parametrize(("left", "over", "epoch"), [(1, False, 1), (0, True, 2), (-1, True, 2)])
def test_the_end_of_the_license_ends_all_seats(left: int, over: bool, epoch: int) -> None:
    state = replace(ACTIVE, alive_at=EXPIRES - HOUR, latest=EXPIRES - HOUR)
    settled = settle(state, EXPIRES - seconds(left))
    assert (over, epoch) == (settled.server.license_over, settled.server.epoch)
    assert ((Change("license", "valid", "expired"),) if over else ()) == settled.changes
    again = settle(settled.server, settled.now)
    assert (settled.server, ()) == (again.server, again.changes)


@pytest.mark.clause("restart-finereport")
def test_finereport_s_activation_ends_with_the_license_after_a_long_down_time() -> None:
    weeks = start(ACTIVE, NOW + timedelta(days=60), policy=FINEREPORT_11_5_11)
    assert Standing.IN_FORCE is weeks.server.authorization.standing
    year = start(ACTIVE, NOW + timedelta(days=365), policy=FINEREPORT_11_5_11)
    assert Authorization(Standing.LAPSED, NOW + timedelta(days=365), LapseCause.DOWN_TIME) == year.server.authorization


# -- silence


@pytest.mark.clause("silence-24-hours")
@pytest.mark.parametrize(("late", "expected"), [(-1, False), (0, True), (1, True)])
def test_a_silent_seat_ends_at_its_end(late: int, expected: bool) -> None:
    end = NOW + HOUR
    assert expected == settle(ACTIVE, end + seconds(late), Facts(1, end)).end_silent


@pytest.mark.clause("heals-within-two-hours")
@pytest.mark.parametrize(("after_start", "expected"), [(0, False), (7_199, False), (7_200, True), (7_201, True)])
def test_no_seat_ends_within_two_hours_of_a_start(after_start: int, expected: bool) -> None:
    facts = Facts(1, NOW + HOUR)
    begun = start(ACTIVE, NOW + timedelta(hours=23), facts)
    assert (False, NOW + timedelta(hours=23)) == (begun.end_silent, begun.server.started_at)
    assert expected == settle(begun.server, begun.now + seconds(after_start), facts).end_silent


def test_without_seats_nobody_is_silent() -> None:
    assert not settle(ACTIVE, NOW + timedelta(hours=23)).end_silent


def test_silence_is_not_asked_for_when_all_seats_have_ended_anyway() -> None:
    settled = settle(ACTIVE, NOW + DAY, Facts(1, NOW + HOUR))
    assert (False, 2) == (settled.end_silent, settled.server.epoch)


# -- starting


def test_a_start_voids_the_open_qr_code_and_keeps_the_count() -> None:
    entry = replace(OPEN, wrong=3, wrong_since_success=9)
    begun = start(replace(server.first_start(NOW), code_entry=entry), NOW + seconds(10))
    assert replace(entry, state=CodeEntryState.STALE) == begun.server.code_entry
    assert (Change("code entry", "QR code open", "QR code no longer valid"),) == begun.changes
    refused = server.submit_code(begun.server, TERMS, RIGHT, RIGHT, begun.now, FINEBI_6_0_5)
    assert (begun.server, QrExpired()) == refused


def test_a_start_does_not_shorten_the_lock() -> None:
    locked = replace(OPEN, state=CodeEntryState.LOCKED, wrong=6, wrong_since_success=6, locked_until=NOW + seconds(900))
    begun = start(replace(server.first_start(NOW), code_entry=locked), NOW + seconds(899))
    assert locked == begun.server.code_entry


@pytest.mark.clause("restart-fineops")
@pytest.mark.parametrize(
    ("policy", "expected", "epoch"),
    [
        (FINEBI_6_0_5, Authorization(Standing.IN_FORCE, STARTED), 1),
        (FINEREPORT_11_5_11, Authorization(Standing.IN_FORCE, STARTED), 1),
        (FINEOPS_2025_08, Authorization(Standing.LAPSED, NOW + seconds(1), LapseCause.RESTART), 2),
    ],
    ids=lambda value: getattr(value, "edition", None),
)
def test_a_restart_of_a_second_lapses_under_fineops_only(policy: Policy, expected: Authorization, epoch: int) -> None:
    begun = start(ACTIVE, NOW + seconds(1), policy=policy)
    assert (expected, epoch) == (begun.server.authorization, begun.server.epoch)


# -- the clock set back


@pytest.mark.parametrize("back", [1, 58, 59])
def test_a_step_back_of_less_than_a_minute_is_waited_out(back: int) -> None:
    facts = Facts(1, NOW)
    assert Settled(ACTIVE, NOW, (), end_silent=True) == settle(ACTIVE, NOW - seconds(back), facts)


@pytest.mark.parametrize(
    "back",
    [seconds(60), seconds(61), HOUR, DAY, timedelta(days=365)],
    ids=["60 s", "61 s", "an hour", "a day", "a year"],
)
@pytest.mark.parametrize("begin", [settle, start])
@pytest.mark.parametrize("policy", [FINEBI_6_0_5, FINEREPORT_11_5_11], ids=lambda policy: policy.edition)
def test_a_clock_set_back_lapses_the_activation_and_raises_an_alarm(
    begin: Callable[..., Settled], back: timedelta, policy: Policy
) -> None:
    now = NOW - back
    settled = begin(ACTIVE, now, policy=policy)
    expected = replace(
        ACTIVE,
        started_at=now if begin is start else min(STARTED, now),
        alive_at=now,
        clock_alarm_at=now,
        authorization=Authorization(Standing.LAPSED, now, LapseCause.CLOCK_BACK),
        epoch=2,
        starts=2 if begin is start else 1,
    )
    assert (expected, now) == (settled.server, settled.now)
    first = Change("clock set back", "2026-03-02 09:00:00", f"{now:%Y-%m-%d %H:%M:%S}")
    assert (first, Change("activation", "activated", "lapsed", "clock-back")) == settled.changes


def test_starts_are_counted_and_nothing_else_counts_as_one() -> None:
    once = start(ACTIVE, NOW).server
    assert (1, 2, 3) == (ACTIVE.starts, once.starts, start(once, NOW).server.starts)
    assert 2 == settle(once, NOW + HOUR).server.starts == settle(once, NOW - HOUR).server.starts


def test_a_clock_set_back_twice_is_an_alarm_each_time() -> None:
    first = settle(ACTIVE, NOW - HOUR)
    second = settle(first.server, NOW - DAY)
    assert (NOW - DAY, 3) == (second.server.clock_alarm_at, second.server.epoch)
    assert ["clock set back"] == [change.event for change in second.changes]


def test_a_clock_set_back_twice_to_the_same_instant_is_an_alarm_each_time() -> None:
    first = settle(ACTIVE, NOW - HOUR)
    between = settle(first.server, NOW)
    second = settle(between.server, NOW - HOUR)
    assert (2, 3) == (first.server.epoch, second.server.epoch)
    assert ["clock set back"] == [change.event for change in second.changes]
    assert NOW - HOUR == second.server.clock_alarm_at


def test_a_new_activation_ends_the_alarm() -> None:
    settled = settle(ACTIVE, NOW - HOUR)
    shown, _ = server.refresh_qr(settled.server, TERMS, Challenge("b" * 64, settled.now), FINEBI_6_0_5)
    active, refusal = server.submit_code(shown, TERMS, RIGHT, RIGHT, settled.now, FINEBI_6_0_5)
    assert (None, None) == (refusal, active.clock_alarm_at)


@pytest.mark.parametrize("back", [HOUR, DAY, timedelta(days=366)])
def test_a_clock_set_back_extends_neither_qr_code_nor_lock(back: timedelta) -> None:
    shown = replace(server.first_start(NOW), code_entry=OPEN)
    assert CodeEntryState.STALE is settle(shown, NOW - back).server.code_entry.state
    locked = replace(shown, code_entry=replace(OPEN, state=CodeEntryState.LOCKED, locked_until=NOW + seconds(1)))
    relocked = settle(locked, NOW - back).server
    assert NOW - back + timedelta(minutes=15) == relocked.code_entry.locked_until
    assert CodeEntryState.LOCKED is settle(relocked, NOW - back + seconds(899)).server.code_entry.state
    assert CodeEntryState.STALE is settle(relocked, NOW - back + seconds(900)).server.code_entry.state


def test_a_license_that_was_over_once_stays_over() -> None:
    over = settle(ACTIVE, EXPIRES).server
    back = settle(over, EXPIRES - timedelta(days=200)).server
    assert (True, EXPIRES) == (back.license_over, back.latest)
    assert settle(back, EXPIRES - timedelta(days=199)).server.license_over


@pytest.mark.parametrize("away", [DAY, timedelta(days=2), timedelta(days=200)])
def test_a_clock_set_forward_past_24_hours_and_back_resurrects_nothing(away: timedelta) -> None:
    forward = settle(ACTIVE, NOW + away).server
    back = settle(forward, NOW).server
    assert Authorization(Standing.LAPSED, NOW + away, LapseCause.DOWN_TIME) == back.authorization
    assert (NOW, NOW + away, 3) == (back.alive_at, back.latest, back.epoch)


@pytest.mark.parametrize("step", [-400 * DAY, -DAY, -seconds(61), -seconds(60), -seconds(1), 0 * DAY, seconds(1), DAY])
@pytest.mark.parametrize("begin", [settle, start])
def test_the_server_never_goes_on_before_its_own_life_mark(begin: Callable[..., Settled], step: timedelta) -> None:
    settled = begin(ACTIVE, NOW + step)
    assert settled.now == settled.server.alive_at
    assert settled.server.latest >= settled.server.alive_at
    assert settled.server.started_at <= settled.now
    again = settle(settled.server, settled.now)
    assert Settled(settled.server, settled.now, (), end_silent=False) == again


# -- deadlines


def test_an_idle_server_looks_again_after_twelve_hours() -> None:
    assert datetime(2026, 3, 2, 21, 0, tzinfo=UTC) == server.next_deadline(ACTIVE, TERMS, EMPTY, FINEBI_6_0_5)


@pytest.mark.parametrize(
    ("state", "facts", "expected"),
    [
        (replace(ACTIVE, code_entry=OPEN), EMPTY, seconds(300)),
        (
            replace(ACTIVE, code_entry=replace(OPEN, state=CodeEntryState.LOCKED, locked_until=NOW + seconds(900))),
            EMPTY,
            seconds(900),
        ),
        (ACTIVE, Facts(1, NOW + HOUR), HOUR),
        (replace(ACTIVE, started_at=NOW), Facts(1, NOW + HOUR), timedelta(hours=2)),
        (replace(ACTIVE, code_entry=OPEN), Facts(1, NOW + seconds(299)), seconds(299)),
        (ACTIVE, Facts(1, NOW + timedelta(hours=13)), timedelta(hours=12)),
    ],
    ids=["qr code", "lock", "silence", "silence after a start", "the earlier of two", "never later than twelve hours"],
)
def test_the_next_deadline_is_the_earliest(state: Server, facts: Facts, expected: timedelta) -> None:
    assert NOW + expected == server.next_deadline(state, TERMS, facts, FINEBI_6_0_5)


@pytest.mark.parametrize(("over", "expected"), [(False, HOUR), (True, timedelta(hours=12))])
def test_the_end_of_the_license_is_a_deadline_once(over: bool, expected: timedelta) -> None:
    at = EXPIRES - HOUR
    state = replace(ACTIVE, alive_at=at, latest=at, license_over=over)
    assert at + expected == server.next_deadline(state, TERMS, EMPTY, FINEBI_6_0_5)


@pytest.mark.parametrize(
    "begun",
    [
        datetime(2028, 2, 28, 23, 59, 30, tzinfo=UTC),
        datetime(2028, 2, 29, 23, 59, 30, tzinfo=UTC),
        datetime(2026, 12, 31, 23, 59, 30, tzinfo=UTC),
        datetime(2026, 3, 29, 0, 59, 30, tzinfo=UTC),
        datetime(2038, 1, 19, 3, 13, 37, tzinfo=UTC),
    ],
    ids=["before the leap day", "after the leap day", "year end", "daylight saving", "2038"],
)
def test_spans_are_spans_on_every_date(begun: datetime) -> None:
    terms = replace(TERMS, expires=begun + 400 * DAY)
    shown = server.show_qr(server.first_start(begun), Challenge("c" * 64, begun), FINEBI_6_0_5)
    assert begun + seconds(300) == server.next_deadline(shown, terms, EMPTY, FINEBI_6_0_5)
    active = replace(shown, authorization=Authorization(Standing.IN_FORCE, begun))
    for gap, expected in ((86_399, Standing.IN_FORCE), (86_400, Standing.LAPSED)):
        settled = server.settle(active, terms, EMPTY, begun + seconds(gap), FINEBI_6_0_5)
        assert expected is settled.server.authorization.standing


# -- a server that ran


def test_a_server_that_ran_without_a_gap_keeps_its_activation_and_still_meets_the_end_of_its_license() -> None:
    later = NOW + 40 * HOUR
    assert Standing.LAPSED is settle(ACTIVE, later).server.authorization.standing
    assert Standing.IN_FORCE is settle(server.ran(ACTIVE, later), later).server.authorization.standing
    assert settle(server.ran(ACTIVE, EXPIRES), EXPIRES).server.license_over


def test_that_it_ran_hides_no_clock_that_was_set_back() -> None:
    back = NOW - timedelta(minutes=2)
    assert settle(server.ran(ACTIVE, back), back).server.clock_alarm_at == back


def test_the_next_change_is_the_end_of_the_license_when_nothing_else_is_ahead_and_none_after_it() -> None:
    assert EXPIRES == server.next_change(ACTIVE, TERMS, EMPTY, FINEBI_6_0_5)
    over = settle(ACTIVE, EXPIRES + HOUR).server
    assert server.next_change(over, TERMS, EMPTY, FINEBI_6_0_5) is None
    assert over.alive_at + 12 * HOUR == server.next_deadline(over, TERMS, EMPTY, FINEBI_6_0_5)
