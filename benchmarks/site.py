"""One authorization server as a process, with a folder of its own, and clients that cost next to nothing."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fanlic.adapters import customer, handshake, tls
from fanlic.adapters.clocks import LabClock
from fanlic.adapters.entropy import SystemEntropy
from fanlic.adapters.signing import SigningKey
from fanlic.desk import claims
from fanlic.model.approval import Issued
from fanlic.model.policy import FINEBI_6_0_5
from fanlic.model.registration import License
from fanlic.ports import LICENSE, LicenseRecord

ROOT = Path(__file__).parents[1]
SECRET = "5" * 64
LICENSE_ID = "lic-0000000000000001"
LOOPBACK, TOKEN = "127.0.0.1", "of the benchmark"
REFUSED_AT_START = range(2, 10)


class Site:
    """The directories of one container, and its server."""

    def __init__(self, folder: Path, seats: int, profile: str = "strict") -> None:
        self.folder = folder
        self.port = free_port()
        vendor, now = SigningKey.new(SystemEntropy()), datetime.now(UTC)
        self.terms = License(
            LICENSE_ID, "ACME Ltd", "Sales", "FineBI", "6.0.5", "6.0.99", now + timedelta(days=3650), seats,
            desk="https://localhost:1",
        )  # fmt: skip
        document = vendor.document(LICENSE, claims(self.terms))
        record = LicenseRecord(Issued(LICENSE_ID, self.terms.expires), self.terms, "a@b.c", document, SECRET)
        files = customer.files(record, vendor, profile, FINEBI_6_0_5)
        certificate, key = tls.make_pair(("localhost", LOOPBACK), now)
        files |= {"app/tls/server.crt": certificate, "app/tls/server.key": key}
        for name, data in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
            (folder / name).chmod(0o600)
        shutil.copytree(ROOT / "fanlic" / "web" / "authorization", folder / "app" / "web")
        (folder / "vendor.pub").write_text(vendor.identity)
        self.clock: LabClock | None = None
        if profile == "lab":
            self.clock = LabClock(folder / "lab-clock")
            self.clock.set(now)

    def path(self, name: str) -> Path:
        """One of the directories."""
        return self.folder / "app" / name

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server; its process, before it answers."""
        options = [t for n in ("config", "log", "tls", "web", "license") for t in (f"--{n}", str(self.path(n)))]
        options += ["--vendor", str(self.folder / "vendor.pub"), "--listen", f"{LOOPBACK}:{self.port}"]
        options += [] if self.clock is None else ["--lab-clock", str(self.clock.path)]
        settings = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "FANLIC_LAB_TOKEN": TOKEN}
        with (self.folder / "output").open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "fanlic", "serve", *options],
                env=settings, stdout=output, stderr=output,
            )  # fmt: skip

    @contextlib.contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """A server that answers; it is stopped afterwards."""
        process = self.start()
        try:
            self.wait(process)
            yield process
        finally:
            process.terminate()
            process.wait(20)

    def wait(self, process: subprocess.Popen[bytes], timeout: float = 30) -> None:
        """Wait until the server answers; RuntimeError where it does not."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            with contextlib.suppress(OSError):
                socket.create_connection((LOOPBACK, self.port), timeout=0.2).close()
                return
            time.sleep(0.01)
        raise RuntimeError(f"the server does not answer: {(self.folder / 'output').read_text('utf-8')[-2000:]}")

    def activate(self, client: Client) -> None:
        """Scan and enter the code, as the phone and the administrator do."""
        text = client.call("GET", "/license/v1/challenge")[1]["text"]
        status, answer = client.call("POST", "/license/v1/activation", {"code": code_for(text)})
        if status != 200:
            raise RuntimeError(f"not activated: {answer}")


class Client:
    """One kept-alive HTTPS connection that sends and reads whole messages; `requests` are counted by nobody."""

    def __init__(self, port: int) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        plain = socket.create_connection((LOOPBACK, port), timeout=20)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = context.wrap_socket(plain)
        self._host = f"{LOOPBACK}:{port}"

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def call(self, method: str, path: str, body: dict[str, str] | None = None) -> tuple[int, dict[str, Any]]:
        """One call: the status and what the answer's JSON says."""
        data = b"" if body is None else json.dumps(body).encode()
        kind = "" if body is None else "Content-Type: application/json\r\n"
        kind += f"X-Fanlic-Lab-Token: {TOKEN}\r\n" if path.startswith("/lab/") else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\n{kind}Content-Length: {len(data)}\r\n\r\n"
        self._socket.sendall(head.encode() + data)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        top, _, rest = received.partition(b"\r\n\r\n")
        length = next(int(line[15:]) for line in top.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        while len(rest) < length:
            rest += self._more()
        return int(top[9:12]), json.loads(rest)

    def _more(self) -> bytes:
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionResetError("the server hung up")
        return data


def code_for(text: str) -> str:
    """The six digits that the phone shows for a QR code."""
    scanned = handshake.read(text)
    return handshake.code(bytes.fromhex(SECRET), scanned.nonce, scanned.scan.identity, LICENSE_ID)


def said(node: str, **more: str) -> dict[str, str]:
    """What a node says of itself; its key follows from its name."""
    return {
        "node_key": f"{int.from_bytes(node.encode()[-16:], 'big'):032x}",
        "product": "FineBI",
        "version": "6.0.5",
        "domain": "bi.acme.example",
        "app_name": "webroot",
        "nonce": "n" * 22,
    } | more


def unbinding(node: str, seat: str) -> dict[str, str]:
    """What a node says when it gives its seat back."""
    return {"node_key": said(node)["node_key"], "seat": seat, "nonce": "n" * 22}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
