"""The Docker engine's adapter as far as it goes without an engine: host paths, and what it says of a missing engine."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fanlic.adapters.engines.command import Refused
from fanlic.adapters.engines.docker_cli import EngineUnusable, check_engine
from fanlic.adapters.engines.host_paths import HostPaths
from fanlic.lab import Lab

posix = pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: a shell script stands for docker")


@posix
@pytest.mark.parametrize(
    "words",
    [
        ["-v", "/D/lic:/app/config"],
        ["--volume", "D:\\lic:/app/config"],
        ["--volume=/D/lic:/app/config"],
        ["-v=/D/lic:/app/config/"],
        ["-v/D/lic:/app/config:rw"],
        ["-dPv", "/D/lic:/app/config"],
        ["--mount", "type=bind,source=/D/lic,target=/app/config"],
        ["--mount=type=bind,src=/D/lic,dst=/app/config"],
    ],
)
def test_typed_host_path_is_moved_below_the_labs_folder_and_shown_as_typed(tmp_path: Path, words: list[str]) -> None:
    paths = HostPaths(tmp_path)
    placed, mounts = paths.placed([*words, "image"])
    assert {"/app/config": tmp_path / "D" / "lic"} == mounts
    assert str(tmp_path / "D" / "lic") in placed[-2]
    assert "/D/lic" in paths.as_typed(" ".join(placed))
    assert str(tmp_path) not in paths.as_typed(" ".join(placed))


@pytest.mark.parametrize(
    "words", [["-p", "1:2"], ["-d", "--name", "v"], ["-v", "/a"], ["-v", ":/b"], ["-v", "/a:/b:c:d"]]
)
def test_words_without_a_host_path_to_move_stay(tmp_path: Path, words: list[str]) -> None:
    assert (words, {}) == HostPaths(tmp_path).placed(words)


@pytest.mark.parametrize("typed", ["volume:/app/config", "/D/my lic:/app/config", "/D/x!:/app/config"])
def test_named_volumes_and_odd_paths_are_refused(tmp_path: Path, typed: str) -> None:
    with pytest.raises(Refused):
        HostPaths(tmp_path).placed(["-v", typed])


def fake_docker(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A program in place of docker, alone on the path."""
    program = folder / "docker"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("DOCKER_HOST", raising=False)


@posix
@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo Cannot connect to the Docker daemon >&2; exit 1", "does not answer: Cannot connect"),
        ("echo permission denied >&2; exit 1", "an account that may talk to it"),
        ("echo 19.03.15 Engine,containerd,", "19.03.15 is too old"),
        ("echo 4.3.1 Podman Engine,", "podman"),
    ],
)
def test_engine_that_cannot_be_used_is_named_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    fake_docker(tmp_path, monkeypatch, script)
    with pytest.raises(EngineUnusable, match=said):
        check_engine()


def test_missing_docker_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    with pytest.raises(EngineUnusable, match="docker is not installed"):
        check_engine()


def test_engine_on_another_machine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://10.0.0.1:2375")
    with pytest.raises(EngineUnusable, match="on another machine"):
        Lab(engine="docker")


@posix
def test_lab_without_a_base_says_how_to_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_docker(tmp_path, monkeypatch, 'echo "28.0.0 Engine,"; echo "name=rootless"')
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "empty"))
    with pytest.raises(EngineUnusable, match="fanlic image build"):
        Lab(engine="docker")
