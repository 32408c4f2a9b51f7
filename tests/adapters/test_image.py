"""The customer's archive: what is in it, and that a changed license in it never starts a server."""

import stat
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fanlic.adapters import image_base, tls
from fanlic.adapters.archive_reader import Archive, read
from fanlic.adapters.clocks import SystemClock
from fanlic.adapters.customer import SETTINGS, LicenseRefused, files, read_customer, read_vendor
from fanlic.adapters.entropy import SeededEntropy
from fanlic.adapters.image import ImageWriter
from fanlic.adapters.signing import SigningKey, unverified
from fanlic.desk import claims
from fanlic.model.approval import Issued, fingerprint
from fanlic.model.policy import FINEBI_6_0_5, LockOn
from fanlic.model.registration import License
from fanlic.ports import LICENSE, LicenseRecord
from fanlic.texts.about import NOT_FANRUAN

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
VENDOR, FORGER = (SigningKey.new(SeededEntropy(name)) for name in ("vendor", "forger"))


def record(signer: SigningKey = VENDOR, license_id: str = "lic-0000000000000001") -> LicenseRecord:
    terms = License(license_id, "ACME", "Sales", "FineBI", "6.0.5", "6.0.99", NOW + timedelta(days=9), 2)
    document = signer.document(LICENSE, claims(terms))
    return LicenseRecord(Issued(license_id, terms.expires), terms, "a@b.c", document, "5" * 64)


def unpacked(folder: Path, found: dict[str, bytes]) -> Path:
    for name, data in found.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder / "app" / "license"


@pytest.fixture
def written(tmp_path: Path) -> Archive:
    path, _digest = ImageWriter(tmp_path, VENDOR, "lab", FINEBI_6_0_5, SystemClock()).write(record(), NOW)
    return read(path)


@pytest.mark.clause("architectures")
def test_the_archive_holds_an_amd64_and_an_arm64_image_under_the_documented_names(written: Archive) -> None:
    names = [(image.names, image.settings["architecture"]) for image in written.images]
    expected = [(f"fanruan_license_server_{name}:1.0.0", name) for name in ("amd64", "arm64")]
    assert [((name,), architecture) for name, architecture in expected] == names


def test_every_image_says_what_it_is_not_and_that_its_base_is_missing(written: Archive) -> None:
    for image in written.images:
        labels = image.settings["config"]["Labels"]
        assert NOT_FANRUAN == labels["org.opencontainers.image.description"]
        assert labels["fanlic.base"].startswith("missing")


@pytest.mark.clause("built-in-certificate")
def test_the_certificate_in_the_image_names_localhost_and_127_0_0_1_and_nothing_else(
    written: Archive, tmp_path: Path
) -> None:
    for image in written.images:
        [data] = [layer.files["app/tls/server.crt"][1] for layer in image.layers if "app/tls/server.crt" in layer.files]
        path = tmp_path / "server.crt"
        path.write_bytes(data)
        assert ["127.0.0.1", "localhost"] == sorted(tls.names(path))


def test_the_customer_layer_is_the_last_and_smallest_one(written: Archive) -> None:
    for image in written.images:
        *below, customer = image.layers
        assert all(name.startswith("app/license/") for name in customer.files)
        assert not any(name.startswith("app/license/") for layer in below for name in layer.files)


def test_secrets_in_the_archive_are_readable_by_their_owner_only(written: Archive) -> None:
    modes = {name: mode for layer in written.images[0].layers for name, (mode, _data) in layer.files.items()}
    assert [0o600, 0o600] == [modes["app/license/secret.hex"], modes["app/tls/server.key"]]


def test_the_same_license_is_sent_as_the_same_archive(tmp_path: Path) -> None:
    writer = ImageWriter(tmp_path, VENDOR, "lab", FINEBI_6_0_5, SystemClock())
    assert writer.write(record(), NOW) == writer.write(record(), NOW + timedelta(days=1))


def test_the_customer_layer_reads_back(tmp_path: Path) -> None:
    made = record()
    policy = replace(FINEBI_6_0_5, lock_on=LockOn.REACHING, qr_life=timedelta(seconds=1.5), lapse_ends_seats=False)
    layer = read_customer(unpacked(tmp_path, files(made, VENDOR, "lab", policy)), VENDOR.identity)
    assert (made.terms, True, policy) == (layer.terms, layer.lab, layer.policy)


