"""The notebooks as they are committed: no outputs, fixed ids, true links, short cells, no rule of their own."""

import json
import re
import subprocess
import sys
from typing import Any

import pytest

from fanlic.lab.exercises import EXERCISES, solution
from fanlic.model.clauses import Clause
from fanlic.notebook.questions import QUESTIONS
from fanlic.texts import reading_name
from tests.notebooks.kernels import FOLDER, NAMES, ROOT

LONGEST = 20  # lines of a cell
BASES = {
    clause.slug: f"*{clause.basis}*"
    + "".join(f", [{reading_name(each)}](../docs/readings.md#{each})" for each in clause.readings)
    for clause in Clause
}
SAID = re.compile(
    r"(\*(?:FanRuan's page|the vendor elsewhere|our reading)\*[^:\n]*?): \[([\w-]+)\]\(\.\./docs/clauses\.md#([\w-]+)\)"
)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def source(name: str) -> dict[str, Any]:
    """The notebook as JSON."""
    text = (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8")
    return dict(json.loads(text))


def cells(name: str, kind: str) -> list[dict[str, Any]]:
    """The cells of a kind, each with its whole text."""
    found = [cell for cell in source(name)["cells"] if cell["cell_type"] == kind]
    return [{**cell, "text": "".join(cell["source"])} for cell in found]


def prose(name: str) -> str:
    """What the notebook says in words, the instructor's notes too."""
    notes = [cell["metadata"].get("fanlic", {}).get("teach", "") for cell in source(name)["cells"]]
    return "\n".join([*(cell["text"] for cell in cells(name, "markdown")), *notes])


def test_the_notebooks_follow_the_page() -> None:
    named = ["00_story", "01_authfile", "02_container", "03_activation", "04_registration", "05_failures"]
    assert [*named, "06_outage", "07_migration", "08_drills", "check_in"] == NAMES


def test_it_is_committed_without_outputs(subtests: pytest.Subtests) -> None:
    for name in NAMES:
        with subtests.test(name):
            for cell in cells(name, "code"):
                assert ([], None) == (cell["outputs"], cell["execution_count"])
            assert {"kernelspec", "language_info"} == set(source(name)["metadata"])
            assert {"name": "python"} == source(name)["metadata"]["language_info"]


def test_its_cells_have_ids_that_say_what_they_are(subtests: pytest.Subtests) -> None:
    for name in NAMES:
        with subtests.test(name):
            ids = [cell["id"] for cell in source(name)["cells"]]
            assert len(ids) == len(set(ids))
            assert [] == [
                one
                for one in ids
                if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", one) or re.search(r"[0-9a-f]{8}", one)
            ]


def test_no_cell_is_longer_than_a_learner_reads(subtests: pytest.Subtests) -> None:
    for name in NAMES:
        with subtests.test(name):
            long = [cell["id"] for cell in cells(name, "code") if len(cell["source"]) > LONGEST and not hidden(cell)]
            assert [] == long


def hidden(cell: dict[str, Any]) -> bool:
    """Whether the cell's source is collapsed."""
    return bool(cell["metadata"].get("jupyter", {}).get("source_hidden"))


def test_it_opens_with_what_one_will_be_able_to_do_and_the_minutes_and_needs(subtests: pytest.Subtests) -> None:
    for name in NAMES:
        with subtests.test(name):
            first = source(name)["cells"][0]
            text = "".join(first["source"])
            assert text.startswith("# ")
            assert "**Afterwards you can**" in text
            assert re.search(r"\*\*Minutes:\*\* \d+", text)
            assert "**Needs:**" in text
            assert first["metadata"]["fanlic"]["teach"]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "check_in"])
def test_it_ends_with_a_recap_and_closes_nothing(name: str) -> None:
    """Run All must not close the labs: every form stays in use. `new_lab` and `exercises.begin` close them in time."""
    assert "## Recap" in prose(name) or "## What happened" in prose(name)
    code = "\n".join(cell["text"] for cell in cells(name, "code"))
    assert [] == re.findall(r"\.close\(\)|(?<!_)\bLab\(", code)


def test_what_it_says_of_a_basis_is_true(subtests: pytest.Subtests) -> None:
    for name in NAMES:
        with subtests.test(name):
            told = SAID.findall(prose(name))
            assert name == "check_in" or name == "08_drills" or told
            assert [] == [(slug, basis) for basis, slug, anchor in told if slug != anchor or BASES.get(slug) != basis]


def test_its_links_lead_somewhere(subtests: pytest.Subtests) -> None:
    for name in NAMES:
        with subtests.test(name):
            dead = []
            for link in LINK.findall(prose(name)):
                path, _, anchor = link.partition("#")
                target = FOLDER / path
                if not target.is_file() or (anchor and f"### {anchor}\n" not in target.read_text(encoding="utf-8")):
                    dead.append(link)
            assert [] == dead


def test_no_rule_is_implemented_in_it(subtests: pytest.Subtests) -> None:
    """A notebook asks the package; what compares limits, raises or patches belongs elsewhere."""
    for name in NAMES:
        with subtests.test(name):
            code = "\n".join(cell["text"] for cell in cells(name, "code"))
            assert [] == re.findall(r"\braise\b|\bassert\b|\bclass \w|dataclasses|monkeypatch|time\.sleep", code)


def test_every_exercise_stands_in_its_notebook_and_its_check_follows() -> None:
    found = []
    for name in NAMES:
        for cell in cells(name, "code"):
            if "exercise" in cell["metadata"].get("tags", []):
                given = cell["metadata"]["fanlic"]
                found.append(given["exercise"])
                assert f'exercises.check("{given["exercise"]}", {given["lab"]})' in str(source(name)["cells"]).replace(
                    "\\", ""
                )
    assert list(EXERCISES) == found


@pytest.mark.parametrize("name", EXERCISES)
def test_no_notebook_holds_a_line_of_a_solution(name: str) -> None:
    lines = [line.strip() for line in solution(name).splitlines() if len(line.strip()) > 30]
    code = [cell["text"] for each in NAMES for cell in cells(each, "code") if "exercise" in str(cell["metadata"])]
    assert [] == [line for line in lines if any(line in text for text in code)]


def test_ruff_finds_nothing_and_has_nothing_to_format() -> None:
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, str(FOLDER)],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert 0 == done.returncode, done.stdout


def test_each_question_is_asked_once_and_the_cell_that_answers_it_is_folded() -> None:
    asked = []
    for name in NAMES:
        codes = cells(name, "code")
        for place, cell in enumerate(codes):
            if found := re.match(r'Predict\("([\w-]+)"\)', cell["text"]):
                asked.append(found[1])
                folded = [each["metadata"].get("jupyter", {}) for each in codes[place + 1 : place + 3]]
                assert any(each.get("outputs_hidden") for each in folded), f"{name}: {found[1]}"
    assert sorted(QUESTIONS) == sorted(asked)
