"""Run All on a fresh kernel: what the learner sees, what fails on purpose, and that nothing is left behind."""

import asyncio
import tempfile

import pytest

from tests.notebooks.kernels import (
    FOLDER,
    NAMES,
    PATIENCE,
    TOGETHER,
    Played,
    below,
    children,
    environment,
    kernel,
    read,
)

ALL_TOGETHER = 60  # seconds for one run of every notebook; promised for two cores

SEEN = [
    ("check_in", "widgets-draw", "Press the button."),
    ("check_in", "processes-play", "server process, HTTPS, QR code: activated"),
    ("00_story", "widgets-draw", "The lab's clock"),
    ("00_story", "overview-play", "left: container private cloud authentication"),
    ("00_story", "request-send", "The business desk accepts. fanruan_license_server.tar lies in the inbox."),
    ("00_story", "load", "Loaded image: fanruan_license_server_amd64:1.0.0"),
    ("00_story", "ps", "->8081/tcp"),
    ("00_story", "activate", "The code is right. The server is activated. basis: our reading (A2) · six-digits"),
    ("00_story", "sales-submit", "Registration succeeded. Maximum number of connections: 1"),
    ("00_story", "stock-submit", "30007 REGISTER_OUT_OF_LIMIT"),
    ("00_story", "short-stop", "20 hours later FineBI shows: shown as failed basis: our reading (A4)"),
    ("00_story", "short-start", "Two hours after the return FineBI shows: shown as failed"),
    ("00_story", "long-outage", "FineBI: lapsed; authorization server: lapsed"),
    ("00_story", "long-mend", "Registration succeeded"),
    ("00_story", "migration-play", "Registered with it: sales."),
    ("01_authfile", "mistakes", "No contract names the sender colleague@acme.example."),
    ("01_authfile", "mend-sender", "the contract says 2026-02-02"),
    (
        "01_authfile",
        "mend-rest",
        "Nothing is wrong with this mail. Seats it would be granted: 1. basis: FanRuan's page",
    ),
    ("01_authfile", "seats-ten", "Seats it would be granted: 3."),
    ("01_authfile", "send", "Attached: fanruan_license_server.tar"),
    ("02_container", "builder-wrong", "/app/web: mapped, the QR code page is unreachable basis: FanRuan's page"),
    ("02_container", "builder-right", "exit status 0"),
    ("02_container", "lost-play", "license-bound-elsewhere"),
    ("03_activation", "too-late", "qr-expired The QR code is no longer valid"),
    ("03_activation", "wrong-codes", "5 The code is wrong. Tries left before the lock: 0."),
    ("03_activation", "wrong-codes", "code-entry-locked Code entry is locked until 2026-03-02 09:24:59 UTC"),
    ("03_activation", "states", "locked (now)"),
    ("03_activation", "unlock", "The server is activated."),
    ("03_activation", "trace-end", "curl -k -X POST"),
    ("04_registration", "wrong-user", "not-administrator The user li.ming cannot open Manage"),
    ("04_registration", "wrong-port", "cannot-connect Cannot connect to https://127.0.0.1:9"),
    ("04_registration", "cluster", "30007 REGISTER_OUT_OF_LIMIT All 3 authorizations of the license are taken."),
    ("04_registration", "unbind", "Registration succeeded"),
    ("05_failures", "codes-table", "30001 REPORT_VERSION_ERROR"),
    ("05_failures", "app-mend", "The users are content: everything shows as registered."),
    ("05_failures", "license-mend", "The users are content: everything shows as registered."),
    ("05_failures", "unknown-show", "We do not guess, and nobody should act on a guess. basis: our reading"),
    ("05_failures", "triage-run", "The authorization server is stopped"),
    ("06_outage", "healed", "at the return: shown as failed; two hours later: registered basis: our reading (A4)"),
    ("06_outage", "lapsed", "server: lapsed, the server was down for too long; FineBI: lapsed"),
    ("06_outage", "planner-play", "FineBI ends as: lapsed"),
    ("06_outage", "margin-play", "30 23 registered 60 23 lapsed"),
    ("06_outage", "editions-table", "1 nothing scan and register nothing"),
    ("06_outage", "editions-table", "25 scan and register scan and register register"),
    ("07_migration", "early-play", "step-out-of-order Not now: copy privateConfig from /app/config."),
    ("07_migration", "restart-play", "The old server must not be restarted before the reply has come."),
    ("07_migration", "after-play", "Two hours later, polling the new server: registered"),
    ("07_migration", "states", "new server registered (now)"),
    ("08_drills", "check-early", "The Registration page of sales says: shown as failed. Looks: 2"),
    ("08_drills", "check-mended", "With -P the restart published another port."),
    ("08_drills", "check-mended", "Looks: 2, hints: 0, score: 90 of 100"),
    ("08_drills", "wrong-play", "The Registration page of sales says: shown as failed."),
    ("08_drills", "mystery-form", "Drill "),
]
PICTURES = [
    ("00_story", "timeline", "Timeline of all parties"),
    ("03_activation", "trace-end", "Timeline of all parties"),
    ("04_registration", "seats-picture", "Seats taken over time"),
    ("06_outage", "picture", "Timeline of all parties"),
    ("07_migration", "picture", "Timeline of all parties"),
]
TABLES = ["01_authfile", "02_container", "04_registration", "07_migration"]


