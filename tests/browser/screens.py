"""Makes a picture of each page in each state, to be looked at: `python -m tests.browser.screens FOLDER`.

Desktop and phone, light and dark, English and Chinese, and the page of a projector. It takes about two minutes.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from fanlic.lab import Lab
from fanlic.lab.drill import numbered
from fanlic.lab.stage import RUN
from fanlic.model.container import ARCHIVE
from fanlic.show.app import create_app
from fanlic.show.show import Show
from fanlic.wiring.show import LoopbackServer, in_thread
from tests.browser.pages import DESKTOP, PHONE, free_port, opened, zxing
from tests.web.standing import CONTRACT, PERSON, Town, https

TOKEN = "screens"
SCHEMES = ("light", "dark")


class Camera:
    """Takes a picture of each page in every window."""

    def __init__(self, browser: Any, folder: Path, language: str) -> None:
        self._folder, self._language = folder, language
        self.windows = {
            f"{kind}-{scheme}": browser.new_context(
                ignore_https_errors=True, color_scheme=scheme, **settings
            ).new_page()
            for kind, settings in (("desktop", DESKTOP), ("phone", PHONE))
            for scheme in SCHEMES
        }

    def take(self, name: str, address: str) -> None:
        """Open the address in every window."""
        for kind, page in self.windows.items():
            page.goto(address)
            self.shoot(page, f"{name}-{kind}")
            page.goto("about:blank")  # the projector's page would reload itself while another one is opened

    def shoot(self, page: Any, name: str) -> None:
        """One picture of a page as it is."""
        page.screenshot(path=self._folder / f"{name}-{self._language}.png", full_page=True)


def standing(camera: Camera, folder: Path, stack: ExitStack) -> None:
    """The desk, the phone's page, the strict server, the project."""
    town = Town(folder, stack, free_port())
    camera.take("desk-home", town.desk_address)
    camera.take("desk-mail", f"{town.desk_address}/mail")
    page = camera.windows["desktop-light"]
    page.goto(f"{town.desk_address}/mail")
    lines = (CONTRACT.email, CONTRACT.company, CONTRACT.project, CONTRACT.signed.isoformat())
    for place, text in zip(("#from", "#line-1", "#line-2", "#line-3"), lines, strict=True):
        page.fill(place, text)
    page.fill("#name", PERSON)
    page.fill("#pin", "1")
    page.click("form button")
    camera.shoot(page, "desk-mail-wrong-pin-desktop-light")
    page.fill("#pin", town.pin)
    page.click("form button")
    camera.shoot(page, "desk-mail-accepted-desktop-light")
    record = town.desk.desk._store.records(CONTRACT.email)[-1]
    address = town.server(folder / "desk" / "outbox-strict" / record.terms.license / ARCHIVE)
    camera.take("qr-page", f"{address}/license/qrcode")
    page.goto(f"{address}/license/qrcode")
    scanned = zxing(page.screenshot())[0]
    camera.take("phone-asking", scanned)
    phone = camera.windows["phone-light"]
    phone.goto(scanned)
    for pin, name in (("1", "phone-wrong-pin"), (town.pin, "phone-approved")):
        phone.fill("#name", PERSON)
        phone.fill("#pin", pin)
        phone.click("form button")
        camera.shoot(phone, f"{name}-phone-light")
    code = phone.locator(".digits").inner_text()
    camera.take("phone-used", scanned)
    refused(camera, town, folder)
    projects(camera, town, stack, address, code)


def refused(camera: Camera, town: Town, folder: Path) -> None:
    """A second server of the same license: the phone refuses it, a wrong code, the lock; what is no challenge."""
    record = town.desk.desk._store.records(CONTRACT.email)[-1]
    address = town.server(folder / "desk" / "outbox-strict" / record.terms.license / ARCHIVE, "second")
    page = camera.windows["desktop-light"]
    page.goto(f"{address}/license/qrcode")
    camera.take("phone-other-server", zxing(page.screenshot())[0])
    camera.take("phone-unreadable", f"{town.desk_address}/a?c=XYZ")
    camera.take("phone-nothing", f"{town.desk_address}/nothing")
    for count in range(6):
        page.goto(f"{address}/license/qrcode")
        _submit(page, "000000")
        if count == 0:
            camera.shoot(page, "qr-wrong-desktop-light")
    camera.take("qr-locked", f"{address}/license/qrcode")


