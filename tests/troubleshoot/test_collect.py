"""The script of `fanlic collect` only reads, keeps secrets on the host, and gives triage what it needs."""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fanlic.lab import Lab, ready
from fanlic.texts import _
from fanlic.troubleshoot import collect, triage
from fanlic.troubleshoot.ask import speaking
from tests.troubleshoot.triage_table import inspect, ps

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: the script is for sh")

READS = {"ps", "port", "inspect", "logs", "images", "version"}
PROGRAMS = ("awk", "sed", "sort", "head", "uname", "date", "df", "find", "timeout", "grep", "tail", "cat")
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


def in_language(language: str, shell: str) -> bytes:
    with speaking(language):
        return collect.script(shell)


class Machine:
    """A machine with the usual programs, a docker that answers from a table and notes what it was asked, and sh."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.programs, self.home = folder, folder / "bin", folder / "home"
        self.answers, self.asked = folder / "answers", folder / "asked"
        for each in (self.programs, self.home, self.answers):
            each.mkdir()
        for name in PROGRAMS:
            path = shutil.which(name)
            assert path, name
            (self.programs / name).symlink_to(path)
        docker = self.programs / "docker"
        docker.write_text(
            f'#!/bin/sh\nprintf "%s\\n" "$*" >> {self.asked}\n'
            f"key=$(printf %s \"$*\" | sed 's/[^A-Za-z0-9]/_/g')\n"
            f'if [ -f "{self.answers}/$key" ]; then cat "{self.answers}/$key"; else exit 1; fi\n'
        )
        docker.chmod(0o755)

    def knows(self, arguments: str, output: str) -> None:
        """What `docker ARGUMENTS` prints."""
        (self.answers / re.sub("[^A-Za-z0-9]", "_", arguments)).write_text(output, "utf-8")

    def has(self, program: str) -> None:
        """Install a program of this machine."""
        path = sys.executable if program == "python3" else shutil.which(program)
        assert path, program
        (self.programs / program).unlink(missing_ok=True)
        (self.programs / program).write_text(f'#!/bin/sh\nexec {path} "$@"\n')
        (self.programs / program).chmod(0o755)

    def run(self, *arguments: str, language: str = "en") -> subprocess.CompletedProcess[str]:
        """Run the script; it prints what it would write."""
        script = self.folder / "collect.sh"
        script.write_bytes(in_language(language, "sh"))
        return subprocess.run(
            ["/bin/sh", str(script), *arguments],
            env={"PATH": str(self.programs), "HOME": str(self.home)},
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    def text(self, *arguments: str) -> str:
        """What the script collected."""
        done = self.run(*arguments, "--out", "-")
        assert 0 == done.returncode, done.stderr
        return done.stdout


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine on which one healthy container runs."""
    made = Machine(tmp_path)
    made.knows("ps -a", ps("Up 3 weeks", name="lic"))
    made.knows(
        "ps -a --format {{.Names}} {{.Image}} {{.Ports}}", "lic fanruan_license_server_amd64:1.0.0 x->8081/tcp\n"
    )
    made.knows("port lic", "8081/tcp -> 0.0.0.0:49155\n8081/tcp -> [::]:49155\n")
    made.knows("inspect lic", inspect())
    made.knows("logs --tail 20000 --timestamps lic", "2026-11-24T07:00:00Z serving\n")
    return made


def test_docker_is_asked_to_read_and_for_nothing_else(machine: Machine) -> None:
    machine.text("--address", "https://127.0.0.1:1")
    asked = machine.asked.read_text().splitlines()
    assert {"ps -a", "port lic", "inspect lic"} <= set(asked)
    assert set() == {line.split()[0] for line in asked} - READS


def test_one_file_is_written_for_its_owner_only_and_never_over_another(machine: Machine) -> None:
    done = machine.run("--out", "evidence.txt")
    assert 0 == done.returncode, done.stderr
    assert ["evidence.txt"] == [path.name for path in machine.home.iterdir()]
    written = machine.home / "evidence.txt"
    assert 0 == written.stat().st_mode & 0o077
    before = written.read_bytes()
    again = machine.run("--out", "evidence.txt")
    assert (1, "this file exists" in again.stderr) == (again.returncode, True)
    assert before == written.read_bytes()


def test_without_a_name_the_file_says_which_machine_and_when(machine: Machine) -> None:
    assert 0 == machine.run().returncode
    (written,) = machine.home.iterdir()
    assert re.fullmatch(r"fanlic-collected-.+-\d{8}T\d{6}Z\.txt", written.name)


