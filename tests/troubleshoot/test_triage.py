"""Triage: nothing planted is missed, nothing is made up, nothing secret is shown, nothing makes it fall over."""

import argparse
import io
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlic.docker.ps import span
from fanlic.troubleshoot import ask, today, triage
from fanlic.troubleshoot.ask import speaking
from fanlic.troubleshoot.catalogue.shelf import catalogue
from fanlic.troubleshoot.judge.dates import instant
from fanlic.troubleshoot.judge.kinds import KINDS
from fanlic.troubleshoot.judge.masks import mask
from fanlic.troubleshoot.judge.paste import LIMIT, paste
from fanlic.troubleshoot.judge.report import as_data, text, ticket
from tests.troubleshoot import triage_table as table
from tests.troubleshoot.triage_table import NOW, Paste

ROOT = Path(__file__).parents[2]
CANARY = "canary-7f3a91"


@pytest.fixture(autouse=True, scope="module")
def english() -> Iterator[None]:
    with speaking("en"):
        yield


def told(data: bytes, now: datetime | None = NOW) -> str:
    """Everything that any form of the answer shows."""
    verdict, notes = triage.triage(data, now)
    return "\n".join([*text(verdict, notes), *ticket(verdict, notes), json.dumps(as_data(verdict, notes))])


