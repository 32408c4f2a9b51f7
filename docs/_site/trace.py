"""What belongs together by its slug: clause, reading, tagged line, tests, scenarios, cells of notebooks.

Everything is read from the sources at build, tests by their syntax tree; nothing is kept by hand.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from _site import notebooks, slugs
from _site.tongue import grounds, md
from fanlic.model.clauses import SLUGS, Clause
from fanlic.troubleshoot.catalogue.shelf import catalogue

if TYPE_CHECKING:
    from ledger import Statement


class Place(NamedTuple):
    """A line of a file, and what to call it."""

    file: str
    line: int
    name: str

    def link(self, root: str = "") -> str:
        """The place as a link to the source."""
        return f"[{md(self.name)}]({root}source/{self.file}.html#L{self.line})"


class Cell(NamedTuple):
    """A cell of a notebook."""

    notebook: str
    cell: str

    def link(self, root: str = "") -> str:
        """The cell as a link to its page."""
        return f"[{md(self.notebook)}: {self.cell}]({root}tutorial/{self.notebook}.md#cell-{self.cell})"


class Trace(NamedTuple):
    """Everything by the clause's slug, and the cells by the words they show."""

    lines: dict[str, list[Place]]
    tests: dict[str, list[Place]]
    scenarios: dict[str, list[str]]
    cells: dict[str, list[Cell]]
    readings: dict[str, list[str]]
    entries: dict[str, list[str]]
    cells_of_entry: dict[str, list[Cell]]


def collect(root: Path) -> Trace:
    """Read it all."""
    from fanlic.lab.scenario import catalogue as scenarios

    lines: dict[str, list[Place]] = defaultdict(list)
    readings: dict[str, list[str]] = defaultdict(list)
    for path in sorted((root / "fanlic").rglob("*.py")):
        for slug, place in _tagged(path, root):
            lines[slug].append(place)
    tests: dict[str, list[Place]] = defaultdict(list)
    for path in sorted((root / "tests").rglob("test_*.py")):
        for slug, place in _marked(path, root):
            if place not in tests[slug]:
                tests[slug].append(place)
    played: dict[str, list[str]] = defaultdict(list)
    for name, scenario in scenarios().items():
        for clause in scenario.clauses:
            played[clause.slug].append(name)
    entries: dict[str, list[str]] = defaultdict(list)
    for key, entry in catalogue().items():
        for clause in entry.clauses:
            entries[clause.slug].append(key)
    _add_readings(root, lines, readings)
    cells, cells_of_entry = _cells(root)
    return Trace(lines, tests, played, cells, readings, entries, cells_of_entry)


def _tagged(path: Path, root: Path) -> Iterator[tuple[str, Place]]:
    file = path.relative_to(root).as_posix()
    for tag in slugs.tags(path):
        for slug in tag.slugs:
            yield slug, Place(file, tag.line, f"{file.removeprefix('fanlic/')}:{tag.line}")


