"""A scene: where every party stands at one instant, and the messages that went between them last.

It is read off the rows of the timeline and off nothing else. So the same function tells the present and the past: give
it the first rows only, and it tells how things stood then. `fanlic.lab.scene_svg.draw` makes a picture of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from fanlic.lab.timeline import Row
from fanlic.model.activation import CodeEntryState
from fanlic.model.outage import Standing
from fanlic.model.policy import FINEBI_6_0_5, Policy, Restart
from fanlic.model.project import Registration
from fanlic.model.refusals import N_
from fanlic.ports import JournalLine
from fanlic.texts import _

CUSTOMER, DESK, PHONE, HOST, SERVER, PROJECT = "customer", "desk", "phone", "host", "server", "project"
GOOD, BAD, INFO = "good", "bad", "info"
TOLD = (  # the events that a message tells, named here so that they are translated
    *(N_("mail sent"), N_("mail refused"), N_("license issued"), N_("license sent again")),
    *(N_("authorization destroyed"), N_("scan approved"), N_("scan refused"), N_("QR code made")),
    *(N_("activated"), N_("code refused"), N_("registered"), N_("registration failed"), N_("registration healed")),
    *(N_("registration lapsed"), N_("poll answered"), N_("poll missed"), N_("unbound"), N_("unbinding failed")),
)
MESSAGES = 3  # ours: so many of the last messages are in a scene


@dataclass(frozen=True)
class Due:
    """The next instant at which time alone changes something for a party, and what."""

    at: datetime
    what: str


@dataclass(frozen=True)
class SeenServer:
    """An authorization server and the host on which it runs."""

    name: str
    host: str
    running: bool = True
    standing: Standing = Standing.NEVER
    code_entry: CodeEntryState = CodeEntryState.EMPTY
    code_entry_at: datetime | None = None
    stopped_at: datetime | None = None
    holders: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SeenNode:
    """A node of a project: what its Registration page shows, and the server that it asks."""

    name: str
    registration: Registration = Registration.NONE
    misses: int = 0
    asked_at: datetime | None = None
    server: str = ""


@dataclass(frozen=True)
class SeenProject:
    """A project and its nodes."""

    name: str
    nodes: dict[str, SeenNode]
    running: bool = True
    connected: bool = True


@dataclass(frozen=True)
class Message:
    """One message from one party to another: `source` and `target` are names of parties in the scene."""

    at: datetime
    source: str
    target: str
    text: str
    kind: str = INFO
    arrives: bool = True


@dataclass
class Scene:
    """Where every party stands, and the last messages, the newest one last."""

    at: datetime
    policy: Policy = FINEBI_6_0_5
    company: str = ""
    licenses: dict[str, str] = field(default_factory=dict)  # number -> issued, bound or destroyed
    hosts: dict[str, tuple[str, ...]] = field(default_factory=dict)  # name -> published ports, as P1, P2
    servers: dict[str, SeenServer] = field(default_factory=dict)
    projects: dict[str, SeenProject] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    phone_code: bool = False  # whether the phone shows six digits that nobody has entered yet

    def due(self, server: SeenServer) -> Due | None:
        """What time alone changes next at this server."""
        policy, entry, at = self.policy, server.code_entry, server.code_entry_at
        if not server.running:
            rides = policy.restart is Restart.RIDE_OUT and server.standing is Standing.IN_FORCE
            ends = server.stopped_at + policy.down_time_limit if rides and server.stopped_at else None
            return Due(ends, _("the activation lapses")) if ends and ends > self.at else None
        if at is not None and entry is CodeEntryState.OPEN:
            return Due(at + policy.qr_life, _("the QR code ends"))
        if at is not None and entry is CodeEntryState.LOCKED:
            return Due(at + policy.lock, _("the lock ends"))
        return None

    def polls_at(self, node: SeenNode) -> Due | None:
        """When this node asks its server next."""
        if node.registration not in (Registration.REGISTERED, Registration.FAILING) or node.asked_at is None:
            return None
        return Due(node.asked_at + self.policy.poll_period, _("the next poll"))

    def ends_at(self, node: SeenNode) -> Due | None:
        """When the registration of this node ends if nobody answers it any more; only told once a poll was missed."""
        if node.registration is not Registration.FAILING or node.asked_at is None:
            return None
        left = self.policy.misses_allowed - node.misses
        return Due(node.asked_at + left * self.policy.poll_period, _("the registration ends"))


def scene(rows: Sequence[Row], now: datetime, policy: Policy = FINEBI_6_0_5, projects: Iterable[str] = ()) -> Scene:
    """The scene after these rows. `projects`: the names of the projects, also of those that have done nothing yet."""
    made = Scene(now, policy, projects={name: SeenProject(name, {}) for name in projects})
    for row in rows:
        _READERS.get(_kind(made, row.party), _of_host)(made, row.party, row.line)
    made.messages = made.messages[-MESSAGES:]
    return made


def _kind(made: Scene, party: str) -> str:
    if party in (CUSTOMER, DESK):
        return party
    if party in made.projects:
        return PROJECT
    return SERVER if party.startswith(SERVER) else HOST


def _say(made: Scene, line: JournalLine, source: str, target: str, kind: str = INFO, *, arrives: bool = True) -> None:
    # `poll missed` is told as the project notes it: the message left, and no answer came.
    reason = f": {line.reason}" if line.reason else ""
    made.messages.append(Message(line.at, source, target, _(line.event) + reason, kind, arrives))


def _of_customer(made: Scene, party: str, line: JournalLine) -> None:
    _say(made, line, party, DESK)


def _of_desk(made: Scene, _party: str, line: JournalLine) -> None:
    if line.event == N_("contract signed"):
        made.company = line.subject
    elif line.event == "license issued":
        made.licenses[line.subject] = "issued"
        _say(made, line, DESK, CUSTOMER, GOOD)
    elif line.event == "authorization destroyed":
        made.licenses[line.subject] = "destroyed"
        _say(made, line, DESK, CUSTOMER)
    elif line.event in ("scan approved", "scan refused"):
        approved = line.event == "scan approved"
        if approved:
            made.licenses[line.subject] = "bound"
        made.phone_code = approved
        _say(made, line, DESK, PHONE, GOOD if approved else BAD)
    else:
        _say(made, line, DESK, CUSTOMER, BAD if "refused" in line.event else INFO)


def _of_host(made: Scene, party: str, line: JournalLine) -> None:
    """A docker command, or the machine itself; `after` has the ports that are published then."""
    ports = tuple(each for each in line.after.split(", ") if each)
    made.hosts.pop(party, None)  # the host that acted last is the last one: a server that starts now runs on it
    made.hosts[party] = ports
    words = line.subject.split(" ")
    text = f"docker {words[0]}" if line.event == "docker" and not line.subject.startswith("(") else line.subject
    kind = BAD if line.reason else INFO
    made.messages.append(Message(line.at, CUSTOMER, party, text + (f": {line.reason}" if line.reason else ""), kind))
    running = [each for each in made.servers.values() if each.host == party and each.running]
    for gone in running[: max(0, len(running) - len(ports))]:  # killed: it had no time to note its stop
        made.servers[gone.name] = replace(gone, running=False, stopped_at=line.at)


def _of_server(made: Scene, party: str, line: JournalLine) -> None:
    server = made.servers.get(party) or SeenServer(party, next(reversed(made.hosts), HOST))
    if line.event in ("first start", "start"):
        made.hosts.setdefault(server.host, ())
        host = next(reversed(made.hosts), HOST) if line.event == "start" else server.host
        server = replace(server, running=True, stopped_at=None, host=host)
    elif line.event == "stop":
        server = replace(server, running=False, stopped_at=line.at)
    elif line.event in ("activated", "code refused"):
        made.phone_code = False
        _say(made, line, CUSTOMER, party, GOOD if line.event == "activated" else BAD)
    elif line.event == "QR code made":
        _say(made, line, party, PHONE)
    if line.event == "activated":
        server = replace(server, standing=Standing.IN_FORCE)
    elif line.after in set(Standing):
        server = replace(server, standing=Standing(line.after))
    if line.after in set(CodeEntryState) and (line.after != line.before or line.event == "QR code made"):
        server = replace(server, code_entry=CodeEntryState(line.after), code_entry_at=line.at)
    held = holders_after(server.holders, line, ends=made.policy.lapse_ends_seats)
    made.servers[party] = replace(server, holders=held)


def holders_after(held: frozenset[str], line: JournalLine, *, ends: bool) -> frozenset[str]:
    """Who holds a seat after this line of a server's journal; `ends`: a lapse ends all of them, in this edition."""
    if line.event == "registered":
        return held | {line.subject}
    if line.event in ("unbound", "seat ended"):
        return held - {line.subject}
    over = line.event in ("clock set back", "license") or (line.after == Standing.LAPSED and ends)
    return frozenset() if over else held