def _submit(page: Any, code: str) -> None:
    page.fill("input[name=code]", code)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def projects(camera: Camera, town: Town, stack: ExitStack, address: str, code: str) -> None:
    """The project's pages: log-in, start, dialog, failure, management."""
    project, pin = town.project(nodes=2)
    port = stack.enter_context(https(project.application, project.certificate, project.key))
    base = f"https://127.0.0.1:{port}"
    camera.take("project-login", base)
    for page in camera.windows.values():
        page.goto(base)
        page.fill("#name", "admin")
        page.fill("#pin", pin)
        page.click("main button")
    camera.take("project-home", base)
    camera.take("project-dialog", f"{base}/manage/registration/register")
    page = camera.windows["desktop-light"]
    page.goto(f"{base}/manage/registration/register")
    page.fill("#address", address)
    page.click("main button")
    page.click("summary")
    camera.shoot(page, "project-failed-desktop-light")
    camera.take("project-management", f"{base}/manage/registration")
    camera.take("project-help", f"{base}/help/30007")
    page.goto(f"{address}/license/qrcode")
    _submit(page, code)
    camera.take("qr-activated", f"{address}/license/qrcode")
    page.goto(f"{base}/manage/registration/register")
    page.fill("#address", address)
    page.click("main button")
    page.click("summary")
    camera.shoot(page, "project-30007-desktop-light")  # two nodes, one seat
    camera.take("project-half", f"{base}/manage/registration")


def lab(camera: Camera, stack: ExitStack) -> None:
    """The lab's page and the projector's, through the procedure and in a drill."""
    show = Show(lambda: Lab(engine="inline"))
    stack.callback(show.close)
    server = LoopbackServer(create_app(show, TOKEN).wsgi_app, 0)
    stack.enter_context(in_thread(server))
    base = f"http://127.0.0.1:{server.port}"
    for page in camera.windows.values():
        page.goto(f"{base}/?token={TOKEN}")

    def lapse() -> None:
        show.lab.projects[0].cut_network()
        show.do("advance", {"step": "25 hours"})

    steps: list[tuple[str, Callable[[], object]]] = [
        ("empty", lambda: None),
        ("started", lambda: _start(show)),
        ("scanned", lambda: show.do("scan", {})),
        ("approved", lambda: show.do("approve", {})),
        ("registered", lambda: _register(show)),
        ("lapsed", lapse),
        ("drill", lambda: show.do("drill", {"number": str(min(numbered()))})),
        ("evidence", lambda: show.do("look", {"what": "docker inspect"})),
        ("refused", lambda: show.do("submit", {"code": "12"})),
    ]
    for name, act in steps:
        act()
        camera.take(f"lab-{name}", base)
        camera.take(f"projector-{name}", f"{base}/projector")


def _start(show: Show) -> None:
    show.do("request", {"seats": "2"})
    show.do("docker", {"line": f"docker load -i {ARCHIVE}"})
    show.do("docker", {"line": f"docker {RUN}"})


def _register(show: Show) -> None:
    show.do("submit", {"code": show.code})
    show.do("add", {"name": "sales", "nodes": "2"})
    given = {"project": "sales", "user": "admin", "method": "Private Cloud", "address": show.address()}
    show.do("register", given)


def main(folder: Path) -> None:
    """Make all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    with opened() as browser:
        for language in ("en", "zh"):
            os.environ["FANLIC_LANG"] = language
            with ExitStack() as stack:
                scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                camera = Camera(browser, folder, language)
                standing(camera, scratch, stack)
                lab(camera, stack)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
