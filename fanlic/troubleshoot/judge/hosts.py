"""What a host prints about itself: firewalls, sockets, reserved ports, services, disks, containers that are gone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fanlic.troubleshoot.judge.facts import Fact
from fanlic.troubleshoot.judge.paste import Paste, PastedLine

_FULL = re.compile(r"\s(?:99|100)%\s+(?:/|/var\S*|/data\S*|/opt\S*|/home\S*|/volume\d\S*|[C-Z]:\S*)$")  # a row of `df`
_GONE = re.compile(r"\b[Nn]o such container: (\S{1,128})|no container with name or ID \"?([\w.-]{1,128})")
_LISTEN = re.compile(r"\b(?:LISTEN(?:ING)?)\b")
_SOCKET = re.compile(r"(\*|\[?[0-9a-fA-F.:]*\]?):(\d{1,5})(?=\s)")
_ENGINE = re.compile(r"docker-pr|conmon|rootlessport|com\.docker|vpnkit|containerd|slirp4netns|pasta")
_RANGE = re.compile(r"\s{2,12}(\d{1,5})\s{2,16}(\d{1,5})(?:\s{2,12}\*)?\s*$")
_RANGES = re.compile(r"Port Exclusion Ranges|端口排除范围", re.IGNORECASE)
_PORTS = re.compile(r"\s{2,8}ports:((?: \d{1,5}(?:-\d{1,5})?/(?:tcp|udp))*)\s*$")
_UNIT = re.compile(r"\W{0,4}(docker|podman)\.service\b")
_ACTIVE = re.compile(r"\s*Active: (\w+)")


def read(paste: Paste) -> Iterator[Fact]:
    """Facts about the host, line by line; a service's state belongs to the unit above it."""
    unit, ranges = "", False
    for line in paste.lines:
        text = line.text
        ranges = bool(_RANGES.search(text)) or (ranges and (not text.strip() or "--" in text or _numbers(text)))
        unit = found[1] if (found := _UNIT.match(text)) else unit if text[:1] in (" ", "\t") else ""
        if ranges and (span := _RANGE.match(text)):
            yield Fact("reserved-range", f"{span[1]}-{span[2]}", "netsh", text, line.number)
        if unit == "docker" and (active := _ACTIVE.match(text)):
            yield from _service(line, active[1])
        yield from _one(line)


def _numbers(text: str) -> bool:
    return _RANGE.match(text) is not None or "Start Port" in text or text.lstrip().startswith(("*", "开始"))


def _service(line: PastedLine, active: str) -> Iterator[Fact]:
    yield Fact("service", active, "systemctl", line.text, line.number)


def _one(line: PastedLine) -> Iterator[Fact]:
    text = line.text
    source = line.section or "text"
    if "%" in text and _FULL.search(text):
        yield Fact("symptom", "disk-full", source, text, line.number, "", line.host)
    if ("o such container" in text or "no container with" in text) and _GONE.search(text):
        yield Fact("no-container", 0, source, text, line.number)
    if "LISTEN" in text and _LISTEN.search(text) and (socket := _SOCKET.search(text)):
        yield Fact("listening", int(socket[2]), source, text, line.number, "", _owner(text))
    if "ports:" in text and (ports := _PORTS.match(text)):
        for entry in ports[1].split() or ["none"]:
            yield Fact("firewall-port", entry.partition("/")[0], "firewall-cmd", text, line.number)


def _owner(text: str) -> str:
    """Whether an engine or another program listens; empty if the line does not say."""
    return "engine" if _ENGINE.search(text) else "another program" if re.search(r'"\w|\d+/\w', text) else ""
