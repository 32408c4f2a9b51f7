"""The authorization server's folder: one small row of state, a row a seat, and the journal, in one SQLite file.

`journal_mode=DELETE` because write-ahead logs break on the bind mounts of Docker Desktop; `synchronous=FULL` because a
wrong code that was refused must be remembered. One process holds the folder: a second one is refused.

The state cannot lie: its row, with the number of seats and the journal's last line, and the row of each seat carry a
seal, an HMAC under a key that comes from the server's identity. What was edited, emptied or cut off past the store is
found at the next start, or when the seat is asked for. An older copy of the whole file has good seals: the count of
starts in the leases shows it to the projects (ADR 0012).
"""

from __future__ import annotations

import hmac
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from fanlic.adapters import journal
from fanlic.adapters.codec import canonical, dump, load
from fanlic.adapters.signing import SigningKey
from fanlic.model.registration import Facts, Seat
from fanlic.model.server import Server
from fanlic.ports import Commit, JournalLine, StoreUnavailable

FILE, LOCK, UNLOCK = "server.db", "server.lock", "unlock"
LAYOUT = 2  # of the file; the number goes up when an older file cannot be read any more
_SCHEMA = """
CREATE TABLE IF NOT EXISTS server (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL, epoch INTEGER NOT NULL,
    seats_taken INTEGER NOT NULL, lines INTEGER NOT NULL, last_hash TEXT NOT NULL, seal TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS seat (node TEXT PRIMARY KEY, seat TEXT NOT NULL, key_hash TEXT NOT NULL,
    epoch INTEGER NOT NULL, since TEXT NOT NULL, heard_at TEXT NOT NULL, ends_at TEXT NOT NULL, seal TEXT NOT NULL)
    WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS seat_ends ON seat (epoch, ends_at);
"""


class FolderInUse(RuntimeError):
    """Another process holds the folder."""


class StoreDamaged(StoreUnavailable):
    """The stored state is not what this server wrote; the text says what."""


class StateMissing(StoreDamaged):
    """An identity stands without the state that belongs to it."""


class OtherLayout(StoreDamaged):
    """The file was made by a version of fanlic that laid it out otherwise."""


class _Row(NamedTuple):
    """The server's row: the state, its epoch and seats, the journal's last line, and the seal over these."""

    body: str
    epoch: int
    taken: int
    last: journal.Last
    seal: str


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


def state_key(identity: SigningKey, license_id: str) -> bytes:
    """The key of the seals: one for each identity and license."""
    return identity.derived(b"fanlic state 1\0" + license_id.encode())


def ask_unlock(folder: Path) -> None:
    """Ask the server of this folder, from the console, to open a sealed code entry; raises OSError."""
    (folder / UNLOCK).touch()


def read_journal(path: Path) -> tuple[JournalLine, ...]:
    """The journal of a folder's file, read beside a running server or after its end."""
    if not path.exists():
        return ()
    with closing(_reader(path)) as connection:
        return tuple(journal.entries(connection))


def _reader(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5, isolation_level=None)


def verify_state(path: Path, key: bytes) -> int:
    """Check the whole journal, the state's row and every seat, beside a running server too; how many lines there are.

    Raises StoreDamaged, StoreUnavailable.
    """
    if not path.exists():
        raise StateMissing(f"{path.name} is missing")
    with _REPORTED, closing(_reader(path)) as connection:
        connection.execute("BEGIN")  # one moment for all of it
        _laid_out(connection, path.name, first=False)
        row = _checked(connection, key, None)
        if row is None:
            raise StateMissing(f"{path.name} holds no state")
        for seat in connection.execute("SELECT * FROM seat ORDER BY node"):
            _check_seat(key, seat)
    return row.last.n


def _laid_out(connection: sqlite3.Connection, name: str, *, first: bool) -> bool:
    """Whether the tables are there; raises StateMissing where they must be, OtherLayout where they are others."""
    if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0:
        if not first:  # threat: state-emptied
            raise StateMissing(f"{name} is empty")
        return False
    layout = connection.execute("PRAGMA user_version").fetchone()[0]
    if layout != LAYOUT:
        raise OtherLayout(f"{name} has the layout {layout}, this version reads {LAYOUT}")
    return True


