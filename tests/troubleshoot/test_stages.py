# ruff: noqa: E501, RUF001 - pasted lines are as long as they are
"""Every stage and every code has its own list of what is missing and its own next question."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fanlic.model.refusals import Code
from fanlic.troubleshoot import triage
from fanlic.troubleshoot.ask import speaking
from fanlic.troubleshoot.catalogue.entry import CaseStage
from fanlic.troubleshoot.judge.case import SKIPPED, CaseFile
from fanlic.troubleshoot.judge.stages import ASKS
from fanlic.troubleshoot.judge.verdict import Verdict
from tests.troubleshoot.triage_table import NOW, SAVED, ps

S = CaseStage
# What was sent, the stage, and the question that follows; English and Chinese.
SENT = (
    ("FineBI is in Docker and the site has no internet. Which method of authorization is right?", S.CHOOSING, "internet"),
    ("内网环境，没有外网，该选哪种认证方式", S.CHOOSING, "internet"),
    ("The mail went out on Friday; no answer so far.", S.MAIL, "mail-sent"),
    ("邮件发了三天，一直没有回信", S.MAIL, "mail-sent"),
    ("$ docker load -i fanruan_license_server.tar\ninvalid tar header\n", S.LOAD, "engine"),
    ("镜像文件收到了，下一步做什么", S.LOAD, "load-output"),
    ("Loaded image: fanruan_license_server_amd64:1.0.0\n", S.RUN, "containers"),
    ("docker: Error response from daemon: driver failed: Bind for 0.0.0.0:49155 failed: port is already allocated.", S.RUN, "containers"),
    ("The QR page shows a code and a countdown.", S.QR, "qr-page"),
    ("二维码页面显示了倒计时，正常吗", S.QR, "qr-page"),
    ("My phone scanned it and shows an empty page", S.PHONE, "phone-shows"),
    ("手机扫了之后是空白页", S.PHONE, "phone-shows"),
    (ps("Up 3 weeks"), S.REGISTER, "details"),
    ("弹窗之后该点哪里", S.REGISTER, "details"),
    (SAVED, S.RUNNING, "containers"),
    ("There was a power cut in the night. What now?", S.OUTAGE, "outage-since"),
    ("昨晚机房停电，今天早上来电", S.OUTAGE, "outage-since"),
    ("We want to migrate to a new server next week", S.MIGRATION, "migration-step"),
    ("授权要迁移到新服务器", S.MIGRATION, "migration-step"),
)  # fmt: skip
CODES = {
    "10000": "between",
    "10001": "address-typed",
    "20000": "which-server",
    "30000": "clocks",
    "30001": "version-both",
    "30002": "inspect",
    "30003": "seen-address",
    "30004": "domain-name",
    "30005": "app-name",
    "30007": "seats",
}


@pytest.fixture(autouse=True, scope="module")
def english() -> Iterator[None]:
    with speaking("en"):
        yield


def judged(given: str) -> Verdict:
    return triage.triage(given.encode(), NOW)[0]


@pytest.mark.parametrize(("given", "stage", "asks"), SENT)
def test_each_stage_asks_its_own_question(given: str, stage: CaseStage, asks: str) -> None:
    verdict = judged(given)
    assert (stage, asks) == (verdict.stage, verdict.question.name)
    assert asks in {one.name for one in verdict.missing} | {"details"}


def test_every_stage_of_the_issue_was_sent_and_no_two_have_the_same_list() -> None:
    assert set(S) - {S.REACH, S.TLS} == {stage for _given, stage, _asks in SENT}
    assert len(S) == len(ASKS) == len(set(ASKS.values()))


@pytest.mark.parametrize(("code", "asks"), CODES.items())
@pytest.mark.parametrize("words", ["Details: error code {}", "注册失败，错误码：{}"])
def test_each_code_asks_its_own_question_and_nothing_about_the_way(code: str, asks: str, words: str) -> None:
    verdict = judged(words.format(code))
    assert (code, asks) == (verdict.causes[0].name, verdict.question.name)
    names = [one.name for one in verdict.missing]
    assert asks == names[0]
    assert not {"reach", "certificate", "machine", "details"} & set(names)


def test_the_ten_codes_have_ten_questions() -> None:
    assert {str(int(code)) for code in Code} == set(CODES)
    assert len(CODES) == len(set(CODES.values()))


def test_a_dialog_goes_on_through_the_list_of_its_stage() -> None:
    case = CaseFile().with_paste("We want to migrate to a new server next week", NOW)
    asked = []
    for _turn in range(3):
        verdict, _notes = case.judged(triage.triage, NOW)
        asked.append(verdict.question.name)
        case = case.with_answer(verdict.question.name, SKIPPED, NOW)
    assert list(ASKS[S.MIGRATION][:3]) == asked


@pytest.mark.parametrize(
    "given", ["FineBI shows error code 30005", "docker ps: permission denied", ps("Up 3 weeks"), "help"]
)
def test_who_knows_nothing_is_asked_nothing_twice_and_comes_to_an_end(given: str) -> None:
    case, asked = CaseFile().with_paste(given, NOW), list[str]()
    while (name := case.judged(triage.triage, NOW)[0].question.name) != "new":
        assert name not in asked
        assert len(asked) < 40
        asked.append(name)
        case = case.with_answer(name, SKIPPED, NOW)
    assert "edition" in asked
