"""`fanlic ask`: the read-only commands for the customer, in two blocks; `fanlic triage` reads their output.

Nothing here writes, restarts, scans or opens the QR code page. Values of environment variables never leave the host.
Collecting is not judging.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fanlic.model.refusals import N_, Code
from fanlic.texts import _, language
from fanlic.troubleshoot.catalogue.messages import in_a_log

SHELLS = ("sh", "powershell")
CONTAINER_HOST, FINEBI_HOST = "container host", "finebi host"

WARNING = (
    N_("Read-only: nothing below writes a file, restarts, removes or scans anything. Leave the QR code page closed."),
    N_("Run each block on its host, read through what it prints, and send all of it; the === lines belong to it."),
)
_FIND = N_("the newest container of the authorization server; write its name here if another one is meant")
_ADDRESS = N_("write here the address exactly as it is saved in FineBI: Manage > Registration")
_LOG = N_("write here where FineBI's log is")

# From FineBI's log only the time, names and digits of codes, and what the catalogue knows leave the host.
LOGGED = "|".join(
    (
        *(code.name for code in Code),
        "(code|Code|CODE)[^0-9a-zA-Z]{1,6}(3000[0-7]|1000[01]|20000|6110000[1-6])",
        *in_a_log(),
    )
)
_TIME = r"\[?[0-9TZ:., +-]*\]?"
_TRIED = "Connect(ing)? to [A-Za-z0-9._-]+:[0-9]+"
# The element of a list behind an option like --db-password is hidden: it is the option's value.
HIDE_NEXT = (
    """{ if (hide) sub(/"[^"]*"/, "\\"***\\""); hide = ($0 ~ /"--?[A-Za-z-]*"""
    """([Pp]ass|[Ss]ecret|[Tt]oken|[Kk]ey|[Cc]redential)[A-Za-z-]*",?$/); print }"""
)
_HIDDEN = "[Pp]ass|PASS|[Ss]ecret|SECRET|[Tt]oken|TOKEN"
_CURL = "--noproxy '*' --max-time 10 -skS -D - -o"
_SHOWN = "'CONNECTED|errno|^subject|^issuer|[Vv]erif|NotAfter|no peer'"


@dataclass(frozen=True)
class Instruction:
    """One command in both shells: the section of its output, the host it runs on, and a remark to print before it."""

    section: str
    host: str
    sh: str
    powershell: str
    remark: str = ""


