"""Two languages in one site: below zh/ the menu, the interface, the search and the links are Chinese.

A page and its translation have the same path, one at the root and one below zh/. All else follows from this: the
Chinese menu is the English one with the pages that exist in Chinese; a link on a Chinese page leads to a Chinese page
if there is one; the switch of language leads to the same page; each language has a search index of its own.
docs/adr/0019-two-languages-one-build.md says why this is not a plugin.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable
from copy import deepcopy
from itertools import pairwise
from pathlib import Path
from typing import Any

from _site import menu
from _site.tongue import CHINESE, ENGLISH, speaking
from fanlic.texts import _
from fanlic.texts.about import NOT_FANRUAN

# What stands in the English menu and is no page's own title.
MENU = {
    "Home": "首页",
    "Tutorial": "教程",
    "How-to": "操作指南",
    "Reference": "参考",
    "Explanation": "原理说明",
}
DESCRIPTION = "在正式操作之前演练容器私有云认证。培训与文档软件。"
SWITCHES = {"Dark colors": "深色", "Light colors": "浅色"}
_LINK = re.compile(r"(\]\()([^)\s:#]+\.(?:md|svg|png|json))(?=[)#])")
_menus: dict[str, Any] = {}


def is_chinese(page: str) -> bool:
    """Whether this page, by its path below the docs, is in Chinese."""
    return page.startswith(CHINESE.folder)


def sibling(page: str) -> str:
    """The path of the same page in the other language."""
    return page.removeprefix(CHINESE.folder) if is_chinese(page) else CHINESE.folder + page


# -- the menu


def on_nav(nav: Any, config: Any, files: Any) -> Any:  # noqa: ARG001 - MkDocs calls by these names
    """Keep a Chinese menu beside the English one."""
    from mkdocs.structure.nav import Navigation

    with speaking(CHINESE):
        items = _mirrored(nav.items, files)
    pages = list(_pages(items))
    chinese = Navigation(items, pages)
    chinese.homepage = next((page for page in pages if page.file.src_uri == "zh/index.md"), None)
    for before, page in pairwise(pages):
        before.next_page, page.previous_page = page, before
    _menus["zh"] = chinese
    return nav


def _mirrored(items: Iterable[Any], files: Any) -> list[Any]:
    from mkdocs.exceptions import PluginError
    from mkdocs.structure.nav import Section

    made: list[Any] = []
    for item in items:
        if item.is_page and (file := files.get_file_from_path(sibling(item.file.src_uri))):
            made.append(file.page)
            if chinese := MENU.get(item.title) or menu.short_by_page(file.src_uri):
                file.page.title = chinese
        elif item.is_section and (children := _mirrored(item.children, files)):
            chinese = MENU.get(item.title) or _(item.title)
            if chinese == item.title:
                raise PluginError(f"The menu has no Chinese for {item.title!r}: add it to MENU in {__name__}.")
            made.append(Section(chinese, children))
            for child in children:
                child.parent = made[-1]
    return made


def _pages(items: Iterable[Any]) -> Iterable[Any]:
    for item in items:
        yield from [item] if item.is_page else _pages(item.children)


# -- a page


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:  # noqa: ARG001
    """Let the links of a Chinese page lead to Chinese pages, as far as there are any."""
    here = page.file.src_uri
    if not is_chinese(here):
        return markdown
    there = {file.src_uri for file in files}
    return _LINK.sub(lambda link: link[1] + _target(here, link[2], there), markdown)


def _target(here: str, link: str, there: set[str]) -> str:
    folder = posixpath.dirname(here)
    target = posixpath.normpath(posixpath.join(folder, link))
    english = target.removeprefix(CHINESE.folder)
    found = next((page for page in (CHINESE.folder + english, english) if page in there), target)
    return posixpath.relpath(found, folder)


def on_page_context(context: Any, page: Any, config: Any, nav: Any) -> Any:  # noqa: ARG001
    """Give the theme the page's language, menu and sibling; the templates read them while this page is drawn."""
    chinese = is_chinese(page.file.src_uri)
    kept = _menus.setdefault("theme", {"palette": deepcopy(config.theme["palette"]), "about": config.site_description})
    config.theme["language"] = "zh" if chinese else "en"
    config.theme["palette"] = _switches(kept["palette"]) if chinese else kept["palette"]
    config.site_description = DESCRIPTION if chinese else kept["about"]
    with speaking(CHINESE if chinese else ENGLISH):
        config.copyright = _(NOT_FANRUAN)
    config.extra["alternate"] = _tongues(page.file.src_uri, {each.src_uri for each in context["pages"]})
    if chinese:
        context["nav"] = _menus["zh"]
    return context


def _switches(palette: Any) -> Any:
    made = deepcopy(palette)
    for scheme in made:
        scheme["toggle"]["name"] = SWITCHES[scheme["toggle"]["name"]]
    return made


def _tongues(page: str, there: set[str]) -> list[dict[str, Any]]:
    """This page in each language, for the switch and for search engines; nothing if it has no sibling."""
    if sibling(page) not in there:
        return []
    english, chinese = sorted((page, sibling(page)), key=is_chinese)
    return [
        {"name": tongue.name, "lang": tongue.code, "link": _address(name), "here": name == page}
        for tongue, name in ((ENGLISH, english), (CHINESE, chinese))
    ]


def _address(page: str) -> str:
    return re.sub(r"(^|/)README\.html$", r"\1index.html", re.sub(r"\.md$", ".html", page))


def on_post_page(output: str, page: Any, config: Any) -> str:  # noqa: ARG001
    """Name the language of the page in full, and the root of the Chinese search."""
    # The theme's script takes `rel="alternate"` for the root of another site and asks it for its map of pages.
    output = output.replace('<link rel="alternate" ', '<link rel="alternate " ')
    if not is_chinese(page.file.src_uri):
        return output
    output = output.replace('<html lang="zh"', f'<html lang="{CHINESE.code}"', 1).replace(
        'aria-label="Search"', 'aria-label="搜索"'
    )
    base = posixpath.relpath("zh", posixpath.dirname(page.file.dest_uri))
    return re.sub(r'(id="__config"[^>]*>\s*\{[^}]*?"base": )"[^"]*"', rf'\1"{base}"', output, count=1)


# -- the search


def split(site: Path) -> None:
    """Make an index for each language out of the one that the search made: each below its own root."""
    made = json.loads((site / "search" / "search_index.json").read_text("utf-8"))
    for folder in ("", CHINESE.folder):
        documents = [
            {**document, "location": document["location"].removeprefix(folder)}
            for document in made["docs"]
            if is_chinese(document["location"]) == bool(folder)
        ]
        text = json.dumps({**made, "docs": documents}, ensure_ascii=False, separators=(",", ":"))
        target = site / folder / "search"
        target.mkdir(parents=True, exist_ok=True)
        (target / "search_index.json").write_text(text, "utf-8", newline="\n")
        (target / "search_index.js").write_text(f"var __index = {text}", "utf-8", newline="\n")
