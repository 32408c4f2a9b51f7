"""The image archive `fanruan_license_server.tar`, written and read in Docker's archive form.

The form that every engine loads: `manifest.json`, `<digest>.json` for each image, `<digest>/layer.tar` for each layer;
a layer that both images share is stored once. Small layers are stored as they are, the big ones below them as gzip,
which engines take too; a digest is always that of the uncompressed tar. Nothing of an archive is used before all of it
was checked. No digest covers the image names in `manifest.json`: the SHA-256 of the whole file, which the desk's reply
names, does.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from fanlic.adapters.tarball import LARGEST_TOTAL, ArchiveRefused, Fault, read_tar, write_tar
from fanlic.texts import _

__all__ = [
    "Archive",
    "ArchiveRefused",
    "Fault",
    "Image",
    "Layer",
    "LoadedImage",
    "Packed",
    "file_digest",
    "read",
    "write",
]

MOST_IMAGES = 16  # a bound of our own
APPLICATION = "app"  # the one directory of an image that the sandbox uses, and where no layer may have a link

_GZIP = b"\x1f\x8b"
_SECOND = 10**9  # Docker counts nanoseconds

_NAME = re.compile(r"[a-z0-9]+(?:[._/-]+[a-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_PORT = re.compile(r"([0-9]{1,5})/tcp")


@dataclass(frozen=True)
class Layer:
    """One layer: the bytes of its tar and their SHA-256 in hex (its `diff_id`)."""

    tar: bytes = field(repr=False)
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", hashlib.sha256(self.tar).hexdigest())

    @property
    def stored(self) -> bytes:
        """What the archive keeps of it."""
        return self.tar

    @classmethod
    def of(cls, files: Mapping[str, bytes], *, secrets: Collection[str] = ()) -> Layer:
        """A layer with these files, by path without a leading slash; `secrets` get mode 0600."""
        stream = io.BytesIO()
        write_tar(stream, files, secrets)
        return cls(stream.getvalue())

    def files(self) -> dict[str, tuple[int, bytes]]:
        """Mode and bytes of each file below /app, by path; ArchiveRefused where the layer is unsafe.

        Links are allowed elsewhere, where a base has them; devices and deletion marks nowhere.
        """
        subject = _("layer {name}").format(name=self.digest[:12])
        return read_tar(io.BytesIO(self.tar), subject, only_below=APPLICATION)


@dataclass(frozen=True)
class Packed:
    """A big layer that lies gzip-compressed in a file; `digest` is that of its uncompressed tar."""

    path: Path
    digest: str

    @property
    def stored(self) -> bytes:
        """What the archive keeps of it."""
        return self.path.read_bytes()

    @classmethod
    def of(cls, path: Path, tar: bytes) -> Packed:
        """Compress a layer's tar into a file."""
        packer = zlib.compressobj(6, zlib.DEFLATED, 31)  # 31: gzip, without a time in its header
        path.write_bytes(packer.compress(tar) + packer.flush())
        return cls(path, hashlib.sha256(tar).hexdigest())


