"""The part of YAML that compose files are written in; what lies beyond is named by its line, not guessed."""

from __future__ import annotations

import re
from typing import Union

from fanlic.texts import _
from fanlic.troubleshoot.findings import Finding, Unreadable, error, warning

Value = Union[dict[str, "Value"], list["Value"], str, None]  # noqa: UP007 - an alias that names itself

DEEPEST = 50
_KEY = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s"'\[\]{}|>@`%#,&*!-][^#]*?|<<|-\S[^#]*?)\s*:(?:\s+(.*))?""")
_BLOCK_TEXT = re.compile(r"[|>][+-]?\d?[+-]?")
_ESCAPE = re.compile(r'\\(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[0abtnvfre "/\\N_LP])')
_PLAIN_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", '"': '"', "/": "/", " ": " "}


def read(text: str) -> tuple[Value, list[Finding]]:
    """The document's value and what was wrong or not understood; raises Unreadable for indentation by tabs."""
    reader = _Reader(text)
    value = reader.node(-1)
    reader.leftover()
    return value, reader.findings


class _Reader:
    def __init__(self, text: str) -> None:
        self.lines: list[tuple[int, int, str]] = []
        self.findings: list[Finding] = []
        self.at = self.depth = 0
        for number, raw in enumerate(text.splitlines(), start=1):
            if re.match(r" *\t", raw) and raw.strip() and not raw.strip().startswith("#"):
                raise Unreadable(
                    _("Line {number} is indented with a tab; YAML allows spaces only.").format(number=number)
                )
            self.lines.append((number, len(raw) - len(raw.lstrip(" ")), raw.strip(" \r")))

    def node(self, above: int) -> Value:
        """The value that begins at the next line, if it is indented deeper than `above`."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable(_("The file is nested more than {limit} levels deep.").format(limit=DEEPEST))
        value = self._node(above)
        self.depth -= 1
        return value

    def _node(self, above: int) -> Value:
        found = self._next()
        if found is None or found[1] <= above:
            return None
        _number, indent, content = found
        if content == "-" or content.startswith("- "):
            return self._sequence(indent)
        if _KEY.fullmatch(_uncommented(content)):
            return self._mapping(indent)
        self.at += 1
        return self._scalar(_uncommented(content), found[0])

    def leftover(self) -> None:
        """Every line that no value took is named."""
        while (found := self._next()) is not None:
            self._unknown(found[0], found[2])
            self.at += 1

    def _next(self) -> tuple[int, int, str] | None:
        while self.at < len(self.lines):
            found = self.lines[self.at]
            if found[2] and not found[2].startswith("#") and not (found[1] == 0 and found[2] in ("---", "...")):
                return found
            self.at += 1
        return None

    def _sequence(self, indent: int) -> Value:
        items: list[Value] = []
        while (found := self._next()) is not None and found[1] == indent and re.match(r"-( |$)", found[2]):
            rest = found[2][1:].lstrip(" ")
            if not rest or rest.startswith("#"):
                self.at += 1
                items.append(self.node(indent))
            elif rest.startswith("- ") or _KEY.fullmatch(_uncommented(rest)):
                self.lines[self.at] = (found[0], indent + len(found[2]) - len(rest), rest)  # a value of its own, deeper
                items.append(self.node(indent))
            else:
                self.at += 1
                items.append(self._inline(rest, found[0], indent))
        return items

    def _mapping(self, indent: int) -> Value:
        pairs: dict[str, Value] = {}
        while (found := self._next()) is not None and found[1] == indent:
            key = _KEY.fullmatch(_uncommented(found[2]))
            if key is None or re.match(r"-( |$)", found[2]):
                break
            self.at += 1
            name = str(self._scalar(key[1], found[0]))
            if name in pairs:
                self.findings.append(
                    error(
                        _("Line {number}: the key {key} stands here a second time.").format(number=found[0], key=name),
                        _("Keep one of the two."),
                    )
                )
            pairs[name] = self._inline(key[2], found[0], indent) if key[2] else self._below(indent)
            if name == "<<" and pairs[name] is not None:
                self._unknown(found[0], found[2])
        self._deeper(indent)
        return pairs

    def _deeper(self, indent: int) -> None:
        """Lines that hang below a finished value belong to nothing this reader knows."""
        while (found := self._next()) is not None and found[1] > indent:
            self._unknown(found[0], found[2])
            self.at += 1

    def _below(self, indent: int) -> Value:
        found = self._next()
        if found is not None and found[1] == indent and re.match(r"-( |$)", found[2]):
            return self._sequence(indent)  # a list may stand at its key's own depth
        return self.node(indent)

    def _inline(self, text: str, number: int, indent: int) -> Value:
        text = _uncommented(text)
        if not text:
            return self._below(indent)
        if _BLOCK_TEXT.fullmatch(text):
            return self._text(indent)
        return self._scalar(text, number)

    def _text(self, indent: int) -> str:
        taken = []
        while self.at < len(self.lines) and (not self.lines[self.at][2] or self.lines[self.at][1] > indent):
            taken.append(self.lines[self.at][2])
            self.at += 1
        return "\n".join(taken)

    def _scalar(self, text: str, number: int) -> Value:
        if text[:1] in ("&", "*", "!"):
            self._unknown(number, text)
            return None
        if text[:1] in ("[", "{"):
            return self._flow(text, number)
        if text[:1] == '"' and text[-1:] == '"' and len(text) > 1:
            return self._unescaped(text[1:-1], number)
        if text[:1] == "'" and text[-1:] == "'" and len(text) > 1:
            return text[1:-1].replace("''", "'")
        if text[:1] in ("'", '"'):
            self._unknown(number, text)
        return None if text in ("~", "null", "") else text

    def _unescaped(self, text: str, number: int) -> str:
        bad = re.search(r"\\.?", _ESCAPE.sub("", text))
        if bad:
            self.findings.append(
                error(
                    _(
                        "Line {number}: {sign} means nothing between double quotes; use single quotes, or / in paths."
                    ).format(number=number, sign=bad[0]),
                    f"'{text}'",
                )
            )
            return text
        return _ESCAPE.sub(_unescape, text)

    def _flow(self, text: str, number: int) -> Value:
        """`[a, b]` and `{a: b}` on one line, without others inside."""
        inner = text[1:-1].strip()
        if text[-1] != {"[": "]", "{": "}"}[text[0]] or re.search(r"[\[\]]|(?<!\$)\{", inner):
            self._unknown(number, text)
            return None
        parts = [
            part.strip() for part in re.findall(r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^,"'])+""", inner) if part.strip()
        ]
        if text[0] == "[":
            return [self._scalar(part, number) for part in parts]
        pairs = (re.split(r":\s+|:$", part, maxsplit=1) for part in parts)
        return {str(self._scalar(pair[0], number)): self._scalar("".join(pair[1:]), number) for pair in pairs}

    def _unknown(self, number: int, text: str) -> None:
        self.findings.append(
            warning(
                _("Line {number} was not understood and not judged: {text}").format(number=number, text=text),
                _("Judge that line by hand, or write out in full what it stands for."),
            )
        )


def _unescape(found: re.Match[str]) -> str:
    sign = found[1]
    return chr(int(sign[1:], 16)) if len(sign) > 1 else _PLAIN_ESCAPES.get(sign, " ")


def _uncommented(text: str) -> str:
    """The text before a comment; a # inside quotes or inside a word is none."""
    found = re.match(r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|\S+?(?=\s+#|$|\s)|\s+(?!#))*""", text)
    return (found[0] if found else text).rstrip()
