"""The lab's browsers, and the traffic that a notebook shows: who asked, what was sent, what came back."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from fanlic.adapters import http
from fanlic.adapters.client import reported
from fanlic.model.refusals import AnswerUnknown, CannotConnect, Refusal
from fanlic.ports import CONTROLS, TOKEN_HEADER

_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)


@dataclass(frozen=True)
class BrowserAnswer:
    """What a browser got: the status, the text, and the data if the text is JSON."""

    status: int
    text: str
    data: dict[str, object]

    def refusal(self) -> Refusal:
        """The refusal that a problem in JSON reports."""
        return reported(self.data)

    @property
    def picture(self) -> str:
        """The first picture on the page; empty if there is none."""
        match = _SVG.search(self.text)
        return match[0] if match else ""


@dataclass(frozen=True)
class Exchange:
    """One request that was answered: who asked, what was sent, what came back."""

    who: str
    method: str
    url: str
    content_type: str
    sent: str
    status: int
    got: str


class Browser:
    """A browser whose user accepts every certificate warning. `token`: the lab's, for the controls of its servers."""

    def __init__(self, client: httpx.Client, token: str = "") -> None:
        self._client = client
        self._token = token

    def request(self, method: str, url: str, **sent: object) -> BrowserAnswer:
        """Send one request; `sent` takes httpx's own options. Raises CannotConnect, AnswerUnknown."""
        if urlsplit(url).path.startswith(CONTROLS):
            sent = {"headers": {TOKEN_HEADER: self._token}} | sent
        try:
            answer = self._client.request(method, url, **sent)  # type: ignore[arg-type]  # httpx's own options
        except httpx.RemoteProtocolError as problem:
            raise AnswerUnknown(url, http.why(problem)) from problem
        except (httpx.TransportError, httpx.InvalidURL) as problem:
            raise CannotConnect(url, http.why(problem)) from problem
        is_json = "json" in answer.headers.get("content-type", "")
        return BrowserAnswer(answer.status_code, answer.text, answer.json() if is_json else {})


class Traffic:
    """Makes the HTTP clients of a lab, and reports each answered request to everybody who listens."""

    def __init__(self, network: http.InlineNetwork | None, token: str = "") -> None:
        self._network = network
        self._token = token
        self._listeners: list[Callable[[Exchange], None]] = []
        self._clients = ExitStack()

    def client(self, who: str, context: ssl.SSLContext) -> httpx.Client:
        """A client for this party; `close` closes it."""
        client = http.client(context, self._network)
        self._clients.callback(client.close)
        http.tap(client, lambda response: self._report(who, response))
        return client

    def browser(self, who: str) -> Browser:
        """A browser for this party."""
        return Browser(self.client(who, http.unchecked()), self._token)

    def tap(self, hear: Callable[[Exchange], None]) -> None:
        """Let `hear` have every request that is answered from now on."""
        self._listeners.append(hear)

    def close(self) -> None:
        """Close every client."""
        self._clients.close()

    def _report(self, who: str, response: httpx.Response) -> None:
        request = response.request
        exchange = Exchange(
            who,
            request.method,
            str(request.url),
            request.headers.get("content-type", ""),
            request.content.decode(errors="replace"),
            response.status_code,
            response.text,
        )
        for hear in self._listeners:
            hear(exchange)
