"""Attacks on the real image over a socket, within budgets for memory, time and bytes."""

from __future__ import annotations

import socket
import ssl
import time
from contextlib import suppress
from pathlib import Path

import pytest

from fanlic.model.container import ARCHIVE
from tests.container.private_engine import PrivateEngine
from tests.container.test_page import Site

MB = 1024 * 1024
SLOW, BODY, WAIT = 128, 400 * MB, 2.0


@pytest.fixture
def site(engine: PrivateEngine, strict: Path, tmp_path: Path) -> Site:
    """A container host with the image loaded."""
    site = Site(engine, strict, tmp_path)
    site.type(f"docker load < {ARCHIVE}")
    return site


def tls(port: int) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=10))


def honest(port: int) -> float:
    """Seconds until an honest client has its answer."""
    began = time.monotonic()
    with tls(port) as sock:
        sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert sock.recv(4096).startswith(b"HTTP/1.1 200 ")
    return time.monotonic() - began


@pytest.mark.threat("http-body-memory", "http-slow")
def test_a_huge_body_and_slow_sockets_neither_kill_nor_silence_the_container(site: Site) -> None:
    container = site.run("-P", "--memory", "128m")
    port = site.port(container)
    assert 200 == site.get(port, "/healthz")[0], site.engine.docker("logs", container)
    sent = 0
    with tls(port) as sock:
        sock.sendall(b"POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % BODY)
        sock.settimeout(5)
        with suppress(OSError):
            while sent < BODY:
                sock.sendall(bytes(MB))
                sent += MB
    assert sent < 64 * MB
    slow = [socket.create_connection(("127.0.0.1", port), timeout=10) for _count in range(SLOW)]
    try:
        assert max(honest(port) for _count in range(3)) < WAIT
    finally:
        for each in slow:
            each.close()
    state = site.state(container)
    assert (True, False) == (state["Running"], state["OOMKilled"])
