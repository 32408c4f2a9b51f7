"""A container as it is going to be started, whatever says so: a run line, a compose file or `docker inspect`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

CONFIG, LOG, TLS, WEB = "/app/config", "/app/log", "/app/tls", "/app/web"
TEMPORARY = ("/tmp/", "/var/tmp/", "/dev/shm/")  # noqa: S108 - judged, not used
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_VARIABLE = re.compile(r"\$\{[^}]*\}|\$\([^)]*\)|\$env:\w+|\$\w+|%\w+%")
_VOLUME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")


class Kind(StrEnum):
    """What a directory of the container is mapped to."""

    BIND = "bind"
    VOLUME = "volume"
    ANONYMOUS = "anonymous volume"
    TMPFS = "tmpfs"


@dataclass(frozen=True)
class Mapping:
    """One mapped directory; `source` is the host path or the volume's name."""

    target: str
    source: str = ""
    kind: Kind = Kind.BIND
    read_only: bool = False


@dataclass(frozen=True)
class Port:
    """One published port as written; an empty `host` or 0 lets Docker choose."""

    container: str
    host: str = ""
    address: str = ""
    protocol: str = "tcp"

    @property
    def fixed(self) -> bool:
        """Whether the host port stays the same at every start."""
        return self.host not in ("", "0") and "-" not in self.host


@dataclass(frozen=True)
class Container:
    """What is known of a container.

    `unseen`: where more mappings come from that cannot be seen here. `relative`: host paths that begin with a dot have
    a firm place (a compose file's folder).
    """

    image: str = ""
    mappings: tuple[Mapping, ...] = ()
    ports: tuple[Port, ...] = ()
    publish_all: bool = False
    network: str = ""
    restart: str = ""
    removed: bool = False
    read_only: bool = False
    platform: str = ""
    command: tuple[str, ...] = ()
    entrypoint: str = ""
    unseen: str = ""
    relative: bool = False

    def at(self, target: str) -> tuple[Mapping, ...]:
        """What is mapped to exactly this directory."""
        return tuple(mapping for mapping in self.mappings if mapping.target == target)


def clean_target(path: str) -> str:
    """A container path as Docker reads it: no doubled and no closing slash."""
    return re.sub(r"/+", "/", path).rstrip("/") or "/"


def without_variables(path: str) -> str:
    """The part of a host path that can be judged before a shell has put the values in."""
    return _VARIABLE.sub("", path).removeprefix("~")


def absolute(path: str) -> bool:
    """Whether a host path is absolute, on whichever system; a variable or `~` at its start counts as such."""
    return path.startswith(("/", "\\\\", "~", "$", "%")) or _DRIVE.match(path) is not None


def source_kind(source: str) -> Kind:
    """How Docker reads what stands before the first colon: a path, or the name of a volume."""
    return Kind.VOLUME if _VOLUME.fullmatch(source) else Kind.BIND
