"""The customer's archive: what is in it, and that a changed license in it never starts a server."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fanlic.adapters.archive_reader import Archive, read
from fanlic.adapters.clocks import SystemClock
from fanlic.adapters.customer import LicenseRefused, files, read_customer
from fanlic.adapters.entropy import SeededEntropy
from fanlic.adapters.image import ImageWriter
from fanlic.adapters.signing import SigningKey
from fanlic.desk import claims
from fanlic.model.approval import Issued
from fanlic.model.policy import FINEBI_6_0_5
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
    path, _digest = ImageWriter(tmp_path, VENDOR.identity, "lab", FINEBI_6_0_5, SystemClock()).write(record(), NOW)
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


def test_the_customer_layer_is_the_last_and_smallest_one(written: Archive) -> None:
    for image in written.images:
        *below, customer = image.layers
        assert all(name.startswith("app/license/") for name in customer.files)
        assert not any(name.startswith("app/license/") for layer in below for name in layer.files)


def test_secrets_in_the_archive_are_readable_by_their_owner_only(written: Archive) -> None:
    modes = {name: mode for layer in written.images[0].layers for name, (mode, _data) in layer.files.items()}
    assert [0o600, 0o600] == [modes["app/license/secret.hex"], modes["app/tls/server.key"]]


def test_the_same_license_is_sent_as_the_same_archive(tmp_path: Path) -> None:
    writer = ImageWriter(tmp_path, VENDOR.identity, "lab", FINEBI_6_0_5, SystemClock())
    assert writer.write(record(), NOW) == writer.write(record(), NOW + timedelta(days=1))


def test_the_customer_layer_reads_back(tmp_path: Path) -> None:
    made = record()
    customer = read_customer(unpacked(tmp_path, files(made, VENDOR.identity, "lab", FINEBI_6_0_5)))
    assert (made.terms, True, FINEBI_6_0_5) == (customer.terms, customer.lab, customer.policy)


@pytest.mark.threat("license-changed")
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("license.jws", record(FORGER).document),
        ("license.jws", record(license_id="lic-2").document.swapcase()),
        ("license.jws", ""),
        ("license.jws", "\N{SNOWMAN}"),
        ("vendor.pub", FORGER.identity),
        ("vendor.pub", "AAAA"),
        ("secret.hex", "no hex"),
        ("profile", "production"),
        ("edition", "finebi-7"),
    ],
)
def test_a_changed_customer_layer_is_refused_with_a_remedy(tmp_path: Path, name: str, text: str) -> None:
    folder = unpacked(tmp_path, files(record(), VENDOR.identity, "lab", FINEBI_6_0_5))
    (folder / name).write_text(text, "utf-8")
    with pytest.raises(LicenseRefused, match="oad the archive that the business desk sent"):
        read_customer(folder)
