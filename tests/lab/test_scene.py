"""The picture of the parties: read off the timeline alone, so it tells any instant of the past as it was then."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from fanlic import Lab
from fanlic.lab.scene import scene
from fanlic.lab.scene_svg import draw, of_lab
from fanlic.lab.stage import Stage
from fanlic.lab.story import story
from fanlic.lab.timeline import Row
from fanlic.model.activation import CodeEntryState
from fanlic.model.outage import Standing
from fanlic.model.project import Registration
from fanlic.model.refusals import Refusal
from fanlic.ports import JournalLine

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def told() -> Iterator[Lab]:
    """A lab in which the whole story was played."""
    with Lab(engine="inline") as lab:
        story(Stage(lab))
        yield lab


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Lab(engine="inline") as lab:
        yield Stage(lab)


def rows(lab: Lab) -> list[Row]:
    lab.collect()
    return lab.rows


def test_what_the_scene_says_is_what_the_parties_say_themselves(told: Lab) -> None:
    now = scene(rows(told), told.clock.now(), told.policy, [project.name for project in told.projects])
    running = [server for server in now.servers.values() if server.running]
    assert [(server.standing, len(server.holders)) for server in running] == [
        (page.status()["activation"], page.status()["seats_taken"]) for host in told.hosts for page in host.servers()
    ]
    for project in told.projects:
        for node in project.nodes:
            if node.address:
                shown = now.projects[project.name].nodes[node.facts.node]
                assert (node.registration, node.state.misses) == (shown.registration, shown.misses)
                due = now.polls_at(shown)
                assert due is not None
                assert node.state.next_poll_at == due.at


def test_the_first_rows_tell_the_past_as_it_was_then(told: Lab) -> None:
    place = next(number for number, row in enumerate(told.rows) if row.line.subject.startswith("stop "))
    before, after = (scene(told.rows[:end], told.rows[end - 1].line.at) for end in (place, place + 1))
    assert (True, False) == (before.servers["server"].running, after.servers["server"].running)
    due = after.due(after.servers["server"])
    assert due is not None
    assert told.rows[place].line.at + timedelta(hours=24) == due.at


def test_a_killed_server_notes_no_stop_and_is_down_in_the_scene(stage: Stage) -> None:
    stage.registered()
    stage.stop()
    killed = [row for row in rows(stage.lab) if row.line.event != "stop"]
    assert not scene(killed, stage.lab.clock.now()).servers["server"].running


def test_the_lock_and_the_end_of_a_failing_registration_are_ahead(stage: Stage) -> None:
    lab = stage.lab
    _page, project = stage.registered()
    project.cut_network()
    stage.later(hours=5)
    now = scene(rows(lab), lab.clock.now(), lab.policy, ["sales"])
    node = now.projects["sales"].nodes["sales"]
    assert (Registration.FAILING, 2, False) == (node.registration, node.misses, now.projects["sales"].connected)
    ends = now.ends_at(node)
    assert ends is not None
    lab.clock.advance(seconds=(ends.at - lab.clock.now()).total_seconds())
    assert Registration.LAPSED is project.registration


def test_six_wrong_codes_lock_the_server_in_the_picture_for_fifteen_minutes(stage: Stage) -> None:
    page = stage.started_server()
    code = stage.scan(page)
    for _wrong in range(6):
        with pytest.raises(Refusal):
            page.submit(f"{(int(code) + 1) % 1000000:06d}")
    now = scene(rows(stage.lab), stage.lab.clock.now())
    assert CodeEntryState.LOCKED is now.servers["server"].code_entry
    due = now.due(now.servers["server"])
    assert due is not None
    assert stage.lab.clock.now() + timedelta(minutes=15) == due.at
    assert Standing.NEVER is now.servers["server"].standing


def test_the_picture_is_well_formed_says_every_state_in_words_and_has_an_arrow_for_each_message(told: Lab) -> None:
    for end in range(0, len(told.rows), 7):
        ET.fromstring(of_lab(told, end))
    picture = ET.fromstring(of_lab(told))
    said = " ".join(picture.itertext())
    assert all(word in said for word in ("Business desk", "server 2", "sales", "registered", "destroyed", "new-host"))
    assert 3 == sum(each.tag.endswith("polygon") for each in picture.iter())


def test_a_text_of_a_stranger_is_text_in_the_picture_and_a_long_one_is_cut() -> None:
    line = JournalLine(NINE, "contract signed", "<script>alert(1)</script>" + "\u516c\u53f8" * 90)
    picture = draw(scene([Row("desk", line)], NINE))
    assert "<script>" not in picture
    assert "\u2026" in picture
    ET.fromstring(picture)


def test_twelve_projects_of_nine_nodes_keep_within_the_picture() -> None:
    names = [f"project-{number}" for number in range(12)]
    lines = [
        Row(name, JournalLine(NINE, "registered", f"{name}-{node}", "", "unregistered", "registered"))
        for name in names
        for node in range(9)
    ]
    picture = ET.fromstring(draw(scene(lines, NINE, projects=names)))
    boxes = [each for each in picture.iter() if each.tag.endswith("rect")]
    assert all(0 <= float(each.attrib["x"]) <= 960 - float(each.attrib["width"]) for each in boxes)
    assert "and 9 more projects" in " ".join(picture.itertext())
