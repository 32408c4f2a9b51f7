"""The authorization server's folder: all of a change or none of it, one process at a time, and no cost that grows."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import fanlic
from fanlic.adapters.store import FolderInUse, SqliteStore, StoreDamaged, ask_unlock, held, read_journal
from fanlic.model.activation import Challenge, CodeEntry, CodeEntryState
from fanlic.model.outage import Authorization, Standing
from fanlic.model.registration import Facts, Seat
from fanlic.model.server import Server
from fanlic.ports import Commit, JournalLine, StoreUnavailable
from tests.state_file import edit, fill, reseal

ROOT = Path(fanlic.__file__).parents[1]
NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FIRST = Server(NINE, NINE, NINE, epoch=1)
ACTIVE = replace(
    FIRST,
    authorization=Authorization(Standing.IN_FORCE, NINE),
    code_entry=CodeEntry(CodeEntryState.SPENT, Challenge("ab" * 32, NINE), 0, 0, None),
)
LINE = JournalLine(NINE, "registered", "n1", "", "", "00ff")


KEY = b"the key that the seals are made with"


def opened(path: Path, key: bytes = KEY) -> SqliteStore:
    """The store on a file; the first start where there is none."""
    return SqliteStore(path, key, first=not path.exists())


def seat(node: str, hours: float = 24, epoch: int = 1) -> Seat:
    """A seat that ends so many hours after nine."""
    return Seat(node, f"seat of {node}", "ab" * 32, epoch, NINE, NINE, NINE + timedelta(hours=hours))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(opened(tmp_path / "server.db")) as made:
        yield made


def test_an_empty_folder_has_no_state_no_seats_and_no_journal(tmp_path: Path) -> None:
    assert () == read_journal(tmp_path / "server.db")
    assert not (tmp_path / "server.db").exists()
    with closing(opened(tmp_path / "server.db")) as store:
        assert store.load() is None
        assert Facts(0, None) == store.facts(0)
        assert store.seat("n1", 0) is None
        assert () == store.silent(0, NINE)


def test_what_was_committed_is_on_the_disk_at_once(store: SqliteStore, tmp_path: Path) -> None:
    """As after a sudden end of the process: a copy of the file knows everything."""
    store.commit(Commit(ACTIVE, (LINE,), put=seat("n1")))
    shutil.copy(tmp_path / "server.db", tmp_path / "copy.db")
    with closing(opened(tmp_path / "copy.db")) as copy:
        assert ACTIVE == copy.load()
        assert seat("n1") == copy.seat("n1", 1)
    assert (LINE,) == read_journal(tmp_path / "copy.db")
    assert ["server.db"] == [path.name for path in tmp_path.glob("server*")]  # no write-ahead log beside it


def test_every_commit_waits_for_the_disk(store: SqliteStore) -> None:
    assert [(2,)] == store._connection.execute("PRAGMA synchronous").fetchall()
    assert [("delete",)] == store._connection.execute("PRAGMA journal_mode").fetchall()


# -- seats


def test_seats_are_counted_and_the_earliest_end_is_known(store: SqliteStore) -> None:
    for node, hours in (("n1", 26), ("n2", 24.5), ("n3", 25)):
        store.commit(Commit(ACTIVE, put=seat(node, hours)))
    assert Facts(3, NINE + timedelta(hours=24.5)) == store.facts(1)


def test_a_seat_that_is_written_again_counts_once(store: SqliteStore) -> None:
    store.commit(Commit(ACTIVE, put=seat("n1", 24)))
    store.commit(Commit(ACTIVE, put=seat("n1", 26)))
    assert Facts(1, NINE + timedelta(hours=26)) == store.facts(1)
    assert seat("n1", 26) == store.seat("n1", 1)


def test_a_dropped_seat_is_gone_and_an_unknown_one_changes_nothing(store: SqliteStore) -> None:
    for node in ("n1", "n2"):
        store.commit(Commit(ACTIVE, put=seat(node)))
    store.commit(Commit(ACTIVE, drop=("n1", "n3", "n1")))
    assert (None, seat("n2")) == (store.seat("n1", 1), store.seat("n2", 1))
    assert Facts(1, NINE + timedelta(hours=24)) == store.facts(1)


def test_a_seat_can_end_and_be_given_anew_in_one_commit(store: SqliteStore) -> None:
    store.commit(Commit(ACTIVE, put=seat("n1", 24)))
    store.commit(Commit(ACTIVE, put=seat("n1", 50), drop=("n1",)))
    assert Facts(1, NINE + timedelta(hours=50)) == store.facts(1)


def test_a_new_epoch_ends_every_seat_and_its_own_are_counted_anew(store: SqliteStore) -> None:
    for node in ("n1", "n2", "n3"):
        store.commit(Commit(ACTIVE, put=seat(node)))
    second = replace(ACTIVE, epoch=2)
    store.commit(Commit(second))
    assert (Facts(0, None), None, ()) == (
        store.facts(2),
        store.seat("n1", 2),
        store.silent(2, NINE + timedelta(days=9)),
    )
    store.commit(Commit(second, put=seat("n1", 30, epoch=2)))
    assert Facts(1, NINE + timedelta(hours=30)) == store.facts(2)
    assert (seat("n1", 30, epoch=2), None) == (store.seat("n1", 2), store.seat("n2", 2))


@pytest.mark.parametrize(("seconds", "expected"), [(-1, ()), (0, ("n1", "n2")), (1, ("n1", "n2"))])
def test_a_seat_is_silent_from_the_instant_it_was_to_end(
    store: SqliteStore, seconds: int, expected: tuple[str, ...]
) -> None:
    for node, hours in (("n2", 24), ("n1", 24), ("n3", 25)):
        store.commit(Commit(ACTIVE, put=seat(node, hours)))
    assert expected == store.silent(1, NINE + timedelta(hours=24, seconds=seconds))


def test_ends_are_compared_to_the_microsecond(store: SqliteStore) -> None:
    end = NINE + timedelta(hours=24)
    store.commit(Commit(ACTIVE, put=replace(seat("n1"), ends_at=end + timedelta(microseconds=1))))
    assert () == store.silent(1, end)
    assert ("n1",) == store.silent(1, end + timedelta(microseconds=1))


@pytest.mark.parametrize("node", ["", "n 1", "帆软", "'; DROP TABLE seat; --", "%", "\0"])
def test_any_name_of_a_node_is_kept_as_it_is(store: SqliteStore, node: str) -> None:
    store.commit(Commit(ACTIVE, put=seat(node)))
    assert (seat(node), None) == (store.seat(node, 1), store.seat("n", 1))


# -- all or nothing


def full_disk(store: SqliteStore, path: Path) -> Callable[[], object]:
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    return lambda: store._connection.execute("PRAGMA max_page_count = 1000000")


def blocking_reader(store: SqliteStore, path: Path) -> Callable[[], object]:
    store._connection.execute("PRAGMA busy_timeout = 0")
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM server").fetchall()
    return reader.close


def refusing_journal(store: SqliteStore, path: Path) -> Callable[[], object]:
    """The journal is written last: state and seat are in the transaction by then."""
    store._connection.execute(
        "CREATE TEMP TRIGGER no BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'refused'); END"
    )
    return lambda: store._connection.execute("DROP TRIGGER no")


def read_only(store: SqliteStore, path: Path) -> Callable[[], object]:
    store._connection.execute("PRAGMA query_only = 1")
    return lambda: store._connection.execute("PRAGMA query_only = 0")


@pytest.mark.parametrize("trouble", [full_disk, blocking_reader, refusing_journal, read_only])
def test_a_commit_that_fails_changes_nothing_and_the_next_one_succeeds(
    store: SqliteStore, tmp_path: Path, trouble: Callable[[SqliteStore, Path], Callable[[], object]]
) -> None:
    store.commit(Commit(ACTIVE, (LINE,), put=seat("n1")))
    end = trouble(store, tmp_path / "server.db")
    long = (JournalLine(NINE, "too much for the last page", "x" * 200),) * 99
    for _ in range(2):
        with pytest.raises((StoreUnavailable, sqlite3.IntegrityError), match=r"disk is full|locked|readonly|refused"):
            store.commit(Commit(replace(ACTIVE, epoch=2), long, put=seat("n2"), drop=("n1",)))
        assert (ACTIVE, Facts(1, NINE + timedelta(hours=24))) == (store.load(), store.facts(1))
        assert (seat("n1"), None) == (store.seat("n1", 1), store.seat("n2", 1))
    end()
    store.commit(Commit(ACTIVE, (LINE,), put=seat("n2")))
    assert 2 == store.facts(1).seats_taken
    assert (LINE, LINE) == read_journal(tmp_path / "server.db")


def test_the_console_s_request_to_unlock_is_taken_once(store: SqliteStore, tmp_path: Path) -> None:
    assert not store.take_unlock()
    ask_unlock(tmp_path)
    ask_unlock(tmp_path)
    assert [True, False] == [store.take_unlock(), store.take_unlock()]


# -- damage


def test_a_file_that_is_no_database_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "server.db").write_bytes(b"not a database, but long enough to be looked at" * 30)
    with pytest.raises(StoreDamaged, match="file is not a database"):
        opened(tmp_path / "server.db")


def test_a_file_cut_short_is_damaged(tmp_path: Path) -> None:
    with closing(opened(tmp_path / "server.db")) as store:
        store.commit(Commit(ACTIVE, tuple(replace(LINE, subject="x" * 3000) for _ in range(20)), put=seat("n1")))
    data = (tmp_path / "server.db").read_bytes()
    (tmp_path / "server.db").write_bytes(data[: len(data) // 2])
    with pytest.raises(StoreDamaged, match="malformed"):
        opened(tmp_path / "server.db")


def test_a_path_that_cannot_be_opened_is_said_to_be_unavailable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="unable to open"):
        opened(tmp_path / "no folder" / "server.db")


def test_a_journal_whose_last_lines_were_changed_stops_the_start(tmp_path: Path) -> None:
    with closing(opened(tmp_path / "server.db")) as store:
        store.commit(Commit(ACTIVE, (LINE, LINE)))
    edit(tmp_path / "server.db", "UPDATE journal SET subject = 'n2' WHERE n = 2")
    with pytest.raises(StoreDamaged, match="line 2 of the journal was changed, removed or moved"):
        opened(tmp_path / "server.db")


def test_a_start_checks_the_last_hundred_lines_of_the_journal_and_no_more(tmp_path: Path) -> None:
    with closing(opened(tmp_path / "server.db")) as store:
        store.commit(Commit(ACTIVE, (LINE,) * 150))
    edit(tmp_path / "server.db", "UPDATE journal SET subject = 'n2' WHERE n = 50")
    opened(tmp_path / "server.db").close()
    edit(tmp_path / "server.db", "UPDATE journal SET subject = 'n2' WHERE n = 51")
    with pytest.raises(StoreDamaged, match="line 51 of the journal was changed, removed or moved"):
        opened(tmp_path / "server.db")


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "null", "{}", '{"epoch":1}', '{"epoch":"1"}', "[" * 10],
)
def test_a_state_that_cannot_be_read_is_damaged_and_never_taken_for_an_empty_folder(tmp_path: Path, body: str) -> None:
    """Even with a seal that holds: it may come from a later version of the program."""
    with closing(opened(tmp_path / "server.db")) as store:
        store.commit(Commit(ACTIVE))
    edit(tmp_path / "server.db", f"UPDATE server SET body = '{body}'")
    reseal(tmp_path / "server.db", KEY)
    with closing(opened(tmp_path / "server.db")) as store, pytest.raises(StoreDamaged):
        store.load()


# -- the journal, read from outside


def test_the_journal_is_read_beside_a_running_writer_and_every_reading_is_a_beginning_of_the_whole(
    store: SqliteStore, tmp_path: Path
) -> None:
    lines = tuple(JournalLine(NINE + timedelta(seconds=n), "poll refused", f"n{n}") for n in range(120))
    store.commit(Commit(ACTIVE, lines[:1]))

    def write() -> None:
        for n in range(1, 119, 2):
            store.commit(Commit(ACTIVE, lines[n : n + 2]))

    writer = threading.Thread(target=write)
    writer.start()
    while writer.is_alive():
        seen = read_journal(tmp_path / "server.db")
        assert lines[: len(seen)] == seen
        assert 1 == len(seen) % 2  # two lines of one commit are seen together
    writer.join(30)
    assert lines[:119] == read_journal(tmp_path / "server.db")


def test_reading_the_journal_changes_nothing_in_the_folder(store: SqliteStore, tmp_path: Path) -> None:
    store.commit(Commit(ACTIVE, (LINE,)))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert (LINE,) == read_journal(tmp_path / "server.db")
    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def test_a_folder_with_an_odd_name_is_read_too(tmp_path: Path) -> None:
    folder = tmp_path / "a b#c%20d 帆软"
    folder.mkdir()
    with closing(opened(folder / "server.db")) as store:
        store.commit(Commit(ACTIVE, (LINE,)))
    assert (LINE,) == read_journal(folder / "server.db")


# -- one process holds the folder

HOLDER = """
import sys
from pathlib import Path
from fanlic.adapters.store import FolderInUse, held
try:
    with held(Path(sys.argv[1])):
        print("held", flush=True)
        sys.stdin.read()
