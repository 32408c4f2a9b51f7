"""Exercises: the starter fails with the intended message, the solution passes, hints do not give it away."""

from collections.abc import Iterator

import pytest

from fanlic.lab import Lab
from fanlic.lab.exercises import EXERCISES, HintBook, begin, check, find, hint, solution


@pytest.fixture(autouse=True)
def unheard(monkeypatch: pytest.MonkeyPatch) -> None:
    """The notebooks' progress listens once anything has imported them; here nothing is to be kept."""
    monkeypatch.setattr("fanlic.lab.exercises.LISTENERS", [])


STARTERS = {
    "two-nodes": "the desk has issued no license yet",
    "durable": "no container runs yet",
    "locked": "the server is not activated. Code entry is locked",
    "one-seat": "stock is not registered; every seat is taken",
    "meet-30001": "no registration has failed yet",
    "long-outage": "the server was not stopped and started again yet",
    "after-a-day": "the server's activation is not in force",
    "move": "the desk has not destroyed the old authorization yet",
}

MAPPED, IMAGE = "-v /D/c:/app/config -v /D/l:/app/log", "fanruan_license_server_amd64:1.0.0"
LASTS = f"{MAPPED} -p 50123:8081 --restart always -d {IMAGE}"
DOWN = """
name = lab.host.container()
lab.host.docker(f"stop {{name}}")
lab.clock.advance(hours={hours})
lab.host.docker(f"start {{name}}")
lab.clock.advance(hours=2)
"""
SCAN = "page = lab.host.server()\npage.submit(lab.phone.scan(page.qr() or page.refresh()))\n"
REGISTER = "lab.projects[0].register(lab.host.server().address)\n"


def docker(line: str) -> str:
    return f"lab.host.docker({line!r})\n"


def refused(code: str) -> str:
    """Code that is refused, as a learner meets it in a form."""
    indented = "".join(f"    {line}\n" for line in code.splitlines())
    return f"from fanlic.model.refusals import Refusal\ntry:\n{indented}except Refusal:\n    pass\n"


