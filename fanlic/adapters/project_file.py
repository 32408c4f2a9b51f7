"""What a project server that stands on its own keeps: each node's key, registration, address and failed checks."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from fanlic.adapters.codec import canonical, dump, load
from fanlic.adapters.files import read_plain, write_private
from fanlic.model.project import FailedCheck, Node
from fanlic.ports import Entropy

FILE = "project.json"
CHECKS_KEPT = 200  # of each node; ours


@dataclass(frozen=True)
class SavedNode:
    """One node; its key lets it poll for the seat that it holds."""

    key: str = field(repr=False)
    state: Node
    address: str = ""
    failed: tuple[FailedCheck, ...] = ()


@dataclass(frozen=True)
class SavedProject:
    """Every node."""

    nodes: tuple[SavedNode, ...]


class ProjectDamaged(ValueError):
    """The file cannot be used; the text says why and what to do."""


class LiveNode(Protocol):
    """A node of the project, as far as it is saved."""

    state: Node
    address: str
    failed_checks: list[FailedCheck]


class ProjectFile:
    """The file in this folder; raises ProjectDamaged."""

    def __init__(self, folder: Path, entropy: Entropy) -> None:
        self._folder, self._entropy = folder, entropy
        self._saved = {node.state.node: node for node in read_project(folder)}
        self._keys = {name: node.key for name, node in self._saved.items()}

    def key(self, node: str) -> str:
        """The node's key: the saved one, or a new one."""
        return self._keys.setdefault(node, self._entropy.token(16).hex())

    def restore(self, nodes: Iterable[LiveNode]) -> None:
        """Give each node what was saved of it."""
        for node in nodes:
            if (saved := self._saved.get(node.state.node)) is not None:
                node.state, node.address, node.failed_checks = saved.state, saved.address, list(saved.failed)

    def save(self, nodes: Iterable[LiveNode]) -> None:
        """Save every node, all in one step."""
        saved = tuple(
            SavedNode(self.key(node.state.node), node.state, node.address, tuple(node.failed_checks[-CHECKS_KEPT:]))
            for node in nodes
        )
        fresh = self._folder / f"{FILE}.new"
        fresh.unlink(missing_ok=True)
        write_private(fresh, canonical(dump(SavedProject(saved))))
        fresh.replace(self._folder / FILE)


def read_project(folder: Path) -> tuple[SavedNode, ...]:
    """The nodes that were saved, none before the first start; raises ProjectDamaged."""
    path = folder / FILE
    if not path.exists():
        return ()
    try:
        return load(SavedProject, json.loads(read_plain(path))).nodes
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as problem:
        raise ProjectDamaged(f"{path}: {problem}") from problem
