"""A compose file: the service that runs the authorization server, judged like a run line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as Table

from fanlic.docker.container import Container, Kind, Mapping, Port, clean_target, source_kind
from fanlic.model.clauses import Clause
from fanlic.texts import _
from fanlic.troubleshoot.check.fix import compose_service, corrected
from fanlic.troubleshoot.check.image import STEM, check
from fanlic.troubleshoot.check.options import port as read_port
from fanlic.troubleshoot.check.options import volume as read_volume
from fanlic.troubleshoot.check.yaml import Value, read
from fanlic.troubleshoot.findings import Finding, Unreadable, error, info, warning, with_fix

_DEFAULT = re.compile(r"\$\{\w+:?-([^}]*)\}")
_CONDITIONS = {"": "always", "any": "always", "on-failure": "on-failure", "none": "no"}


def judge(text: str) -> list[Finding]:
    """Every finding about one compose file; raises Unreadable where it has no services."""
    document, findings = read(text)
    services = _table(_table(document).get("services"))
    if not services:
        raise Unreadable(_("There is no `services:` with a service in it; is this a compose file?"))
    if "include" in _table(document):
        findings.append(info(_("Files named under include were not read.")))
    chosen = {name: _table(one) for name, one in services.items() if STEM in _text(_table(one).get("image"))}
    if not chosen and len(services) == 1:
        chosen = {name: _table(one) for name, one in services.items()}
    if not chosen:
        return [*findings, error(_("No service has an image named {name}.").format(name=STEM), clause=Clause.LOAD)]
    volumes = _table(_table(document).get("volumes"))
    return [*findings, *(finding for name, one in chosen.items() for finding in _service(name, one, volumes))]


def _service(name: str, service: Table[str, Value], volumes: Table[str, Value]) -> list[Finding]:
    findings: list[Finding] = []
    container = Container(
        image=_text(service.get("image")),
        mappings=tuple(_mappings(service, findings)),
        ports=tuple(_ports(service, findings)),
        network=_text(service.get("network_mode")),
        restart=_restart(service),
        read_only=_true(service.get("read_only")),
        platform=_text(service.get("platform")),
        command=tuple(_words(service.get("command"))),
        entrypoint=" ".join(_words(service.get("entrypoint"))),
        unseen=next((key for key in ("extends", "<<", "volumes_from") if key in service), ""),
        relative=True,
    )
    findings += [*_volumes(container, volumes), *_build(service)]
    findings += [one for one in check(container) if not (one.clause == Clause.LOAD.slug and "build" in service)]
    return with_fix(findings, compose_service(name, corrected(container, ".")))


def _build(service: Table[str, Value]) -> Iterator[Finding]:
    if "build" in service:
        yield warning(_("The service builds an image; the page's comes ready, by docker load."), clause=Clause.LOAD)


def _mappings(service: Table[str, Value], findings: list[Finding]) -> Iterator[Mapping]:
    for entry in _list(service.get("volumes")):
        read_entry = _long_volume(entry) if isinstance(entry, dict) else read_volume(_text(entry))
        if isinstance(read_entry, Finding):
            findings.append(read_entry)
        else:
            yield read_entry
    for entry in _list(service.get("tmpfs")):
        yield Mapping(clean_target(_text(entry).partition(":")[0]), kind=Kind.TMPFS)


def _long_volume(entry: Table[str, Value]) -> Mapping | Finding:
    source, target = _text(entry.get("source")), _text(entry.get("target"))
    kinds = {"bind": Kind.BIND, "tmpfs": Kind.TMPFS, "volume": Kind.VOLUME if source else Kind.ANONYMOUS}
    kind = kinds.get(_text(entry.get("type")))
    if kind is None or not target or (kind is Kind.BIND and not source):
        return error(_("An entry of volumes cannot be read: type, source and target are wanted."))
    return Mapping(clean_target(target), source, kind, _true(entry.get("read_only")))


def _volumes(container: Container, volumes: Table[str, Value]) -> Iterator[Finding]:
    for mapping in container.mappings:
        named = mapping.kind is Kind.VOLUME and source_kind(mapping.source) is Kind.VOLUME
        if named and mapping.source not in volumes:
            yield error(
                _(
                    "{source} is taken for a Docker volume, and no such volume is declared at the end of the file. A "
                    "folder beside the file is written ./{source}"
                ).format(source=mapping.source)
            )


def _ports(service: Table[str, Value], findings: list[Finding]) -> Iterator[Port]:
    for entry in _list(service.get("ports")):
        if isinstance(entry, dict):
            names = ("target", "published", "host_ip", "protocol")
            inner, outer, address, protocol = (_text(entry.get(name)) for name in names)
            yield Port(inner, outer, address, protocol)
            continue
        found = read_port(_text(entry))
        if isinstance(found, Finding):
            findings.append(found)
        else:
            yield found


def _restart(service: Table[str, Value]) -> str:
    if "restart" in service:
        return {"false": "no"}.get(_text(service["restart"]).lower(), _text(service["restart"]))
    policy = _table(service.get("deploy")).get("restart_policy")
    return _CONDITIONS.get(_text(_table(policy).get("condition")), "no") if policy is not None else ""


def _table(value: Value) -> dict[str, Value]:
    return value if isinstance(value, dict) else {}


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Value) -> str:
    """A scalar's text; a variable with a default counts as its default."""
    return _DEFAULT.sub(r"\1", value) if isinstance(value, str) else ""


def _words(value: Value) -> list[str]:
    return [_text(word) for word in _list(value) if _text(word)]


def _true(value: Value) -> bool:
    return _text(value).lower() in ("true", "yes", "on")
