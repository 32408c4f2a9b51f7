"""What was acknowledged is remembered: a short run of `benchmarks/durability.py`, against the server as a process."""

import sys
from pathlib import Path

import pytest

from benchmarks.durability import Tally, claim_too_many, forget_no_wrong_code, kill_at_random, starve
from benchmarks.site import Site

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills and limits as Linux has them")


def faultless(tally: Tally) -> Tally:
    assert [] == tally.faults
    return tally


def test_a_kill_at_any_moment_loses_nothing_acknowledged_and_keeps_nothing_refused(tmp_path: Path) -> None:
    tally = faultless(kill_at_random(Site(tmp_path, 6, "lab"), kills=7, seed=7))
    assert 7 == tally.kills
    assert {"register", "settle"} <= set(tally.kinds)
    assert tally.acknowledged > 5
    assert tally.refused > 0


def test_a_wrong_code_that_was_told_is_counted_after_a_kill(tmp_path: Path) -> None:
    faultless(forget_no_wrong_code(tmp_path, rounds=1))


def test_without_room_nothing_is_changed_and_with_room_again_all_goes_on(tmp_path: Path) -> None:
    tally = faultless(starve(tmp_path))
    assert (20, 1) == (tally.refused, tally.acknowledged)


def test_ten_claims_at_once_for_each_seat_give_each_seat_once(tmp_path: Path) -> None:
    tally = faultless(claim_too_many(tmp_path, 4))
    assert (4, 36) == (tally.acknowledged, tally.refused)
