"""Plain tar files, written so that the same input gives the same bytes, and read without trust.

A tar is read once, from its first byte to its last, and never held in memory. Only what our own archives have is
accepted: plain headers of files and directories, and links where the caller allows them. Extended headers (PAX, GNU
names, sparse files) can claim sizes and names that the plain header does not show, so they are refused. The header
itself is taken apart by `tarfile`.
"""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from pathlib import PurePosixPath
from typing import BinaryIO, Protocol

from fanlic.texts import _

# Bounds of our own; the customer layer is a few kilobytes, the largest base layer tried was 45 MB.
LARGEST_FILE = 128 * 2**20  # bytes
LARGEST_TOTAL = 512 * 2**20  # bytes of one archive, its layers unpacked
MOST_MEMBERS = 20_000  # of one archive, its layers unpacked

_BLOCK = tarfile.BLOCKSIZE
_ZEROS = bytes(_BLOCK)
_CHUNK = 2**16
_FILES = (tarfile.REGTYPE, tarfile.AREGTYPE)
_LINKS = (tarfile.SYMTYPE, tarfile.LNKTYPE)


class ArchiveFault(StrEnum):
    """What is wrong with an archive, so that an engine can say it in Docker's words."""

    NOT_A_TAR = "not a tar"
    TRUNCATED = "truncated"
    UNSAFE = "unsafe"
    TOO_BIG = "too big"
    MANIFEST = "manifest"
    CONFIG = "config"
    LAYER = "layer"


class ArchiveRefused(ValueError):
    """An archive that is not used: `subject` names the part, `remedy` says what to do next."""

    def __init__(self, fault: ArchiveFault, subject: str, why: str) -> None:
        super().__init__(_("{subject}: {why}").format(subject=subject, why=why))
        self.fault = fault
        self.subject = subject
        self.remedy = _(
            "Nothing was loaded. Compare the file's SHA-256 with the one in the reply mail: if "
            "they differ, save the attachment again; if they are equal, ask the business desk for "
            "a new archive."
        )


class Budget:
    """What one archive may still hold, counted over the archive and all of its layers."""

    def __init__(self) -> None:
        self._members, self._bytes = MOST_MEMBERS, LARGEST_TOTAL

    def spend(self, subject: str, *, members: int = 0, size: int = 0) -> None:
        """Count members and bytes; ArchiveRefused where there are more than an image can need."""
        self._members -= members
        self._bytes -= size
        if self._members < 0 or self._bytes < 0:  # threat: archive-bomb
            raise too_big(subject)


def too_big(subject: str) -> ArchiveRefused:
    """The refusal of what is bigger than ours ever are."""
    return ArchiveRefused(ArchiveFault.TOO_BIG, subject, _("holds more than an image of this server can need"))


class Source(Protocol):
    """Bytes that are read forward; `read` returns fewer than asked for only at the end."""

    def read(self, size: int, /) -> bytes:
        """The next bytes."""
        ...


class Content:
    """The bytes of one member. What is left unread is passed over when the next member is asked for."""

    def __init__(self, source: Source, subject: str, size: int) -> None:
        self._source = source
        self._subject = subject
        self._left = size
        self._ahead = b""

    def peek(self, size: int) -> bytes:
        """The first bytes, which are still to be read."""
        self._ahead = self.read(size)
        self._left += len(self._ahead)
        return self._ahead

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, all that is left by default; ArchiveRefused where the tar ends too early."""
        wanted = self._left if size < 0 else min(size, self._left)
        data = self._ahead[:wanted]
        self._ahead = self._ahead[wanted:]
        data += self._source.read(wanted - len(data))
        if len(data) != wanted:
            raise _damaged(self._subject)
        self._left -= wanted
        return data

    def skip(self) -> None:
        """Pass over what is left."""
        while self._left:
            self.read(_CHUNK)


def write_tar(stream: BinaryIO, files: Mapping[str, bytes], secrets: Collection[str] = ()) -> None:
    """Write files and their directories: sorted, without owner, time zero, `secrets` with 0600."""
    folders = {str(parent) for name in files for parent in PurePosixPath(name).parents} - {"."}
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in sorted(folders | set(files)):
            member = tarfile.TarInfo(name)
            if name in folders:
                member.type, member.mode = tarfile.DIRTYPE, 0o755
                tar.addfile(member)
            else:
                member.size, member.mode = len(files[name]), 0o600 if name in secrets else 0o644
                tar.addfile(member, io.BytesIO(files[name]))


def read_tar(
    source: Source, subject: str, budget: Budget, *, links: bool = False
) -> Iterator[tuple[tarfile.TarInfo, Content]]:
    """Each member with its content, in order; ArchiveRefused at the first one that is not harmless.

    Every byte of the source is read, up to its end. `links` allows links, of which the caller decides by name.
    """
    names = set[str]()
    while (member := _header(source, subject, first=not names)) is not None:
        _check_member(member, links=links)
        if member.name in names:  # threat: archive-twice
            raise ArchiveRefused(ArchiveFault.UNSAFE, member.name, _("is in the archive twice"))
        names.add(member.name)
        budget.spend(subject, members=1)
        size = member.size if member.type in _FILES else 0
        content = Content(source, subject, size)
        yield member, content
        content.skip()
        Content(source, subject, -size % _BLOCK).skip()


def _header(source: Source, subject: str, *, first: bool) -> tarfile.TarInfo | None:
    """The next member's header; None at the end, which is two blocks of zeros and nothing but zeros behind."""
    block = source.read(_BLOCK)
    if block == _ZEROS:
        if source.read(_BLOCK) != _ZEROS:
            raise _damaged(subject)
        while rest := source.read(_CHUNK):
            if rest.strip(b"\0"):
                raise ArchiveRefused(ArchiveFault.UNSAFE, subject, _("has data behind its end"))
        return None
    try:
        return tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        if first:
            raise ArchiveRefused(ArchiveFault.NOT_A_TAR, subject, _("is empty or no tar archive")) from None
        raise _damaged(subject) from None


def _damaged(subject: str) -> ArchiveRefused:
    return ArchiveRefused(ArchiveFault.TRUNCATED, subject, _("ends too early or is damaged"))


def _check_member(member: tarfile.TarInfo, *, links: bool) -> None:
    name = member.name
    odd = re.search(r"[\x00-\x1f\x7f\\:\ud800-\udfff]", name)  # \ and : lead elsewhere on Windows
    plain = not odd and not any(part in {"", ".", ".."} for part in name.split("/"))
    allowed = (*_FILES, tarfile.DIRTYPE, *(_LINKS if links else ()))
    if member.type not in allowed:  # threat: archive-link, archive-header
        why = _("is a link, a device or an extended header; only files and directories are allowed")
        raise ArchiveRefused(ArchiveFault.UNSAFE, name if plain else repr(name), why)
    if not plain:  # threat: archive-path
        raise ArchiveRefused(ArchiveFault.UNSAFE, repr(name), _("is no plain relative path"))
    if not 0 <= member.size <= LARGEST_FILE:
        why = _("claims {size} bytes; at most {limit} are allowed")
        raise ArchiveRefused(ArchiveFault.TOO_BIG, name, why.format(size=member.size, limit=LARGEST_FILE))
