"""A compose file: of each service made from the authorization server's image, its mappings, ports and restart policy.

Only the shapes that people write are read: lists with dashes or in brackets, and the long form with `target:`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fanlic.troubleshoot.judge.facts import Fact
from fanlic.troubleshoot.judge.paste import Paste, PastedLine
from fanlic.troubleshoot.judge.read_docker import ours

SOURCE = "compose file"
_KEY = re.compile(r"([\w.-]{1,60}):\s*(.*)$")
_MOUNT = re.compile(r"[\"']?([^\s\"']*?):(/app/\w+)/?(?::([\w,]+))?[\"']?\s*$")
_PORT = re.compile(r"[\"']?(?:(\d{1,3}(?:\.\d{1,3}){3}):)?(\d{1,5}):(\d{1,5})(?:/tcp)?[\"']?\s*$")


def read(paste: Paste) -> Iterator[Fact]:
    """Facts from the services that run the authorization server."""
    for service in _services(list(paste.lines)):
        image = next((match[2] for line in service if (match := _pair(line)) and match[1] == "image"), "")
        if ours(image.strip("\"'")):
            yield from _service(service)


def _pair(line: PastedLine) -> re.Match[str] | None:
    return _KEY.match(line.text.strip())


def _indent(line: PastedLine) -> int:
    return len(line.text) - len(line.text.lstrip())


def _services(lines: list[PastedLine]) -> Iterator[list[PastedLine]]:
    """The lines of each service: what is indented deeper than its name, below `services:`."""
    at = 0
    while at < len(lines):
        if lines[at].text.strip() != "services:":
            at += 1
            continue
        base, at, block = _indent(lines[at]), at + 1, list[PastedLine]()
        level = None
        while at < len(lines) and (not lines[at].text.strip() or _indent(lines[at]) > base):
            line = lines[at]
            at += 1
            if not line.text.strip() or line.text.strip().startswith("#"):
                continue
            level = _indent(line) if level is None else level
            if _indent(line) <= level:
                yield block
                block = []
            block.append(line)
        yield block


def _service(service: list[PastedLine]) -> Iterator[Fact]:
    name = service[0].text.strip().rstrip(":")
    section = ""
    policy, published = "no", False

    def fact(kind: str, value: str | int | bool, line: PastedLine, detail: str = "") -> Fact:
        return Fact(kind, value, SOURCE, line.text, line.number, "", detail)

    for line in service[1:]:
        text = line.text.strip()
        pair = None if text.startswith("-") else _KEY.match(text)
        if pair and pair[1] in ("volumes", "ports", "restart", "environment", "image", "deploy", "tmpfs"):
            section = pair[1]
            if section == "restart":
                policy = pair[2].split("#")[0].strip().strip("\"'") or "no"
        for item in _items(section, text):
            if section == "volumes" and (mount := _MOUNT.search(item)):
                yield fact("mount", mount[2], line, mount[1])
                if mount[3] and "ro" in mount[3].split(","):
                    yield fact("read-only", mount[2], line)
            elif section == "volumes" and (target := re.search(r"target:\s*[\"']?(/app/\w+)", item)):
                yield fact("mount", target[1], line)
            elif section == "ports" and (port := _PORT.search(item)) and int(port[2]) < 65536:
                published = True
                yield fact("fixed-port", int(port[2]), line, port[1] or "0.0.0.0")  # noqa: S104 - read, not bound
    yield fact("mounts-listed", True, service[0], name)
    yield fact("restart-policy", policy, service[0])
    if not published and not any("network_mode" in line.text or "ports" in line.text for line in service):
        yield fact("no-port", "none", service[0])


def _items(section: str, text: str) -> list[str]:
    if section in ("environment", "image", "restart", ""):
        return []
    inline = re.search(r"\[(.*)\]", text)
    parts = inline[1].split(",") if inline else [text.removeprefix("-")]
    return [part.split(" #")[0].strip() for part in parts]
