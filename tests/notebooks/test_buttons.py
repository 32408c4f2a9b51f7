"""Run All, then press every button of every form, twice: nothing is dead, nothing raises, nothing speaks of files."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from fanlic.notebook import labs, magic
from fanlic.notebook.form import Form
from tests.notebooks.kernels import NAMES, read

NOT_MEANT_FOR_A_USER = ("Errno", "Traceback", "client has been closed", "NoneType", "KeyError")


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    monkeypatch.setenv("FANLIC_PROGRESS", str(tmp_path / "progress.json"))
    made = InteractiveShell.instance()
    yield made
    made.user_ns.clear()
    magic._USED.clear()
    labs.close_all()
    InteractiveShell.clear_instance()
    gc.collect()


def run_all(shell: Any, name: str) -> list[Form]:
    """Every form that the notebook shows, after all of its cells have run in this process."""
    before = {id(form) for form in forms()}
    for cell in read(name).cells:
        if cell.cell_type == "code":
            done = shell.run_cell(cell.source, silent=False, store_history=False)
            assert done.success, (cell.id, done.error_before_exec or done.error_in_exec)
    # A form that was in the drawer of a drill before its reset is shown no longer.
    return [each for each in forms() if id(each) not in before and not (each.lab and each.lab.closed)]


def forms() -> list[Form]:
    return [thing for thing in gc.get_objects() if isinstance(thing, Form)]


def parts(widget: Any) -> Iterator[Any]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from parts(child)


def press_all(form: Form) -> list[str]:
    """Press each of its buttons, twice; what the form says after each press."""
    said = []
    for button in [part for part in parts(form.widget) if type(part).__name__ == "Button"]:
        for _press in range(2):
            button.click()
            said.append(f"{button.description}: {form.text}")
    return said


@pytest.mark.parametrize("name", [name for name in NAMES if name != "check_in"])
def test_after_run_all_every_button_answers_twice(name: str, shell: Any, capsys: Any) -> None:
    shown = run_all(shell, name)
    assert shown
    said = [text for form in shown for text in press_all(form)]
    assert [] == [text for text in said if any(word in text for word in NOT_MEANT_FOR_A_USER)]
    assert [] == [text for text in said if "This lab is closed" in text]
    capsys.readouterr()


def test_forms_left_over_from_the_lab_before_say_so(shell: Any, capsys: Any) -> None:
    old = [form for form in run_all(shell, "03_activation") if form.lab]
    run_all(shell, "03_activation")
    said = [text for form in old for text in press_all(form)]
    assert said
    assert all("This lab is closed" in text for text in said)
    capsys.readouterr()


def test_one_cell_skipped_is_told_by_name_and_the_forms_go_on(shell: Any, capsys: Any) -> None:
    """Without a server there is nothing to scan; the form says which command is missing."""
    for cell in read("03_activation").cells:
        if cell.cell_type == "code" and cell.id in ("setup", "panel"):
            assert shell.run_cell(cell.source, silent=False, store_history=False).success
    panel = shell.user_ns["panel"]
    said = press_all(panel)
    assert [] == [text for text in said if any(word in text for word in NOT_MEANT_FOR_A_USER)]
    assert any("docker ps shows no published port" in text for text in said)
    capsys.readouterr()
