"""The types of the catalogue of failures: what each code, reason and symptom means, its causes in order of likelihood,
what to look at, what to do, and who can do it.

It serves rehearsals and real deployments, so each entry and each cause says where it comes from: the page, the vendor
elsewhere, or our reading. Messages of Docker, browsers and Java are known from those programs; they are marked as
our reading too, because no page of the vendor speaks of them. Texts are English and are translated when they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from fanlic.model.clauses import Basis, Clause
from fanlic.model.refusals import N_, Who

COMMAND = "$ "  # a text to look at that begins so is a command to type; commands are not translated

EVIDENCE = (
    N_("a screenshot of the whole pop-up with its Details open"),
    N_("product and version as the Registration page shows them, and whether FineOps manages the site"),
    N_("the output of `docker ps -a` and `docker inspect NAME`, secrets blanked out"),
)
LOGS = N_("the last 200 lines of the authorization server's log, and of FineBI's fanruan.log")


@dataclass(frozen=True)
class Cause:
    """One thing that may be behind it, the party that holds it, and the scenario that shows it."""

    text: str
    party: Who
    basis: Basis = Basis.READING
    scenario_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One failure: a code, a reason without a code, or a symptom. `causes` stand in order of likelihood."""

    key: str
    title: str
    meaning: str
    shown: tuple[str, ...] = ()
    causes: tuple[Cause, ...]
    look: tuple[str, ...] = ()
    remedy: tuple[str, ...]
    who: Who
    basis: Basis
    clauses: tuple[Clause, ...] = ()
    scenarios: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()  # what programs print, as regular expressions on text in lower case
    phrases: tuple[str, ...] = ()  # what people type; `*` stands for anything in between
    mail: str = ""
    evidence: tuple[str, ...] = ()
