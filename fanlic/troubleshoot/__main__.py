"""The troubleshooting commands alone, as they ship in `fanlic.pyz`: `python fanlic.pyz explain 30005`."""

from __future__ import annotations

import argparse
from importlib import import_module

from fanlic.texts import _
from fanlic.texts.about import NOT_FANRUAN
from fanlic.texts.terminal import plain_terminal
from fanlic.troubleshoot import COMMANDS


def main() -> int:
    """Run one command; its exit status."""
    with plain_terminal():
        return _run()


def _run() -> int:
    parser = argparse.ArgumentParser(prog="fanlic.pyz", description=_(NOT_FANRUAN))
    commands = parser.add_subparsers(dest="command", required=True, metavar=_("COMMAND"))
    for name, summary in COMMANDS.items():
        module, options = import_module(f"fanlic.troubleshoot.{name}"), commands.add_parser(name, help=_(summary))
        module.options(options)
        options.set_defaults(run=module.run)
    chosen = parser.parse_args()
    status: int = chosen.run(chosen)
    return status


if __name__ == "__main__":
    raise SystemExit(main())
