"""What is derived from the sources is committed as they give it, and the page of readings keeps up with the code."""

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from types import ModuleType

import pytest

from fanlic.model import activation, migration, outage, project
from fanlic.model.activation import CodeEntryState
from fanlic.model.diagrams import mermaid

ROOT = Path(__file__).parents[2]
CHINESE = "fanlic/texts/locale/zh_CN/LC_MESSAGES/fanlic"
DERIVED = [
    "docs/clauses.md",
    "docs/states.md",
    "docs/ledger.md",
    "fanlic/web/look/page.css",
    "fanlic/web/authorization/qrcode.css",
    "fanlic/web/phone/phone.css",
    "docs/zh/clauses.md",
    "docs/zh/states.md",
    f"{CHINESE}.po",
    f"{CHINESE}.mo",
]
MODEL = {path.name: path.read_text("utf-8") for path in (ROOT / "fanlic" / "model").glob("*.py")}


@pytest.fixture(scope="module")
def readings() -> dict[str, str]:
    """The entries of docs/readings.md by their heading."""
    text = (ROOT / "docs" / "readings.md").read_text("utf-8")
    return dict(re.findall(r"^### (\S+)\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL))


def test_committed_files_are_what_the_sources_give(generate: ModuleType) -> None:
    made = generate.products()
    assert list(made) == DERIVED
    assert generate.stale(made, ROOT) == [], "run: python docs/generate.py"


def test_a_style_sheet_without_its_two_lines_is_refused(generate: ModuleType) -> None:
    with pytest.raises(ValueError, match=r"base\.css"):
        generate._with_base("p { margin: 0; }\n")


def test_changed_file_and_missing_file_are_named_as_stale(generate: ModuleType, tmp_path: Path) -> None:
    made = {"same.md": b"a\n", "changed.md": b"a\n", "missing.md": b"a\n"}
    (tmp_path / "same.md").write_text("a\n", "utf-8")
    (tmp_path / "changed.md").write_text("b\n", "utf-8")
    assert generate.stale(made, tmp_path) == ["changed.md", "missing.md"]


def test_check_exits_with_1_names_the_files_and_changes_nothing(
    generate: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    products = generate.products()
    monkeypatch.setattr(generate, "products", lambda: products)
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    assert generate.main(["--check"]) == 1
    assert capsys.readouterr().out.splitlines() == [f"{name} is stale: run python docs/generate.py" for name in DERIVED]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("table", "ends"),
    [(activation.TRANSITIONS, 0), (outage.STANDINGS, 0), (project.TRANSITIONS, 0), (migration.TRANSITIONS, 1)],
)
def test_diagram_has_one_arrow_for_each_row_one_beginning_and_its_ends(
    table: Mapping[tuple[StrEnum, str], StrEnum], ends: int
) -> None:
    diagram = mermaid(table)
    assert diagram.count("[*] -->") == 1
    assert diagram.count("--> [*]") == ends
    assert diagram.count(" --> ") == len(table) + 1 + ends
    for (before, event), after in table.items():
        assert f"    {before.name} --> {after.name} : {event}\n" in diagram


def test_diagram_marks_the_current_state_where_one_is_given() -> None:
    assert "class LOCKED current\n" in mermaid(activation.TRANSITIONS, current=CodeEntryState.LOCKED)
    assert "current" not in mermaid(activation.TRANSITIONS)


def test_every_ambiguity_of_the_page_has_an_entry_in_order(readings: dict[str, str]) -> None:
    named = [heading for heading in readings if re.fullmatch(r"a\d+", heading)]
    assert named == [f"a{number}" for number in range(1, 30)]


def test_every_reading_named_in_the_rulebook_has_an_entry(readings: dict[str, str]) -> None:
    named = {name.lower() for text in MODEL.values() for name in re.findall(r"\bA\d{1,2}\b", text)}
    assert named <= readings.keys()


def test_every_switch_of_the_policy_is_named_in_its_entry(readings: dict[str, str]) -> None:
    switches = re.findall(r"^    (\w+):.*# switch, reading (A\d+)", MODEL["policy.py"], re.MULTILINE)
    assert len(switches) == 5
    assert [(s, a) for s, a in switches if f"`Policy.{s}`" not in readings[a.lower()]] == []
