"""What `fanlic ask` prints only reads, names every output, and is what triage reads."""

import argparse
import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterator

import pytest

from fanlic.troubleshoot import ask, triage
from fanlic.troubleshoot.catalogue.entry import CaseStage
from fanlic.troubleshoot.catalogue.shelf import catalogue
from fanlic.troubleshoot.judge.paste import paste
from tests.troubleshoot.triage_table import NOW, asked, inspect

DOCKER = {"ps", "port", "inspect", "logs", "images", "version"}
SH = {"docker", "sed", "awk", "echo", "uname", "date", "head", "tail", "grep", "openssl", "curl"}
POWERSHELL = {
    "docker", "ForEach-Object", "Select-Object", "Select-String", "Out-String", "echo", "openssl", "curl.exe",
    "Test-NetConnection", "Get-Date",
}  # fmt: skip
OPENSSL = {"s_client", "x509"}
CURL = {"--noproxy", "*", "--max-time", "10", "-skS", "-D", "-", "-o", "/dev/null", "NUL"}
EITHER = pytest.mark.parametrize("shell", ask.SHELLS)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with ask.speaking("en"):
        yield


def commands(shell: str) -> list[str]:
    """The printed commands, without remarks and empty lines."""
    return [line for line in ask.lines(shell) if line and not line.startswith("#")]


def segments(command: str) -> Iterator[list[str]]:
    """The simple commands of one line: what stands between pipes, within $( ) and ( ), without assignment."""
    line = re.sub(r"^(?:\$?[A-Z] ?= ?|LC_ALL=C )", "", command)
    line = re.sub(r"^\$\((.*)\)$|^\((.*)\) -replace .*$", lambda found: found[1] or found[2], line)
    reader = shlex.shlex(line, posix=True, punctuation_chars="|")
    reader.whitespace_split = True
    part: list[str] = []
    for word in reader:
        if set(word) == {"|"}:
            yield part
            part = []
        else:
            part.append(word)
    yield part


def redirections(words: list[str]) -> list[str]:
    return [word for word in words if re.search(r"(?:^|\d)[<>]|^[<>]", word)]


# -- only reading


def test_every_sh_command_only_reads() -> None:
    for command in commands("sh"):
        for words in segments(command):
            verb, rest = words[0], words[1:]
            if re.fullmatch(r"[A-Z]='?[^$`;&|<>]*'?", command):
                continue  # a placeholder to fill in
            assert verb in SH, command
            assert set(redirections(rest)) <= {"</dev/null", "2>/dev/null", "2>&1"}, command
            if words != ["awk", ask.HIDE_NEXT]:  # a program of its own: it prints every line
                assert not re.search(r"[;&`]|\$\(", " ".join(rest).replace("2>&1", "").replace("print $1; exit", "")), (
                    command
                )
            if verb == "docker":
                assert rest[0] in DOCKER, command
            if verb == "openssl":
                assert rest[0] in OPENSSL, command
            if verb == "curl":
                assert set(rest[:-1]) <= CURL, command
                assert re.fullmatch(r"(?:https://127\.0\.0\.1:\$P|\$A)/", rest[-1]), command
            if verb == "sed":
                assert rest[0] in ("-E", "-nE"), command
                assert re.search(r"/(?:I?p)?$", rest[1]), "no w, no e: " + command
            if verb == "awk":
                assert rest in (["/fanruan_license/ {print $1; exit}"], [ask.HIDE_NEXT]), command
            if verb == "date":
                assert rest == ["-u", "+%Y-%m-%dT%H:%M:%SZ"], command


def test_every_powershell_command_only_reads() -> None:
    for command in commands("powershell"):
        plain = re.sub(r"'[^']*'", "''", command)
        if re.fullmatch(r"\$[A-Z] = ''|\$env:PROCESSOR_ARCHITECTURE", plain):
            continue
        assert re.fullmatch(r"[^;&`<]*", plain.replace("2>&1", "")), command
        assert set(re.findall(r"\d?>\S*", plain)) <= {"2>&1", "2>$null"}, command
        for part in re.sub(r"^\$[A-Z] = ", "", plain).split("|"):
            verb = part.strip().lstrip("('").split(" ")[0].rstrip(")").split(")")[0]
            assert verb in POWERSHELL | {""}, (verb, command)
            words = part.split()
            if verb == "docker":
                assert words[1] in DOCKER, command
            if verb == "openssl":
                assert words[1] in OPENSSL, command
            if verb == "curl.exe":
                assert set(words[1:-1]) <= CURL | {"''"}, command
        assert set(re.findall(r"\b[A-Z][a-z]+-[A-Z]\w+", plain)) <= POWERSHELL, command


