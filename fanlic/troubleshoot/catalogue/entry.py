"""The types of the catalogue of failures: what each code, reason and symptom means, its causes in order of likelihood,
what to look at, what to do, and who can do it.

It serves rehearsals and real deployments, so each entry and each cause says where it comes from: FanRuan's page, the
vendor elsewhere, or our reading. Messages of Docker, browsers and Java are known from those programs; they are marked
as our reading too, because no page of the vendor speaks of them. Texts are English and are translated when they are
shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from fanlic.model.clauses import Basis, Clause, together
from fanlic.model.refusals import N_, REASONS, Who
from fanlic.troubleshoot.grounds import Grounded, Grounds

COMMAND = "$ "  # a text to look at that begins so is a command to type; commands are not translated

ADVICE = N_("What to look at and what to do is our advice. FanRuan's page says no more than the clauses do.")
EVIDENCE = (
    N_("a screenshot of the whole pop-up with its Details open"),
    N_("product and version as the Registration page shows them, and whether FineOps manages the site"),
    N_("the output of `docker ps -a` and `docker inspect NAME`, secrets blanked out"),
)
LOGS = N_("the last 200 lines of the authorization server's log, and of FineBI's fanruan.log")


class CaseStage(StrEnum):
    """How far a site has come when the failure is seen, in the order of the page. The earlier explains the later."""

    CHOOSING = "choosing"
    MAIL = "mail"
    LOAD = "load"
    RUN = "run"
    RUNNING = "running"
    OUTAGE = "outage"
    REACH = "reach"
    TLS = "tls"
    QR = "qr"
    PHONE = "phone"
    REGISTER = "register"
    MIGRATION = "migration"


class Says(IntEnum):
    """How much a message says about its cause, from little to all."""

    GENERAL = 1  # many causes print this
    USUAL = 2  # one cause usually prints this
    CAUSE = 3  # the message names its cause


@dataclass(frozen=True)
class Cause(Grounded):
    """One thing that may be behind it, the party that holds it, what this rests on, and the scenario that shows it."""

    text: str
    party: Who
    on: Grounds = Basis.READING
    scenario_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One failure: a code, a reason without a code, or a symptom. `causes` are in order of likelihood.

    `stated` is the least firm source of title and meaning; their basis is derived from it, from the readings behind
    the clauses and the reason, and from `own_readings`. What to look at and what to do is our advice (`ADVICE`):
    FanRuan's page gives few remedies, and those are in the clauses. Each cause names its own grounds.
    """

    key: str
    title: str
    meaning: str
    shown: tuple[str, ...] = ()
    causes: tuple[Cause, ...]
    look: tuple[str, ...] = ()
    remedy: tuple[str, ...]
    who: Who
    stated: Basis
    clauses: tuple[Clause, ...] = ()
    scenarios: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()  # what programs print, as regular expressions on text in lower case
    unless: tuple[str, ...] = ()  # a line that matches one of these is about something else
    says: Says = Says.CAUSE
    sort: str = ""  # the messages that one rule of triage reads together: refused, silent, name, untrusted ...
    stage: CaseStage | None = None
    asks: tuple[str, ...] = ()  # the next questions, the first one first
    phrases: tuple[str, ...] = ()  # what people type; `*` stands for anything in between
    mail: str = ""
    evidence: tuple[str, ...] = ()
    own_readings: tuple[str, ...] = ()

    @property
    def readings(self) -> tuple[str, ...]:
        """Every reading behind title and meaning."""
        reasons = (reason.readings for reason in REASONS.values() if reason.label == self.key)
        return together(self.own_readings, *(clause.readings for clause in self.clauses), *reasons)

    @property
    def basis(self) -> Basis:
        """Whose statement title and meaning are."""
        return Basis.READING if self.readings else self.stated

    @property
    def on(self) -> Grounds:
        """What a verdict rests on that says no more than title and meaning."""
        return self.readings or (self.clauses if self.basis is Basis.PAGE else self.stated)
