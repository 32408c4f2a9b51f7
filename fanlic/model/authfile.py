"""Obtaining the Authorization File: the mail's form, and the check at the business desk.

The check names every mistake of a mail, so that one answer is enough: each further mail costs the
site a day. The desk grants at most what the contract has; if the mail asks for more seats, the contract's number
holds (the vendor says so elsewhere).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from fanlic.model.policy import FINEBI_6_0_5, Policy
from fanlic.model.refusals import (
    N_,
    BodyLineMissing,
    BodyLineWrong,
    MethodOther,
    Phrase,
    RecipientWrong,
    Refusal,
    SenderWithoutContract,
    TitleWithoutCompany,
)

BUSINESS = "business@fanruan.com"
METHOD = N_("Container private cloud authentication")
TITLE = N_("Document of {company}'s Registration for FineBI Official Authorization")

COMPANY, PROJECT, SIGNED = N_("Company name"), N_("Project name"), N_("Contract signing date")
HOW, SEATS = N_("Registration method"), N_("The maximum number of registration")
ENGINES = N_("The number of BI engines")
MIGRATE = N_("Address of the authorization server to be migrated")  # ours; the page asks for no fixed wording


@dataclass(frozen=True)
class Contract:
    """What was signed: facts about the parties, and the most that may be granted."""

    email: str
    company: str
    project: str
    signed: date
    seats: int
    engines: int = 1
    product: str = "FineBI"
    first_version: str = FINEBI_6_0_5.version
    last_version: str = "6.0.99"
    days: int = 365
    networks: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    app_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mail:
    """One mail as the desk reads it: the envelope, and the body's lines as name and value."""

    sender: str
    recipients: tuple[str, ...]
    title: str
    lines: Mapping[str, str]


@dataclass(frozen=True)
class Allowance:
    """What a mail that passed the check is granted."""

    seats: int
    engines: int


def check(mail: Mail, contract: Contract | None, policy: Policy) -> tuple[Refusal, ...]:
    """Every mistake of the mail. `contract`: the one whose address sent it, or None."""
    return tuple(_mistakes(mail, contract, policy))


def grant(mail: Mail, contract: Contract, policy: Policy) -> Allowance:
    """What a faultless mail is granted, within the contract."""
    seats = int(mail.lines.get(SEATS, policy.default_seats))  # clause: seats
    engines = int(mail.lines.get(ENGINES, contract.engines)) if policy.asks_for_engines else 0  # clause: engines
    return Allowance(min(seats, contract.seats), min(engines, contract.engines))  # clause: seats-contract


def sender_mistakes(mail: Mail, contract: Contract | None) -> Iterator[Refusal]:
    """What is wrong with the envelope; both mails of a migration are held to it too."""
    if contract is None:  # clause: sender, contract-first
        yield SenderWithoutContract(mail.sender or "(none)")
    if BUSINESS not in mail.recipients:  # clause: recipient
        yield RecipientWrong(", ".join(mail.recipients) or "nobody")


def _mistakes(mail: Mail, contract: Contract | None, policy: Policy) -> Iterator[Refusal]:
    yield from sender_mistakes(mail, contract)
    company = contract.company if contract else mail.lines.get(COMPANY, "")
    if not company or company.casefold() not in mail.title.casefold():  # clause: title
        yield TitleWithoutCompany(mail.title, company)
    for line in (COMPANY, PROJECT, SIGNED, HOW):
        if not mail.lines.get(line):  # clause: body
            yield BodyLineMissing(line)
    yield from _method(mail)
    yield from _numbers(mail, policy)
    if contract is not None:
        yield from _against(mail, contract)


def _method(mail: Mail) -> Iterator[Refusal]:
    method = mail.lines.get(HOW, "")
    if method and " ".join(method.casefold().split()) != METHOD.casefold():  # clause: method
        yield MethodOther(method)


def _numbers(mail: Mail, policy: Policy) -> Iterator[Refusal]:
    for line in (SEATS, ENGINES) if policy.asks_for_engines else (SEATS,):
        value = mail.lines.get(line)
        if value is not None and not (value.isascii() and value.isdigit() and 0 < len(value) < 7 and int(value) > 0):
            yield BodyLineWrong(line, value, N_("a whole number from 1 is wanted; leave the line out for the default"))


def _against(mail: Mail, contract: Contract) -> Iterator[Refusal]:
    wanted = {COMPANY: contract.company, PROJECT: contract.project, SIGNED: contract.signed.isoformat()}
    for line, expected in wanted.items():
        value = mail.lines.get(line)
        if value and value != expected:  # clause: body
            dated = N_("the contract says {expected} (written YYYY-MM-DD)")
            text = dated if line == SIGNED else N_("the contract says {expected}")
            yield BodyLineWrong(line, value, Phrase(text, expected=expected))
