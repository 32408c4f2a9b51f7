"""What a stranger writes into names, paths and headers: it is refused, or it is shown as what it is."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from pathlib import Path

import pytest

from fanlic.adapters.clocks import LAB_START, LabClock
from fanlic.adapters.log import Log
from fanlic.lab.timeline import Timeline
from fanlic.ports import JournalLine
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
    ],
)
def test_a_server_answers_to_its_own_names_and_addresses_only(target: Target, host: bytes, status: bytes) -> None:
    for path in (b"/license/qrcode", b"/license/v1/status"):
        heard = target.ask(b"GET " + path + b" HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
        assert heard.startswith(b"HTTP/1.1 " + status), heard[:100]
    if status == b"421":
        assert b"FANLIC_HOSTS" in heard
        assert host not in heard