def run(monkeypatch: pytest.MonkeyPatch, data: bytes, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    triage.options(parser)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    return triage.run(parser.parse_args(arguments))


# -- the table


@pytest.mark.parametrize("one", table.FAULTLESS, ids=lambda one: one.name)
def test_where_nothing_is_wrong_nothing_is_found(one: Paste) -> None:
    verdict, notes = triage.triage(one.data, one.now)
    assert [] == [(cause.name, cause.because) for cause in verdict.causes]
    assert verdict.evidence.facts
    whole = one.name in table.HEALTHY
    assert ("health" if whole else "partial", ()) == (verdict.outcome, verdict.unread)
    said = "nothing wrong found in this evidence" if whole else "no fault in what was pasted"
    assert said in "\n".join(text(verdict, notes))


@pytest.mark.parametrize("one", table.FAULTS, ids=lambda one: one.name)
def test_what_was_planted_is_found(one: Paste) -> None:
    verdict, _notes = triage.triage(one.data, one.now)
    assert one.verdict in [cause.name for cause in verdict.causes[: one.top]]
    for cause in verdict.causes:
        assert cause.because
        assert set(cause.keys) <= set(catalogue())


def test_the_table_is_large_and_half_of_it_faultless() -> None:
    assert len(table.PASTES) >= 80
    assert len(table.FAULTLESS) >= 30
    assert len({one.name for one in table.PASTES}) == len(table.PASTES)


# -- how the answer is built


def test_first_aid_opens_the_answer_and_one_question_closes_it() -> None:
    verdict, notes = triage.triage(b"error code 30003", NOW)
    shown = text(verdict, notes)
    assert "First aid" in shown[0]
    assert 1 == sum(line == "Next question:" for line in shown)
    assert verdict.question.command


def test_the_next_question_names_the_container_where_it_is_known() -> None:
    verdict, _ = triage.triage(table.ps("Exited (0) 3 hours ago", "").encode(), NOW)
    assert "docker inspect quirky_einstein" == verdict.question.command


def test_a_lone_pop_up_is_answered_with_press_details() -> None:
    verdict, _ = triage.triage(b"Registration failed", NOW)
    assert "details" == verdict.question.name


def test_what_is_not_recognised_is_answered_with_what_to_paste() -> None:
    verdict, notes = triage.triage(b"Good morning, how are you?", NOW)
    assert ((), ()) == (verdict.causes, verdict.risks)
    assert "nothing recognisable" in "\n".join(text(verdict, notes))
    assert "docker ps -a" in "\n".join(text(verdict, notes))


def test_the_commands_of_ask_themselves_are_told_from_their_output() -> None:
    verdict, notes = triage.triage("\n".join(ask.lines("sh")).encode(), NOW)
    assert () == verdict.causes
    assert "run them" in " ".join(notes)


def test_an_address_left_as_printed_tells_nothing() -> None:
    given = table.asked(
        saved_address_finebi="https://HOST:PORT\n", answer_finebi="curl: (6) Could not resolve host: HOST\n"
    )
    verdict, _ = triage.triage(given.encode(), NOW)
    assert () == verdict.causes
    assert "address" in [question.name for question in verdict.missing]


def test_a_certificate_for_localhost_is_a_risk_and_no_cause() -> None:
    verdict, _ = triage.triage((table.SAVED + table.openssl()).encode(), NOW)
    assert ((), ["certificate-name"]) == (verdict.causes, [risk.name for risk in verdict.risks])


def test_without_any_clock_down_time_is_not_judged_and_the_answer_says_so() -> None:
    verdict, notes = triage.triage(table.inspect(status="exited", finished="2026-11-01T00:00:00Z").encode())
    assert "server-stopped" == verdict.causes[0].name
    assert "present time is not known" in " ".join(notes)


def test_outputs_of_different_times_are_named() -> None:
    given = table.ps("Up 2 hours") + table.inspect(status="exited", finished="2026-11-24T05:00:00Z")
    verdict, _ = triage.triage(given.encode(), NOW)
    assert any("different times" in one for one in verdict.against)


def test_finereport_11_5_11_makes_a_long_down_time_less_certain() -> None:
    given = table.ps("Exited (0) 2 days ago", "")
    firm, _ = triage.triage(given.encode(), NOW)
    loose, _ = triage.triage((given + "FineReport 11.5.11").encode(), NOW)
    assert firm.causes[0].grade > loose.causes[0].grade


def test_a_fact_names_the_line_it_came_from() -> None:
    verdict, _ = triage.triage(b"hello\n\nDetails: 30005\n", NOW)
    fact = verdict.causes[0].because[0]
    assert ("30005", 3, "Details: 30005") == (fact.value, fact.number, fact.line)


def test_every_kind_of_fact_has_words() -> None:
    found = {fact.kind for one in table.PASTES for fact in triage.triage(one.data, one.now)[0].evidence.facts}
    assert found <= KINDS.keys()


def test_a_code_that_the_verdict_explains_is_no_cause_of_its_own() -> None:
    verdict, _ = triage.triage((table.ps("Exited (0) 2 days ago", "") + "error code 30002").encode(), NOW)
    assert ["down-over-24-hours"] == [cause.name for cause in verdict.causes]


WIDTHS = (*range(60, 190, 3), 80, 100, 120, 132)


@pytest.mark.parametrize(
    ("width", "status"),
    [*((w, "Up 3 weeks") for w in WIDTHS), *((w, "Exited (137) 26 hours ago") for w in (34, 55, *WIDTHS))],
)
def test_a_list_is_the_same_wrapped_at_any_width(width: int, status: str) -> None:
    plain = table.ps(status, table.BOTH if status.startswith("Up") else "")
    for printed in (plain, table.wrapped(plain, width)):
        verdict, _ = triage.triage(printed.encode(), NOW)
        found = {(fact.kind, fact.value) for fact in verdict.evidence.facts}
        assert ("status", "running" if status.startswith("Up") else "exited") in found
        assert "quirky_einstein" == verdict.evidence.server
        assert (("port", 49155) in found) == status.startswith("Up")


# -- the command


def test_a_verdict_is_success_and_nothing_recognisable_is_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 0 == run(monkeypatch, b"30005")
    assert 1 == run(monkeypatch, b"hello")
    assert "30005" in capsys.readouterr().out


def test_files_and_standard_input_are_judged_together(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "ps.txt").write_text(table.ps("Up 2 days", "0.0.0.0:49157->8081/tcp"), "utf-8")
    assert 0 == run(monkeypatch, table.SAVED.encode(), str(tmp_path / "ps.txt"), "-", "--json")
    assert "port-moved" == json.loads(capsys.readouterr().out)["verdict"]["name"]


def test_a_missing_file_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == run(monkeypatch, b"", "no-such-file.txt")
    assert "no-such-file.txt" in capsys.readouterr().err


def test_now_is_an_option_and_nonsense_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = table.inspect(status="exited", finished="2026-11-23T08:00:00Z").encode()
    assert 0 == run(monkeypatch, given, "--json", "--now", "2026-11-23T09:00Z")
    assert "server-stopped" == json.loads(capsys.readouterr().out)["verdict"]["name"]
    with pytest.raises(SystemExit):
        run(monkeypatch, given, "--now", "yesterday")
    assert "2026-03-02T09:00Z" in capsys.readouterr().err


def test_this_machines_clock_is_the_last_resort(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(today, "now", lambda: NOW)
    given = table.inspect(status="exited", finished="2026-11-22T08:00:00Z")
    assert 0 == run(monkeypatch, given.encode(), "--json")
    assert "down-over-24-hours" == json.loads(capsys.readouterr().out)["verdict"]["name"]
    assert 0 == run(monkeypatch, f"{given}\n$ date -u\nSun Nov 22 09:00:00 UTC 2026\n".encode(), "--json")
    assert "server-stopped" == json.loads(capsys.readouterr().out)["verdict"]["name"]


def test_the_ticket_is_plain_text_with_its_five_parts() -> None:
    verdict, notes = triage.triage(table.asked(saved_address_finebi="https://172.16.63.131:49154\n").encode(), NOW)
    shown = ticket(verdict, notes)
    for heading in ("SUMMARY", "EVIDENCE", "VERDICT", "NOT CHECKED", "NEXT QUESTION"):
        assert heading in shown
    assert "49154" in "\n".join(shown)
    assert shown == [line for line in shown if len(line) <= 180 and "\x1b" not in line]


# -- secrets

SECRETS = (
    f'[{{"State": {{"Status": "exited"}}, "Name": "/x", "Config": {{"Env": ["A_TOKEN={CANARY}"], "Image": "lic"}}}}]',
    f"docker run -e LICENSE={CANARY} --env OTHER='{CANARY}' -P -d fanruan_license_server_amd64:1.0.0",
    f"docker run -e 'A=x -y {CANARY}' -e B=\"q {CANARY}\" -P -d fanruan_license_server_amd64:1.0.0",
    f"docker run -P -d -e lower={CANARY} fanruan_license_server_amd64:1.0.0",
    f"saved address https://admin:{CANARY}@172.16.63.131:49155",
    f"saved address https://{CANARY}@172.16.63.131:49155",
    f"error code 30005 Authorization: Bearer {CANARY}",
    f"error code 30005, password={CANARY}, user=x",
    f'error code 30005 {{"apiKey": "{CANARY}"}}',
    f"error code 30005 secret {CANARY}",
    f"error code 30005 --password {CANARY}",
    f"error code 30005 密码\uff1a{CANARY}",
    f"error code 30005 jdbc:mysql://u:{CANARY}@db/x",
    f"error code 30005 MYSQL_ROOT={CANARY}",
    f"error code 30005 -----BEGIN PRIVATE KEY-----{CANARY}",
    f"error code 30005 Cookie: sid={CANARY}",
)


@pytest.mark.parametrize("given", SECRETS)
def test_secrets_are_shown_nowhere(given: str) -> None:
    assert CANARY not in told(given.encode())


@pytest.mark.parametrize("one", table.PASTES, ids=lambda one: one.name)
def test_the_tables_secrets_are_shown_nowhere(one: Paste) -> None:
    assert CANARY not in told(one.data, one.now)


def test_masking_leaves_the_rest_readable() -> None:
    assert "token=*** and" not in mask("a token=abc and")
    assert "Exited (1) 3 hours ago" == mask("Exited (1) 3 hours ago")
    assert "https://***@h:1/" == mask("https://u:p@h:1/")
    assert "PATH=*** x" == mask("PATH=/usr/bin x")


# -- whatever comes in


def test_more_than_the_limit_is_cut_and_the_answer_says_so() -> None:
    verdict, notes = triage.triage(b"30005\n" + b"x" * LIMIT, NOW)
    assert "30005" == verdict.causes[0].name
    assert str(LIMIT) in " ".join(notes)


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 300_000,
        b"[\n" * 100_000,
        b'{"a":' * 100_000,
        b'[{"State":' * 50_000,
        b"3f2a9c1b7d44   fanruan_license\n" * 40_000,
        b"3f2a9c1b7d44 " + b"a" * 1_900_000,
        b"password" * 200_000,
        b"a" * LIMIT,
        b"\x1b[" * 500_000,
        b"> " * 500_000,
        b"services:\n" * 100_000,
        b"services:\n  a:\n" + b"    image: lic\n" * 100_000,
        b"https://" * 200_000,
        b"Tue Nov 24 " * 150_000,
        b"Connection refused, code 30005, password=x\n" * 45_000,
        bytes(range(256)) * 4_000,
        b'"Status": "exited", "ExitCode": 1, ' * 50_000,
        "\u7801".encode() * 600_000,
        b" " * LIMIT,
        b"\r" * LIMIT,
    ],
    ids=lambda data: repr(data[:16]),
)
def test_hostile_input_is_answered_in_bounded_time(data: bytes) -> None:
    began = time.process_time()
    told(data)
    assert time.process_time() - began < 3


