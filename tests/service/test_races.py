"""Many at once, and sudden ends: nothing is given twice, nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import fanlic
from fanlic.model.outage import Standing
from fanlic.model.refusals import (
    AlreadyActivated,
    CodeEntryLocked,
    NodeKeyWrong,
    NothingToUnbind,
    Refusal,
    SeatEnded,
    SeatsTaken,
)
from fanlic.ports import JournalLine

if TYPE_CHECKING:
    from tests.service.conftest import World

ROOT = Path(fanlic.__file__).parents[1]


def at_once(tasks: list[Callable[[], object]]) -> list[object]:
    """Every task in a thread of its own, all let go together: what each returned, or the refusal it met."""
    gate = threading.Barrier(len(tasks))
    results: list[object] = [None] * len(tasks)

    def run(n: int) -> None:
        gate.wait(30)
        try:
            results[n] = tasks[n]()
        except Refusal as refusal:
            results[n] = refusal

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(tasks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


# -- codes


@pytest.mark.clause("six-digits")
def test_a_right_code_works_once_when_many_submit_it_at_once(world: World) -> None:
    code = world.right_code()
    results = at_once([lambda: world.service.submit(code)] * 20)
    assert {"NoneType": 1, "AlreadyActivated": 19} == Counter(type(result).__name__ for result in results)
    assert 1 == [line.event for line in world.journal()].count("activated")
    state = world.store.load()
    assert state is not None
    assert 1 == state.epoch


@pytest.mark.clause("wrong-codes")
@pytest.mark.slow
def test_two_hundred_guesses_at_once_are_compared_six_times_before_the_lock(world: World) -> None:
    right, wrong, before = world.right_code(), world.wrong_code(), len(world.journal())
    results = at_once([lambda: world.service.submit(wrong)] * 200)
    assert {"WrongCode": 5, "CodeEntryLocked": 195} == Counter(type(result).__name__ for result in results)
    compared = [line for line in world.journal(before) if line.before == "QR code open"]
    assert 6 == len(compared)
    assert ["QR code open"] * 5 + ["locked"] == [line.after for line in compared]
    assert 6 + 60 == len(world.journal(before))  # what was not compared is counted beyond sixty an hour
    with pytest.raises(CodeEntryLocked):
        world.service.submit(right)


def test_a_right_code_among_many_wrong_ones_counts_only_if_it_comes_before_the_lock(world: World) -> None:
    right, wrong = world.right_code(), world.wrong_code()
    results = at_once([partial(world.service.submit, code) for code in [wrong] * 20 + [right]])
    activated = results[-1] is None
    assert activated == (world.service.status().activation is Standing.IN_FORCE)
    assert activated or isinstance(results[-1], CodeEntryLocked)
    lines = [line.event for line in world.journal()]
    assert lines.count("activated") == activated
    tried = [result for result in results if isinstance(result, AlreadyActivated)]
    assert activated or not tried


# -- seats


@pytest.mark.clause("code-30007")
@pytest.mark.clause("maximum-connections")
def test_of_ten_times_as_many_nodes_as_seats_exactly_as_many_as_seats_are_registered(
    make: Callable[..., World],
) -> None:
    world = make(seats=5)
    world.activate()
    results = at_once([partial(world.register, f"n{n:02}", f"key {n}") for n in range(50)])
    assert {"Grant": 5, "SeatsTaken": 45} == Counter(type(result).__name__ for result in results)
    assert world.nodes() == [f"n{n:02}" for n in range(50) if not isinstance(results[n], SeatsTaken)]
    assert 5 == world.service.status().seats_taken
    assert 5 == [line.event for line in world.journal()].count("registered")


def test_one_node_that_registers_many_times_at_once_takes_one_seat(active: World) -> None:
    results = at_once([active.register] * 20)
    assert 1 == len({getattr(result, "seat", None) for result in results})
    assert ["n1"] == active.nodes()
    assert 1 == [line.event for line in active.journal()].count("registered")


def test_two_machines_under_one_name_at_once_take_one_seat(active: World) -> None:
    results = at_once([partial(active.register, "n1", key) for key in ("key 1", "key 2")])
    assert {"Grant": 1, "NodeKeyWrong": 1} == Counter(type(result).__name__ for result in results)
    assert ["n1"] == active.nodes()


def test_a_seat_is_given_back_once_when_many_unbind_it_at_once(active: World) -> None:
    seat = active.register().seat
    results = at_once([lambda: active.unbind("n1", seat)] * 10)
    assert {"str": 1, "NothingToUnbind": 9} == Counter(type(result).__name__ for result in results)
    assert [] == active.nodes()


def test_seats_that_come_and_go_at_once_leave_rows_and_counter_in_agreement(make: Callable[..., World]) -> None:
    world = make(seats=3)
    world.activate()

    def come_and_go(n: int) -> None:
        for _ in range(5):
            try:
                world.unbind(f"n{n}", world.register(f"n{n}").seat)
            except SeatsTaken:
                world.service.status()

    at_once([partial(come_and_go, n) for n in range(8)])
    assert [] == world.nodes()
    assert 0 == world.service.status().seats_taken


def test_a_grant_whose_answer_was_lost_in_a_crash_is_given_again_and_no_seat_is_lost(active: World) -> None:
    lost = active.register("n1", "key 1")
    active.crash()
    active.start()
    again = active.register("n1", "key 1")
    assert (lost.seat, ["n1"]) == (again.seat, active.nodes())
    active.register("n2", "key 2")
    assert ["n1", "n2"] == active.nodes()
    assert [JournalLine(active.clock.now(), "registered", "n1", after=lost.seat)] == [
        line for line in active.journal() if (line.event, line.subject) == ("registered", "n1")
    ]


def test_a_retry_with_another_node_key_is_refused_after_a_crash_too(active: World) -> None:
    active.register("n1", "key 1")
    active.crash()
    active.start()
    with pytest.raises(NodeKeyWrong):
        active.register("n1", "key 2")
    assert ["n1"] == active.nodes()


# -- those who come too late


def unchanged(world: World, attempt: Callable[[], object], refusal: Refusal) -> None:
    """The attempt is refused, and all it leaves is a line in the journal."""
    nodes, seats, lines = world.nodes(), [world.store.seat(node, 1) for node in world.nodes()], len(world.journal())
    with pytest.raises(type(refusal)) as problem:
        attempt()
    assert refusal == problem.value
    assert (nodes, seats) == (world.nodes(), [world.store.seat(node, 1) for node in world.nodes()])
    line = world.journal(lines)
    assert 1 == len(line)
    assert line[0].event in ("poll refused", "unbinding refused")


def test_a_late_poll_for_a_seat_that_another_node_has_now_changes_nothing(make: Callable[..., World]) -> None:
    world = make(seats=1)
    world.activate()
    old = world.register("n1", "key 1")
    world.unbind("n1", old.seat)
    world.register("n2", "key 2")
    unchanged(world, lambda: world.poll("n1", old.seat), SeatEnded("n1"))
    assert ["n2"] == world.nodes()


def test_a_late_poll_of_a_machine_whose_name_was_given_to_another_changes_nothing(active: World) -> None:
    old = active.register("n1", "key 1")
    active.unbind("n1", old.seat)
    new = active.register("n1", "key 2")
    assert old.seat != new.seat
    unchanged(active, lambda: active.poll("n1", old.seat, "key 1"), SeatEnded("n1"))
    unchanged(active, lambda: active.poll("n1", new.seat, "key 1"), NodeKeyWrong("n1"))
    assert new.seat == active.poll("n1", new.seat, "key 2").seat


@pytest.mark.clause("silence-24-hours")
def test_a_node_silent_for_too_long_is_told_so_and_its_seat_is_free(make: Callable[..., World]) -> None:
    world = make(seats=1)
    world.activate()
    old = world.register("n1", "key 1")
    for _ in range(24):
        world.pass_time(hours=1)
        world.service.settle()
    world.pass_time(seconds=59)
    with pytest.raises(SeatsTaken):
        world.register("n2", "key 2")
    world.pass_time(seconds=1)
    lines = len(world.journal())
    world.register("n2", "key 2")
    ended, registered = world.journal(lines)
    assert ("seat ended", "n1", "silence") == (ended.event, ended.subject, ended.reason)
    assert ("registered", "n2") == (registered.event, registered.subject)
    unchanged(world, lambda: world.poll("n1", old.seat), SeatEnded("n1"))
    assert ["n2"] == world.nodes()


def test_a_node_silent_for_too_long_may_register_anew_in_the_request_that_ends_its_seat(active: World) -> None:
    old = active.register("n1", "key 1")
    active.pass_time(hours=12)
    active.service.settle()
    active.pass_time(hours=12, minutes=1)
    new = active.register("n1", "key 2")
    assert old.seat != new.seat
    assert ["n1"] == active.nodes()


def test_the_poll_of_an_unknown_node_is_an_error_and_gives_no_seat(active: World) -> None:
    seat = active.register("n1").seat
    unchanged(active, lambda: active.poll("n2", seat), SeatEnded("n2"))
    unchanged(active, lambda: active.poll("n2", ""), SeatEnded("n2"))


@pytest.mark.clause("code-20000")
def test_nobody_but_its_holder_gives_a_seat_back(active: World) -> None:
    seat = active.register("n1", "key 1").seat
    unchanged(active, lambda: active.unbind("n1", seat, "key 2"), NodeKeyWrong("n1"))
    unchanged(active, lambda: active.unbind("n1", "another seat", "key 1"), NothingToUnbind("n1"))
    unchanged(active, lambda: active.unbind("n2", seat, "key 1"), NothingToUnbind("n2"))
    active.unbind("n1", seat, "key 1")
    unchanged(active, lambda: active.unbind("n1", seat, "key 1"), NothingToUnbind("n1"))


# -- kill -9

STORM = """
import os, sys, threading
from pathlib import Path
from tests.service.conftest import World
from fanlic.model.outage import Standing
from fanlic.model.refusals import SeatsTaken
from fanlic.adapters.store import held

