"""Writes `fanruan_license_server.tar` for one customer: an amd64 and an arm64 image.

Layers, from the bottom up: Debian's Python and the server's packages (from `image_base`), the application, the built-in
certificate, the customer's files. The last two are tiny and the only ones that differ from customer to customer. Where
no base is at hand the lower layers are missing and a label says so: such an archive runs in the sandbox, not on a
Docker engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib.resources import files as resources
from importlib.resources.abc import Traversable
from pathlib import Path

from fanlic.adapters import archive, customer, tls
from fanlic.adapters.identity import FolderRefused, read_private_config
from fanlic.adapters.image_base import PLACE, Base
from fanlic.model.container import ARCHITECTURES, ARCHIVE, BUILT_IN_NAMES, image_name
from fanlic.model.policy import Policy
from fanlic.model.refusals import PrivateConfigWrong
from fanlic.ports import Clock, LicenseRecord
from fanlic.texts.about import NOT_FANRUAN

PYTHON = "/usr/bin/python3"
ENTRYPOINT = (PYTHON, "-m", "fanlic", "serve")
FRONT_END = ("qrcode.html", "qrcode.css", "qrcode.js")
OURS = "fanlic.profile"  # the label that every image of ours has
ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "PYTHONPATH": f"/{PLACE}/app:/{PLACE}/wheels",
    "PYTHONUNBUFFERED": "1",
    "PYTHONUTF8": "1",
}
_CHECK = (
    "import http.client, ssl, sys; "
    "call = http.client.HTTPSConnection('127.0.0.1', {port}, timeout=4, context=ssl._create_unverified_context()); "
    "call.request('GET', '/healthz'); sys.exit(call.getresponse().status != 200)"
)


class ImageWriter:
    """Implements the Archivist port. `today` is the real clock: certificates are judged by it."""

    def __init__(
        self, folder: Path, vendor: str, profile: str, policy: Policy, today: Clock, base: Base | None = None
    ) -> None:
        self._folder = folder
        self._vendor = vendor
        self._profile = profile
        self._policy = policy
        self._today = today
        self._base = base

    def write(self, record: LicenseRecord, now: datetime) -> tuple[Path, str]:
        """The archive's path and its SHA-256; an archive that was written before is not written again.

        Certificate and instant are kept beside it: without the archive, the same license gives the same one again.
        """
        path = self._folder / record.terms.license / ARCHIVE
        if path.exists():
            return path, archive.file_digest(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        layers = (self._application(path.parent), self._certificate(path.parent), self._customer(record))
        images = [self._image(architecture, layers) for architecture in ARCHITECTURES]  # clause: architectures
        return path, archive.write(path, images, created=_first_time(path.with_name("created"), now))

    def private_config(self, data: bytes) -> tuple[str, str]:
        """Identity and license stated by an attached privateConfig; raises PrivateConfigWrong."""
        try:
            stated = read_private_config(data)
        except FolderRefused as problem:
            raise PrivateConfigWrong(str(problem)) from problem
        return stated.identity, stated.license

    def _application(self, folder: Path) -> archive.Layer | archive.Packed:
        """The page and, where the image is to run by itself, the whole package."""
        page = resources("fanlic.web") / "authorization"
        found = {f"app/web/{name}": (page / name).read_bytes() for name in FRONT_END}
        if self._base is None:
            return archive.Layer.of(found)
        found |= {f"{PLACE}/app/fanlic/{name}": data for name, data in _package(resources("fanlic"))}
        return archive.Packed.of(folder / "application.tar.gz", archive.Layer.of(found).tar)

    def _certificate(self, folder: Path) -> archive.Layer:
        paths = folder / tls.CERTIFICATE, folder / tls.KEY
        if not all(path.exists() for path in paths):
            pair = tls.make_pair(BUILT_IN_NAMES, self._today.now())  # clause: built-in-certificate
            for path, data in zip(paths, pair, strict=True):
                path.touch(0o600)
                path.write_bytes(data)
        found = {f"app/tls/{path.name}": path.read_bytes() for path in paths}
        return archive.Layer.of(found, secrets=(f"app/tls/{tls.KEY}",))

    def _customer(self, record: LicenseRecord) -> archive.Layer:
        found = customer.files(record, self._vendor, self._profile, self._policy)
        return archive.Layer.of(found, secrets=(f"{customer.FOLDER}/{customer.SECRET}",))

    def _image(self, architecture: str, layers: Sequence[archive.Layer | archive.Packed]) -> archive.Image:
        below = self._base.layers[architecture] if self._base else ()
        versions = self._base.versions[architecture] if self._base else {"base": "missing: for fanlic's sandbox only"}
        return archive.Image(
            name=image_name(architecture),
            architecture=architecture,
            layers=(*below, *layers),
            entrypoint=ENTRYPOINT,
            port=self._policy.container_port,
            environment=ENVIRONMENT if self._base else {},
            healthcheck=(PYTHON, "-c", _CHECK.format(port=self._policy.container_port)),
            labels={
                "org.opencontainers.image.title": "fanlic rehearsal authorization server",
                "org.opencontainers.image.description": NOT_FANRUAN,
                OURS: self._profile,
                **{f"fanlic.{name}": text for name, text in versions.items()},
            },
        )


def _first_time(file: Path, now: datetime) -> datetime:
    if not file.exists():
        file.write_text(now.isoformat(), "ascii")
    return datetime.fromisoformat(file.read_text("ascii"))


def _package(folder: Traversable, before: str = "") -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_file():
            yield before + entry.name, entry.read_bytes()
        elif entry.name != "__pycache__":
            yield from _package(entry, f"{before}{entry.name}/")
