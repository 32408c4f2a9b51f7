"""Names each English page, and each cell of a notebook, whose Chinese is missing or is older than the English.

    python docs/chinese.py              name them; 1 if there are any
    python docs/chinese.py clear FILE   after FILE, below docs/zh/ or notebooks/zh/, says what the English says

The Chinese of docs/howto/diagnose.md is docs/zh/howto/diagnose.md. Its last line keeps a mark of the English text
that it was made from; in notebooks/zh/ each cell keeps one of its own.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from notebooks import chinese as cells  # noqa: E402

DOCS = ROOT / "docs"
# English alone, each with its reason.
ENGLISH_ONLY = {
    "adr": "decisions for people who change the code; the Chinese index says what each is about",
    "clauses.md": "made by generate.py; the Chinese page is made by the site from the catalogue",
    "ledger.md": "made by generate.py",
    "states.md": "made by generate.py, in Chinese too",
}
_MARK = re.compile(r"\n*<!-- english: (\w+) -->\s*\Z")


def english_pages() -> list[str]:
    """The hand-written pages that a Chinese reader must have, by path below docs/."""
    paths = (path.relative_to(DOCS) for path in DOCS.rglob("*.md"))
    wanted = (path for path in paths if path.parts[0] not in ENGLISH_ONLY and not path.parts[0].startswith("_"))
    return sorted(path.as_posix() for path in wanted if path.parts[0] != "zh")


def without_mark(text: str) -> str:
    """A Chinese page without the mark of its English."""
    return _MARK.sub("\n", text)


def problems() -> Iterator[str]:
    """Every page that is missing or old, with how to clear it."""
    for name in english_pages():
        page = DOCS / "zh" / name
        if not page.is_file():
            yield f"docs/{name} has no Chinese: write docs/zh/{name}, then python docs/chinese.py clear docs/zh/{name}"
        elif marked(page) != english_mark(name):
            yield f"docs/{name} has changed: see docs/zh/{name}, then python docs/chinese.py clear docs/zh/{name}"
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for problem in cells.problems(path):
            file = f"notebooks/zh/{path.stem}.md"
            yield f"{problem}: see {file}, then python docs/chinese.py clear {file}"


def english_mark(name: str) -> str:
    """The mark of an English page as it is now; how it is weighed in the search is no part of what it says."""
    return cells.mark(re.sub(r"^search:\n(?:  .*\n)+", "", (DOCS / name).read_text("utf-8"), flags=re.MULTILINE))


def marked(page: Path) -> str:
    """The mark that a Chinese page keeps; empty if it keeps none."""
    found = _MARK.search(page.read_text("utf-8"))
    return found[1] if found else ""


def clear(file: Path) -> None:
    """Say that this Chinese file was made from the English of today."""
    if file.parent.parent.name == "notebooks":
        cells.clear(file.stem)
        return
    name = file.relative_to(DOCS / "zh").as_posix()
    if name not in english_pages():
        return  # made by a program
    text = without_mark(file.read_text("utf-8")).rstrip()
    text += f"\n\n<!-- english: {english_mark(name)} -->\n"
    file.write_text(text, "utf-8", newline="\n")


def main(arguments: list[str]) -> int:
    """Name what is not up to date, or clear the files that are given."""
    if arguments[:1] == ["clear"] and len(arguments) > 1:
        for name in arguments[1:]:
            clear(Path(name).resolve())
        return 0
    if arguments:
        sys.stderr.write(__doc__ or "")
        return 2
    found = list(problems())
    sys.stdout.writelines(f"{problem}\n" for problem in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
