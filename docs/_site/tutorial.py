"""The tutorial: a card for each notebook, then its page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from _site import notebooks
from _site.tongue import CHINESE, ENGLISH, Tongue, md, speaking, tongues
from fanlic.texts import _

EXPECTED = (
    "check_in", "00_story", "01_authfile", "02_container", "03_activation", "04_registration", "05_failures",
    "06_outage", "07_migration", "08_drills",
)  # fmt: skip


def pages(home: Path, played: dict[str, dict[str, Any]], tongue: Tongue) -> Iterator[tuple[str, str]]:
    """Every page of the notebooks in `home` by its path below the docs."""
    with speaking(tongue):
        yield from ((f"{tongue.folder}{name}", text) for name, text in _pages(home, played))


def homes(root: Path, build: Path) -> list[tuple[Tongue, Path]]:
    """Where the notebooks of each language are; the Chinese ones are made anew."""
    from notebooks import chinese  # here, for MkDocs puts docs/_site first on the path, which has a notebooks.py

    found = [(ENGLISH, root)]
    if CHINESE in tongues():
        shutil.rmtree(build / "zh", ignore_errors=True)
        chinese.write(build / "zh" / "notebooks")
        found.append((CHINESE, build / "zh"))
    return found


def _pages(home: Path, played: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    paths = {path.stem: path for path in notebooks.sources(home)}
    yield "tutorial/index.md", _index(paths)
    following = dict(pairwise(paths.values()))
    for name, path in paths.items():
        yield f"tutorial/{name}.md", notebooks.page(played[name], path, following.get(path))


def _index(paths: dict[str, Path]) -> str:
    parts = [
        f"---\ntitle: {_('Tutorial')}\n---\n",
        f"# {_('Tutorial')}\n",
        _(
            "Ten notebooks in the order of the vendor's page. Every party is present, time is virtual, and nothing "
            "leaves the machine. Read them here with the outputs of the run that made this site, or "
            "[start them yourself](../howto/run-the-notebooks.md) and press the buttons."
        )
        + "\n",
        '<div class="fanlic-cards" markdown>\n',
    ]
    for name, path in paths.items():
        card = notebooks.lesson(path)
        parts += [
            '<div class="fanlic-lesson" markdown>\n',
            f"**[{md(card.title)}]({name}.md)**\n",
            _("You can then {aim}").format(aim=card.aim) + "\n" if card.aim else "",
            f"<small>{card.level} · {card.length} ·",
            f'<a href="download/{path.name}" download aria-label="{_("Download {name}").format(name=path.name)}">',
            f"{_('download')}</a></small>\n",
            "</div>\n",
        ]
    parts.append("</div>\n")
    return "\n".join(parts)
