"""A beat: one thing that happened in a scenario, with its instant and the clause it shows."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from datetime import datetime

from fanlic.model.clauses import Clause
from fanlic.model.refusals import Refusal
from fanlic.texts import basis

HEADING, COMMAND, OUTPUT, NOTE, REFUSED = "heading", "command", "output", "note", "refused"
EVENT, REQUEST, ANSWER = "event", "request", "answer"
WIDTH = 96  # columns of the terminal
_MARKS = {COMMAND: "$ ", OUTPUT: "  ", REFUSED: "x ", REQUEST: "> ", ANSWER: "< ", EVENT: "* "}


class ScenarioBroken(RuntimeError):
    """Something came out otherwise than the rules say."""


@dataclass(frozen=True)
class Beat:
    """One thing that happened: its kind, its words, the clause that it shows, or the refusal that it was.

    `str(beat)` is what a terminal prints.
    """

    at: datetime
    kind: str
    text: str
    said: Clause | Refusal | None = None

    @property
    def clause(self) -> Clause | None:
        """The clause that it shows."""
        return self.said.clause if isinstance(self.said, Refusal) else self.said

    def __str__(self) -> str:
        if self.kind == HEADING:
            return f"\n{self.at:%Y-%m-%d %H:%M}  {self.text}\n" + "-" * (18 + len(self.text))
        if self.kind == OUTPUT:
            return f"    {self.text}"
        first = f"  {_MARKS.get(self.kind, '- ')}"
        shown = textwrap.fill(self.text, WIDTH, initial_indent=first, subsequent_indent="    ", break_long_words=False)
        if self.said is None or self.clause is None:
            return shown
        return f"{shown}\n        [{self.clause.slug}; {basis(self.said)}]"
