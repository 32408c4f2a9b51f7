"""Predict forms, the learner's progress, and the trainer's map of a class."""

import json
from pathlib import Path
from typing import Any

import pytest

from fanlic.lab import exercises
from fanlic.lab.causes import DrillCause
from fanlic.lab.exercises import EXERCISES
from fanlic.notebook import DrillCard, Predict, progress
from fanlic.notebook.heat import heat_map
from fanlic.notebook.questions import QUESTIONS


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the progress of this test goes."""
    monkeypatch.setenv("FANLIC_PROGRESS", str(tmp_path / "mine.json"))
    return tmp_path / "mine.json"


@pytest.mark.parametrize("name", list(QUESTIONS))
def test_each_answer_is_judged_with_its_clause_and_nothing_tells_it_before(name: str, read: Any) -> None:
    question = QUESTIONS[name]
    for answer in range(len(question.answers)):
        form = Predict(name)
        assert question.why not in read.html(form)
        assert (answer == question.right) is form.commit(answer)
        assert question.clause.slug in form.text
        assert ("fanlic-note good" in form.text) is (answer == question.right)


def test_without_an_answer_it_asks_for_one_and_the_first_answer_counts(kept: Path, read: Any) -> None:
    form = Predict("seats")
    read.button(form, "This will happen").click()
    assert "Mark one of the answers first." in form.text
    assert not kept.exists()
    form.answers.value = 0
    read.button(form, "This will happen").click()
    said = form.text
    read.button(form, "This will happen").click()
    assert (said, False) == (form.text, form.commit(2))
    Predict("seats").commit(2)
    assert {"chosen": 0, "right": False} == json.loads(kept.read_text())["answers"]["seats"]
    with pytest.raises(ValueError, match="There is no question moon; there are: seats"):
        Predict("moon")


def test_a_damaged_file_or_a_folder_that_cannot_be_written_stops_nobody(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for damaged in ("[]", "{", '{"answers": 7}', '{"answers": {"port": "x"}}'):
        kept.write_text(damaged)
        assert Predict("port").commit(1) is True
    assert json.loads(kept.read_text())["answers"]["port"]["right"] is True
    monkeypatch.setenv("FANLIC_PROGRESS", str(kept / "no" / "folder.json"))
    assert Predict("port").commit(1) is True


def test_a_mended_drill_is_kept_with_its_best_score(kept: Path) -> None:
    card = DrillCard("heals-soon")
    card.causes[DrillCause.NOTHING].value = True
    card.clause.value = "heals-within-two-hours"
    card.diagnose()
    card.lab.clock.advance(hours=2)
    card.check()
    assert {"score": 100, "looks": 0} == json.loads(kept.read_text())["drills"][str(card.drill.number)]
    progress.note("drills", str(card.drill.number), score=40, looks=9)
    assert 100 == json.loads(kept.read_text())["drills"][str(card.drill.number)]["score"]
    card.close()


def test_in_a_class_the_learners_folder_has_the_progress_and_the_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FANLIC_PROGRESS")
    place = tmp_path / "learner-03" / "notebooks"
    place.mkdir(parents=True)
    (tmp_path / "learner-03" / "me.json").write_text('{"learner": "learner-03", "seed": 3}')
    monkeypatch.chdir(place)
    assert (tmp_path / "learner-03" / "progress.json", 3) == (progress.place(), progress.seed())
    monkeypatch.chdir(tmp_path)
    assert 7 == progress.seed()


def test_the_map_shows_every_learner_and_survives_what_is_damaged(tmp_path: Path) -> None:
    assert "There is no learner" in heat_map(tmp_path).html
    told = {"answers": {"seats": {"right": True}, "port": {"right": False}}, "drills": {"5093": {"score": 80}}}
    for name, text in (("a", json.dumps(told)), ("b", "{"), ("<i>", '{"answers": {"seats": 1}, "drills": []}')):
        (tmp_path / name).mkdir()
        (tmp_path / name / "me.json").write_text("{}")
        (tmp_path / name / "progress.json").write_text(text)
    shown = heat_map(tmp_path).html
    assert "<i>" not in shown
    assert ">1 of 1<" in shown
    assert ">0 of 1<" in shown
    assert "5093: 80" in shown
    assert 4 == shown.count("<tr>") - 1


def test_a_solved_exercise_is_kept_and_stays_solved_and_a_check_before_the_first_act_is_no_try(kept: Path) -> None:
    task = exercises.begin("locked")
    assert not exercises.check("locked", task).passed
    assert not kept.exists()
    task.clock.advance(minutes=15)
    task.host.server().refresh()
    assert not exercises.check("locked", task).passed
    assert {"locked": {"score": 0}} == json.loads(kept.read_text())["exercises"]
    page = task.host.server()
    page.submit(task.phone.scan(page.qr()))
    assert exercises.check("locked", task).passed
    assert not exercises.check("locked", exercises.begin("locked")).passed
    assert {"locked": {"score": 100}} == json.loads(kept.read_text())["exercises"]


def test_the_map_has_a_column_for_each_exercise(tmp_path: Path) -> None:
    told = [{"exercises": {"move": {"score": 100}, "locked": {"score": 0}}}, {"exercises": {"move": {"score": 0}}}, {}]
    for name, progress_of in zip("abc", told, strict=True):
        (tmp_path / name).mkdir()
        (tmp_path / name / "me.json").write_text("{}")
        (tmp_path / name / "progress.json").write_text(json.dumps(progress_of))
    shown = heat_map(tmp_path).html
    assert (1, 2) == (shown.count(">solved"), shown.count(">not yet"))
    assert all(f"exercise: {name}" in shown for name in EXERCISES)
    assert ">1 of 2<" in shown
