"""The site's scripts from npm, each pinned by its hash, kept in `build/vendor`: the site asks nobody for anything.

`npm pack` fetches what is not there yet; whatever its hash does not match is refused.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple


class VendorMissing(Exception):
    """A pinned package cannot be had, or is not what was pinned; the text says what to do."""


class Package(NamedTuple):
    """One npm package: its pin, and which of its files are kept under which name."""

    name: str
    version: str
    integrity: str
    files: dict[str, str]
    elsewhere: bool = False  # not below assets/vendor of the site: for tests, or put where `lab/` looks for it


PACKAGES = (
    Package(
        "iframe-worker",
        "1.0.4",
        "sha512-roeaaI+Lg1LJNfgpCjoRe/+WzEjy9+Z08LoEvu85MCPbBjwm+qXz8Ag5U05lHa6V1CysZyGzE0SOkAtSUA5q7Q==",
        {"shim/index.js": "iframe-worker.js", "LICENSE": "iframe-worker.LICENSE.txt"},
    ),
    Package(  # Python itself, for the pages that run it: MPL 2.0, as package.json says
        "pyodide",
        "314.0.7",
        "sha512-0YvXxEhfEdpLfb/XkM2BFAeMROq0iMUX2bzzH9pOttyMcWkwq+HbE5uyuGD82LN7y2q+SNvi/6V5JEsOlD2R1A==",
        {
            name: f"pyodide/{name}"
            for name in (
                *("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"),
                *("python_stdlib.zip", "pyodide-lock.json", "package.json"),
            )
        },
        elsewhere=True,
    ),
    Package(
        "axe-core",
        "4.14.1",
        "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
        {"axe.min.js": "axe.min.js"},
        elsewhere=True,
    ),
)


def provide(folder: Path) -> None:
    """Make `folder` hold every file of every package, fetching what it lacks; raises VendorMissing."""
    folder.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        if not _complete(package, folder):
            _fetch(package, folder)


def copy_for_site(folder: Path, target: Path) -> None:
    """Copy what the site itself loads, licenses included."""
    target.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        for name in () if package.elsewhere else package.files.values():
            shutil.copyfile(folder / name, target / name)


def _complete(package: Package, folder: Path) -> bool:
    # The pin is noted with the hash of each file, so that neither a new pin nor a damaged file goes unseen.
    note = _note(package, folder)
    if not note.is_file():
        return False
    noted = json.loads(note.read_text("utf-8"))
    held = {name: _digest(folder / name) for name in package.files.values() if (folder / name).is_file()}
    return bool(noted == {"integrity": package.integrity, "files": held} and len(held) == len(package.files))


def _fetch(package: Package, folder: Path) -> None:
    npm = shutil.which("npm")
    pin = f"{package.name}@{package.version}"
    if npm is None:
        raise VendorMissing(
            f"{pin} is not in {folder}, and there is no npm to fetch it. Install Node.js, or copy the folder from a "
            "machine where the site was built."
        )
    with tempfile.TemporaryDirectory() as scratch:
        command = [npm, "pack", pin, "--silent", "--pack-destination", scratch]
        done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, timeout=300, check=False)
        packed = sorted(Path(scratch).glob("*.tgz"))
        if done.returncode or len(packed) != 1:
            raise VendorMissing(f"npm could not fetch {pin}:\n{done.stderr.strip()}\nStart again where npm has a way.")
        content = packed[0].read_bytes()
        found = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
        if found != package.integrity:
            raise VendorMissing(f"{pin} is not what was pinned: {found} instead of {package.integrity}.")
        with tarfile.open(packed[0]) as archive:
            for member, name in package.files.items():
                (folder / name).parent.mkdir(exist_ok=True)
                (folder / name).write_bytes(_member(archive, member))
    held = {name: _digest(folder / name) for name in package.files.values()}
    _note(package, folder).write_text(json.dumps({"integrity": package.integrity, "files": held}), "utf-8")


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(f"package/{name}")  # a KeyError is a mistake in the table above
    return file.read() if file else b""


def _note(package: Package, folder: Path) -> Path:
    return folder / f"{package.name.rpartition('/')[2]}.json"


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