except FolderInUse:
    print("in use", flush=True)
"""


def holder(folder: Path) -> subprocess.Popen[str]:
    """A process that holds the folder until its standard input ends."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", HOLDER, str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)


def test_a_second_process_is_refused_and_the_folder_is_free_again_after_a_kill(tmp_path: Path) -> None:
    with holder(tmp_path) as first:
        assert first.stdout is not None
        assert "held\n" == first.stdout.readline()
        with holder(tmp_path) as second:
            assert ("in use\n", None) == second.communicate(timeout=20)
        with pytest.raises(FolderInUse, match=tmp_path.name), held(tmp_path):
            pass
        first.kill()
        first.wait(20)
    with held(tmp_path), holder(tmp_path) as third:
        assert ("in use\n", None) == third.communicate(timeout=20)
    with holder(tmp_path) as fourth:
        assert ("held\n", None) == fourth.communicate(timeout=20)


def test_the_folder_is_free_again_once_the_holder_leaves_it_even_by_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="in the middle"), held(tmp_path):
        raise RuntimeError("in the middle")
    with held(tmp_path), pytest.raises(FolderInUse), held(tmp_path):
        pass
    with held(tmp_path):
        pass


def test_holding_the_folder_does_not_stand_in_the_store_s_way(tmp_path: Path) -> None:
    with held(tmp_path), closing(opened(tmp_path / "server.db")) as store:
        store.commit(Commit(ACTIVE, (LINE,)))
        assert (LINE,) == read_journal(tmp_path / "server.db")


