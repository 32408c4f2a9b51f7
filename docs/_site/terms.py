"""The words of the glossary, where a page uses them first: a link to the entry, with its meaning as a tooltip.

A link and not `abbr`: it is reached by key, opened by touch, and needs no script; `abbr` finds no word inside Chinese.
"""

from __future__ import annotations

import html
import posixpath
import re
from functools import cache
from pathlib import Path

# Everyday words, which mean something else as often, and words that each reader knows.
COMMON = {
    "code",
    "lock",
    "reading",
    "clause",
    "edition",
    "验证码与错误码",
    "解读",
    "条款",
    "锁定",
    "静默",
    "silence",
    "许可",
}
NOT_ON = ("tutorial", "glossary.md", "handouts", "adr", "reference/python-api.md", "changelog.md", "paste.md")
_ENTRY = re.compile(r"^### ([^\n{]+?)(?: \{ #([\w-]+) \})?\n\n(.+?)(?=\n\n)", re.MULTILINE | re.DOTALL)
_PARAGRAPH = re.compile(r"<p>.*?</p>|<li>[^<].*?(?=<ul>|<ol>|</li>)", re.DOTALL)
_PARTS = re.compile(r"(<(a|code|strong|h\d|script|svg)\b.*?</\2>|<[^>]+>)", re.DOTALL)


def linked(text: str, page: str, docs: Path) -> str:
    """The content of a page with a link at the first use of each word."""
    chinese, plain = page.startswith("zh/"), page.removeprefix("zh/")
    if plain.startswith(NOT_ON):
        return text
    glossary = f"{'zh/' if chinese else ''}glossary.md"
    up = posixpath.relpath(glossary.replace(".md", ".html"), posixpath.dirname(page))
    due = dict(entries(docs / glossary))
    return _PARAGRAPH.sub(lambda found: _paragraph(found[0], due, up), text)


def _paragraph(text: str, due: dict[str, tuple[str, str]], up: str) -> str:
    parts = _PARTS.split(text)
    for place in range(0, len(parts), 3):  # between the tags; then a tag, and the name of the tag
        parts[place] = _plain(parts[place], due, up)
    del parts[2::3]
    return "".join(part or "" for part in parts)


def _plain(text: str, due: dict[str, tuple[str, str]], up: str) -> str:
    if not due or not text.strip():
        return text
    words = "|".join(map(re.escape, sorted(due, key=len, reverse=True)))

    def link(found: re.Match[str]) -> str:
        word = next(each for each in due if each.lower() == found[1].lower())
        if word in used:
            return found[0]
        used.append(word)
        anchor, meaning = due[word]
        return f'<a class="fanlic-term" href="{up}#{anchor}" title="{html.escape(meaning)}">{found[0]}</a>'

    used: list[str] = []
    made = re.sub(rf"(?<![A-Za-z])({words})s?(?![A-Za-z])", link, text, flags=re.IGNORECASE)
    for word in used:
        del due[word]
    return made


@cache
def entries(glossary: Path) -> tuple[tuple[str, tuple[str, str]], ...]:
    """Each word with its anchor and the first sentence of its entry, without the marks of Markdown."""
    found = []
    for word, anchor, text in _ENTRY.findall(glossary.read_text("utf-8")):
        plain = re.sub(r"\[([^\]]+)\]\([^)]*\)|[*`]", r"\1", " ".join(text.split()))
        first = re.split(r"(?<=\.) (?=[A-Z])|(?<=\u3002)", plain)[0]
        if word not in COMMON:
            found.append((word, (anchor or re.sub(r"\W+", "-", word.lower()), first)))
    return tuple(found)
