"""The ports: what the services need from the outside world, and nothing about who supplies it.

Adapters implement these protocols; only `fanlic.wiring` knows which adapter stands behind which port.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from fanlic.model.activation import Challenge
from fanlic.model.approval import Issued, Scan
from fanlic.model.authfile import Contract, Mail
from fanlic.model.project import Memory
from fanlic.model.refusals import Refusal
from fanlic.model.registration import Facts, License, Seat
from fanlic.model.server import Server

# The kinds of signed documents; none verifies as another.
LICENSE, LEASE, RELEASE, PRIVATE_CONFIG = "license+jws", "lease+jws", "release+jws", "private-config+jws"

CONTROLS, TOKEN_HEADER = "/lab/v1/", "X-Fanlic-Lab-Token"  # the controls of a lab's server, and what lets a caller in


class Purpose(StrEnum):
    """What a lease or a release was asked for; the document states it, so that none stands for another."""

    REGISTER = "register"
    POLL = "poll"
    UNBIND = "unbind"


class Clock(Protocol):
    """The one source of time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class Entropy(Protocol):
    """The one source of randomness."""

    def token(self, length: int) -> bytes:
        """`length` fresh random bytes."""
        ...


@dataclass(frozen=True)
class Completed:
    """The result of a command: its two streams and its exit status."""

    stdout: str
    stderr: str
    status: int


@dataclass(frozen=True)
class Launch:
    """What an engine asks of a runner: start the authorization server of one container."""

    container: str  # the container's id
    start: int  # 1 at the container's first start, then 2, 3, ...
    directories: Mapping[str, Path]  # config, log, tls, web, license: where the server finds each
    host: str  # address to listen on, on the host
    port: int  # published port on the host
    environment: Mapping[str, str] = field(repr=False)  # from the image and from `-e`
    log: Path  # file that takes the container's standard output and error, appended
    earlier: bool = False  # another container of this image has started on this host before


class StoreUnavailable(OSError):
    """The state cannot be read or written now (disk full, folder gone); nothing has changed."""


class StartRefused(Exception):
    """The server does not start: the text says why and what to do; the exit status says which kind of reason it is."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Process(Protocol):
    """One running authorization server."""

    def exit_status(self) -> int | None:
        """None while it runs; afterwards its exit status."""
        ...

    def stop(self, timeout: float) -> int:
        """Ask it to stop, wait at most `timeout` seconds, then kill its process group; the exit status."""
        ...


class Runner(Protocol):
    """Starts authorization servers for the sandbox: as processes of this machine, or inline."""

    def start(self, launch: Launch) -> Process:
        """Start one server; return when it answers or has exited. OSError if neither happens in time."""
        ...

    def port_is_free(self, port: int) -> bool:
        """Whether the host's port can be published."""
        ...

    def port_is_unclaimed(self, port: int) -> bool:
        """Whether no other lab on this machine has given the port out; it may want it again after a stop."""
        ...

    def alone(self) -> AbstractContextManager[None]:
        """While it is held, no other lab on this machine takes a port that this start is about to take."""
        ...


@dataclass(frozen=True)
class JournalLine:
    """One line of a journal: when, what, to whom, why, and the state before and after."""

    at: datetime
    event: str
    subject: str = ""
    reason: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Commit:
    """What one request changes, written as a whole or not at all."""

    server: Server
    entries: tuple[JournalLine, ...] = ()
    put: Seat | None = None
    drop: tuple[str, ...] = ()  # nodes whose seats end


class Store(Protocol):
    """Keeps one authorization server's state, its seats and its journal."""

    def load(self) -> Server | None:
        """The state as it was last written; None on an empty folder."""
        ...

    def facts(self, epoch: int, now: datetime | None = None) -> Facts:
        """What a rule must know of all seats of this epoch together."""
        ...

    def seat(self, node: str, epoch: int) -> Seat | None:
        """The node's seat in this epoch."""
        ...

    def silent(self, epoch: int, now: datetime) -> tuple[str, ...]:
        """The nodes whose seats were to end by `now`."""
        ...

    def commit(self, commit: Commit) -> None:
        """Write state, seats and journal in one transaction; raises StoreUnavailable, and nothing is written then."""
        ...

    def take_unlock(self) -> bool:
        """Whether the console has asked to open a sealed code entry since the last time."""
        ...


class Signer(Protocol):
    """Signs the server's documents with its identity."""

    @property
    def identity(self) -> str:
        """The public key, as text."""
        ...

    def document(self, typ: str, claims: Mapping[str, object]) -> str:
        """A signed document of this type."""
        ...


class Handshake(Protocol):
    """The server's half of the scan: the text behind the QR code, and the six digits it leads to."""

    def text(self, challenge: Challenge, address: str) -> str:
        """The text of the QR code. `address`: the address at which the page was opened."""
        ...

    def code(self, challenge: Challenge) -> str:
        """The six digits that belong to the challenge."""
        ...


