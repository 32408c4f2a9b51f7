"""A project server that stands on its own: in a folder, with real time, and pages behind a log-in."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from fanlic.adapters import http, standing
from fanlic.adapters.client import ProjectClient
from fanlic.adapters.clocks import SystemClock
from fanlic.adapters.customer import LicenseRefused, read_vendor
from fanlic.adapters.desk_place import DeskSetting
from fanlic.adapters.entropy import SystemEntropy
from fanlic.adapters.project_file import ProjectDamaged, ProjectFile
from fanlic.adapters.standing import show_pin
from fanlic.lab.project import ANSWERED, Project
from fanlic.model.policy import FINEBI_6_0_5
from fanlic.ports import JournalLine, NodeFacts, Registrar
from fanlic.wiring.desk import door_over, invite

__all__ = ["DeskSetting", "LicenseRefused", "ProjectDamaged", "ProjectSetting", "StandingProject", "invite", "serve"]
__all__ += ["show_pin"]


@dataclass(frozen=True)
class ProjectSetting:
    """Where the project is and listens, what its nodes say of themselves, and whose licenses it believes."""

    place: DeskSetting
    vendor: Path
    facts: NodeFacts
    nodes: int = 1
    strict: bool = False
    trusted: Path | None = None


class StandingProject(standing.StandAlone):
    """The project of one folder. Raises StartRefused, LicenseRefused, ProjectDamaged, OSError."""

    def __init__(self, setting: ProjectSetting, stack: ExitStack) -> None:
        from fanlic.troubleshoot.catalogue.shelf import catalogue
        from fanlic.web.project import ADMIN, ANALYST, create_app

        self.setting, self._vendor = setting, read_vendor(setting.vendor)
        super().__init__(setting.place, stack)
        self._file, self._lock = ProjectFile(self.folder, SystemEntropy()), threading.RLock()
        self.project = self._project()
        self._file.restore(self.project.nodes)
        self.door = door_over(self.people)
        for name in {ADMIN, ANALYST}.difference(self.door.names()):
            standing.show_pin(name, self.door.invite(name))
        app = create_app(self.project, self.door, SystemEntropy(), catalogue().get, self.names, self._lock)
        self.show(app.wsgi_app)

    def work(self) -> None:
        """Poll if a poll is due."""
        with self._lock:
            for node in self.project.nodes:
                node.settle()

    def _project(self) -> Project:
        def facts(node: str) -> NodeFacts:
            return replace(self.setting.facts, node=node)

        name, now = self.setting.facts.node, SystemClock().now
        return Project(name, self.setting.nodes, facts, self._registrar, now, FINEBI_6_0_5, self._note)

    def _registrar(self, node: str) -> Registrar:
        setting = self.setting
        context = http.context(setting.trusted) if setting.strict else http.unchecked()
        return ProjectClient(http.client(context), self._vendor, SystemEntropy(), self._file.key(node))

    def _note(self, line: JournalLine) -> None:
        if line.event != ANSWERED:
            self.log.line(line)
        self._file.save(self.project.nodes)


def serve(setting: ProjectSetting) -> None:
    """Run a project server until it is asked to stop. Raises as StandingProject."""
    standing.serve(setting.place, lambda stack: StandingProject(setting, stack))
