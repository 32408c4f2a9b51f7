"""The journal: append-only, each line's hash taken over the line before it, so that no line can be changed, removed or
moved unseen. The server's own is sealed too: its row says, under its seal, which line is the last.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from fanlic.adapters.codec import canonical, dump, load
from fanlic.ports import JournalLine
from fanlic.texts import printable

SCHEMA = """
CREATE TABLE IF NOT EXISTS journal (
    n INTEGER PRIMARY KEY, at TEXT NOT NULL, event TEXT NOT NULL, subject TEXT NOT NULL, reason TEXT NOT NULL,
    before TEXT NOT NULL, after TEXT NOT NULL, hash TEXT NOT NULL)
"""
TAIL = 100
_COLUMNS = ("at", "event", "subject", "reason", "before", "after")
_ROWS = f"SELECT n, {', '.join(_COLUMNS)}, hash FROM journal"  # noqa: S608 - made of constants


class Last(NamedTuple):
    """The last line of a journal: its number and its hash."""

    n: int
    hash: str


EMPTY = Last(0, "")


class JournalDamaged(ValueError):
    """The chain does not hold; the text names the line."""


def append(connection: sqlite3.Connection, entries: Iterable[JournalLine], last: Last) -> Last:
    """Add lines after the last one, inside the caller's transaction; which line is the last now."""
    n, above = last
    for entry in entries:
        n, values = n + 1, {name: printable(text) for name, text in dump(entry).items()}
        above = _hash(above, n, values)
        connection.execute(
            "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (n, *(values[column] for column in _COLUMNS), above)
        )
    return Last(n, above)


def last(connection: sqlite3.Connection) -> Last:
    """The journal's last line."""
    row = connection.execute("SELECT n, hash FROM journal ORDER BY n DESC LIMIT 1").fetchone()
    return Last(*row) if row else EMPTY


def entries(connection: sqlite3.Connection, after: int = 0) -> Iterator[JournalLine]:
    """The lines after the n-th, in order."""
    for row in connection.execute(f"{_ROWS} WHERE n > ? ORDER BY n", (after,)):
        yield load(JournalLine, dict(zip(_COLUMNS, row[1:7], strict=True)))


def verify(connection: sqlite3.Connection, tail: int | None = None) -> int:
    """Check the chain, whole or its last `tail` lines; how many were checked. Raises JournalDamaged."""
    last = connection.execute("SELECT max(n) FROM journal").fetchone()[0] or 0
    first = 1 if tail is None else max(1, last - tail + 1)
    above = connection.execute("SELECT hash FROM journal WHERE n = ?", (first - 1,)).fetchone()
    if first > 1 and above is None:
        raise JournalDamaged(f"line {first - 1} of the journal is missing")
    expected, above = first, above[0] if above else ""
    for row in connection.execute(f"{_ROWS} WHERE n >= ? ORDER BY n", (first,)):
        above = _hash(above, expected, dict(zip(_COLUMNS, row[1:7], strict=True)))
        if row[0] != expected or row[7] != above:
            raise JournalDamaged(f"line {expected} of the journal was changed, removed or moved")
        expected += 1
    return expected - first


def _hash(above: str, n: int, values: dict[str, str]) -> str:
    try:
        return hashlib.sha256(canonical([above, n, values])).hexdigest()
    except TypeError as problem:  # SQLite keeps bytes in a column of texts, too
        raise JournalDamaged(f"line {n} of the journal is no text") from problem
