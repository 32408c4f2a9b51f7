"""The findings of a check: severity, message, basis, remedy and clause; shown as text, or as JSON for scripts."""

from __future__ import annotations

import json
import sys
import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from fanlic.model.clauses import Basis, Clause
from fanlic.texts import _, basis
from fanlic.troubleshoot.grounds import Grounded, Grounds

USAGE = 2
MAX_BYTES = 8_000_000
WIDTH = 96


class Severity(StrEnum):
    """How much a finding matters: an error fails or loses something, a warning may, an info is good to know."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Unreadable(Exception):
    """The input cannot be judged at all; the text says why, and what to give instead."""


@dataclass(frozen=True)
class Finding(Grounded):
    """One finding. `on`: its grounds; `fix`: the corrected command or text, empty if nothing is to be done."""

    severity: Severity
    message: str
    on: Grounds = Basis.READING
    fix: str = ""
    clause: str = ""

    def as_data(self) -> dict[str, object]:
        """The same for scripts."""
        named = {"severity": self.severity, "message": self.message, "basis": self.basis, "readings": self.readings}
        return {**named, "fix": self.fix, "clause": self.clause}


def error(message: str, fix: str = "", clause: Clause | None = None, on: Grounds | None = None) -> Finding:
    """Something that will fail, or lose the authorization."""
    return _finding(Severity.ERROR, message, fix, clause, on)


def warning(message: str, fix: str = "", clause: Clause | None = None, on: Grounds | None = None) -> Finding:
    """Something that may fail, now or later."""
    return _finding(Severity.WARNING, message, fix, clause, on)


def info(message: str, fix: str = "", clause: Clause | None = None, on: Grounds | None = None) -> Finding:
    """Something to know, or that could not be judged."""
    return _finding(Severity.INFO, message, fix, clause, on)


def _finding(severity: Severity, message: str, fix: str, clause: Clause | None, on: Grounds | None) -> Finding:
    # A finding without a clause and without grounds is our reading; so are Docker's and the shells' own rules.
    return Finding(severity, message, on or clause or Basis.READING, fix, clause.slug if clause else "")


def ordered(findings: Sequence[Finding]) -> list[Finding]:
    """Errors first, then warnings, then the rest; each once, in the order they were found."""
    rank = list(Severity)
    return sorted(dict.fromkeys(findings), key=lambda finding: rank.index(finding.severity))


def with_fix(findings: Sequence[Finding], fix: str) -> list[Finding]:
    """Errors and warnings without a remedy of their own get the corrected whole."""
    return [
        finding if finding.fix or finding.severity is Severity.INFO else replace(finding, fix=fix)
        for finding in findings
    ]


def status(findings: Sequence[Finding]) -> int:
    """The exit status: 1 if there is an error, else 0."""
    return int(any(finding.severity is Severity.ERROR for finding in findings))


def show(subject: str, findings: Sequence[Finding], *, as_json: bool) -> int:
    """Print the findings and return the exit status."""
    in_order = ordered(findings)
    if as_json:
        shown = [finding.as_data() for finding in in_order]
        write(json.dumps({"subject": subject, "status": status(in_order), "findings": shown}, indent=2))
    else:
        write("\n".join(lines(in_order)))
    return status(in_order)


def lines(findings: Sequence[Finding]) -> list[str]:
    """The findings as text; a remedy that several share stands once, at the end."""
    shared = [fix for fix, count in Counter(finding.fix for finding in findings if finding.fix).items() if count > 1]
    text = [line for finding in findings for line in _lines(finding, shared)]
    for fix in shared:
        text += ["", _("Corrected:"), *_indented(fix)]
    counts = Counter(finding.severity for finding in findings)
    summary = _("errors: {errors}, warnings: {warnings}, notes: {notes}").format(
        errors=counts[Severity.ERROR], warnings=counts[Severity.WARNING], notes=counts[Severity.INFO]
    )
    return [*text, "", summary] if text else [summary]


def _lines(finding: Finding, shared: Sequence[str]) -> list[str]:
    words = {Severity.ERROR: _("error"), Severity.WARNING: _("warning"), Severity.INFO: _("note")}
    grounds = f"{basis(finding)}, {finding.clause}" if finding.clause else basis(finding)
    text = _wrapped(f"{words[finding.severity]}: {finding.message}")
    text.append("    " + _("basis: {basis}").format(basis=grounds))
    if finding.fix and finding.fix not in shared:
        text += ["    " + _("fix:"), *_indented(finding.fix)]
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
    """Text as editors and consoles save it: UTF-8, or UTF-16 if a byte order mark says so (PowerShell's `>`)."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    return data.decode("utf-8-sig", errors="replace")
