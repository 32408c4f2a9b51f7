"""A server to be attacked over real sockets, and what an attacker does with a socket."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from tests.system.test_serve import Container

GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Target:
    """One authorization server that runs as a process."""

    def __init__(self, container: Container, pid: int) -> None:
        self.container = container
        self.port = container.port
        self.address = ("127.0.0.1", container.port)
        self._process = psutil.Process(pid)

    def memory(self) -> int:
        """What the process holds in memory, in bytes."""
        return int(self._process.memory_info().rss)

    def log(self) -> str:
        """Its log until now."""
        return (self.container.path("log") / "server.log").read_text("utf-8")

    def plain(self) -> socket.socket:
        """A connection without TLS."""
        return socket.create_connection(self.address, timeout=10)

    def tls(self) -> ssl.SSLSocket:
        """A connection with its handshake done."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context.wrap_socket(self.plain())

    def ask(self, request: bytes) -> bytes:
        """What the server answers to these bytes until it hangs up or says nothing more for a second."""
        with self.tls() as sock:
            with contextlib.suppress(OSError):
                sock.sendall(request)
            return answer(sock)

    def honest(self) -> float:
        """Seconds that an honest client waits for its answer."""
        began = time.monotonic()
        with self.tls() as sock:
            sock.sendall(GET)
            assert sock.recv(4096).startswith(b"HTTP/1.1 200 ")
        return time.monotonic() - began


def answer(sock: socket.socket) -> bytes:
    """What comes until the other side hangs up or says nothing for a second."""
    heard = b""
    sock.settimeout(1)
    with contextlib.suppress(OSError):
        while data := sock.recv(4096):
            heard += data
            if _complete(heard):
                break
    return heard


def _complete(heard: bytes) -> bool:
    head, end, body = heard.partition(b"\r\n\r\n")
    length = next((line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b":0")
    return bool(end) and len(body) >= int(length.partition(b":")[2])


@contextlib.contextmanager
def many(sockets: list[socket.socket]) -> Iterator[None]:
    """Sockets that are closed afterwards."""
    try:
        yield
    finally:
        for each in sockets:
            each.close()


def folder_size(folder: Path) -> int:
    """Bytes of all files below."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
