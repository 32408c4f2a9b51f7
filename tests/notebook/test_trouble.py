"""Error explorer, triage box, drill card, trace and magic."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from fanlic import notebook
from fanlic.lab import Lab
from fanlic.lab.drills import RECIPES
from fanlic.notebook import DrillCard, ErrorExplorer, QrPanel, TracePane, TriageBox, magic
from fanlic.notebook.explorer import DRILLS
from fanlic.troubleshoot.catalogue.shelf import catalogue

# -- the error explorer


def test_every_code_and_reason_of_the_catalogue_is_shown_with_its_basis(read: Any) -> None:
    form = ErrorExplorer()
    for key in catalogue():
        form.show(key)
        shown = read.html(form)
        assert "basis:" in shown, key
        assert [] == read.unbalanced(shown), key


def test_a_code_is_reproduced_and_mended(read: Any) -> None:
    form = ErrorExplorer("30007")
    assert "every authorization of the license is taken" in read.html(form)
    transcript = form.reproduce()
    assert transcript is not None
    assert transcript.ended_well
    assert "30007 REGISTER_OUT_OF_LIMIT" in read.html(form)
    verdict = form.mend()
    assert verdict is not None
    assert verdict.passed
    assert "The drill is mended." in read.html(form)


def test_what_has_no_scenario_and_no_drill_offers_none(read: Any) -> None:
    form = ErrorExplorer("30006")
    assert (True, True) == (form.reproduce_button.disabled, form.mend_button.disabled)
    assert form.reproduce() is None
    assert "no scenario" in read.html(form)
    form.show("99999")
    assert "99999 is not in the catalogue" in form.text


def test_every_drill_that_mends_exists() -> None:
    assert set() == set(DRILLS) - set(catalogue())
    assert set() == set(DRILLS.values()) - set(RECIPES)


# -- the triage box


def test_a_paste_gets_a_verdict_a_next_question_and_its_basis(registered: Lab, read: Any) -> None:
    form = TriageBox(registered)
    form.pasted.value = "30007 REGISTER_OUT_OF_LIMIT\n" + registered.host.look("ps -a")
    read.button(form, "Triage").click()
    shown = read.html(form)
    assert "REGISTER_OUT_OF_LIMIT: every authorization" in shown
    assert "Next question" in shown
    assert "basis: our reading" in shown


def test_what_is_nothing_gets_the_question_what_to_paste(read: Any) -> None:
    form = TriageBox()
    form.pasted.value = "<b>hello</b>"
    assert form.triage() is not None
    assert "<b>hello" not in read.html(form)
    assert "Next question" in read.html(form)


# -- the drill card


@pytest.fixture
def card() -> Iterator[DrillCard]:
    made = DrillCard("port-moved")
    yield made
    made.drill.close()


def test_a_drill_is_looked_at_mended_by_a_form_and_scored(card: DrillCard, read: Any) -> None:
    assert "Since this morning FineBI shows a failed registration" in read.html(card)
    read.button(card, "saved address").click()
    read.button(card, "Check").click()
    assert "FineBI still polls an address at which nothing listens." in card.text
    assert "score: 0 of 100" in card.text
    dialog = notebook.RegistrationDialog(card.lab)
    dialog.look_up()
    dialog.submit()
    read.button(card, "Hint").click()
    assert "Hint: Compare" in card.text
    verdict = card.check()
    assert verdict is not None
    assert verdict.passed
    assert "Looks: 1, hints: 1, score: 80 of 100" in card.text


def test_reset_breaks_it_anew_in_a_lab_of_its_own_and_the_solution_mends_it(card: DrillCard, read: Any) -> None:
    before = card.lab
    card.reset()
    assert before is not card.lab
    verdict = card.check()
    assert verdict is not None
    assert not verdict.passed
    card.solution()
    verdict = card.check()
    assert verdict is not None
    assert verdict.passed
    card.look("nowhere")
    assert "look at one of" in card.text


# -- the trace


def test_request_answer_state_change_and_log_line_stand_side_by_side(running: Lab, read: Any) -> None:
    trace = TracePane(running)
    panel = QrPanel(running)
    panel.code.value = "000000"
    panel.submit()
    shown = read.html(trace)
    assert "POST /license/v1/activation" in shown
    assert "<strong>422</strong>" in shown
    assert "server: code refused: QR code open &gt; QR code open" in shown
    assert "127.0.0.1 POST /license/v1/activation 422" in shown
    assert "/license/v1/status" not in shown
    assert [] == read.unbalanced(shown)


def test_phone_and_nodes_are_told_apart_and_the_answer_stands_beside_its_own_log_line(
    activated: Lab, read: Any
) -> None:
    trace = TracePane(activated)
    activated.project("sales").register(activated.host.server().address)
    step = trace.steps[-1]
    assert ("sales", "PUT", 200) == (step.exchange.who, step.exchange.method, step.exchange.status)
    trace.look()
    assert "PUT /license/v1/registrations/sales 200" in read.html(trace)
    assert "sales: registered: unregistered &gt; registered" in read.html(trace)


def test_a_request_can_be_copied_as_curl(running: Lab, read: Any) -> None:
    trace = TracePane(running)
    assert trace.curl() is None
    assert "no such request" in trace.text
    panel = QrPanel(running)
    panel.code.value = "00'00"
    panel.submit()
    command = trace.curl()
    assert command is not None
    arguments = shlex.split(command)
    assert ["curl", "-k", "-X", "POST", "https://127.0.0.1:50123/license/v1/activation"] == arguments[:5]
    assert {"code": "00'00"} == json.loads(arguments[-1])
    assert command == trace.curl_text.value
    trace.clear()
    assert "Nothing has gone over the wire yet." in read.html(trace)


# -- magic


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    made = InteractiveShell.instance()
    notebook.load_ipython_extension(made)
    yield made
    magic._USED.clear()
    InteractiveShell.clear_instance()


def test_the_pages_commands_run_as_they_stand(lab: Lab, shell: Any, capsys: Any) -> None:
    notebook.use(lab)
    lab.desk.receive(lab.customer.request())
    shell.run_line_magic("docker", "load < fanruan_license_server.tar")
    assert "Loaded image: fanruan_license_server_amd64:1.0.0" in capsys.readouterr().out
    shell.run_cell_magic(
        "docker",
        "",
        "# the page's own line\ndocker run -v /D/William/lic/config:/app/config \\\n  -P -d "
        "fanruan_license_server_amd64:1.0.0\n\nps\n",
    )
    shown = capsys.readouterr().out
    assert "$ docker run -v /D/William/lic/config:/app/config" in shown
    assert "$ docker ps\nCONTAINER ID" in shown
    assert "never activated" == lab.host.server().status()["activation"]


def test_a_command_that_fails_is_shown_as_a_terminal_shows_it(lab: Lab, shell: Any, capsys: Any) -> None:
    notebook.use(lab)
    shell.run_cell("%docker rn {x} $HOME")
    assert "docker: unknown command: docker rn" in capsys.readouterr().out


def test_without_a_lab_the_magic_says_what_to_do(shell: Any, capsys: Any) -> None:
    shell.run_line_magic("docker", "ps")
    assert "No lab is in use: call use(lab) first.\n" == capsys.readouterr().out
