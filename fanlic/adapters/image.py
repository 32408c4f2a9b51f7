"""Writes `fanruan_license_server.tar` for one customer: an amd64 and an arm64 image.

Layers, from the bottom up: Debian's Python and the server's packages (from `image_base`), the application, the vendor's
pinned key, the built-in certificate, the customer's files. The last two are tiny and the only ones that differ from
customer to customer. Where no base is at hand the lower layers are missing and a label says so: such an archive runs in
the sandbox, not on a Docker engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from importlib.resources import files as resources
from importlib.resources.abc import Traversable
from pathlib import Path

from fanlic.adapters import archive, customer, tls
from fanlic.adapters.files import write_private
from fanlic.adapters.identity import FolderRefused, read_private_config
from fanlic.adapters.image_base import PLACE, Base
from fanlic.adapters.place import PINNED
from fanlic.adapters.signing import SigningKey
from fanlic.model.container import ARCHITECTURES, ARCHIVE, BUILT_IN_NAMES, image_name
from fanlic.model.policy import Policy
from fanlic.model.refusals import PrivateConfigWrong
from fanlic.ports import Clock, LicenseRecord
from fanlic.texts.about import NOT_FANRUAN

PYTHON = "/usr/bin/python3"
ENTRYPOINT = (PYTHON, "-m", "fanlic", "serve")
FRONT_END = ("qrcode.html", "qrcode.css", "qrcode.js")
_LABEL = "fanlic."
OURS = f"{_LABEL}profile"  # the label that every image of ours has
NO_BASE = {"base": "missing: for fanlic's sandbox only"}
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
        self, folder: Path, vendor: SigningKey, profile: str, policy: Policy, today: Clock, base: Base | None = None
    ) -> None:
        self._folder = folder
        self.vendor = vendor
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
        above = self._above(path.parent, record)
        images = [self._image(architecture, above) for architecture in ARCHITECTURES]  # clause: architectures
        return path, archive.write(path, images, created=_first_time(path.with_name("created"), now))

    def private_config(self, data: bytes) -> tuple[str, str]:
        """Identity and license stated by an attached privateConfig; raises PrivateConfigWrong."""
        try:
            stated = read_private_config(data)
        except FolderRefused as problem:
            raise PrivateConfigWrong(str(problem)) from problem
        return stated.identity, stated.license

    def _above(self, folder: Path, record: LicenseRecord) -> Sequence[archive.Layer | archive.Packed]:
        """The layers above the base, from the bottom up."""
        layer = application_layer(with_package=self._base is not None)
        application = archive.Packed.of(folder / "application.tar.gz", layer.tar) if self._base else layer
        return application, vendor_layer(self.vendor.identity), self._certificate(folder), self._customer(record)

    def _certificate(self, folder: Path) -> archive.Layer:
        paths = folder / tls.CERTIFICATE, folder / tls.KEY
        if not all(path.exists() for path in paths):
            pair = tls.make_pair(BUILT_IN_NAMES, self._today.now())  # clause: built-in-certificate
            for path, data in zip(paths, pair, strict=True):
                path.unlink(missing_ok=True)  # half a pair
                write_private(path, data)
        found = {f"app/tls/{path.name}": path.read_bytes() for path in paths}
        return archive.Layer.of(found, secrets=(f"app/tls/{tls.KEY}",))

    def _customer(self, record: LicenseRecord) -> archive.Layer:
        found = customer.files(record, self.vendor, self._profile, self._policy)
        return archive.Layer.of(found, secrets=(f"{customer.FOLDER}/{customer.SECRET}",))

    def _image(self, architecture: str, above: Sequence[archive.Layer | archive.Packed]) -> archive.Image:
        below = self._base.layers[architecture] if self._base else ()
        versions = self._base.versions[architecture] if self._base else NO_BASE
        return described_image(architecture, (*below, *above), self._profile, self._policy, versions)


def described_image(
    architecture: str,
    layers: Sequence[archive.Layer | archive.Packed],
    profile: str,
    policy: Policy,
    versions: Mapping[str, str],
) -> archive.Image:
    """An image as the desk describes it; `versions`: of what is in the base, by kind."""
    return archive.Image(
        name=image_name(architecture),
        architecture=architecture,
        layers=layers,
        entrypoint=ENTRYPOINT,
        port=policy.container_port,
        environment={} if versions.keys() == NO_BASE.keys() else ENVIRONMENT,
        healthcheck=(PYTHON, "-c", _CHECK.format(port=policy.container_port)),
        labels={
            "org.opencontainers.image.title": "fanlic rehearsal authorization server",
            "org.opencontainers.image.description": NOT_FANRUAN,
            OURS: profile,
            **{f"{_LABEL}{name}": text for name, text in versions.items()},
        },
    )


def versions_in(labels: Mapping[str, str]) -> dict[str, str]:
    """What the labels of an image say of its base, by kind."""
    return {name.removeprefix(_LABEL): labels[name] for name in labels if name.startswith(_LABEL) and name != OURS}


def application_layer(*, with_package: bool) -> archive.Layer:
    """The page and, where the image is to run by itself, the whole package."""
    page = resources("fanlic.web") / "authorization"
    files = {f"app/web/{name}": (page / name).read_bytes() for name in FRONT_END}
    if with_package:
        files |= {f"{PLACE}/app/fanlic/{name}": data for name, data in _package(resources("fanlic"))}
    return archive.Layer.of(files)


def vendor_layer(vendor: str) -> archive.Layer:
    """The pinned key: below the customer layer, where no mapping of `/app` and no customer's file reaches."""
    return archive.Layer.of({PINNED.as_posix().lstrip("/"): vendor.encode("ascii")})


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
