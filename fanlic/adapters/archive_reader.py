"""Reads an image archive: an archive is data, and nothing of it is used before all of it was checked.

The archive is read in two passes, its headers first and each layer once, whatever names it how often. Layers are
unpacked as a stream: what stays in memory is the manifest, the configurations and the few small files that the sandbox
and `fanlic image verify` look at. Numbers and sizes are bounded over the whole archive.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from fanlic.adapters import tarball
from fanlic.adapters.archive import MANIFEST
from fanlic.adapters.files import plain
from fanlic.adapters.layers import LARGEST_KEPT, LoadedLayer, extract, read_layer
from fanlic.adapters.tarball import ArchiveFault, ArchiveRefused, Budget, Content, read_tar, too_big
from fanlic.texts import _

# Bounds of our own
MOST_IMAGES = 16
MOST_LAYERS = 32  # of one image
LARGEST_JSON = 2**17  # bytes of the manifest, and of each configuration; ours have 4 kB

_NAME = re.compile(r"[a-z0-9]+(?:[._/-]+[a-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_PORT = re.compile(r"([0-9]{1,5})/tcp")


@dataclass(frozen=True)
class LoadedImage:
    """One image of a checked archive; `id` is the SHA-256 of its configuration, in hex."""

    id: str
    names: tuple[str, ...]
    settings: Mapping[str, Any]
    layers: tuple[LoadedLayer, ...]

    def extract(self, into: Path) -> None:
        """Write what the image has below /app into `into`, a new folder, lower layers first."""
        for layer in self.layers:
            extract(layer, into)


@dataclass(frozen=True)
class Archive:
    """A checked archive: its images, the names of its files, and the bytes of those that describe the images."""

    images: tuple[LoadedImage, ...]
    members: frozenset[str]
    described: Mapping[str, bytes] = field(repr=False)


def read(path: Path) -> Archive:
    """Check a whole archive and return what is in it; ArchiveRefused names the first fault.

    OSError where the file cannot be opened.
    """
    with open(path.resolve(), "rb", opener=plain) as stream:
        return read_from(stream, path.name)


def read_from(stream: BinaryIO, name: str) -> Archive:
    """The same of an open file; its position afterwards is anywhere."""
    if os.fstat(stream.fileno()).st_size > tarball.LARGEST_TOTAL:
        raise too_big(name)
    return _Reading(stream, name).archive()


class _Reading:
    """One archive while it is read."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self._budget = Budget()
        self._places = self._walk(name)
        self._layers: dict[str, LoadedLayer] = {}
        self._described: dict[str, bytes] = {}
        self._room = LARGEST_KEPT

    def archive(self) -> Archive:
        entries = self._json(MANIFEST, ArchiveFault.MANIFEST)
        if not isinstance(entries, list) or not 0 < len(entries) <= MOST_IMAGES:
            raise _bad_manifest(_("lists no images, or too many"))
        images = tuple(self._image(entry) for entry in entries)
        names = [name for image in images for name in image.names]
        if len(names) != len(set(names)):
            raise _bad_manifest(_("gives one name to two images"))
        return Archive(images, frozenset(self._places), self._described)

    def _walk(self, name: str) -> dict[str, tuple[int, int]]:
        """Where each file of the archive begins and how long it is."""
        places = {}
        for member, content in read_tar(self._stream, name, self._budget):
            if member.isfile():
                places[member.name] = (self._stream.tell(), member.size)
            content.skip()
        return places

    def _content(self, name: str) -> Content:
        start, size = self._places[name]
        self._stream.seek(start)
        return Content(self._stream, name, size)

    def _json(self, name: str, fault: ArchiveFault) -> Any:
        if name not in self._places:
            raise ArchiveRefused(fault, name, _("is missing from the archive"))
        if self._places[name][1] > LARGEST_JSON:
            raise too_big(name)
        self._described[name] = self._content(name).read()
        try:
            return json.loads(self._described[name])
        except (ValueError, RecursionError):
            raise ArchiveRefused(fault, name, _("is not valid JSON")) from None

    def _image(self, entry: Any) -> LoadedImage:
        config, names, paths = _manifest_entry(entry)
        settings = self._json(config, ArchiveFault.CONFIG)
        digest = hashlib.sha256(self._described[config]).hexdigest()
        if PurePosixPath(config).name.removesuffix(".json") != digest:
            raise ArchiveRefused(ArchiveFault.CONFIG, config, _("was changed: its name is not its SHA-256"))
        _check_settings(config, settings)
        if len(paths) > MOST_LAYERS:
            raise too_big(MANIFEST)
        layers = tuple(self._layer(path) for path in paths)
        expected = settings["rootfs"]["diff_ids"]
        for index, (path, layer) in enumerate(zip(paths, layers, strict=True)):
            if expected[index : index + 1] != [f"sha256:{layer.digest}"]:  # threat: archive-changed
                why = _("was changed: it is not layer {index} of {config}")
                raise ArchiveRefused(ArchiveFault.LAYER, path, why.format(index=index, config=config))
        if len(expected) != len(layers):
            raise ArchiveRefused(ArchiveFault.CONFIG, config, _("names more layers than manifest.json"))
        _check_tree(layers)
        return LoadedImage(digest, names, settings, layers)

    def _layer(self, path: str) -> LoadedLayer:
        if path not in self._places:
            raise ArchiveRefused(ArchiveFault.LAYER, path, _("is named in manifest.json and missing"))
        if path not in self._layers:  # read once, however often it is named
            self._layers[path] = self._read_layer(path)
        return self._layers[path]

    def _read_layer(self, path: str) -> LoadedLayer:
        layer = read_layer(self._content(path), path, self._budget, self._room)
        self._room -= sum(len(data) for _mode, data in layer.files.values())
        return layer


