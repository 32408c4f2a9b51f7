"""What anybody can cause without changing anything is written down up to a bound, and counted beyond it.

A refusal that changes nothing is a line of the journal, so that a person can see what was tried. A stranger who is
refused without end must not fill the disk with such lines: only the first ones of each hour are written, and one line
for each event and reason tells how many more there were.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from fanlic.ports import JournalLine

LINES_AN_HOUR = 60  # ours: enough for every refusal of a rehearsal, and 130 MB a year for somebody who never stops
_SPAN = timedelta(hours=1)


class Tally:
    """Says which lines of what was refused are written, and counts the others."""

    def __init__(self) -> None:
        self._since: datetime | None = None
        self._written = 0
        self._counted: Counter[tuple[str, str]] = Counter()

    def take(self, line: JournalLine) -> tuple[JournalLine, ...]:
        """The lines to be written because of this one."""
        lines = self.due(line.at)
        self._since = self._since or line.at
        if self._written < LINES_AN_HOUR:  # threat: journal-filled
            self._written += 1
            return (*lines, line)
        self._counted[line.event, line.reason] += 1
        return lines

    def due(self, now: datetime) -> tuple[JournalLine, ...]:
        """The lines that tell what was counted, once its hour is over or the clock went back."""
        if self._since is None or timedelta() <= now - self._since < _SPAN:
            return ()
        return self.rest(now)

    def rest(self, now: datetime) -> tuple[JournalLine, ...]:
        """The lines that tell what was counted until now; a new hour begins."""
        counted, self._counted, self._since, self._written = self._counted, Counter(), None, 0
        return tuple(JournalLine(now, event, f"{n} more", reason) for (event, reason), n in counted.items())
