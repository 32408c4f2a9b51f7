"""The state cannot lie: what was done to the file past the store is found, and named."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fanlic.adapters.signing import SigningKey
from fanlic.adapters.store import OtherLayout, SqliteStore, StateMissing, StoreDamaged, state_key, verify_state
from fanlic.model.outage import Authorization, Standing
from fanlic.model.registration import Seat
from fanlic.model.server import Server
from fanlic.ports import Commit, JournalLine
from tests.state_file import edit

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEY = state_key(SigningKey(bytes(range(32))), "lic-1")
STATE = replace(Server(NINE, NINE, NINE, epoch=1), authorization=Authorization(Standing.IN_FORCE, NINE))


def seat(node: str) -> Seat:
    return Seat(node, "0f", "ab" * 32, 1, NINE, NINE, NINE + timedelta(days=1))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with two seats and a journal of seven lines, written in four turns."""
    file = tmp_path / "server.db"
    with closing(SqliteStore(file, KEY, first=True)) as store:
        store.commit(Commit(STATE, (JournalLine(NINE, "first start"),)))
        for node in ("n1", "n2"):
            store.commit(Commit(STATE, (JournalLine(NINE, "registered", node),), put=seat(node)))
        store.commit(Commit(STATE, (JournalLine(NINE, "poll refused", "n9"),) * 4))
    return file


def start(file: Path) -> None:
    """What a start does with the file."""
    SqliteStore(file, KEY, first=False).close()


def found(file: Path, act: Callable[[Path], object]) -> str:
    """What a start, and the command that verifies, say after the act; both leave the file as it is."""
    start(file)
    assert 7 == verify_state(file, KEY)
    act(file)
    before = file.read_bytes() if file.exists() else b""
    with pytest.raises(StoreDamaged) as at_start:
        start(file)
    with pytest.raises(StoreDamaged) as verified:
        verify_state(file, KEY)
    assert str(at_start.value) == str(verified.value)
    assert before == (file.read_bytes() if file.exists() else b"")
    return str(at_start.value)


@pytest.mark.threat("state-deleted")
def test_a_deleted_state_is_missing_and_no_new_one_is_made(file: Path) -> None:
    assert "server.db is missing" == found(file, Path.unlink)


@pytest.mark.threat("state-emptied")
@pytest.mark.parametrize("how", ["no bytes", "no row and no line"])
def test_an_emptied_state_is_no_first_start(file: Path, how: str) -> None:
    def empty(file: Path) -> None:
        if how == "no bytes":
            file.write_bytes(b"")
        for table in ("server", "seat", "journal") if file.read_bytes() else ():
            edit(file, f"DELETE FROM {table}")

    assert found(file, empty) in ("server.db is empty", "server.db holds no state")
    with pytest.raises(StateMissing):
        start(file)


@pytest.mark.threat("state-edited")
@pytest.mark.parametrize(
    "change",
    [
        "seats_taken = 0",
        "epoch = 2",
        "lines = 6",
        "body = replace(body, 'activated', 'lapsed')",
        "body = replace(body, '09:00', '10:00')",
        "seal = ''",
        "seal = x'00'",
        "body = x'00'",
    ],
)
def test_an_edited_row_of_the_state_is_found(file: Path, change: str) -> None:
    assert found(file, lambda file: edit(file, f"UPDATE server SET {change}")) in (
        "the state's row was changed, or another server wrote it",
        "a value is no text",
    )


@pytest.mark.threat("state-edited")
def test_a_deleted_row_of_the_state_is_found(file: Path) -> None:
    assert "the state's row is gone" == found(file, lambda file: edit(file, "DELETE FROM server"))


