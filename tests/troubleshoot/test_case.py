"""The case file and the dialog: answers, times, the verdict; days later the present is asked, not assumed."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from fanlic.troubleshoot import today, triage
from fanlic.troubleshoot.ask import speaking
from fanlic.troubleshoot.judge.case import SKIPPED, CaseFile, dumps, loads
from fanlic.troubleshoot.judge.masks import shown
from fanlic.troubleshoot.judge.veil import veil, without_secrets
from fanlic.troubleshoot.judge.verdict import Verdict, confidence
from tests.troubleshoot import field_table, messy_table, sent_table, triage_table
from tests.troubleshoot.triage_table import NOW, ps

STOPPED = ps("Exited (0) 3 hours ago", "")
DAYS = NOW + timedelta(days=4)


@pytest.fixture(autouse=True, scope="module")
def english() -> Iterator[None]:
    with speaking("en"):
        yield


def talked(monkeypatch: pytest.MonkeyPatch, typed: str, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    triage.options(parser)
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    return triage.run(parser.parse_args(arguments))


def test_a_dialog_asks_on_and_the_ticket_prints_the_case(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(today, "now", lambda: NOW)
    file = tmp_path / "case.json"
    first = "FineBI shows error code 30005\n.\n/webroot/decision, before it was /bi\n.\n"
    typed = f"{first}:skip\n:ticket\n{STOPPED}\n.\nyes\n:quit\n"
    assert 0 == talked(monkeypatch, typed, "--interactive", "--case", str(file))
    shown = capsys.readouterr().out
    assert "What stands behind host and port in FineBI's address" in shown
    assert 1 == shown.count("What stands behind host and port in FineBI's address in the browser, and was it")
    ticket = shown.split("CASE\n")[1]
    assert "app-name: /webroot/decision, before it was /bi" in ticket
    assert ": not known" in ticket
    assert "Does the container's state in the paste hold at this moment?" in shown
    case = loads(file.read_text("utf-8"))
    assert (4, NOW) == (len(case.pieces), case.confirmed)
    assert "app-name" == case.pieces[1].question


def test_days_later_the_present_is_asked_and_not_assumed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "case.json"
    file.write_text(dumps(CaseFile().with_paste(STOPPED, NOW).still(NOW)), "utf-8")
    monkeypatch.setattr(today, "now", lambda: DAYS)

    def names(answer: str) -> tuple[str, str]:
        assert 0 == talked(monkeypatch, answer, "--interactive", "--case", str(file))
        shown = capsys.readouterr().out
        verdict, _notes = loads(file.read_text("utf-8")).judged(triage.triage, DAYS)
        return verdict.causes[0].name, shown

    name, shown = names("no\n:quit\n")
    assert "server-stopped" == name
    assert "The newest piece is 4 d old." in shown
    assert "docker ps -a as it is now" in shown
    name, shown = names("yes\n:quit\n")
    assert "down-over-24-hours" == name
    assert 1 == shown.count("[yes/no]")


def test_an_answer_that_does_not_answer_is_kept_and_the_question_stays() -> None:
    case = CaseFile().with_paste(STOPPED, NOW)
    first, _notes = case.judged(triage.triage, NOW)
    case = case.with_answer(first.question.name, "no idea what you mean", NOW)
    again, _notes = case.judged(triage.triage, NOW)
    assert first.question.name == again.question.name
    skipped, _notes = case.with_answer(first.question.name, SKIPPED, NOW).judged(triage.triage, NOW)
    assert first.question.name != skipped.question.name


def test_an_answer_is_read_as_what_the_question_asks_for() -> None:
    case = CaseFile().with_paste(ps("Up 2 days", "0.0.0.0:49160->8081/tcp"), NOW)
    verdict, _notes = case.with_answer("address", "http://10.1.1.5:49155/x", NOW).judged(triage.triage, NOW)
    assert {"port-moved", "address-unfit"} == {cause.name for cause in verdict.causes}
    assert {"address"} == {fact.piece for fact in verdict.evidence.of("saved-port")}


def test_a_case_without_dialog_is_judged_and_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(today, "now", lambda: NOW)
    file, paste = tmp_path / "case.json", tmp_path / "ps.txt"
    paste.write_text(STOPPED, "utf-8")
    assert 0 == talked(monkeypatch, "", str(paste), "--case", str(file), "--ticket")
    assert "ps.txt: CONTAINER ID" in capsys.readouterr().out
    assert 0 == talked(monkeypatch, "", "--case", str(file), "--json")
    assert "server-stopped" == json.loads(capsys.readouterr().out)["verdict"]["name"]


@pytest.mark.parametrize("text", ["", "[]", '{"form": "x"}', '{"form": "fanlic-case-1", "pieces": [1]}', "[" * 99_999])
def test_what_is_no_case_file_is_refused_and_left_alone(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "case.json"
    file.write_text(text, "utf-8")
    assert 2 == talked(monkeypatch, "", "--case", str(file))
    assert "no case file" in capsys.readouterr().err
    assert text == file.read_text("utf-8")


def test_a_case_file_survives_its_form() -> None:
    case = CaseFile().with_paste("a\nb", NOW).with_answer("log", SKIPPED, DAYS).still(DAYS)
    assert case == loads(dumps(case))


# -- masks

GIVEN = [
    *(paste.data.decode("utf-8", "replace") for paste in triage_table.PASTES),
    *(paste.given for paste in (*field_table.PASTES, *messy_table.PASTES, *sent_table.PASTES)),
]
SECRETS = """docker run -e 'A=x -y canary' -e LICENSE=canary --db-password canary -d fanruan_license_server_amd64:1.0.0
Authorization: Bearer canary12345
"Env": ["PATH=/usr/bin", "LICENSE_TOKEN=canary"], "com.example.password": "canary",
"Args": ["run",
"--db-password",
"canary"]
https://admin:canary@10.1.1.5:49155 jdbc:mysql://u:canary@db/x 密码\uff1acanary
-----BEGIN PRIVATE KEY-----
canary
-----END PRIVATE KEY-----
"""

PHRASES = r"""run --db-password "open the canary" --port 8081
run --db-password 'open the canary' --port 8081
docker run -e PW='open the canary' -e NOTE="two canary words" -e A=x\ canary -d fanruan_license_server_amd64:1.0.0
docker run --env "PW=open the canary" -p 49155:8081 fanruan_license_server_amd64:1.0.0
2026-11-24 08:00:00 INFO login user=li password=open the canary door
2026-11-24 08:00:00 INFO db password: open the canary door; host=db1
{"user": "li", "password": "open the \"canary\" door", "port": 8081}
{\"password\": \"open the canary\", \"port\": 8081}
"Env": ["DB_PASSWORD=open the canary", "NOTE=two canary words"],
"NOTE=two canary words",
password: open the canary door
db_password: 'open the canary'
  secret: >
    open the
    canary
  port: 8081
  - name: DB_PASSWORD
    value: open the canary
https://admin:open the canary@10.1.1.5:49155/x
postgresql+psycopg://app:a/canary@db/x
Server=db;User Id=sa;Password=open the canary;Encrypt=true
Server=db;Pwd={open;the canary};Encrypt=true
jdbc:mysql://db/x?user=u&password=open the canary&useSSL=false
the password is open the canary
密码:打开 the canary, 端口 8081
密码是 open the canary
passphrase "open the canary" was used
"""
STAYS = (
    "https://10.1.1.5:49155 is what li@corp.cn told",
    "password is wrong",
    "error code 30005",
    "token expired",
    "docker run -p 49155:8081 -d fanruan_license_server_amd64:1.0.0",
    "密码错误 30005",
)


def test_a_pass_phrase_with_blanks_is_taken_out_whole(subtests: pytest.Subtests) -> None:
    lines = PHRASES.splitlines()
    for number, line in enumerate(lines):
        with subtests.test(line=line):
            assert "canary" not in without_secrets(PHRASES).splitlines()[number]
            assert "canary" not in shown(line) or "canary" == line.strip() or "value:" in line
    masked = without_secrets(PHRASES)
    for kept in (
        "--port 8081",
        "user=li",
        "host=db1",
        "useSSL=false",
        "Encrypt=true",
        "端口 8081",
        "-p 49155:8081",
        "  port: 8081",
    ):
        assert kept in masked
    assert 2 == masked.count("fanruan_license_server_amd64:1.0.0")
    for line in STAYS:
        assert line == without_secrets(line)


def says(verdict: Verdict) -> object:
    causes = [(cause.name, confidence(cause)) for cause in verdict.causes]
    return verdict.outcome, causes, [risk.name for risk in verdict.risks], verdict.question.name, len(verdict.unread)


def test_the_verdict_is_the_same_before_and_after_masking_over_the_whole_table(subtests: pytest.Subtests) -> None:
    assert len(GIVEN) >= 300
    for number, given in enumerate(GIVEN):
        with subtests.test(number=number):
            masked = veil(given)
            assert "canary" not in masked
            assert given.count("\n") == masked.count("\n")
            before, after = (triage.triage(text.encode(), NOW)[0] for text in (given, masked))
            assert says(before) == says(after)


def test_the_same_address_is_the_same_token_and_networks_and_domains_stay() -> None:
    masked = veil(
        "10.1.1.5 10.1.1.9 10.1.2.7 10.1.1.5:49155 127.0.0.1:8081 0.0.0.0:30005\n"
        "https://lic.corp.cn:49155 https://bi.corp.cn/webroot DNS:*.corp.cn business@fanruan.com li@corp.cn\n"
        "2026-11-24T08:00:00Z code 30003 version 6.0.5.1 java.net.ConnectException fanruan_license_server.tar\n"
    )
    first, second, third = masked.splitlines()
    a, b, c, again, *rest = first.split()
    assert f"{a}:49155" == again
    assert a.rpartition(".")[0] == b.rpartition(".")[0] != c.rpartition(".")[0]
    assert ["127.0.0.1:8081", "0.0.0.0:30005"] == rest
    assert "https://host1.net1.example:49155 https://host2.net1.example/webroot DNS:*.net1.example" in second
    assert "business@fanruan.com" in second
    assert "corp.cn" not in masked
    assert (
        "2026-11-24T08:00:00Z code 30003 version 6.0.5.1 java.net.ConnectException fanruan_license_server.tar" == third
    )


def test_secrets_are_in_no_mask_and_in_no_case_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert "canary" not in veil(SECRETS)
    assert "canary" not in dumps(CaseFile().with_paste(SECRETS, NOW).with_answer("log", SECRETS, NOW))
    paste = tmp_path / "a.txt"
    paste.write_text(SECRETS, "utf-8")
    assert 0 == talked(monkeypatch, "", "--masked", str(paste))
    shown = capsys.readouterr().out
    assert "canary" not in shown
    assert "10.200.1.1:49155" in shown
