"""Faults in the words of a notebook: `lab.faults.add("drop", client="sales", endpoint="poll", nth=3)`.

They are aimed at one running server, which says so in a header and in its log, and end with it. See
`fanlic.web.faults` for what each kind does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from fanlic.lab.parties import ServerPage
from fanlic.lab.timeline import Timeline

if TYPE_CHECKING:
    from fanlic.web.faults import Fault


class Faults:
    """The faults of a lab's servers; none is there until one is added. `latest` gives the latest server."""

    def __init__(self, latest: Callable[[], ServerPage], timeline: Timeline) -> None:
        self._latest = latest
        self._timeline = timeline

    def add(
        self,
        kind: str,
        *,
        server: ServerPage | None = None,
        client: str = "",
        endpoint: str = "",
        nth: int = 0,
        since: datetime | None = None,
        until: datetime | None = None,
        share: float = 1.0,
        seed: int = 0,
        size: float = 0.0,
    ) -> Fault:
        """Add a fault to a server (the latest by default); raises the server's refusal of a wrong one."""
        from fanlic.web.faults import Fault

        begin, end = (at.isoformat() if at else "" for at in (since, until))
        fault = Fault(kind, client, endpoint, nth, begin, end, share, seed, size)
        self._call("POST", server, asdict(fault))
        self._timeline.note("lab", "fault added", " ".join(filter(None, (kind, endpoint, client))))
        return fault

    def clear(self, server: ServerPage | None = None) -> None:
        """Take every fault away from a server."""
        self._call("DELETE", server, None)
        self._timeline.note("lab", "faults cleared")

    def listed(self, server: ServerPage | None = None) -> list[dict[str, object]]:
        """The faults of a server, with how many calls each has seen and struck."""
        faults = self._call("GET", server, None)["faults"]
        return [dict(fault) for fault in faults] if isinstance(faults, list) else []

    def _call(self, method: str, server: ServerPage | None, body: dict[str, object] | None) -> dict[str, object]:
        from fanlic.web.faults import PATH

        return (server or self._latest()).call(method, PATH, body)
