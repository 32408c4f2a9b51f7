"""A confined process: its own directories and port, and nothing else, whatever runs in it."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from fanlic.adapters import confine
from fanlic.lab import Lab

ROOT = Path(__file__).parents[2]
TRY = """
import json, os, socket, subprocess, sys
from pathlib import Path
from fanlic.adapters.confine import confine
own, theirs, port, other = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
why = confine([own / "web"], [own / "config"], port)

def outcome(act):
    try:
        act()
    except OSError as problem:
        return type(problem).__name__
    return "done"

def bind(number):
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", number))

print(json.dumps({
    "why": why,
    "read own": outcome(lambda: (own / "web" / "page").read_bytes()),
    "write own": outcome(lambda: (own / "config" / "state").write_text("x")),
    "rename own": outcome(lambda: (own / "config" / "state").rename(own / "config" / "renamed")),
    "remove own": outcome(lambda: (own / "config" / "renamed").unlink()),
    "write what is only read": outcome(lambda: (own / "web" / "page").write_text("x")),
    "read theirs": outcome(lambda: (theirs / "secret").read_bytes()),
    "read theirs through a link": outcome(lambda: (own / "config" / "link").read_bytes()),
    "write theirs": outcome(lambda: (theirs / "new").write_text("x")),
    "list theirs": outcome(lambda: list(theirs.iterdir())),
    "read the passwords": outcome(lambda: Path("/etc/shadow").read_bytes()),
    "run a program": outcome(lambda: subprocess.run(["/bin/true"])),
    "run Python": outcome(lambda: subprocess.run([sys.executable, "-c", "1"])),
    "listen": outcome(lambda: bind(port)),
    "listen elsewhere": outcome(lambda: bind(other)),
    "connect": outcome(lambda: socket.create_connection(("127.0.0.1", other), timeout=2)),
    "import more": outcome(lambda: __import__("wave")),
}))
"""

linux = pytest.mark.skipif(sys.platform != "linux", reason="not on Windows: Landlock is Linux's")
DONE = {"read own", "write own", "rename own", "remove own", "listen", "import more"}


@linux
@pytest.mark.threat("sandbox-escape")
def test_confined_process_reaches_its_own_directories_and_port_and_nothing_else(tmp_path: Path) -> None:
    own, theirs = tmp_path / "own", tmp_path / "theirs"
    for folder in (own / "web", own / "config", theirs):
        folder.mkdir(parents=True)
    (own / "web" / "page").write_text("page")
    (theirs / "secret").write_text("secret")
    (own / "config" / "link").symlink_to(theirs / "secret")
    found = run_confined(own, theirs)
    if found["why"]:
        pytest.skip(f"this kernel has no Landlock: {found['why']}")
    outcomes = {what: said for what, said in found.items() if what != "why"}
    assert dict.fromkeys(outcomes.keys() - DONE, "PermissionError") | dict.fromkeys(DONE, "done") == outcomes
    assert "page" == (own / "web" / "page").read_text()
    assert ["secret"] == [path.name for path in theirs.iterdir()]


def run_confined(own: Path, theirs: Path) -> dict[str, Any]:
    command = [sys.executable, "-c", textwrap.dedent(TRY), str(own), str(theirs), "49011", "49012"]
    settings = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, env=settings, cwd=theirs, capture_output=True, text=True, timeout=60, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@linux
@pytest.mark.threat("sandbox-escape")
def test_servers_of_the_sandbox_are_confined(tmp_path: Path) -> None:
    """And say so in their log if they cannot be."""
    with Lab(folder=tmp_path / "lab") as lab:
        lab.desk.receive(lab.customer.request(seats=2))
        lab.host.docker("load -i fanruan_license_server.tar")
        assert 0 == lab.host.docker("run --name one -P -d fanruan_license_server_amd64:1.0.0").status
        server = lab.host.server()
        server.submit(lab.phone.scan(server.qr()))
        log = lab.host.docker("logs one").stdout
    (tmp_path / "theirs").mkdir()
    assert bool(run_confined(tmp_path, tmp_path / "theirs")["why"]) == ("the server is not confined" in log)


@pytest.mark.threat("sandbox-escape")
def test_system_that_cannot_confine_says_why_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "not Linux" == confine.confine([], [], 1)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(confine, "_CREATE", 100_000)  # no such call
    assert confine.confine([], [], 1).startswith("Landlock: ")
