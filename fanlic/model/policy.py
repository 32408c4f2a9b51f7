"""Every number of the source, once, with its clause; and the three editions of the rules.

Numbers marked *ours* are for hardening or housekeeping; the page does not mention them. A switch stands for a sentence
that can be read in two ways; both can be played (`docs/readings.md`). Limits are half-open: a thing is valid while its
age is below the limit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum


class LockOn(StrEnum):
    """Reading A11: which wrong code locks."""

    EXCEEDING = "the one after the last allowed"
    REACHING = "the last allowed"


class Restart(StrEnum):
    """What a stop or restart of the authorization server does to its activation."""

    RIDE_OUT = "survives a down-time below the limit"
    RESCAN = "never survives"
    WHILE_LICENSED = "survives while the license is valid"


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
    restart: Restart = Restart.RIDE_OUT
    asks_for_engines: bool = False  # clause: engines


FINEBI_6_0_5 = Policy(edition="finebi-6.0.5", title="FineBI 6.0.5 (the source page)")
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