@pytest.mark.parametrize(("name", "cell", "text"), SEEN)
def test_the_learner_sees(name: str, cell: str, text: str, played: dict[str, Played]) -> None:
    assert text in played[name].seen(cell)


@pytest.mark.parametrize(("name", "cell", "title"), PICTURES)
def test_the_learner_sees_the_picture(name: str, cell: str, title: str, played: dict[str, Played]) -> None:
    assert "<svg" in played[name].raw(cell)
    assert title in played[name].raw(cell)


@pytest.mark.parametrize("name", TABLES)
def test_every_scenario_of_a_table_came_out_as_told(name: str, played: dict[str, Played]) -> None:
    rows = played[name].raw("cases-table").split("<tr>")[2:]
    assert len(rows) > 5
    assert [] == [
        row for row in rows if not row.endswith("<td>as told</td></tr>") and "<td>as told</td></tr>" not in row
    ]


@pytest.mark.parametrize("name", NAMES)
def test_only_what_is_marked_fails_and_what_is_marked_does(name: str, played: dict[str, Played]) -> None:
    failed = {cell.id for cell in played[name].code if any(out.output_type == "error" for out in cell.outputs)}
    marked = {cell.id for cell in played[name].code if "raises-exception" in cell.metadata.get("tags", [])}
    assert marked == failed


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_written_to_the_error_stream(name: str, played: dict[str, Played]) -> None:
    errors = [out.text for cell in played[name].code for out in cell.outputs if out.get("name") == "stderr"]
    assert [] == errors


@pytest.mark.parametrize("name", NAMES)
def test_the_end_of_the_kernel_leaves_no_process_behind(name: str, played: dict[str, Played]) -> None:
    assert [] == played[name].left


@pytest.mark.parametrize("name", NAMES)
def test_every_form_is_drawn(name: str, played: dict[str, Played]) -> None:
    views = [cell for cell in played[name].code if any("widget-view" in str(out) for out in cell.outputs)]
    assert views
    assert [] == [cell.id for cell in views if not played[name].seen(cell.id)]


@pytest.mark.parametrize("name", NAMES)
def test_every_exercise_is_open_for_the_learner_and_passes_in_the_instructor_edition(
    name: str, played: dict[str, Played]
) -> None:
    for learner in played[name].code:
        if "exercises.check(" in learner.source:
            [instructor] = [cell for cell in played[name].again.cells if cell.id == learner.id]
            assert "Not yet:" in str(learner.outputs)
            assert "PASSED." in str(instructor.outputs)


@pytest.mark.parametrize("name", NAMES)
def test_it_can_be_run_a_second_time_in_the_same_kernel(name: str, played: dict[str, Played]) -> None:
    code = [cell for cell in played[name].again.cells if cell.cell_type == "code"]
    marked = [cell.id for cell in code if "raises-exception" in cell.metadata.get("tags", [])]
    assert marked == [cell.id for cell in code if any(out.output_type == "error" for out in cell.outputs)]
    assert all(cell.execution_count > len(code) for cell in code)


def test_what_failed_on_purpose_is_the_refusal(played: dict[str, Played]) -> None:
    assert "Reported 30007 All 3 authorizations of the license are taken." in played["04_registration"].seen("raised")


def test_every_notebook_ran_within_the_promised_time(played: dict[str, Played]) -> None:
    """Two at a time, on two cores."""
    assert sum(each.seconds for each in played.values()) / TOGETHER < ALL_TOGETHER


def test_a_kernel_that_ends_in_the_middle_takes_its_servers_along() -> None:
    pytest.importorskip("nbclient", reason="Jupyter is missing: start.py test installs it")
    pids, after = asyncio.run(_ended_in_the_middle())
    assert pids
    assert [] == after


async def _ended_in_the_middle() -> tuple[list[int], list[int]]:
    """The children of a kernel before and after it was shut down, after the server of 00_story was started."""
    import psutil
    from nbclient import NotebookClient

    notebook = read("00_story")
    with tempfile.TemporaryDirectory(prefix="nb") as folder:
        client = NotebookClient(notebook, timeout=PATIENCE, resources={"metadata": {"path": str(FOLDER)}})
        client.km = kernel(client, folder)
        async with client.async_setup_kernel(env=environment(folder)):
            for place, cell in enumerate(notebook.cells):
                await client.async_execute_cell(cell, place)
                if cell.id == "ps":
                    break
            assert children(client.km)
            processes = below(client.km)
    _gone, alive = await asyncio.to_thread(psutil.wait_procs, processes, 5)
    for each in alive:
        each.kill()
    return [each.pid for each in processes], [each.pid for each in alive]
