"""What one room says of a code, the others say too: explain, the handouts, the wire and the rehearsal."""

import re
from pathlib import Path

import pytest

from fanlic.lab import scenario
from fanlic.model.refusals import REASONS, Code, Who
from fanlic.troubleshoot.catalogue.shelf import catalogue

DOCS = Path(__file__).parents[2] / "docs"
SHORT = {
    "docs/handouts": {
        Who.PROJECT: "project's administrator",
        Who.HOST: "host's administrator",
        Who.CUSTOMER: "customer's contact",
    },
    "docs/zh/handouts": {Who.PROJECT: "工程管理员", Who.HOST: "宿主机管理员", Who.CUSTOMER: "客户联系人"},
}


def test_explain_and_the_wire_name_the_same_party_for_every_reason() -> None:
    differ = {
        name: (kind.who, catalogue()[kind.label].who)
        for name, kind in REASONS.items()
        if catalogue()[kind.label].who is not kind.who
    }
    assert {} == differ


@pytest.mark.parametrize("folder", SHORT)
def test_the_handout_names_the_party_of_the_wire_for_every_code(folder: str) -> None:
    text = (DOCS.parent / folder / "codes.md").read_text(encoding="utf-8")
    printed = dict(re.findall(r"^\| (\d{5}) \|.*\| (.+?) \|$", text, re.MULTILINE))
    wire = {str(int(kind.code)): SHORT[folder][kind.who] for kind in REASONS.values() if kind.code}
    assert {str(int(code)) for code in Code} == set(wire)
    assert wire == printed


def test_each_cause_of_a_code_gives_that_code_when_its_scenario_is_played() -> None:
    """A play breaks off if it does not meet what its scenario names (tests/lab/test_scenarios.py)."""
    played = scenario.catalogue()
    causes = [(str(int(code)), cause) for code in Code for cause in catalogue()[str(int(code))].causes]
    firsts = [catalogue()[str(int(code))].causes[0] for code in Code]
    assert [] == [cause.text for cause in firsts if not cause.scenario_id], "the likeliest cause can be rehearsed"
    assert [] == [
        (code, cause.scenario_id)
        for code, cause in causes
        if cause.scenario_id and code not in played[cause.scenario_id].meets
    ]
