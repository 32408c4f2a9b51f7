"""`docker inspect` of containers and images, podman's too: whole, cut off, or a part of it from `{{json .State}}`.

Values of environment variables are never read. From JSON that is cut off only what stands there is taken.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from fanlic.docker.container import Container, Kind, Mapping, Port, State, clean_target
from fanlic.docker.problem import Problem, ProblemKind
from fanlic.docker.values import volume

FAILURES = 25  # places at which JSON seems to begin and does not, after which no more are tried
PART = "an output that shows a part"
_BEGIN = re.compile(r"\s*(?:\[\s*(?:\{|$)|\{\s*(?:\"|$))")
_ANONYMOUS = re.compile(r"[0-9a-f]{64}")
_MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}
_CUT = {
    "status": re.compile(r'"Status":\s*"(created|running|paused|restarting|removing|exited|dead)"'),
    "exit_code": re.compile(r'"ExitCode":\s*(\d{1,10})\b'),
    "out_of_memory": re.compile(r'"OOMKilled":\s*(true)\b'),
    "error": re.compile(r'"Error":\s*"([^"]{3,300})"'),
    "started": re.compile(r'"StartedAt":\s*"([^"]{10,40})"'),
    "finished": re.compile(r'"FinishedAt":\s*"([^"]{10,40})"'),
}
_CUT_MOUNT = re.compile(r'"(?:Destination|Target)":\s*"(/app/\w+)"')
_CUT_PORT = re.compile(r'"HostPort":\s*"(\d{1,5})"')
_CUT_ARCHITECTURE = re.compile(r'"Architecture":\s*"(\w{3,10})"')


@dataclass(frozen=True)
class ImageInfo:
    """An image: its names, its architecture in Docker's words, and the ports that it exposes, as `8081/tcp`."""

    names: tuple[str, ...] = ()
    architecture: str = ""
    exposed: tuple[str, ...] = ()


