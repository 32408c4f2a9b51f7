"""One careful look at a server over the network, each step bounded by one deadline.

Law 10 keeps HTTP clients in `adapters/http.py`; this module has sockets and TLS of its own, since troubleshooting ships
alone on the standard library, and since it looks below HTTP: at a port that is closed or silent, at a certificate that
nobody trusts. It goes straight to the address, through no proxy, follows no redirect and sends nothing but `GET`.

`time.monotonic` measures the deadline here; the caller passes the time of day.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from fanlic.model.container import QR_PATH
from fanlic.troubleshoot.check.certificate import Certificate, decode

MAX_HEAD, MAX_BODY = 65_536, 16_384
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})")


@dataclass(frozen=True)
class HttpReply:
    """The answer to one GET. `status` is None if it was no HTTP; header names are small; `body` is its beginning."""

    status: int | None
    headers: dict[str, str]
    body: bytes


@dataclass
class Seen:
    """What was seen on the way. `trouble` names the step that failed, empty if none did; None means not found out."""

    host: str
    port: int
    trouble: str = ""
    detail: str = ""
    addresses: tuple[str, ...] = ()
    peer: str = ""
    local: str = ""
    tls: str = ""
    certificate: Certificate | None = None
    trusted: bool | None = None
    distrust: str = ""
    reply: HttpReply | None = None
    plain: HttpReply | None = None
    qr: HttpReply | None = None
    skew: timedelta | None = None
    unknown: list[str] = field(default_factory=list)


class Ended(Exception):
    """The look ends here: `trouble` and `detail` of `Seen`."""


class Deadline:
    """The time left for everything together."""

    def __init__(self, seconds: float) -> None:
        self.begun = time.monotonic()
        self._end = self.begun + seconds

    def left(self, share: float = 1.0) -> float:
        """Seconds left, or a share of them; never zero, which sockets read as "do not wait"."""
        return max((self._end - time.monotonic()) * share, 0.001)

    def over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self._end

    def elapsed(self) -> timedelta:
        """How long the look has taken so far."""
        return timedelta(seconds=time.monotonic() - self.begun)


def look(host: str, port: int, now: datetime, seconds: float, before_qr: Callable[[], None] | None = None) -> Seen:
    """Look at the server. `now`: the time of day at the call; `before_qr`: called before the QR page is "
    "opened, if it is."""
    seen, deadline = Seen(host, port), Deadline(seconds)
    try:
        addresses = _resolve(seen, deadline)
        connection = _connect(seen, addresses, deadline)
        _over_tls(seen, addresses, connection, deadline)
    except Ended as end:
        seen.trouble, seen.detail = end.args
        return seen
    if seen.reply is not None:
        seen.skew = _skew(seen.reply, now + deadline.elapsed())
    if not deadline.over():
        _trust(seen, addresses, deadline)
    if before_qr is not None and not deadline.over() and seen.reply is not None and seen.reply.status is not None:
        before_qr()
        seen.qr = _ask(seen, addresses, QR_PATH, deadline)
    return seen


Addresses = list[tuple[socket.AddressFamily, tuple[str, int]]]


def _resolve(seen: Seen, deadline: Deadline) -> Addresses:
    """The addresses of a name. The system's resolver takes no time limit, so it is asked in a thread and left "
    "behind."""
    answers: list[Addresses] = []
    problems: list[Exception] = []

    def ask() -> None:
        try:
            addresses = socket.getaddrinfo(seen.host, seen.port, type=socket.SOCK_STREAM)
            answers.append([(family, (str(where[0]), seen.port)) for family, _t, _p, _n, where in addresses])
        except (OSError, UnicodeError) as problem:
            problems.append(problem)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(deadline.left(0.5))
    if problems:
        raise Ended("unknown-host", str(problems[0])) from problems[0]
    if not answers:
        raise Ended("unknown-host", "the name server did not answer in time")
    seen.addresses = tuple(dict.fromkeys(where[0] for _family, where in answers[0]))
    return answers[0]


def _connect(seen: Seen, addresses: Addresses, deadline: Deadline) -> socket.socket:
    """The first address that takes the connection; a refusal says more than silence, so it is the one reported."""
    troubles: list[tuple[str, str]] = []
    for at, (family, where) in enumerate(addresses):
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.settimeout(deadline.left(1 / (len(addresses) - at)) if not deadline.over() else 0.001)
        try:
            connection.connect(where)
        except OSError as problem:
            connection.close()
            troubles.append((_kind(problem), f"{where[0]}: {problem}"))
            continue
        seen.peer, seen.local = where[0], str(connection.getsockname()[0])
        return connection
    raise Ended(*min(troubles, key=lambda trouble: ("closed-port", "filtered", "unreachable").index(trouble[0])))


def _kind(problem: OSError) -> str:
    if isinstance(problem, ConnectionRefusedError):
        return "closed-port"
    return "filtered" if isinstance(problem, TimeoutError) else "unreachable"


