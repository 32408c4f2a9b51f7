"""What a stranger writes into names, paths and headers: it is refused, or it is shown as what it is."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import pytest

from fanlic.adapters.clocks import LAB_START, LabClock
from fanlic.adapters.log import Log
from fanlic.adapters.signing import SigningKey
from fanlic.adapters.store import SqliteStore, read_journal, state_key
from fanlic.cli import main
from fanlic.lab import Lab, ready
from fanlic.lab.timeline import Timeline
from fanlic.model.server import Server
from fanlic.notebook import frames
from fanlic.notebook.trace import TracePane
from fanlic.ports import Commit, JournalLine
from fanlic.texts import printable
from tests.attacks.target import Target

HOSTILE = [
    "a\r\n2026-01-01 00:00:00 UTC  activated",
    "\x1b[2J\x1b]0;owned\x07",
    "a\x85b",
    "a\u2028b\u2029c",
    "\u202egpj.exe\u2066x\u2069\u200f\u061c",
    "\ud800\udfff\udc80",
    "\x00\x7f\x9b31m",
    "=cmd|' /C calc'!A1",
    "@SUM(1+1)",
    "-2+3",
    "x" * 100_000,
]


def harmless(text: str) -> bool:
    """Whether the text is one short line in which nothing acts and nothing is hidden."""
    kinds = {unicodedata.category(letter) for letter in text}
    turned = re.search("[\u202a-\u202e\u2066-\u2069]", text)
    return not kinds & {"Cc", "Cs", "Zl", "Zp"} and turned is None and len(text) < 2100


@pytest.mark.threat("text-forged")
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_harmless_in_the_log_and_in_a_table(text: str, tmp_path: Path) -> None:
    clock = LabClock(tmp_path / "clock")
    clock.set(LAB_START)
    log = Log(tmp_path, clock, console=False)
    log.write(text)
    log.close()
    lines = (tmp_path / "server.log").read_text("utf-8").split("\n")
    assert 2 == len(lines)
    assert harmless(lines[0])
    timeline = Timeline(clock, list)
    timeline.add("customer", JournalLine(LAB_START, text, text, text, text, text))
    rows = list(csv.reader(io.StringIO(timeline.csv())))
    assert 2 == len(rows)
    assert all(harmless(cell) and not cell.startswith(("=", "+", "-", "@")) for cell in rows[1])


PLANTED = "\x00\x07\x1b[2J\x1b]0;owned\x07\x7f\x85\x9b31m\u2028\u2029\u202e\u2066\u200f\u061c\ud800"


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lab, TracePane]]:
    """A lab in which a stranger's text stands wherever a party can put one."""
    with Lab(engine="inline", folder=tmp_path_factory.mktemp("planted")) as lab:
        server, _project = ready.registered(lab, "sales")
        trace = TracePane(lab)
        stranger = EmailMessage()
        stranger["From"], stranger["Subject"] = '"x" <=cmd@acme.example>', "=1+1"
        stranger.set_content(f"=cmd|' /C calc'!A1 {PLANTED.replace(chr(0xD800), '')}")
        lab.desk.receive(stranger)
        server.send("PUT", f"/license/v1/registrations/{quote(PLANTED[:-1])}", json={"a": PLANTED[:-1]})
        server.send("GET", "/license/v1/registrations/=cmd")
        for event in (PLANTED, f"={PLANTED}", f"@{PLANTED}"):
            lab._timeline.note(event, event, event, event, event)
        trace.look()
        yield lab, trace


def acts(text: str) -> list[str]:
    """The characters that act or hide in a text of several lines."""
    return [letter for letter in text if letter != "\n" and printable(letter) != letter]


