"""A compose file: each service as a container, with the lines in which it says so; a service written back.

`extends`, `include` and `env_file` name other files, which are not read; what may hide mappings there is `unseen`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fanlic.docker import values
from fanlic.docker.container import Container, Kind, Mapping, Port, clean_target, source_kind
from fanlic.docker.problem import Problem, ProblemKind
from fanlic.docker.yaml import Text, Value
from fanlic.docker.yaml import read as read_yaml

_DEFAULT = re.compile(r"\$\{\w+:?-([^}]*)\}")
_CONDITIONS = {"": "always", "any": "always", "none": "no"}
_SERVICES = re.compile(r"(\s*)services:\s*(?:#.*)?$")
_TOP = re.compile(r"[\w.-]+:(?:\s|$)|['\"][^'\"]*['\"]:|<<:|#|---|\s*$")
_HIDING = ("extends", "<<", "volumes_from")


@dataclass(frozen=True)
class ComposeService:
    """One service: its container, the line of its image, its keys, and the profiles without which it does not start."""

    name: str
    container: Container
    line: int = 0
    keys: frozenset[str] = frozenset()
    profiles: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class ComposeFile:
    """The services of a file (none: it is no compose file), what is wrong with its text, whether it includes others."""

    services: tuple[ComposeService, ...] = ()
    problems: tuple[Problem, ...] = ()
    includes: bool = False


def read(text: str) -> ComposeFile:
    """A whole file."""
    document, problems = read_yaml(text)
    top = _table(document)
    volumes = _table(top.get("volumes"))
    services = (
        _service(name, _table(value), volumes)
        for name, value in _table(top.get("services")).items()
        if value is not None
    )
    return ComposeFile(tuple(services), problems, "include" in top)


def blocks(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Each compose file among other lines: where it begins, and its text; `services:` may be indented."""
    at = floor = 0
    while at < len(lines):
        services = _SERVICES.match(lines[at])
        if services is None:
            at += 1
            continue
        margin = services[1]
        begin, end = at, at + 1
        while begin > floor and _belongs(lines[begin - 1], margin):
            begin -= 1
        while end < len(lines) and _belongs(lines[end], margin) and not _SERVICES.match(lines[end]):
            end += 1
        yield begin, "\n".join(line.removeprefix(margin) for line in lines[begin:end])
        at = floor = end


def _belongs(line: str, margin: str) -> bool:
    rest = line.removeprefix(margin)
    return not line.strip() or (line.startswith(margin) and (rest[:1] == " " or _TOP.match(rest) is not None))


def _service(name: str, table: dict[str, Value], volumes: dict[str, Value]) -> ComposeService:
    readings = list(_volumes(table))
    mappings = tuple(mapping for mapping, _problem in readings if mapping)
    container = Container(
        name=_text(table.get("container_name")),
        image=_text(table.get("image")),
        command=tuple(_words(table.get("command"))),
        entrypoint=" ".join(_words(table.get("entrypoint"))),
        mappings=mappings,
        unseen=next((key for key in _HIDING if key in table), ""),
        relative=True,
        ports=tuple(_ports(table)),
        network=_text(table.get("network_mode")),
        restart=_restart(table),
        read_only=_true(table.get("read_only")),
        platform=_text(table.get("platform")),
    )
    problems = [problem for _mapping, problem in readings if problem]
    problems += [
        Problem(ProblemKind.PORT, f"{each.host}:{each.container}", each.line, said)
        for each in container.ports
        if not re.search("[$%]", f"{each.address}{each.host}{each.container}") and (said := values.port_refusal(each))
    ]
    problems += [
        Problem(ProblemKind.UNDECLARED_VOLUME, each.source, each.line, _undefined(name, each.source))
        for each in mappings
        if each.kind is Kind.VOLUME and source_kind(each.source) is Kind.VOLUME and each.source not in volumes
    ]
    problems += values.twice(mappings)
    profiles = tuple(_words(table.get("profiles")))
    return ComposeService(name, container, _line(table.get("image")), frozenset(table), profiles, tuple(problems))


def _undefined(name: str, volume: str) -> str:
    return f'service "{name}" refers to undefined volume {volume}: invalid compose project'


def _volumes(table: dict[str, Value]) -> Iterator[tuple[Mapping | None, Problem | None]]:
    for entry in _list(table.get("volumes")):
        if isinstance(entry, dict):
            yield _long_volume(entry)
        else:
            yield values.volume(_text(entry), _line(entry))
    for entry in _list(table.get("tmpfs")):
        yield values.tmpfs(_text(entry), _line(entry)), None


def _long_volume(entry: dict[str, Value]) -> tuple[Mapping | None, Problem | None]:
    source, target = _text(entry.get("source")), _text(entry.get("target"))
    kinds = {"bind": Kind.BIND, "tmpfs": Kind.TMPFS, "volume": Kind.VOLUME if source else Kind.ANONYMOUS}
    kind = kinds.get(_text(entry.get("type")))
    line = next((_line(value) for value in entry.values() if _line(value)), 0)
    if kind is None or not target or (kind is Kind.BIND and not source):
        return None, Problem(ProblemKind.MOUNT, line=line, says="invalid volume: type, source and target are required")
    create = _text(_table(entry.get("bind")).get("create_host_path")).lower() != "false"
    return Mapping(clean_target(target), source, kind, _true(entry.get("read_only")), create, line), None


def _ports(table: dict[str, Value]) -> Iterator[Port]:
    for entry in _list(table.get("ports")):
        if isinstance(entry, dict):
            names = ("target", "published", "host_ip")
            inner, outer, address = (_text(entry.get(name)) for name in names)
            line = next((_line(value) for value in entry.values() if _line(value)), 0)
            yield Port(inner, outer, address.strip("[]"), _text(entry.get("protocol")).lower() or "tcp", line)
        else:
            yield values.port(_text(entry), _line(entry))


def _restart(table: dict[str, Value]) -> str:
    """The policy of `deploy` goes before `restart`, as in docker compose; none at all is `no`."""
    policy = _table(table.get("deploy")).get("restart_policy")
    if policy is not None:
        condition = _text(_table(policy).get("condition"))
        return _CONDITIONS.get(condition, condition)
    return {"false": "no", "": "no"}.get(_text(table.get("restart")).lower(), _text(table.get("restart")))


def _table(value: Value) -> dict[str, Value]:
    return value if isinstance(value, dict) else {}


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Value) -> str:
    """A scalar's text; a variable with a default counts as its default."""
    return _DEFAULT.sub(r"\1", value) if isinstance(value, str) else ""


def _line(value: Value) -> int:
    return value.line if isinstance(value, Text) else 0


def _words(value: Value) -> list[str]:
    return [_text(word) for word in _list(value) if _text(word)]


def _true(value: Value) -> bool:
    return _text(value).lower() in ("true", "yes", "on")


def write(name: str, container: Container) -> str:
    """The service as a compose file wants it; what the file says beside this stays as it is."""
    text = ["services:", f"  {name}:", f"    image: {container.image}", "    volumes:"]
    for mapping in container.mappings:
        value = f"{mapping.source}:{mapping.target}" + (":ro" if mapping.read_only else "")
        text.append(f"      - {value}" if "\\" not in value else f"      - '{value}'")
    text.append("    ports:")
    text += [f'      - "{values.written_port(each)}"' for each in container.ports]
    return "\n".join([*text, f"    restart: {container.restart}"])
