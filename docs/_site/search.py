"""The finished search: our script in place of the theme's, an index for each language, loaded when somebody searches.

docs/adr/0024-own-search.md says why the theme's search is not enough.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

SCRIPT = Path(__file__).with_name("search.js")
# How near a kind of page is to what people search for. Pages of failures and how-tos stand level.
WEIGHTS = {
    **dict.fromkeys(("codes", "reasons", "symptoms", "howto"), 1.4),
    **dict.fromkeys(("explanation", "glossary.html", "index.html", "handouts"), 1.0),
    "failures": 0.8,
    "tutorial": 0.7,
    "reference": 0.7,
}
OTHER = 0.4  # clauses, ledger, readings, decisions
INDICES = 0.6  # a page that only lists others
SOURCE = 0.2
# The theme loads the index with each page; this makes it wait until the search is opened.
_EAGER = re.compile(r'\(location\.protocol!=="file:"\),(?=[\w$]+\("search"\))')


class SearchUnknown(Exception):
    """The theme's files are not as this program knows them; the text says what has changed."""


def weight(location: str) -> float:
    """The weight of a page or of a part of it, by its address below the root of its language."""
    page = location.partition("#")[0]
    first, _slash, rest = page.partition("/")
    if first == "source":
        return SOURCE
    if rest == "index.html":
        return INDICES
    return WEIGHTS.get(first, OTHER)


def finish(site: Path) -> None:
    """Put our script and the weights into the built site; what only the theme's search needs goes."""
    for index in (site / "search", site / "zh" / "search"):
        if index.is_dir():
            _weigh(index)
    scripts = site / "assets" / "javascripts"
    [worker] = scripts.glob("workers/search.*.min.js")
    worker.write_bytes(SCRIPT.read_bytes())
    [bundle] = scripts.glob("bundle.*.min.js")
    text, found = _EAGER.subn("(!1),", bundle.read_text("utf-8"))
    if found != 1:
        raise SearchUnknown(f"{bundle.name} loads the search index in a way that docs/_site/search.py does not know.")
    bundle.write_text(text, "utf-8", newline="\n")
    for useless in [*site.glob("assets/**/*.map"), *scripts.glob("lunr/**/*.js")]:
        useless.unlink()


def _weigh(folder: Path) -> None:
    made = json.loads((folder / "search_index.json").read_text("utf-8"))
    for document in made["docs"]:
        document["boost"] = weight(document["location"])
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
    (folder / "search_index.json").write_text(text, "utf-8", newline="\n")
    (folder / "search_index.js").write_text(f"var __index = {text}", "utf-8", newline="\n")
