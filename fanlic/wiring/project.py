"""A project server that stands on its own: in a folder, with real time, and pages behind a log-in."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from wsgiref.types import WSGIApplication

from fanlic.adapters import http, tls
from fanlic.adapters.client import ProjectClient
from fanlic.adapters.clocks import SystemClock
from fanlic.adapters.customer import LicenseRefused, read_vendor
from fanlic.adapters.desk_place import LOOPBACK, DeskSetting, certificate, held_folder
from fanlic.adapters.door_store import FILE as DOOR_FILE
from fanlic.adapters.door_store import SqliteDoorStore
from fanlic.adapters.entropy import SystemEntropy
from fanlic.adapters.log import Log
from fanlic.adapters.logged import logged
from fanlic.adapters.project_file import (
    CHECKS_KEPT,
    ProjectDamaged,
    SavedCheck,
    SavedNode,
    SavedProject,
    read_project,
    write_project,
)
from fanlic.door import Door
from fanlic.lab.project import ANSWERED, FailedCheck, Project
from fanlic.model.policy import FINEBI_6_0_5
from fanlic.model.project import Node
from fanlic.ports import JournalLine, NodeFacts, Registrar, StartRefused
from fanlic.texts import _
from fanlic.web.project import ADMIN, ANALYST

__all__ = [
    "DeskSetting",
    "LicenseRefused",
    "ProjectDamaged",
    "ProjectSetting",
    "StandingProject",
    "StartRefused",
    "new_pin",
    "serve",
]

POLL_LOOK = 1.0  # seconds between two looks whether a poll is due


@dataclass(frozen=True)
class ProjectSetting:
    """Where the project is and listens, what its nodes say of themselves, and whose licenses it believes."""

    place: DeskSetting
    vendor: Path
    facts: NodeFacts
    nodes: int = 1
    strict: bool = False
    trusted: Path | None = None


class StandingProject:
    """The project of one folder. Raises StartRefused, LicenseRefused, ProjectDamaged, OSError."""

    def __init__(self, setting: ProjectSetting, stack: ExitStack) -> None:
        self.setting, self.folder = setting, setting.place.folder
        self._vendor = read_vendor(setting.vendor)
        stack.enter_context(held_folder(self.folder))
        self.log = Log(self.folder, SystemClock(), console=True)
        stack.callback(self.log.close)
        self.certificate, self.key = certificate(setting.place, SystemClock().now())
        self.lock = threading.RLock()
        self._keys: dict[str, str] = {}
        self._ready = False
        self.project = self._project(read_project(self.folder))
        self._ready = True
        people = SqliteDoorStore(self.folder / DOOR_FILE)
        stack.callback(people.close)
        self.door = Door(people, SystemClock(), SystemEntropy())
        self._first_pins()
        self.application = self._application()

    def poll(self) -> None:
        """Poll where a poll is due."""
        with self.lock:
            for node in self.project.nodes:
                node.settle()

    def _project(self, saved: SavedProject | None) -> Project:
        kept = {node.state.node: node for node in (saved.nodes if saved else ())}
        facts, entropy = self.setting.facts, SystemEntropy()

        def registrar(node: str) -> Registrar:
            self._keys[node] = kept[node].key if node in kept else entropy.token(16).hex()
            context = http.context(self.setting.trusted) if self.setting.strict else http.unchecked()
            return ProjectClient(http.client(context), self._vendor, entropy, self._keys[node])

        def named(node: str) -> NodeFacts:
            return NodeFacts(node, facts.product, facts.version, facts.domain, facts.app_name)

        clock = SystemClock()
        project = Project(facts.node, self.setting.nodes, named, registrar, clock.now, FINEBI_6_0_5, self._note)
        for node in project.nodes:
            if (found := kept.get(node.facts.node)) is not None:
                node.state, node.address = found.state, found.address
                node.failed_checks = [FailedCheck(**vars(check)) for check in found.failed]
        return project

    def _note(self, line: JournalLine) -> None:
        if line.event != ANSWERED:
            self.log.line(line)
        if self._ready:
            write_project(self.folder, SavedProject(tuple(map(self._saved, self.project.nodes))))

    def _saved(self, node: object) -> SavedNode:
        state: Node = node.state  # type: ignore[attr-defined]  # a ProjectNode
        failed = tuple(SavedCheck(**asdict(check)) for check in node.failed_checks[-CHECKS_KEPT:])  # type: ignore[attr-defined]
        return SavedNode(self._keys[state.node], state, node.address, failed)  # type: ignore[attr-defined]

    def _first_pins(self) -> None:
        for name in (ADMIN, ANALYST):
            if name not in self.door.names():
                pin = self.door.invite(name)
                print(_("PIN of {name}: {pin}").format(name=name, pin=f"{pin[:4]} {pin[4:]}"), flush=True)  # noqa: T201 - never into the log

    def _application(self) -> WSGIApplication:
        from fanlic.troubleshoot.catalogue.shelf import catalogue
        from fanlic.web.project import create_app

        explain: Callable[[str], object] = catalogue().get
        names = (*tls.names(self.certificate), *LOOPBACK)
        app = create_app(self.project, self.door, SystemEntropy(), explain, names, self.lock)
        return logged(app.wsgi_app, self.log)


def new_pin(folder: Path, name: str) -> str:
    """A new PIN for a user of the project; raises StartRefused."""
    with held_folder(folder):
        store = SqliteDoorStore(folder / DOOR_FILE)
        try:
            return Door(store, SystemClock(), SystemEntropy()).invite(name)
        finally:
            store.close()


def serve(setting: ProjectSetting) -> None:
    """Run a project server until it is asked to stop."""
    from fanlic.adapters import serving

    stopping = serving.stop_event()
    with ExitStack() as stack:
        standing = StandingProject(setting, stack)
        place, say = setting.place, standing.log.write
        pair = standing.certificate, standing.key
        https = serving.listen(standing.application, place.host, place.port, *pair, say)
        say(_("serving on https://{host}:{port}").format(host=place.host, port=https.port))
        serving.serve_until(stopping, https, standing.poll, POLL_LOOK)
