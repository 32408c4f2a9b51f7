"""Every text a person reads, from one gettext catalogue a language; the English text is the message id."""

from __future__ import annotations

import gettext
import locale
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Protocol

from fanlic.model.clauses import Basis
from fanlic.model.refusals import Phrase

_spoken: ContextVar[str] = ContextVar("spoken", default="")


@contextmanager
def spoken(wanted: str) -> Iterator[None]:
    """Speak this language for a while, in this thread: a page for readers of two languages does."""
    before = _spoken.set(wanted)
    try:
        yield
    finally:
        _spoken.reset(before)


def is_set() -> bool:
    """Whether somebody has chosen the language for the whole program, so that no reader's own counts."""
    return bool(os.environ.get("FANLIC_LANG"))


def language() -> str:
    """The reader's language: the one spoken now, `FANLIC_LANG` if it is set, or else the language of the machine."""
    return _spoken.get() or os.environ.get("FANLIC_LANG") or locale.getlocale()[0] or "en"


@cache
def _catalogue(wanted: str) -> gettext.NullTranslations:
    # Read as a resource, because the package may be a zip file. Windows names the language in words.
    chinese = wanted.lower().startswith(("zh", "chinese"))
    found = files(__name__) / "locale" / "zh_CN" / "LC_MESSAGES" / "fanlic.mo"
    if not chinese or not found.is_file():
        return gettext.NullTranslations()
    with found.open("rb") as file:
        return gettext.GNUTranslations(file)


def _(message: str) -> str:
    """The text in the reader's language, or in English if there is no translation."""
    return _catalogue(language()).gettext(message) if message else ""


class Statement(Protocol):
    """Something that is said: a clause, a refusal, a scenario; with its basis and the readings behind it."""

    @property
    def basis(self) -> Basis:
        """Whose statement it is."""
        ...

    @property
    def readings(self) -> tuple[str, ...]:
        """The ids in docs/readings.md that stand behind it."""
        ...


def basis(said: Statement) -> str:
    """Whose statement it is, with the readings behind it: `FanRuan's page`, or `our reading (A14)`."""
    return whose(said.basis, said.readings)


def whose(source: Basis, readings: Iterable[str]) -> str:
    """The same, from its two parts."""
    names = ", ".join(reading_name(reading) for reading in readings)
    return _(source) + (f" ({names})" if names else "")


def reading_name(reading: str) -> str:
    """The id of a reading as people write it: A14, but qr-page-cases."""
    return reading.upper() if reading[1:].isdigit() else reading


def party_name(name: str) -> str:
    """A party of the lab as a person reads it: `server 2` is a server and its number."""
    kind, _space, number = name.partition(" ")
    return f"{_(kind)} {number}".rstrip()


def duration(span: timedelta) -> str:
    """A span as a person says it, to the second: `4 min 59 s`, `24 h`; from three days on with days: `3 d 2 h`."""
    seconds = int(abs(span).total_seconds())
    days = seconds // 86400 if seconds >= 3 * 86400 else 0  # the page's limits are hours
    hours, minutes = (seconds - days * 86400) // 3600, seconds // 60 % 60
    parts = [(days, _("d")), (hours, _("h")), (minutes, _("min")), (seconds % 60, _("s"))]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 " + _("s")


def instant(at: datetime) -> str:
    """An instant as every page, log and transcript shows it, in UTC."""
    return f"{at.isoformat(' ', 'seconds')[:19]} UTC"


# C0, DEL and C1 with NEL; the line separators; what turns the direction of text; halves of a surrogate pair.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
LONGEST = 2000  # characters of one text of a stranger that are shown; ours


def printable(text: str) -> str:
    """A text of unknown origin as it may stand in one line of a log, journal or table: nothing acts, nothing hides."""
    # threat: text-forged
    shown = _UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], text[: LONGEST + 1])
    return shown if len(text) <= LONGEST else f"{shown[:LONGEST]} ..."


def fill(message: str, evidence: dict[str, object]) -> str:
    """A translated message with its evidence filled in, times and spans as a person reads them."""
    shown = {name: _shown(value) for name, value in evidence.items()}
    return _(message).format(**shown)


def _shown(value: object) -> str:
    if isinstance(value, timedelta):
        return duration(value)
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    if isinstance(value, Phrase):
        return fill(value.message, value.values)
    return _(value) if isinstance(value, str) else str(value)
