"""Other editions of the notebooks and handouts, made from the same sources.

python notebooks/editions.py instructor FOLDER   solutions filled in, and the notes for the instructor shown
python notebooks/editions.py handouts FOLDER     docs/handouts as A4 pages (HTML), to be printed from a browser
python notebooks/editions.py chinese FOLDER      the learner's edition in Chinese; with FANLIC_LANG=zh the instructor's
                                                 edition is in Chinese too

A cell tagged `exercise` names its exercise in the metadata, and `fanlic.lab.exercises` has the solution. A cell tagged
`teach` carries a note for the instructor in its metadata. Learners see neither.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).absolute().parent.parent))

from notebooks import chinese

HERE = Path(__file__).absolute().parent
HANDOUTS = {"": HERE.parent / "docs" / "handouts", "zh-": HERE.parent / "docs" / "zh" / "handouts"}
PAPER = """
@page { size: A4; margin: 14mm 15mm; }
body { font: 10pt/1.38 "Segoe UI", "Noto Sans", "DejaVu Sans", "Microsoft YaHei", sans-serif; color: #111; }
body { max-width: 180mm; margin: 0 auto; }
h1 { font-size: 17pt; margin: 0 0 2mm; } h2 { font-size: 12pt; margin: 4mm 0 1mm; }
p, ul, ol { margin: 1.2mm 0; } li { margin: .4mm 0; }
table { border-collapse: collapse; width: 100%; margin: 1.5mm 0; font-size: 9pt; }
th, td { border: .2mm solid #777; padding: .8mm 1.6mm; text-align: left; vertical-align: top; }
th { background: #eee; } td:empty { width: 60%; height: 5mm; } tr, pre { break-inside: avoid; }
code, pre { font-family: "Cascadia Mono", Consolas, Menlo, "DejaVu Sans Mono", monospace; font-size: 8.6pt; }
pre { border: .2mm solid #777; padding: 1.4mm 2mm; white-space: pre-wrap; overflow-wrap: anywhere; margin: 1.2mm 0; }
a { color: inherit; text-decoration: none; }
"""


def instructor(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook with every solution filled in and every note shown; the one given is left as it is."""
    from fanlic.lab.exercises import solution

    cells: list[dict[str, Any]] = []
    marks = minute_marks(notebook)
    for cell in copy.deepcopy(notebook["cells"]):
        given = cell["metadata"].get("fanlic", {})
        if "exercise" in given:
            # Solutions speak of `lab`; in the notebook the exercise's lab has a name of its own.
            filled = re.sub(r"(?<!\.)\blab\.", f"{given['lab']}.", solution(given["exercise"]))
            cell["source"] = filled
        cells.append(cell)
        if cell["id"] in marks:
            cells.append(_note(f"{cell['id']}-minute", marks[cell["id"]]))
        if note := given.get("teach"):
            cells.append(_note(f"{cell['id']}-note", note))
        cells += [_note(f"{cell['id']}-answer", text) for text in _answers(cell)]
    return {**notebook, "cells": cells}


def minute_marks(notebook: dict[str, Any]) -> dict[str, str]:
    """For each chapter the minute at which it should begin: the notebook's minutes, shared out over its cells."""
    from fanlic.notebook import papers

    cells = notebook["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    found = re.search(r"\*\*(?:Minutes|分钟)\W*(\d+)", sources[0])
    total = int(found[1]) if found else 0
    return {
        cell["id"]: papers.minute(round(total * place / len(cells)), total)
        for place, cell in enumerate(cells)
        if place and total and cell["cell_type"] == "markdown" and sources[place].startswith("## ")
    }


def _answers(cell: dict[str, Any]) -> list[str]:
    """For a question: the right answer, the wrong ones that people give, and what to say."""
    from fanlic.notebook import papers

    found = re.search(r'^Predict\("([\w-]+)"\)', "".join(cell["source"]))
    return [papers.expected(found[1])] if cell["cell_type"] == "code" and found else []


def _note(name: str, text: str) -> dict[str, Any]:
    head = "**给讲师。**" if _speaks_chinese() else "**For the instructor.** "
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": f"> {head}{text}"}


def _speaks_chinese() -> bool:
    return os.environ.get("FANLIC_LANG", "").lower().startswith("zh")


def printable(text: str, title: str, language: str = "en") -> str:
    """A handout as one page of HTML for A4 paper."""
    import mistune

    body = mistune.create_markdown(plugins=["table"])(text)
    head = f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
    return f"{head}<style>{PAPER}</style></head><body>{body}</body></html>\n"


def write_instructor(folder: Path) -> list[Path]:
    """Write the instructor edition of every notebook into the folder."""
    written = []
    for path in sorted(HERE.glob("*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        made = instructor(chinese.chinese(notebook, path.stem) if _speaks_chinese() else notebook)
        target = folder / path.name
        target.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        written.append(target)
    return written


def write_handouts(folder: Path) -> list[Path]:
    """Write every handout as HTML into the folder; the Chinese ones are named `zh-...`."""
    written = []
    for prefix, source in HANDOUTS.items():
        for path in sorted(source.glob("*.md")):
            name, language = f"{prefix}{path.stem}", "zh-CN" if prefix else "en"
            target = folder / f"{name}.html"
            text = re.sub(r"<!-- english: \w+ -->\s*", "", path.read_text(encoding="utf-8"))  # the translator's mark
            target.write_text(printable(text, name, language), encoding="utf-8")
            written.append(target)
    return written


def main(arguments: list[str]) -> int:
    """Make one edition; prints where it is."""
    parser = argparse.ArgumentParser(description="Make another edition of the notebooks or handouts.")
    parser.add_argument("edition", choices=("instructor", "handouts", "chinese"))
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args(arguments)
    if asked.folder.absolute() == HERE:
        print("editions.py: take another folder; this one holds the learner's edition.", file=sys.stderr)
        return 2
    asked.folder.mkdir(parents=True, exist_ok=True)
    for path in {"instructor": write_instructor, "handouts": write_handouts, "chinese": chinese.write}[asked.edition](
        asked.folder
    ):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
