"""Every byte of every document flipped: nothing changed is accepted, and nothing fails but with its own refusal."""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fanlic.adapters import archive_reader, customer
from fanlic.adapters.customer import LicenseRefused, read_customer
from fanlic.adapters.identity import FolderRefused, read_private_config
from fanlic.adapters.signing import DocumentRefused, SigningKey, read
from fanlic.adapters.store import SqliteStore, state_key
from fanlic.adapters.tarball import ArchiveRefused
from fanlic.desk import claims
from fanlic.model.approval import Issued
from fanlic.model.policy import FINEBI_6_0_5
from fanlic.model.registration import License
from fanlic.model.server import Server
from fanlic.ports import (
    LEASE,
    LICENSE,
    PRIVATE_CONFIG,
    RELEASE,
    Commit,
    JournalLine,
    LicenseRecord,
    StoreUnavailable,
)
from tests.engine_lines import ARCHIVE, write_archives

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEY = SigningKey(bytes(range(32)))
TERMS = License(
    "lic-0123456789abcdef", "ACME Ltd", "Sales", "FineBI", "6.0.5", "6.0.99", NINE + timedelta(days=30), 2, desk="https://d:1"
)  # fmt: skip
LEASED = {"node": "n1", "seat": "0f", "nonce": "n" * 22, "purpose": "poll", "starts": 1, "heard": ""}


def flipped(data: bytes, masks: tuple[int, ...] = (0x01, 0x20, 0xFF)) -> Iterator[bytes]:
    """The data with one byte changed: each byte, once in one bit, once in the case of a letter, once in all bits."""
    for place, byte in enumerate(data):
        for mask in masks:
            yield data[:place] + bytes([byte ^ mask]) + data[place + 1 :]


@pytest.mark.threat("byte-flipped")
@pytest.mark.parametrize("typ", [LICENSE, LEASE, RELEASE])
def test_no_changed_document_is_accepted(typ: str) -> None:
    document = KEY.document(typ, claims(TERMS) if typ == LICENSE else LEASED)
    assert read(typ, document, KEY.identity)
    for data in flipped(document.encode()):
        with pytest.raises(DocumentRefused):
            read(typ, data.decode("latin-1"), KEY.identity)


@pytest.mark.threat("byte-flipped")
def test_no_document_cut_short_or_made_longer_is_accepted() -> None:
    document = KEY.document(LEASE, LEASED)
    for length in range(len(document)):
        with pytest.raises(DocumentRefused):
            read(LEASE, document[:length], KEY.identity)
    for more in ("=", "\n", " ", ".", "A", "\0", "==", f".{document}"):
        for text in (document + more, more + document):
            with pytest.raises(DocumentRefused):
                read(LEASE, text, KEY.identity)


@pytest.mark.threat("byte-flipped")
def test_no_changed_private_config_is_accepted() -> None:
    stated = {"identity": KEY.identity, "license": TERMS.license, "first_start": NINE.isoformat()}
    data = KEY.document(PRIVATE_CONFIG, stated).encode()
    assert read_private_config(data)
    accepted(read_private_config, flipped(data), FolderRefused)


@pytest.mark.threat("byte-flipped")
def test_no_changed_customer_layer_is_accepted(tmp_path: Path) -> None:
    document = KEY.document(LICENSE, claims(TERMS))
    record = LicenseRecord(Issued(TERMS.license, TERMS.expires), TERMS, "a@b.c", document, "5" * 64)
    files = customer.files(record, KEY, "strict", FINEBI_6_0_5)
    for name, data in files.items():
        (tmp_path / Path(name).name).write_bytes(data)
        (tmp_path / Path(name).name).chmod(0o600)
    whole = read_customer(tmp_path, KEY.identity)
    for name, data in files.items():
        file = tmp_path / Path(name).name
        for other in flipped(data, (0x01,)):
            file.write_bytes(other)
            with pytest.raises(LicenseRefused):
                read_customer(tmp_path, KEY.identity)
        file.write_bytes(data)
    assert whole == read_customer(tmp_path, KEY.identity)


@pytest.mark.threat("byte-flipped")
def test_a_changed_byte_of_manifest_or_configuration_is_refused_or_changes_a_name_only(tmp_path: Path) -> None:
    """No digest covers the image names: `docker tag` may change them as well."""
    write_archives(tmp_path)
    file = tmp_path / ARCHIVE
    data, whole = file.read_bytes(), [(image.id, image.settings) for image in archive_reader.read(file).images]
    with tarfile.open(file) as tar:
        described = [member for member in tar if member.name.endswith(".json")]
    assert 3 == len(described)
    for member in described:
        start, end = member.offset_data, member.offset_data + member.size
        for other in flipped(data[start:end], (0x01,)):
            file.write_bytes(data[:start] + other + data[end:])
            try:
                images = archive_reader.read(file).images
            except ArchiveRefused:
                continue
            assert whole == [(image.id, image.settings) for image in images]


@pytest.mark.threat("byte-flipped")
def test_a_changed_byte_of_the_state_is_refused_or_changes_nothing_that_is_read(tmp_path: Path) -> None:
    """Free space, and what SQLite keeps for itself, may change; the state, its seats and its journal may not."""
    file, key = tmp_path / "server.db", state_key(KEY, TERMS.license)
    store = SqliteStore(file, key, first=True)
    store.commit(Commit(Server(NINE, NINE, NINE), (JournalLine(NINE, "first start", TERMS.license),)))
    state, facts = store.load(), store.facts(0)
    store.close()
    data = file.read_bytes()
    used = [place for place, byte in enumerate(data) if byte]
    for place in used:
        file.write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        try:
            store = SqliteStore(file, key, first=False)
        except StoreUnavailable:
            continue
        try:
            assert (state, facts) == (store.load(), store.facts(0)), place
        except StoreUnavailable:
            pass
        finally:
            store.close()


def accepted(read_it: Callable[[bytes], object], data: Iterator[bytes], refusal: type[Exception]) -> None:
    """Fails for whatever is not refused in this way."""
    for each in data:
        with pytest.raises(refusal):
            read_it(each)
