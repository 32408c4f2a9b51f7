"""What a shell makes of a typed line: its words, and what it would change on the way to docker."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from fanlic.texts import _
from fanlic.troubleshoot.findings import Finding, Unreadable, error

SHELLS = ("sh", "powershell", "cmd", "git-bash")
POSIX = ("sh", "git-bash")
_ESCAPE = {"sh": "\\", "git-bash": "\\", "powershell": "`", "cmd": "^"}
_QUOTES = {"sh": "'\"", "git-bash": "'\"", "powershell": "'\"", "cmd": '"'}
_REDIRECTIONS = "<>|;&"
_LOOKALIKES = str.maketrans(
    {"\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2018": "'", "\u2019": "'", "\u00a0": " ", "\u3000": " "}
)
_DASHES = re.compile(r"(?:(?<=\s)|^)[\u2010-\u2015\u2212](-?)(?=\w)(\w*)")
_PROMPT = re.compile(r"\A\s*(?:PS [^>\n]*>|[A-Za-z]:\\[^>\n]*>|[\w.-]+@[^\s$#]*[$#]|[$#])\s*")


@dataclass
class Typed:
    """A line as its shell reads it. Operators are words of their own, listed by position in `operators`."""

    words: list[str] = field(default_factory=list)
    operators: dict[int, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read(line: str, shell: str) -> Typed:
    """Split a line into words, as this shell does; raises Unreadable where a quote is never closed."""
    text, findings = _plain(_PROMPT.sub("", line).strip())
    text, more = _joined(text, shell)
    typed = _Splitter(text, shell).split()
    typed.findings = [*findings, *more, *typed.findings, *_foreign(typed.words, shell)]
    if shell == "cmd":  # said above; from here on the line counts as meant
        typed.words = [word.strip("'") for word in typed.words]
    return typed


def _plain(text: str) -> tuple[str, list[Finding]]:
    """Undo what word processors do to a line."""
    plain = _DASHES.sub(
        lambda dash: ("--" if dash[1] or len(dash[2]) > 2 else "-") + dash[2], text.translate(_LOOKALIKES)
    )
    if plain == text:
        return text, []
    return plain, [
        error(
            _(
                "The line has typographic dashes, quotes or spaces, as word processors put them; docker knows "
                "plain ones only."
            )
        )
    ]


def _joined(text: str, shell: str) -> tuple[str, list[Finding]]:
    """One line out of several, and whether the shell would have joined them."""
    wanted, findings = _ESCAPE[shell], []
    lines = text.splitlines()
    for number, line in enumerate(lines[:-1], start=1):
        sign = line.rstrip()[-1:]
        if sign == wanted and line.endswith(wanted):
            continue
        if sign == wanted:
            message = _("Line {number} ends in a space after its {sign}, so it is not continued.")
        elif sign in _ESCAPE.values():
            message = _("Line {number} ends in {given}; in {shell} a line is continued with {sign}.")
        else:
            message = _("Line {number} is not continued: {shell} runs each line as a command of its own.")
        findings.append(error(message.format(number=number, given=sign, sign=wanted, shell=shell)))
    return " ".join(re.sub(r"(?<=\s)[\\`^]\s*$", "", line) for line in lines), findings


class _Splitter:
    """One pass over the line; quotes and the shell's escape sign are taken out, a lost backslash is kept and noted."""

    def __init__(self, text: str, shell: str) -> None:
        self.text, self.shell = text, shell
        self.typed = Typed()
        self.word: str | None = None
        self.lost = False

    def split(self) -> Typed:
        position = 0
        while position < len(self.text):
            position = self._take(position)
        self._close()
        if self.lost:
            self.typed.findings.append(error(_lost_backslash(self.shell)))
        return self.typed

    def _take(self, at: int) -> int:
        sign = self.text[at]
        if sign in _QUOTES[self.shell]:
            return self._quoted(at + 1, sign)
        if sign == _ESCAPE[self.shell] and at + 1 < len(self.text):
            return self._escaped(at + 1)
        if sign.isspace():
            self._close()
        elif sign in _REDIRECTIONS and not self._inside_variable():
            self._close()
            self.typed.operators[len(self.typed.words)] = sign
            self.typed.words.append(sign)
        else:
            self._add(sign)
        return at + 1

    def _quoted(self, at: int, quote: str) -> int:
        self._add("")
        while at < len(self.text) and self.text[at] != quote:
            if (
                quote == '"'
                and self.text[at] == _ESCAPE[self.shell]
                and self.text[at + 1 : at + 2] in ('"', "$", "`", "\\")
            ):
                at += 1
            self._add(self.text[at])
            at += 1
        if at >= len(self.text):
            raise Unreadable(_("A quote ({quote}) is opened and never closed.").format(quote=quote))
        return at + 1

    def _escaped(self, at: int) -> int:
        sign = self.text[at]
        if self.shell in POSIX and sign.isalnum():
            self.lost = True
            self._add("\\")
        self._add(sign)
        return at + 1

    def _inside_variable(self) -> bool:
        return self.word is not None and self.word.count("$(") > self.word.count(")")

    def _add(self, text: str) -> None:
        self.word = (self.word or "") + text

    def _close(self) -> None:
        if self.word is not None and not self._inside_variable():
            self.typed.words.append(self.word)
            self.word = None


def _lost_backslash(shell: str) -> str:
    message = _(
        "In {shell} a backslash outside quotes vanishes: D:\\lic becomes D:lic. Write /D/lic, as the page does."
    )
    hint = " " + _("If the line is typed in PowerShell or cmd, say so with --shell.") if shell == "sh" else ""
    return message.format(shell=shell) + hint


def _foreign(words: list[str], shell: str) -> Iterator[Finding]:
    """Variables of another shell, and the PowerShell form that eats the colon."""
    text = " ".join(words)
    if shell == "cmd" and (found := re.search(r"\$\(\w+\)|\$\{\w+\}|\$\w+", text)):
        yield error(_("cmd does not fill in {variable}; write %cd% or the whole path.").format(variable=found[0]))
    if shell != "cmd" and (found := re.search(r"%\w+%", text)):
        yield error(
            _("{shell} does not fill in {variable}; write the whole path.").format(shell=shell, variable=found[0])
        )
    if shell in POSIX and (found := re.search(r"\$env:\w+", text)):
        yield error(
            _("{shell} does not fill in {variable}; write the whole path.").format(shell=shell, variable=found[0])
        )
    if shell == "powershell" and (found := re.search(r"\$(?!env:)(\w+):", text)):
        yield error(
            _(
                "PowerShell reads {variable} as a variable with a drive and loses it; write ${{{name}}} with braces."
            ).format(variable=found[0], name=found[1])
        )
    if shell == "cmd" and any(word.startswith("'") for word in words):
        yield error(_("In cmd a single quote is part of the word; use double quotes, or none."))
