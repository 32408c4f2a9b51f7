"""start.py: what it promises to people who have nothing but Python."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import start
from tests import conftest

ROOT = Path(__file__).parents[2]
LOCKS = ROOT / "requirements"


def pins(lock: str) -> set[str]:
    """`name==version` of every line, whatever its marker."""
    return {pin for pin, _, _ in start.parse_lock((LOCKS / f"{lock}.lock").read_text())}


def selected(platform: str, python: str, lock: str) -> set[str]:
    text = (LOCKS / f"{lock}.lock").read_text()
    lines = start.select(Path(sys.executable), text, start.target_environment(platform, python))
    return {line.split(" ")[0] for line in lines}


def names(of: set[str]) -> set[str]:
    return {pin.split("==")[0] for pin in of}


class Machine:
    """A project folder whose child processes are pretended; it notes what was run."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.commands, self.status = root, list[str](), 0
        (root / "requirements").mkdir(parents=True)
        for lock in start.HOLDS:
            self.write_lock(lock, "1")
        monkeypatch.setattr(start, "ROOT", root)
        monkeypatch.setattr(start, "run", self.run)
        monkeypatch.setattr("os.geteuid", lambda: 1000, raising=False)  # whoever runs the tests

    def write_lock(self, lock: str, version: str) -> None:
        (self.root / f"requirements/{lock}.lock").write_text(f"{lock}=={version}\n")

    def run(self, command: list[str], cwd: Path | None = None, env: Any = None) -> int:
        self.commands.append(" ".join(command[1:]).replace(f" {self.root}", " ROOT"))
        if command[2] != "venv":
            return self.status
        folder = Path(command[3])
        start.venv_python(self.root).parent.mkdir()
        start.venv_python(self.root).touch()
        self.packages = Path(sysconfig.get_path("purelib", "venv", {"base": folder, "platbase": folder}))
        self.packages.mkdir(parents=True)
        return 0

    def did(self) -> list[str]:
        """The kinds of commands since the last question."""
        kinds = [re.sub(r".*\b(venv|run\.lock|dev\.lock|notebooks\.lock).*", r"\1", one) for one in self.commands]
        self.commands.clear()
        return kinds


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path / "a folder \u57f9\u8bad", monkeypatch)


# -- checks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [(3, 8, 18), (3, 10, 13), (3, 15, 0)])
def test_another_python_is_told_which_ones_work(version: tuple[int, ...]) -> None:
    with pytest.raises(start.Stop, match=r"needs Python 3.11 to 3.14; this is 3\.\d+\.\nInstall"):
        start.check_version(version, lambda name: None)


def test_an_old_python_names_a_fitting_one_that_the_machine_has() -> None:
    with pytest.raises(start.Stop, match=r"start again with: python3\.12 start\.py"):
        start.check_version((3, 9, 0), lambda name: name if name == "python3.12" else None)


def test_an_old_python_can_read_the_file_and_every_console_can_print_it() -> None:
    text = (ROOT / "start.py").read_text(encoding="utf-8")
    ast.parse(text, feature_version=(3, 8))
    assert text.isascii()


@pytest.mark.parametrize(("missing", "remedy"), [("ssl", "HTTPS"), ("ensurepip", "apt install python3-venv")])
def test_a_python_with_a_part_missing_is_told_the_remedy(missing: str, remedy: str) -> None:
    def load(name: str) -> None:
        if name == missing:
            raise ModuleNotFoundError(f"No module named {name!r}")

    with pytest.raises(start.Stop, match=remedy):
        start.check_modules(load)


def test_the_store_placeholder_is_refused_and_a_python_of_the_store_is_not(tmp_path: Path) -> None:
    stub = r"C:\Users\li\AppData\Local\Microsoft\WindowsApps\python.exe"
    with pytest.raises(start.Stop, match=r"python\.org"):
        start.check_store(stub, str(tmp_path))
    (tmp_path / "Lib").mkdir()
    (tmp_path / "Lib" / "os.py").touch()
    start.check_store(stub, str(tmp_path))


def test_a_long_path_is_refused_only_where_windows_keeps_its_limit() -> None:
    start.check_length("C:\\" + "x" * 87, long_paths=False)
    start.check_length("C:\\" + "x" * 88, long_paths=True)
    with pytest.raises(start.Stop, match=r"nearer to the root"):
        start.check_length("C:\\" + "x" * 88, long_paths=False)


# -- the environment -------------------------------------------------------------------------------


def test_the_second_start_installs_nothing(machine: Machine) -> None:
    assert start.main(["rehearse"]) == 0
    assert machine.did() == ["venv", "run.lock", "-m fanlic rehearse"]
    assert start.main(["rehearse", "--seed", "7"]) == 0
    assert machine.did() == ["-m fanlic rehearse --seed 7"]


