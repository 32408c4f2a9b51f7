"""What portals show of a container: Portainer's page copied as text, and the settings that Synology exports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from fanlic.docker.container import Container, Mapping, Port, State, clean_target
from fanlic.docker.ps import span
from fanlic.troubleshoot.judge.facts import Fact
from fanlic.troubleshoot.judge.paste import Paste, PastedLine
from fanlic.troubleshoot.judge.read_docker import PastedDocument, facts_of, ours

PORTAINER, SYNOLOGY = "Portainer", "Synology"
_STATUS = re.compile(
    r"Status\s+(Running|Stopped|Restarting|Created|Paused)(?: for ((?:an?|\d{1,5}|a few) \w+))?"
    r"(?: with exit code (\d{1,5}))?"
)
_PORT = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})\s*(?:→|->)\s*(\d{1,5})/tcp")
_IMAGE = re.compile(r"Image\s+(\S{3,200})")
_POLICY = re.compile(r"Restart polic(?:y|ies)\s+(None|Always|Unless stopped|On failure)", re.IGNORECASE)
_MOUNT = re.compile(r"(\S{1,300})\s+(/app(?:/\w+)?)\s*$")
_STATES = {"Running": "running", "Stopped": "exited", "Restarting": "restarting", "Created": "created"}
_POLICIES = {"none": "no", "always": "always", "unless stopped": "unless-stopped", "on failure": "on-failure"}
_LINES = 80  # of one page


def read(documents: Sequence[PastedDocument], rest: Paste) -> Iterator[Fact]:
    """Facts from exported settings, and from a page's text."""
    for number, document in documents:
        if container := _exported(document):
            yield from facts_of(container, SYNOLOGY, number=number)
    for at, line in enumerate(rest.lines):
        if line.text.strip() == "Container status":
            yield from _page(rest.lines[at + 1 : at + _LINES])


def is_exported(document: object) -> bool:
    """Whether a JSON document is a container's exported settings."""
    return isinstance(document, dict) and "volume_bindings" in document and "image" in document


def _exported(document: Any) -> Container | None:
    if not is_exported(document) or not ours(str(document["image"]), str(document.get("name", ""))):
        return None
    volumes, ports = document["volume_bindings"], document.get("port_bindings")
    return Container(
        name=str(document.get("name", ""))[:128],
        image=str(document["image"])[:300],
        mappings=tuple(
            Mapping(
                clean_target(str(one.get("mount_point", ""))),
                str(one.get("host_volume_file", "")),
                read_only=one.get("type") == "ro",
            )
            for one in (volumes if isinstance(volumes, list) else [])[:50]
            if isinstance(one, dict)
        ),
        ports=tuple(
            Port(str(one.get("container_port", "")), str(one.get("host_port", "")))
            for one in (ports if isinstance(ports, list) else [])[:50]
            if isinstance(one, dict)
        ),
        publish_all=document.get("enable_publish_all_ports") is True,
        restart="always" if document.get("enable_restart_policy") else "no",
    )


def _page(lines: Sequence[PastedLine]) -> Iterator[Fact]:
    text = "\n".join(line.text for line in lines)
    status, image = _STATUS.search(text), _IMAGE.search(text)
    if not status or not image or not ours(image[1]):
        return
    time = span(status[2]) if status[2] and re.search(r"second|minute|hour|day|week|month|year", status[2]) else None
    running = status[1] == "Running"
    policy, mounts = _POLICY.search(text), "Path in container" in text
    container = Container(
        image=image[1],
        mappings=tuple(Mapping(found[2], found[1]) for line in lines if mounts and (found := _MOUNT.search(line.text))),
        unseen="" if mounts else "the page's end",
        published=tuple(Port(found[3], found[2], found[1]) for found in _PORT.finditer(text)) if running else None,
        restart=_POLICIES[policy[1].lower()] if policy else "",
        state=State(
            status=_STATES.get(status[1], status[1].lower()),
            exit_code=int(status[3]) if status[3] else None,
            up_for=time if running else None,
            stopped_for=time if status[1] == "Stopped" else None,
        ),
    )
    name = re.search(r"(?m)^Name\s+(\S{1,128})", text)
    for fact in facts_of(container, PORTAINER, lines[0].text, lines[0].number, name[1] if name else ""):
        place = next(
            (line for line in lines if str(fact.value) in line.text or _word(fact.kind) in line.text), lines[0]
        )
        yield Fact(fact.kind, fact.value, fact.source, place.text, place.number, fact.subject, fact.detail)


def _word(kind: str) -> str:
    words = {"status": "Status", "restart-policy": "Restart polic", "stopped-for": "Status", "up-for": "Status"}
    return words.get(kind, "\0")