@pytest.mark.threat("text-forged")
@pytest.mark.parametrize("sink", ["frame", "csv", "timeline", "failed checks", "seats", "deadlines", "trace", "mails"])
def test_nothing_acts_or_hides_in_what_a_lab_shows(planted: tuple[Lab, TracePane], sink: str) -> None:
    lab, trace = planted
    sinks: dict[str, Callable[[], str]] = {
        "frame": lambda: lab.timeline().to_csv(),
        "csv": lab._timeline.csv,
        "timeline": lambda: frames.timeline(lab).to_csv(),
        "failed checks": lambda: frames.failed_checks(lab).to_csv(),
        "seats": lambda: frames.seats(lab).to_csv(),
        "deadlines": lambda: frames.deadlines(lab).to_csv(),
        "trace": lambda: str(trace._table.value),
        "mails": lambda: "\n".join(
            (path.read_text("utf-8") for path in (lab.folder / "mails").glob("*-reply.eml")),
        ),
    }
    shown = sinks[sink]()
    assert [] == acts(shown)
    if sink == "csv":
        cells = [cell for row in csv.reader(io.StringIO(shown)) for cell in row]
        assert [] == [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
        assert any("\\x1b[2J" in cell for cell in cells)


TYPED = PLANTED[:-1].replace("\0", "")  # neither a NUL nor half a pair can stand on a command line


@pytest.mark.threat("text-forged")
@pytest.mark.parametrize(
    "command",
    [
        ["explain", TYPED],
        ["preflight", "docker-run", f"docker run -v /a:/app/config {TYPED} x"],
        ["rehearse", TYPED],
        ["rehearse", "--set", TYPED],
        ["serve", "--listen", TYPED],
        ["image", "show", f"/nowhere/{TYPED}"],
        ["journal", "show", "--config", f"/nowhere/{TYPED}"],
        ["doctor", f"https://{TYPED}"],
        [TYPED],
    ],
    ids=lambda words: words[0][:10] if words[0] != TYPED else "unknown",
)
def test_nothing_acts_or_hides_on_the_terminal(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with suppress(SystemExit):
        main(command)
    out, err = capsys.readouterr()
    assert out + err
    assert [] == acts(out + err)


@pytest.mark.threat("text-forged")
def test_nothing_acts_or_hides_in_what_is_told_of_a_paste_and_of_a_journal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paste = tmp_path / "paste.txt"
    paste.write_text(f"30005 {PLANTED[:-1]}\nSTATUS {PLANTED[:-1]} Exited (1)\nError: {PLANTED[:-1]}", "utf-8")
    main(["triage", str(paste)])
    assert [] == acts(capsys.readouterr().out)
    key = SigningKey(bytes(32))
    store = SqliteStore(tmp_path / "server.db", state_key(key, "lic"), first=True)
    lines = tuple(JournalLine(LAB_START, text, text, text, text, text) for text in (PLANTED, f"={PLANTED}"))
    store.commit(Commit(Server(LAB_START, LAB_START, LAB_START), lines))
    store.close()
    told = read_journal(tmp_path / "server.db")
    assert [] == acts("".join(f"{line.event}{line.subject}{line.reason}{line.before}{line.after}" for line in told))
    with closing(sqlite3.connect(tmp_path / "server.db")) as connection, connection:
        connection.execute("UPDATE journal SET subject = ?", (PLANTED[:-1],))  # somebody who writes to the folder
    main(["journal", "show", "--config", str(tmp_path)])
    assert [] == acts(capsys.readouterr().out)


def test_a_usual_text_is_shown_as_it_is_in_any_script() -> None:
    for text in ("Sales Cockpit", "Zürich, 数据 (中文)", "a\\b", "https://h:1/x?y=1"):
        assert text == printable(text)
    assert "a\\nb\\u2028" == printable("a\nb\u2028")


@pytest.mark.threat("text-forged")
def test_a_hostile_path_is_one_line_of_the_servers_log(target: Target) -> None:
    before = len(target.log())
    for path in (b"/%0d%0aforged", b"/%1b%5b2J", b"/%c2%85%e2%80%a8%e2%80%ae", b"/%00", b"/%ff%fe%ed%a0%80"):
        heard = target.ask(b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\nUser-Agent: \x9b31m\r\n\r\n")
        assert heard.startswith(b"HTTP/1.1 404 "), heard[:100]
    lines = [line for line in target.log()[before:].splitlines() if " GET " in line]
    assert 5 == len(lines)
    assert all(map(harmless, lines))


@pytest.mark.threat("host-spoofed")
@pytest.mark.parametrize(
    ("host", "status"),
    [
        (b"localhost", b"200"),
        (b"LOCALHOST.:8081", b"200"),
        (b"127.0.0.1:49155", b"200"),
        (b"172.16.63.131:49155", b"200"),
        (b"[::1]:49155", b"200"),
        (b"evil.example", b"421"),
        (b"localhost.evil.example", b"421"),
        (b"127.0.0.1.evil.example:49155", b"421"),
        (b"0x7f000001", b"421"),
        (b"l\xc3\xb6calhost", b"421"),
        (b"localhost\xe3\x80\x82", b"421"),
        (b"\xe2\x91\xa0.0.0.1", b"421"),
        (b"localhost@evil.example", b"421"),
        (b"localhost%00.evil.example", b"421"),
        (b"", b"421"),
    ],
)
def test_a_server_answers_to_its_own_names_and_addresses_only(target: Target, host: bytes, status: bytes) -> None:
    for path in (b"/license/qrcode", b"/license/v1/status"):
        heard = target.ask(b"GET " + path + b" HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
        assert heard.startswith(b"HTTP/1.1 " + status), heard[:100]
    if status == b"421":
        assert b"FANLIC_HOSTS" in heard
        assert not host or host not in heard