@dataclass(frozen=True)
class Image:
    """What the desk puts into an archive: one image, its layers from the bottom up, settings."""

    name: str  # fanruan_license_server_amd64:1.0.0
    architecture: str  # amd64 or arm64
    layers: Sequence[Layer | Packed]
    entrypoint: Sequence[str]
    port: int  # the TCP port that the server listens on inside the container
    environment: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    workdir: str = "/app"
    stop_signal: str = "SIGTERM"
    healthcheck: Sequence[str] = ()  # a command that fails where the server does not answer

    def settings(self, created: datetime) -> dict[str, Any]:
        """The image's configuration with every field, so that no loader has to guess one."""
        if not 0 < self.port < 65536:  # reading A1: the page prints one that is not
            raise ValueError(f"container port {self.port} is not between 1 and 65535")
        at = created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {
            "architecture": self.architecture,
            **({"variant": "v8"} if self.architecture == "arm64" else {}),
            "os": "linux",
            "created": at,
            "config": {
                "Entrypoint": list(self.entrypoint),
                "Env": [f"{name}={value}" for name, value in self.environment.items()],
                "ExposedPorts": {f"{self.port}/tcp": {}},
                "Labels": dict(self.labels),
                "StopSignal": self.stop_signal,
                "WorkingDir": self.workdir,
                **({"Healthcheck": self._health()} if self.healthcheck else {}),
            },
            "rootfs": {
                "type": "layers",
                "diff_ids": [f"sha256:{layer.digest}" for layer in self.layers],
            },
            "history": [{"created": at, "created_by": "fanlic"} for _each in self.layers],
        }

    def _health(self) -> dict[str, Any]:
        spans = {"Interval": 30, "Timeout": 5, "StartPeriod": 5}
        counts = {name: seconds * _SECOND for name, seconds in spans.items()}
        return {"Test": ["CMD", *self.healthcheck], **counts, "Retries": 3}


@dataclass(frozen=True)
class LoadedImage:
    """One image of a checked archive; `id` is the SHA-256 of its configuration, in hex."""

    id: str
    names: tuple[str, ...]
    settings: Mapping[str, Any]
    layers: tuple[Layer, ...]

    def extract(self, into: Path) -> None:
        """Write what the image has below /app into `into`, a new folder, lower layers first, with modes."""
        extract(self.layers, into)


@dataclass(frozen=True)
class Archive:
    """A checked archive."""

    images: tuple[LoadedImage, ...]


def extract(layers: Sequence[Layer], into: Path) -> None:
    """Write what these layers have below /app into `into`, a new folder; names were checked by `files`."""
    for layer in layers:
        for name, (mode, data) in layer.files().items():
            target = into / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)  # a lower layer's file may be read-only
            target.write_bytes(data)
            target.chmod(mode)


def write(path: Path, images: Sequence[Image], *, created: datetime) -> str:
    """Write the archive of these images, whole or not at all; the file's SHA-256 in hex.

    `created` is an aware instant. The same arguments give the same bytes. OSError where the folder
    cannot be written; the file that stood there stays.
    """
    members: dict[str, bytes] = {}
    manifest = []
    for image in images:
        settings = _compact(image.settings(created))
        config = f"{hashlib.sha256(settings).hexdigest()}.json"
        layers = {f"{layer.digest}/layer.tar": layer for layer in image.layers}
        members |= {path: layer.stored for path, layer in layers.items() if path not in members}
        members[config] = settings
        manifest.append({"Config": config, "RepoTags": [image.name], "Layers": list(layers)})
    members["manifest.json"] = _compact(manifest)
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w+b") as stream:
            write_tar(stream, members)
            stream.flush()
            os.fsync(stream.fileno())
            stream.seek(0)
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return digest


