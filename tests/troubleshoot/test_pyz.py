"""fanlic.pyz: one file, the standard library, nothing installed."""

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from fanlic.commands import pyz


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("usb stick") / "fanlic.pyz"
    pyz.write(path)
    return path


def run(
    built: Path, *arguments: str, given: bytes = b"", python: str = sys.executable
) -> subprocess.CompletedProcess[bytes]:
    """Run it without site-packages, without the project's folder, from the stick."""
    command = [sys.executable, "-I", "-S", str(built), *arguments]
    return subprocess.run(command, cwd=built.parent, input=given, capture_output=True, timeout=30, check=False)


def test_it_explains_a_code_with_first_aid_first(built: Path) -> None:
    done = run(built, "explain", "30002")
    told = done.stdout.decode()
    assert (0, b"") == (done.returncode, done.stderr)
    assert told.index("First aid") < told.index("ACCOUNT_STATUS_ERROR")


def test_it_reads_what_is_piped_into_it(built: Path) -> None:
    pasted = b"exec /usr/bin/python3: exec format error\n"
    done = run(built, "triage", given=pasted)
    assert (0, b"") == (done.returncode, done.stderr)
    assert b"exec-format-error" in done.stdout


@pytest.mark.parametrize("command", ["explain", "triage", "ask", "preflight", "doctor"])
def test_every_command_is_in_it(built: Path, command: str) -> None:
    assert 0 == run(built, command, "--help").returncode


def test_the_same_sources_give_the_same_file(built: Path, tmp_path: Path) -> None:
    pyz.write(tmp_path / "again.pyz")
    assert built.read_bytes() == (tmp_path / "again.pyz").read_bytes()


def test_it_holds_the_rules_the_texts_the_readers_and_the_troubleshooting_and_no_more(built: Path) -> None:
    parts = {name.split("/")[1] for name in zipfile.ZipFile(built).namelist() if "/" in name}
    assert {"__init__.py", "docker", "here.py", "mailform.py", "model", "texts", "troubleshoot", "version.py"} == parts


def test_a_python_that_is_too_old_is_told_so(built: Path) -> None:
    main = zipfile.ZipFile(built).read("__main__.py").decode()
    ast.parse(main, feature_version=(3, 7))
    old = "import sys; sys.version_info = (3, 8, 18); exec(sys.argv[1])"
    done = subprocess.run([sys.executable, "-c", old, main], capture_output=True, text=True, timeout=30, check=False)
    assert (1, "fanlic.pyz needs Python 3.11 or newer; this is Python 3.8.\n") == (done.returncode, done.stderr)
