"""The zips for Python in a browser with what is loaded at the start compiled: a third of the time until it answers.

Only the Python that will run them can compile them, so Pyodide does it under node when the site is built. Without node
the zips hold sources, and everything works as well but later.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from _site import browser_packages
from _site.vendor import VendorMissing

STANDARD = "python_stdlib.zip"
_HERE = Path(__file__).parent
_PARTS = (_HERE / "compiler.py", _HERE / "compiler.mjs", Path(__file__))
# What the first cells of the lessons and the first paste make Python load.
_BEGIN = """
import json
import fanlic_light.cells
import fanlic.notebook
from fanlic import Lab
from fanlic.lab import drill, exercises
from fanlic.lab.scenario import play
from fanlic.lab.stage import Stage
from fanlic.lab.story import STORY
from fanlic.notebook import ClockPanel, QrPanel
from fanlic.troubleshoot.paste_page import KINDS, answer_json

for kind in KINDS:
    answer_json(json.dumps({"kind": kind, "names": ["paste"], "language": "zh_CN"}), [b"30005"])
with Lab() as lab:
    ClockPanel(lab), QrPanel(lab)
    play(STORY, Stage(lab))
"""


def provide(root: Path, folder: Path, pyodide: Path, wheels: Path) -> None:
    """Make `folder` hold lab.zip, triage.zip and the standard library, compiled if there is node."""
    held = browser_packages.wheels(root, wheels)
    zips = {
        "lab.zip": browser_packages.lab_zip(root, held),
        "triage.zip": browser_packages.troubleshooting_zip(root),
        STANDARD: (pyodide / STANDARD).read_bytes(),
    }
    node = shutil.which("node")
    sources = [*zips.values(), *(path.read_bytes() for path in _PARTS), b"with node" if node else b"without"]
    key = hashlib.sha256(b"".join(hashlib.sha256(each).digest() for each in sources)).hexdigest()
    note = folder / "key.txt"
    if note.is_file() and note.read_text("ascii") == key:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, data in zips.items():
        (folder / name).write_bytes(data)
    if node:
        _compile(node, folder, pyodide)
    note.write_text(key, "ascii")


def _compile(node: str, folder: Path, pyodide: Path) -> None:
    (folder / "begin.py").write_text(_BEGIN, "utf-8")
    shutil.copyfile(_HERE / "compiler.py", folder / "compiler.py")
    command = [node, str(_HERE / "compiler.mjs"), str(pyodide), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise VendorMissing(f"Pyodide could not compile the packages for the browser:\n{done.stderr[-500:]}")
