"""The project server: FineBI's Registration dialog, and nodes that poll every two hours.

What the dialog and the list of failed checks show is what the page and its siblings tell of them; FineBI itself is not
here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from fanlic.model import project as rules
from fanlic.model.policy import Policy
from fanlic.model.project import FailedCheck, Node, Registration
from fanlic.model.refusals import (
    N_,
    AddressUnfit,
    CannotConnect,
    NotAdministrator,
    NotRegistered,
    OtherMethodChosen,
    Refusal,
    ServerChanged,
    StateWentBack,
)
from fanlic.ports import JournalLine, NodeFacts, Registered, Registrar
from fanlic.texts import fill

PRIVATE_CLOUD = N_("Private Cloud")
ANSWERED = "poll answered"


@dataclass(frozen=True)
class Success:
    """What the dialog shows after a successful registration; company and end are those of the license."""

    maximum_connections: int
    node: str
    company: str = ""
    expires: datetime | None = None


class ProjectNode:
    """One node of a project: its registration, its polls, its failed checks."""

    def __init__(self, facts: NodeFacts, registrar: Registrar, project: Project) -> None:
        self.facts = facts
        self.state = Node(facts.node)
        self.failed_checks: list[FailedCheck] = []
        self.running = True
        self.connected = True
        self.address = ""
        self._registrar = registrar
        self._project = project

    @property
    def registration(self) -> Registration:
        """What the Registration page shows."""
        return self.state.registration

    def register(self, address: str) -> Success:
        """Register this node; raises why not, after listing it."""
        now = self._project.now()
        try:
            got = self._way(check_address(address)).register(check_address(address), self.facts)
        except Refusal as refusal:
            self._list(refusal, now)
            self._note("registration failed", refusal, self.state)
            raise
        self.address = check_address(address)
        before = self.state
        self._compare(got, now)
        self.state = rules.granted(before, got.seat, got.server, now, self._project.policy)
        self.state = rules.remembers(self.state, got.memory)
        self._note("registered", None, before)
        return Success(got.seats, self.facts.node, got.terms.company, got.terms.expires)

    def poll(self) -> Registration:
        """Poll once; what the Registration page shows afterwards. Raises NotRegistered if the node has
        no registration.
        """
        if not rules.polls(self.state):
            raise NotRegistered(self.facts.node)
        now, before = self._project.now(), self.state
        try:
            got = self._way(self.address).poll(self.address, self.facts, before.seat, before.server)
        except Refusal as refusal:
            self._list(refusal, now)
            self.state = rules.missed(before, refusal, now, self._project.policy)
            lapsed = self.state.registration is Registration.LAPSED
            self._note("registration lapsed" if lapsed else "poll missed", refusal, before)
        else:
            self._compare(got, now)
            self.state = rules.remembers(rules.heard(before, now, self._project.policy), got.memory)
            healed = before.registration is Registration.FAILING
            self._note("registration healed" if healed else ANSWERED, None, before)
        return self.registration

    def unbind(self) -> None:
        """Give the seat back; raises why not (20000 if there is nothing to unbind)."""
        before = self.state
        try:
            # A node without a seat names a seat that nobody has. The server says whether there is something to unbind.
            self._way(self.address).unbind(self.address, self.facts.node, before.seat or "0")
        except Refusal as refusal:
            self._note("unbinding failed", refusal, before)
            raise
        self.state = rules.unbound(before)
        self._note("unbound", None, before)

    def settle(self, *, ran: bool = False) -> datetime | None:  # noqa: ARG002 - a node judges no gap
        """Poll where a poll is due; a node that is switched off does not."""
        due = self.state.next_poll_at
        if not self.running or due is None:
            return None
        if due <= self._project.now():
            self.poll()
        return self.state.next_poll_at

    def _compare(self, got: Registered, now: datetime) -> None:
        # Neither makes the answer worthless: a copy that was put back is a remedy, a new server follows a migration.
        if rules.server_changed(self.state, got.server):
            pinned, met = self.state.server[:16], got.server[:16]
            self._project.note(JournalLine(now, N_("server changed"), self.facts.node, "", pinned, met))
            self._list(ServerChanged(self.address, pinned, met), now)
        elif (told := self.state.memory) is not None and rules.went_back(self.state, got.server, got.memory):
            known, met = _past(told.starts, told.at), _past(got.memory.starts, got.memory.heard)
            self._project.note(JournalLine(now, N_("server went back"), self.facts.node, "", known, met))
            self._list(StateWentBack(self.address, known, met), now)

    def _way(self, address: str) -> Registrar:
        self._project.now()  # in a closed lab this says so
        if not self.connected:
            raise CannotConnect(address, N_("the network in between is cut"))
        return self._registrar

    def _list(self, refusal: Refusal, now: datetime) -> None:  # clause: details
        code = int(refusal.code) if refusal.code else None
        text = fill(refusal.message, refusal.evidence)
        self.failed_checks.append(FailedCheck(now, self.facts.node, code, refusal.reason, refusal.label, text))

    def _note(self, event: str, refusal: Refusal | None, before: Node) -> None:
        reason = "" if refusal is None else refusal.label
        line = JournalLine(
            self._project.now(), event, self.facts.node, reason, before.registration, self.state.registration
        )
        self._project.note(line)


class Project:
    """A FineBI project of one node or several. `now` gives the instant; `note` takes its lines of the timeline."""

    def __init__(
        self,
        name: str,
        nodes: int,
        facts: Callable[[str], NodeFacts],
        registrar: Callable[[str], Registrar],
        now: Callable[[], datetime],
        policy: Policy,
        note: Callable[[JournalLine], None],
    ) -> None:
        self.name = name
        self.policy = policy
        self.note = note
        self.now = now
        names = [name] if nodes == 1 else [f"{name}-{count}" for count in range(1, nodes + 1)]
        self.nodes = [ProjectNode(facts(node), registrar(node), self) for node in names]

    @property
    def registration(self) -> Registration:
        """What the Registration page shows: the worst of the nodes."""
        order = (Registration.LAPSED, Registration.NONE, Registration.FAILING, Registration.REGISTERED)
        shown = {node.registration for node in self.nodes}
        return next(state for state in order if state in shown)

    @property
    def failed_checks(self) -> list[FailedCheck]:
        """Every failed check with time and reason, each node's own, in order of time."""
        return sorted((check for node in self.nodes for check in node.failed_checks), key=lambda check: check.at)

    def register(self, address: str, *, user: str = "admin", method: str = PRIVATE_CLOUD) -> Success:
        """Manage > Registration > Register Now: every node registers; raises the first node's reason that fails."""
        if user != "admin":  # clause: register-as-admin
            raise NotAdministrator(user)
        if method != PRIVATE_CLOUD:  # clause: private-cloud
            raise OtherMethodChosen(method)
        done: list[Success] = []
        first: Refusal | None = None
        for node in self.nodes:
            try:
                done.append(node.register(address))
            except Refusal as refusal:
                first = first or refusal
        if first is not None:
            raise first
        return done[0]  # clause: maximum-connections

    def unbind(self) -> None:
        """Give every node's seat back."""
        for node in self.nodes:
            node.unbind()

    def configure(self, **facts: str) -> None:
        """Change what the project's nodes say of themselves: version, domain, app_name, or node for a single one."""
        for node in self.nodes:
            node.facts = replace(node.facts, **facts)
        self.note(JournalLine(self.now(), "project configured", self.name, after=", ".join(facts.values())))

    def switch_off(self) -> None:
        """Stop the project's servers: nothing polls."""
        self._run(running=False)

    def switch_on(self) -> None:
        """Start them again; an overdue poll is made at once. No scan is needed (the page asks for none)."""
        self._run(running=True)
        for node in self.nodes:
            node.settle()

    def cut_network(self) -> None:
        """Cut the network between the project and the authorization server; both run on."""
        self._connect(connected=False)

    def mend_network(self) -> None:
        """Mend it again; the next poll gets through."""
        self._connect(connected=True)

    def _connect(self, *, connected: bool) -> None:
        for node in self.nodes:
            node.connected = connected
        self.note(JournalLine(self.now(), N_("network mended") if connected else "network cut", self.name))

    def _run(self, *, running: bool) -> None:
        for node in self.nodes:
            node.running = running
        self.note(JournalLine(self.now(), N_("project started") if running else N_("project stopped"), self.name))


def _past(starts: int, answered: datetime | None) -> str:
    return f"start {starts}, answer {answered:%Y-%m-%d %H:%M:%S}" if answered else f"start {starts}"


def check_address(address: str) -> str:
    """The address as the dialog wants it, https://host:port; raises AddressUnfit."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError as problem:
        raise AddressUnfit(address, str(problem)) from problem
    if parts.scheme != "https":
        raise AddressUnfit(address, N_("it does not begin with https://"))
    if not parts.hostname or port is None:
        raise AddressUnfit(address, N_("host or port is missing"))
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise AddressUnfit(address, N_("there is more than host and port in it"))
    return f"https://{parts.netloc}"
