"""The links of a lesson in `lab/`: to pages of the site, and to other lessons.

JupyterLite takes a relative link for a file below `lab/files/`, wherever the site is. So each target has a small page
there, which leads on to where the link was meant to go; a script keeps JupyterLite from opening it in itself.
"""

from __future__ import annotations

import re
import shutil
from html import escape
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("lab_links.js")
FOLDER = "site"  # below lab/files/
_LINK = re.compile(r"\]\((?:\.\./docs/(?P<page>[^)#]+)\.md|(?P<lesson>\w+)\.ipynb)(?P<anchor>#[^)]*)?\)")
_PAGE = """<!doctype html>
<html><head><meta charset="utf-8"><title>fanlic</title><meta http-equiv="refresh" content="1; url={there}"></head>
<body><a href="{there}">{there}</a>
<script>location.replace(document.querySelector("a").href + location.hash)</script></body></html>
"""


def linked(notebook: dict[str, Any], lessons: str) -> dict[str, str]:
    """Change the links of a notebook in place; the pages that they need, each with the address it leads to.

    `lessons` is the folder of the notebook: empty, or "zh/".
    """
    pages: dict[str, str] = {}

    def changed(found: re.Match[str]) -> str:
        if found["page"]:
            name = f"{FOLDER}/{found['page']}.html"
            there, anchor = f"{found['page']}.html", found["anchor"] or ""
        else:
            name, anchor = f"{FOLDER}/lesson/{lessons}{found['lesson']}.html", ""
            opened = "open-zh.html" if lessons else "open.html"
            there = f"lab/{opened}?path={lessons}{found['lesson']}.ipynb"
        pages[name] = "../" * (name.count("/") + 2) + there
        return f"]({'../' * lessons.count('/')}{name}{anchor})"

    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = _LINK.sub(changed, "".join(cell["source"]))
    return pages


def put(pages: dict[str, str], lab: Path) -> None:
    """Write the pages below `lab/files/`, and let a click in each app of JupyterLite follow a link to them."""
    for name, there in pages.items():
        path = lab / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_PAGE.format(there=escape(there)), "utf-8")
    shutil.copyfile(SCRIPT, lab / SCRIPT.name)
    for app in sorted(lab.glob("*/index.html")):
        text = app.read_text("utf-8")
        app.write_text(text.replace("<head>", f'<head><script src="../{SCRIPT.name}"></script>', 1), "utf-8")
