"""The lab of a notebook: made by the first cell, and made anew whenever that cell runs again."""

from __future__ import annotations

import atexit
from typing import Any

from fanlic.lab import Lab
from fanlic.notebook import magic

_OPENED: list[Lab] = []


@atexit.register
def close_all() -> None:
    """Close every lab that `new_lab` has made."""
    while _OPENED:
        _OPENED.pop().close()


def keep(lab: Lab) -> None:
    """Close this lab with the others, at the latest when the kernel ends."""
    _OPENED.append(lab)


def new_lab(**options: Any) -> Lab:
    """A lab for this notebook; `%docker` runs on it. `options` are those of `Lab`.

    The lab before is closed, so a form that belongs to it says so. The last one is closed when the kernel ends.
    """
    close_all()
    lab = Lab(**options)
    _OPENED.append(lab)
    magic.use(lab)
    return lab
