"""The parties a person deals with: customer, business desk, container host, the server's page, the phone.

Each takes what it needs, and none knows the lab: a browser, the timeline, the desk behind its counter.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from html import unescape
from pathlib import Path
from typing import Protocol

from fanlic.desk import Asking, Desk, DeskReply, Destruction
from fanlic.lab.timeline import Timeline
from fanlic.model.authfile import Contract
from fanlic.model.container import QR_PATH
from fanlic.model.refusals import N_, CannotConnect, Reported
from fanlic.ports import Completed
from fanlic.wiring.lab import Browser, BrowserAnswer

_CODE = re.compile(r'data-code="(\d{6})"')
_REASON = re.compile(r'data-reason="([a-z-]+)"')
_MESSAGE = re.compile(r'data-message="([^"]*)"')
_PORTS = re.compile(r"\d:(\d+)->")  # IPv4 only: a real engine may give another port for IPv6


class Secretary(Protocol):
    """Writes the customer's mails in the page's form."""

    def request(self, contract: Contract, seats: int | None, private_config: bytes | None) -> EmailMessage:
        """The request for an authorization file."""
        ...

    def migration(self, contract: Contract, address: str) -> EmailMessage:
        """The first mail of a migration."""
        ...


class HostEngine(Protocol):
    """A container engine that understands the page's own `docker` commands, on a machine that can be switched off."""

    def docker(self, line: str) -> Completed:
        """Run one command line, written as the page writes it, without the word `docker`."""
        ...

    def host_directory(self, typed: str) -> Path:
        """Where a host path, as typed in `-v`, really is."""
        ...

    def reboot(self) -> None:
        """Restart the machine."""
        ...

    def shutdown(self) -> None:
        """Switch the machine off."""
        ...

    def boot(self) -> None:
        """Switch the machine on."""
        ...


class Customer:
    """The customer's contact: writes the mails of the page, and answers when the business desk asks back.

    `confirms`: what the contact says when the desk asks whether an authorization is really to be destroyed.
    """

    def __init__(self, contract: Contract, secretary: Secretary) -> None:
        self.contract = contract
        self.confirms = True
        self._secretary = secretary

    def request(self, seats: int | None = None, *, private_config: bytes | None = None) -> EmailMessage:
        """The request in the page's form; with `private_config` attached, a migration's second mail."""
        return self._secretary.request(self.contract, seats, private_config)

    def migration(self, address: str) -> EmailMessage:
        """The first mail of a migration, naming the old server's address."""
        return self._secretary.migration(self.contract, address)


class BusinessDesk:
    """The business desk as the customer meets it: a mail goes in, a reply comes back.

    `ask`: rings the customer up and asks whether this authorization is really to be destroyed.
    """

    def __init__(
        self, desk: Desk, timeline: Timeline, inbox: Path, mails: Path, ask: Callable[[Destruction], bool]
    ) -> None:
        self._desk = desk
        self._ask = ask
        self._timeline = timeline
        self._inbox = inbox
        self._mails = mails
        self._count = 0

    @property
    def address(self) -> str:
        """Where the phone reaches the desk's page."""
        return self._desk.address

    def sign(self, contract: Contract) -> None:
        """Sign a contract (or change one)."""
        self._timeline.require_open()
        self._desk.sign(contract)
        self._timeline.collect()

    def receive(self, message: EmailMessage) -> DeskReply:
        """Hand in a mail; both mails are kept, and an attached archive lies in the inbox afterwards."""
        self._timeline.require_open()
        self._timeline.note("customer", "mail sent", str(message["From"]))
        reply = self._desk.receive(message)
        if reply.asks is not None:
            reply = self._asked_back(reply.asks, message)
        self._keep("request", message)
        self._keep("reply", reply.message)
        if reply.archive is not None:
            shutil.copyfile(reply.archive, self._inbox / reply.archive.name)
        self._timeline.collect()
        return reply

    def _asked_back(self, asks: Destruction, message: EmailMessage) -> DeskReply:
        self._timeline.collect()
        yes = self._ask(asks)
        self._timeline.note("customer", "asked back", asks.license, after="confirmed" if yes else "denied")
        return self._desk.confirm(asks.license, message) if yes else self._desk.deny(asks.license, message)

    def _keep(self, kind: str, message: EmailMessage) -> None:
        self._count += 1
        self._mails.mkdir(exist_ok=True)
        (self._mails / f"{self._count:02d}-{kind}.eml").write_bytes(bytes(message))


