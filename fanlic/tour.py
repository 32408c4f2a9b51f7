"""The rulebook's story, told by `python -m fanlic.tour` with the standard library alone.

Every result comes from the real rules. The arguments of the rules are made up here: the time, the nonces and the six
digits. In a running system they come from the clock, the entropy source and the business desk.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from fanlic.model import authfile, container, migration, project, registration, server
from fanlic.model.activation import Challenge
from fanlic.model.authfile import Contract, Mail
from fanlic.model.clauses import Clause
from fanlic.model.migration import Action, MigrationStage
from fanlic.model.policy import FINEBI_6_0_5 as POLICY
from fanlic.model.refusals import N_, CannotConnect, Refusal
from fanlic.model.registration import Facts, License, Request, Seat
from fanlic.texts import Statement, _, basis, duration, fill, instant

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ADDRESS = "https://172.16.63.131:49155"
CONTRACT = Contract("li@example.com", "Example Ltd", "Sales", date(2026, 2, 20), seats=1)
TERMS = License("L-1", "Example Ltd", "Sales", "FineBI", "6.0.5", "6.0.99", BEGIN + timedelta(days=365), seats=1)
WRONG, RIGHT = "000000", "042042"


@dataclass
class World:
    """What the story changes: the time, the authorization server, the seat it gave, and the node that asked for it."""

    now: datetime
    box: server.Server
    seat: Seat | None = None
    node: project.Node = field(default_factory=lambda: project.Node("bi-1"))

    def held(self, node: str) -> Seat | None:
        """The node's seat; one of an earlier epoch has ended."""
        counts = self.seat is not None and self.seat.node == node and self.seat.epoch == self.box.epoch
        return self.seat if counts else None

    def facts(self) -> Facts:
        """What the server must know of all its seats; in this story there is at most one."""
        held = self.held("bi-1")
        return Facts(0, None) if held is None else Facts(1, held.ends_at)

    def wait(self, span: timedelta) -> None:
        """Let time pass while the server runs."""
        self.now += span
        self.box = server.settle(self.box, TERMS, self.facts(), self.now, POLICY).server

    def activation(self) -> str:
        """Where the server stands."""
        return _("activation: {state}").format(state=_(self.box.authorization.standing))

    def registration(self) -> str:
        """Where the node stands."""
        return _("registration of {node}: {state}").format(node=self.node.node, state=_(self.node.registration))

    def tell(self, what: str, outcome: Refusal | str, clause: Clause) -> None:
        """Print one step: when, what happens, the result, the clause and its basis; a refusal names its own clause."""
        said: Statement = clause
        if isinstance(outcome, Refusal):
            code, clause, said = f" {outcome.code:d}" if outcome.code else "", outcome.clause or clause, outcome
            outcome = _("refused{code}: {why}").format(code=code, why=fill(outcome.message, outcome.evidence))
        print(f"{instant(self.now)}  {what}")
        print(f"    {outcome}\n    " + _("clause {slug}, from {basis}").format(slug=clause.slug, basis=basis(said)))


def main() -> int:
    """Tell the story in the order of the page."""
    world = World(BEGIN, server.first_start(BEGIN))
    print(_("fanlic is training software, not made by FanRuan; nothing here is a FanRuan license."))
    print(_("Rules: {edition}. The time is made up.").format(edition=_(POLICY.title)))
    for title, chapter in CHAPTERS:
        print(f"\n== {_(title)} ==")
        chapter(world)
    return 0


def request(world: World) -> None:
    """One mail with three mistakes, and one without."""
    lines = {authfile.COMPANY: CONTRACT.company, authfile.SIGNED: "2026-02-20", authfile.HOW: authfile.METHOD}
    hasty = Mail("li@home.example", (authfile.BUSINESS,), "Registration", lines)
    for mistake in authfile.check(hasty, None, POLICY):
        world.tell(_("a mail written in haste arrives"), mistake, Clause.BODY)
    world.wait(HOUR)
    title = authfile.TITLE.format(company=CONTRACT.company)
    mail = Mail(CONTRACT.email, (authfile.BUSINESS,), title, lines | {authfile.PROJECT: CONTRACT.project})
    mistakes, seats = authfile.check(mail, CONTRACT, POLICY), authfile.grant(mail, CONTRACT, POLICY).seats
    result = _("mistakes: {mistakes}, seats granted: {seats}").format(mistakes=len(mistakes), seats=seats)
    world.tell(_("the second mail arrives"), result, Clause.ARCHIVE)


def mapping(world: World) -> None:
    """The four directories, and two names for a host directory."""
    world.wait(HOUR)
    for directory in container.DIRECTORIES:
        verdict = f"{_(directory.verdict)}: {_(directory.consequence)}"
        world.tell(_("is {path} to be mapped?").format(path=directory.path), verdict, directory.clause)
    for path in ("/D/William/lic/config", "/D/William/my license"):
        fit = _("yes") if container.plain_path(path) else _("no: a space or a special character")
        world.tell(_("is {path} fit to be mapped?").format(path=path), fit, Clause.PLAIN_PATH)


def six_digits(world: World) -> None:
    """Wrong codes to the lock, a right one during it, a late one, and one that counts."""
    world.box = server.show_qr(world.box, Challenge("a1" * 32, world.now), POLICY)
    world.tell(_("the QR code page is opened"), _(world.box.code_entry.state), Clause.QR_PAGE)
    for _try in range(POLICY.wrong_codes_allowed + 1):
        world.wait(MINUTE / 6)
        submit(world, WRONG)
    world.wait(MINUTE)
    submit(world, RIGHT)
    world.wait(POLICY.lock)
    submit(world, RIGHT)
    scan(world)


