"""FineBI Server Verification Authorization, and Failed Registration: what the server checks, and in which order.

The order is fixed, so that one cause always gives one code; the page gives the codes, the order is ours. Unreadable
data (10000) and a wrong parameter (10001) are found before the rules are asked. Then come: never activated (no code),
lapsed (30002), license expired (30000), version (30001), IP address (30003), domain (30004), app name (30005), seats
(30007). An empty list of networks, domains or app names allows any.

A seat is one node that polls (A15). If a node registers again with the same node key, it is a retry: only the time
changes.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network

from fanlic.model import outage
from fanlic.model.outage import Authorization, Standing
from fanlic.model.policy import Policy
from fanlic.model.refusals import (
    N_,
    AddressOutside,
    AppNameOutside,
    AuthorizationLapsed,
    DomainOutside,
    LicenseExpired,
    NeverActivated,
    NodeKeyWrong,
    NothingToUnbind,
    Refusal,
    SeatEnded,
    SeatsTaken,
    VersionMismatch,
)


@dataclass(frozen=True)
class License:
    """What the desk granted; versions are inclusive bounds, empty tuples mean any."""

    license: str
    company: str
    project: str
    product: str
    first_version: str
    last_version: str
    expires: datetime
    seats: int
    networks: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    app_names: tuple[str, ...] = ()
    desk: str = ""
    image_version: str = "1.0.0"
    engines: int = 0


@dataclass(frozen=True)
class Request:
    """What a node says of itself when it registers, polls or unbinds; `seat` is empty when it registers."""

    node: str
    key_hash: str
    product: str
    version: str
    address: str
    domain: str
    app_name: str
    seat: str = ""


@dataclass(frozen=True)
class Seat:
    """One node's seat. It counts only in the epoch in which it was given."""

    node: str
    seat: str
    key_hash: str
    epoch: int
    since: datetime
    heard_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Facts:
    """What a rule must know of all seats together; its size does not grow with them."""

    seats_taken: int
    earliest_seat_end: datetime | None


@dataclass(frozen=True)
class Check:
    """One check that was made: what was compared, and the refusal, if there was one."""

    what: str
    wanted: str
    got: str
    refusal: Refusal | None


def register(
    authorization: Authorization,
    terms: License,
    held: Seat | None,
    facts: Facts,
    request: Request,
    fresh: Seat,
    latest: datetime,
) -> tuple[Seat | None, tuple[Check, ...]]:
    """Give the node a seat. `held`: its present seat; `fresh`: the one to give. A refusal is in the last check."""
    checks = _until_refused(
        (
            *_server_checks(authorization, terms, latest),
            *_term_checks(terms, request),
            _seat_check(terms, held, facts, request),
        )
    )
    if checks[-1].refusal is not None:
        return held, checks
    return (fresh if held is None else _heard(held, fresh)), checks


def poll(
    authorization: Authorization, terms: License, held: Seat | None, request: Request, fresh: Seat, latest: datetime
) -> tuple[Seat | None, tuple[Check, ...]]:
    """Note that the node was heard. A poll never brings back a seat that has ended."""
    checks = _until_refused(
        (*_server_checks(authorization, terms, latest), *_term_checks(terms, request), _holder_check(held, request))
    )
    if checks[-1].refusal is not None or held is None:
        return held, checks
    return _heard(held, fresh), checks


def unbind(held: Seat | None, request: Request) -> Refusal | None:
    """Why the node's seat cannot be given back, or None. Without a seat there is nothing to unbind (20000)."""
    if held is None or held.seat != request.seat:  # clause: code-20000
        return NothingToUnbind(request.node)
    return None if hmac.compare_digest(held.key_hash, request.key_hash) else NodeKeyWrong(request.node)


def new_seat(request: Request, seat: str, epoch: int, now: datetime, policy: Policy) -> Seat:
    """The seat the node would have, heard at `now`."""
    return Seat(request.node, seat, request.key_hash, epoch, now, now, outage.seat_ends_at(now, policy))


def expired(terms: License, latest: datetime) -> bool:
    """Whether the license is over, judged by the latest instant ever seen."""
    return latest >= terms.expires  # clause: code-30000


