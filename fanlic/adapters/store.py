"""The authorization server's folder: one small row of state, a row a seat, and the journal, in one SQLite file.

`journal_mode=DELETE` because write-ahead logs break on the bind mounts of Docker Desktop; `synchronous=FULL` because a
wrong code that was refused must be remembered. One process holds the folder: a second one is refused.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from fanlic.adapters import journal
from fanlic.adapters.codec import canonical, dump, load
from fanlic.model.registration import Facts, Seat
from fanlic.model.server import Server
from fanlic.ports import Commit, JournalLine, StoreUnavailable

FILE, LOCK, UNLOCK = "server.db", "server.lock", "unlock"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS server (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL, epoch INTEGER NOT NULL,
    seats_taken INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS seat (node TEXT PRIMARY KEY, seat TEXT NOT NULL, key_hash TEXT NOT NULL,
    epoch INTEGER NOT NULL, since TEXT NOT NULL, heard_at TEXT NOT NULL, ends_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS seat_ends ON seat (epoch, ends_at);
"""


class FolderInUse(RuntimeError):
    """Another process holds the folder."""


class StoreDamaged(ValueError):
    """The stored state cannot be read; the text says what."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the folder against a second process, for as long as this one lives; raises FolderInUse."""
    # An open exclusive transaction on a file of its own: it ends with the process, on every system, whatever kills it.
    with closing(sqlite3.connect(folder / LOCK, timeout=0, isolation_level=None, check_same_thread=False)) as lock:
        try:
            lock.execute("PRAGMA journal_mode=MEMORY")  # nothing is ever written, so nothing is left behind
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as problem:
            if "locked" not in str(problem):
                raise
            raise FolderInUse(str(folder)) from problem
        yield


def ask_unlock(folder: Path) -> None:
    """Ask the server of this folder, from the console, to open a sealed code entry; raises OSError."""
    (folder / UNLOCK).touch()


def read_journal(path: Path) -> tuple[JournalLine, ...]:
    """The journal of a folder's file, read beside a running server or after its end."""
    if not path.exists():
        return ()
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
        return tuple(journal.entries(connection))


@contextmanager
def _reported() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as problem:
        raise StoreUnavailable(f"the server's state cannot be read or written now: {problem}") from problem


class SqliteStore:
    """Implements the Store port on one file. Raises StoreDamaged where the file is not what was written."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._unlock = path.with_name(UNLOCK)
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            try:
                self._connection.executescript(
                    f"PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL; {_SCHEMA} {journal.SCHEMA};"
                )
                journal.verify(self._connection, journal.TAIL)
            except BaseException:
                self._connection.close()
                raise
        except (sqlite3.DatabaseError, journal.JournalDamaged) as problem:
            raise StoreDamaged(f"{path}: {problem}") from problem

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def load(self) -> Server | None:
        """The state as it was last written."""
        row = self._one("SELECT body FROM server")
        try:
            return load(Server, json.loads(row[0])) if row else None
        except ValueError as problem:
            raise StoreDamaged(str(problem)) from problem

    def facts(self, epoch: int) -> Facts:
        """Seats taken, and the earliest end among them; two look-ups whatever their number."""
        taken = self._one("SELECT seats_taken FROM server WHERE epoch = ?", epoch)
        first = self._one("SELECT min(ends_at) FROM seat WHERE epoch = ?", epoch)
        return Facts(taken[0] if taken else 0, datetime.fromisoformat(first[0]) if first and first[0] else None)

    def seat(self, node: str, epoch: int) -> Seat | None:
        """The node's seat in this epoch."""
        row = self._one("SELECT * FROM seat WHERE node = ? AND epoch = ?", node, epoch)
        if row is None:
            return None
        return Seat(*row[:4], *(datetime.fromisoformat(at) for at in row[4:]))

    def silent(self, epoch: int, now: datetime) -> tuple[str, ...]:
        """The nodes whose seats were to end by now."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT node FROM seat WHERE epoch = ? AND ends_at <= ? ORDER BY node", (epoch, dump(now))
            ).fetchall()
        return tuple(row[0] for row in rows)

    def commit(self, commit: Commit) -> None:
        """Write state, seats and journal in one transaction; raises StoreUnavailable, and nothing is written then."""
        with self._lock, _reported(), self._transaction():
            taken = self.facts(commit.server.epoch).seats_taken
            for node in commit.drop:
                gone = self._connection.execute(
                    "DELETE FROM seat WHERE node = ? AND epoch = ?", (node, commit.server.epoch)
                )
                taken -= gone.rowcount
            if commit.put is not None:
                taken += self.seat(commit.put.node, commit.put.epoch) is None
                values = tuple(dump(commit.put).values())
                self._connection.execute("INSERT OR REPLACE INTO seat VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            body = canonical(dump(commit.server)).decode()
            self._connection.execute(
                "INSERT OR REPLACE INTO server VALUES (1, ?, ?, ?)", (body, commit.server.epoch, taken)
            )
            journal.append(self._connection, commit.entries)

    def take_unlock(self) -> bool:
        """Whether the console has asked to open a sealed code entry: a file says so, and is gone afterwards."""
        try:
            self._unlock.unlink()
        except FileNotFoundError:
            return False
        return True

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            # A full disk has ended the transaction already; a COMMIT that a reader blocks leaves it open.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def _one(self, query: str, *values: object) -> tuple[Any, ...] | None:
        with self._lock, _reported():
            row: tuple[Any, ...] | None = self._connection.execute(query, values).fetchone()
        return row
