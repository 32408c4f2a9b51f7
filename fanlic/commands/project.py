"""`fanlic project serve|pin`: a stand-in for a FineBI project server, with the Registration dialog and real polls."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from fanlic.commands.desk import desk_address, listen_address, own_name
from fanlic.ports import NodeFacts, StartRefused
from fanlic.texts import _

FAILED, USAGE = 1, 2


def options(parser: argparse.ArgumentParser) -> None:
    """The two commands and their options."""
    commands = parser.add_subparsers(dest="project_command", required=True, metavar=_("COMMAND"))
    served = commands.add_parser("serve", help=_("show the Registration dialog in a browser, and poll every two hours"))
    _serve_options(served)
    pin = commands.add_parser("pin", help=_("give a user of the project a new PIN"))
    pin.add_argument("name", choices=("admin", "analyst"), help=_("the user"))
    pin.set_defaults(run_project=_pin)
    for command in (served, pin):
        text = _("the project's folder: registration, keys, users (default: project)")
        command.add_argument("--folder", type=Path, default=Path("project"), metavar=_("DIR"), help=text)


def _serve_options(parser: argparse.ArgumentParser) -> None:
    text = _("the vendor's public key, vendor.pub of the business desk; licenses of others are refused")
    parser.add_argument("--vendor", type=Path, required=True, metavar=_("FILE"), help=text)
    text = _("address and port to listen on (default: 127.0.0.1:37799)")
    parser.add_argument(
        "--listen", type=listen_address, default=("127.0.0.1", 37799), metavar="ADDRESS:PORT", help=text
    )
    text = _("where browsers reach the server, https://HOST:PORT, for its certificate")
    parser.add_argument("--address", type=desk_address, metavar=_("ADDRESS"), help=text)
    text = _("one more name for the server's own certificate; may be repeated")
    parser.add_argument("--name", action="append", type=own_name, default=[], metavar=_("NAME"), help=text)
    parser.add_argument("--project", type=_node, default="sales", help=_("the project's name (default: sales)"))
    parser.add_argument(
        "--nodes", type=int, choices=range(1, 17), default=1, help=_("nodes of the cluster (default: 1)")
    )
    parser.add_argument("--product", default="FineBI", help=_("the product (default: FineBI)"))
    parser.add_argument("--version", default="6.0.5", help=_("its version (default: 6.0.5)"))
    parser.add_argument("--domain", default="", help=_("the domain that the project says it has"))
    parser.add_argument("--app-name", default="webroot", help=_("its application name (default: webroot)"))
    text = _("check the authorization server's certificate, against the system's issuers or the file --trusted")
    parser.add_argument("--check-certificate", action="store_true", help=text)
    parser.add_argument("--trusted", type=Path, metavar=_("FILE"), help=_("a certificate to trust"))
    parser.set_defaults(run_project=_serve)


def run(chosen: argparse.Namespace) -> int:
    """Run the chosen one; 0 done, 1 failed, 2 asked for wrongly, 3 to 9 a refused start, with the reason."""
    from fanlic.wiring.project import LicenseRefused, ProjectDamaged

    try:
        status: int = chosen.run_project(chosen)
    except StartRefused as refusal:
        return _failed(str(refusal), refusal.status)
    except LicenseRefused as refusal:
        return _failed(str(refusal), FAILED)
    except ProjectDamaged as problem:
        text = _("what the project has kept cannot be read ({problem}). Put a copy back, or start on a new folder")
        return _failed(text.format(problem=problem), FAILED)
    except OSError as problem:
        return _failed(_("{file}: {why}").format(file=problem.filename, why=problem.strerror or problem), FAILED)
    return status


def _serve(chosen: argparse.Namespace) -> int:
    from fanlic.wiring.project import DeskSetting, ProjectSetting, serve

    host, port = chosen.listen
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 - compared only
    address = chosen.address or f"https://{shown}:{port}"
    place = DeskSetting(chosen.folder, host, port, address, tuple(chosen.name))
    facts = NodeFacts(chosen.project, chosen.product, chosen.version, chosen.domain, chosen.app_name)
    strict = chosen.check_certificate or chosen.trusted is not None
    serve(ProjectSetting(place, chosen.vendor, facts, chosen.nodes, strict, chosen.trusted))
    return 0


def _pin(chosen: argparse.Namespace) -> int:
    from fanlic.wiring.project import invite, show_pin

    show_pin(chosen.name, invite(chosen.folder, chosen.name))
    return 0


def _node(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,60}", text):
        wanted = _("wanted are 1 to 60 letters, digits, dots, hyphens or underscores, not {given}")
        raise argparse.ArgumentTypeError(wanted.format(given=text))
    return text


def _failed(text: str, status: int) -> int:
    print(f"fanlic project: {text}", file=sys.stderr)
    return status
