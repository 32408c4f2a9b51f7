"""One matcher for what programs print: every entry's patterns, for `explain`, `triage` and the filter of `ask`.

A line is often covered by several entries (an SSLHandshakeException names its cause behind it). The more specific entry
comes first, so entries that hold for many causes stand last.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from fanlic.troubleshoot.catalogue.shelf import catalogue

MANY_CAUSES = ("ssl-handshake", "registration-failed")


@cache
def messages() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Key and pattern of each entry that has patterns, the specific ones first; they are for text in lower case."""
    keys = [key for key, entry in catalogue().items() if entry.patterns]
    ordered = sorted(keys, key=lambda key: MANY_CAUSES.index(key) if key in MANY_CAUSES else -1)
    return tuple((key, re.compile("|".join(catalogue()[key].patterns))) for key in ordered)


@lru_cache(maxsize=1)  # a long paste is searched by two readers in turn
def messages_in(text: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Those of `messages` that occur anywhere in the text; a long paste is then searched line by line for few."""
    lowered = text.lower()
    return tuple((key, pattern) for key, pattern in messages() if pattern.search(lowered))
