"""Notes: both 24-hour clocks, on the server's side, and what each edition makes of a restart."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from fanlic.model import outage
from fanlic.model.outage import Authorization, LapseCause, Standing
from fanlic.model.policy import FINEBI_6_0_5, FINEOPS_2025_08, FINEREPORT_11_5_11, Policy

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
IN_FORCE = Authorization(Standing.IN_FORCE, NOW - timedelta(days=30))
LAPSED = Authorization(Standing.LAPSED, NOW - timedelta(days=3), LapseCause.DOWN_TIME)
NEVER = Authorization()


def gap(
    seconds: int, standing: Authorization = IN_FORCE, *, licensed: bool = True, policy: Policy = FINEBI_6_0_5
) -> Authorization:
    return outage.after_gap(standing, NOW - timedelta(seconds=seconds), NOW, licensed, policy)


@pytest.mark.clause("re-authenticate")
@pytest.mark.parametrize("before", [NEVER, LAPSED])
def test_a_right_code_puts_the_activation_in_force(before: Authorization) -> None:
    assert Authorization(Standing.IN_FORCE, NOW) == outage.activate(before, NOW)


def test_activating_twice_is_a_mistake_in_the_program() -> None:
    with pytest.raises(KeyError):
        outage.activate(IN_FORCE, NOW)


@pytest.mark.parametrize("cause", LapseCause)
def test_an_activation_in_force_lapses_with_its_cause(cause: LapseCause) -> None:
    assert Authorization(Standing.LAPSED, NOW, cause) == outage.lapse(IN_FORCE, cause, NOW)


@pytest.mark.parametrize(("before", "cause"), list(product([NEVER, LAPSED], LapseCause)))
def test_what_is_not_in_force_cannot_lapse(before: Authorization, cause: LapseCause) -> None:
    assert before == outage.lapse(before, cause, NOW)


@pytest.mark.clause("down-time-24-hours")
@pytest.mark.clause("re-authenticate")
@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, IN_FORCE),
        (86_399, IN_FORCE),
        (86_400, Authorization(Standing.LAPSED, NOW, LapseCause.DOWN_TIME)),
        (86_401, Authorization(Standing.LAPSED, NOW, LapseCause.DOWN_TIME)),
    ],
)
def test_an_activation_survives_less_than_24_hours_of_down_time(seconds: int, expected: Authorization) -> None:
    assert expected == gap(seconds)


@pytest.mark.parametrize("before", [NEVER, LAPSED])
def test_down_time_changes_nothing_where_no_activation_is_in_force(before: Authorization) -> None:
    assert before == gap(864_000, before)


@pytest.mark.clause("restart-finereport")
@pytest.mark.parametrize(
    ("seconds", "licensed", "expected"),
    [
        (86_399, True, Standing.IN_FORCE),
        (86_400, True, Standing.IN_FORCE),
        (8_640_000, True, Standing.IN_FORCE),
        (86_399, False, Standing.IN_FORCE),
        (86_400, False, Standing.LAPSED),
    ],
)
def test_finereport_rides_out_any_down_time_while_licensed(seconds: int, licensed: bool, expected: Standing) -> None:
    assert expected is gap(seconds, licensed=licensed, policy=FINEREPORT_11_5_11).standing


@pytest.mark.clause("restart-finereport")
@pytest.mark.parametrize("policy", [FINEBI_6_0_5, FINEOPS_2025_08])
def test_elsewhere_a_valid_license_does_not_help_after_24_hours(policy: Policy) -> None:
    assert Standing.LAPSED is gap(86_400, licensed=True, policy=policy).standing


@pytest.mark.clause("restart-fineops")
@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (FINEBI_6_0_5, IN_FORCE),
        (FINEREPORT_11_5_11, IN_FORCE),
        (FINEOPS_2025_08, Authorization(Standing.LAPSED, NOW, LapseCause.RESTART)),
    ],
    ids=lambda value: getattr(value, "edition", None),
)
def test_only_fineops_lets_every_restart_end_the_activation(policy: Policy, expected: Authorization) -> None:
    assert expected == outage.after_start(IN_FORCE, NOW, policy)


@pytest.mark.clause("silence-24-hours")
@pytest.mark.parametrize(
    ("heard_at", "ends_at"),
    [
        (datetime(2026, 3, 2, 9, 0, tzinfo=UTC), datetime(2026, 3, 3, 9, 1, tzinfo=UTC)),
        (datetime(2028, 2, 28, 23, 59, tzinfo=UTC), datetime(2028, 3, 1, 0, 0, tzinfo=UTC)),
        (datetime(2026, 12, 31, 12, 0, tzinfo=UTC), datetime(2027, 1, 1, 12, 1, tzinfo=UTC)),
        (datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC), datetime(2038, 1, 20, 3, 15, 7, tzinfo=UTC)),
    ],
)
def test_a_silent_node_s_seat_ends_after_24_hours_and_a_minute(heard_at: datetime, ends_at: datetime) -> None:
    assert ends_at == outage.seat_ends_at(heard_at, FINEBI_6_0_5)


def test_the_twelfth_poll_arrives_before_the_seat_ends() -> None:
    twelfth_poll = NOW + 12 * timedelta(hours=2)
    assert twelfth_poll < outage.seat_ends_at(NOW, FINEBI_6_0_5)


def test_silence_counts_from_one_poll_period_after_a_start() -> None:
    assert datetime(2026, 3, 2, 11, 0, tzinfo=UTC) == outage.silence_counts_from(NOW, FINEBI_6_0_5)


def test_a_policy_may_be_varied_for_one_site() -> None:
    strict = replace(FINEBI_6_0_5, down_time_limit=timedelta(hours=1))
    assert Standing.LAPSED is gap(3_600, policy=strict).standing
