"""Plain HTTP on loopback, for the lab's page: a browser that shows it on the same machine needs no certificate."""

from __future__ import annotations

from wsgiref.types import WSGIApplication

from cheroot.wsgi import Server

from fanlic.adapters.https import PortBusy

LOOPBACK = "127.0.0.1"


class LoopbackServer:
    """Serves one WSGI application to this machine only; raises PortBusy where the port is taken."""

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
