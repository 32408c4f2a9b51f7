"""Mails: real RFC 5322 messages, written by the customer, read and answered by the business desk.

Every message says in subject, body and a header that it is a rehearsal: whoever finds one in an outbox must not send
it.
"""

from __future__ import annotations

import email.policy
from collections.abc import Mapping
from dataclasses import replace
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from fanlic import mailform
from fanlic.adapters.identity import PRIVATE_CONFIG_FILE
from fanlic.mailform import BROKEN, printable
from fanlic.model.authfile import BUSINESS, COMPANY, HOW, METHOD, MIGRATE, PROJECT, SEATS, SIGNED, TITLE, Contract
from fanlic.model.refusals import N_, MailUnreadable, Phrase
from fanlic.ports import Clock, Letter
from fanlic.texts import _

MARK = "REHEARSAL \N{EN DASH} DO NOT SEND"
HEADER = "X-Fanlic-Rehearsal"
MAX_BYTES = 1_000_000


def request(
    contract: Contract, clock: Clock, seats: int | None = None, private_config: bytes | None = None
) -> EmailMessage:
    """The request mail in the page's form; `seats` left out means one, `private_config` makes it a migration's second
    mail.
    """
    lines = {COMPANY: contract.company, PROJECT: contract.project, SIGNED: contract.signed.isoformat(), HOW: _(METHOD)}
    if seats is not None:
        lines[SEATS] = str(seats)
    return compose(contract.email, _(TITLE).format(company=contract.company), lines, private_config, clock=clock)


def migration(contract: Contract, address: str, clock: Clock) -> EmailMessage:
    """The first mail of a migration, naming the old server's address."""
    title = _("Migration of the authorization server of {company}").format(company=contract.company)
    return compose(contract.email, title, {COMPANY: contract.company, MIGRATE: address}, clock=clock)


def compose(
    sender: str,
    title: str,
    lines: Mapping[str, str],
    private_config: bytes | None = None,
    *,
    clock: Clock,
    recipient: str = BUSINESS,
) -> EmailMessage:
    """A mail with a body of named lines, marked as a rehearsal."""
    body = "\n".join(f"{_(name)}: {value}" for name, value in lines.items())
    message = _marked(sender, recipient, title, body, clock)
    if private_config is not None:
        message.add_attachment(
            private_config, maintype="application", subtype="octet-stream", filename=PRIVATE_CONFIG_FILE
        )
    return message


def parse(data: bytes) -> EmailMessage:
    """A message from the bytes of an `.eml` file; raises MailUnreadable."""
    if len(data) > MAX_BYTES:
        raise MailUnreadable(Phrase(N_("it is larger than {count} bytes"), count=MAX_BYTES))
    return mailform.parse(data)


class CustomerMails:
    """Writes the customer's mails, dated by this clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def request(self, contract: Contract, seats: int | None, private_config: bytes | None) -> EmailMessage:
        """As the function `request`."""
        return request(contract, self._clock, seats, private_config)

    def migration(self, contract: Contract, address: str) -> EmailMessage:
        """As the function `migration`."""
        return migration(contract, address, self._clock)


class RehearsalPost:
    """Implements the Post port."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def read(self, message: EmailMessage) -> Letter:
        """The mail's facts."""
        request = mailform.read(message)
        mail = replace(request.mail, title=request.mail.title.replace(MARK, "").strip())
        attached = (request.attachments.get(name) for name in mailform.PRIVATE_CONFIG_SPELLINGS)
        private_config = next((content for content in attached if content is not None), None)
        return Letter(
            mail, mailform.migration_addresses(request.form, request.text, request.attachments), private_config
        )

    def blank(self, sender: str) -> EmailMessage:
        """What is answered if the mail itself is not at hand."""
        return _marked(sender, BUSINESS, _("Migration of the authorization server"), "", self._clock)

    def answer(self, message: EmailMessage, text: str, archive: Path | None) -> EmailMessage:
        """The desk's answer, with the archive attached where there is one; a damaged header is answered without it."""
        subject = _header(message, "Subject").replace(MARK, "").strip()
        reply = _marked(BUSINESS, _reply_to(message), f"Re: {subject}", text, self._clock)
        if answered := _header(message, "Message-ID"):
            reply["In-Reply-To"] = answered
        if archive is not None:
            reply.add_attachment(archive.read_bytes(), maintype="application", subtype="x-tar", filename=archive.name)
        return reply


def _marked(sender: str, recipient: str, title: str, body: str, clock: Clock) -> EmailMessage:
    message = EmailMessage(policy=email.policy.default)
    message["From"], message["To"] = sender, recipient
    message["Subject"] = f"{MARK} {title}"
    message["Date"] = format_datetime(clock.now())
    message[HEADER] = "fanlic; training software, not FanRuan's; nothing here is to be sent"
    message.set_content(f"{MARK}\n\n{body}\n")
    return message


def _reply_to(message: EmailMessage) -> str:
    if not mailform.readable_headers(message):
        return ""
    try:
        return mailform.sender(message)
    except BROKEN:
        return ""


def _header(message: EmailMessage, name: str) -> str:
    """A header on one line; empty where it cannot be read."""
    if not mailform.readable_headers(message):
        return ""
    try:
        return " ".join(printable(str(message.get(name, ""))).split())
    except BROKEN:
        return ""
