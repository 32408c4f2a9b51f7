"""`fanlic lab serve`: the lab as a page, for a projector and for people who have no Jupyter."""

from __future__ import annotations

import argparse
import sys

from fanlic.texts import _

FAILED = 1


def options(parser: argparse.ArgumentParser) -> None:
    """The command and its options."""
    commands = parser.add_subparsers(dest="lab_command", required=True, metavar=_("COMMAND"))
    served = commands.add_parser("serve", help=_("show a lab in the browser of this machine"))
    served.add_argument("--port", type=_port, default=8899, help=_("port on 127.0.0.1 (default: 8899; 0 is any)"))
    text = _("what runs the containers (default: sandbox; inline starts no process)")
    served.add_argument("--engine", choices=("sandbox", "inline", "docker"), default="sandbox", help=text)
    served.add_argument("--seed", type=int, default=1, help=_("the same seed gives the same timeline (default: 1)"))
    served.set_defaults(run_lab=_serve)


def run(chosen: argparse.Namespace) -> int:
    """Run it; 0 when it was stopped, 1 if it cannot run, with the reason."""
    from fanlic.wiring.lab import EngineUnusable
    from fanlic.wiring.show import PortBusy

    try:
        status: int = chosen.run_lab(chosen)
    except EngineUnusable as problem:
        return _failed(str(problem))
    except PortBusy as problem:
        text = _("The port {port} is in use ({problem}). Choose another one: --port 0 takes any.")
        return _failed(text.format(port=chosen.port, problem=problem))
    return status


def _serve(chosen: argparse.Namespace) -> int:
    from fanlic.lab import Lab
    from fanlic.show.app import create_app
    from fanlic.show.show import Show
    from fanlic.wiring.show import new_token, serve

    token = new_token()
    show = Show(lambda: Lab(engine=chosen.engine, seed=chosen.seed))

    def ready(port: int) -> None:
        print(_("The lab's page, for this machine only. Open:"), f"http://127.0.0.1:{port}/?token={token}", sep="\n")
        print(_("For the projector:"), f"http://127.0.0.1:{port}/projector?token={token}", sep="\n")
        print(_("Ctrl+C stops the lab."), flush=True)

    try:
        serve(create_app(show, token).wsgi_app, chosen.port, ready)
    finally:
        show.close()
    return 0


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) < 65536):
        raise argparse.ArgumentTypeError(_("wanted is a port, 0 to 65535, not {given}").format(given=text))
    return int(text)


def _failed(text: str) -> int:
    print(f"fanlic lab: {text}", file=sys.stderr)
    return FAILED