@pytest.mark.threat("state-edited")
def test_another_server_s_state_is_found(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with closing(SqliteStore(other, state_key(SigningKey(bytes(32)), "lic-1"), first=True)) as store:
        store.commit(Commit(STATE, (JournalLine(NINE, "first start"),)))
    said = found(file, lambda file: shutil.copy(other, file))
    assert "the state's row was changed, or another server wrote it" == said


def test_one_identity_has_another_key_for_another_license() -> None:
    key = SigningKey(bytes(32))
    assert 3 == len({state_key(key, "lic-1"), state_key(key, "lic-2"), key.secret()})


@pytest.mark.threat("journal-cut")
@pytest.mark.parametrize(("where", "last"), [("n > 4", 4), ("n > 0", 0), ("n = 7", 6)])
def test_lines_that_are_gone_from_the_journal_s_end_are_found(file: Path, where: str, last: int) -> None:
    said = found(file, lambda file: edit(file, f"DELETE FROM journal WHERE {where}"))
    assert f"the journal ends with line {last}; the state knows of 7" == said


@pytest.mark.threat("journal-cut")
def test_a_line_that_was_added_to_the_journal_is_found(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        fields = connection.execute("SELECT * FROM journal WHERE n = 7").fetchone()
    said = found(file, lambda file: edit(file, f"INSERT INTO journal VALUES {(8, *fields[1:])}"))
    assert "line 8 of the journal was changed, removed or moved" == said


@pytest.mark.threat("journal-cut")
def test_a_line_that_is_no_text_is_found(file: Path) -> None:
    said = found(file, lambda file: edit(file, "UPDATE journal SET subject = x'00' WHERE n = 3"))
    assert "line 3 of the journal is no text" == said


@pytest.mark.threat("seat-edited")
@pytest.mark.parametrize("act", ["DELETE FROM seat WHERE node = 'n2'", "UPDATE seat SET epoch = 0 WHERE node = 'n1'"])
def test_a_seat_that_is_gone_is_found(file: Path, act: str) -> None:
    assert "there are 1 seats; the state knows of 2" == found(file, lambda file: edit(file, act))


@pytest.mark.threat("seat-edited")
def test_a_seat_that_was_added_is_found(file: Path) -> None:
    act = "INSERT INTO seat SELECT 'n3', seat, key_hash, epoch, since, heard_at, ends_at, seal FROM seat LIMIT 1"
    assert "there are 3 seats; the state knows of 2" == found(file, lambda file: edit(file, act))


@pytest.mark.threat("seat-edited")
@pytest.mark.parametrize(
    "change", ["key_hash = 'other'", "seat = 'aa'", "ends_at = '2999'", "seal = ''", "seat = x'00'"]
)
def test_an_edited_seat_is_found_when_it_is_asked_for_and_when_all_is_verified(file: Path, change: str) -> None:
    edit(file, f"UPDATE seat SET {change} WHERE node = 'n2'")
    with closing(SqliteStore(file, KEY, first=False)) as store:
        assert seat("n1") == store.seat("n1", 1)
        with pytest.raises(StoreDamaged, match=r"the seat of node 'n2' was changed|a value is no text"):
            store.seat("n2", 1)
    with pytest.raises(StoreDamaged, match=r"the seat of node 'n2' was changed|a value is no text"):
        verify_state(file, KEY)


@pytest.mark.threat("state-edited")
def test_seats_that_are_zeroed_beside_a_running_server_count_all_the_same(file: Path) -> None:
    with closing(SqliteStore(file, KEY, first=False)) as store:
        edit(file, "UPDATE server SET seats_taken = 0")
        assert 2 == store.facts(1).seats_taken
        store.commit(Commit(STATE))
    assert 7 == verify_state(file, KEY)


@pytest.mark.threat("state-edited")
def test_another_state_beside_a_running_server_is_not_written_over(file: Path, tmp_path: Path) -> None:
    """Not by what this server remembers; the next start says what is wrong."""
    with closing(SqliteStore(file, KEY, first=False)) as store:
        edit(file, "UPDATE server SET seal = 'of somebody else'")
        for _count in range(2):
            with pytest.raises(StoreDamaged, match="another program has written the state"):
                store.commit(Commit(STATE, put=seat("n3")))
        assert store.seat("n3", 1) is None
    with pytest.raises(StoreDamaged, match="the state's row was changed"):
        start(file)


@pytest.mark.threat("state-restored")
def test_a_state_as_it_once_was_is_not_found_by_the_server(file: Path, tmp_path: Path) -> None:
    """Its seals are good ones: this is what the leases are for."""
    shutil.copy(file, tmp_path / "copy")
    with closing(SqliteStore(file, KEY, first=False)) as store:
        store.commit(Commit(STATE, (JournalLine(NINE, "unbound", "n1"),), drop=("n1",)))
    shutil.copy(tmp_path / "copy", file)
    assert 7 == verify_state(file, KEY)
    start(file)


def test_a_file_of_another_layout_is_named_and_left_as_it_is(file: Path) -> None:
    edit(file, "PRAGMA user_version = 0")
    before = file.read_bytes()
    with pytest.raises(OtherLayout, match=r"server\.db has the layout 0, this version reads 2"):
        start(file)
    assert before == file.read_bytes()


def damaged_page(file: Path, table: str) -> None:
    """Overwrite the first page of one table, as a bad disk does."""
    with closing(sqlite3.connect(file)) as connection:
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        root = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
    data = bytearray(file.read_bytes())
    data[(root - 1) * size : root * size] = b"\xff" * size
    file.write_bytes(data)


@pytest.mark.parametrize("table", ["server", "seat", "seat_ends", "journal"])
def test_a_damaged_page_is_said_to_be_damage(file: Path, table: str) -> None:
    damaged_page(file, table)

    def look() -> None:
        with closing(SqliteStore(file, KEY, first=False)) as store:
            store.facts(1)
            store.seat("n1", 1)

    with pytest.raises(StoreDamaged, match="malformed"):
        look()


@pytest.mark.parametrize("length", [0, 1, 15, 16, 100, 512, 4095, 4096, 4097, 12288])
def test_a_torn_file_is_damage_or_missing_whatever_is_left_of_it(file: Path, length: int) -> None:
    data = file.read_bytes()
    assert length < len(data)
    file.write_bytes(data[:length])
    with pytest.raises(StoreDamaged):
        start(file)
    assert data[:length] == file.read_bytes()
