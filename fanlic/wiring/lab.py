"""The lab's parties over their adapters, under one clock and one seed."""

from __future__ import annotations

from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

from fanlic.adapters import http, image_base, mail, qr
from fanlic.adapters.browser import Browser, BrowserAnswer, Exchange, Traffic
from fanlic.adapters.client import ProjectClient
from fanlic.adapters.clocks import LAB_START, LabClock, SystemClock
from fanlic.adapters.desk_store import FILE as DESK_FILE
from fanlic.adapters.desk_store import SqliteDeskStore
from fanlic.adapters.engines.docker import DockerHost, Setting
from fanlic.adapters.engines.docker_cli import EngineUnusable, docker_base
from fanlic.adapters.engines.inline import InlineRunner
from fanlic.adapters.engines.played import PolicyIgnored, check_policy
from fanlic.adapters.engines.process import ProcessRunner
from fanlic.adapters.engines.recorder import Configs, Journal, Recorder, journals
from fanlic.adapters.engines.sandbox import Sandbox
from fanlic.adapters.entropy import SeededEntropy, SystemEntropy
from fanlic.adapters.image import ImageWriter
from fanlic.adapters.image_check import check_own
from fanlic.adapters.place import LAB_CLOCK, LabSetting, launch_command, server_environment
from fanlic.adapters.qr import picture_png
from fanlic.adapters.signing import SigningKey
from fanlic.desk import Desk
from fanlic.model.container import random_ports
from fanlic.model.policy import Policy
from fanlic.ports import Registrar, Runner
from fanlic.wiring.desk import business_desk
from fanlic.wiring.server import open_launch

__all__ = ["Browser", "BrowserAnswer", "EngineUnusable", "Exchange", "Journal", "Parts", "PolicyIgnored"]
__all__ += ["check_policy", "docker_base", "picture_png"]


_LOOPBACK, _DESK_PORT = "127.0.0.1", 8443


class Parts:
    """Everything the lab is made of. `close` stops every server and leaves the folder.

    With a `base` for the image the containers are real ones, on this machine's Docker engine.
    """

    def __init__(
        self, folder: Path, seed: int, policy: Policy, *, inline: bool, base: image_base.Base | None = None
    ) -> None:
        self._folder, self._policy, self._base = folder, policy, base
        self._seed = f"rehearsal {seed}"
        self._entropy = SeededEntropy(self._seed)
        self._vendor = SigningKey.new(self._entropy.part("vendor"))
        self._stack = ExitStack()
        self._configs: Configs = {}
        self.inbox = folder / "inbox"
        self.inbox.mkdir(parents=True, exist_ok=True)
        clock = folder / "clock"  # a folder of its own, for it is mapped into the containers of a real engine
        clock.mkdir(exist_ok=True)
        self.clock = LabClock(clock / LAB_CLOCK)
        self.clock.set(LAB_START)
        self.network = http.InlineNetwork() if inline else None
        self._token = SystemEntropy().token(16).hex()  # never the seed's: who knows the seed must not know it
        self.traffic = Traffic(self.network, self._token)
        self.runner = Recorder(self._runner(), self._configs)
        self.browser, self.phone = map(self.traffic.browser, ("browser", "phone"))
        self.journals = partial(journals, folder / "desk" / DESK_FILE, self._configs)
        self.secretary = mail.CustomerMails(self.clock)
        self.desk = self._desk()

    def close(self) -> None:
        """Stop every server, the desk's page last."""
        self.traffic.close()  # before the servers: whoever closes a connection first keeps its port for a while
        self._stack.close()

    def host(self, name: str, architecture: str = "amd64") -> Sandbox | DockerHost:
        """A container host of its own, with its own folder; archives are taken from the inbox."""
        if self._base is not None:
            return self._docker_host(name, self._base)
        sandbox = Sandbox(
            self._folder / name,
            self.runner,
            self.clock,
            self._entropy.part(name),
            architecture=architecture,
            host_address=_LOOPBACK,
            ports=random_ports(self._policy),
            workdir=self.inbox,
        )
        self._stack.callback(sandbox.shutdown)
        return sandbox

    def registrar(self, node: str, trusted: Path | None = None, *, strict: bool = False) -> Registrar:
        """A node's client; `strict` checks the certificate, against the system's issuers or the file `trusted`."""
        context = http.context(trusted) if strict else http.unchecked()
        client = self.traffic.client(node.partition("/")[0], context)
        return ProjectClient(client, self._vendor.identity, self._entropy.part(node))

    camera = staticmethod(qr.read)  # what a camera makes of a picture's pixels

    def _docker_host(self, name: str, base: image_base.Base) -> DockerHost:
        setting = Setting.of(self._folder, name, self.clock.path.parent, self._seed, self._token)
        host = DockerHost(
            self._folder.absolute() / name,
            setting,
            self._configs,
            workdir=self.inbox,
            check=lambda archive: check_own(archive, self._vendor.identity, base),
        )
        self._stack.callback(host.close)
        return host

    def _runner(self) -> Runner:
        pinned = self._folder / "vendor.pub"
        pinned.write_text(self._vendor.identity, "ascii")
        setting = LabSetting(self.clock.path, self._seed, pinned, self._token)
        if self.network is not None:
            return InlineRunner(lambda launch: open_launch(launch, setting), self.network)
        runner = ProcessRunner(lambda launch: launch_command(launch, setting), server_environment(self._token))
        self._stack.callback(runner.close)
        return runner

    def _desk(self) -> Desk:
        folder = self._folder / "desk"
        folder.mkdir(exist_ok=True)
        store = self._stack.enter_context(closing(SqliteDeskStore(folder / DESK_FILE)))
        writer = ImageWriter(folder / "outbox", self._vendor, "lab", self._policy, SystemClock(), self._base)
        desk = business_desk(store, writer, "", self.clock, self._entropy.part("desk"), self._policy)
        desk.address = self._serve_desk(desk, folder)
        return desk

    def _serve_desk(self, desk: Desk, folder: Path) -> str:
        from fanlic.web.activation import create_app

        application, port = create_app(desk).wsgi_app, _DESK_PORT
        if self.network is not None:
            self.network.applications[port] = application
        else:
            from fanlic.adapters.serving import serve_on_loopback

            server = serve_on_loopback(application, folder, "fanlic business desk (training)")
            self._stack.callback(server.stop)
            port = server.port
        return f"https://{_LOOPBACK}:{port}"
