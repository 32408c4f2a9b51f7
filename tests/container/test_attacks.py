"""Attacks on the real image over a socket, within budgets for memory, time and bytes."""

from __future__ import annotations

import socket
import ssl
import time
from contextlib import suppress
from pathlib import Path

import pytest

from fanlic.model.container import ARCHIVE
from tests.attacks.target import answer
from tests.attacks.test_http import MALFORMED, PAGE, POST
from tests.container.private_engine import PrivateEngine
from tests.container.test_page import Site

MB = 1024 * 1024
SLOW, BODY, WAIT = 128, 400 * MB, 5.0  # seconds; the machine may be building a site beside it
# Budgets for the whole corpus: growth of memory, bytes of log and state, seconds of one refusal.
GROWTH, WRITTEN, REFUSAL = 24 * MB, 256 * 1024, 6.0


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
    """Seconds until an honest client has its answer; closed on, it asks again, as a browser does.

    Docker's proxy opens the connections in an order of its own. An honest one that comes before many silent ones of the
    same address is the oldest that has said nothing whole, and is closed in favor of a newer one.
    """
    began = time.monotonic()
    while time.monotonic() < began + WAIT:
        with suppress(OSError), tls(port) as sock:
            sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            if sock.recv(4096).startswith(b"HTTP/1.1 200 "):
                break
        time.sleep(0.05)
    return time.monotonic() - began


def slow(port: int, kind: str) -> socket.socket:
    """A connection that says nothing, or half of what it means to say."""
    if kind == "silent":
        return socket.create_connection(("127.0.0.1", port), timeout=10)
    sock = tls(port)
    sock.sendall(PAGE if kind == "half a head" else POST + b"Content-Length: 17\r\n\r\n{")
    return sock


@pytest.mark.threat("http-malformed", "http-slow")
def test_malformed_and_half_requests_stay_within_their_budgets(site: Site) -> None:
    folders = [site.folder / name for name in ("config", "log")]
    container = site.run("-P", *(f"--volume={folder}:/app/{folder.name}" for folder in folders))
    port = site.port(container)
    assert 200 == site.get(port, "/healthz")[0], site.engine.docker("logs", container)
    before, size = resident(site, container), written(folders)
    for name, request in MALFORMED.items():
        began = time.monotonic()
        with tls(port) as sock, suppress(OSError):
            sock.sendall(request)
        with tls(port) as sock:
            with suppress(OSError):
                sock.sendall(request)
            heard = answer(sock)
        assert heard == b"" or heard.startswith(b"HTTP/1.1 4"), (name, heard[:80])
        assert time.monotonic() - began < REFUSAL, name
    for kind in ("silent", "half a head", "half a body"):
        sockets = [slow(port, kind) for _count in range(60)]
        assert max(honest(port) for _count in range(3)) < WAIT, kind
        for each in sockets:
            each.close()
    assert resident(site, container) - before < GROWTH
    assert written(folders) - size < WRITTEN
    assert "Traceback" not in site.engine.docker("logs", container).stderr


def resident(site: Site, container: str) -> int:
    """What the server's process holds in memory, in bytes."""
    shown = site.engine.docker("top", container, "-eo", "pid,rss")
    assert 0 == shown.returncode, shown.stderr
    return sum(int(line.split()[1]) for line in shown.stdout.splitlines()[1:]) * 1024


def written(folders: list[Path]) -> int:
    """Bytes of all files below."""
    return sum(path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file())


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
