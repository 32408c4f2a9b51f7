"""The authorization server's only way in: what was refused is remembered, whatever happens next."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from fanlic.adapters import signing
from fanlic.adapters.store import ask_unlock, state_key
from fanlic.model.activation import CodeEntryState
from fanlic.model.outage import LapseCause, Standing
from fanlic.model.policy import FINEBI_6_0_5, FINEOPS_2025_08, FINEREPORT_11_5_11
from fanlic.model.refusals import (
    AddressOutside,
    AlreadyActivated,
    AuthorizationLapsed,
    CodeEntryLocked,
    CodeEntrySealed,
    CodeSuperseded,
    LicenseExpired,
    NeverActivated,
    NoQr,
    NothingToUnbind,
    ParameterWrong,
    QrExpired,
    Refusal,
    SeatEnded,
    SeatsTaken,
    WrongCode,
)
from fanlic.ports import LEASE, RELEASE, JournalLine, StoreUnavailable
from fanlic.service import Grant, Status
from tests.state_file import fill

if TYPE_CHECKING:
    from tests.service.conftest import World

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ADDRESS = "https://172.16.63.131:49155"


def refused(attempt: Callable[[], object]) -> Refusal:
    """The refusal that the attempt meets."""
    with pytest.raises(Refusal) as problem:
        attempt()
    return problem.value


def submit_wrong(world: World, times: int) -> list[Refusal]:
    """The refusals of so many wrong codes in a row."""
    wrong = world.wrong_code()
    return [refused(lambda: world.service.submit(wrong)) for _ in range(times)]


def crash(world: World) -> None:
    world.crash()


def stop(world: World) -> None:
    world.stop()


# -- refused and remembered


@pytest.mark.clause("wrong-codes")
@pytest.mark.parametrize("end", [crash, stop])
def test_five_wrong_codes_are_remembered_by_the_next_process_and_the_sixth_locks(
    world: World, end: Callable[[World], None]
) -> None:
    assert [WrongCode(left) for left in (4, 3, 2, 1, 0)] == submit_wrong(world, 5)
    end(world)
    world.start()
    assert 0 == world.service.status().tries_left
    world.service.refresh()
    assert [CodeEntryLocked(NINE + timedelta(minutes=15))] == submit_wrong(world, 1)


def test_each_wrong_code_is_on_the_disk_before_its_refusal_is_told(world: World) -> None:
    """A second store on a copy of the file, as after a death right behind the refusal."""
    for left in (4, 3, 2, 1, 0):
        assert [WrongCode(left)] == submit_wrong(world, 1)
        copy = world.copy()
        assert (left, JournalLine(NINE, "code refused", "", "wrong-code", "QR code open", "QR code open")) == (
            copy.service.status().tries_left,
            copy.journal()[-3],
        )
        copy.crash()


@pytest.mark.clause("lock-fifteen-minutes")
def test_a_lock_outlives_the_process_and_ends_at_its_time(world: World) -> None:
    submit_wrong(world, 5)
    right = world.right_code()
    submit_wrong(world, 1)
    world.crash()
    world.start()
    world.pass_time(seconds=899)
    assert CodeEntryLocked(NINE + timedelta(minutes=15)) == refused(lambda: world.service.submit(right))
    assert CodeEntryLocked(NINE + timedelta(minutes=15)) == refused(world.service.refresh)
    world.pass_time(seconds=1)
    assert QrExpired() == refused(lambda: world.service.submit(right))
    world.service.refresh()
    assert [WrongCode(4)] == submit_wrong(world, 1)
    world.activate()


def test_a_right_code_in_the_lock_is_refused_like_a_wrong_one_and_leaves_the_same_line(world: World) -> None:
    right, wrong = world.right_code(), world.wrong_code()
    submit_wrong(world, 6)
    lines = len(world.journal())
    assert refused(lambda: world.service.submit(right)) == refused(lambda: world.service.submit(wrong))
    one, other = world.journal(lines)
    assert one == other


@pytest.mark.clause("refresh-by-hand")
def test_a_new_qr_code_kills_the_code_of_the_one_before_and_keeps_the_count(world: World) -> None:
    old = world.right_code()
    submit_wrong(world, 3)
    world.service.refresh()
    assert CodeSuperseded() == refused(lambda: world.service.submit(old))
    assert 2 == world.service.status().tries_left
    world.activate()


@pytest.mark.threat("stranger-refreshes")
def test_who_refreshes_on_and_on_costs_the_right_person_no_try_and_is_stopped(world: World) -> None:
    for _press in range(5):
        old = world.right_code()
        world.service.refresh()
        assert CodeSuperseded() == refused(lambda old=old: world.service.submit(old))  # type: ignore[misc]
    world.crash()
    world.start()  # what is remembered survives; the QR code does not
    world.service.refresh()
    assert 5 == world.service.status().tries_left
    world.activate()


@pytest.mark.parametrize(
    "code",
    [
        "",
        "12345",
        "1234567",
        "12345a",
        " 12345",
        "12345\n",
        "+12345",
        "-12345",
        "\uff11\uff12\uff13\uff14\uff15\uff16",
        "\u0660\u0661\u0662\u0663\u0664\u0665",
        "1" * 100_000,
        "\0" * 6,
    ],
)
def test_what_is_not_six_digits_is_a_wrong_parameter_and_no_try(world: World, code: str) -> None:
    right = world.right_code()
    for _ in range(7):
        assert ParameterWrong("code", "not 6 digits") == refused(lambda: world.service.submit(code))
    assert 5 == world.service.status().tries_left
    world.service.submit(right)


def test_opening_the_page_and_asking_for_the_status_are_no_tries(world: World) -> None:
    for _ in range(10):
        world.service.qr(ADDRESS)
        world.service.status()
        refused(lambda: world.poll("n1", "no seat"))
    assert 5 == world.service.status().tries_left


def test_the_hundredth_wrong_code_seals_until_the_console_unlocks(world: World) -> None:
    refusals: list[Refusal] = []
    world.service.qr(ADDRESS)
    while len(refusals) < 100:
        refusals += submit_wrong(world, min(6, 100 - len(refusals)))
        world.pass_time(minutes=15)
        if not isinstance(refusals[-1], CodeEntrySealed):
            world.service.refresh()
    assert ([WrongCode] * 5 + [CodeEntryLocked]) * 16 + [WrongCode] * 3 + [CodeEntrySealed] == list(map(type, refusals))
    world.pass_time(hours=20)
    world.crash()
    world.start()
    assert CodeEntrySealed(100) == refused(lambda: world.service.submit("000000"))
    assert CodeEntrySealed(100) == refused(world.service.refresh)
    ask_unlock(world.file.parent)
    assert QrExpired() == refused(lambda: world.service.submit("000000"))
    world.service.refresh()
    world.activate()


# -- a write that fails


def fill_disk(world: World) -> Callable[[], object]:
    """No page more for the file, and the last one full; what is returned makes room again."""
    connection = world.store._connection
    connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}")
    with pytest.raises(StoreUnavailable, match="disk is full"):
        all(refused(lambda: world.unbind("n", "")) for _ in range(1000))
    return lambda: connection.execute("PRAGMA max_page_count = 1000000")


def test_a_wrong_code_that_could_not_be_written_was_not_tried(world: World) -> None:
    wrong, right = world.wrong_code(), world.right_code()
    submit_wrong(world, 2)
    make_room = fill_disk(world)
    lines = len(world.journal())
    for _ in range(10):
        with pytest.raises(StoreUnavailable, match="disk is full"):
            world.service.submit(wrong)
    make_room()
    assert (3, lines) == (world.service.status().tries_left, len(world.journal()))
    world.service.submit(right)
    assert Standing.IN_FORCE is world.service.status().activation


def test_a_right_code_that_could_not_be_written_activates_nothing_and_is_not_used_up(world: World) -> None:
    right = world.right_code()
    make_room = fill_disk(world)
    with pytest.raises(StoreUnavailable, match="disk is full"):
        world.service.submit(right)
    assert Standing.NEVER is world.service.status().activation
    assert NeverActivated() == refused(lambda: make_room() and world.register())
    world.service.submit(right)
    assert Standing.IN_FORCE is world.service.status().activation


def test_a_seat_that_could_not_be_written_was_not_given(active: World) -> None:
    make_room = fill_disk(active)
    with pytest.raises(StoreUnavailable, match="disk is full"):
        active.register("n1")
    assert ([], 0) == (active.nodes(), active.service.status().seats_taken)
    make_room()
    active.register("n1")
    assert ["n1"] == active.nodes()


def test_an_end_by_time_that_could_not_be_written_comes_with_the_next_request(active: World) -> None:
    seat = active.register().seat
    make_room = fill_disk(active)
    active.pass_time(hours=24)
    with pytest.raises(StoreUnavailable, match="disk is full"):
        active.poll("n1", seat)
    make_room()
    expected = AuthorizationLapsed(NINE + timedelta(hours=24), "the server was down for too long")
    assert expected == refused(lambda: active.poll("n1", seat))


def test_a_server_that_could_not_write_is_not_ready_until_it_has_written(active: World) -> None:
    active.service.ready()
    make_room = fill_disk(active)
    for _look in range(2):
        with pytest.raises(StoreUnavailable, match="disk is full"):
            active.service.ready()
    active.service.status()  # looking needs no disk
    make_room()
    active.service.ready()


# -- the QR code


@pytest.mark.clause("qr-page")
def test_the_first_visit_makes_a_qr_code_and_the_next_ones_show_the_same(world: World) -> None:
    assert NoQr() == refused(lambda: world.service.submit("000000"))
    first = world.service.qr(ADDRESS)
    assert first == world.service.qr(ADDRESS)
    assert first is not None
    assert "https://desk.example:8443/a?c=" == first[:30]
    world.service.refresh()
    assert first != world.service.qr(ADDRESS)


@pytest.mark.clause("qr-five-minutes")
@pytest.mark.parametrize(("seconds", "valid"), [(299, True), (300, False), (301, False)])
def test_a_code_is_good_while_its_qr_code_is_younger_than_five_minutes(world: World, seconds: int, valid: bool) -> None:
    right = world.right_code()
    world.pass_time(seconds=seconds)
    if valid:
        world.service.submit(right)
    else:
        assert QrExpired() == refused(lambda: world.service.submit(right))
        assert world.service.qr(ADDRESS) is None
        world.service.refresh()
        world.activate()


@pytest.mark.clause("register-at-once")
def test_a_restart_voids_the_open_qr_code(world: World) -> None:
    right = world.right_code()
    world.stop()
    world.start()
    assert world.service.qr(ADDRESS) is None
    assert QrExpired() == refused(lambda: world.service.submit(right))


def test_an_activated_server_shows_no_qr_code_and_takes_no_code(active: World) -> None:
    assert active.service.qr(ADDRESS) is None
    assert AlreadyActivated(NINE) == refused(active.service.refresh)
    assert AlreadyActivated(NINE) == refused(lambda: active.service.submit("000000"))


# -- life marks and down-time


def alive_at(world: World) -> datetime:
    """The last life mark on the disk."""
    with closing(sqlite3.connect(world.file)) as connection:
        query = "SELECT json_extract(body, '$.alive_at') FROM server"
        return datetime.fromisoformat(connection.execute(query).fetchone()[0])


def test_a_running_server_leaves_a_life_mark_at_least_each_minute_and_not_at_every_look(active: World) -> None:
    active.pass_time(seconds=59)
    active.service.settle()
    assert NINE == alive_at(active)
    active.pass_time(seconds=1)
    active.service.status()
    assert NINE + timedelta(minutes=1) == alive_at(active)
    for second in range(61, 200, 7):
        active.clock.set(NINE + timedelta(seconds=second))
        active.service.settle()
        assert active.clock.now() - alive_at(active) < timedelta(minutes=1)


def test_a_clean_stop_leaves_a_life_mark(active: World) -> None:
    active.pass_time(seconds=10)
    active.stop()
    assert NINE + timedelta(seconds=10) == alive_at(active)
    assert JournalLine(NINE + timedelta(seconds=10), "stop", "lic-0123456789abcdef") == active.journal()[-1]


LAPSED = (Standing.LAPSED, LapseCause.DOWN_TIME)
GAPS = [((23, 59, 59), (Standing.IN_FORCE, "")), ((24, 0, 0), LAPSED), ((24, 0, 1), LAPSED)]


@pytest.mark.clause("down-time-24-hours")
@pytest.mark.parametrize(("gap", "expected"), GAPS)
@pytest.mark.parametrize("end", [stop, crash])
def test_a_down_time_below_twenty_four_hours_is_ridden_out_and_one_of_twenty_four_lapses(
    active: World, end: Callable[[World], None], gap: tuple[int, int, int], expected: tuple[object, object]
) -> None:
    seat = active.register().seat
    end(active)
    hours, minutes, seconds = gap
    active.pass_time(hours=hours, minutes=minutes, seconds=seconds)
    active.start()
    status = active.service.status()
    assert expected == (status.activation, status.cause)
    if status.activation is Standing.IN_FORCE:
        assert seat == active.poll("n1", seat).seat
    else:
        assert 0 == status.seats_taken
        assert isinstance(refused(lambda: active.poll("n1", seat)), AuthorizationLapsed)


@pytest.mark.clause("down-time-24-hours")
@pytest.mark.parametrize(("gap", "expected"), GAPS)
def test_a_machine_that_slept_counts_as_down(
    active: World, gap: tuple[int, int, int], expected: tuple[object, object]
) -> None:
    active.pass_time(hours=gap[0], minutes=gap[1], seconds=gap[2])
    active.service.settle()
    assert expected == (active.service.status().activation, active.service.status().cause)


def test_down_time_counts_from_the_last_mark_on_the_disk(active: World) -> None:
    active.pass_time(seconds=59)
    active.service.settle()
    active.crash()
    active.clock.set(NINE + timedelta(hours=24))
    active.start()
    assert Standing.LAPSED is active.service.status().activation


@pytest.mark.clause("re-authenticate")
def test_after_a_lapse_a_scan_and_a_code_activate_again_and_old_seats_stay_ended(active: World) -> None:
    seat = active.register().seat
    active.stop()
    active.pass_time(hours=24)
    active.start()
    active.service.refresh()
    active.activate()
    assert SeatEnded("n1") == refused(lambda: active.poll("n1", seat))
    assert ([], 0) == (active.nodes(), active.service.status().seats_taken)
    active.register("n2")
    active.register("n3")
    assert isinstance(refused(lambda: active.register("n1")), SeatsTaken)


@pytest.mark.clause("restart-fineops")
@pytest.mark.parametrize("end", [stop, crash])
def test_the_fineops_edition_lapses_at_any_start(make: Callable[..., World], end: Callable[[World], None]) -> None:
    world = make(policy=FINEOPS_2025_08)
    world.activate()
    world.pass_time(hours=23)
    world.service.settle()
    assert Standing.IN_FORCE is world.service.status().activation
    end(world)
    world.pass_time(seconds=1)
    world.start()
    status = world.service.status()
    assert (Standing.LAPSED, LapseCause.RESTART) == (status.activation, status.cause)


@pytest.mark.clause("restart-finereport")
def test_the_finereport_edition_rides_out_any_down_time_while_the_license_is_valid(make: Callable[..., World]) -> None:
    world = make(policy=FINEREPORT_11_5_11)
    world.activate()
    for gap in (timedelta(seconds=1), timedelta(hours=24), timedelta(days=300)):
        world.stop()
        world.clock.set(world.clock.now() + gap)
        world.start()
        assert Standing.IN_FORCE is world.service.status().activation
    world.stop()
    world.clock.set(NINE + timedelta(days=365))
    world.start()
    status = world.service.status()
    assert (Standing.LAPSED, True) == (status.activation, status.license_over)


# -- a clock that is set back


def test_a_clock_set_back_by_less_than_a_minute_is_waited_out(active: World) -> None:
    seat = active.register().seat
    active.pass_time(seconds=-59)
    active.poll("n1", seat)
    status = active.service.status()
    assert (NINE, Standing.IN_FORCE, None) == (status.now, status.activation, status.clock_alarm_at)


@pytest.mark.parametrize("back", [timedelta(seconds=60), timedelta(hours=1), timedelta(days=1), timedelta(days=366)])
@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.threat("clock-back")
def test_a_clock_set_back_further_ends_the_activation_and_its_seats_and_raises_an_alarm(
    active: World, back: timedelta, restarted: bool
) -> None:
    seat = active.register().seat
    lines = len(active.journal())
    if restarted:
        active.crash()
    active.clock.set(NINE - back)
    if restarted:
        active.start()
    assert AuthorizationLapsed(NINE - back, "the server's clock was set back") == refused(
        lambda: active.poll("n1", seat)
    )
    status = active.service.status()
    assert (Standing.LAPSED, LapseCause.CLOCK_BACK, NINE - back) == (
        status.activation,
        status.cause,
        status.clock_alarm_at,
    )
    assert 0 == status.seats_taken
    assert {"clock set back", "activation"} <= {line.event for line in active.journal(lines)}
    active.clock.set(NINE)
    assert isinstance(refused(lambda: active.poll("n1", seat)), AuthorizationLapsed)


def test_a_clock_set_back_restarts_a_lock_and_kills_a_qr_code(world: World) -> None:
    right = world.right_code()
    copy = world.copy()
    copy.pass_time(minutes=-10)
    assert QrExpired() == refused(lambda: copy.service.submit(right))
    copy.crash()
    submit_wrong(world, 6)
    world.pass_time(minutes=-10)
    expected = CodeEntryLocked(NINE + timedelta(minutes=5))
    assert expected == refused(lambda: world.service.submit(right))
    world.pass_time(minutes=14, seconds=59)
    assert expected == refused(lambda: world.service.submit(right))


@pytest.mark.clause("code-30000")
def test_an_expired_license_stays_expired_whatever_the_clock_says_then(active: World) -> None:
    active.clock.set(NINE + timedelta(days=365))
    active.service.settle()
    active.crash()
    active.clock.set(NINE)
    active.start()
    assert active.service.status().license_over
    assert LicenseExpired(NINE + timedelta(days=365)) == refused(active.service.refresh)


def test_a_clock_set_forward_and_back_brings_no_seat_and_no_activation_back(active: World) -> None:
    seat = active.register().seat
    active.pass_time(hours=25)
    active.service.settle()
    active.clock.set(NINE)
    assert isinstance(refused(lambda: active.poll("n1", seat)), AuthorizationLapsed)
    active.service.refresh()
    active.activate()
    assert SeatEnded("n1") == refused(lambda: active.poll("n1", seat))


# -- silence


@pytest.mark.clause("silence-24-hours")
@pytest.mark.parametrize(("seconds", "held"), [(-1, ["n1", "n2"]), (0, ["n2"]), (1, ["n2"])])
def test_a_seat_ends_a_minute_after_twenty_four_hours_of_silence(active: World, seconds: int, held: list[str]) -> None:
    active.register("n1")
    for _ in range(12):
        active.pass_time(hours=2)
        active.service.settle()
    active.register("n2")
    active.clock.set(NINE + timedelta(hours=24, minutes=1, seconds=seconds))
    active.service.settle()
    assert held == active.nodes()


def test_a_node_that_polls_every_two_hours_keeps_its_seat_for_days(active: World) -> None:
    seat = active.register().seat
    for _ in range(36):
        active.pass_time(hours=2)
        assert seat == active.poll("n1", seat).seat
    assert ["n1"] == active.nodes()


@pytest.mark.clause("heals-within-two-hours")
def test_after_a_start_every_node_has_one_poll_period_before_silence_counts(active: World) -> None:
    seat = active.register().seat
    active.pass_time(hours=12)
    active.stop()
    active.pass_time(hours=23)
    active.start()
    active.pass_time(hours=1, minutes=59, seconds=59)
    assert seat == active.poll("n1", seat).seat


def test_silence_that_outlasts_the_poll_period_after_a_start_ends_the_seat(active: World) -> None:
    seat = active.register().seat
    active.pass_time(hours=12)
    active.stop()
    active.pass_time(hours=23)
    active.start()
    active.pass_time(hours=2)
    assert SeatEnded("n1") == refused(lambda: active.poll("n1", seat))
    assert [] == active.nodes()


def test_a_stop_ends_the_seats_that_were_due(active: World) -> None:
    active.register("n1")
    active.pass_time(hours=12)
    active.service.settle()
    active.pass_time(hours=12, minutes=1)
    active.stop()
    assert [] == active.nodes()
    assert ["seat ended", "stop"] == [line.event for line in active.journal()[-2:]]


# -- the journal tells it all


def test_the_journal_tells_every_event_with_its_reason_and_the_states_before_and_after(
    make: Callable[..., World],
) -> None:
    world = make(seats=1)
    told: list[tuple[str, ...]] = []

    def tells(*expected: tuple[str, str, str, str, str]) -> None:
        lines = world.journal(len(told))
        assert list(expected) == [(line.event, line.subject, line.reason, line.before, line.after) for line in lines]
        assert all(line.at == world.clock.now() for line in lines)
        told.extend(expected)

    lic, none, opened, stale = "lic-0123456789abcdef", "no QR code yet", "QR code open", "QR code no longer valid"
    tells(("first start", lic, "", "", ""))
    refused(lambda: world.service.submit("000000"))
    tells(("code refused", "", "no-qr", none, none))
    refused(world.register)
    tells(("registration refused", "n1", "never-activated", "", ""))
    refused(lambda: world.unbind("n1", ""))
    tells(("unbinding refused", "n1", "20000", "", ""))
    world.service.qr(ADDRESS)
    tells(("QR code made", "", "", none, opened))
    refused(lambda: world.service.submit("12345"))
    tells(("code refused", "", "10001", opened, opened))
    submit_wrong(world, 6)
    tells(
        *[("code refused", "", "wrong-code", opened, opened)] * 5,
        ("code refused", "", "code-entry-locked", opened, "locked"),
    )
    refused(world.service.refresh)
    tells(("QR code refused", "", "code-entry-locked", "locked", "locked"))
    world.pass_time(minutes=15)
    world.service.settle()
    tells(("code entry", "", "", "locked", stale))
    refused(lambda: world.service.submit("000000"))
    tells(("code refused", "", "qr-expired", stale, stale))
    world.service.refresh()
    tells(("QR code made", "", "", stale, opened))
    world.activate()
    tells(("activated", "", "", opened, "code used"))
    refused(lambda: world.service.submit("000000"))
    tells(("code refused", "", "already-activated", "code used", "code used"))
    seat = world.register().seat
    tells(("registered", "n1", "", "", seat))
    world.register()
    world.poll("n1", seat)
    world.service.status()
    tells()  # a retry, a poll and a look are no events
    refused(lambda: world.register("n2"))
    tells(("registration refused", "n2", "30007", "", ""))
    refused(lambda: world.register("n1", "another key"))
    tells(("registration refused", "n1", "node-key-wrong", "", ""))
    refused(lambda: world.poll("n2", ""))
    tells(("poll refused", "n2", "seat-ended", "", ""))
    world.unbind("n1", seat)
    tells(("unbound", "n1", "", "", ""))
    seat = world.register().seat
    tells(("registered", "n1", "", "", seat))
    for span in ({"hours": 12}, {"hours": 12}, {"minutes": 1}):
        world.pass_time(**span)
        world.service.settle()
    tells(("seat ended", "n1", "silence", "", ""))
    world.stop()
    tells(("stop", lic, "", "", ""))
    world.pass_time(hours=24)
    world.start()
    tells(("start", lic, "", "", ""), ("activation", "", "down-time", "activated", "lapsed"))
    refused(world.register)
    tells(("registration refused", "n1", "30002", "", ""))
    world.service.refresh()
    tells(("QR code made", "", "", "code used", opened))
    world.pass_time(hours=-1)
    world.service.settle()
    set_back = ("clock set back", "", "", "2026-03-04 09:16:00", "2026-03-04 08:16:00")
    tells(set_back, ("code entry", "", "", opened, stale))
    world.clock.set(NINE + timedelta(days=365))
    refused(world.service.refresh)
    tells(("license", "", "", "valid", "expired"), ("QR code refused", "", "30000", stale, stale))


def test_the_console_s_unlock_is_told_once_and_does_not_wait_for_a_seal_to_come(world: World) -> None:
    world.policy = replace(FINEBI_6_0_5, seal_after=1)
    world.crash()
    world.start()
    ask_unlock(world.file.parent)
    assert [CodeEntrySealed(1)] == submit_wrong(world, 1)
    assert CodeEntryState.SEALED is world.service.status().code_entry
    for _ in range(2):
        ask_unlock(world.file.parent)
        assert CodeEntryState.STALE is world.service.status().code_entry
    story = [(line.event, line.reason, line.before, line.after) for line in world.journal()[-2:]]
    sealed = ("code refused", "code-entry-sealed", "QR code open", "sealed")
    assert [sealed, ("unlocked at the console", "", "sealed", "QR code no longer valid")] == story
    assert not (world.file.parent / "unlock").exists()


# -- answers


def test_a_grant_names_seat_server_and_the_next_poll_and_its_lease_is_signed_by_the_server(active: World) -> None:
    grant = active.register()
    assert (
        Grant(grant.lease, "the signed license", active.key.identity, grant.seat, 2, NINE + timedelta(hours=2)) == grant
    )
    assert 16 == len(bytes.fromhex(grant.seat)) * 2
    expected = {
        "node": "n1",
        "seat": grant.seat,
        "nonce": "nonce",
        "purpose": "register",
        "at": "2026-03-02T09:00:00+00:00",
        "license": "lic-0123456789abcdef",
        "starts": 1,
        "heard": "",
    }
    assert expected == signing.read(LEASE, grant.lease, active.key.identity)
    active.pass_time(hours=2)
    later = active.poll("n1", grant.seat)
    expected |= {"purpose": "poll", "at": "2026-03-02T11:00:00+00:00", "heard": "2026-03-02T09:00:00+00:00"}
    assert expected == signing.read(LEASE, later.lease, active.key.identity)
    assert NINE + timedelta(hours=4) == later.next_poll_at
    del expected["starts"], expected["heard"]
    expected |= {"purpose": "unbind"}
    assert expected == signing.read(RELEASE, active.unbind("n1", grant.seat), active.key.identity)


def test_a_refused_registration_carries_the_checks_that_were_made(active: World) -> None:
    active.service.terms = replace(active.terms, networks=("10.0.0.0/8",))
    refusal = refused(active.register)
    assert AddressOutside("172.16.63.10", ("10.0.0.0/8",)) == refusal
    checks: tuple[Any, ...] = refusal.checks
    assert ["activation", "activation", "license", "version", "ip"] == [check.what for check in checks]
    assert [None] * 4 + [refusal] == [check.refusal for check in checks]
    assert ("10.0.0.0/8", "172.16.63.10") == (checks[-1].wanted, checks[-1].got)


def test_nothing_is_bound_or_released_while_the_activation_is_lapsed(active: World) -> None:
    seat = active.register().seat
    active.pass_time(hours=24)
    for attempt in (active.register, lambda: active.poll("n1", seat)):
        assert isinstance(refused(attempt), AuthorizationLapsed)
    assert NothingToUnbind("n1") == refused(lambda: active.unbind("n1", seat))


def test_where_a_lapse_ends_no_seats_they_wait_for_the_next_activation(make: Callable[..., World]) -> None:
    """Reading A5, lived the other way."""
    world = make(policy=replace(FINEBI_6_0_5, lapse_ends_seats=False))
    world.activate()
    seat = world.register().seat
    world.pass_time(hours=24)
    assert isinstance(refused(lambda: world.poll("n1", seat)), AuthorizationLapsed)
    assert NothingToUnbind("n1") == refused(lambda: world.unbind("n1", seat))
    world.service.refresh()
    world.activate()
    assert seat == world.poll("n1", seat).seat


def test_the_status_shows_what_a_person_wants_to_know(world: World) -> None:
    submit_wrong(world, 1)
    expected = Status(
        now=NINE,
        edition="finebi-6.0.5",
        identity=world.key.identity,
        license="lic-0123456789abcdef",
        company="ACME Ltd.",
        project="Sales",
        vendor="the vendor's key",
        activation=Standing.NEVER,
        since=None,
        cause="",
        code_entry=CodeEntryState.OPEN,
        tries_left=4,
        qr_until=NINE + timedelta(minutes=5),
        locked_until=None,
        seats=2,
        seats_taken=0,
        license_expires=NINE + timedelta(days=365),
        license_over=False,
        next_deadline=NINE + timedelta(minutes=5),
        clock_alarm_at=None,
    )
    assert expected == world.service.status()
    submit_wrong(world, 5)
    status, locked = world.service.status(), NINE + timedelta(minutes=15)
    assert (CodeEntryState.LOCKED, 0, None, locked, locked) == (
        status.code_entry,
        status.tries_left,
        status.qr_until,
        status.locked_until,
        status.next_deadline,
    )


def test_settling_tells_when_to_look_again(world: World) -> None:
    assert NINE + timedelta(hours=12) == world.service.settle()
    world.service.qr(ADDRESS)
    assert NINE + timedelta(minutes=5) == world.service.settle()
    world.activate()
    world.register()
    assert NINE + timedelta(hours=12) == world.service.settle()
    world.pass_time(hours=12, minutes=30)
    assert NINE + timedelta(hours=24, minutes=1) == world.service.settle()


def test_a_service_that_was_not_started_answers_nothing(world: World) -> None:
    store, service = world.opened(world.file)
    with closing(store), pytest.raises(RuntimeError, match="the service was not started"):
        service.status()


def test_a_rehearsal_repeats_byte_for_byte(make: Callable[..., World]) -> None:
    def story(world: World) -> tuple[object, ...]:
        text = world.service.qr(ADDRESS)
        world.activate()
        return text, world.register(), world.journal()

    assert story(make()) == story(make())


def test_a_request_costs_as_many_steps_with_ten_thousand_seats_as_with_ten(make: Callable[..., World]) -> None:
    def steps(seats: int) -> int:
        world = make(seats=seats + 1)
        world.activate()
        world.crash()
        fill(world.file, state_key(world.key, world.terms.license), seats, seats)
        world.start()
        taken: list[None] = []
        world.store._connection.set_progress_handler(lambda: taken.append(None), 1)
        seat = world.register().seat
        refused(lambda: world.register("n2"))
        world.poll("n1", seat)
        world.service.status()
        world.unbind("n1", seat)
        world.store._connection.set_progress_handler(None, 0)
        return len(taken)

    assert steps(10_000) < 1.2 * steps(10)


# -- any order of events


class AnyOrder(RuleBasedStateMachine):
    """Whatever is asked, in whatever order, with ends and restarts in between: journal, rows and state agree."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.seats: dict[tuple[str, str], str] = {}

    def attempt(self, task: Callable[[], object]) -> object:
        try:
            return task()
        except Refusal:
            return None

    nodes, keys = st.sampled_from(["n1", "n2", "n3", "n4"]), st.sampled_from(["key 1", "key 2"])

    @rule(seconds=st.sampled_from([1, 59, 60, 299, 300, 899, 900, 7200, 43200, 86399, 86400, 86461, -30, -61, -7200]))
    def pass_time(self, seconds: int) -> None:
        self.world.pass_time(seconds=seconds)

    @rule()
    def press_refresh(self) -> None:
        self.attempt(self.world.service.refresh)

    @rule(right=st.booleans())
    def submit(self, right: bool) -> None:
        if self.world.service.qr(ADDRESS) is not None:
            code = self.world.right_code() if right else self.world.wrong_code()
            self.attempt(lambda: self.world.service.submit(code))

    @rule(node=nodes, key=keys)
    def register(self, node: str, key: str) -> None:
        grant = self.attempt(lambda: self.world.register(node, key))
        if isinstance(grant, Grant):
            assert Standing.IN_FORCE is self.world.service.status().activation
            self.seats[node, key] = grant.seat

    @rule(node=nodes, key=keys)
    def poll(self, node: str, key: str) -> None:
        before = self.world.nodes()
        grant = self.attempt(lambda: self.world.poll(node, self.seats.get((node, key), "none"), key))
        assert grant is None or node in before
        assert set(self.world.nodes()) <= set(before)

    @rule(node=nodes, key=keys)
    def unbind(self, node: str, key: str) -> None:
        self.attempt(lambda: self.world.unbind(node, self.seats.get((node, key), "none"), key))

    @rule(clean=st.booleans())
    def restart(self, clean: bool) -> None:
        if clean:
            self.world.stop()
        else:
            self.world.crash()
        self.world.start()

    @invariant()
    def seats_are_counted(self) -> None:
        assert len(self.world.nodes()) <= 2
        assert self.world.service.status().seats_taken == len(self.world.nodes())

    @invariant()
    def the_journal_tells_the_state(self) -> None:
        state, standing, wrong = self.world.store.load(), "never activated", 0
        assert state is not None
        for line in self.world.journal():
            if line.event in ("activation", "activated"):
                standing = line.after if line.event == "activation" else "activated"
            if line.event == "activated":
                wrong = 0
            wrong += line.reason in ("wrong-code", "code-entry-locked") and line.before == "QR code open"
        assert (standing, wrong) == (state.authorization.standing, state.code_entry.wrong_since_success)


@pytest.mark.slow
def test_in_any_order_of_events_journal_rows_and_state_agree(make: Callable[..., World]) -> None:
    class Fresh(AnyOrder):
        def __init__(self) -> None:
            super().__init__(make())

    run_state_machine_as_test(Fresh, settings=settings(max_examples=8, stateful_step_count=25))
