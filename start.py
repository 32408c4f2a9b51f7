"""Set up and run fanlic; needs nothing but Python 3.11 to 3.14.

    python3 start.py [JOB] [--offline DIR] [arguments of the job]      (Windows: py start.py ...)

Jobs:
    lab          the notebooks in JupyterLab (this is what runs when no job is named); prints the
                 address too, for where there is no browser; Ctrl-C ends it. lab --lang zh, or the
                 variable FANLIC_LANG=zh: everything in Chinese, in the folder notebooks-zh
                 --lang zh: in Chinese; --folder DIR: a learner's folder of a class
    reset        a fresh copy of a notebook, for example: start.py reset 03; your own is kept
    class        folders, drills, answer key and checklist for a class: start.py class --learners 16
    rehearse     the whole procedure on the terminal, every party present
    test         every test, then ruff and mypy; arguments go to pytest. test --fast is for the time
                 between two edits: rules, laws, units and ruff, in less than 30 seconds
    docs         build the site into site/ (needs npm and a network once); --serve shows it
    pyz          build dist/fanlic.pyz: the troubleshooting commands in one file for a USB stick
    wheelhouse   fill a folder with everything that a machine without a network needs;
                 see: start.py wheelhouse --help

--offline DIR    install from such a folder and from nowhere else

The first start makes an environment in the folder .venv beside this file; later starts find it and
take no time. Delete .venv to begin afresh.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, Iterator

ROOT = Path(__file__).absolute().parent
OLDEST, NEWEST = (3, 11), (3, 14)
FIRST = "notebooks/00_story.ipynb"
CHINESE = "notebooks-zh"  # beside notebooks/, so that the links out of them lead to the same places
COPIES = "notebooks-mine"  # what learners work in, so that the originals stay as they are
SAFE_LENGTH = 90  # characters of the project's path; the longest path in it has 163 (jupyterlab)


def glibc_tags(machine: str, oldest: int) -> list[str]:
    """Tags of the wheels for glibc 2.28 and before, newest first."""
    names = [f"manylinux_2_{minor}_{machine}" for minor in range(28, oldest - 1, -1)]
    return [*names, f"manylinux2014_{machine}"]


# Targets of a wheelhouse: sys_platform, os_name, platform_system, platform_machine, tags of wheels.
PLATFORMS = {
    "win_amd64": ("win32", "nt", "Windows", "AMD64", ["win_amd64"]),
    "macosx_arm64": ("darwin", "posix", "Darwin", "arm64", ["macosx_12_0_arm64"]),
    "macosx_x86_64": ("darwin", "posix", "Darwin", "x86_64", ["macosx_12_0_x86_64"]),
    "manylinux_x86_64": ("linux", "posix", "Linux", "x86_64", glibc_tags("x86_64", 5)),
    "manylinux_aarch64": ("linux", "posix", "Linux", "aarch64", glibc_tags("aarch64", 17)),
}

# What each lock holds beside itself, in the same versions, and the job that needs it.
HOLDS = {
    "run": ("run",),
    "notebooks": ("notebooks", "run"),
    "docs": ("docs", "notebooks", "run"),
    "dev": ("dev", "docs", "notebooks", "run"),
}
NEEDED_BY = {"run": "rehearse", "notebooks": "lab", "docs": "docs", "dev": "test"}

# The arguments of pytest for `test --fast`: no browser, container, notebook or lab, and none of the tests marked slow.
FAST = ["-q", "-m", "not slow", "-n", "2"]
FAST += [f"tests/{name}" for name in ("model", "laws", "adapters", "service", "desk")]
# Of the whole run: two processes, each with whole files or folders (tests/conftest.py names them), the longest first.
WHOLE = ["-n", "2", "--dist", "loadscope", "--no-loadscope-reorder"]

# JupyterLab asks nobody outside, and opens the links of the notebooks as pages, not as source.
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension:plugin": {"defaultViewers": {"markdown": "Markdown Preview"}},
}


class Stop(Exception):
    """Nothing more can be done: what happened and what to do next, and the exit status."""

    def __init__(self, text: str, status: int = 1) -> None:
        super().__init__(text)
        self.status = status


def say(text: str) -> None:
    print(text, flush=True)  # before whatever a child process says next


# -- checks: each raises Stop with the remedy ------------------------------------------------------


def check_version(version: tuple[int, ...], which: Callable[[str], str | None]) -> None:
    if OLDEST <= version[:2] <= NEWEST:
        return
    names = [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    found = next((name for name in names if which(name)), None)
    remedy = (
        "Install one from python.org (on Windows 'for me only' needs no administrator) and start\n"
        "again with it, for example: py -3.12 start.py, or python3.12 start.py"
    )
    if found:
        remedy = f"This machine has one; start again with: {found} start.py"
    raise Stop(f"fanlic needs Python 3.11 to 3.14; this is {version[0]}.{version[1]}.\n{remedy}")


def check_modules(load: Callable[[str], Any]) -> None:
    try:
        load("ssl")
    except ImportError as error:
        raise Stop(
            f"This Python cannot do HTTPS, which the rehearsal needs ({error}).\n"
            "Use another Python, for example from python.org or from your Linux distribution."
        ) from None
    try:
        load("venv")
        load("ensurepip")
    except ImportError as error:
        raise Stop(
            f"This Python cannot make an environment ({error}).\n"
            "Debian and Ubuntu: sudo apt install python3-venv. Others: take Python from python.org."
        ) from None


def check_store(executable: str, base_prefix: str) -> None:
    """The Microsoft Store's placeholder python.exe stands under WindowsApps and has no library."""
    if "windowsapps" in executable.lower() and not Path(base_prefix, "Lib", "os.py").is_file():
        raise Stop(
            f"{executable} is the Microsoft Store's placeholder, not a whole Python.\n"
            "Install Python from python.org ('for me only' needs no administrator); then:\n"
            "py start.py"
        )


