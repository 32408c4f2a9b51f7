"""One matcher for what programs print: every entry's patterns, for `explain`, `triage` and the filter of `ask`.

A line is often covered by several entries (an SSLHandshakeException names its cause behind it). The more exact entry
comes first: those that name their cause, then those that many causes print.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from fanlic.troubleshoot.catalogue.entry import CaseStage
from fanlic.troubleshoot.catalogue.shelf import catalogue


@dataclass(frozen=True)
class Printed:
    """What programs print for one entry, as patterns for text in lower case."""

    key: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str]

    def search(self, text: str) -> re.Match[str] | None:
        """The message in this line, if the line is not about something else."""
        found = self.pattern.search(text)
        return None if found and self.unless.search(text) else found


@cache
def messages() -> tuple[Printed, ...]:
    """One for each entry that has patterns, the exact ones first."""
    entries = sorted((entry for entry in catalogue().values() if entry.patterns), key=lambda entry: -entry.says)
    return tuple(Printed(entry.key, _joined(entry.patterns), _joined(entry.unless)) for entry in entries)


def _joined(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns) or r"(?!)")


@lru_cache(maxsize=1)  # a long paste is searched by two readers in turn
def messages_in(text: str) -> tuple[Printed, ...]:
    """Those of `messages` that occur anywhere in the text; a long paste is then searched line by line for few."""
    lowered = text.lower()
    return tuple(message for message in messages() if message.pattern.search(lowered))


# -- for the filter of `ask`: what sed, grep and PowerShell understand too

_PROJECT_SIDE = (CaseStage.REACH, CaseStage.TLS, CaseStage.REGISTER)  # what FineBI's own log may show
_WIDE = re.compile(r"\.[{*+]|\(\?[!<=]|\\[SWw]|\[\^")  # a piece that may let more through than the message
_SIGNS = (("(?:", "("), (r"[\d", "[0-9"), (r"\d", "[0-9]"), (r"\b", ""), ("/", "[/]"), ("'", "."), (r"\s", " "))


@cache
def in_a_log() -> tuple[str, ...]:
    """The messages that FineBI's log may show, as patterns for sed and PowerShell, which fit nothing else."""
    entries = (entry for entry in catalogue().values() if entry.stage in _PROJECT_SIDE)
    pieces = (piece for entry in entries for pattern in entry.patterns for piece in _pieces(pattern))
    return tuple(_plain(piece) for piece in pieces if piece.isascii() and not _WIDE.search(piece))


def _pieces(pattern: str) -> list[str]:
    """The alternatives of a pattern, without those inside its groups."""
    pieces, depth = [""], 0
    for part in re.findall(r"\\.|\[[^\]]*\]|.", pattern):
        depth += (part == "(") - (part == ")")
        if part == "|" and depth == 0:
            pieces.append("")
        else:
            pieces[-1] += part
    return pieces


def _plain(piece: str) -> str:
    for sign, instead in _SIGNS:
        piece = piece.replace(sign, instead)
    return piece
