"""The server's log: standard output and `/app/log/server.log`, with the instants of the server's own clock."""

from __future__ import annotations

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

from fanlic.ports import Clock, JournalLine
from fanlic.texts import instant

FILE = "server.log"
_ESCAPES = {code: f"\\x{code:02x}" for code in (*range(32), 127)}


class Log:
    """Writes one line an event. Control characters are escaped, so that nobody can forge a line."""

    def __init__(self, folder: Path, clock: Clock, *, console: bool) -> None:
        self._clock = clock
        self._handlers: list[logging.Handler] = [
            RotatingFileHandler(folder / FILE, maxBytes=1_000_000, backupCount=3, encoding="utf-8", delay=True)
        ]
        if console:
            self._handlers.append(logging.StreamHandler(sys.stdout))

    def write(self, text: str) -> None:
        """One line."""
        plain = f"{instant(self._clock.now())}  {text}".translate(_ESCAPES)
        record = logging.LogRecord("fanlic", logging.INFO, "", 0, plain, None, None)
        for handler in self._handlers:
            handler.emit(record)

    def line(self, line: JournalLine) -> None:
        """One line of the journal, in words."""
        parts = (
            line.event,
            line.subject,
            line.reason,
            f"{line.before} > {line.after}" if line.before or line.after else "",
        )
        self.write("; ".join(part for part in parts if part))

    def close(self) -> None:
        """Close the file."""
        for handler in self._handlers:
            handler.close()
