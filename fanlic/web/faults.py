"""Aimed faults for a lab: latency, a dropped connection, a wrong clock, a 5xx, a truncated body.

Off by default, and nothing of it exists in the strict profile: `install` is called for a lab only. A fault is aimed
by client (the node's name), endpoint, n-th call and time window, and may strike a seeded share of the calls it fits.
What it does is labelled in the header X-Fanlic-Fault and said in the log. It ends when it is cleared or when the server
stops.

A web application can neither hang up nor keep an inline lab waiting, so two kinds are what their client makes of them:
a dropped connection is an empty 502, and a latency as long as the client's patience an empty 504. A shorter one delays
a server that has threads, by two seconds at most. A wrong clock is the one that callers see, in Date; no rule follows
it.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from flask import Blueprint, Flask, Response, g, jsonify, request
from werkzeug.http import http_date

from fanlic.model.refusals import N_, DataUnreadable, ParameterWrong
from fanlic.service import AuthorizationService

LABEL = "X-Fanlic-Fault"
PATH = "/lab/v1/faults"
LATENCY, DROP, CLOCK, ERROR, TRUNCATE = "latency", "drop", "clock", "error", "truncate"
KINDS = (LATENCY, DROP, CLOCK, ERROR, TRUNCATE)
PATIENCE = 5.0  # seconds: what a project waits for an answer
LONGEST_WAIT = 2.0  # seconds: what a lab is really kept waiting


@dataclass(frozen=True)
class Fault:
    """One fault. `size`: seconds of a latency or of a clock's error, or the status of an error (0 for 503).

    `nth` is the n-th call that fits, from 1; 0 is each. `since` and `until` are instants of the lab in ISO 8601, the
    second one excluded; empty for no limit. `share` of the calls that fit is struck, drawn by `seed`.
    """

    kind: str
    client: str = ""
    endpoint: str = ""
    nth: int = 0
    since: str = ""
    until: str = ""
    share: float = 1.0
    seed: int = 0
    size: float = 0.0

    def strikes(self, count: int, now: datetime) -> bool:
        """Whether the call that fits, the `count`-th, is struck at this instant."""
        if self.nth and count != self.nth:
            return False
        if (self.since and now < datetime.fromisoformat(self.since)) or (
            self.until and now >= datetime.fromisoformat(self.until)
        ):
            return False
        drawn = hashlib.sha256(f"{self.seed}/{count}".encode()).digest()[:4]
        return int.from_bytes(drawn, "big") < self.share * 2**32


class _Armed:
    """The faults of one server, with how many calls each has seen and struck."""

    def __init__(self, log: Callable[[str], object]) -> None:
        self._lock = threading.Lock()
        self._log = log
        self._faults: list[tuple[Fault, list[int]]] = []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append((fault, [0, 0]))

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def listed(self) -> list[dict[str, object]]:
        with self._lock:
            return [{**asdict(fault), "seen": seen, "struck": struck} for fault, (seen, struck) in self._faults]

    def strike(self, endpoint: str, client: str, now: datetime) -> Fault | None:
        """The first fault that strikes this call; every fault that it fits counts it."""
        struck: Fault | None = None
        with self._lock:
            for fault, counts in self._faults:
                if fault.client in ("", client) and fault.endpoint in ("", endpoint):
                    counts[0] += 1
                    if struck is None and fault.strikes(counts[0], now):
                        counts[1] += 1
                        struck = fault
        if struck is not None:
            self._log(f"fault: {struck.kind}; {endpoint}; {client or '-'}")
        return struck


def install(app: Flask, service: AuthorizationService, log: Callable[[str], object] | None = None) -> None:
    """Give a lab's application its fault controls; `log` takes a line for each call that was struck."""
    armed = _Armed(log or app.logger.warning)

    def before() -> Response | None:
        if request.path.startswith("/lab/") or request.endpoint is None:
            return None
        endpoint, client = request.endpoint.rpartition(".")[2], (request.view_args or {}).get("node", "")
        g.fault = armed.strike(endpoint, client, service.status().now) if armed.listed() else None
        return None if g.fault is None else _instead(g.fault)

    def after(response: Response) -> Response:
        fault: Fault | None = g.get("fault")
        if fault is None:
            return response
        response.headers[LABEL] = fault.kind
        if fault.kind == CLOCK:
            response.headers["Date"] = http_date(service.status().now + timedelta(seconds=fault.size))
        elif fault.kind == TRUNCATE:
            body = response.get_data()
            response.set_data(body[: len(body) // 2])
        return response

    app.before_request(before)
    # The first of the list is the last to be called: it has the last word on Date.
    app.after_request_funcs.setdefault(None, []).insert(0, after)
    app.register_blueprint(_controls(armed))


def _instead(fault: Fault) -> Response | None:
    """What a struck call is answered with before any rule sees it; None where the rules go on."""
    if fault.kind == DROP:
        return Response(status=502)
    if fault.kind == ERROR:
        return Response(status=int(fault.size) or 503)
    if fault.kind == LATENCY:
        if "SERVER_SOFTWARE" in request.environ:  # a real HTTP server, with threads; the inline engine is none
            time.sleep(min(fault.size, LONGEST_WAIT))
        return Response(status=504) if fault.size >= PATIENCE else None
    return None


def _controls(armed: _Armed) -> Blueprint:
    routes = Blueprint("faults", __name__)

    @routes.get(PATH)
    def listed() -> Response:
        return jsonify(faults=armed.listed())

    @routes.post(PATH)
    def add() -> tuple[Response, int]:
        armed.add(_read(request.get_json(silent=True)))
        return jsonify(faults=armed.listed()), 201

    @routes.delete(PATH)
    def clear() -> Response:
        armed.clear()
        return jsonify(faults=[])

    return routes


def _read(data: object) -> Fault:
    if not isinstance(data, dict):
        raise DataUnreadable(N_("it is not a JSON object"))
    defaults = asdict(Fault(""))
    for name, value in data.items():
        if name not in defaults:
            raise ParameterWrong(str(name)[:64], N_("a fault knows no such parameter"))
        wanted = (int, float) if isinstance(defaults[name], float) else type(defaults[name])
        if not isinstance(value, wanted) or isinstance(value, bool):
            raise ParameterWrong(name, N_("it is of the wrong kind"))
    fault = Fault(**{"kind": "", **data})
    _check(fault)
    return fault


def _check(fault: Fault) -> None:
    if fault.kind not in KINDS:
        raise ParameterWrong("kind", N_("not one of: latency, drop, clock, error, truncate"))
    for name in ("since", "until"):
        if getattr(fault, name) and not _is_instant(getattr(fault, name)):
            raise ParameterWrong(name, N_("not an instant with its time zone, such as 2026-03-02T09:00:00+00:00"))
    limits = {"nth": (0, 10**6), "share": (0, 1), "size": (-(10**7), 10**7)}
    limits |= {ERROR: {"size": (500, 599)}, LATENCY: {"size": (0, 10**4)}}.get(fault.kind if fault.size else "", {})
    for name, (least, most) in limits.items():
        if not least <= getattr(fault, name) <= most:
            raise ParameterWrong(name, N_("out of range"))


def _is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