@pytest.mark.parametrize("awk", ["mawk", "gawk", "busybox"])
def test_no_secret_leaves_the_host_whichever_awk_it_has(machine: Machine, awk: str) -> None:
    path = shutil.which(awk) or shutil.which("awk")  # the machine's own, if it lacks this one
    (machine.programs / "awk").unlink()
    (machine.programs / "awk").write_text(
        f'#!/bin/sh\nexec {path} {"awk " if str(path).endswith("busybox") else ""}"$@"\n'
    )
    (machine.programs / "awk").chmod(0o755)
    document = json.loads(inspect())
    document[0]["Args"] = ["run", "--db-password", "canary", "--api-token=canary", "--port", "8081"]
    document[0]["Config"]["Labels"] = {"a.password": "canary", "team": "canary", "com.docker.compose.project": "lic"}
    document[0]["Config"]["Env"] = ["PATH=canary", "LICENSE_KEY=canary"]
    machine.knows("inspect lic", json.dumps(document, indent=4))
    machine.knows(
        "logs --tail 20000 --timestamps lic",
        "2026-11-24T07:00:00Z login user=x password=canary ok\n"
        '2026-11-24T07:00:01Z {"db_secret": "canary", "port": 8081}\n'
        "2026-11-24T07:00:02Z run --db-password canary -e FOO=canary --port 8081\n"
        "2026-11-24T07:00:03Z jdbc:mysql://root:canary@10.1.2.3/db Authorization: Bearer canary0123456789\n"
        "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n"
        "2026-11-24T07:00:04Z 密码\uff1acanary 端口 8081\n2026-11-24T07:00:05Z token eyJcanary.canary.canary\n"
        "2026-11-24T07:00:06Z run --db-password \"open the canary\" -e PW='open the canary' --port 8081\n"
        '2026-11-24T07:00:06Z run --env "A=the canary" --port 8081\n'
        "2026-11-24T07:00:06Z login password=open the canary door user=y\n"
        "2026-11-24T07:00:06Z login password: open the canary, host=db1\n"
        '2026-11-24T07:00:06Z {"password": "open \\"the\\" canary", "port": 8082}\n'
        "2026-11-24T07:00:06Z run --db-password=canary fanruan_license_server_amd64:1.0.0\n"
        "2026-11-24T07:00:06Z postgres://app:open the canary@db/x Server=db;Password=open the canary;Encrypt=true\n"
        "2026-11-24T07:00:06Z exec format error\n",
    )
    shown = machine.text()
    assert "canary" not in shown
    collected = json.loads(shown.partition("docker inspect (container host) ===\n")[2].partition("=== ")[0])[0]
    assert ["run", "--db-password", "***", "--api-token=***", "--port", "8081"] == collected["Args"]
    assert {"a.password": "***", "team": "***", "com.docker.compose.project": "lic"} == collected["Config"]["Labels"]
    assert ["PATH=***", "LICENSE_KEY=***"] == collected["Config"]["Env"]
    assert (document[0]["State"], document[0]["Mounts"]) == (collected["State"], collected["Mounts"])
    for kept in (
        "2026-11-24T07:00:00Z login user=x password=*** ok",
        "--port 8081",
        "@10.1.2.3/db",
        "exec format error",
        "password=*** user=y",
        "password: ***, host=db1",
        '"password": "***", "port": 8082',
        "--db-password=*** fanruan_license_server_amd64:1.0.0",
        "Encrypt=true",
    ):
        assert kept in shown


def test_of_a_long_log_the_end_is_kept_and_the_count_is_said(machine: Machine) -> None:
    machine.knows("logs --tail 20000 --timestamps lic", "".join(f"line {number}\n" for number in range(1234)))
    shown = machine.text()
    assert "line 1233\n# lines kept / lines read: 400 / 1234\n" in shown
    assert "line 833\n" not in shown


def test_of_finebis_log_times_codes_causes_and_addresses_leave_the_host(machine: Machine) -> None:
    log = machine.home / "fanruan.log"
    log.write_text(
        "2026-11-24 10:15:02,117 [x] ERROR canary com.fr.x.RegException: register failed errorCode: 30005 canary\n"
        "\tat com.fr.canary.X\n"
        "Caused by: javax.net.ssl.SSLHandshakeException: PKIX path building failed: canary\n"
        "Caused by: org.apache.http.conn.HttpHostConnectException: Connect to lic.corp:49154 [/10.1.2.3] canary\n"
        "2026-11-24 10:15:03,117 [x] INFO canary\n"
    )
    shown = machine.text("--log", str(log)).partition("fanruan.log (finebi host) ===\n")[2]
    assert "canary" not in shown
    assert [
        "2026-11-24 10:15:02,117  com.fr.x.RegException: Code: 30005",
        "Caused by: javax.net.ssl.SSLHandshakeException: SSLHandshakeException PKIX path building failed",
        "Caused by: org.apache.http.conn.HttpHostConnectException: Connect to lic.corp:49154",
        "# lines kept / lines read: 3 / 5",
    ] == shown.splitlines()


