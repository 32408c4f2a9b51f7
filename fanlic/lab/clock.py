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

    def settle(self) -> datetime | None:
        """Apply what time alone has changed; the instant to be asked again, None for never."""
        ...


class LabTime:
    """Moves virtual time. `parties`: who is asked to settle, in the order that breaks ties."""

    def __init__(self, clock: Movable, parties: Callable[[], list[Party]]) -> None:
        self._clock = clock
        self._parties = parties

    def now(self) -> datetime:
        """The present instant of the lab, in UTC."""
        return self._clock.now()

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> datetime:
        """Let time pass, visiting every deadline on the way in order; the instant reached. ValueError for a negative
        span.
        """
        span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if span < timedelta(0):
            raise ValueError("advance goes forward; to set the clock back use set()")
        target = self.now() + span
        for _move in range(MOST_MOVES):
            following = self._settle()
            if following is None or following >= target:
                break
            self._clock.set(following)
        else:
            raise ValueError(f"more than {MOST_MOVES} deadlines on the way; advance in smaller steps")
        self._clock.set(target)
        self._settle()
        return target

    def to_next_deadline(self) -> datetime:
        """Go to the next instant at which something may change; stay where nothing is due."""
        following = self._settle()
        if following is not None:
            self._clock.set(following)
            self._settle()
        return self.now()

    def set(self, instant: datetime) -> None:
        """Set the clock, back too: what a wrong clock does, is done."""
        self._clock.set(instant)
        self._settle()

    def _settle(self) -> datetime | None:
        now = self.now()
        due = [party.settle() for party in self._parties()]
        # A deadline at this very instant was just seen to; only what lies ahead counts.
        return min((at for at in due if at is not None and at > now), default=None)
