"""The business desk over its real stores, mails, signatures and scans; only the archive is a stand-in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from fanlic.adapters import journal, mail
from fanlic.adapters.clocks import LAB_START, LabClock
from fanlic.adapters.desk_store import FILE, SqliteDeskStore
from fanlic.adapters.entropy import SeededEntropy
from fanlic.adapters.handshake import DeskHandshake, ServerHandshake
from fanlic.adapters.identity import FolderRefused, open_identity, read_private_config
from fanlic.adapters.mail import RehearsalPost
from fanlic.adapters.signing import SigningKey
from fanlic.desk import Desk, DeskReply
from fanlic.model.activation import Challenge
from fanlic.model.authfile import BUSINESS, Contract
from fanlic.model.policy import FINEBI_6_0_5, Policy
from fanlic.model.refusals import PrivateConfigWrong
from fanlic.ports import JournalLine, LicenseRecord

CONTRACT = Contract("it@acme.example", "ACME Ltd", "Sales Cockpit", date(2026, 2, 2), seats=3, engines=2)
OLD, NEW = "https://10.0.0.5:49153", "https://10.0.0.6:49154"


class SmallArchivist:
    """Writes a small file in the archive's place. Like a real archive it holds the signed license."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, record: LicenseRecord, now: object) -> tuple[Path, str]:
        path = self._folder / "fanruan_license_server.tar"
        path.write_text(record.document, "ascii")
        return path, hashlib.sha256(path.read_bytes()).hexdigest()

    def private_config(self, data: bytes) -> tuple[str, str]:
        try:
            stated = read_private_config(data)
        except FolderRefused as problem:
            raise PrivateConfigWrong(str(problem)) from problem
        return stated.identity, stated.license


@dataclass
class Server:
    """An authorization server as far as a scan goes: its identity, its half of the handshake, its privateConfig."""

    key: SigningKey
    handshake: ServerHandshake
    private_config: bytes
    address: str

    def scan(self, nonce: int, made_at: object) -> str:
        """The text behind its QR code."""
        return self.handshake.text(Challenge(f"{nonce:032x}", made_at), self.address)  # type: ignore[arg-type]

    def code(self, nonce: int) -> str:
        """The six digits it waits for."""
        return self.handshake.code(Challenge(f"{nonce:032x}", LAB_START))


@dataclass
class World:
    """A desk, its customer's mails, and the servers that run its licenses."""

    folder: Path
    policy: Policy = FINEBI_6_0_5
    contract: Contract = CONTRACT
    entropy: SeededEntropy = field(default_factory=lambda: SeededEntropy("desk tests"))

    def __post_init__(self) -> None:
        self.clock = LabClock(self.folder / "lab-clock")
        self.clock.set(LAB_START)
        self.store = SqliteDeskStore(self.folder / FILE)
        self.vendor = SigningKey.new(self.entropy)
        self.desk = Desk(
            store=self.store,
            clock=self.clock,
            entropy=self.entropy,
            vendor=self.vendor,
            post=RehearsalPost(self.clock),
            handshake=DeskHandshake(),
            archivist=SmallArchivist(self.folder),
            policy=self.policy,
            address="https://desk.example:8443",
        )
        self.desk.sign(self.contract)

    def advance(self, **span: float) -> None:
        self.clock.set(self.clock.now() + timedelta(**span))

    def request(self, seats: int | None = None, private_config: bytes | None = None) -> EmailMessage:
        return mail.request(self.contract, self.clock, seats, private_config)

    def ask(self, seats: int | None = None, private_config: bytes | None = None) -> DeskReply:
        """The desk's answer to the form, as a faultless customer sends it."""
        return self.desk.receive(self.request(seats, private_config))

    def migrate(self, address: str) -> DeskReply:
        """The desk's answer to the first mail of a migration, once the customer was asked back and has confirmed."""
        return self.confirmed(mail.migration(self.contract, address, self.clock))

    def confirmed(self, message: EmailMessage) -> DeskReply:
        """The desk's answer to a mail; the customer confirms what the desk asks back about."""
        reply = self.desk.receive(message)
        return reply if reply.asks is None else self.desk.confirm(reply.asks.license, message)

    def compose(self, sender: str, title: str, lines: dict[str, str], recipient: str = BUSINESS) -> EmailMessage:
        return mail.compose(sender, title, lines, clock=self.clock, recipient=recipient)

    def record(self, license_id: str) -> LicenseRecord:
        """A license that the desk keeps."""
        found = self.store.record(license_id)
        assert found is not None
        return found

    def server(self, license_id: str, name: str = "one", address: str = OLD) -> Server:
        """A server that runs this license, with an /app/config of its own."""
        record = self.record(license_id)
        folder = self.folder / f"{license_id} {name}"
        folder.mkdir()
        with open_identity(folder, license_id, self.clock, self.entropy) as (key, _first):
            pass
        handshake = ServerHandshake(key, record.terms, bytes.fromhex(record.secret))
        return Server(key, handshake, (folder / "privateConfig").read_bytes(), address)

    def activated(self, address: str = OLD) -> tuple[str, Server]:
        """A license and the server it was approved for."""
        license_id = self.ask().license
        server = self.server(license_id, address=address)
        self.desk.approve(server.scan(1, self.clock.now()))
        return license_id, server

    def destroyed(self) -> tuple[str, Server]:
        """A license that was approved and then destroyed for a migration, and its server."""
        license_id, server = self.activated()
        self.migrate(server.address)
        return license_id, server

    def journal(self) -> list[JournalLine]:
        """The desk's journal."""
        return list(journal.entries(self.store._connection))

    def told(self) -> list[tuple[str, ...]]:
        """The journal without its instants."""
        return [(line.event, line.subject, line.reason, line.before, line.after) for line in self.journal()]

    def kept(self) -> list[tuple[str, ...]]:
        """Every row of the desk's file but the journal's."""
        tables = ("contract", "license", "used")
        return [
            (table, *map(str, row))
            for table in tables
            for row in self.store._connection.execute(f"SELECT * FROM {table}")
        ]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.store.close()
