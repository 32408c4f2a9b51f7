"""A desk, a strict authorization server and a project, each standing on its own; over HTTPS on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from wsgiref.types import WSGIApplication

from fanlic.adapters.archive_reader import read
from fanlic.adapters.https import HttpsServer
from fanlic.adapters.place import Place
from fanlic.model.authfile import Contract
from fanlic.ports import NodeFacts
from fanlic.wiring.desk import DeskSetting, StandingDesk, invite, sign
from fanlic.wiring.project import ProjectSetting, StandingProject
from fanlic.wiring.server import AuthorizationServer

CONTRACT = Contract("ops@borealis.example", "Borealis AS", "Catch Report", date(2026, 3, 9), seats=1)
PERSON = "Ingrid 英"


@contextmanager
def https(app: WSGIApplication, certificate: Path, key: Path, port: int = 0) -> Iterator[int]:
    """The application over HTTPS; its port."""
    server = HttpsServer(app, "127.0.0.1", port, certificate, key)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


class Town:
    """Every party, standing on its own in a folder. `port`: where the desk listens."""

    def __init__(self, folder: Path, stack: ExitStack, port: int) -> None:
        self.folder, self._stack = folder, stack
        desk = folder / "desk"
        sign(desk, CONTRACT)
        self.pin = invite(desk, PERSON)
        self.desk_address = f"https://127.0.0.1:{port}"
        self.desk = StandingDesk(DeskSetting(desk, "127.0.0.1", port, self.desk_address, cache=folder / "none"), stack)
        stack.enter_context(https(self.desk.application, self.desk.certificate, self.desk.key, port))

    def server(self, archive: Path, name: str = "server") -> str:
        """Start the strict server of an archive; its address."""
        place = self.folder / name
        for layer in read(archive).images[0].layers:
            for path, (_mode, data) in layer.files.items():
                target = place / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
        app = place / "app"
        pinned = place / "opt/fanlic/vendor/vendor.pub"
        server = AuthorizationServer(
            Place(app / "config", app / "log", app / "tls", app / "web", app / "license", vendor=pinned), console=False
        )
        self._stack.callback(server.close)
        port = self._stack.enter_context(https(server.application, server.certificate, server.key))
        return f"https://127.0.0.1:{port}"

    def project(
        self, name: str = "catch", nodes: int = 1, stack: ExitStack | None = None
    ) -> tuple[StandingProject, str]:
        """A project, served; and the PIN of its administrator."""
        folder = self.folder / name
        vendor = self.folder / "desk" / "vendor.pub"
        pin = invite(folder, "admin")
        place = DeskSetting(folder, "127.0.0.1", 0, "https://127.0.0.1:37799")
        facts = NodeFacts(name, "FineBI", "6.0.5", "", "webroot")
        return StandingProject(ProjectSetting(place, vendor, facts, nodes), stack or self._stack), pin
