"""The Docker engine's adapter as far as it goes without an engine: host paths, and what it says of a missing engine."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fanlic.adapters.archive_reader import Archive
from fanlic.adapters.engines.docker import DockerHost, Setting
from fanlic.adapters.engines.docker_cli import EngineUnusable, check_engine
from fanlic.adapters.engines.host_paths import HostPaths
from fanlic.adapters.image_check import ImageChanged
from fanlic.lab import Lab
from tests.engine_lines import ARCHIVE, write_archives

posix = pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: a shell script stands for docker")


RECORD = """
printf '%s\\n' "$@" '' >> "$RECORD"
case "$1" in run) echo 0123456789ab ;; container) echo 'false {}' ;; load) wc -c > "$RECORD.size" ;; esac
"""
IMAGE = "fanruan_license_server_amd64:1.0.0"
BOUND = "--mount=type=bind,source={root}/D/lic,target=/app/config"


class Recorded:
    """A container host whose engine only records what it is told."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        fake_docker(folder, monkeypatch, RECORD)
        self._record = folder / "record"
        monkeypatch.setenv("RECORD", str(self._record))
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
        self.root = folder / "lab" / "host"
        clock = folder / "clock"
        clock.mkdir()
        setting = Setting("test/host", clock, "seed", "token")
        self.host = DockerHost(folder / "lab", setting, {}, workdir=folder, answers=lambda _address, _port: True)

    def runs(self) -> list[list[str]]:
        """The words of every `run` that reached the engine, without those that the lab adds to each."""
        text = self._record.read_text() if self._record.exists() else ""
        calls = [call.splitlines() for call in text.split("\n\n") if call]
        added = ("--label=", "--pull=", "--env=FANLIC_", "--volume=" + str(self.root.parents[1] / "clock"))
        return [[word for word in call if not word.startswith(added)] for call in calls if call[0] == "run"]


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    return Recorded(tmp_path, monkeypatch)


@posix
@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("-v /D/lic:/app/config", "--volume={root}/D/lic:/app/config"),
        ("--volume D:\\lic:/app/config", "--volume={root}/D/lic:/app/config"),
        ("--volume=/D/lic:/app/config", "--volume={root}/D/lic:/app/config"),
        ("-v=/D/lic:/app/config/", "--volume={root}/D/lic:/app/config"),
        ("-v/D/lic:/app/config:rw", "--volume={root}/D/lic:/app/config"),
        ("-v /D/lic:/app/config:ro", "--volume={root}/D/lic:/app/config:ro"),
        ("-dPv /D/lic:/app/config", "--volume={root}/D/lic:/app/config"),
        ("-qv /D/lic:/app/config", "--volume={root}/D/lic:/app/config"),
        (
            "--mount type=bind,source=/D/lic,target=/app/config",
            "--mount=type=bind,source={root}/D/lic,target=/app/config",
        ),
        ("--mount=type=bind,src=/D/lic,dst=/app/config", "--mount=type=bind,source={root}/D/lic,target=/app/config"),
    ],
)
def test_typed_host_path_is_moved_below_the_labs_folder_and_shown_as_typed(
    recorded: Recorded, typed: str, word: str
) -> None:
    assert 0 == recorded.host.docker(f"run -d {typed} {IMAGE}").status
    (words,) = recorded.runs()
    assert word.format(root=recorded.root) in words
    assert ["--", IMAGE] == words[-2:]
    paths = HostPaths(recorded.root)
    assert "/D/lic" in paths.as_typed(" ".join(words))
    assert str(recorded.root) not in paths.as_typed(" ".join(words))


@posix
def test_options_that_stay_within_the_lab_reach_the_engine_long_and_unmistakable(recorded: Recorded) -> None:
    line = (
        f"run -dP --read-only -m 256m -e A=1 -e HOME --cap-drop=ALL --security-opt no-new-privileges --name one {IMAGE}"
    )
    assert 0 == recorded.host.docker(line).status
    (words,) = recorded.runs()
    expected = {"--detach", "--publish-all", "--read-only", "--memory=256m", "--env=A=1", "--cap-drop=ALL"}
    assert expected | {"run", "--security-opt=no-new-privileges", "--name=one", "--", IMAGE} == set(words)