def read(text: str) -> tuple[tuple[Container | ImageInfo | None, ...], tuple[Problem, ...]]:
    """Each object of an output, None for one that is neither; prompts and other lines around it are passed over."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as problem:
        found = [item for _at, one in documents(text.splitlines())[0] for item in objects(one)]
        if not any(map(of, found)):
            return (), (Problem(ProblemKind.NOT_JSON, str(problem)),)
        return tuple(map(of, found)), ()
    return tuple(map(of, objects(document))), ()


def documents(lines: Sequence[str], known: Callable[[object], bool] = bool) -> tuple[list[tuple[int, Any]], list[int]]:
    """The known JSON documents among lines, each with its first line, from 0, and the lines that belong to none."""
    whole, decoder, failures = "\n".join(lines), json.JSONDecoder(strict=False), 0
    found, rest, end, start = [], [], 0, 0
    for number, line in enumerate(lines):
        begin, start = start, start + len(line) + 1
        if begin < end:
            continue
        if failures < FAILURES and _BEGIN.match(line):
            try:
                document, behind = decoder.raw_decode(whole, begin + len(line) - len(line.lstrip()))
                if known(document):
                    found.append((number, document))
                    end = behind
                    continue
                failures += behind - begin > len(line) + 1  # many lines of another kind are not read again and again
            except (ValueError, RecursionError):
                failures += 1
        rest.append(number)
    return found, rest


def objects(document: object) -> Iterator[object]:
    """The objects of one document; the mounts of one container stay together."""
    if isinstance(document, list) and not (document and all("Destination" in _table(each) for each in document)):
        yield from document
    else:
        yield document


def of(document: object) -> Container | ImageInfo | None:
    """The container or the image that an object describes, whole or in part; None if it is neither."""
    whole = _whole(document)
    if "State" in whole or "HostConfig" in whole or "Mounts" in whole or "NetworkSettings" in whole:
        return _container(whole)
    if "Architecture" in whole and ("RepoTags" in whole or "RootFS" in whole or "Os" in whole):
        exposed = _table(_table(whole.get("Config")).get("ExposedPorts"))
        names = tuple(str(name)[:300] for name in _list(whole.get("RepoTags")))
        return ImageInfo(names, architecture(str(whole["Architecture"] or "")), tuple(exposed))
    return None


def is_whole(document: Container | ImageInfo | None) -> bool:
    """Whether a whole container or image was shown."""
    return document is not None and not (isinstance(document, Container) and document.unseen == PART)


def _whole(document: object) -> dict[str, Any]:
    """The object, or the object of which a template printed this part."""
    if isinstance(document, list):
        return {"Mounts": document}
    table = _table(document)
    if isinstance(table.get("State"), dict) or "HostConfig" in table or "RepoTags" in table:
        return table
    if isinstance(table.get("Status"), str) and ("StartedAt" in table or "OOMKilled" in table):
        return {"State": table}
    if "RestartPolicy" in table or "PortBindings" in table:
        return {"HostConfig": table}
    if {"Name", "MaximumRetryCount"} == set(table):
        return {"HostConfig": {"RestartPolicy": table}}
    if table and all(re.fullmatch(r"\d{1,5}/(?:tcp|udp|sctp)", name) for name in table):
        return {"NetworkSettings": {"Ports": table}}
    if isinstance(table.get("Ports"), dict):
        return {"NetworkSettings": table}
    return table if "Architecture" in table else {}


def _container(one: dict[str, Any]) -> Container:
    host, config = _table(one.get("HostConfig")), _table(one.get("Config"))
    mappings = [_mapping(_table(mount)) for mount in _list(one.get("Mounts"))]
    if not mappings:
        mappings = [mapping for bind in _list(host.get("Binds")) if (mapping := volume(str(bind))[0])]
    mappings += [Mapping(clean_target(str(path)), kind=Kind.TMPFS) for path in _table(host.get("Tmpfs"))]
    policy, network = _table(host.get("RestartPolicy")), _table(one.get("NetworkSettings"))
    unseen = "" if isinstance(one.get("Mounts"), list) or "Binds" in host else PART
    return Container(
        name=str(one.get("Name") or str(one.get("Id") or "")[:12]).lstrip("/"),
        image=str(one.get("ImageName") or config.get("Image") or ""),
        mappings=tuple(dict.fromkeys(mappings)),
        unseen="VolumesFrom" if host.get("VolumesFrom") and not mappings else unseen,
        ports=_ports(host.get("PortBindings")),
        publish_all=host.get("PublishAllPorts") is True,
        published=_ports(network.get("Ports")) if isinstance(network.get("Ports"), dict) else None,
        exposed=tuple(_table(config.get("ExposedPorts"))),
        network=str(host.get("NetworkMode") or ""),
        restart=(str(policy.get("Name") or "") or "no") if policy or len(host) > 1 else "",
        removed=host.get("AutoRemove") is True,
        read_only=host.get("ReadonlyRootfs") is True,
        architecture=architecture(_deep(one, "ImageManifestDescriptor", "platform", "architecture")),
        state=_state(_table(one.get("State")), one.get("RestartCount")),
    )


def _state(state: dict[str, Any], restarts: object) -> State:
    code = state.get("ExitCode")
    health = _table(state.get("Health") or state.get("Healthcheck"))
    return State(
        status=str(state.get("Status") or ""),
        exit_code=code if type(code) is int else None,
        health=str(health.get("Status") or "")[:40],
        out_of_memory=state.get("OOMKilled") is True,
        error=str(state.get("Error") or "")[:300],
        started=moment(state.get("StartedAt")),
        finished=moment(state.get("FinishedAt")),
        restarts=restarts if type(restarts) is int else 0,
    )


def _mapping(mount: dict[str, Any]) -> Mapping:
    kind = {"volume": Kind.VOLUME, "tmpfs": Kind.TMPFS}.get(str(mount.get("Type")), Kind.BIND)
    name = str(mount.get("Name") or "")
    if kind is Kind.VOLUME and _ANONYMOUS.fullmatch(name):
        kind = Kind.ANONYMOUS
    source = name if name and kind in (Kind.VOLUME, Kind.ANONYMOUS) else str(mount.get("Source") or "")
    return Mapping(clean_target(str(mount.get("Destination") or "")), source, kind, mount.get("RW") is False)


def _ports(bindings: object) -> tuple[Port, ...]:
    """The published ports; one that is bound for IPv4 and for IPv6 counts once."""
    found = []
    for name, hosts in _table(bindings).items():
        container, _slash, protocol = name.partition("/")
        for host in _list(hosts):
            binding = _table(host)
            address, number = str(binding.get("HostIp") or ""), str(binding.get("HostPort") or "")
            found.append(Port(container, number, anywhere(address), protocol or "tcp"))
    return tuple(dict.fromkeys(found))


def anywhere(address: str) -> str:
    """A published address; empty where it means every one."""
    return "" if address in ("0.0.0.0", "::", "[::]") else address.strip("[]")  # noqa: S104 - read, not bound


def architecture(machine: str) -> str:
    """The image's word for a machine: amd64, arm64; others as they are."""
    return _MACHINES.get(machine.lower(), machine.lower())[:20]


def moment(text: object) -> datetime | None:
    """An instant as Docker writes it, to the microsecond; none for its year 1, which means never."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(re.sub(r"(\.\d{6})\d*", r"\1", text.strip()[:60]))
        found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return found if 1970 < found.year < 9000 else None


def cut_off(line: str) -> Container | None:
    """What one line of an output shows that is cut off; None if it shows nothing."""
    if '"' not in line:
        return None
    fields: dict[str, Any] = {name: found[1] for name, pattern in _CUT.items() if (found := pattern.search(line))}
    if "exit_code" in fields:
        fields["exit_code"] = int(fields["exit_code"])
    fields |= {name: moment(fields[name]) for name in ("started", "finished") if name in fields}
    machine = _CUT_ARCHITECTURE.search(line)
    shown = Container(
        mappings=tuple(Mapping(target) for target in _CUT_MOUNT.findall(line)[:50]),
        unseen=PART,
        published=tuple(Port("", number) for number in _CUT_PORT.findall(line)[:50]) or None,
        architecture=architecture(machine[1]) if machine else "",
        state=replace(State(), **fields | ({"out_of_memory": True} if "out_of_memory" in fields else {})),
    )
    return shown if shown != Container(unseen=PART) else None


def _deep(value: object, *path: str) -> str:
    for key in path:
        value = _table(value).get(key)
    return value if isinstance(value, str) else ""


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
