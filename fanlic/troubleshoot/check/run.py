"""`docker run` and `docker load` lines as typed: read, judged, corrected."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fanlic.model.clauses import Clause
from fanlic.model.container import ARCHIVE
from fanlic.texts import _
from fanlic.troubleshoot.check.fix import WINDOWS, corrected, run_line
from fanlic.troubleshoot.check.image import check
from fanlic.troubleshoot.check.options import Line, parse
from fanlic.troubleshoot.check.shell import Typed, read
from fanlic.troubleshoot.findings import Finding, Unreadable, error, info, warning, with_fix

_ASSIGNMENT = re.compile(r"\w+=.*")
_CONVERTED = re.compile(r"(?:^|[:=])/app/")
_NO_CONVERSION = ("MSYS_NO_PATHCONV=", "MSYS2_ARG_CONV_EXCL=")


def judge(text: str, shell: str) -> list[Finding]:
    """Every finding about one typed line; raises Unreadable where it is no such line."""
    typed = read(text, shell)
    before, verb, words = _command(typed)
    if verb == "load":
        return _load(typed, words, shell)
    if verb == "import":
        return [
            error(
                _("docker import makes an image without name and command; docker load is meant."),
                _load_line(words),
                Clause.LOAD,
            )
        ]
    line = parse(words)
    findings = [*typed.findings, *_operators(typed, shell), *_conversion(before, line, shell), *line.findings]
    findings += [*check(line.container), *_detached(line)]
    home = "/D/lic" if shell in WINDOWS else "/opt/lic"
    return with_fix(findings, run_line(corrected(line.container, home), line.others, shell))


def _command(typed: Typed) -> tuple[list[str], str, list[str]]:
    """What stands before docker, its verb, and the words after it, up to an operator."""
    end = min((at for at in typed.operators if at > 0), default=len(typed.words))
    words = typed.words[:end]
    for at, word in enumerate(words):
        name = re.split(r"[\\/]", word)[-1].lower().removesuffix(".exe")
        if name == "docker":
            rest = words[at + 1 :]
            rest = rest[1:] if rest[:1] in (["container"], ["image"]) else rest
            if rest[:1] and rest[0] in ("run", "create", "load", "import"):
                return words[:at], rest[0], rest[1:]
            break
        if name not in ("sudo", "winpty", "time") and not _ASSIGNMENT.fullmatch(word):
            break
    raise Unreadable(
        _("This is no `docker run` or `docker load` line. Give the whole line, in quotes, from the word docker on.")
    )


def _operators(typed: Typed, shell: str) -> Iterator[Finding]:
    for sign in dict.fromkeys(typed.operators.values()):
        if sign == "<" and shell == "powershell":
            yield error(_("PowerShell does not know < and refuses the line."))
        else:
            yield warning(
                _("What follows the sign {sign} is for the shell, not for docker; it was not read.").format(sign=sign)
            )


def _load_line(words: list[str]) -> str:
    archive = next((word for word in words if word.endswith((".tar", ".gz", ".tgz"))), ARCHIVE)
    return f"docker load -i {archive}"


def _load(typed: Typed, words: list[str], shell: str) -> list[Finding]:
    after = [word for at, word in enumerate(typed.words) if at > min(typed.operators, default=len(typed.words))]
    fix, findings = _load_line(words or after), list(typed.findings)
    if "<" in typed.operators.values():
        if shell == "powershell":
            findings.append(error(_("PowerShell does not know < and refuses the line.")))
    elif not any(re.fullmatch(r"-q?i.*|--input(=.*)?", word) for word in words):
        findings.append(error(_("docker load takes the archive's name after -i only.")))
    return with_fix(findings, fix)


def _conversion(before: list[str], line: Line, shell: str) -> Iterator[Finding]:
    """Git Bash makes Windows paths of words that look like POSIX ones."""
    if shell != "git-bash" or any(word.startswith(_NO_CONVERSION) for word in before):
        return
    for word in line.paths:
        if _CONVERTED.search(word):
            yield error(
                _(
                    "Git Bash rewrites {word}: /app/config reaches docker as C:/Program Files/Git/app/config. Put "
                    "MSYS_NO_PATHCONV=1 before the line, or write //app/config."
                ).format(word=word)
            )


def _detached(line: Line) -> Iterator[Finding]:
    if not line.detached:
        yield warning(_("Without -d the server runs in this terminal and ends with it."))
    if line.container.unseen:
        yield info(_("Mappings of {origin} cannot be seen here.").format(origin=line.container.unseen))
