"""The image archive `fanruan_license_server.tar`, written in Docker's archive form.

The form that every engine loads: `manifest.json`, `<digest>.json` for each image, `<digest>/layer.tar` for each layer;
a layer that both images share is stored once. Small layers are stored as they are, the big ones below them as gzip,
which engines take too; a digest is always that of the uncompressed tar. No digest covers the image names in
`manifest.json`: the SHA-256 of the whole file, which the desk's reply names, does. How it is read:
`archive_reader.py`.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fanlic.adapters.files import private
from fanlic.adapters.tarball import write_tar

MANIFEST = "manifest.json"

_SECOND = 10**9  # Docker counts nanoseconds


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
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
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


def write(path: Path, images: Sequence[Image], *, created: datetime) -> str:
    """Write the archive of these images, whole or not at all; the file's SHA-256 in hex.

    `created` is an aware instant. The same arguments give the same bytes. OSError where the folder
    cannot be written; the file that stood there stays.
    """
    layers = {layer_path(layer.digest): layer for image in images for layer in image.layers}
    members = described(images, created) | {path: layer.stored for path, layer in layers.items()}
    part = path.with_name(path.name + ".part")
    try:
        with open(part, "w+b", opener=private) as stream:  # the customer layer holds a secret
            write_tar(stream, members)
            stream.flush()
            os.fsync(stream.fileno())
            stream.seek(0)
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return digest


def described(images: Sequence[Image], created: datetime) -> dict[str, bytes]:
    """The members that describe these images: the manifest, and each configuration under its digest."""
    configs = [_compact(image.settings(created)) for image in images]
    names = [f"{hashlib.sha256(config).hexdigest()}.json" for config in configs]
    manifest = [
        {"Config": name, "RepoTags": [image.name], "Layers": [layer_path(each.digest) for each in image.layers]}
        for name, image in zip(names, images, strict=True)
    ]
    return {**dict(zip(names, configs, strict=True)), MANIFEST: _compact(manifest)}


def layer_path(digest: str) -> str:
    """Where an archive keeps the layer with this digest."""
    return f"{digest}/layer.tar"


def file_digest(path: Path) -> str:
    """The SHA-256 of a whole file, in hex: what the desk's reply names."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()
