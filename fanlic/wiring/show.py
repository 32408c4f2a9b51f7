"""The lab's page: a lab behind it, plain HTTP on loopback in front of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from wsgiref.types import WSGIApplication

from fanlic.adapters import serving
from fanlic.adapters.entropy import SystemEntropy
from fanlic.adapters.https import PortBusy
from fanlic.adapters.plain_http import LoopbackServer

__all__ = ["LoopbackServer", "PortBusy", "in_thread", "new_token", "serve"]


def new_token() -> str:
    """A token that nobody guesses."""
    return SystemEntropy().token(16).hex()


@contextmanager
def in_thread(server: LoopbackServer) -> Iterator[None]:
    """Serve in a thread of its own for a while."""
    thread = threading.Thread(target=server.serve, name="lab-page", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.stop()
        thread.join(5)


def serve(application: WSGIApplication, port: int, ready: Callable[[int], object]) -> None:
    """Serve until this process is asked to stop; `ready` is told the port. Raises PortBusy."""
    stopping = serving.stop_event()
    server = LoopbackServer(application, port)
    with in_thread(server):
        ready(server.port)
        while not stopping.wait(1.0):  # Windows handles no signal during a longer wait
            pass
