"""The clocks: the system's, and the lab's, which stands in a file that every lab process reads."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from fanlic.adapters.codec import instant

LAB_START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant in UTC."""
        return datetime.now(UTC)


class LabClock:
    """Virtual time: it stands still until somebody moves it.

    The file is replaced as a whole, so that a reader sees the old instant or the new one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: tuple[bytes, datetime] | None = None

    def now(self) -> datetime:
        """The instant in the file. A missing or damaged file is a ValueError that names it.

        A lab asks the time seven times a poll. So the file is read without a text layer, and parsed if it has changed.
        """
        try:
            with self.path.open("rb", buffering=0) as file:
                text = file.read(64)
            if self._read is None or self._read[0] != text:
                self._read = text, instant(text.decode("ascii"))
        except (OSError, ValueError) as problem:
            raise ValueError(f"the lab's clock file {self.path} cannot be read: {problem}") from problem
        return self._read[1]

    def set(self, instant: datetime) -> None:
        """Move the clock, forward or back."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(instant.isoformat(), "ascii")
        fresh.replace(self.path)
