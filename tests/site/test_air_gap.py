"""The built site asks nobody for anything, from a sub-path and from a folder; its forms and diagrams are drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

PAGES = (
    "index.html",
    "tutorial/index.html",
    "tutorial/00_story.html",
    "codes/30005/index.html",
    "reasons/qr-expired/index.html",
    "symptoms/port-moved/index.html",
    "traceability.html",
    "states.html",
    "reference/http-api.html",
    "reference/python-api.html",
    "explanation/trust.html",
    "source/fanlic/model/policy.py.html",
)


@pytest.mark.parametrize("way", ["sub-path", "folder"])
def test_no_page_asks_for_anything_outside_the_site(watched: Any, address: str, site: Path, way: str) -> None:
    begin = address if way == "sub-path" else site.as_uri() + "/"
    for name in PAGES:
        watched.page.goto(begin + name)
        watched.page.wait_for_load_state("networkidle")
    assert (watched.outside, watched.errors) == ([], [])


@pytest.mark.parametrize("way", ["sub-path", "folder"])
def test_search_answers_in_both_ways(watched: Any, address: str, site: Path, way: str) -> None:
    watched.page.goto((address if way == "sub-path" else site.as_uri() + "/") + "index.html")
    assert "codes/30005/index.html" in watched.search("30005")[0]
    assert watched.outside == []


@pytest.mark.parametrize("name", ["states", "zh/states", "explanation/trust", "zh/explanation/trust"])
def test_no_label_of_a_diagram_lies_on_another_and_all_can_be_read_on_a_phone(
    watched: Any, site: Path, name: str
) -> None:
    watched.page.set_viewport_size({"width": 390, "height": 844})
    watched.page.goto(f"{site.as_uri()}/{name}.html")
    pictures = watched.page.evaluate(
        """() => [...document.querySelectorAll("svg.fanlic-diagram")].map(
            svg => [...svg.querySelectorAll("text")].map(text => {
                const {left, top, right, bottom} = text.getBoundingClientRect();
                return [text.textContent, left, top + 1, right, bottom - 1];
            }))"""
    )
    assert (4 if "states" in name else 1) == len(pictures)
    for labels in pictures:
        assert len(labels) > 5
        on_another = [(a[0], b[0]) for place, a in enumerate(labels) for b in labels[:place] if _touch(a[1:], b[1:])]
        assert on_another == []
        assert [label for label in labels if label[4] - label[2] < 8 or label[1] < 0 or label[3] > 390] == []


def _touch(one: list[float], other: list[float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_no_page_needs_a_script_for_its_diagrams(site: Path) -> None:
    assert list(site.rglob("*mermaid*")) == []
    shown = (site / "zh" / "states.html").read_text("utf-8")
    assert "尚无二维码 → 二维码有效" in shown
    assert 'class="mermaid"' not in shown


def test_no_page_is_wider_than_a_phone(watched: Any, site: Path) -> None:
    watched.page.set_viewport_size({"width": 390, "height": 844})
    wide = {}
    for name in PAGES:
        watched.page.goto(f"{site.as_uri()}/{name}")
        width = watched.page.evaluate("document.documentElement.scrollWidth")
        if width > 390:
            wide[name] = width
    assert wide == {}
