"""One visual language: every page takes its colors from look/base.css, and uses none that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fanlic import show, web

WEB, SHOW = Path(web.__file__).parent, Path(show.__file__).parent
BASE = (WEB / "look" / "base.css").read_text("utf-8")
SHEETS = sorted({*WEB.rglob("*.css"), *SHOW.rglob("*.css")} - {WEB / "look" / "base.css"})


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_a_sheet_names_no_color_of_its_own_but_the_white_around_a_qr_code(sheet: Path) -> None:
    own = sheet.read_text("utf-8").replace(BASE, "")
    colors = re.findall(r"([^{}]*)\{[^}]*(?:#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\()[^}]*\}", own)
    assert {".picture", "div.picture"} >= {found.strip().splitlines()[-1].strip() for found in colors}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_a_sheet_uses_no_variable_that_the_base_lacks(sheet: Path) -> None:
    used = set(re.findall(r"var\((--[a-z-]+)", sheet.read_text("utf-8")))
    assert used
    assert used <= set(re.findall(r"(--[a-z-]+):", BASE))


def test_dark_has_every_color_of_light_but_the_notice() -> None:
    light, dark = re.findall(r":root \{(.*?)\}", BASE, re.DOTALL)
    names = [set(re.findall(r"(--[a-z-]+): #", block)) for block in (light, dark)]
    assert {"--notice", "--notice-text"} == names[0] - names[1]
    assert set() == names[1] - names[0]
