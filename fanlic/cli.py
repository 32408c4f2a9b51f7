"""The command line. Every command imports what it needs when it runs, so that `--help` answers at once."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from fanlic.model.policy import EDITIONS, FINEBI_6_0_5, SWITCHES, switched
from fanlic.model.refusals import N_
from fanlic.texts import _
from fanlic.texts.about import NOT_FANRUAN
from fanlic.texts.terminal import plain_terminal
from fanlic.troubleshoot import COMMANDS
from fanlic.version import __version__

if TYPE_CHECKING:
    from fanlic.wiring.server import Place

USAGE = 2
_ELSEWHERE = {
    "docs": N_("open the site that ships with a release"),
    "lab": N_("show a lab in a browser, for a projector or without Jupyter"),
    "desk": N_("run a business desk of its own: mails, archives, and the page for real phones"),
    "project": N_("run a stand-in for a FineBI project server, with the Registration dialog"),
    "journal": N_("verify or show the journal of an authorization server's folder"),
    "image": N_("build, show or check the image archive for a real Docker engine"),
}


class UserMistake(Exception):
    """The command line asks for something that cannot be done; the text says why and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status: 0 done, 1 failed, 2 asked for wrongly, 3 to 9 a refused start."""
    with plain_terminal():
        return _run(arguments)


def _run(arguments: Sequence[str] | None) -> int:
    given = sys.argv[1:] if arguments is None else list(arguments)
    chosen = _parser(given[0] if given else "").parse_args(given)
    try:
        status: int = chosen.run(chosen)
    except UserMistake as mistake:
        print(f"fanlic {chosen.command}: {mistake}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader, `head` for example, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that Python's last flush finds no pipe
        return 141
    return status


def _parser(command: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fanlic", description=_(NOT_FANRUAN), epilog=_("Begin with: fanlic rehearse"))
    parser.add_argument("--version", action="version", version=f"fanlic {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar=_("COMMAND"))
    _rehearse_options(commands.add_parser("rehearse", help=_("play the whole procedure, request to migration")))
    _serve_options(commands.add_parser("serve", help=_("run one authorization server (the container's entry point)")))
    _unlock_options(commands.add_parser("unlock", help=_("open a sealed code entry, at the console")))
    for name, summary in {**_ELSEWHERE, **COMMANDS}.items():
        options = commands.add_parser(name, help=_(summary), description=_(summary))
        if name == command:  # only the command that is asked for is imported
            module = import_module(f"fanlic.{'troubleshoot' if name in COMMANDS else 'commands'}.{name}")
            module.options(options)
            options.set_defaults(run=module.run)
    return parser


def _rehearse_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenario", nargs="?", help=_("play one scenario instead, U5 for example"))
    parser.add_argument("--list", action="store_true", help=_("list the scenarios"))
    parser.add_argument("--edition", choices=tuple(EDITIONS), help=_("the edition of the rules for the scenario"))
    text = _("turn a switch of the rules, lock_on=reaching for example; may be repeated")
    parser.add_argument("--set", action="append", default=[], metavar=_("SWITCH=POSITION"), help=text)
    parser.add_argument(
        "--engine", choices=("sandbox", "docker"), default="sandbox", help=_("what runs the containers")
    )
    parser.add_argument("--seed", type=int, default=1, help=_("the same seed gives the same timeline (default: 1)"))
    parser.add_argument(
        "--out", type=Path, help=_("folder for what is kept; must be new or empty (default: rehearsal)")
    )
    parser.add_argument("--json", action="store_true", help=_("print one JSON object instead of the story"))
    parser.set_defaults(run=_rehearse)


def _place_options(parser: argparse.ArgumentParser) -> None:
    for name in ("config", "log", "tls", "web", "license"):
        default = Path("/app") / name
        text = _("the directory {path}").format(path=f"/app/{name}")
        parser.add_argument(f"--{name}", type=Path, default=default, metavar=_("DIR"), help=text)
    text = _("the vendor's pinned public key (default: the one in the image)")
    parser.add_argument("--vendor", type=Path, metavar=_("FILE"), help=text)
    parser.add_argument("--lab-clock", type=Path, metavar=_("FILE"), help=_("the lab's clock (profile lab only)"))
    parser.add_argument("--lab-seed", default="", metavar=_("SEED"), help=_("the lab's seed (profile lab only)"))
    text = _("let a server of the profile lab listen for other machines too")
    parser.add_argument("--lab-anywhere", action="store_true", help=text)
    text = _("another container of this image has started on this host before (reading A29)")
    parser.add_argument("--second-container", action="store_true", help=text)


def _serve_options(parser: argparse.ArgumentParser) -> None:
    _place_options(parser)
    text = _("address and port (default: every address, and the port that the license's rules name: 8081)")
    parser.add_argument("--listen", metavar=_("ADDRESS:PORT"), help=text)
    text = _("Linux: reach nothing but the directories and the port (as the sandbox's servers do)")
    parser.add_argument("--confine", action="store_true", help=text)
    text = _("stop when the standard input ends: the lab that started the server is gone then")
    parser.add_argument("--leash", action="store_true", help=text)
    parser.set_defaults(run=_serve)


def _unlock_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, default=Path("/app/config"), help=_("the server's /app/config"))
    parser.set_defaults(run=_unlock)


def _rehearse(chosen: argparse.Namespace) -> int:
    from fanlic.lab.rehearse import FolderNotEmpty, rehearse
    from fanlic.lab.scenario import list_scenarios, rehearse_scenario
    from fanlic.wiring.lab import EngineUnusable

    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(143))  # an orderly end: no server stays behind
    if chosen.list:
        return list_scenarios(chosen.json)
    if chosen.scenario is not None:
        return rehearse_scenario(chosen.scenario, chosen.edition, chosen.json, _switches(chosen.set))
    if chosen.edition not in (None, FINEBI_6_0_5.edition):
        raise UserMistake(
            _("the whole story follows FanRuan's page and its edition; use --edition with a scenario, for example U5")
        )
    policy = FINEBI_6_0_5
    for switch in _switches(chosen.set):
        policy = switched(policy, *switch)
    try:
        return rehearse(chosen.seed, chosen.out, as_json=chosen.json, engine=chosen.engine, policy=policy)
    except (FolderNotEmpty, EngineUnusable) as problem:
        raise UserMistake(str(problem)) from problem


def _switches(given: Sequence[str]) -> list[tuple[str, str]]:
    """Each switch with its position, both known; UserMistake says which there are."""
    switches = []
    for text in given:
        name, _equals, position = text.partition("=")
        if name not in SWITCHES:
            raise _unknown_switch(text, name, SWITCHES)
        if position not in SWITCHES[name]:
            raise _unknown_switch(text, f"{name}={position}", [f"{name}={word}" for word in SWITCHES[name]])
        switches.append((name, position))
    return switches


def _unknown_switch(given: str, name: str, known: Iterable[str]) -> UserMistake:
    text = _("--set {given}: there is no {name}. Known are: {known}.")
    return UserMistake(text.format(given=given, name=name, known=", ".join(known)))


def _serve(chosen: argparse.Namespace) -> int:
    # As the first process of a container it would not hear the signal at all while the imports below run.
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(143))
    from fanlic.wiring.server import serve

    if chosen.listen is None:
        return serve(_place(chosen), "0.0.0.0", None, confined=chosen.confine)  # noqa: S104 - inside of a container
    host, colon, port = chosen.listen.rpartition(":")
    if not (colon and port.isascii() and port.isdigit() and int(port) < 65536):
        raise UserMistake(_("--listen wants ADDRESS:PORT, not {given}").format(given=chosen.listen))
    return serve(_place(chosen), host, int(port), confined=chosen.confine, leashed=chosen.leash)


def _unlock(chosen: argparse.Namespace) -> int:
    from fanlic.wiring.server import ask_unlock

    try:
        ask_unlock(chosen.config)
    except OSError as problem:
        text = _(
            "{folder} cannot be written ({problem}). Run this where /app/config is, as somebody who may write there."
        )
        raise UserMistake(text.format(folder=chosen.config, problem=problem.strerror)) from problem
    print(
        _("The request is saved. At the next call the server opens the sealed code entry and sets the counts to zero.")
    )
    return 0


def _place(chosen: argparse.Namespace) -> Place:
    from fanlic.wiring.server import PINNED, Place, completed

    vendor = chosen.vendor or PINNED
    return completed(
        Place(
            chosen.config,
            chosen.log,
            chosen.tls,
            chosen.web,
            chosen.license,
            chosen.lab_clock,
            chosen.lab_seed,
            vendor,
            lab_anywhere=chosen.lab_anywhere,
            earlier=chosen.second_container,
        )
    )
