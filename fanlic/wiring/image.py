"""Building, showing and verifying the image archive: a business desk in a folder, and the base from the cache."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fanlic.adapters import archive, handshake, image_base, image_check, mail
from fanlic.adapters.clocks import SystemClock
from fanlic.adapters.customer import VENDOR_FILE, LicenseRefused, vendor_key
from fanlic.adapters.desk_store import FILE, SqliteDeskStore
from fanlic.adapters.entropy import SystemEntropy
from fanlic.adapters.image import ImageWriter
from fanlic.adapters.image_base import Base, BaseUnavailable
from fanlic.adapters.image_check import ImageChanged, Verified, VerifyRefused, show
from fanlic.adapters.tarball import ArchiveRefused
from fanlic.desk import Desk, DeskReply
from fanlic.model.approval import fingerprint
from fanlic.model.authfile import Contract
from fanlic.model.policy import FINEBI_6_0_5

__all__ = ["ArchiveRefused", "BaseUnavailable", "ImageChanged", "LicenseRefused", "Verified", "VerifyRefused", "show"]

default_cache = image_base.default_cache
prepare = image_base.prepare
VENDOR_KEY = "vendor.key"


@dataclass(frozen=True)
class Built:
    """What was written; `fingerprint` is that of the vendor's key, which stands in the file `vendor`."""

    path: Path
    digest: str
    license: str
    vendor: Path
    fingerprint: str


def build(folder: Path, contract: Contract, base: Base | None, *, lab: bool, key: Path | None = None) -> Built:
    """The archive of this contract's license, in `folder`; the desk behind it is kept in `folder`/desk.

    The desk keeps its key, the license and the certificate, so that the same folder gives the same archive again.
    `key`: the file with the vendor's signing key, if another folder's is to be used. Raises OSError, KeyExposed;
    LicenseRefused if the folder's license is in use already, or the key is none.
    """
    place = folder / "desk"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    clock, entropy = SystemClock(), SystemEntropy()
    vendor = vendor_key(key or place / VENDOR_KEY, make=key is None)
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


def verify(
    path: Path, license_id: str | None, vendor: Path | None, cache: Path, say: Callable[[str], None]
) -> Verified:
    """As `image_check.verify`, against the base in the cache."""
    return image_check.verify(path, license_id, vendor, _cached(cache), say)


def _cached(cache: Path) -> Base | None:
    try:
        return image_base.cached(cache)
    except BaseUnavailable:
        return None  # no copy of the project, so no base of this machine's
