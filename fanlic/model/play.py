"""A play: events, one after the other, and the world after each of them, as the rules give it.

A play begins when a server has started for the first time; its license has one seat. `Event` is the alphabet: what
people do, and four spans of time. `ways.py` searches plays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from fanlic.model import project, registration, server
from fanlic.model.activation import Challenge, CodeEntryState
from fanlic.model.policy import Policy
from fanlic.model.project import Node
from fanlic.model.refusals import N_, CannotConnect, Phrase, Refusal
from fanlic.model.registration import Facts, License, Request, Seat
from fanlic.model.server import Server


class Event(StrEnum):
    """What can happen next in a play."""

    QR = N_("make a new QR code and scan it")
    ENTER = N_("enter the six digits of the last scan")
    WRONG = N_("enter six wrong digits")
    SHORT = N_("enter five digits")
    STOP = N_("stop the server")
    START = N_("start the server again")
    SALES = N_("register sales")
    STOCK = N_("register stock")
    UNBIND = N_("unbind sales")
    VERSION = N_("register a project of another version")
    DOMAIN = N_("register a project of another domain")
    APP_NAME = N_("register a project of another app name")
    LOCK_TIME = N_("let {lock} pass")
    POLL_TIME = N_("let {poll_period} pass")
    DOWN_TIME = N_("let {down_time_limit} pass")
    LICENSE_TIME = N_("let time pass until the license ends")


SERVER_EVENTS = (  # code entry and activation ask no project
    *(Event.QR, Event.ENTER, Event.WRONG, Event.SHORT, Event.STOP, Event.START),
    *(Event.LOCK_TIME, Event.POLL_TIME, Event.DOWN_TIME, Event.LICENSE_TIME),
)
ASIDE = {  # projects that the license does not cover, by the event that registers them: what they say of themselves
    Event.VERSION: {"version": "7.0"},
    Event.DOMAIN: {"domain": "other.example"},
    Event.APP_NAME: {"app_name": "other"},
}
DIALOG = frozenset({Event.SALES, Event.STOCK, Event.UNBIND, *ASIDE})  # FineBI asks the server
SALES, STOCK = "sales", "stock"
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
TERMS = License(
    *("license", "company", "project", "FineBI", "6.0.5", "6.0.5"),
    expires=_BEGIN + timedelta(days=365),
    seats=1,
    domains=("bi.acme.example",),
    app_names=("webroot",),
)
FACTS = {"product": "FineBI", "version": "6.0.5", "domain": "bi.acme.example", "app_name": "webroot"}


@dataclass(frozen=True)
class PlayWorld:
    """One server, the seats it gave, two projects of one node each, and what was refused last."""

    now: datetime
    server: Server
    running: bool = True
    scans: int = 0
    seats: tuple[Seat, ...] = ()
    nodes: tuple[Node, ...] = (Node(SALES), Node(STOCK))
    asked: frozenset[str] = frozenset()  # the projects that have saved the server's address
    last: Refusal | None = None
    in_dialog: bool = False  # whether FineBI asked last, and not somebody on the QR code page

    def node(self, name: str) -> Node:
        """The node of this project."""
        return next(each for each in self.nodes if each.node == name)

    @property
    def held(self) -> dict[str, Seat]:
        """The seats that count, by node."""
        return {seat.node: seat for seat in self.seats if seat.epoch == self.server.epoch}

    @property
    def facts(self) -> Facts:
        """What the rules may know of the seats."""
        return Facts(len(self.held), min((seat.ends_at for seat in self.held.values()), default=None))


def begin() -> PlayWorld:
    """The world in which every play begins."""
    return PlayWorld(_BEGIN, server.first_start(_BEGIN))


def after(world: PlayWorld, event: Event, policy: Policy) -> PlayWorld | None:
    """The world after this event; None if the event cannot happen now."""
    world = replace(world, last=None, in_dialog=event in DIALOG)
    if event in (Event.LOCK_TIME, Event.POLL_TIME, Event.DOWN_TIME, Event.LICENSE_TIME):
        return _later(world, event, policy)
    if event is Event.STOP:
        return replace(world, running=False) if world.running else None
    if event is Event.START:
        return None if world.running else _started(world, policy)
    if event in (Event.SALES, Event.STOCK, *ASIDE):
        return _register(world, event, policy)
    if event is Event.UNBIND:
        return _unbind(world) if SALES in world.asked else None
    return _code(world, event, policy) if world.running else None


# -- the events


def _later(world: PlayWorld, event: Event, policy: Policy) -> PlayWorld | None:
    spans = {Event.LOCK_TIME: policy.lock, Event.POLL_TIME: policy.poll_period, Event.DOWN_TIME: policy.down_time_limit}
    until = world.now + spans[event] if event in spans else TERMS.expires
    if until <= world.now:
        return None
    if event is Event.LICENSE_TIME and any(project.polls(node) for node in world.nodes):
        return None  # a year of polls; the end of the license looks the same without a project
    while world.now < until:
        dues = [node.next_poll_at for node in world.nodes if node.next_poll_at is not None]
        if world.running and (due := server.next_change(world.server, TERMS, world.facts, policy)) is not None:
            dues.append(due)
        at = min((due for due in dues if due > world.now), default=until)
        world = _at(world, min(at, until), policy)
    return world


def _at(world: PlayWorld, at: datetime, policy: Policy) -> PlayWorld:
    """Everybody settles at this instant, the server first."""
    world = replace(world, now=at)
    if world.running:
        world = _settled(replace(world, server=server.ran(world.server, at)), policy)
    for node in world.nodes:
        if node.next_poll_at is not None and node.next_poll_at <= at:
            world = _poll(world, node, policy)
    return world


def _settled(world: PlayWorld, policy: Policy) -> PlayWorld:
    settled = server.settle(world.server, TERMS, world.facts, world.now, policy)
    kept = tuple(seat for seat in world.seats if not settled.end_silent or seat.ends_at > settled.now)
    return replace(world, server=settled.server, seats=kept)


def _started(world: PlayWorld, policy: Policy) -> PlayWorld:
    settled = server.start(world.server, TERMS, world.facts, world.now, policy)
    return replace(world, running=True, server=settled.server)


def _poll(world: PlayWorld, node: Node, policy: Policy) -> PlayWorld:
    refusal: Refusal | None = _unreachable()
    if world.running:
        here, request = world.server, _request(node.node, seat=node.seat)
        fresh = registration.new_seat(request, node.seat, here.epoch, world.now, policy)
        kept, checks = registration.poll(
            here.authorization, TERMS, world.held.get(node.node), request, fresh, here.latest
        )
        refusal = checks[-1].refusal
        world = _keep(world, node.node, kept)
    heard = project.heard(node, world.now, policy) if refusal is None else None
    return _noted(world, heard or project.missed(node, refusal or _unreachable(), world.now, policy))


def _register(world: PlayWorld, event: Event, policy: Policy) -> PlayWorld | None:
    name = {Event.SALES: SALES, Event.STOCK: STOCK}.get(event, event.name)
    if not world.running:
        return replace(world, last=_unreachable())
    world = _settled(world, policy)
    here, request = world.server, _request(name, **ASIDE.get(event, {}))
    fresh = registration.new_seat(request, f"seat {world.now}", here.epoch, world.now, policy)
    held = world.held.get(name)
    kept, checks = registration.register(here.authorization, TERMS, held, world.facts, request, fresh, here.latest)
    if (refusal := checks[-1].refusal) is not None or kept is None:
        return replace(world, last=refusal)
    world = replace(world, asked=world.asked | {name})
    node = project.granted(world.node(name), kept.seat, "server", world.now, policy)
    return _noted(_keep(world, name, kept), node)


def _unbind(world: PlayWorld) -> PlayWorld:
    if not world.running:
        return replace(world, last=_unreachable())
    node = world.node(SALES)
    refusal = registration.unbind(world.held.get(SALES), _request(SALES, seat=node.seat or "0"))
    if refusal is not None:
        return replace(world, last=refusal)
    return _noted(_keep(world, SALES, None), project.unbound(node))


def _code(world: PlayWorld, event: Event, policy: Policy) -> PlayWorld | None:
    """What somebody does on the QR code page."""
    world = _settled(world, policy)
    here, entry = world.server, world.server.code_entry
    if event is Event.QR:
        made = Challenge(str(world.scans + 1), world.now)
        if entry.state is CodeEntryState.EMPTY:
            shown, refusal = server.show_qr(here, made, policy), None
        else:
            shown, refusal = server.refresh_qr(here, TERMS, made, policy)
        return replace(world, server=shown, scans=world.scans + (refusal is None), last=refusal)
    if event is Event.ENTER and world.scans == 0:
        return None
    typed = {Event.ENTER: _digits(world.scans), Event.SHORT: "00000"}
    expected = None if entry.challenge is None else _digits(int(entry.challenge.nonce))
    superseded = tuple(_digits(int(each.nonce)) for each in entry.superseded)
    now = max(world.now, here.alive_at)
    judged, refusal = server.submit_code(here, TERMS, typed.get(event, _digits(0)), expected, now, policy, superseded)
    return replace(world, server=judged, last=refusal)


def _digits(scan: int) -> str:
    return f"{scan:06d}"


def _unreachable() -> Refusal:
    return CannotConnect("server", Phrase(N_("docker ps shows no running container")))


def _request(node: str, seat: str = "", **told: str) -> Request:
    facts = FACTS | told
    return Request(
        node,
        registration.hash_key(node),
        facts["product"],
        facts["version"],
        "127.0.0.1",
        facts["domain"],
        facts["app_name"],
        seat,
    )


def _keep(world: PlayWorld, node: str, seat: Seat | None) -> PlayWorld:
    others = tuple(each for each in world.seats if each.node != node)
    return replace(world, seats=others if seat is None else (*others, seat))


def _noted(world: PlayWorld, node: Node) -> PlayWorld:
    return replace(world, nodes=tuple(node if each.node == node.node else each for each in world.nodes))
