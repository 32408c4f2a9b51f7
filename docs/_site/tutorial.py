"""The tutorial: a card for each notebook, then its page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from _site import notebooks
from _site.tongue import md

EXPECTED = (
    "check_in", "00_story", "01_authfile", "02_container", "03_activation", "04_registration", "05_failures",
    "06_outage", "07_migration", "08_drills",
)  # fmt: skip


def pages(root: Path, played: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Every page by its path below the docs; a notebook that is not there yet gets a note."""
    paths = {path.stem: path for path in notebooks.sources(root)}
    yield "tutorial/index.md", _index(paths)
    following = dict(pairwise(paths.values()))
    for name, path in paths.items():
        yield f"tutorial/{name}.md", notebooks.page(played[name], path, following.get(path))


def _index(paths: dict[str, Path]) -> str:
    parts = [
        "---\ntitle: Tutorial\n---\n",
        "# Tutorial\n",
        "Ten notebooks in the order of the vendor's page. Every party is present, time is virtual, and nothing leaves",
        "the machine. Read them here with the outputs of the run that made this site, or",
        "[start them yourself](../howto/run-the-notebooks.md) and press the buttons.\n",
        '<div class="fanlic-cards" markdown>\n',
    ]
    for name, path in paths.items():
        card = notebooks.lesson(path)
        parts += [
            '<div class="fanlic-lesson" markdown>\n',
            f"**[{md(card.title)}]({name}.md)**\n",
            f"You can then {card.aim}\n" if card.aim else "",
            f"<small>{card.level} · {card.minutes} min ·",
            f'<a href="download/{path.name}" download aria-label="Download {path.name}">download</a></small>\n',
            "</div>\n",
        ]
    parts.append("</div>\n")
    missing = [name for name in EXPECTED if name not in paths]
    if missing:
        parts += ["!!! note", f"    Not written yet: {', '.join(missing)}.\n"]
    return "\n".join(parts)
