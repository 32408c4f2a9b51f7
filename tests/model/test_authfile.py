"""Obtaining the Authorization File: every mistake of a mail at once, and what a faultless one is granted."""

from dataclasses import replace
from datetime import date

import pytest

from fanlic.model import authfile
from fanlic.model.authfile import Allowance, Contract, Mail
from fanlic.model.policy import FINEBI_6_0_5, FINEOPS_2025_08, FINEREPORT_11_5_11
from fanlic.model.refusals import (
    BodyLineMissing,
    BodyLineWrong,
    MethodOther,
    RecipientWrong,
    Refusal,
    SenderWithoutContract,
    TitleWithoutCompany,
)

clause = pytest.mark.clause
CONTRACT = Contract("it@acme.example", "ACME Ltd.", "Sales", date(2026, 2, 28), seats=5, engines=2)
LINES = {
    "Company name": "ACME Ltd.",
    "Project name": "Sales",
    "Contract signing date": "2026-02-28",
    "Registration method": "Container private cloud authentication",
}
MAIL = Mail(
    "it@acme.example",
    ("business@fanruan.com",),
    "Document of ACME Ltd.'s Registration for FineBI Official Authorization",
    LINES,
)
WHOLE = "a whole number from 1 is wanted; leave the line out for the default"


def lines(**changed: str | None) -> Mail:
    """The mail with lines changed (name with underscores) or, given None, left out."""
    body = LINES | {name.replace("_", " "): value for name, value in changed.items()}
    return replace(MAIL, lines={name: value for name, value in body.items() if value is not None})


MISTAKES = [
    pytest.param(replace(MAIL, recipients=()), RecipientWrong("nobody"), marks=clause("recipient")),
    pytest.param(
        replace(MAIL, recipients=("sales@fanruan.com", "x@y.z")),
        RecipientWrong("sales@fanruan.com, x@y.z"),
        marks=clause("recipient"),
    ),
    pytest.param(
        replace(MAIL, title="Registration"), TitleWithoutCompany("Registration", "ACME Ltd."), marks=clause("title")
    ),
    pytest.param(replace(MAIL, title=""), TitleWithoutCompany("", "ACME Ltd."), marks=clause("title")),
    pytest.param(  # a part of the name is not the name
        replace(MAIL, title="Registration of ACME"),
        TitleWithoutCompany("Registration of ACME", "ACME Ltd."),
        marks=clause("title"),
    ),
    pytest.param(lines(Company_name=None), BodyLineMissing("Company name"), marks=clause("body")),
    pytest.param(lines(Project_name=""), BodyLineMissing("Project name"), marks=clause("body")),
    pytest.param(lines(Contract_signing_date=None), BodyLineMissing("Contract signing date"), marks=clause("body")),
    pytest.param(lines(Registration_method=None), BodyLineMissing("Registration method"), marks=clause("body")),
    pytest.param(
        lines(Company_name="Acme"),
        BodyLineWrong("Company name", "Acme", "the contract says ACME Ltd."),
        marks=clause("body"),
    ),
    pytest.param(
        lines(Project_name="sales"),
        BodyLineWrong("Project name", "sales", "the contract says Sales"),
        marks=clause("body"),
    ),
    pytest.param(
        lines(Contract_signing_date="28/02/2026"),
        BodyLineWrong("Contract signing date", "28/02/2026", "the contract says 2026-02-28 (written YYYY-MM-DD)"),
        marks=clause("body"),
    ),
    pytest.param(lines(Registration_method="Private cloud"), MethodOther("Private cloud"), marks=clause("method")),
]


@clause("sender")
@clause("recipient")
@clause("title")
@clause("body")
@clause("method")
def test_a_mail_in_the_form_of_the_page_has_no_mistake() -> None:
    assert () == authfile.check(MAIL, CONTRACT, FINEBI_6_0_5)


@pytest.mark.parametrize(("mail", "expected"), MISTAKES)
def test_one_mistake_is_the_only_one_found(mail: Mail, expected: Refusal) -> None:
    assert (expected,) == authfile.check(mail, CONTRACT, FINEBI_6_0_5)


@clause("sender")
@clause("contract-first")
def test_a_sender_whom_no_contract_names_is_refused() -> None:
    stranger = replace(MAIL, sender="it@other.example")
    assert (SenderWithoutContract("it@other.example"),) == authfile.check(stranger, None, FINEBI_6_0_5)


