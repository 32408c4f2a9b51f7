"""The migration as a game: every step can be taken at any time, nothing says which is next, and each has its price."""

from __future__ import annotations

import atexit
import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from fanlic.lab import Lab, ready
from fanlic.lab.parties import Host
from fanlic.lab.stage import CONFIG, FIXED, run_line
from fanlic.lab.task import users_see
from fanlic.model.clauses import Clause
from fanlic.model.container import ARCHIVE
from fanlic.model.policy import FINEBI_6_0_5
from fanlic.model.project import Registration
from fanlic.model.refusals import Refusal
from fanlic.notebook import style
from fanlic.notebook.form import Form, button, column, pane, row, shows
from fanlic.notebook.request import PRIVATE_CONFIG
from fanlic.texts import _, duration

MAIL, WORK = timedelta(hours=4), timedelta(minutes=20)  # ours: how long a reply takes, and a step at the machine
NEW_HOST = "new-host"


class MigrationGame(Form):
    """Move the server of project sales to a new host. The end tells what it cost: outage, refusals, needless steps."""

    def __init__(self) -> None:
        super().__init__(_("Move the authorization server to a new host"))
        self._shown = pane(_("What everybody sees"))
        steps: list[tuple[str, Callable[[], str]]] = [
            (_("Mail the old server's address to the business desk"), self._ask),
            (_("Stop the old server"), self._stop),
            (_("Copy privateConfig from the old host"), self._copy),
            (_("Mail the form again, with privateConfig if it was copied"), self._request),
            (_("Load the archive and run the server on the new host"), self._run_new),
            (_("Scan the QR code of the new server, and enter the code"), self._scan),
            (_("Register sales with the new server"), self._register),
            (_("Restart the old server"), self._restart_old),
            (_("Start the old server again"), self._start_old),
        ]
        steps.sort(key=lambda each: hashlib.sha256(each[0].encode()).digest())
        buttons = [button(label, partial(self.take, label, act)) for label, act in steps]
        for each in buttons:
            each.layout.width = "100%"
        acts = row(
            button(_("The users are content: end"), self.end, _("Hear what it cost"), main=True),
            button(_("Begin again"), self.begin, _("A new lab, and everything as it was")),
        )
        self._anew()
        self.arrange(row(column(*buttons, width="24rem"), column(self._shown, width="18rem")), acts)
        atexit.register(self.close)

    @property
    def lab(self) -> Lab:
        """The lab of this game; *Begin again* makes a new one."""
        assert self._lab is not None, "begin made one"  # noqa: S101 - for the reader
        return self._lab

    def close(self) -> None:
        """Stop every server of the game."""
        if self._lab is not None:
            self._lab.close()

    @shows
    def begin(self) -> None:
        """A new lab: a server on the old host, activated; project sales is registered."""
        self._anew()

    def _anew(self) -> None:
        self.close()
        self._lab = Lab(engine="inline")
        ready.registered(self._lab, "sales")
        self.old: Host = self._lab.host
        self.new: Host | None = None
        self.private_config: bytes | None = None
        self.steps, self.refusals, self.over = 0, 0, False
        self._start = len(self._lab.rows)
        self._began = self._lab.clock.now()
        self.follow()

    @shows
    def take(self, label: str, act: Callable[[], str]) -> str:
        """Take one step, whatever comes of it."""
        if self.over:
            raise ValueError(_("This game is over. Press Begin again for another one."))
        self.steps += 1
        try:
            said = act()
        except Refusal:
            self.refusals += 1
            raise
        self.say(style.note(f"{label}: {said}"))
        return said

    @shows
    def end(self) -> str:
        """What the users see; if they are content, what it cost."""
        missing = users_see("sales")(self.lab)
        if missing:
            self.say(style.note(missing, kind="warn"))
            return missing
        if self.new is None or self.lab.projects[0].nodes[0].address != self.new.server().address:
            said = _("The users are content, but sales still uses the old server. Nothing has moved.")
            self.say(style.note(said, kind="warn"))
            return said
        self.over = True
        outage = self.outage()
        pairs = (
            (_("Time it took"), duration(self.lab.clock.now() - self._began)),
            (_("Sales showed a failed registration for"), duration(outage) if outage else _("no time at all")),
            (_("Steps"), _("{count}; seven are needed").format(count=self.steps)),
            (_("Steps that were refused"), str(self.refusals)),
            (_("Left behind"), _("the old server still runs") if self.old.servers() else _("nothing")),
        )
        good = not self.refusals and self.steps <= 7 and outage < FINEBI_6_0_5.down_time_limit
        head = style.note(_("The migration is done."), Clause.NEW_ARCHIVE, "good" if good else "warn")
        self.say(head + style.facts(pairs))
        return _("The migration is done.")

    def outage(self) -> timedelta:
        """How long the Registration page of sales showed something else than registered."""
        total, since = timedelta(0), None
        for line in (each.line for each in self.lab.rows[self._start :] if each.party == "sales"):
            if line.after in set(Registration):
                if since is not None:
                    total += line.at - since
                since = None if line.after == Registration.REGISTERED else line.at
        return total + (self.lab.clock.now() - since if since is not None else timedelta(0))

    def draw(self) -> None:
        """What everybody sees; which step comes next is the reader's to find."""
        sales = self.lab.projects[0]
        pairs = (
            (_("Virtual time gone"), duration(self.lab.clock.now() - self._began)),
            (_("The Registration page of sales"), _(sales.registration)),
            (_("Old server"), _("running") if self.old.servers() else _("stopped")),
            (_("New server"), _("running") if self.new is not None and self.new.servers() else _("not there")),
            (PRIVATE_CONFIG, _("copied") if self.private_config else _("not copied")),
        )
        self._shown.value = style.block(style.facts(pairs), role="status")

    # -- the steps

    def _pass(self, span: timedelta) -> None:
        self.lab.clock.advance(seconds=span.total_seconds())

    def _ask(self) -> str:
        address = self.old.server().address
        reply = self.lab.desk.receive(self.lab.customer.migration(address))
        self._pass(MAIL)
        if not reply.accepted:
            raise reply.refusals[0]
        return _("The desk replies after {span}: the authorization is destroyed.").format(span=duration(MAIL))

    def _stop(self) -> str:
        name = self.old.container()
        self.old.docker(f"stop {name}")
        self._pass(WORK)
        return _("The old server is stopped.")

    def _copy(self) -> str:
        self.private_config = (self.old.path(CONFIG) / PRIVATE_CONFIG).read_bytes()
        self._pass(WORK)
        if self.old.servers():
            return _("Copied from a server that still runs. FanRuan's page asks for the shutdown first.")
        return _("Copied.")

    def _request(self) -> str:
        reply = self.lab.desk.receive(self.lab.customer.request(3, private_config=self.private_config))
        self._pass(MAIL)
        if not reply.accepted:
            raise reply.refusals[0]
        return _("The desk replies after {span}, with {archive}.").format(span=duration(MAIL), archive=ARCHIVE)

    def _run_new(self) -> str:
        if self.new is None:
            self.new = self.lab.new_host(NEW_HOST)
        self.lab.host = self.new
        done = [self.new.docker(f"load -i {ARCHIVE}"), self.new.docker(run_line(port=FIXED.replace("50123", "50124")))]
        self._pass(WORK)
        failed = next((each.stderr.strip() for each in done if each.status), "")
        if failed:
            raise ValueError(failed)
        return _("A server runs on the new host.")

    def _scan(self) -> str:
        page = self._new().server()
        page.submit(self.lab.phone.scan(page.qr() or page.refresh()))
        self._pass(WORK)
        return _("The new server is activated.")

    def _register(self) -> str:
        self.lab.projects[0].register(self._new().server().address)
        self._pass(WORK)
        return _("Sales is registered with the new server.")

    def _restart_old(self) -> str:
        self.old.docker(f"restart {self.old.container()}")
        self._pass(WORK)
        return _("The old server was restarted.")

    def _start_old(self) -> str:
        rows = self.old.look("ps -a").splitlines()[1:]
        self.old.docker(f"start {rows[-1].split()[0]}")
        self._pass(WORK)
        return _("The old server runs again.")

    def _new(self) -> Host:
        if self.new is None:
            raise ValueError(_("There is no server on the new host yet."))
        return self.new
