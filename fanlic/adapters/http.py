"""The one HTTP client of the program: proxies off, bounded in time; over TLS, or inline without sockets.

A proxy from the environment would send a rehearsal's requests to somebody else, so `trust_env` is off everywhere.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

import httpx

_NUMBER = re.compile(r"\[(Errno|WinError) -?\d+\] ")
TIMEOUT = 5.0  # seconds for one answer; ours


class InlineNetwork(httpx.BaseTransport):
    """Hosts and ports of this process: requests reach a WSGI application without a socket.

    `caller` is the address that the applications see. There is no TLS here, so certificates are not checked.
    """

    def __init__(self, caller: str = "127.0.0.1") -> None:
        self.caller = caller
        self.applications: dict[int, WSGIApplication] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer from the application that listens on the port, or refuse the connection."""
        application = self.applications.get(request.url.port or 443)
        if application is None:
            raise httpx.ConnectError("Connection refused", request=request)
        transport = httpx.WSGITransport(app=_as_bytes(application), remote_addr=self.caller)
        return transport.handle_request(request)


def _as_bytes(application: WSGIApplication) -> WSGIApplication:
    """The application, with the path as WSGI wants it: its bytes as Latin-1. httpx gives it as text."""

    def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"].encode("utf-8", "replace").decode("latin-1")
        return application(environ | {"PATH_INFO": path}, start)

    return answer


def why(problem: httpx.HTTPError | httpx.InvalidURL) -> str:
    """The reason in words, without the number that the system gives it."""
    return _NUMBER.sub("", str(problem)) or type(problem).__name__


def client(verify: ssl.SSLContext | bool, network: InlineNetwork | None = None) -> httpx.Client:
    """A client; `verify` is a TLS context, True for the system's issuers, or False for none."""
    if network is not None:
        return httpx.Client(transport=network, trust_env=False, timeout=TIMEOUT)
    return httpx.Client(verify=verify, trust_env=False, timeout=TIMEOUT)


def tap(tapped: httpx.Client, hear: Callable[[httpx.Response], None]) -> None:
    """Let `hear` see every answer that the client gets, read to its end, with its request."""

    def answered(response: httpx.Response) -> None:
        response.read()
        hear(response)

    tapped.event_hooks = {"request": [], "response": [answered]}


def context(trusted: Path | None) -> ssl.SSLContext:
    """Strict TLS: the issuer must be known (or be this file's), and the name must fit."""
    return ssl.create_default_context(cafile=None if trusted is None else str(trusted))


def unchecked() -> ssl.SSLContext:
    """TLS as the page's own example behaves (A10): encrypted, neither name nor issuer checked."""
    lenient = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    lenient.check_hostname = False
    lenient.verify_mode = ssl.CERT_NONE
    return lenient


Connect = Callable[[], httpx.Client]
