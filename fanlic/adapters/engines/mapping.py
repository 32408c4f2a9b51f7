"""Directory mapping: which directories of a container are really directories of the host."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fanlic.adapters.engines.command import Refused
from fanlic.adapters.engines.records import DaemonError
from fanlic.adapters.engines.values import DIRECTORIES, host_directory, make_host_directory
from fanlic.docker.container import Mapping


class MappedDirectories:
    """Knows where typed host paths live: below `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def check(self, mounts: Sequence[Mapping]) -> None:
        """DaemonError where a mapping cannot be made."""
        for mount in mounts:
            path = self._source(mount)
            if path.is_file():
                raise DaemonError(
                    f'error mounting "{mount.source}" to rootfs at "{mount.target}": not a '
                    "directory: Are you trying to mount a directory onto a file (or vice-versa)? "
                    "Check if the specified host path exists and is the expected type"
                )
            if not mount.create and not path.is_dir():
                bind = 'invalid mount config for type "bind"'
                raise DaemonError(f"{bind}: bind source path does not exist: {mount.source}")

    def make(self, mounts: Sequence[Mapping]) -> None:
        """Make missing host directories, as Docker does at each start."""
        for mount in mounts:
            make_host_directory(self._root, mount.source)

    def directories(self, mounts: Sequence[Mapping], layer: Path) -> dict[str, Path]:
        """Where each directory below /app really is."""
        return {name: self._where(mounts, layer, f"/app/{name}") for name in DIRECTORIES}  # clause: several-mappings

    def _where(self, mounts: Sequence[Mapping], layer: Path, path: str) -> Path:
        """The innermost mapping hides what the image has there."""
        over = [each for each in mounts if f"{path}/".startswith(f"{each.target}/")]
        if not over:
            return layer / path.removeprefix("/")
        mount = max(over, key=lambda each: len(each.target))
        return self._source(mount) / path.removeprefix(mount.target).removeprefix("/")

    def _source(self, mount: Mapping) -> Path:
        try:
            return host_directory(self._root, mount.source)
        except Refused as error:
            raise DaemonError(str(error)) from None