def scan(world: World) -> None:
    """A new QR code, and its code in time."""
    world.box, refusal = server.refresh_qr(world.box, TERMS, Challenge("b2" * 32, world.now), POLICY)
    world.tell(_("Refresh is pressed"), refusal or _(world.box.code_entry.state), Clause.REFRESH)
    world.wait(2 * MINUTE)
    submit(world, RIGHT)


def submit(world: World, typed: str) -> None:
    """Six digits are typed; RIGHT is what the phone showed."""
    world.box, refusal = server.submit_code(world.box, TERMS, typed, RIGHT, world.now, POLICY)
    world.tell(_("{code} is submitted").format(code=typed), refusal or world.activation(), Clause.SIX_DIGITS)


def registering(world: World) -> None:
    """One seat, two nodes."""
    world.wait(MINUTE)
    register(world, "bi-1")
    register(world, "bi-2")


def asking(world: World, node: str, seat: str = "") -> tuple[Request, Seat]:
    """What a node says of itself, and the seat it would have from now on."""
    key_hash = f"hash of the key of {node}"
    asked = Request(node, key_hash, "FineBI", "6.0.5", "172.16.63.140", "bi.example.com", "webroot", seat)
    return asked, registration.new_seat(asked, f"S-{world.box.epoch}", world.box.epoch, world.now, POLICY)


def register(world: World, node: str) -> None:
    """A node asks for a seat."""
    asked, fresh = asking(world, node)
    standing, latest = world.box.authorization, world.box.latest
    seat, checks = registration.register(standing, TERMS, world.held(node), world.facts(), asked, fresh, latest)
    if checks[-1].refusal is None and seat is not None:
        world.seat, world.node = seat, project.granted(world.node, seat.seat, "box-1", world.now, POLICY)
    granted = _("registered; maximum number of connections: {seats}").format(seats=TERMS.seats)
    world.tell(_("{node} registers").format(node=node), checks[-1].refusal or granted, Clause.CONNECTIONS)


def poll(world: World) -> None:
    """The node's next poll reaches the server."""
    world.wait((world.node.next_poll_at or world.now) - world.now)
    asked, fresh = asking(world, "bi-1", world.node.seat)
    standing, latest = world.box.authorization, world.box.latest
    world.seat, checks = registration.poll(standing, TERMS, world.held("bi-1"), asked, fresh, latest)
    refusal = checks[-1].refusal
    if refusal is None:
        world.node = project.heard(world.node, world.now, POLICY)
    else:
        world.node = project.missed(world.node, refusal, world.now, POLICY)
    world.tell(_("bi-1 polls"), refusal or world.registration(), Clause.HEALS)


def outage(world: World, span: timedelta) -> None:
    """The server goes down, the node polls in vain, the server starts again."""
    world.tell(_("the authorization server goes down"), world.registration(), Clause.NETWORK)
    back, missed = world.now + span, 0
    while (at := world.node.next_poll_at) is not None and at <= back:
        world.now, missed = at, missed + 1
        world.node = project.missed(world.node, CannotConnect(ADDRESS, "no answer"), at, POLICY)
    world.tell(_("polls missed in a row: {count}").format(count=missed), world.registration(), Clause.TWELVE_MISSES)
    world.now = back
    world.box = server.start(world.box, TERMS, world.facts(), world.now, POLICY).server
    again = _("the authorization server starts again, after {span}").format(span=duration(span))
    world.tell(again, world.activation(), Clause.DOWN_TIME)


def short_outage(world: World) -> None:
    """The registration is shown as failed, and heals at the next poll."""
    outage(world, 23 * HOUR)
    poll(world)


def long_outage(world: World) -> None:
    """The clocks of both sides run out: scan again, register again, load nothing."""
    outage(world, 25 * HOUR)
    register(world, "bi-1")
    scan(world)
    register(world, "bi-1")


def migrating(world: World) -> None:
    """The steps in the page's order, with two taken too early."""
    stage = MigrationStage.SERVING
    for action, clause in STEPS:
        world.wait(HOUR)
        stage, refusal = migration.take(stage, action)
        world.tell(_(action), refusal or _(stage), clause)


STEPS = (
    (Action.CLOSE, Clause.CLOSE_THEN_COPY),
    (Action.ASK, Clause.MIGRATE_ADDRESS),
    (Action.RESTART_OLD, Clause.NO_RESTART),
    (Action.REPLY, Clause.DESTROY),
    (Action.CLOSE, Clause.CLOSE_THEN_COPY),
    (Action.COPY, Clause.CLOSE_THEN_COPY),
    (Action.REQUEST, Clause.ATTACH),
    (Action.RECEIVE, Clause.NEW_ARCHIVE),
    (Action.REGISTER, Clause.NEW_ARCHIVE),
)
CHAPTERS = (
    (N_("Obtaining the Authorization File"), request),
    (N_("Starting the Authorization Server"), mapping),
    (N_("Submitting and Authentication"), six_digits),
    (N_("FineBI Server Verification Authorization"), registering),
    (N_("Notes: less than 24 hours down"), short_outage),
    (N_("Notes: more than 24 hours down"), long_outage),
    (N_("Authentication Migration"), migrating),
)

if __name__ == "__main__":
    sys.exit(main())