def test_without_a_job_the_first_notebook_opens_in_jupyterlab(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "has_browser", lambda: True)
    assert start.main(["--port", "9000"]) == 0
    venv, lock, command = machine.did()
    assert ("venv", "notebooks.lock") == (venv, lock)
    assert command.startswith("-m jupyterlab --ServerApp.root_dir=")
    assert "--LabApp.default_url=/lab/tree/notebooks-mine/00_story.ipynb" in command
    assert command.endswith(" --port 9000")
    assert "--no-browser" not in command
    assert (ROOT / start.FIRST).is_file()


def test_in_chinese_the_lab_begins_with_the_chinese_notebooks(tmp_path: Path) -> None:
    assert "notebooks-mine/00_story.ipynb" == start.first_notebook(tmp_path, "en")
    first = start.first_notebook(tmp_path, "zh_CN")
    assert first == "notebooks-zh/00_story.ipynb"
    assert "# 全过程" in (tmp_path / first).read_text(encoding="utf-8")


def test_without_a_browser_the_address_is_told(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "has_browser", lambda: False)
    assert start.main(["lab"]) == 0
    assert "use the address below" in capsys.readouterr().out
    assert machine.did()[-1].endswith(" --no-browser")


def test_jupyterlab_asks_nobody_outside_and_shows_links_as_pages(machine: Machine) -> None:
    start.main(["lab"])
    told = json.loads((machine.root / ".venv/share/jupyter/lab/settings/overrides.json").read_text())
    assert "false" == told["@jupyterlab/apputils-extension:notification"]["fetchNews"]
    assert {"markdown": "Markdown Preview"} == told["@jupyterlab/docmanager-extension:plugin"]["defaultViewers"]


def test_the_project_is_importable_by_a_path_in_plain_ascii(machine: Machine) -> None:
    start.ensure(machine.root, "run", None)
    line = (machine.packages / "fanlic.pth").read_text(encoding="ascii").strip()
    assert machine.root == Path(os.path.normpath(machine.packages / line))


def test_what_tests_need_is_added_to_what_is_there(machine: Machine) -> None:
    start.ensure(machine.root, "run", None)
    machine.did()
    start.ensure(machine.root, "dev", None)
    assert machine.did() == ["dev.lock"]
    start.ensure(machine.root, "run", None)
    start.ensure(machine.root, "notebooks", None)
    assert machine.did() == []


def test_a_changed_lock_makes_the_environment_anew(machine: Machine) -> None:
    start.ensure(machine.root, "run", None)
    leftover = machine.packages / "old.py"
    leftover.touch()
    machine.did()
    machine.write_lock("run", "2")
    start.ensure(machine.root, "run", None)
    assert machine.did() == ["venv", "run.lock"]
    assert not leftover.exists()


def test_another_python_makes_the_environment_anew(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    start.ensure(machine.root, "run", None)
    machine.did()
    monkeypatch.setattr(start, "interpreter", lambda: "3.13.9 at /elsewhere")
    start.ensure(machine.root, "run", None)
    assert machine.did() == ["venv", "run.lock"]


@pytest.mark.parametrize("already", [None, "run"])
def test_a_half_made_environment_is_made_anew(machine: Machine, already: str | None) -> None:
    start.ensure(machine.root, already, None)
    machine.status = 1
    with pytest.raises(start.Stop, match=r"wheelhouse --platform .* --for dev"):
        start.ensure(machine.root, "dev", None)
    machine.did()
    machine.status = 0
    start.ensure(machine.root, "run", None)
    assert machine.did() == ["venv", "run.lock"]


def test_an_environment_of_somebody_else_is_left_alone(machine: Machine) -> None:
    theirs = machine.root / ".venv" / "theirs.txt"
    theirs.parent.mkdir()
    theirs.touch()
    with pytest.raises(start.Stop, match=r"not made by start\.py"):
        start.ensure(machine.root, "run", None)
    assert theirs.exists()


# -- without a network -----------------------------------------------------------------------------


def test_offline_installs_from_the_folder_and_from_nowhere_else(machine: Machine, tmp_path: Path) -> None:
    assert start.main(["rehearse", "--offline", str(tmp_path)]) == 0
    assert machine.commands[1].endswith(f"run.lock --no-index --find-links {tmp_path}")
    assert "--require-hashes" in machine.commands[1]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"python": "3.99"}, "is for"),
        ({"platform": "other"}, "is for"),
        ({"locks": {"dev": ""}}, "holds only"),
        ({"locks": {"run": "older"}}, "from other locks"),
    ],
)
def test_a_wheelhouse_that_does_not_fit_is_refused_before_anything_is_installed(
    machine: Machine, tmp_path: Path, change: dict[str, Any], problem: str
) -> None:
    platform, python = start.this_machine()
    label = {"platform": platform, "python": python, "locks": start.read_locks(machine.root)}
    (tmp_path / "wheelhouse.json").write_text(json.dumps(label))
    start.check_offline(tmp_path, start.read_locks(machine.root), "run")
    (tmp_path / "wheelhouse.json").write_text(json.dumps({**label, **change}))
    with pytest.raises(start.Stop, match=problem):
        start.ensure(machine.root, "run", tmp_path)
    (tmp_path / "wheelhouse.json").write_text('{"python":')
    with pytest.raises(start.Stop, match="Copy the folder again"):
        start.ensure(machine.root, "run", tmp_path)
    assert machine.did() == []


