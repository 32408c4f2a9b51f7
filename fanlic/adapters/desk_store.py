"""The business desk's file: contracts, licenses, approved challenges and the journal, in one SQLite file."""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path

from fanlic.adapters import journal
from fanlic.adapters.codec import canonical, dump, load
from fanlic.adapters.files import write_private
from fanlic.model.authfile import Contract
from fanlic.ports import JournalLine, LicenseRecord

FILE = "desk.db"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS contract (email TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS license (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, email TEXT NOT NULL,
    body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS used (nonce TEXT PRIMARY KEY);
"""


class SqliteDeskStore:
    """Implements the DeskStore port."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        if not path.exists():
            write_private(path, b"")  # it holds every license's secret
        self._connection = sqlite3.connect(path, check_same_thread=False)
        self._connection.executescript(_SCHEMA + journal.SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def contract(self, email: str) -> Contract | None:
        """The contract that names this address; addresses compare without regard to case."""
        body = self._one("SELECT body FROM contract WHERE email = ?", email.casefold())
        return load(Contract, json.loads(body)) if body else None

    def record(self, license_id: str) -> LicenseRecord | None:
        """The license of this id."""
        body = self._one("SELECT body FROM license WHERE id = ?", license_id)
        return _record(body) if body else None

    def records(self, email: str) -> tuple[LicenseRecord, ...]:
        """Every license issued under this contract, oldest first."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT body FROM license WHERE email = ? ORDER BY n", (email.casefold(),)
            ).fetchall()
        return tuple(_record(row[0]) for row in rows)

    def all_records(self) -> tuple[LicenseRecord, ...]:
        """Every license issued, oldest first."""
        with self._lock:
            rows = self._connection.execute("SELECT body FROM license ORDER BY n").fetchall()
        return tuple(_record(row[0]) for row in rows)

    def used(self, nonce: str) -> bool:
        """Whether this challenge was approved before."""
        return self._one("SELECT nonce FROM used WHERE nonce = ?", nonce) is not None

    def commit(
        self,
        *,
        records: tuple[LicenseRecord, ...] = (),
        contract: Contract | None = None,
        nonce: str = "",
        lines: tuple[JournalLine, ...],
    ) -> None:
        """Write all of it, or nothing."""
        with self._lock, self._connection as connection:
            if contract is not None:
                row = (contract.email.casefold(), _text(contract))
                connection.execute("INSERT OR REPLACE INTO contract VALUES (?, ?)", row)
            for record in records:
                connection.execute(
                    "INSERT INTO license (id, email, body) VALUES (?, ?, ?) "
                    "ON CONFLICT (id) DO UPDATE SET body = excluded.body",
                    (record.terms.license, record.email.casefold(), _text(record)),
                )
            if nonce:
                connection.execute("INSERT INTO used VALUES (?)", (nonce,))
            journal.append(connection, lines, journal.last(connection))

    def _one(self, query: str, value: str) -> str | None:
        with self._lock:
            row = self._connection.execute(query, (value,)).fetchone()
        return str(row[0]) if row else None


def _record(text: str) -> LicenseRecord:
    body = json.loads(text)
    body["issued"].setdefault("asked_at", None)  # earlier versions did not ask back
    return load(LicenseRecord, body)


def _text(value: object) -> str:
    return canonical(dump(value)).decode()
