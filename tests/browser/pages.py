"""A browser on our own pages: windows of a desk and of a phone, what axe finds, and two readers of QR codes."""

from __future__ import annotations

import io
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import png
import pytest
import zxingcpp

from tests.browser.lab import PATIENCE, chromium

ROOT = Path(__file__).parents[2]
DESKTOP = {"viewport": {"width": 1280, "height": 720}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 3, "is_mobile": True, "has_touch": True}
RULES = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']"
AXE = f"async () => (await axe.run(document, {{runOnly: {RULES}}})).violations"
AXE += ".map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | '))"


@contextmanager
def opened() -> Iterator[Any]:
    """The distribution's Chromium."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is missing: start.py test installs it")
    found = chromium()
    if not found:
        pytest.skip("Chromium is missing: install it (Debian: apt install chromium) to test the pages in a browser")
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()


def axe() -> str:
    """The source of axe-core, fetched once with npm as the site's tests do."""
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        from _site import vendor
    finally:
        sys.path.pop(0)
    folder = ROOT / "build" / "vendor"
    for package in vendor.PACKAGES:
        if package.name == "axe-core":
            folder.mkdir(parents=True, exist_ok=True)
            if not vendor._complete(package, folder):
                vendor._fetch(package, folder)
    return (folder / "axe.min.js").read_text("utf-8")


class Window:
    """One window: it notes what axe finds, what the console complains of, and who is asked outside this machine."""

    def __init__(self, browser: Any, rules: str, **settings: Any) -> None:
        self.context = browser.new_context(ignore_https_errors=True, **settings)
        self.context.set_default_timeout(PATIENCE * 1000)
        self.page = self.context.new_page()
        self.faults: dict[str, list[str]] = {}
        self.complaints: list[str] = []
        self.outside: list[str] = []
        self._rules = rules
        self.page.on("console", lambda said: self._hear(said.type, said.text))
        self.page.on("request", lambda request: self._asked(request.url))

    def look(self, name: str) -> None:
        """Look at the page as it is: what axe finds on it, and whether something sticks out."""
        self.page.evaluate(self._rules)
        found = list(self.page.evaluate(AXE))
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        if self.page.evaluate(wide):
            found.append("the page is wider than the window")
        if found:
            self.faults[name] = found

    def follow(self, act: Callable[[], object]) -> None:
        """Do what leads to another page, and wait until that page is there: a click or a key alone does not wait."""
        with self.page.expect_navigation():
            act()

    def _hear(self, kind: str, text: str) -> None:
        # A refusal's status is said as an error too; what matters here is a policy that was broken.
        if kind == "error" and "status of 4" not in text:
            self.complaints.append(text)

    def _asked(self, url: str) -> None:
        if urlsplit(url).hostname not in ("127.0.0.1", "localhost", None):
            self.outside.append(url)


def third(picture: bytes) -> bytes:
    """A PNG at a third of its width and height: each pixel the mean of nine, as a camera far away sees it."""
    width, height, rows, _about = png.Reader(bytes=picture).asRGB8()
    lines = [bytes(row) for row in rows]
    small = [
        [
            sum(lines[y + dy][3 * (x + dx) + 1] for dy in range(3) for dx in range(3)) // 9
            for x in range(0, width - 2, 3)
        ]
        for y in range(0, height - 2, 3)
    ]
    out = io.BytesIO()
    png.Writer(len(small[0]), len(small), greyscale=True).write(out, small)
    return out.getvalue()


def zxing(picture: bytes) -> list[str]:
    """What ZXing reads in a PNG."""
    width, height, rows, _about = png.Reader(bytes=picture).asRGB8()
    gray = b"".join(bytes(row)[1::3] for row in rows)
    return [found.text for found in zxingcpp.read_barcodes(memoryview(gray).cast("B", (height, width)))]


def zbar(picture: bytes, folder: Path) -> list[str]:
    """What ZBar reads in it: another program, by other people."""
    program = shutil.which("zbarimg")
    if program is None:
        pytest.skip("zbarimg is missing: install it (Debian: apt install zbar-tools) to compare readers of QR codes")
    file = folder / "picture.png"
    command = [program, "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", str(file)]
    for frame in (picture, doubled(picture)):  # a camera takes many: here one of them, and one with the lens turned
        file.write_bytes(frame)
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        if done.stdout:
            break
    return done.stdout.split()


def doubled(picture: bytes) -> bytes:
    """A PNG at twice its size, in gray; it holds no more than before."""
    width, height, rows, _about = png.Reader(bytes=picture).asRGB8()
    large = [[value for value in bytes(row)[1::3] for _x in range(2)] for row in rows for _y in range(2)]
    out = io.BytesIO()
    png.Writer(2 * width, 2 * height, greyscale=True).write(out, large)
    return out.getvalue()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
