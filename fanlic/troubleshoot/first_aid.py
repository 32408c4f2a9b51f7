"""First aid: it opens every answer, so that nobody makes things worse before the cause is known.

Three things not to do yet, two to save, and three questions. Their answers matter because the editions of the rules
differ.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from fanlic.model.refusals import N_
from fanlic.texts import _

WIDTH = 96

NOT_YET = (
    N_("Do not restart anything yet: not the container, not the host, not FineBI."),
    N_("No docker rm, no compose down, no prune: a stopped container may hold the only copy."),
    N_("No new scan yet, no reload of the QR code page: it may void a code in somebody's hand."),
)


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
STOPPED = N_(
    "If it is stopped, note since when: 22 to 24 hours into an outage the registration is lost. Save these two, then "
    "run docker start NAME (not while a migration waits for its reply)."
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


def lines() -> list[str]:
    """The block as it is printed, translated and wrapped."""
    output = [_("First aid, before anything else:")]
    for text in NOT_YET:
        output += bullet(_(text))
    for keep in KEEP:
        output += [*bullet(_(keep.text)), f"      {keep.command}"]
    output += [*bullet(_(STOPPED)), _("Then ask:")]
    for number, question in enumerate(QUESTIONS, 1):
        output += bullet(f"{_(question.text)} ({_(question.why)})", f"{number}. ")
    return output


def bullet(text: str, mark: str = "- ") -> list[str]:
    """One item, wrapped and set in below its mark."""
    wrap = textwrap.TextWrapper(WIDTH, break_long_words=False, break_on_hyphens=False)
    wrap.initial_indent, wrap.subsequent_indent = f"  {mark}", "  " + " " * len(mark)
    return wrap.wrap(text)


def as_data() -> dict[str, object]:
    """The same, for `--json`."""
    return {
        "not_yet": [_(text) for text in NOT_YET],
        "keep": [{"text": _(keep.text), "command": keep.command} for keep in KEEP],
        "if_stopped": _(STOPPED),
        "questions": [
            {"key": question.key, "text": _(question.text), "why": _(question.why)} for question in QUESTIONS
        ],
    }
