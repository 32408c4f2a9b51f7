"""The whole server under every order of events: what must hold, holds whatever happens.

`Authority` drives the pure rules as the service does, with a dictionary of seats in place of the store. Beside the
server's clock it keeps one of its own, `lived`: how much time has passed as far as a clock can tell. Setting the clock
back never makes it less, so whatever is judged by it was not extended.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

pytest.importorskip("hypothesis")

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from fanlic.model import registration, server
from fanlic.model.activation import Challenge, CodeEntryState
from fanlic.model.outage import Standing
from fanlic.model.policy import FINEBI_6_0_5
from fanlic.model.refusals import CodeEntryLocked, CodeEntrySealed, ParameterWrong, Refusal
from fanlic.model.registration import Facts, License, Request, Seat

pytestmark = pytest.mark.slow

BEGIN = datetime(2028, 2, 28, 22, 0, tzinfo=UTC)
TERMS = License("L", "ACME", "Sales", "FineBI", "6.0.5", "6.0.99", BEGIN + timedelta(days=9), seats=2)
NOTHING = timedelta()
FORWARD = [
    *[timedelta(minutes=1), timedelta(hours=2), timedelta(hours=22)] * 2,
    timedelta(seconds=1),
    timedelta(seconds=299),
    timedelta(seconds=300),
    timedelta(seconds=899),
    timedelta(seconds=900),
    timedelta(seconds=86_399),
    timedelta(seconds=86_400),
    timedelta(hours=24, minutes=1),
    timedelta(days=10),
]
BACK = [timedelta(seconds=seconds) for seconds in (1, 1, 30, 60, 60, 61, 3_600, 86_400, 31_536_000)]

nodes = st.sampled_from("abc")
keys = st.sampled_from(["own", "own", "own", "other"])


class Authority(RuleBasedStateMachine):
    """The server, and what the test knows beside it."""

    @initialize()
    def first_start(self) -> None:
        self.clock = BEGIN
        self.server = server.first_start(BEGIN)
        self.seats: dict[str, Seat] = {}
        self.names: dict[str, str] = {}  # what each node remembers as its seat
        self.count = 0
        self.shown = self.lived = self.last_turn = self.running_since = NOTHING
        self.made: dict[str, timedelta] = {}
        self.heard: dict[str, timedelta] = {}
        self.locked_at: timedelta | None = None
        self.used: set[str] = set()
        self.activation_broken = False
        self.license_over = False

    # -- the service's part

    def facts(self) -> Facts:
        ends = [seat.ends_at for seat in self.seats.values() if seat.epoch == self.server.epoch]
        return Facts(len(ends), min(ends, default=None))

    def turn(self, begin: Callable[..., server.Settled] = server.settle) -> datetime:
        settled = begin(self.server, TERMS, self.facts(), self.clock, FINEBI_6_0_5)
        alarm = "clock set back" in [change.event for change in settled.changes]
        assert alarm or settled.server.alive_at >= self.server.alive_at
        self.server = settled.server
        if settled.end_silent:
            assert self.lived - self.running_since >= timedelta(hours=2)
            here = self.server.epoch
            self.seats = {n: s for n, s in self.seats.items() if not (s.epoch == here and s.ends_at <= settled.now)}
        self.activation_broken |= self.lived - self.last_turn >= timedelta(hours=24)
        self.last_turn = self.lived
        self.license_over |= settled.now >= TERMS.expires
        return settled.now

    def held(self, node: str) -> Seat | None:
        seat = self.seats.get(node)
        return seat if seat is not None and seat.epoch == self.server.epoch else None

    def request(self, node: str, key: str, seat: str = "") -> Request:
        return Request(node, f"{key} key of {node}", "FineBI", "6.0.5", "10.0.0.1", "", "", seat)

    def name(self) -> str:
        self.count += 1
        return f"{self.count:064x}"

    # -- what time does

    @rule(step=st.sampled_from(FORWARD))
    def time_passes(self, step: timedelta) -> None:
        self.clock += step
        self.shown += step
        self.lived = max(self.lived, self.shown)

    @rule(step=st.sampled_from(BACK))
    def clock_is_set_back(self, step: timedelta) -> None:
        self.turn()
        self.clock -= step
        self.shown -= step
        if self.server.alive_at - self.clock < timedelta(seconds=60):
            return
        self.shown = self.lived
        self.activation_broken |= self.server.authorization.standing is Standing.IN_FORCE
        before = self.server.epoch
        self.turn()
        assert before < self.server.epoch
        assert self.server.code_entry.state is not CodeEntryState.OPEN
        assert self.server.clock_alarm_at == self.clock
        if self.server.code_entry.state is CodeEntryState.LOCKED:
            self.locked_at = self.lived

    @rule(down=st.sampled_from([NOTHING, *FORWARD]))
    def server_is_stopped_and_started(self, down: timedelta) -> None:
        self.time_passes(down)
        self.turn(server.start)
        self.running_since = self.lived
        assert self.server.code_entry.state is not CodeEntryState.OPEN

    # -- the six digits

    def challenge(self, now: datetime) -> Challenge:
        challenge = Challenge(self.name(), now)
        self.made[challenge.nonce] = self.lived
        return challenge

    @rule()
    def page_is_opened(self) -> None:
        now = self.turn()
        self.server = server.show_qr(self.server, self.challenge(now), FINEBI_6_0_5)

    @rule()
    def qr_code_is_refreshed(self) -> None:
        now = self.turn()
        before = self.server
        self.server, refusal = server.refresh_qr(before, TERMS, self.challenge(now), FINEBI_6_0_5)
        if refusal is not None:
            assert before == self.server
        assert before.code_entry.wrong == self.server.code_entry.wrong

    def submit(self, typed: str) -> Refusal | None:
        now = self.turn()
        before = self.server
        challenge = before.code_entry.challenge
        expected = code(challenge) if challenge is not None else None
        older = tuple(map(code, before.code_entry.superseded))
        self.server, refusal = server.submit_code(before, TERMS, typed, expected, now, FINEBI_6_0_5, older)
        if before.code_entry.state in (CodeEntryState.LOCKED, CodeEntryState.SEALED):
            assert refusal is not None
            assert before == self.server
        if refusal is None:
            assert challenge is not None
            self.accepted(challenge)
        if isinstance(refusal, CodeEntryLocked) and before.code_entry.state is CodeEntryState.OPEN:
            self.locked_at = self.lived
        return refusal

    def accepted(self, challenge: Challenge) -> None:
        assert challenge.nonce not in self.used
        assert self.lived - self.made[challenge.nonce] < timedelta(minutes=5)
        assert self.locked_at is None or self.lived - self.locked_at >= timedelta(minutes=15)
        assert not self.license_over
        self.used.add(challenge.nonce)
        self.activation_broken = False

    @rule()
    def right_code_is_typed(self) -> None:
        challenge = self.server.code_entry.challenge
        self.submit(code(challenge) if challenge is not None else "000000")

    @rule()
    def somebody_activates(self) -> None:
        """The whole way: page, refresh where needed, right code."""
        self.page_is_opened()
        if self.server.code_entry.state is not CodeEntryState.OPEN:
            self.qr_code_is_refreshed()
        self.right_code_is_typed()

    @rule(times=st.sampled_from([1, 2, 5, 6, 7]))
    def wrong_codes_are_typed(self, times: int) -> None:
        for _ in range(times):
            challenge = self.server.code_entry.challenge
            refusal = self.submit("999999" if challenge is None or code(challenge) != "999999" else "999998")
            assert refusal is not None

    @rule(typed=st.sampled_from(["", "12345", "1234567", " 23456", "12345\n", "\u0661\u0662\u0663\u0664\u0665\u0666"]))
    def something_else_is_typed(self, typed: str) -> None:
        self.turn()
        before = self.server
        refusal = self.submit(typed)
        assert before == self.server
        if before.authorization.standing is not Standing.IN_FORCE and not before.license_over:
            assert isinstance(refusal, ParameterWrong)

    @precondition(lambda self: self.server.code_entry.state is CodeEntryState.SEALED)
    @rule()
    def console_unlocks(self) -> None:
        self.server = server.unlock(self.server)

    @rule()
    def many_codes_were_wrong(self) -> None:
        """Ninety-four wrong codes at once, which single steps would hardly reach."""
        entry = replace(self.server.code_entry, wrong_since_success=94)
        if entry.state is not CodeEntryState.SEALED:
            self.server = replace(self.server, code_entry=entry)

    # -- seats

    @rule(node=nodes, key=keys)
    def node_registers(self, node: str, key: str) -> None:
        now = self.turn()
        held, request = self.held(node), self.request(node, key)
        fresh = registration.new_seat(request, self.name(), self.server.epoch, now, FINEBI_6_0_5)
        seat, checks = registration.register(
            self.server.authorization, TERMS, held, self.facts(), request, fresh, self.server.latest
        )
        self.judged(node, held, seat, checks[-1].refusal, request)

    @rule(node=nodes, key=keys)
    def node_polls(self, node: str, key: str) -> None:
        now = self.turn()
        held, request = self.held(node), self.request(node, key, self.names.get(node, ""))
        fresh = registration.new_seat(request, "", self.server.epoch, now, FINEBI_6_0_5)
        seat, checks = registration.poll(self.server.authorization, TERMS, held, request, fresh, self.server.latest)
        self.judged(node, held, seat, checks[-1].refusal, request)
        if checks[-1].refusal is None:
            assert held is not None
            assert self.names[node] == held.seat

    def judged(
        self, node: str, held: Seat | None, seat: Seat | None, refusal: Refusal | None, request: Request
    ) -> None:
        if refusal is not None:
            assert held == seat
            return
        assert seat is not None
        assert not self.activation_broken
        assert not self.license_over
        if held is not None:
            assert (held.seat, held.key_hash) == (seat.seat, request.key_hash)
            in_time = self.lived - self.heard[node] < timedelta(hours=24, minutes=1)
            assert in_time or self.lived - self.running_since < timedelta(hours=2)
        self.seats[node], self.names[node], self.heard[node] = seat, seat.seat, self.lived

    @rule(node=nodes, key=keys)
    def node_is_unbound(self, node: str, key: str) -> None:
        self.turn()
        held, request = self.held(node), self.request(node, key, self.names.get(node, ""))
        refusal = registration.unbind(held, request)
        if refusal is None:
            assert held is not None
            assert (held.seat, held.key_hash) == (request.seat, request.key_hash)
            del self.seats[node]

    # -- what always holds

    @invariant()
    def seats_never_exceed_the_license(self) -> None:
        assert self.facts().seats_taken <= TERMS.seats

    @invariant()
    def settling_twice_at_one_instant_is_settling_once(self) -> None:
        now = self.turn()
        again = server.settle(self.server, TERMS, self.facts(), self.clock, FINEBI_6_0_5)
        assert (self.server, now, (), False) == (again.server, again.now, again.changes, again.end_silent)
        assert self.server.alive_at == now
        assert self.server.latest >= now

    @invariant()
    def before_the_next_deadline_time_changes_nothing(self) -> None:
        now = self.turn()
        deadline = server.next_deadline(self.server, TERMS, self.facts(), FINEBI_6_0_5)
        assert now < deadline <= now + timedelta(hours=12)
        just_before = deadline - timedelta(microseconds=1)
        settled = server.settle(self.server, TERMS, self.facts(), just_before, FINEBI_6_0_5)
        assert ((), False) == (settled.changes, settled.end_silent)
        assert replace(self.server, alive_at=just_before, latest=max(self.server.latest, just_before)) == settled.server

    @invariant()
    def what_is_over_stays_over(self) -> None:
        if self.license_over:
            assert self.server.license_over
        if self.activation_broken:
            assert self.server.authorization.standing is not Standing.IN_FORCE

    @invariant()
    def a_sealed_code_entry_says_so(self) -> None:
        if (
            self.server.code_entry.state is CodeEntryState.SEALED
            and self.server.authorization.standing is not Standing.IN_FORCE
        ):
            older = tuple(map(code, self.server.code_entry.superseded))
            _, refusal = server.submit_code(self.server, TERMS, "123456", "123456", self.clock, FINEBI_6_0_5, older)
            assert isinstance(refusal, CodeEntrySealed) or self.server.license_over


def code(challenge: Challenge) -> str:
    """Any six digits that follow from the challenge will do here."""
    return f"{int(challenge.nonce, 16) * 7_919 % 1_000_000:06d}"


Authority.TestCase.settings = settings(
    derandomize=True,
    deadline=None,
    max_examples=300,
    stateful_step_count=50,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
test_the_server_keeps_its_promises_whatever_happens = Authority.TestCase