@dataclass(frozen=True)
class Letter:
    """One mail as the business desk reads it."""

    mail: Mail
    migrate: tuple[str, ...] | None  # addresses it may ask to migrate from; None if it does not ask
    private_config: bytes | None  # the attached file


class Post(Protocol):
    """Reads and writes mails."""

    def read(self, message: EmailMessage) -> Letter:
        """The mail's facts; raises MailUnreadable."""
        ...

    def answer(self, message: EmailMessage, text: str, archive: Path | None) -> EmailMessage:
        """The desk's answer, with the archive attached if there is one."""
        ...

    def blank(self, sender: str) -> EmailMessage:
        """What is answered if the mail itself is not at hand."""
        ...


@dataclass(frozen=True)
class LicenseRecord:
    """One issued license as the desk keeps it."""

    issued: Issued
    terms: License
    email: str
    document: str
    secret: str = field(repr=False)  # hex; the OCRA secret in the customer layer


class DeskStore(Protocol):
    """Keeps the business desk's contracts, licenses, used challenges and journal."""

    def contract(self, email: str) -> Contract | None:
        """The contract that names this address."""
        ...

    def record(self, license_id: str) -> LicenseRecord | None:
        """The license of this id."""
        ...

    def records(self, email: str) -> tuple[LicenseRecord, ...]:
        """Every license issued under the contract of this address, oldest first."""
        ...

    def all_records(self) -> tuple[LicenseRecord, ...]:
        """Every license issued, oldest first."""
        ...

    def used(self, nonce: str) -> bool:
        """Whether this challenge was approved before."""
        ...

    def commit(
        self,
        *,
        records: tuple[LicenseRecord, ...] = (),
        contract: Contract | None = None,
        nonce: str = "",
        lines: tuple[JournalLine, ...],
    ) -> None:
        """Write all of it, or nothing."""
        ...


@dataclass(frozen=True)
class Person:
    """Somebody who acts at the business desk; the digest is that of the PIN."""

    name: str
    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)


@dataclass(frozen=True)
class Tries:
    """Wrong PINs in a row in one matter, and until when no further one is looked at."""

    wrong: int = 0
    locked_until: datetime | None = None


class DoorStore(Protocol):
    """Keeps who may act at the business desk, and the wrong PINs."""

    def person(self, name: str) -> Person | None:
        """The person of this name, without regard to case."""
        ...

    def people(self) -> tuple[str, ...]:
        """The names of all."""
        ...

    def keep_person(self, person: Person) -> None:
        """Keep a person, in the place of an earlier one of the same name."""
        ...

    def drop_person(self, name: str) -> bool:
        """Forget a person; whether there was one."""
        ...

    def tries(self, matter: str) -> Tries:
        """The wrong PINs in this matter."""
        ...

    def keep_tries(self, matter: str, tries: Tries) -> None:
        """Keep them."""
        ...


class ScannedChallenge(Protocol):
    """A challenge that was read from a QR code."""

    @property
    def scan(self) -> Scan:
        """What it says."""
        ...

    @property
    def nonce(self) -> str:
        """Its nonce, 64 hex digits."""
        ...

    def proven(self, secret: bytes) -> Refusal | None:
        """Why its proofs do not hold, or None."""
        ...


class PhoneHandshake(Protocol):
    """The desk's half of the scan."""

    def read(self, text: str) -> ScannedChallenge:
        """The challenge behind a scanned text; raises ChallengeUnreadable."""
        ...

    def code(self, secret: bytes, nonce: str, server: str, license_id: str) -> str:
        """The six digits for a challenge."""
        ...


class Archivist(Protocol):
    """Writes the image archive for one customer."""

    def write(self, record: LicenseRecord, now: datetime) -> tuple[Path, str]:
        """The archive's path and its SHA-256."""
        ...

    def private_config(self, data: bytes) -> tuple[str, str]:
        """Identity and license stated by an attached privateConfig; raises PrivateConfigWrong."""
        ...


@dataclass(frozen=True)
class NodeFacts:
    """What a node says of itself."""

    node: str
    product: str
    version: str
    domain: str
    app_name: str


@dataclass(frozen=True)
class Registered:
    """What a registration or a poll brought, once every signature was verified."""

    server: str
    seat: str
    seats: int
    license: str
    memory: Memory
    terms: License


class Registrar(Protocol):
    """One node's way to the authorization server."""

    def register(self, address: str, facts: NodeFacts) -> Registered:
        """Ask for a seat; raises the Refusal met."""
        ...

    def poll(self, address: str, facts: NodeFacts, seat: str, pinned: str) -> Registered:
        """Say that the node is there; raises the Refusal met."""
        ...

    def unbind(self, address: str, node: str, seat: str) -> None:
        """Give the seat back; raises the Refusal met."""
        ...
