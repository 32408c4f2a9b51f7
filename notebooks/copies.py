"""Copies of the notebooks to work in: a copy that somebody has worked in is never overwritten, and a reset keeps it.

Standard library only, because start.py uses this before anything is installed.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

HERE = Path(__file__).absolute().parent
RECORD = ".made.json"  # the marks of the copies as they were written


def mark(text: str) -> str:
    """What tells whether a copy was changed since."""
    return hashlib.sha256("\n".join(line.rstrip() for line in text.strip().splitlines()).encode()).hexdigest()[:12]


def originals() -> dict[str, str]:
    """The notebooks as they are in the project, by file name."""
    return {path.name: path.read_text("utf-8") for path in sorted(HERE.glob("*.ipynb"))}


def write(folder: Path, texts: dict[str, str]) -> list[Path]:
    """Write each notebook into the folder; a copy that somebody has worked in stays as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / RECORD
    made = json.loads(record.read_text("utf-8")) if record.is_file() else {}
    written = []
    for name, text in texts.items():
        target = folder / name
        if target.is_file() and mark(target.read_text("utf-8")) != made.get(name):
            continue
        target.write_text(text, "utf-8", newline="\n")
        made[name] = mark(text)
        written.append(target)
    record.write_text(json.dumps(made, indent=1), "utf-8")
    return written


def reset(folder: Path, texts: dict[str, str], chosen: str) -> list[tuple[Path, Path | None]]:
    """Fresh copies of the notebooks whose names begin so: each with where the old copy is kept, if there was one."""
    done: list[tuple[Path, Path | None]] = []
    names = [name for name in texts if chosen and name.startswith(chosen)]
    for name in names:
        target, kept = folder / name, None
        if target.is_file() and target.read_text("utf-8") != texts[name]:
            kept = next(place for place in _places(target) if not place.exists())
            target.replace(kept)
        target.unlink(missing_ok=True)
        done.append((target, kept))
    if names:
        write(folder, {name: texts[name] for name in names})
    return done


def _places(target: Path) -> list[Path]:
    return [target.with_name(f"{target.stem}-before-reset-{number}{target.suffix}") for number in range(1, 1000)]
