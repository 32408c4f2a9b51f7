"""A Docker engine of one's own: in namespaces of its own, gone without a trace when it ends."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

CLONE_NEWNET = 0x40000000
# The page's range for -P. The kernel lends ports to clients from it too, but not the ones that tests publish.
PORTS = "49153 65535"
START = """
ip link set lo up &&
echo "$2" > /proc/sys/net/ipv4/ip_local_port_range &&
echo "49155,49200-49299,50123-50124" > /proc/sys/net/ipv4/ip_local_reserved_ports &&
exec dockerd --data-root "$1/data" --exec-root "$1/run" -p "$1/pid" -H "unix://$1/sock" > "$1/log" 2>&1
"""


def missing() -> str:
    """What this machine lacks for such an engine; empty where it lacks nothing."""
    if sys.platform != "linux":
        return "container tests need Linux"
    if os.geteuid() != 0:
        return "container tests need root (they make namespaces): sudo python3 start.py test tests/container"
    wanted = {"docker": "docker.io", "dockerd": "docker.io", "unshare": "util-linux", "ip": "iproute2"}
    wanted |= {"mmdebstrap": "mmdebstrap", "skopeo": "skopeo"}
    packages = sorted({package for program, package in wanted.items() if shutil.which(program) is None})
    return f"not installed; apt-get install --no-install-recommends {' '.join(packages)}" if packages else ""


class EngineFailed(Exception):
    """The engine did not come up; its last words."""


class PrivateEngine:
    """One engine below a folder; `start` again after `stop`, and its containers are there again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = f"unix://{folder / 'sock'}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it in new namespaces and wait, bounded, until it answers."""
        self.folder.mkdir(exist_ok=True)
        unshare = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
        self._process = subprocess.Popen([*unshare, "sh", "-c", START, "sh", str(self.folder), PORTS])
        deadline = time.monotonic() + 20
        while self.docker("version").returncode != 0:
            log = self.folder / "log"
            said = log.read_text("utf-8", "replace")[-1500:] if log.exists() else ""
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise EngineFailed(f"it ended, or did not answer within 20 s: {said}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End it and everything in its namespaces, as a machine that is switched off does."""
        if self._process is not None:
            # `unshare --fork` ignores SIGTERM; the engine is its one child and the first process of the namespace.
            with suppress(IndexError, ProcessLookupError):  # it ended by itself
                os.kill(self._child(), signal.SIGTERM)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()  # --kill-child takes the rest along
                self._process.wait(5)
            self._process = None

    @contextmanager
    def network(self) -> Iterator[None]:
        """Be in the engine's network: this thread, and what it starts."""
        assert self._process is not None
        own = os.open("/proc/self/ns/net", os.O_RDONLY)
        there = os.open(f"/proc/{self._child()}/ns/net", os.O_RDONLY)
        try:
            _enter(there)
            yield
        finally:
            _enter(own)
            os.close(own)
            os.close(there)

    def docker(self, *words: str, stdin: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Docker's own command line on this engine, nothing added."""
        settings = os.environ | {"DOCKER_HOST": self.address, "DOCKER_CLI_HINTS": "false"}
        with (stdin or Path(os.devnull)).open("rb") as stream:
            return subprocess.run(
                ["docker", *words], env=settings, stdin=stream, capture_output=True, text=True, timeout=60, check=False
            )

    def _child(self) -> int:
        assert self._process is not None
        path = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return int(path.read_text("ascii").split()[0])


def _enter(handle: int) -> None:
    if ctypes.CDLL(None, use_errno=True).setns(handle, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "the engine's network cannot be entered")
