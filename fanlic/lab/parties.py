"""The parties a person deals with: customer, business desk, container host, the server's page, the phone."""

from __future__ import annotations

import re
import shutil
from datetime import datetime
from email.message import EmailMessage
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

from fanlic.desk import DeskReply
from fanlic.model.authfile import Contract
from fanlic.model.container import QR_PATH
from fanlic.model.refusals import CannotConnect, Reported
from fanlic.ports import Completed, JournalLine

if TYPE_CHECKING:
    from fanlic.lab.world import Lab
    from fanlic.wiring.lab import Answer

_CODE = re.compile(r'data-code="(\d{6})"')
_REASON = re.compile(r'data-reason="([a-z-]+)"')
_MESSAGE = re.compile(r'data-message="([^"]*)"')
_PORTS = re.compile(r"\d:(\d+)->")  # IPv4 only: a real engine may give another port for IPv6


class Customer:
    """The customer's contact: writes the mails of the page."""

    def __init__(self, lab: Lab, contract: Contract) -> None:
        self._lab = lab
        self.contract = contract

    def request(self, seats: int | None = None, *, private_config: bytes | None = None) -> EmailMessage:
        """The request in the page's form; with `private_config` attached, a migration's second mail."""
        return self._lab.parts.request_mail(self.contract, seats, private_config)

    def migration(self, address: str) -> EmailMessage:
        """The first mail of a migration, naming the old server's address."""
        return self._lab.parts.migration_mail(self.contract, address)


class BusinessDesk:
    """The business desk as the customer meets it: a mail goes in, a reply comes back."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._count = 0

    @property
    def address(self) -> str:
        """Where the phone reaches the desk's page."""
        return self._lab.parts.desk.address

    def sign(self, contract: Contract) -> None:
        """Sign a contract (or change one)."""
        self._lab.parts.desk.sign(contract)
        self._lab.collect()

    def receive(self, message: EmailMessage) -> DeskReply:
        """Hand in a mail; both mails are kept, and an attached archive lies in the inbox afterwards."""
        self._lab.note("customer", JournalLine(self._lab.clock.now(), "mail sent", str(message["From"])))
        reply = self._lab.parts.desk.receive(message)
        self._keep("request", message)
        self._keep("reply", reply.message)
        if reply.archive is not None:
            shutil.copyfile(reply.archive, self._lab.parts.inbox / reply.archive.name)
        self._lab.collect()
        return reply

    def _keep(self, kind: str, message: EmailMessage) -> None:
        self._count += 1
        folder = self._lab.folder / "mails"
        folder.mkdir(exist_ok=True)
        (folder / f"{self._count:02d}-{kind}.eml").write_bytes(bytes(message))


