"""Files in directories that somebody else may have filled: links are never followed, secrets are their owner's only.

A mapped directory comes from whoever made it: a link in it would lead a log or a key to any file of this machine's
user. What is opened there is a regular file, or nothing.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from fanlic.texts import _

_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)  # a pipe must not keep us waiting
_FOLDER = getattr(os, "O_DIRECTORY", 0) | _NO_LINK
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyExposed(OSError):
    """A private key that others can read; the text names the remedy."""


def plain(path: str, flags: int, mode: int = 0o666) -> int:
    """An opener for `open`: only regular files, never through a link; OSError says which it is."""
    if not _NO_LINK and Path(path).is_symlink():
        raise _is_link(path)
    try:
        handle = os.open(path, flags | _NO_LINK | _NO_WAIT, mode)  # threat: link-in-folder
    except OSError as problem:
        if problem.errno == errno.ELOOP:
            raise _is_link(path) from problem
        raise
    kind = os.fstat(handle).st_mode
    if not stat.S_ISREG(kind):
        os.close(handle)
        raise OSError(errno.EISDIR if stat.S_ISDIR(kind) else errno.EINVAL, _("is no regular file"), path)
    return handle


private = partial(plain, mode=0o600)  # the same; a new file is for its owner only


def _is_link(path: str) -> OSError:
    return OSError(errno.ELOOP, _("is a link, and links are not followed here; put the file itself in its place"), path)


def make_folder(root: Path, parts: Sequence[str]) -> Path:
    """The folder below `root`, made where it is missing; OSError where a part of the way is a link or no folder."""
    if os.mkdir not in os.supports_dir_fd:
        return _make_folder_by_name(root, parts)
    root.mkdir(parents=True, exist_ok=True)
    here = os.open(root, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        for index, part in enumerate(parts):
            with suppress(FileExistsError):
                os.mkdir(part, dir_fd=here)
            try:
                inner = os.open(part, os.O_RDONLY | _FOLDER, dir_fd=here)  # threat: link-on-the-way
            except OSError as problem:
                raise _no_folder(root.joinpath(*parts[: index + 1])) from problem
            os.close(here)
            here = inner
    finally:
        os.close(here)
    return root.joinpath(*parts)


def _make_folder_by_name(root: Path, parts: Sequence[str]) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    path = root
    for part in parts:
        path /= part
        path.mkdir(exist_ok=True)
        if path.resolve() != path.parent.resolve() / path.name:
            raise _no_folder(path)
    return path


def _no_folder(path: Path) -> OSError:
    return OSError(errno.ENOTDIR, _("is a link or no folder; put a folder in its place"), str(path))


def own_folder(name: str) -> Path:
    """A folder of this user's in the system's place for temporary files, where others may prepare traps."""
    if sys.platform == "win32":
        return make_folder(Path(tempfile.gettempdir()), [name])
    path = Path(tempfile.gettempdir(), f"{name}-{os.getuid()}")
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
    seen = path.lstat()
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.getuid() or seen.st_mode & _OTHERS:  # threat: trap-in-temp
        text = _("belongs to somebody else or is open to others; remove it, or set TMPDIR to a folder of your own")
        raise OSError(errno.EPERM, text, str(path))
    return path


def read_plain(path: Path) -> bytes:
    """The bytes of a regular file; OSError where it is a link or something else."""
    with open(path, "rb", opener=plain) as stream:
        return stream.read()


def refuse_links(folder: Path) -> None:
    """OSError where anything in a folder is a link: what opens the files by name, as SQLite does, would follow it."""
    for path in folder.iterdir():
        if path.is_symlink():  # threat: link-in-folder
            raise _is_link(str(path))


def folder_reader(folder: Path, largest: int, log: Callable[[str], object]) -> Callable[[str], bytes | None]:
    """Reads files of a folder by name; None, and a line in the log, where a file cannot be read or is too large."""

    def read(name: str) -> bytes | None:
        try:
            with open(folder / name, "rb", opener=plain) as stream:
                data = stream.read(largest + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as problem:
            log(f"{problem.filename}: {problem.strerror}")
            return None
        if len(data) > largest:
            log(_("{file} has more than {largest} bytes and is not used").format(file=folder / name, largest=largest))
            return None
        return data

    return read


def write_private(path: Path, data: bytes) -> None:
    """Write a new file that holds a secret; FileExistsError where there is one."""
    with open(path, "xb", opener=private) as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def check_private(path: Path) -> None:
    """KeyExposed where others may read this private key, on a file system that keeps modes."""
    if sys.platform == "win32" or not path.lstat().st_mode & _OTHERS or not _keeps_modes(path.parent):
        return
    text = _("can be read by other users of this machine. Allow only its owner: chmod 600 {file}")
    raise KeyExposed(errno.EPERM, text.format(file=path), str(path))  # threat: key-exposed


def _keeps_modes(folder: Path) -> bool:
    # Directories that Docker Desktop maps from Windows show one mode for all files, and nobody can change it.
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as probe:
            return not os.fstat(probe.fileno()).st_mode & _OTHERS
    except OSError:
        return True  # a read-only directory: its modes are taken as they are shown
