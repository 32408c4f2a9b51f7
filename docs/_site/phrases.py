"""What people type who look for a hand-written page: `phrases.toml` has it by the page, in both languages."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

BEGIN = "\u2063"  # by this invisible sign the search knows what people type from what the page says


@cache
def table() -> dict[str, dict[str, str]]:
    """The phrases of each English page, by language."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def of(page: str, *, chinese: bool) -> str:
    """The phrases of a page; empty for a page that has none."""
    return table().get(page.removeprefix("zh/"), {}).get("zh" if chinese else "en", "")
