"""A stranger who is refused without end does not fill the disk; a person still sees what was tried."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from fanlic.model.refusals import Refusal
from tests.service.conftest import World

ADDRESS = "https://172.16.63.131:49155"


def attempts(world: World, count: int, call: Callable[[int], object]) -> None:
    for number in range(count):
        with suppress(Refusal):
            call(number)


@pytest.mark.threat("journal-filled")
def test_a_hundred_refused_calls_are_sixty_lines_and_one_that_counts_the_others(active: World) -> None:
    before, size = len(active.journal()), active.file.stat().st_size
    attempts(active, 100, lambda number: active.poll(f"stranger-{number}", "0" * 16))
    assert 60 == len(active.journal()) - before
    attempts(active, 900, lambda number: active.unbind(f"stranger-{number}", "0" * 16))
    assert 60 == len(active.journal()) - before
    assert active.file.stat().st_size - size < 40_000
    active.pass_time(hours=1)
    active.service.settle()
    told = [(line.event, line.subject, line.reason) for line in active.journal()[before + 60 :]]
    assert [("poll refused", "40 more", "seat-ended"), ("unbinding refused", "900 more", "20000")] == told
    attempts(active, 1, lambda _number: active.poll("later", "0" * 16))
    assert ("poll refused", "later") == (active.journal()[-1].event, active.journal()[-1].subject)


@pytest.mark.threat("journal-filled")
def test_codes_of_a_stranger_that_are_not_compared_are_bounded_and_wrong_ones_are_all_told(world: World) -> None:
    world.service.qr(ADDRESS)
    before = len(world.journal())
    attempts(world, 300, lambda _number: world.service.submit("no code"))
    wrong = world.wrong_code()
    attempts(world, 200, lambda _number: world.service.submit(wrong))
    lines = world.journal()[before:]
    assert 5 == sum(line.reason == "wrong-code" for line in lines)
    assert "code-entry-locked" in [line.reason for line in lines]
    assert len(lines) <= 60 + 6


@pytest.mark.threat("journal-filled")
def test_refresh_pressed_without_end_writes_a_bounded_number_of_lines(world: World) -> None:
    attempts(world, 500, lambda _number: world.service.refresh())
    assert len(world.journal()) <= 61


def test_what_was_counted_is_told_at_a_stop_and_when_the_clock_goes_back(active: World) -> None:
    attempts(active, 70, lambda number: active.poll(f"n{number}", "0" * 16))
    active.clock.set(active.clock.now() - timedelta(days=1))
    active.service.settle()
    assert "10 more" in [line.subject for line in active.journal()]
    attempts(active, 65, lambda number: active.poll(f"n{number}", "0" * 16))
    active.stop()
    assert ["5 more", "stop"] == [active.journal()[-2].subject, active.journal()[-1].event]