REMOVE = "lab.host.docker('rm -f ' + lab.host.look('ps -a').splitlines()[{}].split()[0])\n"
ANEW = REMOVE.format(1) + docker("run " + LASTS)
LATER = "lab.clock.advance(minutes=15)\n" + SCAN
STOCK = "lab.projects[1].register(lab.host.server().address)\n"
# For each exercise what people do first, what the check says then, and the way on from there.
NATURAL: list[tuple[str, str, str, str]] = [
    (
        "two-nodes",
        "lab.desk.receive(lab.customer.request())",
        "the license has seats: 1, but the cluster has two nodes",
        "AGAIN",
    ),
    (
        "two-nodes",
        "lab.desk.receive(lab.customer.request())\nlab.desk.receive(lab.customer.request(seats=2))",
        "the desk sends the same license again. Run the cell that begins the exercise",
        "AGAIN",
    ),
    (
        "durable",
        docker(f"run -P -d {IMAGE}"),
        "you would lose /app/config, /app/log",
        ANEW,
    ),
    (
        "durable",
        docker(f"run {MAPPED} -P -d {IMAGE}"),
        "the port would change",
        ANEW,
    ),
    (
        "durable",
        docker(f"run {MAPPED} -P -d {IMAGE}") + docker("run " + LASTS),
        "still runs and holds its directories or its port. Remove it",
        REMOVE.format(2) + ANEW,
    ),
    (
        "durable",
        docker(f"run {MAPPED} -p 50123:8080 --restart always -d {IMAGE}"),
        "the server does not listen on the port that you publish",
        ANEW,
    ),
    (
        "durable",
        docker(f"run {MAPPED} -p 50123:8081 -d {IMAGE}"),
        "would stay down",
        ANEW,
    ),
    (
        "locked",
        refused("lab.host.server().submit('123456')"),
        "Code entry is locked until",
        LATER,
    ),
    (
        "locked",
        docker("restart x") + refused(SCAN),
        "Code entry is locked until",
        LATER,
    ),
    ("locked", "lab.clock.advance(minutes=15)", "Make a new QR code", SCAN),
    (
        "one-seat",
        refused("lab.projects[1].register(lab.host.server().address)"),
        "every seat is taken",
        "lab.projects[0].unbind()\nlab.projects[1].register(lab.host.server().address)",
    ),
    (
        "one-seat",
        "lab.projects[0].unbind()",
        "stock is not registered",
        "lab.projects[1].register(lab.host.server().address)",
    ),
    (
        "one-seat",
        "lab.projects[0].switch_off()",
        "stock is not registered",
        "lab.clock.advance(hours=25)\nlab.projects[1].register(lab.host.server().address)",
    ),
    (
        "meet-30001",
        "lab.project('a', version='6.0.5').register(lab.host.server().address)",
        "no registration has failed yet",
        refused("lab.project('b', version='5.1.0').register(lab.host.server().address)"),
    ),
    (
        "meet-30001",
        refused("lab.project('a', version='five').register(lab.host.server().address)"),
        "not with 30001. Try another version",
        refused("lab.project('a', version='5.1.0').register(lab.host.server().address)"),
    ),
    ("long-outage", DOWN.format(hours=1), "for longer", DOWN.format(hours=21)),
    (
        "long-outage",
        DOWN.format(hours=23),
        "the registration of sales is not valid yet",
        REGISTER + DOWN.format(hours=20),
    ),
    (
        "long-outage",
        DOWN.format(hours=25),
        "Scan the QR code, register sales, then",
        SCAN + REGISTER + DOWN.format(hours=20),
    ),
    ("after-a-day", refused(REGISTER), "activation is not in force", SCAN + REGISTER),
    ("after-a-day", SCAN, "sales is not registered", REGISTER),
    (
        "after-a-day",
        docker(f"run -v /D/other:/app/config -P -d {IMAGE}"),
        "a second server runs. It has another identity. Remove it",
        REMOVE.format(1) + SCAN + REGISTER,
    ),
    (
        "move",
        "lab.host.docker(f'stop {lab.host.container()}')",
        "the desk has not destroyed the old authorization yet",
        "old = lab.host\nold.docker('start ' + old.look('ps -a').splitlines()[1].split()[0])\n" + solution("move"),
    ),
    (
        "move",
        "lab.desk.receive(lab.customer.request(seats=1))",
        "the desk has not destroyed the old authorization yet",
        solution("move"),
    ),
    ("move", "lab.desk.receive(lab.customer.migration(lab.host.server().address))", "no new host", ""),
    (
        "move",
        solution("move") + "\nold.docker('start ' + old.look('ps -a').splitlines()[1].split()[0])",
        "the old server still runs. Stop it.",
        "lab.hosts[0].docker(f'stop {lab.hosts[0].container()}')",
    ),
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
    assert "PASSED. The lab is in the state that the exercise asks for." == repr(check(name, lab))


@pytest.mark.parametrize(
    ("name", "lab", "mistake", "says", "way_on"), [(n, n, *rest) for n, *rest in NATURAL], indirect=["lab"]
)
def test_after_a_natural_mistake_the_check_says_what_is_missing_and_there_is_a_way_on(
    name: str, lab: Lab, mistake: str, says: str, way_on: str
) -> None:
    exec(mistake, {"lab": lab})
    outcome = check(name, lab)
    assert not outcome.passed
    assert says in outcome.message
    if way_on == "AGAIN":
        lab, way_on = begin(name), solution(name)
    if way_on:
        exec(way_on, {"lab": lab})
        assert check(name, lab).passed, check(name, lab)


def test_every_exercise_has_its_natural_mistakes_here() -> None:
    assert set(EXERCISES) == {name for name, *_ in NATURAL}


def test_to_begin_again_closes_the_lab_before_and_the_check_says_so() -> None:
    old = begin("locked")
    with begin("locked") as new:
        assert (True, False) == (old.closed, new.closed)
        assert "This lab is closed. Run the cell" in check("locked", old).message


def test_an_outcome_is_seen_in_color_and_read_without() -> None:
    with begin("locked") as lab:
        shown = check("locked", lab)._repr_html_()
    assert "#9a6700" in shown
    assert "Not yet: the server is not activated" in shown


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
