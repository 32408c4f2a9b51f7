"""The server's log: standard output and `/app/log/server.log`, with the instants of the server's own clock."""

from __future__ import annotations

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

from fanlic.ports import Clock, JournalLine
from fanlic.texts import instant, printable

FILE = "server.log"


class Log:
    """Writes one line an event. What could forge or hide a line is escaped."""

    def __init__(self, folder: Path, clock: Clock, *, console: bool) -> None:
        self._clock = clock
        self._handlers: list[logging.Handler] = [
            RotatingFileHandler(folder / FILE, maxBytes=1_000_000, backupCount=3, encoding="utf-8", delay=True)
        ]
        if console:
            self._handlers.append(logging.StreamHandler(sys.stdout))

    def write(self, text: str) -> None:
        """One line."""
        plain = printable(f"{instant(self._clock.now())}  {text}")
        record = logging.LogRecord("fanlic", logging.INFO, "", 0, plain, None, None)
        for handler in self._handlers:
            handler.handle(record)  # with the handler's lock: many threads write, and a full file is exchanged

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