def check_length(root: str, long_paths: bool) -> None:
    if len(root) > SAFE_LENGTH and not long_paths:
        raise Stop(
            f"The path of this folder has {len(root)} characters; files in it will have more than\n"
            f"this Windows allows (259):\n{root}\n"
            "Move the folder nearer to the root of the drive, for example to C:\\fanlic."
        )


def long_paths_allowed() -> bool:
    if sys.platform != "win32":
        return True
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Control\FileSystem") as key:
            return bool(winreg.QueryValueEx(key, "LongPathsEnabled")[0])
    except OSError:
        return False


def check_offline(folder: Path, locks: dict[str, str], lock: str) -> None:
    """Where a wheelhouse says what it was made for, that must be this machine and this lock."""
    label = folder / "wheelhouse.json"
    if not label.is_file():
        return  # somebody's own folder of wheels: pip will say what is missing
    try:
        made_for = json.loads(label.read_text(encoding="utf-8"))
    except ValueError:
        raise Stop(f"{label} is damaged. Copy the folder again.") from None
    if (made_for["platform"], made_for["python"]) != this_machine():
        problem = f"is for {made_for['platform']} and Python {made_for['python']}; this is not"
    elif lock not in made_for["locks"]:
        problem = f"holds only what these need: {', '.join(made_for['locks'])}"
    elif made_for["locks"][lock] != locks[lock]:
        problem = "was made from other locks than this copy of fanlic has"
    else:
        return
    raise Stop(f"The folder {folder}\n{problem}. Make another:\n{wheelhouse_command(lock)}")


# -- the environment -------------------------------------------------------------------------------


def venv_python(root: Path) -> Path:
    return root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def stamp_file(root: Path) -> Path:
    return root / ".venv" / "fanlic-start.json"


def read_locks(root: Path) -> dict[str, str]:
    """The hash of each lock; read as text, so that line ends do not matter."""
    return {
        path.stem: hashlib.sha256(path.read_text(encoding="utf-8").encode()).hexdigest()
        for path in sorted((root / "requirements").glob("*.lock"))
    }


def interpreter() -> str:
    return f"{sys.version} at {sys.base_prefix}"


def write_stamp(root: Path, locks: dict[str, str]) -> None:
    state = {"python": interpreter(), "locks": locks}
    stamp_file(root).write_text(json.dumps(state), encoding="utf-8")


