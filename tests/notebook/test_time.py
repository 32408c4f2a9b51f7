"""Clock, outage planner, pictures and tables: what time does, as it is shown."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from fanlic.lab import Lab
from fanlic.model import activation, migration, project
from fanlic.model.activation import CodeEntryState
from fanlic.model.outage import STANDINGS, Standing
from fanlic.model.policy import EDITIONS, FINEBI_6_0_5
from fanlic.model.project import Registration
from fanlic.model.refusals import Refusal
from fanlic.notebook import ClockPanel, OutagePlanner, frames, plots
from fanlic.notebook.clock import upcoming
from fanlic.notebook.outage import play
from fanlic.texts import _, spoken

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def svg(html: str) -> ET.Element:
    """The picture in a piece of HTML; raises where it is not well-formed."""
    return ET.fromstring(html[html.index("<svg") : html.index("</svg>") + 6])


def words(picture: ET.Element) -> str:
    return " ".join(picture.itertext())


# -- the clock


def test_the_buttons_move_the_clock_by_the_spans_of_the_page(lab: Lab, read: Any) -> None:
    form = ClockPanel(lab)
    labels = ["+ 1 min", "+ 5 min", "+ 15 min", "+ 2 h", "+ 24 h"]
    assert labels == [each.description for each in read.kinds(form, "Button")][:5]
    for label in labels:
        read.button(form, label).click()
    assert START + timedelta(hours=26, minutes=21) == lab.clock.now()
    assert "2026-03-03 11:21:00 UTC" in read.html(form)


def test_just_before_and_just_after_stand_on_both_sides_of_a_limit(running: Lab) -> None:
    running.host.server().qr()
    form = ClockPanel(running)
    form.before_next()
    assert CodeEntryState.OPEN == running.host.server().status()["code_entry"]
    form.after_next()
    assert CodeEntryState.STALE == running.host.server().status()["code_entry"]
    assert START + timedelta(minutes=5, seconds=1) == running.clock.now()


def test_just_before_a_poll_the_next_press_goes_to_the_poll_after_it_and_not_to_the_end_of_the_license(
    registered: Lab,
) -> None:
    form = ClockPanel(registered)
    form.before_next()
    assert START + timedelta(hours=2, seconds=-1) == registered.clock.now()
    form.before_next()
    assert START + timedelta(hours=4, seconds=-1) == registered.clock.now()
    assert "2 h passed" in form.text


def test_the_limits_ahead_name_polls_lapses_and_the_stopped_server(registered: Lab) -> None:
    assert ["heals-within-two-hours", "code-30000"] == [each.clause.slug for each in upcoming(registered)]
    registered.clock.advance(hours=1)
    registered.host.docker(f"stop {registered.host.container()}")
    registered.clock.advance(hours=4)
    ahead = {each.clause.slug: each.at - START for each in upcoming(registered)}
    expected = {
        "heals-within-two-hours": timedelta(hours=6),
        "twelve-misses": timedelta(hours=24),
        "down-time-24-hours": timedelta(hours=25),
    }
    assert expected == ahead


def test_the_limits_ahead_are_when_the_lab_changes(registered: Lab) -> None:
    registered.host.docker(f"stop {registered.host.container()}")
    registered.clock.advance(hours=3)
    limit = next(each.at for each in upcoming(registered) if each.clause.slug == "twelve-misses")
    registered.clock.advance(seconds=(limit - registered.clock.now()).total_seconds() - 1)
    assert Registration.FAILING is registered.projects[0].registration
    registered.clock.advance(seconds=1)
    assert Registration.LAPSED is registered.projects[0].registration


# -- the outage planner


@pytest.mark.parametrize(
    ("edition", "hours", "standing", "registration"),
    [
        ("finebi-6.0.5", 20, Standing.IN_FORCE, Registration.REGISTERED),
        ("finebi-6.0.5", 22, Standing.IN_FORCE, Registration.REGISTERED),
        ("finebi-6.0.5", 23, Standing.IN_FORCE, Registration.LAPSED),
        ("finebi-6.0.5", 24, Standing.LAPSED, Registration.LAPSED),
        ("finebi-6.0.5", 25, Standing.LAPSED, Registration.LAPSED),
        ("fineops-2025-08", 1, Standing.LAPSED, Registration.LAPSED),
        ("finereport-11.5.11", 25, Standing.IN_FORCE, Registration.LAPSED),
    ],
)
def test_the_planner_says_what_the_lab_shows(
    edition: str, hours: int, standing: Standing, registration: Registration
) -> None:
    policy = EDITIONS[edition]
    stopped = START + timedelta(hours=3)
    plan = play(START, stopped, stopped + timedelta(hours=hours), policy)
    assert (standing, registration) == (plan.server.authorization.standing, plan.node.registration)
    with Lab(engine="inline", policy=policy) as lab:
        lab.desk.receive(lab.customer.request())
        lab.host.docker("load -i fanruan_license_server.tar")
        lab.host.docker("run -v /D/lic:/app/config -p 50123:8081 -d fanruan_license_server_amd64:1.0.0")
        server = lab.host.server()
        server.submit(lab.phone.scan(server.qr()))
        project = lab.project("sales")
        project.register(server.address)
        lab.clock.advance(hours=3)
        name = lab.host.container()
        lab.host.docker(f"stop {name}")
        lab.clock.advance(hours=hours)
        lab.host.docker(f"start {name}")
        lab.clock.advance(hours=4)
        assert (standing, registration) == (lab.host.server().status()["activation"], project.registration)


def test_the_planner_shows_a_picture_and_every_line_with_its_basis(read: Any) -> None:
    form = OutagePlanner()
    form.back.value = "2026-03-03 13:00"
    read.button(form, "Show what follows").click()
    shown = read.html(form)
    picture = svg(shown)
    assert "img" == picture.attrib["role"]
    assert "Server down for 25 h" == picture[0].text
    assert "scan again and enter a new code; register the project again" in shown
    assert 4 == shown.count('class="fanlic-basis')
    assert [] == read.unbalanced(shown)


@pytest.mark.parametrize(
    ("stopped", "back", "said"),
    [
        ("tomorrow", "2026-03-03 13:00", "tomorrow is not an instant"),
        ("2026-03-04 13:00", "2026-03-03 13:00", "The order is"),
        ("2026-03-02 13:00", "2027-03-03 13:00", "longer than 30 d"),
    ],
)
def test_instants_that_cannot_be_played_are_said(stopped: str, back: str, said: str) -> None:
    form = OutagePlanner()
    form.stopped.value, form.back.value = stopped, back
    assert form.plan() is None
    assert said in form.text


# -- pictures


def outage(lab: Lab) -> None:
    """Five hours, a stop of 25, a return, a new activation and registration."""
    lab.clock.advance(hours=5)
    name = lab.host.container()
    lab.host.docker(f"stop {name}")
    lab.clock.advance(hours=25)
    lab.host.docker(f"start {name}")
    server = lab.host.server()
    server.submit(lab.phone.scan(server.refresh()))
    lab.projects[0].register(server.address)


def test_the_timeline_shows_every_party_and_the_clocks_that_ran_out(registered: Lab) -> None:
    outage(registered)
    picture = svg(plots.timeline(registered).html)
    said = words(picture)
    for part in ("server", "activation", "QR code open", "stopped", "shown as failed", "lapsed", "node sales"):
        assert part in said
    assert "img" == picture.attrib["role"]
    assert "Timeline of all parties" == picture[0].text
    assert 2 == said.count("a clock of 24 h, from")
    assert 12 == said.count("poll missed") + said.count("registration lapsed")


def test_the_activation_is_not_green_past_the_end_of_its_own_clock(registered: Lab) -> None:
    stop = registered.clock.now()
    registered.host.docker(f"stop {registered.host.container()}")
    registered.clock.advance(hours=30)
    for started in (False, True):
        if started:
            registered.host.docker("start " + registered.host.look("ps -a").splitlines()[1].split()[0])
        lane = next(lane for lane in plots._lanes(registered) if lane.label == "server: activation")
        [lapsed] = [segment for segment in lane.segments if segment.text == "lapsed"]
        assert stop + timedelta(hours=24) == lapsed.begin
    plan = play(START, START + timedelta(hours=3), START + timedelta(hours=40), FINEBI_6_0_5)
    [lapsed] = [segment for segment in plan.lanes["activation"].segments if segment.text == "lapsed"]
    assert START + timedelta(hours=27) == lapsed.begin


def test_the_timeline_of_a_lab_where_nothing_happened_is_drawn_too(lab: Lab) -> None:
    assert "Timeline of all parties" == svg(plots.timeline(lab).html)[0].text
    lab.rows.clear()
    assert "Nothing has happened yet" in plots.timeline(lab).html


def test_the_seats_over_time_end_where_the_server_stands(registered: Lab) -> None:
    outage(registered)
    history = [step.taken for step in frames.seat_history(registered)]
    assert [0, 1, 0, 1] == history
    assert registered.host.server().status()["seats_taken"] == history[-1]
    assert "1 taken" in words(svg(plots.seats(registered).html))


def test_a_silent_node_leaves_its_seat_in_the_history_too(registered: Lab) -> None:
    registered.projects[0].switch_off()
    registered.clock.advance(hours=30)
    assert 0 == frames.seat_history(registered)[-1].taken == registered.host.server().status()["seats_taken"]


def test_the_state_diagram_has_every_row_of_the_table_and_marks_the_present_state(read: Any) -> None:
    shown = plots.states(activation.TRANSITIONS, CodeEntryState.LOCKED, "Code entry").html
    assert len(activation.TRANSITIONS) == shown.count("<polygon")
    assert 1 == shown.count('aria-current="true"')
    assert ">locked (now)</text>" in shown
    assert [] == read.unbalanced(shown)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "table", [activation.TRANSITIONS, STANDINGS, project.TRANSITIONS, migration.TRANSITIONS], ids=str
)
def test_every_arrow_ends_at_its_state_and_no_two_words_of_a_state_diagram_meet(table: Any, language: str) -> None:
    with spoken(language):
        drawn = svg(plots.states(table, list(table.values())[1]).html)
        ends = [_(after) for after in table.values()]
    cards = [
        {name: float(each.attrib[name]) for name in ("x", "y", "width", "height")}
        for each in drawn.iter()
        if each.tag.endswith("rect")
    ]
    names: list[ET.Element] = []
    events: list[ET.Element] = []
    for each in drawn.iter():
        if each.tag.endswith("text"):
            (names if "font-weight" in each.attrib else events).append(each)
    tips = [each.attrib["points"].split(" ")[0].split(",") for each in drawn.iter() if each.tag.endswith("polygon")]
    hit = [
        (name.text or "").split(" (")[0]
        for x, y in tips
        for card, name in zip(cards, names, strict=True)
        if abs(card["x"] + card["width"] - float(x)) < 1 and card["y"] <= float(y) <= card["y"] + card["height"]
    ]
    assert sorted(ends) == sorted(hit)
    lines = sorted(float(each.attrib["y"]) for each in events)
    assert min(b - a for a, b in pairwise(lines)) >= 15
    lanes = min(float(part) for each in drawn.iter() if each.tag.endswith("path")
                for part in re.findall(r"H([\d.]+)q", each.attrib["d"]))  # fmt: skip
    assert all(float(each.attrib["x"]) + wide(each.text or "") < lanes for each in events)


def wide(text: str) -> float:
    return sum(12.5 if ord(letter) > 0x2000 else 6.2 for letter in text)


# -- tables


def test_tables_have_their_units_in_the_headings(registered: Lab) -> None:
    registered.clock.advance(hours=3)
    timeline = frames.timeline(registered)
    assert ["at (UTC)", "since the start (h)"] == list(timeline.columns[:2])
    assert len(registered.rows) == len(timeline)
    assert 2.0 == timeline["since the start (h)"].iloc[-1]
    ahead = frames.deadlines(registered)
    assert 60.0 == ahead["time left (min)"].iloc[0]
    assert {"our reading (expired-certificate)", "our reading (A4)"} == set(ahead["basis"])
    assert "seats taken (number)" in frames.seats(registered).columns


def test_failed_checks_are_listed_with_time_node_and_code(activated: Lab) -> None:
    project = activated.project("sales", nodes=3)
    with pytest.raises(Refusal, match="of the license are taken"):
        project.register(activated.host.server().address)
    listed = frames.failed_checks(activated)
    assert [("sales", "sales-3", 30007)] == list(listed[["project", "node", "code"]].itertuples(index=False, name=None))
    assert FINEBI_6_0_5 is activated.policy
