"""Whose statement each line is: FanRuan's page, the vendor elsewhere, or our reading, with its ids.

The label is derived. So these tests ask for three things: every reading has its paragraph; no line with a reading
behind it says "FanRuan's page"; and what we have added ourselves is known to be ours.
"""

import re
from pathlib import Path

import pytest

from fanlic.lab import scenario
from fanlic.model.clauses import READ, Basis, Clause
from fanlic.model.refusals import REASONS, Reported
from fanlic.texts import Statement, basis
from fanlic.troubleshoot.catalogue.shelf import catalogue

ROOT = Path(__file__).parents[2]
PARAGRAPHS = set(re.findall(r"^### (\S+)$", (ROOT / "docs" / "readings.md").read_text("utf-8"), re.MULTILINE))
LINES: dict[str, Statement] = {
    **{f"clause {clause.slug}": clause for clause in Clause},
    **{f"reason {name}": kind.__new__(kind) for name, kind in REASONS.items()},
    **{f"scenario {name}": each for name, each in scenario.catalogue().items()},
    **{f"entry {key}": entry for key, entry in catalogue().items()},
}


@pytest.mark.parametrize("name", LINES)
def test_a_line_says_the_page_only_if_no_reading_stands_behind_it(name: str) -> None:
    line = LINES[name]
    assert bool(line.readings) <= (line.basis is Basis.READING)
    assert not (line.readings and "page" in basis(line).split("(")[0])
    assert set() == set(line.readings) - PARAGRAPHS


def test_each_scenario_that_is_our_reading_names_the_reading() -> None:
    ours = (each for each in scenario.catalogue().values() if each.basis is Basis.READING)
    assert [] == [each.id for each in ours if not each.readings]


def test_every_edge_has_its_paragraph() -> None:
    edges = {edge for read in READ.values() for edge in read.edges}
    assert set() == edges - PARAGRAPHS
    assert all(read.text and (read.readings or read.edges) for read in READ.values())


def test_a_label_names_its_readings_as_people_do() -> None:
    assert "FanRuan's page" == basis(Clause.SENDER)
    assert "the vendor elsewhere" == basis(Clause.SEATS_CONTRACT)
    assert "our reading (A12)" == basis(Clause.LOCK)
    assert "our reading (lapsed-is-30002, A16)" == basis(Clause.CODE_30002)


@pytest.mark.parametrize(
    ("reason", "reading"),
    [
        ("code-entry-sealed", "sealed"),
        ("node-key-wrong", "node-key"),
        ("challenge-used", "qr-page-cases"),
        ("challenge-unreadable", "phone-page"),
        ("challenge-forged", "phone-page"),
        ("license-unknown", "phone-page"),
        ("license-destroyed", "phone-page"),
        ("license-bound-elsewhere", "a29"),
        ("authorization-lapsed", "lapsed-is-30002"),
        ("qr-expired", "a14"),
        ("code-entry-locked", "a12"),
        ("license-expired", "expired-certificate"),
    ],
)
def test_what_we_have_added_is_ours(reason: str, reading: str) -> None:
    assert reading in REASONS[reason].readings
    reported = Reported(reason, "said", "next")
    assert (Basis.READING, REASONS[reason].readings) == (reported.basis, reported.readings)


ON_THE_PAGE = """
data-unreadable parameter-wrong nothing-to-unbind version-mismatch address-outside domain-outside app-name-outside
seats-taken sender-without-contract title-without-company body-line-missing method-other private-config-missing
restart-before-reply cannot-connect address-unfit
"""


def test_no_other_reason_than_these_is_the_page_s() -> None:
    """Whoever adds a reason has to say what it rests on: name the readings, or add it here."""
    stated = {name for name, kind in REASONS.items() if kind.__new__(kind).basis is Basis.PAGE}
    assert set(ON_THE_PAGE.split()) == stated


def test_a_reason_that_we_do_not_know_is_ours() -> None:
    assert Basis.READING is Reported("disk-full", "said", "next").basis
