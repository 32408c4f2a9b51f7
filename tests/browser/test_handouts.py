"""Handouts as they come out of the printer: each one page of A4."""

import os
import re
from pathlib import Path

import pytest

from notebooks import editions
from tests.browser.lab import chromium


def test_each_handout_is_one_page_of_a4(tmp_path: Path) -> None:
    pytest.importorskip("mistune", reason="mistune is missing: start.py test installs it")
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is missing: start.py test installs it")
    found = chromium()
    if not found:
        pytest.skip("Chromium is missing: install it (Debian: apt install chromium) to test how handouts print")
    editions.write_handouts(tmp_path)
    options = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    pages = {}
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=found, args=options)
        try:
            page = browser.new_page()
            for path in sorted(tmp_path.glob("*.html")):
                page.goto(path.as_uri())
                printed = page.pdf(path=str(path.with_suffix(".pdf")), prefer_css_page_size=True, print_background=True)
                pages[path.stem] = len(re.findall(rb"/Type\s*/Page\b", printed))
        finally:
            browser.close()
    names = ("codes", "commands", "first-aid", "outage-clock")
    assert {prefix + name: 1 for prefix in ("", "zh-") for name in names} == pages
