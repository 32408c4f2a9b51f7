"""Error explorer, triage box, drill card, trace and magic."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from fanlic import notebook
from fanlic.lab import Lab
from fanlic.lab.causes import DrillCause
from fanlic.lab.drills import DRILLS
from fanlic.lab.stage import Stage
from fanlic.model.migration import Action
from fanlic.notebook import DrillCard, ErrorExplorer, QrPanel, TracePane, TriageBox, magic
from fanlic.notebook.explorer import INCIDENTS
from fanlic.troubleshoot.catalogue.shelf import catalogue

# -- the error explorer


def test_every_code_and_reason_of_the_catalogue_is_shown_with_its_basis(read: Any) -> None:
    form = ErrorExplorer()
    for key in catalogue():
        form.show(key)
        shown = read.html(form)
        assert "basis:" in shown, key
        assert [] == read.unbalanced(shown), key


@pytest.mark.parametrize("key", [key for key in INCIDENTS if key != "server-does-not-start-tls"])
def test_what_was_reproduced_is_mended_in_its_own_lab_and_the_remedy_is_told(key: str, read: Any) -> None:
    form = ErrorExplorer(key)
    assert form.reproduce()
    scene = form._scene
    assert scene is not None
    seen = [check.label for project in scene.projects for check in project.failed_checks]
    assert key in seen or not key.isdigit()
    assert form.mend()
    assert scene is form._scene
    assert "The users are content" in form.played
    first = form.entry.remedy[0].split("{")[0].split("`")[0].split("'")[0][:20]
    assert "What to do" in form.played
    assert first.removeprefix("$ ")[:12] in unescape(form.played)
    assert [] == read.unbalanced(form.played)
    form.show("10001")
    assert scene.closed


def test_what_was_played_stands_above_the_long_explanation(read: Any) -> None:
    form = ErrorExplorer("30007")
    panes = read.kinds(form, "HTML")
    assert panes.index(form._shown) < panes.index(form._meaning)


def test_codes_reasons_and_symptoms_are_listed_apart(read: Any) -> None:
    form = ErrorExplorer("30007")
    assert all(key.isdigit() for _title, key in form.key.options)
    listed = len(form.key.options)
    for kind in ("reason", "symptom"):
        form.kind.value = kind
        listed += len(form.key.options)
    assert len(catalogue()) == listed


def test_what_has_no_scenario_and_no_drill_offers_none(read: Any) -> None:
    form = ErrorExplorer("30006")
    assert (True, True) == (form.reproduce_button.disabled, form.mend_button.disabled)
    assert form.reproduce() is False
    assert "no scenario" in read.html(form)
    form.show("99999")
    assert "99999 is not in the catalogue" in form.text


def test_every_drill_that_mends_exists() -> None:
    assert set() == set(INCIDENTS) - set(catalogue())
    assert set() == set(INCIDENTS.values()) - set(DRILLS)


STOPPED = (
    "CONTAINER ID   IMAGE                                COMMAND    CREATED       STATUS                   NAMES\n"
    '3f2a9c1b7d44   fanruan_license_server_amd64:1.0.0   "server"   3 weeks ago   Exited (0) 3 hours ago   lic\n'
)

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


def test_a_case_grows_by_answers_and_the_open_questions_are_buttons(read: Any) -> None:
    form = TriageBox()
    form.pasted.value = "FineBI shows error code 30005"
    read.button(form, "Triage").click()
    read.button(form, "Triage").click()
    assert ["paste 1"] == [piece.name for piece in form.case.pieces]
    assert "app-name" == form.asked
    form.answer.value = "/webroot/decision, before it was /bi"
    read.button(form, "Answer").click()
    assert "app-name" == form.case.pieces[-1].question
    assert "app-name" != form.asked
    before = form.asked
    read.button(form, "Not known").click()
    assert before != form.asked
    label = next(each.description for each in form._open.children)
    read.button(form, label).click()
    assert "/webroot/decision" not in form.answer.value
    read.button(form, "New case").click()
    assert () == form.case.pieces


def test_what_was_pasted_hours_ago_is_not_taken_for_the_present(lab: Lab, read: Any) -> None:
    form = TriageBox(lab)
    form.pasted.value = STOPPED
    assert "server-stopped" == (form.triage() or {})["verdict"]["name"]
    lab.clock.advance(hours=26)
    read.button(form, "Triage").click()
    assert "Is everything still as it was pasted?" in read.html(form)
    assert "server-stopped" == (form.triage() or {})["verdict"]["name"]
    read.button(form, "All is still as pasted").click()
    assert "24 hours or more" in read.html(form)


# -- the drill card


def checked(card: DrillCard) -> str:
    card.check()
    return card.text


@pytest.fixture
def card() -> Iterator[DrillCard]:
    made = DrillCard("port-moved")
    yield made
    made.drill.close()


def test_a_drill_is_looked_at_mended_with_its_own_tools_and_scored(card: DrillCard, read: Any) -> None:
    assert "Since this morning FineBI shows a failed registration" in read.html(card)
    assert f"Drill {card.drill.number}" in read.html(card)
    read.button(card, "saved address").click()
    read.button(card, "Check").click()
    assert "The Registration page of sales says: shown as failed." in card.text
    assert card.drill.task.cause not in card.text
    assert "score: 0 of 100" in card.text
    card.causes[DrillCause.REACH].value = True
    card.clause.value = "random-port"
    read.button(card, "Diagnose").click()
    assert "Your diagnosis: FineBI cannot reach the server" in read.html(card)
    assert "Right answer" not in read.html(card)
    read.button(card, "FineBI's dialog").click()
    read.button(card, "Present address").click()
    read.button(card, "Submit").click()
    read.button(card, "Hint").click()
    assert "Hint: Compare" in card.text
    read.button(card, "Check").click()
    assert "The users are content" in card.text
    assert card.drill.task.cause in unescape(card.text)
    assert "Looks: 1, hints: 1, score: 80 of 100" in card.text
    assert "Right answer" in card.text


def test_a_diagnosis_of_nothing_of_too_much_or_too_late_is_told_and_a_reset_clears_it(
    card: DrillCard, read: Any
) -> None:
    read.button(card, "Diagnose").click()
    assert "names one of the eight causes, or two" in card.text
    for box in card.causes.values():
        box.value = True
    read.button(card, "Diagnose").click()
    assert "names one of the eight causes, or two" in card.text
    card.reset()
    assert not any(box.value for box in card.causes.values())
    dialog: Any = card.open("dialog")
    dialog.look_up()
    dialog.submit()
    card.causes[DrillCause.REACH].value = True
    read.button(card, "Diagnose").click()
    assert "counts only before that" in card.text


def test_what_a_tool_damages_is_seen_on_the_card_at_once(card: DrillCard, read: Any) -> None:
    card.reset()
    card.line.value = f"restart {card.lab.host.container()}"
    read.button(card, "Run").click()
    assert "A server was restarted, without need." in read.html(card)


def test_an_expired_license_is_mended_with_the_tools_of_the_card_alone(read: Any) -> None:
    board = DrillCard("expired")
    read.button(board, "Contract").click()
    read.button(board, "Extend by a year").click()
    wizard: Any = board.open("migration")
    for action in Action:
        if action is not Action.RESTART_OLD:
            wizard.take(action)
    assert "The users are content" in checked(board)
    board.close()


def test_every_look_stays_in_sight_and_docker_commands_count(card: DrillCard, read: Any) -> None:
    card.look("contract")
    card.line.value = "docker ps -a"
    read.button(card, "Run").click()
    shown = read.html(card)
    assert "CONTAINER ID" in shown
    assert "company: ACME Ltd" in shown
    assert "Looks: 2" in checked(card)


def test_each_tool_opens_in_the_drawer_and_an_empty_line_is_told(card: DrillCard, read: Any) -> None:
    for label in (
        "Clock",
        "FineBI's dialog",
        "QR code page and phone",
        "Project settings",
        "Contract",
        "Migration",
        "Picture",
    ):
        read.button(card, label).click()
        assert "" == card.text
    card.docker()
    assert "Enter a docker command first" in card.text


def test_reset_breaks_it_anew_and_the_magic_follows(card: DrillCard, read: Any) -> None:
    before = card.lab
    assert magic.runs_on(before)
    card.reset()
    assert before is not card.lab
    assert (True, False) == (before.closed, card.lab.closed)
    assert magic.runs_on(card.lab)
    assert "shown as failed" in checked(card)
    card.solution()
    assert magic.runs_on(card.lab)
    assert "score: 0 of 100" in checked(card)
    assert "The users are content" in card.text
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
    assert "exists inside this notebook only" in trace.text
    shown = unescape(re.sub("<[^>]+>", "", trace.text))
    code = shown[shown.index("lab.browser.request") :].strip()
    assert "parameter-wrong" in eval(code, {"lab": running})
    assert command == trace.curl_text.value
    assert "GET" in str(trace.curl(1))
    assert 1 == trace.which.value
    assert trace.curl(99) is None
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


def test_a_list_of_containers_is_a_table_so_that_the_port_can_be_read_in_a_narrow_window(
    lab: Lab, shell: Any, monkeypatch: Any
) -> None:
    stage = Stage(lab)
    stage.registered(port="-p 50777:8081")
    shown: list[dict[str, str]] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, **_options: shown.append(bundle))
    notebook.use(lab)
    shell.run_line_magic("docker", "ps")
    assert "<td><code>127.0.0.1:50777-&gt;8081/tcp</code></td>" in shown[0]["text/html"]
    assert "<pre>" not in shown[0]["text/html"]
    assert shown[0]["text/plain"].startswith("CONTAINER ID")


def test_a_command_that_fails_is_shown_as_a_terminal_shows_it(lab: Lab, shell: Any, capsys: Any) -> None:
    notebook.use(lab)
    shell.run_cell("%docker rn {x} $HOME")
    assert "docker: unknown command: docker rn" in capsys.readouterr().out


def test_without_a_lab_the_magic_says_what_to_do(shell: Any, capsys: Any) -> None:
    shell.run_line_magic("docker", "ps")
    assert "No lab is in use: call use(lab) first.\n" == capsys.readouterr().out
