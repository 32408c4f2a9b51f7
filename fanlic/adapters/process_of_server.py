"""The process of one authorization server: it confines itself, starts the server, serves, and ends with a status."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from wsgiref.types import WSGIApplication

from fanlic.adapters import serving
from fanlic.adapters.confine import confine_to
from fanlic.adapters.customer import CustomerLayer
from fanlic.adapters.log import Log
from fanlic.adapters.place import Place
from fanlic.ports import StartRefused
from fanlic.texts import _


class ServedAlone(Protocol):
    """A started authorization server, as far as its process needs it."""

    application: WSGIApplication
    certificate: Path
    key: Path
    customer: CustomerLayer
    log: Log

    def settle(self) -> object:
        """Apply what time has changed."""

    def close(self) -> None:
        """Leave a last life mark and let go of the folder."""


def run(
    start: Callable[[], ServedAlone], place: Place, host: str, port: int | None, *, confined: bool, leashed: bool
) -> int:
    """Serve until this process is asked to stop; the exit status."""
    stopping = serving.stop_event()  # first of all: a request to stop may come at any time
    try:
        loose = confine_to(place, port) if confined else ""  # threat: sandbox-escape
        server = start()
        if loose:
            text = _("warning: the server is not confined ({why}); it runs with every right of the user who started it")
            server.log.write(text.format(why=loose))
        try:
            policy = server.customer.policy
            port = policy.container_port if port is None else port
            https = serving.listen(server.application, host, port, server.certificate, server.key, server.log.write)
            server.log.write(_("serving on https://{host}:{port}").format(host=host, port=https.port))
            if server.customer.lab:
                serving.serve_in_lab(stopping, https, leashed=leashed)
            else:
                serving.serve_until(stopping, https, server.settle, policy.life_mark.total_seconds())
        finally:
            server.close()
    except StartRefused as refusal:
        print(_("The authorization server does not start.") + f"\n{refusal}", file=sys.stderr, flush=True)
        return refusal.status
    return 0
