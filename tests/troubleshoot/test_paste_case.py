"""The case of the site's box: answers, times and a saved case lead to the verdict of `triage --case`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fanlic.troubleshoot.paste_page import answer_json
from tests.troubleshoot.triage_table import ps

PS = ps("Exited (137) 3 hours ago", "")


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANLIC_LANG", "en")


def answered(*files: str, **asked: Any) -> dict[str, Any]:
    given = {"kind": "triage", "names": [f"paste {at}" for at, _file in enumerate(files)], "language": "en", **asked}
    found: dict[str, Any] = json.loads(answer_json(json.dumps(given), [file.encode() for file in files]))
    return found


def question(found: dict[str, Any]) -> str:
    return str(found["html"].partition("data-question='")[2].partition("'")[0])


def test_an_answer_to_the_next_question_is_added_to_the_case_and_another_question_follows() -> None:
    first = answered("registration failed, what now? 30001")
    asked = question(first)
    second = answered("registration failed, what now? 30001", answers=[{"question": asked, "text": "-"}])
    assert asked
    assert question(second) not in ("", asked)
    assert "not known" in second["plain"]


def test_an_answer_in_which_nothing_can_be_read_is_kept_and_the_reader_is_told() -> None:
    asked = question(answered("30007"))
    found = answered("30007", answers=[{"question": asked, "text": "no idea, ask Li Wei"}])
    assert asked == question(found)
    assert "it does not tell this" in found["html"]
    assert "no idea, ask Li Wei" in found["plain"]


def test_a_short_answer_counts_as_the_answer_and_not_as_a_paste_that_nobody_understands() -> None:
    alone = answered("172.20.9.9:49180")
    case = answered(PS, answers=[{"question": "address", "text": "https://172.20.9.9:49180"}])
    assert "https://172.20.9.9:49180" in case["plain"]
    assert alone["plain"] != case["plain"]


def test_a_state_that_depends_on_the_time_is_asked_for_and_a_yes_is_kept() -> None:
    before = answered(PS)
    assert "data-reply='still'" in before["html"]
    after = answered(PS, still="2026-11-24T08:00:00.000Z", times=["2026-11-24T08:00:00.000Z"])
    assert "said to be still as pasted" in after["plain"]
    assert json.loads(after["case"])["confirmed"] == "2026-11-24T08:00:00+00:00"


def test_an_old_paste_is_not_taken_for_the_present() -> None:
    old = answered(PS, times=["2026-01-05T08:00:00Z"])
    assert "Is everything still as it was pasted?" in old["html"]


def test_a_saved_case_is_taken_up_with_its_pieces_answers_and_times() -> None:
    saved = answered(PS, times=["2026-11-24T07:00:00Z"], answers=[{"question": "version", "text": "FineBI 6.1.2"}])
    again = answered(saved["case"], "Address saved in FineBI: https://10.4.4.4:49155")
    pieces = json.loads(again["case"])["pieces"]
    assert ["paste 0", "version", "paste 1"] == [piece["name"] for piece in pieces]
    assert "2026-11-24T07:00:00+00:00" == pieces[0]["at"]
    assert "FineBI 6.1.2" in again["plain"]


@pytest.mark.parametrize(
    "broken", ['{"form": "fanlic-case-1"}', '{"form": "fanlic-case-1", "pieces": 3, "confirmed": 1}']
)
def test_a_damaged_case_file_is_named_and_no_verdict_is_guessed(broken: str) -> None:
    found = answered(broken)
    assert found["status"] == 2
    assert "this is no case file of fanlic" in found["html"]


def test_secrets_do_not_come_into_a_saved_case_and_markup_in_an_answer_stays_text() -> None:
    text = "<img src=x onerror=alert(1)> password=Zq9!unseen"
    found = answered("30002", answers=[{"question": "version", "text": text}])
    assert "Zq9!unseen" not in found["case"] + found["html"] + found["plain"]
    assert "<img" not in found["html"]
