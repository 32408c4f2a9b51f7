"""Evidence: what was pasted, made readable, and the facts read from it, each with the line it came from.

Any bytes may come in: a console's UTF-16, a mail's quotation marks, colors, prompts. Nothing that looks like a secret
leaves this module: a fact's line is masked when the fact is made.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

LIMIT = 2_000_000  # bytes that are read; whatever is longer is cut, and the answer says so
SHOWN = 160  # characters of a line that are shown
LINES = 60_000  # lines that are read
READ = 800  # characters of a line that are masked before it is cut
WIDE = 4_000  # characters of a line that are read
JSON_WIDE = 400_000  # the same, where a line may be one JSON document

Value = str | int | bool | datetime | timedelta

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
_MARKER = re.compile(r"=== fanlic: ([a-zA-Z. ]{2,40})(?: \(([a-zA-Z ]{2,40})\))? ===")

_WORDS = r"pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credentials?|cookie"
_MASKS = (
    (re.compile(r"-----BEGIN [^-\n]{1,60}-----.*", re.DOTALL), "***"),
    (re.compile(r"\beyJ[\w-]{8,}(?:\.[\w-]*)*"), "***"),
    (re.compile(r"\b(https?|jdbc:\w+|\w{2,10})://[^\s/@]+@", re.IGNORECASE), r"\1://***@"),
    (re.compile(r"\b(authorization)(\W{1,4}).*", re.IGNORECASE), r"\1\2***"),
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE), r"\1 ***"),
    (
        re.compile(rf"([\w.-]{{0,40}}(?:{_WORDS})[\w.-]{{0,40}}[\"']?\s*[:=\uff1a]\s*)\S.*", re.IGNORECASE),
        r"\1***",
    ),
    (re.compile(rf"(--?[\w-]{{0,40}}(?:{_WORDS})[\w-]{{0,40}}\s+)\S+", re.IGNORECASE), r"\1***"),
    (re.compile(rf"(\b(?:{_WORDS})\s+(?:is\s+)?)[\"']?\S*\d\S*", re.IGNORECASE), r"\1***"),
    (re.compile(r"((?:^|\s)(?:-e|--env)[ =]?)(?:[^\s\"']|\"[^\"]*\"?|'[^']*'?)+"), r"\1***"),
    (re.compile(r"\b([A-Z][A-Z0-9_]{2,}=)(?:\"[^\"]*\"|'[^']*'|\S+)"), r"\1***"),
    (re.compile(r"(密码|口令|密钥|令牌)(\s*[:\uff1a=是为]?\s*)\S+"), r"\1\2***"),
)


@dataclass(frozen=True)
class Line:
    """One line of the paste: its number, its text without prompt, and the section it stands in."""

    number: int
    text: str
    section: str = ""
    host: str = ""


@dataclass(frozen=True)
class Paste:
    """What was pasted, cleaned: the lines, and what the reader must know about the cleaning."""

    lines: tuple[Line, ...] = ()
    collected: bool = False  # it has the section markers of `fanlic ask`
    cut: bool = False

    @property
    def text(self) -> str:
        """All lines in one."""
        return "\n".join(line.text for line in self.lines)

    def within(self, *sections: str) -> tuple[Line, ...]:
        """The lines of these sections."""
        return tuple(line for line in self.lines if line.section in sections)


@dataclass(frozen=True)
class Fact:
    """One thing that the paste says: about what, the value, and the masked line it was read from."""

    kind: str
    value: Value
    source: str
    line: str = ""
    number: int = 0
    subject: str = ""
    detail: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "line", shown(self.line))
        object.__setattr__(self, "detail", mask(self.detail))
        if isinstance(self.value, str):
            object.__setattr__(self, "value", mask(self.value))


@dataclass(frozen=True)
class Evidence:
    """All facts, the instant they are judged at, and the container they are about."""

    facts: tuple[Fact, ...] = ()
    now: datetime | None = None
    collected: bool = False
    server: str = field(default="", init=False)

    def __post_init__(self) -> None:
        states = [fact for fact in self.facts if fact.kind == "status"]
        running = [fact for fact in states if fact.value == "running"]
        inspected = [fact for fact in states if fact.source == "docker inspect"]
        chosen = next((fact.subject for fact in (*running, *inspected, *states)), "")
        object.__setattr__(self, "server", chosen)

    def of(self, kind: str) -> list[Fact]:
        """The facts of one kind about the authorization server, or about no container in particular."""
        return [fact for fact in self.facts if fact.kind == kind and fact.subject in ("", self.server)]

    def first(self, kind: str) -> Fact | None:
        """The most exact fact of one kind: what `docker inspect` says goes before what a list says."""
        found = sorted(self.of(kind), key=lambda fact: fact.source != "docker inspect")
        return found[0] if found else None

    def values(self, kind: str) -> set[Value]:
        """The values of one kind."""
        return {fact.value for fact in self.of(kind)}


def mask(text: str) -> str:
    """The text with what looks like a secret replaced: values of variables, passwords, tokens, keys."""
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return text


def shown(text: str) -> str:
    """A line as it is shown: masked, on one line, cut."""
    flat = mask(" ".join(text[:READ].split()))
    return flat if len(flat) <= SHOWN else flat[: SHOWN - 3] + "..."


def paste(*files: bytes) -> Paste:
    """Make what was pasted readable, each file in its own encoding; never fails, whatever the bytes."""
    given = "\n".join(_decoded(data[:LIMIT]) for data in files)
    text = _INVISIBLE.sub("", _ANSI.sub("", given[:LIMIT].replace("\r\n", "\n").replace("\r", "\n")))
    raw = text.replace("\u00a0", " ").replace("\u3000", " ").split("\n", LINES)
    cut = len(raw) > LINES or len(given) > LIMIT or any(len(data) > LIMIT for data in files)
    return Paste(tuple(_lines(raw[:LINES])), _MARKER.search(text) is not None, cut)


def _decoded(data: bytes) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return codecs.getincrementaldecoder(encoding)("replace").decode(data[len(bom) :])
    if data.count(b"\0", 0, 2000) * 3 > len(data[:2000]):  # PowerShell's redirection without its mark
        return data.decode("utf-16-le", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return codecs.getincrementaldecoder(encoding)().decode(data)  # the cut may fall within a character
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")


def _lines(raw: list[str]) -> Iterator[Line]:
    section = host = ""
    for number, given in enumerate(raw, 1):
        wide = given[: JSON_WIDE if given.lstrip()[:1] in ("[", "{") else WIDE]
        text = _QUOTED.sub("", wide, count=1) if given.startswith(">") else wide
        if marker := _MARKER.match(text.strip()):
            section, host = marker[1].lower(), (marker[2] or "").lower()
            continue
        bare = _PROMPT.sub("", text, count=1) if _PROMPT.match(text) else text
        if command := _COMMAND.match(bare.strip()):
            named = f"docker {command[2]}" if command[1] else command[3].lower()
            if bare is not text or bare.strip() == command[0]:
                section, host = named.replace("docker ls", "docker ps"), ""
                if section != "docker run":
                    continue
        yield Line(number, bare.rstrip(), section, host)
