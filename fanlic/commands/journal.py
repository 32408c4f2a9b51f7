"""`fanlic journal verify|show`: the journal of an authorization server's folder, beside a running server too."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from fanlic.texts import _, instant

FAILED = 1


def options(parser: argparse.ArgumentParser) -> None:
    """The two commands and their options."""
    commands = parser.add_subparsers(dest="journal_command", required=True, metavar=_("COMMAND"))
    verified = commands.add_parser("verify", help=_("check every line, the state and every seat"))
    shown = commands.add_parser("show", help=_("print every line"))
    for command in (verified, shown):
        text = _("the server's /app/config")
        command.add_argument("--config", type=Path, default=Path("/app/config"), metavar=_("DIR"), help=text)
    verified.set_defaults(run_journal=_verify)
    shown.set_defaults(run_journal=_show)


def run(chosen: argparse.Namespace) -> int:
    """Run the chosen one; 0 done, 1 damaged or not there, with what was found on standard error."""
    from fanlic.wiring.state import StateRefused

    try:
        chosen.run_journal(chosen.config)
    except StateRefused as refusal:
        print(f"fanlic journal: {refusal}", file=sys.stderr)
        return FAILED
    return 0


def _verify(config: Path) -> None:
    from fanlic.wiring.state import verify

    print(_("good: {count} lines, the state and every seat").format(count=verify(config)))


def _show(config: Path) -> None:
    from fanlic.wiring.state import show

    for line in show(config):
        change = f"{line.before} > {line.after}" if line.before or line.after else ""
        print("  ".join(text for text in (instant(line.at), line.event, line.subject, line.reason, change) if text))