def test_finebis_log_is_found_where_it_usually_lies(machine: Machine) -> None:
    folder = machine.home / "FineBI" / "logs"
    folder.mkdir(parents=True)
    (folder / "fanruan.log").write_text("2026-11-24 10:15:02,117 x LICENSE_EXPIRED x\n")
    assert "2026-11-24 10:15:02,117  LICENSE_EXPIRED" in machine.text()


@pytest.mark.parametrize("binding", ["127.0.0.1", "[::1]", "0.0.0.0", "[::]"])
@pytest.mark.parametrize("tools", [("curl", "openssl"), ("python3",)])
def test_the_published_address_is_tried_with_what_is_installed(
    machine: Machine, binding: str, tools: tuple[str, ...]
) -> None:
    for tool in tools:
        machine.has(tool)
    machine.knows("port lic", f"8081/tcp -> {binding}:1\n")  # nothing listens there
    shown = machine.text()
    assert "=== fanlic: certificate (container host) ===" in shown
    assert re.search(r"refused|errno|Couldn't connect|Cannot assign", shown, re.IGNORECASE)
    verdict, _notes = triage.triage(shown.encode(), datetime.now(UTC))
    assert not [line for line in verdict.unread if "BIO" in str(line)]


def test_a_real_certificate_is_described_with_openssl_and_without(machine: Machine) -> None:
    with Lab(engine="sandbox") as lab:
        page = ready.activated(lab)
        machine.knows("port lic", f"8081/tcp -> 127.0.0.1:{page.address.rpartition(':')[2]}\n")
        for tools in (("python3",), ("openssl", "curl")):
            for tool in tools:
                machine.has(tool)
            shown = machine.text()
            assert re.search(r"Verify return code: 18 \(self[- ]signed certificate\)", shown), shown
            assert "HTTP/1.1 200" in shown
        assert "DNS:localhost" in shown


def recorded(machine: Machine, lab: Lab) -> None:
    """Give this machine the answers of the lab's sandbox."""
    docker = lab.host.docker
    names = [line.split()[-1] for line in docker("ps -a").stdout.splitlines()[1:]]
    machine.knows("ps -a", docker("ps -a").stdout)
    machine.knows("images", docker("images").stdout)
    machine.knows("ps -a --format {{.Names}} {{.Image}} {{.Ports}}", "".join(f"{name} fanruan x\n" for name in names))
    for name in names:
        for verb in ("port", "inspect"):
            machine.knows(f"{verb} {name}", docker(f"{verb} {name}").stdout)
        machine.knows(f"logs --tail 20000 --timestamps {name}", docker(f"logs {name}").stdout)


RUN = "run -d -p 49155:8081 -v /D/lic/config:/app/config"
IMAGE = "fanruan_license_server_amd64:1.0.0"


def stopped_for_long(lab: Lab) -> None:
    lab.host.docker(f"{RUN} --restart unless-stopped --name lic {IMAGE}")
    lab.host.docker("stop lic")
    lab.clock.advance(hours=30)


FAULTS: list[tuple[Callable[[Lab], object], str]] = [
    (lambda lab: lab.host.docker(f"run -d -p 49155:8081 {IMAGE}"), "config-not-mapped"),
    (lambda lab: lab.host.docker(f"{RUN} -v /D/lic/tls:/app/tls {IMAGE}"), "tls-mapped-without-certificate"),
    (lambda lab: lab.host.docker(f"{RUN} -v /D/lic/web:/app/web {IMAGE}"), "web-mapped"),
    (lambda lab: lab.host.docker(f"{RUN} {IMAGE.replace('amd64', 'arm64')}"), "wrong-architecture"),
    (lambda lab: lab.host.docker(f"run -d -P -v /D/lic/config:/app/config {IMAGE}"), "random-port"),
    (stopped_for_long, "down-over-24-hours"),
]


