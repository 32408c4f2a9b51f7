"""The customer layer: the files under `/app/license` that make an image one customer's.

The signed license; the signed settings: the profile (`strict` or `lab`), the whole policy, the digest of the secret;
the secret for the six digits; and the public key of the vendor who signed. That key says who claims to have signed:
anybody can make a license, a key and a signature that fit each other. So the layer is read under a key from elsewhere,
the pinned one. Whoever holds the archive holds the secret; that is why the license is signed and the secret proves
little (see the ADRs).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from pathlib import Path

from fanlic.adapters.codec import dump, load
from fanlic.adapters.entropy import SystemEntropy
from fanlic.adapters.files import check_private, folder_reader, write_private
from fanlic.adapters.signing import DocumentRefused, SigningKey, check_identity, read
from fanlic.model.approval import fingerprint
from fanlic.model.policy import Policy
from fanlic.model.registration import License
from fanlic.ports import LICENSE, LicenseRecord
from fanlic.texts import _

FOLDER = "app/license"
LICENSE_FILE, SETTINGS_FILE, VENDOR_FILE = "license.jws", "settings.jws", "vendor.pub"
VENDOR_KEY = "vendor.key"  # in the folder of a business desk, beside `vendor.pub`
SECRET = "secret.hex"  # noqa: S105 - a file name
NAMES = frozenset(f"{FOLDER}/{name}" for name in (LICENSE_FILE, SETTINGS_FILE, VENDOR_FILE, SECRET))
SETTINGS = "settings+jws"  # the `typ` of the signed settings
PROFILES = ("strict", "lab")

_LARGEST = 2**16  # bytes of one file


class LicenseRefused(ValueError):
    """The customer layer cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class CustomerLayer:
    """What the customer layer says, every signature in it verified; `vendor` is the key that it was verified with."""

    terms: License
    document: str
    secret: bytes = field(repr=False)
    profile: str
    policy: Policy
    vendor: str

    @property
    def lab(self) -> bool:
        """Whether the profile is `lab`."""
        return self.profile == "lab"


def files(record: LicenseRecord, vendor: SigningKey, profile: str, policy: Policy) -> dict[str, bytes]:
    """The layer's files by path."""
    settings = {
        "license": record.terms.license,
        "profile": profile,
        "policy": dump(policy),
        "secret": _digest(bytes.fromhex(record.secret)),
    }
    texts = {
        LICENSE_FILE: record.document,
        SETTINGS_FILE: vendor.document(SETTINGS, settings),
        VENDOR_FILE: vendor.identity,
        SECRET: record.secret,
    }
    return {f"{FOLDER}/{name}": text.encode("ascii") for name, text in texts.items()}


def _digest(secret: bytes) -> str:
    return hashlib.sha256(secret).hexdigest()


def vendor_key(file: Path, *, make: bool) -> SigningKey:
    """The vendor's signing key in a file, made now if `make` and there is none; KeyExposed, LicenseRefused."""
    if make and not file.exists():
        write_private(file, SigningKey.new(SystemEntropy()).secret().hex().encode("ascii"))
    check_private(file)
    try:
        return SigningKey(bytes.fromhex(file.read_text("ascii")))
    except ValueError as problem:
        text = _("{file} holds no signing key, which is the file vendor.key in the folder of a business desk.")
        raise LicenseRefused(text.format(file=file)) from problem


def read_vendor(path: Path) -> str:
    """The vendor's public key in a file; LicenseRefused where there is none."""
    try:
        key = path.read_text("ascii").strip()
        check_identity(key)
    except (OSError, ValueError) as problem:
        text = _(
            "{file} holds no vendor's key ({problem}). It is the file vendor.pub of the business desk; ask the desk "
            "for it, and compare the fingerprint."
        )
        raise LicenseRefused(text.format(file=path, problem=problem)) from problem
    return key


def claimed_vendor(folder: Path) -> str:
    """The key that the layer in this folder names as its vendor's, to be believed by nobody; LicenseRefused."""
    return _texts(folder)[VENDOR_FILE]


def read_customer(folder: Path, vendor: str) -> CustomerLayer:
    """The customer layer in this folder, under the pinned key of the vendor; LicenseRefused where it does not hold."""
    texts = _texts(folder)
    if texts[VENDOR_FILE] != vendor:  # threat: license-forged
        text = _(
            "The license is not from the vendor whose key is pinned: it names the key {claimed}, and the pinned one is "
            "{pinned} (fingerprints). Load the archive that the business desk sent, unchanged."
        )
        claimed = fingerprint(texts[VENDOR_FILE]) if texts[VENDOR_FILE].isprintable() else "-"
        raise LicenseRefused(text.format(claimed=claimed, pinned=fingerprint(vendor)))
    try:
        return _verified(texts, vendor)
    except (DocumentRefused, ValueError, KeyError, TypeError) as problem:
        text = _(
            "The license in the image does not verify: {problem}. It was changed after it was signed; load the "
            "archive that the business desk sent, unchanged."
        )
        raise LicenseRefused(text.format(problem=problem)) from problem


def _texts(folder: Path) -> dict[str, str]:
    problems: list[str] = []
    read = folder_reader(folder, _LARGEST, problems.append)
    texts = {}
    for name in (LICENSE_FILE, SETTINGS_FILE, VENDOR_FILE, SECRET):
        data = read(name)
        if data is None or not data.isascii():
            why = problems[-1] if problems else f"{folder / name}: " + _("is missing or damaged")
            text = _(
                "The image has no usable license ({problem}). Load the archive that the business desk sent, unchanged."
            )
            raise LicenseRefused(text.format(problem=why))
        texts[name] = data.decode("ascii").strip()
    return texts


def _verified(texts: dict[str, str], vendor: str) -> CustomerLayer:
    terms = load(License, read(LICENSE, texts[LICENSE_FILE], vendor))  # threat: license-changed
    settings = read(SETTINGS, texts[SETTINGS_FILE], vendor)  # threat: settings-changed
    secret = bytes.fromhex(texts[SECRET])
    if settings["license"] != terms.license:
        raise ValueError(f"the settings belong to {settings['license']}")
    if not hmac.compare_digest(str(settings["secret"]), _digest(secret)):
        raise ValueError("the secret is not the one that was signed for")
    if settings["profile"] not in PROFILES:
        raise ValueError(f"unknown profile {settings['profile']!r}")
    policy = load(Policy, settings["policy"])
    return CustomerLayer(terms, texts[LICENSE_FILE], secret, settings["profile"], policy, vendor)
