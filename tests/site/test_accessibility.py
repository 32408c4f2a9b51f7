"""axe-core over every kind of page, light and dark; what is allowed may only become less."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
KINDS = (
    "index.html",
    "howto/diagnose.html",
    "tutorial/index.html",
    "tutorial/00_story.html",
    "tutorial/06_outage.html",
    "codes/index.html",
    "codes/30005/index.html",
    "traceability.html",
    "states.html",
    "reference/cli.html",
    "reference/editions.html",
    "reference/http-api.html",
    "explanation/trust.html",
    "source/fanlic/model/policy.py.html",
)
ALLOWED = {
    "landmark-unique": "the theme's copy buttons each stand in a nav of their own",
    "heading-order": "the first form of a notebook may stand directly below its title, with a smaller heading",
    "empty-table-header": "a table of a notebook has no name for its first column",
}
RUN = "async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']}))"
RUN += ".violations.map(v => [v.id, v.nodes.slice(0, 3).map(n => n.html.slice(0, 160))])"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_fault_that_is_not_allowed(browser: Any, site: Path, scheme: str) -> None:
    axe = (ROOT / "build" / "vendor" / "axe.min.js").read_text("utf-8")
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    faults: dict[str, list[str]] = {}
    for name in KINDS:
        page.goto(f"{site.as_uri()}/{name}")
        if name.startswith("tutorial/0"):
            page.locator(".fanlic-form button").first.wait_for()
        page.evaluate(axe)
        for fault, places in page.evaluate(RUN):
            faults.setdefault(fault, []).append(f"{name}: {places}")
    context.close()
    unknown = {fault: places for fault, places in faults.items() if fault not in ALLOWED}
    assert unknown == {}
    assert sorted(ALLOWED) == sorted(faults), "a fault is gone: take it off the list"
