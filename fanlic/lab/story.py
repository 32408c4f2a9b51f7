"""The main story: the whole documented procedure, from the request mail to the project registered on the migrated
server.

Each chapter is a heading of the page. `Teller` takes what happens, so that the same story is told on a terminal, as
JSON or in a notebook. Whatever comes out otherwise than the rules say stops the story with StoryBroken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from fanlic.lab.parties import ServerPage
from fanlic.lab.project import Project
from fanlic.lab.world import Lab
from fanlic.model.clauses import Clause
from fanlic.model.container import ARCHIVE, image_name
from fanlic.model.outage import Standing
from fanlic.model.overview import Site, available, unavailable
from fanlic.model.project import Registration
from fanlic.model.refusals import Refusal
from fanlic.texts import _, fill

HEADING, COMMAND, OUTPUT, NOTE, REFUSED = "heading", "command", "output", "note", "refused"
CONFIG, LOG = "/D/William/lic/config", "/D/William/lic/log"
_MAPPED = f"-v {CONFIG}:/app/config -v {LOG}:/app/log"
RUN = f"run {_MAPPED} -P -d {image_name('amd64')}"


class StoryBroken(RuntimeError):
    """Something came out otherwise than the rules say."""


@dataclass(frozen=True)
class Beat:
    """One thing that happened: its kind, its words, the clause that it shows, or the refusal that it was."""

    at: datetime
    kind: str
    text: str
    said: Clause | Refusal | None = None

    @property
    def clause(self) -> Clause | None:
        """The clause that it shows."""
        return self.said.clause if isinstance(self.said, Refusal) else self.said


class Story:
    """The story told on one lab; `tell` is called for every beat."""

    def __init__(self, lab: Lab, tell: Callable[[Beat], None]) -> None:
        self.lab = lab
        self.picture = ""
        self.private_config = b""
        self._tell = tell

    def run(self) -> None:
        """Tell it all; raises StoryBroken."""
        self._overview()
        self._authfile()
        server = self._container()
        self._activation(server)
        project = self._registration(server)
        self._short_outage(project)
        self._long_outage(project)
        self._destroy(project)
        self._migrate(project)
        self._note(_("The project is registered on the migrated server. The story ends well."))

    # -- Overview

    def _overview(self) -> None:
        self._heading(_("Overview: which method applies"))
        site = Site(project_in_docker=True, project_reaches_internet=False, report_servers=2)
        for method, clause in unavailable(site).items():
            self._note(_("out: {method}").format(method=_(method)), clause)
        self._note(_("left: {methods}").format(methods=", ".join(_(method) for method in available(site))))

    # -- Obtaining the Authorization File

    def _authfile(self) -> None:
        self._heading(_("Obtaining the Authorization File"))
        mail = self.lab.customer.request(seats=1)
        mail.replace_header("From", "somebody@elsewhere.example")
        mail.replace_header("Subject", "Please register us")
        self._send(mail, accepted=False)
        self._send(self.lab.customer.request(seats=1), accepted=True)

    def _send(self, mail: EmailMessage, *, accepted: bool, clause: Clause = Clause.ARCHIVE) -> None:
        self._note(_("mail from {sender}: {title}").format(sender=mail["From"], title=_plain(str(mail["Subject"]))))
        reply = self.lab.desk.receive(mail)
        for refusal in reply.refusals:
            self._refused(refusal)
        if reply.accepted:
            attached = _(", with {archive} attached").format(archive=ARCHIVE) if reply.archive else ""
            self._note(_("the business desk accepts{attached}").format(attached=attached), clause)
        self._expect(reply.accepted is accepted, _("the mail check"))
        self.lab.clock.advance(minutes=30)

    # -- Starting the Authorization Server

    def _container(self) -> ServerPage:
        self._heading(_("Starting the Authorization Server"))
        self._docker(f"load < {ARCHIVE}", Clause.LOAD)
        self._docker("images", Clause.LIST_IMAGES)
        self._docker(RUN, Clause.MAP_CONFIG)
        self._docker("ps", Clause.LIST_PORT)
        return self.lab.host.server()

    # -- Submitting and Authentication

    def _activation(self, server: ServerPage, *, with_a_slip: bool = True) -> None:
        self._heading(_("Submitting and Authentication"))
        self._note(_("open {address}/license/qrcode").format(address=server.address), Clause.QR_PAGE)
        picture = server.qr() or server.refresh()
        self.picture = self.picture or picture
        code = self.lab.phone.scan(picture)
        self._note(_("the phone reads the picture and shows six digits: {code}").format(code=code), Clause.SIX_DIGITS)
        if with_a_slip:
            slip = f"{(int(code) + 1) % 1_000_000:06d}"
            self._fails(lambda: server.submit(slip), _("enter {code} by mistake").format(code=slip))
        self._note(_("enter {code} and submit").format(code=code))
        server.submit(code)
        self._expect(server.status()["activation"] == Standing.IN_FORCE, _("the activation"))
        self._note(_("the server is activated"))
        self.lab.clock.advance(minutes=2)

    # -- FineBI Server Verification Authorization

    def _registration(self, server: ServerPage) -> Project:
        self._heading(_("FineBI Server Verification Authorization"))
        project = self.lab.project("sales")
        self._register(project, server)
        other = self.lab.project("stock")
        self._fails(lambda: other.register(server.address), _("a second project registers; the license has one seat"))
        self.lab.clock.advance(hours=4)
        self._shown(project, Registration.REGISTERED, _("four hours and two polls later"))
        return project

    def _register(self, project: Project, server: ServerPage) -> None:
        self._note(
            _("Manage > Registration > Register Now, Private Cloud, {address}, Submit").format(address=server.address),
            Clause.PRIVATE_CLOUD,
        )
        success = project.register(server.address)
        text = _("registered; maximum number of connections: {number}")
        self._note(text.format(number=success.maximum_connections), Clause.CONNECTIONS)

    # -- Notes: outages

    def _short_outage(self, project: Project) -> None:
        self._heading(_("Notes: an outage of twenty hours"))
        old = self.lab.host.server().address
        name = self.lab.host.container()
        self._docker(f"stop {name}")
        self.lab.clock.advance(hours=20)
        self._shown(project, Registration.FAILING, _("twenty hours later"), Clause.HEALS)
        self._docker(f"start {name}")
        self._docker("ps", Clause.RANDOM_PORT)
        new = self.lab.host.server().address
        self._expect(new != old, _("the port"))
        self._note(
            _("the port moved, as -P does at every start, and FineBI has saved {old}: it would never heal").format(
                old=old
            )
        )
        self._note(
            _("so the container is made anew with the saved port fixed; /app/config is mapped, so nothing is lost")
        )
        self._docker(f"rm -f {name}")
        port = old.rpartition(":")[2]
        self._docker(
            f"run {_MAPPED} -p {port}:{self.lab.policy.container_port} --restart unless-stopped -d "
            f"{image_name('amd64')}",
            Clause.FIXED_PORT,
        )
        self.lab.clock.advance(hours=2)
        self._shown(project, Registration.REGISTERED, _("within two hours of the server's return"), Clause.HEALS)

    def _long_outage(self, project: Project) -> None:
        self._heading(_("Notes: an outage of more than 24 hours"))
        name = self.lab.host.container()
        self._docker(f"stop {name}")
        self.lab.clock.advance(hours=25)
        self._shown(
            project, Registration.LAPSED, _("25 hours later, after the twelfth poll in a row"), Clause.TWELVE_MISSES
        )
        self._docker(f"start {name}")
        server = self.lab.host.server()
        self._fails(lambda: project.register(server.address), _("the project registers again"))
        self._note(_("the image is not loaded again; scan again and enter a new code"), Clause.REAUTHENTICATE)
        self._activation(server, with_a_slip=False)
        self._register(project, server)

    # -- Authentication Migration

    def _destroy(self, project: Project) -> None:
        self._heading(_("Authentication Migration: Destroying Original Project Authorization"))
        address = self.lab.host.server().address
        self._send(self.lab.customer.migration(address), accepted=True, clause=Clause.DESTROY)
        self._note(_("the old server was left running and untouched until this reply"), Clause.NO_RESTART)
        self._docker(f"stop {self.lab.host.container()}", Clause.CLOSE_THEN_COPY)
        self.private_config = (self.lab.host.path(CONFIG) / "privateConfig").read_bytes()
        self._note(_("copied {file} from {folder}").format(file="privateConfig", folder=CONFIG), Clause.CLOSE_THEN_COPY)
        self._shown(project, Registration.REGISTERED, _("meanwhile the project lives on its 24-hour clock"))

    def _migrate(self, project: Project) -> None:
        self._heading(_("Authentication Migration: Obtaining a New Authorization File"))
        self._send(self.lab.customer.request(seats=1), accepted=False)
        self._send(self.lab.customer.request(seats=1, private_config=self.private_config), accepted=True)
        old = self.lab.host
        self.lab.new_host("new-host")
        self._note(_("on the new container host the procedure begins anew"), Clause.NEW_ARCHIVE)
        self._docker(f"load < {ARCHIVE}", Clause.LOAD)
        self._docker(RUN, Clause.MAP_CONFIG)
        server = self.lab.host.server()
        self._activation(server, with_a_slip=False)
        self._register(project, server)
        self.lab.clock.advance(hours=2)
        self._shown(project, Registration.REGISTERED, _("two hours later, polling the new server"))
        self._expect(not old.servers(), _("the old server"))

    # -- telling

    def _docker(self, line: str, clause: Clause | None = None) -> None:
        self._say(COMMAND, f"docker {line}", clause)
        done = self.lab.host.docker(line)
        for text in (done.stdout + done.stderr).splitlines():
            self._say(OUTPUT, text)
        self._expect(done.status == 0, f"docker {line}")

    def _fails(self, act: Callable[[], object], what: str) -> None:
        self._note(what)
        try:
            act()
        except Refusal as refusal:
            self._refused(refusal)
        else:
            raise StoryBroken(_("not refused: {what}").format(what=what))

    def _shown(self, project: Project, wanted: Registration, when: str, clause: Clause | None = None) -> None:
        text = _("{when}: the Registration page of {project} says: {state}")
        self._note(text.format(when=when, project=project.name, state=_(project.registration)), clause)
        self._expect(project.registration is wanted, _("the state of {project}").format(project=project.name))

    def _refused(self, refusal: Refusal) -> None:
        code = f"{int(refusal.code)} {refusal.code.name}: " if refusal.code else ""
        self._say(REFUSED, code + fill(refusal.message, refusal.evidence), refusal)

    def _expect(self, held: bool, what: str) -> None:
        if not held:
            raise StoryBroken(_("came out otherwise than the rules say: {what}").format(what=what))

    def _heading(self, text: str) -> None:
        self._say(HEADING, text)

    def _note(self, text: str, clause: Clause | None = None) -> None:
        self._say(NOTE, text, clause)

    def _say(self, kind: str, text: str, said: Clause | Refusal | None = None) -> None:
        self._tell(Beat(self.lab.clock.now(), kind, text, said))


def _plain(title: str) -> str:
    return title.encode("ascii", "replace").decode().replace("?", "-")
