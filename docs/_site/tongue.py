"""The languages of the generated pages, and how their texts become Markdown."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import NamedTuple

from fanlic.model.clauses import Basis
from fanlic.texts import Statement, _, language, reading_name


class Tongue(NamedTuple):
    """One language: its code for a page, the value of FANLIC_LANG, the folder below the site's root."""

    code: str
    setting: str
    folder: str
    name: str


ENGLISH = Tongue("en", "en", "", "English")
CHINESE = Tongue("zh-Hans", "zh_CN", "zh/", "中文")


def tongues() -> tuple[Tongue, ...]:
    """English, and Chinese as soon as its catalogue is there."""
    chinese = files("fanlic.texts") / "locale" / "zh_CN" / "LC_MESSAGES" / "fanlic.mo"
    return (ENGLISH, CHINESE) if chinese.is_file() else (ENGLISH,)


@contextmanager
def speaking(tongue: Tongue) -> Iterator[None]:
    """Texts come in this language meanwhile."""
    before = os.environ.get("FANLIC_LANG")
    os.environ["FANLIC_LANG"] = tongue.setting
    try:
        yield
    finally:
        if before is None:
            del os.environ["FANLIC_LANG"]
        else:
            os.environ["FANLIC_LANG"] = before


def chinese() -> bool:
    """Whether texts come in Chinese now."""
    return language() == CHINESE.setting


def md(text: str) -> str:
    """A text as Markdown: what stands in backticks stays code, any other sign of Markdown or HTML is shown as it is."""
    return "".join(
        part
        if part.startswith("`")
        else re.sub(r"([*_\[\]\\])", r"\\\1", part.replace("&", "&amp;").replace("<", "&lt;"))
        for part in re.split(r"(`[^`]+`)", text)
    )


def told(text: str) -> str:
    """A marked text, translated, as Markdown."""
    return md(_(text))


def heading(message: str) -> str:
    """A label of the terminal as a heading: translated, without its colon."""
    return _(message).rstrip(":\uff1a ")


def grounds(said: Statement, up: str) -> str:
    """Whose a statement is, with links to the readings behind it."""
    links = ", ".join(f"[{reading_name(reading)}]({up}readings.md#{reading})" for reading in said.readings)
    if said.basis is Basis.READING and not links:
        return f"[{told(said.basis)}]({up}readings.md#our-own)"
    return told(said.basis) + (f" ({links})" if links else "")
