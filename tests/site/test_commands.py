"""Every command that README and the site print can be typed: in sh, or it is at least a command that exists."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import start
from fanlic import cli
from fanlic.lab import scenario
from fanlic.troubleshoot import COMMANDS

ROOT = Path(__file__).parents[2]
WRITTEN = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
WRITTEN += [
    path
    for part in ("howto", "handouts", "explanation", "notes", "zh")
    for path in (ROOT / "docs" / part).rglob("*.md")
]
FENCE = re.compile(r"^ *(```|~~~~) ?(sh|powershell)\n(.*?)^ *\1", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:fanlic|start\.py|python3? start\.py) [^`]+)`")
PROGRAM = re.compile(r"^(?:sudo )?(?:\S*python3? -m )?fanlic (?P<arguments>.+)$")
START = re.compile(r"^(?:FANLIC_LANG=zh )?(?:python3 |py )?start\.py ?(?P<arguments>.*)$")
AT_ONCE = {"explain", "ask", "collect", "triage", "preflight"}  # the others play, listen or ask a server
INSPECTED = (
    '[{"Id": "0f3a", "Name": "/lic", "State": {"Status": "running"}, "Config": {"Image": "lic:1"}, "Mounts": []}]'
)
COMPOSED = "services: {license: {image: 'fanruan_license_server_amd64:1.0.0'}}"
SAMPLES = {
    **dict.fromkeys(("paste.txt", "collected.txt"), "Registration failed 30005"),
    **dict.fromkeys(("request.eml", "second-mail.eml"), "Subject: x\n\nx"),
    "inspect.json": INSPECTED,
    "compose.yml": COMPOSED,
}


def commands() -> Iterator[tuple[str, str]]:
    """Each command with the file that prints it, continued lines joined, comments off."""
    for path in WRITTEN:
        text = path.read_text("utf-8")
        lines = [line for _fence, _kind, body in FENCE.findall(text) for line in body.replace("\\\n", " ").splitlines()]
        for line in (*lines, *INLINE.findall(text)):
            yield path.relative_to(ROOT).as_posix(), re.sub(r"\s+#.*$", "", line.strip())


def parsed(line: str) -> str:
    """Why the command cannot be typed; empty if it can."""
    if found := PROGRAM.match(line):
        words = shlex.split(found["arguments"])
        if words[0] == "rehearse" and len(words) > 1 and words[1][0].isupper() and words[1] not in scenario.catalogue():
            return "no such scenario"
        try:
            cli._parser(words[0]).parse_args(words)
        except SystemExit as ended:
            known = words[0] in {*cli._ELSEWHERE, *COMMANDS} and len(words) == 1  # a command is named, and not typed
            return "" if ended.code == 0 or known else "no such option or command"
    elif found := START.match(line):
        try:
            job, _offline, _rest = start.parse(shlex.split(found["arguments"]))
        except start.Stop as stopped:
            return str(stopped)
        return "" if job in (start.__doc__ or "") else "no such job"
    return ""


def test_every_printed_command_exists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wheels").mkdir()
    monkeypatch.chdir(tmp_path)
    listed = list(commands())
    assert sum(bool(PROGRAM.match(line)) for _file, line in listed) > 50
    assert sum(bool(START.match(line)) for _file, line in listed) > 12
    wrong = {line: (file, why) for file, line in listed if (why := parsed(line))}
    assert wrong == {}


@pytest.mark.skipif(os.name == "nt", reason="not on Windows: these are the lines for sh")
def test_what_answers_at_once_runs_in_sh_with_the_command_that_start_py_makes(tmp_path: Path) -> None:
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" "$@"\n')
    (programs / "python").chmod(0o755)
    start.write_command(tmp_path)
    for name, text in SAMPLES.items():
        (tmp_path / name).write_text(text)
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "FANLIC_LANG": "en"}
    lines = {
        line
        for _file, line in commands()
        if (found := PROGRAM.match(line)) and found["arguments"].split()[0] in AT_ONCE
    }
    there = sorted(line for line in lines if "..." not in line and not re.search(r"preflight tls|HOST", line))
    whole = [line for line in there if len(line.split()) > 2 or line.endswith(("ask", "collect"))]
    assert len(whole) > 10
    failed = {}
    for line in whole:
        script = f'PATH="$PWD/.venv/bin:$PATH"\n{line}\n'
        done = subprocess.run(
            ["sh", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        if done.returncode in (2, 126, 127) or "Traceback" in done.stderr:  # asked wrongly, not found, broken
            failed[line] = done.stderr[-300:]
    assert failed == {}


def test_no_command_for_a_real_site_guesses_a_port() -> None:
    """Only the rehearsal's own image is known to listen on 8081: a command for a site asks the image first."""
    ours = ("container.md", "trust.md", "diagnose.md")  # the rehearsal's image, a lab, a check of what somebody typed
    for file, line in commands():
        if line.startswith("docker run") and not file.endswith(ours):
            assert ":8081" not in line, (file, line)
            if "CONTAINER_PORT" in line:
                assert "docker image inspect" in (ROOT / file).read_text("utf-8"), file


def test_the_folder_can_be_had_from_the_site(site: Path) -> None:
    with zipfile.ZipFile(site / "download" / "fanlic.zip") as made:
        names = set(made.namelist())
    assert {"fanlic/start.py", "fanlic/fanlic/cli.py", "fanlic/requirements/run.lock", "fanlic/LICENSE"} <= names
    assert not [name for name in names if "__pycache__" in name or "/.venv" in name or "/.git/" in name]
    assert 'href="download/fanlic.zip"' in (site / "index.html").read_text("utf-8")
