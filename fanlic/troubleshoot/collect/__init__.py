"""`fanlic collect`: one read-only script for the customer, which writes one text file for `fanlic triage`.

Use it if the customer can run a script and send a file. `fanlic ask` prints single commands, for a chat or a ticket.
The scripts stand beside this file; this module fills in the texts and the patterns. Collecting is not judging.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from fanlic.here import IN_BROWSER
from fanlic.model.refusals import N_
from fanlic.texts import _
from fanlic.troubleshoot.ask import LOGGED, SHELLS, speaking
from fanlic.version import __version__

FILES = {"sh": "collect.sh", "powershell": "collect.ps1"}
_COUNTED = re.compile(r"(\[[^\]]*\])\{(\d)(?:,(\d))?\}")
TEXTS = {
    "TITLE": N_("Evidence about an authorization server"),
    "READ_ONLY": N_(
        "Read-only: it restarts, removes, scans and changes nothing. It writes one file. It never opens the QR page."
    ),
    "SEND": N_(
        "Read the file before you send it. Values of variables, labels, passwords, tokens and keys are replaced by ***."
    ),
    "WHERE": N_(
        "Run it on the container host. Run it on the FineBI host too, with the address that is saved in FineBI."
    ),
    "NO_VALUE": N_("a value is missing"),
    "UNKNOWN": N_("this option is not known"),
    "KEPT": N_("lines kept / lines read:"),
    "ASK": N_("Address saved in FineBI (Manage - Registration). Leave it empty if FineBI is not on this machine:"),
    "NOTHING": N_(
        "found no docker, podman or kubectl and no log of FineBI, and no address was given. Run it where the container "
        "or FineBI runs."
    ),
    "EXISTS": N_("this file exists; name another one"),
    "DONE": N_("Written; read it, then send it:"),
}


def options(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--shell", choices=SHELLS, default="sh", help=_("the customer's shell (default: sh)"))
    parser.add_argument("--language", choices=("en", "zh"), help=_("the language of the remarks (default: yours)"))
    parser.add_argument(
        "--out", type=Path, metavar=_("FILE"), help=_("write the script to a new file, not to the terminal")
    )


def run(chosen: argparse.Namespace) -> int:
    """Print the script, or write it to a file that does not exist yet; 1 if it cannot be written; 2 in a browser."""
    if IN_BROWSER:  # what it prints is for a machine with Docker, and a browser's console changes the bytes
        print(
            _(
                "fanlic collect: the script is for the host of the container, and a browser cannot run it or hand it on"
                " byte by byte. Nothing was collected. Run it on a computer: python fanlic.pyz collect"
            ),
            file=sys.stderr,
        )
        return 2
    with speaking(chosen.language):
        data = script(chosen.shell)
    if chosen.out is None:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return 0
    try:
        with chosen.out.open("xb") as stream:
            stream.write(data)
    except OSError as problem:
        print(
            _("fanlic collect: {file} cannot be written: {problem}").format(file=chosen.out, problem=problem.strerror),
            file=sys.stderr,
        )
        return 1
    print(_("Next: the customer runs it and sends the file it writes; then: fanlic triage FILE"))
    return 0


def script(shell: str) -> bytes:
    """The script in the present language. That for PowerShell begins with a byte order mark, which version 5 needs."""
    source = files(__package__).joinpath(FILES[shell]).read_text("utf-8")  # it may be in fanlic.pyz
    values = {name: _(text) for name, text in TEXTS.items()}
    values |= {"VERSION": __version__, "LOGGED": LOGGED if shell == "powershell" else portable(LOGGED)}
    fill: Callable[[re.Match[str]], str] = lambda found: values[found[1]]  # noqa: E731 - its type is said
    text = re.sub(r"@([A-Z_]+)@", fill, source)
    return text.replace("\n", "\r\n").encode("utf-8-sig") if shell == "powershell" else text.encode()


def portable(pattern: str) -> str:
    """The pattern without counts like {1,6}, which the awk of older Debians does not know."""

    def spelled(found: re.Match[str]) -> str:
        least, most = int(found[2]), int(found[3] or found[2])
        return found[1] * least + (found[1] + "?") * (most - least)

    return _COUNTED.sub(spelled, pattern)
