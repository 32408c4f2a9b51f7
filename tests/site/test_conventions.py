"""What search engines, browsers and people who share an address expect of a site."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest


def described(site: Path) -> dict[str, str]:
    """The description of each page that is meant to be found."""
    pages = {path.relative_to(site).as_posix(): path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    return {
        name: found[1]
        for name, text in pages.items()
        if (found := re.search(r'<meta name="description" content="([^"]*)"', text))
    }


def test_pages_describe_themselves_and_not_the_site(site: Path) -> None:
    descriptions = described(site)
    assert len(descriptions) > 200
    [(_, most)] = Counter(descriptions.values()).most_common(1)
    assert most < len(descriptions) / 20, "so many pages have the same description"
    assert "context path" in descriptions["codes/30005/index.html"]
    assert all(len(text) < 300 for text in descriptions.values())


@pytest.mark.parametrize("lost", ["codes/3005/index.html", "no-such-page.html"])
def test_an_address_that_does_not_exist_leads_back_into_the_site(watched: Any, address: str, lost: str) -> None:
    watched.page.goto(address + lost)
    assert [f"{address}{lost}: 404"] == watched.errors
    watched.page.locator("a", has_text="Error codes").click()
    watched.page.wait_for_url(f"{address}codes/index.html")
    assert [] == watched.outside
