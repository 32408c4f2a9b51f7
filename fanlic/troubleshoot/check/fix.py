"""The container as it should be started, written as a run line or as a compose service."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from fanlic.docker.container import Container, Kind, Mapping, Port, absolute, without_variables
from fanlic.docker.run import write
from fanlic.model.container import DIRECTORIES, Map, image_name, plain_path
from fanlic.troubleshoot.check.container import CONFIG, LOG, TEMPORARY
from fanlic.troubleshoot.check.image import POLICIES, STEM, architecture_of, known
from fanlic.troubleshoot.check.ports import LISTENS, valid

HOST_PORT = "49155"  # the page's own example
WINDOWS = ("powershell", "cmd", "git-bash")
_KNOWN = {directory.path: directory.verdict for directory in DIRECTORIES}


def corrected(container: Container, home: str = "/opt/lic") -> Container:
    """The same container with config mapped, web unmapped, a fixed port and a restart policy. `home`: for new paths."""
    image = _image(container.image)
    architecture = architecture_of(image)
    return replace(
        container,
        image=image,
        mappings=_mappings(container, home),
        ports=_ports(container.ports),
        publish_all=False,
        network="" if container.network in ("host", "none", "bridge", "default") else container.network,
        restart=container.restart if container.restart in POLICIES else "unless-stopped",
        removed=False,
        read_only=False,
        platform=f"linux/{architecture}" if container.platform and architecture else "",
        command=(),
        entrypoint="",
    )


def _image(image: str) -> str:
    if not known(image):
        return image_name("amd64")
    name, _slash, last = image.rpartition("/")
    if last.partition(":")[0] in (STEM, f"{STEM}_amd64", f"{STEM}_arm64") and last.partition(":")[2] in ("", "latest"):
        last = last.partition(":")[0] + ":" + image_name("amd64").partition(":")[2]
    return f"{name}/{last}" if name else last


def _mappings(given: Container, home: str) -> tuple[Mapping, ...]:
    kept: dict[str, Mapping] = {}
    for mapping in given.mappings:
        target, source = mapping.target, mapping.source
        if source in _KNOWN and target not in _KNOWN:  # written the wrong way round
            target, source = source, target
        near = next((path for path in _KNOWN if path.casefold() == target.casefold()), target)
        lasting = mapping.kind in (Kind.BIND, Kind.VOLUME) and source and near.startswith("/app/")
        if lasting and _KNOWN.get(near) is not Map.MUST_NOT and not near.startswith("/app/config/"):
            where = source if mapping.kind is Kind.VOLUME else _path(source, near, home, given.relative)
            kept.setdefault(near, Mapping(near, where, mapping.kind, mapping.read_only and near not in (CONFIG, LOG)))
    kept.setdefault(CONFIG, Mapping(CONFIG, f"{home}/config"))
    order = [CONFIG, *(target for target in kept if target != CONFIG)]
    return tuple(kept[target] for target in order)


def _path(source: str, target: str, home: str, relative: bool) -> str:
    """A host path as near to the given one as the rules allow."""
    seen = without_variables(source)
    if source.startswith(TEMPORARY):
        return f"{home}/{target.rpartition('/')[2]}"
    if (absolute(source) or (relative and source.startswith("."))) and (not seen or plain_path(seen)):
        return source
    ascii_only = unicodedata.normalize("NFKD", source).encode("ascii", "ignore").decode("ascii")
    plain = re.sub(r"[^A-Za-z0-9._/\\:-]+", "-", ascii_only)
    parts = [part.strip("-") for part in re.split(r"[/\\]", plain)]
    if absolute(plain) and not source.startswith(("~", "$", "%")) and all(parts[1:]) and source.isascii():
        return ("\\" if "\\" in plain else "/").join(parts)
    return f"{home}/{target.rpartition('/')[2]}"


def _ports(given: Sequence[Port]) -> tuple[Port, ...]:
    kept: dict[str, Port] = {}
    for port in given:
        host, container = port.host, port.container
        if host == LISTENS and container != LISTENS:  # written the wrong way round
            host, container = container, host
        fixed = Port("", host).fixed and valid(host, port)
        container = container if valid(container, Port(container)) and container not in ("", "0") else LISTENS
        address = "" if port.address == "localhost" else port.address
        host = host if fixed else HOST_PORT
        kept.setdefault(host, Port(container, host, address))
    return tuple(kept.values()) or (Port(LISTENS, HOST_PORT),)


def written(container: Container, others: Sequence[str] = (), shell: str = "sh") -> str:
    """The run line for this shell; Git Bash is kept from rewriting its paths."""
    line = write(container, shell, others, expand=True)
    return f"MSYS_NO_PATHCONV=1 {line}" if shell == "git-bash" else line
