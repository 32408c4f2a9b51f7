"""The HTTP server: cheroot with TLS, behind a gate that knows no patience.

cheroot gives a connection to one of its 32 workers as soon as there is one, so 32 clients that say nothing would keep
everybody else waiting, and it drains what no application reads into memory. Here the thread that accepts also gathers:
it shakes hands and reads without ever waiting, and a worker gets a connection only with a whole request of bounded
size. Handshake, head and body share one deadline.
"""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

from cheroot.errors import FatalSSLAlert
from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server

from fanlic.adapters.connection import ConnectionEnded, GatheringConnection, HeldRequest, SocketWriter
from fanlic.adapters.tls import server_context

# All of them are ours.
DEADLINE = 5  # seconds for handshake, head and body together; the same for a connection that asks nothing more
SEND_BUFFER = 256 * 1024  # bytes
PER_ADDRESS, ALL = 64, 512  # connections

_CROWD = "there are too many connections"


class PortBusy(OSError):
    """The address cannot be listened on."""


class _Adapter(BuiltinSSLAdapter):
    """TLS whose handshake happens with the first read."""

    def __init__(self, certificate: Path, key: Path) -> None:
        super().__init__(str(certificate), str(key))
        self.context = server_context(certificate, key)

    def wrap(self, sock: Any) -> tuple[Any, dict[str, str]]:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        try:
            wrapped = self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        except OSError as problem:  # it was gone before it was accepted
            sock.close()
            raise FatalSSLAlert(str(problem)) from problem
        return wrapped, {"wsgi.url_scheme": "https", "HTTPS": "on"}

    def makefile(self, sock: Any, mode: str = "r", bufsize: int = -1) -> Any:  # noqa: ARG002 - cheroot's
        return HeldRequest() if "r" in mode else SocketWriter(sock)


class GatheringServer(Server):
    """cheroot's server, whose accepting thread gathers requests and whose connections are bounded."""

    ConnectionClass = GatheringConnection
    keep_alive_conn_limit = ALL

    def __init__(self, address: tuple[str, int], app: WSGIApplication, log: Callable[[str], object]) -> None:
        super().__init__(address, app, numthreads=32, server_name="fanlic", request_queue_size=128, timeout=DEADLINE)
        self.shutdown_timeout = 0.5
        self._log = log
        self._lock = threading.Lock()
        self._open: dict[GatheringConnection, None] = {}  # the oldest first

    def process_conn(self, conn: GatheringConnection) -> None:
        """A connection is new, or something has come on it."""
        try:
            if conn not in self._open:
                self._admit(conn)
            if conn.gather():
                conn.take()
                super().process_conn(conn)
            else:
                self.put_conn(conn)
        except ConnectionEnded as ended:
            conn.end(str(ended))
        except OSError as problem:  # it is gone while it is told why it is refused
            conn.end(problem.strerror or str(problem))

    def forget(self, conn: GatheringConnection, why: str) -> None:
        """The connection is closed; `why` is empty where nothing is to be said."""
        with self._lock:
            self._open.pop(conn, None)
        if why:
            self._log(f"{conn.remote_addr} connection ended: {why}")

    def error_log(self, msg: str = "", level: int = 20, traceback: bool = False) -> None:  # noqa: ARG002 - cheroot's
        """One line, whatever happened."""
        self._log(f"HTTP server: {msg}" + (f" ({sys.exc_info()[1]!r})" if traceback else ""))

    def _admit(self, conn: GatheringConnection) -> None:
        # Whoever has many connections loses the one that has said nothing whole for longest.
        with self._lock:
            self._open[conn] = None
            everyone = list(self._open)
        neighbors = [each for each in everyone if each.remote_addr == conn.remote_addr]
        crowd = neighbors if len(neighbors) > PER_ADDRESS else everyone if len(everyone) > ALL else []
        oldest = next((each for each in crowd if each.waiting and each is not conn), None)
        if oldest is not None:  # threat: http-slow
            oldest.hang_up(_CROWD)
        elif len(everyone) > ALL:  # all others are with a worker, or in the queue to it
            raise ConnectionEnded(_CROWD)


class HttpsServer:
    """Serves one WSGI application on one address; raises PortBusy at once where the address is taken.

    `log` takes a line for each connection that did not end well.
    """

    def __init__(
        self,
        app: WSGIApplication,
        host: str,
        port: int,
        certificate: Path,
        key: Path,
        log: Callable[[str], object] = lambda _line: None,
    ) -> None:
        self._server = GatheringServer((host, port), app, log)
        self._server.ssl_adapter = _Adapter(certificate, key)
        self._thread: threading.Thread | None = None
        self._prepare()

    def _prepare(self) -> None:
        # Threads are daemons where their maker is one. cheroot makes its workers here, and a program that ends without
        # a word to its servers (a notebook's kernel) must not wait for them.
        trouble: list[OSError] = []

        def prepare() -> None:
            try:
                self._server.prepare()
            except OSError as problem:
                trouble.append(problem)

        maker = threading.Thread(target=prepare, name="https-prepare", daemon=True)
        maker.start()
        maker.join()
        if trouble:
            raise PortBusy(str(trouble[0])) from trouble[0]

    @property
    def port(self) -> int:
        """The port listened on; of use where 0 was asked for."""
        return int(self._server.bind_addr[1])

    def serve(self) -> None:
        """Serve until `stop` is called."""
        self._server.serve()

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._thread = threading.Thread(target=self.serve, name="https", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop, finishing requests under way."""
        self._server.stop()
        if self._thread is not None:
            self._thread.join(timeout=5)
