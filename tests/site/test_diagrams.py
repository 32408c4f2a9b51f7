"""Diagrams are drawn from their source alone, and a line that cannot be drawn stops the build."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("pymdownx", reason="pymdownx is missing: install requirements/docs.lock")

ROOT = Path(__file__).parents[2]
DOOR = """\
stateDiagram-v2
    accTitle: A door
    state "open" as OPEN
    state "shut" as SHUT
    state "locked & barred" as LOCKED
    [*] --> OPEN
    OPEN --> SHUT : push
    SHUT --> OPEN : pull
    SHUT --> LOCKED : turn the key twice, then put the long bar behind the door
    LOCKED --> LOCKED : knock
    LOCKED --> [*]
"""


@pytest.fixture(autouse=True)
def _makers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))


def test_every_state_and_every_way_is_in_the_picture_and_in_words() -> None:
    from _site import diagrams

    picture = diagrams.draw(DOOR, "d")
    assert ["open", "shut", "locked &amp; barred"] == re.findall(r'class="name">([^<]+)<', picture)
    assert '<title id="d-title">A door</title>' in picture
    assert "locked &amp; barred → locked &amp; barred: knock; locked &amp; barred → *</desc>" in picture
    assert "turn the key twice" in re.sub(r"</?text[^>]*>", " ", picture)
    assert 'role="img" aria-labelledby="d-title d-said"' in picture


def test_ways_that_touch_have_tracks_of_their_own_and_others_share_one() -> None:
    from _site import diagrams

    read = diagrams.parsed(DOOR)
    tops, rows, _height = diagrams._placed(read)
    tracks = diagrams._rails(read, tops, rows)
    assert {"OPEN", "SHUT", "LOCKED"} == tracks.keys()
    assert tracks["SHUT"] != tracks["OPEN"] != tracks["LOCKED"]
    chain = "".join(f"\n    S{n} --> S{n + 1} : go" for n in range(5))
    names = "".join(f'\n    state "s{n}" as S{n}' for n in range(6))
    read = diagrams.parsed(f"stateDiagram-v2\n    accTitle: A chain{names}{chain}")
    tops, rows, _height = diagrams._placed(read)
    assert {0} == set(diagrams._rails(read, tops, rows).values())


@pytest.mark.parametrize(
    "source",
    [
        DOOR + "    note right of OPEN : mind the step\n",
        DOOR.replace("    accTitle: A door\n", ""),
        "flowchart LR\n    accTitle: x\n    a --> b\n",
    ],
)
def test_what_cannot_be_drawn_is_an_error(source: str) -> None:
    from _site import diagrams
    from pymdownx.superfences import SuperFencesException

    with pytest.raises(SuperFencesException):
        diagrams.draw(source, "d")


def test_long_labels_are_broken_between_words_or_between_chinese_characters() -> None:
    from _site import diagrams

    assert ["one two", "three"] == diagrams.wrapped("one two three", diagrams.width("one two t"))
    assert ["服务器重", "启。"] == diagrams.wrapped("服务器重启。", diagrams.width("服务器重启"))
