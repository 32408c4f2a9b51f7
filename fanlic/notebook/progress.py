"""What a learner has answered and mended, in progress.json beside the notebooks; nothing of it leaves this machine."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

FILE, ME = "progress.json", "me.json"
USUAL_SEED = 7  # of a learner who is in no class


def place() -> Path:
    """Where the file is: as FANLIC_PROGRESS says, in the learner's folder of a class, or where the notebook runs."""
    if chosen := os.environ.get("FANLIC_PROGRESS"):
        return Path(chosen)
    return (_folder() or Path.cwd()) / FILE


def seed() -> int:
    """The seed of this learner's drill."""
    folder = _folder()
    return int(_read(folder / ME).get("seed", USUAL_SEED)) if folder else USUAL_SEED


def note(kind: str, name: str, **told: object) -> None:
    """Keep what a learner has done. Of answers the first one counts, of drills and exercises the best score.

    A folder that cannot be written, or a file that is damaged, stops nobody from learning.
    """
    path = place()
    kept = _read(path)
    if not isinstance(kept.get(kind), dict):
        kept[kind] = {}
    same = kept[kind]
    before = same.get(name)
    if isinstance(before, dict) and int(before.get("score", 1)) >= int(str(told.get("score", 0))):
        return
    same[name] = told
    fresh = path.with_suffix(".new")
    try:
        fresh.write_text(json.dumps(kept, indent=1, ensure_ascii=False), "utf-8")
        fresh.replace(path)
    except OSError:
        return


def note_exercise(name: str, solved: bool) -> None:
    """Keep that a learner has tried this exercise, and whether it is solved; once solved it stays solved."""
    note("exercises", name, score=100 if solved else 0)


def read(path: Path) -> dict[str, Any]:
    """What such a file says: kinds, in them names; empty if it is missing or damaged."""
    return _read(path)


def _folder() -> Path | None:
    here = Path.cwd()
    return next((each for each in (here, here.parent) if (each / ME).is_file()), None)


def _read(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