def test_markers_are_read_for_the_target_and_not_for_this_machine() -> None:
    assert "colorama" in names(selected("win_amd64", "3.12", "run"))
    assert "colorama" not in names(selected("manylinux_x86_64", "3.12", "run"))
    assert {"pywinpty"} == {"pywinpty", "appnope", "pexpect"} & names(selected("win_amd64", "3.12", "notebooks"))
    assert {"appnope", "pexpect"} == {"pywinpty", "appnope", "pexpect"} & names(
        selected("macosx_arm64", "3.12", "notebooks")
    )


@pytest.mark.parametrize("platform", list(start.PLATFORMS))
def test_each_target_gets_each_package_in_one_version(platform: str) -> None:
    chosen = selected(platform, "3.14", "run")
    assert len(chosen) == len(names(chosen))
    assert names(pins("run")) - names(chosen) <= {"colorama", "ecdsa", "six"}  # Windows; a browser's Python


def test_wheelhouse_downloads_each_wheel_by_its_hash_and_labels_the_folder(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for lock in start.HOLDS:
        shutil.copy(LOCKS / f"{lock}.lock", machine.root / "requirements")
    monkeypatch.setattr(start, "venv_python", lambda root: Path(sys.executable))
    monkeypatch.setattr(start, "make_environment", lambda root: (root / ".venv").mkdir())
    folder = tmp_path / "wheels"
    folder.mkdir()
    arguments = ["wheelhouse", "--platform", "win_amd64", "--python", "3.12", "--for", "dev"]
    assert start.main([*arguments, "--out", str(folder)]) == 0
    [download] = machine.commands
    assert {"--no-deps", "--require-hashes", "--only-binary=:all:"} <= set(download.split())
    assert "--python-version 3.12" in download
    assert "--platform win_amd64" in download
    assert {"run.lock", "notebooks.lock", "dev.lock", "docs.lock", "wheelhouse.json"} == {
        path.name for path in folder.iterdir()
    }
    label = json.loads((folder / "wheelhouse.json").read_text())
    assert start.read_locks(machine.root) == label["locks"]


# -- the command line ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--offline"], "--offline needs the folder"),
        (["test", "--offline", "no-such-folder"], "there is no folder"),
        (["rehears"], "There is no job 'rehears'. Jobs: lab, reset, class, rehearse, test, docs, wheelhouse, pyz."),
    ],
)
def test_a_wrong_command_is_told_and_does_nothing(
    arguments: list[str], says: str, machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start.main(arguments) == 2
    assert says in capsys.readouterr().err
    assert machine.did() == []


@pytest.mark.parametrize("encoding", ["gbk:strict", "cp1252:strict"])
def test_help_and_messages_survive_every_console(encoding: str) -> None:
    def started(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            check=False,
            capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": encoding},
            timeout=20,
        )

    assert b"--platform" in started("start.py", "wheelhouse", "--help").stdout
    wrong = started("start.py", "--offline", "\u57f9\u8bad \u20ac \u00fc")
    assert wrong.returncode == 2
    assert b"Traceback" not in wrong.stderr
    code = "import start; start.main(['--help']); start.say('shown: \\u57f9 \\u20ac \\u00fc')"
    assert b"shown: " in started("-c", code).stdout


@pytest.mark.parametrize(("failing", "status"), [(None, 0), ("pytest", 5), ("mypy", 3)])
def test_every_part_of_the_tests_runs_and_a_failed_one_decides_the_exit_status(
    failing: str | None,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run(command: list[str], cwd: Path) -> int:
        ran.append(command[2:])
        return status if command[2] == failing else 0

    ran: list[list[str]] = []
    monkeypatch.setattr(start, "ensure", lambda *arguments: Path("python"))
    monkeypatch.setattr(start, "run", run)
    assert status == start.main(["test", "-k", "x"])
    assert [command[0] for command in ran] == ["pytest", "ruff", "ruff", "mypy"]
    assert ran[0] == ["pytest", "-k", "x"]
    assert capsys.readouterr().out.count("passed") == (3 if failing else 4)


def test_the_inner_loop_leaves_out_mypy_the_slow_tests_and_what_needs_more_than_python(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run(command: list[str], cwd: Path) -> int:
        ran.append(command[2:])
        return 0

    ran: list[list[str]] = []
    monkeypatch.setattr(start, "ensure", lambda *arguments: Path("python"))
    monkeypatch.setattr(start, "run", run)
    assert 0 == start.main(["test", "--fast", "-k", "x"])
    assert ["pytest", "ruff", "ruff"] == [command[0] for command in ran]
    assert ran[0][-2:] == ["-k", "x"]
    assert "--fast" not in ran[0]
    assert "not slow" in ran[0]
    folders = {argument for argument in ran[0] if argument.startswith("tests/")}
    assert folders >= {"tests/model", "tests/laws"}
    assert all((ROOT / folder).is_dir() for folder in folders)


def test_the_exit_status_of_the_job_passes_through() -> None:
    assert start.run([sys.executable, "-c", "raise SystemExit(7)"]) == 7


@pytest.mark.skipif(os.name == "nt", reason="not on Windows: it has no signals")
def test_a_job_ended_by_a_signal_has_the_exit_status_that_a_shell_gives_it() -> None:
    assert start.run([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]) == 128 + 9


# -- the locks -------------------------------------------------------------------------------------


def test_each_lock_holds_all_of_the_smaller_ones_in_the_same_versions() -> None:
    assert pins("run") <= pins("notebooks") <= pins("docs") <= pins("dev")
    assert {name: {name, *held} for name, held in start.HOLDS.items()} == {
        "run": {"run"},
        "notebooks": {"notebooks", "run"},
        "docs": {"docs", "notebooks", "run"},
        "dev": {"dev", "docs", "notebooks", "run"},
    }


@pytest.mark.parametrize(
    ("lock", "of"),
    [
        ("run", lambda project: project["dependencies"]),
        ("dev", lambda project: project["optional-dependencies"]["dev"]),
        ("notebooks", lambda project: project["optional-dependencies"]["notebooks"]),
    ],
)
def test_the_locks_hold_what_pyproject_asks_for(lock: str, of: Callable[[dict[str, Any]], list[str]]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {re.split(r"[<>=\[ ]", requirement)[0] for requirement in of(project)}
    assert set() == wanted - names(pins(lock)) - {"fanlic"}  # the tests need what the notebooks need


@pytest.mark.parametrize("lock", ["run", "dev", "notebooks"])
def test_a_lock_has_hashes_and_names_no_place(lock: str) -> None:
    text = (LOCKS / f"{lock}.lock").read_text()
    assert all("--hash=sha256:" in hashes for _, _, hashes in start.parse_lock(text))
    assert re.findall(r"://|index|find-links| /|file:|[A-Z]:\\", text) == []


# -- what conftest.py holds for every test ---------------------------------------------------------


def test_a_test_cannot_reach_outside_this_machine() -> None:
    sys.audit("socket.connect", None, ("127.0.0.1", 9))
    sys.audit("socket.connect", None, ("::1", 9, 0, 0))
    with pytest.raises(RuntimeError, match="only loopback"):
        sys.audit("socket.connect", None, ("192.0.2.1", 9))


@pytest.mark.parametrize(
    ("platform", "reason", "outcome"),
    [
        ("win32", "not on Windows: it has no signals", "skipped"),
        ("win32", "no browser", "failed"),
        ("linux", "not on Windows: it has no signals", "failed"),
    ],
)
def test_on_windows_only_what_windows_lacks_may_be_skipped(
    platform: str, reason: str, outcome: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conftest, "REQUIRE_ALL", True)
    monkeypatch.setattr(sys, "platform", platform)
    report = SimpleNamespace(skipped=True, outcome="skipped", longrepr=("test_it.py", 1, f"Skipped: {reason}"))
    assert outcome == conftest.failed_if_skipped(report).outcome


@pytest.mark.parametrize(("require_all", "status"), [("1", 1), ("0", 0)])
def test_a_skip_fails_where_all_must_run(require_all: str, status: int, tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_it.py").write_text("import pytest\ndef test_it(): pytest.skip('no browser')")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", str(tmp_path)],
        env={**os.environ, "FANLIC_REQUIRE_ALL": require_all},
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == status
    assert "no browser" in done.stdout
