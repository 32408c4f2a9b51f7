"""Confines this process on Linux: from then on it reads Python and its own directories, and writes two of them.

The sandbox runs what a container would run, with the rights of whoever opened the lab. Should an archive or a mapped
file ever make a server do what it must not, the kernel's Landlock bounds it: no file outside of its directories, no
program started, no connection made, one port to listen on. Landlock needs no package and no right; other systems have
no such thing that needs neither, and there the sandbox is no wall.
"""

from __future__ import annotations

import ctypes
import mimetypes
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from fanlic.adapters.place import Place

# linux/landlock.h; the numbers of the calls are the same on every architecture
_CREATE, _ADD, _RESTRICT = 444, 445, 446
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_WRITE = (1 << 1) | (1 << 4) | (1 << 5) | (1 << 7) | (1 << 8) | (1 << 14)  # write, remove, make files and folders, cut
_BIND, _CONNECT = 1 << 0, 1 << 1
_SCOPES = (1 << 0) | (1 << 1)  # no abstract sockets, no signals to processes outside
_PATH_RULE, _PORT_RULE = 1, 2
_VERSION = 1  # flag: ask only which version the kernel has
_NO_NEW_PRIVILEGES = 38  # prctl
_LAST_RIGHT = {1: 13, 2: 14, 3: 15, 4: 15}  # how many rights over files a version knows; 16 from version 5 on
_SYSTEM = ("/usr", "/lib", "/lib64", *(f"/etc/{name}" for name in ("ssl", "localtime", "ld.so.cache", "hosts")))
_DEVICES = ("/dev/null", "/dev/urandom")


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


class _Port(ctypes.Structure):
    _fields_ = (("allowed", ctypes.c_uint64), ("port", ctypes.c_uint64))


def confine(readable: Iterable[Path], writable: Iterable[Path], port: int) -> str:
    """Confine this process for good; why that cannot be done here, empty if it was done.

    Call it before any thread is started. Paths that do not exist stay out of reach.
    """
    if sys.platform != "linux":
        return "not Linux"
    try:
        version = _call(_CREATE, None, 0, _VERSION)
        _restrict(version, _rules(readable, writable), port)
    except OSError as problem:  # no such kernel, or a container engine that forbids the call
        return f"Landlock: {problem.strerror}"
    return ""


def confine_to(place: Place, port: int | None) -> str:
    """Let this process reach nothing but what its authorization server needs; why that cannot be done here."""
    with suppress(OSError):  # the start says what is wrong with a folder
        for folder in (place.config, place.log):
            folder.mkdir(parents=True, exist_ok=True)
    clock = [place.lab_clock.parent] if place.lab_clock else []
    return confine([place.tls, place.web, place.license, place.vendor, *clock], [place.config, place.log], port or 0)


def _rules(readable: Iterable[Path], writable: Iterable[Path]) -> dict[Path, int]:
    """What may be done below each path."""
    package = Path(__file__).parents[1]
    # Python puts the present directory first where it looks for modules: that is somebody's own, as a checkout is.
    paths = [path for path in sys.path if path and Path(path) not in (Path.cwd(), package.parent)]
    python = (sys.prefix, sys.base_prefix, sys.exec_prefix, *paths, *_SYSTEM, *_DEVICES, *mimetypes.knownfiles)
    read = [*(Path(path) for path in python), package, *readable]
    rules = dict.fromkeys((path.resolve() for path in read), _READ_FILE | _READ_DIR)
    return rules | dict.fromkeys((path.resolve() for path in writable), _READ_FILE | _READ_DIR | _WRITE)


def _restrict(version: int, rules: dict[Path, int], port: int) -> None:
    known = (1 << _LAST_RIGHT.get(version, 16)) - 1
    attributes = _Ruleset(known, _BIND | _CONNECT if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = _call(_CREATE, ctypes.byref(attributes), size, 0)
    try:
        for path, allowed in rules.items():
            _allow(ruleset, path, allowed & known)
        if version >= 4:
            _call(_ADD, ruleset, _PORT_RULE, ctypes.byref(_Port(_BIND, port)), 0)
        if _libc().prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        _call(_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: Path, allowed: int) -> None:
    try:
        handle = os.open(path, getattr(os, "O_PATH", 0) | os.O_CLOEXEC)
    except OSError:
        return  # not there, so there is nothing to reach
    try:
        allowed = allowed if path.is_dir() else allowed & (_READ_FILE | (1 << 1) | (1 << 14))
        _call(_ADD, ruleset, _PATH_RULE, ctypes.byref(_Beneath(allowed, handle)), 0)
    finally:
        os.close(handle)


def _call(number: int, *arguments: object) -> int:
    result = int(_libc().syscall(number, *arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