def installed(root: Path, locks: dict[str, str]) -> dict[str, str] | None:
    """The locks that the environment holds, or None when it must be made (again)."""
    try:
        state = json.loads(stamp_file(root).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not venv_python(root).exists() or state.get("python") != interpreter():
        return None
    held: dict[str, str] = state["locks"]
    return held if all(locks.get(name) == digest for name, digest in held.items()) else None


def ensure(root: Path, lock: str | None, offline: Path | None) -> Path:
    """Make .venv hold `lock` (None: pip alone is enough) and return its Python."""
    locks = read_locks(root)
    if offline and lock:
        check_offline(offline, locks, lock)
    held = installed(root, locks)
    if held is None:
        make_environment(root)
        held = {}
        write_stamp(root, held)
    python = venv_python(root)
    if lock and lock not in held:
        # Until the stamp is written again the environment counts as half made.
        stamp_file(root).write_text("", encoding="utf-8")
        install(root, python, lock, offline)
        held.update({name: locks[name] for name in HOLDS[lock]})
        write_stamp(root, held)
    write_command(root)
    return python


def write_command(root: Path) -> None:
    """The command `fanlic`, for a terminal whose PATH begins with the environment's folder of programs."""
    programs = venv_python(root).parent
    if os.name == "nt":
        Path(programs, "fanlic.cmd").write_text('@"%~dp0python.exe" -m fanlic %*\n', encoding="ascii")
        return
    command = Path(programs, "fanlic")
    text = '#!/bin/sh\nexec "$(cd "$(dirname "$0")" && pwd)/python" -m fanlic "$@"\n'
    if not command.is_file() or command.read_text(encoding="ascii") != text:
        command.write_text(text, encoding="ascii")
        command.chmod(0o755)


def make_environment(root: Path) -> None:
    check_store(sys.executable, sys.base_prefix)
    check_modules(importlib.import_module)
    check_length(str(root), long_paths_allowed())
    folder = root / ".venv"
    if folder.exists() and not stamp_file(root).exists():
        raise Stop(f"{folder} was not made by start.py.\nMove it or delete it, then start again.")
    say("Making the environment in .venv (only the first time, and after an update) ...")
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir()
        stamp_file(root).write_text("", encoding="utf-8")
    except OSError as error:
        raise Stop(
            f"Cannot make {folder} anew ({error}).\n"
            "End the programs that use it, delete it by hand and start again; or copy the project\n"
            "to a folder that you may write."
        ) from None
    # The base Python: that of .venv itself has just been deleted, if it is the one that runs this.
    base = getattr(sys, "_base_executable", None) or sys.executable
    if run([base, "-m", "venv", str(folder)], env=readable()) != 0:
        raise Stop(f"{base} could not make an environment; it says why above.")
    places = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", "venv", places))
    # A relative path is plain ASCII; Python before 3.13 reads this file in the locale's encoding.
    Path(packages, "fanlic.pth").write_text(os.path.relpath(root, packages) + "\n", encoding="ascii")


def install(root: Path, python: Path, lock: str, offline: Path | None) -> None:
    say(f"Installing requirements/{lock}.lock ...")
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check"]
    command += ["--require-hashes", "--only-binary=:all:", "-r", f"requirements/{lock}.lock"]
    if offline:
        command += ["--no-index", "--find-links", str(offline)]
    if run(command, cwd=root, env=readable()) != 0:
        raise Stop(
            "pip could not install everything; it says why above. There are wheels only for\n"
            f"{', '.join(PLATFORMS)} (glibc 2.28 or newer).\n"
            "Without a network, run this on a machine that has one and a copy of this project:\n"
            f"{wheelhouse_command(lock)}\nCarry the folder here and start again with --offline DIR."
        )


def this_machine() -> tuple[str, str]:
    """The names that a wheelhouse for this machine has; PLATFORM if there is none."""
    here = (sys.platform, platform.machine().lower())
    names = {(row[0], row[3].lower()): name for name, row in PLATFORMS.items()}
    return names.get(here, "PLATFORM"), f"{sys.version_info[0]}.{sys.version_info[1]}"


def wheelhouse_command(lock: str) -> str:
    name, version = this_machine()
    return f"    python3 start.py wheelhouse --platform {name} --python {version} --for {lock}"


def readable() -> dict[str, str]:
    """For pip and venv, which print paths: what the console lacks is shown escaped."""
    return {**os.environ, "PYTHONIOENCODING": f"{sys.stdout.encoding}:backslashreplace"}


def run(command: list[str], cwd: Path | None = None, env: dict[str, str] | None = None) -> int:
    """Run to the end and return the exit status; Ctrl-C reaches the child, which ends itself."""
    process = subprocess.Popen(command, cwd=cwd, env=env)
    interrupted = False
    while True:
        try:
            status = process.wait()
            break
        except KeyboardInterrupt:
            interrupted = True
    if interrupted:
        raise KeyboardInterrupt
    return status if status >= 0 else 128 - status


# -- jobs ------------------------------------------------------------------------------------------


def lab(arguments: list[str], offline: Path | None) -> int:
    check_user(getattr(os, "geteuid", lambda: 1)(), arguments)
    python = ensure(ROOT, "notebooks", offline)
    write_settings(ROOT)
    take_language(arguments)
    folder = take_option(arguments, "--folder")
    root = Path(folder).absolute() if folder else ROOT
    if not root.is_dir():
        raise Stop(f"--folder: there is no folder {root}", 2)
    first = FIRST if folder else first_notebook(ROOT, os.environ.get("FANLIC_LANG", ""))
    command = lab_command(python, root, first)
    if not has_browser():
        say("This machine has no browser that Python can open; use the address below.")
        command.append("--no-browser")
    say("Starting JupyterLab; Ctrl-C ends it and every server of the lab ...")
    return run([*command, *arguments], cwd=root)


def check_user(user: int, arguments: list[str]) -> None:
    if user == 0 and "--allow-root" not in arguments:
        raise Stop(
            "You are root, and JupyterLab does not run as root: whoever reaches it could do anything here.\n"
            "Start again as another user. In a container of your own: start.py lab --allow-root"
        )


def take_option(arguments: list[str], name: str) -> str:
    """Take an option with its value out of the arguments; empty if it is not there."""
    if name not in arguments:
        return ""
    at = arguments.index(name)
    value = "".join(arguments[at + 1 : at + 2])
    del arguments[at : at + 2]
    if not value or value.startswith("-"):
        raise Stop(f"{name} needs a value, for example: start.py lab {name} {'zh' if name == '--lang' else 'DIR'}", 2)
    return value


def take_language(arguments: list[str]) -> None:
    language = take_option(arguments, "--lang")
    if language:
        os.environ["FANLIC_LANG"] = language


def first_notebook(root: Path, language: str) -> str:
    """The notebook to begin with. It is a copy: the copies are written first, but none that was worked in."""
    folder, texts = copied(language)
    from notebooks import copies

    copies.write(root / folder, texts)
    return FIRST.replace("notebooks", folder)


def copied(language: str) -> tuple[str, dict[str, str]]:
    """The name of the folder with the copies in this language, and the notebooks by file name."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from notebooks import chinese, copies

    return (CHINESE, chinese.texts()) if language.lower().startswith("zh") else (COPIES, copies.originals())


def reset(arguments: list[str], offline: Path | None) -> int:
    """A fresh copy of one notebook; the copy that was worked in is kept beside it."""
    if offline is not None:
        raise Stop("reset installs nothing: leave --offline out.", 2)
    take_language(arguments)
    where = take_option(arguments, "--folder")
    folder, texts = copied(os.environ.get("FANLIC_LANG", ""))
    from notebooks import copies

    place = Path(where).absolute() / "notebooks" if where else ROOT / folder
    done = copies.reset(place, texts, arguments[0]) if len(arguments) == 1 else []
    if not done:
        names = ", ".join(name.removesuffix(".ipynb") for name in texts)
        raise Stop(
            f"reset needs the beginning of a notebook's name, for example: start.py reset 03\nThere are: {names}", 2
        )
    for target, kept in done:
        say(f"{target} is fresh." + (f" Your own is kept: {kept.name}" if kept else ""))
    say("In JupyterLab close the notebook, then open it again.")
    return 0


def class_(arguments: list[str], offline: Path | None) -> int:
    """Folders, seeds, an answer key and a checklist for a class."""
    python = ensure(ROOT, "notebooks", offline)
    return run([str(python), str(ROOT / "notebooks" / "classroom.py"), *arguments])


def lab_command(python: Path, root: Path, first: str = FIRST) -> list[str]:
    """JupyterLab on this project's folder, with the first notebook open; only its address is told."""
    options = [f"--ServerApp.root_dir={root}", f"--LabApp.default_url=/lab/tree/{first}"]
    options += ["--LabApp.extension_manager=readonly", "--ServerApp.answer_yes=True", "--log-level=ERROR"]
    return [str(python), "-m", "jupyterlab", *options]


def write_settings(root: Path) -> None:
    """Settings for this environment's JupyterLab; what the user has set wins over them."""
    folder = root / ".venv" / "share" / "jupyter" / "lab" / "settings"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "overrides.json").write_text(json.dumps(SETTINGS, indent=1), encoding="utf-8")


