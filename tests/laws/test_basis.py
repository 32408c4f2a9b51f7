"""Whose statement each line is: FanRuan's page, the vendor elsewhere, or our reading, with its ids.

The label is derived. So these tests ask for three things: every reading has its paragraph; no line with a reading
behind it says "FanRuan's page"; and what we have added ourselves is known to be ours.
"""

import re
from pathlib import Path

import pytest

from fanlic.lab import scenario
from fanlic.model.clauses import READ, Basis, Clause
from fanlic.model.refusals import REASONS, Reported, Who
from fanlic.texts import Statement, basis
from fanlic.troubleshoot import triage
from fanlic.troubleshoot.catalogue.entry import Cause
from fanlic.troubleshoot.catalogue.shelf import catalogue
from fanlic.troubleshoot.check import compose, inspect, mail, run
from fanlic.troubleshoot.findings import Finding
from fanlic.troubleshoot.grounds import Grounded, Grounds
from tests.troubleshoot.preflight_table import ROWS, Row
from tests.troubleshoot.triage_table import PASTES

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
data-unreadable parameter-wrong nothing-to-unbind address-outside domain-outside seats-taken
sender-without-contract title-without-company private-config-missing restart-before-reply
"""


def test_no_other_reason_than_these_is_the_page_s() -> None:
    """Whoever adds a reason has to say what it rests on: name the readings, or add it here."""
    stated = {name for name, kind in REASONS.items() if kind.__new__(kind).basis is Basis.PAGE}
    assert set(ON_THE_PAGE.split()) == stated


def test_a_reason_that_we_do_not_know_is_ours() -> None:
    assert Basis.READING is Reported("disk-full", "said", "next").basis


# -- what troubleshooting says: causes, findings and verdicts

CAUSES = {(entry.key, cause.text): cause for entry in catalogue().values() for cause in entry.causes}
OURS = re.compile(r"\b(we read|our reading|rehearsal|fanlic)\b", re.IGNORECASE)
# The scenario shows more than the cause says: what else it shows is our reading, this sentence is not.
MORE_IS_SHOWN = {
    "lapsed": "that projects are told 30002 then",
    "cannot-connect": "what FineBI makes of no answer",
    "registration-failed": "what an app name is",
}


def test_page_is_no_ground_without_a_clause() -> None:
    with pytest.raises(ValueError, match="name one"):
        Cause("the moon is full", Who.HOST, Basis.PAGE)


def test_a_cause_rests_on_the_least_firm_of_its_grounds() -> None:
    def cause(on: Grounds) -> Cause:
        return Cause("the moon is full", Who.HOST, on)

    assert (Basis.PAGE, ()) == (cause(Clause.SENDER).basis, cause(Clause.SENDER).readings)
    assert Basis.VENDOR is cause((Clause.SENDER, Clause.SEATS_CONTRACT)).basis
    both = cause(("a14", Clause.SENDER, Clause.SEATS_CONTRACT, Clause.LOCK))
    assert "our reading (A14, A12)" == basis(both)
    assert "our reading" == basis(cause(Basis.READING))


def test_a_cause_says_the_page_only_if_no_reading_stands_behind_it() -> None:
    page = {key: cause for key, cause in CAUSES.items() if cause.basis is Basis.PAGE}
    played = scenario.catalogue()
    assert 8 < len(page), "the page does name causes: sender, title, 24 hours, /app/web"
    assert {} == {key: cause for key, cause in page.items() if cause.readings or not cause.clauses}
    behind = {key for (key, _text), cause in page.items() if cause.scenario_id and played[cause.scenario_id].readings}
    assert set(MORE_IS_SHOWN) == behind
    assert set() == {reading for cause in CAUSES.values() for reading in cause.readings} - PARAGRAPHS


def test_words_of_our_own_are_not_the_page_s() -> None:
    said = {**{key: (entry.meaning, entry.basis) for key, entry in catalogue().items()}}
    said |= {f"{key}: {text}": (text, cause.basis) for (key, text), cause in CAUSES.items()}
    assert [] == [name for name, (text, source) in said.items() if OURS.search(text) and source is Basis.PAGE]


def test_an_entry_of_the_page_has_a_clause_of_the_page() -> None:
    page = [entry for entry in catalogue().values() if entry.basis is Basis.PAGE]
    assert page
    assert [] == [entry.key for entry in page if all(clause.source is not Basis.PAGE for clause in entry.clauses)]


def test_what_preflight_and_triage_say_in_our_words_is_not_the_page_s() -> None:
    said: list[tuple[str, Grounded]] = [(each.message, each) for row in ROWS for each in judged(row)]
    said += [(each.title, each) for paste in PASTES for each in triage.triage(paste.data, paste.now)[0].causes]
    page = {text: each.clauses for text, each in said if each.basis is Basis.PAGE}
    assert 10 < len(page)
    assert [] == [text for text in page if re.search(rf"{OURS.pattern}|Docker refuses|certificate authority", text)]
    assert set() == {reading for _text, each in said for reading in each.readings} - PARAGRAPHS


def judged(row: Row) -> list[Finding]:
    """What preflight finds in one row of its table."""
    if row.what == "docker-run":
        return run.judge(row.text, row.shell)
    if row.what == "compose":
        return compose.judge(row.text)
    return mail.judge(row.text.encode()) if row.what == "mail" else inspect.judge(row.text)


# -- what the handouts print: a basis for each line that has one, in both languages

PRINTED: dict[
    str, dict[str, tuple[Clause | str, ...]]
] = {  # a line by its beginning; in Chinese they follow each other
    "outage-clock": {
        "| ends |": (Clause.DOWN_TIME, Clause.TWELVE_MISSES),
        "Scan: ": (Clause.REAUTHENTICATE, "a5", Clause.RESTART_FINEOPS, Clause.RESTART_FINEREPORT),
        "| a QR code; its six digits": (Clause.QR_LIFE, "a14"),
        "| the lock after": (Clause.WRONG_CODES, Clause.LOCK),
        "| a project that is switched off": (Clause.SILENCE,),
        "| a project polls": (Clause.TWELVE_MISSES,),
    },
    "first-aid": {
        "3. Was it deployed by FineOps": (Clause.RESTART_FINEOPS,),
        "| it runs, the QR code page is back": (Clause.REAUTHENTICATE,),
        "| the QR code page does not open": (Clause.MAP_WEB,),
    },
}
WORDS = {
    "docs/handouts": {Basis.PAGE: "FanRuan's page", Basis.VENDOR: "the vendor elsewhere", Basis.READING: "our reading"},
    "docs/zh/handouts": {Basis.PAGE: "帆软帮助页面", Basis.VENDOR: "厂商其他文档", Basis.READING: "解读"},
}


@pytest.mark.parametrize("folder", WORDS)
@pytest.mark.parametrize("name", PRINTED)
def test_a_handout_prints_the_basis_that_follows_from_the_clauses(folder: str, name: str) -> None:
    words = WORDS[folder]
    lines = (ROOT / folder / f"{name}.md").read_text(encoding="utf-8").splitlines()[4:]  # the head names all three
    printed = [line for line in lines if words[Basis.PAGE] in line or words[Basis.VENDOR] in line]
    assert len(PRINTED[name]) == len(printed), "a line with a basis names its clauses here"
    for line, (begins, on) in zip(printed, PRINTED[name].items(), strict=True):
        assert folder != "docs/handouts" or line.startswith(begins)
        sources = {clause.source for clause in on if isinstance(clause, Clause)}
        readings = Cause("printed", Who.HOST, on).readings
        assert all(words[source] in line for source in sources | ({Basis.READING} if readings else set()))
        assert [] == [each for each in readings if each.upper() not in line]
