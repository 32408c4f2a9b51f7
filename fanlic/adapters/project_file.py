"""What a project server that stands on its own keeps: each node's key, registration, address and failed checks."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from fanlic.adapters.codec import canonical, dump, load
from fanlic.adapters.files import read_plain, write_private
from fanlic.model.project import Node

FILE = "project.json"
CHECKS_KEPT = 200  # of each node; ours


@dataclass(frozen=True)
class SavedCheck:
    """A failed check."""

    at: datetime
    node: str
    code: int | None
    reason: str
    label: str
    text: str


@dataclass(frozen=True)
class SavedNode:
    """One node; its key lets it poll for the seat that it holds."""

    key: str = field(repr=False)
    state: Node
    address: str = ""
    failed: tuple[SavedCheck, ...] = ()


@dataclass(frozen=True)
class SavedProject:
    """Every node."""

    nodes: tuple[SavedNode, ...]


class ProjectDamaged(ValueError):
    """The file cannot be used; the text says why and what to do."""


def read_project(folder: Path) -> SavedProject | None:
    """What was kept, or None; raises ProjectDamaged."""
    path = folder / FILE
    if not path.exists():
        return None
    try:
        return load(SavedProject, json.loads(read_plain(path)))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as problem:
        raise ProjectDamaged(f"{path}: {problem}") from problem


def write_project(folder: Path, project: SavedProject) -> None:
    """Keep it, as a whole."""
    fresh = folder / f"{FILE}.new"
    fresh.unlink(missing_ok=True)
    write_private(fresh, canonical(dump(project)))
    fresh.replace(folder / FILE)
