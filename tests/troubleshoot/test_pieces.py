"""Several pieces at once, the clipboard, and pastes of any size: each fact names its piece, and nothing takes long."""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fanlic.troubleshoot import clipboard, triage
from fanlic.troubleshoot.ask import speaking
from fanlic.troubleshoot.judge.paste import LIMIT, PastedPiece, bounded, paste
from fanlic.troubleshoot.judge.report import as_data, text
from tests.troubleshoot.triage_table import NOW, REFUSED, SAVED, inspect, ps

ROOT = Path(__file__).parents[2]
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(200)


@pytest.fixture(autouse=True, scope="module")
def english() -> Iterator[None]:
    with speaking("en"):
        yield


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    triage.options(parser)
    return triage.run(parser.parse_args([*arguments, "--now", "2026-11-24T08:00Z"]))


# -- which piece said what


def test_each_fact_names_its_piece_and_the_line_in_it() -> None:
    given = [
        PastedPiece("ps.txt", ps("Up 2 days", "0.0.0.0:49160->8081/tcp").encode()),
        PastedPiece("mail.txt", ("Hello\n\n" + SAVED + "ERROR lease store is closed\n").encode()),
        PastedPiece("inspect.json", ("see below\n" + inspect(port=49160)).encode()),
    ]
    verdict, notes = triage.triage(given, NOW)
    assert "port-moved" == verdict.causes[0].name
    assert {("saved-port", "mail.txt", 3), ("port", "inspect.json", 2)} <= {
        (fact.kind, fact.piece, fact.own) for fact in verdict.evidence.facts
    }
    shown = "\n".join(text(verdict, notes))
    assert "mail.txt line 3]" in shown
    assert "mail.txt line 4: ERROR lease store is closed" in shown
    assert [{"piece": "mail.txt", "number": 4, "line": "ERROR lease store is closed"}] == as_data(verdict, notes)[
        "unread"
    ]


def test_one_piece_is_named_by_nothing_but_its_lines() -> None:
    verdict, _notes = triage.triage([PastedPiece("a.txt", SAVED.encode())], NOW)
    assert {""} == {fact.piece for fact in verdict.evidence.facts}


def test_a_row_does_not_go_on_in_the_next_piece() -> None:
    first = PastedPiece("a", ps("Up 2 days").rstrip().encode())
    verdict, _notes = triage.triage([first, PastedPiece("b", b"licno\n")], NOW)
    assert "quirky_einstein" == verdict.evidence.server


def test_texts_by_their_names_are_answered_as_data() -> None:
    data = triage.answer({"ps": ps("Up 2 days", "0.0.0.0:49160->8081/tcp"), "address": SAVED}, NOW)
    assert isinstance(data["verdict"], dict)
    assert "port-moved" == data["verdict"]["name"]
    assert {"ps", "address"} == {fact["piece"] for fact in data["verdict"]["because"]}


def test_a_folder_is_read_file_by_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "b.log").write_text(REFUSED, "utf-8")
    (tmp_path / "a.txt").write_text(ps("Exited (0) 3 hours ago", ""), "utf-16")
    (tmp_path / "more").mkdir()
    assert 0 == run(str(tmp_path), "--json")
    data = json.loads(capsys.readouterr().out)
    assert "server-stopped" == data["verdict"]["name"]
    assert {"a.txt", "b.log"} == {fact["piece"] for fact in data["evidence"]}


@pytest.mark.parametrize(
    ("given", "said"), [(PICTURE, "a picture"), (b"%PDF-1.7\n", "a PDF"), (b"PK\x03\x04" + bytes(90), "an archive")]
)
def test_what_is_no_text_is_named_and_left_out(
    given: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "shot.bin").write_bytes(given)
    (tmp_path / "ps.txt").write_text(ps("Exited (0) 3 hours ago", ""), "utf-8")
    assert 0 == run(str(tmp_path / "shot.bin"), str(tmp_path / "ps.txt"))
    shown = " ".join(capsys.readouterr().out.split())
    assert f"shot.bin was not read: {said}" in shown
    assert "is stopped" in shown
    assert 1 == run(str(tmp_path / "shot.bin"))


