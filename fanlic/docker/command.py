"""Docker's command line: verb, options and arguments of the words of a line, with Docker's own messages.

The reader goes on after a problem, so that a face can show every one; Docker stops at the first. The messages and the
options are those of Docker's command line 28.2; podman's `run` takes the same ones.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from fanlic.docker.problem import Problem, ProblemKind, Speaker


@dataclass(frozen=True)
class Verb:
    """One verb: how it is used, its options, and how many arguments it takes (None: any number).

    `letters` names an option by its letter; an option is a switch or takes a value.
    """

    usage: str
    switches: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()
    letters: dict[str, str] = field(default_factory=dict)
    least: int = 1
    most: int | None = None

    def spelled(self, name: str) -> str:
        """An option as Docker's messages show it: `-v, --volume`."""
        letter = next((letter for letter, long in self.letters.items() if long == name), "")
        return f"-{letter}, --{name}" if letter else f"--{name}"


def _verb(
    usage: str, switches: str = "", values: str = "", letters: str = "", *, least: int = 1, most: int | None = None
) -> Verb:
    pairs = dict(pair.split("=") for pair in letters.split())
    return Verb(usage, frozenset(switches.split()), frozenset(values.split()), pairs, least, most)


_RUN = _verb(
    "[OPTIONS] IMAGE [COMMAND] [ARG...]",
    "detach init interactive no-healthcheck oom-kill-disable privileged publish-all quiet read-only rm sig-proxy tty "
    "disable-content-trust use-api-socket help",
    "add-host annotation attach blkio-weight blkio-weight-device cap-add cap-drop cgroup-parent cgroupns cidfile "
    "cpu-count cpu-percent cpu-period cpu-quota cpu-rt-period cpu-rt-runtime cpu-shares cpus cpuset-cpus cpuset-mems "
    "detach-keys device device-cgroup-rule device-read-bps device-read-iops device-write-bps device-write-iops dns "
    "dns-opt dns-option dns-search domainname entrypoint env env-file expose gpus group-add health-cmd health-interval "
    "health-retries health-start-interval health-start-period health-timeout hostname io-maxbandwidth io-maxiops ip "
    "ip6 ipc isolation kernel-memory label label-file link link-local-ip log-driver log-opt mac-address memory "
    "memory-reservation memory-swap memory-swappiness mount name net net-alias network network-alias oom-score-adj "
    "pid pids-limit platform publish pull restart runtime security-opt shm-size stop-signal stop-timeout storage-opt "
    "sysctl tmpfs ulimit user userns uts volume volume-driver volumes-from workdir",
    "d=detach i=interactive t=tty P=publish-all q=quiet a=attach c=cpu-shares e=env h=hostname l=label m=memory "
    "p=publish u=user v=volume w=workdir",
)
_MANY = "[OPTIONS] CONTAINER [CONTAINER...]"
_STOP = ("", "signal time timeout", "s=signal t=timeout")
VERBS = {
    "load": _verb("[OPTIONS]", "quiet", "input platform", "i=input q=quiet", least=0, most=0),
    "images": _verb(
        "[OPTIONS] [REPOSITORY[:TAG]]", "all digests no-trunc quiet tree", "filter format", "a=all q=quiet f=filter",
        least=0, most=1,
    ),
    "run": _RUN,
    "ps": _verb(
        "[OPTIONS]", "all latest no-trunc quiet size", "filter format last",
        "a=all f=filter n=last l=latest q=quiet s=size", least=0, most=0,
    ),
    "port": _verb("CONTAINER [PRIVATE_PORT[/PROTO]]", most=2),
    "logs": _verb(
        "[OPTIONS] CONTAINER", "details follow timestamps", "since tail until", "f=follow n=tail t=timestamps", most=1
    ),
    "inspect": _verb("[OPTIONS] NAME|ID [NAME|ID...]", "size", "format type", "f=format s=size"),
    "stop": _verb(_MANY, *_STOP),
    "start": _verb(_MANY, "attach interactive", "checkpoint checkpoint-dir detach-keys", "a=attach i=interactive"),
    "restart": _verb(_MANY, *_STOP),
    "rm": _verb(_MANY, "force link volumes", "", "f=force l=link v=volumes"),
}  # fmt: skip
_BEFORE = {"sudo", "winpty", "time", "env", "command"}
_ENGINES = {"docker", "podman", "nerdctl"}
_GROUPS = {"container", "image"}
_GLOBAL = {"--config", "--context", "-c", "--host", "-H", "--log-level", "-l", "--tlscacert", "--tlscert", "--tlskey"}
SUGGESTED = 10  # problems of a line up to which a similar option is looked for
_TRUE, _FALSE = {"1", "t", "T", "true", "TRUE", "True"}, {"0", "f", "F", "false", "FALSE", "False"}


@dataclass(frozen=True)
class Command:
    """A command line, taken apart: each option with all its values in order, and its problems in Docker's words."""

    verb: str
    options: dict[str, list[str]] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    stdin: str | None = None  # the file after `<`

    @property
    def help(self) -> bool:
        """Whether only help was asked for."""
        return "help" in self.options or self.verb == "help"

    def has(self, name: str) -> bool:
        """Whether an option was given; a switch that is set to false was not."""
        return name in self.options and self.options[name][-1] not in _FALSE

    def last(self, name: str, otherwise: str = "") -> str:
        """The value of an option; the last one counts, as in Docker."""
        return self.options.get(name, [otherwise])[-1]

    def all(self, name: str) -> list[str]:
        """Every value of an option that may be repeated."""
        return self.options.get(name, [])


