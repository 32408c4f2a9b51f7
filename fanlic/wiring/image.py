"""Building, showing and verifying the image archive: a business desk in a folder, and the base from the cache."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fanlic.adapters import archive, handshake, image_base, image_check, mail
from fanlic.adapters.clocks import SystemClock
from fanlic.adapters.customer import VENDOR_FILE, LicenseRefused, vendor_key
from fanlic.adapters.desk_place import held_folder
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
from fanlic.ports import StartRefused
from fanlic.texts import _

__all__ = [
    "ArchiveRefused",
    "BaseUnavailable",
    "ImageChanged",
    "LicenseRefused",
    "StartRefused",
    "Verified",
    "VerifyRefused",
    "show",
]

default_cache = image_base.default_cache
prepare = image_base.prepare
VENDOR_KEY = "vendor.key"
DESK = "https://localhost:8443"  # a phone on this machine only


@dataclass(frozen=True)
class Built:
    """What was written; `fingerprint` is that of the vendor's key, which stands in the file `vendor`."""

    path: Path
    digest: str
    license: str
    vendor: Path
    fingerprint: str


def build(
    folder: Path, contract: Contract, base: Base | None, *, lab: bool, key: Path | None = None, address: str = ""
) -> Built:
    """The archive of this contract's license, in `folder`; the desk behind it is kept in `folder`/desk.

    `address`: where phones reach that desk; it is in the license, so a license that was issued keeps its own.

    The desk keeps its key, the license and the certificate, so that the same folder gives the same archive again.
    `key`: the file with the vendor's signing key, if another folder's is to be used. Raises OSError, KeyExposed;
    LicenseRefused if the folder's license is in use already, has another address, or the key is none; StartRefused
    if a desk serves the folder.
    """
    with held_folder(folder / "desk"):
        return _built(folder, contract, base, key, address, "lab" if lab else "strict")


def _built(folder: Path, contract: Contract, base: Base | None, key: Path | None, address: str, profile: str) -> Built:
    place = folder / "desk"
    clock, entropy = SystemClock(), SystemEntropy()
    vendor = vendor_key(key or place / VENDOR_KEY, make=key is None)
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
            address=address or DESK,
        )
        _same_address(store, contract, address)
        desk.sign(contract)
        return _moved(desk.receive(mail.request(contract, clock, None, None)), folder, vendor.identity)
    finally:
        store.close()


def _same_address(store: SqliteDeskStore, contract: Contract, address: str) -> None:
    issued = [record.terms for record in store.records(contract.email)]
    if address and issued and issued[-1].desk != address:
        text = _(
            "The license {license} was issued with the desk's address {old}, which is signed and stays. For {new} take "
            "a new folder: --out DIR. Nothing was changed."
        )
        raise LicenseRefused(text.format(license=issued[-1].license, old=issued[-1].desk, new=address))


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
