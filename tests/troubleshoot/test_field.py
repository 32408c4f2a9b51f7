"""Triage on messy pastes: right where it can be, and silent or certain never without evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from fanlic.troubleshoot import triage
from fanlic.troubleshoot.ask import speaking
from fanlic.troubleshoot.catalogue.search import find
from fanlic.troubleshoot.catalogue.shelf import catalogue
from fanlic.troubleshoot.judge.report import as_data, text
from fanlic.troubleshoot.judge.verdict import confidence
from tests.troubleshoot import field_table as table
from tests.troubleshoot import last_table, messy_table, sent_table, triage_table
from tests.troubleshoot.field_table import FieldPaste
from tests.troubleshoot.triage_table import NOW, inspect


@pytest.fixture(autouse=True, scope="module")
def english() -> Iterator[None]:
    with speaking("en"):
        yield


PASTES = (*table.PASTES, *messy_table.PASTES, *last_table.PASTES, *sent_table.PASTES)


@pytest.mark.parametrize("paste", PASTES, ids=lambda paste: paste.name)
def test_a_paste_from_the_field_is_judged(paste: FieldPaste) -> None:
    verdict, _notes = triage.triage(paste.given.encode(), NOW)
    names = [cause.name for cause in verdict.causes]
    assert not set(paste.never) & {*names, *(risk.name for risk in verdict.risks)}
    assert verdict.outcome in ({"partial", "nothing"} if paste.says == "partial" else {paste.says}), names
    if paste.verdict:
        assert paste.verdict in names[: paste.top]
    if paste.confidence:
        assert confidence(verdict.causes[0]) in paste.confidence
    if paste.lines:
        assert paste.lines == tuple(line.number for line in verdict.unread)
    if paste.asks:
        assert paste.asks == verdict.question.name


def test_the_table_is_large_and_a_third_of_it_without_a_fault() -> None:
    faultless = [*triage_table.FAULTLESS, *(paste for paste in PASTES if paste.says != "fault")]
    assert len(PASTES) + len(triage_table.PASTES) >= 300
    assert len(faultless) * 3 >= len(PASTES) + len(triage_table.PASTES)
    assert len({paste.name for paste in PASTES}) == len(PASTES)


def test_the_last_tenth_says_what_its_first_run_missed() -> None:
    assert 37 == len(last_table.PASTES) - len(last_table.FIRST)
    assert set(last_table.FIRST) <= {paste.name for paste in last_table.PASTES}
    assert set(sent_table.FIRST) <= {paste.name for paste in sent_table.PASTES}
    last = len(last_table.PASTES) + len(sent_table.PASTES)
    assert last * 10 >= len(PASTES) + len(triage_table.PASTES)


def test_lines_that_were_not_understood_are_listed_with_their_numbers() -> None:
    verdict, notes = triage.triage(b"hello\n\nERROR lease store is closed\nfine\n", NOW)
    shown = "\n".join(text(verdict, notes))
    assert "not understood" in shown
    assert "line 3: ERROR lease store is closed" in shown
    assert [{"number": 3, "line": "ERROR lease store is closed"}] == as_data(verdict, notes)["unread"]


# -- laws over the whole vocabulary

LINES = [
    f"10:15:{at % 60:02},117 http-nio-8 INFO [standard] query {at} finished in {at * 7 % 900} ms" for at in range(2000)
]


def test_each_text_that_programs_print_is_found_in_two_thousand_lines(subtests: pytest.Subtests) -> None:
    texts = [(key, shown) for key, entry in catalogue().items() if entry.patterns for shown in entry.shown]
    assert len(texts) > 40
    for key, shown in texts:
        with subtests.test(shown=shown):
            lines = [*LINES[:1200], f"x {shown}", *LINES[1200:]]
            verdict, _notes = triage.triage("\n".join(lines).encode(), NOW)
            assert key in {fact.value for fact in verdict.evidence.of("symptom")}


def test_each_text_that_programs_print_leads_explain_to_its_entry(subtests: pytest.Subtests) -> None:
    for key, entry in catalogue().items():
        for shown in entry.shown if entry.patterns else ():
            with subtests.test(shown=shown):
                assert key in [match.key for match in find(shown)[:2]]


def test_each_pattern_is_written_for_text_in_lower_case() -> None:
    patterns = [pattern for entry in catalogue().values() for pattern in entry.patterns]
    assert [] == [pattern for pattern in patterns if re.search(r"(?<!\\)[A-Z]", pattern)]


# -- the present time


def test_a_ticket_read_days_later_does_not_claim_that_the_server_is_still_down() -> None:
    stopped = inspect(status="exited", finished="2026-11-20T08:00:00Z").encode()
    told_now, _notes = triage.triage(stopped, now=NOW)
    assumed, notes = triage.triage(stopped, fallback=NOW)
    assert ("certain", "likely") == (confidence(told_now.causes[0]), confidence(assumed.causes[0]))
    shown = " ".join(" ".join(text(assumed, notes)).split())
    assert "if it is still stopped" in shown
    assert "this machine's clock" in shown
    assert "this machine's clock" not in " ".join(" ".join(text(told_now, _notes)).split())
