"""The notebooks in Chinese: the same cells, with their prose from notebooks/zh/NAME.md.

A part of such a file begins with a line that names its cell:

    <!-- cell text-title 3f2a9c417be0 -->   the Chinese of a cell of Markdown, and the mark of its English text
    <!-- teach text-title 77ab01c29d44 -->  the same for the note to the instructor
    <!-- code mistakes -->                  for a cell of code: a piece of it on a line, then "= " and what replaces it

What stands in cells of many notebooks is in zh/common.md, under `code *`. The code is written once: what is not named
here stays as it is. `python docs/chinese.py` says what is missing or old, and how to clear it. Standard library only,
because start.py uses this before anything is installed.
"""

from __future__ import annotations

import ast
import copy
import io
import json
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

if not __package__:
    sys.path.insert(0, str(Path(__file__).absolute().parent.parent))

from notebooks import copies

HERE = Path(__file__).absolute().parent
_HEAD = re.compile(r"^<!-- (cell|teach|code) (\S+)(?: (\S+))? -->$", re.MULTILINE)
_PROSE = re.compile(r"[A-Za-z]{2,}[,;:]? [A-Za-z(]{2,}")
# Literals that look like prose and are none: lines for Docker and what it prints, words of FineBI and of the code.
_NO_PROSE = re.compile(
    r"\s*(run -|load -i |(docker|start|stop|restart|rm|ps|inspect|logs|cp) |CONTAINER ID"
    r"|(Public|Private) Cloud$|failed checks$)"
)


class Part(NamedTuple):
    """One part of a Chinese file: the mark of the English it was made from, and the Chinese."""

    mark: str
    text: str


def mark(text: str) -> str:
    """What a translation keeps of the English text that it was made from."""
    return copies.mark(text)


def parts(name: str, folder: Path = HERE) -> dict[tuple[str, str], Part]:
    """The parts of a notebook's Chinese file by kind and cell; none if there is no file."""
    file = folder / "zh" / f"{name}.md"
    if not file.is_file():
        return {}
    pieces = _HEAD.split(file.read_text("utf-8"))[1:]
    grouped = zip(pieces[::4], pieces[1::4], pieces[2::4], pieces[3::4], strict=True)
    return {(kind, cell): Part(made_from or "", text.strip()) for kind, cell, made_from, text in grouped}


def swaps(text: str) -> list[tuple[str, str]]:
    """The pieces of code of a part, each with the lines that stand there instead, the longest first."""
    pairs: list[tuple[str, list[str]]] = []
    for line in filter(str.strip, text.splitlines()):
        if line.startswith("= ") and pairs:
            pairs[-1][1].append(line[2:])
        else:
            pairs.append((line, []))
    return sorted(((english, "\n".join(here)) for english, here in pairs), key=lambda pair: -len(pair[0]))


def _swapped(source: str, cell: str, known: dict[tuple[str, str], Part], folder: Path) -> str:
    common = parts("common", folder).get(("code", "*"), Part("", ""))
    for part in (known.get(("code", cell), Part("", "")), common):
        for english, here in swaps(part.text):
            source = source.replace(english, here)
    return source


def chinese(notebook: dict[str, Any], name: str, folder: Path = HERE) -> dict[str, Any]:
    """The notebook with its prose in Chinese, the one given is left as it is; what has no Chinese stays English."""
    known = parts(name, folder)
    made = copy.deepcopy(notebook)
    for cell in made["cells"]:
        source = _source(cell)
        if cell["cell_type"] == "markdown":
            found = known.get(("cell", cell["id"]))
            cell["source"] = found.text if found else source
        else:
            cell["source"] = _swapped(source, cell["id"], known, folder)
        note = cell["metadata"].get("fanlic", {})
        if "teach" in note and (found := known.get(("teach", cell["id"]))):
            note["teach"] = found.text
    return made


def problems(path: Path) -> Iterator[str]:
    """What is missing from a notebook's Chinese file, or was made from another English text, by cell."""
    known = parts(path.stem, path.parent)
    wanted = set()
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        source, note = _source(cell), cell["metadata"].get("fanlic", {}).get("teach", "")
        texts = [("cell", source)] if cell["cell_type"] == "markdown" else []
        for kind, text in [*texts, *([("teach", note)] if note else [])]:
            wanted.add((kind, cell["id"]))
            found = known.get((kind, cell["id"]))
            if found is None or found.mark != mark(text):
                how = "has no Chinese" if found is None else "has changed since it was translated"
                yield f"{path.name}: {kind} {cell['id']} {how}"
        if cell["cell_type"] == "code":
            wanted.add(("code", cell["id"]))
            found_in_code = _code_problems(cell, known, path.parent)
            yield from (f"{path.name}: code {cell['id']}: {problem}" for problem in found_in_code)
    yield from (f"{path.name}: there is no {kind} {cell}" for kind, cell in known if (kind, cell) not in wanted)


def _code_problems(cell: dict[str, Any], known: dict[tuple[str, str], Part], folder: Path) -> Iterator[str]:
    source = _source(cell)
    pairs = swaps(known.get(("code", cell["id"]), Part("", "")).text)
    yield from (f"{english!r} is not in the code" for english, _here in pairs if english not in source)
    yield from (f"{text!r} has no Chinese" for text in prose(_swapped(source, cell["id"], known, folder)))


def prose(source: str) -> list[str]:
    """The comments and the texts in a cell of code that a person reads, as far as they look like English."""
    plain = "\n".join(line for line in source.splitlines() if not line.lstrip().startswith(("%", "!")))
    found = [node.value for node in ast.walk(ast.parse(plain)) if isinstance(node, ast.Constant)]
    texts = [text for text in found if isinstance(text, str) and not _NO_PROSE.match(text)]
    tokens = tokenize.generate_tokens(io.StringIO(plain).readline)
    texts += [token.string for token in tokens if token.type == tokenize.COMMENT]
    return [text for text in texts if _PROSE.search(text)]


def clear(name: str, folder: Path = HERE) -> None:
    """Mark every part of a Chinese file as made from the English of today."""
    cells = {cell["id"]: cell for cell in json.loads((folder / f"{name}.ipynb").read_text("utf-8"))["cells"]}

    def renewed(head: re.Match[str]) -> str:
        kind, cell = head[1], cells.get(head[2])
        if cell is None or kind == "code":
            return head[0]
        text = _source(cell) if kind == "cell" else cell["metadata"]["fanlic"]["teach"]
        return f"<!-- {kind} {head[2]} {mark(text)} -->"

    file = folder / "zh" / f"{name}.md"
    file.write_text(_HEAD.sub(renewed, file.read_text("utf-8")), "utf-8", newline="\n")


def texts() -> dict[str, str]:
    """Every notebook in Chinese, by file name."""
    made = {path: chinese(json.loads(path.read_text("utf-8")), path.stem) for path in sorted(HERE.glob("*.ipynb"))}
    return {path.name: json.dumps(each, indent=1, ensure_ascii=False) + "\n" for path, each in made.items()}


def write(folder: Path) -> list[Path]:
    """Write every notebook in Chinese into the folder; a copy that somebody has worked in stays as it is."""
    return copies.write(folder, texts())


def _source(cell: dict[str, Any]) -> str:
    text = cell["source"]
    return "".join(text) if isinstance(text, list) else str(text)


if __name__ == "__main__":
    sys.stdout.writelines(f"{problem}\n" for path in sorted(HERE.glob("*.ipynb")) for problem in problems(path))
