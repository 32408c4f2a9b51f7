"""Facts: what the readers found in a paste, each with the line it came from; and all of them as the evidence.

Nothing that looks like a secret gets into a fact: its texts are masked when it is made.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fanlic.troubleshoot.judge.masks import mask, shown

Value = str | int | bool | datetime | timedelta
WORDS = "words"  # the source of a fact that was taken from what a person says, not from what a program prints


@dataclass(frozen=True)
class Fact:
    """One thing that the paste says: about what, the value, and the masked line it was read from."""

    kind: str
    value: Value
    source: str
    line: str = ""
    number: int = 0
    subject: str = ""
    detail: str = ""
    piece: str = ""  # the name of the piece it was read in, if there are several
    own: int = 0  # the number of the line in its piece

    def __post_init__(self) -> None:
        object.__setattr__(self, "line", shown(self.line))
        object.__setattr__(self, "detail", mask(self.detail))
        if isinstance(self.value, str):
            object.__setattr__(self, "value", mask(self.value))


@dataclass(frozen=True)
class Evidence:
    """All facts, the instant they are judged at, and the container they are about.

    `assumed`: nothing pasted says what time it was, so `now` is this machine's clock; the paste may be days old.
    """

    facts: tuple[Fact, ...] = ()
    now: datetime | None = None
    collected: bool = False
    assumed: bool = False
    answered: frozenset[str] = frozenset()  # questions that a person has answered
    later: timedelta = timedelta()  # how much later than the paste it is judged, while all is as pasted
    server: str = field(default="", init=False)

    def __post_init__(self) -> None:
        states = [fact for fact in self.facts if fact.kind == "status"]
        running = [fact for fact in states if fact.value == "running"]
        inspected = [fact for fact in states if fact.source == "docker inspect"]
        chosen = next((fact.subject for fact in (*running, *inspected, *states)), "")
        object.__setattr__(self, "server", chosen)

    def of(self, kind: str) -> list[Fact]:
        """The facts of one kind about the authorization server, or about no container in particular."""
        return [fact for fact in self.facts if fact.kind == kind and fact.subject in ("", self.server)]

    def first(self, kind: str) -> Fact | None:
        """The most exact fact of one kind: what `docker inspect` says goes before what a list says."""
        exact_first = sorted(self.of(kind), key=lambda fact: fact.source != "docker inspect")
        return exact_first[0] if exact_first else None

    def values(self, kind: str) -> set[Value]:
        """The values of one kind."""
        return {fact.value for fact in self.of(kind)}
