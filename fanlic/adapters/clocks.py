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

    def now(self) -> datetime:
        """The instant in the file. A missing or damaged file is a ValueError that names it."""
        try:
            return instant(self.path.read_text("ascii"))
        except (OSError, ValueError) as problem:
            raise ValueError(f"the lab's clock file {self.path} cannot be read: {problem}") from problem

    def set(self, instant: datetime) -> None:
        """Move the clock, forward or back."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(instant.isoformat(), "ascii")
        fresh.replace(self.path)
