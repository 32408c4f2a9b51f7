"""For programs that read text: llms.txt lists the pages of a language and what they say, llms-full.txt has all text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

from _site.tongue import CHINESE, Tongue, speaking, tongues
from fanlic.model.refusals import N_
from fanlic.texts import _
from fanlic.texts.about import NOT_FANRUAN

_SECTIONS = {
    "howto": N_("How-to"),
    "handouts": N_("Handouts"),
    "codes": N_("Error codes"),
    "reasons": N_("Failures without a code"),
    "symptoms": N_("Symptoms"),
    "tutorial": N_("Tutorial"),
    "explanation": N_("Explanation"),
    "reference": N_("Reference"),
    "adr": N_("Decisions"),
}
_ABOUT = N_("A runnable edition of FanRuan's help page Container Private Cloud Authentication (FineBI 6.0.5).")
_DESCRIPTION = re.compile(r'<meta name="description" content="([^"]*)"')
_HEAD = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_MARKUP = re.compile(r"<!--.*?-->|<(style|script|svg)\b.*?</\1>|</?[a-zA-Z][^>]*>", re.DOTALL)
_CODE = re.compile(r"(^ *(`{3,}|~{3,}).*?^ *\2[^\n]*$|`[^`\n]+`)", re.MULTILINE | re.DOTALL)


def write(pages: Path, site: Path) -> None:
    """Write both files for each language below its root."""
    for tongue in tongues():
        with speaking(tongue):
            listed, full = _listed(pages, site, tongue), "\n\n".join(_full(pages, tongue))
        (site / tongue.folder / "llms.txt").write_text(listed, "utf-8", newline="\n")
        (site / tongue.folder / "llms-full.txt").write_text(full + "\n", "utf-8", newline="\n")


def _parts(pages: Path, tongue: Tongue) -> Iterator[tuple[str, list[Path]]]:
    """The parts of the site in one language, each with its pages."""
    root = pages / tongue.folder
    yield _("Pages"), sorted(root.glob("*.md"), key=lambda path: (path.stem != "index", path.stem))
    for folder, title in _SECTIONS.items():
        if found := sorted((root / folder).rglob("*.md")):
            yield _(title), found


def _listed(pages: Path, site: Path, tongue: Tongue) -> str:
    other = "../llms.txt" if tongue is CHINESE else "zh/llms.txt"
    lines = ["# fanlic", "", f"> {_(NOT_FANRUAN)}", "", _(_ABOUT), ""]
    lines += [f"- [{_('All pages as one text')}](llms-full.txt)", f"- [{_('In the other language')}]({other})"]
    for title, paths in _parts(pages, tongue):
        lines += ["", f"## {title}", "", *(_line(path, pages, site, tongue) for path in paths)]
    return "\n".join([*lines, ""])


def _line(path: Path, pages: Path, site: Path, tongue: Tongue) -> str:
    address = _address(path, pages)
    found = _DESCRIPTION.search((site / address).read_text("utf-8")[:20_000])
    said = f": {html.unescape(found[1])}" if found else ""
    return f"- [{_title(path.read_text('utf-8'), path)}]({address.removeprefix(tongue.folder)}){said}"


def _address(path: Path, pages: Path) -> str:
    return path.relative_to(pages).with_suffix(".html").as_posix().replace("README.html", "index.html")


def _title(text: str, path: Path) -> str:
    found = re.search(r"^# (.+?)(?: \{.*\})?$", text, re.MULTILINE)
    return found[1] if found else path.stem


def _full(pages: Path, tongue: Tongue) -> Iterator[str]:
    for _part, paths in _parts(pages, tongue):
        for path in paths:
            address = _address(path, pages).removeprefix(tongue.folder)
            yield f"<!-- {address} -->\n\n{plain(path.read_text('utf-8'))}"


def plain(text: str) -> str:
    """A page's Markdown without its head, its markup and its forms; code stays as it is."""
    parts = _CODE.split(_HEAD.sub("", text))
    parts[::3] = [html.unescape(_MARKUP.sub("", part)) for part in parts[::3]]
    del parts[2::3]
    return re.sub(r"\n\s*\n\s*\n+", "\n\n", "".join(part or "" for part in parts)).strip()
