"""Host paths on a real engine: typed ones are moved below the lab's folder, and shown as typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from fanlic.adapters.engines import values

_SHORT_VOLUME = re.compile(r"(-[dPit]*v)(=?)(.*)")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


class HostPaths:
    """Knows where typed host paths live: below `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def directory(self, typed: str) -> Path:
        """Where a host path, as typed in `-v`, really is; Refused where odd."""
        return values.host_directory(self._root, typed)

    def placed(self, words: Sequence[str]) -> tuple[list[str], dict[str, Path]]:
        """The words with every host path moved below the lab's folder, and what is mapped where."""
        placed: list[str] = []
        mounts: dict[str, Path] = {}
        before = ""
        for word in words:
            option, equals, value = word.partition("=")
            short = _SHORT_VOLUME.fullmatch(word)
            if before in {"-v", "--volume", "--mount"}:
                placed.append(self._moved(before, word, mounts))
            elif equals and option in {"--volume", "--mount"}:
                placed.append(f"{option}={self._moved(option, value, mounts)}")
            elif short and short[3]:
                placed.append(f"{short[1]}={self._moved('-v', short[3], mounts)}")
            else:
                placed.append(word)
            before = "-v" if short and not short[3] else word
        return placed, mounts

    def _moved(self, option: str, text: str, mounts: dict[str, Path]) -> str:
        if option == "--mount":
            fields = dict(part.partition("=")[::2] for part in text.split(","))
            key = next((name for name in ("source", "src") if fields.get(name)), None)
            if key is None:
                return text
            path = self.directory(fields[key])
            target = next((fields[name] for name in ("target", "dst", "destination") if fields.get(name)), "")
            mounts[target.rstrip("/")] = path
            return text.replace(f"{key}={fields[key]}", f"{key}={path}", 1)
        drive = text[:2] if _DRIVE.match(text) else ""
        source, colon, rest = text.removeprefix(drive).partition(":")
        if not (colon and source) or rest.count(":") > 1:
            return text  # the engine says what is wrong with it
        path = self.directory(drive + source)
        mounts[rest.partition(":")[0].rstrip("/")] = path
        return f"{path}:{rest}"

    def as_typed(self, text: str) -> str:
        """What the engine says, with the paths as they were typed."""
        return text.replace(str(self._root), "")
