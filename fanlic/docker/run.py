"""A typed `docker run`: the container that it makes, what Docker refuses about it, and the line written back.

`docker create` and podman's `run` are read the same way. What a shell is still to fill in ($PWD, %cd%) is not judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from fanlic.docker import command
from fanlic.docker.command import Command
from fanlic.docker.container import Container
from fanlic.docker.problem import Problem, ProblemKind, Speaker
from fanlic.docker.shell import TypedLine, quote
from fanlic.docker.values import (
    image_refusal,
    mapping_refusal,
    mount,
    port,
    port_refusal,
    restart_refusal,
    tmpfs,
    twice,
    volume,
    written_port,
)

_READ = {
    "volume", "mount", "tmpfs", "publish", "publish-all", "detach", "rm", "read-only", "interactive", "tty", "restart",
    "platform", "entrypoint", "network", "net", "name",
}  # fmt: skip


@dataclass(frozen=True)
class RunLine:
    """A run line. `meant`: the container with the options that stand after the image, where they do nothing.

    `others` are options that have no place in `container`, `paths` the values in which Git Bash rewrites paths.
    """

    container: Container
    meant: Container
    command: Command
    problems: tuple[Problem, ...] = ()
    others: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


def find(typed: TypedLine) -> tuple[tuple[str, ...], str, list[str]] | None:
    """What stands before docker, the verb and the words after it, up to an operator; None if it is no such line."""
    end = min((at for at in typed.operators if at > 0), default=len(typed.words))
    return command.engine_words(typed.words[:end])


def read(words: Sequence[str], *, literal: bool = False) -> RunLine:
    """The words after `docker run`. `literal`: no shell fills anything in, so every word is judged."""
    parsed = command.read("run", words)
    container, problems = container_of(parsed, literal=literal)
    meant, rest = container, parsed
    if container.command and container.command[0].startswith("-"):
        rest = command.read("run", parsed.arguments[1:])
        options = {name: parsed.all(name) + rest.all(name) for name in [*parsed.options, *rest.options]}
        meant = container_of(replace(parsed, options=options), literal=literal)[0]
        rest = replace(parsed, options=options)
    others = [word for name, values in rest.options.items() if name not in _READ for word in _written(name, values)]
    paths = tuple(value for name in ("volume", "mount", "tmpfs") for value in rest.all(name))
    return RunLine(container, meant, parsed, (*parsed.problems, *problems), tuple(others), paths)


def _written(name: str, values: Sequence[str]) -> Iterator[str]:
    for value in values:
        if name in command.VERBS["run"].values:
            yield from (f"--{name}", value)
        elif value == values[-1] and value not in ("false", "0"):
            yield f"--{name}"


def container_of(parsed: Command, *, literal: bool = False) -> tuple[Container, list[Problem]]:
    """The container that the options and arguments of a `run` ask for, and what Docker refuses about their values."""
    readings = [
        *map(volume, parsed.all("volume")),
        *map(mount, parsed.all("mount")),
        *((tmpfs(text), None) for text in parsed.all("tmpfs")),
    ]
    image, *words = parsed.arguments or ("",)
    container = Container(
        name=parsed.last("name"),
        image=image,
        command=tuple(words),
        entrypoint=parsed.last("entrypoint"),
        environment=tuple(pair.partition("=")[::2] for pair in parsed.all("env") if "=" in pair),
        mappings=tuple(mapping for mapping, _problem in readings if mapping),
        unseen=f"--volumes-from {parsed.last('volumes-from')}" if parsed.has("volumes-from") else "",
        ports=tuple(map(port, parsed.all("publish"))),
        publish_all=parsed.has("publish-all"),
        network=parsed.last("network", parsed.last("net")),
        restart=parsed.last("restart") or "no",
        removed=parsed.has("rm"),
        read_only=parsed.has("read-only"),
        platform=parsed.last("platform"),
    )
    found = [problem for _mapping, problem in readings if problem]
    return container, [*found, *_problems(container, parsed, literal)]


def _problems(container: Container, parsed: Command, literal: bool) -> Iterator[Problem]:
    """What the command line refuses, judged by the values, and then what the engine refuses."""
    for pair in parsed.all("env"):
        if pair.startswith("="):
            says = f'invalid argument "{pair}" for "-e, --env" flag: invalid environment variable: {pair}'
            yield Problem(ProblemKind.BAD_VALUE, "env", 0, says, Speaker.OPTIONS, pair)
    for each, text in zip(container.ports, parsed.all("publish"), strict=True):
        if _judged(text, literal) and (says := port_refusal(each)):
            yield Problem(ProblemKind.PORT, text, 0, says)
    if container.removed and container.restart != "no":
        says = "conflicting options: cannot specify both --restart and --rm"
        yield Problem(ProblemKind.REMOVED_AND_RESTARTED, container.restart, 0, says)
    says, speaker = restart_refusal(container.restart)
    if says and _judged(container.restart, literal):
        yield Problem(ProblemKind.RESTART, container.restart, 0, says, speaker)
    if container.image and _judged(container.image, literal) and (says := image_refusal(container.image)):
        yield Problem(ProblemKind.IMAGE, container.image, 0, says)
    yield from _engine_problems(container, parsed, literal)


def _engine_problems(container: Container, parsed: Command, literal: bool) -> Iterator[Problem]:
    name = container.name
    if parsed.has("name") and _judged(name, literal) and not re.fullmatch(r"/?[a-zA-Z0-9][\w.-]+", name, re.ASCII):
        says = f"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
        yield Problem(ProblemKind.NAME, name, 0, says, Speaker.ENGINE)
    for mapping in container.mappings:
        if _judged(f"{mapping.source}{mapping.target}", literal) and (says := mapping_refusal(mapping)):
            kind = ProblemKind.TARGET if "destination" in says or mapping.target in says else ProblemKind.SOURCE
            yield Problem(kind, mapping.source, 0, says, Speaker.ENGINE, mapping.target)
    yield from twice(container.mappings)


def _judged(text: str, literal: bool) -> bool:
    """Whether nothing in the text is still to be filled in by a shell."""
    return literal or not re.search("[$%~]", text)


def write(container: Container, shell: str = "sh", others: Sequence[str] = (), *, expand: bool = False) -> str:
    """The whole line as the shell wants it; `others` are further options. `expand`: the shell fills in variables."""
    words = ["docker", "run"]
    for mapping in container.mappings:
        words += ["-v", f"{mapping.source}:{mapping.target}" + (":ro" if mapping.read_only else "")]
    words += [word for each in container.ports for word in ("-p", written_port(each))]
    words += ["-P"] if container.publish_all else []
    for option, value in (("--name", container.name), ("--restart", container.restart)):
        words += [option, value] if value else []
    words += ["-d"]
    for option, value in (("--platform", container.platform), ("--network", container.network)):
        words += [option, value] if value else []
    return " ".join(quote(word, shell, expand=expand) for word in [*words, *others, container.image])
