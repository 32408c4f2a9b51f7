"""What a shell makes of a typed line: its words, and what it would change on the way to docker. The only quoting.

Four shells, and the sandbox's own console, in which a backslash is a plain character as in the consoles of Windows.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from fanlic.docker.problem import Problem, ProblemKind

SHELLS = ("sh", "powershell", "cmd", "git-bash")
POSIX = ("sh", "git-bash")
CONSOLE = "console"
_ESCAPE = {"sh": "\\", "git-bash": "\\", "powershell": "`", "cmd": "^", CONSOLE: ""}
_LOOKALIKES = str.maketrans(
    {"\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2018": "'", "\u2019": "'", "\u00a0": " ", "\u3000": " "}
)
_DASHES = re.compile(r"(?:(?<=\s)|^)[\u2010-\u2015\u2212](-?)(?=\w)(\w*)")
_PROMPT = re.compile(
    r"\A\s*(?:(?P<powershell>PS(?: [^>\n]{0,200})?>)|(?P<cmd>[A-Za-z]:\\[^>\n]{0,200}>)"
    r"|\[[^\]\n]{1,120}\] ?[$#]|[\w.-]{1,60}@[^\s$#]{0,100}[$#]|[$#])\s*"
)
_PLAIN = re.compile(r"[\w@%+=:,./-]+", re.ASCII)
_HERE = re.compile(r"\$\{PWD\}|\$PWD|\$\(pwd\)|%cd%", re.IGNORECASE)
_HERE_IN = {"sh": "$PWD", "git-bash": "$PWD", "powershell": "${PWD}", "cmd": "%cd%"}


@dataclass(frozen=True)
class TypedLine:
    """A line as its shell reads it. Operators are words of their own, listed by position in `operators`."""

    words: tuple[str, ...]
    operators: dict[int, str]
    problems: tuple[Problem, ...]


def read(text: str, shell: str) -> TypedLine:
    """Split a line, or several that are continued, into words; a prompt before it is left out."""
    plain = plain_signs(_PROMPT.sub("", text).strip())
    problems = [] if plain == _PROMPT.sub("", text).strip() else [Problem(ProblemKind.TYPOGRAPHIC)]
    whole, broken = _joined(plain, shell)
    words, operators, found = _split(whole, shell)
    problems += [*broken, *found, *_foreign(words, shell)]
    if shell == "cmd":  # the problem is noted; from here on the line counts as meant
        words = [word.strip("'") for word in words]
    return TypedLine(tuple(words), operators, tuple(problems))


def plain_signs(text: str) -> str:
    """Undo what word processors do to dashes, quotation marks and spaces."""
    return _DASHES.sub(
        lambda dash: ("--" if dash[1] or len(dash[2]) > 2 else "-") + dash[2], text.translate(_LOOKALIKES)
    )


def guess(text: str) -> str:
    """The shell in which a pasted line was typed, as far as the line shows it; the console if nothing does.

    Only a backslash that would be lost in sh is left for the console: nobody who pastes D:\\lic means D:lic.
    """
    prompt = _PROMPT.match(text)
    if prompt and (prompt["powershell"] or prompt["cmd"]):
        return "powershell" if prompt["powershell"] else "cmd"
    if re.search(r"`[ \t]*$|\$env:|\$\{env:", text, re.MULTILINE):
        return "powershell"
    if re.search(r"\^[ \t]*$|%\w+%", text, re.MULTILINE):
        return "cmd"
    if "MSYS_NO_PATHCONV" in text or "MSYS2_ARG_CONV_EXCL" in text:
        return "git-bash"
    return CONSOLE if re.search(r"[A-Za-z]:\\[^\s\\]", text) else "sh"


def continues(line: str) -> bool:
    """Whether this line ends in a sign by which one of the shells takes the next line to it."""
    return line.rstrip()[-1:] in ("\\", "`", "^")


def _joined(text: str, shell: str) -> tuple[str, list[Problem]]:
    """One line out of several, and whether the shell would have joined them."""
    wanted, problems = _ESCAPE[shell], []
    lines = text.splitlines()
    for number, line in enumerate(lines[:-1], start=1):
        sign = line.rstrip()[-1:]
        if shell == CONSOLE or (sign == wanted and line.endswith(wanted)):
            continue
        kind = ProblemKind.OTHER_SIGN if continues(line) else ProblemKind.NOT_CONTINUED
        kind = ProblemKind.SPACE_AFTER_SIGN if sign == wanted else kind
        problems.append(Problem(kind, sign, number, extra=wanted))
    return " ".join(re.sub(r"(?<=\s)[\\`^]\s*$", "", line) for line in lines), problems


def _pattern(shell: str) -> re.Pattern[str]:
    """The pieces of a line; possessive, so that a quote that is never closed costs one pass."""
    sign = re.escape(_ESCAPE[shell])
    inside = "" if shell in ("cmd", CONSOLE) else sign  # what escapes between double quotes
    double = rf'"[^"{inside}]*+(?:{inside}.[^"{inside}]*+)*+"' if inside else '"[^"]*+"'
    single = {"cmd": "(?!)", "powershell": "'[^']*+(?:''[^']*+)*+'"}.get(shell, "'[^']*+'")
    operators = "<" if shell == CONSOLE else "<>|;&"
    return re.compile(
        rf"(?P<blank>\s+)|(?P<double>{double})|(?P<single>{single})|(?P<escaped>{f'{sign}.' if sign else '(?!)'})"
        rf"|(?P<call>\$\([^()]*+\))|(?P<operator>[{operators}])|(?P<plain>[^\s\"'$`{sign}{operators}]++|.)",
        re.DOTALL,
    )


_PATTERNS = {shell: _pattern(shell) for shell in _ESCAPE}


def _split(text: str, shell: str) -> tuple[list[str], dict[int, str], list[Problem]]:
    words: list[str] = []
    operators: dict[int, str] = {}
    problems: dict[Problem, None] = {}
    word: list[str] | None = None
    for piece in _PATTERNS[shell].finditer(text):
        kind, value = piece.lastgroup, piece[0]
        if kind in ("blank", "operator"):
            words += ["".join(word)] if word is not None else []
            word = None
        if kind == "operator":
            operators[len(words)] = value
            words.append(value)
        elif kind != "blank":
            if value == '"' or (value == "'" and shell != "cmd"):
                problems[Problem(ProblemKind.OPEN_QUOTE, value)] = None
                word = [*(word or ()), text[piece.end() :]]
                break
            if kind == "escaped" and shell in POSIX and value[1].isalnum():
                problems[Problem(ProblemKind.LOST_BACKSLASH)] = None
            word = word if word is not None else []
            word.append(_meant(kind or "", value, shell))
    words += ["".join(word)] if word is not None else []
    return words, operators, list(problems)


def _meant(kind: str, value: str, shell: str) -> str:
    """What a piece stands for; a backslash that sh would drop stays, for it was meant."""
    if kind == "single":
        return value[1:-1].replace("''", "'") if shell == "powershell" else value[1:-1]
    if kind == "double":
        sign = re.escape(_ESCAPE[shell])
        return value[1:-1] if shell in ("cmd", CONSOLE) else re.sub(rf'{sign}(["$`\\])', r"\1", value[1:-1])
    return value[1:] if kind == "escaped" and not (shell in POSIX and value[1].isalnum()) else value


def _foreign(words: list[str], shell: str) -> Iterator[Problem]:
    """Variables of another shell, and the PowerShell form that eats the colon."""
    text = " ".join(words)
    unknown = {"cmd": r"\$\(\w+\)|\$\{\w+\}|\$\w+", "powershell": r"%\w+%", CONSOLE: "(?!)"}.get(
        shell, r"%\w+%|\$env:\w+"
    )
    if found := re.search(unknown, text):
        yield Problem(ProblemKind.UNKNOWN_VARIABLE, found[0])
    if shell == "powershell" and (found := re.search(r"\$(?!env:)(\w+):", text)):
        yield Problem(ProblemKind.DRIVE_VARIABLE, found[0], extra=found[1])
    if shell == "cmd" and any(word.startswith("'") for word in words):
        yield Problem(ProblemKind.SINGLE_QUOTE)


def quote(word: str, shell: str, *, expand: bool = False) -> str:
    """The word as this shell wants it; `expand`: variables in it are the shell's to fill in."""
    if expand and re.search("[$%]", word):
        return f'"{_HERE.sub(lambda _found: _HERE_IN[shell], word)}"'
    if _PLAIN.fullmatch(word) and not (shell == "cmd" and "%" in word):
        return word
    if shell in POSIX:
        return shlex.quote(word)
    if re.fullmatch(r"[\w\\:./=-]+", word, re.ASCII):
        return word
    return f'"{word}"' if shell == "cmd" else "'" + word.replace("'", "''") + "'"
