"""Plays the shortest way into a state on a lab of its own, and tells it in words.

told(place, policy)       # the events, what repeats is told once
with Play(place) as play: # a lab in which the play has not begun
    play.all()
    assert play.arrived
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from types import TracebackType
from typing import Self

from fanlic.lab.parties import ServerPage
from fanlic.lab.project import Project
from fanlic.lab.scenarios import INLINE
from fanlic.lab.stage import CONFIG, FIXED, Stage, run_line
from fanlic.lab.world import Lab
from fanlic.model.activation import CodeEntryState
from fanlic.model.container import ARCHIVE
from fanlic.model.migration import Action, MigrationStage
from fanlic.model.outage import Standing
from fanlic.model.play import ASIDE, SALES, STOCK, TERMS, Event
from fanlic.model.policy import FINEBI_6_0_5, Policy
from fanlic.model.project import Registration
from fanlic.model.refusals import Code, Refusal
from fanlic.model.ways import Goal, way, why_not
from fanlic.texts import _

NEW_PORT = "-p 50124:8081"  # of the new server of a migration


class Play:
    """The shortest play into a place, on a lab of its own. `ValueError` if there is none; the text says why."""

    def __init__(self, place: Goal, policy: Policy = FINEBI_6_0_5) -> None:
        events = way(place, policy)
        if events is None:
            raise ValueError(_(why_not(place, policy)))
        self.place, self.events = place, events
        self.done = 0
        self.last: Refusal | None = None
        self.lab = Lab(engine=INLINE, policy=policy)
        self._stage = Stage(self.lab)
        self._code, self._before = "", 0
        self._config = b""
        self._projects: dict[str, Project] = {}
        try:
            self._begin()
        except BaseException:
            self.close()
            raise

    def _begin(self) -> None:
        self._stage.licensed(seats=TERMS.seats, domains=TERMS.domains, app_names=TERMS.app_names)
        self._projects = {name: self.lab.project(name) for name in (SALES, STOCK)}
        page = self._stage.started_server(port=FIXED)
        self._address, self._container = page.address, self.lab.host.container()
        if isinstance(self.place.state, MigrationStage):
            self._stage.activate(page)
            self._projects[SALES].register(self._address)
        self.lab.collect()
        self.beginning = len(self.lab.rows)
        self._license_ends = self.lab.clock.now() + timedelta(days=self.lab.customer.contract.days)

    def step(self) -> Refusal | None:
        """Play the next event; the refusal that came of it, if any."""
        event = self.events[self.done]
        self.last = None
        try:
            self._acts()[event]()
        except Refusal as refusal:
            self.last = refusal
        self.done += 1
        self.lab.collect()
        return self.last

    def all(self) -> None:
        """Play everything that is left."""
        while self.done < len(self.events):
            self.step()

    @property
    def arrived(self) -> bool:
        """Whether the lab is in the state, as its parties say themselves."""
        match self.place.state:
            case CodeEntryState() as state:
                return bool(self._page.status()["code_entry"] == state)
            case Standing() as state:
                return bool(self._page.status()["activation"] == state)
            case Registration() as state:
                return self._projects[SALES].registration is state
            case Code() as code:
                return self.last is not None and self.last.code is code
            case MigrationStage() as stage:
                return self._migrated(stage)

    @property
    def _page(self) -> ServerPage:
        return self.lab.hosts[0].server()

    def close(self) -> None:
        """Close the lab."""
        self.lab.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- what each event does in the lab

    def _acts(self) -> dict[Event | Action, Callable[[], object]]:
        policy, lab, projects = self.lab.policy, self.lab, self._projects
        return {
            Event.QR: self._scan,
            Event.ENTER: lambda: self._page.submit(self._code),
            Event.WRONG: lambda: self._page.submit(f"{(int(self._code or 0) + 1) % 10**6:06d}"),
            Event.SHORT: lambda: self._page.submit("12345"),
            Event.STOP: lambda: lab.hosts[0].docker(f"stop {self._container}"),
            Event.START: lambda: lab.hosts[0].docker(f"start {self._container}"),
            Event.SALES: lambda: projects[SALES].register(self._address),
            Event.STOCK: lambda: projects[STOCK].register(self._address),
            Event.UNBIND: projects[SALES].unbind,
            **{event: partial(self._aside, event) for event in ASIDE},
            Event.LOCK_TIME: partial(self._until, policy.lock),
            Event.POLL_TIME: partial(self._until, policy.poll_period),
            Event.DOWN_TIME: partial(self._until, policy.down_time_limit),
            Event.LICENSE_TIME: lambda: self._until(self._license_ends - lab.clock.now()),
            Action.ASK: lambda: lab.desk.receive(lab.customer.migration(self._address)),
            Action.REPLY: lambda: None,  # the desk has answered at once
            Action.CLOSE: lambda: lab.hosts[0].docker(f"stop {self._container}"),
            Action.COPY: self._copy,
            Action.REQUEST: lambda: lab.desk.receive(lab.customer.request(private_config=self._config)),
            Action.RECEIVE: lambda: lab.hosts[0],  # the archive lies in the inbox
            Action.REGISTER: self._move,
        }

    def _scan(self) -> None:
        first = self._page.status()["code_entry"] == CodeEntryState.EMPTY
        self._code = self.lab.phone.scan(self._page.qr() if first else self._page.refresh())

    def _aside(self, event: Event) -> None:
        other = self.lab.project(event.name.lower().replace("_", "-"))
        other.configure(**ASIDE[event])
        other.register(self._address)

    def _until(self, span: timedelta) -> None:
        self.lab.clock.advance(seconds=span.total_seconds())

    def _copy(self) -> None:
        self._config = (self.lab.hosts[0].path(CONFIG) / "privateConfig").read_bytes()

    def _move(self) -> None:
        host = self.lab.new_host("new-host")
        host.docker(f"load -i {ARCHIVE}")
        host.docker(run_line(port=NEW_PORT))
        self._stage.activate(host.server())
        self._projects[SALES].register(host.server().address)

    def _migrated(self, stage: MigrationStage) -> bool:
        """Whether everything up to this stage is done, and nothing of a later one; the desk answers at once."""
        events = [row.line.event for row in self.lab.rows[self.beginning :]]
        new = self._projects[SALES].nodes[0].address != self._address
        done = (
            *(True, "mail sent" in events, "authorization destroyed" in events, not self.lab.hosts[0].servers()),
            *(bool(self._config), "license issued" in events, "license issued" in events, new),
        )
        place = list(MigrationStage).index(stage)
        return all(done[: place + 1]) and not any(done[place + 2 :])
