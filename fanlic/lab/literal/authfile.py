"""Obtaining the Authorization File: each rule of the mail broken once, then kept."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fanlic.lab.literal.reading import LiteralStep, Reading, text_of
from fanlic.model.authfile import Contract
from fanlic.model.container import ARCHIVE
from fanlic.texts import _


def steps(reading: Reading) -> Iterator[LiteralStep]:
    """The mail and its table."""
    yield from _refused(reading)
    receive = reading.lab.desk.receive
    single = Contract("it@single.example", "Single", reading.contract.project, reading.contract.signed, seats=3)
    reading.lab.sign(single)
    reply = receive(reading.mail(contract=single, with_seats=False))
    yield reading.step(
        "authfile/table.body.seats.2",
        _("Leave the maximum number of registration out."),
        re.search(r"[:\uff1a] ?1$", text_of(reply), re.MULTILINE) is not None,
        _("The license has one seat."),
    )
    reply = receive(reading.mail())
    yield reading.step(
        "authfile/1 3 table.contact.1 table.recipient.1 table.title.1 table.body.basic.1 table.body.method.1"
        " table.body.seats.1",
        _("Sign the contract. Then send the form to business@fanruan.com."),
        reply.archive is not None and reply.archive.name == ARCHIVE,
        _("The reply has {archive} attached.").format(archive=ARCHIVE),
    )


def _refused(reading: Reading) -> Iterator[LiteralStep]:
    mistakes = (
        (
            "authfile/table.sender.1 table.sender.2",
            _("Send the form from an address that is not in the contract."),
            reading.mail(sender="somebody@else.example"),
            "sender-without-contract",
        ),
        (
            "authfile/table.title.2",
            _("Leave the company out of the title."),
            reading.mail(title="Registration"),
            "title-without-company",
        ),
    )
    for places, done, message, wanted in mistakes:
        reasons = [refusal.reason for refusal in reading.lab.desk.receive(message).refusals]
        seen = _("Refused: {reasons}.").format(reasons=", ".join(reasons))
        yield reading.step(places, done, wanted in reasons, seen)
