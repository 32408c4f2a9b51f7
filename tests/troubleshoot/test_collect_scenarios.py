"""What a scenario refuses is found again in what `fanlic collect` collects on its host at that moment.

The engine is inline: the scenarios ask for one fixed port, which two tests on one machine cannot have. It keeps nothing
of a console, so `docker logs` gives what the server wrote to /app/log, which are the same lines.
"""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from fanlic.lab import Lab
from fanlic.lab.beat import Beat
from fanlic.lab.scenario import catalogue, play
from fanlic.lab.stage import Stage
from fanlic.model.policy import EDITIONS
from fanlic.troubleshoot import triage
from fanlic.troubleshoot.judge import server_log
from fanlic.troubleshoot.judge.paste import paste
from tests.troubleshoot.test_collect import Machine, recorded

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: the script is for sh")

# What leaves no trace on the container host.
ELSEWHERE = {
    "method-other": "the customer chooses another method",
    "sender-without-contract": "the desk refuses a mail",
    "title-without-company": "the desk refuses a mail",
    "recipient-wrong": "the desk refuses a mail",
    "body-line-missing": "the desk refuses a mail",
    "body-line-wrong": "the desk refuses a mail",
    "mail-unreadable": "the desk refuses a mail",
    "challenge-unreadable": "the phone refuses a picture",
    "challenge-forged": "the phone refuses a picture",
    "challenge-used": "the phone refuses a picture",
    "license-unknown": "the phone refuses a picture",
    "no-qr": "the page shows no picture",
    "not-administrator": "FineBI refuses before it asks the server",
    "other-method-chosen": "FineBI refuses before it asks the server",
    "address-unfit": "FineBI refuses before it asks the server",
    "cannot-connect": "the server was not reached",
    "answer-unknown": "another program answered",
    "certificate-refused": "FineBI breaks off before it asks",
    "identity-changed": "FineBI notices that the server is another one",
    "server-changed": "FineBI notices that the server is another one",
    "state-went-back": "FineBI notices that the server remembers less",
    "restart-before-reply": "the order of the migration is kept by people",
    "step-out-of-order": "the order of the migration is kept by people",
    "not-destroyed-yet": "the desk refuses a mail",
    "private-config-missing": "the desk refuses a mail",
    "private-config-wrong": "the desk refuses a mail",
    "address-missing": "the desk refuses a mail",
    "destruction-denied": "the customer denies a mail",
    "license-destroyed": "the phone refuses to approve",
    "10000": "the server refuses to read it, so nobody is named in its log",
    "10001": "the server refuses to read it, so nobody is named in its log",
}
GRANTED = "the server grants it before the next thing happens on the stage, so it is no fault any more"
NOT_THERE = {
    ("Q9", "code-entry-sealed"): GRANTED,
    ("Q13", "refresh-limited"): GRANTED,
    ("F6", "node-key-wrong"): GRANTED,
    ("F12", "not-registered"): GRANTED,
    ("U7", "not-registered"): GRANTED,
    ("M9", "20000"): "it is the desk that has nothing to destroy",
}
SEEN = {
    name: wanted
    for name, each in catalogue().items()
    if each.play and (wanted := {met for met in each.meets if met not in ELSEWHERE and (name, met) not in NOT_THERE})
}


@pytest.mark.parametrize("name", SEEN)
def test_what_a_scenario_refuses_is_found_in_what_was_collected_then(name: str, tmp_path: Path) -> None:
    scenario, machine, found, before = catalogue()[name], Machine(tmp_path), set[str](), set[str]()
    with Lab(engine="inline", policy=EDITIONS[scenario.editions[0]]) as lab:

        def collect() -> None:
            recorded(machine, lab)
            logs = sorted(lab.folder.rglob("server.log"), key=lambda path: path.stat().st_mtime)
            for server in (line.split()[-1] for line in lab.host.docker("ps -a").stdout.splitlines()[1:]):
                machine.knows(
                    f"logs --tail 20000 --timestamps {server}", "".join(each.read_text("utf-8") for each in logs)
                )
            now = lab.clock.now()
            clock = r"(=== fanlic: date \([a-z ]+\) ===\n)\S+"
            shown = re.sub(clock, lambda match: f"{match[1]}{now:%Y-%m-%dT%H:%M:%SZ}", machine.text())
            verdict, _notes = triage.triage(shown.encode(), now + timedelta(seconds=1))
            found.update(
                key for cause in verdict.causes[: 1 + len(scenario.meets)] for key in (cause.name, *cause.keys)
            )

        def hear(_beat: Beat) -> None:
            if stage.met - before:
                before.update(stage.met)
                collect()

        stage = Stage(lab, hear)
        assert "" == play(scenario, stage)
        collect()
    assert set() == SEEN[name] - found, found


def test_nothing_is_excused_without_need() -> None:
    met = {(name, reason) for name, each in catalogue().items() for reason in each.meets}
    assert set() == set(ELSEWHERE) - {reason for _name, reason in met}
    assert set() == set(NOT_THERE) - met


AT = "2026-03-02 09:00:0{} UTC  "


@pytest.mark.parametrize(
    ("lines", "facts"),
    [
        (["registration refused; n1; 30007", "10.0.0.5 PUT /license/v1/registrations/n1 409"], [("code", "30007")]),
        (["registration refused; stock; 30007", "registered; stock;  > 9fa1"], []),
        (["registration refused; stock; 30007", "registered; sales;  > 9fa1"], [("code", "30007")]),
        (["poll refused; sales; 30002", "10.0.0.5 POST /license/v1/registrations/sales/poll 200"], []),
        (["code refused; wrong-code; QR code open > QR code open"], [("symptom", "wrong-code")]),
        (["code refused; wrong-code", "code refused; code-entry-locked"], [("symptom", "code-entry-locked")]),
        (["code refused; wrong-code", "activated; QR code open > code used"], []),
        (["code refused; no-such-reason"], []),
        (["poll refused; 17 more; 30002"], [("code", "30002")]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("docker", ["", "2026-03-02T09:00:00.123456789Z "])
def test_the_last_refusal_of_the_servers_log_counts_unless_it_was_granted(
    lines: list[str], facts: list[tuple[str, str]], docker: str
) -> None:
    text = "".join(f"{docker}{AT.format(count)}{line}\n" for count, line in enumerate(lines))
    assert facts == [(fact.kind, fact.value) for fact in server_log.read(paste(text.encode()))]
    verdict, _notes = triage.triage(text.encode())
    assert ("no-such-reason" in text) == bool(verdict.unread)
