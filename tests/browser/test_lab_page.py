"""A trainer's evening on the lab page alone: an outage of 25 hours, a lock and its end, one drill, both languages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from fanlic.lab import Lab
from fanlic.lab.causes import CAUSES, DrillCause
from fanlic.lab.drill import numbered
from fanlic.show.app import create_app
from fanlic.show.show import Show
from fanlic.wiring.show import LoopbackServer, in_thread
from tests.browser.pages import DESKTOP, PHONE, Window, axe, opened

TOKEN = "f" * 32
LOAD = "docker load -i fanruan_license_server.tar"
RUN = "docker run -v /D/William/lic/config:/app/config -P -d fanruan_license_server_amd64:1.0.0"


class Trainer:
    """A window on the lab's page, and one on the projector's."""

    def __init__(self, stack: ExitStack, browser: Any) -> None:
        show = Show(lambda: Lab(engine="inline"))
        stack.callback(show.close)
        server = LoopbackServer(create_app(show, TOKEN).wsgi_app, 0)
        stack.enter_context(in_thread(server))
        self.base = f"http://127.0.0.1:{server.port}"
        rules = axe()
        self.desk, self.projector = Window(browser, rules, **DESKTOP), Window(browser, rules, **DESKTOP)
        self.phone = Window(browser, rules, color_scheme="dark", **PHONE)
        self.page = self.desk.page
        self.page.goto(f"{self.base}/?token={TOKEN}")
        self.projector.page.goto(f"{self.base}/projector?token={TOKEN}")
        self.phone.page.goto(f"{self.base}/?token={TOKEN}")

    def press(self, part: str, name: str) -> str:
        """Press a button of one part of the page; what it said."""
        self.desk.follow(self.page.locator(f"#{part}").get_by_role("button", name=name, exact=True).first.click)
        return str(self.page.locator("[data-said]").first.inner_text())

    def type(self, line: str) -> str:
        """Run one command on the container host, with the keyboard."""
        self.page.get_by_label("Command").fill(line)
        self.desk.follow(lambda: self.page.keyboard.press("Enter"))
        return str(self.page.locator("#host [data-said]").inner_text())

    def activate(self) -> str:
        """Scan, approve, type the six digits."""
        self.press("phone", "Scan the picture")
        self.press("phone", "Approve")
        self.page.get_by_label("Code from the phone").fill(self.page.locator("[data-code]").inner_text())
        return self.press("qr", "Submit")

    def start(self) -> None:
        """From the request to a server that waits for a scan."""
        self.press("desk", "Send the request")
        assert "done" in self.type(LOAD)
        assert "done" in self.type(RUN)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with opened() as found:
        yield found


@pytest.fixture
def trainer(browser: Any) -> Iterator[Trainer]:
    with ExitStack() as stack:
        made = Trainer(stack, browser)
        yield made
        for window in (made.desk, made.projector, made.phone):
            window.context.close()


def test_an_outage_of_25_hours_is_played_on_the_page_and_followed_by_the_projector(trainer: Trainer) -> None:
    page = trainer.page
    trainer.desk.look("an empty lab")
    trainer.start()
    trainer.press("qr", "Open the QR code page")
    trainer.desk.look("a QR code")
    trainer.projector.page.locator(".picture svg").wait_for()  # the projector follows by itself
    trainer.projector.look("a projector")
    assert "The server is activated." in trainer.activate()
    trainer.press("project", "Add")
    assert "Maximum number of connections: 1" in trainer.press("project", "Submit the registration of sales")
    name = page.locator("[data-container]").first.inner_text()
    trainer.type(f"docker stop {name}")
    trainer.press("clock", "25 hours")
    assert "lapsed" == page.locator("#project h3 .state").inner_text()
    trainer.desk.look("lapsed")
    trainer.type(f"docker start {name}")
    assert "lapsed" == page.locator("[data-activation]").inner_text()
    trainer.phone.page.reload()
    trainer.phone.look("the page on a phone")
    assert [({}, [], [])] * 3 == [
        (each.faults, each.complaints, each.outside) for each in (trainer.desk, trainer.projector, trainer.phone)
    ]


def test_six_wrong_codes_lock_and_the_next_limit_unlocks(trainer: Trainer) -> None:
    page = trainer.page
    trainer.start()
    trainer.press("qr", "Open the QR code page")
    for _try in range(6):
        page.get_by_label("Code from the phone").fill("000000")
        trainer.press("qr", "Submit")
    assert "locked" == page.locator("[data-entry]").inner_text()
    trainer.press("clock", "To the next limit")
    assert "locked" != page.locator("[data-entry]").inner_text()
    trainer.press("qr", "Refresh")
    assert "The server is activated." in trainer.activate()


def test_a_drill_is_mended_by_hand_and_wrongly_first(trainer: Trainer) -> None:
    page, number = trainer.page, next(number for number, task in numbered().items() if task.name == "weekend")
    page.locator("#number").select_option(str(number))
    trainer.press("drills", "Begin")
    assert "30002" in page.locator("[data-symptom]").inner_text()
    assert "unregistered" not in trainer.press("drills", "Check")
    page.get_by_label("1. Look").select_option("status")
    assert "lapsed" in trainer.press("drills", "Look")
    page.get_by_label("2. Name the cause (one, or two)").select_option(DrillCause.ACTIVATION)
    page.get_by_label("Clause that says so").select_option(CAUSES["weekend"][1][1].slug)
    assert "Your diagnosis: The activation lapsed" in trainer.press("drills", "Diagnose")
    trainer.desk.look("a drill")
    assert "30002" in trainer.press("project", "Submit the registration of sales")  # the mistake that people make
    assert "bad" == page.locator("[data-said]").get_attribute("data-said")
    assert "Press Refresh for a new QR code." in trainer.press("qr", "Open the QR code page")
    trainer.press("qr", "Refresh")
    assert "The server is activated." in trainer.activate()
    assert "Registration succeeded." in trainer.press("project", "Submit the registration of sales")
    told = trainer.press("drills", "Check")
    assert "good" == page.locator("[data-said]").get_attribute("data-said")
    assert "score: 95" in told
    assert {} == trainer.desk.faults


def test_everything_that_the_procedure_needs_is_in_a_window_of_1280_by_720(trainer: Trainer) -> None:
    trainer.start()
    trainer.press("qr", "Open the QR code page")
    trainer.press("project", "Add")
    trainer.press("clock", "1 minute")
    assert 0 == trainer.page.evaluate("window.scrollY")  # a press in the first window does not scroll
    for part, name in (("qr", "Submit"), ("project", "Submit the registration of sales"), ("host", "Run")):
        box = trainer.page.locator(f"#{part}").get_by_role("button", name=name, exact=True).bounding_box()
        assert box, part
        assert 720 > box["y"] + box["height"], part


def test_the_language_is_switched_on_the_page(trainer: Trainer) -> None:
    page = trainer.page
    trainer.desk.follow(page.get_by_role("button", name="中文").click)
    assert "zh" == page.locator("html").get_attribute("lang")[:2]
    trainer.desk.look("in Chinese")
    trainer.desk.follow(page.get_by_role("button", name="English").click)
    assert "en" == page.locator("html").get_attribute("lang")
    assert {} == trainer.desk.faults
