"""Each page by keyboard alone and without its script: counter, QR code page, phone, project, lab, projector."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from fanlic.lab import Lab
from fanlic.show.app import create_app
from fanlic.show.show import Show
from fanlic.wiring.show import LoopbackServer, in_thread
from tests.browser.pages import DESKTOP, PHONE, Window, free_port, opened, third, zbar, zxing
from tests.web.standing import CONTRACT, PERSON, Town, https

TOKEN = "e" * 32
LOAD = "docker load -i fanruan_license_server.tar"
RUN = "docker run -v /D/William/lic/config:/app/config -P -d fanruan_license_server_amd64:1.0.0"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with opened() as found:
        yield found


class Keys(Window):
    """A window without script and without a mouse."""

    def __init__(self, browser: Any, **settings: Any) -> None:
        super().__init__(browser, "", java_script_enabled=False, **settings)

    def to(self, place: Any) -> None:
        """Press Tab until this place has the focus."""
        for _press in range(100):
            if place.evaluate("each => each === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no number of tabs leads to {place}")

    def type(self, label: str, text: str) -> None:
        """Fill in the field with this label."""
        self.to(self.page.get_by_label(label, exact=True).first)
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text)

    def press(self, role: str, name: str, part: str = "body", key: str = "Enter") -> None:
        """Go to a link or button and press it, then wait for the page it leads to."""
        self.to(self.page.locator(part).get_by_role(role, name=name, exact=True).first)
        self.follow(lambda: self.page.keyboard.press(key))


def handed_in(window: Keys, town: Town, folder: Path) -> Path:
    """Hand in the request at the counter; the archive."""
    window.page.goto(f"{town.desk_address}/")
    window.press("link", "Hand in a mail")
    window.type("Sender: the address that the contract names", CONTRACT.email)
    window.type("Company name", CONTRACT.company)
    window.type("Project name", CONTRACT.project)
    window.type("Contract signing date", CONTRACT.signed.isoformat())
    window.type("Your name", PERSON)
    window.type("Your PIN", town.pin)
    window.press("button", "Hand in")
    with window.page.expect_download() as waiting:
        window.to(window.page.get_by_role("link", name="fanruan_license_server.tar"))
        window.page.keyboard.press("Enter")
    waiting.value.save_as(folder / "fetched.tar")
    return folder / "fetched.tar"


def test_the_procedure_is_done_by_keyboard_alone_and_without_scripts(browser: Any, tmp_path: Path) -> None:
    with ExitStack() as stack:
        town = Town(tmp_path, stack, free_port())
        desk, phone = Keys(browser, **DESKTOP), Keys(browser, **PHONE)
        address = town.server(handed_in(desk, town, tmp_path))
        desk.page.goto(f"{address}/license/qrcode")
        desk.press("button", "Refresh")
        scanned = zxing(desk.page.screenshot())[0]
        phone.page.goto(scanned)
        phone.type("Your name", PERSON)
        phone.type("Your PIN", town.pin)
        phone.press("button", "Approve")
        desk.type("Code from the phone", phone.page.locator(".digits").inner_text())
        desk.press("button", "Submit")
        assert "The server is activated" == desk.page.get_by_role("heading", level=1).inner_text()
        project, pin = town.project()
        port = stack.enter_context(https(project.application, project.certificate, project.key))
        desk.page.goto(f"https://127.0.0.1:{port}")
        desk.type("User", "admin")
        desk.type("PIN", pin)
        desk.press("button", "Log in")
        desk.press("link", "Manage > Registration")
        desk.press("link", "Register Now")
        desk.type("IP and port of the authorization server", address)
        desk.press("button", "Submit", key="Space")
        assert "Maximum number of connections" in desk.page.locator("[data-success]").inner_text()
        assert ([], []) == (desk.outside, phone.outside)


def test_the_lab_and_the_projector_are_used_by_keyboard_alone_and_without_scripts(browser: Any) -> None:
    with ExitStack() as stack:
        show = Show(lambda: Lab(engine="inline"))
        stack.callback(show.close)
        server = LoopbackServer(create_app(show, TOKEN).wsgi_app, 0)
        stack.enter_context(in_thread(server))
        window = Keys(browser, **DESKTOP)
        window.page.goto(f"http://127.0.0.1:{server.port}/?token={TOKEN}")
        window.press("button", "Send the request", "#desk")
        for line in (LOAD, RUN):
            window.type("Command", line)
            window.follow(lambda: window.page.keyboard.press("Enter"))
        window.press("button", "Open the QR code page")
        window.press("button", "Scan the picture")
        window.press("button", "Approve")
        window.type("Code from the phone", window.page.locator("[data-code]").inner_text())
        window.press("button", "Submit", "#qr")
        assert "activated" == window.page.locator("[data-activation]").inner_text()
        window.press("button", "Add", "#project")
        window.press("button", "Submit the registration of sales", key="Space")
        window.to(window.page.locator("#project summary").first)
        window.page.keyboard.press("Enter")
        window.press("button", "Cut the network: sales")
        window.press("button", "25 hours", "#clock")
        assert "lapsed" == window.page.locator("#project h3 .state").inner_text()
        window.page.goto(f"http://127.0.0.1:{server.port}/projector")
        assert "time passes: 25 h" in window.page.locator("main").inner_text()


def test_the_whole_procedure_on_the_sandbox_with_a_lock_and_its_end(browser: Any, tmp_path: Path) -> None:
    """The servers are processes; their QR code page and the phone's page are the real ones, over HTTPS."""
    with ExitStack() as stack:
        show = Show(lambda: Lab(engine="sandbox"))
        stack.callback(show.close)
        server = LoopbackServer(create_app(show, TOKEN).wsgi_app, 0)
        stack.enter_context(in_thread(server))
        trainer, desk = Window(browser, "", **DESKTOP), Window(browser, "", **DESKTOP)
        trainer.page.goto(f"http://127.0.0.1:{server.port}/?token={TOKEN}")
        address = started(trainer)
        desk.page.goto(f"{address}/license/qrcode")
        for _try in range(6):
            submit(desk, "000000")
        assert "locked" in desk.page.locator("main").inner_text()
        right = approved(browser, desk, tmp_path) if desk.page.locator(".picture svg").count() else ""
        assert "" == right  # a locked page has no QR code to scan
        pressed(trainer, "clock", "To the next limit")
        desk.follow(desk.page.reload)
        desk.follow(desk.page.get_by_role("button", name="Refresh").first.click)
        submit(desk, approved(browser, desk, tmp_path))
        assert "The server is activated" == desk.page.get_by_role("heading", level=1).inner_text()
        pressed(trainer, "project", "Add")
        assert "Registration succeeded." in pressed(trainer, "project", "Submit the registration of sales")
        trainer.page.get_by_label("New project").fill("stock")
        pressed(trainer, "project", "Add")
        assert "30007" in pressed(trainer, "project", "Submit the registration of stock")
        name = trainer.page.locator("[data-container]").first.inner_text()
        typed(trainer, f"docker stop {name}")
        pressed(trainer, "clock", "25 hours")
        assert "lapsed" == trainer.page.locator("#project h3 .state").first.inner_text()
        typed(trainer, f"docker start {name}")
        assert "lapsed" == trainer.page.locator("[data-activation]").inner_text()


