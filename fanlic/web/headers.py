"""What every answer carries, and which requests are turned away before any rule sees them.

There is no cookie and no token on the pages: a change that another site's page sends is refused by where it comes from.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection
from datetime import datetime
from ipaddress import ip_address

from flask import Flask, Response, g, request
from werkzeug.http import http_date

from fanlic.texts import is_set, spoken
from fanlic.web.problems import ForeignOrigin, HostUnknown
from fanlic.web.reading import HOST

LABEL = "rehearsal server, not FanRuan software"
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors {frames}"
)
_LAB_FRAMES = "'self' http://127.0.0.1:* http://localhost:*"  # a notebook of the same machine shows the page


def guard(
    app: Flask,
    virtual: Callable[[], datetime] | None,
    names: Collection[str] | None = None,
    *,
    any_ip: bool = True,
) -> None:
    """Turn foreign changes away, and put the headers on every answer; `virtual` tells the lab's time.

    `names`: the names that the server answers to beside localhost and, with `any_ip`, IP addresses; None for any.
    """
    kept = fixed(lab=virtual is not None)

    def own_site_only() -> None:
        if names is not None and not _own_name(request.headers.get("Host", ""), names, any_ip):  # threat: host-spoofed
            raise HostUnknown
        if request.method not in ("GET", "HEAD", "OPTIONS") and _foreign():
            raise ForeignOrigin

    def put_headers(response: Response) -> Response:
        response.headers.update(kept)
        if virtual is not None and request.path != "/healthz":  # liveness asks nothing of the state
            response.headers["Date"] = http_date(virtual())
        return response

    app.before_request(own_site_only)
    app.after_request(put_headers)


def fixed(*, lab: bool) -> dict[str, str]:
    """What every answer carries."""
    carried = {
        "X-Fanlic": LABEL,
        "Content-Security-Policy": _POLICY.format(frames=_LAB_FRAMES if lab else "'none'"),
        "X-Content-Type-Options": "nosniff",
        # Not "no-referrer": with it browsers send the page's own form with `Origin: null`.
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    return carried if lab else carried | {"X-Frame-Options": "DENY"}


def answers_to(host: str, names: Collection[str] | None) -> bool:
    """Whether a server with these names answers to this Host."""
    return names is None or _own_name(host, names, any_ip=True)


def speak(app: Flask) -> None:
    """Speak the language of each reader's browser, unless FANLIC_LANG names one for all."""

    def begin() -> None:
        accepted = [tag.lower().partition("-")[0] for tag in request.accept_languages.values()]
        wanted = next((tag for tag in accepted if tag in ("en", "zh")), "")  # the first, whichever its country
        if wanted and not is_set():
            g.spoken = spoken(wanted)
            g.spoken.__enter__()

    def end(_problem: BaseException | None) -> None:
        if (inside := g.pop("spoken", None)) is not None:
            inside.__exit__(None, None, None)

    app.before_request(begin)
    app.teardown_request(end)


def _own_name(header: str, names: Collection[str], any_ip: bool) -> bool:
    # An IP address needs no list: the page of a stranger's site can make a browser come under a name of that site's,
    # never under the server's own address. What is no name at all is none of the server's either.
    found = HOST.fullmatch(header)
    if found is None:
        return False
    host = found[1].strip("[]").rstrip(".").lower()
    with contextlib.suppress(ValueError):
        address = str(ip_address(host))  # first: a name is none, whatever `any_ip` says
        return any_ip or named(address, names)
    return named(host, ("localhost", *names))


def named(host: str, names: Collection[str]) -> bool:
    """Whether one of the names, of which some begin with *, is that of the host."""
    host, known = host.rstrip(".").lower(), {name.lower() for name in names}
    return host in known or f"*.{host.partition('.')[2]}" in known


def _foreign() -> bool:
    host, origin = request.headers.get("Host", ""), request.headers.get("Origin")
    # The inline engine has no TLS, so its own scheme counts as well.
    if origin is not None and origin not in (f"https://{host}", f"{request.scheme}://{host}"):
        return True
    return request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")
