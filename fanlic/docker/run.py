"""A typed `docker run`: the container that it makes, what Docker refuses about it, and the line written back.

`docker create` and podman's `run` are read the same way. What a shell is still to fill in ($PWD, %cd%) is not judged.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from fanlic.docker import command
from fanlic.docker.command import Command
from fanlic.docker.container import Container, Kind, Mapping, Port, clean_target, source_kind
from fanlic.docker.problem import Problem, ProblemKind, Speaker
from fanlic.docker.shell import TypedLine, quote

POLICIES = ("no", "always", "on-failure", "unless-stopped")
_MODES = frozenset(
    [
        "ro",
        "rw",
        "z",
        "Z",
        "cached",
        "delegated",
        "consistent",
        "nocopy",
        "shared",
        "rshared",
        "slave",
        "rslave",
        "private",
        "rprivate",
    ]
)
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REFERENCE = re.compile(
    rf"(?:[a-zA-Z0-9][a-zA-Z0-9.-]*(?::\d+)?/)?{_COMPONENT}(?:/{_COMPONENT})*(?::\w[\w.-]{{0,127}})?(?:@\w+:[0-9a-f]{{32,}})?",
    re.ASCII,
)
_SOURCE = r"(?P<source>(?:[A-Za-z]:(?=[\\/])|\$env:|\$\{env:)?[^:]*)"
_VOLUME = re.compile(rf"{_SOURCE}:(?P<target>[^:]*)(?::(?P<modes>[^:]*))?")
_PORT = re.compile(
    r"(?:(?P<address>\[?[^/]*?\]?):(?=[^:/]*:))?(?:(?P<host>[^:/]*):)?(?P<container>[^:/]*)(?:/(?P<protocol>\w*))?"
)
_MOUNT_KEYS = re.compile(r"type|source|target|readonly|consistency|(?:bind|volume|tmpfs|image)-[a-z-]+")
_BARE = {"readonly", "volume-nocopy", "bind-nonrecursive"}
_SAME = {"src": "source", "dst": "target", "destination": "target", "ro": "readonly"}
_READ = {
    "volume", "mount", "tmpfs", "publish", "publish-all", "detach", "rm", "read-only", "interactive", "tty", "restart",
    "platform", "entrypoint", "network", "net", "name",
}  # fmt: skip
_BIND = 'invalid mount config for type "bind"'


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
    """What Docker refuses, judged by the values."""

    def judged(text: str) -> bool:
        return literal or not re.search("[$%~]", text)

    for pair in parsed.all("env"):
        if pair.startswith("="):
            said = f'invalid argument "{pair}" for "-e, --env" flag: invalid environment variable: {pair}'
            yield Problem(ProblemKind.BAD_VALUE, "env", 0, said, Speaker.OPTIONS, pair)
    for each, text in zip(container.ports, parsed.all("publish"), strict=True):
        if judged(text) and (said := port_refusal(each)):
            yield Problem(ProblemKind.PORT, text, 0, said)
    if container.removed and container.restart != "no":
        said = "conflicting options: cannot specify both --restart and --rm"
        yield Problem(ProblemKind.REMOVED_AND_RESTARTED, container.restart, 0, said)
    said, speaker = restart_refusal(container.restart)
    if said and judged(container.restart):
        yield Problem(ProblemKind.RESTART, container.restart, 0, said, speaker)
    if container.image and judged(container.image) and (said := image_refusal(container.image)):
        yield Problem(ProblemKind.IMAGE, container.image, 0, said)
    if (
        parsed.has("name")
        and judged(container.name)
        and not re.fullmatch(r"/?[a-zA-Z0-9][\w.-]+", container.name, re.ASCII)
    ):
        said = f"Invalid container name ({container.name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
        yield Problem(ProblemKind.NAME, container.name, 0, said, Speaker.ENGINE)
    for mapping in container.mappings:
        if judged(f"{mapping.source}{mapping.target}") and (said := mapping_refusal(mapping)):
            kind = ProblemKind.TARGET if "destination" in said or mapping.target in said else ProblemKind.SOURCE
            yield Problem(kind, mapping.source, 0, said, Speaker.ENGINE, mapping.target)
    yield from twice(container.mappings)


def twice(mappings: Sequence[Mapping]) -> Iterator[Problem]:
    """The directories that are mapped more than once."""
    counts: dict[str, int] = {}
    for mapping in mappings:
        counts[mapping.target] = counts.get(mapping.target, 0) + 1
    for target, count in counts.items():
        if count > 1:
            said = f"Duplicate mount point: {target}"
            yield Problem(ProblemKind.MAPPED_TWICE, target, 0, said, Speaker.ENGINE, str(count))


def volume(text: str, line: int = 0) -> tuple[Mapping | None, Problem | None]:
    """`-v`: host:container[:modes], or a container path alone."""
    if text and ":" not in text:
        return Mapping(clean_target(text), kind=Kind.ANONYMOUS, line=line), None
    found = _VOLUME.fullmatch(text)
    if found is None or not found["source"] or not found["target"] or found["modes"] == "":
        why = "too many colons" if found is None and text else "empty section between colons"
        return None, Problem(ProblemKind.VOLUME, text, line, f"invalid spec: {text}: {why}")
    modes = (found["modes"] or "rw").split(",")
    source = re.sub(r"^//+(?=\w)", "/", found["source"])
    mapping = Mapping(clean_target(found["target"]), source, source_kind(source), "ro" in modes, line=line)
    if set(modes) <= _MODES and not {"ro", "rw"} <= set(modes):
        return mapping, None
    said = f"invalid mode: {found['modes']}"
    return mapping, Problem(ProblemKind.VOLUME, text, line, said, Speaker.ENGINE)


def mount(text: str) -> tuple[Mapping | None, Problem | None]:
    """`--mount`: type=bind,source=...,target=...[,readonly]; a missing host directory is not made."""
    fields: dict[str, str] = {}
    why = "" if text else "EOF"
    for part in text.split(",") if text else ():
        key, equals, value = part.partition("=")
        key = _SAME.get(key.lower(), key.lower())
        if not equals and key not in _BARE:
            why = why or f"invalid field '{part}' must be a key=value pair"
        elif not _MOUNT_KEYS.fullmatch(key):
            why = why or f"unexpected key '{key}' in '{part}'"
        elif key == "readonly" and equals and value not in ("true", "false", "1", "0"):
            why = why or f"invalid value for {key}: {value}"
        fields[key] = value if equals else "true"
    source, target, kind = fields.get("source", ""), fields.get("target", ""), fields.get("type", "volume").lower()
    why = why or ("" if target else "target is required")
    if why:
        said = f'invalid argument "{text}" for "--mount" flag: {why}'
        return None, Problem(ProblemKind.MOUNT, text, 0, said, Speaker.OPTIONS)
    kinds = {"bind": Kind.BIND, "tmpfs": Kind.TMPFS, "volume": Kind.VOLUME if source else Kind.ANONYMOUS}
    read_only = fields.get("readonly") in ("true", "1")
    mapping = Mapping(clean_target(target), source, kinds.get(kind, Kind.BIND), read_only, create=kind != "bind")
    why = "mount type unknown" if kind not in (*kinds, "npipe", "cluster", "image") else ""
    why = "field Source must not be empty" if kind == "bind" and not source else why
    why = "field Source must not be specified" if kind == "tmpfs" and source else why
    if not why:
        return mapping, None
    said = f'invalid mount config for type "{kind}": {why}'
    return None, Problem(ProblemKind.MOUNT, text, 0, said, Speaker.ENGINE)


def tmpfs(text: str, line: int = 0) -> Mapping:
    """`--tmpfs`: a container path, with options after a colon."""
    return Mapping(clean_target(text.partition(":")[0]), kind=Kind.TMPFS, line=line)


def port(text: str, line: int = 0) -> Port:
    """`-p`: [address:][host:]container[/protocol], whatever the parts are; `port_refusal` judges them."""
    found = _PORT.fullmatch(text)
    if found is None:
        return Port(text, line=line)
    address = (found["address"] or "").strip("[]")
    return Port(found["container"], found["host"] or "", address, (found["protocol"] or "tcp").lower(), line)


def port_refusal(published: Port) -> str:
    """Docker's message about a publication that it refuses; empty if it takes it."""
    inner, outer = _range(published.container), _range(published.host)
    if not published.container:
        return f"no port specified: {published.host}:<empty>"
    if published.address and not _is_address(published.address):
        return f"invalid IP address: {published.address}"
    if inner is None:  # reading A1: the page's 80811 ends here
        return f"invalid containerPort: {published.container}"
    if published.host and outer is None:
        return f"invalid hostPort: {published.host}"
    if outer and outer != inner and inner and len(inner) > 1:
        return f"invalid ranges specified for container and host Ports: {published.container} and {published.host}"
    return "" if published.protocol in ("tcp", "udp", "sctp") else f"invalid proto: {published.protocol}"


