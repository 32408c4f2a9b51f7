"""Causes, and what every rule asks the evidence: what the container does, which messages and codes were seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from fanlic.model.clauses import Basis
from fanlic.model.refusals import Who
from fanlic.troubleshoot.catalogue.entry import CaseStage
from fanlic.troubleshoot.catalogue.shelf import catalogue
from fanlic.troubleshoot.grounds import Grounded, Grounds
from fanlic.troubleshoot.judge.facts import WORDS, Evidence, Fact

VENDOR, READING = Basis.VENDOR, Basis.READING
STOPPED = {"exited", "created", "dead", "removal in progress", "paused"}


class Grade(IntEnum):
    """How firmly the evidence speaks for a cause. Only this decides how sure the answer is."""

    RISK = 0  # nothing that was seen comes from it
    WORDS = 1  # a person's few words
    FITS = 2  # it fits, and so would other causes
    USUAL = 3  # what was seen usually comes from it
    SAID = 4  # a program's own message, a state or a code says it
    PROOF = 5  # two facts together leave no other cause


@dataclass(frozen=True)
class Diagnosis(Grounded):
    """One thing that may be wrong: how firmly the evidence speaks for it, what that rests on, and what to do."""

    name: str
    title: str
    grade: Grade
    because: tuple[Fact, ...]
    remedy: tuple[str, ...]
    keys: tuple[str, ...]
    on: Grounds = READING
    who: Who = Who.HOST
    values: dict[str, object] = field(default_factory=dict)
    asks: tuple[str, ...] = ()  # the next questions, if they are not the rule's own
    stage: CaseStage | None = None


def state(e: Evidence) -> str:
    """What the container is doing; empty where nothing says so."""
    fact = e.first("status")
    return str(fact.value) if fact else ""


def symptoms(e: Evidence, *keys: str) -> list[Fact]:
    """The messages with these keys, as programs printed them."""
    return [fact for fact in e.of("symptom") if fact.value in keys and fact.source != WORDS]


def symptoms_of(e: Evidence, *sorts: str) -> list[Fact]:
    """The messages that programs printed of these sorts, as `refused`."""
    known = catalogue()
    return [
        fact
        for fact in e.of("symptom")
        if fact.source != WORDS and (entry := known.get(str(fact.value))) and entry.sort in sorts
    ]


def codes(e: Evidence, *wanted: str) -> list[Fact]:
    """The codes among these."""
    return [fact for fact in e.of("code") if fact.value in wanted]


def failing(e: Evidence) -> bool:
    """Whether somebody saw a failure."""
    return bool(e.of("code") or e.of("symptom"))


def version(e: Evidence) -> tuple[str, tuple[int, ...]]:
    """Product and version as far as they were named."""
    fact = e.first("product")
    if fact is None:
        return "", ()
    return str(fact.value).split()[0].lower(), tuple(int(part) for part in fact.detail.split(".") if part.isdigit())


def facts(e: Evidence, *kinds: str) -> tuple[Fact, ...]:
    return tuple(fact for kind in kinds if (fact := e.first(kind)))
