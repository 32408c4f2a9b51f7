"""Preflight promises what the desk would find: over one table of mails both refuse the same lines.

Two differences stay. Only the desk knows the contract, and so whether a value is the contract's. And a migration's
mail has no form on the page: preflight says what such a mail lacks, while the desk, which must decide, reads it as a
request.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from fanlic.adapters import mail
from fanlic.model.authfile import ENGINES
from fanlic.model.refusals import BodyLineWrong, MailUnreadable, Refusal
from fanlic.troubleshoot.check.mail import judge
from fanlic.troubleshoot.findings import Finding, Severity, Unreadable
from tests.desk.conftest import World
from tests.troubleshoot.mail_table import ACCEPTED, HEAD, MAIL, REFUSED, ZH_MAIL, MailRow

FORM_LABELS = (
    "Company name", "Project name", "Contract signing date", "Registration method",
    "The maximum number of registration", ENGINES,
)  # fmt: skip


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANLIC_LANG", "en")


def by_the_desk(row: MailRow, folder: Path) -> frozenset[tuple[str, str]]:
    """What the desk refuses, with a contract that says what the mail says."""
    world = World(folder, contract=row.contract)
    return frozenset(_refused(one) for one in world.desk.receive(mail.parse(row.text.encode())).refusals)


def _refused(refusal: Refusal) -> tuple[str, str]:
    assert refusal.clause
    return refusal.clause.slug, str(refusal.evidence.get("line", ""))


def by_preflight(row: MailRow) -> frozenset[tuple[str, str]]:
    errors = [finding for finding in judge(row.text.encode()) if finding.severity is Severity.ERROR]
    return frozenset((finding.clause, _line_of(finding)) for finding in errors)


def _line_of(finding: Finding) -> str:
    return next((label for label in FORM_LABELS if f'"{label}' in finding.message and finding.clause == "body"), "")


@pytest.mark.parametrize("row", [*ACCEPTED, *REFUSED], ids=lambda row: row.name)
def test_preflight_refuses_what_the_desk_refuses(row: MailRow, tmp_path: Path) -> None:
    assert row.refused == by_the_desk(row, tmp_path)
    assert row.refused == by_preflight(row)


@pytest.mark.parametrize(
    ("name", "written", "fix"),
    [
        ("Company names", '"Company names"', "Company name: <the company"),
        ("Projekt name", '"Projekt name"', "Project name: <the project"),
        ("Registration methods", '"Registration methods"', "Registration method: Container private cloud"),
        ("no colon", '"Company name ACME Ltd"', "Company name: <the company"),
        ("all of it quoted", '"> Company name"', "Company name: <the company"),
        ("合同签订日期 for 合同签定日期", '"合同签订日期"', "合同签定日期\uff1aXXXX年XX月XX日"),
        ("公司", '"公司"', "公司名称\uff1a<the company"),
    ],
)
def test_a_label_nearly_right_is_named_and_mended(name: str, written: str, fix: str) -> None:
    row = next(row for row in REFUSED if row.name == name)
    errors = [finding for finding in judge(row.text.encode()) if finding.severity is Severity.ERROR]
    assert any(written in finding.message and finding.fix.startswith(fix) for finding in errors), errors


@pytest.mark.parametrize("label", ["Maximum number of registrations", "The maximum number of registrations"])
def test_a_number_whose_label_is_wrong_is_not_refused_but_lost_and_preflight_warns(label: str, tmp_path: Path) -> None:
    text = MAIL.replace("The maximum number of registration", label)
    assert frozenset() == by_the_desk(MailRow("", text), tmp_path)
    warnings = [finding for finding in judge(text.encode()) if finding.severity is Severity.WARNING]
    assert [True] == [f'"{label}"' in finding.message for finding in warnings]


@pytest.mark.parametrize(
    "data",
    [
        f"{HEAD}Content-Type: image/png\n\nx".encode(),
        f"{HEAD}Content-Type: text/plain; charset=no-such\n\nx".encode(),
        b"From: =?utf-8?q?a=0ab?= <it@acme.example>\nTo: business@fanruan.com\n\nhello",
    ],
)
def test_what_the_desk_cannot_read_preflight_cannot_read(data: bytes, tmp_path: Path) -> None:
    refusals = World(tmp_path).desk.receive(mail.parse(data)).refusals
    assert [MailUnreadable] == [type(refusal) for refusal in refusals]
    with pytest.raises(Unreadable):
        judge(data)


# -- the differences that stay


def test_only_the_desk_can_say_that_a_value_is_not_the_contracts(tmp_path: Path) -> None:
    text = MAIL.replace("Sales Cockpit", "Sales Cockpits")
    refusals = World(tmp_path).desk.receive(mail.parse(text.encode())).refusals
    assert [(BodyLineWrong, "Project name")] == [(type(one), one.evidence["line"]) for one in refusals]
    assert frozenset() == by_preflight(MailRow("", text))


def test_a_migrations_mail_over_http_names_no_server_to_either(tmp_path: Path) -> None:
    row = MailRow("", f"{HEAD}\nPlease destroy the authorization of http://10.0.0.8:49155, we migrate it.\n")
    assert frozenset({("migrate-address", "")}) == by_the_desk(row, tmp_path) == by_preflight(row)


def test_a_pasted_body_is_judged_like_the_whole_mail_as_far_as_it_shows() -> None:
    for row in (MAIL, ZH_MAIL):
        body = row.partition("\n\n")[2]
        assert frozenset() == by_preflight(MailRow("", body))
