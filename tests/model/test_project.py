"""The project's side: what each answer, or its absence, makes of a node's registration."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from fanlic.model import project
from fanlic.model.policy import FINEBI_6_0_5
from fanlic.model.project import Memory, Node, Registration, RegistrationEvent
from fanlic.model.refusals import (
    AddressOutside,
    AuthorizationLapsed,
    CannotConnect,
    DataUnreadable,
    IdentityChanged,
    LicenseExpired,
    NeverActivated,
    NodeKeyWrong,
    Refusal,
    SeatEnded,
    VersionMismatch,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SILENT = CannotConnect("https://172.16.63.131:49155", "no answer")
MOVES = {
    (Registration.NONE, RegistrationEvent.GRANTED): Registration.REGISTERED,
    (Registration.REGISTERED, RegistrationEvent.GRANTED): Registration.REGISTERED,
    (Registration.FAILING, RegistrationEvent.GRANTED): Registration.REGISTERED,
    (Registration.LAPSED, RegistrationEvent.GRANTED): Registration.REGISTERED,
    (Registration.REGISTERED, RegistrationEvent.HEARD): Registration.REGISTERED,
    (Registration.FAILING, RegistrationEvent.HEARD): Registration.REGISTERED,
    (Registration.REGISTERED, RegistrationEvent.MISSED): Registration.FAILING,
    (Registration.FAILING, RegistrationEvent.MISSED): Registration.FAILING,
    (Registration.REGISTERED, RegistrationEvent.ENDED): Registration.LAPSED,
    (Registration.FAILING, RegistrationEvent.ENDED): Registration.LAPSED,
    (Registration.REGISTERED, RegistrationEvent.UNBOUND): Registration.NONE,
    (Registration.FAILING, RegistrationEvent.UNBOUND): Registration.NONE,
    (Registration.LAPSED, RegistrationEvent.UNBOUND): Registration.NONE,
}
ANSWERS: dict[RegistrationEvent, Callable[[Node], Node]] = {
    RegistrationEvent.GRANTED: lambda node: project.granted(node, "s", "id", NOW, FINEBI_6_0_5),
    RegistrationEvent.HEARD: lambda node: project.heard(node, NOW, FINEBI_6_0_5),
    RegistrationEvent.MISSED: lambda node: project.missed(node, SILENT, NOW, FINEBI_6_0_5),
    RegistrationEvent.ENDED: lambda node: project.missed(node, SeatEnded(node.node), NOW, FINEBI_6_0_5),
    RegistrationEvent.UNBOUND: project.unbound,
}
REGISTERED = Node("a", Registration.REGISTERED, "s", "id", 0, NOW)


@pytest.mark.parametrize(("state", "answer"), MOVES)
def test_each_answer_moves_the_registration_as_the_table_says(state: Registration, answer: RegistrationEvent) -> None:
    assert MOVES[state, answer] is ANSWERS[answer](replace(REGISTERED, registration=state)).registration


@pytest.mark.parametrize(
    ("state", "answer"), [pair for pair in product(Registration, RegistrationEvent) if pair not in MOVES]
)
def test_an_answer_that_nobody_asked_for_is_a_mistake_in_the_program(
    state: Registration, answer: RegistrationEvent
) -> None:
    with pytest.raises(KeyError):
        ANSWERS[answer](replace(REGISTERED, registration=state))


@pytest.mark.clause("heals-within-two-hours")
def test_a_registered_node_polls_again_two_hours_later() -> None:
    node = project.granted(Node("a"), "s", "id", NOW, FINEBI_6_0_5)
    assert Node("a", Registration.REGISTERED, "s", "id", 0, datetime(2026, 3, 2, 11, 0, tzinfo=UTC)) == node


@pytest.mark.clause("heals-within-two-hours")
def test_a_missed_poll_shows_as_failed_and_the_next_answer_heals_it() -> None:
    failing = project.missed(REGISTERED, SILENT, NOW, FINEBI_6_0_5)
    two_hours_later = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
    assert replace(REGISTERED, registration=Registration.FAILING, misses=1, next_poll_at=two_hours_later) == failing
    healed = project.heard(failing, two_hours_later, FINEBI_6_0_5)
    assert replace(REGISTERED, next_poll_at=datetime(2026, 3, 2, 13, 0, tzinfo=UTC)) == healed


@pytest.mark.clause("twelve-misses")
@pytest.mark.parametrize(
    ("misses", "expected"),
    [(10, Registration.FAILING), (11, Registration.FAILING), (12, Registration.LAPSED), (13, Registration.LAPSED)],
)
def test_the_twelfth_miss_in_a_row_ends_the_registration(misses: int, expected: Registration) -> None:
    before = replace(REGISTERED, registration=Registration.FAILING, misses=misses - 1)
    after = project.missed(before, SILENT, NOW, FINEBI_6_0_5)
    assert (misses, expected) == (after.misses, after.registration)
    assert (expected is Registration.LAPSED) == (after.next_poll_at is None)


@pytest.mark.clause("twelve-misses")
def test_only_misses_in_a_row_count() -> None:
    node = REGISTERED
    for _ in range(11):
        node = project.missed(node, SILENT, NOW, FINEBI_6_0_5)
    node = project.heard(node, NOW, FINEBI_6_0_5)
    for _ in range(11):
        node = project.missed(node, SILENT, NOW, FINEBI_6_0_5)
    assert Registration.FAILING is node.registration


@pytest.mark.clause("twelve-misses")
@pytest.mark.parametrize(("since_last_answer", "outage_hours"), [(timedelta(seconds=1), 24), (timedelta(hours=2), 22)])
def test_the_registration_ends_22_to_24_hours_into_an_outage(since_last_answer: timedelta, outage_hours: int) -> None:
    node = project.heard(REGISTERED, NOW, FINEBI_6_0_5)
    outage_began = NOW + since_last_answer
    at = NOW
    while node.next_poll_at is not None:
        at = node.next_poll_at
        node = project.missed(node, SILENT, at, FINEBI_6_0_5)
    assert outage_hours == round((at - outage_began) / timedelta(hours=1), 2)


@pytest.mark.parametrize(
    "reason",
    [SeatEnded("a"), LicenseExpired(NOW), AuthorizationLapsed(NOW, "x")],
    ids=lambda reason: reason.reason,
)
def test_a_server_that_says_it_is_over_ends_the_registration_at_once(reason: Refusal) -> None:
    after = project.missed(REGISTERED, reason, NOW, FINEBI_6_0_5)
    assert replace(REGISTERED, registration=Registration.LAPSED, misses=1, next_poll_at=None) == after


@pytest.mark.parametrize(
    "reason",
    [
        SILENT,
        NeverActivated(),
        DataUnreadable("x"),
        VersionMismatch("x", "y"),
        AddressOutside("x", ()),
        NodeKeyWrong("a"),
        IdentityChanged("x", "y", "z"),
    ],
    ids=lambda reason: reason.reason,
)
def test_any_other_refusal_is_a_miss_that_can_heal(reason: Refusal) -> None:
    assert Registration.FAILING is project.missed(REGISTERED, reason, NOW, FINEBI_6_0_5).registration


def test_an_unbound_node_keeps_its_name_only() -> None:
    assert Node("a") == project.unbound(replace(REGISTERED, misses=3, registration=Registration.FAILING))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (Registration.NONE, False),
        (Registration.REGISTERED, True),
        (Registration.FAILING, True),
        (Registration.LAPSED, False),
    ],
)
def test_only_a_registration_that_has_not_ended_polls(state: Registration, expected: bool) -> None:
    assert expected == project.polls(Node("a", state))


# -- what a lease tells of the server's past


BEFORE = Memory(starts=3, at=NOW, heard=NOW - timedelta(hours=2))


@pytest.mark.parametrize(
    ("memory", "expected"),
    [
        (Memory(3, NOW + timedelta(hours=2), NOW), False),
        (Memory(3, NOW + timedelta(hours=2), NOW - timedelta(seconds=1)), True),
        (Memory(3, NOW + timedelta(hours=2), NOW + timedelta(seconds=1)), False),  # an answer was lost on the way
        (Memory(2, NOW + timedelta(hours=2), NOW), True),
        (Memory(4, NOW + timedelta(hours=2), NOW), False),
        (Memory(3, NOW + timedelta(hours=2), None), False),  # a new seat
        (Memory(2, NOW + timedelta(hours=2), None), True),
    ],
)
def test_a_server_went_back_if_it_counts_fewer_starts_or_knows_an_older_answer(memory: Memory, expected: bool) -> None:
    node = project.remembers(project.granted(Node("a"), "s", "id", NOW, FINEBI_6_0_5), BEFORE)
    assert expected == project.went_back(node, "id", memory)
    assert not project.went_back(node, "another server", memory)
    assert not project.went_back(Node("a"), "id", memory)
