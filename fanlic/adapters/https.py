"""The HTTP server: cheroot with TLS, off the accept loop, so that a client that stalls in its handshake stalls nobody
else.

The figures were chosen by trial: 32 threads, five seconds for a silent client, half a second to finish at a stop.
"""

from __future__ import annotations

import ssl
import threading
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

from cheroot.errors import FatalSSLAlert, NoSSLError
from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server

from fanlic.adapters.tls import server_context


class PortBusy(OSError):
    """The address cannot be listened on."""


class _Adapter(BuiltinSSLAdapter):
    """TLS whose handshake happens at the first read, in the worker that serves the connection."""

    def __init__(self, certificate: Path, key: Path) -> None:
        super().__init__(str(certificate), str(key))
        self.context = server_context(certificate, key)

    def wrap(self, sock: Any) -> tuple[Any, dict[str, str]]:
        try:
            wrapped = self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        except ssl.SSLError as problem:
            raise FatalSSLAlert(*problem.args) from problem
        except OSError as problem:
            raise NoSSLError(*problem.args) from problem
        return wrapped, {"wsgi.url_scheme": "https", "HTTPS": "on"}


class HttpsServer:
    """Serves one WSGI application on one address; raises PortBusy at once where the address is taken."""

    def __init__(self, app: WSGIApplication, host: str, port: int, certificate: Path, key: Path) -> None:
        self._server = Server((host, port), app, numthreads=32, timeout=5, server_name="fanlic", request_queue_size=128)
        self._server.shutdown_timeout = 0.5
        self._server.max_request_header_size = 16 * 1024
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
