"""Bytes of a stranger on the server's port: bounded memory, bounded waits, a refusal instead of a guess."""

from __future__ import annotations

import socket
import ssl
import time
from contextlib import suppress

import pytest

from tests.attacks.target import GET, Target, answer, many

MB = 1024 * 1024
POST = b"POST /license/v1/activation HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
PAGE = b"GET /license/qrcode HTTP/1.1\r\nHost: localhost\r\n"
CODE = b'{"code": "12345"}'

# Each is no request of an honest client. What answers 2xx or 5xx guesses, or breaks.
MALFORMED = {
    "length with chunks": POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 17\r\nContent-Length: 18\r\n\r\n" + CODE,
    "two equal lengths": POST + b"Content-Length: 17\r\nContent-Length: 17\r\n\r\n" + CODE,
    "length with a sign": POST + b"Content-Length: +17\r\n\r\n" + CODE,
    "negative length": POST + b"Content-Length: -1\r\n\r\n" + CODE,
    "length in hex": POST + b"Content-Length: 0x11\r\n\r\n" + CODE,
    "length with an underscore": POST + b"Content-Length: 1_7\r\n\r\n" + CODE,
    "length as a list": POST + b"Content-Length: 17, 17\r\n\r\n" + CODE,
    "length of other digits": POST + b"Content-Length: \xb2\r\n\r\n" + CODE,
    "huge length": POST + b"Content-Length: 99999999999999999999999\r\n\r\n" + CODE,
    "length under another spelling": POST + b"Content_Length: 17\r\n\r\n" + CODE,
    "NUL in a value": PAGE + b"X-Name: a\0b\r\n\r\n",
    "NUL in the path": b"GET /license/\0qrcode HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "NUL in a name": PAGE + b"X\0Y: 1\r\n\r\n",
    "carriage return in a value": PAGE + b"X-Name: a\rb\r\n\r\n",
    "two hosts": PAGE + b"Host: elsewhere.example\r\n\r\n",
    "no host": b"GET /license/qrcode HTTP/1.1\r\n\r\n",
    "two origins": POST
    + b"Origin: https://localhost\r\nOrigin: https://evil.example\r\nContent-Length: 17\r\n\r\n"
    + CODE,
    "absolute address": b"GET https://elsewhere.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "address without a scheme": b"GET //[elsewhere/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "fragment": b"GET /license/qrcode#top HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "huge chunk": POST + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n" + CODE,
    "negative chunk": POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n" + CODE,
    "chunk size that is no number": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + CODE + b"\r\n0\r\n\r\n",
    "chunk without its end": POST + b"Transfer-Encoding: chunked\r\n\r\n11\r\n" + CODE + b"XX0\r\n\r\n",
    "chunk extension without end": POST + b"Transfer-Encoding: chunked\r\n\r\n11;" + b"a" * 100_000,
    "chunked twice": POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "unknown coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "coding after a tab": POST + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
    "chunks in HTTP/1.0": POST.replace(b"1.1", b"1.0")
    + b"Transfer-Encoding: chunked\r\n\r\n11\r\n"
    + CODE
    + b"\r\n0\r\n\r\n",
    "folded header": PAGE + b"X-Name: a\r\n b\r\n\r\n",
    "folded first header": b"GET /license/qrcode HTTP/1.1\r\n Host: localhost\r\n\r\n",
    "space before the colon": PAGE + b"X-Name : a\r\n\r\n",
    "no name": PAGE + b": a\r\n\r\n",
    "no colon": PAGE + b"nonsense\r\n\r\n",
    "line feeds only": b"GET /license/qrcode HTTP/1.1\nHost: localhost\n\n",
    "one lone line feed": b"GET /license/qrcode HTTP/1.1\r\nHost: localhost\nX-Name: a\r\n\r\n",
    "very long header": PAGE + b"X-Name: " + b"a" * MB + b"\r\n\r\n",
    "very long path": b"GET /" + b"a" * MB + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "10 000 headers": PAGE + b"".join(b"X-%d: 1\r\n" % n for n in range(10_000)) + b"\r\n",
    "500 short headers": PAGE + b"".join(b"A%d: 1\r\n" % n for n in range(500)) + b"\r\n",
    "10 000 empty lines first": b"\r\n" * 10_000 + GET,
    "trace": b"TRACE /license/qrcode HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "connect": b"CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "method in lower case": b"get /license/qrcode HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "two spaces": b"GET  /license/qrcode HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no version": b"GET /license/qrcode\r\nHost: localhost\r\n\r\n",
    "another version": b"GET /license/qrcode HTTP/2.0\r\nHost: localhost\r\n\r\n",
    "preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no text at all": bytes(range(256)) * 8 + b"\r\n\r\n",
}


@pytest.mark.threat("http-malformed")
@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_request_is_refused_and_never_guessed_at(target: Target, name: str) -> None:
    heard = target.ask(MALFORMED[name])
    assert heard == b"" or heard.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4")), heard[:200]


def test_no_malformed_request_left_a_traceback_in_the_log(target: Target) -> None:
    assert b"HTTP/1.1 400 Bad Request" in target.ask(PAGE + b"Host: a\r\n\r\n")
    assert "Traceback" not in target.log()
    assert "connection ended: The header host stands there more than once." in target.log()


def test_what_is_behind_a_refused_request_is_no_request(target: Target) -> None:
    heard = target.ask(POST + b"Content-Length: +3\r\n\r\nabc" + GET)
    assert heard.count(b"HTTP/1.1 ") == 1


