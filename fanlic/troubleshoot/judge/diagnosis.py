"""Causes, and what every rule asks the evidence: what the container does, which messages and codes were seen."""

from __future__ import annotations

from dataclasses import dataclass, field

from fanlic.model.clauses import Basis
from fanlic.model.refusals import Who
from fanlic.troubleshoot.grounds import Grounded, Grounds
from fanlic.troubleshoot.judge.facts import WORDS, Evidence, Fact

VENDOR, READING = Basis.VENDOR, Basis.READING
RISK = 30
STOPPED = {"exited", "created", "dead", "removal in progress", "paused"}
REFUSED = {"connection-refused", "err-connection-refused"}
SILENT = {"socket-timeout", "err-connection-timed-out"}


@dataclass(frozen=True)
class Diagnosis(Grounded):
    """One thing that may be wrong: how much speaks for it, what that rests on, and what to do."""

    name: str
    title: str
    weight: int
    because: tuple[Fact, ...]
    remedy: tuple[str, ...]
    keys: tuple[str, ...]
    on: Grounds = READING
    who: Who = Who.HOST
    values: dict[str, object] = field(default_factory=dict)


def state(e: Evidence) -> str:
    """What the container is doing; empty where nothing says so."""
    fact = e.first("status")
    return str(fact.value) if fact else ""


def symptoms(e: Evidence, *keys: str) -> list[Fact]:
    """The messages with these keys, as programs printed them."""
    return [fact for fact in e.of("symptom") if fact.value in keys and fact.source != WORDS]


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
