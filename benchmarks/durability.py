"""What an authorization server remembers: it is killed at random instants, starved of disk space, and asked too much.

    python -m benchmarks.durability [--kills 300] [--wrong-codes 20] [--folder DIR] [--seed 1]

Every acknowledged change must be there after the kill, and nothing that was refused. A request that was under way at
the kill may have happened or not; whichever it was, it must have happened whole.

Four clients register, poll and unbind. A fifth moves the lab's clock and has the server settle, and submits wrong and
right codes: after each fifth kill the server stays down for 25 hours of that clock, so that its activation lapses.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import resource
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.site import LICENSE_ID, ROOT, Client, Site, code_for, said, unbinding
from fanlic.adapters.clocks import LabClock
from fanlic.adapters.identity import kept_identity
from fanlic.adapters.store import FILE, state_key, verify_state
from fanlic.model.outage import Standing

SEATS, WORKERS, NODES = 6, 4, 5  # nodes are a worker's own, so what it was told last is what must hold
LAPSE_EACH, DOWN = 5, timedelta(hours=25)
NONE = ""


@dataclass
class Tally:
    """What was asked, and what was found wrong; an empty list of faults is the promise."""

    kills: int = 0
    acknowledged: int = 0
    refused: int = 0
    kinds: dict[str, int] = field(default_factory=dict)  # of what was acknowledged
    faults: list[str] = field(default_factory=list)


class Worker:
    """A client that registers, polls and unbinds its own nodes at random, and remembers what it was told."""

    def __init__(self, site: Site, number: int, seed: int) -> None:
        self.told: dict[str, str] = {f"w{number}-{n}": NONE for n in range(NODES)}  # the seat, or none
        self.open = ""  # the node of the request under way
        self.acknowledged: Counter[str] = Counter()
        self.refused = 0
        self._site = site
        self._random = random.Random(f"{seed}/{number}")  # noqa: S311 - an order of calls, not a secret

    def run(self, stop: threading.Event) -> None:
        """Ask until the server is gone."""
        with contextlib.suppress(OSError), contextlib.closing(Client(self._site.port)) as client:
            while not stop.is_set():
                self._ask(client)

    def _ask(self, client: Client) -> None:
        node = self._random.choice(list(self.told))
        seat, path = self.told[node], f"/license/v1/registrations/{node}"
        self.open = node
        kind = "register" if not seat else "poll" if self._random.random() < 0.5 else "unbind"
        if kind == "register":
            status, answer = client.call("PUT", path, said(node))
        elif kind == "poll":
            status, answer = client.call("POST", f"{path}/poll", said(node, seat=seat))
        else:
            status, answer = client.call("DELETE", path, unbinding(node, seat))
        self.open = ""
        if status == 200:
            self.told[node] = answer.get("seat", NONE)
            self.acknowledged[kind] += 1
        else:
            self.refused += 1

    def check(self, client: Client) -> list[str]:
        """Compare what the server knows now with what it had told; what was under way is learned anew."""
        faults = []
        for node, seat in self.told.items():
            path = f"/license/v1/registrations/{node}"
            if node == self.open:
                status, answer = client.call("PUT", path, said(node))  # the same key: a retry, or a new seat
                self.told[node] = answer["seat"] if status == 200 else NONE
            else:
                status = client.call("POST", f"{path}/poll", said(node, seat=seat or "0"))[0]
                if (status == 200) != bool(seat):
                    faults.append(f"{node} was told {seat or 'of no seat'}; a poll is answered with {status}")
        self.open = ""
        return faults

    def lapse(self) -> None:
        """The activation lapses while the server is down: no seat is left."""
        self.told, self.open = dict.fromkeys(self.told, NONE), ""


class Operator:
    """A client that moves the lab's clock, settles, and submits codes; it remembers what it was told."""

    def __init__(self, site: Site, clock: LabClock, seed: int) -> None:
        self.in_force, self.left = True, 0
        self.reached = clock.now()
        self.open = ""  # what is under way
        self.acknowledged: Counter[str] = Counter()
        self.refused = 0
        self._site = site
        self._clock = clock
        self._random = random.Random(f"{seed}/operator")  # noqa: S311 - an order of calls, not a secret

    def run(self, stop: threading.Event) -> None:
        """Ask until the server is gone."""
        with contextlib.suppress(OSError), contextlib.closing(Client(self._site.port)) as client:
            while not stop.is_set():
                if self.in_force or self._random.random() < 0.5:
                    self._settle(client)
                else:
                    self._submit(client)

    def _settle(self, client: Client) -> None:
        to = self._clock.now() + timedelta(seconds=self._random.randint(1, 20))
        self._clock.set(to)
        self.open = "settle"
        status, _answer = client.call("POST", "/lab/v1/settle", {})
        self._noted(status, "settle")
        self.reached = to if status == 200 else self.reached

    def _submit(self, client: Client) -> None:
        client.call("POST", "/license/v1/challenge", {})  # too many of them are refused; then the old one is shown
        text = client.call("GET", "/license/v1/challenge")[1].get("text")
        if text is None:
            return
        right = self.left < 3 or self._random.random() < 0.3
        code = code_for(text)
        self.open = "right" if right else "wrong"
        status, _answer = client.call("POST", "/license/v1/activation", {"code": code if right else other(code)})
        self._noted(status if right or status != 422 else 200, "submit")
        if right and status == 200:
            self.in_force = True
        elif not right and status == 422:
            self.left -= 1

    def _noted(self, status: int, kind: str) -> None:
        self.open = ""
        self.acknowledged[kind] += status == 200
        self.refused += status != 200

    def check(self, client: Client) -> list[str]:
        """Compare what the server knows now with what it had told; what was under way is learned anew."""
        status, faults = client.call("GET", "/license/v1/status")[1], []
        in_force, left = status["activation"] == Standing.IN_FORCE, status["tries_left"]
        if in_force != self.in_force and self.open != "right":
            faults.append(f"in force: told {self.in_force}, now {in_force}")
        elif not in_force and left != self.left and (self.open != "wrong" or left != self.left - 1):
            faults.append(f"{self.left} tries were left, after the kill {left}")
        if datetime.fromisoformat(status["now"]) < self.reached:
            faults.append(f"settled at {self.reached}, after the kill it is {status['now']}")
        self.in_force, self.left, self.open = in_force, left, ""
        return faults

    def lapse(self, client: Client) -> list[str]:
        """After the server was down for too long: it must say so; how many tries are left is asked anew."""
        status = client.call("GET", "/license/v1/status")[1]
        self.in_force, self.left, self.open = False, status["tries_left"], ""
        return [] if status["activation"] == Standing.LAPSED else ["the activation did not lapse"]


