"""llms.txt: the site's pages for programs that read text."""

from __future__ import annotations

import re
from pathlib import Path

from fanlic.texts.about import NOT_FANRUAN

_SECTIONS = {
    "howto": "How-to",
    "codes": "Error codes",
    "reasons": "Failures without a code",
    "symptoms": "Symptoms",
    "tutorial": "Tutorial",
    "explanation": "Explanation",
    "reference": "Reference",
    "adr": "Decisions",
}


def text(pages: Path) -> str:
    """The list of pages, a heading for each part of the site."""
    lines = ["# fanlic", "", f"> {NOT_FANRUAN}", ""]
    lines += ["A runnable edition of FanRuan's help page Container Private Cloud Authentication (FineBI 6.0.5).", ""]
    lines += ["## Pages", "", *(_line(path, pages) for path in sorted(pages.glob("*.md")) if path.stem != "index")]
    for folder, title in _SECTIONS.items():
        lines += ["", f"## {title}", "", *(_line(path, pages) for path in sorted((pages / folder).rglob("*.md")))]
    return "\n".join([*lines, ""])


def _line(path: Path, pages: Path) -> str:
    found = re.search(r"^# (.+?)(?: \{.*\})?$", path.read_text("utf-8"), re.MULTILINE)
    address = path.relative_to(pages).with_suffix(".html").as_posix().replace("README.html", "index.html")
    return f"- [{found[1] if found else path.stem}]({address})"
