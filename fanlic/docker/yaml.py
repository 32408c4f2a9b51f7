"""The part of YAML in which compose files are written; what lies beyond is named by its line and never guessed.

Mappings, lists, scalars of every style, flow collections, anchors, aliases, merge keys and comments are read. Tags are
left out. Scalars stay text, and each one knows its line.
"""

from __future__ import annotations

import re
from typing import Self, Union

from fanlic.docker.problem import Problem, ProblemKind

Value = Union[dict[str, "Value"], list["Value"], "Text", None]

DEEPEST = 50  # levels
LINES = 10_000  # of one document
MERGED = 100_000  # keys that merge keys may copy in all
FLOW_LINES = 200  # lines of one flow collection
BROKEN = 25  # flow collections that never end, after which none is followed over lines
PROBLEMS = 200  # that are listed
_QUOTED = r""""[^"\\]*+(?:\\.[^"\\]*+)*+"|'[^']*+(?:''[^']*+)*+'"""
_COMMENT = re.compile(rf"(?:^|(?<=[\s\[{{,:]))(?:{_QUOTED})|(?P<comment>(?:^|(?<=\s))#)")
_QUOTED_KEY = re.compile(rf"({_QUOTED})\s*:(?:\s+|$)")
_PLAIN_KEY = re.compile(r":(?=\s|$)")
_PROPERTIES = re.compile(r"(?:(?:&(?P<anchor>[^\s,\[\]{}]+)|![^\s,\[\]{}]*)(?:\s+|$))+")
_BLOCK_TEXT = re.compile(r"[|>][+-]?\d?[+-]?")
_ESCAPE = re.compile(r'\\(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[0abtnvfre "/\\N_LP])')
_PLAIN_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", '"': '"', "/": "/", " ": " "}
_FLOW = re.compile(
    rf"\s+|(?P<sign>[\[\]{{}},]|:(?=[\s,\[\]{{}}]|$))|(?P<word>{_QUOTED}|(?:\$\{{[^${{}}]{{0,200}}+\}}|[^\s,\[\]{{}}:]|:(?![\s,\[\]{{}}]|$)"
    r"|[ \t]++(?![\s,\[\]{}:#]|$))++)"
)


class Text(str):
    """A scalar and the line in which it stands, from 1."""

    __slots__ = ("line",)
    line: int

    def __new__(cls, value: str, line: int = 0) -> Self:
        """The text, at this line."""
        text = super().__new__(cls, value)
        text.line = line
        return text


class _Stop(Exception):
    """The rest of the document cannot be read."""


def read(text: str) -> tuple[Value, tuple[Problem, ...]]:
    """The document's value, None where it cannot be read, and what was wrong or not understood."""
    reader = _Reader(text)
    try:
        value = reader.node(-1)
        reader.leftover()
    except _Stop:
        value = None
    return value, tuple(reader.problems)


