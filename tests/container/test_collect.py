"""The script of `fanlic collect` on a real engine: it changes nothing, and triage reads what it wrote."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fanlic.troubleshoot import collect, triage
from fanlic.troubleshoot.judge.verdict import Verdict
from tests.container.private_engine import PrivateEngine

AMD64 = "fanruan_license_server_amd64:1.0.0"
STATE = "{{.State.Status}} {{.State.StartedAt}} {{.RestartCount}}"


@pytest.fixture
def container(engine: PrivateEngine, strict: Path, tmp_path: Path) -> Iterator[str]:
    """A server on the engine that says that it serves; afterwards no container and no image."""
    assert 0 == engine.docker("load", "-i", str(strict)).returncode
    folder = tmp_path / "config"
    options = ("-p", "49155:8081", "-v", f"{folder}:/app/config", "--restart", "unless-stopped", "-e", "NOTE=canary")
    done = engine.docker("run", "-d", "--name", "lic", *options, AMD64)
    assert 0 == done.returncode, done.stderr
    for _attempt in range(300):
        if "serving on" in engine.docker("logs", "lic").stdout:
            break
        time.sleep(0.1)
    else:
        raise AssertionError(engine.docker("logs", "lic"))
    yield "lic"
    engine.docker("rm", "-f", "lic")
    engine.docker("rmi", "-f", *engine.docker("images", "-aq").stdout.split())


def collected(folder: Path) -> Verdict:
    script, out = folder / "collect.sh", folder / "evidence.txt"
    out.unlink(missing_ok=True)
    script.write_bytes(collect.script("sh"))
    command = ["/bin/sh", str(script), "--address", "https://127.0.0.1:49155", "--out", str(out)]
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False
    )
    assert 0 == done.returncode, done.stderr
    assert "canary" not in out.read_text("utf-8")
    verdict, _notes = triage.triage(out.read_bytes(), datetime.now(UTC))
    return verdict


def test_a_running_server_is_left_alone_and_nothing_wrong_is_found(
    container: str, engine: PrivateEngine, tmp_path: Path
) -> None:
    before = engine.docker("inspect", "-f", STATE, container).stdout
    verdict = collected(tmp_path)
    assert before == engine.docker("inspect", "-f", STATE, container).stdout
    assert before.startswith("running ")
    assert () == verdict.causes
    assert () == verdict.unread


def test_a_stopped_server_is_the_verdict(container: str, engine: PrivateEngine, tmp_path: Path) -> None:
    engine.docker("stop", "-t", "2", container)
    assert "server-stopped" == collected(tmp_path).causes[0].name
