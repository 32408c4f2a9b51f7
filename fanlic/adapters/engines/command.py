"""The sandbox's command line: `fanlic.docker` reads a line; a refusal is shown in the form that Docker gives it.

Docker's own messages stay English and untranslated. What the sandbox adds to them says so.
"""

from __future__ import annotations

from fanlic.docker import shell
from fanlic.docker.command import VERBS, Command, engine_words, read
from fanlic.docker.problem import Problem, ProblemKind, Speaker, first_refusal
from fanlic.texts import _

_PARTS = {  # the options that the sandbox knows of each verb
    "load": ("input",),
    "images": ("all",),
    "run": ("volume", "mount", "publish", "publish-all", "detach", "name", "restart", "env", "rm"),
    "ps": ("all",),
    "rm": ("force",),
}


class Refused(Exception):
    """A command that is not carried out: what stands on standard error, and the exit status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def parse(line: str) -> Command:
    """Take one line apart, with or without the leading `docker`; Refused as Docker refuses."""
    words, stdin = split(line)
    _before, verb, rest = engine_words(words) or ((), words[0] if words else "", words[1:])
    if verb in {"", "help", "--help"}:
        return Command("help")
    if verb not in VERBS:
        raise Refused(_unknown_verb(verb), 1)
    command = read(verb, rest, stdin)
    if not command.help:
        if problem := first_refusal(command.problems):
            raise refusal(problem, verb)
        for name in command.options:
            if name not in _PARTS.get(verb, ()):
                text = _("sandbox: --{name} is not part of the sandbox; a real Docker knows it.")
                raise misuse(verb, text.format(name=name), known=True)
    return command


def split(line: str) -> tuple[list[str], str | None]:
    """The words of a line and the file its input comes from; a backslash is a plain character.

    A shell would eat the backslashes of `D:\\William`; in the consoles of Windows they stay.
    """
    typed = shell.read(line, shell.CONSOLE)
    for problem in typed.problems:
        if problem.kind is ProblemKind.OPEN_QUOTE:
            raise Refused(_("sandbox: a quotation mark in this line is not closed"), 2)
        if problem.kind is ProblemKind.TYPOGRAPHIC:
            raise Refused(_("sandbox: this line has dashes, quotes or spaces of a word processor; type plain ones"), 2)
    words = list(typed.words)
    at = min(typed.operators, default=len(words))
    if words[at:] == ["<"]:
        raise Refused(_("sandbox: no file is named after <"), 2)
    return words[:at] + words[at + 2 :], words[at + 1] if words[at:] else None


def refusal(problem: Problem, verb: str = "run") -> Refused:
    """A problem in the form in which Docker's command line shows it."""
    if problem.speaker is Speaker.OPTIONS:
        error = misuse(verb, problem.says, known=problem.kind is ProblemKind.UNKNOWN_OPTION)
        return Refused(str(error), 1) if problem.kind is ProblemKind.ARGUMENTS else error
    return refused_by_daemon(problem.says) if problem.speaker is Speaker.ENGINE else refused(problem.says)


def refused(message: str) -> Refused:
    """A `docker run` that the command line itself refuses; exit status 125."""
    hint = "Run 'docker run --help' for more information"
    return Refused(f"docker: {message}\n\n{hint}", 125)


def refused_by_daemon(message: str) -> Refused:
    """A `docker run` that the engine refuses; exit status 125."""
    return refused(f"Error response from daemon: {message}")


def help_text(verb: str) -> str:
    """What `--help` says: the verbs, or the options of one verb, that the sandbox knows."""
    if verb == "help":
        return _("The sandbox knows: {verbs}.").format(verbs=", ".join(VERBS))
    return f"{_usage(verb)}\n\n{_known(verb)}"


def _usage(verb: str) -> str:
    return f"Usage:  docker {verb} {VERBS[verb].usage}"


def _known(verb: str) -> str:
    options = "; ".join(map(VERBS[verb].spelled, _PARTS.get(verb, ()))) or "-"
    return _("The sandbox knows these options of 'docker {verb}': {options}.").format(verb=verb, options=options)


def _unknown_verb(verb: str) -> str:
    added = _("The sandbox knows: {verbs}. A real Docker knows more.")
    return f"docker: unknown command: docker {verb}\n\n" + added.format(verbs=", ".join(VERBS))


def misuse(verb: str, message: str, *, known: bool = False) -> Refused:
    """A wrong use of a verb, in the form of Docker's command line; exit status 125."""
    added = f"\n{_known(verb)}" if known else ""
    hint = f"Run 'docker {verb} --help' for more information"
    return Refused(f"{message}{added}\n\n{_usage(verb)}\n\n{hint}", 125)