def _unverified() -> ssl.SSLContext:
    """A context that accepts any certificate, so that it can be looked at; nothing secret is sent through it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _over_tls(seen: Seen, addresses: Addresses, connection: socket.socket, deadline: Deadline) -> None:
    """The handshake, the certificate as sent, and `GET /`."""
    connection.settimeout(deadline.left(0.6))  # the rest is for asking in plain HTTP
    try:
        wrapped = _unverified().wrap_socket(connection, server_hostname=seen.host)
    except (OSError, ValueError) as problem:
        connection.close()
        raise Ended(*_no_tls(seen, addresses, problem, deadline)) from problem
    with closing(wrapped):
        seen.tls = wrapped.version() or ""
        try:
            seen.certificate = decode(wrapped.getpeercert(binary_form=True) or b"")
        except ValueError as problem:
            seen.detail = str(problem)
        seen.reply = _get(wrapped, seen, "/", deadline)


def _no_tls(seen: Seen, addresses: Addresses, problem: Exception, deadline: Deadline) -> tuple[str, str]:
    """Why there was no handshake: an alert, another protocol, or nothing at all."""
    reason = str(getattr(problem, "reason", None) or problem)
    if "ALERT" in reason:
        return "tls-refused", reason
    seen.plain = _ask(seen, addresses, "/", deadline, plain=True)
    if seen.plain is not None and seen.plain.status is not None:
        return "plain-http", f"HTTP {seen.plain.status}"
    if seen.plain is not None and seen.plain.body:
        return "other-service", printable(seen.plain.body[:60])
    return ("silent" if isinstance(problem, TimeoutError) else "tls-closed"), reason


def _ask(seen: Seen, addresses: Addresses, path: str, deadline: Deadline, *, plain: bool = False) -> HttpReply | None:
    """One GET on a connection of its own; None if there was no connection."""
    try:
        connection = _connect(seen, addresses, deadline)
    except Ended:
        return None
    try:
        if not plain:
            connection.settimeout(deadline.left())
            connection = _unverified().wrap_socket(connection, server_hostname=seen.host)
        return _get(connection, seen, path, deadline)
    except OSError:
        return None
    finally:
        connection.close()


def _get(connection: socket.socket, seen: Seen, path: str, deadline: Deadline) -> HttpReply:
    """Send one GET and read its answer's beginning, until the deadline and not longer."""
    host = f"[{seen.host}]" if ":" in seen.host else seen.host
    request = (
        f"GET {path} HTTP/1.1\r\nHost: {host}:{seen.port}\r\nUser-Agent: fanlic-doctor\r\nConnection: close\r\n\r\n"
    )
    data = b""
    try:
        connection.settimeout(deadline.left())
        connection.sendall(request.encode("ascii"))
        while not _complete(data) and not deadline.over():
            connection.settimeout(deadline.left(0.5 if data else 1.0))
            piece = connection.recv(MAX_BODY)
            if not piece:
                break
            data += piece
    except OSError as problem:
        if not data:
            seen.unknown.append(f"GET {path}: {problem}")
    return _reply(data)


def printable(data: bytes) -> str:
    """Bytes from the network as a line for a terminal: what cannot be shown there is a question mark."""
    text = "".join(letter if letter.isprintable() else "?" for letter in data.decode("utf-8", errors="replace"))
    return text.replace("\N{REPLACEMENT CHARACTER}", "?").strip()


def _complete(data: bytes) -> bool:
    head, blank, body = data.partition(b"\r\n\r\n")
    if not blank:
        return len(data) > MAX_HEAD or (len(data) >= 5 and not data.startswith(b"HTTP/"))
    length = re.search(rb"(?im)^content-length:\s*(\d{1,9})\s*$", head.replace(b"\r", b""))
    return len(body) >= min(MAX_BODY, int(length[1]) if length else MAX_BODY)


def _reply(data: bytes) -> HttpReply:
    status = _STATUS.match(data)
    head, _blank, body = data.partition(b"\r\n\r\n")
    if status is None:
        return HttpReply(None, {}, data[:MAX_BODY])
    headers: dict[str, str] = {}
    for line in head.split(b"\r\n")[1:]:
        name, _colon, value = line.partition(b":")
        headers.setdefault(printable(name).lower(), printable(value))
    return HttpReply(int(status[1]), headers, body[:MAX_BODY])


def _skew(reply: HttpReply, now: datetime) -> timedelta | None:
    """How far the server's clock is ahead of this machine's, by its Date header (whole seconds)."""
    try:
        date = parsedate_to_datetime(reply.headers["date"])
    except (KeyError, ValueError):
        return None
    return date.replace(tzinfo=date.tzinfo or UTC) - now


def _trust(seen: Seen, addresses: Addresses, deadline: Deadline) -> None:
    """Whether this machine trusts the issuer: a second handshake, with the system's authorities and no name check."""
    context = ssl.create_default_context()
    context.check_hostname = False  # the name is its own question, answered from the certificate
    try:
        connection = _connect(seen, addresses, deadline)
    except Ended:
        return
    connection.settimeout(deadline.left())
    try:
        with closing(context.wrap_socket(connection, server_hostname=seen.host)):
            seen.trusted = True
    except ssl.SSLCertVerificationError as problem:
        # Dates are judged apart: 9 not yet valid, 10 expired; OpenSSL names them only for a chain it trusts.
        seen.trusted, seen.distrust = problem.verify_code in (9, 10), problem.verify_message
    except (OSError, ValueError):
        seen.trusted = None
    finally:
        connection.close()
