"""Every notebook, the whole of it, in JupyterLab in a real browser, in English and in Chinese.

Run All; then each button of each form is pressed and double-clicked, each list, box and slider moved, and each kind of
form filled with nothing, with something wrong and with Chinese. Each exercise is solved wrong, then right, and a drill
is played by its buttons from the symptom to the score.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fanlic import texts
from fanlic.lab.causes import DrillCause
from fanlic.lab.exercises import solution
from notebooks import chinese
from tests.browser.lab import NOTEBOOK, PATIENCE, Notebook, chromium, copy, served
from tests.browser.player import Learner, Played, Player
from tests.lab.test_exercises import NATURAL
from tests.notebooks.kernels import NAMES, read

FOLDERS = {"en": "notebooks", "zh": "notebooks-zh"}
NARROW = {"width": 1280, "height": 900}
MISTAKES = {name: (mistake, way_on) for name, mistake, _says, way_on in reversed(NATURAL)}
EXERCISES = [
    (name, cell.metadata["fanlic"]["exercise"], cell.metadata["fanlic"]["lab"], cell.id)
    for name in NAMES
    for cell in read(name).cells
    if "exercise" in cell.metadata.get("fanlic", {})
]


class Room:
    """JupyterLab in one language, and a browser."""

    def __init__(self, browser: Any, address: str, language: str) -> None:
        self.browser, self.language = browser, language
        self._address = address.replace("/tree/notebooks/", f"/tree/{FOLDERS[language]}/")
        self.typed: set[str] = set()

    def open(self, name: str) -> Notebook:
        """Open a notebook, and wait for its kernel."""
        page = self.browser.new_page(viewport=NARROW)
        page.set_default_timeout(PATIENCE * 1000)
        page.goto(self._address.replace("00_story", name) + "&reset")  # without the notebooks that were open before
        page.wait_for_function("window.jupyterapp")
        notebook = Notebook(page)
        notebook.ready()
        return notebook


@pytest.fixture(scope="module", params=list(FOLDERS))
def room(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    pytest.importorskip("jupyterlab", reason="JupyterLab is missing: start.py test installs it")
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is missing: start.py test installs it")
    found = chromium()
    if not found:
        pytest.skip("Chromium is missing: install it (Debian: apt install chromium) to test the notebooks in a browser")
    root: Path = copy(tmp_path_factory.mktemp("room"))
    chinese.write(root / FOLDERS["zh"])
    options = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with served(root, root / "home", request.param) as address, playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=found, args=options)
        try:
            yield Room(browser, address, request.param)
        finally:
            browser.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_learner_plays_the_whole_notebook(name: str, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exercises before the forms, for a form on the lab of an exercise would change it."""
    monkeypatch.setenv("FANLIC_LANG", room.language)
    notebook = room.open(name)
    player = Player(notebook, room.typed)
    player.run_all()
    solved = [solve(notebook, exercise, lab, cell) for at, exercise, lab, cell in EXERCISES if at == name]
    assert [(False, True)] * len(solved) == solved
    if name == "08_drills":
        assert "90" in drilled(notebook)
    played: Played = player.play()
    notebook.page.evaluate(f"() => {NOTEBOOK}.sessionContext.shutdown()")
    notebook.page.close()
    assert played.forms
    assert [] == played.problems


def solve(notebook: Notebook, exercise: str, lab: str, cell: str) -> tuple[bool, bool]:
    """Make the natural mistake, then go on as the check says; whether the check was content each time."""
    learner, (mistake, way_on) = Learner(notebook), MISTAKES[exercise]
    begin, check = around(notebook, exercise)
    learner.lines(cell, in_lab(mistake, lab))
    first = learner.checked(check)
    if way_on in ("AGAIN", ""):
        notebook.run(begin)
        way_on = solution(exercise)
    learner.lines(cell, in_lab(way_on, lab))
    return texts._("PASSED.") in first, texts._("PASSED.") in learner.checked(check)


def around(notebook: Notebook, exercise: str) -> tuple[str, str]:
    """The ids of the cells that begin an exercise and check it."""
    find = f"Array.from({NOTEBOOK}.content.model.cells).map(each => [each.id, each.sharedModel.source])"
    cells = notebook.page.evaluate(f"() => {find}")
    calls = (f'exercises.begin("{exercise}")', f'exercises.check("{exercise}"')
    begin, check = (next(cell for cell, source in cells if call in source) for call in calls)
    return begin, check


def in_lab(code: str, lab: str) -> str:
    """Code over `lab`, over the lab of this name."""
    return re.sub(r"(?<!\.)\blab\.", f"{lab}.", code)


def drilled(notebook: Notebook) -> str:
    """The drill of the moved port, from the symptom to the score, by its buttons alone."""
    _ = texts._
    card = notebook.output("card-form").locator(".fanlic-form").first

    def press(label: str, inside: Any = card) -> None:
        inside.locator("button.jupyter-button", has_text=re.compile(f"^{re.escape(label)}$")).first.click()

    press(_("Reset"))
    card.get_by_text(_("Everything is broken anew, in a new lab.")).wait_for()
    for look in ("docker ps", _("failed checks")):
        press(look)
        card.locator("h4", has_text=re.compile(f"^{re.escape(look)}$")).wait_for()
    card.get_by_label(_(DrillCause.REACH), exact=True).check()
    card.locator("select").first.select_option(
        label=next(
            text for text in card.locator("select").first.locator("option").all_inner_texts() if "random-port" in text
        )
    )
    press(_("Diagnose"))
    card.get_by_text(_("Your diagnosis: {causes}. Clause: {clause}.").partition("{")[0].strip()).wait_for()
    press(_("FineBI's dialog"))
    dialog = card.locator(".fanlic-form").first
    press(_("Present address"), dialog)
    dialog.get_by_text(_("A server answers at {address}.").partition("{")[0].strip()).wait_for()
    press(_("Submit"), dialog)
    dialog.get_by_text(
        _("Registration succeeded. Maximum number of connections: {number}").partition("{")[0]
    ).wait_for()
    press(_("Check"))
    counted = card.get_by_text(_("Looks: {looks}, hints: {hints}, score: {score} of 100").partition("{")[0].strip())
    return str(counted.last.inner_text())
