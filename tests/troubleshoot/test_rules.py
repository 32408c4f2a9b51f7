"""The rules: each gives one of four answers, and what is missing and asked next follows from them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fanlic.troubleshoot import triage
from fanlic.troubleshoot.ask import speaking
from fanlic.troubleshoot.catalogue.shelf import catalogue
from fanlic.troubleshoot.judge import questions
from fanlic.troubleshoot.judge.diagnosis import Grade
from fanlic.troubleshoot.judge.facts import Evidence, Fact
from fanlic.troubleshoot.judge.kinds import KINDS
from fanlic.troubleshoot.judge.report import as_data, text
from fanlic.troubleshoot.judge.rules import NEEDS, RULES, Reply, RuleAnswer
from fanlic.troubleshoot.judge.stages import ASKS
from fanlic.troubleshoot.judge.verdict import Verdict, confidence
from tests.troubleshoot import field_table, messy_table, triage_table
from tests.troubleshoot.triage_table import NOW, SAVED, inspect, openssl, ps

GIVEN = [
    *(paste.data for paste in triage_table.PASTES),
    *(paste.given.encode() for paste in (*field_table.PASTES, *messy_table.PASTES)),
    b"docker run --rm -v lic-config:/app/config -p 49155:8081 -d fanruan_license_server_amd64:1.0.0\n",
    b"docker run -d -p 49155:8081:9 fanruan_license_server_amd64:1.0.0\n",
    (ps("Exited (0) 3 hours ago", "") + "FineOps manages this site\n").encode(),
]


@pytest.fixture(autouse=True, scope="module")
def english() -> Iterator[None]:
    with speaking("en"):
        yield


@pytest.fixture(scope="module")
def verdicts() -> list[Verdict]:
    return [triage.triage(given, NOW)[0] for given in GIVEN]


def judged(given: str) -> Verdict:
    return triage.triage(given.encode(), NOW)[0]


def answer(verdict: Verdict, name: str) -> RuleAnswer:
    return next(each for each in verdict.answers if each.rule.judge.__name__ == name)


MOVED = "port_moved"


def test_a_rule_holds_is_ruled_out_does_not_apply_or_cannot_tell() -> None:
    assert Reply.HOLDS is answer(judged(ps("Up 2 days", "0.0.0.0:49160->8081/tcp") + SAVED), MOVED).reply
    agree = answer(judged(ps("Up 2 days") + SAVED), MOVED)
    assert (Reply.OUT, ["port", "saved-port"]) == (agree.reply, [fact.kind for fact in agree.because])
    open_ = answer(judged(ps("Up 2 days")), MOVED)
    assert (Reply.UNKNOWN, ("address",)) == (open_.reply, open_.missing)
    assert Reply.NOT is answer(judged(ps("Up 2 days")), "firewall").reply


def test_what_was_ruled_out_is_shown_with_the_lines_that_say_so() -> None:
    verdict, notes = triage.triage((ps("Up 2 days") + SAVED).encode(), NOW)
    shown = " ".join(" ".join(text(verdict, notes)).split())
    assert "Ruled out, because:" in shown
    assert "FineBI's address names the published port [docker ps, line 2; text, line 3]" in shown
    ruled_out = as_data(verdict, notes)["ruled_out"]
    assert isinstance(ruled_out, list)
    assert any(one["text"] == "FineBI's address names the published port" for one in ruled_out)


def test_nothing_is_ruled_out_by_nothing(verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        for each in verdict.answers:
            assert (each.diagnosis is not None) == (each.reply is Reply.HOLDS)
            assert bool(each.missing) == (each.reply is Reply.UNKNOWN)
            assert each.because or each.reply in (Reply.NOT, Reply.UNKNOWN)


def test_a_cause_is_never_ruled_out_beside_being_named(verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        out = {each.rule.judge.__name__ for each in verdict.ruled_out}
        assert not out & {each.rule.judge.__name__ for each in verdict.answers if each.reply is Reply.HOLDS}


def test_each_rule_holds_somewhere_in_the_tables_and_most_are_ruled_out_somewhere(verdicts: list[Verdict]) -> None:
    replies = {(each.rule.judge.__name__, each.reply) for verdict in verdicts for each in verdict.answers}
    names = {rule.judge.__name__ for rule in RULES}
    assert set() == {name for name in names if (name, Reply.HOLDS) not in replies}
    never_out = {name for name in names if (name, Reply.OUT) not in replies}
    assert {"unreachable", "certificate_untrusted", "plain_http", "refused", "fineops"} >= never_out


# -- what is missing, and the next question


def test_what_is_missing_is_what_the_rules_that_cannot_tell_need(verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        needed = {NEEDS[need][1] for each in verdict.answers for need in each.missing}
        asked = {name for cause in verdict.causes[:1] for name in cause.asks}
        of_stage = set(ASKS[verdict.stage]) if verdict.stage else set()
        assert {one.name for one in verdict.missing} <= needed | asked | of_stage | {"edition", "details"}


def test_nothing_that_the_paste_answers_is_asked(verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        assert not [one.name for one in verdict.missing if one.known(verdict.evidence)]


def test_an_answer_with_a_code_asks_for_nothing_on_the_way_to_the_server() -> None:
    names = {one.name for one in judged("FineBI shows error code 30005").missing}
    assert not names & {"machine", "ports", "certificate"}
    assert "app-name" in names


def test_questions_that_rules_and_records_name_exist() -> None:
    named = {name for rule in RULES for name in rule.asks} | {question for _kinds, question in NEEDS.values()}
    named |= {name for entry in catalogue().values() for name in entry.asks}
    for name in named:
        assert name == questions.question(name).name


# -- how sure


def test_confidence_follows_from_the_evidence() -> None:
    def first(given: str) -> str:
        return confidence(judged(given).causes[0])

    assert "certain" == first(ps("Up 2 days", "0.0.0.0:49160->8081/tcp") + SAVED)
    assert "certain" == first("docker: no space left on device\n")
    assert "likely" == first(ps("Up 3 days") + "java.net.ConnectException: Connection refused\n")
    assert "possible" == first("java.net.ConnectException: Connection refused\n")
    assert "possible" == first("the port changed after the reboot")


def test_of_equally_firm_causes_the_earlier_stage_comes_first() -> None:
    given = ps("Exited (1) 3 hours ago", "") + "502 Bad Gateway\n" + "exec format error\n"
    verdict = judged(given)
    assert ["wrong-architecture", "server-stopped", "proxy-error"] == [cause.name for cause in verdict.causes]
    assert sorted((cause.grade for cause in verdict.causes), reverse=True) == [one.grade for one in verdict.causes]
    assert Grade.SAID <= min(cause.grade for cause in verdict.causes)


# -- facts


def test_each_kind_of_fact_that_a_reader_collects_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[str] = set()
    of = Evidence.of

    def noted(self: Evidence, kind: str) -> list[Fact]:
        asked.add(kind)
        return of(self, kind)

    monkeypatch.setattr(Evidence, "of", noted)
    for given in (*GIVEN, (inspect(publish_all=True) + openssl()).encode()):
        triage.triage(given, NOW)
    assert set() == set(KINDS) - asked
