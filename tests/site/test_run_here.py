"""A lesson runs in its own page: cells, forms, drills; Stop; the keyboard; a narrow screen; nobody else is asked."""

from __future__ import annotations

from typing import Any

import pytest

from fanlic import Lab
from fanlic.lab.scenario import play
from fanlic.lab.stage import Stage
from fanlic.lab.story import STORY

BAR = ".fanlic-run-here"
PATIENCE = 180_000
STORY_CELL = """
from fanlic import Lab as PlainLab
from fanlic.lab.scenario import play as play_story
from fanlic.lab.stage import Stage as PlainStage
from fanlic.lab.story import STORY as THE_STORY
with PlainLab() as plain:
    play_story(THE_STORY, PlainStage(plain))
    plain.clock.advance(days=3)
    print(plain.timeline_csv(), end="")
"""


def begun(watched: Any, address: str, name: str) -> Any:
    """The page of a notebook with its first cell run."""
    page = watched.page
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}tutorial/{name}.html")
    page.locator(f"{BAR} [data-do=begin]").click()
    page.locator(".fanlic-live[data-ran]").first.wait_for()
    return page


def run_all(page: Any) -> list[str]:
    """Run all cells; what failed."""
    page.locator(f"{BAR} [data-do=all]").click()
    page.locator(f"{BAR}[data-ran=all]").wait_for()
    failed: list[str] = page.locator(".fanlic-live pre.failed").all_inner_texts()
    return failed


def test_the_story_runs_in_the_page_and_its_clock_and_qr_code_answer(watched: Any, address: str) -> None:
    page = begun(watched, address, "00_story")
    for cell in page.locator(".fanlic-live").all():
        cell.locator("> button").click()
        page.wait_for_function("place => place.dataset.ran && !place.ariaBusy", arg=cell.element_handle())
        if cell.get_attribute("data-cell") == "qr-form":
            break
    panel = page.locator(".fanlic-live[data-cell=qr-form]")
    assert panel.locator("svg").count()
    shown = panel.inner_text()
    panel.locator("button", has_text="Scan").click()
    page.wait_for_function("before => document.querySelector('[data-cell=qr-form]').innerText !== before", arg=shown)
    assert [] == run_all(page)
    clock = page.locator(".fanlic-live .fanlic-form").first
    before = clock.inner_text()
    clock.locator("button", has_text="24 h").first.click()
    page.wait_for_function(
        "before => document.querySelector('.fanlic-live .fanlic-form').innerText !== before", arg=before
    )
    assert (watched.outside, watched.errors) == ([], [])


def test_the_timeline_of_the_page_is_the_one_of_cpython(watched: Any, address: str) -> None:
    page = begun(watched, address, "00_story")
    cell = page.locator(".fanlic-live").first
    cell.locator("summary").click()  # the first cell's code is folded
    cell.locator("textarea").first.fill(STORY_CELL)
    page.evaluate("delete document.querySelector('.fanlic-live').dataset.ran")
    cell.locator("textarea").first.press("Shift+Enter")
    page.locator(".fanlic-live[data-ran]").first.wait_for()
    with Lab(engine="inline") as lab:
        assert play(STORY, Stage(lab)) == ""
        lab.clock.advance(days=3)
        expected = lab.timeline_csv()
    assert expected == cell.locator("pre").first.text_content()


@pytest.mark.parametrize("name", ["06_outage", "08_drills"])
def test_planner_and_drills_run_in_the_page(watched: Any, address: str, name: str) -> None:
    page = begun(watched, address, name)
    assert [] == run_all(page)
    assert (watched.outside, watched.errors) == ([], [])


def test_a_phone_does_the_story_and_stop_ends_it(watched: Any, address: str) -> None:
    watched.page.set_viewport_size({"width": 390, "height": 844})
    page = begun(watched, address, "00_story")
    assert 390 >= page.evaluate("document.documentElement.scrollWidth")
    cell = page.locator(".fanlic-live").nth(0)
    cell.locator("summary").click()
    cell.locator("textarea").first.fill("while True: pass")
    cell.locator("textarea").first.press("Shift+Enter")
    page.locator(f"{BAR} [data-do=stop]").click()
    page.locator(f"{BAR} [role=status]", has_text="Stopped.").wait_for()
    # What a reader does next: the button of the cell, which starts Python again and keeps what was typed.
    cell.locator("textarea").first.fill("print(6 * 7, 'again')")
    cell.locator("> button").click()
    cell.locator(".fanlic-came", has_text="42 again").wait_for()
    assert page.get_by_text("its buttons do not answer here").is_hidden()
