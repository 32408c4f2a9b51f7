"""`fanlic serve` on a folder that lies, is damaged, or has no room: its own message and status, and nothing changed."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.state_file import edit
from tests.system.test_serve import ROOT, Container, kept, layer, serving

Act = Callable[[Path], object]


@pytest.fixture
def used(tmp_path: Path) -> Container:
    """A container whose server has run once, and is stopped."""
    container = Container(tmp_path, layer())
    with serving(container):
        container.get("/license/qrcode")
    return container


def run(container: Container, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`fanlic journal ...` on the container's folder."""
    command = [sys.executable, "-m", "fanlic", "journal", *arguments, "--config", str(container.path("config"))]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)


def delete(folder: Path) -> None:
    (folder / "server.db").unlink()


def truncate(folder: Path) -> None:
    (folder / "server.db").write_bytes(b"")


def empty(folder: Path) -> None:
    for table in ("server", "seat", "journal"):
        edit(folder / "server.db", f"DELETE FROM {table}")


def set_seats(folder: Path) -> None:
    edit(folder / "server.db", "UPDATE server SET seats_taken = 0, epoch = 0, body = replace(body, 'never', 'ever')")


def cut_journal(folder: Path) -> None:
    edit(folder / "server.db", "DELETE FROM journal WHERE n > 1")


def relay_out(folder: Path) -> None:
    edit(folder / "server.db", "PRAGMA user_version = 1")


def bad_disk(folder: Path) -> None:
    data = bytearray((folder / "server.db").read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    (folder / "server.db").write_bytes(data)


def lose_key(folder: Path) -> None:
    (folder / "identity.key").unlink()


def lose_statement(folder: Path) -> None:
    (folder / "privateConfig").unlink()


@pytest.mark.threat("state-deleted", "state-emptied", "state-edited", "journal-cut")
@pytest.mark.parametrize(
    ("act", "status", "words"),
    [
        (delete, 9, "holds an identity without the state that belongs to it (server.db is missing)"),
        (truncate, 9, "holds an identity without the state that belongs to it (server.db is empty)"),
        (empty, 9, "holds an identity without the state that belongs to it (server.db holds no state)"),
        (set_seats, 9, "was changed by hand (the state's row was changed"),
        (cut_journal, 9, "was changed by hand (the journal ends with line 1"),
        (bad_disk, 9, "is damaged or was changed by hand (database disk image is malformed)"),
        (relay_out, 9, "was made by another version of fanlic (server.db has the layout 1"),
        (lose_key, 6, "identity.key is missing there"),
        (lose_statement, 6, "privateConfig is missing there"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_folder_that_lies_stops_the_start_with_a_remedy_and_is_left_as_it_is(
    used: Container, act: Act, status: int, words: str
) -> None:
    act(used.path("config"))
    before = kept(used.path("config"))
    for _count in range(2):
        refused, said = used.refused()
        assert (status, True) == (refused, words in " ".join(said.split()))
        assert "empty folder" in " ".join(said.split())
    assert before == kept(used.path("config"))
    for path in used.path("config").iterdir():
        path.unlink()
    with serving(used):  # the last remedy of each message works
        pass


@pytest.mark.threat("state-deleted")
def test_the_file_put_back_is_the_remedy(used: Container, tmp_path: Path) -> None:
    shutil.copy(used.path("config") / "server.db", tmp_path / "copy")
    delete(used.path("config"))
    assert 9 == used.refused()[0]
    shutil.copy(tmp_path / "copy", used.path("config") / "server.db")
    with serving(used):
        assert 200 == used.get("/healthz").status_code


# -- no room


@contextlib.contextmanager
def no_room(monkeypatch: pytest.MonkeyPatch, size: int) -> Iterator[None]:
    """Started in here, a process cannot make a file longer than this."""
    import resource

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    true: Any = subprocess.Popen
    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", lambda *given, **named: true(*given, **named, preexec_fn=limit))
        yield


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")
@pytest.mark.parametrize("size", [0, 1, 100, 512, 4096, 8192, 20_000])
def test_a_first_start_without_room_is_refused_and_the_next_one_with_room_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    container = Container(tmp_path, layer())
    with no_room(monkeypatch, size):
        status, said = container.refused()
    assert 5 == status
    assert "cannot be written" in said or "Make room on its disk" in said
    with serving(container):
        assert 200 == container.get("/license/v1/status").status_code


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")
@pytest.mark.parametrize("size", [0, 100, 4096, 20_000])
def test_a_later_start_without_room_is_refused_and_changes_nothing(
    used: Container, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    before = run(used, "show").stdout
    with no_room(monkeypatch, size):
        status, said = used.refused()
    assert 5 == status
    assert "cannot be written" in said or "Make room on its disk" in said
    assert not (used.path("config") / ".fanlic-write-test").exists()
    with serving(used):  # what SQLite had begun to write is undone now
        after = run(used, "show").stdout
        assert before == after[: len(before)]
        assert "  start  lic-" in after[len(before) :]
        assert 200 == used.get("/license/v1/status").status_code


# -- fanlic journal


def test_the_journal_of_a_folder_is_shown_and_verified_beside_a_running_server(used: Container) -> None:
    with serving(used):
        verified, shown = run(used, "verify"), run(used, "show")
    assert (0, "") == (verified.returncode, verified.stderr)
    assert "good: 4 lines" in verified.stdout
    assert 4 == len(shown.stdout.splitlines())
    assert "first start" in shown.stdout.splitlines()[0]


@pytest.mark.threat("journal-cut", "state-edited")
@pytest.mark.parametrize(
    ("act", "words"),
    [
        (delete, "server.db is missing"),
        (truncate, "server.db is empty"),
        (set_seats, "the state's row was changed"),
        (cut_journal, "the journal ends with line 1"),
        (bad_disk, "malformed"),
        (lose_key, "identity.key"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_was_done_to_the_journal_is_told(used: Container, act: Act, words: str) -> None:
    act(used.path("config"))
    before = kept(used.path("config"))
    done = run(used, "verify")
    assert (1, "", True) == (done.returncode, done.stdout, words in done.stderr)
    assert "Traceback" not in done.stderr
    assert before == kept(used.path("config"))


@pytest.mark.parametrize("command", ["verify", "show"])
def test_a_folder_without_a_server_is_told_and_not_made(tmp_path: Path, command: str) -> None:
    arguments = [sys.executable, "-m", "fanlic", "journal", command, "--config", str(tmp_path / "none")]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert 1 == done.returncode
    assert "Traceback" not in done.stderr
    assert str(tmp_path / "none") in done.stderr
    assert not (tmp_path / "none").exists()