@pytest.mark.parametrize(("fault", "cause"), FAULTS, ids=[cause for _fault, cause in FAULTS])
def test_what_the_sandbox_shows_gives_the_cause_through_the_script(
    machine: Machine, fault: Callable[[Lab], object], cause: str
) -> None:
    with Lab(engine="inline") as lab:
        ready.loaded(lab)
        fault(lab)
        recorded(machine, lab)
        now = lab.clock.now()
    shown = re.sub(
        r"(=== fanlic: date \([a-z ]+\) ===\n)\S+", lambda found: f"{found[1]}{now:%Y-%m-%dT%H:%M:%SZ}", machine.text()
    )
    verdict, _notes = triage.triage(shown.encode(), now + timedelta(seconds=1))
    assert cause in [each.name for each in (*verdict.causes[:2], *verdict.risks)], verdict


# -- the scripts


@LANGUAGES
@pytest.mark.parametrize("shell", ["sh", "powershell"])
def test_every_placeholder_is_filled_and_no_text_breaks_a_quotation(language: str, shell: str) -> None:
    text = in_language(language, shell).decode("utf-8-sig")
    assert [] == re.findall(r"@[A-Z_]+@", text)
    with speaking(language):
        for name in collect.TEXTS:
            assert not set("'\"$`\\\n") & set(_(collect.TEXTS[name])), name


@LANGUAGES
def test_sh_can_read_the_script(language: str, tmp_path: Path) -> None:
    (tmp_path / "collect.sh").write_bytes(in_language(language, "sh"))
    done = subprocess.run(["/bin/sh", "-n", str(tmp_path / "collect.sh")], capture_output=True, timeout=30, check=False)
    assert (0, b"") == (done.returncode, done.stderr)


def test_powershell_5_gets_its_mark_and_line_ends() -> None:
    data = in_language("zh", "powershell")
    assert data.startswith(b"\xef\xbb\xbf# ")
    assert data.count(b"\r\n") == data.count(b"\n")


def test_powershell_only_reads() -> None:
    text = re.sub(r"'[^'\n]*'|#.*", "''", in_language("en", "powershell").decode("utf-8-sig"))
    own = set(re.findall(r"^function ([A-Z]\w+-\w+)", text, re.MULTILINE))
    used = set(re.findall(r"(?<![\w-])[A-Z][a-z]+-[A-Z]\w+", text)) - own
    assert used <= {
        "Get-Command", "Where-Object", "ForEach-Object", "Select-Object", "New-Object", "Get-Date", "Resolve-Path",
        "Read-Host", "Test-Path", "Out-File",
    }  # fmt: skip
    assert 1 == text.count("Out-File")
    assert READS >= set(re.findall(r"& \$Engine (\w+)", text))


@LANGUAGES
def test_the_script_says_in_its_language_what_it_does(language: str, machine: Machine) -> None:
    done = machine.run("--help", language=language)
    assert 0 == done.returncode
    assert ("Read-only" in done.stdout, "只读" in done.stdout) == (language == "en", language == "zh")


@pytest.mark.parametrize("wrong", [("--adress", "x"), ("--out",), ("x",)])
def test_a_wrong_option_is_refused_before_anything_is_read(machine: Machine, wrong: tuple[str, ...]) -> None:
    done = machine.run(*wrong)
    assert 2 == done.returncode
    assert wrong[0] in done.stderr
    assert not machine.asked.exists()


def test_where_nothing_can_be_collected_it_says_so(machine: Machine) -> None:
    (machine.programs / "docker").unlink()
    done = machine.run()
    assert 1 == done.returncode
    assert "Run it where the container or FineBI runs" in done.stderr
    assert [] == list(machine.home.iterdir())


# -- the command


def call(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    collect.options(parser)
    return collect.run(parser.parse_args(arguments))


def test_the_script_is_printed_or_written_to_a_new_file(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert 0 == call("--language", "en")
    assert capfdbinary.readouterr().out == in_language("en", "sh")
    out = tmp_path / "collect.ps1"
    assert 0 == call("--language", "en", "--shell", "powershell", "--out", str(out))
    assert out.read_bytes() == in_language("en", "powershell")
    assert 1 == call("--out", str(out))
    assert b"cannot be written" in capfdbinary.readouterr().err


def test_the_example_in_the_help_of_the_script_can_be_typed() -> None:
    line = next(line for line in in_language("en", "sh").decode().splitlines() if "sh collect.sh" in line)
    words = shlex.split(line.lstrip("# ").replace("[", "").replace("]", ""))
    assert ["sh", "collect.sh", "--container", "NAME", "--address", "https://HOST:PORT"] == words[:6]
    assert os.linesep.encode() == b"\n"
