"""docs/howto/container.md word for word on a real engine: a phone window reads the QR code off a screenshot."""

from __future__ import annotations

import http.client
import re
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.browser.pages import DESKTOP, PHONE, Window, opened, third, zbar, zxing
from tests.container.private_engine import PrivateEngine
from tests.container.test_page import until

ROOT = Path(__file__).parents[2]
HOWTO = (ROOT / "docs" / "howto" / "container.md").read_text("utf-8")
LAN = "192.168.1.20"  # the address of the how-to; the engine's network has it for this test
PORT = re.compile(r"0\.0\.0\.0:(\d+)->8081/tcp")


class Host:
    """The machine of the how-to: a folder, a shell, and what was started there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"

    def line(self, words: str) -> str:
        """The one line of the how-to with these words, with this machine's Python and folder in it."""
        blocks: list[str] = re.findall(r"^```sh\n(.*?)^```", HOWTO, re.DOTALL | re.MULTILINE)
        lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines() if words in line]
        assert lines, words
        python = f"PYTHONPATH={ROOT} {sys.executable}"
        return (
            lines[0].partition("    #")[0].replace(".venv/bin/python", python).replace("/D/William", f"{self.folder}/D")
        )

    def run(self, words: str, folder: str = "") -> str:
        """Type that line; what it printed."""
        done = subprocess.run(
            self.line(words),
            shell=True,
            cwd=self.folder / folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert 0 == done.returncode, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def serving(self, words: str) -> Iterator[str]:
        """Leave that line running; what it printed until it served."""
        with self.log.open("w+") as log:
            process = subprocess.Popen(
                f"exec env {self.line(words)}", shell=True, cwd=self.folder, stdout=log, stderr=log
            )
            try:
                yield until(lambda: said if "serving on" in (said := self.log.read_text("utf-8")) else None)
            finally:
                process.terminate()
                process.wait(10)


@pytest.fixture
def lan(engine: PrivateEngine) -> Iterator[None]:
    """The engine's network, which has the how-to's address; afterwards without containers and images."""
    subprocess.run(["ip", "address", "add", f"{LAN}/32", "dev", "lo"], check=True, timeout=10)
    yield
    engine.docker("rm", "-f", *engine.docker("ps", "-aq").stdout.split())
    engine.docker("rmi", "-f", *engine.docker("images", "-aq").stdout.split())
    subprocess.run(["ip", "address", "del", f"{LAN}/32", "dev", "lo"], check=True, timeout=10)


def test_the_how_to_is_followed_word_for_word_with_a_phone(
    lan: None, engine: PrivateEngine, base: object, tmp_path: Path
) -> None:
    assert lan is None
    assert base
    host = Host(tmp_path)
    host.run("image build --out image --desk")
    pin = host.run("desk person").partition(": ")[2].partition("\n")[0]
    with host.serving("desk serve"), opened() as browser:
        host.run("docker load <", "image")
        host.run("docker run -v", "image")
        found = PORT.search(host.run("docker ps", "image"))
        assert found
        port = int(found[1])
        until(lambda: answers(port))
        address = f"https://127.0.0.1:{port}"
        activated = activate(browser, address.replace("127.0.0.1", "localhost"), pin, tmp_path)
        assert "The server is activated" == activated
        host.log = tmp_path / "project-log"
        with host.serving("project serve") as said:
            assert "Maximum number of connections" in register(browser, said, address)
    assert engine.docker("rmi", "-f", *engine.docker("images", "-aq").stdout.split())


def activate(browser: Any, address: str, pin: str, folder: Path) -> str:
    """Scan from a third of a small screen, approve on the phone, type the digits; the page's heading."""
    desk, phone = Window(browser, "", **DESKTOP), Window(browser, "", **PHONE)
    desk.page.goto(f"{address}/license/qrcode")
    seen = third(desk.page.screenshot())
    read = zbar(seen, folder)
    assert zxing(seen) == read
    assert read[0].startswith(f"https://{LAN}:8443/a?c=")
    phone.page.goto(read[0])
    phone.page.get_by_label("Your name").fill("Li Wei")
    phone.page.get_by_label("Your PIN").fill(pin)
    phone.follow(phone.page.get_by_role("button", name="Approve").click)
    desk.page.get_by_label("Code from the phone").fill(phone.page.locator(".digits").inner_text())
    desk.follow(desk.page.get_by_role("button", name="Submit").click)
    return str(desk.page.get_by_role("heading", level=1).inner_text())


def answers(port: int) -> bool | None:
    """Whether the server answers already."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=5, context=context)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError, http.client.RemoteDisconnected):
        return None
    finally:
        connection.close()


def register(browser: Any, said: str, address: str) -> str:
    """Log in as admin; Manage, Registration, Register Now, Private Cloud, Submit; what the page says."""
    window = Window(browser, "", **DESKTOP)
    page = window.page
    page.goto("https://127.0.0.1:37799")
    page.get_by_label("User").fill("admin")
    page.get_by_label("PIN").fill(said.partition("PIN of admin: ")[2].partition("\n")[0])
    window.follow(page.get_by_role("button", name="Log in").click)
    window.follow(page.get_by_role("navigation").get_by_role("link", name="Registration").click)
    window.follow(page.get_by_role("link", name="Register Now").click)
    page.get_by_label("Private Cloud").check()
    page.get_by_label("IP and port").fill(address)
    window.follow(page.get_by_role("button", name="Submit").click)
    return str(page.locator("[data-success]").inner_text())
