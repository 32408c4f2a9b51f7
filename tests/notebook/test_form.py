"""What holds for every form: labels, buttons that never raise, outcomes with their basis, no rule inside."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fanlic import notebook
from fanlic.lab import Lab
from fanlic.model.policy import FINEBI_6_0_5 as POLICY
from fanlic.model.refusals import SeatsTaken
from fanlic.notebook import style
from fanlic.notebook.form import LabForm, shows

PACKAGE = Path(notebook.__file__).parent
SOURCES = sorted(PACKAGE.glob("*.py"))
LIMITS = {
    POLICY.qr_life,
    POLICY.lock,
    POLICY.down_time_limit,
    POLICY.poll_period,
    POLICY.silence_limit,
}
FORMS: dict[str, Callable[[Lab], Any]] = {
    "RequestComposer": notebook.RequestComposer,
    "RunBuilder": notebook.RunBuilder,
    "QrPanel": notebook.QrPanel,
    "RegistrationDialog": notebook.RegistrationDialog,
    "ClockPanel": notebook.ClockPanel,
    "MigrationWizard": notebook.MigrationWizard,
    "TracePane": notebook.TracePane,
    "TriageBox": notebook.TriageBox,
    "OutagePlanner": lambda _lab: notebook.OutagePlanner(),
    "ErrorExplorer": lambda _lab: notebook.ErrorExplorer("wrong-code"),
}


@pytest.mark.parametrize("name", FORMS)
def test_no_button_raises_where_nothing_was_done_yet(name: str, lab: Lab, read: Any) -> None:
    form = FORMS[name](lab)
    for button in read.kinds(form, "Button"):
        button.click()
        assert [] == read.unbalanced(read.html(form))


@pytest.mark.parametrize("name", FORMS)
def test_no_button_is_silent_not_even_the_second_time(name: str, registered: Lab, read: Any) -> None:
    form = FORMS[name](registered)
    for button in read.kinds(form, "Button"):
        for _press in range(3):
            before = form.shown()
            button.click()
            assert form.text or before != form.shown(), button.description


@pytest.mark.parametrize("name", FORMS)
def test_no_button_raises_on_a_running_lab(name: str, registered: Lab, read: Any) -> None:
    form = FORMS[name](registered)
    for button in read.kinds(form, "Button"):
        button.click()
        assert [] == read.unbalanced(read.html(form))


@pytest.mark.parametrize("name", FORMS)
def test_every_control_has_a_label_that_a_screen_reader_can_read(name: str, lab: Lab, read: Any) -> None:
    form = FORMS[name](lab)
    controls = [each for kind in ("Text", "Textarea", "Dropdown", "Checkbox") for each in read.kinds(form, kind)]
    buttons = read.kinds(form, "Button")
    assert buttons
    assert [] == [each for each in [*controls, *buttons] if not each.description or not each.tooltip]
    assert [] == read.kinds(form, "IntSlider") + read.kinds(form, "FloatSlider")


@pytest.mark.parametrize("name", FORMS)
def test_a_cell_shows_a_form_by_naming_it(name: str, lab: Lab) -> None:
    form = FORMS[name](lab)
    bundle = form._repr_mimebundle_(include=None, exclude=None)
    assert form.widget.model_id == bundle["application/vnd.jupyter.widget-view+json"]["model_id"]
    assert "a form" in bundle["text/plain"]


def test_forms_over_one_lab_follow_each_other(running: Lab, read: Any) -> None:
    panel, clock = notebook.QrPanel(running), notebook.ClockPanel(running)
    assert "QR code valid for 5 min," in read.html(panel)
    clock.advance(minutes=1)
    assert "QR code valid for 4 min," in read.html(panel)


def test_a_refusal_is_a_pop_up_with_code_name_message_next_step_clause_and_basis() -> None:
    shown = style.refusal_box(SeatsTaken(2))
    for part in (
        'role="alert"',
        "30007 REGISTER_OUT_OF_LIMIT",
        "All 2 authorizations",
        "Next:",
        "code-30007",
        "basis: FanRuan&#x27;s page",
    ):
        assert part in shown


def test_what_cannot_be_used_is_said_and_what_is_a_mistake_of_ours_is_not_hidden(lab: Lab) -> None:
    class Odd(LabForm):
        @shows
        def act(self, problem: Exception) -> None:
            raise problem

    form = Odd("odd", lab)
    form.arrange()
    form.act(OSError("the disk is full"))
    assert "the disk is full" in form.text
    with pytest.raises(KeyError):
        form.act(KeyError("x"))


def test_text_from_outside_is_never_taken_for_html() -> None:
    shown = style.note("<script>alert(1)</script>") + style.terminal("<b>") + style.facts([("<i>", "<u>")])
    assert not any(tag in shown for tag in ("<script>", "<b>", "<i>", "<u>"))


def test_no_rule_is_inside(subtests: pytest.Subtests) -> None:
    for path in SOURCES:
        with subtests.test(path.name):
            tree = ast.parse(path.read_text("utf-8"))
            imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
            assert [] == [name for name in imported if name.startswith("fanlic.adapters")]
            spans = [
                timedelta(**{str(word.arg): ast.literal_eval(word.value) for word in node.keywords})
                for node in ast.walk(tree)
                if isinstance(node, ast.Call)
                and ast.unparse(node.func) == "timedelta"
                and node.keywords
                and all(isinstance(word.value, ast.Constant) for word in node.keywords)
            ]
            assert [] == [span for span in spans if span in LIMITS]


def test_pandas_is_not_imported_with_the_forms() -> None:
    path = f"import sys; sys.path.insert(0, {str(PACKAGE.parents[1])!r})"
    code = f"{path}; import fanlic.notebook; print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert ("False\n", "") == (done.stdout, done.stderr)