class Host:
    """The container host: runs the page's own docker commands.

    `certificates`: a folder with a certificate for 127.0.0.1 and its key, of which a site may have its own.
    """

    def __init__(self, name: str, engine: HostEngine, browser: Browser, timeline: Timeline, certificates: Path) -> None:
        self.name = name
        self._engine = engine
        self._browser = browser
        self._timeline = timeline
        self._certificates = certificates
        self._pages: list[ServerPage] | None = None

    def docker(self, line: str) -> Completed:
        """Run one command line, as the page writes it, without the word `docker`."""
        self._timeline.require_open()
        self._timeline.collect()  # what a container has written is read before the command may take it away
        done = self._engine.docker(line)
        self._note(line, done.status)
        return done

    def look(self, line: str) -> str:
        """What a command shows. Nothing enters the timeline, so use it for commands that change nothing."""
        self._timeline.require_open()
        done = self._engine.docker(line)
        return done.stdout + done.stderr

    def server(self, container: str = "") -> ServerPage:
        """The running authorization server (of this container, or the latest); raises CannotConnect if none runs."""
        self._timeline.require_open()
        shown = self._engine.docker(f"port {container}" if container else "ps")
        port = re.search(r"\d:(\d+)$", shown.stdout, re.MULTILINE) if container else _PORTS.search(shown.stdout)
        if port is None:
            raise CannotConnect(self.name, N_("docker ps shows no published port"))
        return self._page(port[1])

    def servers(self) -> list[ServerPage]:
        """Every authorization server that runs on this host."""
        self._timeline.require_open()
        if self._pages is None:
            self._pages = [self._page(port) for port in _PORTS.findall(self._engine.docker("ps").stdout)]
        return self._pages

    def container(self) -> str:
        """The short id of the latest running container; raises CannotConnect if none runs."""
        self._timeline.require_open()
        rows = self._engine.docker("ps").stdout.splitlines()[1:]
        if not rows:
            raise CannotConnect(self.name, N_("docker ps shows no running container"))
        return rows[0].split()[0]

    def path(self, typed: str) -> Path:
        """Where a host path, as typed in `-v`, really is."""
        return self._engine.host_directory(typed)

    def put_certificate(self, typed: str) -> Path:
        """Put a certificate of one's own for 127.0.0.1, and its key, into a host directory; the file to be trusted.

        It is the pair of the business desk's page, which exists only if servers are processes.
        """
        folder = self.path(typed)
        folder.mkdir(parents=True, exist_ok=True)
        for path in self._certificates.glob("server.*"):
            shutil.copyfile(path, folder / path.name)
        return folder / "server.crt"

    def reboot(self) -> None:
        """Restart the whole machine: containers come back as their restart policy says."""
        self._timeline.require_open()
        self._engine.reboot()
        self._note("(host reboot)", 0)

    def shut_down(self) -> None:
        """Switch the machine off."""
        self._timeline.require_open()
        self._engine.shutdown()
        self._note("(host shut down)", 0)

    def boot(self) -> None:
        """Switch it on again."""
        self._timeline.require_open()
        self._engine.boot()
        self._note("(host booted)", 0)

    def _page(self, port: str) -> ServerPage:
        return ServerPage(f"https://127.0.0.1:{port}", self._browser, self._timeline)

    def _note(self, line: str, status: int) -> None:
        self._pages = None
        shown = self._engine.docker("ps").stdout
        ports = ", ".join(self._timeline.port_name(int(port)) for port in _PORTS.findall(shown))
        self._timeline.note(self.name, "docker", line, "" if status == 0 else f"exit {status}", after=ports)
        self._timeline.collect()


