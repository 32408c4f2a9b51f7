"""Plain tar files, written so that the same input gives the same bytes, and read without trust.

Reading checks every header before a byte of content is used: size and number are bounded, names are
plain relative paths, and everything but files and directories is refused. Where only one directory is wanted, as of
a base layer, links elsewhere are passed over.
"""

from __future__ import annotations

import io
import os
import re
import tarfile
from collections.abc import Collection, Mapping
from enum import StrEnum
from pathlib import PurePosixPath
from typing import BinaryIO

from fanlic.texts import _

# Bounds of our own; the customer layer is a few kilobytes, the largest base layer tried was 42 MB.
LARGEST_FILE = 128 * 2**20  # bytes
LARGEST_TOTAL = 512 * 2**20  # bytes, of one archive or one layer
MOST_MEMBERS = 20_000

_END = bytes(2 * tarfile.BLOCKSIZE)  # what every complete tar ends with


class Fault(StrEnum):
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

    def __init__(self, fault: Fault, subject: str, why: str) -> None:
        super().__init__(_("{subject}: {why}").format(subject=subject, why=why))
        self.fault = fault
        self.subject = subject
        self.remedy = _(
            "Nothing was loaded. Compare the file's SHA-256 with the one in the reply mail: if "
            "they differ, save the attachment again; if they are equal, ask the business desk for "
            "a new archive."
        )


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


def read_tar(stream: BinaryIO, subject: str, *, only_below: str = "") -> dict[str, tuple[int, bytes]]:
    """Mode and bytes of every file, by name; ArchiveRefused where one member is not harmless.

    `only_below` makes it a layer: only files in this directory are returned, links elsewhere are allowed.
    """
    try:
        tar = tarfile.open(fileobj=stream, mode="r:")  # noqa: SIM115 - reads the first header only
    except (tarfile.TarError, ValueError, RecursionError):
        raise ArchiveRefused(Fault.NOT_A_TAR, subject, _("is empty or no tar archive")) from None
    truncated = ArchiveRefused(Fault.TRUNCATED, subject, _("ends too early or is damaged"))
    with tar:
        # A cut at a member's edge goes unnoticed by tarfile: only the end mark shows it.
        if _last_bytes(stream) != _END:
            raise truncated
        try:
            files = _checked_files(tar, subject, only_below)
            return {member.name: (member.mode & 0o777, _content(tar, member)) for member in files}
        except (tarfile.TarError, EOFError, OverflowError, RecursionError):
            raise truncated from None


def _last_bytes(stream: BinaryIO) -> bytes:
    here = stream.tell()
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - len(_END)))
    last = stream.read()
    stream.seek(here)
    return last


def _checked_files(tar: tarfile.TarFile, subject: str, only_below: str) -> list[tarfile.TarInfo]:
    files, names, total = [], set[str](), 0
    for member in tar:
        wanted = not only_below or member.name == only_below or member.name.startswith(f"{only_below}/")
        _check_member(member, links=not wanted)
        if only_below and PurePosixPath(member.name).name.startswith(".wh."):
            raise ArchiveRefused(Fault.UNSAFE, member.name, _("is a deletion mark, not supported"))
        if member.name in names:
            raise ArchiveRefused(Fault.UNSAFE, member.name, _("is in the archive twice"))
        names.add(member.name)
        total += member.size
        if total > LARGEST_TOTAL or len(names) > MOST_MEMBERS:
            why = _("holds more than an image of this server can need")
            raise ArchiveRefused(Fault.TOO_BIG, subject, why)
        if wanted and member.isfile():
            files.append(member)
    return files


def _check_member(member: tarfile.TarInfo, *, links: bool) -> None:
    name = member.name
    odd = re.search(r"[\x00-\x1f\x7f\\:\ud800-\udfff]", name)  # \ and : lead elsewhere on Windows
    if odd or any(part in {"", ".", ".."} for part in name.split("/")):  # threat: archive-path
        raise ArchiveRefused(Fault.UNSAFE, repr(name), _("is no plain relative path"))
    plain = member.type in {tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE}
    if not (plain or (links and (member.issym() or member.islnk()))) or member.issparse():  # threat: archive-link
        why = _("is a link or a device; only files and directories are allowed")
        raise ArchiveRefused(Fault.UNSAFE, name, why)
    if not 0 <= member.size <= LARGEST_FILE:
        why = _("claims {size} bytes; at most {limit} are allowed")
        raise ArchiveRefused(Fault.TOO_BIG, name, why.format(size=member.size, limit=LARGEST_FILE))


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = tar.extractfile(member)
    data = stream.read() if stream is not None else b""
    if len(data) != member.size:
        raise EOFError(member.name)
    return data
