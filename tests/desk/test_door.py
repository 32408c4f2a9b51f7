"""The desk's door: a PIN is shown once, tries are bounded in each matter, and names are no secret to be found out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from fanlic.adapters.clocks import LAB_START, LabClock
from fanlic.adapters.door_store import FILE, SqliteDoorStore
from fanlic.adapters.entropy import SeededEntropy
from fanlic.door import Door, DoorLocked, NameOrPinWrong, NameUnfit


class Place:
    """A door over its file, with a clock that stands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = LabClock(folder / "lab-clock")
        self.clock.set(LAB_START)
        self.store = SqliteDoorStore(folder / FILE)
        self.door = Door(self.store, self.clock, SeededEntropy("door"))

    def wait(self, **span: float) -> None:
        self.clock.set(self.clock.now() + timedelta(**span))

    def wrong(self, matter: str = "lic-1", name: str = "Li Wei", times: int = 1) -> None:
        for _time in range(times):
            with pytest.raises((NameOrPinWrong, DoorLocked)):
                self.door.enter(matter, name, "no PIN at all")

    def reopened(self) -> Door:
        """The door after a restart of the desk."""
        self.store.close()
        self.store = SqliteDoorStore(self.folder / FILE)
        return Door(self.store, self.clock, SeededEntropy("later"))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.store.close()


def test_a_person_enters_with_the_pin_however_name_and_pin_are_typed(place: Place) -> None:
    pin = place.door.invite("  Li   Wei ")
    assert pin.isdigit()
    assert 8 == len(pin)
    full_width = "".join(chr(ord(digit) + 0xFEE0) for digit in pin)
    for typed in (pin, f"{pin[:4]} {pin[4:]}", f"{pin[:4]}-{pin[4:]}", full_width):
        assert "Li Wei" == place.door.enter("lic-1", "li wei", typed)


def test_the_file_holds_no_pin_and_is_its_owners_only(place: Place) -> None:
    pin = place.door.invite("Li Wei")
    assert pin.encode() not in (place.folder / FILE).read_bytes()
    assert sys.platform == "win32" or (place.folder / FILE).stat().st_mode & 0o777 == 0o600


def test_a_new_pin_replaces_the_old_one_and_a_dismissed_person_has_none(place: Place) -> None:
    old, new = place.door.invite("Anna"), place.door.invite("ANNA")
    with pytest.raises(NameOrPinWrong):
        place.door.enter("lic-1", "Anna", old)
    assert "ANNA" == place.door.enter("lic-1", "Anna", new)
    assert (True, False, ()) == (place.door.dismiss("anna"), place.door.dismiss("anna"), place.door.names())
    with pytest.raises(NameOrPinWrong):
        place.door.enter("lic-1", "Anna", new)


@pytest.mark.parametrize("name", ["", "   ", "x" * 65, "two\x07bells"])
def test_a_name_that_cannot_be_typed_is_refused(place: Place, name: str) -> None:
    with pytest.raises(NameUnfit):
        place.door.invite(name)
    assert () == place.door.names()


@pytest.mark.threat("pin-guessed")
def test_the_fifth_wrong_pin_locks_for_fifteen_minutes_to_the_second(place: Place) -> None:
    pin = place.door.invite("Li Wei")
    lefts = []
    for _time in range(4):
        with pytest.raises(NameOrPinWrong) as refused:
            place.door.enter("lic-1", "Li Wei", "00000000")
        lefts.append(refused.value.left)
    assert [4, 3, 2, 1] == lefts
    place.wrong()
    for seconds in (0, 899):
        place.clock.set(LAB_START + timedelta(seconds=seconds))
        with pytest.raises(DoorLocked) as locked:
            place.door.enter("lic-1", "Li Wei", pin)
        assert LAB_START + timedelta(seconds=900) == locked.value.until
    place.clock.set(LAB_START + timedelta(seconds=900))
    assert "Li Wei" == place.door.enter("lic-1", "Li Wei", pin)


def test_a_lock_outlives_a_restart_of_the_desk_and_the_tries_before_it_too(place: Place) -> None:
    pin = place.door.invite("Li Wei")
    place.wrong(times=3)
    door = place.reopened()
    with pytest.raises(NameOrPinWrong) as refused:
        door.enter("lic-1", "Li Wei", "1")
    assert 1 == refused.value.left
    with pytest.raises(DoorLocked):
        door.enter("lic-1", "Li Wei", "1")
    with pytest.raises(DoorLocked):
        place.reopened().enter("lic-1", "Li Wei", pin)


def test_a_success_clears_the_run_and_another_matter_is_not_concerned(place: Place) -> None:
    pin = place.door.invite("Li Wei")
    place.wrong(times=4)
    place.door.enter("lic-1", "Li Wei", pin)
    place.wrong(times=5)
    assert "Li Wei" == place.door.enter("lic-2", "Li Wei", pin)


def test_an_unknown_name_is_answered_as_a_wrong_pin_is(place: Place) -> None:
    place.door.invite("Li Wei")
    answers = []
    for matter, name in (("a", "Li Wei"), ("b", "Nobody")):
        told = []
        for _time in range(6):
            try:
                place.door.enter(matter, name, "12345678")
            except (NameOrPinWrong, DoorLocked) as refusal:
                told.append((refusal.reason, refusal.evidence))
        answers.append(told)
    assert answers[0] == answers[1]
    assert 6 == len(answers[0])


def test_what_no_keyboard_types_is_a_wrong_pin_too(place: Place) -> None:
    place.door.invite("Li Wei")
    for pin in ("", "\ud800", "\x00", "9" * 10_000):
        with pytest.raises((NameOrPinWrong, DoorLocked)):
            place.door.enter(repr(pin)[:9], "Li Wei", pin)
