"""The timeline: what every party noted, in the order in which it happened."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fanlic.ports import Clock, JournalLine
from fanlic.texts import _, printable, tables
from fanlic.wiring.lab import Journal

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("at", "party", "event", "subject", "reason", "before", "after")


class LabClosed(ValueError):
    """The lab was closed, so nothing can be done in it; the text says how to go on."""

    def __init__(self) -> None:
        super().__init__(
            _("This lab is closed. Run the cell that makes the lab again, then the cells below it, to get a new one.")
        )


@dataclass(frozen=True)
class Row:
    """One line of the timeline."""

    party: str
    line: JournalLine


class Timeline:
    """Collects the lines of all parties. `journals` gives each journal that the desk and the servers keep."""

    def __init__(self, clock: Clock, journals: Callable[[], list[Journal]]) -> None:
        self.rows: list[Row] = []
        self._clock = clock
        self._journals = journals
        self._lengths: dict[str, int] = {}
        self._ports: dict[int, str] = {}
        self.closed = False

    def require_open(self) -> None:
        """Raise LabClosed after the lab was closed. Every party asks this before it does anything."""
        if self.closed:
            raise LabClosed

    def note(self, party: str, event: str, subject: str = "", reason: str = "", after: str = "") -> None:
        """Add a line with the lab's present instant."""
        self.add(party, JournalLine(self._clock.now(), event, subject, reason, after=after))

    def add(self, party: str, line: JournalLine) -> None:
        """Add a line."""
        self.rows.append(Row(party, line))

    def collect(self) -> None:
        """Add what the desk and the servers have journalled since the last time; nothing once the lab is closed."""
        if self.closed:
            return
        for party, read in self._journals():
            lines = read()
            for line in lines[self._lengths.get(party, 0) :]:
                self.add(party, line)
            self._lengths[party] = max(len(lines), self._lengths.get(party, 0))

    def port_name(self, port: int) -> str:
        """The port's name: P1, P2, ... in the order of appearance, because the real numbers differ from run to run."""
        return self._ports.setdefault(port, f"P{len(self._ports) + 1}")

    def frame(self) -> pd.DataFrame:
        """Everything that happened, as a table."""
        return tables.frame(COLUMNS, [_cells(row) for row in self.rows])

    def csv(self) -> str:
        """The same as CSV, with a header line."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([_inert(cell) for cell in _cells(row)] for row in self.rows)
        return text.getvalue()


def _cells(row: Row) -> tuple[str, ...]:
    line = row.line
    at = line.at.isoformat(timespec="seconds")
    texts = (row.party, line.event, line.subject, line.reason, line.before, line.after)
    return (at, *map(printable, texts))


def _inert(cell: str) -> str:
    # A spreadsheet takes a cell that begins so for a formula, and runs it.
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell  # threat: text-forged
