"""What `docker inspect` prints of a container or an image, whole or cut off, and other JSON: answers with a code.

Values of environment variables are never read. From JSON that is cut off only what stands there is taken: nothing is
concluded from what is missing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from fanlic.troubleshoot.judge.facts import Fact
from fanlic.troubleshoot.judge.paste import WIDE, Paste, PastedLine
from fanlic.troubleshoot.judge.read_docker import ours

SOURCE = "docker inspect"
FAILURES = 25  # places where JSON seems to begin and does not, after which no more are tried
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_CUT = (
    ("status", re.compile(r'"Status":\s*"(created|running|paused|restarting|removing|exited|dead)"')),
    ("exit-code", re.compile(r'"ExitCode":\s*(\d{1,10})\b')),
    ("oom", re.compile(r'"OOMKilled":\s*(true)\b')),
    ("error", re.compile(r'"Error":\s*"([^"]{3,300})"')),
    ("started", re.compile(r'"StartedAt":\s*"([^"]{10,40})"')),
    ("finished", re.compile(r'"FinishedAt":\s*"([^"]{10,40})"')),
    ("mount", re.compile(r'"(?:Destination|Target)":\s*"(/app/\w+)"')),
    ("port", re.compile(r'"HostPort":\s*"(\d{1,5})"')),
    ("image-architecture", re.compile(r'"Architecture":\s*"(\w{3,10})"')),
)


def architecture(machine: str) -> str:
    """The image's word for a machine: amd64, arm64; others as they are."""
    return _MACHINES.get(machine.lower(), machine.lower())


def moment(text: object) -> datetime | None:
    """An instant as Docker writes it, to the microsecond; none for its year 1, which means never."""
    if not isinstance(text, str):
        return None
    plain = re.sub(r"(\.\d{6})\d*", r"\1", text.strip())
    try:
        found = datetime.fromisoformat(plain)
    except ValueError:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found.astimezone(UTC) if 1970 < found.year < 9000 else None


def split(paste: Paste) -> tuple[list[Any], Paste]:
    """The JSON documents in the paste, and the paste without their lines."""
    texts = [line.text for line in paste.lines]
    whole, decoder, failures = "\n".join(texts), json.JSONDecoder(strict=False), 0
    starts, at = [], 0
    for text in texts:
        starts.append(at)
        at += len(text) + 1
    documents, rest, end = [], [], 0
    for line, start in zip(paste.lines, starts, strict=True):
        if start < end:
            continue
        indent = len(line.text) - len(line.text.lstrip())
        if re.match(r"\s*(?:\[\s*(?:\{|$)|\{\s*(?:\"|$))", line.text) and failures < FAILURES:
            try:
                document, end = decoder.raw_decode(whole, start + indent)
                documents.append(document)
                continue
            except (ValueError, RecursionError):
                failures += 1
        rest.append(replace(line, text=line.text[:WIDE]))
    return documents, Paste(tuple(rest), paste.collected, paste.cut)


def read(documents: list[Any], rest: Paste) -> Iterator[Fact]:
    """Facts from every document; from the remaining lines what a cut-off one still shows."""
    objects = [one for document in documents for one in (document if isinstance(document, list) else [document])]
    containers = [one for one in objects if isinstance(one, dict) and isinstance(one.get("State"), dict)]
    if containers and not any(_is_ours(one) for one in containers):
        yield Fact("no-container", len(containers), SOURCE)
    for one in objects:
        if not isinstance(one, dict):
            continue
        if isinstance(one.get("State"), dict):
            if _is_ours(one):
                yield from _container(one)
        elif isinstance(one.get("RepoTags"), list) and one.get("Architecture"):
            yield from _image(one)
        else:
            yield from _answer(one)
    for line in rest.lines:
        yield from _cut_off(line)


def _get(value: object, *path: str) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _is_ours(one: dict[str, Any]) -> bool:
    names = (str(_get(one, "Config", "Image")), str(one.get("Name")))
    exposed = _get(one, "Config", "ExposedPorts")
    here = any(str(target).startswith("/app/") for target in _targets(one))
    return ours(*names) or here or (isinstance(exposed, dict) and "8081/tcp" in exposed)


def _targets(one: dict[str, Any]) -> list[Any]:
    mounts = one.get("Mounts")
    return [_get(mount, "Destination") for mount in mounts] if isinstance(mounts, list) else []


