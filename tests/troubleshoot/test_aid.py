"""First aid per case: only where something does harm, three lines at most, never against the remedy; and --brief."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from fanlic.troubleshoot import triage
from fanlic.troubleshoot.ask import speaking
from fanlic.troubleshoot.catalogue.around import first_aid_of, stage_of
from fanlic.troubleshoot.catalogue.entry import CaseStage
from fanlic.troubleshoot.catalogue.shelf import catalogue
from fanlic.troubleshoot.catalogue.signs import SIGNS
from fanlic.troubleshoot.first_aid import MOST, REMOVE, RESTART, SCAN
from fanlic.troubleshoot.judge.aid import first_aid
from fanlic.troubleshoot.judge.report import brief, text
from fanlic.troubleshoot.judge.verdict import Verdict
from tests.troubleshoot import field_table, messy_table, triage_table
from tests.troubleshoot.triage_table import NOW, SAVED, inspect, ps

GIVEN = [
    *(paste.data for paste in triage_table.PASTES),
    *(paste.given.encode() for paste in (*field_table.PASTES, *messy_table.PASTES)),
]


@pytest.fixture(autouse=True, scope="module")
def english() -> Iterator[None]:
    with speaking("en"):
        yield


def judged(given: str) -> Verdict:
    return triage.triage(given.encode(), NOW)[0]


def test_where_nothing_was_found_nothing_is_forbidden() -> None:
    for given in (ps("Up 3 weeks") + SAVED, "Good morning", "Loaded image: fanruan_license_server_amd64:1.0.0\n"):
        verdict, notes = triage.triage(given.encode(), NOW)
        assert [] == first_aid(verdict)
        assert "First aid" not in "\n".join(text(verdict, notes))


def test_each_line_is_there_where_it_does_harm_and_not_elsewhere() -> None:
    random = judged(inspect(publish_all=True) + "error code 30005\n")
    assert ["Do not rest", "No new scan"] == [line[:11] for line in first_aid(random)]
    assert "its port may move" in first_aid(random)[0]
    fixed = first_aid(judged(inspect() + "error code 30005\n"))
    assert ["No new scan"] == [line[:11] for line in fixed]
    assert [] == first_aid(judged("docker: no space left on device\n"))
    lost = first_aid(judged(inspect(status="exited", finished="2026-11-24T06:00:00Z", mounts=("log",))))
    assert any("docker rm" in line for line in lost)


AGAINST = (
    (r"Do not restart", r"docker start|docker restart|unpause|restart FineBI|then start"),
    (r"No docker rm", r"container anew|docker rm "),
    (r"No new scan", r"Open the QR code page|enter the six digits"),
)


def test_first_aid_is_short_and_never_against_the_remedy_below_it() -> None:
    some = 0
    for given in GIVEN:
        verdict, _notes = triage.triage(given, NOW)
        lines = first_aid(verdict)
        some += bool(lines)
        assert len(lines) <= MOST
        remedy = " ".join(verdict.causes[0].remedy) if verdict.causes else ""
        for forbidden, told in AGAINST:
            assert not (any(re.match(forbidden, line) for line in lines) and re.search(told, remedy)), remedy
    assert some > 50


def test_brief_has_the_verdict_what_to_do_and_the_next_question() -> None:
    verdict, notes = triage.triage((ps("Up 2 days", "0.0.0.0:49160->8081/tcp") + SAVED).encode(), NOW)
    shown = brief(verdict, notes)
    assert len(shown) <= 16 < len(text(verdict, notes))
    whole = " ".join(" ".join(shown).split())
    assert "names port 49155; the server is published on 49160. (certain)" in whole
    assert "1. In FineBI enter the address" in whole
    assert "Next question:" in whole
    assert "Evidence" not in whole
    unknown = "\n".join(brief(*triage.triage(b"ERROR lease store is closed\n", NOW)))
    assert "line 1: ERROR lease store is closed" in unknown


# -- over every entry of the catalogue

# What a step tells to do, against which a line of that kind would speak; what is told not to do does not count.
TOLD = {
    RESTART: r"docker start|restart|container anew|run the container|start the same|start it again|unpause",
    REMOVE: r"may be removed|container anew|docker rm\b|start the container without",
    SCAN: r"\bscan\b|press refresh|six digits|reload the qr",
}
# Where no server is yet, nothing of it can be lost.
BEFORE = {CaseStage.CHOOSING, CaseStage.MAIL, CaseStage.LOAD}


def told(text: str) -> str:
    """A text without what it forbids or only mentions."""
    forbidden = r"\b(?:no|not|never|nobody|without|before|then restart FineBI)\b[^.;:]*"
    return re.sub(forbidden, "", text, flags=re.IGNORECASE)


def test_first_aid_of_an_entry_is_short_and_never_against_its_remedy(subtests: pytest.Subtests) -> None:
    for key, entry in catalogue().items():
        with subtests.test(key=key):
            lines = first_aid_of(key)
            assert len(lines) <= MOST
            steps = told(" ".join([*entry.remedy, *(sign.step for sign in SIGNS.get(key, ()))]))
            assert not [line for line in lines if re.search(TOLD.get(line, "^$"), steps, re.IGNORECASE)], steps


def test_an_entry_warns_of_nothing_where_nothing_can_be_lost(subtests: pytest.Subtests) -> None:
    warned = [key for key in catalogue() if first_aid_of(key)]
    assert 20 < len(warned) < len(catalogue()) * 2 / 3
    for key in catalogue():
        with subtests.test(key=key):
            lines = first_aid_of(key)
            assert not lines or stage_of(key) not in BEFORE
            assert SCAN not in lines or stage_of(key) is not CaseStage.RUN or key == "private-config-lost"
            saves = [line for line in lines if "docker cp" in line]
            assert len(saves) <= (REMOVE in lines)


def test_what_triage_forbids_is_not_what_explain_tells_to_do() -> None:
    for key, entry in catalogue().items():
        for shown in (*entry.shown, *([f"error code {key}"] if key.isdigit() else [])):
            verdict = triage.triage(shown.encode(), NOW)[0]
            for cause in verdict.causes[:1]:
                for line in first_aid(verdict):
                    steps = told(" ".join(cause.remedy))
                    assert not re.search(TOLD.get(line, "^$"), steps, re.IGNORECASE), (key, line)
