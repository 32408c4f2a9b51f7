"""The built site, a server that shows it below a sub-path, and a browser that may talk to nobody else."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PREFIX = "/sub/path/"
BUILD_SECONDS = 600
RESULT = ".md-search-result__item"


class Handler(SimpleHTTPRequestHandler):
    """Serves the site below PREFIX, and nothing at the root."""

    def translate_path(self, path: str) -> str:
        inside = path.removeprefix(PREFIX) if path.startswith(PREFIX) else "no-such-file"
        return super().translate_path("/" + inside)

    def do_GET(self) -> None:
        """Answer compressed, as hosts of sites do."""
        path = Path(self.translate_path(self.path.partition("?")[0]))
        kind = self.guess_type(str(path))
        if not path.is_file() or not kind.startswith(("text/", "application/j")):
            super().do_GET()
            return
        body = gzip.compress(path.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer with the site's own page, as hosts of sites do."""
        page = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(code, message)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `docs/build.py` makes it; FANLIC_SITE names one that is built already."""
    pytest.importorskip("mkdocs", reason="MkDocs is missing: install requirements/docs.lock")
    if given := os.environ.get("FANLIC_SITE"):
        return Path(given).resolve()
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "docs/build.py", "--out", str(out)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return out


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the site is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}{PREFIX}"
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture(scope="module")  # Playwright takes the thread while it is open, and other tests open their own
def browser() -> Iterator[Any]:
    """The distribution's Chromium."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is missing: install requirements/docs.lock"
    )
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("there is no Chromium on this machine")
    with playwright.sync_playwright() as running:
        launched = running.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


class Watched:
    """A page of the browser that notes every request that would leave the site, and lets none through."""

    def __init__(self, page: Any, allowed: tuple[str, ...]) -> None:
        self.page = page
        self.outside: list[str] = []
        self.errors: list[str] = []
        self._allowed = (*allowed, "data:", "blob:", "about:")
        page.set_default_timeout(20_000)
        page.route("**/*", self._judge)
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        page.on("response", self._answered)

    def search(self, words: str) -> list[str]:
        """Type words into the search box; the addresses of the pages that are found, best first."""
        box = self.page.locator("input.md-search__input")
        for text, done in (("", "Type to start"), (words, "matching document")):
            box.fill(text)
            box.press("End")  # the theme listens to keys
            self.page.locator(".md-search-result__meta", has_text=done).wait_for()
        links: list[str] = self.page.locator(RESULT).evaluate_all(
            "all => all.map(item => item.querySelector('a').href)"
        )
        return links

    def _judge(self, route: Any) -> None:
        if route.request.url.startswith(self._allowed):
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def _answered(self, response: Any) -> None:
        if response.status >= 400:
            self.errors.append(f"{response.url}: {response.status}")


@pytest.fixture
def watched(browser: Any, address: str, site: Path) -> Iterator[Watched]:
    """A page that reaches the served site and the folder, and nothing else."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield Watched(context.new_page(), (address, site.as_uri()))
    context.close()
