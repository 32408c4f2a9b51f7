"""Editions and switches side by side: each cell is played, and the printed tables say what was seen."""

import re
from pathlib import Path

import pytest

from fanlic.lab import compare
from fanlic.model.policy import EDITIONS, FINEBI_6_0_5, SWITCHES, as_words

ROOT = Path(__file__).parents[2]
DONE_AGAIN = {  # what a handout says, by what is seen on the server and in FineBI
    ("activated", "registered"): ("nothing", "无需处理"),
    ("lapsed", "lapsed"): ("scan and register", "扫码并注册"),
    ("activated", "lapsed"): ("register", "注册"),
}


@pytest.fixture(scope="module")
def editions() -> list[compare.EditionRow]:
    return list(compare.editions())


def test_the_editions_differ_as_their_sources_say(editions: list[compare.EditionRow]) -> None:
    hour, _twenty, after, before, day, silent, engines = (list(row.seen.values()) for row in editions)
    assert [set(EDITIONS)] * len(editions) == [set(row.seen) for row in editions]
    assert hour[0] == hour[2] == after[0] == "server: activated; FineBI, two polls later: registered"
    assert hour[1] == day[0] == day[1] == "server: lapsed; FineBI, two polls later: lapsed"
    assert before[0] == day[2] == "server: activated; FineBI, two polls later: lapsed"
    assert 1 == len(set(silent)), "a silent project loses its seat in every edition"
    assert ["engines in the license: 0", "engines in the license: 2", "engines in the license: 0"] == engines


@pytest.mark.parametrize(("folder", "place"), [("docs/handouts", 0), ("docs/zh/handouts", 1)])
def test_the_handout_of_outages_prints_what_is_played(
    folder: str, place: int, editions: list[compare.EditionRow]
) -> None:
    printed = (ROOT / folder / "outage-clock.md").read_text(encoding="utf-8")
    for hours, row in (("1", editions[0]), ("20", editions[1]), ("25", editions[4])):
        line = re.search(rf"^\| {hours} ?(?:hours?|小时) \| (.+) \|$", printed, re.MULTILINE)
        assert line, hours
        played = [tuple(re.findall(r": ([a-z]+)", seen)) for seen in row.seen.values()]
        assert [DONE_AGAIN[each[0], each[1]][place] for each in played] == line[1].split(" | ")


def test_every_switch_is_seen_to_matter() -> None:
    rows = {row.name: row for row in compare.switches()}
    assert set(SWITCHES) == set(rows)
    assert {name: list(positions) for name, positions in SWITCHES.items()} == {
        name: list(row.seen) for name, row in rows.items()
    }
    assert [] == [name for name, row in rows.items() if len(set(row.seen.values())) != len(row.seen)]
    usual = as_words(FINEBI_6_0_5)
    assert {name: usual[name] for name in rows} == {name: row.usual for name, row in rows.items()}
    assert "wrong code number 6 locks" == rows["lock_on"].seen["exceeding"]
    assert "the container exits with status 6" == rows["lost_folder"].seen["start_fails"]
    assert "the container starts; scanned: license-bound-elsewhere" == rows["lost_folder"].seen["phone_refuses"]
