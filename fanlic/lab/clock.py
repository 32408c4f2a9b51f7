"""The lab's clock: time stands still until it is moved, and every party is asked to settle after each move."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from fanlic.ports import Clock

MOST_MOVES = 200_000  # a bound on one `advance`; a year of polls of a cluster is far below


class Movable(Clock, Protocol):
    """A clock that can be moved."""

    def set(self, instant: datetime) -> None:
        """Move it, forward or back."""
        ...


class Party(Protocol):
    """A party that time alone may change."""

    def settle(self, *, ran: bool = False) -> datetime | None:
        """Apply what time alone has changed; the instant to be asked again, None for never. `ran`: the party ran
        without a gap until now.
        """
        ...


class LabTime:
    """Moves virtual time.

    `parties`: who is asked to settle, in the order that breaks ties. `collect` reads the journals once the clock has
    arrived; `each_step` is called after each settling on the way.
    """

    def __init__(
        self,
        clock: Movable,
        parties: Callable[[], list[Party]],
        collect: Callable[[], object],
        each_step: Callable[[], object],
    ) -> None:
        self._clock = clock
        self._parties = parties
        self._collect = collect
        self._each_step = each_step
        self._stopped = False
        self._last = clock.now()

    def now(self) -> datetime:
        """The present instant of the lab, in UTC; after the lab was closed, its last one."""
        if not self._stopped:
            self._last = self._clock.now()
        return self._last

    def stop(self) -> None:
        """The lab is closed: time stands still for ever. The clock's file may be gone already."""
        self._stopped = True

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> datetime:
        """Let time pass, visiting every deadline on the way in order; the instant reached. ValueError for a negative
        span.
        """
        span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if span < timedelta(0):
            raise ValueError("advance goes forward; to set the clock back use set()")
        target = self.now() + span
        for _move in range(MOST_MOVES):
            following = self._settle(ran=True)
            if following is None or following >= target:
                break
            self._clock.set(following)
        else:
            raise ValueError(f"more than {MOST_MOVES} deadlines on the way; advance in smaller steps")
        self._arrive(target, ran=True)
        return target

    def to_next_deadline(self) -> datetime:
        """Go to the next instant at which something may change; stay where nothing is due."""
        following = self._settle(ran=True)
        if following is not None:
            self._arrive(following, ran=True)
        return self.now()

    def set(self, instant: datetime) -> None:
        """Set the clock, forward or back. What a wrong clock does to the servers happens."""
        self._parties()  # a closed lab says so here, before anything is written
        self._arrive(instant)

    def _arrive(self, instant: datetime, *, ran: bool = False) -> None:
        self._clock.set(instant)
        self._settle(ran=ran)
        self._collect()

    def _settle(self, *, ran: bool) -> datetime | None:
        now = self.now()
        due = [party.settle(ran=ran) for party in self._parties()]
        self._each_step()
        # A deadline at this very instant was just seen to; only what lies ahead counts.
        return min((at for at in due if at is not None and at > now), default=None)
