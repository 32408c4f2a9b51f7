"""Writes `fanruan_license_server.tar` for one customer: an amd64 and an arm64 image.

Two layers: the application's files (the page and the built-in certificate) and, last, the customer's. The base with
Python in it is missing here, and a label says so: such an archive runs in the sandbox, not on a Docker engine.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from importlib.resources import files as resources
from pathlib import Path

from fanlic.adapters import archive, customer, tls
from fanlic.adapters.identity import FolderRefused, read_private_config
from fanlic.model.container import ARCHITECTURES, ARCHIVE, BUILT_IN_NAMES, image_name
from fanlic.model.policy import Policy
from fanlic.model.refusals import PrivateConfigWrong
from fanlic.ports import Clock, LicenseRecord
from fanlic.texts.about import NOT_FANRUAN

ENTRYPOINT = ("/usr/bin/python3", "-m", "fanlic", "serve")
FRONT_END = ("qrcode.html", "qrcode.css", "qrcode.js")


class ImageWriter:
    """Implements the Archivist port. `today` is the real clock: certificates are judged by it."""

    def __init__(self, folder: Path, vendor: str, profile: str, policy: Policy, today: Clock) -> None:
        self._folder = folder
        self._vendor = vendor
        self._profile = profile
        self._policy = policy
        self._today = today

    def write(self, record: LicenseRecord, now: datetime) -> tuple[Path, str]:
        """The archive's path and its SHA-256; an archive that was written before is not written again."""
        path = self._folder / record.terms.license / ARCHIVE
        if path.exists():
            return path, hashlib.sha256(path.read_bytes()).hexdigest()
        path.parent.mkdir(parents=True, exist_ok=True)
        layers = (self._application(), self._customer(record))
        images = [self._image(architecture, layers) for architecture in ARCHITECTURES]  # clause: architectures
        return path, archive.write(path, images, created=now)

    def private_config(self, data: bytes) -> tuple[str, str]:
        """Identity and license stated by an attached privateConfig; raises PrivateConfigWrong."""
        try:
            stated = read_private_config(data)
        except FolderRefused as problem:
            raise PrivateConfigWrong(str(problem)) from problem
        return stated.identity, stated.license

    def _application(self) -> archive.Layer:
        page = resources("fanlic.web") / "authorization"
        found = {f"app/web/{name}": (page / name).read_bytes() for name in FRONT_END}
        certificate, key = tls.make_pair(BUILT_IN_NAMES, self._today.now())  # clause: built-in-certificate
        found |= {f"app/tls/{tls.CERTIFICATE}": certificate, f"app/tls/{tls.KEY}": key}
        return archive.Layer.of(found, secrets=(f"app/tls/{tls.KEY}",))

    def _customer(self, record: LicenseRecord) -> archive.Layer:
        found = customer.files(record, self._vendor, self._profile, self._policy)
        return archive.Layer.of(found, secrets=(f"{customer.FOLDER}/{customer.SECRET}",))

    def _image(self, architecture: str, layers: tuple[archive.Layer, ...]) -> archive.Image:
        return archive.Image(
            name=image_name(architecture),
            architecture=architecture,
            layers=layers,
            entrypoint=ENTRYPOINT,
            port=self._policy.container_port,
            labels={
                "org.opencontainers.image.title": "fanlic rehearsal authorization server",
                "org.opencontainers.image.description": NOT_FANRUAN,
                "fanlic.base": "missing: for fanlic's sandbox only",
                "fanlic.profile": self._profile,
            },
        )