def _container(one: dict[str, Any]) -> Iterator[Fact]:
    name = str(one.get("Name") or str(one.get("Id") or "")[:12]).lstrip("/")
    image = str(_get(one, "Config", "Image") or "")
    policy = _get(one, "HostConfig", "RestartPolicy", "Name")
    found: list[tuple[str, Any, str, str]] = [
        ("status", _get(one, "State", "Status"), "State.Status", image),
        ("exit-code", _get(one, "State", "ExitCode"), "State.ExitCode", ""),
        ("oom", _get(one, "State", "OOMKilled") is True, "State.OOMKilled", ""),
        ("error", str(_get(one, "State", "Error") or "")[:300], "State.Error", ""),
        ("health", _get(one, "State", "Health", "Status"), "State.Health.Status", ""),
        ("restarts", one.get("RestartCount") or None, "RestartCount", ""),
        ("started", moment(_get(one, "State", "StartedAt")), "State.StartedAt", ""),
        ("finished", moment(_get(one, "State", "FinishedAt")), "State.FinishedAt", ""),
        ("restart-policy", (policy or "no") if isinstance(one.get("HostConfig"), dict) else None, "RestartPolicy", ""),
        ("publish-all", _get(one, "HostConfig", "PublishAllPorts") is True, "HostConfig.PublishAllPorts", ""),
        ("auto-remove", _get(one, "HostConfig", "AutoRemove") is True, "HostConfig.AutoRemove", ""),
        ("image-architecture", _architecture(one, image), "architecture", ""),
    ]
    running = _get(one, "State", "Status") == "running"
    for kind, value, where, detail in [*found, *_mounts(one), *_ports(one, running=running)]:
        simple = isinstance(value, datetime) or (isinstance(value, (str, int)) and len(str(value)) < 400)
        if simple and value != "" and value is not False:
            yield Fact(kind, value, SOURCE, f"{where} = {value}" if value != image else image, 0, name, detail)


def _architecture(one: dict[str, Any], image: str) -> str | None:
    named = re.search(r"_(amd64|arm64)(?::|$|@)", image)
    stated = _get(one, "ImageManifestDescriptor", "platform", "architecture")
    return architecture(stated) if isinstance(stated, str) and stated else named[1] if named else None


def _mounts(one: dict[str, Any]) -> Iterator[tuple[str, Any, str, str]]:
    mounts = one.get("Mounts")
    for mount in mounts if isinstance(mounts, list) else []:
        target = _get(mount, "Destination")
        if isinstance(target, str):
            yield "mount", target.rstrip("/"), "Mounts.Destination", str(_get(mount, "Source") or "")
            if _get(mount, "RW") is False:
                yield "read-only", target.rstrip("/"), "Mounts.RW = false", ""
            if _get(mount, "Type") in ("tmpfs", "volume"):
                yield str(mount["Type"]), target.rstrip("/"), f"Mounts.Type = {mount['Type']}", ""
    memory = _get(one, "HostConfig", "Tmpfs")
    for target in memory if isinstance(memory, dict) else []:
        yield "tmpfs", str(target).rstrip("/"), "HostConfig.Tmpfs", ""
    if isinstance(mounts, list):
        yield "mounts-listed", True, "Mounts", ""


def _ports(one: dict[str, Any], *, running: bool) -> Iterator[tuple[str, Any, str, str]]:
    live, fixed = _get(one, "NetworkSettings", "Ports"), _get(one, "HostConfig", "PortBindings")
    for where, ports, kind in (
        ("NetworkSettings.Ports", live, "port"),
        ("HostConfig.PortBindings", fixed, "fixed-port"),
    ):
        for inner, bound in ports.items() if isinstance(ports, dict) else ():
            for binding in bound if isinstance(bound, list) else ():
                number = str(_get(binding, "HostPort") or "")
                if number.isascii() and number.isdigit() and len(number) < 6 and int(number) and "tcp" in str(inner):
                    yield kind, int(number), f"{where}.{inner}", str(_get(binding, "HostIp") or "0.0.0.0")  # noqa: S104
    bindings = live.values() if isinstance(live, dict) else ()
    if running and isinstance(live, dict) and not any(bindings) and _get(one, "HostConfig", "NetworkMode") != "host":
        yield "no-port", "none", "NetworkSettings.Ports", ""


def _image(one: dict[str, Any]) -> Iterator[Fact]:
    tags = [str(tag) for tag in one["RepoTags"]]
    if ours(*tags):
        machine = architecture(str(one["Architecture"]))[:20]
        yield Fact("image", ", ".join(tags)[:200], SOURCE, f"RepoTags = {tags}")
        yield Fact("image-architecture", machine, SOURCE, f"Architecture = {machine}")


def _answer(one: dict[str, Any]) -> Iterator[Fact]:
    """An answer with a code, as an authorization server sends it."""
    code, reason = one.get("code", one.get("errorCode")), one.get("reason")
    if isinstance(code, (int, str)) and re.fullmatch(r"[123]000[0-7]|6110000[1-6]", str(code)):
        yield Fact("code", str(code), "JSON", f"code = {code}")
    if isinstance(reason, str) and re.fullmatch(r"[a-z]+(?:-[a-z]+){1,5}", reason):
        yield Fact("symptom", reason, "JSON", f"reason = {reason}")


def _cut_off(line: PastedLine) -> Iterator[Fact]:
    if '"' not in line.text:
        return
    for kind, pattern in _CUT:
        for match in pattern.finditer(line.text):
            value: Any = match[1]
            if kind in ("exit-code", "port"):
                value = int(match[1])
            elif kind in ("started", "finished"):
                value = moment(match[1])
            elif kind == "image-architecture":
                value = architecture(match[1])
            if value is not None:
                yield Fact(kind, value, SOURCE, match[0], line.number)
