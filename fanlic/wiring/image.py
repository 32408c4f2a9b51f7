"""Building, showing and verifying the image archive: a business desk in a folder, and the base from the cache."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fanlic.adapters import archive, handshake, image_base, mail
from fanlic.adapters.archive_reader import Archive, read
from fanlic.adapters.clocks import SystemClock
from fanlic.adapters.customer import (
    VENDOR_FILE,
    LicenseRefused,
    read_vendor,
)
from fanlic.adapters.desk_store import FILE, SqliteDeskStore
from fanlic.adapters.entropy import SystemEntropy
from fanlic.adapters.files import check_private, write_private
from fanlic.adapters.image import OURS, ImageWriter
from fanlic.adapters.image_base import Base, BaseUnavailable
from fanlic.adapters.image_check import ImageChanged, base_is, check_known, customer_of
from fanlic.adapters.signing import SigningKey
from fanlic.adapters.tarball import ArchiveRefused
from fanlic.desk import Desk, DeskReply
from fanlic.model.approval import fingerprint
from fanlic.model.authfile import Contract
from fanlic.model.container import ARCHITECTURES, image_name
from fanlic.model.policy import FINEBI_6_0_5
from fanlic.model.registration import License
from fanlic.texts import _

__all__ = ["ArchiveRefused", "BaseUnavailable", "ImageChanged", "LicenseRefused"]

default_cache = image_base.default_cache
prepare = image_base.prepare
VENDOR_KEY = "vendor.key"


class VerifyRefused(ValueError):
    """The archive is sound, and not what was asked for; the text says why and what to do."""


@dataclass(frozen=True)
class Built:
    """What was written; `fingerprint` is that of the vendor's key, which stands in the file `vendor`."""

    path: Path
    digest: str
    license: str
    vendor: Path
    fingerprint: str


@dataclass(frozen=True)
class Verified:
    """A sound archive: its license, the fingerprint of its vendor's key, and what of it is known to this machine.

    `base_known` is None where there is no base, as in an archive for the sandbox.
    """

    terms: License
    fingerprint: str
    signer_known: bool
    base_known: bool | None


def build(folder: Path, contract: Contract, base: Base | None, *, lab: bool, key: Path | None = None) -> Built:
    """The archive of this contract's license, in `folder`; the desk behind it is kept in `folder`/desk.

    The desk keeps its key, the license and the certificate, so that the same folder gives the same archive again.
    `key`: the file with the vendor's signing key, if another folder's is to be used. Raises OSError, KeyExposed;
    LicenseRefused if the folder's license is in use already, or the key is none.
    """
    place = folder / "desk"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    clock, entropy = SystemClock(), SystemEntropy()
    vendor = _vendor(key or place / VENDOR_KEY, make=key is None)
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
            archivist=ImageWriter(outbox, vendor, profile, FINEBI_6_0_5, clock, base),
            policy=FINEBI_6_0_5,
            address="https://localhost:8443",
        )
        desk.sign(contract)
        return _moved(desk.receive(mail.request(contract, clock, None, None)), folder, vendor.identity)
    finally:
        store.close()


def _moved(reply: DeskReply, folder: Path, vendor: str) -> Built:
    if reply.archive is None:
        raise LicenseRefused(reply.message.get_content())
    path, public = folder / reply.archive.name, folder / VENDOR_FILE
    reply.archive.replace(path)
    public.write_text(vendor, "ascii")
    return Built(path, archive.file_digest(path), reply.license, public, fingerprint(vendor))


def _vendor(file: Path, *, make: bool) -> SigningKey:
    if make and not file.exists():
        write_private(file, SigningKey.new(SystemEntropy()).secret().hex().encode("ascii"))
    check_private(file)
    try:
        return SigningKey(bytes.fromhex(file.read_text("ascii")))
    except ValueError as problem:
        text = _("{file} holds no signing key, which is the file vendor.key in the folder of a business desk.")
        raise LicenseRefused(text.format(file=file)) from problem


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


def verify(
    path: Path, license_id: str | None, vendor: Path | None, cache: Path, say: Callable[[str], None]
) -> Verified:
    """Check everything in an archive that can be checked without running it.

    `vendor`: the file with the key that is trusted; without it nobody can say who signed. ArchiveRefused,
    ImageChanged, LicenseRefused, VerifyRefused, OSError: nothing of it should be loaded.
    """
    pinned = read_vendor(vendor) if vendor is not None else None
    found = read(path)
    say(_("every digest holds; every name and configuration is sound"))
    _check_names(found)
    layers = [customer_of(image, pinned) for image in found.images]
    if any(layer != layers[0] for layer in layers):
        text = _("The images carry different licenses: {licenses}. Ask the business desk for a new archive.")
        raise VerifyRefused(text.format(licenses=", ".join(sorted({layer.terms.license for layer in layers}))))
    check_known(found, layers[0])
    say(_("configuration, application and front end are what the business desk of this fanlic writes"))
    terms = layers[0].terms
    say(_("the license's signature holds: {license}").format(license=terms.license))
    if license_id not in (None, terms.license):
        text = _(
            "The archive carries {found}, the license of {company}, not {wanted}. Take the archive of that reply mail."
        )
        raise VerifyRefused(text.format(found=terms.license, company=terms.company, wanted=license_id))
    return Verified(terms, fingerprint(layers[0].vendor), pinned is not None, base_is(found, _cached(cache)))


def _check_names(found: Archive) -> None:
    """Raise VerifyRefused unless there is one image of ours for each architecture, under its name."""
    images = {name: image.settings for image in found.images for name in image.names}
    for architecture in ARCHITECTURES:
        name = image_name(architecture)
        if name not in images or images[name]["architecture"] != architecture:
            text = _(
                "{name} is missing: the archive has no image for {architecture}. Ask the business desk for a new one."
            )
            raise VerifyRefused(text.format(name=name, architecture=architecture))
        if OURS not in images[name]["config"]["Labels"]:
            text = _("{name} is no fanlic image. This command knows rehearsal archives only.")
            raise VerifyRefused(text.format(name=name))


def _cached(cache: Path) -> Base | None:
    try:
        return image_base.cached(cache)
    except BaseUnavailable:
        return None  # no copy of the project, so no base of this machine's