SETUP = "setup"
STEPS = (
    Instruction(
        SETUP,
        CONTAINER_HOST,
        "C=$(docker ps -a --format '{{.Names}} {{.Image}}' | awk '/fanruan_license/ {print $1; exit}')",
        "$C = (docker ps -a --format '{{.Names}} {{.Image}}' | Select-String 'fanruan_license' | "
        "Select-Object -First 1) -replace ' .*', ''",
        _FIND,
    ),
    Instruction("docker ps", CONTAINER_HOST, "docker ps -a", "docker ps -a"),
    Instruction("docker port", CONTAINER_HOST, 'docker port "$C"', "docker port $C"),
    Instruction(
        "docker inspect",
        CONTAINER_HOST,
        f"""docker inspect "$C" | awk '{HIDE_NEXT}' | """
        """sed -E 's/^( *"-*[A-Za-z_][A-Za-z0-9_.-]*)=.*"(,?)$/\\1=***"\\2/' | """
        f"""sed -E 's/^( *"[^"]*({_HIDDEN})[^"]*": *")[^"]*"/\\1***"/'""",
        """docker inspect $C | Out-String -Width 4096 | ForEach-Object { $_ """
        """-replace '(?m)^( *"-*[A-Za-z_][\\w.-]*)=.*"(,?\\s*)$', '$1=***"$2' """
        f"""-replace '(?mi)("--?[\\w-]*(?:{_HIDDEN}|key|credential)[\\w-]*",\\s+)"[^"]*"', '$1"***"' """
        f"""-replace '(?mi)("[^"]*(?:{_HIDDEN})[^"]*": *")[^"]*"', '$1***"' }}""",
    ),
    Instruction(
        "docker logs",
        CONTAINER_HOST,
        'docker logs --tail 200 --timestamps "$C" 2>&1 | '
        f"""sed -E 's/(({_HIDDEN})[A-Za-z_]*"?[=: ]+)[^,]+/\\1***/'""",
        "docker logs --tail 200 --timestamps $C 2>&1 | "
        f"""ForEach-Object {{ "$_" -replace '(?i)((?:{_HIDDEN})\\w*"?[=: ]+)[^,]+', '$1***' }}""",
    ),
    Instruction("docker images", CONTAINER_HOST, "docker images", "docker images"),
    Instruction("docker version", CONTAINER_HOST, "docker version", "docker version"),
    Instruction("machine", CONTAINER_HOST, "uname -m", "$env:PROCESSOR_ARCHITECTURE"),
    Instruction(
        "date", CONTAINER_HOST, "date -u +%Y-%m-%dT%H:%M:%SZ", "(Get-Date).ToUniversalTime().ToString('s') + 'Z'"
    ),
    Instruction(
        SETUP,
        CONTAINER_HOST,
        """P=$(docker port "$C" | sed -nE 's/.*-> .*:([0-9]+)$/\\1/p' | head -n 1)""",
        "$P = (docker port $C | Select-Object -First 1) -replace '.*:', ''",
    ),
    Instruction(
        "certificate",
        CONTAINER_HOST,
        f'openssl s_client -connect "127.0.0.1:$P" </dev/null 2>&1 | grep -E {_SHOWN}',
        f"'' | openssl s_client -connect \"127.0.0.1:$P\" 2>&1 | Select-String {_SHOWN}",
    ),
    Instruction(
        "names",
        CONTAINER_HOST,
        'openssl s_client -connect "127.0.0.1:$P" </dev/null 2>/dev/null | '
        "openssl x509 -noout -subject -dates -ext subjectAltName",
        "'' | openssl s_client -connect \"127.0.0.1:$P\" 2>$null | "
        "openssl x509 -noout -subject -dates -ext subjectAltName",
    ),
    Instruction(
        "answer",
        CONTAINER_HOST,
        f'curl {_CURL} /dev/null "https://127.0.0.1:$P/"',
        f'curl.exe {_CURL} NUL "https://127.0.0.1:$P/"',
    ),
    Instruction(SETUP, FINEBI_HOST, "A='https://HOST:PORT'", "$A = 'https://HOST:PORT'", _ADDRESS),
    Instruction("saved address", FINEBI_HOST, 'echo "$A"', 'echo "$A"'),
    Instruction("date", FINEBI_HOST, "date -u +%Y-%m-%dT%H:%M:%SZ", "(Get-Date).ToUniversalTime().ToString('s') + 'Z'"),
    Instruction("answer", FINEBI_HOST, f'curl {_CURL} /dev/null "$A/"', f'curl.exe {_CURL} NUL "$A/"'),
    Instruction(
        "connection",
        FINEBI_HOST,
        f'openssl s_client -connect "${{A#https://}}" </dev/null 2>&1 | grep -E {_SHOWN}',
        "Test-NetConnection -ComputerName ([uri]$A).Host -Port ([uri]$A).Port",
    ),
    Instruction(SETUP, FINEBI_HOST, "L='FINEBI/logs/fanruan.log'", "$L = 'FINEBI\\logs\\fanruan.log'", _LOG),
    Instruction(
        "fanruan.log",
        FINEBI_HOST,
        f"LC_ALL=C sed -nE 's/^({_TIME}).*({LOGGED}).*/\\1 \\2/Ip' \"$L\" | tail -n 50",
        f"Select-String -Path $L -AllMatches -Pattern '{LOGGED}' | Select-Object -Last 50 | "
        f"ForEach-Object {{ ($_.Line -replace '^({_TIME}).*$', '$1') + ' ' + ($_.Matches.Value -join ' ') }}",
    ),
    Instruction(
        "fanruan.log addresses",
        FINEBI_HOST,
        f"LC_ALL=C sed -nE 's/^({_TIME}).*({_TRIED}).*/\\1 \\2/p' \"$L\" | tail -n 10",
        f"Select-String -Path $L -Pattern '{_TRIED}' | Select-Object -Last 10 | "
        f"ForEach-Object {{ ($_.Line -replace '^({_TIME}).*$', '$1') + ' ' + $_.Matches[0].Value }}",
    ),
)


def options(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--shell", choices=SHELLS, default="sh", help=_("the customer's shell (default: sh)"))
    parser.add_argument("--language", choices=("en", "zh"), help=_("the language of the remarks (default: yours)"))
    parser.add_argument(
        "--container", type=container, metavar=_("NAME"), help=_("the container's name, if it is known")
    )


def run(chosen: argparse.Namespace) -> int:
    """Print the commands."""
    with speaking(chosen.language):
        print("\n".join(lines(chosen.shell, chosen.container or "")))
    return 0


def container(name: str) -> str:
    """A container's name as Docker allows it; another text could be a command of its own."""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}", name):
        return name
    raise argparse.ArgumentTypeError(_("{name} cannot be the name of a container").format(name=name))


def lines(shell: str, name: str = "") -> list[str]:
    """The two blocks, with a warning on top and a marker before each output."""
    output = [f"# {_(text)}" for text in WARNING]
    headings = {CONTAINER_HOST: _("on the container host"), FINEBI_HOST: _("on the FineBI host")}
    host = ""
    for instruction in STEPS:
        if instruction.host != host:
            host = instruction.host
            output += ["", f"# --- {headings[host]} ---"]
        output += _lines(instruction, shell, name)
    return output


def marker(instruction: Instruction) -> str:
    """The line that names the output below it."""
    return f"=== fanlic: {instruction.section} ({instruction.host}) ==="


def _lines(instruction: Instruction, shell: str, name: str) -> list[str]:
    command = instruction.sh if shell == "sh" else instruction.powershell
    if instruction.remark == _FIND and name:
        command = f"C='{name}'" if shell == "sh" else f"$C = '{name}'"
    if instruction.section == SETUP:
        remark = (
            [f"# {_(instruction.remark)}:"] if instruction.remark and not (instruction.remark == _FIND and name) else []
        )
        return [*remark, command]
    return [f"echo '{marker(instruction)}'", command]


@contextmanager
def speaking(wanted: str | None) -> Iterator[None]:
    """Texts in this language inside the `with`; None: the reader's own language."""
    before = os.environ.get("FANLIC_LANG")
    os.environ["FANLIC_LANG"] = wanted or language()
    try:
        yield
    finally:
        os.environ.pop("FANLIC_LANG")
        if before is not None:
            os.environ["FANLIC_LANG"] = before
