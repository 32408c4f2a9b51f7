"""Aimed faults: off by default, in a lab only, aimed, seeded, labelled, and harmless to whoever they do not fit."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import pytest
from flask import Flask

from fanlic.lab import Lab
from fanlic.lab.parties import ServerPage
from fanlic.model.project import Registration
from fanlic.model.refusals import AnswerUnknown, Refusal
from fanlic.web import authorization, faults
from fanlic.web.faults import LABEL, PATH, Fault


def app(*, lab: bool) -> Flask:
    return authorization.create_app(
        cast(Any, None), front_end=lambda _name: None, draw=lambda text, title: text, lab_token="t" if lab else None
    )


@pytest.fixture
def struck() -> list[str]:
    """The lines of the log."""
    return []


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch, struck: list[str]) -> Iterator[Lab]:
    """An inline lab with an activated server, whose log of faults is `struck`."""
    create = authorization.create_app

    def listening(service: Any, **options: Any) -> Flask:
        return create(service, **(options | {"log": struck.append}))

    monkeypatch.setattr(authorization, "create_app", listening)
    with Lab(engine="inline") as opened:
        opened.desk.receive(opened.customer.request(seats=3))
        opened.host.docker("load -i fanruan_license_server.tar")
        opened.host.docker("run -v /D/lic/config:/app/config -P -d fanruan_license_server_amd64:1.0.0")
        page = opened.host.server()
        page.submit(opened.phone.scan(page.qr()))
        yield opened


@pytest.fixture
def server(lab: Lab) -> ServerPage:
    return lab.host.server()


def status(lab: Lab) -> tuple[int, str]:
    answer = lab._parts.browser._client.get(lab.host.server().address + "/license/v1/status")
    return answer.status_code, answer.headers.get(LABEL, "")


# -- where they are


def test_the_strict_profile_has_no_lab_route() -> None:
    rules = [rule.rule for rule in app(lab=False).url_map.iter_rules()]
    assert rules
    assert [] == [rule for rule in rules if rule.startswith("/lab") or "fault" in rule]


def test_nothing_is_faulty_by_default(lab: Lab) -> None:
    assert [] == lab.faults.listed()
    assert (200, "") == status(lab)


def test_a_cleared_fault_strikes_no_more(lab: Lab) -> None:
    lab.faults.add("error", size=503)
    assert (503, "error") == status(lab)
    lab.faults.clear()
    assert (200, "") == status(lab)


def test_the_controls_themselves_are_never_struck(lab: Lab) -> None:
    lab.faults.add("drop")
    assert ["drop"] == [each["kind"] for each in lab.faults.listed()]


def test_a_fault_ends_with_its_server(lab: Lab) -> None:
    lab.faults.add("drop")
    lab.host.docker(f"restart {lab.host.container()}")
    assert [] == lab.faults.listed()


# -- what they do


@pytest.mark.parametrize(
    ("kind", "size", "expected"),
    [
        ("drop", 0, 502),
        ("error", 0, 503),
        ("error", 599, 599),
        ("latency", 60, 504),
        ("latency", 5, 504),
        ("latency", 4, 200),
        ("clock", 3600, 200),
        ("truncate", 0, 200),
    ],
)
def test_each_kind_answers_as_it_says_and_is_labelled(lab: Lab, kind: str, size: float, expected: int) -> None:
    lab.faults.add(kind, size=size)
    assert (expected, kind) == status(lab)


def test_a_delay_is_real_only_where_there_is_an_http_server_and_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("fanlic.web.faults.time.sleep", waited.append)
    made = Flask("test")
    for real in (False, True):
        with made.test_request_context(environ_overrides={"SERVER_SOFTWARE": "fanlic"} if real else {}):
            assert faults._instead(Fault("latency", size=4)) is None
            assert faults._instead(Fault("latency", size=1)) is None
    assert [2.0, 1] == waited


def test_a_wrong_clock_is_seen_in_date_and_moves_no_rule(lab: Lab, server: ServerPage) -> None:
    lab.faults.add("clock", size=-7200)
    answer = lab._parts.browser._client.get(server.address + "/license/v1/status")
    assert "Mon, 02 Mar 2026 07:00:00 GMT" == answer.headers["Date"]
    assert "2026-03-02T09:00:00+00:00" == answer.json()["now"]


def test_a_dropped_poll_is_a_miss_and_heals(lab: Lab, server: ServerPage) -> None:
    project = lab.project("sales")
    project.register(server.address)
    lab.faults.add("drop", endpoint="poll", nth=1)
    lab.clock.advance(hours=2)
    assert Registration.FAILING is project.registration
    assert ["answer-unknown"] == [check.reason for check in project.failed_checks]
    lab.clock.advance(hours=2)
    assert Registration.REGISTERED is project.registration


def test_a_truncated_answer_was_handled_all_the_same(lab: Lab, server: ServerPage) -> None:
    project = lab.project("sales")
    lab.faults.add("truncate", endpoint="register", nth=1)
    with pytest.raises(AnswerUnknown):
        project.register(server.address)
    assert 1 == server.status()["seats_taken"]
    project.register(server.address)
    assert 1 == server.status()["seats_taken"]


# -- whom they strike


def test_a_fault_is_aimed_by_client_and_endpoint(lab: Lab, server: ServerPage) -> None:
    lab.faults.add("drop", client="sales", endpoint="register")
    stock, sales = lab.project("stock"), lab.project("sales")
    stock.register(server.address)
    with pytest.raises(AnswerUnknown):
        sales.register(server.address)
    assert (200, "") == status(lab)
    assert [(1, 1)] == [(each["seen"], each["struck"]) for each in lab.faults.listed()]


def test_a_fault_is_aimed_at_the_nth_call(lab: Lab) -> None:
    lab.faults.add("error", endpoint="status", nth=3)
    assert [200, 200, 503, 200] == [status(lab)[0] for _ in range(4)]


def test_a_window_begins_with_its_first_instant_and_ends_before_its_last(lab: Lab) -> None:
    begin = lab.clock.now() + timedelta(hours=1)
    lab.faults.add("error", since=begin, until=begin + timedelta(hours=1))
    seen = []
    for seconds in (3599, 1, 3599, 1):
        lab.clock.set(lab.clock.now() + timedelta(seconds=seconds))
        seen.append(status(lab)[0])
    assert [200, 503, 503, 200] == seen


def test_a_share_is_drawn_by_the_seed() -> None:
    def drawn(seed: int) -> list[bool]:
        fault = Fault("drop", share=0.25, seed=seed)
        return [fault.strikes(count, cast(Any, None)) for count in range(1, 401)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert 70 < sum(drawn(1)) < 130


def test_none_and_all_of_the_calls_can_be_the_share() -> None:
    for share, expected in ((0.0, False), (1.0, True)):
        fault = Fault("drop", share=share)
        assert {expected} == {fault.strikes(count, cast(Any, None)) for count in range(1, 200)}


def test_what_was_struck_is_in_the_log_and_the_timeline(lab: Lab, server: ServerPage, struck: list[str]) -> None:
    lab.faults.add("drop", client="sales", endpoint="register")
    project = lab.project("sales")
    with pytest.raises(AnswerUnknown):
        project.register(server.address)
    assert not struck or ["fault: drop; register; sales"] == struck
    assert [("fault added", "drop register sales")] == [
        (row.line.event, row.line.subject) for row in lab.rows if row.party == "lab"
    ]


# -- what is refused


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ([], 10000),
        ({}, 10001),
        ({"kind": "plague"}, 10001),
        ({"kind": "drop", "colour": "red"}, 10001),
        ({"kind": "drop", "nth": "3"}, 10001),
        ({"kind": "drop", "nth": True}, 10001),
        ({"kind": "drop", "nth": -1}, 10001),
        ({"kind": "drop", "share": 1.5}, 10001),
        ({"kind": "drop", "since": "today"}, 10001),
        ({"kind": "drop", "until": "2026-03-02T09:00:00"}, 10001),
        ({"kind": "error", "size": 404}, 10001),
        ({"kind": "latency", "size": -1}, 10001),
    ],
)
def test_a_wrong_fault_is_refused_and_nothing_is_armed(
    lab: Lab, server: ServerPage, body: object, expected: int
) -> None:
    answer = server.send("POST", PATH, json=body)
    assert answer.status >= 400
    assert expected == answer.data["code"]
    assert [] == lab.faults.listed()


def test_a_wrong_fault_is_refused_in_the_words_of_the_lab_too(lab: Lab) -> None:
    with pytest.raises(Refusal, match="kind"):
        lab.faults.add("plague")