def pressed(window: Window, part: str, name: str) -> str:
    """Press a button of one part of the lab's page; what it said."""
    window.follow(window.page.locator(f"#{part}").get_by_role("button", name=name, exact=True).first.click)
    return str(window.page.locator("[data-said]").first.inner_text())


def typed(window: Window, line: str) -> None:
    """Run one command on the container host."""
    window.page.get_by_label("Command").fill(line)
    window.follow(lambda: window.page.keyboard.press("Enter"))
    assert "The command is done." in window.page.locator("#host [data-said]").inner_text()


def started(window: Window) -> str:
    """From the request to a server that waits for a scan; its address."""
    pressed(window, "desk", "Send the request")
    typed(window, LOAD)
    typed(window, RUN)
    return str(window.page.locator("#qr code").first.inner_text())


def submit(window: Window, code: str) -> None:
    """Type six digits into the QR code page and press Submit."""
    window.page.get_by_label("Code from the phone").fill(code)
    window.follow(window.page.get_by_role("button", name="Submit").click)


def approved(browser: Any, desk: Window, folder: Path) -> str:
    """Scan from a third of a small screen with two readers, approve on the phone; the six digits."""
    seen = third(desk.page.screenshot())
    read = zxing(seen)
    assert zbar(seen, folder) == read
    phone = Window(browser, "", **PHONE)
    phone.page.goto(read[0])
    phone.follow(phone.page.get_by_role("button", name="Approve").click)
    return str(phone.page.locator(".digits").inner_text())
