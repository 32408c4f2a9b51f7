"""What a check found: severity, message, basis, remedy and clause; shown as text, or as JSON for scripts."""

from __future__ import annotations

import json
import sys
import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path

from fanlic.model.clauses import Basis, Clause
from fanlic.texts import _

USAGE = 2
MAX_BYTES = 8_000_000
WIDTH = 96


class Severity(StrEnum):
    """How much a finding matters: an error fails or loses something, a warning may, an info is good to know."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Unreadable(Exception):
    """What was given cannot be judged at all; the text says why and what to give instead."""


@dataclass(frozen=True)
class Finding:
    """One finding. `fix`: the corrected command or text, empty where nothing is to be done; `clause`: a slug."""

    severity: Severity
    message: str
    basis: Basis
    fix: str = ""
    clause: str = ""


def error(message: str, fix: str = "", clause: Clause | None = None, basis: Basis | None = None) -> Finding:
    """Something that will fail, or lose the authorization."""
    return _finding(Severity.ERROR, message, fix, clause, basis)


def warning(message: str, fix: str = "", clause: Clause | None = None, basis: Basis | None = None) -> Finding:
    """Something that may fail, now or later."""
    return _finding(Severity.WARNING, message, fix, clause, basis)


def info(message: str, fix: str = "", clause: Clause | None = None, basis: Basis | None = None) -> Finding:
    """Something to know, or that could not be judged."""
    return _finding(Severity.INFO, message, fix, clause, basis)


def _finding(severity: Severity, message: str, fix: str, clause: Clause | None, basis: Basis | None) -> Finding:
    # What no clause says and nobody else is named for (Docker's and the shells' own ways among it) is our reading.
    found = basis or (clause.basis if clause else Basis.READING)
    return Finding(severity, message, found, fix, clause.slug if clause else "")


def ordered(findings: Sequence[Finding]) -> list[Finding]:
    """Errors first, then warnings, then the rest; each found once, in the order of finding."""
    rank = list(Severity)
    return sorted(dict.fromkeys(findings), key=lambda finding: rank.index(finding.severity))


def with_fix(findings: Sequence[Finding], fix: str) -> list[Finding]:
    """Errors and warnings without a remedy of their own get the corrected whole."""
    return [one if one.fix or one.severity is Severity.INFO else replace(one, fix=fix) for one in findings]


def status(findings: Sequence[Finding]) -> int:
    """The exit status: 1 where there is an error, else 0."""
    return int(any(finding.severity is Severity.ERROR for finding in findings))


def show(subject: str, findings: Sequence[Finding], *, as_json: bool) -> int:
    """Print the findings and return the exit status."""
    found = ordered(findings)
    if as_json:
        shown = [asdict(finding) for finding in found]
        write(json.dumps({"subject": subject, "status": status(found), "findings": shown}, indent=2))
    else:
        write("\n".join(lines(found)))
    return status(found)


def lines(found: Sequence[Finding]) -> list[str]:
    """The findings as text; a remedy that several share stands once, at the end."""
    shared = [fix for fix, count in Counter(one.fix for one in found if one.fix).items() if count > 1]
    text = [line for one in found for line in _lines(one, shared)]
    for fix in shared:
        text += ["", _("Corrected:"), *_indented(fix)]
    counts = Counter(one.severity for one in found)
    summary = _("errors: {errors}, warnings: {warnings}, notes: {notes}").format(
        errors=counts[Severity.ERROR], warnings=counts[Severity.WARNING], notes=counts[Severity.INFO]
    )
    return [*text, "", summary] if text else [summary]


def _lines(one: Finding, shared: Sequence[str]) -> list[str]:
    words = {Severity.ERROR: _("error"), Severity.WARNING: _("warning"), Severity.INFO: _("note")}
    basis = f"{_(one.basis)}, {one.clause}" if one.clause else _(one.basis)
    text = _wrapped(f"{words[one.severity]}: {one.message}")
    text.append("    " + _("basis: {basis}").format(basis=basis))
    if one.fix and one.fix not in shared:
        text += ["    " + _("fix:"), *_indented(one.fix)]
    return text


def _wrapped(text: str) -> list[str]:
    """A message in lines of a console's width; paths and options stay whole."""
    return textwrap.wrap(text, WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def _indented(text: str) -> list[str]:
    return [f"        {line}" for line in text.splitlines()]


def write(text: str, stream: str = "stdout") -> None:
    """One text to the terminal, at once."""
    target = sys.stderr if stream == "stderr" else sys.stdout
    target.write(text + "\n")
    target.flush()


def read_bytes(file: str) -> bytes:
    """A file's bytes, or standard input's for `-`; raises Unreadable."""
    try:
        if file == "-":
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with Path(file).open("rb") as opened:
                data = opened.read(MAX_BYTES + 1)
    except (OSError, ValueError) as problem:
        raise Unreadable(_("{file} cannot be read: {problem}").format(file=file, problem=problem)) from problem
    if len(data) > MAX_BYTES:
        raise Unreadable(_("{file} is larger than {limit} bytes").format(file=file, limit=MAX_BYTES))
    if not data.strip():
        raise Unreadable(_("{file} is empty").format(file=file))
    return data


def decode(data: bytes) -> str:
    """Text as editors and consoles save it: UTF-8, or UTF-16 where a byte order mark says so (PowerShell's `>`)."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    return data.decode("utf-8-sig", errors="replace")