def has_browser() -> bool:
    import webbrowser

    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def rehearse(arguments: list[str], offline: Path | None) -> int:
    python = ensure(ROOT, "run", offline)
    return run([str(python), "-m", "fanlic", "rehearse", *arguments])


def test(arguments: list[str], offline: Path | None) -> int:
    python = ensure(ROOT, "dev", offline)
    fast = arguments[:1] == ["--fast"]
    chosen = FAST + arguments[1:] if fast else arguments
    if all(word.startswith("-") for word in arguments) and not fast:
        chosen = WHOLE + arguments
    parts = {
        "pytest": ["pytest", *chosen],
        "ruff check": ["ruff", "check", "."],
        "ruff format": ["ruff", "format", "--check", "."],
    }
    if not fast:
        parts["mypy"] = ["mypy"]
    results = []
    for name, command in parts.items():
        say(f"\n== {name}")
        began = time.perf_counter()
        status = run([str(python), "-m", *command], cwd=ROOT)
        results.append((name, status, time.perf_counter() - began))
    say("")
    for name, status, seconds in results:
        say(f"{name:12} {'passed' if status == 0 else f'FAILED ({status})':12} {seconds:7.1f} s")
    return next((status for _, status, _ in results if status), 0)


def wheelhouse(arguments: list[str], offline: Path | None) -> int:
    if offline:
        raise Stop("wheelhouse downloads; it cannot be --offline.", 2)
    asked = wheelhouse_arguments(arguments)
    folder = Path(asked.out or f"wheelhouse-{asked.platform}-{asked.python}").absolute()
    python = ensure(ROOT, None, None)
    lock = (ROOT / "requirements" / f"{asked.lock}.lock").read_text(encoding="utf-8")
    wanted = select(python, lock, target_environment(asked.platform, asked.python))
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch, "target.txt")
        file.write_text("\n".join(wanted), encoding="utf-8")
        say(f"Downloading {len(wanted)} packages to {folder} ...")
        command = [str(python), "-m", "pip", "download", "--disable-pip-version-check"]
        command += ["--no-deps", "--require-hashes", "--only-binary=:all:", "-r", str(file)]
        command += ["--implementation", "cp", "--python-version", asked.python, "-d", str(folder)]
        for tag in PLATFORMS[asked.platform][4]:
            command += ["--platform", tag]
        if run(command, env=readable()) != 0:
            raise Stop("pip could not download everything; it says why above. Start again to go on.")
    label_wheelhouse(folder, asked.platform, asked.python, asked.lock)
    python_name = "py" if asked.platform == "win_amd64" else "python3"
    say(f"\nDone. Carry this folder and a copy of the project to the other machine:\n    {folder}")
    job = NEEDED_BY[asked.lock]
    say(f"and start there, in the project's folder:\n    {python_name} start.py {job} --offline DIR")
    return 0


