"""`fanlic preflight`: look at a mail, a line, a file or a certificate before it is used; nothing is sent or started."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from fanlic.texts import _
from fanlic.troubleshoot import today
from fanlic.troubleshoot.findings import USAGE, Finding, Unreadable, decode, read_bytes, show, write

SHELLS = ("sh", "powershell", "cmd", "git-bash")


def options(parser: argparse.ArgumentParser) -> None:
    """The sub-commands; each takes `--json`."""
    parser.description = _("Exit status: 0 no errors, 1 errors were found, 2 what was given cannot be read.")
    what = parser.add_subparsers(dest="what", required=True, metavar=_("WHAT"))
    mail = _sub(what, "mail", _mail, _("the request mail: an .eml file or its text"))
    mail.add_argument("file", metavar=_("FILE"), help=_("the mail; - reads standard input"))
    line = _sub(what, "docker-run", _docker_run, _("a docker run or docker load line"))
    line.add_argument("line", metavar=_("LINE"), help=_("the whole line in quotes; - reads standard input"))
    line.add_argument("--shell", choices=SHELLS, default="sh", help=_("where the line is typed (default: sh)"))
    compose = _sub(what, "compose", _compose, _("a compose file"))
    compose.add_argument("file", metavar=_("FILE"), help=_("the compose file; - reads standard input"))
    inspect = _sub(what, "inspect", _inspect, _("the output of docker inspect, of a container or an image"))
    inspect.add_argument("file", metavar=_("FILE"), help=_("the JSON text; - reads standard input"))
    tls = _sub(what, "tls", _tls, _("the directory that is to be mapped to /app/tls"))
    tls.add_argument("folder", type=Path, metavar=_("DIR"), help=_("the directory with certificate and key"))
    tls.add_argument(
        "--address", required=True, metavar="https://HOST:PORT", help=_("the address the project will use")
    )


def _sub(
    what: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    judge: Callable[[argparse.Namespace], list[Finding]],
    text: str,
) -> argparse.ArgumentParser:
    parser = what.add_parser(name, help=text, description=text)
    parser.add_argument("--json", action="store_true", help=_("print one JSON object"))
    parser.set_defaults(judge=judge)
    return parser


def run(chosen: argparse.Namespace) -> int:
    """Judge and show; the exit status."""
    try:
        findings = chosen.judge(chosen)
    except Unreadable as problem:
        write(f"fanlic preflight {chosen.what}: {problem}", "stderr")
        return USAGE
    return show(f"preflight {chosen.what}", findings, as_json=chosen.json)


def _mail(chosen: argparse.Namespace) -> list[Finding]:
    from fanlic.troubleshoot.check.mail import judge

    return judge(read_bytes(chosen.file))


def _docker_run(chosen: argparse.Namespace) -> list[Finding]:
    from fanlic.troubleshoot.check.run import judge

    return judge(decode(read_bytes("-")) if chosen.line == "-" else chosen.line, chosen.shell)


def _compose(chosen: argparse.Namespace) -> list[Finding]:
    from fanlic.troubleshoot.check.compose import judge

    return judge(decode(read_bytes(chosen.file)))


def _inspect(chosen: argparse.Namespace) -> list[Finding]:
    from fanlic.troubleshoot.check.inspect import is_container, judge
    from fanlic.troubleshoot.first_aid import REMOVE, lines

    text = decode(read_bytes(chosen.file))
    findings = judge(text)
    if is_container(text) and any(finding.fix for finding in findings) and not chosen.json:
        # It exists already, and the corrected line makes another container: the old one stays until all is saved.
        write("\n".join(lines([_(REMOVE)])))
    return findings


def _tls(chosen: argparse.Namespace) -> list[Finding]:
    from fanlic.troubleshoot.check.tls import judge

    # A certificate's dates are judged by the real clock, as TLS libraries do; the lab's time has no part in it.
    return judge(chosen.folder, chosen.address, today.now())