def hash_key(node_key: str) -> str:
    """What is kept of a node's key: its SHA-256, in hex."""
    return hashlib.sha256(node_key.encode()).hexdigest()


def _until_refused(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    for count, check in enumerate(checks, 1):
        if check.refusal is not None:
            return checks[:count]
    return checks


def _server_checks(authorization: Authorization, terms: License, latest: datetime) -> Iterator[Check]:
    standing, since, cause = authorization.standing, authorization.since, authorization.cause
    made = standing is not Standing.NEVER
    yield _check("activation", "made once", standing, made, NeverActivated())
    in_force = standing is not Standing.LAPSED  # clause: code-30002
    yield _check("activation", N_("in force"), standing, in_force, AuthorizationLapsed(since or latest, cause or ""))
    wanted, got = f"before {terms.expires:%Y-%m-%d %H:%M}", f"{latest:%Y-%m-%d %H:%M}"
    yield _check("license", wanted, got, not expired(terms, latest), LicenseExpired(terms.expires))


def _term_checks(terms: License, request: Request) -> Iterator[Check]:
    licensed = f"{terms.product} {terms.first_version} to {terms.last_version}"
    offered = f"{request.product} {request.version}"
    covered = request.product == terms.product and _covers(terms, request.version)  # clause: code-30001
    yield _check("version", licensed, offered, covered, VersionMismatch(offered, licensed))
    inside = not terms.networks or in_networks(request.address, terms.networks)  # clause: code-30003
    outside = AddressOutside(request.address, terms.networks)
    yield _check("ip", ", ".join(terms.networks), request.address, inside, outside)
    domains = {plain_domain(domain) for domain in terms.domains}
    listed = not domains or plain_domain(request.domain) in domains  # clause: code-30004
    unlisted = DomainOutside(request.domain, terms.domains)
    yield _check("domain", ", ".join(terms.domains), request.domain, listed, unlisted)
    named = not terms.app_names or request.app_name in terms.app_names  # clause: code-30005
    unnamed = AppNameOutside(request.app_name, terms.app_names)
    yield _check("app name", ", ".join(terms.app_names), request.app_name, named, unnamed)


def _seat_check(terms: License, held: Seat | None, facts: Facts, request: Request) -> Check:
    if held is not None:
        return _key_check(held, request)
    free = facts.seats_taken < terms.seats  # clause: code-30007, maximum-connections
    return _check("seats", f"fewer than {terms.seats}", str(facts.seats_taken), free, SeatsTaken(terms.seats))


def _holder_check(held: Seat | None, request: Request) -> Check:
    if held is None or request.seat != held.seat:
        return Check("seat", "held", "ended", SeatEnded(request.node))
    return _key_check(held, request)


def _key_check(held: Seat, request: Request) -> Check:
    same = hmac.compare_digest(held.key_hash, request.key_hash)
    return _check("node key", "the same", "the same" if same else "another", same, NodeKeyWrong(request.node))


def _check(what: str, wanted: str, got: str, ok: bool, otherwise: Refusal) -> Check:
    return Check(what, wanted, got, None if ok else otherwise)


def _heard(held: Seat, fresh: Seat) -> Seat:
    return Seat(held.node, held.seat, held.key_hash, held.epoch, held.since, fresh.heard_at, fresh.ends_at)


def _covers(terms: License, version: str) -> bool:
    return numbers(terms.first_version) <= numbers(version) <= numbers(terms.last_version)


def numbers(version: str) -> tuple[int, ...]:
    """A dotted version as numbers, without trailing zeros: 6.0.10 is later than 6.0.5, and 6.0 is 6.0.0."""
    parts = [int(part) for part in version.split(".")]
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def in_networks(address: str, networks: tuple[str, ...]) -> bool:
    """Whether the address is in one of the networks; an IPv4 address mapped into IPv6 counts as IPv4."""
    ip = ip_address(address)
    plain = ip.ipv4_mapped or ip if isinstance(ip, IPv6Address) else ip
    return any(plain in ip_network(network) for network in networks)


def plain_domain(domain: str) -> str:
    """A domain name for comparing: lower case, without the root's dot, in its ASCII form."""
    return domain.rstrip(".").encode("idna").decode("ascii").lower() if domain else ""