class ServerPage:
    """An authorization server as a browser reaches it."""

    def __init__(self, address: str, browser: Browser, timeline: Timeline) -> None:
        self.address = address
        self._browser = browser
        self._timeline = timeline

    def qr(self) -> str:
        """Open the QR code page; the picture on it, empty if none is open."""
        return self.open().picture

    def open(self) -> BrowserAnswer:
        """Open the QR code page as a browser does."""
        return self.send("GET", QR_PATH)

    def refresh(self) -> str:
        """Press Refresh; the new picture."""
        self.call("POST", "/license/v1/challenge", {})
        return self.qr()

    def submit(self, code: str) -> dict[str, object]:
        """Enter six digits and submit; the status afterwards. Raises the server's refusal."""
        return self.call("POST", "/license/v1/activation", {"code": code})

    def status(self) -> dict[str, object]:
        """The server's status."""
        return self.call("GET", "/license/v1/status")

    def settle(self, *, ran: bool = False) -> datetime | None:
        """Ask the server to settle; when to ask again, None for never. What it noted is collected later."""
        call, name = ("ran", "next_change") if ran else ("settle", "next_deadline")
        try:
            due = self._browser.request("POST", f"{self.address}/lab/v1/{call}", json={}).data[name]
        except CannotConnect:
            return None
        return None if due is None else datetime.fromisoformat(str(due))

    def call(self, method: str, path: str, body: dict[str, object] | None = None) -> dict[str, object]:
        """Make one call with JSON; the data of the answer. Raises the server's refusal."""
        answer = self.send(method, path, **({} if body is None else {"json": body}))
        if answer.status >= 400:
            raise answer.refusal()
        return answer.data

    def send(self, method: str, path: str, **sent: object) -> BrowserAnswer:
        """Send any request; `sent` takes the options of httpx. A refusal is an answer too."""
        self._timeline.require_open()
        answer = self._browser.request(method, self.address + path, **sent)
        self._timeline.collect()
        return answer


class Phone:
    """A phone: reads the picture's pixels and opens what it says in its browser.

    `camera` reads a picture's text; `ask` is what the desk's page shows before the button is pressed.
    """

    def __init__(
        self, browser: Browser, timeline: Timeline, camera: Callable[[str], str], ask: Callable[[str], Asking]
    ) -> None:
        self.online = True
        self._browser = browser
        self._timeline = timeline
        self._camera = camera
        self._ask = ask

    def scan(self, picture: str) -> str:
        """Scan a picture and approve: the six digits. Raises the desk's refusal; without internet CannotConnect."""
        return self.approve(self.read(picture))

    def read(self, picture: str) -> str:
        """What the camera reads; ValueError if there is no picture to read."""
        return self._camera(picture)

    def open(self, text: str) -> Asking:
        """Open the scanned address: what the page asks to be approved. Nothing is approved yet."""
        _page, challenge = self._challenge(text)
        return self._ask(challenge)

    def approve(self, text: str) -> str:
        """Open the scanned address and press the button."""
        page, challenge = self._challenge(text)
        answer = self._browser.request("POST", page, data={"c": challenge})
        self._timeline.collect()
        code = _CODE.search(answer.text)
        if code is None:
            reason, words = _REASON.search(answer.text), _MESSAGE.search(answer.text)
            raise Reported(reason[1] if reason else "unknown", unescape(words[1]) if words else answer.text[:200], "")
        return code[1]

    def _challenge(self, text: str) -> tuple[str, str]:
        self._timeline.require_open()
        page, _query, challenge = text.partition("?c=")
        if not self.online:
            raise CannotConnect(page, "the phone has no internet")
        return page, challenge
