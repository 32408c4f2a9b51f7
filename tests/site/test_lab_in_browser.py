"""`lab/` of the site: every notebook runs to its end in the browser, its forms answer, and nobody else is asked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
PATIENCE = 120_000  # milliseconds for anything of a notebook
LOADS = 3  # a page whose kernel does not come is loaded again, as a reader does; seen once in about forty lessons
LAST_CELL_RAN = """() => {
  const shown = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].filter((one) => one.offsetParent);
  return shown.length > 0 && /\\[\\d+\\]/.test(shown.at(-1).textContent);
}"""
BUTTON = ".jp-OutputArea button.jupyter-button:enabled"
FAILED = '[data-mime-type="application/vnd.jupyter.stderr"], [data-mime-type="application/vnd.jupyter.error"]'
# The lesson on refusals shows one as Python does; the cell is tagged for it.
ANNOUNCED = {
    path.stem: sum(
        "raises-exception" in cell["metadata"].get("tags", []) for cell in json.loads(path.read_text("utf-8"))["cells"]
    )
    for path in (ROOT / "notebooks").glob("*.ipynb")
}


@pytest.fixture(scope="module")
def visit(browser: Any, address: str) -> Iterator[tuple[Any, list[str]]]:
    """One page for all notebooks, so that the second one loads from the cache; and what it asked of other origins."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    outside: list[str] = []
    origin = address.partition("/sub/")[0]
    allowed = (origin, "blob:", "data:")
    context.on("request", lambda request: None if request.url.startswith(allowed) else outside.append(request.url))
    page.on("websocket", lambda socket: outside.append(socket.url))
    yield page, outside
    context.close()


def leads_to(site: Path, place: Path, link: str) -> str:
    """What is wrong with a link of the notebook at `place`; nothing if a page, with its anchor, is at its end."""
    path, _hash, anchor = link.partition("#")
    target = (place.parent / unquote(path)).resolve()
    if not target.is_file():
        return "leads nowhere"
    text = target.read_text("utf-8")
    if on := re.search(r'http-equiv="refresh" content="1; url=([^"]+)"', text):
        parts = urlsplit(on[1])
        further = (target.parent / parts.path).resolve()
        if not further.is_file() or not further.is_relative_to(site):
            return f"{on[1]} leads nowhere"
        if parts.query:
            [lesson] = parse_qs(parts.query)["path"]
            return "" if (site / "lab" / "files" / lesson).is_file() else f"there is no {lesson}"
        text = further.read_text("utf-8")
    return "" if not anchor or f'id="{unquote(anchor)}"' in text else "no such anchor"


def test_every_link_of_every_notebook_leads_to_a_page_of_the_site(site: Path) -> None:
    files = site / "lab" / "files"
    links = [
        (path, link)
        for path in sorted(files.rglob("*.ipynb"))
        for cell in json.loads(path.read_text("utf-8"))["cells"]
        if cell["cell_type"] == "markdown"
        for link in re.findall(r"\]\(([^)\s]+)\)", "".join(cell["source"]))
    ]
    assert {path.stem for path, _link in links} == set(NOTEBOOKS)
    assert len(links) > 200
    wrong = [
        f"{path.relative_to(files)}: {link}: {problem}"
        for path, link in links
        if (problem := leads_to(site, path, link))
    ]
    assert [] == wrong


@pytest.mark.parametrize(
    ("lesson", "link", "there"),
    [
        ("zh/00_story", "code-30007", "zh/clauses.html#code-30007"),
        ("zh/00_story", "check_in.ipynb", "lab/notebooks/index.html?path=zh%2Fcheck_in.ipynb"),
    ],
)
def test_a_link_opens_the_page_it_names(
    visit: tuple[Any, list[str]], address: str, lesson: str, link: str, there: str
) -> None:
    page, outside = visit
    page.goto(f"{address}lab/notebooks/index.html?path={lesson}.ipynb")
    with page.context.expect_page() as opened:
        page.locator(".jp-RenderedMarkdown a", has_text=link).first.click()
    opened.value.wait_for_url(address + there)
    opened.value.close()
    assert [] == outside


def ran(page: Any, opened: str, shown: str) -> None:
    """Open a lesson, Run All Cells, and wait for the last one."""
    from playwright.sync_api import TimeoutError as TooLate  # not everybody has it

    for load in range(LOADS):
        page.goto(opened)
        page.wait_for_url(shown)
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        page.get_by_text("Pyodide", exact=False).or_(page.locator(".jp-NotebookPanel-toolbar")).first.wait_for()
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        try:
            page.wait_for_function(LAST_CELL_RAN, timeout=PATIENCE * 3 // 4)
            return
        except TooLate:
            if load == LOADS - 1 or page.locator(FAILED).count():
                raise


def answers(page: Any) -> bool:
    """Whether one of the first buttons changes what is shown; some have nothing new to say."""
    before = page.locator(".jp-Notebook").inner_text()
    for at in range(min(page.locator(BUTTON).count(), 5)):
        page.locator(BUTTON).nth(at).click()
        for _wait in range(20):
            if page.locator(".jp-Notebook").inner_text() != before:
                return True
            page.wait_for_timeout(500)
    return False


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_to_its_end_and_its_forms_answer(visit: tuple[Any, list[str]], address: str, name: str) -> None:
    page, outside = visit
    ran(page, f"{address}lab/open.html?path={name}.ipynb", f"**/lab/notebooks/index.html?path={name}.ipynb")
    failed = page.locator(FAILED).all_inner_texts()
    assert ANNOUNCED[name] == len(failed), failed
    if page.locator(BUTTON).count():
        assert answers(page)
        assert ANNOUNCED[name] == page.locator(FAILED).count()
    assert [] == outside


def test_a_chinese_lesson_has_chinese_forms(visit: tuple[Any, list[str]], address: str) -> None:
    page, outside = visit
    shown = "**/lab/notebooks/index.html?path=zh%2F01_authfile.ipynb"
    ran(page, f"{address}lab/open-zh.html?path=zh/01_authfile.ipynb", shown)
    assert [] == page.locator(FAILED).all_inner_texts()
    assert page.locator("button.jupyter-button", has_text="发送").count()
    assert [] == outside


def test_a_changed_copy_can_be_reset_and_a_newer_lesson_is_offered(browser: Any, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    opened = f"{address}lab/open.html?path=check_in.ipynb"
    page.goto(opened)
    page.wait_for_url("**/lab/notebooks/index.html?path=check_in.ipynb")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.type("# mine ")
    page.keyboard.press("Control+s")
    page.wait_for_function("() => !document.querySelector('.jp-mod-dirty')")
    page.wait_for_timeout(1500)  # JupyterLite gives no sign when its write to the browser's store is done
    page.goto(opened)
    page.locator("#keep").wait_for()
    assert not page.locator("#newer").is_visible()
    page.evaluate("for (const key of Object.keys(localStorage)) localStorage.setItem(key, 'an older lesson')")
    page.reload()
    page.locator("#newer").wait_for()
    page.locator("#afresh").click()
    page.wait_for_url("**/lab/notebooks/index.html?path=check_in.ipynb")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    assert "# mine" not in page.locator(".jp-Notebook").inner_text()
    page.goto(opened)
    page.wait_for_url("**/lab/notebooks/index.html?path=check_in.ipynb")
    context.close()
