"""What many seats and a long journal cost, and how long a start takes.

    python -m benchmarks.scale [--folder DIR]

The cost of a turn is the processor time of register, poll and unbind in the service, without HTTP: the least of many
batches, which a busy machine disturbs least. A start is timed from the command to the first answer, in turn with
`import flask` in a fresh interpreter.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.site import LICENSE_ID, SECRET, Client, Site, said
from fanlic.adapters import handshake
from fanlic.adapters.clocks import SystemClock
from fanlic.adapters.entropy import SystemEntropy
from fanlic.adapters.handshake import ServerHandshake
from fanlic.adapters.identity import kept_identity
from fanlic.adapters.signing import SigningKey
from fanlic.adapters.store import FILE, SqliteStore, state_key
from fanlic.model.policy import FINEBI_6_0_5
from fanlic.model.registration import Request, hash_key
from fanlic.service import AuthorizationService
from tests.state_file import fill

STEPS = ((100, 0), (10_000, 0), (100_000, 0), (100, 1_000_000))  # seats, lines of the journal
BATCHES, BATCH = 60, 10
STARTS = 5


def turn_cost(folder: Path, seats: int, lines: int) -> float:
    """Microseconds of processor time that a turn costs beside so many seats and lines."""
    key, site = SigningKey.new(SystemEntropy()), Site(folder, seats + 10)
    seal = state_key(key, LICENSE_ID)

    def opened(*, first: bool) -> tuple[SqliteStore, AuthorizationService]:
        store = SqliteStore(folder / FILE, seal, first=first)
        service = AuthorizationService(
            store=store, clock=SystemClock(), entropy=SystemEntropy(), signer=key,
            handshake=ServerHandshake(key, site.terms, bytes.fromhex(SECRET)), terms=site.terms,
            vendor="", license_document="", policy=FINEBI_6_0_5,
        )  # fmt: skip
        service.start()
        return store, service

    store, service = opened(first=True)
    text = service.qr("https://127.0.0.1:1")
    if text is None:
        raise RuntimeError("a new server has no QR code")
    service.submit(handshake.code(bytes.fromhex(SECRET), handshake.read(text).nonce, key.identity, LICENSE_ID))
    store.close()
    fill(folder / FILE, seal, seats, lines, ends=datetime(2999, 1, 1, tzinfo=UTC))
    store, service = opened(first=False)
    with contextlib.closing(store):
        return least(lambda: turns(service)) / 3


def turns(service: AuthorizationService) -> None:
    """Register, poll, unbind."""

    def request(seat: str = "") -> Request:
        return Request("n", hash_key("0" * 32), "FineBI", "6.0.5", "127.0.0.1", "bi.acme.example", "webroot", seat)

    seat = service.register(request(), "n" * 22).seat
    service.poll(request(seat), "n" * 22)
    service.unbind(request(seat), "n" * 22)


def least(act: Callable[[], object]) -> float:
    """Microseconds of processor time, the least of the batches."""
    found = []
    for _count in range(BATCHES):
        began = time.process_time()
        for _time in range(BATCH):
            act()
        found.append((time.process_time() - began) / BATCH)
    return 1e6 * min(found)


def starts(folder: Path, lines: int) -> dict[str, float]:
    """Seconds to the first answer, seconds of `import flask`, and the median of their ratios."""
    site = Site(folder, 10)
    with site.running(), contextlib.closing(Client(site.port)) as client:
        site.activate(client)
        client.call("PUT", "/license/v1/registrations/n", said("n"))
    if lines:
        key, _license = kept_identity(site.path("config"))
        fill(site.path("config") / FILE, state_key(key, LICENSE_ID), 0, lines)
    ours, flask = [], []
    for _count in range(STARTS):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import flask"], check=True)
        flask.append(time.perf_counter() - began)
        began = time.perf_counter()
        with site.running(), contextlib.closing(Client(site.port)) as client:
            client.call("GET", "/healthz")
            ours.append(time.perf_counter() - began)
    ratios = [a / b for a, b in zip(ours, flask, strict=True)]
    return {"start": statistics.median(ours), "flask": statistics.median(flask), "ratio": statistics.median(ratios)}


def run(parent: Path) -> Iterator[dict[str, object]]:
    """All of it below one folder, each figure as soon as it is there."""
    for seats, lines in STEPS:
        with tempfile.TemporaryDirectory(dir=parent) as name:
            yield {"seats": seats, "lines": lines, "microseconds": turn_cost(Path(name), seats, lines)}
    for lines in (0, 1_000_000):
        with tempfile.TemporaryDirectory(dir=parent) as name:
            yield {"lines": lines, **starts(Path(name), lines)}


def main() -> None:
    """Print a line of JSON for each figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path("/dev/shm"))  # noqa: S108
    for figure in run(parser.parse_args().folder):
        print(json.dumps(figure), flush=True)


if __name__ == "__main__":
    main()