def file_digest(path: Path) -> str:
    """The SHA-256 of a whole file, in hex: what the desk's reply names."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def read(path: Path) -> Archive:
    """Check a whole archive and return what is in it; ArchiveRefused names the first fault.

    OSError where the file cannot be opened.
    """
    with path.open("rb") as stream:
        members = {name: data for name, (_mode, data) in read_tar(stream, path.name).items()}
    entries = _json(members, "manifest.json", Fault.MANIFEST)
    if not isinstance(entries, list) or not 0 < len(entries) <= MOST_IMAGES:
        raise _bad_manifest(_("lists no images, or too many"))
    images = tuple(_image(entry, members) for entry in entries)
    names = [name for image in images for name in image.names]
    if len(names) != len(set(names)):
        raise _bad_manifest(_("gives one name to two images"))
    return Archive(images)


def _image(entry: Any, members: Mapping[str, bytes]) -> LoadedImage:
    config, names, paths = _manifest_entry(entry)
    settings = _json(members, config, Fault.CONFIG)
    digest = hashlib.sha256(members[config]).hexdigest()
    if PurePosixPath(config).name.removesuffix(".json") != digest:
        raise ArchiveRefused(Fault.CONFIG, config, _("was changed: its name is not its SHA-256"))
    _check_settings(config, settings)
    layers = tuple(_layer(path, members) for path in paths)
    expected = settings["rootfs"]["diff_ids"]
    for index, (path, layer) in enumerate(zip(paths, layers, strict=True)):
        if expected[index : index + 1] != [f"sha256:{layer.digest}"]:  # threat: archive-changed
            why = _("was changed: it is not layer {index} of {config}")
            raise ArchiveRefused(Fault.LAYER, path, why.format(index=index, config=config))
    if len(expected) != len(layers):
        raise ArchiveRefused(Fault.CONFIG, config, _("names more layers than manifest.json"))
    _check_tree(layers)
    return LoadedImage(digest, names, settings, layers)


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
    return ArchiveRefused(Fault.MANIFEST, "manifest.json", why)


def _layer(path: str, members: Mapping[str, bytes]) -> Layer:
    if path not in members:
        raise ArchiveRefused(Fault.LAYER, path, _("is named in manifest.json and missing"))
    return Layer(_unpacked(members[path], path))


def _unpacked(data: bytes, path: str) -> bytes:
    """The tar of a layer that may be stored as gzip; no plain tar begins with gzip's two bytes."""
    if not data.startswith(_GZIP):
        return data
    unpacker = zlib.decompressobj(31)
    try:
        tar = unpacker.decompress(data, LARGEST_TOTAL)
    except zlib.error:
        raise ArchiveRefused(Fault.LAYER, path, _("is damaged: it cannot be decompressed")) from None
    if not unpacker.eof or unpacker.unused_data:
        raise ArchiveRefused(Fault.LAYER, path, _("is damaged or too big: it ends where it should not"))
    return tar


def _check_settings(config: str, settings: Any) -> None:
    """Every field that an engine reads later has the right shape (Docker lets most be missing)."""
    outer = settings if isinstance(settings, dict) else {}
    inner, rootfs = (outer[key] if isinstance(outer.get(key), dict) else {} for key in ("config", "rootfs"))
    ports, labels = inner.get("ExposedPorts"), inner.get("Labels")
    sound = {
        "architecture": isinstance(outer.get("architecture"), str),
        "os": outer.get("os") == "linux",
        "created": _is_instant(outer.get("created")),
        "diff_ids": _strings(rootfs.get("diff_ids")),
        "Entrypoint": _strings(inner.get("Entrypoint")) and bool(inner["Entrypoint"]),
        "Env": _strings(inner.get("Env")) and all("=" in setting for setting in inner["Env"]),
        "ExposedPorts": isinstance(ports, dict) and len(ports) == 1 and all(map(_is_port, ports)),
        "Labels": isinstance(labels, dict) and _strings(list(labels.values())),
    }
    for name, good in sound.items():
        if not good:
            why = _("the field {name} is missing or malformed").format(name=name)
            raise ArchiveRefused(Fault.CONFIG, config, why)


def _check_tree(layers: Sequence[Layer]) -> None:
    """Every file is safe to write, and none stands where another one needs a directory."""
    files = {name for layer in layers for name in layer.files()}
    for name in sorted(files):
        if any(str(parent) in files for parent in PurePosixPath(name).parents):
            raise ArchiveRefused(Fault.UNSAFE, name, _("needs a directory where a file is"))


def _is_port(text: str) -> bool:
    found = _PORT.fullmatch(text)
    return found is not None and 0 < int(found[1]) < 65536


def _is_instant(text: Any) -> bool:
    try:
        return isinstance(text, str) and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _json(members: Mapping[str, bytes], name: str, fault: Fault) -> Any:
    if name not in members:
        raise ArchiveRefused(fault, name, _("is missing from the archive"))
    try:
        return json.loads(members[name])
    except (ValueError, RecursionError):
        raise ArchiveRefused(fault, name, _("is not valid JSON")) from None