class Host:
    """The container host: runs the page's own docker commands."""

    def __init__(self, lab: Lab, name: str) -> None:
        self._lab = lab
        self.name = name
        self._engine = lab.parts.host(name)
        self._pages: list[ServerPage] | None = None

    def docker(self, line: str) -> Completed:
        """Run one command line, as the page writes it, without the word `docker`."""
        self._lab.collect()  # what a container has written is read before the command may take it away
        done = self._engine.docker(line)
        self._note(line, done.status)
        return done

    def look(self, line: str) -> str:
        """What a command shows, for who only looks on: nothing enters the timeline."""
        done = self._engine.docker(line)
        return done.stdout + done.stderr

    def server(self, container: str = "") -> ServerPage:
        """The running authorization server (of this container, or the latest); raises CannotConnect where none runs."""
        shown = self._engine.docker(f"port {container}" if container else "ps")
        found = re.search(r"\d:(\d+)$", shown.stdout, re.MULTILINE) if container else _PORTS.search(shown.stdout)
        if found is None:
            raise CannotConnect(self.name, "docker ps shows no published port")
        return ServerPage(self._lab, f"https://127.0.0.1:{found[1]}")

    def servers(self) -> list[ServerPage]:
        """Every authorization server that runs on this host."""
        if self._pages is None:
            shown = self._engine.docker("ps")
            self._pages = [ServerPage(self._lab, f"https://127.0.0.1:{port}") for port in _PORTS.findall(shown.stdout)]
        return self._pages

    def container(self) -> str:
        """The short id of the latest running container; raises CannotConnect where none runs."""
        rows = self._engine.docker("ps").stdout.splitlines()[1:]
        if not rows:
            raise CannotConnect(self.name, "docker ps shows no running container")
        return rows[0].split()[0]

    def path(self, typed: str) -> Path:
        """Where a host path, as typed in `-v`, really is."""
        return self._engine.host_directory(typed)

    def put_certificate(self, typed: str) -> Path:
        """Put a certificate of one's own for 127.0.0.1, and its key, into a host directory; the file to be trusted.

        It is the pair of the business desk's page, which is there only where servers are processes.
        """
        folder = self.path(typed)
        folder.mkdir(parents=True, exist_ok=True)
        for path in (self._lab.folder / "desk").glob("server.*"):
            shutil.copyfile(path, folder / path.name)
        return folder / "server.crt"

    def reboot(self) -> None:
        """Restart the whole machine: containers come back as their restart policy says."""
        self._engine.reboot()
        self._note("(host reboot)", 0)

    def shut_down(self) -> None:
        """Switch the machine off."""
        self._engine.shutdown()
        self._note("(host shut down)", 0)

    def boot(self) -> None:
        """Switch it on again."""
        self._engine.boot()
        self._note("(host booted)", 0)

    def _note(self, line: str, status: int) -> None:
        self._pages = None
        ports = ", ".join(self._lab.port_name(int(port)) for port in _PORTS.findall(self._engine.docker("ps").stdout))
        reason = "" if status == 0 else f"exit {status}"
        self._lab.note(self.name, JournalLine(self._lab.clock.now(), "docker", line, reason, after=ports))
        self._lab.collect()


class ServerPage:
    """An authorization server as a browser reaches it."""

    def __init__(self, lab: Lab, address: str) -> None:
        self._lab = lab
        self.address = address

    def qr(self) -> str:
        """Open the QR code page; the picture on it, empty where none is open."""
        return self.open().picture

    def open(self) -> Answer:
        """Open the QR code page as a browser does."""
        answer = self._lab.parts.browse("GET", self.address + QR_PATH)
        self._lab.collect()
        return answer

    def refresh(self) -> str:
        """Press Refresh; the new picture."""
        self._call("POST", "/license/v1/challenge", {})
        return self.qr()

    def submit(self, code: str) -> dict[str, object]:
        """Enter six digits and submit; the status afterwards. Raises the server's refusal."""
        return self._call("POST", "/license/v1/activation", {"code": code})

    def status(self) -> dict[str, object]:
        """The server's status."""
        return self._call("GET", "/license/v1/status", None)

    def settle(self) -> datetime | None:
        """Ask the server to settle; when to ask again, None where it does not answer."""
        try:
            due = self._call("POST", "/lab/v1/settle", {})["next_deadline"]
        except CannotConnect:
            return None
        return datetime.fromisoformat(str(due))

    def _call(self, method: str, path: str, body: dict[str, str] | None) -> dict[str, object]:
        sent = {} if body is None else {"json": body}
        answer = self._lab.parts.browse(method, self.address + path, **sent)
        self._lab.collect()
        if answer.status >= 400:
            raise answer.refusal()
        return answer.data


class Phone:
    """A phone: reads the picture's pixels and opens what it says in its browser."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self.online = True

    def scan(self, picture: str) -> str:
        """Scan a picture and approve: the six digits. Raises the desk's refusal; without internet CannotConnect."""
        return self.approve(self.read(picture))

    def read(self, picture: str) -> str:
        """What the camera reads; ValueError where there is no picture to read."""
        return self._lab.parts.read_picture(picture)

    def approve(self, text: str) -> str:
        """Open the scanned address and press the button."""
        if not self.online:
            raise CannotConnect(self._lab.desk.address, "the phone has no internet")
        page, _query, challenge = text.partition("?c=")
        answer = self._lab.parts.browse("POST", page, data={"c": challenge})
        self._lab.collect()
        code = _CODE.search(answer.text)
        if code is None:
            reason, words = _REASON.search(answer.text), _MESSAGE.search(answer.text)
            raise Reported(reason[1] if reason else "unknown", unescape(words[1]) if words else answer.text[:200], "")
        return code[1]