def _manifest_entry(entry: Any) -> tuple[str, tuple[str, ...], list[str]]:
    """The three fields of one entry of the manifest, each of the right shape."""
    fields = entry if isinstance(entry, dict) else {}
    config, names, paths = fields.get("Config"), fields.get("RepoTags"), fields.get("Layers")
    if not (isinstance(config, str) and names and paths and _strings(names) and _strings(paths)):
        raise _bad_manifest(_("an image lacks its Config, a name in RepoTags or its Layers"))
    for name in names:
        if not _NAME.fullmatch(name):
            raise _bad_manifest(_('invalid tag "{name}"').format(name=name))
    return config, tuple(names), paths


def _bad_manifest(why: str) -> ArchiveRefused:
    return ArchiveRefused(ArchiveFault.MANIFEST, MANIFEST, why)


def _check_settings(config: str, settings: Any) -> None:
    """Every field that an engine reads later has the right shape (Docker lets most be missing)."""
    outer = settings if isinstance(settings, dict) else {}
    inner, rootfs = (outer[key] if isinstance(outer.get(key), dict) else {} for key in ("config", "rootfs"))
    ports, labels = inner.get("ExposedPorts"), inner.get("Labels")
    sound = {
        "architecture": _printable([outer.get("architecture"), outer.get("variant", "")]),
        "os": outer.get("os") == "linux",
        "created": _is_instant(outer.get("created")),
        "diff_ids": _strings(rootfs.get("diff_ids")),
        "Entrypoint": _printable(inner.get("Entrypoint")) and bool(inner["Entrypoint"]),
        "Env": _printable(inner.get("Env")) and all("=" in setting for setting in inner["Env"]),
        "ExposedPorts": isinstance(ports, dict) and len(ports) == 1 and all(map(_is_port, ports)),
        "Labels": isinstance(labels, dict) and _printable([*labels, *labels.values()]),
    }
    for name, good in sound.items():
        if not good:
            why = _("the field {name} is missing or malformed").format(name=name)
            raise ArchiveRefused(ArchiveFault.CONFIG, config, why)


def _check_tree(layers: Sequence[LoadedLayer]) -> None:
    """Every file is safe to write, and none stands where another one needs a directory."""
    files = {name for layer in layers for name in layer.files}
    for name in sorted(files):
        if any(str(parent) in files for parent in PurePosixPath(name).parents):
            raise ArchiveRefused(ArchiveFault.UNSAFE, name, _("needs a directory where a file is"))


def _is_port(text: str) -> bool:
    found = _PORT.fullmatch(text)
    return found is not None and 0 < int(found[1]) < 65536


def _is_instant(text: Any) -> bool:
    try:
        return isinstance(text, str) and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _printable(value: Any) -> bool:
    return _strings(value) and all(text.isprintable() for text in value)


def _strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