class _Reader:
    def __init__(self, text: str) -> None:
        self.lines: list[tuple[int, int, str]] = []
        self.problems: list[Problem] = []
        self.anchors: dict[str, Value] = {}
        self.at = self.depth = self.merged = self.broken = 0
        lines = text.splitlines()
        if len(lines) > LINES:
            self._problem(Problem(ProblemKind.TOO_MUCH, str(LINES), LINES))
        for number, raw in enumerate(lines[:LINES], start=1):
            content = raw.strip(" \r")
            if content.startswith("\t") and content.strip() and not content.strip().startswith("#"):
                self._problem(Problem(ProblemKind.TAB, "", number, "found character that cannot start any token"))
                self.lines.clear()
                break
            self.lines.append((number, len(raw) - len(raw.lstrip(" ")), content))

    def node(self, above: int) -> Value:
        """The value that begins at the next line, if it is indented deeper than `above`."""
        with_depth = self._next()
        if with_depth is None or with_depth[1] <= above:
            return None
        self._deeper(with_depth[0])
        value = self._node(*with_depth)
        self.depth -= 1
        return value

    def _deeper(self, number: int) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            self._problem(Problem(ProblemKind.TOO_DEEP, str(DEEPEST), number))
            raise _Stop

    def _node(self, number: int, indent: int, content: str) -> Value:
        if content == "-" or content.startswith("- "):
            return self._sequence(indent)
        content = _uncommented(content)
        if _pair(content):
            return self._mapping(indent)
        self.at += 1
        return self._inline(content, number, indent)

    def leftover(self) -> None:
        """Every line that no value took is named."""
        while (line := self._next()) is not None:
            self._unknown(line[0], line[2])
            self.at += 1

    def _next(self) -> tuple[int, int, str] | None:
        while self.at < len(self.lines):
            line = self.lines[self.at]
            marker = line[1] == 0 and (line[2] in ("---", "...") or line[2].startswith("%"))
            if line[2] and not line[2].startswith("#") and not marker:
                return line
            self.at += 1
        return None

    def _sequence(self, indent: int) -> Value:
        items: list[Value] = []
        while (line := self._next()) is not None and line[1] >= indent:
            number, depth, content = line
            if depth > indent or not (content == "-" or content.startswith("- ")):
                if depth == indent:
                    break  # a list at its key's own depth ends where the next key begins
                self._skip(number, content)
                continue
            rest = content[1:].lstrip(" ")
            properties = _PROPERTIES.match(rest)
            inner = rest[properties.end() :] if properties else rest
            if inner.startswith("- ") or _pair(_uncommented(inner)):
                self.lines[self.at] = (number, indent + len(content) - len(inner), inner)  # a value of its own, deeper
                items.append(self._anchored(properties, self.node(indent)))
            else:
                self.at += 1
                items.append(self._inline(rest, number, indent, list_item=True))
        return items

    def _mapping(self, indent: int) -> Value:
        pairs: dict[str, Value] = {}
        merged: list[Value] = []
        while (line := self._next()) is not None and line[1] >= indent:
            number, depth, content = line
            pair = _pair(_uncommented(content)) if depth == indent and not content.startswith("- ") else None
            if pair is None:
                self._skip(number, content)
                continue
            self.at += 1
            name = str(self._scalar(pair[0], number))
            value = self._inline(pair[1], number, indent)
            if name == "<<":
                merged += value if isinstance(value, list) else [value]
                continue
            if name in pairs:
                said = f'mapping key "{name}" already defined'
                self._problem(Problem(ProblemKind.KEY_TWICE, name, number, said))
            pairs[name] = value
        return self._merge(pairs, merged)

    def _merge(self, pairs: dict[str, Value], merged: list[Value]) -> dict[str, Value]:
        """The keys of merged mappings, behind a mapping's own; bounded, for aliases may name aliases."""
        for other in merged:
            if isinstance(other, dict):
                self.merged += len(other)
                if self.merged > MERGED:
                    self._problem(Problem(ProblemKind.TOO_MUCH, str(MERGED)))
                    raise _Stop
                pairs = {**other, **pairs}
            else:
                pairs.setdefault("<<", None)  # what it stands for is not known
        return pairs

    def _skip(self, number: int, content: str) -> None:
        self._unknown(number, content)
        self.at += 1

    def _inline(self, text: str, number: int, indent: int, *, list_item: bool = False) -> Value:
        """The value that begins behind a key or a dash; it may stand below, or go on there."""
        text = _uncommented(text)
        properties = _PROPERTIES.match(text)
        text = text[properties.end() :] if properties else text
        if not text:
            value = self.node(indent) if list_item else self._below(indent)
        elif _BLOCK_TEXT.fullmatch(text):
            value = self._text(number, indent)
        elif text[0] in "[{":
            value = self._flow(text, number)
        else:
            value = self._scalar(text, number)
        return self._anchored(properties, value)

    def _anchored(self, properties: re.Match[str] | None, value: Value) -> Value:
        if properties and properties["anchor"]:
            self.anchors[properties["anchor"]] = value
        return value

    def _below(self, indent: int) -> Value:
        line = self._next()
        if line is not None and line[1] == indent and (line[2] == "-" or line[2].startswith("- ")):
            return self._sequence(indent)  # a list may stand at its key's own depth
        return self.node(indent)

    def _text(self, number: int, indent: int) -> Text:
        taken = []
        while self.at < len(self.lines) and (not self.lines[self.at][2] or self.lines[self.at][1] > indent):
            taken.append(self.lines[self.at][2])
            self.at += 1
        return Text("\n".join(taken), number)

    def _scalar(self, text: str, number: int) -> Value:
        if text[:1] == "*":
            if text[1:] in self.anchors:
                return self.anchors[text[1:]]
            self._unknown(number, text)
            return None
        if re.fullmatch(_QUOTED, text):
            return (
                self._unescaped(text[1:-1], number) if text[0] == '"' else Text(text[1:-1].replace("''", "'"), number)
            )
        if text[:1] in ("'", '"', "@", "`"):
            self._unknown(number, text)
        return None if text in ("~", "null", "") else Text(text, number)

    def _unescaped(self, text: str, number: int) -> Text:
        if "\\" not in text:
            return Text(text, number)
        if bad := re.search(r"\\.?", _ESCAPE.sub("", text)):
            self._problem(Problem(ProblemKind.BAD_ESCAPE, bad[0], number, "found unknown escape character", extra=text))
            return Text(text, number)
        return Text(_ESCAPE.sub(_unescape, text), number)

    def _flow(self, text: str, number: int) -> Value:
        """`[a, b]` and `{a: b}`, one in another and over several lines."""
        tokens: list[tuple[str, int]] = []
        level, start, first = 0, self.at, (number, text)
        end = min(len(self.lines), start + FLOW_LINES) if self.broken < BROKEN else start
        while True:
            for piece in _FLOW.finditer(text):
                if piece.lastgroup:
                    tokens.append((piece[0], number))
                    level += (piece[0] in ("[", "{")) - (piece[0] in ("]", "}"))
            if level <= 0 or self.at >= end:
                break
            number, _indent, content = self.lines[self.at]
            text = _uncommented(content)
            self.at += 1
        tokens.reverse()
        value = self._flow_node(tokens) if level == 0 else None
        if level or tokens:
            self.at, self.broken = start, self.broken + 1
            self._unknown(*first)
            return None
        return value

    def _flow_node(self, tokens: list[tuple[str, int]]) -> Value:
        """One value off the stack of tokens."""
        token, number = tokens.pop() if tokens else ("", 0)
        if token not in ("[", "{"):
            return None if token in ("]", "}", ",", ":") else self._scalar(token, number)
        self._deeper(number)
        items: list[Value] = []
        pairs: dict[str, Value] = {}
        merged: list[Value] = []
        while tokens and tokens[-1][0] not in ("]", "}"):
            if tokens[-1][0] == ",":
                tokens.pop()
                continue
            item = self._flow_node(tokens)
            if tokens and tokens[-1][0] == ":":
                tokens.pop()
                empty = not tokens or tokens[-1][0] in (",", "]", "}")
                value = None if empty else self._flow_node(tokens)
                if item == "<<":
                    merged += value if isinstance(value, list) else [value]
                elif isinstance(item, Text) or item is None:
                    pairs[str(item)] = value
            else:
                items.append(item)
        if tokens:
            tokens.pop()
        self.depth -= 1
        return items if token[0] == "[" else self._merge({**{str(item): None for item in items}, **pairs}, merged)

    def _unknown(self, number: int, text: str) -> None:
        self._problem(Problem(ProblemKind.NOT_UNDERSTOOD, text[:200], number))

    def _problem(self, problem: Problem) -> None:
        if len(self.problems) < PROBLEMS:
            self.problems.append(problem)


def _unescape(found: re.Match[str]) -> str:
    sign = found[1]
    return chr(int(sign[1:], 16)) if len(sign) > 1 else _PLAIN_ESCAPES.get(sign, " ")


def _uncommented(text: str) -> str:
    """The text before a comment; a # inside quotes or inside a word is none."""
    if "#" in text:
        for piece in _COMMENT.finditer(text):
            if piece["comment"]:
                return text[: piece.start()].rstrip()
    return text.rstrip()


def _pair(text: str) -> tuple[str, str] | None:
    """The key and what stands behind its colon; None if the line has no key."""
    if quoted := _QUOTED_KEY.match(text):
        return quoted[1], text[quoted.end() :]
    colon = _PLAIN_KEY.search(text)
    if colon is None or text[:1] in (
        "",
        "[",
        "]",
        "{",
        "}",
        "|",
        ">",
        "@",
        "`",
        "%",
        ",",
        "&",
        "*",
        "!",
        '"',
        "'",
        ":",
    ):
        return None
    return text[: colon.start()].rstrip(), text[colon.end() :].lstrip()