HOSTILE = (
    "-qv /etc:/x", "-iqv=/etc:/x", "-v /../../etc:/x", "-v /D/../../../etc:/x", "-v ../../etc:/x", "-v .:/x",
    "-v ~/x:/x",
    "-v volume:/x", "-v /x", "-v /D/lic:/x:/etc", "-v /D/my*:/x", "-v $HOME:/x", "-v /D/lic:/app/config,/etc:/y",
    "--mount type=bind,source=/D/a,target=/x,source=/etc", "--mount source=/etc,source=/D/a,target=/x,type=bind",
    "--mount type=volume,source=v,target=/x", "--mount type=bind,src=/etc/../etc,dst=/x",
    '--mount type=bind,"source=/etc",target=/x', "--mount type=bind,source=/D/a,target=/x,bind-propagation=shared",
    "--mount type=volume,target=/x,volume-opt=type=none,volume-opt=o=bind,volume-opt=device=/etc",
    "--env-file /etc/passwd", "--env-file=/etc/passwd", "--label-file /etc/passwd", "--cidfile /tmp/x",
    "--privileged", "--privileged=true", "--pid=host", "--pid host", "--ipc=host", "--uts host", "--userns=host",
    "--cgroupns=host", "--network host", "--net=host", "--device /dev/sda", "--device-cgroup-rule a", "--gpus all",
    "--cap-add ALL", "--security-opt seccomp=unconfined", "--security-opt apparmor=unconfined", "--volumes-from x",
    "--security-opt no-new-privileges --security-opt seccomp=unconfined", "--security-opt no-new-privileges:false",
    "--volume-driver x", "--tmpfs /x", "--entrypoint sh", "--runtime x", "--cgroup-parent x", "--sysctl a=b",
    "--use-api-socket", "--storage-opt a=b", "--log-driver syslog", "--log-opt a=b", "--user 0", "-u 0", "-w /x",
    "--group-add docker", "--oom-score-adj=-1000", "--link a", "--add-host a:1.1.1.1", "--attach stdin", "-it",
    "--restart=no --unknown-option", "-xyz", "-privileged", "--no-such=/etc",
)  # fmt: skip


@posix
@pytest.mark.threat("engine-options")
@pytest.mark.parametrize("typed", HOSTILE)
def test_nothing_typed_reaches_beyond_the_labs_folder(
    recorded: Recorded, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Either the line is refused and the engine hears of no run, or every path lies in the lab and no option is odd."""
    for place in (f"run -d {typed} {IMAGE}", f"docker run {typed} -d {IMAGE}", f"run {typed} -d -v /D/a:/b {IMAGE}"):
        done = recorded.host.docker(place)
        assert done.status in {0, 1, 125}, done
    harmless = ("--detach", "--quiet", "--name=", "--restart=", "--security-opt=no-new-privileges")
    inside = (f"--volume={recorded.root}/", f"--mount=type=bind,source={recorded.root}/")
    for words in recorded.runs():
        given = words[1:-2]
        assert [] == [word for word in given if not word.startswith((*harmless, *inside))]
        assert [] == [word for word in given if ".." in word or word.count("source=") > 1 or ",src=" in word]


@posix
@pytest.mark.threat("engine-options")
@pytest.mark.parametrize(
    "line",
    [
        "-H tcp://10.0.0.1:2375 run -d x", "--context other ps", "exec one sh", "cp one:/etc /x", "build .", "pull x",
        "logs -f one", "start -a one", "start --checkpoint-dir /etc one", "ps --filter label=x", "load --platform x",
        "inspect --unknown x", "volume rm x", "system prune", "context use x", "run", "run --help=false -d x y",
    ],
)  # fmt: skip
def test_verbs_and_options_that_are_not_the_labs_never_reach_the_engine(
    recorded: Recorded, line: str, tmp_path: Path
) -> None:
    recorded.host.docker(line)
    text = (tmp_path / "record").read_text() if (tmp_path / "record").exists() else ""
    called = {call.splitlines()[0] for call in text.split("\n\n") if call}
    assert called <= {"image", "container", "ps", "run"}
    assert "2375" not in text
    assert [] == [words for words in recorded.runs() if words[1:] not in ([], ["--help"])]


@posix
@pytest.mark.parametrize("line", [f"load -i {ARCHIVE}", f"load < {ARCHIVE}", f"load --input={ARCHIVE}"])
def test_engine_is_given_the_whole_of_the_very_file_that_was_checked(
    recorded: Recorded, tmp_path: Path, line: str
) -> None:
    write_archives(tmp_path)
    assert 0 == recorded.host.docker(line).status
    assert (tmp_path / ARCHIVE).stat().st_size == int((tmp_path / "record.size").read_text())


@posix
@pytest.mark.threat("image-changed")
def test_archive_that_another_desk_wrote_is_not_given_to_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_docker(tmp_path, monkeypatch, "exit 0")
    (tmp_path / "clock").mkdir()

    def check(_archive: Archive) -> None:
        raise ImageChanged("the base")

    setting = Setting("test/host", tmp_path / "clock", "seed", "token")
    host = DockerHost(tmp_path / "lab", setting, {}, workdir=tmp_path, check=check)
    write_archives(tmp_path)
    done = host.docker(f"load -i {ARCHIVE}")
    assert (1, True) == (done.status, "the base is not as the business desk writes it" in done.stderr), done


@posix
@pytest.mark.threat("link-on-the-way")
def test_link_in_the_labs_folder_is_not_handed_to_the_engine(recorded: Recorded, tmp_path: Path) -> None:
    (recorded.root / "D").mkdir(parents=True)
    (recorded.root / "D" / "lic").symlink_to("/etc")
    for typed in ("/D/lic:/x", "/D/lic/deeper:/x"):
        assert "links are not followed" in recorded.host.docker(f"run -d -v {typed} {IMAGE}").stderr
    assert [] == recorded.runs()


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
