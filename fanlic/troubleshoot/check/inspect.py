"""The output of `docker inspect`: of a container that exists, or of an image before it is run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from fanlic.docker.container import Container, Kind, Mapping, Port, clean_target
from fanlic.model.clauses import Clause
from fanlic.texts import _
from fanlic.troubleshoot.check.fix import corrected, run_line
from fanlic.troubleshoot.check.image import architecture_of, check
from fanlic.troubleshoot.check.options import volume
from fanlic.troubleshoot.findings import Finding, Unreadable, error, info, warning, with_fix

_ANONYMOUS = re.compile(r"[0-9a-f]{64}")
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


def judge(text: str) -> list[Finding]:
    """Every finding about what was inspected; raises Unreadable where it is neither container nor image."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise Unreadable(
            _("This is not the whole output of docker inspect, which is JSON: {problem}").format(problem=problem)
        ) from problem
    findings: list[Finding] = []
    objects = document if isinstance(document, list) else [document]
    for one in objects:
        if not isinstance(one, dict) or not ("HostConfig" in one or "Architecture" in one):
            raise Unreadable(
                _("Neither a container nor an image: use docker inspect NAME, or docker image inspect NAME.")
            )
        findings += _container(one) if "HostConfig" in one else list(_image(one))
    if not objects:
        raise Unreadable(_("The list is empty: docker found nothing under that name. See docker ps -a."))
    return findings


def is_container(text: str) -> bool:
    """Whether a container that exists was inspected."""
    return '"HostConfig"' in text


def _container(one: dict[str, Any]) -> list[Finding]:
    container, name = _facts(one), str(one.get("Name") or "CONTAINER").lstrip("/")
    published = _ports(_table(_table(one.get("NetworkSettings")).get("Ports")))
    # The port of now stays, for projects have it in their settings.
    line = run_line(corrected(replace(container, ports=published or container.ports)), ["--name", name])
    anew = "\n".join(
        [
            f"docker cp {name}:/app/config ./config-copy",
            _("# Then wait for a time agreed with all who use it: making it anew is a restart. Copy what was saved"),
            _("# into the mapped directory, and keep the old container until the new one works:"),
            f"docker stop {name}",
            f"docker rename {name} {name}-old",
            line,
        ]
    )
    findings = []
    for finding in check(container):
        if finding.clause == Clause.DOWN_TIME.slug and not container.removed:
            findings += with_fix([finding], f"docker update --restart unless-stopped {name}")
        else:
            findings += with_fix([finding], anew)
    return findings


def _facts(one: dict[str, Any]) -> Container:
    host, config = _table(one.get("HostConfig")), _table(one.get("Config"))
    mappings = [_mapping(_table(mount)) for mount in _list(one.get("Mounts"))]
    if not mappings:
        mappings = [found for bind in _list(host.get("Binds")) if isinstance(found := volume(str(bind)), Mapping)]
    mappings += [Mapping(clean_target(str(path)), kind=Kind.TMPFS) for path in _table(host.get("Tmpfs"))]
    return Container(
        image=str(config.get("Image") or ""),
        mappings=tuple(dict.fromkeys(mappings)),
        ports=_ports(_table(host.get("PortBindings"))),
        publish_all=host.get("PublishAllPorts") is True,
        network=str(host.get("NetworkMode") or ""),
        restart=str(_table(host.get("RestartPolicy")).get("Name") or ""),
        removed=host.get("AutoRemove") is True,
        read_only=host.get("ReadonlyRootfs") is True,
        unseen="VolumesFrom" if host.get("VolumesFrom") and not mappings else "",
    )


def _mapping(mount: dict[str, Any]) -> Mapping:
    kind = {"volume": Kind.VOLUME, "tmpfs": Kind.TMPFS}.get(str(mount.get("Type")), Kind.BIND)
    name = str(mount.get("Name") or "")
    if kind is Kind.VOLUME and _ANONYMOUS.fullmatch(name):
        kind = Kind.ANONYMOUS
    source = name if kind in (Kind.VOLUME, Kind.ANONYMOUS) else str(mount.get("Source") or "")
    target = clean_target(str(mount.get("Destination") or ""))
    return Mapping(target, source, kind, mount.get("RW") is False)


def _ports(bindings: dict[str, Any]) -> tuple[Port, ...]:
    """The published ports; one that is bound for IPv4 and for IPv6 counts once."""
    found = []
    for name, hosts in bindings.items():
        container, _slash, protocol = name.partition("/")
        for host in _list(hosts):
            binding = _table(host)
            address = str(binding.get("HostIp") or "")
            everywhere = address in ("0.0.0.0", "::")  # noqa: S104 - read, not bound
            host_port = str(binding.get("HostPort") or "")
            found.append(Port(container, host_port, "" if everywhere else address, protocol or "tcp"))
    return tuple(dict.fromkeys(found))


def _image(one: dict[str, Any]) -> Iterator[Finding]:
    tags = [str(tag) for tag in _list(one.get("RepoTags"))]
    architecture = str(one.get("Architecture") or "")
    for tag in tags:
        if architecture_of(tag) not in ("", architecture):
            yield error(
                _("{tag} says one architecture, and the image is for another: {architecture}.").format(
                    tag=tag, architecture=architecture
                ),
                _("Load the archive again and take the image whose name fits the host."),
                Clause.ARCHITECTURES,
            )
    if not tags:
        yield warning(
            _("The image has no name: docker run finds it by its ID only."),
            "docker tag IMAGE_ID fanruan_license_server_amd64:1.0.0",
            Clause.LOAD,
        )
    yield info(
        _("The image is for {architecture}: uname -m on the container host must say {machine}.").format(
            architecture=architecture, machine=_MACHINES.get(architecture, architecture)
        ),
        clause=Clause.ARCHITECTURES,
    )
    yield from _exposed(_table(_table(one.get("Config")).get("ExposedPorts")))


def _exposed(ports: dict[str, Any]) -> Iterator[Finding]:
    numbers = [name.partition("/")[0] for name in ports]
    if not numbers:
        yield warning(
            _("The image exposes no port, so -P publishes none."), "docker run -p 49155:8081 ...", Clause.RANDOM_PORT
        )
    for number in numbers:
        if not (number.isdigit() and 0 < int(number) < 65536):
            yield error(
                _('The image exposes "{number}", which is no port.').format(number=number),
                "docker run -p 49155:8081 ...",
                Clause.FIXED_PORT,
            )
        else:
            yield info(
                _("The image exposes port {number}: publish it with -p 49155:{number}.").format(number=number),
                clause=Clause.FIXED_PORT,
            )


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
