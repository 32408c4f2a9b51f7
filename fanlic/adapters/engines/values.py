"""What the values of `docker run` mean: image, -v, --mount, -p, --restart, --name; and host paths.

Messages after `Error response from daemon` are Docker's own (engine 20.10 and later).
"""

from __future__ import annotations

import ipaddress
import posixpath
import re
from pathlib import Path

from fanlic.adapters.engines.command import Refused, misuse
from fanlic.adapters.engines.records import Mount, Publication
from fanlic.model.container import plain_path
from fanlic.texts import _

DIRECTORIES = ("config", "log", "tls", "web", "license")  # below /app, in the page's order

_REFERENCE = re.compile(r"[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?")
_ABSOLUTE = re.compile(r"/|[A-Za-z]:[\\/]")
_POLICIES = ("no", "always", "on-failure", "unless-stopped")


def refused(message: str) -> Refused:
    """A `docker run` that the command line itself refuses; exit status 125."""
    hint = "Run 'docker run --help' for more information"
    return Refused(f"docker: {message}\n\n{hint}", 125)


def refused_by_daemon(message: str) -> Refused:
    """A `docker run` that the engine refuses; exit status 125."""
    return refused(f"Error response from daemon: {message}")


def image_name(words: list[str]) -> str:
    """The image named by the words after the options of `run`, which must be nothing else."""
    name, *rest = words
    if not _REFERENCE.fullmatch(name):
        message = "invalid reference format"
        if _REFERENCE.fullmatch(name.lower()):
            message += f": repository name (library/{name.split(':')[0]}) must be lowercase"
        if rest:
            message += "\n" + _(
                "sandbox: the first word that belongs to no option is taken for the image. "
                "A host path with a space in it falls apart this way."
            )
        raise refused(message)
    if rest:
        text = _("sandbox: {words} stands after the image; options go before it.")
        raise refused(text.format(words=" ".join(rest)))
    return name


def container_name(name: str) -> str:
    """A name that Docker allows."""
    if not re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+", name):
        allowed = "only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
        raise refused_by_daemon(f"Invalid container name ({name}), {allowed}")
    return name


def restart_policy(text: str) -> str:
    """One of Docker's four policies; `on-failure` may carry a number of tries."""
    name, colon, tries = text.partition(":")
    if colon and not tries.isdecimal():
        raise refused("invalid restart policy format: maximum retry count must be an integer")
    if name not in _POLICIES:
        known = "'no', 'always', 'on-failure', or 'unless-stopped'"
        raise refused_by_daemon(f"invalid restart policy: unknown policy '{name}'; use one of {known}")
    if colon and name != "on-failure":
        raise refused_by_daemon("invalid restart policy: maximum retry count can only be used with 'on-failure'")
    return text


def publication(text: str) -> Publication:
    """One `-p`: container, host:container or address:host:container, each with /tcp or without."""
    ports, _slash, protocol = text.partition("/")
    *before, container = ports.split(":")
    host = before.pop() if before else ""
    address = ":".join(before)
    if not container:
        raise refused(f"no port specified: {text}<empty>")
    if protocol not in {"", "tcp", "udp", "sctp"}:
        raise refused(f"invalid proto: {protocol}")
    if address and not _is_ipv4(address):
        raise refused(f"invalid IP address: {address}")
    if protocol in {"udp", "sctp"} or "-" in ports:
        raise refused(_("sandbox: the server has one TCP port; publish it as host:container."))
    if not 0 < _number(container) < 65536:  # reading A1: the page's 80811 ends here
        raise refused(f"invalid containerPort: {container}")
    if host and not 0 <= _number(host) < 65536:
        raise refused(f"invalid hostPort: {host}")
    return Publication(address, int(host or 0), int(container))


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,5}", text) else -1