def wheelhouse_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="start.py wheelhouse",
        description="Fill a folder with the wheels that another machine needs for --offline DIR.",
    )
    versions = [f"3.{minor}" for minor in range(OLDEST[1], NEWEST[1] + 1)]
    parser.add_argument("--platform", required=True, choices=PLATFORMS, help="of that machine")
    parser.add_argument("--python", required=True, choices=versions, help="of that machine")
    parser.add_argument("--out", metavar="DIR", help="default: wheelhouse-PLATFORM-PYTHON")
    parser.add_argument(
        "--for",
        dest="lock",
        default="notebooks",
        choices=list(HOLDS),
        help="what it will do there: lab (notebooks, the default), rehearse (run), docs, test (dev)",
    )
    return parser.parse_args(arguments)


def label_wheelhouse(folder: Path, platform: str, python: str, lock: str) -> None:
    """Put the locks beside the wheels and note what they are for."""
    names = HOLDS[lock]
    for name in names:
        shutil.copy(ROOT / "requirements" / f"{name}.lock", folder)
    digests = {name: value for name, value in read_locks(ROOT).items() if name in names}
    label = {"platform": platform, "python": python, "locks": digests}
    (folder / "wheelhouse.json").write_text(json.dumps(label, indent=2), encoding="utf-8")


