"""The whole procedure through pages only: mail, archive, QR code, phone, six digits, registration, 30007."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.browser.pages import DESKTOP, PHONE, Window, axe, free_port, opened, third, zbar, zxing
from tests.web.standing import CONTRACT, PERSON, Town, https


@dataclass
class Walk:
    """What people met on the way."""

    reply: str = ""
    read: list[list[str]] = field(default_factory=list)
    refused: str = ""
    code: str = ""
    activated: str = ""
    used: str = ""
    success: str = ""
    failure: str = ""
    states: list[str] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with opened() as found:
        yield found


@pytest.fixture(scope="module")
def walk(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    rules, folder = axe(), tmp_path_factory.mktemp("town")
    with ExitStack() as stack:
        town = Town(folder, stack, free_port())
        desk, phone = Window(browser, rules, **DESKTOP), Window(browser, rules, color_scheme="dark", **PHONE)
        done = Walk(windows=[desk, phone])
        address = town.server(mail(desk, town, done, folder))
        activate(desk, phone, town, done, address, folder)
        for name in ("catch", "landing"):
            project, pin = town.project(name)
            port = stack.enter_context(https(project.application, project.certificate, project.key))
            register(desk, f"https://127.0.0.1:{port}", pin, address, done)
        yield done


def mail(desk: Window, town: Town, done: Walk, folder: Path) -> Path:
    """Hand in the request at the counter; the archive."""
    page = desk.page
    page.goto(f"{town.desk_address}/mail")
    desk.look("the counter")
    page.get_by_label("Sender").fill(CONTRACT.email)
    page.get_by_label("Company name").fill(CONTRACT.company)
    page.get_by_label("Project name").fill(CONTRACT.project)
    page.get_by_label("Contract signing date").fill(CONTRACT.signed.isoformat())
    who = page.get_by_role("group", name="Who hands it in")
    who.get_by_label("Your name").fill(PERSON)
    who.get_by_label("Your PIN").fill(town.pin)
    desk.follow(page.get_by_role("button", name="Hand in").click)
    done.reply = page.locator("main").inner_text()
    desk.look("the reply")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="fanruan_license_server.tar").click()
    archive = folder / "fetched.tar"
    waiting.value.save_as(archive)
    return archive


def activate(desk: Window, phone: Window, town: Town, done: Walk, address: str, folder: Path) -> None:
    """Scan the picture from far away, mistype the PIN, approve, type the digits."""
    desk.page.goto(f"{address}/license/qrcode")
    seen = third(desk.page.screenshot())  # before axe, which scrolls
    desk.look("the QR code page")
    done.read = [zxing(seen), zbar(seen, folder)]
    phone.page.goto(done.read[0][0])
    phone.look("the phone asks")
    phone.page.get_by_label("Your name").fill(PERSON)
    phone.page.get_by_label("Your PIN").fill("0000 0000")
    phone.follow(phone.page.get_by_role("button", name="Approve").click)
    done.refused = phone.page.get_by_role("alert").inner_text()
    phone.look("a wrong PIN")
    phone.page.get_by_label("Your PIN").fill(f"{town.pin[:4]} {town.pin[4:]}")
    phone.follow(phone.page.get_by_role("button", name="Approve").click)
    done.code = phone.page.locator(".digits").inner_text()
    phone.look("six digits")
    desk.page.keyboard.type(done.code)  # the field has the focus already
    desk.follow(lambda: desk.page.keyboard.press("Enter"))
    done.activated = desk.page.get_by_role("heading", level=1).inner_text()
    desk.look("activated")
    phone.page.goto(done.read[0][0])
    done.used = phone.page.locator("main").inner_text()
    phone.look("a used code")


def register(desk: Window, project: str, pin: str, address: str, done: Walk) -> None:
    """Log in with the keyboard alone; Manage, Registration, Register Now, Submit; open Details."""
    page = desk.page
    page.goto(project)
    desk.look("the log-in")
    page.get_by_label("User").fill("admin")
    page.keyboard.press("Tab")
    page.keyboard.type(pin)
    desk.follow(lambda: page.keyboard.press("Enter"))
    page.get_by_role("heading", level=1, name="Project").wait_for()
    desk.look("the project's start")
    desk.follow(page.get_by_role("navigation").get_by_role("link", name="Registration").click)
    done.states.append(page.locator("#shown").inner_text())
    desk.follow(page.get_by_role("link", name="Register Now").click)
    desk.look("the dialog")
    page.get_by_label("IP and port").fill(address)
    desk.follow(page.get_by_role("button", name="Submit").click)
    done.states.append(page.locator("#shown").inner_text())
    if page.get_by_role("alertdialog").count():
        page.locator("summary").first.focus()
        page.keyboard.press("Enter")
        done.failure = page.get_by_role("alertdialog").inner_text()
        desk.look("30007")
        desk.follow(page.get_by_role("alertdialog").get_by_role("link").click)
        desk.look("the causes of 30007")
    else:
        done.success = page.locator("[data-success]").inner_text()
        desk.look("registered")


def test_the_counter_answers_a_form_with_the_archive(walk: Walk) -> None:
    assert "Your mail was checked and accepted." in walk.reply
    assert "The phone approves at: https://127.0.0.1:" in walk.reply


def test_two_readers_read_the_page_from_a_third_of_a_small_screen(walk: Walk) -> None:
    assert walk.read[0] == walk.read[1]
    assert re.fullmatch(r"https://127\.0\.0\.1:\d+/a\?c=[0-9A-Z.:$*+/-]+", walk.read[0][0], re.IGNORECASE)


def test_a_wrong_pin_is_said_and_the_right_one_gives_six_digits(walk: Walk) -> None:
    assert "The name or the PIN is wrong, so nothing was done." in walk.refused
    assert re.fullmatch(r"\d{6}", walk.code)
    assert "The server is activated" == walk.activated


def test_a_used_code_is_explained_on_the_phone(walk: Walk) -> None:
    assert "This QR code was approved before" in walk.used
    assert "Press Refresh" in walk.used


def test_the_first_project_registers_and_the_second_meets_30007(walk: Walk) -> None:
    assert re.search(r"Maximum number of connections\s+1\s+Company\s+Borealis AS\s+Valid until\s+20", walk.success)
    assert re.search(r"Code\s+30007\s+Name\s+REGISTER_OUT_OF_LIMIT\s+Meaning\s+\w", walk.failure)
    assert [
        "Registration: unregistered",
        "Registration: registered",
        "Registration: unregistered",
        "Registration: unregistered",
    ] == [" ".join(state.split()) for state in walk.states]


def test_axe_finds_nothing_nothing_breaks_the_policy_and_nobody_outside_is_asked(walk: Walk) -> None:
    assert [({}, [], [])] * 2 == [(window.faults, window.complaints, window.outside) for window in walk.windows]


def test_the_pages_work_without_scripts(browser: Any, tmp_path: Path) -> None:
    with ExitStack() as stack:
        town = Town(tmp_path, stack, free_port())
        project, pin = town.project()
        port = stack.enter_context(https(project.application, project.certificate, project.key))
        window = Window(browser, "", java_script_enabled=False, locale="zh-CN", **DESKTOP)
        page: Any = window.page
        page.goto(f"https://127.0.0.1:{port}")
        page.get_by_label("User").fill("admin")
        page.get_by_label("PIN").fill(pin)
        window.follow(page.get_by_role("button", name="Log in").click)
        window.follow(page.get_by_role("link", name="Manage").last.click)
        window.follow(page.get_by_role("link", name="Register Now").click)
        page.get_by_label("IP and port").fill("https://127.0.0.1:1")
        window.follow(page.get_by_role("button", name="Submit").click)
        assert "cannot-connect" == page.get_by_role("alertdialog").get_attribute("data-reason")
