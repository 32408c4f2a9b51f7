"""Small things that MkDocs asks us for while it builds: the footer's words, the notebooks in the menu, languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from _site.tutorial import EXPECTED
from fanlic.texts.about import NOT_FANRUAN


def on_config(config: Any) -> Any:
    """Put in what only the build knows."""
    config.copyright = NOT_FANRUAN
    docs = Path(config.docs_dir)
    lessons = sorted(
        (docs / "tutorial").glob("*.md"), key=lambda path: (path.stem not in EXPECTED, _place(path), path.stem)
    )
    tutorial = next(part["Tutorial"] for part in config.nav if "Tutorial" in part)
    tutorial += [f"tutorial/{path.name}" for path in lessons if path.stem != "index"]
    if (docs / "zh" / "index.md").is_file():
        config.nav.append({"中文": "zh/index.md"})
    return config


def _place(path: Path) -> int:
    return EXPECTED.index(path.stem) if path.stem in EXPECTED else len(EXPECTED)


def on_post_page(output: str, page: Any, config: Any) -> str:  # noqa: ARG001 - MkDocs calls by these names
    """Name the search dialog, which the theme leaves nameless, and the language of a page that is not English."""
    output = output.replace(
        'data-md-component="search" role="dialog"', 'data-md-component="search" role="dialog" aria-label="Search"'
    )
    language = page.meta.get("language")
    return output.replace('<html lang="en"', f'<html lang="{language}"', 1) if language else output
