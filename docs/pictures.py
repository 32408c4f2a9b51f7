"""Makes the README's pictures from the running parts: `python docs/pictures.py` (needs the docs lock and Chromium).

The terminal is a real rehearsal's, the server's and the phone's page are a lab's own, the error page is of the site in
`site/`. Each is written to docs/assets/ and is small.
"""

from __future__ import annotations

import html
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "docs" / "assets"
sys.path.insert(0, str(ROOT))
FONT = "15px/1.45 ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace"
TERMINAL = f"""<!doctype html><meta charset="utf-8"><body style="margin:0;background:#16181d">
<pre style="margin:0;padding:18px 22px;font:{FONT};color:#e6e8eb">TEXT</pre></body>"""
LINES = 30


def main() -> int:
    """Make all of them; 0 done."""
    from playwright.sync_api import sync_playwright

    os.environ["FANLIC_LANG"] = "en"
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 900, "height": 700}, ignore_https_errors=True)
        _terminal(page)
        _servers(page)
        _site(page)
        browser.close()
    for path in sorted(ASSETS.glob("readme-*.png")):
        sys.stdout.write(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} kB\n")
    return 0


def _terminal(page: Any) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "fanlic", "rehearse", "--out", f"{scratch}/rehearsal"]
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120).stdout
    rows = told.splitlines()
    begin = next(number for number, row in enumerate(rows) if "Submitting and Authentication" in row)
    page.set_content(TERMINAL.replace("TEXT", html.escape("\n".join(rows[begin : begin + LINES]))))
    page.screenshot(path=ASSETS / "readme-terminal.png")


def _servers(page: Any) -> None:
    from fanlic import Lab

    with Lab() as lab:
        lab.desk.receive(lab.customer.request(seats=2))
        lab.host.docker("load -i fanruan_license_server.tar")
        lab.host.docker("run -v /srv/lic/config:/app/config -P -d fanruan_license_server_amd64:1.0.0")
        page.goto(f"{lab.host.server().address}/license/qrcode")
        page.screenshot(path=ASSETS / "readme-qrcode.png")


def _site(page: Any) -> None:
    for name, path in {"readme-error": "codes/30005/index.html", "readme-tutorial": "tutorial/00_story.html"}.items():
        page.goto((ROOT / "site" / path).as_uri())
        page.add_style_tag(content=".fanlic-tongue { visibility: hidden }")  # a machine may lack Chinese letters
        page.wait_for_timeout(1500)  # fonts and forms; only a picture depends on it
        page.screenshot(path=ASSETS / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main())