# -- the clipboard


def test_the_clipboard_is_read_by_the_systems_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if sys.platform != "linux":
        pytest.skip("not on Windows: the program is a script of sh")
    program = tmp_path / "xclip"
    program.write_text("#!/bin/sh\necho error code 30005\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert 0 == run("--clipboard", "--json")
    assert "30005" == json.loads(capsys.readouterr().out)["verdict"]["name"]
    program.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    assert 2 == run("--clipboard")
    assert "holds no text" in capsys.readouterr().err


def test_without_such_a_program_the_answer_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(clipboard, "_commands", lambda: [["no-such-program"]])
    assert 2 == run("--clipboard")
    assert "paste into a file" in capsys.readouterr().err


# -- any size

LOG = b"10:15:02,117 http-nio-8 INFO [standard] query 17 finished in 3 ms\n"
SIZE = 50_000_000
WHOLE: dict[str, Callable[[], bytes]] = {
    "a log of 50 MB": lambda: LOG * (SIZE // len(LOG)),
    "one line of 50 MB": lambda: b"a" * SIZE,
    "one line of 50 MB, a JSON document": lambda: b'[{"a": "' + b"x" * SIZE,
    "JSON that is nested 100 000 deep": lambda: b"[" * 100_000 + b"\n" + b'{"a":' * 100_000,
    "JSON of many small documents": lambda: b'{"a": 1}\n[{"b": [1, 2]}]\n' * 100_000,
    "YAML that is nested deep": lambda: b"apiVersion: v1\n" + b"".join(b" " * at + b"a:\n" for at in range(2000)) * 20,
    "YAML of many manifests": lambda: b"apiVersion: v1\nkind: Service\nmetadata: {name: license}\n---\n" * 50_000,
    "lines that look like errors": lambda: b"".join(b"ERROR %d failed: %d\n" % (at, 7 * at) for at in range(100_000)),
    "lines that all look like rows": lambda: b"3f2a9c1b7d44   fanruan_license_server   Up 3 days\n" * 60_000,
    "quotation marks": lambda: b"> " * 2_000_000,
    "bytes of no text": lambda: bytes(range(256)) * 20_000,
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_no_paste_takes_more_than_three_seconds_or_300_megabytes(name: str, tmp_path: Path) -> None:
    given = tmp_path / "paste.txt"
    given.write_bytes(WHOLE[name]())
    program = (
        "import sys, time; begin = time.process_time()\n"
        "from fanlic.troubleshoot import __main__ as m\n"
        "import contextlib, io\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        "    sys.argv = ['fanlic', 'triage', sys.argv[1]]; m.main()\n"
        # not getrusage: a child begins with the highest figure of its parent
        "from pathlib import Path; peak = Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0]\n"
        "print(time.process_time() - begin, int(peak) / 1024)"
    )
    if sys.platform != "linux":
        pytest.skip("not on Windows: the system's /proc measures")
    done = subprocess.run(
        [sys.executable, "-c", program, str(given)], capture_output=True, text=True, timeout=120, cwd=ROOT, check=True
    )
    seconds, megabytes = map(float, done.stdout.split())
    assert seconds < 3, f"{seconds:.1f} s"
    assert megabytes < 300, f"{megabytes:.0f} MB"


def test_of_a_long_piece_the_beginning_and_the_end_are_read_with_their_numbers() -> None:
    lines = b"first line\n" + LOG * 60_000 + b"java.net.UnknownHostException: lic01\n"
    piece = bounded("fanruan.log", io.BytesIO(lines))
    assert len(piece.head) + len(piece.tail) <= LIMIT
    verdict, notes = triage.triage([piece], NOW)
    assert "unknown-host" == verdict.causes[0].name
    read = paste(piece)
    assert (1, "first line") == (read.lines[0].own, read.lines[0].text)
    assert 60_002 == next(line.own for line in read.lines if "UnknownHost" in line.text)
    assert "only the beginning and the end" in " ".join(notes)
