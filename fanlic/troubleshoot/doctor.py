"""`fanlic doctor`: look at a running server from this machine, touching as little as possible.

It opens the port, looks at the certificate and asks for `/`. The QR code page is opened only when told to: on a real
server that may replace a challenge whose code is in somebody's hand.
"""

from __future__ import annotations

import argparse
import json
import socket
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from fanlic.here import IN_BROWSER
from fanlic.model.refusals import N_
from fanlic.texts import _, instant
from fanlic.troubleshoot import first_aid, today
from fanlic.troubleshoot.catalogue.around import first_aid_of
from fanlic.troubleshoot.findings import (
    USAGE,
    Unreadable,
    lines,
    ordered,
    status,
    write,
)
from fanlic.troubleshoot.look.answers import Observation, answers
from fanlic.troubleshoot.look.probe import Seen, look


def options(parser: argparse.ArgumentParser) -> None:
    """The address, and how to look."""
    parser.description = _("Exit status: 0 no errors, 1 errors were found, 2 the address cannot be used.")
    parser.add_argument("address", metavar="https://HOST:PORT", help=_("the address as it is entered in the project"))
    parser.add_argument("--qr", action="store_true", help=_("open the QR code page too; read the warning it prints"))
    parser.add_argument("--json", action="store_true", help=_("print one JSON object"))
    parser.add_argument(
        "--timeout", type=float, default=10.0, metavar="S", help=_("seconds for everything (default: 10)")
    )


def run(chosen: argparse.Namespace) -> int:
    """Look, judge and show; the exit status."""
    if IN_BROWSER:  # where a connection opens a web socket to the host, and then claims that it succeeded
        write(
            _(
                "fanlic doctor: a browser cannot look at a server: it opens no plain connection and shows no"
                " certificate. Nothing was tried. Run it on a computer that reaches the server:"
                " python fanlic.pyz doctor https://HOST:PORT"
            ),
            "stderr",
        )
        return USAGE
    try:
        host, port = _address(chosen.address)
        if not 0 < chosen.timeout <= 300:
            raise Unreadable(_("--timeout wants seconds, above 0 and up to 300"))
    except Unreadable as problem:
        write(f"fanlic doctor: {problem}", "stderr")
        return USAGE
    # The one place that asks for the real time: certificates are valid by it, and the skew of a real server's clock
    # can be told against nothing else. Every rule below takes it as an argument.
    now = today.now()
    seen = look(host, port, now, chosen.timeout, _warn_of_qr if chosen.qr else None)
    observations = list(answers(seen, now))
    if chosen.json:
        write(json.dumps(_document(seen, observations, now, chosen.qr), indent=2))
    else:
        write("\n".join(_report(seen, observations, now, chosen.qr)))
    return status([answer.finding for answer in observations])


def _address(address: str) -> tuple[str, int]:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as problem:
        raise Unreadable(_("{given} is no address: {problem}").format(given=address, problem=problem)) from problem
    if parts.scheme != "https" or not parts.hostname or not port or parts.username is not None:
        raise Unreadable(
            _("the address is https://HOST:PORT, with the port that docker ps shows, not {given}").format(given=address)
        )
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise Unreadable(_("leave out everything after the port: https://{place}").format(place=parts.netloc))
    return parts.hostname, port


def _warn_of_qr() -> None:
    write(
        _(
            "Opening the QR code page now. On a real server that may replace a QR code whose six digits are already in "
            "somebody's hand; if so, that person has to scan again."
        ),
        "stderr",
    )


# -- the report


def _unknown(seen: Seen, asked_qr: bool) -> Iterator[str]:
    """What was not found out, and how it could be."""
    yield from seen.unknown
    steps = {"TLS": seen.tls, _("the certificate"): seen.certificate, _("the answer to GET /"): seen.reply}
    for name, value in steps.items():
        if not value:
            yield _("{what}: the check ended before that").format(what=name)
    if seen.tls and seen.trusted is None:
        yield _("whether this machine trusts the issuer: no time or no second connection")
    if seen.reply is not None and seen.skew is None:
        yield _("the server's clock: no Date in its answer")
    if not asked_qr:
        yield _("whether the QR code page is there: only --qr opens it")
    elif seen.qr is None:
        yield _("whether the QR code page is there: it was not reached")
    yield _("whether the server is activated, and its seats: GET / does not say")
    if seen.local.startswith("127.") or seen.local == "::1":
        yield _("whether other machines reach it: this check stayed on this machine")
    yield _("whether the project server reaches it: run the same check there")


def commands(host: str, port: int) -> dict[str, list[str]]:
    """The same check for the project server, with its own tools."""
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return {
        "sh": [
            f"curl -vk --noproxy '*' --max-time 10 https://{place}/",
            f"openssl s_client -connect {place} -servername {host} </dev/null",
        ],
        "PowerShell": [f"Test-NetConnection {host} -Port {port}"],
    }


def _facts(seen: Seen) -> dict[str, str]:
    leaf, reply = seen.certificate, seen.reply
    facts = {
        N_("address"): ", ".join(seen.addresses),
        N_("connected to"): seen.peer,
        "TLS": seen.tls,
        N_("certificate"): f"{leaf.subject or '-'}: {', '.join(leaf.names) or '-'}" if leaf else "",
        N_("issuer"): leaf.issuer if leaf else "",
        N_("valid"): f"{instant(leaf.begins)} - {instant(leaf.ends)}" if leaf else "",
        "GET /": str(reply.status) if reply and reply.status else "",
        N_("server"): reply.headers.get("server", "") if reply else "",
    }
    return {name: value for name, value in facts.items() if value}


def _report(seen: Seen, observations: list[Observation], now: datetime, asked_qr: bool) -> Iterator[str]:
    yield from _first_aid(observations)
    yield _("Looked at https://{host}:{port} from {machine} at {at}, without a proxy.").format(
        host=seen.host, port=seen.port, machine=socket.gethostname(), at=instant(now)
    )
    yield from (f"    {_(name)}: {value}" for name, value in _facts(seen).items())
    yield ""
    yield from lines(ordered([answer.finding for answer in observations]))
    yield from ("", _("Not found out:"))
    yield from (f"    - {text}" for text in _unknown(seen, asked_qr))
    yield from ("", _("The same check for the project server:"))
    for shell, listed in commands(seen.host, seen.port).items():
        yield from (f"    {shell}:", *(f"        {line}" for line in listed))


# The entry whose first aid holds for an observation; the others warn of nothing: their remedy touches no container.
_AS = {"closed-port": "err-connection-refused", "filtered": "err-connection-timed-out", "silent": "socket-timeout"}


def _first_aid(observations: list[Observation]) -> list[str]:
    found = [first_aid_of(_AS[answer.key]) for answer in observations if answer.key in _AS]
    return first_aid.lines(found[0]) if found else []


def _document(seen: Seen, observations: list[Observation], now: datetime, asked_qr: bool) -> dict[str, object]:
    return {
        "address": f"https://{seen.host}:{seen.port}",
        "from": socket.gethostname(),
        "at": now.isoformat(timespec="seconds"),
        "first_aid": next((first_aid_of(_AS[one.key]) for one in observations if one.key in _AS), []),
        "status": status([answer.finding for answer in observations]),
        "answers": [{"answer": answer.key, **answer.finding.as_data()} for answer in observations],
        "facts": _facts(seen),
        "unknown": list(_unknown(seen, asked_qr)),
        "commands": commands(seen.host, seen.port),
    }
