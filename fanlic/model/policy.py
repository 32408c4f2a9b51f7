"""Every number of the source, once, with its clause; and the three editions of the rules.

Numbers marked *ours* are for hardening or housekeeping; the page does not mention them. A switch stands for a sentence
that can be read in two ways; both can be played (`docs/readings.md`). Limits are half-open: a thing is valid while its
age is below the limit.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any


class LockOn(StrEnum):
    """Reading A11: which wrong code locks."""

    EXCEEDING = "the one after the last allowed"
    REACHING = "the last allowed"


class Restart(StrEnum):
    """What a stop or restart of the authorization server does to its activation."""

    RIDE_OUT = "survives a down-time below the limit"
    RESCAN = "never survives"
    WHILE_LICENSED = "survives while the license is valid"


class LostFolder(StrEnum):
    """Reading A29: what fails when a container is made anew and the first one's `/app/config` is lost."""

    PHONE_REFUSES = "the container starts, and the phone refuses its QR code"
    START_FAILS = "the container does not start"


@dataclass(frozen=True)
class Policy:
    """The rules' numbers and switches; times are spans, counts are whole numbers."""

    edition: str
    title: str
    version: str = "6.0.5"  # clause: version-6-0-5
    qr_life: timedelta = timedelta(minutes=5)  # clause: qr-five-minutes
    code_digits: int = 6  # clause: six-digits
    wrong_codes_allowed: int = 5  # clause: wrong-codes
    lock: timedelta = timedelta(minutes=15)  # clause: lock-fifteen-minutes
    down_time_limit: timedelta = timedelta(hours=24)  # clause: down-time-24-hours
    poll_period: timedelta = timedelta(hours=2)  # clause: heals-within-two-hours
    misses_allowed: int = 12  # clause: twelve-misses
    silence_limit: timedelta = timedelta(hours=24)  # clause: silence-24-hours
    default_seats: int = 1  # clause: seats
    first_port: int = 49153  # clause: random-port
    last_port: int = 65535  # clause: random-port
    container_port: int = 8081  # reading A1: the page prints a number no port can have
    seal_after: int = 100  # ours: wrong codes since the last success (NIST SP 800-63B)
    refreshes_allowed: int = 5  # ours: QR codes replaced while they were valid, within one QR code's life
    silence_grace: timedelta = timedelta(minutes=1)  # ours: the twelfth poll must be able to arrive
    clock_tolerance: timedelta = timedelta(seconds=60)  # ours: how far a clock may step back
    life_mark: timedelta = timedelta(minutes=1)  # ours: how often a running server says so
    look_again: timedelta = timedelta(hours=12)  # ours: a running server settles at least this often
    lock_on: LockOn = LockOn.EXCEEDING  # switch, reading A11
    refresh_clears_count: bool = False  # switch, reading A13
    lapse_ends_seats: bool = True  # switch, reading A5
    check_certificate: bool = False  # switch, reading A10: the page's example registers over an IP
    lost_folder: LostFolder = LostFolder.PHONE_REFUSES  # switch, reading A29
    restart: Restart = Restart.RIDE_OUT
    asks_for_engines: bool = False  # clause: engines


FINEBI_6_0_5 = Policy(edition="finebi-6.0.5", title="FineBI 6.0.5 (FanRuan's page)")
FINEOPS_2025_08 = replace(
    FINEBI_6_0_5,
    edition="fineops-2025-08",
    title="FineOps, August 2025",
    restart=Restart.RESCAN,
    asks_for_engines=True,
)
FINEREPORT_11_5_11 = replace(
    FINEBI_6_0_5,
    edition="finereport-11.5.11",
    title="FineReport 11.5.11",
    version="11.5.11",
    restart=Restart.WHILE_LICENSED,
)
EDITIONS = {policy.edition: policy for policy in (FINEBI_6_0_5, FINEOPS_2025_08, FINEREPORT_11_5_11)}


def _positions(default: object) -> dict[str, bool | StrEnum]:
    if isinstance(default, bool):
        return {"yes": True, "no": False}
    members = type(default) if isinstance(default, StrEnum) else ()
    return {member.name.lower(): member for member in members}


# Every switch with its positions by the word for each: `lock_on` is `exceeding` or `reaching`.
SWITCHES = {field.name: positions for field in fields(Policy) if (positions := _positions(field.default))}


def switched(policy: Policy, name: str, position: str) -> Policy:
    """The policy with one switch in this position; KeyError where SWITCHES has no such switch or position."""
    turned: Any = {name: SWITCHES[name][position]}
    return replace(policy, **turned)


def as_words(policy: Policy) -> dict[str, str | int | float]:
    """Every rule by name, for people and programs: spans in seconds, switches by the word for their position."""
    words: dict[str, str | int | float] = {}
    for name in (field.name for field in fields(Policy)):
        value = getattr(policy, name)
        if name in SWITCHES:
            value = next(word for word, position in SWITCHES[name].items() if position == value)
        words[name] = value.total_seconds() if isinstance(value, timedelta) else value
    return words


def changed(policy: Policy) -> dict[str, str | int | float]:
    """The rules that are not those of the policy's edition, by name; all of them if there is no such edition."""
    edition = EDITIONS.get(policy.edition)
    usual = as_words(edition) if edition is not None else {}
    return {name: word for name, word in as_words(policy).items() if usual.get(name) != word}