def settings(signer: SigningKey = VENDOR, **changes: object) -> str:
    """The signed settings of the license's layer, changed."""
    right = files(record(), VENDOR, "lab", FINEBI_6_0_5)["app/license/settings.jws"].decode()
    return signer.document(SETTINGS, unverified(SETTINGS, right) | changes)


@pytest.mark.threat("license-changed", "settings-changed")
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("license.jws", record(FORGER).document),
        ("license.jws", record(license_id="lic-2").document.swapcase()),
        ("license.jws", record(license_id="lic-0000000000000002").document),
        ("license.jws", ""),
        ("license.jws", "\N{SNOWMAN}"),
        ("license.jws", "x" * 70_000),
        ("vendor.pub", FORGER.identity),
        ("vendor.pub", "AAAA"),
        ("vendor.pub", "\x1b[2J"),
        ("secret.hex", "no hex"),
        ("secret.hex", "6" * 64),
        ("settings.jws", ""),
        ("settings.jws", record().document),
        ("settings.jws", settings(FORGER)),
        ("settings.jws", settings(license="lic-0000000000000002")),
        ("settings.jws", settings(profile="production")),
        ("settings.jws", settings(policy={"edition": "finebi-6.0.5"})),
        ("settings.jws", settings(policy=[])),
        ("settings.jws", settings(secret=None)),
    ],
)
def test_a_changed_customer_layer_is_refused_with_a_remedy(tmp_path: Path, name: str, text: str) -> None:
    folder = unpacked(tmp_path, files(record(), VENDOR, "lab", FINEBI_6_0_5))
    (folder / name).write_text(text, "utf-8")
    with pytest.raises(LicenseRefused, match="oad the archive that the business desk sent") as caught:
        read_customer(folder, VENDOR.identity)
    assert str(caught.value).isprintable()


@pytest.mark.threat("license-forged")
def test_self_made_license_is_refused_even_with_a_key_and_settings_that_fit(tmp_path: Path) -> None:
    """Everything in the layer holds under the key in the layer: only the pinned key tells."""
    folder = unpacked(tmp_path, files(record(FORGER), FORGER, "strict", FINEBI_6_0_5))
    assert "ACME" == read_customer(folder, FORGER.identity).terms.company
    with pytest.raises(LicenseRefused, match="not from the vendor whose key is pinned") as caught:
        read_customer(folder, VENDOR.identity)
    assert fingerprint(FORGER.identity) in str(caught.value)
    assert fingerprint(VENDOR.identity) in str(caught.value)


@pytest.mark.threat("license-forged")
def test_the_pinned_key_lies_below_the_customer_layer_and_outside_of_app(written: Archive) -> None:
    for image in written.images:
        places = [number for number, layer in enumerate(image.layers) if "opt/fanlic/vendor/vendor.pub" in layer.files]
        assert [len(image.layers) - 3] == places
        assert VENDOR.identity.encode() == image.layers[places[0]].files["opt/fanlic/vendor/vendor.pub"][1]


@pytest.mark.parametrize("text", ["", "AAAA", "no key", "\N{SNOWMAN}", VENDOR.secret().hex()])
def test_file_without_a_vendors_key_is_named_with_the_remedy(tmp_path: Path, text: str) -> None:
    (tmp_path / "vendor.pub").write_text(text, "utf-8")
    with pytest.raises(LicenseRefused, match=r"vendor\.pub holds no vendor's key .* ask the desk"):
        read_vendor(tmp_path / "vendor.pub")


def test_archive_and_kept_keys_are_for_their_owner_only(tmp_path: Path) -> None:
    path, _digest = ImageWriter(tmp_path, VENDOR, "lab", FINEBI_6_0_5, SystemClock()).write(record(), NOW)
    if sys.platform != "win32":
        for file in (path, path.with_name("server.key")):
            assert 0o600 == stat.S_IMODE(file.stat().st_mode)


def test_each_package_of_the_image_is_pinned_once_whatever_other_systems_need() -> None:
    assert sorted(image_base.WHEELS) == sorted(line.partition("==")[0] for line in image_base.pinned())