# -- the cost of a request


def request(store: SqliteStore) -> None:
    """What one registration asks of the store, and one silent seat that ends on the way."""
    store.facts(1)
    store.silent(1, NINE)
    store.seat("n1", 1)
    store.commit(Commit(ACTIVE, (LINE,), put=seat("n1"), drop=("n2",)))


def test_a_request_costs_as_many_steps_with_ten_thousand_seats_as_with_ten(tmp_path: Path) -> None:
    def steps(seats: int) -> int:
        file = tmp_path / f"{seats}.db"
        with closing(opened(file)) as store:
            store.commit(Commit(ACTIVE, put=seat("n1")))
        fill(file, KEY, seats, seats)
        taken: list[None] = []
        with closing(opened(file)) as store:
            store._connection.set_progress_handler(lambda: taken.append(None), 1)
            request(store)
        return len(taken)

    assert steps(10_000) < 1.2 * steps(10)


def test_no_statement_of_a_request_reads_all_seats_or_the_whole_journal(store: SqliteStore) -> None:
    statements: list[str] = []
    store.commit(Commit(ACTIVE, put=seat("n1")))
    store._connection.set_trace_callback(statements.append)
    request(store)
    store._connection.set_trace_callback(None)
    asked = [statement for statement in statements if statement.startswith(("SELECT", "DELETE", "UPDATE"))]
    assert 4 <= len(asked)
    for statement in asked:
        plan = [row[3] for row in store._connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
        assert not [step for step in plan if step.startswith("SCAN") and step != "SCAN server"], statement  # of one row
