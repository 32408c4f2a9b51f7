"""The calls of the projects, and of whoever submits the code by program: what the page does, as JSON."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from flask import Blueprint, Response, jsonify

from fanlic.model.approval import fingerprint
from fanlic.model.outage import Standing
from fanlic.model.policy import Policy, as_words, changed
from fanlic.service import AuthorizationService, Grant, Status
from fanlic.web import headers, reading


def blueprint(service: AuthorizationService, *, lab: bool) -> Blueprint:
    """The routes of the calls."""
    calls = _Calls(service, lab=lab)
    routes = Blueprint("calls", __name__, url_prefix="/license/v1")
    routes.get("/challenge")(calls.challenge)
    routes.post("/challenge")(calls.refresh)
    routes.post("/activation")(calls.activate)
    routes.put("/registrations/<node>")(calls.register)
    routes.post("/registrations/<node>/poll")(calls.poll)
    routes.delete("/registrations/<node>")(calls.unbind)
    routes.get("/status")(calls.status)
    return routes


class _Calls:
    """The same as JSON, and FineBI Server Verification Authorization."""

    def __init__(self, service: AuthorizationService, *, lab: bool) -> None:
        self._service = service
        self._lab = lab

    def challenge(self) -> Response:
        text = self._service.qr(reading.address())
        status = self._service.status()
        left = seconds(status.qr_until, status.now)
        return jsonify(text=text, state=status.code_entry, valid_until=iso(status.qr_until), seconds_left=left)

    def refresh(self) -> Response:
        reading.json_fields()
        reading.address()  # looked at first, so that a wrong one changes nothing
        self._service.refresh()
        return self.challenge()

    def activate(self) -> Response:
        self._service.submit(reading.json_fields("code")["code"])
        status = self._service.status()
        return jsonify(activation=status.activation, since=iso(status.since))

    def register(self, node: str) -> Response:
        data = reading.json_fields(*reading.REGISTER)
        return jsonify(granted(self._service.register(reading.node_request(node, data), data["nonce"])))

    def poll(self, node: str) -> Response:
        data = reading.json_fields(*reading.POLL)
        return jsonify(granted(self._service.poll(reading.node_request(node, data), data["nonce"])))

    def unbind(self, node: str) -> Response:
        data = reading.json_fields(*reading.UNBIND)
        return jsonify(release=self._service.unbind(reading.node_request(node, data), data["nonce"]))

    def status(self) -> Response:
        return jsonify(_told(self._service.status(), self._service.policy, lab=self._lab))


def granted(grant: Grant) -> dict[str, Any]:
    """The answer to a registration or a poll; the names in the order of the alphabet."""
    return {
        "lease": grant.lease,
        "license": grant.license,
        "next_poll_at": iso(grant.next_poll_at),
        "seat": grant.seat,
        "seats": grant.seats,
        "server": grant.server,
    }


def _told(status: Status, policy: Policy, *, lab: bool) -> dict[str, Any]:
    def deadline(at: datetime | None) -> dict[str, Any]:
        return {"at": iso(at), "seconds_left": seconds(at, status.now)}

    return {
        "software": f"fanlic {headers.LABEL}",
        "profile": "lab" if lab else "strict",
        "now": iso(status.now),
        "edition": status.edition,
        "policy": as_words(policy),
        "policy_changed": list(changed(policy)),
        "server": status.identity,
        "fingerprint": fingerprint(status.identity),
        "license": status.license,
        "vendor_fingerprint": fingerprint(status.vendor),
        "company": status.company,
        "project": status.project,
        "activation": status.activation,
        "since": iso(status.since),
        "cause": status.cause,
        "code_entry": status.code_entry,
        "tries_left": status.tries_left,
        "seats": status.seats,
        "seats_taken": status.seats_taken,
        "license_over": status.license_over,
        "clock_alarm_at": iso(status.clock_alarm_at),
        "deadlines": {
            "qr": deadline(status.qr_until),
            "lock": deadline(status.locked_until),
            "license": deadline(status.license_expires),
            "next": deadline(status.next_deadline),
        },
        "mark": mark(status),
    }


def state(status: Status) -> str:
    """What the page is about: the license's end, the activation, or else where code entry stands."""
    if status.license_over:
        return "expired"
    return "activated" if status.activation is Standing.IN_FORCE else status.code_entry.name.lower()


def mark(status: Status) -> str:
    """Changes whenever the page would look different."""
    times = (status.since, status.qr_until, status.locked_until, status.clock_alarm_at)
    return " ".join((state(status), *("-" if at is None else at.strftime("%Y%m%dT%H%M%S.%f") for at in times)))


def iso(at: datetime | None) -> str | None:
    """An instant as JSON has it."""
    return None if at is None else at.isoformat()


def seconds(at: datetime | None, now: datetime) -> int | None:
    """Whole seconds until then, begun ones counted."""
    return None if at is None else max(0, ceil((at - now) / timedelta(seconds=1)))
