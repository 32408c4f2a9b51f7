"""The stage: a lab on which a scenario is played. Each verb does one thing and tells it.

A verb tells the command and its output, the request and its answer, and what the parties noted meanwhile. If something
comes out otherwise than the rules say, the play stops with ScenarioBroken. A play may begin with a situation that is
made ready without telling how (`registered`); `before` keeps the state at that moment.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

from fanlic.desk import DeskReply
from fanlic.lab.beat import ANSWER, COMMAND, EVENT, HEADING, NOTE, OUTPUT, REFUSED, REQUEST, Beat, ScenarioBroken
from fanlic.lab.parties import ServerPage
from fanlic.lab.project import Project, ProjectNode, Success
from fanlic.lab.timeline import Row
from fanlic.lab.world import Lab
from fanlic.model.clauses import Clause
from fanlic.model.container import ARCHIVE, image_name
from fanlic.model.outage import Standing
from fanlic.model.project import Registration
from fanlic.model.refusals import Refusal
from fanlic.texts import _, duration, fill, instant, party_name

CONFIG, LOG = "/D/William/lic/config", "/D/William/lic/log"
MAPPED = f"-v {CONFIG}:/app/config -v {LOG}:/app/log"
RUN = f"run {MAPPED} -P -d {image_name('amd64')}"
FIXED = "-p 50123:8081"  # so that a restart does not move the port; inline nobody else may hold it


def run_line(*options: str, port: str = "-P", config: str = CONFIG, image: str = "") -> str:
    """The page's `docker run`, with /app/config mapped unless `config` is empty."""
    mapped = (f"-v {config}:/app/config",) if config else ()
    return " ".join(("run", *mapped, *options, port, "-d", image or image_name("amd64")))


