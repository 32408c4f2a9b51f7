"""Triage on messy pastes: right where it can be, and silent or certain never without evidence."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fanlic.troubleshoot import triage
from fanlic.troubleshoot.ask import speaking
from fanlic.troubleshoot.judge.report import as_data, text
from fanlic.troubleshoot.judge.verdict import confidence
from tests.troubleshoot import field_table as table
from tests.troubleshoot.field_table import FieldPaste
from tests.troubleshoot.triage_table import NOW


@pytest.fixture(autouse=True, scope="module")
def english() -> Iterator[None]:
    with speaking("en"):
        yield


@pytest.mark.parametrize("paste", table.PASTES, ids=lambda paste: paste.name)
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
    assert len(table.PASTES) >= 60
    assert len([paste for paste in table.PASTES if paste.says != "fault"]) * 3 >= len(table.PASTES)
    assert len({paste.name for paste in table.PASTES}) == len(table.PASTES)


def test_lines_that_were_not_understood_are_listed_with_their_numbers() -> None:
    verdict, notes = triage.triage(b"hello\n\nERROR lease store is closed\nfine\n", NOW)
    shown = "\n".join(text(verdict, notes))
    assert "not understood" in shown
    assert "line 3: ERROR lease store is closed" in shown
    assert [{"number": 3, "line": "ERROR lease store is closed"}] == as_data(verdict, notes)["unread"]