def engine_words(words: Sequence[str]) -> tuple[tuple[str, ...], str, list[str]] | None:
    """What stands before docker, the verb, and the words after it; None if the words are no such line."""
    for at, word in enumerate(words):
        name = re.split(r"[\\/]", word)[-1].lower().removesuffix(".exe")
        if name in _ENGINES:
            rest = list(words[at + 1 :])
            while rest and rest[0].startswith("-") and rest[0] not in ("-h", "--help"):
                del rest[: 2 if rest[0] in _GLOBAL else 1]
            del rest[: 1 if rest and rest[0] in _GROUPS else 0]
            return tuple(words[:at]), rest[0] if rest else "", rest[1:]
        if name not in _BEFORE and not word.startswith("-") and not re.match(r"\w+=", word):
            return None
    return None


def read(verb: str, words: Sequence[str], stdin: str | None = None) -> Command:
    """The words after a verb of VERBS; after the image, `run` hands everything to the container."""
    reader = _Reader(verb, list(reversed(words)))
    reader.read()
    return Command(verb, reader.options, tuple(reader.arguments), tuple(reader.problems), stdin)


class _Reader:
    """Takes the words off a stack, the next one last."""

    def __init__(self, verb: str, stack: list[str]) -> None:
        self.name, self.verb, self.stack = verb, VERBS[verb], stack
        self.options: dict[str, list[str]] = {}
        self.arguments: list[str] = []
        self.problems: list[Problem] = []

    def read(self) -> None:
        while self.stack:
            word = self.stack.pop()
            if self.name == "run" and self.arguments:
                self.arguments.append(word)
            elif word == "--":
                self.arguments += reversed(self.stack)
                self.stack.clear()
            elif word.startswith("--"):
                self._long(word)
            elif word.startswith("-") and len(word) > 1:
                self._short(word)
            else:
                self.arguments.append(word)
        if "help" not in self.options:
            self._count()

    def _long(self, word: str) -> None:
        name, equals, value = word[2:].partition("=")
        if name == "help" or name in self.verb.switches:
            self._switch(name, value if equals else "true")
        elif name in self.verb.values:
            if equals:
                self._add(name, value)
            else:
                self._next(name, f"flag needs an argument: --{name}")
        else:
            options = self.verb.switches | self.verb.values
            near = difflib.get_close_matches(name[:40], options, n=1) if len(self.problems) < SUGGESTED else []
            said = f"unknown flag: --{name}"
            self._problem(ProblemKind.UNKNOWN_OPTION, f"--{name}", said, near[0] if near else "")
            self._skip_value(equals)

    def _skip_value(self, equals: str) -> None:
        """Leave out the value of an unknown option, unless the word looks like the image or stands last."""
        follows = self.stack[-1] if len(self.stack) > 1 and not equals else "-"
        if not follows.startswith("-") and not re.fullmatch(r"[a-z][a-z0-9._/-]*(?::\d+/[^:]*)?:[\w.-]+", follows):
            self.stack.pop()

    def _short(self, word: str) -> None:
        """Short options in one word: `-dP`, `-p8081:8081`, `-p=8081:8081`; a long one with one hyphen is noted."""
        name = word[1:].partition("=")[0]
        if len(name) > 1 and name in self.verb.switches | self.verb.values:
            self._one_hyphen(name, word)
            return
        for at, letter in enumerate(word[1:], start=1):
            long, rest = self.verb.letters.get(letter, "help" if letter == "h" else ""), word[at + 1 :]
            if not long:
                said = f"unknown shorthand flag: '{letter}' in -{word[at:]}"
                self._problem(ProblemKind.UNKNOWN_OPTION, f"-{letter}", said, word[1:])
                return
            if long in self.verb.values:
                if rest:
                    self._add(long, rest.removeprefix("="))
                else:
                    self._next(long, f"flag needs an argument: '{letter}' in {word}")
                return
            self._switch(long, "true")

    def _one_hyphen(self, name: str, word: str) -> None:
        """`-restart always`: read as it was meant, with the message of Docker, which reads letters."""
        said = {"p": f"invalid containerPort: {name[1:]}", "v": "invalid reference format"}.get(name[0], "")
        speaker = Speaker.CLIENT
        if name[0] not in self.verb.letters:
            said, speaker = f"unknown shorthand flag: '{name[0]}' in {word}", Speaker.OPTIONS
        self.problems.append(Problem(ProblemKind.ONE_HYPHEN, name, 0, said, speaker))
        self._long(f"-{word}")

    def _next(self, name: str, missing: str) -> None:
        if self.stack:
            self._add(name, self.stack.pop())
        else:
            self._problem(ProblemKind.NO_VALUE, name, missing)

    def _switch(self, name: str, value: str) -> None:
        if value not in _TRUE | _FALSE:
            said = f'invalid argument "{value}" for "{self.verb.spelled(name)}" flag: strconv.ParseBool: parsing '
            self._problem(ProblemKind.BAD_VALUE, name, f'{said}"{value}": invalid syntax', value)
        self._add(name, value)

    def _add(self, name: str, value: str) -> None:
        self.options.setdefault(name, []).append(value)

    def _problem(self, kind: ProblemKind, value: str, says: str, extra: str = "") -> None:
        self.problems.append(Problem(kind, value, 0, says, Speaker.OPTIONS, extra))

    def _count(self) -> None:
        verb, count = self.verb, len(self.arguments)
        if verb.least <= count and (verb.most is None or count <= verb.most):
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
        said = f"docker: 'docker {self.name}' {wanted}"
        self.problems.append(Problem(ProblemKind.ARGUMENTS, str(count), 0, said, Speaker.OPTIONS))
