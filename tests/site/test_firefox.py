"""Another engine than Chromium's: Debian's Firefox answers a paste, and does the story on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.site import firefox as program
from tests.site.firefox import Firefox

BAR = "document.querySelector('.fanlic-run-here')"
LIVE = "document.querySelectorAll('.fanlic-live')"


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    if not program.program():
        pytest.skip("there is no Firefox on this machine")
    with program.started(tmp_path_factory.mktemp("firefox")) as running:
        yield running


@pytest.fixture
def page(firefox: Firefox) -> Firefox:
    """The tab, as wide as a desk's, with nothing noted yet."""
    firefox.size(1280, 900)
    firefox.requests.clear()
    firefox.errors.clear()
    return firefox


def outside(page: Firefox, address: str) -> list[str]:
    """Requests to another origin than the site's."""
    inside = (address.partition("sub/")[0], "data:", "blob:", "about:")
    return [url for url in page.requests if not url.startswith(inside)]


def test_a_paste_is_answered_and_its_link_leads_to_the_page_of_the_code(page: Firefox, address: str) -> None:
    page.go(f"{address}index.html")
    page.click("document.querySelector('.fanlic-paste textarea')")
    page.type("users see 30005 LICENSE_APPNAME_ERROR")
    page.click("document.querySelector('.fanlic-paste button[type=submit]')")
    page.wait("document.querySelector('.fanlic-paste[data-status]')")
    assert "LICENSE_APPNAME_ERROR" in page.value("document.querySelector('.fanlic-answer').innerText")
    page.click("[...document.querySelectorAll('.fanlic-answer a')].find(each => each.href.includes('/codes/30005/'))")
    page.wait("location.pathname.endsWith('/codes/30005/index.html') && document.querySelector('h1')")
    assert ([], []) == (outside(page, address), page.errors)


def test_a_phone_does_the_story_in_the_page_and_presses_its_forms(page: Firefox, address: str, tmp_path: Path) -> None:
    page.size(390, 844)
    page.go(f"{address}tutorial/00_story.html")
    page.click(f"{BAR}.querySelector('[data-do=begin]')")
    page.wait(f"{LIVE}[0].dataset.ran")
    page.click(f"{BAR}.querySelector('[data-do=all]')")
    page.wait(f"{BAR}.dataset.ran === 'all'")
    page.picture(tmp_path / "story.png")
    assert [] == page.value("[...document.querySelectorAll('.fanlic-live pre.failed')].map(each => each.innerText)")
    form = "document.querySelector('.fanlic-live .fanlic-form')"
    before = page.value(f"{form}.innerText")
    page.click(f"[...{form}.querySelectorAll('button')].find(each => each.innerText.includes('24 h'))")
    page.wait(f"{form}.innerText !== {before!r}")
    assert 390 >= page.value("document.documentElement.scrollWidth")
    assert ([], []) == (outside(page, address), page.errors)


def test_a_notebook_of_the_lab_runs_to_its_end(page: Firefox, address: str, tmp_path: Path) -> None:
    page.go(f"{address}lab/open.html?path=03_activation.ipynb")
    page.wait(
        "document.querySelector('.jp-Notebook .jp-CodeCell') && document.querySelector('.jp-NotebookPanel-toolbar')"
    )
    for name in ("Run", "Run All Cells"):
        page.click(
            f"[...document.querySelectorAll('[role=menuitem]')].find(each => each.innerText.trim() === '{name}')"
        )
    prompts = "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].filter(each => each.offsetParent)"
    page.wait(f"/\\[\\d+\\]/.test({prompts}.at(-1).textContent)")
    page.picture(tmp_path / "lab.png")
    assert [] == page.value("[...document.querySelectorAll('[data-mime-type$=error]')].map(each => each.innerText)")
    assert [] == outside(page, address)