def test_every_mistake_is_found_at_once() -> None:
    body = {
        "Company name": "Acme",
        "Contract signing date": "2026-3-1",
        "Registration method": "dongle",
        "The maximum number of registration": "many",
    }
    mail = Mail("it@acme.example", ("info@fanruan.com",), "Hello", body)
    expected = (
        RecipientWrong("info@fanruan.com"),
        TitleWithoutCompany("Hello", "ACME Ltd."),
        BodyLineMissing("Project name"),
        MethodOther("dongle"),
        BodyLineWrong("The maximum number of registration", "many", WHOLE),
        BodyLineWrong("Company name", "Acme", "the contract says ACME Ltd."),
        BodyLineWrong("Contract signing date", "2026-3-1", "the contract says 2026-02-28 (written YYYY-MM-DD)"),
    )
    assert expected == authfile.check(mail, CONTRACT, FINEBI_6_0_5)


def test_an_empty_mail_from_a_stranger_is_told_everything_too() -> None:
    expected = (
        SenderWithoutContract("x@y.z"),
        RecipientWrong("nobody"),
        TitleWithoutCompany("", ""),
        *map(BodyLineMissing, LINES),
    )
    assert expected == authfile.check(Mail("x@y.z", (), "", {}), None, FINEBI_6_0_5)


@clause("title")
@clause("recipient")
@clause("method")
@pytest.mark.parametrize(
    "mail",
    [
        replace(MAIL, title="registration of acme ltd."),
        replace(MAIL, recipients=("boss@acme.example", "business@fanruan.com")),
        lines(Registration_method="container  PRIVATE cloud authentication"),
    ],
)
def test_case_spaces_and_further_recipients_are_no_mistakes(mail: Mail) -> None:
    assert () == authfile.check(mail, CONTRACT, FINEBI_6_0_5)


@pytest.mark.parametrize("value", ["", "0", "000", "-1", "+1", "1.5", " 2", "2 ", "two", "1000000", "\u0663", "\uff13"])
@pytest.mark.parametrize("line", ["The maximum number of registration", "The number of BI engines"])
def test_a_number_that_is_none_is_a_mistake(line: str, value: str) -> None:
    mail = replace(MAIL, lines=LINES | {line: value})
    assert (BodyLineWrong(line, value, WHOLE),) == authfile.check(mail, CONTRACT, FINEOPS_2025_08)


@clause("engines")
def test_engines_are_asked_for_by_one_edition_only() -> None:
    mail = replace(MAIL, lines=LINES | {"The number of BI engines": "none"})
    assert () == authfile.check(mail, CONTRACT, FINEBI_6_0_5)
    assert () == authfile.check(mail, CONTRACT, FINEREPORT_11_5_11)
    assert 1 == len(authfile.check(mail, CONTRACT, FINEOPS_2025_08))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(None, 1, marks=clause("seats")),
        pytest.param("1", 1, marks=clause("seats")),
        pytest.param("4", 4, marks=[clause("seats"), clause("seats-contract")]),
        ("5", 5),
        pytest.param("6", 5, marks=clause("seats-contract")),
        pytest.param("999999", 5, marks=clause("seats-contract")),
    ],
)
def test_seats_are_what_the_mail_asks_for_within_the_contract(asked: str | None, expected: int) -> None:
    asking = {} if asked is None else {"The maximum number of registration": asked}
    mail = replace(MAIL, lines=LINES | asking)
    assert () == authfile.check(mail, CONTRACT, FINEBI_6_0_5)
    assert Allowance(expected, 0) == authfile.grant(mail, CONTRACT, FINEBI_6_0_5)


@clause("engines")
@pytest.mark.parametrize(("asked", "expected"), [(None, 2), ("1", 1), ("2", 2), ("3", 2)])
def test_engines_are_what_the_mail_asks_for_or_the_contract_s_number(asked: str | None, expected: int) -> None:
    mail = replace(MAIL, lines=LINES | ({} if asked is None else {"The number of BI engines": asked}))
    assert Allowance(1, expected) == authfile.grant(mail, CONTRACT, FINEOPS_2025_08)


@clause("engines")
def test_a_contract_that_names_no_engines_has_one() -> None:
    contract = Contract("it@acme.example", "ACME Ltd.", "Sales", date(2026, 2, 28), seats=5)
    assert Allowance(1, 1) == authfile.grant(MAIL, contract, FINEOPS_2025_08)
