"""The ledger: each statement of FanRuan's page has a clause or a reason, and what has changed is looked at again."""

import json
import re
from collections import Counter
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from fanlic.model.clauses import SLUGS, Basis, Clause

ROOT = Path(__file__).parents[2]
PAGE = """\
Overview
1. Use the address in the contract. Another one is refused (see below).
Catalog | Map or Not |
/app/log | Map as needed. It helps. | / |
"""


@pytest.fixture(scope="module")
def ledger() -> ModuleType:
    spec = spec_from_file_location("ledger", ROOT / "docs" / "ledger.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_statement_has_a_clause_or_says_why_it_is_no_rule(ledger: ModuleType) -> None:
    rows = ledger.read_ledger()
    assert len(rows) == 157
    assert [] == [row.at for row in rows if bool(row.clauses) == bool(row.no_rule)]
    assert [] == [(row.at, slug) for row in rows for slug in row.clauses if slug not in SLUGS]
    assert [] == [
        row.at for row in rows if row.kind not in ledger.KINDS or not re.fullmatch("[0-9a-f]{16}", row.digest)
    ]
    assert [] == [at for at, count in Counter(row.at for row in rows).items() if count > 1]


def test_a_clause_of_the_page_has_a_statement_and_no_other_clause_has_one(ledger: ModuleType) -> None:
    stated = {slug for row in ledger.read_ledger() for slug in row.clauses}
    assert {clause.slug for clause in Clause if clause.source is Basis.PAGE} == stated


def test_the_ledger_keeps_no_sentence_of_the_page(ledger: ModuleType) -> None:
    keys = set(re.findall(r"^(\w+) =", ledger.STATEMENTS.read_text("utf-8"), re.MULTILINE))
    assert {"source", "at", "kind", "hash", "clauses", "no_rule"} == keys


def test_nothing_has_changed_since_a_maintainer_looked_at_it(ledger: ModuleType) -> None:
    assert {} == ledger.suspects(), "run: python docs/ledger.py suspects"


@pytest.mark.parametrize("part", ["statement", "paraphrase", "translation"])
def test_a_change_of_each_part_makes_its_clause_suspect_and_no_other(ledger: ModuleType, part: str) -> None:
    rows, chinese = ledger.read_ledger(), ledger.chinese()
    before = ledger.fingerprints(rows, chinese)
    if part == "statement":
        rows = [row._replace(digest="0" * 16) if row.clauses == ("firewall",) else row for row in rows]
    elif part == "translation":
        chinese[Clause.FIREWALL.text] = "?"
    else:
        before["firewall"]["paraphrase"] = ledger.digest("another wording")
    after = ledger.fingerprints(rows, chinese)
    changed = [(slug, name) for slug in after for name in after[slug] if after[slug][name] != before[slug][name]]
    assert [("firewall", part)] == changed


def test_a_page_falls_into_sentences_and_cells(ledger: ModuleType) -> None:
    assert [
        "Overview",
        "Use the address in the contract.",
        "Another one is refused (see below).",
        "Catalog",
        "Map or Not",
        "/app/log",
        "Map as needed.",
        "It helps.",
    ] == list(ledger.split(PAGE))


def rows_of(ledger: ModuleType, page: str) -> list[object]:
    return [
        ledger.Statement(f"p/{number}", "prose", ledger.digest(text), (), "no")
        for number, text in enumerate(ledger.split(page))
    ]


def test_spaces_numbers_and_wide_forms_make_no_difference(ledger: ModuleType) -> None:
    other = PAGE.replace("1. Use", "2.  Use").replace("(see below)", "\uff08see below\uff09").replace(" | ", "   | ")
    assert [] == ledger.differences(rows_of(ledger, PAGE), other)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("It helps.", "It hurts.", ["gone or changed: p/7 (no rule)", "new or changed, after p/6: "]),
        (" It helps.", "", ["gone or changed: p/7 (no rule)"]),
        ("It helps.", "It helps. Really.", ["new or changed, after p/7: "]),
        ("Overview", "Warning. Overview", ["new or changed, after the beginning: "]),
    ],
)
def test_what_differs_in_a_copy_is_named_with_its_place(
    ledger: ModuleType, old: str, new: str, told: list[str]
) -> None:
    lines = ledger.differences(rows_of(ledger, PAGE), PAGE.replace(old, new))
    assert [True] * len(told) == [line.startswith(words) for line, words in zip(lines, told, strict=True)]


def test_clearing_notes_the_fingerprints_of_today_and_forgets_clauses_that_are_gone(
    ledger: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "cleared.json"
    kept.write_text(json.dumps({"gone": {}, "title": {"statement": "x"}}), "utf-8")
    monkeypatch.setattr(ledger, "CLEARED", kept)
    assert 0 == ledger.main(["clear", "firewall"])
    after = json.loads(kept.read_text("utf-8"))
    assert ["firewall", "title"] == list(after)
    assert {"statement": "x"} == after["title"]
    assert "firewall" not in ledger.suspects()
    assert ["statement", "paraphrase", "translation"] == ledger.suspects()["title"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["check", "no such file"], "no such file cannot be read"),
        (["clear", "no-such-slug"], "No clause has the slug no-such-slug."),
        (["clear"], "python docs/ledger.py check COPY"),
        ([], "python docs/ledger.py check COPY"),
    ],
)
def test_a_wrong_call_is_answered_with_what_to_do(
    ledger: ModuleType, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert 2 == ledger.main(arguments)
    assert told in capsys.readouterr().out


def test_a_copy_that_says_something_else_is_told_and_exits_with_1(
    ledger: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.txt"
    copy.write_text(PAGE, "utf-8")
    assert 1 == ledger.main(["check", str(copy)])
    assert "gone or changed: failed/table.30007.2 (code-30007)" in capsys.readouterr().out
