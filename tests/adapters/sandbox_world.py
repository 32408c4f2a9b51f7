"""A world for the sandbox: a clock to move, entropy that counts, servers that seem to run."""

from __future__ import annotations

import hashlib
import json
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fanlic.adapters.engines.sandbox import Sandbox
from fanlic.ports import Completed, Launch
from tests.engine_lines import PROGRAM, write_archives


class MovedClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def advance(self, **span: float) -> None:
        self.at += timedelta(**span)


class CountedEntropy:
    """Bytes that differ at each call and repeat from run to run."""

    def __init__(self) -> None:
        self.count = 0

    def token(self, length: int) -> bytes:
        self.count += 1
        return hashlib.shake_128(str(self.count).encode()).digest(length)


@dataclass
class FakeProcess:
    """A server that seems to run until it is stopped or `status` is set."""

    status: int | None = None
    timeouts: list[float] = field(default_factory=list)

    def exit_status(self) -> int | None:
        return self.status

    def stop(self, timeout: float) -> int:
        self.timeouts.append(timeout)
        self.status = 0 if timeout else 137
        return self.status


class FakeRunner:
    """Writes what a server would write: an identity into its config directory, a line into its log.

    `exits_with` is the status of servers that give up at once, `error` what starting one raises.
    """

    def __init__(self) -> None:
        self.launches: list[Launch] = []
        self.processes: list[FakeProcess] = []
        self.foreign_ports: set[int] = set()  # held by other programs
        self.claimed_ports: set[int] = set()  # given out by other labs
        self.exits_with: int | None = None
        self.error: OSError | None = None

    def start(self, launch: Launch) -> FakeProcess:
        if self.error is not None:
            raise self.error
        self.launches.append(launch)
        launch.directories["config"].mkdir(parents=True, exist_ok=True)
        identity = launch.directories["config"] / "identity"
        if not identity.exists():
            identity.write_text(f"made by launch {len(self.launches)}")
        with launch.log.open("a") as log:
            log.write(f"start {launch.start} of the container\n")
        self.processes.append(FakeProcess(self.exits_with))
        return self.processes[-1]

    def port_is_free(self, port: int) -> bool:
        return port not in self.foreign_ports

    def port_is_unclaimed(self, port: int) -> bool:
        return port not in self.claimed_ports

    def alone(self) -> AbstractContextManager[None]:
        return nullcontext()


class World:
    """One sandbox host with everything around it, below one folder."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder, self.settings = folder, settings
        self.work = folder / "work"
        self.work.mkdir()
        write_archives(self.work)
        self.clock, self.entropy, self.runner = MovedClock(), CountedEntropy(), FakeRunner()
        self.sandbox = self.new_sandbox()

    def new_sandbox(self) -> Sandbox:
        """A sandbox on the same folder, as a new process of the lab would make it."""
        return Sandbox(
            self.folder / "lab",
            self.runner,
            self.clock,
            self.entropy,
            workdir=self.work,
            entrypoint=PROGRAM,
            **self.settings,
        )

    def docker(self, line: str) -> Completed:
        return self.sandbox.docker(line)

    def ok(self, line: str) -> str:
        """Standard output of a line that must succeed."""
        done = self.docker(line)
        assert (0, "") == (done.status, done.stderr), done
        return done.stdout

    def refused(self, line: str) -> str:
        """Standard error of a line that must fail."""
        done = self.docker(line)
        assert done.status != 0, done
        return done.stderr

    def inspect(self, name: str) -> Any:
        return json.loads(self.ok(f"inspect {name}"))[0]

    def host_port(self, name: str) -> int:
        return int(self.ok(f"port {name} 8081").strip().rpartition(":")[2])

    def identity(self, directory: Path) -> str:
        return (directory / "identity").read_text()
