"""A paste made readable: any bytes become lines of text, each with the command whose output it belongs to.

A console's UTF-16, the quotation marks of a mail, colors and prompts are taken off. Nothing fails, whatever the bytes.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import BinaryIO

LIMIT = 1_200_000  # bytes that are read; what is longer is cut, and the answer says so
LINES = 30_000  # lines that are read
WIDE = 4_000  # characters of a line that are read
JSON_WIDE = 400_000  # the same, if the line may be one JSON document

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ANSI = re.compile(r"\x1b(?:\[[0-9;?]{0,20}[ -/]?[@-~]|\][^\x07\x1b\n]{0,200}(?:\x07|\x1b\\)|[@-Z\\^_])")
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_QUOTED = re.compile(r"(?:> ?)+(?!>)")
_PROMPT = re.compile(
    r"\s{0,8}(?:\[[^\]\s]{1,60}@[^\]]{1,80}\] ?[#$]|PS(?: [^>\n]{0,200})?>|[A-Za-z]:\\[^>\n]{0,200}>"
    r"|[\w.-]{1,60}@[\w.-]{1,60}:[^#$\n]{0,100}[#$]|[#$](?= (?:sudo |docker|date\b|uname|openssl|curl|echo)))\s*"
)
_COMMAND = re.compile(
    r"(?:sudo\s+)?(?:(docker)\s+(?:container\s+|image\s+)?(ps|ls|port|inspect|logs|images|version|info|run)\b"
    r"|(date|uname|systeminfo|openssl|curl|grep|findstr|Select-String|Test-NetConnection|Get-Date)\b)"
)
# Tags of a mail or a page; other words in angle brackets stay.
_TAG = re.compile(
    r"</?(?:html|head|body|title|div|p|br|hr|span|b|i|u|strong|em|font|h\d|center|table|t[drh]|ul|ol|li|a|pre|code)\b[^<>\n]{0,300}>",
    re.IGNORECASE,
)
_SIGNS = (("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&"))
_MARKER = re.compile(r"=== fanlic: ([a-zA-Z. ]{2,40})(?: \(([a-zA-Z ]{2,40})\))? ===")


@dataclass(frozen=True)
class PastedLine:
    """One line of the paste: its number, its text without prompt, and the section it stands in.

    Numbers run through all pieces. `piece` and `own` are the piece's name and the number in it.
    """

    number: int
    text: str
    section: str = ""
    host: str = ""
    piece: str = ""
    own: int = 0


@dataclass(frozen=True)
class PastedPiece:
    """One thing that was given, a file or a paste: its name, its beginning, and its end if its middle was left out."""

    name: str
    head: bytes
    tail: bytes = b""
    skipped: int = 0  # lines between the two

    @property
    def cut(self) -> bool:
        """Whether the middle was left out."""
        return bool(self.tail)


def bounded(name: str, stream: BinaryIO, limit: int = LIMIT) -> PastedPiece:
    """A piece of any length: its beginning and its end, half of the limit each. The end is where a log is newest."""
    half = limit // 2
    head, tail, skipped = stream.read(half), b"", 0
    while chunk := stream.read(half):
        tail += chunk
        skipped += tail.count(b"\n", 0, max(len(tail) - half, 0))
        tail = tail[-half:]
    return PastedPiece(name, head, tail, skipped)


@dataclass(frozen=True)
class Paste:
    """What was pasted, cleaned: the lines, and what the reader must know about the cleaning."""

    lines: tuple[PastedLine, ...] = ()
    collected: bool = False  # it has the section markers of `fanlic ask`
    cut: bool = False

    @property
    def text(self) -> str:
        """All lines in one."""
        return "\n".join(line.text for line in self.lines)

    def within(self, *sections: str) -> tuple[PastedLine, ...]:
        """The lines of these sections."""
        return tuple(line for line in self.lines if line.section in sections)


def paste(*given: bytes | PastedPiece) -> Paste:
    """Make what was pasted readable, each piece in its own encoding; never fails, whatever the bytes."""
    pieces = [one if isinstance(one, PastedPiece) else PastedPiece("", one) for one in given]
    if sum(len(piece.head) + len(piece.tail) for piece in pieces) > LIMIT:
        share = LIMIT // len(pieces)
        pieces = [bounded(piece.name, BytesIO(piece.head + piece.tail), share) for piece in pieces]
    lines: list[PastedLine] = []
    collected, cut, room = False, any(piece.cut for piece in pieces), max(LINES // max(len(pieces), 1), 2)
    for piece in pieces:
        raw, less = _raw(piece, room)
        begin = lines[-1].number + 1 if lines else 1
        lines += (replace(line, number=begin + at, piece=piece.name) for at, line in enumerate(_lines(raw)))
        lines.append(PastedLine(lines[-1].number + 1, "", piece=piece.name))  # no row goes on in the next piece
        collected = collected or any(_MARKER.match(text.strip()) for _own, text in raw)
        cut = cut or less
    return Paste(tuple(lines), collected, cut)


def _raw(piece: PastedPiece, room: int) -> tuple[list[tuple[int, str]], bool]:
    """The lines of a piece, each with its number in it, and whether some were left out for their number."""
    head, encoding = _decoded(piece.head)
    lines = list(enumerate(_split(head), 1))
    if piece.cut:
        lines += enumerate(_split(piece.tail.decode(encoding, "replace")), len(lines) + piece.skipped)
    if len(lines) <= room:
        return lines, False
    return [*lines[: room // 2], *lines[-room // 2 :]], True


def _split(text: str) -> list[str]:
    clean = _INVISIBLE.sub("", _ANSI.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    return clean.replace("\u00a0", " ").replace("\u3000", " ").split("\n")


def _decoded(data: bytes) -> tuple[str, str]:
    """The text, and the encoding it was read in."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return codecs.getincrementaldecoder(encoding)("replace").decode(data[len(bom) :]), encoding
    if data.count(b"\0", 0, 2000) * 3 > len(data[:2000]):  # PowerShell's redirection without its mark
        return data.decode("utf-16-le", "replace"), "utf-16-le"
    for encoding in ("utf-8", "gb18030"):
        try:
            return codecs.getincrementaldecoder(encoding)().decode(data), encoding  # a cut may be in a character
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace"), "utf-8"


def _lines(raw: list[tuple[int, str]]) -> Iterator[PastedLine]:
    section = host = ""
    for own, raw_line in raw:
        wide = raw_line[: JSON_WIDE if raw_line.lstrip()[:1] in ("[", "{") else WIDE]
        text = _QUOTED.sub("", wide, count=1) if raw_line.startswith(">") else wide
        if marker := _MARKER.match(text.strip()):
            section, host = marker[1].lower(), (marker[2] or "").lower()
            yield PastedLine(0, "", section, host, own=own)
            continue
        bare = _PROMPT.sub("", text, count=1) if _PROMPT.match(text) else text
        if command := _COMMAND.match(bare.strip()):
            named = f"docker {command[2]}" if command[1] else command[3].lower()
            if bare is not text or bare.strip() == command[0]:
                section, host = named.replace("docker ls", "docker ps"), ""
                if section != "docker run":
                    yield PastedLine(0, "", section, host, own=own)
                    continue
        yield PastedLine(0, _untagged(bare).rstrip(), section, host, own=own)


def _untagged(text: str) -> str:
    """The words of a line of HTML."""
    if "</" not in text and "<br" not in text and "<div" not in text and "<p" not in text:
        return text
    plain = _TAG.sub(" ", text)
    for sign, instead in _SIGNS:
        plain = plain.replace(sign, instead)
    return plain
