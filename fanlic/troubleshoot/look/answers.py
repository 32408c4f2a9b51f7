"""What a look at a server tells: each conclusion with its evidence, and no claim beyond it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from fanlic.model.clauses import Clause
from fanlic.model.container import BUILT_IN_NAMES, QR_PATH
from fanlic.model.policy import FINEBI_6_0_5
from fanlic.model.refusals import N_
from fanlic.texts import _, duration, instant
from fanlic.troubleshoot.findings import (
    Finding,
    error,
    info,
    warning,
)
from fanlic.troubleshoot.look.probe import HttpReply, Seen, printable

_DEFAULT_PAGES = re.compile(r"welcome to nginx|apache2? .*default|iis windows|it works!|tomcat", re.IGNORECASE)
_TITLE = re.compile(rb"<title[^>]*>\s*(.*?)\s*</title>", re.IGNORECASE | re.DOTALL)
_REFRESH = re.compile(rb"""http-equiv=["']?refresh["']?[^>]*url=["']?(https?://[^"'>\s]+)""", re.IGNORECASE)
_PROJECT_PATH = "/webroot/decision"


@dataclass(frozen=True)
class Observation:
    """One conclusion from the look, under a name for scripts."""

    key: str
    finding: Finding


# The look ended before any HTTP: what that means, and what to do.
TROUBLES = {
    "unknown-host": (
        N_("The name {host} is not known to this machine."),
        N_("Check the spelling, or use the IP address. More: fanlic explain unknown-host"),
    ),
    "closed-port": (
        N_("{host} answers, but no program listens on port {port}."),
        N_(
            "On the container host run docker ps: does the server run, and is this the port? More: fanlic explain "
            "err-connection-refused"
        ),
    ),
    "filtered": (
        N_("No answer from {host} port {port} in time: a firewall drops it, or no such machine is on."),
        N_("Open the mapped port in the firewalls between. More: fanlic explain err-connection-timed-out"),
    ),
    "unreachable": (
        N_("This machine has no way to {host} port {port}."),
        N_("Check network, VPN and routes of this machine, and the address."),
    ),
    "silent": (
        N_("{host} port {port} accepts the connection and then sends nothing, neither TLS nor HTTP."),
        N_(
            "Look at docker logs of the container; a proxy or a hung server is likely. More: fanlic "
            "explain socket-timeout"
        ),
    ),
    "plain-http": (
        N_("{host} port {port} speaks plain HTTP, without TLS. The authorization server speaks HTTPS."),
        N_("Compare the port with docker ps: this is another service, or something in front of the server."),
    ),
    "other-service": (
        N_("{host} port {port} is neither HTTPS nor HTTP."),
        N_("Compare the port with docker ps: this is another service."),
    ),
    "tls-closed": (
        N_("{host} port {port} takes the connection and closes it during the TLS handshake."),
        N_("Look at docker logs of the container. More: fanlic explain server-does-not-start-tls"),
    ),
    "tls-refused": (
        N_("{host} port {port} speaks TLS and refuses this machine's handshake."),
        N_("Compare TLS versions; something between may interfere. More: fanlic explain ssl-handshake"),
    ),
}


def answers(seen: Seen, now: datetime) -> Iterator[Observation]:
    """Every conclusion from what was seen."""
    if seen.trouble:
        yield Observation(seen.trouble, _trouble(seen))
        return
    yield from _certificate(seen, now)
    yield from _clock(seen)
    yield from _http(seen)
    yield from _qr(seen)


def _trouble(seen: Seen) -> Finding:
    message, fix = TROUBLES[seen.trouble]
    said = " " + _("({detail})").format(detail=seen.detail) if seen.detail else ""
    return error(
        _(message).format(host=seen.host, port=seen.port) + said,
        _(fix),
        Clause.FIREWALL if _way(seen) else None,
        "network-itself",
    )


def _way(seen: Seen) -> bool:
    return seen.trouble in ("closed-port", "filtered", "unreachable")


def _certificate(seen: Seen, now: datetime) -> Iterator[Observation]:
    leaf = seen.certificate
    if leaf is None:
        return
    if now > leaf.ends:
        yield Observation(
            "expired",
            error(
                _("The certificate expired at {at}.").format(at=instant(leaf.ends)),
                _("Put a new certificate into /app/tls."),
            ),
        )
    if now < leaf.begins:
        yield Observation(
            "not-yet-valid",
            error(
                _("The certificate is not valid before {at}.").format(at=instant(leaf.begins)),
                _("Check the clock of this machine first; else put another certificate into /app/tls."),
            ),
        )
    if not leaf.covers(seen.host):
        yield Observation("wrong-name", _wrong_name(seen, leaf.names))
    if seen.trusted is False:
        yield Observation("untrusted-issuer", _untrusted(seen))


def _wrong_name(seen: Seen, names: tuple[str, ...]) -> Finding:
    built_in = set(names) and set(names) <= set(BUILT_IN_NAMES)
    message = _("The certificate is not valid for {host}; it names: {names}.").format(
        host=seen.host, names=", ".join(names) or _("nothing")
    )
    if built_in:
        message += " " + _("So does the certificate that is built into the image.")
    return warning(
        message
        + " "
        + _("Browsers warn. Whether FineBI minds is not documented; the example on FanRuan's page is of this kind."),
        _(
            "For a clean connection map /app/tls with a certificate for {host}. More: fanlic explain "
            "certificate-refused"
        ).format(host=seen.host),
        Clause.BUILT_IN_CERTIFICATE,
        ("a10", "network-itself"),
    )


def _untrusted(seen: Seen) -> Finding:
    leaf = seen.certificate
    signed = _("itself") if leaf is not None and leaf.self_issued else (leaf.issuer if leaf is not None else "")
    return warning(
        _("This machine does not trust the certificate: it is signed by {issuer} ({why}).").format(
            issuer=signed, why=seen.distrust
        ),
        _(
            "Compare the issuer with your own certificate: another one means that something between answers. "
            "More: fanlic "
            "explain pkix-path-building-failed"
        ),
        Clause.BUILT_IN_CERTIFICATE if leaf is not None and leaf.self_issued else None,
        "network-itself",
    )


def _clock(seen: Seen) -> Iterator[Observation]:
    if seen.skew is None or abs(seen.skew) <= FINEBI_6_0_5.clock_tolerance:
        return
    lab = _is_fanlic(seen.reply)
    text = _("The server's clock is {span} {side} this machine's.").format(
        span=duration(seen.skew), side=_("ahead of") if seen.skew > timedelta() else _("behind")
    )
    if lab:
        yield Observation("clock-differs", info(text + " " + _("A rehearsal may have a time of its own.")))
    else:
        yield Observation(
            "clock-differs",
            warning(
                text,
                _(
                    "Find out which of the two is wrong; do not set a server's clock back. More: fanlic "
                    "explain clock-differs"
                ),
            ),
        )


def _is_fanlic(reply: HttpReply | None) -> bool:
    return reply is not None and "x-fanlic" in reply.headers


def _http(seen: Seen) -> Iterator[Observation]:
    reply = seen.reply
    if reply is None or reply.status is None:
        yield Observation(
            "not-http",
            error(
                _("TLS works, and no HTTP answer came to GET /."),
                _("Compare the port with docker ps; look at docker logs."),
            ),
        )
    elif _is_fanlic(reply):
        yield Observation(
            "fanlic",
            info(
                _("This is a fanlic rehearsal server, not FanRuan's: {label}.").format(label=reply.headers["x-fanlic"])
            ),
        )
    elif elsewhere := _elsewhere(seen, reply):
        yield Observation("captive-page", _captive(elsewhere))
    elif other := _other(reply):
        yield Observation("other-server", _other_server(other))
    elif reply.status >= 500:
        yield Observation("server-error", _server_error(reply))
    else:
        yield Observation("unidentified", _unidentified(reply))


def _server_error(reply: HttpReply) -> Finding:
    return error(
        _("The answer is an error of the server or of a proxy before it: status {status}, server {server}.").format(
            status=reply.status, server=reply.headers.get("server") or _("not named")
        ),
        _("Look at docker ps and docker logs; if a proxy is in front, at its log. More: fanlic explain proxy-error"),
    )


def _unidentified(reply: HttpReply) -> Finding:
    server = reply.headers.get("server") or _("not named")
    return info(
        _("HTTPS answers here (status {status}, server {server}). The answer does not say which program it is.").format(
            status=reply.status, server=server
        )
    )


def _elsewhere(seen: Seen, reply: HttpReply) -> str:
    """The address of a redirect to another machine; empty if there is none."""
    refresh = _REFRESH.search(reply.body)
    target = reply.headers.get("location", "") if 300 <= (reply.status or 0) < 400 else ""
    target = target or (printable(refresh[1]) if refresh else "")
    if reply.status in (407, 511):
        return target or _("a page to log in to the network")
    try:
        host = urlsplit(target).hostname
    except ValueError:
        return ""
    return target if host not in (None, seen.host.lower()) else ""


def _captive(target: str) -> Finding:
    return error(
        _("The answer redirects to {target}: this is the login page of a network or a proxy, not the server.").format(
            target=target
        ),
        _("Log in to the network, or go around the proxy; then look again."),
    )


def _other(reply: HttpReply) -> str:
    """The name of another program that surely answered; empty if the answer does not tell."""
    if _PROJECT_PATH in reply.headers.get("location", "") or _PROJECT_PATH.encode() in reply.body:
        return _PROJECT_PATH
    title = _TITLE.search(reply.body)
    text = printable(title[1][:80]) if title else ""
    return text if _DEFAULT_PAGES.search(text) else ""


def _other_server(sign: str) -> Finding:
    if sign == _PROJECT_PATH:
        message = _("This looks like a project server (its page is {path}), not like an authorization server.").format(
            path=sign
        )
    else:
        message = _('Another web server answers: its page is called "{title}".').format(title=sign)
    return error(
        message, _("Compare host and port with docker ps on the container host."), Clause.PRIVATE_CLOUD, "client-checks"
    )


def _qr(seen: Seen) -> Iterator[Observation]:
    if seen.qr is None or seen.qr.status is None:
        return
    if seen.qr.status == 200:
        yield Observation("qr-page", info(_("There is a page at {path}.").format(path=QR_PATH), clause=Clause.QR_PAGE))
    else:
        yield Observation(
            "qr-page-missing",
            error(
                _("{path} answers with status {status}.").format(path=QR_PATH, status=seen.qr.status),
                _(
                    "If this is the authorization server, see whether /app/web is mapped. More: fanlic explain "
                    "qr-page-missing"
                ),
                Clause.MAP_WEB,
                "network-itself",
            ),
        )
