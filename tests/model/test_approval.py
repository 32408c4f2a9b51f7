"""Submitting and Authentication, the phone's side: what the desk checks, in which order."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from fanlic.model import approval
from fanlic.model.approval import Issued, Scan
from fanlic.model.policy import FINEBI_6_0_5
from fanlic.model.refusals import (
    ChallengeUsed,
    DestructionDenied,
    LicenseBoundElsewhere,
    LicenseDestroyed,
    LicenseExpired,
    NothingToUnbind,
    QrExpired,
    Refusal,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ISSUED = Issued("L-1", NOW + timedelta(days=300))
SCAN = Scan("L-1", "0123456789abcdef0123", "https://172.16.63.131:49155", NOW)
OTHER = "fedcba9876543210fedc"


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


# Each mistake as a change to (issued, scan, used), in the order in which it is found.
MISTAKES: dict[type[Refusal], Callable[[Issued, Scan, bool], tuple[Issued, Scan, bool]]] = {
    LicenseDestroyed: lambda issued, scan, used: (replace(issued, destroyed_at=NOW - seconds(1)), scan, used),
    LicenseExpired: lambda issued, scan, used: (replace(issued, expires=NOW), scan, used),
    QrExpired: lambda issued, scan, used: (issued, replace(scan, made_at=NOW - seconds(300)), used),
    LicenseBoundElsewhere: lambda issued, scan, used: (replace(issued, bound_to=OTHER), scan, used),
    ChallengeUsed: lambda issued, scan, used: (issued, scan, True),
}


def test_a_fresh_challenge_of_a_new_license_may_be_approved() -> None:
    assert approval.may_approve(ISSUED, SCAN, False, NOW, FINEBI_6_0_5) is None


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_has_its_reason(mistake: type[Refusal]) -> None:
    issued, scan, used = MISTAKES[mistake](ISSUED, SCAN, False)
    assert mistake is type(approval.may_approve(issued, scan, used, NOW, FINEBI_6_0_5))


@pytest.mark.parametrize(("first", "second"), list(combinations(MISTAKES, 2)))
def test_of_two_mistakes_the_earlier_in_the_order_is_told(first: type[Refusal], second: type[Refusal]) -> None:
    issued, scan, used = MISTAKES[first](*MISTAKES[second](ISSUED, SCAN, False))
    assert first is type(approval.may_approve(issued, scan, used, NOW, FINEBI_6_0_5))


@pytest.mark.clause("qr-five-minutes")
@pytest.mark.parametrize(
    ("age", "valid"), [(299, True), (300, False), (301, False), (0, True), (-59, True), (-60, False), (-61, False)]
)
def test_a_challenge_is_approved_for_five_minutes_and_not_from_the_future(age: int, valid: bool) -> None:
    scan = replace(SCAN, made_at=NOW - seconds(age))
    expected = None if valid else QrExpired()
    assert expected == approval.may_approve(ISSUED, scan, False, NOW, FINEBI_6_0_5)


@pytest.mark.parametrize(("left", "valid"), [(1, True), (0, False), (-1, False)])
def test_an_expired_license_is_not_approved(left: int, valid: bool) -> None:
    issued = replace(ISSUED, expires=NOW + seconds(left))
    expected = None if valid else LicenseExpired(issued.expires)
    assert expected == approval.may_approve(issued, SCAN, False, NOW, FINEBI_6_0_5)


@pytest.mark.clause("map-config")
def test_the_first_approval_binds_the_license_and_another_server_is_refused() -> None:
    bound = approval.approve(ISSUED, SCAN)
    assert replace(ISSUED, bound_to=SCAN.identity, address="https://172.16.63.131:49155") == bound
    assert approval.may_approve(bound, SCAN, False, NOW, FINEBI_6_0_5) is None
    recreated = replace(SCAN, identity=OTHER)
    expected = LicenseBoundElsewhere("L-1", "0123 4567 89ab cdef", "fedc ba98 7654 3210")
    assert expected == approval.may_approve(bound, recreated, False, NOW, FINEBI_6_0_5)


@pytest.mark.clause("destroy")
@pytest.mark.clause("code-20000")
def test_destroying_is_done_once_and_only_where_a_server_holds_the_license() -> None:
    assert (ISSUED, NothingToUnbind("L-1")) == approval.destroy(ISSUED, NOW)
    held = replace(ISSUED, bound_to=OTHER)
    assert (held, NothingToUnbind("L-1")) == approval.destroy(held, NOW)  # no mail has asked for it
    bound, refusal = approval.ask_destruction(held, NOW)
    assert (replace(held, asked_at=NOW), None) == (bound, refusal)
    assert (ISSUED, NothingToUnbind("L-1")) == approval.ask_destruction(ISSUED, NOW)
    assert (held, DestructionDenied("L-1")) == approval.keep(bound)
    destroyed = replace(bound, destroyed_at=NOW)
    assert (destroyed, NothingToUnbind("L-1")) == approval.ask_destruction(destroyed, NOW)
    assert (destroyed, None) == approval.destroy(bound, NOW)
    assert (destroyed, NothingToUnbind("L-1")) == approval.destroy(destroyed, NOW + seconds(1))


@pytest.mark.clause("destroy")
def test_a_destroyed_license_is_not_approved_even_for_its_own_server() -> None:
    destroyed = replace(ISSUED, bound_to=SCAN.identity, destroyed_at=NOW)
    assert LicenseDestroyed("L-1", NOW) == approval.may_approve(destroyed, SCAN, False, NOW, FINEBI_6_0_5)


def test_a_fingerprint_is_sixteen_characters_in_fours() -> None:
    assert "0123 4567 89ab cdef" == approval.fingerprint("0123456789abcdef0123456789abcdef")