@given(st.binary(max_size=3_000))
def test_any_bytes_are_answered(data: bytes) -> None:
    assert "Verdict" in told(data)


@given(st.data())
def test_pastes_cut_up_and_mixed_are_answered(data: st.DataObject) -> None:
    pieces = []
    for one in data.draw(st.lists(st.sampled_from(table.PASTES), min_size=1, max_size=4)):
        start = data.draw(st.integers(0, len(one.data)))
        pieces.append(one.data[start : data.draw(st.integers(start, len(one.data)))])
    joint = data.draw(st.sampled_from([b"", b"\n", b"\r\n", b"\x00", b" "]))
    assert "Verdict" in told(joint.join(pieces))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "State",
                    "Status",
                    "Config",
                    "Image",
                    "HostConfig",
                    "Mounts",
                    "Ports",
                    "NetworkSettings",
                    "FinishedAt",
                    "8081/tcp",
                    "Destination",
                    "RepoTags",
                    "Architecture",
                    "code",
                    "Name",
                    "ExitCode",
                    "RestartPolicy",
                    "HostPort",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(JSON)
def test_json_of_any_shape_is_answered(document: object) -> None:
    assert "First aid" in told(json.dumps([document, {"State": {"Status": "exited"}, "Mounts": document}]).encode())


