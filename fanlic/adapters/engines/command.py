"""One typed command line, understood as Docker's command line does: verb, options, arguments.

Docker's own messages stay English and untranslated; they were taken from its command line 28.2.
What the sandbox adds to them says so.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field

from fanlic.texts import _


class Refused(Exception):
    """A command that is not carried out: what stands on standard error, and the exit status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Option:
    """One option: its long and short spelling, either of which may be missing."""

    long: str = ""
    short: str = ""
    takes_value: bool = True

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.short and f"-{self.short}", self.long and f"--{self.long}")))


@dataclass(frozen=True)
class Verb:
    """One verb: how it is used, its options, and how many arguments it takes (None: any number)."""

    usage: str
    options: tuple[Option, ...] = ()
    least: int = 1
    most: int | None = None


_ALL = Option("all", "a", takes_value=False)
_RUN = (
    Option("volume", "v"),
    Option("mount"),
    Option("publish", "p"),
    Option("publish-all", "P", takes_value=False),
    Option("detach", "d", takes_value=False),
    Option("name"),
    Option("restart"),
    Option("env", "e"),
    Option("rm", takes_value=False),
)
VERBS = {
    "load": Verb("[OPTIONS]", (Option("input", "i"),), least=0, most=0),
    "images": Verb("[OPTIONS] [REPOSITORY[:TAG]]", (_ALL,), least=0, most=1),
    "run": Verb("[OPTIONS] IMAGE [COMMAND] [ARG...]", _RUN),
    "ps": Verb("[OPTIONS]", (_ALL,), least=0, most=0),
    "port": Verb("CONTAINER [PRIVATE_PORT[/PROTO]]", most=2),
    "logs": Verb("[OPTIONS] CONTAINER", most=1),
    "inspect": Verb("[OPTIONS] NAME|ID [NAME|ID...]"),
    "stop": Verb("[OPTIONS] CONTAINER [CONTAINER...]"),
    "start": Verb("[OPTIONS] CONTAINER [CONTAINER...]"),
    "restart": Verb("[OPTIONS] CONTAINER [CONTAINER...]"),
    "rm": Verb("[OPTIONS] CONTAINER [CONTAINER...]", (Option("force", "f", takes_value=False),)),
}


@dataclass
class Command:
    """A command line, taken apart; `options` holds every value by the option's name, in order."""

    verb: str
    options: dict[str, list[str]] = field(default_factory=dict)
    arguments: list[str] = field(default_factory=list)
    stdin: str | None = None  # the file after `<`
    help: bool = False

    def has(self, name: str) -> bool:
        """Whether an option was given."""
        return name in self.options

    def last(self, name: str, otherwise: str = "") -> str:
        """The value of an option; the last one counts, as in Docker."""
        return self.options.get(name, [otherwise])[-1]

    def all(self, name: str) -> list[str]:
        """Every value of an option that may be repeated."""
        return self.options.get(name, [])


def parse(line: str) -> Command:
    """Take one line apart, with or without the leading `docker`; Refused as Docker refuses."""
    words, stdin = split(line)
    if words[:1] == ["docker"]:
        del words[0]
    verb = words.pop(0) if words else "--help"
    if verb in {"help", "--help"}:
        return Command("help")
    if verb not in VERBS:
        raise Refused(_unknown_verb(verb), 1)
    command = Command(verb, stdin=stdin)
    _sort_out(command, words)
    if not command.help:
        _count(command)
    return command


