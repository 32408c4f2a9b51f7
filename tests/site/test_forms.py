"""Forms on a page of the tutorial tell the truth: each shows its state when its cell ended, and says it is inert."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

FORM = """\
import ipywidgets as w
name = w.Text('before', description='Name')
said = w.HTML('<b>nobody</b>')
kind = w.Dropdown(options=['one', 'two'], description='Kind')
row = w.HBox([w.Button(description='Send'), w.Checkbox(True, description='Yes')])
form = w.VBox([name, kind, row, said])
form
"""
CELLS = (
    FORM,
    "name.value, kind.index, said.value = 'after <x>', 1, '<b>somebody</b>\\n\\nelse'",
    "said.layout.display = 'none'\nform",
    "print(name.value)",
)
WRITTEN = re.compile(r'value="([^"]*)"')


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A small notebook of forms, run as the site runs its notebooks."""
    pytest.importorskip("nbclient", reason="nbclient is missing: install requirements/docs.lock")
    from _site import notebooks

    root = tmp_path_factory.mktemp("root")
    (root / "notebooks").mkdir()
    (root / "fanlic").mkdir()
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "id": f"c{place}", "source": text, "metadata": {}, "outputs": [], "execution_count": None}
        for place, text in enumerate(CELLS)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    written = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    (root / "notebooks" / "01_forms.ipynb").write_text(json.dumps(written))
    return notebooks.executed(root, [notebooks.Home("en", root, root / "cache")])[0]["01_forms"]


def shown(notebook: dict[str, Any], cell: int) -> str:
    return "".join("".join(output["data"]["text/html"]) for output in notebook["cells"][cell]["outputs"])


def test_a_form_shows_its_state_when_its_cell_ended(played: dict[str, Any]) -> None:
    first, last = shown(played, 0), shown(played, 2)
    assert ["before"] == WRITTEN.findall(first)
    assert "<b>nobody</b>" in first
    assert "<option selected>one</option><option>two</option>" in first
    assert ["after &lt;x&gt;"] == WRITTEN.findall(last)
    assert "<option>one</option><option selected>two</option>" in last
    assert "somebody" not in last  # it is hidden by then
    printed = "".join(played["cells"][3]["outputs"][0]["text"]).strip()
    assert html.unescape(WRITTEN.findall(last)[0]) == printed


def test_a_form_says_that_it_is_a_picture_and_its_buttons_are_inert(played: dict[str, Any]) -> None:
    first = shown(played, 0)
    assert re.search(
        r'<button type="button" class="fanlic-press" disabled title="[^"]*start the notebook[^"]*">Send<', first
    )
    assert '<input type="checkbox" disabled checked> <span>Yes</span>' in first
    assert first.count("The form answers in the running notebook.") == 2  # to be seen, and to be heard
    assert "\n\n" not in shown(played, 2)
    assert "widgets" not in played["metadata"]


def test_the_lessons_show_the_lab_as_it_was_at_each_cell(site: Path) -> None:
    activation = (site / "tutorial" / "03_activation.html").read_text("utf-8")
    assert "never activated" in activation
    assert activation.index("never activated") < activation.index("code-entry-locked")
    assert "2026-03-02 09:00:00 UTC" in activation.partition('id="page-and-phone')[0]
    outage = (site / "tutorial" / "06_outage.html").read_text("utf-8")
    clocks = re.findall(r"<(?:h\d|b|strong|p)[^>]*>(2026-\d\d-\d\d \d\d:\d\d:\d\d) UTC", outage)
    assert clocks == sorted(clocks)


@pytest.mark.parametrize("name", ["05_failures", "08_drills"])
def test_solutions_stand_folded_and_teachers_notes_do_not(site: Path, name: str) -> None:
    page = (site / "tutorial" / f"{name}.html").read_text("utf-8")
    folded = re.findall(r'<details class="success">\s*<summary>(.*?)</summary>', page)
    if name == "08_drills":
        from fanlic.lab.drill import numbered

        assert [str(number) for number in numbered()] == [
            re.findall(r"Drill (\d+), solved", each)[0] for each in folded
        ]
        assert page.count("The users are content") > len(folded)
    else:
        assert folded == ["One right way; open it after you have tried"]
    assert "For who teaches it" not in page


def test_every_lesson_says_first_that_it_is_a_run_and_needs_no_script_for_its_forms(site: Path) -> None:
    for path in (site / "tutorial").glob("0*.html"):
        page = path.read_text("utf-8")
        said = page.index("This page is a run of the notebook")
        assert said < page.index('class="fanlic-form"') if "fanlic-form" in page else said
        assert "embed.js" not in page
        assert path.stat().st_size < 260_000