def _range(text: str) -> range | None:
    begin, hyphen, end = text.partition("-")
    numbers = [int(part) for part in ((begin, end) if hyphen else (begin,)) if re.fullmatch(r"[0-9]{1,5}", part)]
    if len(numbers) != 1 + len(hyphen) or max(numbers) > 65535 or numbers[0] > numbers[-1]:
        return None
    return range(numbers[-1] - numbers[0] + 1)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def restart_refusal(policy: str) -> tuple[str, Speaker]:
    """Docker's message about a restart policy that it refuses, and who says it; empty if it takes it."""
    name, colon, tries = policy.partition(":")
    if colon and not re.fullmatch(r"-?[0-9]{1,9}", tries):
        return "invalid restart policy format: maximum retry count must be an integer", Speaker.CLIENT
    why = ""
    if name not in POLICIES:
        known = "'no', 'always', 'on-failure', or 'unless-stopped'"
        why = f"unknown policy '{name}'; use one of {known}"
    elif colon and name != "on-failure":
        why = "maximum retry count can only be used with 'on-failure'"
    elif tries.startswith("-"):
        why = "maximum retry count cannot be negative"
    return f"invalid restart policy: {why}" if why else "", Speaker.ENGINE


def image_refusal(image: str) -> str:
    """Docker's message about what can be no image's name; empty if it can."""
    if _REFERENCE.fullmatch(image[:4096]):
        return ""
    lower = _REFERENCE.fullmatch(image[:4096].lower())
    more = f": repository name (library/{image.partition(':')[0]}) must be lowercase" if lower else ""
    return f"invalid reference format{more}"


def mapping_refusal(mapping: Mapping) -> str:
    """The engine's message about a mapping that it refuses; empty if it takes it."""
    if mapping.kind is Kind.ANONYMOUS:
        return ""
    if not mapping.target.startswith("/"):
        prefix = "" if mapping.kind is Kind.TMPFS else f"{_BIND}: "
        return f"{prefix}invalid mount path: '{mapping.target}' mount path must be absolute"
    if mapping.target == "/":
        return f"{_BIND}: invalid specification: destination can't be '/'"
    if mapping.kind is not Kind.BIND or re.match(r"/|\\\\|[A-Za-z]:[\\/]", mapping.source):
        return ""
    if not mapping.create:
        return f"{_BIND}: invalid mount path: '{mapping.source}' mount path must be absolute"
    if mapping.source.startswith("."):
        return ""  # the command line makes it absolute
    allowed = (
        'only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path'
    )
    return f'create {mapping.source}: "{mapping.source}" includes invalid characters for a local volume name, {allowed}'


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


def written_port(published: Port) -> str:
    """A publication as -p and compose files take it."""
    address = f"[{published.address}]" if ":" in published.address else published.address
    return f"{address}:{published.host}:{published.container}".removeprefix(":")
