"""The lab as a whole: its parties, its clock, its timeline."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from fanlic.desk import Destruction
from fanlic.here import IN_BROWSER
from fanlic.lab import leftovers
from fanlic.lab.clock import LabTime, Party
from fanlic.lab.faults import Faults
from fanlic.lab.parties import BusinessDesk, Customer, Host, Phone, ServerPage
from fanlic.lab.project import ANSWERED, Project
from fanlic.lab.timeline import Row, Timeline
from fanlic.model.authfile import Contract
from fanlic.model.policy import FINEBI_6_0_5, Policy
from fanlic.ports import JournalLine, NodeFacts, Registrar
from fanlic.texts import _
from fanlic.wiring.lab import Browser, Exchange, Parts, check_policy, docker_base

if TYPE_CHECKING:
    import pandas as pd

CONTRACT = Contract(
    email="it@acme.example",
    company="ACME Ltd",
    project="Sales Cockpit",
    signed=date(2026, 2, 2),
    seats=3,
)
_ENGINES = ("sandbox", "inline", "docker")
USUAL = "inline" if IN_BROWSER else "sandbox"  # the engine of a lab that was not told one
_PREFIX = "fanlic-"
_MEMORY = "/dev/shm"  # noqa: S108 - the folder below it is made with a name of its own


class NeedsProcesses(ValueError):
    """What was asked for needs server processes of a machine, which a browser has none of; the text says what to do."""

    def __init__(self) -> None:
        text = _(
            "This needs server processes of a machine, and a browser has none. Install fanlic on a computer"
            " (python3 start.py) and do it there; everything else of the lab works here."
        )
        super().__init__(text)


class Lab:
    """Every party of the procedure, one clock, one folder.

    `engine`: "sandbox" runs each container as a process of this machine over HTTPS, "inline" runs all of it in this
    process without sockets (a browser has nothing else), "docker" runs real containers (raises EngineUnusable where it
    cannot). `seed` makes everything but the TLS keys repeat. A `policy` with a rule that the engine would not follow
    raises PolicyIgnored. Without `folder` a temporary one is made and removed by `close`.
    """

    def __init__(
        self,
        *,
        engine: str = USUAL,
        seed: int = 1,
        policy: Policy = FINEBI_6_0_5,
        contract: Contract = CONTRACT,
        folder: Path | None = None,
    ) -> None:
        if engine not in _ENGINES:
            raise ValueError(f"engine is one of {', '.join(_ENGINES)}, not {engine}")
        if IN_BROWSER and engine != "inline":
            raise NeedsProcesses
        check_policy(policy, engine)
        base = docker_base() if engine == "docker" else None
        place = _in_memory() if base is None else None  # an image is too big for memory
        if place is not None and folder is None:
            leftovers.sweep(Path(place), _PREFIX)
        self._temporary = tempfile.TemporaryDirectory(prefix=_PREFIX, dir=place) if folder is None else None
        self.folder = folder or Path(self._temporary.name if self._temporary else "")
        self.folder.mkdir(parents=True, exist_ok=True)
        if place is not None and folder is None:
            leftovers.own(self.folder)
        self.policy = policy
        self._parts = Parts(self.folder, seed, policy, inline=engine == "inline", base=base)
        self._timeline = Timeline(self._parts.clock, self._parts.journals)
        self.clock = LabTime(self._parts.clock, self._parties, self._timeline.collect, self._collect_in_order)
        mails = self.folder / "mails"
        self.desk = BusinessDesk(self._parts.desk, self._timeline, self._parts.inbox, mails, self._asked_back)
        self.phone = Phone(self._parts.phone, self._timeline, self._parts.camera, self._parts.desk.look)
        self.host = self._host("host")
        self.hosts = [self.host]
        self.faults = Faults(self._latest_server, self._timeline)
        self.projects: list[Project] = []
        self.customer = self.sign(contract)

    def _asked_back(self, _asks: Destruction) -> bool:
        return self.customer.confirms

    @property
    def rows(self) -> list[Row]:
        """The lines of the timeline; those of desk and servers as they were last collected."""
        return self._timeline.rows

    @property
    def closed(self) -> bool:
        """Whether `close` was called; nothing can be done in the lab then."""
        return self._timeline.closed

    @property
    def served(self) -> bool:
        """Whether its addresses exist outside of this process too; inline they do not."""
        return self._parts.network is None

    @property
    def inbox(self) -> Path:
        """Where the customer finds the archives that the desk has sent."""
        return self._parts.inbox

    @property
    def browser(self) -> Browser:
        """A browser on the site's network."""
        return self._parts.browser

    def tap(self, hear: Callable[[Exchange], None]) -> None:
        """Let `hear` have every request that is answered from now on."""
        self._parts.traffic.tap(hear)

    def sign(self, contract: Contract) -> Customer:
        """Let the business desk sign a contract; its contact becomes `lab.customer`."""
        self.desk.sign(contract)
        self.customer = Customer(contract, self._parts.secretary)
        return self.customer

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
            return self._parts.registrar(f"{node}/{len(known)}" if known else node, trusted, strict=checks)

        made = Project(name, nodes, facts, registrar, self._now, self.policy, self._note_of(name))
        self.projects.append(made)
        return made

    def new_host(self, name: str) -> Host:
        """One more container host, as a migration needs it; it becomes `lab.host`."""
        self.host = self._host(name)
        self.hosts.append(self.host)
        return self.host

    def collect(self) -> None:
        """Add what the desk and the servers have journalled since the last time to the timeline."""
        self._timeline.collect()

    def timeline(self) -> pd.DataFrame:
        """Everything that happened, as a table."""
        return self._timeline.frame()

    def timeline_csv(self) -> str:
        """The same as CSV, with a header line."""
        return self._timeline.csv()

    def close(self) -> None:
        """Stop every server; a temporary folder is removed. The timeline can be read afterwards too."""
        if self.closed:
            return
        self._parts.close()
        self.collect()
        self.clock.stop()
        self._timeline.closed = True
        if self._temporary is not None:
            self._temporary.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _host(self, name: str) -> Host:
        return Host(name, self._parts.host(name), self._parts.browser, self._timeline, self.folder / "desk")

    def _latest_server(self) -> ServerPage:
        return self.host.server()  # of the latest host: a migration adds one

    def _collect_in_order(self) -> None:
        # Answered polls enter the timeline at once, so what servers noted before them has to be there. While nobody
        # polls there is nothing to keep in order, and reading the journals at each step of a year takes minutes.
        if any(node.state.next_poll_at for project in self.projects for node in project.nodes):
            self.collect()

    def _now(self) -> datetime:
        self._timeline.require_open()
        return self.clock.now()

    def _parties(self) -> list[Party]:
        self._timeline.require_open()
        servers: list[Party] = [page for host in self.hosts for page in host.servers()]
        nodes = [node for project in sorted(self.projects, key=lambda p: p.name) for node in project.nodes]
        return [*servers, *nodes]

    def _note_of(self, name: str) -> Callable[[JournalLine], None]:
        def note(line: JournalLine) -> None:
            if line.event != ANSWERED:  # of which no server keeps a line: twelve a day of each node
                self.collect()
            self._timeline.add(name, line)

        return note


def _in_memory() -> str | None:
    """Where a folder that is thrown away need not wait for a disk; elsewhere where the machine is told so."""
    chosen = any(name in os.environ for name in ("TMPDIR", "TEMP", "TMP"))
    return _MEMORY if not chosen and os.access(_MEMORY, os.W_OK) else None