def _is_ipv4(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def volume(text: str) -> Mount:
    """One `-v host:container`; a missing host directory will be made, as Docker does."""
    drive = text[:2] if re.match(r"[A-Za-z]:[\\/]", text) else ""
    source, *rest = text.removeprefix(drive).split(":")
    if len(rest) > 2:
        raise refused(f"invalid spec: {text}: too many colons")
    if not all((source, *rest)):
        raise refused(f"invalid spec: {text}: empty section between colons")
    if not rest or not (drive or source.startswith("/")):
        raise refused(_no_host_path(text if not rest else source))
    if rest[1:] not in ([], ["rw"]):
        if rest[1] == "ro":
            raise _read_only()
        raise refused_by_daemon(f"invalid mode: {rest[1]}")
    why = _bad_target(rest[0])
    if why:
        raise refused_by_daemon(f"invalid volume specification: '{text}': {why}")
    return _mount(drive + source, rest[0], create=True)


def mount(text: str) -> Mount:
    """One `--mount type=bind,source=...,target=...`; the host directory must be there."""
    fields: dict[str, str] = {}
    for part in text.split(","):
        key, equals, value = part.partition("=")
        key = {"src": "source", "dst": "target", "destination": "target"}.get(key, key)
        if key in {"readonly", "ro"}:
            raise _read_only()
        if not equals:
            raise _bad_mount(text, f"invalid field '{part}' must be a key=value pair")
        if key not in {"type", "source", "target"}:
            raise _bad_mount(text, f"unexpected key '{key}' in '{part}'")
        fields[key] = value
    if not fields.get("target"):
        raise _bad_mount(text, "target is required")
    source = fields.get("source", "")
    if fields.get("type", "volume") != "bind" or not source:
        raise refused(_no_host_path(text))
    why = _bad_target(fields["target"])
    if not why and not _ABSOLUTE.match(source):
        why = _not_absolute(source)
    if why:
        raise refused_by_daemon(why)
    return _mount(source, fields["target"], create=False)


def _mount(source: str, target: str, *, create: bool) -> Mount:
    target = posixpath.normpath(target)
    if target.startswith(tuple(f"/app/{name}/" for name in DIRECTORIES)):
        text = _("sandbox: map the whole directory, not {target}, which lies inside one.")
        raise refused(text.format(target=target))
    check_host_path(source)
    return Mount(source, target, create)


def _read_only() -> Refused:
    return refused(_("sandbox: read-only mappings are not part of the sandbox."))


def _bad_mount(text: str, why: str) -> Refused:
    return misuse("run", f'invalid argument "{text}" for "--mount" flag: {why}')


def _bad_target(target: str) -> str:
    if not target.startswith("/"):
        return _not_absolute(target)
    if posixpath.normpath(target).strip("/") == "":
        bind = 'invalid mount config for type "bind"'
        return f"{bind}: invalid specification: destination can't be '/'"
    return ""


def _not_absolute(path: str) -> str:
    bind = 'invalid mount config for type "bind"'
    return f"{bind}: invalid mount path: '{path}' mount path must be absolute"


def _no_host_path(text: str) -> str:
    return _(
        'sandbox: "{text}" names no absolute host path. A real Docker would make a volume of its '
        "own for it; the page maps host directories, such as /D/William/lic/config."
    ).format(text=text)


def check_host_path(typed: str) -> None:
    """Refused where a host path is not absolute or not plain (note 1 of the page)."""
    if not _ABSOLUTE.match(typed):
        raise refused(_no_host_path(typed))
    if not plain_path(typed) or ":" in typed[2:]:
        text = _(
            'sandbox: the host path "{path}" has a space or a character other than '
            "A-Z a-z 0-9 . _ - / \\. The page warns that such names may cause errors (note 1); "
            "a real Docker may accept this one. Use a plain path."
        )
        raise refused(text.format(path=ascii(typed)[1:-1].replace("\\\\", "\\")))


def host_directory(root: Path, typed: str) -> Path:
    """Where a typed host path lives below the lab's `root`: /D/x, D:/x and D:\\x are the same.

    `..` is resolved as text first, so no path leads out of `root`; a link that does is refused.
    """
    check_host_path(typed)
    parts: list[str] = []
    for part in re.split(r"[\\/]", typed.removeprefix(typed[:2] if typed[1:2] == ":" else "")):
        if part == "..":
            del parts[-1:]
        elif part not in {"", "."}:
            parts.append(part)
    if typed[1:2] == ":":
        parts.insert(0, typed[0])
    if parts and len(parts[0]) == 1:  # a single letter at the root is a drive (reading A22)
        parts[0] = parts[0].upper()
    path = root.joinpath(*parts)
    if not path.resolve().is_relative_to(root.resolve()):
        text = _("sandbox: {path} leads out of the lab's folder through a link.")
        raise refused(text.format(path=typed))
    return path
