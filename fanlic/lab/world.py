"""The lab as a whole: its parties, its clock, its timeline."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from fanlic.lab.clock import LabTime, Party
from fanlic.lab.faults import Faults
from fanlic.lab.parties import BusinessDesk, Customer, Host, Phone
from fanlic.lab.project import ANSWERED, Project
from fanlic.model.authfile import Contract
from fanlic.model.policy import FINEBI_6_0_5, Policy
from fanlic.ports import JournalLine, NodeFacts, Registrar
from fanlic.wiring.lab import Parts, docker_base

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("at", "party", "event", "subject", "reason", "before", "after")
CONTRACT = Contract(
    email="it@acme.example",
    company="ACME Ltd",
    project="Sales Cockpit",
    signed=date(2026, 2, 2),
    seats=3,
)
_ENGINES = ("sandbox", "inline", "docker")
_MEMORY = "/dev/shm"  # noqa: S108 - the folder below it is made with a name of its own


@dataclass(frozen=True)
class Row:
    """One line of the timeline."""

    party: str
    line: JournalLine


class Lab:
    """Every party of the procedure, one clock, one folder.

    `engine`: "sandbox" runs each container as a process of this machine over HTTPS, "inline" runs all of it in this
    process without sockets, "docker" runs real containers (raises EngineUnusable where it cannot). `seed` makes
    everything but the TLS keys repeat. Without `folder` a temporary one is made and removed by `close`.
    """

    def __init__(
        self,
        *,
        engine: str = "sandbox",
        seed: int = 1,
        policy: Policy = FINEBI_6_0_5,
        contract: Contract = CONTRACT,
        folder: Path | None = None,
    ) -> None:
        if engine not in _ENGINES:
            raise ValueError(f"engine is one of {', '.join(_ENGINES)}, not {engine}")
        base = docker_base() if engine == "docker" else None
        place = _in_memory() if base is None else None  # an image is too big for memory
        self._temporary = tempfile.TemporaryDirectory(prefix="fanlic-", dir=place) if folder is None else None
        self.folder = folder or Path(self._temporary.name if self._temporary else "")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.rows: list[Row] = []
        self._seen: dict[str, int] = {}
        self._ports: dict[int, str] = {}
        self.policy = policy
        self.parts = Parts(self.folder, seed, policy, inline=engine == "inline", base=base)
        self.clock = LabTime(self.parts.clock, self._parties)
        self.desk = BusinessDesk(self)
        self.customer = Customer(self, contract)
        self.phone = Phone(self)
        self.faults = Faults(self)
        self.host = Host(self, "host")
        self.hosts = [self.host]
        self.projects: list[Project] = []
        self.desk.sign(contract)

    def project(
        self,
        name: str,
        nodes: int = 1,
        *,
        version: str = "6.0.5",
        product: str = "FineBI",
        domain: str = "bi.acme.example",
        app_name: str = "webroot",
        strict: bool | None = None,
        trusted: Path | None = None,
    ) -> Project:
        """A FineBI project of so many nodes. `strict`: whether it checks the certificate; left out, as the policy says
        (A10).
        """
        checks = self.policy.check_certificate if strict is None else strict

        def facts(node: str) -> NodeFacts:
            return NodeFacts(node, product, version, domain, app_name)

        def registrar(node: str) -> Registrar:
            # A machine that takes over a name has a key of its own.
            known = [each for project in self.projects for each in project.nodes if each.facts.node == node]
            return self.parts.registrar(f"{node}/{len(known)}" if known else node, trusted, strict=checks)

        made = Project(name, nodes, facts, registrar, self.parts.clock, self.policy, self._note_of(name))
        self.projects.append(made)
        return made

    def new_host(self, name: str) -> Host:
        """One more container host, as a migration needs it; it becomes `lab.host`."""
        self.host = Host(self, name)
        self.hosts.append(self.host)
        return self.host

    def note(self, party: str, line: JournalLine) -> None:
        """Add a line to the timeline."""
        self.rows.append(Row(party, line))

    def collect(self) -> None:
        """Take up what the desk and the servers have journalled since the last time."""
        for party, read in self.parts.journals():
            lines = read()
            for line in lines[self._seen.get(party, 0) :]:
                self.note(party, line)
            self._seen[party] = max(len(lines), self._seen.get(party, 0))

    def port_name(self, port: int) -> str:
        """The port's name in the timeline: P1, P2, ... in the order of appearance, for real ones differ from run to
        run.
        """
        return self._ports.setdefault(port, f"P{len(self._ports) + 1}")

    def timeline(self) -> pd.DataFrame:
        """Everything that happened, as a table."""
        import pandas as pd

        return pd.DataFrame([_cells(row) for row in self.rows], columns=list(COLUMNS))

    def timeline_csv(self) -> str:
        """The same as CSV, with a header line."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_cells(row) for row in self.rows)
        return text.getvalue()

    def close(self) -> None:
        """Stop every server; a temporary folder is removed."""
        self.parts.close()
        self.collect()
        if self._temporary is not None:
            self._temporary.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _parties(self) -> list[Party]:
        servers: list[Party] = [page for host in self.hosts for page in host.servers()]
        nodes = [node for project in sorted(self.projects, key=lambda p: p.name) for node in project.nodes]
        return [*servers, *nodes]

    def _note_of(self, name: str) -> Callable[[JournalLine], None]:
        def note(line: JournalLine) -> None:
            if line.event != ANSWERED:  # of which no server keeps a line: twelve a day of each node
                self.collect()
            self.note(name, line)

        return note


def _in_memory() -> str | None:
    """Where a folder that is thrown away need not wait for a disk; elsewhere where the machine is told so."""
    chosen = any(name in os.environ for name in ("TMPDIR", "TEMP", "TMP"))
    return _MEMORY if not chosen and os.access(_MEMORY, os.W_OK) else None


def _cells(row: Row) -> tuple[str, ...]:
    line = row.line
    at = line.at.isoformat(timespec="seconds")
    return (at, row.party, line.event, line.subject, line.reason, line.before, line.after)
