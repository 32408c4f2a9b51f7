"""The rooms of `troubleshoot` have walls: each imports only what its README allows, and no file imports in a circle."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TROUBLESHOOT = Path(__file__).resolve().parents[2] / "fanlic" / "troubleshoot"
PREFIX = "fanlic.troubleshoot."
GROUND = {"clipboard", "findings", "first_aid", "grounds", "today"}
FACES = {
    "dialog",
    "explain",
    "triage",
    "ask",
    "collect",
    "preflight",
    "doctor",
    "__main__",
    "__init__",
    "paste_page",
    "paste_case",
}

# What each room may use of the others. `ground` stands for the small files that every room may use.
MAY_USE = {
    "ground": set(),
    "catalogue": {"ground"},
    "check": {"ground"},
    "judge": {"ground", "catalogue"},
    "look": {"ground", "check"},
    "faces": {"ground", "catalogue", "check", "judge", "look"},
}
# Inside the catalogue the order is types, then the shelves' contents, then the shelf, then the search.
CATALOGUE = {"__init__": 0, "entry": 0, "mails": 0, "numbers": 0, "shelf": 2, "around": 3, "messages": 3, "search": 4}
CONTENT = 1


def room(module: str) -> str:
    """The room of a module, by its name below `fanlic.troubleshoot`."""
    first = module.split(".", maxsplit=1)[0]
    return "ground" if first in GROUND else "faces" if first in FACES else first


def uses() -> Iterator[tuple[str, str]]:
    """Each import inside `troubleshoot`, at any depth of the code: who imports, and what."""
    modules = {name(path): path for path in TROUBLESHOOT.rglob("*.py")}
    for importer, path in modules.items():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith(PREFIX):
                base = f"{node.module}.".removeprefix(PREFIX).rstrip(".")
                for alias in node.names:
                    full = f"{base}.{alias.name}".lstrip(".")
                    yield importer, full if full in modules else base or "__init__"


def name(path: Path) -> str:
    return ".".join(path.relative_to(TROUBLESHOOT).with_suffix("").parts)


def test_each_room_uses_only_the_rooms_below_it() -> None:
    breaches = [
        f"{importer} imports {imported}: {room(importer)} may use {sorted(MAY_USE[room(importer)])}"
        for importer, imported in uses()
        if room(importer) != room(imported) and room(imported) not in MAY_USE[room(importer)]
    ]
    assert not breaches, "\n".join(breaches)


def test_the_catalogue_goes_from_types_to_search() -> None:
    def level(module: str) -> int:
        return CATALOGUE.get(module.removeprefix("catalogue."), CONTENT)

    breaches = [
        f"{importer} imports {imported}"
        for importer, imported in uses()
        if room(importer) == room(imported) == "catalogue" and level(importer) <= level(imported)
    ]
    assert not breaches, "\n".join(breaches)


def test_no_file_of_troubleshoot_imports_itself_through_others() -> None:
    reached: dict[str, set[str]] = {}
    for importer, imported in uses():
        reached.setdefault(importer, set()).add(imported)
    for _step in reached:
        for seen in reached.values():
            seen |= {further for module in seen for further in reached.get(module, ())}
    assert [] == sorted(module for module, seen in reached.items() if module in seen)


def test_the_readers_above_see_the_imports() -> None:
    pairs = set(uses())
    assert ("triage", "judge.verdict") in pairs
    assert ("catalogue.shelf", "catalogue.codes") in pairs
    assert ("look.probe", "check.certificate") in pairs
    assert {room(importer) for importer, _imported in pairs} >= MAY_USE.keys() - {"ground"}
