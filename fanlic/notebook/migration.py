"""Authentication Migration as steps to press, shuffled: in the page's order each acts on the lab, out of order nothing
moves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from html import escape

from fanlic.desk import DeskReply
from fanlic.lab import Lab
from fanlic.lab.parties import Host
from fanlic.lab.stage import CONFIG, RUN
from fanlic.model import migration
from fanlic.model.clauses import Clause
from fanlic.model.container import ARCHIVE
from fanlic.model.migration import Action, MigrationStage
from fanlic.model.outage import Standing
from fanlic.notebook import style
from fanlic.notebook.form import LabForm, button, column, pane, row, shows
from fanlic.notebook.request import PRIVATE_CONFIG
from fanlic.ports import Completed
from fanlic.texts import _

CLAUSES = {
    Action.ASK: Clause.MIGRATE_ADDRESS,
    Action.REPLY: Clause.DESTROY,
    Action.CLOSE: Clause.CLOSE_THEN_COPY,
    Action.COPY: Clause.CLOSE_THEN_COPY,
    Action.REQUEST: Clause.ATTACH,
    Action.RECEIVE: Clause.NEW_ARCHIVE,
    Action.REGISTER: Clause.NEW_ARCHIVE,
    Action.RESTART_OLD: Clause.NO_RESTART,
}


class MigrationWizard(LabForm):
    """Moves the lab's authorization server to a new host, `new_host`, step by step."""

    def __init__(self, lab: Lab, new_host: str = "new-host") -> None:
        super().__init__(_("Authentication Migration"), lab)
        self.stage = MigrationStage.SERVING
        self.private_config = b""
        self.old: Host = lab.host
        self.new: Host | None = None
        self._new_host = new_host
        self._reply: DeskReply | None = None
        self._taken: Action | None = None
        self._seats: int | None = None
        self._shown = pane(_("How far the migration has come"))
        shuffled = sorted(Action, key=lambda action: hashlib.sha256(action.encode()).digest())
        steps = [button(_raised(_(action)), partial(self.take, action)) for action in shuffled]
        for step in steps:
            step.layout.width = "100%"
        self.arrange(row(column(*steps, width="23rem"), column(self._shown, width="14rem")))

    @shows
    def take(self, action: Action) -> MigrationStage:
        """Take one step; out of order the rule's refusal is shown and nothing moves."""
        if action is self._taken:  # pressed twice
            self.say(style.note(_("This step is done."), CLAUSES[action], "good"))
            return self.stage
        after, refusal = migration.take(self.stage, action)
        if refusal is not None:
            raise refusal
        acts: dict[Action, Callable[[], str]] = {
            Action.ASK: self._ask,
            Action.REPLY: self._read_reply,
            Action.CLOSE: self._close,
            Action.COPY: self._copy,
            Action.REQUEST: self._request,
            Action.RECEIVE: self._receive,
            Action.REGISTER: self._register,
            Action.RESTART_OLD: self._restart,
        }
        said = acts[action]()
        self.stage, self._taken = after, action
        self.say(style.note(said, CLAUSES[action], "good"))
        return after

    def draw(self) -> None:
        """The stage, and what the projects show meanwhile. Which step comes next is the reader's to find."""
        nodes = [(n.facts.node, _(n.registration)) for project in self.lab.projects for n in project.nodes]
        shown = f"<p><strong>{escape(_(self.stage))}</strong></p>" + style.facts(nodes)
        self._shown.value = style.block(shown, role="status")

    # -- what each step does in the lab

    def _ask(self) -> str:
        address, seats = self.old.server().address, int(str(self.old.server().status()["seats"]))
        reply = self.lab.desk.receive(self.lab.customer.migration(address))
        if not reply.accepted:
            raise reply.refusals[0]
        self._reply, self._seats = reply, seats
        return _("The mail names {address}. The old server stays running and untouched until the reply.").format(
            address=address
        )

    def _read_reply(self) -> str:
        number = self._reply.license if self._reply else ""
        return _("The business staff replies: the authorization {license} is destroyed.").format(license=number)

    def _close(self) -> str:
        _worked(self.old.docker(f"stop {self.old.container()}"))
        return _("The old server is shut down. From now on every project lives on its own clock.")

    def _copy(self) -> str:
        path = self.old.path(CONFIG) / PRIVATE_CONFIG
        if not path.exists():
            text = _("{folder} on the old host holds no {file}: /app/config was not mapped to it.")
            raise ValueError(text.format(folder=CONFIG, file=PRIVATE_CONFIG))
        self.private_config = path.read_bytes()
        return _("Copied {file} from {folder}.").format(file=PRIVATE_CONFIG, folder=CONFIG)

    def _request(self) -> str:
        mail = self.lab.customer.request(self._seats, private_config=self.private_config)
        self._reply = self.lab.desk.receive(mail)
        if not self._reply.accepted:
            raise self._reply.refusals[0]
        return _("The form is sent again, with {file} attached.").format(file=PRIVATE_CONFIG)

    def _receive(self) -> str:
        return _("The new {archive} lies in the inbox.").format(archive=ARCHIVE)

    def _register(self) -> str:
        # Pressed again after a failure, it goes on where it stood.
        if self.new is None:
            self.new = self.lab.new_host(self._new_host)
            _worked(self.new.docker(f"load -i {ARCHIVE}"))
            _worked(self.new.docker(RUN))
        server = self.new.server()
        if server.status()["activation"] != Standing.IN_FORCE:
            server.submit(self.lab.phone.scan(server.qr() or server.refresh()))
        # Who was registered before is registered again; a project that never was keeps out of it.
        moved = [project for project in self.lab.projects if any(node.address for node in project.nodes)]
        for project in moved:
            project.register(server.address)
        names = ", ".join(project.name for project in moved) or _("none")
        text = _("The new server at {address} is activated. Registered with it: {projects}.")
        return text.format(address=server.address, projects=names)

    def _restart(self) -> str:
        _worked(self.old.docker(f"restart {self.old.container()}"))
        return _("The old server is restarted. Nothing was asked for yet, so nothing is lost.")


def _raised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _worked(done: Completed) -> None:
    if done.status != 0:
        raise ValueError(done.stderr.strip() or done.stdout.strip())
