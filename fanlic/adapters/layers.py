"""One layer of an image: read once from its first byte to its last, unpacked as a stream, its few small files kept."""

from __future__ import annotations

import hashlib
import os
import re
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fanlic.adapters.files import plain, private
from fanlic.adapters.tarball import ArchiveFault, ArchiveRefused, Budget, Content, Source, read_tar, too_big
from fanlic.texts import _

# Bounds of our own
LARGEST_KEPT = 32 * 2**20  # bytes of all files that are kept in memory; an application has 3 MB
MOST_KEPT = 2_000  # such files of one layer
APPLICATION = "app"  # the one directory of an image that the sandbox uses
KEPT = (APPLICATION, "opt/fanlic/app", "opt/fanlic/vendor")  # where no layer may have a link, and whose files are kept

_BELOW = tuple(f"{kept}/" for kept in KEPT)
_GZIP = b"\x1f\x8b"
_CHUNK = 2**16
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?<!\.)")  # a file name that means the same on every system
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)  # file names that Windows takes away


@dataclass(frozen=True)
class LoadedLayer:
    """One checked layer: the SHA-256 of its tar in hex, its size in bytes, and mode and bytes of each kept file."""

    digest: str
    size: int
    files: Mapping[str, tuple[int, bytes]] = field(repr=False)


def extract(layer: LoadedLayer, into: Path) -> None:
    """Write what this layer has below /app into `into`, a folder of our own; a file for its owner only stays one."""
    for name, (mode, data) in layer.files.items():
        if name.startswith(f"{APPLICATION}/"):
            target = into / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)  # a lower layer's file
            with open(target, "xb", opener=plain if mode & 0o077 else private) as stream:
                stream.write(data)


class _Unpacked:
    """A layer that is stored as gzip, unpacked as it is read."""

    def __init__(self, content: Content, path: str) -> None:
        self._content = content
        self._path = path
        self._unpacker = zlib.decompressobj(31)  # 31: gzip
        self._ready = b""

    def read(self, size: int, /) -> bytes:
        """The next bytes of the tar."""
        while len(self._ready) < size and not self._unpacker.eof:
            packed = self._unpacker.unconsumed_tail or self._content.read(_CHUNK)
            try:
                data = self._unpacker.decompress(packed, _CHUNK)
            except zlib.error:
                raise self._damaged() from None
            if not packed and not data:
                raise self._damaged()
            self._ready += data
        if self._unpacker.eof and (self._unpacker.unused_data or self._content.read(1)):
            raise self._damaged()
        data, self._ready = self._ready[:size], self._ready[size:]
        return data

    def _damaged(self) -> ArchiveRefused:
        return ArchiveRefused(ArchiveFault.LAYER, self._path, _("is damaged: it cannot be decompressed"))


class _Counted:
    """Counts and hashes what is read through it."""

    def __init__(self, source: Source, path: str, budget: Budget) -> None:
        self._source, self._path, self._budget = source, path, budget
        self._hash = hashlib.sha256()
        self.size = 0

    def read(self, size: int, /) -> bytes:
        """The next bytes."""
        data = self._source.read(size)
        self._budget.spend(self._path, size=len(data))
        self._hash.update(data)
        self.size += len(data)
        return data

    @property
    def digest(self) -> str:
        """The SHA-256 of what was read, in hex."""
        return self._hash.hexdigest()


def read_layer(content: Content, path: str, budget: Budget, room: int = LARGEST_KEPT) -> LoadedLayer:
    """Check a layer to its last byte, stored as it is or as gzip; its files in KEPT are kept, `room` bytes at most."""
    packed = content.peek(len(_GZIP)) == _GZIP  # no plain tar begins with gzip's two bytes
    source = _Counted(_Unpacked(content, path) if packed else content, path, budget)
    files: dict[str, tuple[int, bytes]] = {}
    for member, data in read_tar(source, path, budget, links=True):
        _check_name(member)
        if member.isfile() and member.name.startswith(_BELOW):
            room -= member.size
            if room < 0 or len(files) == MOST_KEPT:  # threat: archive-bomb
                raise too_big(path)
            files[member.name] = (member.mode & 0o777, data.read())
    return LoadedLayer(source.digest, source.size, files)


def _check_name(member: tarfile.TarInfo) -> None:
    name = member.name
    parts = name.split("/")
    if parts[-1].startswith(".wh."):
        raise ArchiveRefused(ArchiveFault.UNSAFE, name, _("is a deletion mark, not supported"))
    if member.issym() or member.islnk():
        # A link above a kept directory would lead it elsewhere too.
        if name.startswith(_BELOW) or any(f"{kept}/".startswith(f"{name}/") for kept in KEPT):
            raise ArchiveRefused(ArchiveFault.UNSAFE, name, _("is a link"))  # threat: archive-link
    elif name.startswith(_BELOW) and not all(_PLAIN.fullmatch(each) and not _DEVICE.match(each) for each in parts):
        raise ArchiveRefused(ArchiveFault.UNSAFE, repr(name), _("is no plain relative path"))  # threat: archive-path


def read_stored(path: Path) -> LoadedLayer:
    """The layer in a file of our own."""
    with open(path, "rb", opener=plain) as stream:
        return read_layer(Content(stream, path.name, os.fstat(stream.fileno()).st_size), path.name, Budget())
