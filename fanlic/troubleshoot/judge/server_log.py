"""The log of our own authorization server (a rehearsal): what it refused, and what it granted afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fanlic.model.refusals import REASONS
from fanlic.troubleshoot.judge.facts import Fact
from fanlic.troubleshoot.judge.paste import Paste

_LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC  (\S.*)$")
_REFUSED = re.compile(r"(registration|poll|unbinding|(?:QR )?code) refused; (.+)$")
_GRANTED = re.compile(r"(?:(registered|unbound); ([\w.-]+)|(activated|QR code made)\b)")
_POLLED = re.compile(r"\S+ POST /license/v1/registrations/([\w.-]+)/poll 200$")
_ANSWERED = re.compile(r"\S+ [A-Z]{3,7} /license/v1/(?:registrations|activation)\S* 4\d\d$")
ENTRY = "the code entry"  # what a wrong code, a refresh and an activation are about
_LABELS = {refusal.label for refusal in REASONS.values()}


def read(paste: Paste) -> Iterator[Fact]:
    """The last refusal of each node and of the code entry, unless it was granted what it asked for afterwards."""
    if " refused; " not in paste.text:
        return
    last: dict[str, Fact] = {}
    for line in paste.lines:
        own = _LINE.search(line.text)
        if own is None:
            continue
        if (refused := _REFUSED.match(own[1])) is not None:
            about, label = _what(refused[1], refused[2].split("; "))
            if label:
                kind = "code" if label.isdigit() else "symptom"
                last[about] = Fact(kind, label, line.section or "text", line.text, line.number)
        elif (granted := _GRANTED.match(own[1]) or _POLLED.match(own[1])) is not None:
            last.pop(granted[1] if granted.re is _POLLED else granted[2] or ENTRY, None)
    yield from sorted(last.values(), key=lambda fact: fact.number)


def understood(text: str) -> bool:
    """Whether a line that looks like an error is a refusal of this log, or the answer to it: `read` has judged it."""
    own = _LINE.search(text)
    if own is None:
        return False
    refused = _REFUSED.match(own[1])
    return bool(_what(refused[1], refused[2].split("; "))[1]) if refused else _ANSWERED.match(own[1]) is not None


def _what(asked: str, parts: list[str]) -> tuple[str, str]:
    """Whom a refusal is about, and its code or reason; a reason that the catalogue does not know is none."""
    about = ENTRY if asked.endswith("code") else parts[0]
    return about, next((part for part in parts[:2] if part in _LABELS), "")
