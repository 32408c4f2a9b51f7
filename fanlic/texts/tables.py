"""Tables of what happened: pandas where it is, and a plain table of our own in a browser, which has none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from fanlic.here import IN_BROWSER
from fanlic.texts import printable

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Table:
    """Rows under headings, with the few things that a notebook asks of a DataFrame."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, column: str) -> list[object]:
        at = self.columns.index(column)
        return [row[at] for row in self.rows]

    def itertuples(self, index: bool = False) -> Iterator[tuple[object, ...]]:  # noqa: ARG002 - as pandas calls it
        """Each row."""
        return iter(self.rows)

    def head(self, count: int = 5) -> Table:
        """The first rows."""
        return Table(self.columns, self.rows[:count])

    def tail(self, count: int = 5) -> Table:
        """The last rows."""
        return Table(self.columns, self.rows[len(self.rows) - min(count, len(self.rows)) :])

    def to_html(self) -> str:
        """The table as HTML."""
        heads = "".join(f"<th scope='col'>{escape(head)}</th>" for head in self.columns)
        rows = ("".join(f"<td>{escape(str(cell))}</td>" for cell in row) for row in self.rows)
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        return f"<table class='dataframe'><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"

    def _repr_html_(self) -> str:
        return self.to_html()


def _shown(cell: object) -> object:
    """A cell in which nothing acts or hides; numbers and instants as they are."""
    return printable(cell) if isinstance(cell, str) else cell


def frame(columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    """The rows as a DataFrame; in a browser as a Table, which knows what the lessons ask of one."""
    rows = [tuple(map(_shown, row)) for row in rows]
    if IN_BROWSER:
        plain: Any = Table(tuple(columns), tuple(rows))
        return plain
    import pandas as pd

    return pd.DataFrame(rows, columns=list(columns))
