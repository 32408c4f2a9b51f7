"""Small things that MkDocs asks us for while it builds: footer, menu, languages, descriptions, links to sources."""

from __future__ import annotations

import html
import os
import re
from pathlib import Path
from typing import Any

from _site import bilingual, imprint, menu, phrases, terms
from _site.tongue import CHINESE, ENGLISH, speaking
from _site.tutorial import EXPECTED
from fanlic.texts.about import NOT_FANRUAN

ROOT = Path(__file__).resolve().parents[2]
REPOSITORY = os.environ.get("FANLIC_REPOSITORY", "").rstrip("/")
LONGEST = 200  # characters of a description; a search engine shows about 160


def on_config(config: Any) -> Any:
    """Put in what only the build knows."""
    config.copyright = NOT_FANRUAN
    docs = Path(config.docs_dir)
    lessons = sorted(
        (docs / "tutorial").glob("*.md"), key=lambda path: (path.stem not in EXPECTED, _place(path), path.stem)
    )
    tutorial = next(part["Tutorial"] for part in config.nav if "Tutorial" in part)
    tutorial += [f"tutorial/{path.name}" for path in lessons if path.stem != "index"]
    place = next(number for number, part in enumerate(config.nav) if "How-to" in part)
    config.nav.insert(place, {"Failures": ["failures/index.md", *menu.sections()]})
    return config


def _place(path: Path) -> int:
    return EXPECTED.index(path.stem) if path.stem in EXPECTED else len(EXPECTED)


def on_page_content(text: str, page: Any, config: Any, files: Any) -> str:  # noqa: ARG001 - MkDocs calls by these names
    """Give the page a description, for search engines and for shared addresses, and a link to its source."""
    if description := page.meta.get("description") or first_words(text):
        page.meta["description"] = html.escape(description)  # the theme puts it into an attribute as it is
    here = page.file.src_uri
    page.edit_url = source_address(here)
    chinese = bilingual.is_chinese(here)
    with speaking(CHINESE if chinese else ENGLISH):
        page.meta["imprint"] = imprint.of(here, page.edit_url, REPOSITORY)
    page.meta["card"] = imprint.card(here)
    text = terms.linked(text, here, Path(config.docs_dir))
    asked = phrases.of(here, chinese=chinese)
    return f'{text}\n<p class="fanlic-phrases">{phrases.BEGIN}{html.escape(asked)}</p>' if asked else text


def first_words(text: str) -> str:
    """The first paragraph of a page as plain text, cut between two words."""
    paragraphs = (re.sub(r"<[^>]+>", "", found) for found in re.findall(r"<p>(.*?)</p>", text, re.DOTALL))
    plain = (" ".join(html.unescape(each).split()) for each in paragraphs)
    words = next((each for each in plain if len(each) > 40 and not each.endswith((":", "\uff1a"))), "")
    return words if len(words) <= LONGEST else words[:LONGEST].rpartition(" ")[0] + " ..."


def source_address(page: str) -> str | None:
    """Where one can change the source of a page; None if a program made it or the repository is not known."""
    source = imprint.source_of(page)
    if not REPOSITORY or not source:
        return None
    return f"{REPOSITORY}/{'edit' if (ROOT / source).is_file() else 'tree'}/main/{source}"


def on_post_page(output: str, page: Any, config: Any) -> str:  # noqa: ARG001 - MkDocs calls by these names
    """Name the search dialog, which the theme leaves nameless, and the language of a page that is not English."""
    output = output.replace(
        'data-md-component="search" role="dialog"', 'data-md-component="search" role="dialog" aria-label="Search"'
    )
    language = page.meta.get("language")
    return output.replace('<html lang="en"', f'<html lang="{language}"', 1) if language else output
