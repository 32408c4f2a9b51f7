"""Mails: real RFC 5322 messages, written by the customer, read and answered by the business desk.

Every message says in subject, body and a header that it is a rehearsal: whoever finds one in an outbox must not send
it.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Mapping
from email.errors import InvalidHeaderDefect, MessageError
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses
from pathlib import Path

from fanlic.adapters.identity import OTHER_SPELLING, PRIVATE_CONFIG_FILE
from fanlic.model.authfile import BUSINESS, COMPANY, ENGINES, HOW, METHOD, PROJECT, SEATS, SIGNED, TITLE, Contract, Mail
from fanlic.model.refusals import MailUnreadable
from fanlic.ports import Clock, Letter
from fanlic.texts import _

MARK = "REHEARSAL \N{EN DASH} DO NOT SEND"
HEADER = "X-Fanlic-Rehearsal"
MIGRATE = "Address of the authorization server to be migrated"
MAX_BYTES = 1_000_000
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_ADDRESS = re.compile(r"https://[^\s<>\"]+")
# What the standard library raises over headers and bodies that are none.
_BROKEN = (MessageError, LookupError, ValueError, TypeError, AttributeError, RecursionError)
_KNOWN = (COMPANY, PROJECT, SIGNED, HOW, SEATS, ENGINES, MIGRATE)


def request(
    contract: Contract, clock: Clock, seats: int | None = None, private_config: bytes | None = None
) -> EmailMessage:
    """The request mail in the page's form; `seats` left out means one, `private_config` makes it a migration's second
    mail.
    """
    lines = {COMPANY: contract.company, PROJECT: contract.project, SIGNED: contract.signed.isoformat(), HOW: METHOD}
    if seats is not None:
        lines[SEATS] = str(seats)
    message = compose(contract.email, TITLE.format(company=contract.company), lines, clock)
    if private_config is not None:
        message.add_attachment(
            private_config, maintype="application", subtype="octet-stream", filename=PRIVATE_CONFIG_FILE
        )
    return message


def migration(contract: Contract, address: str, clock: Clock) -> EmailMessage:
    """The first mail of a migration, naming the old server's address."""
    title = _("Migration of the authorization server of {company}").format(company=contract.company)
    return compose(contract.email, title, {COMPANY: contract.company, MIGRATE: address}, clock)


def compose(sender: str, title: str, lines: Mapping[str, str], clock: Clock, recipient: str = BUSINESS) -> EmailMessage:
    """A mail with a body of named lines, marked as a rehearsal."""
    body = "\n".join(f"{name}: {value}" for name, value in lines.items())
    return _marked(sender, recipient, title, body, clock)


def parse(data: bytes) -> EmailMessage:
    """A message from the bytes of an `.eml` file; raises MailUnreadable."""
    if len(data) > MAX_BYTES:
        raise MailUnreadable(f"it is larger than {MAX_BYTES} bytes")
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
    except _BROKEN as problem:
        raise MailUnreadable("its parts cannot be told apart") from problem
    if not isinstance(message, EmailMessage) or not message.keys():
        raise MailUnreadable("it has no header")
    return message


class RehearsalPost:
    """Implements the Post port."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def read(self, message: EmailMessage) -> Letter:
        """The mail's facts. A line counts when its name is one of the form's, in any case; the first of two wins."""
        try:
            sender = _sender(message)
            recipients = getaddresses([*message.get_all("To", []), *message.get_all("Cc", [])])
            title = _clean(str(message.get("Subject", ""))).replace(MARK, "").strip()
            text = _body(message)
            attached = _attached(message)
        except _BROKEN as problem:
            raise MailUnreadable("a header or the text is damaged") from problem
        lines = _lines(text)
        mail = Mail(
            sender.casefold(),
            tuple(_clean(address).casefold() for _name, address in recipients),
            title,
            lines,
        )
        return Letter(mail, _migrate(lines, text), attached)

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


def _sender(message: EmailMessage) -> str:
    """The one address the mail comes from; empty where it names none, several, or one that can be read in two ways."""
    headers = message.get_all("From", [])
    found = getaddresses(headers)
    defects = [defect for header in headers for defect in getattr(header, "defects", ())]
    doubtful = any(isinstance(defect, InvalidHeaderDefect) for defect in defects)
    return _clean(found[0][1]) if len(found) == 1 and not doubtful else ""


def _reply_to(message: EmailMessage) -> str:
    try:
        return _sender(message)
    except _BROKEN:
        return ""


def _header(message: EmailMessage, name: str) -> str:
    """A header on one line; empty where it cannot be read."""
    try:
        return " ".join(_clean(str(message.get(name, ""))).split())
    except _BROKEN:
        return ""


def _clean(text: str) -> str:
    """The text without what can neither be shown nor written."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _body(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    if part is None:
        raise MailUnreadable("it has no plain text part")
    return _clean(str(part.get_content()))


def _attached(message: EmailMessage) -> bytes | None:
    for part in message.iter_attachments():
        if part.get_filename() in (PRIVATE_CONFIG_FILE, OTHER_SPELLING):
            payload = part.get_payload(decode=True)
            return payload if isinstance(payload, bytes) else b""
    return None


def _lines(text: str) -> dict[str, str]:
    names = {name.casefold(): name for name in _KNOWN}
    found: dict[str, str] = {}
    for raw in text.splitlines():
        name, _colon, value = raw.partition(":")
        if known := names.get(name.strip().casefold()):
            found.setdefault(known, value.strip())
    return found


def _migrate(lines: Mapping[str, str], text: str) -> str | None:
    # The first mail of a migration has no form on the page: it is known by its line, or by an address and no request.
    if MIGRATE in lines:
        return lines[MIGRATE]
    address = _ADDRESS.search(text)
    return address[0].rstrip(".,;") if address and not lines.keys() - {COMPANY} else None
