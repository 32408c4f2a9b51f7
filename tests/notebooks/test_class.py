"""The class kit: the instructor's edition, the plan, and handouts that say what the package says."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fanlic.lab import Lab
from fanlic.model.policy import EDITIONS
from fanlic.model.refusals import Code
from fanlic.troubleshoot import first_aid
from notebooks import editions
from tests.notebooks.kernels import FOLDER, NAMES, ROOT

HANDOUTS = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "handouts").glob("*.md")}
PLAN = (ROOT / "docs" / "howto" / "run-a-class.md").read_text(encoding="utf-8")


def minutes(name: str) -> int:
    """How many minutes a notebook says it takes."""
    found = re.search(r"\*\*Minutes:\*\* (\d+)", (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))
    assert found
    return int(found[1])


def test_the_instructor_edition_has_every_solution_and_every_note(tmp_path: Path) -> None:
    assert editions.main(["instructor", str(tmp_path)]) == 0
    made = {path.stem: path.read_text(encoding="utf-8") for path in tmp_path.glob("*.ipynb")}
    assert set(NAMES) == set(made)
    assert not [name for name, text in made.items() if "# your lines go here" in text]
    assert all("**For the instructor.**" in text for text in made.values())


def test_the_instructor_edition_has_minute_marks_in_order_and_the_answers_of_each_question() -> None:
    asked = 0
    for name in NAMES:
        notebook = json.loads((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))
        told = "\n".join(str(cell["source"]) for cell in editions.instructor(notebook)["cells"])
        marks = [int(minute) for minute in re.findall(r"Minute (\d+) of", told)]
        assert marks == sorted(marks)
        assert all(0 < mark <= minutes(name) for mark in marks)
        questions = sum("".join(cell["source"]).startswith("Predict(") for cell in notebook["cells"])
        assert questions == told.count("Typical wrong answers: ")
        asked += questions
    assert 6 == asked


def test_the_learner_edition_shows_neither_solutions_nor_notes() -> None:
    for name in NAMES:
        notebook = json.loads((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))
        assert "For the instructor" not in str([cell["source"] for cell in notebook["cells"]])


def test_an_edition_never_overwrites_the_notebooks(capsys: pytest.CaptureFixture[str]) -> None:
    before = {name: (FOLDER / f"{name}.ipynb").read_bytes() for name in NAMES}
    assert editions.main(["instructor", str(FOLDER)]) == 2
    assert "take another folder" in capsys.readouterr().err
    assert before == {name: (FOLDER / f"{name}.ipynb").read_bytes() for name in NAMES}


def test_the_plan_takes_half_a_day_and_gives_each_notebook_its_minutes() -> None:
    rows = re.findall(r"^\| (\d):(\d\d) \| (\d+) \| ([^|]+) \|", PLAN, re.MULTILINE)
    at = 0
    for hour, minute, length, what in rows:
        assert at == int(hour) * 60 + int(minute)
        at += int(length)
        for name in re.findall(r"`(\w+)`", what):
            assert int(length) >= minutes(name) - 15
    assert 4 * 60 == at
    assert [] == [name for name in NAMES if f"`{name}`" not in PLAN and f"`{name}.ipynb`" not in PLAN]


def test_the_commands_of_the_handout_work_in_their_order() -> None:
    [loads, again, looks] = re.findall(r"```text\n(.*?)```", HANDOUTS["commands"], re.DOTALL)
    with Lab(engine="inline") as lab:
        lab.desk.receive(lab.customer.request())
        for line in (loads + again + looks).splitlines():
            if line.startswith("docker image inspect"):
                continue  # for a real image; the handout says that a rehearsal's listens on 8081
            command = line.removeprefix("docker ").replace("CONTAINER_PORT", "8081")
            if "NAME" in command:
                command = command.replace("NAME", lab.host.container())
            assert 0 == lab.host.docker(command).status, line


def test_the_codes_of_the_handout_are_those_of_the_page() -> None:
    told = re.findall(r"^\| (\d{5}) \| (\w+) \|", HANDOUTS["codes"], re.MULTILINE)
    assert [(str(int(code)), code.name) for code in Code] == told


def test_first_aid_says_what_the_package_says() -> None:
    text = " ".join(HANDOUTS["first-aid"].split())
    assert [] == [one for one in first_aid.NOT_YET if one not in text]
    assert [] == [one.command for one in first_aid.KEEP if one.command not in text]
    assert [] == [one.text for one in first_aid.QUESTIONS if one.text not in text]


@pytest.mark.parametrize("hours", [1, 20, 25])
def test_the_outage_clock_says_what_the_rules_say(hours: int) -> None:
    from fanlic.notebook.outage import play

    began = datetime(2026, 3, 2, 9, tzinfo=UTC)
    stopped = began + timedelta(hours=2, minutes=30)
    row = re.search(rf"^\| {hours} hours? \|(.*)\|$", HANDOUTS["outage-clock"], re.MULTILINE)
    assert row
    for policy, told in zip(EDITIONS.values(), row[1].split("|"), strict=True):
        ended = play(began, stopped, stopped + timedelta(hours=hours), policy)
        scan = ["scan"] if ended.server.authorization.standing == "lapsed" else []
        register = ["register"] if ended.node.registration == "lapsed" else []
        assert told.strip() == (" and ".join(scan + register) or "nothing")


def test_every_handout_becomes_a_page_of_html(tmp_path: Path) -> None:
    pytest.importorskip("mistune", reason="mistune is missing: start.py test installs it")
    assert editions.main(["handouts", str(tmp_path)]) == 0
    for path in tmp_path.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "size: A4" in text
        chinese = path.stem.startswith("zh-")
        assert ("<h1>讲义" if chinese else "<h1>Handout") in text
        assert "<table>" in text
        words = "并非由帆软制作、认可或支持" if chinese else "not made, endorsed or supported by FanRuan"
        assert words in " ".join(text.split())
    names = {"commands", "codes", "first-aid", "outage-clock"}
    assert names | {f"zh-{name}" for name in names} == {path.stem for path in tmp_path.glob("*.html")}


@pytest.mark.parametrize("name", sorted(HANDOUTS))
def test_the_chinese_handout_has_the_same_commands_codes_and_numbers(name: str) -> None:
    chinese = (ROOT / "docs" / "zh" / "handouts" / f"{name}.md").read_text(encoding="utf-8")
    for found in (r"^(?:docker .*)$", r"(?<!\d)[123]0{3}\d(?!\d)", r"`[^`\n]+`"):
        assert sorted(set(re.findall(found, HANDOUTS[name], re.MULTILINE))) == sorted(
            set(re.findall(found, chinese, re.MULTILINE))
        )
