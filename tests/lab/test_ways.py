"""Each shortest play, played on a lab, ends in the state that was asked for, and is not there before its last event."""

import pytest

from fanlic.lab.ways import Play
from fanlic.model.migration import MigrationStage
from fanlic.model.policy import FINEBI_6_0_5, FINEREPORT_11_5_11, Policy
from fanlic.model.refusals import Refusal
from fanlic.model.ways import GOALS, Goal, way
from fanlic.texts import spoken
from fanlic.texts.ways import named, told

PLAYED = [place for place in GOALS if way(place, FINEBI_6_0_5) is not None]


def arrived(play: Play) -> bool:
    try:
        return play.arrived
    except Refusal:  # a server that does not run tells nothing
        return False


@pytest.mark.parametrize("place", PLAYED, ids=lambda place: place.name)
def test_the_play_ends_in_the_state_and_not_before(place: Goal) -> None:
    with Play(place) as play:
        while play.done < len(play.events):
            # The desk answers a mail at once, so two stages of a migration look alike in the lab.
            assert isinstance(place.state, MigrationStage) or not arrived(play), f"there after {play.done} events"
            play.step()
        assert play.arrived


@pytest.mark.parametrize("name", ["activation-lapsed", "30002"])
def test_another_edition_has_its_own_play_and_its_lab_follows_it(name: str) -> None:
    policy: Policy = FINEREPORT_11_5_11
    place = next(each for each in GOALS if each.name == name)
    with Play(place, policy) as play:
        play.all()
        assert play.arrived


def test_a_place_that_no_play_leads_to_says_why() -> None:
    place = next(each for each in GOALS if each.name == "30003")
    with pytest.raises(ValueError, match="No event here leads to 30003"):
        Play(place)
    assert ["No event here leads to 30003"] == [line.split(":")[0] for line in told(place)]


def test_words_have_the_spans_of_time_and_nothing_twice_and_can_be_chinese() -> None:
    place = next(each for each in GOALS if each.name == "code-entry-sealed")
    lines = told(place)
    assert ["16 times: (m", "make a new Q", "4 times: ent"] == [line[:12] for line in lines]
    assert "let 15 min pass" in lines[0]
    with spoken("zh"):
        for each in GOALS:
            said = "".join((named(each), *told(each)))
            assert any("\u4e00" <= letter <= "\u9fff" for letter in said)
            assert "times" not in said
