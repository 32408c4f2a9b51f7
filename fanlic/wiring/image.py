"""Building, showing and verifying the image archive: a business desk in a folder, and the base from the cache."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from fanlic.adapters import image_base, image_check, mail
from fanlic.adapters.built import Built, check_address, take_out
from fanlic.adapters.clocks import SystemClock
from fanlic.adapters.customer import VENDOR_KEY, LicenseRefused, vendor_key
from fanlic.adapters.desk_place import held_folder
from fanlic.adapters.desk_store import FILE, SqliteDeskStore
from fanlic.adapters.entropy import SystemEntropy
from fanlic.adapters.image import ImageWriter
from fanlic.adapters.image_base import prepare
from fanlic.adapters.image_check import show
from fanlic.adapters.tarball import ArchiveRefused
from fanlic.model.authfile import Contract
from fanlic.model.policy import FINEBI_6_0_5
from fanlic.wiring.desk import business_desk

__all__ = ["REFUSALS", "ArchiveRefused", "LicenseRefused", "build", "prepare", "show", "verify"]

REFUSALS = (image_base.BaseUnavailable, image_check.ImageChanged, LicenseRefused, image_check.VerifyRefused)
DESK = "https://localhost:8443"  # a phone on this machine only


def build(
    folder: Path,
    contract: Contract,
    base: image_base.Base | None,
    *,
    lab: bool,
    key: Path | None = None,
    address: str = "",
) -> Built:
    """The archive of this contract's license, in `folder`; the desk behind it is kept in `folder`/desk.

    `address`: where phones reach that desk; it is in the license, so a license that was issued keeps its own.

    The desk keeps its key, the license and the certificate, so that the same folder gives the same archive again.
    `key`: the file with the vendor's signing key, if another folder's is to be used. Raises OSError, KeyExposed;
    LicenseRefused if the folder's license is in use already, has another address, or the key is none; StartRefused
    if a desk serves the folder.
    """
    place, profile, clock = folder / "desk", "lab" if lab else "strict", SystemClock()
    with held_folder(place), closing(SqliteDeskStore(place / FILE)) as store:
        vendor = vendor_key(key or place / VENDOR_KEY, make=key is None)
        outbox = place / f"outbox-{profile}"
        for old in outbox.glob("*/*.tar"):
            old.unlink()  # it may have been built from another application or base
        writer = ImageWriter(outbox, vendor, profile, FINEBI_6_0_5, clock, base)
        desk = business_desk(store, writer, address or DESK, clock, SystemEntropy(), FINEBI_6_0_5)
        check_address(store, contract, address)
        desk.sign(contract)
        reply = desk.receive(mail.request(contract, clock, None, None))
        if reply.archive is None:
            raise LicenseRefused(reply.message.get_content())
        return take_out(reply.archive, folder, reply.license, vendor.identity)


def verify(
    path: Path, license_id: str | None, vendor: Path | None, cache: Path | None, say: Callable[[str], None]
) -> image_check.Verified:
    """As `image_check.verify`, against the base in the cache."""
    return image_check.verify(path, license_id, vendor, image_base.known(cache), say)
