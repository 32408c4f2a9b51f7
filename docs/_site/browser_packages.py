"""What Python in a browser needs of this project: packages of the locks, and fanlic itself, as zips and as wheels.

`pip download` fetches the wheels by the hashes of `requirements/*.lock` into `build/wheels`; what a lock marks as not
for `emscripten` is left out. A wheel with compiled parts is taken without them, if it says how it works without.
"""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement

from _site.vendor import VendorMissing

PYODIDE = {  # what a marker sees in there
    "sys_platform": "emscripten",
    "platform_machine": "wasm32",
    "platform_system": "Emscripten",
    "platform_python_implementation": "CPython",
    "implementation_name": "cpython",
    "os_name": "posix",
    "python_version": "3.14",
    "python_full_version": "3.14.2",
}
TROUBLESHOOTING = ("__init__.py", "here.py", "mailform.py", "version.py", "model", "docker", "texts", "troubleshoot")
_WHEN = (1980, 1, 1, 0, 0, 0)  # the same sources give the same file
_KEPT = (".py", ".mo", ".html", ".css", ".js", ".json", ".svg", ".typed")
_LEFT = re.compile(r"(^|/)(tests?|__pycache__)/|(^|/)ecdsa/test_|\.(so|pyd|c|pyi|exe)$|\.dist-info/(RECORD|licenses/)")
_LIGHT = {  # which modules stand in for IPython and ipywidgets in a lesson's own page
    "ipywidgets.py": "from fanlic_light.widgets import *\n",
    "IPython/__init__.py": "",
    "IPython/core/__init__.py": "",
    "IPython/core/getipython.py": "from fanlic_light.shell import get_ipython\n",
    "IPython/core/magic.py": "from fanlic_light.shell import no_var_expand\n",
    "IPython/display.py": "from fanlic_light.shell import display\n",
}
_COMPILED = {"markupsafe", "wcwidth"}  # both fall back to Python


def locked(lock: Path) -> dict[str, str]:
    """The requirements of a lock that a browser's Python takes: each name with its lines, hashes included."""
    found: dict[str, str] = {}
    for block in re.split(r"\n(?=[a-z0-9])", lock.read_text("utf-8")):
        head = block.partition("\\\n")[0].strip()
        if not re.match(r"[a-z0-9][\w.-]*==", head):
            continue
        requirement = Requirement(head)
        if requirement.marker is None or requirement.marker.evaluate(PYODIDE):
            hashes = " ".join(re.findall(r"--hash=sha256:[0-9a-f]{64}", block))
            found[requirement.name] = f"{requirement.name}{requirement.specifier} {hashes}"
    return found


def wheels(root: Path, folder: Path) -> list[Path]:
    """The wheels of `requirements/run.lock` for a browser, fetched into the folder; raises VendorMissing."""
    return fetch(locked(root / "requirements" / "run.lock"), folder)


def fetch(wanted: dict[str, str], folder: Path) -> list[Path]:
    """The wheels of these lines of a lock, each with one of its hashes; raises VendorMissing."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = {name: line for name, line in wanted.items() if _held(folder, line) is None}
    if missing:
        listed = folder / "wanted.txt"
        listed.write_text("\n".join(missing.values()) + "\n", "utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        # The browser's Python is newer than the one that builds the site may be.
        command += [
            "--require-hashes",
            "--only-binary=:all:",
            "--ignore-requires-python",
            "--dest",
            str(folder),
            "-r",
            str(listed),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode:
            raise VendorMissing(f"pip could not fetch the wheels for the browser:\n{done.stderr.strip()}")
    held = {name: _held(folder, line) for name, line in wanted.items()}
    return [path for path in held.values() if path is not None]


def _held(folder: Path, line: str) -> Path | None:
    name = re.sub(r"[-_.]+", "_", line.partition("==")[0]).lower()
    for path in sorted(folder.glob("*.whl")):
        same = re.sub(r"[-_.]+", "_", path.name.partition("-")[0]).lower() == name
        if same and f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}" in line:
            return path
    return None


def lab_zip(root: Path, held: list[Path]) -> bytes:
    """Everything that the lab needs, as one zip of a site-packages folder."""
    members = dict(_own(root, ("",)))
    light = root / "docs" / "_site" / "light"
    members |= {f"fanlic_light/{path.name}": path.read_bytes() for path in sorted(light.glob("*.py"))}
    members |= {name: text.encode() for name, text in _LIGHT.items()}
    for wheel in held:
        members |= _members(wheel)
    return _zip(members)


def pure(wheel: Path) -> bytes:
    """A wheel as it is, or without its compiled parts."""
    return wheel.read_bytes() if wheel.name.endswith("-none-any.whl") else _zip(_members(wheel))


def own_wheel(root: Path, version: str) -> bytes:
    """fanlic as a wheel."""
    needs = "".join(f"Requires-Dist: {name}\n" for name in locked(root / "requirements" / "run.lock"))
    meta = f"Metadata-Version: 2.1\nName: fanlic\nVersion: {version}\n{needs}"
    kind = "Wheel-Version: 1.0\nGenerator: fanlic\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    info = f"fanlic-{version}.dist-info"
    members = {f"{info}/METADATA": meta.encode(), f"{info}/WHEEL": kind.encode(), f"{info}/RECORD": b""}
    return _zip({**dict(_own(root, ("",))), **members})


def _members(wheel: Path) -> dict[str, bytes]:
    if not wheel.name.endswith("-none-any.whl") and wheel.name.partition("-")[0].lower() not in _COMPILED:
        raise VendorMissing(f"{wheel.name} is no pure wheel: a browser cannot have it.")
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if not _LEFT.search(name) and not name.endswith("/")]
        return {name: archive.read(name) for name in names}


def troubleshooting_zip(root: Path) -> bytes:
    """What `triage`, `preflight` and `explain` need: the parts of `fanlic.pyz`."""
    return _zip(dict(_own(root, TROUBLESHOOTING)))


def _own(root: Path, parts: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    package = root / "fanlic"
    for part in parts:
        place = package / part
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            if path.suffix in _KEPT and path.is_file() and "__pycache__" not in path.parts:
                yield f"fanlic/{path.relative_to(package).as_posix()}", path.read_bytes()


def _zip(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(members):
            archive.writestr(zipfile.ZipInfo(name, _WHEN), members[name], zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()
