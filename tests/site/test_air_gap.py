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


def test_diagrams_are_drawn(watched: Any, site: Path) -> None:
    watched.page.goto(f"{site.as_uri()}/states.html")
    # The theme puts each diagram into a closed shadow root: what can be seen from here is that it takes up room.
    watched.page.wait_for_function(
        "[...document.querySelectorAll('div.mermaid')].filter(d => d.offsetHeight > 100).length === 4"
    )


def test_no_page_is_wider_than_a_phone(watched: Any, site: Path) -> None:
    watched.page.set_viewport_size({"width": 390, "height": 844})
    wide = {}
    for name in PAGES:
        watched.page.goto(f"{site.as_uri()}/{name}")
        width = watched.page.evaluate("document.documentElement.scrollWidth")
        if width > 390:
            wide[name] = width
    assert wide == {}