class Stage:
    """A lab on which a scenario is played; `tell` is called for every beat. Without it nothing is told."""

    def __init__(self, lab: Lab, tell: Callable[[Beat], object] = lambda _beat: None) -> None:
        self.lab = lab
        self.picture = ""  # the first one that was scanned
        self.met: set[str] = set()
        self.before = self.state()
        self._tell = tell
        self._heard = len(lab.rows)
        self._quiet = False
        self._begun = False  # whether anything was done that is told
        self._loaded = False

    # -- telling

    def heading(self, text: str) -> None:
        """Begin a chapter."""
        self._say(HEADING, text)

    def note(self, text: str, clause: Clause | None = None) -> None:
        """Say something."""
        self._say(NOTE, text, clause)

    def expect(self, held: bool, what: str) -> None:
        """Go on only if it holds; `what` names it otherwise."""
        if not held:
            raise ScenarioBroken(_("the result differs from the rules: {what}").format(what=what))

    def refused(self, reason: str, act: Callable[[], object], what: str) -> Refusal:
        """Do what must be refused with this code or reason, and say why it was."""
        self.note(what)
        try:
            act()
        except Refusal as refusal:
            self.expect(reason in self._refusal(refusal), f"{what}: {refusal.reason}")
            return refusal
        raise ScenarioBroken(_("not refused: {what}").format(what=what))

    def meet(self, reason: str) -> None:
        """Note that this code or reason was met, in the list of failed checks."""
        self.met.add(reason)

    def shown(self, project: Project, wanted: Registration, clause: Clause | None = None) -> None:
        """Look at the project's Registration page, which must say this."""
        text = _("the Registration page of {project} says: {state}")
        self.note(text.format(project=project.name, state=_(project.registration)), clause)
        self.expect(project.registration is wanted, _("the state of {project}").format(project=project.name))

    def listed(self, project: Project, reason: str) -> None:
        """Look at the project's list of failed checks, whose last line must give this reason."""
        check = project.failed_checks[-1] if project.failed_checks else None
        self.expect(check is not None and check.reason == reason, _("the list of failed checks"))
        if check is not None:
            self.note(f"{check.node}: {check.text}", Clause.DETAILS)
            self.meet(reason)

    def tell_events(self) -> None:
        """Tell the new lines of the parties. Tell a line that repeats only once."""
        rows, self._heard = self.lab.rows[self._heard :], len(self.lab.rows)
        told: dict[tuple[str, ...], list[Row]] = {}
        for row in rows:
            if row.party != "customer" and row.line.event != "docker":  # these were told as they were done
                told.setdefault((row.party, row.line.event, row.line.subject, row.line.reason), []).append(row)
        for same in () if self._quiet else told.values():
            self._tell(Beat(same[0].line.at, EVENT, _event(same)))

    def state(self) -> tuple[str, ...]:
        """Where everything stands: containers, servers, nodes."""
        return tuple(_state(self.lab))

    # -- verbs

    def docker(self, line: str, clause: Clause | None = None, *, fails: str = "") -> str:
        """Run one command on the container host, which works; or fails, with these words in what it says."""
        self._say(COMMAND, f"docker {line}", clause)
        done = self.lab.host.docker(line)
        for text in (done.stdout + done.stderr).splitlines():
            self._say(OUTPUT, text)
        held = fails in done.stderr and done.status != 0 if fails else done.status == 0
        self.expect(held, f"docker {line}")
        return done.stdout + done.stderr

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.lab.clock.advance(**span)
        self.note(_("time passes: {span}").format(span=duration(timedelta(**span))))

    def licensed(self, **terms: object) -> None:
        """Change the contract, or with another `email` sign a second one, before the archive is asked for."""
        contract = replace(self.lab.customer.contract, **terms)  # type: ignore[arg-type]  # the contract's own fields
        self.lab.sign(contract)
        self._loaded = False

    def mail(self, message: EmailMessage, *reasons: str, clause: Clause = Clause.ARCHIVE) -> DeskReply:
        """Hand a mail in at the business desk, which accepts it, or refuses it for exactly these reasons."""
        title = str(message["Subject"]).encode("ascii", "replace").decode().replace("?", "-")
        self.note(_("mail from {sender}: {title}").format(sender=message["From"], title=title))
        reply = self.lab.desk.receive(message)
        for refusal in reply.refusals:
            self._refusal(refusal)
        self.expect(sorted(reasons) == sorted(each.reason for each in reply.refusals), _("the mail check"))
        if reply.accepted:
            attached = _(", with {archive} attached").format(archive=ARCHIVE) if reply.archive else ""
            self._say(ANSWER, _("the business desk accepts{attached}").format(attached=attached), clause)
        return reply

    def scan(self, server: ServerPage) -> str:
        """Open the QR code page, scan the picture (a fresh one where none is open): the six digits."""
        self._say(REQUEST, f"GET {server.address}/license/qrcode")
        picture = server.qr()
        if not picture:
            self._say(REQUEST, f"POST {server.address}/license/qrcode/refresh")
            picture = server.refresh()
        self.picture = self.picture or picture
        code = self.lab.phone.scan(picture)
        self._say(ANSWER, _("the phone shows {code}").format(code=code))
        return code

    def enter(self, server: ServerPage, code: str) -> None:
        """Enter six digits and submit."""
        self._say(REQUEST, f"POST {server.address}/license/qrcode code={code}")
        server.submit(code)
        self._say(ANSWER, _("activated"))

    def activate(self, server: ServerPage) -> None:
        """Scan and enter; the activation is in force."""
        self.enter(server, self.scan(server))
        self.expect(server.status()["activation"] == Standing.IN_FORCE, _("the activation"))

    def register(self, project: Project, address: str) -> Success:
        """Register a project in FineBI's dialog."""
        for node in project.nodes:
            self._say(REQUEST, f"PUT {address}/license/v1/registrations/{node.facts.node}")
        success = project.register(address)
        text = _("registered; maximum number of connections: {number}")
        self._say(ANSWER, text.format(number=success.maximum_connections))
        return success

    def stop(self) -> str:
        """Stop the latest container; its name."""
        name = self.lab.host.container()
        self.docker(f"stop {name}")
        return name

    def stopped(self, **span: float) -> ServerPage:
        """Stop the server for a while and start it again."""
        name = self.stop()
        self.later(**span)
        self.docker(f"start {name}")
        return self.lab.host.server()

    def copy_folder(self, source: str, target: str) -> None:
        """Copy a folder of the container host, in place of what the other one held."""
        self.note(_("the folder {source} is copied to {target}").format(source=source, target=target))
        shutil.rmtree(self.lab.host.path(target), ignore_errors=True)
        shutil.copytree(self.lab.host.path(source), self.lab.host.path(target))

    # -- made ready unseen

    def loaded(self, seats: int | None = 3) -> None:
        """An archive was asked for, came, and is loaded; nothing happens a second time."""
        if not self._loaded:
            with self._ready(_("ready: the images are loaded")):
                self.mail(self.lab.customer.request(seats))
                self.docker(f"load -i {ARCHIVE}")
        self._loaded = True

    def started_server(self, *options: str, port: str = "-P", config: str = CONFIG) -> ServerPage:
        """A server that was never activated."""
        self.loaded()
        with self._ready(_("ready: a server that was never activated")):
            self.docker(run_line(f"-v {LOG}:/app/log", *options, port=port, config=config))
        return self.lab.host.server()

    def activated(self, *options: str, port: str = "-P", config: str = CONFIG) -> ServerPage:
        """A server whose activation is in force."""
        with self._ready(_("ready: an activated server")):
            server = self.started_server(*options, port=port, config=config)
            self.activate(server)
        return server

    def registered(
        self, name: str = "sales", nodes: int = 1, *, port: str = FIXED, config: str = CONFIG
    ) -> tuple[ServerPage, Project]:
        """An activated server, on a fixed port unless told otherwise, and a project registered with it."""
        with self._ready(_("ready: an activated server and a registered project, {name}").format(name=name)):
            server = self.activated(port=port, config=config)
            project = self.lab.project(name, nodes)
            self.register(project, server.address)
        return server, project

    @contextmanager
    def _ready(self, text: str) -> Iterator[None]:
        was, self._quiet = self._quiet, True
        yield
        self.tell_events()
        self._quiet = was
        if was:
            return
        if not self._begun:
            self.before = self.state()
        self._tell(Beat(self.lab.clock.now(), NOTE, text))

    def _refusal(self, refusal: Refusal) -> set[str]:
        code = f"{int(refusal.code)} {refusal.code.name}: " if refusal.code else ""
        self._say(REFUSED, code + fill(refusal.message, refusal.evidence), refusal)
        names = {refusal.reason, refusal.label}
        self.met |= names
        return names

    def _say(self, kind: str, text: str, said: Clause | Refusal | None = None) -> None:
        self.tell_events()
        if not self._quiet:
            self._begun = True
            self._tell(Beat(self.lab.clock.now(), kind, text, said))


