"""What the strict build does not see: links in raw HTML, addresses outside the site, things left undocumented."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from fanlic.model.refusals import REASONS, Code

_LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href", "video": "src"}
_SETTING = re.compile(r"\bFANLIC_[A-Z_]+\b")


class _Page(HTMLParser):
    """The anchors of a page, where its links lead, and what it loads."""

    def __init__(self) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors |= {value for name in ("id", "name") if (value := given.get(name))}
        if tag == "a" and (href := given.get("href")):
            self.links.append(href)
        wanted = given.get(_LOADS.get(tag, ""))
        if wanted and not (tag == "link" and given.get("rel") in ("canonical", "alternate", "prev", "next")):
            self.loads.append(wanted)


def broken_links(site: Path) -> list[str]:
    """Every link and every load of the built site that leads nowhere, or out of the site where it may not."""
    pages = {path: _read(path) for path in sorted(site.rglob("*.html"))}
    problems = []
    for path, page in pages.items():
        here = path.relative_to(site).as_posix()
        if here == "404.html" or here.startswith("lab/"):
            continue  # the first is served for any address, so its links begin at the root; the second is JupyterLite's
        found = ((href, _problem(href, path, pages)) for href in page.links)
        problems += [f"{here}: {href}: {problem}" for href, problem in found if problem]
        problems += [f"{here}: loads {href} from outside" for href in page.loads if urlsplit(href).netloc]
    return problems


def _problem(href: str, path: Path, pages: dict[Path, _Page]) -> str:
    parts = urlsplit(href)
    if parts.scheme or parts.netloc:
        return ""
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target.is_dir():
        return "leads to a folder, which file:// cannot open"
    if not target.is_file():
        return "leads nowhere"
    anchor = unquote(parts.fragment)
    if anchor and anchor != "__skip" and target in pages and anchor not in pages[target].anchors:
        return "no such anchor"
    return ""


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text("utf-8"))
    return page


def undocumented(root: Path, docs: Path) -> list[str]:
    """Codes, reasons and settings that no page speaks of."""
    from _site.entries import links

    known = links()
    problems = [f"code {int(code)} has no page" for code in Code if str(int(code)) not in known]
    for name, kind in REASONS.items():
        if kind.code is None and not (docs / "reasons" / name).is_dir():
            problems.append(f"reason {name} has no page")
    settings = (docs / "reference" / "configuration.md").read_text("utf-8")
    for path in sorted((root / "fanlic").rglob("*.py")):
        missing = {name for name in _SETTING.findall(path.read_text("utf-8")) if name not in settings}
        problems += [f"setting {name} of {path.name} is not in reference/configuration.md" for name in sorted(missing)]
    return problems
