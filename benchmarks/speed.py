"""Register, poll, unbind: the authorization server against the floor, turn by turn in one run.

    python -m benchmarks.speed [--seconds 20] [--clients 1 8] [--folder DIR ...]

Both servers run at the same time, each with a folder of its own below DIR. Rounds of a second alternate between them,
so that whatever else the machine does disturbs both alike; the ratio of each pair of neighboring rounds is taken, and
the median of the ratios is told.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.site import LOOPBACK, ROOT, Client, Site, free_port, said, unbinding

ROUND = 1.0  # seconds


@dataclass(frozen=True)
class Pace:
    """What one pairing gave: requests a second of both, the ratio, and the slowest of a hundred in milliseconds."""

    clients: int
    ours: float
    floor: float
    ratio: float
    ratios: tuple[float, ...]
    p50: float
    p99: float
    floor_p99: float


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


def compare(ours: int, floor: int, clients: int, seconds: float) -> Pace:
    """Alternate between the two ports."""
    rates: dict[int, list[float]] = {ours: [], floor: []}
    taken: dict[int, list[float]] = {ours: [], floor: []}
    for number in range(max(2, round(seconds / ROUND / 2))):
        for port in (ours, floor) if number % 2 else (floor, ours):
            rate, every = measured(port, clients)
            rates[port].append(rate)
            taken[port] += every
    ratios = tuple(a / b for a, b in zip(rates[ours], rates[floor], strict=True))
    return Pace(
        clients, statistics.median(rates[ours]), statistics.median(rates[floor]), statistics.median(ratios), ratios,
        percentile(taken[ours], 50), percentile(taken[ours], 99), percentile(taken[floor], 99),
    )  # fmt: skip


def percentile(seconds: list[float], share: int) -> float:
    """In milliseconds."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, len(ordered) * share // 100)]


@contextlib.contextmanager
def floor_server(folder: Path, site: Site) -> Iterator[int]:
    """The floor, on a port of its own."""
    port = free_port()
    pair = [str(site.path("tls") / name) for name in ("server.crt", "server.key")]
    process = subprocess.Popen([sys.executable, str(ROOT / "benchmarks" / "floor.py"), str(folder), str(port), *pair])
    try:
        until(lambda: Client(port).close())
        yield port
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


def run(parent: Path, clients: list[int], seconds: float) -> list[Pace]:
    """Both servers below one folder."""
    with tempfile.TemporaryDirectory(dir=parent) as name:
        folder = Path(name)
        site = Site(folder, seats=100)
        with site.running(), floor_server(folder, site) as floor:
            with contextlib.closing(Client(site.port)) as client:
                site.activate(client)
            return [compare(site.port, floor, count, seconds) for count in clients]


def main() -> None:
    """Print a line of JSON for each pairing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--folder", type=Path, nargs="+", default=[ROOT / "build", Path("/dev/shm")])  # noqa: S108
    chosen = parser.parse_args()
    for folder in chosen.folder:
        folder.mkdir(exist_ok=True)
        for pace in run(folder, chosen.clients, chosen.seconds):
            print(json.dumps({"folder": str(folder), **pace.__dict__}), flush=True)


if __name__ == "__main__":
    main()
