"""The lab's parties over their adapters: desk, container host, phone, browser, project nodes, under one clock and one
seed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from wsgiref.types import WSGIApplication

from fanlic.adapters import handshake, http, image_base, mail, qr, tls
from fanlic.adapters.client import ProjectClient, reported
from fanlic.adapters.clocks import LAB_START, LabClock, SystemClock
from fanlic.adapters.desk_store import FILE as DESK_FILE
from fanlic.adapters.desk_store import SqliteDeskStore
from fanlic.adapters.engines.docker import DockerHost, Setting
from fanlic.adapters.engines.docker_cli import EngineUnusable as EngineUnusable  # noqa: PLC0414 - for the faces
from fanlic.adapters.engines.docker_cli import check_engine
from fanlic.adapters.engines.inline import InlineRunner
from fanlic.adapters.engines.process import ProcessRunner
from fanlic.adapters.engines.sandbox import Sandbox
from fanlic.adapters.entropy import SeededEntropy
from fanlic.adapters.image import ImageWriter
from fanlic.adapters.mail import RehearsalPost
from fanlic.adapters.signing import SigningKey
from fanlic.adapters.store import FILE, read_journal
from fanlic.desk import Desk
from fanlic.model.authfile import Contract
from fanlic.model.policy import Policy
from fanlic.model.refusals import AnswerUnknown, CannotConnect, Refusal
from fanlic.ports import JournalLine, Launch, Process, Registrar, Runner
from fanlic.texts import _
from fanlic.wiring.server import LAB_CLOCK, launch_command, open_launch, server_environment

if TYPE_CHECKING:
    import ssl

    import httpx

LOOPBACK = "127.0.0.1"
_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)


@dataclass(frozen=True)
class Answer:
    """What a browser got: the status, the text, and what the JSON says where it is JSON."""

    status: int
    text: str
    data: dict[str, object]

    def refusal(self) -> Refusal:
        """The refusal that a problem in JSON tells of."""
        return reported(self.data)

    @property
    def picture(self) -> str:
        """The first picture on the page; empty where there is none."""
        found = _SVG.search(self.text)
        return found[0] if found else ""


@dataclass(frozen=True)
class Exchange:
    """One request that was answered: who asked, what was sent, what came back."""

    who: str
    method: str
    url: str
    content_type: str
    sent: str
    status: int
    got: str


class _Recorder:
    """A runner that remembers where each server keeps its journal."""

    def __init__(self, runner: Runner, configs: dict[str, Callable[[], Path]]) -> None:
        self._runner = runner
        self._configs = configs

    def start(self, launch: Launch) -> Process:
        """Start it, and remember the folder."""
        config = launch.directories["config"]
        self._configs.setdefault(str(config), lambda: config)
        return self._runner.start(launch)

    def port_is_free(self, port: int) -> bool:
        """As the runner says."""
        return self._runner.port_is_free(port)

    def alone(self) -> AbstractContextManager[None]:
        """As the runner does it."""
        return self._runner.alone()


class Parts:
    """Everything the lab is made of. `close` stops every server and leaves the folder.

    With a `base` for the image the containers are real ones, on this machine's Docker engine.
    """

    def __init__(
        self, folder: Path, seed: int, policy: Policy, *, inline: bool, base: image_base.Base | None = None
    ) -> None:
        self._base = base
        self.folder = folder
        self.policy = policy
        self.inbox = folder / "inbox"
        self.inbox.mkdir(parents=True, exist_ok=True)
        clock = folder / "clock"  # a folder of its own, for it is mapped into the containers of a real engine
        clock.mkdir(exist_ok=True)
        self.clock = LabClock(clock / LAB_CLOCK)
        self.clock.set(LAB_START)
        self._seed = f"rehearsal {seed}"
        self._entropy = SeededEntropy(self._seed)
        self._network = http.InlineNetwork() if inline else None
        self._stack = ExitStack()
        self._taps: list[Callable[[Exchange], None]] = []
        self.vendor = SigningKey.new(self._entropy.part("vendor"))
        self._configs: dict[str, Callable[[], Path]] = {}  # in the order of first starts
        self._recorder = _Recorder(self._runner(), self._configs)
        self.desk = self._open_desk()

    def close(self) -> None:
        """Stop every server, the desk's page last."""
        self._stack.close()

    def host(self, name: str, architecture: str = "amd64") -> Sandbox | DockerHost:
        """A container host of its own, with its own folder; archives are taken from the inbox."""
        if self._base is not None:
            return self._docker_host(name)
        sandbox = Sandbox(
            self.folder / name,
            self._recorder,
            self.clock,
            self._entropy.part(name),
            architecture=architecture,
            host_address=LOOPBACK,
            workdir=self.inbox,
        )
        self._stack.callback(sandbox.shutdown)
        return sandbox

    def registrar(self, node: str, trusted: Path | None = None, *, strict: bool = False) -> Registrar:
        """A node's client; `strict` checks the certificate, against the system's issuers or the file `trusted`."""
        context = http.context(trusted) if strict else http.unchecked()
        client = self._client(context, node.partition("/")[0])
        return ProjectClient(client, self.vendor.identity, self._entropy.part(node))

    def browse(self, method: str, url: str, **sent: object) -> Answer:
        """What a browser gets, certificate warnings clicked away; raises CannotConnect, AnswerUnknown."""
        import httpx

        try:
            answer = self._browser.request(method, url, **sent)  # type: ignore[arg-type]  # httpx's own options
        except httpx.RemoteProtocolError as problem:
            raise AnswerUnknown(url, str(problem)) from problem
        except (httpx.TransportError, httpx.InvalidURL) as problem:
            raise CannotConnect(url, str(problem)) from problem
        is_json = "json" in answer.headers.get("content-type", "")
        return Answer(answer.status_code, answer.text, answer.json() if is_json else {})

    def tap(self, hear: Callable[[Exchange], None]) -> None:
        """Let `hear` have every request that is answered from now on."""
        self._taps.append(hear)

    def read_picture(self, picture: str) -> str:
        """What a camera makes of the picture's pixels."""
        return qr.read(picture)

    def picture_png(self, picture: str) -> bytes:
        """The same picture as PNG, to be kept."""
        return qr.png(qr.read(picture))

    def journals(self) -> list[tuple[str, Callable[[], tuple[JournalLine, ...]]]]:
        """Each party's journal by name: the desk's, then the servers' in the order of their first start."""
        desk = self.folder / "desk" / DESK_FILE
        found: list[tuple[str, Callable[[], tuple[JournalLine, ...]]]] = [("desk", lambda: read_journal(desk))]
        for count, config in enumerate(self._configs.values(), 1):
            name = "server" if count == 1 else f"server {count}"
            found.append((name, lambda config=config: read_journal(config() / FILE)))  # type: ignore[misc]
        return found

    def request_mail(self, contract: Contract, seats: int | None, private_config: bytes | None) -> EmailMessage:
        """The customer's request in the page's form."""
        return mail.request(contract, self.clock, seats, private_config)

    def migration_mail(self, contract: Contract, address: str) -> EmailMessage:
        """The customer's first mail of a migration."""
        return mail.migration(contract, address, self.clock)

    @cached_property
    def _browser(self) -> httpx.Client:
        return self._client(http.unchecked(), "browser")

    def _client(self, context: ssl.SSLContext, who: str) -> httpx.Client:
        client = http.client(context, self._network)
        self._stack.callback(client.close)
        http.tap(client, lambda response: self._hear(who, response))
        return client

    def _hear(self, who: str, response: httpx.Response) -> None:
        request = response.request
        url, kind = str(request.url), request.headers.get("content-type", "")
        asked = "phone" if who == "browser" and url.startswith(self.desk.address) else who
        sent = request.content.decode(errors="replace")
        for hear in self._taps:
            hear(Exchange(asked, request.method, url, kind, sent, response.status_code, response.text))

    def _docker_host(self, name: str) -> DockerHost:
        place = hashlib.sha256(str(self.folder.absolute()).encode()).hexdigest()[:12]  # other labs have other labels
        setting = Setting(f"{place}/{name}", self.clock.path.parent.absolute(), f"{self._seed}/{name}")
        host = DockerHost(self.folder.absolute() / name, setting, self._configs, workdir=self.inbox)
        self._stack.callback(host.close)
        return host

    def _runner(self) -> Runner:
        clock, seed = self.clock.path, self._seed
        if self._network is not None:
            return InlineRunner(lambda launch: open_launch(launch, clock, seed), self._network)
        runner = ProcessRunner(lambda launch: launch_command(launch, clock, seed), server_environment())
        self._stack.callback(runner.close)
        return runner

    def _open_desk(self) -> Desk:
        from fanlic.web.activation import create_app

        folder = self.folder / "desk"
        folder.mkdir(exist_ok=True)
        store = SqliteDeskStore(folder / DESK_FILE)
        self._stack.callback(store.close)
        writer = ImageWriter(folder / "outbox", self.vendor.identity, "lab", self.policy, SystemClock(), self._base)
        desk = Desk(
            store=store,
            clock=self.clock,
            entropy=self._entropy.part("desk"),
            vendor=self.vendor,
            post=RehearsalPost(self.clock),
            handshake=handshake.DeskHandshake(),
            archivist=writer,
            policy=self.policy,
            address="",
        )
        desk.address = self._serve(create_app(desk).wsgi_app, folder)
        return desk

    def _serve(self, application: WSGIApplication, folder: Path) -> str:
        if self._network is not None:
            self._network.applications[8443] = application
            return f"https://{LOOPBACK}:8443"
        from fanlic.adapters.https import HttpsServer

        certificate, key = tls.make_pair(
            ("localhost", LOOPBACK), SystemClock().now(), name="fanlic business desk (training)"
        )
        paths = folder / tls.CERTIFICATE, folder / tls.KEY
        for path, data in zip(paths, (certificate, key), strict=True):
            path.write_bytes(data)
        server = HttpsServer(application, LOOPBACK, 0, *paths)
        server.start()
        self._stack.callback(server.stop)
        return f"https://{LOOPBACK}:{server.port}"


def docker_base() -> image_base.Base:
    """The image's lower layers for a real engine; EngineUnusable where the engine or the layers are missing."""
    check_engine()
    try:
        base = image_base.cached(image_base.default_cache())
    except image_base.BaseUnavailable as problem:
        raise EngineUnusable(str(problem)) from problem
    if base is None:
        text = _("The base of the image was never made on this machine. Make it once: python -m fanlic image build")
        raise EngineUnusable(text)
    return base
