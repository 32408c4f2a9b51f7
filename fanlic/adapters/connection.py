"""One connection of the HTTP server: what comes is gathered without waiting, until there is a whole request."""

from __future__ import annotations

import contextlib
import io
import socket
import ssl
from typing import TYPE_CHECKING, Any

from cheroot.server import HTTPConnection

from fanlic.adapters.request_head import HEAD_LIMIT, TOO_LARGE, RequestRefused, body_length

if TYPE_CHECKING:
    from fanlic.adapters.https import GatheringServer

# Both are ours.
WRITING = 1.0  # seconds for a client that does not read; an answer fits into the system's buffer
LINGER_LIMIT = 1024 * 1024  # bytes that are thrown away so that a client hears why it is refused

_TOO_SLOW = "nothing whole came in time"
_PLAIN = "This server speaks HTTPS only on this port. Begin the address with https://."
_ANSWER = "HTTP/1.1 {status}\r\nServer: fanlic\r\nContent-Type: text/plain\r\nContent-Length: {size}\r\n{close}{text}"


class ConnectionEnded(Exception):
    """Nothing more will come; the words are for the log, empty where nothing had begun."""


class HeldRequest(io.BytesIO):
    """The request that cheroot parses, and whether more has come behind it."""

    more = False

    def has_data(self) -> bool:
        """cheroot asks this after an answer."""
        return self.more


class SocketWriter:
    """Writes to the socket."""

    def __init__(self, sock: ssl.SSLSocket) -> None:
        self.write = sock.sendall


class GatheringConnection(HTTPConnection):
    """One connection; it is with the thread that accepts (`waiting`) or with a worker, never with both."""

    def __init__(self, server: GatheringServer, sock: ssl.SSLSocket, makefile: Any) -> None:
        super().__init__(server, sock, makefile)
        sock.setblocking(False)
        self.waiting = True
        self._buffer = bytearray()
        self._size: int | None = None  # of the request in bytes, once its head is there
        self._since: float | None = None
        self._thrown_away: int | None = None  # bytes, once the request was refused
        self._why = _TOO_SLOW  # for the log, if the connection ends now; empty between two requests

    @property
    def last_used(self) -> float | None:
        """What cheroot's expiry goes by: when the present request began, however often bytes came since."""
        return self._since

    @last_used.setter
    def last_used(self, now: float) -> None:
        if self._since is None:  # threat: http-slow
            self._since = now

    def gather(self) -> bool:
        """Take what has come, without waiting; whether a whole request is there. Raises ConnectionEnded."""
        self.rfile.more = False
        try:
            if self._thrown_away is None:
                return self._read()
            self._throw_away()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError):
            return False
        except RequestRefused as refused:
            self._refuse(refused.status, str(refused))
        except ssl.SSLError as problem:
            raise ConnectionEnded(self._not_tls(problem)) from problem
        except OSError as problem:
            raise ConnectionEnded(problem.strerror or str(problem)) from problem
        return False

    def take(self) -> None:
        """Let a worker have the request."""
        size = self._size or 0
        self.waiting, self._since, self._size, self._why = False, None, None, ""
        self.rfile = HeldRequest(bytes(self._buffer[:size]))
        del self._buffer[:size]

    def communicate(self) -> bool:
        """In a worker: answer the request; whether the connection is kept."""
        self.socket.settimeout(WRITING)
        kept = bool(super().communicate())  # type: ignore[no-untyped-call]
        self.socket.setblocking(False)
        self.rfile.more = bool(self._buffer) or self.socket.pending() > 0
        self.waiting = True
        return kept

    def hang_up(self, why: str) -> None:
        """Let the thread that accepts find the connection at its end."""
        self.waiting, self._why, self._thrown_away = False, why, LINGER_LIMIT
        with contextlib.suppress(OSError):  # the other side may have gone; whoever comes next must not suffer for it
            self.socket.shutdown(socket.SHUT_RDWR)

    def end(self, why: str) -> None:
        """Close it, for this reason."""
        self._why = why
        self.close()

    def close(self) -> None:
        """Close it; one that did not end well is logged."""
        self.server.forget(self, self._why)
        self._why = ""
        super().close()

    def _read(self) -> bool:
        while True:
            if self._size is None:
                self._size = self._whole()
            if self._size is not None and len(self._buffer) >= self._size:
                return True
            data = self.socket.recv(16 * 1024)
            if not data:
                raise ConnectionEnded("it ended in the middle of a request" if self._buffer else "")
            if not self._why:  # the wait since the last request does not count
                self._since, self._why = None, _TOO_SLOW
            self._buffer += data

    def _whole(self) -> int | None:
        end = self._buffer.find(b"\r\n\r\n", 0, HEAD_LIMIT)
        if end >= 0:
            return end + 4 + body_length(bytes(self._buffer[:end]))
        if len(self._buffer) >= HEAD_LIMIT:
            raise RequestRefused(TOO_LARGE, f"The head is longer than {HEAD_LIMIT} bytes.")
        return None

    def _refuse(self, status: str, words: str) -> None:
        # If it were closed at once, with bytes unread, the system would reset it and the client would hear nothing.
        self._why, self._thrown_away = words, 0
        self._buffer.clear()
        self.socket.send(_answer(status, words))
        self.socket.shutdown(socket.SHUT_WR)  # from here on what comes is not even decrypted

    def _throw_away(self) -> None:
        while self._thrown_away is not None and self._thrown_away < LINGER_LIMIT:
            size = len(self.socket.recv(64 * 1024))
            self._thrown_away += size or LINGER_LIMIT
        raise ConnectionEnded(self._why)

    def _not_tls(self, problem: ssl.SSLError) -> str:
        if problem.reason != "HTTP_REQUEST":
            return f"TLS: {problem.reason}"
        with contextlib.suppress(OSError):
            socket.socket.send(self.socket, _answer("400 Bad Request", _PLAIN))
        return _PLAIN


def _answer(status: str, words: str) -> bytes:
    close = "X-Fanlic: rehearsal server, not FanRuan software\r\nConnection: close\r\n\r\n"
    return _ANSWER.format(status=status, size=len(words) + 1, close=close, text=f"{words}\n").encode("ascii")