def _checked(connection: sqlite3.Connection, key: bytes, tail: int | None) -> _Row | None:
    """The server's row: its seal holds, and journal and seats are the ones that it speaks of; raises StoreDamaged."""
    found = connection.execute("SELECT body, epoch, seats_taken, lines, last_hash, seal FROM server").fetchone()
    journal.verify(connection, tail)
    last = journal.last(connection)
    if found is None:
        if last != journal.EMPTY:
            raise StoreDamaged("the state's row is gone")
        return None
    body, epoch, taken, n, last_hash, seal = found
    row = _Row(body, epoch, taken, journal.Last(n, last_hash), seal)
    if row.seal != _sealed(key, row.body, row.epoch, row.taken, *row.last):  # threat: state-edited
        raise StoreDamaged("the state's row was changed, or another server wrote it")
    if row.last != last:  # threat: journal-cut
        raise StoreDamaged(f"the journal ends with line {last.n}; the state knows of {row.last.n}")
    counted = connection.execute("SELECT count(*) FROM seat WHERE epoch = ?", (row.epoch,)).fetchone()[0]
    if counted != row.taken:
        raise StoreDamaged(f"there are {counted} seats; the state knows of {row.taken}")
    return row


def _check_seat(key: bytes, row: tuple[Any, ...]) -> None:
    if row[-1] != _sealed(key, *row[:-1]):  # threat: seat-edited
        raise StoreDamaged(f"the seat of node {row[0]!r} was changed")


def _sealed(key: bytes, *values: object) -> str:
    # A row of the server has five values and one of a seat seven, so neither passes for the other.
    try:
        return hmac.digest(key, canonical(values), "sha256").hex()
    except TypeError as problem:  # SQLite keeps bytes in a column of texts, too
        raise StoreDamaged("a value is no text") from problem


