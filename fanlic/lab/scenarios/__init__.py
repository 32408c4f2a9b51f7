"""How a scenario is written: the question it answers, on what basis, and a play that acts on a stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from fanlic.lab.stage import Stage
from fanlic.model.clauses import Basis, Clause, together
from fanlic.model.policy import EDITIONS, FINEBI_6_0_5
from fanlic.model.refusals import REASONS

INLINE, PROCESSES = "inline", "sandbox"  # the sandbox in this process, or with a process for each server
PAGE, VENDOR, READING = Basis.PAGE, Basis.VENDOR, Basis.READING
EVERY_EDITION, THE_PAGE = tuple(EDITIONS), (FINEBI_6_0_5.edition,)


@dataclass(frozen=True)
class Scenario:
    """One branch: what it answers, and how it comes out. `meets`: the codes and reasons that are met on the way.

    `stated` is the least firm source of its words. The basis is derived: if a reading stands behind the scenario, its
    clauses or a reason that is met, then the outcome is our reading.
    """

    id: str
    title: str
    question: str
    outcome: str
    stated: Basis
    clauses: tuple[Clause, ...]
    meets: tuple[str, ...] = ()
    engine: str = INLINE
    editions: tuple[str, ...] = EVERY_EDITION
    play: Callable[[Stage], None] | None = None
    why_not: str = ""
    own_readings: tuple[str, ...] = ()

    @property
    def readings(self) -> tuple[str, ...]:
        """Every reading behind the outcome."""
        reasons = (reason.readings for reason in REASONS.values() if reason.label in self.meets)
        return together(self.own_readings, *(clause.readings for clause in self.clauses), *reasons)

    @property
    def basis(self) -> Basis:
        """What the outcome rests on."""
        sources = {self.stated, *(clause.source for clause in self.clauses)}
        if self.readings or Basis.READING in sources:
            return Basis.READING
        return Basis.VENDOR if Basis.VENDOR in sources else Basis.PAGE


SCENARIOS: dict[str, Scenario] = {}


def scenario(
    name: str,
    title: str,
    question: str,
    outcome: str,
    basis: Basis,
    *clauses: Clause,
    meets: str = "",
    engine: str = INLINE,
    editions: tuple[str, ...] = EVERY_EDITION,
    readings: str = "",
) -> Callable[[Callable[[Stage], None]], Callable[[Stage], None]]:
    """Put the decorated play into the catalogue; `meets` and `readings` are names with spaces between."""
    words = Scenario(name, title, question, outcome, basis, clauses, tuple(meets.split()), engine, editions)
    words = replace(words, own_readings=tuple(readings.split()))

    def enter(play: Callable[[Stage], None]) -> Callable[[Stage], None]:
        _enter(replace(words, play=play))
        return play

    return enter


def not_modelled(
    name: str, title: str, question: str, outcome: str, basis: Basis, *clauses: Clause, why_not: str
) -> None:
    """Put a branch into the catalogue that the lab cannot play, and say why."""
    _enter(Scenario(name, title, question, outcome, basis, clauses, why_not=why_not))


def _enter(new: Scenario) -> None:
    if new.id in SCENARIOS:
        raise ValueError(f"the catalogue has a scenario {new.id} already")
    SCENARIOS[new.id] = new
