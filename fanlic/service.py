"""The authorization server's only way in: now, load, settle, rule, save with the journal, then return or raise.

The order matters: the service saves what a request has changed, and only then raises the refusal. So a wrong code is
refused *and* counted, even if the power fails before the answer goes out. Every method is one turn under one lock.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime

from fanlic.model import activation, registration, server
from fanlic.model.activation import Challenge, CodeEntryState
from fanlic.model.outage import Standing
from fanlic.model.policy import Policy
from fanlic.model.refusals import N_, NothingToUnbind, Refusal
from fanlic.model.registration import Check, Facts, License, Request, Seat
from fanlic.model.server import Change, Server, Settled
from fanlic.ports import LEASE, RELEASE, Clock, Commit, Entropy, Handshake, JournalLine, Purpose, Signer, Store
from fanlic.tally import Tally


@dataclass(frozen=True)
class Status:
    """What the page and the status call show; instants are UTC."""

    now: datetime
    edition: str
    identity: str
    license: str
    company: str
    project: str
    vendor: str  # the public key that the license was verified with
    activation: Standing
    since: datetime | None
    cause: str
    code_entry: CodeEntryState
    tries_left: int
    qr_until: datetime | None
    locked_until: datetime | None
    seats: int
    seats_taken: int
    license_expires: datetime
    license_over: bool
    next_deadline: datetime
    clock_alarm_at: datetime | None


@dataclass(frozen=True)
class Grant:
    """The answer to a registration or a poll: a signed lease, the signed license, and when to poll next."""

    lease: str
    license: str
    server: str
    seat: str
    seats: int
    next_poll_at: datetime


@dataclass(frozen=True)
class _Turn:
    """The settled state that a request starts from, and the journal's lines of the settling."""

    server: Server
    now: datetime
    lines: tuple[JournalLine, ...]
    silent: tuple[str, ...]
    seats_taken: int  # without the silent ones


