"""What the sandbox prints: Docker's tables, its durations and sizes, and `inspect`."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from fanlic.adapters.engines.records import Loaded, SandboxContainer
from fanlic.docker.container import Port


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Left-aligned columns, three spaces apart; the last one is not padded."""
    lines = [header, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    widths[-1] = 0
    return "".join(
        "   ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + "\n" for line in lines
    )


def span(length: timedelta) -> str:
    """A duration as Docker says it: `About an hour`, `3 weeks`."""
    seconds = int(length.total_seconds())
    minutes, hours = seconds // 60, int(length.total_seconds() / 3600 + 0.5)
    if seconds < 60:
        return {1: "1 second"}.get(seconds, f"{seconds} seconds") if seconds > 0 else _BRIEF
    if minutes < 60:
        return "About a minute" if minutes == 1 else f"{minutes} minutes"
    if hours < 48:
        return "About an hour" if hours == 1 else f"{hours} hours"
    for limit, unit, name in _LONG:
        if hours < limit:
            return f"{hours // unit} {name}"
    return f"{hours // (24 * 365)} years"


_BRIEF = "Less than a second"
_LONG = ((24 * 14, 24, "days"), (24 * 60, 24 * 7, "weeks"), (24 * 730, 24 * 30, "months"))


def size(count: int) -> str:
    """A size as Docker says it, three digits, thousands of bytes."""
    amount, units = float(count), ["B", "kB", "MB", "GB"]
    while amount >= 1000 and len(units) > 1:
        amount /= 1000
        del units[0]
    return f"{amount:.3g}{units[0]}"


def instant(text: str) -> str:
    """A remembered instant as Docker writes it."""
    return datetime.fromisoformat(text).astimezone(UTC).isoformat().replace("+00:00", "Z")


def status(container: SandboxContainer, now: datetime) -> str:
    """The STATUS column of `ps`."""
    if container.status == "created":
        return "Created"
    if container.status == "running":
        return f"Up {span(now - datetime.fromisoformat(container.started))}"
    ago = span(now - datetime.fromisoformat(container.finished))
    return f"Exited ({container.exit_code}) {ago} ago"


def ports(container: SandboxContainer, exposed: int) -> str:
    """The PORTS column of `ps`."""
    if container.status != "running":
        return ""
    hidden = [] if str(exposed) in {each.container for each in container.ports} else [f"{exposed}/tcp"]
    shown = [f"{each.address}:{each.host}->{each.container}/tcp" for each in container.ports]
    return ", ".join(hidden + shown)


def command(image: Loaded) -> str:
    """The COMMAND column of `ps`, shortened (with dots that every console can print)."""
    words = shlex.join(image.settings["config"]["Entrypoint"])
    return f'"{words if len(words) <= 20 else words[:17] + "..."}"'


def container_json(container: SandboxContainer, image: Loaded) -> dict[str, Any]:
    """What `inspect` says of a container: the fields of Docker's that the page's reader needs."""
    config, entrypoint = image.settings["config"], image.settings["config"]["Entrypoint"]
    asked = container.asked
    name, _colon, tries = asked.restart.partition(":")
    return {
        "Id": container.id,
        "Created": instant(container.created),
        "Path": entrypoint[0],
        "Args": entrypoint[1:],
        "State": {
            "Status": container.status,
            "Running": container.status == "running",
            "OOMKilled": False,
            "ExitCode": container.exit_code,
            "Error": container.error,
            "StartedAt": instant(container.started),
            "FinishedAt": instant(container.finished),
        },
        "Image": f"sha256:{container.image_id}",
        "Name": f"/{container.name}",
        "RestartCount": 0,
        "HostConfig": {
            "Binds": [f"{each.source}:{each.target}" for each in asked.mappings if each.create],
            "PortBindings": _bindings(asked.ports),
            "RestartPolicy": {"Name": name, "MaximumRetryCount": int(tries or 0)},
            "AutoRemove": asked.removed,
            "PublishAllPorts": asked.publish_all,
        },
        "Mounts": [_mount_json(each.source, each.target) for each in asked.mappings],
        "Config": {
            **config,
            "Env": [f"{key}={value}" for key, value in asked.environment],
            "Image": asked.image,
        },
        "NetworkSettings": {"Ports": _ports_json(container, image)},
    }


def _mount_json(source: str, target: str) -> dict[str, Any]:
    return {"Type": "bind", "Source": source, "Destination": target, "Mode": "", "RW": True}


def _ports_json(container: SandboxContainer, image: Loaded) -> dict[str, Any]:
    if container.status != "running":
        return {}
    return {f"{image.exposed}/tcp": None, **_bindings(container.ports)}


def _bindings(publications: Sequence[Port]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in publications:
        binding = {"HostIp": each.address, "HostPort": each.host}
        found.setdefault(f"{each.container}/tcp", []).append(binding)
    return found


def image_json(image_id: str, image: Loaded) -> dict[str, Any]:
    """What `inspect` says of an image."""
    variant = image.settings.get("variant")
    return {
        "Id": f"sha256:{image_id}",
        "RepoTags": image.names,
        "Created": image.settings["created"],
        "Config": image.settings["config"],
        "Architecture": image.settings["architecture"],
        **({"Variant": variant} if variant else {}),
        "Os": image.settings["os"],
        "Size": image.size,
        "RootFS": {"Type": "layers", "Layers": [f"sha256:{digest}" for digest in image.layers]},
    }