def other(code: str) -> str:
    """Six digits that are wrong."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def kill_at_random(site: Site, kills: int, seed: int) -> Tally:
    """Load, kill -9, start, compare; so many times on one folder, or until Ctrl-C."""
    tally, moment = Tally(), random.Random(seed)  # noqa: S311 - instants, not secrets
    if site.clock is None:
        raise ValueError("this needs a site of the profile lab")
    workers, operator = [Worker(site, number, seed) for number in range(WORKERS)], Operator(site, site.clock, seed)
    with site.running(), contextlib.closing(Client(site.port)) as client:
        site.activate(client)
    process = site.start()
    site.wait(process)
    with contextlib.suppress(KeyboardInterrupt):
        for count in range(kills):
            kill_under_load(process, [*workers, operator], 0.1 + moment.random() * 0.4)
            lapsed = count % LAPSE_EACH == LAPSE_EACH - 1
            if lapsed:
                site.clock.set(site.clock.now() + DOWN)
            process = site.start()
            site.wait(process)
            tally.faults += compared(site, workers, operator, lapsed=lapsed)
            tally.kills += 1
    process.terminate()
    process.wait(20)
    clients: list[Worker | Operator] = [*workers, operator]
    for each in clients:
        tally.acknowledged += each.acknowledged.total()
        tally.refused += each.refused
        tally.kinds = dict(Counter(tally.kinds) + each.acknowledged)
    return tally


def kill_under_load(process: subprocess.Popen[bytes], clients: Sequence[Worker | Operator], after: float) -> None:
    """Let the clients ask, and kill the server in the middle of that."""
    stop = threading.Event()
    threads = [threading.Thread(target=each.run, args=(stop,)) for each in clients]
    for thread in threads:
        thread.start()
    time.sleep(after)
    process.kill()
    process.wait(20)
    stop.set()
    for thread in threads:
        thread.join(30)


def compared(site: Site, workers: list[Worker], operator: Operator, *, lapsed: bool) -> list[str]:
    """What the server that was started again says; its seats must add up, and its file must verify."""
    with contextlib.closing(Client(site.port)) as client:
        faults = operator.lapse(client) if lapsed else operator.check(client)
        for worker in workers:
            if lapsed:
                worker.lapse()
            faults += worker.check(client)
        taken = client.call("GET", "/license/v1/status")[1]["seats_taken"]
    held = sum(bool(seat) for worker in workers for seat in worker.told.values())
    if not held == taken <= SEATS:  # a seat that was given back, or refused, may not be among them
        faults.append(f"{taken} seats taken, {held} held, {SEATS} granted by the license")
    verified(site)
    return faults


def verified(site: Site) -> int:
    """How many lines the journal has; StoreDamaged where anything in the file is not as it was written."""
    key, _license = kept_identity(site.path("config"))
    return verify_state(site.path("config") / FILE, state_key(key, LICENSE_ID))


def forget_no_wrong_code(parent: Path, rounds: int) -> Tally:
    """Enter wrong codes, kill after an acknowledged one, start: as many tries are left as were told."""
    tally = Tally()
    for number in range(rounds):
        with tempfile.TemporaryDirectory(dir=parent) as name:
            site = Site(Path(name), SEATS)
            process = site.start()
            site.wait(process)
            with contextlib.closing(Client(site.port)) as client:
                client.call("GET", "/license/v1/challenge")
                for _count in range(1 + number % 5):
                    client.call("POST", "/license/v1/activation", {"code": "000000"})
                left = client.call("GET", "/license/v1/status")[1]["tries_left"]
            process.kill()
            process.wait(20)
            with site.running(), contextlib.closing(Client(site.port)) as client:
                status = client.call("GET", "/license/v1/status")[1]
            tally.kills += 1
            tally.acknowledged += 1 + number % 5
            if status["tries_left"] != left:
                tally.faults.append(f"{left} tries were left, after the kill {status['tries_left']}")
    return tally


def starve(parent: Path) -> Tally:
    """Take the disk's room away while the server runs: it refuses, changes nothing, and goes on once there is room."""
    with tempfile.TemporaryDirectory(dir=parent) as name:
        return _starved(Site(Path(name), SEATS))


