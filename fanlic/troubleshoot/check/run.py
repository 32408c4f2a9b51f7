"""`docker run` and `docker load` lines as typed: judged and corrected."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from fanlic.docker import run, shell
from fanlic.docker.run import RunLine
from fanlic.docker.shell import TypedLine
from fanlic.model.clauses import Clause
from fanlic.model.container import ARCHIVE
from fanlic.texts import _
from fanlic.troubleshoot.check import words
from fanlic.troubleshoot.check.fix import WINDOWS, corrected, written
from fanlic.troubleshoot.check.image import check
from fanlic.troubleshoot.findings import Finding, Unreadable, error, info, warning, with_fix

_CONVERTED = re.compile(r"(?:^|[:=])/app/")
_NO_CONVERSION = ("MSYS_NO_PATHCONV=", "MSYS2_ARG_CONV_EXCL=")


def judge(text: str, shell_name: str) -> list[Finding]:
    """Every finding about one typed line; raises Unreadable where it is no such line."""
    typed = shell.read(text, shell_name)
    findings = list(words.findings(typed.problems, shell_name))
    before, verb, rest = run.find(typed) or ((), "", [])
    if verb == "load":
        return _load(typed, rest, findings, shell_name)
    if verb == "import":
        message = _("docker import makes an image without name and command; docker load is meant.")
        return [error(message, _load_line(rest), Clause.LOAD, "docker-itself")]
    if verb not in ("run", "create"):
        raise Unreadable(
            _("This is no `docker run` or `docker load` line. Give the whole line, in quotes, from the word docker on.")
        )
    line = run.read(rest)
    findings += [*_operators(typed, shell_name), *_conversion(before, line, shell_name)]
    findings += [*words.findings(line.problems), *check(line.meant), *_detached(line, verb)]
    home = "/D/lic" if shell_name in WINDOWS else "/opt/lic"
    fixed = replace(corrected(line.meant, home), name=line.meant.name, command=())
    return with_fix(findings, written(fixed, line.others, shell_name))


def _operators(typed: TypedLine, shell_name: str) -> Iterator[Finding]:
    for sign in dict.fromkeys(typed.operators.values()):
        if sign == "<" and shell_name == "powershell":
            yield error(_("PowerShell does not know < and refuses the line."))
        else:
            yield warning(
                _("What follows the sign {sign} is for the shell, not for docker; it was not read.").format(sign=sign)
            )


def _load_line(rest: Sequence[str]) -> str:
    archive = next((word for word in rest if word.endswith((".tar", ".gz", ".tgz"))), ARCHIVE)
    return f"docker load -i {archive}"


def _load(typed: TypedLine, rest: list[str], findings: list[Finding], shell_name: str) -> list[Finding]:
    after = [word for at, word in enumerate(typed.words) if at > min(typed.operators, default=len(typed.words))]
    fix = _load_line(rest or after)
    if "<" in typed.operators.values():
        if shell_name == "powershell":
            findings.append(error(_("PowerShell does not know < and refuses the line.")))
    elif not any(re.fullmatch(r"-q?i.*|--input(=.*)?", word) for word in rest):
        findings.append(error(_("docker load takes the archive's name after -i only.")))
    return with_fix(findings, fix)


def _conversion(before: Sequence[str], line: RunLine, shell_name: str) -> Iterator[Finding]:
    """Git Bash makes Windows paths of words that look like POSIX ones."""
    if shell_name != "git-bash" or any(word.startswith(_NO_CONVERSION) for word in before):
        return
    for word in line.paths:
        if _CONVERTED.search(word):
            yield error(
                _(
                    "Git Bash rewrites {word}: /app/config reaches docker as C:/Program Files/Git/app/config. Put "
                    "MSYS_NO_PATHCONV=1 before the line, or write //app/config."
                ).format(word=word)
            )


def _detached(line: RunLine, verb: str) -> Iterator[Finding]:
    if verb == "create":
        yield warning(_("docker create makes the container and does not start it: docker start follows."))
    elif not line.command.has("detach") and "-d" not in line.command.arguments:
        yield warning(_("Without -d the server runs in this terminal and ends with it."))
    if line.container.unseen:
        yield info(_("Mappings of {origin} cannot be seen here.").format(origin=line.container.unseen))
