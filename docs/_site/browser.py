"""Python in the reader's browser: everything that the pages load for it, from this site alone."""

from __future__ import annotations

import shutil
from pathlib import Path

from _site import browser_box, browser_compile, browser_lab

SCRIPTS = (".js", ".mjs", ".css")


def provide(root: Path, build: Path) -> None:
    """Make what takes time, once; raises VendorMissing."""
    browser_lab.provide(root, build / "lab", build / "wheels")
    browser_compile.provide(root, build / "compiled", build / "vendor" / "pyodide", build / "wheels")


def put(root: Path, pages: Path) -> None:
    """Put scripts, zips and boxes into the pages that are being assembled."""
    target = pages / "assets" / "browser"
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted((root / "docs" / "assets" / "browser").iterdir()):
        if path.suffix in SCRIPTS:
            shutil.copyfile(path, target / path.name)
    for name in ("lab.zip", "triage.zip"):
        shutil.copyfile(root / "build" / "compiled" / name, target / name)
    browser_box.put(pages)


def finish(build: Path, site: Path) -> None:
    """Put what is no page into the site that MkDocs has made."""
    browser_lab.put(build / "lab", build / "vendor" / "pyodide", site)
    standard = browser_compile.STANDARD
    shutil.copyfile(build / "compiled" / standard, site / "lab" / "static" / "pyodide" / standard)