def split(line: str) -> tuple[list[str], str | None]:
    """The words of a line and the file its input comes from; a backslash is a plain character.

    A shell would eat the backslashes of `D:\\William`; in the consoles of Windows they stay.
    """
    lexer = shlex.shlex(line, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters, lexer.escape = True, "", ""
    try:
        words = list(lexer)
    except ValueError:
        raise Refused(_("sandbox: a quotation mark in this line is not closed"), 2) from None
    for index, word in enumerate(words):
        if word.startswith("<"):
            source = [word[1:]] if len(word) > 1 else words[index + 1 : index + 2]
            if not source:
                raise Refused(_("sandbox: no file is named after <"), 2)
            return words[:index] + words[index + 1 + (len(word) == 1) :], source[0]
    return words, None


def _sort_out(command: Command, words: list[str]) -> None:
    """Put each word where it belongs; after the image, `run` hands everything to the container."""
    rest = iter(words)
    for word in rest:
        if command.verb == "run" and command.arguments:
            command.arguments.append(word)
        elif word == "--help":
            command.help = True
        elif word.startswith("--") and len(word) > 2:
            _long(command, word, rest)
        elif word.startswith("-") and len(word) > 1:
            _short(command, word, rest)
        else:
            command.arguments.append(word)


def _long(command: Command, word: str, rest: Iterator[str]) -> None:
    name, equals, value = word[2:].partition("=")
    option = next((each for each in VERBS[command.verb].options if each.long == name), None)
    if option is None:
        raise misuse(command.verb, f"unknown flag: --{name}", known=True)
    if option.takes_value and not equals:
        value = _next(command, rest, f"flag needs an argument: --{name}")
    _add(command, option, value, equals)


def _short(command: Command, word: str, rest: Iterator[str]) -> None:
    """Short options in one word: `-dP`, `-p8081:8081`, `-p=8081:8081`."""
    for index, letter in enumerate(word[1:], start=1):
        option = next((each for each in VERBS[command.verb].options if each.short == letter), None)
        if option is None:
            shown = f"-{word[index:]}"
            raise misuse(command.verb, f"unknown shorthand flag: '{letter}' in {shown}", known=True)
        follows = word[index + 1 :]
        if option.takes_value:
            missing = f"flag needs an argument: '{letter}' in {word}"
            value = follows.removeprefix("=") if follows else _next(command, rest, missing)
            _add(command, option, value, "")
            return
        _add(command, option, "", "")


def _next(command: Command, rest: Iterator[str], missing: str) -> str:
    value = next(rest, None)
    if value is None:
        raise misuse(command.verb, missing)
    return value


def _add(command: Command, option: Option, value: str, equals: str) -> None:
    if not option.takes_value and equals and value != "true":
        raise misuse(command.verb, f'invalid argument "{value}" for "{option}" flag')
    command.options.setdefault(option.long, []).append(value)


def _count(command: Command) -> None:
    verb, given = VERBS[command.verb], len(command.arguments)
    if verb.least <= given and (verb.most is None or given <= verb.most):
        return
    plural = "" if verb.most == 1 else "s"
    if verb.most == 0:
        wanted = "accepts no arguments"
    elif verb.most is None:
        wanted = "requires at least 1 argument"
    elif verb.most == verb.least:
        wanted = f"requires {verb.most} argument{plural}"
    elif verb.least == 0:
        wanted = f"requires at most {verb.most} argument{plural}"
    else:
        wanted = f"requires at least {verb.least} and at most {verb.most} argument{plural}"
    error = misuse(command.verb, f"docker: 'docker {command.verb}' {wanted}")
    raise Refused(str(error), 1)


def usage(verb: str) -> str:
    """How a verb is used."""
    return f"Usage:  docker {verb} {VERBS[verb].usage}"


def help_text(verb: str) -> str:
    """What `--help` says: the verbs, or the options of one verb, that the sandbox knows."""
    if verb == "help":
        return _("The sandbox knows: {verbs}.").format(verbs=", ".join(VERBS))
    return usage(verb) + "\n\n" + _known(verb)


def _known(verb: str) -> str:
    options = "; ".join(map(str, VERBS[verb].options)) or "-"
    return _("The sandbox knows these options of 'docker {verb}': {options}.").format(verb=verb, options=options)


def _unknown_verb(verb: str) -> str:
    added = _("The sandbox knows: {verbs}. A real Docker knows more.")
    return f"docker: unknown command: docker {verb}\n\n" + added.format(verbs=", ".join(VERBS))


def misuse(verb: str, message: str, *, known: bool = False) -> Refused:
    """A wrong use of a verb, in the form of Docker's command line; exit status 125."""
    added = f"\n{_known(verb)}" if known else ""
    hint = f"Run 'docker {verb} --help' for more information"
    return Refused(f"{message}{added}\n\n{usage(verb)}\n\n{hint}", 125)