def _marked(path: Path, root: Path) -> Iterator[tuple[str, Place]]:
    """Each slug that a test is marked with, by itself, by its class or by its file."""
    file = path.relative_to(root).as_posix()
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            marks = [slug for decorator in node.decorator_list for slug in _slugs(decorator)]
            yield from ((slug, Place(file, node.lineno, _sentence(node.name))) for slug in marks)
        elif isinstance(node, ast.ClassDef):
            marks = [slug for decorator in node.decorator_list for slug in _slugs(decorator)]
            inner = [each for each in node.body if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")]
            yield from ((slug, Place(file, each.lineno, _sentence(each.name))) for slug in marks for each in inner)
        elif isinstance(node, ast.Assign) and any(getattr(each, "id", "") == "pytestmark" for each in node.targets):
            yield from ((slug, Place(file, node.lineno, f"the whole of {file}")) for slug in _slugs(node.value))


def _slugs(expression: ast.expr) -> Iterator[str]:
    return (slug for _line, slug in slugs.marks(expression) if slug in SLUGS)


def _sentence(name: str) -> str:
    return name.removeprefix("test_").replace("_", " ")


def _add_readings(root: Path, lines: dict[str, list[Place]], readings: dict[str, list[str]]) -> None:
    """A reading belongs to the clauses whose tagged lines stand in the functions, classes and fields that it names."""
    symbols = dict(_symbols(root / "fanlic" / "model"))
    text = (root / "docs" / "readings.md").read_text("utf-8")
    for name, entry in re.findall(r"^### (\S+)\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL):
        spans = [symbols[symbol] for symbol in re.findall(r"`([\w.]+)`", entry) if symbol in symbols]
        for slug, places in lines.items():
            near = any(
                place.file == file and first <= place.line <= last for place in places for file, first, last in spans
            )
            if (near or f"clauses.md#{slug}" in entry) and name not in readings[slug]:
                readings[slug].append(name)


def _symbols(model: Path) -> Iterator[tuple[str, tuple[str, int, int]]]:
    """Every function, class and field of the rulebook, by the names that the page of readings uses."""
    for path in sorted(model.glob("*.py")):
        file = f"fanlic/model/{path.name}"
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                span = (file, node.lineno, node.end_lineno or node.lineno)
                yield f"{path.stem}.{node.name}", span
                if isinstance(node, ast.ClassDef):
                    yield node.name, span
                    for field in node.body:
                        if isinstance(field, ast.AnnAssign):
                            here = (file, field.lineno, field.end_lineno or field.lineno)
                            yield f"{node.name}.{ast.unparse(field.target)}", here


def _cells(root: Path) -> tuple[dict[str, list[Cell]], dict[str, list[Cell]]]:
    by_slug: dict[str, list[Cell]] = defaultdict(list)
    by_entry: dict[str, list[Cell]] = defaultdict(list)
    for path in notebooks.sources(root):
        for cell in notebooks.read(path)["cells"]:
            text = "".join(cell["source"])
            here = Cell(path.stem, cell["id"])
            for slug in dict.fromkeys(re.findall(r"clauses\.md#([a-z0-9-]+)", text)):
                by_slug[slug].append(here)
            for key in dict.fromkeys(re.findall(r"\b(?:10000|10001|20000|3000[0-7])\b", text)):
                by_entry[key].append(here)
            for name in dict.fromkeys(re.findall(r"clauses\.md#code-(\d+)", text)):
                if here not in by_entry[name]:
                    by_entry[name].append(here)
    return by_slug, by_entry


# -- the page


def page(trace: Trace, entry_link: dict[str, str], statements: list[Statement]) -> str:
    """The table of everything, counts at the top."""
    with_line = sum(1 for clause in Clause if trace.lines.get(clause.slug))
    excused = sum(1 for clause in Clause if clause.no_line)
    tests = {place for places in trace.tests.values() for place in places}
    scenarios = {name for names in trace.scenarios.values() for name in names}
    cells = {cell for found in trace.cells.values() for cell in found}
    readings = {name for names in trace.readings.values() for name in names}
    rules = sum(bool(row.clauses) for row in statements)
    parts = [
        "---\ntitle: Traceability\n---\n",
        "# Traceability\n",
        "From each rule of FanRuan's page to the line that enforces it, the tests that prove it, the scenarios",
        "that play it and the notebook cells that show it.",
        "This page is made from the sources whenever the site is built.\n",
        '<div class="fanlic-counts" markdown>\n',
        "| Counted | Number |",
        "|---|---:|",
        f"| Statements of FanRuan's page ([ledger](ledger.md)) | {len(statements)} |",
        f"| ... that a clause holds | {rules} |",
        f"| ... that are no rule, and the reason | {len(statements) - rules} |",
        f"| Clauses | {len(Clause)} |",
        f"| ... with a line that enforces them | {with_line} |",
        f"| ... without one, and the reason | {excused} |",
        f"| Tagged lines | {len({place for places in trace.lines.values() for place in places})} |",
        f"| Tests that prove a clause | {len(tests)} |",
        f"| Scenarios that play one | {len(scenarios)} |",
        f"| Notebook cells that show one | {len(cells)} |",
        f"| Readings taken on the way | {len(readings)} |",
        "\n</div>\n",
    ]
    heading = ""
    for clause in Clause:
        chapter = clause.heading.partition(":")[0]
        if chapter != heading:
            heading = chapter
            parts.append(f"\n## {heading}\n")
        parts += _clause(clause, trace, entry_link, [row.at for row in statements if clause.slug in row.clauses])
    return "\n".join(parts)


def _clause(clause: Clause, trace: Trace, entry_link: dict[str, str], at: list[str]) -> list[str]:
    slug = clause.slug
    parts = [
        f"### {slug}\n",
        f"{md(clause.text)}\n",
        f"- **Place:** {clause.heading}; basis: {grounds(clause, '')} ([clause](clauses.md#{slug}))",
    ]
    if at:
        parts.append(f"- **Statements of FanRuan's page:** {len(at)}, in the [ledger](ledger.md): {', '.join(at)}")
    if names := trace.readings.get(slug):
        parts.append(
            "- **Reading:** "
            + ", ".join(f"[{name.upper() if name[1:].isdigit() else name}](readings.md#{name})" for name in names)
        )
    if places := trace.lines.get(slug):
        parts.append("- **Line:** " + ", ".join(place.link() for place in places))
    if clause.no_line:
        parts.append(f"- **No line:** {md(clause.no_line)}")
    if found := trace.scenarios.get(slug):
        parts.append(
            "- **Scenario:** " + ", ".join(f"[{name}](reference/scenarios.md#{name.lower()})" for name in found)
        )
    if cells := trace.cells.get(slug):
        parts.append("- **Notebook:** " + ", ".join(cell.link() for cell in cells))
    if keys := trace.entries.get(slug):
        parts.append("- **Failures:** " + ", ".join(f"[{key}]({entry_link[key]})" for key in keys))
    parts.append("")
    if tests := trace.tests.get(slug):
        parts.append(f'??? success "{len(tests)} {"test" if len(tests) == 1 else "tests"}"\n')
        parts += [f"    - {place.link()}" for place in tests]
        parts.append("")
    return parts