class _Reported:
    """Tells SQLite's errors as the port does; a class, for every statement passes through it."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: object) -> None:
        if isinstance(problem, sqlite3.OperationalError):
            raise StoreUnavailable(f"the server's state cannot be read or written now: {problem}") from problem
        # SQLite quotes a damaged text in its error message, and Python cannot decode that.
        if isinstance(problem, sqlite3.DatabaseError | journal.JournalDamaged | UnicodeDecodeError):
            raise StoreDamaged(str(problem)) from problem


_REPORTED = _Reported()


class SqliteStore:
    """Implements the Store port on one file; `key` makes the seals, `first` says that no state is expected yet.

    Raises StoreDamaged where the file is not what was written, StoreUnavailable where it cannot be opened now.
    """

    def __init__(self, path: Path, key: bytes, *, first: bool) -> None:
        self._lock = threading.RLock()
        self._unlock = path.with_name(UNLOCK)
        self._key = key
        if not (first or path.exists()):  # threat: state-deleted
            raise StateMissing(f"{path.name} is missing")
        with _REPORTED:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            try:
                self._open(path.name, first=first)
            except BaseException:
                self._connection.close()
                raise

    def _open(self, name: str, *, first: bool) -> None:
        self._connection.executescript("PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL;")
        if not _laid_out(self._connection, name, first=first):
            self._connection.executescript(f"BEGIN; {_SCHEMA} {journal.SCHEMA}; PRAGMA user_version={LAYOUT}; COMMIT;")
        self._row = _checked(self._connection, self._key, journal.TAIL)
        self._quiet: tuple[int, datetime] | None = None  # in this epoch no seat ends before this instant
        if self._row is None and not first:
            raise StateMissing(f"{name} holds no state")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def load(self) -> Server | None:
        """The state as it was last written."""
        with self._lock:
            try:
                return None if self._row is None else load(Server, json.loads(self._row.body))
            except ValueError as problem:
                raise StoreDamaged(str(problem)) from problem

    def facts(self, epoch: int, now: datetime | None = None) -> Facts:
        """Seats taken, and the earliest end among them; one look-up whatever their number.

        With `now`, the end that is told may be too early if it is later than `now`: then it decides nothing yet, and
        the look-up is saved.
        """
        with self._lock:
            taken = 0 if self._row is None or self._row.epoch != epoch else self._row.taken
            if now is not None and self._quiet is not None and self._quiet[0] == epoch and now < self._quiet[1]:
                return Facts(taken, self._quiet[1] if taken else None)
            first = self._one("SELECT min(ends_at) FROM seat WHERE epoch = ?", epoch)
            ends = datetime.fromisoformat(first[0]) if first and first[0] else None
            self._quiet = epoch, ends or datetime.max.replace(tzinfo=UTC)
        return Facts(taken, ends)

    def seat(self, node: str, epoch: int) -> Seat | None:
        """The node's seat in this epoch; raises StoreDamaged where it was not this store that wrote it."""
        row = self._one("SELECT * FROM seat WHERE node = ? AND epoch = ?", node, epoch)
        if row is None:
            return None
        _check_seat(self._key, row)
        return Seat(*row[:4], *(datetime.fromisoformat(at) for at in row[4:7]))

    def silent(self, epoch: int, now: datetime) -> tuple[str, ...]:
        """The nodes whose seats were to end by now."""
        with self._lock, _REPORTED:
            rows = self._connection.execute(
                "SELECT node FROM seat WHERE epoch = ? AND ends_at <= ? ORDER BY node", (epoch, dump(now))
            ).fetchall()
        return tuple(row[0] for row in rows)

    def commit(self, commit: Commit) -> None:
        """Write state, seats and journal in one transaction; raises StoreUnavailable, and nothing is written then."""
        with self._lock, _REPORTED:
            with self._transaction():
                row = self._written(commit)
            self._row = row
            if commit.put is not None and self._quiet is not None:
                epoch, until = self._quiet
                self._quiet = (epoch, min(until, commit.put.ends_at)) if commit.put.epoch == epoch else None

    def take_unlock(self) -> bool:
        """Whether the console has asked to open a sealed code entry: a file says so, and is gone afterwards."""
        try:
            self._unlock.unlink()
        except FileNotFoundError:
            return False
        return True

    def _written(self, commit: Commit) -> _Row:
        epoch, before = commit.server.epoch, self._row
        taken = before.taken if before is not None and before.epoch == epoch else 0
        for node in commit.drop:
            taken -= self._connection.execute("DELETE FROM seat WHERE node = ? AND epoch = ?", (node, epoch)).rowcount
        if commit.put is not None:
            taken += self._put(commit.put)
        last = journal.append(self._connection, commit.entries, journal.EMPTY if before is None else before.last)
        body = canonical(dump(commit.server)).decode()
        row = _Row(body, epoch, taken, last, _sealed(self._key, body, epoch, taken, *last))
        values = (body, epoch, taken, *last, row.seal)
        if before is None:
            self._connection.execute("INSERT INTO server VALUES (1, ?, ?, ?, ?, ?, ?)", values)
        elif not self._connection.execute(
            "UPDATE server SET body = ?, epoch = ?, seats_taken = ?, lines = ?, last_hash = ?, seal = ? WHERE seal = ?",
            (*values, before.seal),
        ).rowcount:
            raise StoreDamaged("another program has written the state while this server was running")
        return row

    def _put(self, seat: Seat) -> bool:
        """Write a seat; whether it is a new one of its epoch."""
        values = tuple(dump(seat).values())
        seal = _sealed(self._key, *values)
        known = self._connection.execute(
            "UPDATE seat SET seat = ?, key_hash = ?, since = ?, heard_at = ?, ends_at = ?, seal = ? "
            "WHERE node = ? AND epoch = ?",
            (*values[1:3], *values[4:], seal, values[0], values[3]),
        ).rowcount
        if not known:
            self._connection.execute("INSERT OR REPLACE INTO seat VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*values, seal))
        return not known

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
        with self._lock, _REPORTED:
            row: tuple[Any, ...] | None = self._connection.execute(query, values).fetchone()
        return row
