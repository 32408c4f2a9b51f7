"""Python in the reader's browser: everything that the pages load for it, from this site alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from _site import browser_box, browser_packages

SCRIPTS = (".js", ".mjs", ".css")


def put(root: Path, pages: Path) -> None:
    """Put scripts, zips and boxes into the pages that are being assembled; raises VendorMissing."""
    target = pages / "assets" / "browser"
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted((root / "docs" / "assets" / "browser").iterdir()):
        if path.suffix in SCRIPTS:
            shutil.copyfile(path, target / path.name)
    (target / "triage.zip").write_bytes(browser_packages.troubleshooting_zip(root))
    _without_packages(pages / "assets" / "vendor" / "pyodide" / "pyodide-lock.json")
    browser_box.put(pages)


def _without_packages(lock: Path) -> None:
    # Pyodide's own list of packages names files on another host; what is needed comes in our zips.
    kept = json.loads(lock.read_text("utf-8")) | {"packages": {}}
    lock.write_text(json.dumps(kept), "utf-8")
