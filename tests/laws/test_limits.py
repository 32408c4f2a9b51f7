"""The limits of CONTRIBUTING, part 'Style', and the pins of the workflows. The cells of notebooks: test_source.py."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FUNCTION, FILE = 40, 400  # lines
COMPOSED, COMPOSED_IN_ALL = 150, 540  # lines of one file of fanlic/wiring/, and of all: it only joins parts

# Longer files, each with the reason. Of a table one reads a row, so that its length costs nothing.
LONGER = {
    "start.py": "runs alone, before anything is installed: it can import nothing of ours",
    "fanlic/lab/drills.py": "a table: the drills, each with its texts",
    "fanlic/lab/exercises.py": "a table: the exercises, each with its texts",
    "fanlic/model/clauses.py": "a table: the clauses",
    "fanlic/model/refusals.py": "a table: the reasons, one small class each",
    "fanlic/troubleshoot/catalogue/codes.py": "a table: the entries of the codes",
    "fanlic/troubleshoot/catalogue/reasons_desk.py": "a table: the entries of the desk's reasons",
    "fanlic/troubleshoot/catalogue/reasons_server.py": "a table: the entries of the server's reasons",
    "fanlic/troubleshoot/catalogue/symptoms.py": "a table: the entries of the symptoms",
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


SOURCES = {
    name_of(path): path.read_text(encoding="utf-8")
    for path in (ROOT / "start.py", *sorted((ROOT / "fanlic").rglob("*.py")), *sorted((ROOT / "docs").rglob("*.py")))
}


def test_no_function_is_longer_than_a_screen() -> None:
    lengths = {
        f"{name}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for name, text in SOURCES.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {} == {function: lines for function, lines in lengths.items() if lines > FUNCTION}


def test_no_file_is_longer_than_a_sitting_unless_it_is_a_table() -> None:
    lengths = {name: len(text.splitlines()) for name, text in SOURCES.items()}
    assert {} == {name: lines for name, lines in lengths.items() if lines > FILE and name not in LONGER}
    assert set() == set(LONGER) - set(lengths), "these are gone: take them out of LONGER"


def test_the_composition_root_only_composes() -> None:
    lengths = {name: len(text.splitlines()) for name, text in SOURCES.items() if name.startswith("fanlic/wiring/")}
    assert {} == {name: lines for name, lines in lengths.items() if lines > COMPOSED}, "what works is an adapter"
    assert sum(lengths.values()) <= COMPOSED_IN_ALL, "what works is an adapter"


def test_contributing_names_the_limits_that_are_checked() -> None:
    style = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert f"at most {FUNCTION} lines" in style
    assert f"at most {FILE} lines" in style


@pytest.mark.parametrize("path", sorted((ROOT / ".github" / "workflows").glob("*.yml")), ids=lambda path: path.name)
def test_every_action_is_pinned_by_the_hash_of_its_commit(path: Path) -> None:
    used = re.findall(r"uses: *(.+)", path.read_text(encoding="utf-8"))
    assert used
    assert [] == [action for action in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)]
