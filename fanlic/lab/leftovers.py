"""Folders that labs left behind when their process was killed, in memory: the next lab takes them away."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

OWNER = ".owner"  # holds the number of the process that made the folder


def own(folder: Path) -> None:
    """Write down whose folder this is."""
    (folder / OWNER).write_text(str(os.getpid()), "ascii")


def sweep(place: Path, prefix: str) -> list[Path]:
    """Remove the folders of this user whose process is gone; those without an owner's number stay."""
    gone = []
    for folder in place.glob(f"{prefix}*"):
        try:
            number = int((folder / OWNER).read_text("ascii"))
            if folder.is_symlink() or folder.stat().st_uid != os.getuid() or alive(number):
                continue
        except (OSError, ValueError):
            continue
        shutil.rmtree(folder, ignore_errors=True)
        gone.append(folder)
    return gone


def alive(number: int) -> bool:
    """Whether there is a process with this number."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
