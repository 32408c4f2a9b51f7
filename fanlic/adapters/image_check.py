"""Compares an archive with what the business desk of this fanlic writes: every byte that runs, and every setting.

A sound archive with a true license can still run something else: another entry point, another environment, a changed
page, one more layer on top. So nothing is searched for what might be bad; everything is made anew and compared. Only
the base, Debian's Python and the server's packages, cannot be made anew: it is compared with the one in the cache.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fanlic.adapters import customer, tls
from fanlic.adapters.archive import Image, Layer, Packed, described, file_digest, layer_path
from fanlic.adapters.archive_reader import Archive, LoadedImage, read
from fanlic.adapters.customer import CustomerLayer, read_vendor
from fanlic.adapters.image import NO_BASE, OURS, application_layer, described_image, vendor_layer, versions_in
from fanlic.adapters.image_base import Base
from fanlic.adapters.layers import LoadedLayer
from fanlic.model.approval import fingerprint
from fanlic.model.container import ARCHITECTURES, image_name
from fanlic.model.registration import License
from fanlic.texts import _

ABOVE = 4  # layers above the base: application, vendor's key, certificate, customer

_TLS = {f"app/tls/{name}" for name in (tls.CERTIFICATE, tls.KEY)}


class ImageChanged(ValueError):
    """The archive is not what a business desk writes; the text says which part, and what to do."""

    def __init__(self, part: str) -> None:
        text = _(
            "{part} is not as the business desk writes it. Do not load this archive: what it runs is not known. Take "
            "the attachment of the reply mail; if it is that one, it was made by another version of fanlic."
        )
        super().__init__(text.format(part=part))


class VerifyRefused(ValueError):
    """The archive is sound, and not what was asked for; the text says why and what to do."""


@dataclass(frozen=True)
class Verified:
    """A sound archive: its license, the fingerprint of its vendor's key, and what of it is known to this machine.

    `base_known` is None where there is no base, as in an archive for the sandbox.
    """

    terms: License
    fingerprint: str
    signer_known: bool
    base_known: bool | None


def customer_of(image: LoadedImage, vendor: str | None) -> CustomerLayer:
    """The customer layer of an image, under this vendor's key or under the one that it claims; LicenseRefused."""
    with tempfile.TemporaryDirectory() as folder:
        image.extract(Path(folder))
        place = Path(folder) / customer.FOLDER
        try:
            return customer.read_customer(place, vendor or customer.claimed_vendor(place))
        except customer.LicenseRefused as problem:
            raise customer.LicenseRefused(f"{image.names[0]}: {problem}") from problem


def check_own(archive: Archive, vendor: str, base: Base) -> None:
    """Raise LicenseRefused or ImageChanged unless a desk of this machine, with this key, wrote all of it."""
    check_known(archive, customer_of(archive.images[0], vendor))
    if not base_is(archive, base):
        raise ImageChanged(_("the base"))


def check_known(archive: Archive, layer: CustomerLayer) -> None:
    """Raise ImageChanged unless all but the base is what the desk writes for this customer layer.

    The images are ours by name and label, one for each architecture.
    """
    for image in archive.images:
        _check_layers(image, layer)
    created = datetime.fromisoformat(archive.images[0].settings["created"])
    expected = described([_expected(image, layer) for image in archive.images], created)
    if expected != archive.described:  # threat: image-changed
        raise ImageChanged(_("the configuration of an image"))
    layers = {layer_path(each.digest) for image in archive.images for each in image.layers}
    if extra := archive.members - layers - expected.keys():
        raise ImageChanged(_("the file {name} in the archive").format(name=min(extra)))


def base_is(archive: Archive, base: Base | None) -> bool | None:
    """Whether the base is the one that this machine made; None where the archive has none, as for the sandbox."""
    below = {image.settings["architecture"]: _digests(image.layers[:-ABOVE]) for image in archive.images}
    if not any(below.values()):
        return None
    return base is not None and below == {name: _digests(layers) for name, layers in base.layers.items()}


def _check_layers(image: LoadedImage, layer: CustomerLayer) -> None:
    if len(image.layers) < ABOVE:
        raise ImageChanged(_("the number of layers"))
    *below, application, vendor, certificate, license_ = image.layers
    has_base = versions_in(image.settings["config"]["Labels"]).keys() != NO_BASE.keys()
    expected = {
        _("the application or its front end"): (application, application_layer(with_package=has_base)),
        _("the layer of the vendor's key"): (vendor, vendor_layer(layer.vendor)),
        _("the layer of the certificate"): (certificate, _again(certificate, _TLS, f"app/tls/{tls.KEY}")),
        _("the customer layer"): (license_, _again(license_, customer.NAMES, f"{customer.FOLDER}/{customer.SECRET}")),
    }
    for part, (loaded, made) in expected.items():
        if loaded.digest != made.digest:  # threat: image-changed
            raise ImageChanged(part)
    if bool(below) != has_base or any(each.files for each in below):
        raise ImageChanged(_("the base"))


def _again(loaded: LoadedLayer, names: set[str] | frozenset[str], secret: str) -> Layer:
    """The layer that the desk would write with these files: nothing but them, each with its mode."""
    return Layer.of({name: loaded.files.get(name, (0, b""))[1] for name in names}, secrets=[secret])


def _expected(image: LoadedImage, layer: CustomerLayer) -> Image:
    layers = [Packed(Path(), each.digest) for each in image.layers]  # only their digests are described
    versions = versions_in(image.settings["config"]["Labels"])
    return described_image(image.settings["architecture"], layers, layer.profile, layer.policy, versions)


def _digests(layers: Sequence[LoadedLayer] | Sequence[Packed]) -> list[str]:
    return [layer.digest for layer in layers]


def show(path: Path) -> list[tuple[str, str]]:
    """What is in an archive, as names and values; raises ArchiveRefused, OSError."""
    rows = [("file", str(path)), ("sha256", file_digest(path))]
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
    path: Path, license_id: str | None, vendor: Path | None, base: Base | None, say: Callable[[str], None]
) -> Verified:
    """Check everything in an archive that can be checked without running it.

    `vendor`: the file with the key that is trusted; without it nobody can say who signed. `base`: the known one.
    ArchiveRefused,
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
    return Verified(terms, fingerprint(layers[0].vendor), pinned is not None, base_is(found, base))


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
