"""One container, whatever tells of it: a typed line, a compose file, `docker inspect`, a row of `docker ps`."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

_VARIABLE = re.compile(r"\$\{[^}]*\}|\$\([^)]*\)|\$env:\w+|\$\w+|%\w+%")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_VOLUME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")


class Kind(StrEnum):
    """What a directory of the container is mapped to."""

    BIND = "bind"
    VOLUME = "volume"
    ANONYMOUS = "anonymous volume"
    TMPFS = "tmpfs"


@dataclass(frozen=True)
class Mapping:
    """One mapped directory. `source`: the host path or the volume's name. `create`: whether Docker makes a missing one.

    `line` is the line of the text that says so, from 1; 0: not known.
    """

    target: str
    source: str = ""
    kind: Kind = Kind.BIND
    read_only: bool = False
    create: bool = True
    line: int = 0


@dataclass(frozen=True)
class Port:
    """One published port as written; an empty `host` or 0 lets Docker choose, an empty `address` means every one."""

    container: str
    host: str = ""
    address: str = ""
    protocol: str = "tcp"
    line: int = 0

    @property
    def fixed(self) -> bool:
        """Whether the host port stays the same at every start."""
        return self.host not in ("", "0") and "-" not in self.host

    @property
    def number(self) -> int:
        """The host port; 0 if Docker chooses it, or if what is written is no port."""
        return int(self.host) if is_port(self.host) else 0


@dataclass(frozen=True)
class State:
    """What a container does. Instants are aware; `up_for` and `stopped_for` are Docker's rounded words."""

    status: str = ""
    exit_code: int | None = None
    health: str = ""
    out_of_memory: bool = False
    error: str = ""
    started: datetime | None = None
    finished: datetime | None = None
    up_for: timedelta | None = None
    stopped_for: timedelta | None = None
    restarts: int = 0


@dataclass(frozen=True)
class Container:
    """What is known of a container; an empty field: nothing tells.

    `ports` are asked for, `published` are open now (None: not known), `exposed` is what the image offers. `unseen`
    names what may hold mappings that are not among `mappings`. `relative`: host paths that begin with a dot have a
    firm place (a compose file's folder).
    """

    name: str = ""
    image: str = ""
    command: tuple[str, ...] = ()
    entrypoint: str = ""
    environment: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # people keep passwords in it
    mappings: tuple[Mapping, ...] = ()
    unseen: str = ""
    relative: bool = False
    ports: tuple[Port, ...] = ()
    publish_all: bool = False
    published: tuple[Port, ...] | None = None
    exposed: tuple[str, ...] = ()
    network: str = ""
    restart: str = ""
    removed: bool = False
    read_only: bool = False
    platform: str = ""
    architecture: str = ""
    state: State = State()

    def at(self, target: str) -> tuple[Mapping, ...]:
        """What is mapped to exactly this directory."""
        return tuple(mapping for mapping in self.mappings if mapping.target == target)


def is_port(text: str) -> bool:
    """Whether this is a number from 1 to 65535."""
    return text.isascii() and text.isdigit() and len(text) < 6 and 0 < int(text) < 65536


def clean_target(path: str) -> str:
    """A container path as Docker reads it: no doubled slash, no dots, no closing slash."""
    return posixpath.normpath(f"/{path.lstrip('/')}" if path.startswith("/") else path)


def without_variables(path: str) -> str:
    """The part of a host path that can be judged before a shell has put the values in."""
    return _VARIABLE.sub("", path).removeprefix("~")


def absolute(path: str) -> bool:
    """Whether a host path is absolute, on whichever system; a variable or `~` at its start counts as such."""
    return path.startswith(("/", "\\\\", "~", "$", "%")) or _DRIVE.match(path) is not None


def source_kind(source: str) -> Kind:
    """How Docker reads what stands before the first colon: a path, or the name of a volume."""
    return Kind.VOLUME if _VOLUME.fullmatch(source) else Kind.BIND
