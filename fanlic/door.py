"""The business desk's door: what is done there is done by a named person, who proves it with a PIN.

All of it is ours; the page says nothing of how the vendor's staff is known. A QR code proves which server asks, never
that the person with the phone may approve it: everybody in the room can photograph the picture.

The tries are counted for each matter (a license, or the counter where mails are handed in), not for each name: so a
wrong name and a wrong PIN get the same answer, and a stranger who holds one QR code stops nobody at another license.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta

from fanlic.model.refusals import N_, Refusal, Who
from fanlic.ports import Clock, DoorStore, Entropy, Person, Tries

# All of them are ours.
PIN_DIGITS = 8
WRONG_ALLOWED = 5  # the fifth wrong PIN in a row locks
LOCK = timedelta(minutes=15)  # 480 tries a day, of a hundred million PINs
LONGEST = 64  # characters of a name or a typed PIN
COUNTER = "counter"  # the matter of the mails
_COST = {"n": 2**14, "r": 8, "p": 1, "maxmem": 2**26}


class NameOrPinWrong(Refusal):
    """Nobody of this name has this PIN."""

    left: int
    message = N_("The name or the PIN is wrong, so nothing was done.")
    next_step = N_(
        "Type both again. Tries left before a lock of 15 minutes: {left}. If you have no PIN, the person who runs the "
        "business desk makes one: fanlic desk person NAME."
    )
    who = Who.PHONE


class DoorLocked(Refusal):
    """There were too many wrong PINs in a row."""

    until: datetime
    message = N_("There were too many wrong PINs. Until {until} none is looked at, not even a right one.")
    next_step = N_("Wait until then. If the tries were not yours, tell the person who runs the business desk.")
    who = Who.NOBODY


class NameUnfit(ValueError):
    """A name that cannot be kept; the text says why."""


class Door:
    """Named people and their PINs over a store."""

    def __init__(self, store: DoorStore, clock: Clock, entropy: Entropy) -> None:
        self._store = store
        self._clock = clock
        self._entropy = entropy
        self._lock = threading.Lock()  # one PIN at a time: comparing takes memory on purpose

    def invite(self, name: str) -> str:
        """A new PIN for this person, who replaces an earlier one of the same name. It is shown once."""
        plain = _plain(name)
        if not plain or len(plain) > LONGEST or not plain.isprintable():
            raise NameUnfit(N_("A name has 1 to 64 printable characters."))
        pin = f"{int.from_bytes(self._entropy.token(16)) % 10**PIN_DIGITS:0{PIN_DIGITS}d}"
        salt = self._entropy.token(16)
        self._store.keep_person(Person(plain, salt, _digest(pin, salt)))
        return pin

    def dismiss(self, name: str) -> bool:
        """Take the person's PIN away; whether there was one."""
        return self._store.drop_person(_plain(name))

    def names(self) -> tuple[str, ...]:
        """Who has a PIN."""
        return self._store.people()

    def enter(self, matter: str, name: str, pin: str) -> str:
        """The name of the person whose PIN this is. Raises NameOrPinWrong and DoorLocked; a wrong try is kept first."""
        with self._lock:
            tries, now = self._store.tries(matter), self._clock.now()
            if tries.locked_until is not None and now < tries.locked_until:
                raise DoorLocked(tries.locked_until)
            if tries.locked_until is not None:
                tries = Tries()
            person = self._store.person(_plain(name))
            if person is not None and hmac.compare_digest(_digest(_digits(pin), person.salt), person.digest):
                self._store.keep_tries(matter, Tries())
                return person.name
            tries = replace(tries, wrong=tries.wrong + 1)
            if tries.wrong >= WRONG_ALLOWED:  # threat: pin-guessed
                tries = replace(tries, locked_until=now + LOCK)
            self._store.keep_tries(matter, tries)
        if tries.locked_until is not None:
            raise DoorLocked(tries.locked_until)
        raise NameOrPinWrong(WRONG_ALLOWED - tries.wrong)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name[: 4 * LONGEST]).split())


def _digits(pin: str) -> str:
    # A Chinese keyboard types full-width digits, and people write a PIN in two groups.
    return "".join(unicodedata.normalize("NFKC", pin[:LONGEST]).replace("-", " ").split())


def _digest(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode("utf-8", "surrogatepass"), salt=salt, dklen=32, **_COST)
