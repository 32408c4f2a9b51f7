"""`fanlic explain`: what it prints, its exit status, and that any console can show it."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fanlic.troubleshoot import explain, first_aid
from fanlic.troubleshoot.catalogue import around
from fanlic.troubleshoot.catalogue.shelf import catalogue

ROOT = Path(__file__).parents[2]
# As both command lines do: what the console cannot show is spelled out.
PROGRAM = """
import argparse, sys
from fanlic.troubleshoot import explain
for stream in (sys.stdout, sys.stderr):
    stream.reconfigure(errors="backslashreplace")
parser = argparse.ArgumentParser()
explain.options(parser)
sys.exit(explain.run(parser.parse_args()))
"""
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANLIC_LANG", "en")


def ask(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    explain.options(parser)
    return explain.run(parser.parse_args(arguments))


def as_json(capsys: Capture, *arguments: str) -> tuple[int, Any]:
    status = ask("--json", *arguments)
    return status, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("key", catalogue())
def test_every_entry_is_shown_with_its_own_first_aid_before_it(key: str, capsys: Capture) -> None:
    assert explain.FOUND == ask(key)
    printed = capsys.readouterr().out
    entry = catalogue()[key]
    heading = entry.title if entry.title.startswith(key) else f"{key}  {entry.title}"
    before, _sep, _rest = printed.partition(f"{heading}\n---")
    assert ("First aid" in before) == bool(around.first_aid_of(key))
    assert before.count("\n  - ") == len(around.first_aid_of(key)) <= first_aid.MOST
    assert printed.isascii()
    assert all(len(line) <= 110 for line in printed.splitlines())
    for part in (
        f"{heading}\n---",
        "Basis: ",
        "Causes, most likely first:",
        "What to do:",
        f"Who acts: {entry.who}",
    ):
        assert part in printed
    assert len(entry.causes) == printed.count("   [")
    assert ("Draft mail" in printed) == bool(entry.mail)
    assert ("Evidence to attach:" in printed) == bool(entry.evidence)
    assert ("Rehearse it:" in printed) == bool(entry.scenarios)
    assert all(clause.slug in printed for clause in entry.clauses)


def test_several_words_are_one_question(capsys: Capture) -> None:
    assert explain.FOUND == ask("port", "is", "already", "allocated")
    assert "port-already-allocated  Docker:" in capsys.readouterr().out


def test_cause_is_shown_with_basis_party_and_scenario(capsys: Capture) -> None:
    ask("30007")
    cause = "[FanRuan's page; the customer's contact named in the contract; fanlic rehearse R4]"
    assert cause in capsys.readouterr().out


def test_reason_without_a_code_says_that_the_wording_is_ours(capsys: Capture) -> None:
    ask("node-key-wrong")
    assert "The wording is fanlic's;" in capsys.readouterr().out
    ask("30005")
    assert "The wording is fanlic's;" not in capsys.readouterr().out


def test_30006_is_answered_honestly(capsys: Capture) -> None:
    assert explain.FOUND == ask("error", "30006")
    printed = capsys.readouterr().out
    assert "30006: not documented" in printed
    assert "We do not guess" in printed
    assert "Subject: COMPANY: meaning of the code CODE" in printed


def test_registration_failed_alone_asks_for_the_digits(capsys: Capture) -> None:
    assert explain.FOUND == ask("Registration failed")
    assert "Press Details in the pop-up. Which five digits" in capsys.readouterr().out


def test_two_codes_are_both_explained_and_other_fits_are_named(capsys: Capture) -> None:
    status, told = as_json(capsys, "30005 and 30007, registration failed")
    assert explain.FOUND == status
    assert ["30005", "30007"] == [entry["key"] for entry in told["entries"]]
    assert ["registration-failed"] == [match["key"] for match in told["also"]]


def test_misspelled_name_finds_nothing_and_is_offered_the_nearest(capsys: Capture) -> None:
    assert explain.NOTHING == ask("LICENCE_EXPIERD")
    printed = capsys.readouterr().out
    assert "Nothing found for: LICENCE_EXPIERD" in printed
    assert "fanlic explain 30000 " in printed


def test_unknown_product_code_is_read_by_the_scheme_and_said_to_be_unknown(capsys: Capture) -> None:
    assert explain.NOTHING == ask("61100009")
    printed = capsys.readouterr().out
    assert "We know no list with 61100009. We do not guess its meaning." in printed
    assert "an error of the module BI, unsupported" in printed
    assert "the vendor elsewhere" in printed


def test_unknown_code_is_shown_with_the_nearest_and_without_a_meaning(capsys: Capture) -> None:
    assert explain.NOTHING == ask("30008")
    printed = capsys.readouterr().out
    assert "We know no list with 30008" in printed
    assert "30007  REGISTER_OUT_OF_LIMIT" in printed
    assert "By the scheme" not in printed


def test_nothing_at_all_points_to_the_list_and_to_triage(capsys: Capture) -> None:
    assert explain.NOTHING == ask("xyzzy")
    printed = capsys.readouterr().out
    assert "fanlic explain --list" in printed
    assert "fanlic triage" in printed


@pytest.mark.parametrize("arguments", [(), ("  ",), ("--json",), ("--list", "30005")])
def test_neither_words_nor_list_or_both_is_a_usage_mistake(arguments: tuple[str, ...], capsys: Capture) -> None:
    assert explain.USAGE == ask(*arguments)
    captured = capsys.readouterr()
    assert "" == captured.out
    assert "Example: fanlic explain 30005" in captured.err


def test_list_names_every_key_and_title(capsys: Capture) -> None:
    assert explain.FOUND == ask("--list")
    printed = capsys.readouterr().out.splitlines()
    titles = [(key, entry.title) for key, entry in catalogue().items()]
    assert titles == [(line.split()[0], line[31:]) for line in printed]
    assert (explain.FOUND, [{"key": key, "title": title} for key, title in titles]) == as_json(capsys, "--list")


def test_json_has_the_same_shape_for_every_answer(capsys: Capture) -> None:
    shapes = {tuple(as_json(capsys, words)[1]) for words in ("30005", "xyzzy", "30008", "LICENCE_EXPIERD")}
    assert {("words", "entries", "also", "near", "unknown_codes")} == shapes


def test_json_of_an_entry_holds_all_that_is_printed(capsys: Capture) -> None:
    told = as_json(capsys, "30003")[1]
    (entry,) = told["entries"]
    fields = (
        "key title first_aid meaning basis advice_basis our_words shown causes look remedy ask who scenarios clauses"
        " mail evidence"
    )
    assert fields == " ".join(entry)
    assert {"text", "party", "basis", "scenario"} == set(entry["causes"][0])
    assert ("FanRuan's page", ["code-30003"], ["F10", "F13"]) == (entry["basis"], entry["clauses"], entry["scenarios"])
    assert ["seen-address"] == [question["name"] for question in entry["ask"]]
    assert around.first_aid_of("30003") == entry["first_aid"]


def test_json_names_unknown_codes_with_scheme_and_nearest(capsys: Capture) -> None:
    status, told = as_json(capsys, "61100009")
    assert (explain.NOTHING, []) == (status, told["entries"])
    (unknown,) = told["unknown_codes"]
    assert ("61100009", "61100006") == (unknown["code"], unknown["nearest"][0])
    assert "module BI" in unknown["by_scheme"]


def test_brief_has_first_aid_meaning_remedy_and_question_and_no_more(capsys: Capture) -> None:
    assert explain.FOUND == ask("lapsed", "--brief")
    shown = capsys.readouterr().out
    order = ["First aid", "No docker rm", "lapsed  ", "What to do:", "Who acts:", "Ask next:"]
    assert sorted(shown.index(part) for part in order) == [shown.index(part) for part in order]
    assert len(shown.splitlines()) <= 24
    assert "Causes" not in shown
    assert explain.FOUND == ask("title-without-company", "--brief")
    assert "First aid" not in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["cp1252:strict", "ascii:strict", "gbk:strict"])
@pytest.mark.parametrize("words", ["30005", "二维码过期", "什么都没有🙂", "--list"])
def test_any_console_can_show_the_answer(encoding: str, words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, words],
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": encoding, "FANLIC_LANG": "en", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert b"" == done.stderr
    assert (1 if "🙂" in words else 0) == done.returncode
    assert len(done.stdout) > 100


def test_english_answer_needs_no_fallback_on_a_strict_console() -> None:
    program = PROGRAM.replace('errors="backslashreplace"', 'errors="strict"')
    done = subprocess.run(
        [sys.executable, "-c", program, "证书"],
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": "cp1252:strict", "FANLIC_LANG": "en", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (0, b"") == (done.returncode, done.stderr)


def test_it_runs_on_the_standard_library_alone() -> None:
    alone = f"import sys; sys.path.insert(0, {str(ROOT)!r}); sys.argv[1:] = ['30005']\n{PROGRAM}"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", alone], capture_output=True, timeout=60, check=False)
    assert (0, b"") == (done.returncode, done.stderr)
