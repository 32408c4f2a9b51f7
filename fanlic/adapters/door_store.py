"""Who may act at the business desk, and the wrong PINs: a SQLite file of its own beside the desk's."""

from __future__ import annotations

import sqlite3
import threading
from datetime import datetime
from pathlib import Path

from fanlic.adapters.files import write_private
from fanlic.ports import Person, Tries

FILE = "people.db"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS person (key TEXT PRIMARY KEY, name TEXT NOT NULL, salt BLOB NOT NULL, digest BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS tries (matter TEXT PRIMARY KEY, wrong INTEGER NOT NULL, locked_until TEXT);
"""


class SqliteDoorStore:
    """Implements the DoorStore port."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        if not path.exists():
            write_private(path, b"")
        self._connection = sqlite3.connect(path, check_same_thread=False)
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def person(self, name: str) -> Person | None:
        """The person of this name, without regard to case."""
        with self._lock:
            query = "SELECT name, salt, digest FROM person WHERE key = ?"
            row = self._connection.execute(query, (name.casefold(),)).fetchone()
        return Person(*row) if row else None

    def people(self) -> tuple[str, ...]:
        """The names of all."""
        with self._lock:
            rows = self._connection.execute("SELECT name FROM person ORDER BY key").fetchall()
        return tuple(row[0] for row in rows)

    def keep_person(self, person: Person) -> None:
        """Keep a person, in the place of an earlier one of the same name."""
        row = (person.name.casefold(), person.name, person.salt, person.digest)
        self._write("INSERT OR REPLACE INTO person VALUES (?, ?, ?, ?)", row)

    def drop_person(self, name: str) -> bool:
        """Forget a person; whether there was one."""
        return self._write("DELETE FROM person WHERE key = ?", (name.casefold(),)) > 0

    def tries(self, matter: str) -> Tries:
        """The wrong PINs in this matter."""
        with self._lock:
            query = "SELECT wrong, locked_until FROM tries WHERE matter = ?"
            row = self._connection.execute(query, (matter,)).fetchone()
        return Tries(row[0], datetime.fromisoformat(row[1]) if row[1] else None) if row else Tries()

    def keep_tries(self, matter: str, tries: Tries) -> None:
        """Keep them."""
        until = tries.locked_until.isoformat() if tries.locked_until else None
        self._write("INSERT OR REPLACE INTO tries VALUES (?, ?, ?)", (matter, tries.wrong, until))

    def _write(self, statement: str, values: tuple[object, ...]) -> int:
        with self._lock, self._connection as connection:
            return connection.execute(statement, values).rowcount
