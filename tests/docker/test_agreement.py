"""Preflight, triage and the sandbox say the same of one input, but for the differences that are listed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fanlic.troubleshoot import triage
from fanlic.troubleshoot.check import compose, inspect, run
from fanlic.troubleshoot.findings import Finding, Severity
from tests.adapters.sandbox_world import World
from tests.docker.agreement import DIFFERENCES, ROWS, TABLE_DIFFERENCES, Row, Told
from tests.engine_lines import ARCHIVE
from tests.troubleshoot import preflight_table

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
ADVICE = (
    "is not mapped",
    "No port is published",
    "mapped read-only",
    "anonymous volume",
    "on tmpfs",
    "/app is mapped as a whole",
    "the archive",
)


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANLIC_LANG", "en")


def preflight_tells(row: Row) -> Told:
    """What the findings of preflight say."""
    if row.what == "docker-run":
        findings = run.judge(row.text, "sh")
    else:
        findings = compose.judge(row.text) if row.what == "compose" else inspect.judge(row.text)
    if any(finding.severity is Severity.ERROR and not _advice(finding) for finding in findings):
        return Told(refused=True)
    said = " ".join(finding.message for finding in findings if finding.severity is not Severity.INFO)
    return Told(
        returns="after a reboot of the host" not in said,
        published="No port is published" not in said,
        config="/app/config is not mapped" not in said,
        read_only=any(words in said for words in ("mapped read-only", "anonymous volume", "on tmpfs")),
    )


def _advice(finding: Finding) -> bool:
    """Whether Docker would accept what this error is about."""
    return any(words in finding.message for words in ADVICE)


def triage_tells(row: Row) -> Told:
    """What the facts and the causes of triage say."""
    verdict, _notes = triage.triage(row.text.encode(), NOW)
    e, causes = verdict.evidence, {cause.name for cause in (*verdict.causes, *verdict.risks)}
    if e.of("refused"):
        return Told(refused=True)
    if not e.of("restart-policy"):  # at most what the words are about is known
        return Told()
    policy = str(e.of("restart-policy")[0].value)
    return Told(
        restart=policy.partition(":")[0],
        returns="no-restart-policy" not in causes,
        fixed=tuple(int(str(fact.value)) for fact in e.of("fixed-port")),
        published="no-published-port" not in causes,
        mapped=tuple(sorted(str(fact.value) for fact in e.of("mount"))),
        config="config-not-mapped" not in causes,
        read_only="config-not-kept" in causes,
    )


def sandbox_tells(row: Row, folder: Path) -> Told:
    """What the sandbox answers, and what it shows of the container."""
    world = World(folder)
    world.ok(f"load -i {ARCHIVE}")
    done = world.docker(row.text)
    if done.status:
        return Told(refused=True)
    return engine_view(json.loads(world.ok(f"inspect {done.stdout.strip()}"))[0])


def engine_view(shown: dict[str, dict[str, object]]) -> Told:
    """What `docker inspect` of the sandbox or of an engine shows, read by hand."""
    host = shown["HostConfig"]
    bindings = [each for bound in dict(host["PortBindings"] or {}).values() for each in bound]  # type: ignore[call-overload]
    mounts: list[dict[str, object]] = list(shown["Mounts"])  # type: ignore[arg-type]
    policy = str(host["RestartPolicy"]["Name"] or "no")  # type: ignore[index]
    here = [each for each in mounts if each["Destination"] == "/app/config"]
    lost = any(not each["RW"] or each["Type"] == "tmpfs" or _anonymous(each) for each in here)
    return Told(
        restart=policy,
        fixed=tuple(int(each["HostPort"]) for each in bindings if each["HostPort"] not in ("", "0")),
        published=bool(bindings or host["PublishAllPorts"]),
        mapped=tuple(sorted(str(each["Destination"]) for each in mounts)),
        config=bool(here),
        read_only=lost,
    )


def _anonymous(mounted: dict[str, object]) -> bool:
    return mounted["Type"] == "volume" and len(str(mounted.get("Name"))) == 64


def check(speaker: str, row: Row, answer: Told) -> None:
    """The answer is the truth, or the difference is listed; a difference that is gone is listed no more."""
    truth = replace(row.truth, mapped=tuple(sorted(row.truth.mapped)) if row.truth.mapped is not None else None)
    differences = truth.differs(answer)
    if (speaker, row.name) in DIFFERENCES:
        assert differences, "this difference is gone: take it off the list"
    else:
        assert {} == differences


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.what}: {row.name}")
def test_preflight_agrees(row: Row) -> None:
    check("preflight", row, preflight_tells(row))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.what}: {row.name}")
def test_triage_agrees(row: Row) -> None:
    check("triage", row, triage_tells(row))


@pytest.mark.parametrize("row", [row for row in ROWS if row.what == "docker-run"], ids=lambda row: row.name)
def test_the_sandbox_agrees(row: Row, tmp_path: Path) -> None:
    check("sandbox", row, sandbox_tells(row, tmp_path))


def test_every_listed_difference_is_about_a_row() -> None:
    names = {row.name for row in ROWS}
    assert {name for _speaker, name in DIFFERENCES} <= names
    assert len({(row.what, row.name) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize(
    "row",
    [row for row in preflight_table.ROWS if row.what != "mail"],
    ids=lambda row: f"{row.what}: {row.name}",
)
def test_what_is_an_error_for_preflight_is_a_cause_for_triage(row: preflight_table.Row) -> None:
    verdict, _notes = triage.triage(row.text.encode(), NOW)
    wrong = any(planted.startswith("e:") for planted in row.planted)
    listed = row.name in TABLE_DIFFERENCES and not (row.name == "the page's port" and row.what != "inspect")
    assert listed == (wrong != bool(verdict.causes)), [cause.name for cause in verdict.causes]
