"""How do I get here? The plays that the search finds are the shortest ones: compared with all short plays there are."""

import pytest

from fanlic.model import play
from fanlic.model.activation import CodeEntryState
from fanlic.model.outage import Standing
from fanlic.model.play import Event
from fanlic.model.policy import EDITIONS, FINEBI_6_0_5, FINEOPS_2025_08
from fanlic.model.project import Registration
from fanlic.model.refusals import Code
from fanlic.model.ways import GOALS, Goal, folded, shortest, way, why_not

DEPTH = 3  # of all plays, which proves a play of four events the shortest; one more takes ten times as long


def place(state: object) -> Goal:
    return next(each for each in GOALS if each.state is state)


def held() -> list[set[Goal]]:
    """For each number of events, the places that some play of so many events leads to. Nothing is left out."""
    found, level = [], [play.begin()]
    for _number in range(DEPTH + 1):
        found.append({each for each in GOALS for world in level if each.kind != "A migration" and each.holds(world)})
        after = [play.after(world, event, FINEBI_6_0_5) for world in level for event in Event]
        level = [world for world in after if world is not None]
    return found


def test_no_shorter_play_leads_there_when_all_of_them_are_tried() -> None:
    tried = held()
    for each in (each for each in GOALS if each.kind != "A migration"):
        events = way(each, FINEBI_6_0_5)
        first = next((number for number, places in enumerate(tried) if each in places), None)
        known = None if events is None or len(events) > DEPTH else len(events)
        assert known == first, each.name


def test_a_locked_code_entry_takes_six_wrong_codes_and_a_sealed_one_a_hundred_in_seventeen_runs() -> None:
    assert (Event.QR, *[Event.WRONG] * 6) == way(place(CodeEntryState.LOCKED), FINEBI_6_0_5)
    sealed = way(place(CodeEntryState.SEALED), FINEBI_6_0_5)
    assert sealed is not None
    assert (17, 100, 16, 133) == (
        *(sealed.count(each) for each in (Event.QR, Event.WRONG, Event.LOCK_TIME)),
        len(sealed),
    )
    assert [(16, 8), (1, 1), (4, 1)] == [(count, len(block)) for count, block in folded(sealed)]


def test_the_second_project_at_a_license_of_one_seat_meets_30007() -> None:
    assert (Event.QR, Event.ENTER, Event.SALES, Event.STOCK) == way(place(Code.REGISTER_OUT_OF_LIMIT), FINEBI_6_0_5)


def test_a_day_without_a_server_lapses_activation_and_registration_each_in_five_events() -> None:
    for state, last in ((Standing.LAPSED, Event.START), (Registration.LAPSED, Event.DOWN_TIME)):
        events = way(place(state), FINEBI_6_0_5)
        assert events is not None
        assert (5, last) == (len(events), events[-1])


def test_in_the_edition_that_forbids_restarts_a_restart_is_the_shorter_way_into_lapsed() -> None:
    assert (Event.QR, Event.ENTER, Event.STOP, Event.START) == way(place(Standing.LAPSED), FINEOPS_2025_08)


@pytest.mark.parametrize("edition", EDITIONS)
def test_each_place_has_a_play_or_a_reason_why_there_is_none(edition: str) -> None:
    policy = EDITIONS[edition]
    places = [each for each in GOALS if each.state is not CodeEntryState.SEALED]  # a second's search; see above
    without = {each.name for each in places if way(each, policy) is None}
    assert {"10000", "30003"} == without
    assert without == {each.name for each in places if why_not(each, policy)}


def test_a_search_without_an_end_gives_up_and_one_that_begins_there_is_empty() -> None:
    steps = {"a": [(Event.QR, "b")], "b": [(Event.STOP, "a"), (Event.START, "c")], "c": []}
    assert (Event.QR, Event.START) == shortest("a", steps.__getitem__, lambda at: at, lambda at: at == "c")
    assert () == shortest("a", steps.__getitem__, lambda at: at, lambda at: at == "a")
    assert None is shortest("a", steps.__getitem__, lambda at: at, lambda at: at == "z")


def test_folding_loses_no_event() -> None:
    events = (*[Event.QR, Event.STOP, Event.STOP] * 3, Event.QR, Event.WRONG)
    assert events == tuple(event for count, block in folded(events) for event in block * count)
