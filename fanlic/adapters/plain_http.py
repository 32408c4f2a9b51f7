"""Plain HTTP on loopback, for the lab's page: a browser that shows it on the same machine needs no certificate."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from wsgiref.types import WSGIApplication

from cheroot.wsgi import Server

from fanlic.adapters import serving
from fanlic.adapters.https import PortBusy

LOOPBACK = "127.0.0.1"


class LoopbackServer:
    """Serves one WSGI application to this machine only; raises PortBusy if the port is in use."""

    def __init__(self, app: WSGIApplication, port: int) -> None:
        self._server = Server((LOOPBACK, port), app, numthreads=8, server_name="fanlic", timeout=5)
        self._server.shutdown_timeout = 0.5
        try:
            self._server.prepare()
        except OSError as problem:
            raise PortBusy(str(problem)) from problem

    @property
    def port(self) -> int:
        """The port listened on."""
        return int(self._server.bind_addr[1])

    def serve(self) -> None:
        """Serve until `stop` is called."""
        self._server.serve()

    def stop(self) -> None:
        """Stop, finishing requests under way."""
        self._server.stop()


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
    """Serve until this process is asked to stop. `ready` gets the port that the server listens on. Raises PortBusy."""
    stopping = serving.stop_event()
    server = LoopbackServer(application, port)
    with in_thread(server):
        ready(server.port)
        while not stopping.wait(1.0):  # Windows handles no signal during a longer wait
            pass
