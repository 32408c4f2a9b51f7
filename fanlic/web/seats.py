"""The three calls of a seat, answered without the framework: they are what a server does all day.

Only what is plain in every respect is answered here: the three addresses, the content type of the calls, a Host of this
server, no header that a browser sends. Everything else goes on to the application as it came. So does every refusal:
the application tells it, with the words and headers that it has for all calls.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import Any
from wsgiref.types import WSGIApplication

from flask import Flask, request

from fanlic.model.refusals import Refusal
from fanlic.ports import StoreUnavailable
from fanlic.service import AuthorizationService
from fanlic.web import calls, headers, reading

_SEAT = re.compile(r"/license/v1/registrations/([A-Za-z0-9._-]{1,64})(/poll)?")
_RAISED = "fanlic.raised"
_FROM_BROWSERS = ("HTTP_ORIGIN", "HTTP_SEC_FETCH_SITE", "HTTP_TRANSFER_ENCODING", "HTTP_EXPECT")

Start = Callable[..., Any]


def install(app: Flask, service: AuthorizationService, names: Collection[str] | None) -> None:
    """Put the three calls before a strict server's application."""

    @lru_cache(maxsize=256)
    def ours(host: str) -> bool:
        return reading.HOST.fullmatch(host) is not None and headers.answers_to(host, names)

    app.before_request(_tell)
    app.wsgi_app = _Seats(app.wsgi_app, service, ours)  # type: ignore[assignment, method-assign]


def _tell() -> None:
    """The application tells what was raised here."""
    raised: Exception | None = request.environ.get(_RAISED)
    if raised is not None:
        raise raised


class _Seats:
    """Register, poll, unbind."""

    def __init__(self, app: WSGIApplication, service: AuthorizationService, ours: Callable[[str], bool]) -> None:
        self._app = app
        self._ours = ours
        self._service = service
        self._headers = [("Content-Type", reading.JSON), *headers.fixed(lab=False).items()]

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        found = _SEAT.fullmatch(environ["PATH_INFO"])
        act = None if found is None else self._act(environ["REQUEST_METHOD"], poll=found[2] is not None)
        if found is None or act is None or not self._plain(environ):
            return self._app(environ, start)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        try:
            answer = json.dumps(act(body, found[1], environ.get("REMOTE_ADDR", ""))).encode() + b"\n"
        except (Refusal, StoreUnavailable) as problem:
            return self._app(environ | {_RAISED: problem, "wsgi.input": io.BytesIO(body)}, start)
        start("200 OK", [*self._headers, ("Content-Length", str(len(answer)))])
        return [answer]

    def _act(self, method: str, *, poll: bool) -> Callable[[bytes, str, str], dict[str, Any]] | None:
        if poll:
            return self._poll if method == "POST" else None
        return {"PUT": self._register, "DELETE": self._unbind}.get(method)

    def _plain(self, environ: dict[str, Any]) -> bool:
        length = environ.get("CONTENT_LENGTH", "")
        sized = length.isascii() and length.isdigit() and len(length) < 6 and int(length) <= reading.BODY_LIMIT
        by_program = not any(name in environ for name in _FROM_BROWSERS)
        typed = environ.get("CONTENT_TYPE") == reading.JSON
        return sized and by_program and typed and self._ours(environ.get("HTTP_HOST", ""))

    def _register(self, body: bytes, node: str, address: str) -> dict[str, Any]:
        data = reading.fields_of(body, *reading.REGISTER)
        return calls.granted(self._service.register(reading.request_of(node, data, address), data["nonce"]))

    def _poll(self, body: bytes, node: str, address: str) -> dict[str, Any]:
        data = reading.fields_of(body, *reading.POLL)
        return calls.granted(self._service.poll(reading.request_of(node, data, address), data["nonce"]))

    def _unbind(self, body: bytes, node: str, address: str) -> dict[str, Any]:
        data = reading.fields_of(body, *reading.UNBIND)
        return {"release": self._service.unbind(reading.request_of(node, data, address), data["nonce"])}
