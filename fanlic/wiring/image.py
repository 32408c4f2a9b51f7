"""Building, showing and verifying the image archive: a business desk in a folder, and the base from the cache."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fanlic.adapters import archive, handshake, image_base, mail
from fanlic.adapters.archive_reader import LoadedImage, read
from fanlic.adapters.clocks import SystemClock
from fanlic.adapters.customer import FOLDER, LicenseRefused, read_customer
from fanlic.adapters.desk_store import FILE, SqliteDeskStore
from fanlic.adapters.entropy import SystemEntropy
from fanlic.adapters.image import OURS, ImageWriter
from fanlic.adapters.image_base import Base, BaseUnavailable
from fanlic.adapters.signing import SigningKey
from fanlic.adapters.tarball import ArchiveRefused
from fanlic.desk import Desk, DeskReply
from fanlic.model.authfile import Contract
from fanlic.model.container import ARCHITECTURES, image_name
from fanlic.model.policy import FINEBI_6_0_5
from fanlic.model.registration import License
from fanlic.texts import _

__all__ = ["ArchiveRefused", "BaseUnavailable", "LicenseRefused"]

default_cache = image_base.default_cache
prepare = image_base.prepare
VENDOR_KEY = "vendor.key"


class VerifyRefused(ValueError):
    """The archive is sound, and not what was asked for; the text says why and what to do."""


@dataclass(frozen=True)
class Built:
    """What was written."""

    path: Path
    digest: str
    license: str


def build(folder: Path, contract: Contract, base: Base | None, *, lab: bool) -> Built:
    """The archive of this contract's license, in `folder`; the desk behind it is kept in `folder`/desk.

    The desk keeps its key, the license and the certificate, so that the same folder gives the same archive again.
    Raises OSError; LicenseRefused where the folder's license is in use already.
    """
    place = folder / "desk"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    clock, entropy = SystemClock(), SystemEntropy()
    vendor = _vendor(place / VENDOR_KEY)
    profile = "lab" if lab else "strict"
    outbox = place / f"outbox-{profile}"
    for old in outbox.glob("*/*.tar"):
        old.unlink()  # it may have been built from another application or base
    store = SqliteDeskStore(place / FILE)
    try:
        desk = Desk(
            store=store,
            clock=clock,
            entropy=entropy,
            vendor=vendor,
            post=mail.RehearsalPost(clock),
            handshake=handshake.DeskHandshake(),
            archivist=ImageWriter(outbox, vendor.identity, profile, FINEBI_6_0_5, clock, base),
            policy=FINEBI_6_0_5,
            address="https://localhost:8443",
        )
        desk.sign(contract)
        return _moved(desk.receive(mail.request(contract, clock, None, None)), folder)
    finally:
        store.close()


def _moved(reply: DeskReply, folder: Path) -> Built:
    if reply.archive is None:
        raise LicenseRefused(reply.message.get_content())
    path = folder / reply.archive.name
    reply.archive.replace(path)
    return Built(path, archive.file_digest(path), reply.license)


def _vendor(file: Path) -> SigningKey:
    if not file.exists():
        file.touch(0o600)
        file.write_text(SigningKey.new(SystemEntropy()).secret().hex(), "ascii")
    return SigningKey(bytes.fromhex(file.read_text("ascii")))


def show(path: Path) -> list[tuple[str, str]]:
    """What is in an archive, as names and values; raises ArchiveRefused, OSError."""
    rows = [("file", str(path)), ("sha256", archive.file_digest(path))]
    for image in read(path).images:
        labels = image.settings["config"]["Labels"]
        sizes = ", ".join(f"{layer.size / 1e6:.1f}" for layer in image.layers)
        rows += [
            ("image", ", ".join(image.names)),
            ("id", f"sha256:{image.id}"),
            ("architecture", image.settings["architecture"]),
            ("created", image.settings["created"]),
            ("layers (MB)", sizes),
            *((name, labels[name]) for name in sorted(labels)),
        ]
    return rows


def verify(path: Path, license_id: str | None, say: Callable[[str], None]) -> License:
    """Check everything in an archive that can be checked without running it; the license in it.

    ArchiveRefused, LicenseRefused, VerifyRefused, OSError: nothing of it should be loaded.
    """
    images = read(path).images
    say(_("every digest holds; every name and configuration is sound"))
    names = {name: image.settings["architecture"] for image in images for name in image.names}
    for architecture in ARCHITECTURES:
        if names.get(image_name(architecture)) != architecture:
            text = _(
                "{name} is missing: the archive has no image for {architecture}. Ask the business desk for a new one."
            )
            raise VerifyRefused(text.format(name=image_name(architecture), architecture=architecture))
    found = [_license(image) for image in images]
    if any(terms != found[0] for terms in found):
        text = _("The images carry different licenses: {licenses}. Ask the business desk for a new archive.")
        raise VerifyRefused(text.format(licenses=", ".join(sorted({terms.license for terms in found}))))
    say(_("the license's signature holds: {license}").format(license=found[0].license))
    if license_id not in (None, found[0].license):
        text = _(
            "The archive carries {found}, the license of {company}, not {wanted}. Take the archive of that reply mail."
        )
        raise VerifyRefused(text.format(found=found[0].license, company=found[0].company, wanted=license_id))
    return found[0]


def _license(image: LoadedImage) -> License:
    name = image.names[0]
    if OURS not in image.settings["config"]["Labels"]:
        raise VerifyRefused(
            _("{name} is no fanlic image. This command knows rehearsal archives only.").format(name=name)
        )
    with tempfile.TemporaryDirectory() as folder:
        image.extract(Path(folder))
        try:
            return read_customer(Path(folder) / FOLDER).terms
        except LicenseRefused as problem:
            raise LicenseRefused(f"{name}: {problem}") from problem