@pytest.mark.threat("http-body-memory")
@pytest.mark.parametrize(
    "head", [b"Content-Length: 419430400\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n1900000\r\n"]
)
def test_a_body_of_400_mb_costs_neither_memory_nor_time(target: Target, head: bytes) -> None:
    before, began = target.memory(), time.monotonic()
    with target.tls() as sock:
        sock.sendall(b"POST /nowhere HTTP/1.1\r\nHost: localhost\r\n" + head)
        sock.settimeout(5)
        with suppress(OSError):
            for _count in range(400):
                sock.sendall(bytes(MB))
        assert target.memory() - before < 20 * MB
    assert time.monotonic() - began < 5
    assert target.honest() < 1


@pytest.mark.parametrize(
    ("head", "status"), [(b"Content-Length: 100000", b"413"), (b"Transfer-Encoding: chunked", b"411")]
)
def test_who_sends_too_much_hears_why(target: Target, head: bytes, status: bytes) -> None:
    heard = target.ask(POST + head + b"\r\n\r\n" + b"7000\r\n" + bytes(100_000))
    assert heard.startswith(b"HTTP/1.1 " + status)
    assert b"X-Fanlic: rehearsal server" in heard


def test_a_request_in_small_pieces_and_two_in_one_piece_are_answered(target: Target) -> None:
    body = b'{"code": "999999"}'
    whole = POST + b"Content-Length: %d\r\n\r\n" % len(body) + body
    with target.tls() as sock:
        for position in range(0, len(whole), 7):
            sock.sendall(whole[position : position + 7])
        assert answer(sock).startswith(b"HTTP/1.1 4")
        sock.sendall(GET + GET)
        assert answer(sock).startswith(b"HTTP/1.1 200 ")
        assert answer(sock).startswith(b"HTTP/1.1 200 ")


def test_plain_http_is_told_that_this_is_https(target: Target) -> None:
    with target.plain() as sock:
        sock.sendall(GET)
        heard = answer(sock)
    assert heard.startswith(b"HTTP/1.1 400 ")
    assert b"https://" in heard


@pytest.mark.threat("http-slow")
@pytest.mark.parametrize("kind", ["silent", "silent after the handshake", "half a head", "half a body", "deaf"])
def test_128_slow_sockets_delay_no_honest_client(target: Target, kind: str) -> None:
    sockets: list[socket.socket] = []
    with many(sockets):
        for _count in range(128):
            with suppress(OSError):
                sockets.append(_slow(target, kind))
        waits = [target.honest() for _count in range(5)]
    assert max(waits) < 1.5, waits


def _slow(target: Target, kind: str) -> socket.socket:
    if kind == "silent":
        return target.plain()
    sock = target.tls()
    if kind == "half a head":
        sock.sendall(PAGE)
    elif kind == "half a body":
        sock.sendall(POST + b"Content-Length: 17\r\n\r\n{")
    elif kind == "deaf":  # asks and never reads
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.sendall(b"GET /license/qrcode.css HTTP/1.1\r\nHost: localhost\r\n\r\n")
    return sock


@pytest.mark.threat("http-slow")
def test_a_connection_has_one_deadline_however_often_it_says_something(target: Target) -> None:
    began = time.monotonic()
    with target.tls() as sock:
        sock.settimeout(0.2)
        with suppress(OSError):
            while time.monotonic() - began < 15:
                sock.sendall(b"G")
                with suppress(TimeoutError):
                    if not sock.recv(1):
                        break
    assert 3 < time.monotonic() - began < 8
    _until_logged(target, "connection ended: nothing whole came in time")


@pytest.mark.threat("http-slow")
def test_a_handshake_has_the_same_deadline(target: Target) -> None:
    began = time.monotonic()
    hello = ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), hello, server_hostname="localhost")
    with suppress(ssl.SSLWantReadError):
        client.do_handshake()
    with target.plain() as sock:
        sock.settimeout(0.2)
        with suppress(OSError):
            for byte in hello.read():
                sock.sendall(bytes([byte]))
                with suppress(TimeoutError):
                    if not sock.recv(1):
                        break
                assert time.monotonic() - began < 8
    assert time.monotonic() - began < 8


@pytest.mark.threat("http-slow")
def test_who_is_refused_and_gone_leaves_no_place_taken(target: Target) -> None:
    """A client that had hung up while it was refused kept its place for ever, and the next honest one paid for it."""
    for request in MALFORMED.values():
        with target.tls() as sock, suppress(OSError):
            sock.sendall(request)
    sockets: list[socket.socket] = []
    with many(sockets):
        sockets += [target.plain() for _count in range(70)]
        assert max(target.honest() for _count in range(3)) < 1.5


@pytest.mark.threat("http-slow")
def test_one_address_holds_a_bounded_number_of_connections(target: Target) -> None:
    sockets: list[socket.socket] = []
    with many(sockets):
        sockets += [target.plain() for _count in range(300)]
        assert target.honest() < 1.5
        assert len(target._process.net_connections("tcp")) < 100
    _until_logged(target, "connection ended: there are too many connections")


def test_an_aborted_connection_is_one_line_of_the_log(target: Target) -> None:
    before = target.log()
    context = ssl.create_default_context()
    with pytest.raises(ssl.SSLError), target.plain() as sock:
        context.wrap_socket(sock, server_hostname="localhost")
    _until_logged(target, "TLS: ")
    new = target.log()[len(before) :]
    assert new.count("\n") == 1, new


def test_who_knocks_and_goes_is_not_worth_a_line(target: Target) -> None:
    before = target.log()
    target.plain().close()
    target.honest()
    assert target.log()[len(before) :].count("\n") == 1


def _until_logged(target: Target, words: str) -> None:
    deadline = time.monotonic() + 8
    while words not in target.log():
        assert time.monotonic() < deadline, target.log()[-2000:]
        time.sleep(0.05)
