"""One authorization server on a real folder, under the lab's clock, and the phone that belongs to it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fanlic.adapters import handshake, journal
from fanlic.adapters.clocks import LabClock
from fanlic.adapters.entropy import SeededEntropy
from fanlic.adapters.handshake import ServerHandshake
from fanlic.adapters.signing import SigningKey
from fanlic.adapters.store import SqliteStore, read_journal, state_key
from fanlic.model.policy import FINEBI_6_0_5, Policy
from fanlic.model.registration import License, Request, hash_key
from fanlic.ports import JournalLine
from fanlic.service import AuthorizationService, Grant

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ADDRESS = "https://172.16.63.131:49155"
SECRET = b"the secret of one license, 32 b."
DESK = "https://desk.example:8443"
YEAR = timedelta(days=365)
TERMS = License("lic-0123456789abcdef", "ACME Ltd.", "Sales", "FineBI", "6.0.5", "6.0.99", NINE + YEAR, 2, desk=DESK)


class World:
    """The server's folder, and the service that runs on it; `start` after `crash` is another process's life."""

    def __init__(self, folder: Path, seats: int = 2, policy: Policy = FINEBI_6_0_5) -> None:
        self.file = folder / "server.db"
        self.clock = LabClock(folder / "clock")
        self.clock.set(NINE)
        self.key = SigningKey(bytes(32))
        self.entropy = SeededEntropy(1)
        self.terms = replace(TERMS, seats=seats)
        self.policy = policy
        self.start()

    # -- life

    def start(self) -> None:
        """A new service, and a new store, on the same file."""
        self.store, self.service = self.opened(self.file)
        self.service.start()

    def opened(self, file: Path) -> tuple[SqliteStore, AuthorizationService]:
        """Store and service on a file, not started."""
        store = SqliteStore(file, state_key(self.key, self.terms.license), first=not file.exists())
        service = AuthorizationService(
            store=store,
            clock=self.clock,
            entropy=self.entropy,
            signer=self.key,
            handshake=ServerHandshake(self.key, self.terms, SECRET),
            terms=self.terms,
            license_document="the signed license",
            vendor="the vendor's key",
            policy=self.policy,
        )
        return store, service

    def crash(self) -> None:
        """The process is gone, without a last life mark."""
        self.store.close()

    def stop(self) -> None:
        """A clean stop."""
        self.service.stop()
        self.store.close()

    def copy(self) -> World:
        """A second world, on a copy of the folder's file as it is at this moment."""
        folder = self.file.parent / f"copy {len(list(self.file.parent.iterdir()))}"
        folder.mkdir()
        shutil.copy(self.file, folder / "server.db")
        other = World.__new__(World)
        other.__dict__ |= self.__dict__ | {"file": folder / "server.db", "clock": LabClock(folder / "clock")}
        other.clock.set(self.clock.now())
        other.start()
        return other

    def pass_time(self, **span: float) -> None:
        """Move the clock by days, hours, minutes, seconds; back where negative."""
        self.clock.set(self.clock.now() + timedelta(**span))

    # -- the phone

    def right_code(self) -> str:
        """The six digits the phone shows for the picture on the page."""
        text = self.service.qr(ADDRESS)
        assert text is not None
        return handshake.code(SECRET, handshake.read(text).nonce, self.key.identity, self.terms.license)

    def wrong_code(self) -> str:
        """Six digits that are not the right ones."""
        return f"{(int(self.right_code()) + 1) % 1_000_000:06d}"

    def activate(self) -> None:
        """Scan and submit."""
        self.service.submit(self.right_code())

    # -- nodes

    def register(self, node: str = "n1", key: str = "key 1") -> Grant:
        return self.service.register(request(node, key), "nonce")

    def poll(self, node: str, seat: str, key: str = "key 1") -> Grant:
        return self.service.poll(request(node, key, seat), "nonce")

    def unbind(self, node: str, seat: str, key: str = "key 1") -> str:
        return self.service.unbind(request(node, key, seat), "nonce")

    # -- what the disk says

    def journal(self, after: int = 0) -> list[JournalLine]:
        return list(read_journal(self.file)[after:])

    def nodes(self) -> list[str]:
        """The nodes that hold a seat, counted row by row; the counter must agree, and the journal verify."""
        with closing(sqlite3.connect(self.file, isolation_level=None)) as connection:
            journal.verify(connection)
            query = "SELECT node FROM seat JOIN server USING (epoch) ORDER BY node"
            found = [row[0] for row in connection.execute(query)]
            assert len(found) == connection.execute("SELECT seats_taken FROM server").fetchone()[0]
        return found


def request(node: str, key: str, seat: str = "") -> Request:
    """A node that fits the license in every way."""
    return Request(node, hash_key(key), "FineBI", "6.0.5", "172.16.63.10", "bi.acme.example", "webroot", seat)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., World]]:
    """Makes worlds, each on an empty folder of its own."""
    made: list[World] = []

    def new(seats: int = 2, policy: Policy = FINEBI_6_0_5) -> World:
        folder = tmp_path / f"world {len(made)}"
        folder.mkdir()
        made.append(World(folder, seats, policy))
        return made[-1]

    yield new
    for world in made:
        world.store.close()


@pytest.fixture
def world(make: Callable[..., World]) -> World:
    """A server that was started once and not yet activated; two seats."""
    return make()


@pytest.fixture
def active(world: World) -> World:
    """A server that is activated."""
    world.activate()
    return world
