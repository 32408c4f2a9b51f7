"""The journal: append-only, and whoever changes, removes or moves a line is found out."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fanlic.adapters import journal
from fanlic.adapters.journal import JournalDamaged
from fanlic.ports import JournalLine
from fanlic.texts import printable

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LINES = [
    JournalLine(NINE + timedelta(seconds=n), f"event {n}", f"n{n}", "30007", "open", "locked") for n in range(1, 11)
]


def append(connection: sqlite3.Connection, lines: list[JournalLine]) -> None:
    """Add lines after the last one."""
    journal.append(connection, lines, journal.last(connection))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A file with a journal of ten lines, written in three requests."""
    with closing(sqlite3.connect(tmp_path / "journal.db", isolation_level=None)) as connection:
        connection.execute(journal.SCHEMA)
        for part in (LINES[:1], LINES[1:4], LINES[4:]):
            append(connection, part)
        yield connection


def damage(db: sqlite3.Connection, tail: int | None = None) -> str:
    """What verify says of the damage."""
    with pytest.raises(JournalDamaged) as problem:
        journal.verify(db, tail)
    return str(problem.value)


def test_lines_are_read_in_the_order_in_which_they_were_written(db: sqlite3.Connection) -> None:
    assert LINES == list(journal.entries(db))
    assert LINES[7:] == list(journal.entries(db, after=7))
    assert [] == list(journal.entries(db, after=10))


def test_an_untouched_journal_verifies_and_tells_how_many_lines_it_has(db: sqlite3.Connection) -> None:
    assert 10 == journal.verify(db)


@pytest.mark.parametrize(("tail", "checked"), [(1, 1), (3, 3), (9, 9), (10, 10), (11, 10), (100, 10)])
def test_the_tail_verifies_alone(db: sqlite3.Connection, tail: int, checked: int) -> None:
    assert checked == journal.verify(db, tail)


