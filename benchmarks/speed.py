"""Register, poll, unbind: the authorization server against the floor, turn by turn in one run.

    python -m benchmarks.speed [--seconds 30] [--clients 1 8] [--folder DIR ...]

The servers run at the same time, each with a file of its own below DIR. Rounds of a second alternate between them, so
that whatever else the machine does disturbs all alike. Told are the medians of the rounds' ratios: requests a second
against the floor, and the processor time of a request against the floor's, which a busy machine disturbs less.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.site import LOOPBACK, ROOT, Client, Site, free_port, said, unbinding

ROUND = 1.0  # seconds


@dataclass(frozen=True)
class Pace:
    """What one server gave: requests a second, milliseconds of a request, and both against the floor."""

    folder: str
    clients: int
    server: str
    rate: float
    cpu: float
    p50: float
    p99: float
    rate_ratio: float
    cpu_ratio: float


@dataclass
class Rounds:
    """What was measured of one server, round by round."""

    port: int
    pid: int
    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    taken: list[float] = field(default_factory=list)

    def add(self, clients: int) -> None:
        """One round more."""
        before = cpu_seconds(self.pid)
        rate, every = measured(self.port, clients)
        self.rates.append(rate)
        self.cpu.append(1000 * (cpu_seconds(self.pid) - before) / (len(every) + 3 * clients))
        self.taken += every


def cycle(client: Client, node: str) -> Iterator[float]:
    """Register, poll, unbind; how long each took."""
    at = time.perf_counter()
    status, grant = client.call("PUT", f"/license/v1/registrations/{node}", said(node))
    yield time.perf_counter() - at
    if status != 200:
        raise RuntimeError(f"not registered: {grant}")
    at = time.perf_counter()
    client.call("POST", f"/license/v1/registrations/{node}/poll", said(node, seat=grant["seat"]))
    yield time.perf_counter() - at
    at = time.perf_counter()
    client.call("DELETE", f"/license/v1/registrations/{node}", unbinding(node, grant["seat"]))
    yield time.perf_counter() - at


def measured(port: int, clients: int) -> tuple[float, list[float]]:
    """Requests a second of so many clients for one round, and what each request took."""
    taken: list[list[float]] = [[] for _count in range(clients)]
    stop = threading.Event()

    def work(number: int) -> None:
        with contextlib.closing(Client(port)) as client:
            for _time in cycle(client, f"warm{number}"):
                pass
            gate.wait(20)
            while not stop.is_set():
                taken[number].extend(cycle(client, f"n{number}"))

    gate = threading.Barrier(clients + 1)
    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    gate.wait(20)
    began = time.perf_counter()
    time.sleep(ROUND)
    stop.set()
    for thread in threads:
        thread.join(30)
    span = time.perf_counter() - began
    every = [each for one in taken for each in one]
    return len(every) / span, every


def compare(servers: dict[str, tuple[int, int]], folder: str, clients: int, seconds: float) -> list[Pace]:
    """Alternate between the servers, given by name with port and process; the floor is the one named bare."""
    rounds = {name: Rounds(*where) for name, where in servers.items()}
    for number in range(max(3, round(seconds / ROUND / len(servers)))):
        for name in sorted(rounds, reverse=number % 2 == 1):
            rounds[name].add(clients)
    floor = rounds["bare"]
    return [
        Pace(
            folder, clients, name, statistics.median(each.rates), statistics.median(each.cpu),
            percentile(each.taken, 50), percentile(each.taken, 99),
            middle(each.rates, floor.rates), middle(each.cpu, floor.cpu),
        )
        for name, each in rounds.items()
    ]  # fmt: skip


def middle(ours: list[float], floor: list[float]) -> float:
    """The median of the ratios of neighboring rounds."""
    return statistics.median(a / b for a, b in zip(ours, floor, strict=True))


def cpu_seconds(pid: int) -> float:
    """What the process has had of the processors; the times stand behind its name, which is in parentheses."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def percentile(seconds: list[float], share: int) -> float:
    """In milliseconds."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, len(ordered) * share // 100)]


@contextlib.contextmanager
def floor_server(kind: str, folder: Path, site: Site) -> Iterator[tuple[int, int]]:
    """A floor, on a port of its own: port and process."""
    port = free_port()
    pair = [str(site.path("tls") / name) for name in ("server.crt", "server.key")]
    script = str(ROOT / "benchmarks" / "floor.py")
    process = subprocess.Popen([sys.executable, script, kind, str(folder), str(port), *pair])
    try:
        until(lambda: Client(port).close())
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(20)


def until(act: Callable[[], object]) -> None:
    """Try until it works, for ten seconds."""
    for _count in range(500):
        with contextlib.suppress(OSError):
            act()
            return
        time.sleep(0.02)
    raise RuntimeError(f"nothing answers on {LOOPBACK}")


def run(parent: Path, label: str, clients: list[int], seconds: float) -> tuple[list[Pace], float]:
    """All servers below one folder: their paces, and the memory in MiB that ours had in the end."""
    with tempfile.TemporaryDirectory(dir=parent) as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        site = Site(folder, seats=100)
        process = stack.enter_context(site.running())
        servers = {kind: stack.enter_context(floor_server(kind, folder, site)) for kind in ("bare", "flask")}
        with contextlib.closing(Client(site.port)) as client:
            site.activate(client)
        servers["fanlic"] = (site.port, process.pid)
        paces = [pace for count in clients for pace in compare(servers, label, count, seconds)]
        return paces, memory(process.pid)


def memory(pid: int) -> float:
    """The resident memory of a process in MiB."""
    line = next(
        line for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines() if line.startswith("VmRSS")
    )
    return int(line.split()[1]) / 1024


def main() -> None:
    """Print a line of JSON for each pairing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--folder", type=Path, nargs="+", default=[ROOT / "build", Path("/dev/shm")])  # noqa: S108
    chosen = parser.parse_args()
    for folder in chosen.folder:
        folder.mkdir(exist_ok=True)
        paces, resident = run(folder, str(folder), chosen.clients, chosen.seconds)
        for pace in paces:
            print(json.dumps(pace.__dict__), flush=True)
        print(json.dumps({"folder": str(folder), "resident memory, MiB": resident}), flush=True)


if __name__ == "__main__":
    main()
