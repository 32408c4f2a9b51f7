"""The server's log: standard output and `/app/log/server.log`, with the instants of the server's own clock."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from fanlic.adapters.files import plain
from fanlic.ports import Clock, JournalLine
from fanlic.texts import instant, printable

FILE = "server.log"
LARGEST, KEPT = 1_000_000, 3  # bytes of a file; files that are kept beside it; both ours


class Log:
    """Writes one line an event. What could forge or hide a line is escaped. If it cannot write, the server goes on."""

    def __init__(self, folder: Path, clock: Clock, *, console: bool) -> None:
        self._clock = clock
        self._console = console
        self._path = folder / FILE
        self._lock = threading.Lock()
        self._file: TextIO | None = None
        self._size = 0

    def write(self, text: str) -> None:
        """One line."""
        line = printable(f"{instant(self._clock.now())}  {text}") + "\n"
        with self._lock:  # many threads write, and a full file is exchanged
            with suppress(OSError, ValueError):
                self._append(line)
            if self._console:
                with suppress(OSError, ValueError):
                    sys.stdout.write(line)
                    sys.stdout.flush()

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
        with self._lock:
            self._end()

    def _append(self, line: str) -> None:
        size = len(line) if line.isascii() else len(line.encode())
        if self._file is not None and self._size + size > LARGEST:
            self._end()
            self._exchange()
        if self._file is None:
            self._file = open(self._path, "a", encoding="utf-8", newline="\n", opener=plain)  # noqa: SIM115 - kept open
            self._size = os.fstat(self._file.fileno()).st_size
        self._size += size
        self._file.write(line)
        self._file.flush()

    def _exchange(self) -> None:
        names = [self._path, *(self._path.with_name(f"{FILE}.{number}") for number in range(1, KEPT + 1))]
        for older, newer in zip(reversed(names), reversed(names[:-1]), strict=False):
            with suppress(FileNotFoundError):
                newer.replace(older)

    def _end(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                file.close()