@EITHER
def test_the_qr_page_is_never_opened_and_nothing_is_posted(shell: str) -> None:
    printed = "\n".join(commands(shell))
    assert not re.search(r"qrcode|/license|-X|--data|-d\b|--request|Invoke-|Set-|Out-File|Remove-", printed)


@EITHER
def test_a_warning_stands_on_top(shell: str) -> None:
    assert "Read-only" in ask.lines(shell)[0]
    assert all(line.startswith("#") for line in ask.lines(shell)[:2])


@EITHER
def test_the_same_is_asked_in_ascii_in_both_shells(shell: str) -> None:
    assert "\n".join(ask.lines(shell)).isascii()
    markers = {step.section for step in ask.STEPS if step.section != ask.SETUP}
    assert markers >= {
        "docker ps", "docker port", "docker inspect", "docker logs", "docker images", "docker version", "date",
        "machine", "certificate", "answer", "saved address", "connection", "fanruan.log",
    }  # fmt: skip


# -- read back


@EITHER
def test_every_marker_is_read_back(shell: str) -> None:
    for step in (step for step in ask.STEPS if step.section != ask.SETUP):
        assert f"echo '{ask.marker(step)}'" in ask.lines(shell)
        read = paste(f"{ask.marker(step)}\nsomething\n".encode())
        assert [(step.section, step.host)] == [(line.section, line.host) for line in read.lines if line.text]


def piped(section: str, text: str, start: str) -> str:
    """What the programs of a section's sh command, from the one that begins so, make of a text."""
    command = next(step.sh for step in ask.STEPS if step.section == section)
    chain = command[command.index(start) :].replace(' "$L"', "").replace("LC_ALL=C ", "")
    for words in segments(chain):
        text = subprocess.run(words, input=text, capture_output=True, text=True, timeout=30, check=True).stdout
    return text


def test_the_values_of_variables_arguments_and_labels_do_not_leave_the_host() -> None:
    document = json.loads(inspect())
    document[0]["Args"] = ["run", "--db-password", "canary", "--api-token=canary", "--port", "8081"]
    document[0]["Config"]["Labels"] = {
        "com.example.password": "canary",
        "com.example.team": "bi",
        "db_secret": "canary",
    }
    given = json.dumps(document, indent=4)
    shown = piped("docker inspect", given, "awk")
    assert "canary" not in shown
    assert given.count("\n") == shown.rstrip("\n").count("\n")
    left = json.loads(shown)[0]
    assert ["run", "--db-password", "***", "--api-token=***", "--port", "8081"] == left["Args"]
    assert {"com.example.password": "***", "com.example.team": "bi", "db_secret": "***"} == left["Config"]["Labels"]
    assert "LICENSE_TOKEN=***" in left["Config"]["Env"]
    assert (document[0]["State"], document[0]["Mounts"]) == (left["State"], left["Mounts"])


def test_passwords_in_the_servers_log_do_not_leave_the_host() -> None:
    given = "2026-11-24T08:00:00Z connect user=x password=canary ok\n2026-11-24T08:00:01Z token: canary\nplain line\n"
    shown = piped("docker logs", given, "sed")
    assert "canary" not in shown
    assert "plain line\n" in shown
    assert "2026-11-24T08:00:00Z connect user=x password=***" in shown


def test_of_finebis_log_only_codes_and_exceptions_leave_the_host() -> None:
    log = (
        "2026-11-24 10:15:02,117 [x] ERROR password=secret PKIX path building failed: secret\n"
        "2026-11-24 10:15:03,117 [x] INFO secret\nsecret LICENSE_EXPIRED secret\n"
    )
    assert ["2026-11-24 10:15:02,117  PKIX path building failed", " LICENSE_EXPIRED"] == piped(
        "fanruan.log", log, "sed"
    ).splitlines()


IN_FINEBIS_LOG = [
    (entry.key, text)
    for entry in catalogue().values()
    for text in entry.shown
    if entry.patterns and entry.stage in (CaseStage.REACH, CaseStage.TLS, CaseStage.REGISTER)
]
# The kernel's log, pages of a browser and of a proxy: they are pasted whole.
SINGLE_LINES = {text for key in ("firewall-blocks", "certificate-warning") for text in catalogue()[key].shown} | {
    "403 Forbidden"
}