def target_environment(platform: str, python: str) -> dict[str, str]:
    """The values of environment markers on the target; pip itself would take this machine's."""
    sys_platform, os_name, system, machine, _ = PLATFORMS[platform]
    return {
        "sys_platform": str(sys_platform),
        "os_name": str(os_name),
        "platform_system": str(system),
        "platform_machine": str(machine),
        "platform_release": "",
        "platform_version": "",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "python_version": python,
        "python_full_version": f"{python}.0",
    }


def parse_lock(text: str) -> Iterator[tuple[str, str, str]]:
    """Each requirement of a lock as its pin, its marker (may be empty) and its hash options."""
    for line in text.replace("\\\n", " ").splitlines():
        if line and line[0] not in "# ":
            head, *hashes = line.split("--hash=")
            pin, _, marker = head.partition(";")
            yield (
                pin.strip(),
                marker.strip(),
                " ".join(f"--hash={value.strip()}" for value in hashes),
            )


def select(python: Path, lock: str, environment: dict[str, str]) -> list[str]:
    """The lines of `lock` whose markers hold in `environment`, as pip's own code reads them."""
    rows = list(parse_lock(lock))
    code = (
        "import json, sys; from pip._vendor.packaging.markers import Marker\n"
        "markers, environment = json.load(sys.stdin)\n"
        "json.dump([not m or Marker(m).evaluate(environment) for m in markers], sys.stdout)"
    )
    question = json.dumps([[marker for _, marker, _ in rows], environment])
    answer = subprocess.run([str(python), "-c", code], input=question, stdout=subprocess.PIPE, text=True, check=True)
    holds = json.loads(answer.stdout)
    return [f"{pin} {hashes}" for (pin, _, hashes), yes in zip(rows, holds) if yes]


def docs(arguments: list[str], offline: Path | None) -> int:
    python = ensure(ROOT, "docs", offline)
    return run([str(python), str(ROOT / "docs" / "build.py"), *arguments], cwd=ROOT)


def pyz(arguments: list[str], offline: Path | None) -> int:
    """The troubleshooting commands in one file; any Python that fits builds it, nothing is installed."""
    if offline is not None:
        raise Stop("pyz installs nothing: leave --offline out.", 2)
    path = ROOT / "dist" / "fanlic.pyz"
    env = dict(os.environ, PYTHONPATH=str(ROOT))
    status = run([sys.executable, "-m", "fanlic.commands.pyz", str(path), *arguments], env=env)
    if status == 0:
        say(f"{path}: run it with Python 3.11 or newer, for example: python3 fanlic.pyz explain 30005")
    return status


# -- the command line ------------------------------------------------------------------------------

JOBS = {
    "lab": lab,
    "reset": reset,
    "class": class_,
    "rehearse": rehearse,
    "test": test,
    "docs": docs,
    "wheelhouse": wheelhouse,
    "pyz": pyz,
}


def parse(arguments: list[str]) -> tuple[str, Path | None, list[str]]:
    """Job, folder of wheels, and what is left for the job."""
    rest, offline = list(arguments), None
    if "--offline" in rest:
        at = rest.index("--offline")
        if at + 1 == len(rest):
            raise Stop("--offline needs the folder of wheels: start.py --offline DIR", 2)
        offline = Path(rest[at + 1]).absolute()
        if not offline.is_dir():
            raise Stop(f"--offline: there is no folder {offline}", 2)
        del rest[at : at + 2]
    job = rest.pop(0) if rest and not rest[0].startswith("-") else "lab"
    if job not in JOBS:
        raise Stop(f"There is no job {job!r}. Jobs: {', '.join(JOBS)}. See: start.py --help", 2)
    return job, offline, rest


def main(arguments: list[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    if arguments[:1] in (["-h"], ["--help"]):
        say(__doc__ or "")
        return 0
    try:
        check_version(sys.version_info[:3], shutil.which)
        job, offline, rest = parse(arguments)
        return JOBS[job](rest, offline)
    except Stop as stop:
        print(f"\nstart.py: {stop}", file=sys.stderr)
        return stop.status
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
