"""What came of an action on the lab's page, and an action that cannot be done."""

from __future__ import annotations

from dataclasses import dataclass


class CannotDo(ValueError):
    """The form asks for something that cannot be done; the text says why and what to do."""


@dataclass(frozen=True)
class Said:
    """What came of the last action. `kind`: good, bad or info."""

    kind: str
    text: str
    next_step: str = ""
    label: str = ""
    output: str = ""
    where: str = "stage"
