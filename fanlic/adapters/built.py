"""The archive that `fanlic image build` made, and what a second build in the same folder may not change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fanlic.adapters import archive
from fanlic.adapters.customer import VENDOR_FILE, LicenseRefused
from fanlic.adapters.desk_store import SqliteDeskStore
from fanlic.model.approval import fingerprint
from fanlic.model.authfile import Contract
from fanlic.texts import _


@dataclass(frozen=True)
class Built:
    """What was written; `fingerprint` is that of the vendor's key, which stands in the file `vendor`."""

    path: Path
    digest: str
    license: str
    vendor: Path
    fingerprint: str


def check_address(store: SqliteDeskStore, contract: Contract, address: str) -> None:
    """Raise LicenseRefused if the license of this contract was issued with another address of the desk."""
    issued = [record.terms for record in store.records(contract.email)]
    if address and issued and issued[-1].desk != address:
        text = _(
            "The license {license} was issued with the desk's address {old}, which is signed and stays. For {new} take "
            "a new folder: --out DIR. Nothing was changed."
        )
        raise LicenseRefused(text.format(license=issued[-1].license, old=issued[-1].desk, new=address))


def take_out(written: Path, folder: Path, license_: str, vendor: str) -> Built:
    """Move the archive from the desk's outbox into `folder`, and put the vendor's public key beside it."""
    path, public = folder / written.name, folder / VENDOR_FILE
    written.replace(path)
    public.write_text(vendor, "ascii")
    return Built(path, archive.file_digest(path), license_, public, fingerprint(vendor))
