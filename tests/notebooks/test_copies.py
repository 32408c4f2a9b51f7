"""Learners work in copies: nothing of theirs is overwritten, a reset keeps it, a class has folders and papers."""

import json
import re
from pathlib import Path

import pytest

import start
from fanlic.lab.drill import numbered
from notebooks import classroom, copies
from tests.notebooks.kernels import FOLDER, NAMES


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's folder that the copies go to."""
    monkeypatch.setattr(start, "ROOT", tmp_path)
    return tmp_path


def test_the_lab_begins_with_a_copy_and_a_copy_that_was_worked_in_is_kept(tmp_path: Path) -> None:
    first = tmp_path / start.first_notebook(tmp_path, "")
    assert (FOLDER / first.name).read_text("utf-8") == first.read_text("utf-8")
    assert set(NAMES) == {path.stem for path in first.parent.glob("*.ipynb")}
    first.write_text("mine", "utf-8")
    (first.parent / "04_registration.ipynb").unlink()
    start.first_notebook(tmp_path, "")
    assert "mine" == first.read_text("utf-8")
    assert (first.parent / "04_registration.ipynb").is_file()


def test_reset_gives_a_fresh_copy_and_keeps_the_old_one_twice(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh = (FOLDER / "03_activation.ipynb").read_text("utf-8")
    mine = project / start.first_notebook(project, "")
    place = mine.parent / "03_activation.ipynb"
    for text in ("first try", "second try"):
        place.write_text(text, "utf-8")
        assert start.main(["reset", "03"]) == 0
        assert fresh == place.read_text("utf-8")
    kept = sorted(path.read_text("utf-8") for path in place.parent.glob("03_activation-before-reset-*.ipynb"))
    assert ["first try", "second try"] == kept
    assert "Your own is kept: 03_activation-before-reset-2.ipynb" in capsys.readouterr().out
    start.first_notebook(project, "")
    assert fresh == place.read_text("utf-8")


@pytest.mark.parametrize("words", [[], ["nothing"], ["../03"], ["03", "04"], [""]])
def test_reset_without_a_notebook_names_them_and_changes_nothing(
    words: list[str], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start.main(["reset", *words]) == 2
    assert "There are: 00_story, 01_authfile" in capsys.readouterr().err
    assert not list(project.iterdir())


def test_reset_in_chinese_gives_the_chinese_copy(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANLIC_LANG", "en")
    assert start.main(["reset", "00", "--lang", "zh"]) == 0
    assert "# 全过程" in (project / "notebooks-zh" / "00_story.ipynb").read_text("utf-8")


def test_root_is_told_what_to_do_in_our_words_and_a_container_may() -> None:
    with pytest.raises(start.Stop, match=r"(?s)You are root.*--allow-root"):
        start.check_user(0, [])
    start.check_user(0, ["--allow-root"])
    start.check_user(1000, [])


def test_an_option_without_its_value_is_named() -> None:
    for words in (["--folder"], ["--folder", "--no-browser"]):
        with pytest.raises(start.Stop, match="--folder needs a value"):
            start.take_option(words, "--folder")


# -- a class


def test_a_class_has_folders_distinct_drills_an_answer_key_and_a_checklist(tmp_path: Path) -> None:
    assert classroom.main(["--learners", "16", "--out", str(tmp_path)]) == 0
    learners = sorted(tmp_path.glob("learner-*"))
    assert 16 == len(learners)
    seeds = [json.loads((each / "me.json").read_text())["seed"] for each in learners]
    assert 16 == len(set(seeds))
    assert set(NAMES) == {path.stem for path in (learners[0] / "notebooks").glob("*.ipynb")}
    for link in re.findall(
        r"\]\((\.\./docs/[^)#]+)", (learners[0] / "notebooks" / "00_story.ipynb").read_text("utf-8")
    ):
        assert (learners[0] / "notebooks" / link).is_file(), link
    key = (tmp_path / "trainer" / "answer-key.md").read_text("utf-8")
    drills = [int(number) for number in re.findall(r"^\| learner-\d\d \| (\d{4}) \|", key, re.MULTILINE)]
    assert (16, True) == (len(set(drills)), set(drills) <= set(numbered()))
    assert (tmp_path / "trainer" / "room.md").read_text("utf-8").count("- [ ]") == 8
    told = "".join(path.read_text("utf-8") for path in learners[0].rglob("*") if path.is_file())
    assert "Right answer |" not in told


def test_a_class_made_again_keeps_what_the_learners_did(tmp_path: Path) -> None:
    for _time in range(2):
        assert classroom.main(["--learners", "2", "--out", str(tmp_path)]) == 0
        (tmp_path / "learner-01" / "notebooks" / "00_story.ipynb").write_text("mine", "utf-8")
        (tmp_path / "learner-01" / "progress.json").write_text("{}", "utf-8")
    assert "mine" == (tmp_path / "learner-01" / "notebooks" / "00_story.ipynb").read_text("utf-8")


@pytest.mark.parametrize("learners", ["0", "25", "-1", "many"])
def test_a_class_of_nobody_or_too_many_is_refused(learners: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        classroom.main(["--learners", learners, "--out", str(tmp_path / "class")])
    assert not list(tmp_path.iterdir())


def test_the_marks_of_copies_do_not_depend_on_the_ends_of_lines() -> None:
    assert copies.mark("a \nb\n") == copies.mark("a\r\nb".replace("\r", ""))
