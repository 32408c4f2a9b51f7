"""The machine's clock, for the commands that judge real deployments: they ship alone, without the lab's clocks."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant of this machine, in UTC."""
    return datetime.now(UTC)
