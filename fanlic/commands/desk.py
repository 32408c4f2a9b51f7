"""`fanlic desk serve|contract|person`: a business desk that stands on its own, for real phones and real servers."""

from __future__ import annotations

import argparse
import re
import sys
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from fanlic.model.authfile import Contract
from fanlic.ports import StartRefused
from fanlic.texts import _

FAILED, USAGE = 1, 2
LONGEST = 200  # characters of an address; the challenge keeps it with one length byte


def options(parser: argparse.ArgumentParser) -> None:
    """The three commands and their options."""
    commands = parser.add_subparsers(dest="desk_command", required=True, metavar=_("COMMAND"))
    served = commands.add_parser("serve", help=_("take mails, issue archives, and serve the phone's page over HTTPS"))
    _serve_options(served)
    signed = commands.add_parser("contract", help=_("keep a signed contract, which mails are checked against"))
    _contract_options(signed)
    person = commands.add_parser("person", help=_("give a person a new PIN, to approve and to hand in mails"))
    person.add_argument("name", metavar=_("NAME"), help=_("the person's name, as it is typed on the phone"))
    person.add_argument("--remove", action="store_true", help=_("take the PIN away"))
    person.set_defaults(run_desk=_person)
    for command in (served, signed, person):
        text = _("the desk's folder: its key, contracts, licenses, people, mails (default: desk)")
        command.add_argument("--folder", type=Path, default=Path("desk"), metavar=_("DIR"), help=text)


def _serve_options(parser: argparse.ArgumentParser) -> None:
    text = _("address and port to listen on (default: 127.0.0.1:8443; for phones 0.0.0.0:8443)")
    parser.add_argument(
        "--listen", type=listen_address, default=("127.0.0.1", 8443), metavar=_("ADDRESS:PORT"), help=text
    )
    text = _("where phones reach the desk, https://HOST:PORT; it goes into each license and QR code")
    parser.add_argument("--address", type=desk_address, metavar=_("ADDRESS"), help=text)
    text = _("one more name for the desk's own certificate; may be repeated")
    parser.add_argument("--name", action="append", type=own_name, default=[], metavar=_("NAME"), help=text)
    text = _("a folder with the site's own certificate: server.crt and server.key")
    parser.add_argument("--tls", type=Path, metavar=_("DIR"), help=text)
    parser.add_argument("--cache", type=Path, help=_("folder for the base (default: in the user's cache)"))
    parser.set_defaults(run_desk=_serve)


def _contract_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--email", type=_email, required=True, help=_("the contact's address: mails come from it"))
    parser.add_argument("--company", type=_line, required=True, help=_("the company's name"))
    parser.add_argument("--project", type=_line, required=True, help=_("the project's name"))
    parser.add_argument("--signed", type=_day, required=True, help=_("the day of signing, YYYY-MM-DD"))
    parser.add_argument("--seats", type=_count, default=1, help=_("the most project servers at a time (default: 1)"))
    parser.add_argument("--days", type=_count, default=365, help=_("for how many days a license holds (default: 365)"))
    parser.set_defaults(run_desk=_contract)


def run(chosen: argparse.Namespace) -> int:
    """Run the chosen one; 0 done, 1 failed, 2 asked for wrongly, 3 to 9 a refused start, with the reason."""
    from fanlic.wiring.desk import LicenseRefused

    try:
        status: int = chosen.run_desk(chosen)
    except StartRefused as refusal:
        return _failed(str(refusal), refusal.status)
    except LicenseRefused as refusal:
        return _failed(str(refusal), FAILED)
    except OSError as problem:
        return _failed(_("{file}: {why}").format(file=problem.filename, why=problem.strerror or problem), FAILED)
    return status


def _serve(chosen: argparse.Namespace) -> int:
    from fanlic.wiring.desk import DeskSetting, serve

    host, port = chosen.listen
    if not chosen.address and host in ("0.0.0.0", "::", ""):  # noqa: S104 - compared only
        text = _(
            "--listen {host} takes every address of this machine, so --address must say which one phones open, "
            "for example --address https://192.168.1.20:{port}"
        )
        return _failed(text.format(host=host, port=port), USAGE)
    shown = f"[{host}]" if ":" in host else host
    address = chosen.address or f"https://{shown}:{port}"
    serve(DeskSetting(chosen.folder, host, port, address, tuple(chosen.name), chosen.tls, chosen.cache))
    return 0


def _contract(chosen: argparse.Namespace) -> int:
    from fanlic.wiring.desk import sign

    contract = Contract(
        chosen.email, chosen.company, chosen.project, chosen.signed, seats=chosen.seats, days=chosen.days
    )
    sign(chosen.folder, contract)
    print(_("signed: {company}, {project}, {seats} seats").format(**vars(chosen)))
    print(_("Next: the customer sends the request from {email}").format(email=chosen.email))
    return 0


def _person(chosen: argparse.Namespace) -> int:
    from fanlic.door import NameUnfit
    from fanlic.wiring.desk import dismiss, invite, show_pin

    if chosen.remove:
        if dismiss(chosen.folder, chosen.name):
            print(_("{name} can approve nothing any more").format(name=chosen.name))
            return 0
        return _failed(_("nobody of the name {name} has a PIN here").format(name=chosen.name), FAILED)
    try:
        pin = invite(chosen.folder, chosen.name)
    except NameUnfit as problem:
        return _failed(_(str(problem)), USAGE)
    show_pin(chosen.name, pin)
    print(_("It is shown this once. An earlier PIN of this name is worthless now."))
    return 0


def desk_address(text: str) -> str:
    """An address that phones can open: https://HOST:PORT and nothing else."""
    try:
        parts = urlsplit(text.strip().rstrip("/"))
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    plain = parts.hostname and port and not (parts.path or parts.query or parts.fragment or parts.username)
    if parts.scheme != "https" or not plain or len(text) > LONGEST or not text.isascii():
        wanted = _("wanted is https://HOST:PORT, for example https://192.168.1.20:8443, not {given}")
        raise argparse.ArgumentTypeError(wanted.format(given=text))
    return f"https://{parts.netloc}"


def listen_address(text: str) -> tuple[str, int]:
    """An address and a port to listen on."""
    host, colon, port = text.rpartition(":")
    if not (colon and port.isascii() and port.isdigit() and int(port) < 65536):
        raise argparse.ArgumentTypeError(_("wanted is ADDRESS:PORT, not {given}").format(given=text))
    return host.strip("[]"), int(port)


def own_name(text: str) -> str:
    """A name for a certificate."""
    if not re.fullmatch(r"[A-Za-z0-9.:*-]{1,200}", text):
        raise argparse.ArgumentTypeError(_("wanted is a host name or an IP address, not {given}").format(given=text))
    return text


def _email(text: str) -> str:
    name, at, place = text.partition("@")
    if not (name and at and place) or not text.isprintable() or " " in text:
        raise argparse.ArgumentTypeError(_("wanted is a mail address, not {given}").format(given=text))
    return text


def _line(text: str) -> str:
    plain = " ".join(text.split())
    if not plain or len(plain) > LONGEST or not plain.isprintable():
        raise argparse.ArgumentTypeError(_("wanted are 1 to 200 printable characters, not {given}").format(given=text))
    return plain


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(_("wanted is a day, YYYY-MM-DD, not {given}").format(given=text)) from problem


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 7 and int(text) > 0):
        raise argparse.ArgumentTypeError(_("wanted is a whole number from 1, not {given}").format(given=text))
    return int(text)


def _failed(text: str, status: int) -> int:
    print(f"fanlic desk: {text}", file=sys.stderr)
    return status
