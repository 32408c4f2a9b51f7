"""The customer layer: the files under `/app/license` that make an image one customer's.

The signed license, the vendor's public key, the secret for the six digits, the profile (`strict` or `lab`) and the
edition of the rules. Whoever holds the archive holds the secret; that is why the license is signed and the secret
proves little (see the ADRs).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fanlic.adapters.codec import load
from fanlic.adapters.signing import DocumentRefused, read
from fanlic.model.policy import EDITIONS, Policy
from fanlic.model.registration import License
from fanlic.ports import LICENSE, LicenseRecord
from fanlic.texts import _

FOLDER = "app/license"
SECRET = "secret.hex"  # noqa: S105 - a file name
_NAMES = ("license.jws", "vendor.pub", SECRET, "profile", "edition")


class LicenseRefused(ValueError):
    """The customer layer cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class Customer:
    """What the customer layer says, its license verified."""

    terms: License
    document: str
    secret: bytes
    lab: bool
    policy: Policy


def files(record: LicenseRecord, vendor: str, profile: str, policy: Policy) -> dict[str, bytes]:
    """The layer's files by path."""
    texts = (record.document, vendor, record.secret, profile, policy.edition)
    return {f"{FOLDER}/{name}": text.encode("ascii") for name, text in zip(_NAMES, texts, strict=True)}


def read_customer(folder: Path) -> Customer:
    """The customer layer in this folder; raises LicenseRefused."""
    try:
        document, vendor, secret, profile, edition = ((folder / name).read_text("ascii").strip() for name in _NAMES)
    except (OSError, UnicodeError) as problem:
        raise LicenseRefused(
            _(
                "The image has no usable license ({problem}). Load the archive that the business desk sent, unchanged."
            ).format(problem=problem)
        ) from problem
    try:
        terms = load(License, read(LICENSE, document, vendor))  # threat: license-changed
        if profile not in ("strict", "lab"):
            raise ValueError(f"unknown profile {profile!r}")
        return Customer(terms, document, bytes.fromhex(secret), profile == "lab", EDITIONS[edition])
    except (DocumentRefused, ValueError, KeyError) as problem:
        raise LicenseRefused(
            _(
                "The license in the image does not verify: {problem}. It was changed after it was signed; load the "
                "archive that the business desk sent, unchanged."
            ).format(problem=problem)
        ) from problem
