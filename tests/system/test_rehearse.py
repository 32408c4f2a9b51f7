"""`fanlic rehearse` on real processes over HTTPS, as a person runs it."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def rehearse(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "fanlic", "rehearse", *arguments]
    settings = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(command, cwd=cwd, env=settings, capture_output=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """Artefacts and output of one rehearsal, in a folder with a space and Chinese characters, on a gbk console."""
    folder = tmp_path_factory.mktemp("培训 演练")
    done = rehearse("--out", "kept", cwd=folder, PYTHONIOENCODING="gbk:strict", TMPDIR=str(folder))
    assert (0, b"") == (done.returncode, done.stderr)
    return folder / "kept", done.stdout


def test_the_story_ends_with_the_project_registered_on_the_migrated_server(first: tuple[Path, bytes]) -> None:
    kept, _told = first
    rows = list(csv.DictReader((kept / "timeline.csv").read_text("utf-8").splitlines()))
    registered = [row for row in rows if row["party"] == "server 2" and row["event"] == "registered"]
    polled = [row for row in rows if row["party"] == "sales" and row["event"] == "poll answered"]
    assert ["sales"] == [row["subject"] for row in registered]
    assert registered[0]["at"] < polled[-1]["at"] == rows[-1]["at"]


def test_what_is_worth_keeping_is_kept(first: tuple[Path, bytes]) -> None:
    kept, _told = first
    mails = sorted(path.name for path in (kept / "mails").iterdir())
    assert 10 == len(mails)
    for name in ("fanruan_license_server.tar", "qrcode.png", "privateConfig", "server-host.log", "timeline.csv"):
        assert (kept / name).stat().st_size > 0, name
    assert b"\x89PNG" == (kept / "qrcode.png").read_bytes()[:4]


def test_every_kept_mail_says_that_it_is_a_rehearsal(first: tuple[Path, bytes]) -> None:
    kept, _told = first
    for path in (kept / "mails").iterdir():
        data = path.read_bytes()
        assert b"X-Fanlic-Rehearsal:" in data, path.name


def test_the_story_is_told_in_plain_characters_with_clause_and_basis(first: tuple[Path, bytes]) -> None:
    told = first[1].decode("ascii")
    assert "[heals-within-two-hours; our reading (A4)]" in told
    assert "[twelve-misses; the vendor elsewhere]" in told
    assert "30007 REGISTER_OUT_OF_LIMIT" in told
    assert "30002 ACCOUNT_STATUS_ERROR" in told


def test_one_seed_gives_one_timeline_and_another_seed_another(first: tuple[Path, bytes], tmp_path: Path) -> None:
    again = rehearse("--json", "--out", "again", cwd=tmp_path, PYTHONIOENCODING="cp1252:strict")
    other = rehearse("--seed", "2", "--out", "other", cwd=tmp_path)
    report = json.loads(again.stdout)
    assert (True, 1) == (report["ended_well"], report["seed"])
    assert 0 == other.returncode
    timeline = (first[0] / "timeline.csv").read_bytes()
    assert timeline == (tmp_path / "again" / "timeline.csv").read_bytes()
    assert timeline != (tmp_path / "other" / "timeline.csv").read_bytes()


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep", "utf-8")
    done = rehearse("--out", "mine", cwd=tmp_path)
    assert 2 == done.returncode
    assert b"Name a new one with --out" in done.stderr
    assert ["notes.txt"] == [path.name for path in (tmp_path / "mine").iterdir()]


def test_a_switch_is_turned_on_the_command_line_and_told(tmp_path: Path) -> None:
    done = rehearse("Q5", "--set", "lock_on=reaching", "--set", "refresh_clears_count=yes", "--json", cwd=tmp_path)
    assert {"lock_on": "reaching", "refresh_clears_count": "yes"} == json.loads(done.stdout)["changed"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("lock_on=never", b"there is no lock_on=never. Known are: lock_on=exceeding, lock_on=reaching."),
        ("lock_on", b"there is no lock_on=. Known are: lock_on=exceeding, lock_on=reaching."),
        ("look_on=reaching", b"there is no look_on. Known are: lock_on, refresh_clears_count, lapse_ends_seats,"),
    ],
)
def test_a_switch_that_there_is_not_is_named_with_those_that_there_are(tmp_path: Path, given: str, said: bytes) -> None:
    done = rehearse("Q5", "--set", given, cwd=tmp_path)
    assert (2, True) == (done.returncode, said in done.stderr), done.stderr
    assert [] == list(tmp_path.iterdir())


def test_an_edition_without_a_scenario_is_refused_instead_of_ignored(tmp_path: Path) -> None:
    done = rehearse("--edition", "fineops-2025-08", cwd=tmp_path)
    assert (2, True) == (done.returncode, b"use --edition with a scenario" in done.stderr), done.stderr
    assert [] == list(tmp_path.iterdir())


def test_what_comes_out_otherwise_under_a_turned_switch_says_so(tmp_path: Path) -> None:
    done = rehearse("U3", "--set", "restart=rescan", cwd=tmp_path)
    assert (1, True) == (done.returncode, b"With restart the result differs" in done.stderr), done.stderr


def test_a_branch_that_cannot_be_played_tells_its_outcome_and_basis_all_the_same(tmp_path: Path) -> None:
    told = rehearse("R7", cwd=tmp_path)
    assert (0, b"") == (told.returncode, told.stderr)
    assert [b"Question:", b"Cannot", b"Outcome:", b"Basis:"] == [
        line.split()[0] for line in told.stdout.splitlines() if line.startswith((b"Que", b"Can", b"Out", b"Bas"))
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: a pipe breaks in another way there")
def test_a_reader_who_has_seen_enough_ends_it_without_a_traceback() -> None:
    command = [sys.executable, "-m", "fanlic", "rehearse", "L5"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
        assert (141, b"") == (process.wait(30), said)
