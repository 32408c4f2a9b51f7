"""One id joins the row of `docs/threats.md`, the line that stops or shows the threat, and the test that attacks."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "threats.md"
TAG = re.compile(r"#\s*threat:(?P<ids>.*)")

Places = dict[str, set[str]]


class Row(NamedTuple):
    """One row of the table; `held` and `tests` are files relative to the project."""

    threat: str
    text: str
    held: set[str]
    tests: set[str]
    residual: str


def rows_in(text: str) -> Iterator[Row]:
    for line in text.splitlines():
        if not line.startswith("|") or line.startswith(("| Id |", "|---")):
            continue
        threat, what, held, tests, residual = (cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1])
        yield Row(threat, what, set(re.findall(r"`([^`]+)`", held)), set(re.findall(r"`([^`]+)`", tests)), residual)


def tagged_files() -> Places:
    files: Places = defaultdict(set)
    for path in sorted((ROOT / "fanlic").rglob("*.py")):
        text = path.read_text("utf-8")
        if "threat:" not in text:
            continue
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and (found := TAG.match(token.string)):
                for threat in found["ids"].split(","):
                    files[threat.strip()].add(path.relative_to(ROOT).as_posix())
    return files


def marked_files() -> Places:
    files: Places = defaultdict(set)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.threat":
                for argument in node.args:
                    files[ast.literal_eval(argument)].add(path.relative_to(ROOT).as_posix())
    return files


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return list(rows_in(TABLE.read_text("utf-8")))


def test_every_threat_stands_once_with_a_text_and_with_what_stays_possible(rows: list[Row]) -> None:
    ids = [row.threat for row in rows]
    assert len(ids) == len(set(ids))
    assert [] == [each for each in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", each)]
    assert [] == [row.threat for row in rows if not (row.text and row.residual)]


def test_every_row_names_the_files_with_its_tagged_lines(rows: list[Row]) -> None:
    """A row without a file must be one that no line can hold; its last column says why."""
    tagged = tagged_files()
    assert tagged == {row.threat: row.held for row in rows if row.held}, "row and tag `# threat: id` do not agree"


def test_every_row_names_the_files_with_its_marked_tests(rows: list[Row]) -> None:
    marked = marked_files()
    assert marked == {row.threat: row.tests for row in rows}, 'row and mark `pytest.mark.threat("id")` do not agree'


def test_security_md_promises_nothing_without_rows_of_the_table(rows: list[Row]) -> None:
    promised = (ROOT / "SECURITY.md").read_text("utf-8").partition("## What fanlic promises")[2].partition("\n## ")[0]
    cells = [line.split("|") for line in promised.splitlines() if line.startswith("| ") and "---" not in line][1:]
    named = {name for cell in cells for name in re.findall(r"`([a-z]+(?:-[a-z]+)+)`", cell[3])}
    assert set() == named - {row.threat for row in rows}
    without = [cell[1].strip()[:20] for cell in cells if not cell[3].strip()]
    assert [
        "`explain`, `triage`,",
        "Notebooks, site, tes",
    ] == without  # tests/conftest.py and tests/troubleshoot hold them
