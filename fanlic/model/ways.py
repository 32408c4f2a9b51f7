"""How do I get here? The shortest play that leads into a place, searched in the rules themselves.

A place is a state of a transition table, or an answer with a code. The search goes breadth first over the events of
`play.py`, so no shorter play of them leads there. Two worlds count as one if they differ only in how far the license's
end is: no play lasts as long as a license, and one event goes to its end.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache, partial
from typing import TypeVar

from fanlic.model import migration, play
from fanlic.model.activation import CodeEntryState
from fanlic.model.migration import Action, MigrationStage
from fanlic.model.outage import Standing
from fanlic.model.play import SALES, SERVER_EVENTS, STOCK, Event, PlayWorld
from fanlic.model.policy import Policy
from fanlic.model.project import Registration
from fanlic.model.refusals import N_, Code

W = TypeVar("W")
E = TypeVar("E", bound=StrEnum)
WORLDS = 60_000  # ours: a search gives up after so many
CODE_ENTRY, ACTIVATION, REGISTRATION = N_("Code entry"), N_("The server's activation"), N_("A node's registration")
MIGRATION, ANSWER = N_("A migration"), N_("A code in a pop-up")
NO_PLAY = N_("In this edition no play of these events leads there.")
WHY_NOT = {
    Code.JSON_PARSER_ERROR: N_(
        "No event here leads to 10000: FineBI itself sends readable data. Something between damages it, such as a "
        "proxy; scenario F11 plays that."
    ),
    Code.LICENSE_IP_ERROR: N_(
        "No event here leads to 30003: every project of the lab has the address of this machine, and the license of "
        "the play names no network. Scenario F13 plays a license that names another one."
    ),
}


@dataclass(frozen=True)
class Goal:
    """A state or an answer that one may want to get to."""

    kind: str
    state: CodeEntryState | Standing | Registration | Code | MigrationStage

    @property
    def name(self) -> str:
        """Its name on a page: `code-entry-locked`, `30007`."""
        if isinstance(self.state, Code):
            return str(int(self.state))
        begin = {CODE_ENTRY: "code-entry", ACTIVATION: "activation", REGISTRATION: "registration"}
        return f"{begin.get(self.kind, 'migration')}-{self.state.name}".lower().replace("_", "-")

    @property
    def title(self) -> str:
        """What people call it, untranslated."""
        return f"{int(self.state)}" if isinstance(self.state, Code) else str(self.state)

    def holds(self, world: PlayWorld) -> bool:
        """Whether this world is there. A server tells its state only while it runs."""
        match self.state:
            case CodeEntryState():
                return world.running and world.server.code_entry.state is self.state
            case Standing():
                return world.running and world.server.authorization.standing is self.state
            case Registration():
                return world.node(SALES).registration is self.state
            case _:
                asked = world.in_dialog or self.state is Code.PARAM_INPUT_ERROR
                return asked and world.last is not None and world.last.code is self.state


GOALS = (
    *(Goal(CODE_ENTRY, each) for each in CodeEntryState),
    *(Goal(ACTIVATION, each) for each in Standing),
    *(Goal(REGISTRATION, each) for each in Registration),
    *(Goal(ANSWER, each) for each in Code),
    *(Goal(MIGRATION, each) for each in MigrationStage),
)


@cache
def way(place: Goal, policy: Policy) -> tuple[Event, ...] | tuple[Action, ...] | None:
    """The shortest play that leads there; empty if every play begins there, None if none leads there."""
    if isinstance(place.state, MigrationStage):
        stage = place.state
        return shortest(MigrationStage.SERVING, _steps, lambda at: at, lambda at: at is stage)
    if place.state in WHY_NOT:
        return None
    events = SERVER_EVENTS if place.kind in (CODE_ENTRY, ACTIVATION) else tuple(Event)
    return shortest(
        play.begin(), partial(_worlds, events=events, policy=policy), partial(_key, policy=policy), place.holds
    )


def why_not(place: Goal, policy: Policy) -> str:
    """Why no play leads there, untranslated; empty if one does."""
    if way(place, policy) is not None:
        return ""
    return WHY_NOT.get(place.state, NO_PLAY) if isinstance(place.state, Code) else NO_PLAY


def shortest(
    first: W, steps: Callable[[W], Iterable[tuple[E, W]]], key: Callable[[W], Hashable], there: Callable[[W], bool]
) -> tuple[E, ...] | None:
    """Breadth first: the fewest steps from `first` to where `there` holds, None if there are none."""
    if there(first):
        return ()
    came: dict[Hashable, tuple[Hashable, E] | None] = {key(first): None}
    level = [first]
    while level and len(came) < WORLDS:
        following = []
        for world in level:
            for event, after in steps(world):
                if there(after):
                    return (*_back(came, key(world)), event)
                if (known := key(after)) not in came:
                    came[known] = key(world), event
                    following.append(after)
        level = following
    return None


def _back(came: dict[Hashable, tuple[Hashable, E] | None], key: Hashable) -> tuple[E, ...]:
    events: list[E] = []
    while (step := came[key]) is not None:
        key, event = step
        events.append(event)
    return tuple(reversed(events))


def folded(events: tuple[E, ...]) -> Iterator[tuple[int, tuple[E, ...]]]:
    """A play with what repeats told once: so many times these events."""
    place = 0
    while place < len(events):
        count, size = max(
            ((_repeats(events, place, size), size) for size in range(1, (len(events) - place) // 2 + 1)),
            key=lambda found: ((found[0] - 1) * found[1], -found[1]),
            default=(1, 1),
        )
        size = size if count > 1 else 1
        yield count, events[place : place + size]
        place += count * size


def _repeats(events: tuple[E, ...], place: int, size: int) -> int:
    count, block = 1, events[place : place + size]
    while events[place + count * size : place + (count + 1) * size] == block:
        count += 1
    return count


def _steps(stage: MigrationStage) -> Iterator[tuple[Action, MigrationStage]]:
    for action in Action:
        after, refusal = migration.take(stage, action)
        if refusal is None:
            yield action, after


def _worlds(world: PlayWorld, *, events: tuple[Event, ...], policy: Policy) -> Iterator[tuple[Event, PlayWorld]]:
    for event in events:
        if (after := play.after(world, event, policy)) is not None:
            yield event, after


def _key(world: PlayWorld, policy: Policy) -> Hashable:
    """What of a world decides about the events to come: instants count from now."""
    # Down-time counts only for an activation in force, and only up to its limit.
    counts = not world.running and world.server.authorization.standing is Standing.IN_FORCE
    down = min(world.now - world.server.alive_at, policy.down_time_limit) if counts else None
    here, entry, now = world.server, world.server.code_entry, world.now
    opened = entry.state is CodeEntryState.OPEN and world.running  # a start voids an open QR code, whatever its age
    made = entry.challenge.made_at if entry.challenge is not None and opened else None
    locked = None if entry.locked_until is None else max(entry.locked_until, now)
    seats = tuple(
        sorted(
            (seat.node, seat.seat == world.node(seat.node).seat, _since(seat.ends_at, now))
            for seat in world.held.values()
            if seat.node in (SALES, STOCK)
        )
    )
    nodes = tuple((node.registration, node.misses, _since(node.next_poll_at, now)) for node in world.nodes)
    return (
        *(world.running, world.asked, min(world.scans, 2), len(world.held), seats, nodes),
        *(entry.state, entry.wrong, entry.wrong_since_success, _since(locked, now), _since(made, now)),
        tuple(_since(each.made_at, now) for each in entry.superseded if now - each.made_at <= timedelta(0)),
        *(here.authorization.standing, here.license_over, down),
    )


def _since(at: datetime | None, now: datetime) -> timedelta | None:
    return None if at is None else at - now