def _of_project(made: Scene, party: str, line: JournalLine) -> None:
    project = made.projects[party]
    flags: dict[str, dict[str, bool]] = {
        "project stopped": {"running": False},
        "project started": {"running": True},
        "network cut": {"connected": False},
        "network mended": {"connected": True},
    }
    project = replace(project, **flags.get(line.event, {}))  # type: ignore[arg-type]  # the flags only
    if line.after in set(Registration):
        project = _heard(made, project, line)
    made.projects[party] = project


def _heard(made: Scene, project: SeenProject, line: JournalLine) -> SeenProject:
    """A node asked a server, or tried to."""
    node = project.nodes.get(line.subject) or SeenNode(line.subject)
    good = line.event in ("registered", "poll answered", "registration healed", "unbound")
    misses = 0 if good else node.misses + (line.event in ("poll missed", "registration lapsed"))
    server = _asked(made, node)
    after = Registration(line.after)
    asked = line.at if "poll" in line.event or line.event.startswith("registration") or good else node.asked_at
    if line.event == "registration failed":  # the dialog's try moves no poll
        asked = node.asked_at
    node = SeenNode(node.name, after, misses, asked, server)
    if server:
        _say(made, line, project.name, server, GOOD if good else BAD, arrives=line.reason != "cannot-connect")
    return replace(project, nodes=project.nodes | {node.name: node})


def _asked(made: Scene, node: SeenNode) -> str:
    """The server that holds a seat for the node, or the one that it asked before, or the latest."""
    holding = [each.name for each in made.servers.values() if node.name in each.holders]
    running = [each.name for each in made.servers.values() if each.running]
    return next(iter((*reversed(holding), node.server, *reversed(running), *reversed(list(made.servers)))), "")


_READERS = {CUSTOMER: _of_customer, DESK: _of_desk, SERVER: _of_server, PROJECT: _of_project}
