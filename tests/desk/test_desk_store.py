"""The desk's file: what is written stays, as a whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fanlic.adapters import journal
from fanlic.adapters.clocks import LAB_START
from fanlic.adapters.desk_store import SqliteDeskStore
from fanlic.model.approval import Issued
from fanlic.model.registration import License
from fanlic.ports import JournalLine, LicenseRecord
from tests.desk.conftest import CONTRACT

LINE = JournalLine(LAB_START, "license issued", "lic-1")


def record(license_id: str, email: str = CONTRACT.email) -> LicenseRecord:
    terms = License(
        license_id, "ACME Ltd", "Sales", "FineBI", "6.0.5", "6.0.99", LAB_START, 2, networks=("10.0.0.0/8",)
    )
    return LicenseRecord(Issued(license_id, LAB_START, "identity", "https://a:1", LAB_START), terms, email, "doc", "ab")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteDeskStore]:
    made = SqliteDeskStore(tmp_path / "desk.db")
    yield made
    made.close()


def test_an_empty_file_knows_nobody(store: SqliteDeskStore) -> None:
    assert (None, None, (), False) == (
        store.contract("a@b"),
        store.record("lic-1"),
        store.records("a@b"),
        store.used("0"),
    )


@pytest.mark.parametrize("email", ["it@acme.example", "IT@Acme.Example"])
def test_a_contract_is_found_by_its_address_in_any_case(store: SqliteDeskStore, email: str) -> None:
    store.commit(contract=replace(CONTRACT, email="It@acme.example"), lines=())
    assert replace(CONTRACT, email="It@acme.example") == store.contract(email)


def test_a_contract_signed_again_replaces_the_one_before(store: SqliteDeskStore) -> None:
    store.commit(contract=CONTRACT, lines=())
    store.commit(contract=replace(CONTRACT, seats=9), lines=())
    assert replace(CONTRACT, seats=9) == store.contract(CONTRACT.email)


def test_licenses_come_in_the_order_they_were_issued_even_after_a_change(store: SqliteDeskStore) -> None:
    store.commit(records=(record("lic-2"),), lines=())
    store.commit(records=(record("lic-1"), record("lic-3", "x@other.example")), lines=())
    changed = replace(record("lic-2"), issued=Issued("lic-2", LAB_START, replaced_by="lic-1"))
    store.commit(records=(changed,), lines=())
    assert (changed, record("lic-1")) == store.records("IT@acme.example")
    assert changed == store.record("lic-2")


def test_what_was_written_is_there_after_the_file_was_opened_again(tmp_path: Path) -> None:
    first = SqliteDeskStore(tmp_path / "desk.db")
    first.commit(contract=CONTRACT, records=(record("lic-1"),), nonce="07", lines=(LINE,))
    first.close()
    again = SqliteDeskStore(tmp_path / "desk.db")
    assert (CONTRACT, record("lic-1"), True) == (
        again.contract(CONTRACT.email),
        again.record("lic-1"),
        again.used("07"),
    )
    assert [LINE] == list(journal.entries(again._connection))
    again.close()


def test_a_commit_that_cannot_be_written_whole_writes_nothing(store: SqliteDeskStore) -> None:
    store.commit(nonce="07", lines=(LINE,))
    with pytest.raises(sqlite3.IntegrityError):
        store.commit(contract=CONTRACT, records=(record("lic-1"),), nonce="07", lines=(LINE,))
    assert (None, None) == (store.contract(CONTRACT.email), store.record("lic-1"))
    assert 1 == journal.verify(store._connection)


def test_the_journals_chain_holds_from_the_first_line_to_the_last(store: SqliteDeskStore) -> None:
    for number in range(3):
        store.commit(nonce=str(number), lines=(LINE, replace(LINE, subject=str(number))))
    assert 6 == journal.verify(store._connection)


@pytest.mark.parametrize("text", ["' OR '1'='1", "%", "it@acme.example\0", '"; DROP TABLE contract; --'])
def test_a_text_from_outside_is_only_ever_compared(store: SqliteDeskStore, text: str) -> None:
    store.commit(contract=CONTRACT, records=(record("lic-1"),), nonce="07", lines=())
    assert (None, None, (), False) == (store.contract(text), store.record(text), store.records(text), store.used(text))
    assert CONTRACT == store.contract(CONTRACT.email)
