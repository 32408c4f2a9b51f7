"""The transition tables as Mermaid state diagrams: one arrow for each row, so picture and rule cannot differ."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

State = TypeVar("State", bound=StrEnum)
Event = TypeVar("Event", bound=str)


def mermaid(table: Mapping[tuple[State, Event], State], *, current: State | None = None) -> str:
    """The diagram of one table. It begins at the first row's state; `current` gets a bold frame."""
    states = tuple(dict.fromkeys(state for (before, _), after in table.items() for state in (before, after)))
    final = [state for state in states if all(before is not state for before, _ in table)]
    lines = [
        "stateDiagram-v2",
        *(f'state "{state}" as {state.name}' for state in states),
        f"[*] --> {states[0].name}",
        *(f"{before.name} --> {after.name} : {event}" for (before, event), after in table.items()),
        *(f"{state.name} --> [*]" for state in final),
    ]
    if current is not None:
        lines += ["classDef current stroke-width:4px", f"class {current.name} current"]
    return "\n    ".join(lines) + "\n"
