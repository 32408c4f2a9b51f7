"""Python in the reader's browser: everything that the pages load for it, from this site alone."""

from __future__ import annotations

import shutil
from pathlib import Path

from _site import browser_box, browser_lab, browser_packages

SCRIPTS = (".js", ".mjs", ".css")


def provide(root: Path, build: Path) -> None:
    """Make what takes time, once; raises VendorMissing."""
    browser_lab.provide(root, build / "lab", build / "wheels")


def put(root: Path, pages: Path) -> None:
    """Put scripts, zips and boxes into the pages that are being assembled."""
    target = pages / "assets" / "browser"
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted((root / "docs" / "assets" / "browser").iterdir()):
        if path.suffix in SCRIPTS:
            shutil.copyfile(path, target / path.name)
    (target / "triage.zip").write_bytes(browser_packages.troubleshooting_zip(root))
    held = browser_packages.wheels(root, root / "build" / "wheels")
    (target / "lab.zip").write_bytes(browser_packages.lab_zip(root, held))
    browser_box.put(pages)


def finish(build: Path, site: Path) -> None:
    """Put what is no page into the site that MkDocs has made."""
    browser_lab.put(build / "lab", build / "vendor" / "pyodide", site)
