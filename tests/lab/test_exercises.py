"""Exercises: the starter fails with the intended message, the solution passes, hints do not give it away."""

from collections.abc import Iterator

import pytest

from fanlic.lab import Lab
from fanlic.lab.exercises import EXERCISES, HintBook, begin, check, find, hint, solution

STARTERS = {
    "two-nodes": "no license was issued yet",
    "durable": "no container runs yet",
    "locked": "the server is not activated; code entry: locked",
    "one-seat": "stock is not registered; every seat is taken",
    "meet-30001": "no registration has failed yet",
    "long-outage": "the server was not stopped and started again yet",
    "after-a-day": "the server's activation is not in force",
    "move": "the old authorization was not destroyed yet",
}

MAPPED, IMAGE = "-v /D/c:/app/config -v /D/l:/app/log", "fanruan_license_server_amd64:1.0.0"
DOWN = """
name = lab.host.container()
lab.host.docker(f"stop {{name}}")
lab.clock.advance(hours={hours})
lab.host.docker(f"start {{name}}")
lab.clock.advance(hours=2)
"""
HALF_WAY = [
    ("two-nodes", "lab.desk.receive(lab.customer.request())", "with seats: 1; the cluster has two nodes"),
    ("durable", f'lab.host.docker("run -P -d {IMAGE}")', "/app/config, /app/log would be"),
    ("durable", f'lab.host.docker("run {MAPPED} -P -d {IMAGE}")', "the port would move"),
    ("durable", f'lab.host.docker("run {MAPPED} -p 50123:8081 -d {IMAGE}")', "would stay down"),
    ("locked", "lab.clock.advance(minutes=15)", "not activated"),
    ("one-seat", "lab.projects[0].unbind()", "stock is not registered"),
    ("long-outage", DOWN.format(hours=1), "bolder"),
    ("long-outage", DOWN.format(hours=23), "does not show a valid registration"),
    ("long-outage", DOWN.format(hours=25), "does not show a valid registration"),
    ("after-a-day", "s = lab.host.server()\ns.submit(lab.phone.scan(s.refresh()))", "sales is not registered"),
    ("move", "lab.desk.receive(lab.customer.migration(lab.host.server().address))", "no new host"),
]


@pytest.fixture
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    with begin(request.param) as opened:
        yield opened


def test_every_exercise_has_its_starter_message_here() -> None:
    assert set(STARTERS) == set(EXERCISES)


@pytest.mark.parametrize(("name", "lab"), [(name, name) for name in EXERCISES], indirect=["lab"])
def test_the_untouched_start_fails_with_the_intended_message_and_the_solution_passes(name: str, lab: Lab) -> None:
    before = check(name, lab)
    assert not before.passed
    assert STARTERS[name] in repr(before)
    assert repr(before).startswith("Not yet:")
    exec(solution(name), {"lab": lab})
    assert "PASSED. The lab is as the exercise asks for." == repr(check(name, lab))


@pytest.mark.parametrize(
    ("name", "lab", "code", "missing"), [(n, n, code, missing) for n, code, missing in HALF_WAY], indirect=["lab"]
)
def test_half_a_solution_is_told_what_is_missing(name: str, lab: Lab, code: str, missing: str) -> None:
    exec(code, {"lab": lab})
    outcome = check(name, lab)
    assert not outcome.passed
    assert missing in outcome.message


@pytest.mark.parametrize("name", EXERCISES)
def test_no_hint_holds_a_line_of_the_solution(name: str) -> None:
    lines = [line.strip() for line in solution(name).splitlines() if len(line.strip()) > 8]
    assert [] == [(line, text) for line in lines for text in find(name).hints if line in text]


def test_hints_come_one_by_one_and_the_last_is_repeated() -> None:
    book = HintBook()
    given = [book.following("it", ("a", "b", "c")) for _ in range(4)]
    assert ["Hint 1 of 3: a", "Hint 2 of 3: b", "Hint 3 of 3: c", "Hint 3 of 3: c"] == given
    assert hint("move").startswith("Hint 1 of 3: The first mail")


def test_an_unknown_exercise_names_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"there is no exercise x; there are: two-nodes, durable"):
        check("x", Lab)  # type: ignore[arg-type]  # it is refused before the lab is looked at