class AuthorizationService:
    """One authorization server over its ports."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        entropy: Entropy,
        signer: Signer,
        handshake: Handshake,
        terms: License,
        license_document: str,
        vendor: str,
        policy: Policy,
    ) -> None:
        self.policy = policy
        self.terms = terms
        self.identity = signer.identity
        self._store = store
        self._clock = clock
        self._entropy = entropy
        self._signer = signer
        self._handshake = handshake
        self._license_document = license_document
        self._vendor = vendor
        self._lock = threading.RLock()
        self._server: Server | None = None
        self._saved_alive: datetime | None = None
        self._unsaved = False  # the last write failed
        self._refused = Tally()

    # -- life

    def start(self) -> None:
        """Load the folder's state: the gap since the last life mark is judged, and an open QR code is void."""
        with self._lock:
            now, kept = self._clock.now(), self._store.load()
            if kept is None:
                fresh = server.first_start(now)
                self._save(Commit(fresh, (JournalLine(now, N_("first start"), self.terms.license),)))
                return
            settled = server.start(kept, self.terms, self._store.facts(kept.epoch), now, self.policy)
            lines = (JournalLine(settled.now, N_("start"), self.terms.license), *_lines(settled))
            self._save(Commit(settled.server, lines))

    def settle(self) -> datetime:
        """Apply what time alone has changed; the instant to look again."""
        with self._lock:
            turn = self._turn()
            self._keep(turn)
            return self._next_deadline(turn.server)

    def ran(self) -> datetime | None:
        """Settle as a server that ran without a gap since its last life mark; when time changes something next.

        Only a lab can know this: it moves the clock of a running server to the next change at once.
        """
        with self._lock:
            if self._server is not None:
                self._server = server.ran(self._server, self._clock.now())
            turn = self._turn()
            self._keep(turn)
            facts = self._store.facts(turn.server.epoch)
            return server.next_change(turn.server, self.terms, facts, self.policy)

    def stop(self) -> None:
        """Write a last life mark."""
        with self._lock:
            turn = self._turn()
            stopped = JournalLine(turn.now, N_("stop"), self.terms.license)
            lines = (*turn.lines, *self._refused.rest(turn.now), stopped)
            self._save(Commit(turn.server, lines, drop=turn.silent))

    # -- Submitting and Authentication

    def qr(self, address: str) -> str | None:
        """The text of the present QR code, or None if none is open. The first call of all makes one."""
        with self._lock:
            turn = self._turn()
            shown = turn.server
            if shown.code_entry.state is CodeEntryState.EMPTY and shown.authorization.standing is not Standing.IN_FORCE:
                shown = server.show_qr(shown, self._challenge(turn.now), self.policy)
            self._keep(turn, shown, self._code_entry_line(turn, shown, "QR code made"))
            entry = shown.code_entry
            if entry.state is not CodeEntryState.OPEN or entry.challenge is None:
                return None
            return self._handshake.text(entry.challenge, address)

    def refresh(self) -> None:
        """Make a new QR code by hand."""
        with self._lock:
            turn = self._turn()
            after, refusal = server.refresh_qr(turn.server, self.terms, self._challenge(turn.now), self.policy)
            event = N_("QR code refused") if refusal else "QR code made"
            states = turn.server.code_entry.state, after.code_entry.state
            # Anybody can press it, so its lines are bounded, whatever comes of it.
            turn = self._counted(turn, JournalLine(turn.now, event, "", _reason(refusal), *states))
            self._keep(turn, after)
            _raise(refusal)

    def submit(self, code: str) -> None:
        """Judge six digits: the server is activated, or the refusal is saved and then raised."""
        with self._lock:
            turn = self._turn()
            entry = turn.server.code_entry
            expected: str | None = None
            if entry.state is CodeEntryState.OPEN and entry.challenge is not None:
                expected = self._handshake.code(entry.challenge)
            superseded = tuple(map(self._handshake.code, entry.superseded))
            after, refusal = server.submit_code(
                turn.server, self.terms, code, expected, turn.now, self.policy, superseded
            )
            event = "code refused" if refusal else "activated"
            was, state = turn.server.code_entry.state, after.code_entry.state
            line = JournalLine(turn.now, event, "", _reason(refusal), was, state)
            if after == turn.server:
                self._keep(self._counted(turn, line))
            else:
                self._keep(turn, after, line)
            _raise(refusal)

    # -- FineBI Server Verification Authorization

    def register(self, request: Request, nonce: str) -> Grant:
        """Give the node a seat, or raise why not."""
        return self._seat_turn(request, nonce, Purpose.REGISTER)

    def poll(self, request: Request, nonce: str) -> Grant:
        """Note that the node was heard, or raise why its seat does not count any more."""
        return self._seat_turn(request, nonce, Purpose.POLL)

    def unbind(self, request: Request, nonce: str) -> str:
        """Give the node's seat back; the signed release."""
        with self._lock:
            turn = self._turn(of_seat=True)
            in_force = turn.server.authorization.standing is Standing.IN_FORCE
            held = self._held(turn, request.node)
            refusal = registration.unbind(held, request) if in_force else NothingToUnbind(request.node)
            event = N_("unbinding refused") if refusal else "unbound"
            line = JournalLine(turn.now, event, request.node, _reason(refusal))
            if refusal is not None:
                self._keep(self._counted(turn, line))
                raise refusal
            self._keep(turn, line=line, drop=(request.node,))
        return self._signed(RELEASE, turn, request.node, request.seat, nonce, Purpose.UNBIND, {})

    # -- what is seen

    def now(self) -> datetime:
        """The instant that the server goes by. Asking for it changes nothing."""
        with self._lock:
            reached = None if self._server is None else self._server.alive_at
            return max(filter(None, (self._clock.now(), reached)))

    def ready(self) -> Status:
        """The status; after a write that failed it writes first, and raises StoreUnavailable as long as that fails."""
        with self._lock:
            if self._unsaved:
                turn = self._turn()
                again = JournalLine(turn.now, "state written again", self.terms.license)
                self._save(Commit(turn.server, (*turn.lines, again), drop=turn.silent))
            return self.status()

    def status(self) -> Status:
        """The state as a person reads it, with its deadlines."""
        with self._lock:
            turn = self._turn()
            self._keep(turn)
            here, entry = turn.server, turn.server.code_entry
            open_until = activation.deadline(entry, self.policy) if entry.state is CodeEntryState.OPEN else None
            return Status(
                now=turn.now,
                edition=self.policy.edition,
                identity=self.identity,
                license=self.terms.license,
                company=self.terms.company,
                project=self.terms.project,
                vendor=self._vendor,
                activation=here.authorization.standing,
                since=here.authorization.since,
                cause=here.authorization.cause or "",
                code_entry=entry.state,
                tries_left=max(0, activation.tries_left(entry, self.policy)),
                qr_until=open_until,
                locked_until=entry.locked_until,
                seats=self.terms.seats,
                seats_taken=self._store.facts(here.epoch).seats_taken,
                license_expires=self.terms.expires,
                license_over=here.license_over,
                next_deadline=self._next_deadline(here),
                clock_alarm_at=here.clock_alarm_at,
            )

    # -- one turn

    def _turn(self, *, of_seat: bool = False) -> _Turn:
        if self._server is None:
            raise RuntimeError("the service was not started")
        now = self._clock.now()
        facts = self._store.facts(self._server.epoch, now)
        settled = server.settle(self._server, self.terms, facts, now, self.policy)
        silent = self._store.silent(settled.server.epoch, settled.now) if settled.end_silent else ()
        lines = (
            *_lines(settled),
            *(JournalLine(settled.now, N_("seat ended"), node, N_("silence")) for node in silent),
        )
        if settled.server.epoch != self._server.epoch:
            facts = Facts(0, None)  # a new epoch has no seats yet
        lines = (*lines, *self._refused.due(settled.now))
        turn = _Turn(settled.server, settled.now, lines, silent, facts.seats_taken - len(silent))
        # Code entry plays no part in the turn of a seat; whatever looks at it asks first.
        return self._unlocked(turn) if not of_seat and self._store.take_unlock() else turn

    def _unlocked(self, turn: _Turn) -> _Turn:
        opened = server.unlock(turn.server)
        line = self._code_entry_line(turn, opened, "unlocked at the console")
        return turn if line is None else replace(turn, server=opened, lines=(*turn.lines, line))

    def _counted(self, turn: _Turn, refused: JournalLine) -> _Turn:
        return replace(turn, lines=(*turn.lines, *self._refused.take(refused)))

    def _keep(
        self,
        turn: _Turn,
        after: Server | None = None,
        line: JournalLine | None = None,
        put: Seat | None = None,
        drop: tuple[str, ...] = (),
    ) -> None:
        after = after or turn.server
        lines = turn.lines if line is None else (*turn.lines, line)
        if lines or put or drop or turn.silent or self._life_mark_due(after):
            self._save(Commit(after, lines, put, (*turn.silent, *drop)))
        else:
            self._server = after

    def _save(self, commit: Commit) -> None:
        # The file first: if writing fails, the state in memory is still the old one, and nothing has happened.
        self._unsaved = True
        self._store.commit(commit)
        self._unsaved = False
        self._server, self._saved_alive = commit.server, commit.server.alive_at

    def _life_mark_due(self, after: Server) -> bool:
        mark = self._saved_alive
        return mark is None or not mark <= after.alive_at < mark + self.policy.life_mark

    def _seat_turn(self, request: Request, nonce: str, purpose: Purpose) -> Grant:
        with self._lock:
            turn = self._turn(of_seat=True)
            before = self._held(turn, request.node)
            held, checks = self._judge(turn, request, before, purpose)
            refusal = checks[-1].refusal
            if refusal is not None:
                event = "poll refused" if purpose is Purpose.POLL else N_("registration refused")
                self._keep(self._counted(turn, JournalLine(turn.now, event, request.node, _reason(refusal))))
                refusal.checks = checks
                raise refusal
            if held is None:
                raise RuntimeError("a granted request left no seat")
            new = None if before else JournalLine(turn.now, "registered", request.node, after=held.seat)
            self._keep(turn, line=new, put=held)
        # It is saved, so nobody has to wait for the signature.
        return self._grant(turn, held, before, nonce, purpose)

    def _judge(
        self, turn: _Turn, request: Request, held: Seat | None, purpose: Purpose
    ) -> tuple[Seat | None, tuple[Check, ...]]:
        here = turn.server
        name = self._entropy.token(8).hex() if held is None and purpose is Purpose.REGISTER else ""
        fresh = registration.new_seat(request, name, here.epoch, turn.now, self.policy)
        if purpose is Purpose.POLL:
            return registration.poll(here.authorization, self.terms, held, request, fresh, here.latest)
        facts = Facts(turn.seats_taken, None)
        return registration.register(here.authorization, self.terms, held, facts, request, fresh, here.latest)

    def _held(self, turn: _Turn, node: str) -> Seat | None:
        return None if node in turn.silent else self._store.seat(node, turn.server.epoch)

    def _grant(self, turn: _Turn, held: Seat, before: Seat | None, nonce: str, purpose: Purpose) -> Grant:
        # What the state knows of the past, for the project to compare with what it was told.
        past = {"starts": turn.server.starts, "heard": before.heard_at.isoformat() if before else ""}
        lease = self._signed(LEASE, turn, held.node, held.seat, nonce, purpose, past)  # threat: state-restored
        next_poll_at = turn.now + self.policy.poll_period
        return Grant(lease, self._license_document, self.identity, held.seat, self.terms.seats, next_poll_at)

    def _signed(
        self, typ: str, turn: _Turn, node: str, seat: str, nonce: str, purpose: Purpose, past: dict[str, object]
    ) -> str:
        claims = {
            "node": node,
            "seat": seat,
            "nonce": nonce,
            "purpose": purpose,
            "at": turn.now.isoformat(),
            "license": self.terms.license,
        }
        return self._signer.document(typ, claims | past)

    def _challenge(self, now: datetime) -> Challenge:
        return Challenge(self._entropy.token(16).hex(), now)

    def _code_entry_line(self, turn: _Turn, after: Server, event: str) -> JournalLine | None:
        before, state = turn.server.code_entry.state, after.code_entry.state
        return None if after == turn.server else JournalLine(turn.now, event, before=before, after=state)

    def _next_deadline(self, here: Server) -> datetime:
        return server.next_deadline(here, self.terms, self._store.facts(here.epoch), self.policy)


def _lines(settled: Settled) -> tuple[JournalLine, ...]:
    def line(change: Change) -> JournalLine:
        return JournalLine(settled.now, change.event, "", change.reason, change.before, change.after)

    return tuple(map(line, settled.changes))


def _reason(refusal: Refusal | None) -> str:
    return "" if refusal is None else refusal.label


def _raise(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise refusal
