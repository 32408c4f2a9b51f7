"""A class: a folder for each learner, the drills, the answer key, the checklist for the room, the trainer's notebooks.

    start.py class --learners 16 [--out class] [--lang zh]

A learner opens the own folder with `start.py lab --folder class/learner-01`. It can be copied to another machine.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).absolute().parent.parent))

from notebooks import chinese, copies, editions

MOST = 24  # learners: so many drills there are, so that no two learners have the same one
PAGES = ("clauses.md", "readings.md")  # what the notebooks link to


def make(folder: Path, learners: int) -> list[tuple[str, int, str]]:
    """Make everything; for each learner the name, the drill's number, and the answer. A folder that exists is kept."""
    from fanlic.lab.drill import drawn
    from fanlic.notebook import papers
    from fanlic.texts import _

    texts = chinese.texts() if _speaks_chinese() else copies.originals()
    rows = []
    for number in range(1, learners + 1):
        name = f"learner-{number:02d}"
        _learner(folder / name, name, number, texts)
        drill, task, answer = drawn(number)
        rows.append((name, drill, f"{_(task.title)}. {_(task.cause)} ({answer})"))
    trainer = folder / "trainer"
    trainer.mkdir(parents=True, exist_ok=True)
    editions.write_instructor(trainer)
    editions.write_handouts(trainer)
    (trainer / "heat_map.ipynb").write_text(json.dumps(_heat_map(), indent=1, ensure_ascii=False), "utf-8")
    (trainer / "answer-key.md").write_text(papers.key(rows), "utf-8")
    (trainer / "room.md").write_text(papers.room(learners), "utf-8")
    return rows


def _learner(folder: Path, name: str, seed: int, texts: dict[str, str]) -> None:
    copies.write(folder / "notebooks", texts)
    (folder / "me.json").write_text(json.dumps({"learner": name, "seed": seed}), "utf-8")
    zh = _speaks_chinese()
    for page in PAGES:
        source = copies.HERE.parent / "docs" / ("zh" if zh else "") / page
        target = folder / "docs" / ("zh" if zh else "") / page
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def _heat_map() -> dict[str, Any]:
    code = 'from fanlic.notebook.heat import heat_map\n\nheat_map("..")  # the folder that has the learners\' folders'
    cell: dict[str, Any] = {
        "cell_type": "code",
        "execution_count": None,
        "id": "heat",
        "metadata": {},
        "outputs": [],
        "source": code,
    }
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return {"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def _speaks_chinese() -> bool:
    return os.environ.get("FANLIC_LANG", "").lower().startswith("zh")


def main(arguments: list[str]) -> int:
    """Make a class; prints where everything is."""
    parser = argparse.ArgumentParser(prog="start.py class", description="Make folders, drills and papers for a class.")
    parser.add_argument("--learners", type=int, required=True, help=f"1 to {MOST}")
    parser.add_argument("--out", type=Path, default=copies.HERE.parent / "class", help="default: class")
    parser.add_argument("--lang", default="", help="zh: in Chinese")
    asked = parser.parse_args(arguments)
    if not 1 <= asked.learners <= MOST:
        parser.error(f"--learners takes 1 to {MOST}: there are so many drills")
    if asked.lang:
        os.environ["FANLIC_LANG"] = asked.lang
    rows = make(asked.out, asked.learners)
    print(f"{len(rows)} learners: {asked.out}/learner-01 and so on; each opens the own one:")
    print(f"    python3 start.py lab --folder {asked.out}/learner-01")
    print(f"For the trainer: {asked.out}/trainer (answer-key.md, room.md, heat_map.ipynb, notebooks, handouts)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