def _event(same: list[Row]) -> str:
    first, last = same[0].line, same[-1].line
    parts = [f"{party_name(same[0].party)}: {_(first.event)}", first.subject, _(first.reason)]
    if first.before or last.after:
        parts.append(f"{_(first.before)} > {_(last.after)}")
    if len(same) > 1:
        parts.append(_("{count} times, the last at {at}").format(count=len(same), at=instant(last.at)))
    return "; ".join(part for part in parts if part)


def _state(lab: Lab) -> Iterator[str]:
    for host in lab.hosts:
        for row in host.look("ps -a").splitlines()[1:]:
            cells = re.split(r" {3,}", row.strip())
            yield f"{host.name}: {cells[-1]}: {', '.join(cells[4:-1])}"
        for server in host.servers():
            try:
                told = server.status()
            except Refusal as refusal:
                yield fill(refusal.message, refusal.evidence)
                continue
            text = _("server at {address}: {activation}; code entry: {entry}; seats taken: {taken} of {seats}")
            activation, entry = _(str(told["activation"])), _(str(told["code_entry"]))
            yield text.format(
                address=server.address,
                activation=activation,
                entry=entry,
                taken=told["seats_taken"],
                seats=told["seats"],
            )
    for project in lab.projects:
        yield from map(_node, project.nodes)


def _node(node: ProjectNode) -> str:
    text = _("node {node}: {state}; saved address: {address}; polls missed in a row: {misses}")
    address = node.address or _("none")
    return text.format(node=node.facts.node, state=_(node.registration), address=address, misses=node.state.misses)
