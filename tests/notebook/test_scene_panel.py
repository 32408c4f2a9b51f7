"""The parties' picture with time as a slider: back shows the past, forward lets the lab live until a limit."""

import xml.etree.ElementTree as ET
from datetime import timedelta
from itertools import pairwise
from typing import Any

from fanlic import Lab
from fanlic.lab.ways import Play
from fanlic.model.ways import GOALS
from fanlic.notebook import ScenePanel
from fanlic.notebook.axis import axis


def test_dragging_back_shows_the_past_and_changes_nothing(registered: Lab, read: Any) -> None:
    form = ScenePanel(registered)
    before, count = registered.clock.now(), len(registered.rows)
    form.slider.value = 2
    assert "This is the past." in read.html(form)
    assert "registered" not in form._picture.value.split("<desc>")[1].split("</desc>")[0].replace("unregistered", "")
    assert (before, count) == (registered.clock.now(), len(registered.rows))
    form.present()
    assert "This is the past." not in read.html(form)


def test_dragging_beyond_the_present_lets_time_pass_until_that_limit(registered: Lab) -> None:
    form = ScenePanel(registered)
    began = registered.clock.now()
    form.slider.value = len(registered.rows) + 1
    assert began + timedelta(hours=2) == registered.clock.now()
    assert "poll answered" in form._detail.value
    assert form.past == len(registered.rows)


def test_the_panel_goes_with_the_present_when_another_form_or_code_acts(registered: Lab, read: Any) -> None:
    form = ScenePanel(registered)
    registered.host.docker(f"stop {registered.host.container()}")
    form.redraw()
    assert "stopped" in form._picture.value
    assert "down-time-24-hours" not in form.text
    assert [] == read.unbalanced(read.html(form))


def test_an_event_tells_request_answer_change_and_clause(lab: Lab) -> None:
    form = ScenePanel(lab)
    lab.desk.receive(lab.customer.request())
    lab.host.docker("load -i fanruan_license_server.tar")
    lab.host.docker("run -v /D/lic:/app/config -p 50123:8081 -d fanruan_license_server_amd64:1.0.0")
    server = lab.host.server()
    server.submit(lab.phone.scan(server.qr()))
    form.look(next(place for place, row in enumerate(lab.rows, 1) if row.line.event == "activated"))
    told = form._detail.value
    assert "POST /license/v1/activation" in told
    assert "six-digits" in told


def test_steps_at_both_ends_stay_there(lab: Lab) -> None:
    form = ScenePanel(lab)
    for _press in range(4):
        form.back()
    assert 0 == form.past
    for _press in range(4):
        form.forth()
    assert len(lab.rows) == form.past
    form.next_limit()
    assert "No limit is ahead" in form.text


def test_the_axis_is_cut_and_writes_the_long_gaps(registered: Lab) -> None:
    now = registered.clock.now()
    events = [now - timedelta(hours=20), now - timedelta(minutes=1), now]
    picture = ET.fromstring(axis(events, now, [now + timedelta(days=300)], 2))
    dots = [each for each in picture.iter() if each.tag.endswith("circle")]
    assert 4 == len(dots)
    gaps = [float(b.attrib["cx"]) - float(a.attrib["cx"]) for a, b in pairwise(dots)]
    assert max(gaps) - min(gaps) < 0.2
    assert "19 h 59 min" in " ".join(picture.itertext())


def test_how_do_i_get_here_tells_the_shortest_play_and_plays_it_on_a_lab_of_its_own(registered: Lab, read: Any) -> None:
    form = ScenePanel(registered)
    now, count = registered.clock.now(), len(registered.rows)
    form.place.value = next(each for each in GOALS if each.name == "30007")
    read.button(form, "How do I get here?").click()
    assert ["register sales", "register stock"] == (form.how() or [])[-2:]
    for _twice in range(2):
        read.button(form, "Play it").click()
        assert "30007" in form._way.value.split("</ol>")[1]
        assert "stock" in form._picture.value
        assert form.on_show is not registered
        assert form.past == len(form.on_show.rows)
    form.back()
    assert "This is the past." in read.html(form)
    assert (now, count) == (registered.clock.now(), len(registered.rows))
    played = form.on_show
    read.button(form, "Back to my lab").click()
    assert played.closed
    assert "stock" not in form._picture.value
    assert form.past == count
    assert [] == read.unbalanced(read.html(form))


def test_a_play_that_the_slider_goes_back_in_shows_the_request_and_the_answer(registered: Lab) -> None:
    form = ScenePanel(registered)
    assert form.play(next(each for each in GOALS if each.name == "code-entry-locked"))
    form.look(next(place for place, row in enumerate(form.on_show.rows, 1) if row.line.event == "code refused"))
    assert "POST /license/v1/activation" in form._detail.value
    form.mine()


def test_no_choice_and_a_code_without_a_play_are_told_and_leave_the_panel_as_it_was(registered: Lab, read: Any) -> None:
    form = ScenePanel(registered)
    read.button(form, "Play it").click()
    assert "Choose a state or a code first." in form.text
    form.place.value = next(each for each in GOALS if each.name == "10000")
    read.button(form, "Play it").click()
    assert "No event here leads to 10000" in form.text
    assert form.on_show is registered
    assert "none" == read.button(form, "Back to my lab").layout.display


def test_a_play_can_be_left_for_another_one_and_for_the_present_of_the_own_lab(registered: Lab) -> None:
    form = ScenePanel(registered)
    names = ("registration-failing", "30002")
    for name in names:
        assert form.play(next(each for each in GOALS if each.name == name))
    assert isinstance(form._play, Play)
    form.mine()
    form.mine()
    assert form.on_show is registered