def _starved(site: Site) -> Tally:
    tally = Tally()
    with site.running() as process, contextlib.closing(Client(site.port)) as client:
        site.activate(client)
        before = client.call("GET", "/license/v1/status")[1]["seats_taken"]
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        for number in range(20):
            status = client.call("PUT", f"/license/v1/registrations/full{number}", said(f"full{number}"))[0]
            tally.refused += status == 503
            if status != 503:
                tally.faults.append(f"without room a registration was answered with {status}")
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        after = client.call("GET", "/license/v1/status")[1]["seats_taken"]
        if after != before:
            tally.faults.append(f"{before} seats before, {after} after registrations that were refused")
        status = client.call("PUT", "/license/v1/registrations/full0", said("full0"))[0]
        tally.acknowledged += status == 200
        if status != 200:
            tally.faults.append(f"with room again a registration was answered with {status}")
    verified(site)
    return tally


def claim_too_many(parent: Path, seats: int) -> Tally:
    """Ten times as many nodes as seats, all at once."""
    tally = Tally()
    with tempfile.TemporaryDirectory(dir=parent) as name:
        site, answers = Site(Path(name), seats), [0] * (10 * seats)
        gate = threading.Barrier(len(answers))

        def claim(number: int) -> None:
            with contextlib.closing(Client(site.port)) as client:
                client.call("GET", "/healthz")
                gate.wait(60)
                answers[number] = client.call("PUT", f"/license/v1/registrations/c{number}", said(f"c{number}"))[0]

        with site.running():
            with contextlib.closing(Client(site.port)) as client:
                site.activate(client)
            threads = [threading.Thread(target=claim, args=(number,)) for number in range(len(answers))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(90)
        tally.acknowledged, tally.refused = answers.count(200), answers.count(409)
        if (tally.acknowledged, tally.refused) != (seats, 9 * seats):
            tally.faults.append(f"{tally.acknowledged} seats of {seats} were given to {len(answers)} nodes: {answers}")
    return tally


def run(parent: Path, kills: int, wrong_codes: int, seed: int) -> dict[str, Tally]:
    """All of it below one folder."""
    with tempfile.TemporaryDirectory(dir=parent) as name:
        return {
            "killed under load": kill_at_random(Site(Path(name), SEATS, "lab"), kills, seed),
            "no room while running": starve(parent),
            "killed after wrong codes": forget_no_wrong_code(parent, wrong_codes),
            "ten claims a seat": claim_too_many(parent, SEATS),
        }


def main() -> None:
    """Print a line of JSON for each part; exit status 1 where anything was lost or kept that should not be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--wrong-codes", type=int, default=20)
    parser.add_argument("--folder", type=Path, default=ROOT / "build")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    chosen.folder.mkdir(exist_ok=True)
    found = run(chosen.folder, chosen.kills, chosen.wrong_codes, chosen.seed)
    for name, tally in found.items():
        print(json.dumps({"part": name, **tally.__dict__}), flush=True)
    raise SystemExit(any(tally.faults for tally in found.values()))


if __name__ == "__main__":
    main()