folder = Path(sys.argv[1])
with held(folder):
    world = World(folder, seats=5)
    if world.service.status().activation is not Standing.IN_FORCE:
        world.activate()

    def say(line):
        os.write(1, f"{line}\\n".encode())  # in one piece, whatever the other threads say

    def come_and_go(n):
        while True:
            try:
                say(f"+ n{n}")  # what is under way when the process dies is unknown
                seat = world.register(f"n{n}", f"key {n}").seat
                say(f"= n{n}")
                if n % 2:
                    say(f"- n{n}")
                    world.unbind(f"n{n}", seat, f"key {n}")
            except SeatsTaken:
                pass

    for n in range(8):
        threading.Thread(target=come_and_go, args=(n,), daemon=True).start()
    threading.Event().wait(60)
"""


@pytest.mark.slow
def test_a_server_killed_in_a_storm_of_registrations_is_whole_afterwards(
    tmp_path: Path, make: Callable[..., World]
) -> None:
    """Three lives of one folder, each ended by SIGKILL at another point."""
    seen: set[str] = set()
    for answers in (1, 60, 137):
        command = [sys.executable, "-c", STORM, str(tmp_path)]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
            assert server.stdout is not None
            said = [line.split() for _, line in zip(range(answers), server.stdout, strict=False)]
            server.kill()
            said += [line.split() for line in server.stdout if line.endswith("\n")]
            server.wait(20)
        last = {node: sign for sign, node in said}
        seen |= set(last)
        world = make(seats=5)
        world.crash()
        world.file = tmp_path / "server.db"
        nodes = world.nodes()  # the journal verifies, the counter is the number of rows
        assert len(nodes) <= 5
        assert {node for node, sign in last.items() if sign == "="} <= set(nodes)
        assert set(nodes) <= seen
        world.start()
        assert len(nodes) == world.service.status().seats_taken
        assert Standing.IN_FORCE is world.service.status().activation
        world.crash()