# -- the readers' small parts


@pytest.mark.parametrize(
    "written",
    [
        "Tue Nov 24 08:00:00 UTC 2026",
        "Tue 24 Nov 2026 08:00:00 AM UTC",
        "Tue Nov 24 04:00:00 PM CST 2026",
        "Tue, 24 Nov 2026 16:00:00 +0800",
        "2026-11-24T08:00:00Z",
        "2026-11-24 16:00:00+08:00",
        "2026-11-24T16:00:00.123456+08:00",
        "2026年 11月 24日 星期二 16:00:00 CST",
        "2026年11月24日 星期二 下午04:00:00 CST",
        "1795507200",
    ],
)
def test_dates_of_many_forms_are_the_same_instant(written: str) -> None:
    found = instant(written)
    assert found is not None
    assert (datetime(2026, 11, 24, 8, 0, tzinfo=UTC), True) == (found[0].replace(microsecond=0), found[1])


@pytest.mark.parametrize(
    "written",
    [
        "Tuesday, November 24, 2026 8:00:00 AM",
        "2026年11月24日 08:00:00",
        "Tue 11/24/2026 08:00:00.12",
        "2026/11/24 周二 08:00:00.12",
    ],
)
def test_dates_without_an_offset_say_so(written: str) -> None:
    assert (datetime(2026, 11, 24, 8, 0, tzinfo=UTC), False) == instant(written)


@pytest.mark.parametrize(
    "written", ["", "13:00:00", "2026-13-40 08:00:00Z", "Tue Nov 99 08:00:00 UTC 2026", "24 hours ago"]
)
def test_what_is_no_date_is_none(written: str) -> None:
    assert instant(written) is None


@pytest.mark.parametrize(
    ("words", "hours"),
    [("About an hour", 1), ("26 hours", 26), ("2 days", 48), ("About a minute", 1 / 60), ("3 weeks", 504)],
)
def test_dockers_words_are_spans(words: str, hours: float) -> None:
    assert timedelta(hours=hours) == span(words)


def test_prompts_quotes_and_colors_are_taken_off() -> None:
    given = "> > [root@host ~]# docker ps\n> \x1b[1mhello\u200b\x1b[0m\n"
    given += "PS C:\\x> docker port a\nroot@lic:~# date\n$ uname -m\nx\n"
    assert [("docker ps", "hello"), ("uname", "x")] == [
        (line.section, line.text) for line in paste(given.encode()).lines if line.text
    ]


def test_it_runs_with_the_standard_library_only() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import fanlic.troubleshoot.triage, fanlic.troubleshoot.ask; "
        "print(sorted(n for n in sys.modules if n.startswith('fanlic.') and n.split('.')[1] not in "
        "('docker', 'mailform', 'model', 'texts', 'troubleshoot', 'version')))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, timeout=30, check=False
    )
    assert ("[]\n", "") == (done.stdout, done.stderr)


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("the host rebooted, the port has moved from 49160 to 49201 and FineBI says registration failed", "port-moved"),
        ("重启以后端口从49160变成49201了 FineBI 提示注册失败", "port-moved"),
        ("we changed the port in FineBI from 49160 to 49201 last year; registration failed today", None),
        ("端口49160改成了49201 FineBI 里也改了 还是注册失败", None),
    ],
)
def test_a_port_that_moved_is_understood_in_words_too(words: str, cause: str | None) -> None:
    verdict, _notes = triage.triage(words.encode(), NOW)
    assert (cause is not None) == ("port-moved" in [each.name for each in verdict.causes])
    assert cause is None or verdict.causes[0].name == cause
