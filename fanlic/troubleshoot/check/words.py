"""Preflight's words for the problems that the readers of `fanlic.docker` find.

A problem that a rule judges by the container's values has no words here: it is said once, by the rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fanlic.docker.problem import Problem, ProblemKind
from fanlic.model.refusals import N_
from fanlic.texts import _
from fanlic.troubleshoot.findings import Finding, Unreadable, error, warning

_UNREADABLE = {
    ProblemKind.OPEN_QUOTE: N_("A quote ({value}) is opened and never closed."),
    ProblemKind.TAB: N_("Line {line} is indented with a tab; YAML allows spaces only."),
    ProblemKind.TOO_DEEP: N_("The file is nested more than {value} levels deep."),
    ProblemKind.TOO_MUCH: N_("The file is longer than any compose file: more than {value} lines or keys."),
    ProblemKind.NOT_JSON: N_("This is not the whole output of docker inspect, which is JSON: {value}"),
}
_ERRORS = {
    ProblemKind.TYPOGRAPHIC: N_(
        "The line has typographic dashes, quotes or spaces, as word processors put them; docker knows plain ones only."
    ),
    ProblemKind.NOT_CONTINUED: N_("Line {line} is not continued: {shell} runs each line as a command of its own."),
    ProblemKind.OTHER_SIGN: N_("Line {line} ends in {value}; in {shell} a line is continued with {extra}."),
    ProblemKind.SPACE_AFTER_SIGN: N_("Line {line} ends in a space after its {value}, so it is not continued."),
    ProblemKind.LOST_BACKSLASH: N_(
        "In {shell} a backslash outside quotes vanishes: D:\\lic becomes D:lic. Write /D/lic, as FanRuan's page does."
    ),
    ProblemKind.UNKNOWN_VARIABLE: N_("{shell} does not fill in {value}; write the whole path."),
    ProblemKind.DRIVE_VARIABLE: N_(
        "PowerShell reads {value} as a variable with a drive and loses it; write ${{{extra}}} with braces."
    ),
    ProblemKind.SINGLE_QUOTE: N_("In cmd a single quote is part of the word; use double quotes, or none."),
    ProblemKind.ONE_HYPHEN: N_("-{value} needs two hyphens: --{value}"),
    ProblemKind.NO_VALUE: N_("--{value} needs a value, and the line ends there."),
    ProblemKind.BAD_VALUE: N_("Docker refuses --{value}: {says}"),
    ProblemKind.NAME: N_("Docker refuses --name: {says}"),
    ProblemKind.VOLUME: N_('"{value}" cannot be read as host:container[:options].'),
    ProblemKind.MOUNT: N_('"--mount {value}" cannot be read: type, source and target are wanted.'),
}
_FIXED = {  # the remedy of these is their own
    ProblemKind.KEY_TWICE: (
        N_("Line {line}: the key {value} stands here a second time."),
        N_("Keep one of the two."),
    ),
    ProblemKind.BAD_ESCAPE: (
        N_("Line {line}: {value} means nothing between double quotes; use single quotes, or / in paths."),
        "'{extra}'",
    ),
    ProblemKind.UNDECLARED_VOLUME: (
        N_(
            "{value} is taken for a Docker volume, and no such volume is declared at the end of the file. A folder "
            "beside the file is written ./{value}"
        ),
        "",
    ),
}


def findings(problems: Iterable[Problem], shell: str = "") -> Iterator[Finding]:
    """The problems as findings; raises Unreadable if what was given cannot be judged at all."""
    for problem in problems:
        named = {"value": problem.value, "line": problem.line, "extra": problem.extra, "says": problem.says}
        named["shell"] = shell
        if problem.kind in _UNREADABLE:
            raise Unreadable(_(_UNREADABLE[problem.kind]).format(**named))
        if problem.kind in _FIXED:
            message, fix = _FIXED[problem.kind]
            yield error(_(message).format(**named), _(fix).format(**named) if fix else "")
        elif problem.kind is ProblemKind.UNKNOWN_OPTION:
            yield _unknown_option(problem)
        elif problem.kind is ProblemKind.NOT_UNDERSTOOD:
            message = _("Line {line} was not understood and not judged: {value}").format(**named)
            yield warning(message, _("Judge that line by hand, or write out in full what it stands for."))
        elif problem.kind in _ERRORS:
            yield error(_(_message(problem, shell)).format(**named) + _hint(problem, shell))


def _message(problem: Problem, shell: str) -> str:
    if problem.kind is ProblemKind.UNKNOWN_VARIABLE and shell == "cmd":
        return N_("cmd does not fill in {value}; write %cd% or the whole path.")
    if problem.kind is ProblemKind.MOUNT and not problem.value:
        return N_("An entry of volumes cannot be read: type, source and target are wanted.")
    return _ERRORS[problem.kind]


def _hint(problem: Problem, shell: str) -> str:
    if problem.kind is ProblemKind.LOST_BACKSLASH and shell == "sh":
        return " " + _("If the line is typed in PowerShell or cmd, say so with --shell.")
    return ""


def _unknown_option(problem: Problem) -> Finding:
    if not problem.value.startswith("--"):
        text = _("docker run has no option {option} (in -{word}).")
        return error(text.format(option=problem.value, word=problem.extra))
    near = " " + _("Is --{near} meant?").format(near=problem.extra) if problem.extra else ""
    return warning(_("{option} is not known here as an option of docker run.").format(option=problem.value) + near)
