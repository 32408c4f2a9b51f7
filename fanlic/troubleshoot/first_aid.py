"""First aid: what makes things worse before the cause is known. It opens an answer only where that can happen.

Which lines an entry has stands in `catalogue/around.py`, which lines a verdict has in `judge/aid.py`: three at most,
and none against the remedy below them.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from fanlic.model.refusals import N_
from fanlic.texts import _

WIDTH = 96
MOST = 3  # lines

RESTART = N_("Do not restart anything yet: not the container, not the host, not FineBI.")
REMOVE = N_("No docker rm, no compose down, no prune: a stopped container may hold the only copy.")
SCAN = N_("No new scan yet, no reload of the QR code page: it may void a code in somebody's hand.")
NOT_YET = (RESTART, REMOVE, SCAN)


@dataclass(frozen=True)
class Keep:
    """What to save first, and the command; it reads only, from a stopped container too."""

    text: str
    command: str


KEEP = (
    Keep(N_("Copy /app/config, which holds privateConfig:"), "docker cp NAME:/app/config ./config-copy"),
    Keep(
        N_("Save the container's settings; blank out secrets before passing them on:"),
        "docker inspect NAME > inspect.json",
    ),
)


@dataclass(frozen=True)
class FirstQuestion:
    """A question to the customer, and why the answer matters."""

    key: str
    text: str
    why: str


QUESTIONS = (
    FirstQuestion("product", N_("Which product: FineBI or FineReport?"), N_("a license is for one of them")),
    FirstQuestion(
        "version", N_("Which exact version, as the Registration page shows it?"), N_("the rules on restarts differ")
    ),
    FirstQuestion(
        "fineops",
        N_("Was it deployed by FineOps or by hand?"),
        N_("under FineOps, August 2025, any restart needs a new scan"),
    ),
)


def lines(texts: Sequence[str]) -> list[str]:
    """The block as it is printed, wrapped, with an empty line after it; nothing if there is nothing to warn of."""
    if not texts:
        return []
    return [_("First aid, before anything else:"), *(part for text in texts for part in bullet(text)), ""]


def bullet(text: str, mark: str = "- ") -> list[str]:
    """One item, wrapped and set in below its mark."""
    wrap = textwrap.TextWrapper(WIDTH, break_long_words=False, break_on_hyphens=False)
    wrap.initial_indent, wrap.subsequent_indent = f"  {mark}", "  " + " " * len(mark)
    return wrap.wrap(text)