def test_an_empty_journal_verifies(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM journal")
    assert [0, 0] == [journal.verify(db), journal.verify(db, 100)]


EDITS = {
    "n": "UPDATE journal SET n = 50 WHERE n = 5",
    "at": "UPDATE journal SET at = '2026-03-02T09:00:05.000001+00:00' WHERE n = 5",
    "event": "UPDATE journal SET event = 'event 6' WHERE n = 5",
    "subject": "UPDATE journal SET subject = '' WHERE n = 5",
    "reason": "UPDATE journal SET reason = '30006' WHERE n = 5",
    "before": "UPDATE journal SET before = 'locked' WHERE n = 5",
    "after": "UPDATE journal SET after = 'open' WHERE n = 5",
    "hash": "UPDATE journal SET hash = (SELECT hash FROM journal WHERE n = 4) WHERE n = 5",
    "cut short": "UPDATE journal SET event = substr(event, 1, 4) WHERE n = 5",
    "two fields swapped": "UPDATE journal SET before = after, after = before WHERE n = 5",
    "a character moved to the next field": "UPDATE journal SET subject = 'n53', reason = '0007' WHERE n = 5",
    "deleted": "DELETE FROM journal WHERE n = 5",
    "deleted, the rest moved up": "DELETE FROM journal WHERE n = 5; UPDATE journal SET n = n - 1 WHERE n > 5",
    "two lines swapped": "UPDATE journal SET n = 60 WHERE n = 5; UPDATE journal SET n = 5 WHERE n = 6;"
    "UPDATE journal SET n = 6 WHERE n = 60",
    "a line put in between": "UPDATE journal SET n = -n WHERE n > 4; UPDATE journal SET n = 1 - n WHERE n < 0;"
    "INSERT INTO journal SELECT 5, at, event, subject, reason, before, after, hash FROM journal WHERE n = 4",
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_line_that_was_changed_removed_or_moved_is_found_and_named(db: sqlite3.Connection, edit: str) -> None:
    db.executescript(edit)
    assert "line 5 of the journal was changed, removed or moved" == damage(db)


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_the_tail_s_check_finds_the_same_mischief(db: sqlite3.Connection, edit: str) -> None:
    db.executescript(edit)
    assert "of the journal" in damage(db, 6)


def test_lines_removed_from_the_middle_are_found(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM journal WHERE n BETWEEN 4 AND 7")
    assert "line 4 of the journal was changed, removed or moved" == damage(db)
    assert "line 7 of the journal is missing" == damage(db, 3)


def test_lines_removed_from_the_beginning_are_found(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM journal WHERE n < 4")
    assert "line 1 of the journal was changed, removed or moved" == damage(db)


def test_the_tail_s_check_does_not_look_further_back(db: sqlite3.Connection) -> None:
    db.execute("UPDATE journal SET event = 'another' WHERE n = 5")
    assert 5 == journal.verify(db, 5)
    assert "line 5 of the journal was changed, removed or moved" == damage(db, 6)


def test_a_forged_line_with_a_hash_of_its_own_breaks_the_chain_at_the_next_one(db: sqlite3.Connection) -> None:
    with closing(sqlite3.connect(":memory:")) as forge:
        forge.execute(journal.SCHEMA)
        append(forge, [*LINES[:4], JournalLine(NINE, "forged")])
        forged = forge.execute("SELECT * FROM journal WHERE n = 5").fetchone()
    db.execute("REPLACE INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?)", forged)
    assert "line 6 of the journal was changed, removed or moved" == damage(db)


def test_a_line_written_after_a_damaged_one_does_not_heal_it(db: sqlite3.Connection) -> None:
    db.execute("UPDATE journal SET reason = '' WHERE n = 10")
    append(db, [JournalLine(NINE, "start")])
    assert "line 10 of the journal was changed, removed or moved" == damage(db)


def test_the_same_lines_give_the_same_hashes_and_a_line_s_place_counts(db: sqlite3.Connection) -> None:
    hashes = [row[0] for row in db.execute("SELECT hash FROM journal ORDER BY n")]
    db.execute("DELETE FROM journal")
    append(db, LINES)
    assert hashes == [row[0] for row in db.execute("SELECT hash FROM journal ORDER BY n")]
    db.execute("DELETE FROM journal")
    append(db, [LINES[0]] * 3)
    assert 3 == len({row[0] for row in db.execute("SELECT hash FROM journal")})


def test_lines_of_a_transaction_that_is_undone_leave_no_trace(db: sqlite3.Connection) -> None:
    db.execute("BEGIN")
    append(db, LINES)
    assert 20 == journal.verify(db)
    db.execute("ROLLBACK")
    assert LINES == list(journal.entries(db))
    append(db, LINES[:2])
    assert 12 == journal.verify(db)


@pytest.mark.parametrize(
    "text", ["", "a\nb\r\n", "帆软", "\0", "'; DROP TABLE journal; --", "\u202e\x1b[2J", "\ud800", "x" * 5000]
)
def test_any_text_is_kept_in_a_form_that_can_be_shown(db: sqlite3.Connection, text: str) -> None:
    append(db, [JournalLine(NINE, text, text, text, text, text)])
    shown = printable(text)
    assert [JournalLine(NINE, shown, shown, shown, shown, shown)] == list(journal.entries(db, after=10))
    assert 11 == journal.verify(db)


def test_the_cost_of_appending_and_of_checking_the_tail_does_not_grow_with_the_journal(db: sqlite3.Connection) -> None:
    def steps() -> int:
        taken: list[None] = []
        db.set_progress_handler(lambda: taken.append(None), 1)
        append(db, LINES[:1])
        journal.verify(db, 10)
        db.set_progress_handler(None, 0)
        return len(taken)

    short = steps()
    db.execute("BEGIN")
    append(db, LINES * 300)
    db.execute("COMMIT")
    assert steps() < 1.2 * short
