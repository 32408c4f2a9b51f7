"""`lab/` of the site: every notebook runs to its end in the browser, its forms answer, and nobody else is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
PATIENCE = 120_000  # milliseconds for anything of a notebook
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


def ran(page: Any) -> None:
    """Run All Cells, and wait for the last one."""
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.get_by_text("Pyodide", exact=False).or_(page.locator(".jp-NotebookPanel-toolbar")).first.wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(LAST_CELL_RAN)


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
    page.goto(f"{address}lab/open.html?path={name}.ipynb")
    page.wait_for_url(f"**/lab/notebooks/index.html?path={name}.ipynb")
    ran(page)
    failed = page.locator(FAILED).all_inner_texts()
    assert ANNOUNCED[name] == len(failed), failed
    if page.locator(BUTTON).count():
        assert answers(page)
        assert ANNOUNCED[name] == page.locator(FAILED).count()
    assert [] == outside


def test_a_chinese_lesson_has_chinese_forms(visit: tuple[Any, list[str]], address: str) -> None:
    page, outside = visit
    page.goto(f"{address}lab/open-zh.html?path=zh/01_authfile.ipynb")
    page.wait_for_url("**/lab/notebooks/index.html?path=zh%2F01_authfile.ipynb")
    ran(page)
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
