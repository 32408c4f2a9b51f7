"""What happened and what lies ahead, as pandas tables with the units in their headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fanlic.lab import Lab
from fanlic.lab.scene import holders_after
from fanlic.model.refusals import N_
from fanlic.notebook.clock import upcoming
from fanlic.texts import _, basis, tables

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Taken:
    """So many seats of a server are taken from this instant on."""

    at: datetime
    server: str
    taken: int


def timeline(lab: Lab) -> pd.DataFrame:
    """Everything that happened; times in UTC, and in hours since the beginning."""
    lab.collect()
    begin = lab.rows[0].line.at if lab.rows else lab.clock.now()
    heads = (
        *(N_("at (UTC)"), N_("since the start (h)"), N_("party"), N_("event")),
        *(N_("subject"), N_("reason"), N_("before"), N_("after")),
    )
    rows = [
        (line.at, _hours(line.at - begin), row.party, line.event, line.subject, line.reason, line.before, line.after)
        for row in lab.rows
        for line in (row.line,)
    ]
    return _frame(heads, rows)


def failed_checks(lab: Lab) -> pd.DataFrame:
    """Every failed check of every project, each node's own."""
    heads = (N_("at (UTC)"), N_("project"), N_("node"), N_("code"), N_("reason"), N_("what failed"))
    rows = [
        (check.at, project.name, check.node, check.code or "", check.reason, check.text)
        for project in lab.projects
        for check in project.failed_checks
    ]
    return _frame(heads, rows)


def seats(lab: Lab) -> pd.DataFrame:
    """How many seats were taken, from each change on."""
    heads = (N_("at (UTC)"), N_("server"), N_("seats taken (number)"))
    return _frame(heads, [(step.at, step.server, step.taken) for step in seat_history(lab)])


def deadlines(lab: Lab) -> pd.DataFrame:
    """The limits ahead, the next one first."""
    now = lab.clock.now()
    heads = (
        *(N_("at (UTC)"), N_("time left (min)"), N_("party")),
        *(N_("what ends or happens"), N_("basis"), N_("clause")),
    )
    rows = [
        (each.at, _minutes(each.at - now), each.party, each.what, basis(each.clause), each.clause.slug)
        for each in upcoming(lab)
    ]
    return _frame(heads, rows)


def seat_history(lab: Lab) -> list[Taken]:
    """The number of seats taken on each server, read off the servers' journals."""
    lab.collect()
    held: dict[str, frozenset[str]] = {}
    history: list[Taken] = []
    for row in lab.rows:
        if not row.party.startswith("server"):
            continue
        before = held.get(row.party)
        after = holders_after(before or frozenset(), row.line, ends=lab.policy.lapse_ends_seats)
        if after != before:
            held[row.party] = after
            history.append(Taken(row.line.at, row.party, len(after)))
    return history


def _hours(span: timedelta) -> float:
    return round(span / timedelta(hours=1), 2)


def _minutes(span: timedelta) -> float:
    return round(span / timedelta(minutes=1), 1)


def _frame(heads: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    return tables.frame([_(head) for head in heads], rows)
