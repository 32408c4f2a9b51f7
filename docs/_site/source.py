"""The project's own Python files as plain pages with numbered lines, so that a page can link to a line."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from pathlib import Path

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name} - fanlic</title><link rel="stylesheet" href="{up}source/source.css"></head>
<body><header><a href="{up}index.html">fanlic</a> <h1>{name}</h1></header>
<main tabindex="0" aria-label="{name}">{code}</main></body></html>
"""
_STYLE = """
:root { color-scheme: light dark; }
body { margin: 0; background: #fff; color: #1f2328;
  font: 14px/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
header { display: flex; gap: 1em; align-items: baseline; padding: .6em 1em; border-bottom: 1px solid #8884;
  font-family: system-ui, sans-serif; }
h1 { font-size: 1.1em; margin: 0; overflow-wrap: anywhere; }
a { color: #0b57d0; }
main { overflow-x: auto; padding: .5em 0; }
pre { margin: 0; padding: 0 1em; }
.linenos { display: inline-block; min-width: 3.5em; }
.linenos a, a .linenos { color: #57606a; text-decoration: none; }
pre > span[id]:target, pre span:target { background: #fff3b0; }
@media (prefers-color-scheme: dark) {
  body { background: #16181d; color: #e6e8eb; }
  a { color: #9ecbff; } .linenos a, a .linenos { color: #a3abb5; }
  pre span:target { background: #4a431a; }
}
"""


def site_links(text: str) -> str:
    """A page of docs/ with its links to Python files as the site has them.

    In the repository such a link leads out of docs/ to the file itself, so that it works on GitHub too; on the site
    the file is a page below source/, which stands beside the other pages.
    """
    return re.sub(r"\]\(\.\./((?:\.\./)*)((?:fanlic|tests)/[\w/]+\.py)(#L\d+)?\)", r"](\1source/\2.html\3)", text)


def wanted(pages: Path) -> set[str]:
    """The Python files that some page links to: an eighth of all, and a page for each of the others took 8 s."""
    link = re.compile(r"\bsource/((?:[\w.-]+/)*[\w.-]+\.py)\.html")
    return {name for path in pages.rglob("*.md") for name in link.findall(path.read_text("utf-8"))}


def pages(root: Path, target: Path, names: Iterable[str]) -> None:
    """Write a page for each of these Python files."""
    from pygments import highlight
    from pygments.formatters.html import HtmlFormatter
    from pygments.lexers.python import PythonLexer

    formatter, lexer = HtmlFormatter(nowrap=True), PythonLexer(stripnl=False)
    for name in sorted(names):
        rows = highlight((root / name).read_text("utf-8"), lexer, formatter).splitlines()
        code = "\n".join(
            f'<span id="L{number}"><a class="linenos" href="#L{number}">{number}</a>{row}</span>'
            for number, row in enumerate(rows, 1)
        )
        file = target / f"{name}.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        up = "../" * (name.count("/") + 1)
        file.write_text(_PAGE.format(name=html.escape(name), up=up, code=f"<pre>{code}</pre>"), "utf-8", newline="\n")
    (target / "source.css").write_text(_STYLE + _tokens(), "utf-8", newline="\n")


def _tokens() -> str:
    from pygments.formatters.html import HtmlFormatter

    light = HtmlFormatter(style="xcode").get_token_style_defs("pre")
    dark = HtmlFormatter(style="github-dark").get_token_style_defs("pre")
    return "\n".join([*light, "@media (prefers-color-scheme: dark) {", *dark, "}", ""])
