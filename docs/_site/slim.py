"""Less to load before the first paint: slim styles, pages without the templates' blanks, the script a frame later.

A rule stays if each class that one of its selectors names stands somewhere in a page or in the theme's script, which
adds classes while the page is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_CLASS = re.compile(r"\.((?:[\w-]|\\.)+)")
_NEGATED = re.compile(r":(?:not|is|where|has)\([^)]*\)")
_COLOR = re.compile(r"\[data-md-color-[a-z]+=[\"']?([\w-]+)")
_WORD = re.compile(r"[\w-]+")
_VERBATIM = re.compile(r"(<(pre|textarea|script)\b.*?</\2>)", re.DOTALL)
_CODE = re.compile(r"(<pre[^>]*>(?:<span></span>)?<code)(?![^>]*tabindex)")
_BUNDLE = re.compile(r'<script src="([^"]*/javascripts/bundle\.[^"]*)"></script>')
# After the first frame, so that the script does not take the line from what is read.
_LATER = (
    "<script>requestAnimationFrame(()=>setTimeout(()=>{{const s=document.createElement('script');s.src='{address}';"
    "document.body.append(s)}}))</script>"
)


def pages(site: Path) -> None:
    """Slim every page of the built site."""
    for path in site.rglob("*.html"):
        path.write_text(page(path.read_text("utf-8")), "utf-8", newline="\n")


def page(text: str) -> str:
    """A page without the templates' blanks, with the theme's script after the first frame."""
    parts = _VERBATIM.split(text)
    parts[::3] = [re.sub(r"\s*\n\s*", "\n", part) for part in parts[::3]]
    del parts[2::3]
    # What scrolls can be reached with the keyboard.
    reachable = _CODE.sub(r'\1 tabindex="0"', "".join(parts))
    return _BUNDLE.sub(lambda script: _LATER.format(address=script[1]), reachable)


def styles(site: Path) -> int:
    """Slim the theme's style sheets; the bytes that they lost."""
    used = _words(site)
    sheets = {path: path.read_text("utf-8") for path in (site / "assets").glob("stylesheets/*.min.css")}
    slimmer = {path: "".join(_kept(text, used)) for path, text in sheets.items()}
    ours = site / "assets" / "fanlic.css"
    slimmer[ours] = re.sub(r"\s*\n\s*", "\n", re.sub(r"/\*.*?\*/", "", ours.read_text("utf-8"), flags=re.DOTALL))
    asked_for = set(re.findall(r"var\(\s*(--[\w-]+)", "".join(slimmer.values())))
    for path, text in slimmer.items():
        path.write_text(_without_unused(text, asked_for), "utf-8", newline="\n")
    return sum(map(len, sheets.values())) - sum(len(path.read_text("utf-8")) for path in sheets)


def _without_unused(css: str, asked_for: set[str]) -> str:
    """A style sheet without the values that no rule asks for: the theme's pictures, above all."""
    value = r"(?:\"[^\"]*\"|'[^']*'|url\((?:\"[^\"]*\"|'[^']*'|[^)]*)\)|[^;{}\"'])*"
    pattern = re.compile(rf"(?<=[{{;])(--[\w-]+):{value}(?:;|(?=\}}))")
    return pattern.sub(lambda found: found[0] if found[1] in asked_for else "", css)


def _words(site: Path) -> set[str]:
    """Every word of a class of a page, and every word of the theme's script."""
    words: set[str] = set()
    for path in site.rglob("*.html"):
        text = path.read_text("utf-8")
        for classes in re.findall(r"(?:class|data-md-color-[a-z]+)=[\"']?([^\"'>]*)", text):
            words.update(classes.split())
    for script in (site / "assets" / "javascripts").glob("*.js"):
        words.update(_WORD.findall(script.read_text("utf-8")))
    return words


def _kept(css: str, used: set[str]) -> Iterator[str]:
    """The rules of a style sheet, or of a block in it, that can match."""
    for head, body in _rules(css):
        if body is None:
            yield head
        elif head.startswith(("@media", "@supports", "@container")):
            if inside := "".join(_kept(body, used)):
                yield f"{head}{{{inside}}}"
        elif head.startswith("@") or (selectors := [each for each in _split(head) if _matches(each, used)]):
            yield f"{head if head.startswith('@') else ','.join(selectors)}{{{body}}}"


def _rules(css: str) -> Iterator[tuple[str, str | None]]:
    """Each rule as its head and what stands in its braces; a statement without braces has None."""
    begin = place = 0
    while place < len(css):
        sign = css[place]
        if sign in "\"'":
            place = _end_of_text(css, place)
        elif sign == ";":
            yield css[begin : place + 1], None
            begin = place + 1
        elif sign == "{":
            end = _end_of_block(css, place)
            yield css[begin:place], css[place + 1 : end]
            begin = place = end + 1
            continue
        place += 1
    if css[begin:].strip():
        yield css[begin:], None


def _end_of_text(css: str, place: int) -> int:
    quote, place = css[place], place + 1
    while css[place] != quote:
        place += 2 if css[place] == "\\" else 1
    return place


def _end_of_block(css: str, place: int) -> int:
    depth = 0
    while True:
        if css[place] in "\"'":
            place = _end_of_text(css, place)
        elif css[place] in "{}":
            depth += 1 if css[place] == "{" else -1
            if depth == 0:
                return place
        elif css.startswith("url(", place):
            place = css.index(")", place) if css[place + 4] not in "\"'" else _end_of_text(css, place + 4)
        place += 1


def _split(selectors: str) -> list[str]:
    """A list of selectors, divided at the commas that stand in no bracket."""
    parts, depth = [""], 0
    for sign in selectors:
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _matches(selector: str, used: set[str]) -> bool:
    plain = _NEGATED.sub("", selector)
    names = [re.sub(r"\\(.)", r"\1", name) for name in _CLASS.findall(plain)]
    return used.issuperset([*names, *_COLOR.findall(plain)])
