"""FineBI Server Verification Authorization, and Failed Registration: each check, their order, seats."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import NamedTuple

import pytest

from fanlic.model import registration
from fanlic.model.outage import Authorization, LapseCause, Standing
from fanlic.model.policy import FINEBI_6_0_5
from fanlic.model.refusals import (
    AddressOutside,
    AppNameOutside,
    AuthorizationLapsed,
    DomainOutside,
    LicenseExpired,
    NeverActivated,
    NodeKeyWrong,
    NothingToUnbind,
    Refusal,
    SeatEnded,
    SeatsTaken,
    VersionMismatch,
)
from fanlic.model.registration import Check, Facts, License, Request, Seat

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BEFORE = NOW - timedelta(hours=2)
TERMS = License(
    "L-1",
    "ACME Ltd.",
    "Sales",
    "FineBI",
    "6.0.5",
    "6.0.99",
    NOW + timedelta(days=300),
    seats=2,
    networks=("10.1.0.0/16", "2001:db8::/32"),
    domains=("bi.acme.example",),
    app_names=("webroot",),
)
REQUEST = Request("a", "key-a", "FineBI", "6.0.5", "10.1.2.3", "bi.acme.example", "webroot")
FRESH = Seat("a", "seat-2", "key-a", 1, NOW, NOW, NOW + timedelta(hours=24, minutes=1))
HELD = Seat("a", "seat-1", "key-a", 1, BEFORE, BEFORE, BEFORE + timedelta(hours=24, minutes=1))
HEARD = replace(HELD, heard_at=FRESH.heard_at, ends_at=FRESH.ends_at)
IN_FORCE = Authorization(Standing.IN_FORCE, NOW - timedelta(days=30))
LAPSED = Authorization(Standing.LAPSED, NOW - timedelta(days=3), LapseCause.DOWN_TIME)


class Case(NamedTuple):
    """Everything a registration or a poll is judged by."""

    authorization: Authorization = IN_FORCE
    terms: License = TERMS
    held: Seat | None = None
    taken: int = 0
    request: Request = REQUEST
    latest: datetime = NOW

    def register(self) -> tuple[Seat | None, tuple[Check, ...]]:
        facts = Facts(self.taken, None)
        return registration.register(self.authorization, self.terms, self.held, facts, self.request, FRESH, self.latest)

    def poll(self) -> tuple[Seat | None, tuple[Check, ...]]:
        return registration.poll(self.authorization, self.terms, self.held, self.request, FRESH, self.latest)

    def asks(self, **changed: str) -> "Case":
        return self._replace(request=replace(self.request, **changed))


def refusal(outcome: tuple[Seat | None, tuple[Check, ...]]) -> Refusal | None:
    return outcome[1][-1].refusal


# In the order in which they are found; the first two exclude each other.
CAUSES: dict[str, tuple[Callable[[Case], Case], Refusal, int | None]] = {
    "never": (lambda case: case._replace(authorization=Authorization()), NeverActivated(), None),
    "lapsed": (
        lambda case: case._replace(authorization=LAPSED),
        AuthorizationLapsed(NOW - timedelta(days=3), "the server was down for too long"),
        30002,
    ),
    "expired": (lambda case: case._replace(latest=TERMS.expires), LicenseExpired(TERMS.expires), 30000),
    "version": (
        lambda case: case.asks(version="6.1"),
        VersionMismatch("FineBI 6.1", "FineBI 6.0.5 to 6.0.99"),
        30001,
    ),
    "ip": (
        lambda case: case.asks(address="10.2.0.1"),
        AddressOutside("10.2.0.1", ("10.1.0.0/16", "2001:db8::/32")),
        30003,
    ),
    "domain": (
        lambda case: case.asks(domain="acme.example"),
        DomainOutside("acme.example", ("bi.acme.example",)),
        30004,
    ),
    "app name": (lambda case: case.asks(app_name="demo"), AppNameOutside("demo", ("webroot",)), 30005),
}
FULL = {"seats": (lambda case: case._replace(taken=2), SeatsTaken(2), 30007)}
FOREIGN = {
    "seat": (lambda case: case.asks(seat="seat-0"), SeatEnded("a"), None),
    "node key": (lambda case: case.asks(key_hash="key-b"), NodeKeyWrong("a"), None),
}
PAIRS = [pair for pair in combinations(CAUSES | FULL, 2) if pair != ("never", "lapsed")]
POLL_PAIRS = [pair for pair in combinations(CAUSES | FOREIGN, 2) if pair != ("never", "lapsed")]


# -- one cause, one code


@pytest.mark.parametrize(
    "cause",
    [
        "never",
        pytest.param("lapsed", marks=pytest.mark.clause("code-30002")),
        pytest.param("expired", marks=pytest.mark.clause("code-30000")),
        pytest.param("version", marks=pytest.mark.clause("code-30001")),
        pytest.param("ip", marks=pytest.mark.clause("code-30003")),
        pytest.param("domain", marks=pytest.mark.clause("code-30004")),
        pytest.param("app name", marks=pytest.mark.clause("code-30005")),
        pytest.param("seats", marks=[pytest.mark.clause("code-30007"), pytest.mark.clause("maximum-connections")]),
    ],
)
def test_each_cause_has_its_code_and_gives_no_seat(cause: str) -> None:
    spoil, expected, code = (CAUSES | FULL)[cause]
    seat, checks = spoil(Case()).register()
    assert (None, expected, code) == (seat, checks[-1].refusal, checks[-1].refusal and checks[-1].refusal.code)


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_of_two_causes_the_earlier_in_the_order_is_told(first: str, second: str) -> None:
    causes = CAUSES | FULL
    case = causes[first][0](causes[second][0](Case()))
    assert causes[first][1] == refusal(case.register())


@pytest.mark.parametrize(("first", "second"), POLL_PAIRS)
def test_a_poll_is_judged_in_the_same_order(first: str, second: str) -> None:
    causes = CAUSES | FOREIGN
    case = causes[first][0](causes[second][0](Case(held=HELD)))
    assert (HELD, causes[first][1]) == (case.poll()[0], refusal(case.poll()))


@pytest.mark.parametrize("count", range(7))
def test_the_checks_made_are_told_up_to_the_one_that_refused(count: int) -> None:
    spoil, expected, _ = list((CAUSES | FULL).values())[count]
    _, checks = spoil(Case()).register()
    assert [*[None] * count, expected] == [check.refusal for check in checks]


def test_a_check_tells_what_was_compared() -> None:
    _, checks = Case(taken=1).register()
    assert (
        Check("activation", "made once", "activated", None),
        Check("activation", "in force", "activated", None),
        Check("license", "before 2026-12-27 09:00", "2026-03-02 09:00", None),
        Check("version", "FineBI 6.0.5 to 6.0.99", "FineBI 6.0.5", None),
        Check("ip", "10.1.0.0/16, 2001:db8::/32", "10.1.2.3", None),
        Check("domain", "bi.acme.example", "bi.acme.example", None),
        Check("app name", "webroot", "webroot", None),
        Check("seats", "fewer than 2", "1", None),
    ) == checks


# -- the terms


@pytest.mark.clause("code-30000")
@pytest.mark.parametrize(("left", "valid"), [(1, True), (0, False), (-1, False)])
def test_a_license_is_valid_until_the_instant_of_its_expiry(left: int, valid: bool) -> None:
    latest = TERMS.expires - timedelta(seconds=left)
    assert (None if valid else LicenseExpired(TERMS.expires)) == refusal(Case(latest=latest).register())
    assert (not valid) == registration.expired(TERMS, latest)


@pytest.mark.clause("code-30001")
@pytest.mark.parametrize(
    ("product", "version", "fits"),
    [
        ("FineBI", "6.0.4", False),
        ("FineBI", "6.0.5", True),
        ("FineBI", "6.0.5.0", True),
        ("FineBI", "6.0.5.1", True),
        ("FineBI", "6.0.10", True),
        ("FineBI", "6.0.99", True),
        ("FineBI", "6.0.99.0", True),
        ("FineBI", "6.0.99.1", False),
        ("FineBI", "6.0.100", False),
        ("FineBI", "6.0", False),
        ("FineBI", "6.1", False),
        ("FineBI", "10.0.5", False),
        ("FineReport", "6.0.5", False),
        ("finebi", "6.0.5", False),
    ],
)
def test_product_and_version_must_be_licensed(product: str, version: str, fits: bool) -> None:
    expected = None if fits else VersionMismatch(f"{product} {version}", "FineBI 6.0.5 to 6.0.99")
    assert expected == refusal(Case().asks(product=product, version=version).register())


@pytest.mark.clause("code-30003")
@pytest.mark.parametrize(
    ("networks", "address", "inside"),
    [
        ((), "203.0.113.9", True),
        (("10.1.0.0/16",), "10.0.255.255", False),
        (("10.1.0.0/16",), "10.1.0.0", True),
        (("10.1.0.0/16",), "10.1.255.255", True),
        (("10.1.0.0/16",), "10.2.0.0", False),
        (("10.1.2.3",), "10.1.2.3", True),
        (("10.1.2.3/32",), "10.1.2.4", False),
        (("0.0.0.0/0",), "203.0.113.9", True),
        (("0.0.0.0/0",), "2001:db8::1", False),
        (("10.1.0.0/16",), "::ffff:10.1.2.3", True),
        (("10.1.0.0/16",), "::ffff:10.2.0.0", False),
        (("::/0",), "::ffff:10.1.2.3", False),
        (("2001:db8::/32",), "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", True),
        (("2001:db8::/32",), "2001:db9::", False),
        (("192.0.2.0/24", "10.1.0.0/16"), "10.1.0.1", True),
    ],
)
def test_the_caller_s_address_must_be_in_a_licensed_network(
    networks: tuple[str, ...], address: str, inside: bool
) -> None:
    case = Case(terms=replace(TERMS, networks=networks)).asks(address=address)
    assert (None if inside else AddressOutside(address, networks)) == refusal(case.register())


@pytest.mark.clause("code-30004")
@pytest.mark.parametrize(
    ("domains", "domain", "known"),
    [
        ((), "anything.example", True),
        ((), "", True),
        (("bi.acme.example",), "", False),
        (("bi.acme.example",), "BI.Acme.EXAMPLE", True),
        (("bi.acme.example",), "bi.acme.example.", True),
        (("BI.acme.example.",), "bi.acme.example", True),
        (("bi.acme.example",), "acme.example", False),
        (("bi.acme.example",), "x.bi.acme.example", False),
        (("bi.acme.example",), "bi.acme.example.evil.example", False),
        (("b\u00fccher.example",), "xn--bcher-kva.example", True),
        (("xn--bcher-kva.example",), "B\u00dcCHER.example", True),
        (("b\u00fccher.example",), "bucher.example", False),
        (("a.example", "b.example"), "b.example", True),
    ],
)
def test_the_project_s_domain_must_be_licensed(domains: tuple[str, ...], domain: str, known: bool) -> None:
    case = Case(terms=replace(TERMS, domains=domains)).asks(domain=domain)
    assert (None if known else DomainOutside(domain, domains)) == refusal(case.register())


@pytest.mark.clause("code-30005")
@pytest.mark.parametrize(
    ("app_names", "app_name", "named"),
    [
        ((), "", True),
        (("webroot",), "webroot", True),
        (("webroot",), "Webroot", False),
        (("webroot",), "", False),
        (("webroot", "demo"), "demo", True),
    ],
)
def test_the_app_name_must_be_licensed(app_names: tuple[str, ...], app_name: str, named: bool) -> None:
    case = Case(terms=replace(TERMS, app_names=app_names)).asks(app_name=app_name)
    assert (None if named else AppNameOutside(app_name, app_names)) == refusal(case.register())


# -- seats


@pytest.mark.clause("maximum-connections")
@pytest.mark.clause("code-30007")
@pytest.mark.parametrize(("taken", "free"), [(0, True), (1, True), (2, False), (3, False)])
def test_a_seat_is_given_while_fewer_are_taken_than_licensed(taken: int, free: bool) -> None:
    seat, checks = Case(taken=taken).register()
    assert (FRESH if free else None, None if free else SeatsTaken(2)) == (seat, checks[-1].refusal)


def test_registering_again_with_the_same_key_is_a_retry_even_when_all_seats_are_taken() -> None:
    seat, checks = Case(held=HELD, taken=2).register()
    assert (HEARD, None) == (seat, checks[-1].refusal)
    again, _ = Case(held=HEARD, taken=2).register()
    assert HEARD == again


def test_another_key_does_not_get_the_seat_of_a_node() -> None:
    case = Case(held=HELD, taken=1).asks(key_hash="key-b")
    assert (HELD, NodeKeyWrong("a")) == (case.register()[0], refusal(case.register()))


def test_a_seat_that_the_service_no_longer_counts_is_given_anew() -> None:
    """After a new activation the service finds no seat under the new epoch, and passes none."""
    assert FRESH == Case(held=None, taken=0).register()[0]


@pytest.mark.clause("silence-24-hours")
@pytest.mark.parametrize("seat", ["", "seat-1"])
def test_a_poll_never_revives_a_seat(seat: str) -> None:
    case = Case(held=None).asks(seat=seat)
    assert (None, SeatEnded("a")) == (case.poll()[0], refusal(case.poll()))


def test_a_poll_is_heard_and_keeps_the_seat() -> None:
    assert HEARD == Case(held=HELD).asks(seat="seat-1").poll()[0]


def test_a_poll_that_names_no_seat_or_another_one_is_for_a_seat_that_has_ended() -> None:
    for seat in ("", "seat-2"):
        case = Case(held=HELD).asks(seat=seat)
        assert (HELD, SeatEnded("a")) == (case.poll()[0], refusal(case.poll()))


def test_a_late_poll_for_an_earlier_seat_of_the_same_node_changes_nothing() -> None:
    case = Case(held=HELD).asks(seat="seat-0")
    assert (HELD, SeatEnded("a")) == (case.poll()[0], refusal(case.poll()))


@pytest.mark.clause("code-20000")
@pytest.mark.parametrize(
    ("held", "asked", "expected"),
    [
        (HELD, replace(REQUEST, seat="seat-1"), None),
        (HELD, replace(REQUEST, seat="seat-1", key_hash="key-b"), NodeKeyWrong("a")),
        (HELD, replace(REQUEST, seat="seat-0"), NothingToUnbind("a")),
        (HELD, replace(REQUEST, seat="seat-0", key_hash="key-b"), NothingToUnbind("a")),
        (HELD, REQUEST, NothingToUnbind("a")),
        (None, replace(REQUEST, seat="seat-1"), NothingToUnbind("a")),
    ],
)
def test_only_the_holder_of_a_seat_gives_it_back(held: Seat | None, asked: Request, expected: Refusal | None) -> None:
    assert expected == registration.unbind(held, asked)


@pytest.mark.clause("silence-24-hours")
def test_a_new_seat_is_heard_now_and_ends_after_24_hours_and_a_minute_of_silence() -> None:
    ends_at = datetime(2026, 3, 3, 9, 1, tzinfo=UTC)
    expected = Seat("a", "seat-9", "key-a", 7, NOW, NOW, ends_at)
    assert expected == registration.new_seat(REQUEST, "seat-9", 7, NOW, FINEBI_6_0_5)


def test_of_a_node_key_its_sha_256_is_kept() -> None:
    assert "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" == registration.hash_key("abc")
