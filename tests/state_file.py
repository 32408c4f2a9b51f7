"""A server's file, written past the store: by somebody who knows the key, or by somebody who does not."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fanlic.adapters import journal, store
from fanlic.adapters.codec import dump
from fanlic.model.registration import Seat
from fanlic.ports import JournalLine


def edit(file: Path, statement: str) -> None:
    """What somebody does with any tool for SQLite."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement)


def reseal(file: Path, key: bytes) -> None:
    """Seal the server's row again, as only a holder of the identity can."""
    with closing(sqlite3.connect(file)) as connection, connection:
        row = connection.execute("SELECT body, epoch, seats_taken, lines, last_hash FROM server").fetchone()
        connection.execute("UPDATE server SET seal = ?", (store._sealed(key, *row),))


def fill(file: Path, key: bytes, seats: int, lines: int, ends: datetime = datetime(2026, 3, 3, 9, tzinfo=UTC)) -> None:
    """Add many seats of the present epoch, which end within the twenty days after `ends`, and many journal lines."""
    with closing(sqlite3.connect(file)) as connection, connection:
        epoch = connection.execute("SELECT epoch FROM server").fetchone()[0]
        made = (
            Seat(f"old{n}", "0f", "k" * 64, epoch, ends, ends, ends + timedelta(days=n % 20, microseconds=n))
            for n in range(seats)
        )
        rows = (tuple(dump(seat).values()) for seat in made)
        connection.executemany(
            "INSERT INTO seat VALUES (?, ?, ?, ?, ?, ?, ?, ?)", ((*row, store._sealed(key, *row)) for row in rows)
        )
        long = (JournalLine(ends, "registered", f"old{n}") for n in range(lines))
        last = journal.append(connection, long, journal.last(connection))
        connection.execute("UPDATE server SET seats_taken = seats_taken + ?, lines = ?, last_hash = ?", (seats, *last))
    reseal(file, key)