def test_what_finebis_log_may_show_survives_the_filter_and_is_read_back(subtests: pytest.Subtests) -> None:
    assert len(IN_FINEBIS_LOG) > 25
    given = [
        f"[2026-11-24 10:15:02,117] http-1 ERROR [standard] com.x.Y {text} secret" for _key, text in IN_FINEBIS_LOG
    ]
    for (key, text), line in zip(IN_FINEBIS_LOG, given, strict=True):
        if text in SINGLE_LINES:
            continue
        with subtests.test(text=text):
            shown = piped("fanruan.log", line + "\n", "sed")
            assert shown.startswith("[2026-11-24 10:15:02,117] ")
            assert "secret" not in shown
            verdict, _notes = triage.triage(f"=== fanlic: fanruan.log (finebi host) ===\n{shown}".encode())
            assert key in {str(fact.value) for fact in verdict.evidence.of("symptom")}


@pytest.mark.parametrize(
    ("line", "kind", "value"),
    [
        ("2026-11-24T10:15:02 x registration refused, error code: 30005 for node a", "code", "30005"),
        ('10:15:02,117 x {"errorCode":"30003","secret":1}', "code", "30003"),
        ("10:15:02,117 x product code 61100002 secret", "code", "61100002"),
    ],
)
def test_digits_of_a_code_survive_the_filter(line: str, kind: str, value: str) -> None:
    shown = piped("fanruan.log", line + "\n", "sed")
    assert "secret" not in shown
    verdict, _notes = triage.triage(f"=== fanlic: fanruan.log (finebi host) ===\n{shown}".encode())
    assert [value] == [fact.value for fact in verdict.evidence.of(kind)]


def test_the_address_that_finebi_tried_survives_the_filter_and_is_read_back() -> None:
    line = (
        "10:15:02 ERROR x HttpHostConnectException: Connect to lic.corp.cn:49154 [lic/1.2.3.4] failed: secret refused\n"
    )
    shown = piped("fanruan.log addresses", line, "sed")
    assert "10:15:02  Connect to lic.corp.cn:49154\n" == shown
    verdict, _notes = triage.triage(f"=== fanlic: fanruan.log addresses (finebi host) ===\n{shown}".encode())
    assert [(49154, "lic.corp.cn")] == [(fact.value, fact.detail) for fact in verdict.evidence.of("tried-port")]


@pytest.mark.parametrize("bound", ["0.0.0.0:49155", "127.0.0.1:49155", "[::]:49155", "[::1]:49155"])
def test_the_published_port_is_taken_from_any_binding(bound: str) -> None:
    command = next(step.sh for step in ask.STEPS if step.sh.startswith("P="))
    program = next(words for words in segments(command) if words[0] == "sed")
    done = subprocess.run(
        program, input=f"8081/tcp -> {bound}\n", capture_output=True, text=True, timeout=30, check=True
    )
    assert "49155\n" == done.stdout


def test_probes_without_a_port_are_no_evidence() -> None:
    given = asked(
        docker_port="",
        certificate="connect:errno=111\n",
        names="",
        answer="curl: (3) URL using bad/illegal format or missing URL\n",
    )
    verdict, _notes = triage.triage(given.encode(), NOW)
    assert [] == list(verdict.evidence.of("symptom"))
    assert () == verdict.unread


# -- the command


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    ask.options(parser)
    return ask.run(parser.parse_args(arguments))


def test_a_named_container_stands_where_it_would_be_looked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == run("--container", "lic_1")
    shown = capsys.readouterr().out
    assert "C='lic_1'" in shown
    assert "/fanruan_license/" not in shown


@pytest.mark.parametrize("name", ["x; docker rm -f x", "$(reboot)", "", "-f", "a'b", "\u5bb9\u5668"])
def test_what_is_no_containers_name_is_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(f"--container={name}")
    assert "cannot be the name of a container" in capsys.readouterr().err


def test_the_language_is_chosen_for_this_output_only(capsys: pytest.CaptureFixture[str]) -> None:
    before = os.environ.get("FANLIC_LANG")
    assert 0 == run("--language", "zh")
    assert before == os.environ.get("FANLIC_LANG")
    assert "=== fanlic: docker ps (container host) ===" in capsys.readouterr().out
