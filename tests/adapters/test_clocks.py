"""The clocks: the system's in UTC; the lab's stands still until somebody moves it."""

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from fanlic.adapters.clocks import LAB_START, LabClock, SystemClock

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_the_system_s_clock_speaks_utc_and_goes_on() -> None:
    first, second = SystemClock().now(), SystemClock().now()
    assert UTC == first.tzinfo
    assert first <= second


def test_the_lab_s_clock_starts_at_a_fixed_instant() -> None:
    assert NINE == LAB_START


def test_the_lab_s_clock_stands_still_until_it_is_moved_forward_or_back_for_every_reader(tmp_path: Path) -> None:
    clock, other = LabClock(tmp_path / "clock"), LabClock(tmp_path / "clock")
    for instant in (NINE, NINE + timedelta(days=1), NINE - timedelta(microseconds=1)):
        clock.set(instant)
        assert [instant] * 3 == [other.now(), clock.now(), other.now()]


def test_an_instant_keeps_its_microseconds_and_its_zone(tmp_path: Path) -> None:
    clock = LabClock(tmp_path / "clock")
    instant = datetime(2026, 3, 2, 17, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    clock.set(instant)
    assert datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC) == clock.now()


def test_a_missing_clock_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no-such-clock"):
        LabClock(tmp_path / "no-such-clock").now()


@pytest.mark.parametrize(
    "content",
    [b"", b"soon", b"2026-03-02T09:0", b"2026-03-02T09:00:00", b"2026-03-02", b"2026-13-01T00:00:00+00:00", b"\xff"],
)
def test_a_damaged_clock_file_is_an_error_that_names_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "clock").write_bytes(content)
    with pytest.raises(ValueError, match=r"clock file .*clock cannot be read"):
        LabClock(tmp_path / "clock").now()


def test_a_reader_beside_a_mover_sees_the_old_instant_or_the_new_one(tmp_path: Path) -> None:
    clock = LabClock(tmp_path / "clock")
    clock.set(NINE)
    short, long = NINE, NINE + timedelta(microseconds=1)  # texts of different length

    def move() -> None:
        for n in range(300):
            clock.set((short, long)[n % 2])

    mover = threading.Thread(target=move)
    mover.start()
    seen = set()
    while mover.is_alive():
        seen.add(clock.now())
    mover.join(10)
    assert seen <= {short, long}
