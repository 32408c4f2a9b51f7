"""Faults in the words of a notebook: `lab.faults.add("drop", client="sales", endpoint="poll", nth=3)`.

They are aimed at one running server, which says so in a header and in its log, and end with it. See
`fanlic.web.faults` for what each kind does.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from fanlic.ports import JournalLine

if TYPE_CHECKING:
    from fanlic.lab.parties import ServerPage
    from fanlic.lab.world import Lab
    from fanlic.web.faults import Fault


class Faults:
    """The faults of a lab's servers; none is there until one is added."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab

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
        """Add a fault to a server, the latest where none is named; raises the server's refusal of a wrong one."""
        from fanlic.web.faults import Fault

        begin, end = (at.isoformat() if at else "" for at in (since, until))
        fault = Fault(kind, client, endpoint, nth, begin, end, share, seed, size)
        self._call("POST", server, asdict(fault))
        self._note("fault added", " ".join(filter(None, (kind, endpoint, client))))
        return fault

    def clear(self, server: ServerPage | None = None) -> None:
        """Take every fault away from a server."""
        self._call("DELETE", server, None)
        self._note("faults cleared", "")

    def listed(self, server: ServerPage | None = None) -> list[dict[str, object]]:
        """The faults of a server, with how many calls each has seen and struck."""
        found = self._call("GET", server, None)["faults"]
        return [dict(each) for each in found] if isinstance(found, list) else []

    def _call(self, method: str, server: ServerPage | None, body: dict[str, object] | None) -> dict[str, object]:
        from fanlic.web.faults import PATH

        page = server or self._lab.host.server()
        sent = {} if body is None else {"json": body}
        answer = self._lab.parts.browse(method, page.address + PATH, **sent)
        if answer.status >= 400:
            raise answer.refusal()
        return answer.data

    def _note(self, event: str, subject: str) -> None:
        self._lab.note("lab", JournalLine(self._lab.clock.now(), event, subject))
