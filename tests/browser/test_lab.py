"""A learner's way through 00_story in JupyterLab, in a real browser: by hand where there is a form, the rest by Run."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.lab import PATIENCE, Notebook, chromium, copy, served

WIDE = {"width": 1360, "height": 900}
CUT_LABELS = """() => Array.from(document.querySelectorAll('.fanlic-form .widget-label'))
  .filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.textContent)"""
TORN_NAMES = """() => Array.from(document.querySelectorAll('.fanlic dt'))
  .filter(each => each.getBoundingClientRect().height > 45).map(each => each.textContent)"""
WIDE_FORMS = """() => Array.from(document.querySelectorAll('.fanlic-form'))
  .filter(each => each.scrollWidth > each.clientWidth + 1).length"""


@dataclass
class Walk:
    """What the learner met on the way."""

    code: str
    picture: dict[str, float]
    activated: str
    registered: str
    refused: str
    timeline: str
    forms: int
    errors: int
    cut_labels: list[str]
    torn_names: list[str]
    wide_forms: int
    outside: list[str]


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    pytest.importorskip("jupyterlab", reason="JupyterLab is missing: start.py test installs it")
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is missing: start.py test installs it")
    found = chromium()
    if not found:
        pytest.skip("Chromium is missing: install it (Debian: apt install chromium) to test the notebooks in a browser")
    root = copy(tmp_path_factory.mktemp("lab"))
    options = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with served(root, root / "home") as address, playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=found, args=options)
        try:
            page = browser.new_page(viewport=WIDE)
            page.set_default_timeout(PATIENCE * 1000)
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url))
            page.goto(address)
            page.wait_for_function("window.jupyterapp")
            yield walked(Notebook(page), asked)
        finally:
            browser.close()


def walked(notebook: Notebook, asked: list[str]) -> Walk:
    """Run, fill the QR form, register, meet 30007, run the rest."""
    notebook.ready()
    notebook.run_above("activate")
    form = notebook.output("qr-form")
    picture = form.locator(".qr svg").bounding_box() or {}
    form.get_by_role("button", name="Scan").click()
    form.locator(".fanlic-phone dl").wait_for()
    form.get_by_role("button", name="Approve").click()
    code = form.locator(".code").inner_text()
    form.get_by_label("Six-digit code").fill(code)
    form.get_by_role("button", name="Submit").click()
    activated = form.get_by_text("The code is right").inner_text()
    notebook.run("activate", "sales-form")
    registered = submitted(notebook.output("sales-form"), "Registration succeeded")
    notebook.run("sales-submit", "stock-form")
    submitted(notebook.output("stock-form"), "30007 REGISTER_OUT_OF_LIMIT")
    refused = notebook.output("stock-form").get_by_role("alert").inner_text()
    notebook.run_from("stock-submit")
    timeline = notebook.output("timeline").locator("svg.picture")
    timeline.wait_for()
    page = notebook.page
    return Walk(
        code,
        picture,
        activated,
        registered,
        refused,
        timeline.text_content() or "",
        page.locator(".fanlic-form:visible").count(),
        notebook.errors(),
        page.evaluate(CUT_LABELS),
        page.evaluate(TORN_NAMES),
        page.evaluate(WIDE_FORMS),
        [url for url in asked if urlsplit(url).hostname not in ("localhost", "127.0.0.1", None)],
    )


def submitted(form: Any, text: str) -> str:
    """Press Submit, and wait for this text."""
    form.get_by_role("button", name="Submit").click()
    return str(form.get_by_text(text).first.inner_text())


def test_the_qr_form_is_filled_by_hand(walk: Walk) -> None:
    assert re.fullmatch(r"\d{6}", walk.code)
    assert "The code is right. The server is activated." == walk.activated


def test_the_picture_is_large_enough_to_be_scanned(walk: Walk) -> None:
    assert min(walk.picture["width"], walk.picture["height"]) > 180


def test_the_project_registers_and_the_second_one_meets_30007_with_its_details(walk: Walk) -> None:
    assert "Registration succeeded. Maximum number of connections: 1" == walk.registered
    assert "30007 REGISTER_OUT_OF_LIMIT" in walk.refused
    assert "All 1 authorizations of the license are taken." in walk.refused
    assert "Details" in walk.refused
    assert "basis: FanRuan's page" in walk.refused


def test_the_story_ends_with_the_picture_of_all_parties(walk: Walk) -> None:
    assert "node sales" in walk.timeline
    assert 0 == walk.errors


def test_the_forms_are_drawn_and_nothing_is_cut(walk: Walk) -> None:
    assert (8, [], 0) == (walk.forms, walk.cut_labels, walk.wide_forms)


def test_names_of_values_stand_on_one_line(walk: Walk) -> None:
    assert [] == walk.torn_names


def test_nothing_is_asked_of_anybody_outside(walk: Walk) -> None:
    assert [] == walk.outside


def test_a_copy_was_run_and_the_notebooks_of_the_project_are_as_they_were(walk: Walk) -> None:
    for path in (Path(__file__).parents[2] / "notebooks").glob("*.ipynb"):
        assert '"outputs": []' in path.read_text(encoding="utf-8")
        assert '"output_type"' not in path.read_text(encoding="utf-8")
