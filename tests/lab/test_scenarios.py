"""Every branch of the procedure is played, checks itself, and says on what basis."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from fanlic.lab import scenario
from fanlic.lab.scenarios import INLINE, SCENARIOS, Scenario
from fanlic.lab.stage import Stage
from fanlic.model.clauses import Clause
from fanlic.model.project import Registration
from fanlic.model.refusals import REASONS, Code

CATALOGUE = scenario.catalogue()
PLAYED = [each for each in CATALOGUE.values() if each.play is not None]
ELSEWHERE = [(each, edition) for each in PLAYED for edition in each.editions[1:] if each.engine == INLINE]
SPENT: dict[str, float] = {}


def every_text(each: Scenario) -> Iterator[str]:
    yield from (each.title, each.question, each.outcome)


@pytest.mark.parametrize("name", [each.id for each in PLAYED])
def test_the_scenario_comes_out_as_the_rules_say(name: str) -> None:
    begun = time.process_time()
    transcript = scenario.run(name)
    SPENT[name] = time.process_time() - begun
    assert "" == transcript.problem
    assert transcript.beats
    assert all(each.at.tzinfo is not None for each in transcript.beats)


@pytest.mark.parametrize(("each", "edition"), ELSEWHERE, ids=[f"{each.id}-{edition}" for each, edition in ELSEWHERE])
def test_it_comes_out_alike_in_every_edition_it_names(each: Scenario, edition: str) -> None:
    assert "" == scenario.run(each.id, edition=edition).problem


def test_the_whole_catalogue_takes_less_than_a_minute_of_a_processor() -> None:
    assert sum(SPENT.values()) < 60


def test_what_is_not_played_says_why_and_nothing_else_does() -> None:
    assert [] == [each.id for each in CATALOGUE.values() if bool(each.why_not) == bool(each.play)]


def test_the_scenario_has_a_question_an_outcome_and_clauses(subtests: pytest.Subtests) -> None:
    for each in CATALOGUE.values():
        with subtests.test(each.id):
            assert all(text and text.isascii() for text in every_text(each))
            assert each.question.endswith("?")
            assert each.clauses
            assert all(clause in Clause for clause in each.clauses)


def test_no_two_scenarios_have_the_same_words() -> None:
    texts = [text for each in CATALOGUE.values() for text in every_text(each)]
    assert len(texts) == len(set(texts))


def test_every_code_and_every_reason_is_met_in_some_scenario() -> None:
    """A play that does not meet what its scenario names breaks off, so what is named was met."""
    met = {name for each in CATALOGUE.values() for name in each.meets}
    assert {str(int(code)) for code in Code} <= met
    uncoded = {name for name, kind in REASONS.items() if kind.code is None}
    assert uncoded <= met
    assert met <= uncoded | {str(int(code)) for code in Code}


# -- the framework notices


def played(monkeypatch: pytest.MonkeyPatch, **changes: object) -> str:
    monkeypatch.setitem(SCENARIOS, "U1", replace(CATALOGUE["U1"], **changes))  # type: ignore[arg-type]
    return scenario.run("U1").problem


def test_an_outcome_otherwise_than_the_rules_say_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(stage: Stage) -> None:
        _server, project = stage.registered()
        stage.shown(project, Registration.LAPSED)

    assert "the result differs from the rules" in played(monkeypatch, play=wrong)


def test_a_refusal_nobody_expected_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "has not been activated yet" in played(
        monkeypatch, play=lambda stage: stage.register(stage.lab.project("sales"), stage.started_server().address)
    )


def test_what_should_be_refused_and_is_not_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def mild(stage: Stage) -> None:
        server = stage.started_server()
        stage.refused("30002", server.status, "look at the status")

    assert "not refused" in played(monkeypatch, play=mild)


def test_another_reason_than_the_expected_one_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def other(stage: Stage) -> None:
        server = stage.started_server()
        stage.refused("wrong-code", lambda: server.submit("123456"), "a code before any picture")

    assert "no-qr" in played(monkeypatch, play=other)


def test_a_reason_that_is_named_and_not_met_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "30007" in played(monkeypatch, meets=("30007",))


def test_one_seed_gives_one_transcript() -> None:
    first, second = scenario.run("U5"), scenario.run("U5")
    assert (first.beats, first.timeline) == (second.beats, second.timeline)
    assert first.timeline != scenario.run("U5", seed=2).timeline


def test_the_state_is_told_before_and_after() -> None:
    transcript = scenario.run("U4")
    assert any("seats taken: 1 of 3" in line for line in transcript.before)
    assert any("node sales: registered" in line for line in transcript.before)
    assert len(transcript.before) == len(transcript.after) == 3


# -- on the terminal


def test_a_scenario_is_told_with_times_requests_answers_and_basis(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == scenario.rehearse_scenario("u5", None, False)
    told = capsys.readouterr().out
    assert told.isascii()
    for words in (
        "2026-03-03 10:00:00 UTC",
        "$ docker stop",
        "> PUT https://",
        "< registered; maximum number of connections: 3",
        "x 30002 ACCOUNT_STATUS_ERROR",
        "Before:",
        "After:",
        "Basis: our reading (lapsed-is-30002, A16)",
    ):
        assert words in told, words


def test_a_scenario_is_told_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == scenario.rehearse_scenario("M1", "fineops-2025-08", True)
    report = json.loads(capsys.readouterr().out)
    assert ("M1", "fineops-2025-08", True) == (report["id"], report["edition"], report["ended_well"])
    assert {"note", "command", "output", "event", "request", "answer"} <= {beat["kind"] for beat in report["beats"]}


def test_the_catalogue_is_listed_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == scenario.list_scenarios(False)
    text = capsys.readouterr().out
    assert 0 == scenario.list_scenarios(True)
    assert list(CATALOGUE) == [each["id"] for each in json.loads(capsys.readouterr().out)]
    assert all(f"\n{name} " in f"\n{text}" for name in CATALOGUE)


@pytest.mark.parametrize(("name", "edition"), [("U99", None), ("U10", "finebi-6.0.5"), ("U5", "finebi-7")])
def test_what_cannot_be_played_is_refused_with_the_way_on(
    name: str, edition: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 2 == scenario.rehearse_scenario(name, edition, True)
    assert ("rehearse --list" if name == "U99" else "is played in") in capsys.readouterr().err


def test_what_is_not_modelled_is_told_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == scenario.rehearse_scenario("R7", None, False)
    assert "Cannot be played" in capsys.readouterr().out
    with pytest.raises(scenario.CannotPlay, match="web site"):
        scenario.run("R7")


def test_a_scenario_that_breaks_off_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(SCENARIOS, "U1", replace(CATALOGUE["U1"], meets=("30007",)))
    assert 1 == scenario.rehearse_scenario("U1", None, False)
    assert "stopped early" in capsys.readouterr().err
