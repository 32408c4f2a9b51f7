"""The request mail before it is sent: what the business desk's check would find, as far as no contract is needed."""

from __future__ import annotations

import difflib
import email
import email.policy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import getaddresses
from html.parser import HTMLParser

from fanlic.model import authfile
from fanlic.model.authfile import BUSINESS, COMPANY, ENGINES, HOW, METHOD, PROJECT, SEATS, SIGNED, TITLE, Mail
from fanlic.model.clauses import Basis, Clause
from fanlic.model.policy import FINEBI_6_0_5, FINEOPS_2025_08
from fanlic.model.refusals import (
    BodyLineMissing,
    BodyLineWrong,
    MethodOther,
    RecipientWrong,
    Refusal,
    SenderWithoutContract,
    TitleWithoutCompany,
)
from fanlic.texts import _, fill
from fanlic.troubleshoot.check.migration import migration_findings
from fanlic.troubleshoot.findings import Finding, Severity, Unreadable, decode, error, info, warning

NAMES = (COMPANY, PROJECT, SIGNED, HOW, SEATS, ENGINES)
_HEAD = re.compile(
    rb"\s*(?:From|To|Cc|Subject|Date|Message-ID|MIME-Version|Received|Return-Path|Content-Type|X-[\w-]+):",
    re.IGNORECASE,
)
_PASTED = {"to": "to", "recipient": "to", "from": "from", "sender": "from", "subject": "title", "title": "title"}
_LINE = re.compile(r"([^:\t\uff1a]{2,60})[:\t\uff1a](.*)", re.DOTALL)
_PLACEHOLDERS = {"company name", "project name", "yyyy-mm-dd"}
_BROKEN = (MessageError, LookupError, ValueError, TypeError, AttributeError, RecursionError)


@dataclass(frozen=True)
class Draft:
    """A mail as far as it can be seen; None is what a pasted text does not show."""

    mail: Mail
    text: str
    title_seen: bool = True
    recipients_seen: bool = True
    attached: Mapping[str, int] | None = None


def judge(data: bytes) -> list[Finding]:
    """Every finding about a mail, an `.eml` or pasted text; raises Unreadable where it is neither."""
    draft = _message(data) if _HEAD.match(data) and _blank_line(data) else _pasted(decode(data))
    findings = [*migration_findings(draft.mail, draft.text, draft.attached)]
    first_of_two = any(finding.clause == Clause.MIGRATE_ADDRESS.slug for finding in findings)
    findings += _envelope(draft)
    if not first_of_two:
        findings += [*_form(draft), *_dates(draft), *_placeholders(draft), *_seats(draft)]
    return findings


def _blank_line(data: bytes) -> bool:
    """A message has a blank line after its head; a pasted text often has none."""
    return re.search(rb"\r?\n\r?\n", data.lstrip()) is not None


def _message(data: bytes) -> Draft:
    try:
        message = email.message_from_bytes(data.lstrip(), policy=email.policy.default)
        assert isinstance(message, EmailMessage)  # noqa: S101 - what this policy makes
        text = _body(message)
        addresses = getaddresses([*message.get_all("To", []), *message.get_all("Cc", [])])
        senders = getaddresses(message.get_all("From", []))
        parts = {
            str(part.get_filename()): len(part.get_payload(decode=True) or b"") for part in message.iter_attachments()
        }
        title = " ".join(str(message.get("Subject", "")).split())
    except _BROKEN as problem:
        raise Unreadable(_("The mail cannot be read: {problem}").format(problem=problem)) from problem
    sender = senders[0][1] if senders else ""
    recipients = tuple(address.casefold() for _name, address in addresses)
    return Draft(Mail(sender, recipients, title, _lines(text)), text, attached=parts)


def _body(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    declared = part.get_content_charset()
    raw = part.get_payload(decode=True)
    text = str(part.get_content()) if declared or not isinstance(raw, bytes) else decode(raw)
    return _Cells.text(text) if part.get_content_subtype() == "html" else text


class _Cells(HTMLParser):
    """The text of an HTML mail: a line for each row or paragraph, a tab between cells."""

    def __init__(self) -> None:
        super().__init__()
        self.out: list[str] = []

    @classmethod
    def text(cls, html: str) -> str:
        parser = cls()
        parser.feed(html)
        return "".join(parser.out)

    def handle_data(self, data: str) -> None:
        self.out.append(re.sub(r"\s+", " ", data) if data.strip() else "")

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the signature is the parser's
        if tag in ("br", "tr", "div", "li"):
            self.out.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.out.append("\t")
        elif tag in ("p", "tr", "div", "li", "h1", "h2", "h3"):
            self.out.append("\n")


def _pasted(text: str) -> Draft:
    heads: dict[str, str] = {}
    for label, value in _pairs(text):
        if name := _PASTED.get(label.casefold()):
            heads.setdefault(name, value)
    recipients = tuple(address.casefold() for _name, address in getaddresses([heads["to"]])) if "to" in heads else ()
    mail = Mail(heads.get("from", ""), recipients, heads.get("title", ""), _lines(text))
    return Draft(mail, text, "title" in heads, "to" in heads)


def _lines(text: str) -> dict[str, str]:
    """The form's lines by their names on the page; a name nearly right counts, the first of two wins."""
    known = {name.casefold(): name for name in NAMES}
    found: dict[str, str] = {}
    for label, value in _pairs(text):
        near = difflib.get_close_matches(label.casefold().strip("*- "), known, n=1, cutoff=0.8)
        if near and label.casefold() not in _PASTED:
            found.setdefault(known[near[0]], value)
    return found


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Every line of the kind `label: value`; a tab or a full-width colon parts them as well."""
    for line in text.splitlines():
        if found := _LINE.fullmatch(line.strip()):
            yield found[1].strip(), found[2].strip()


def _envelope(draft: Draft) -> Iterator[Finding]:
    if re.search(r"REHEARSAL.{1,3}DO NOT SEND", f"{draft.mail.title} {draft.text}"):
        yield info(_("This is a rehearsal mail of fanlic: it is not to be sent."))
    for mistake in authfile.sender_mistakes(draft.mail, None):
        if isinstance(mistake, RecipientWrong) and draft.recipients_seen:
            yield _refused(mistake, f"To: {BUSINESS}")
        elif isinstance(mistake, RecipientWrong):
            yield _unseen(_("the recipient, which must be {address}").format(address=BUSINESS), Clause.RECIPIENT)
        elif isinstance(mistake, SenderWithoutContract):
            sender = draft.mail.sender or _("not seen")
            yield _unseen(
                _("the sender ({sender}), which must be the address in the contract").format(sender=sender),
                Clause.SENDER,
            )


def _unseen(what: str, clause: Clause) -> Finding:
    return info(_("Not judged: {what}.").format(what=what), clause=clause)


def _form(draft: Draft) -> Iterator[Finding]:
    """What the desk's own check finds in title and body."""
    policy = FINEOPS_2025_08 if ENGINES in draft.mail.lines else FINEBI_6_0_5
    mail = replace(draft.mail, title=" ".join(draft.mail.title.split()))
    for mistake in authfile.check(mail, None, policy):
        if isinstance(mistake, TitleWithoutCompany):
            yield from _title(mistake, draft)
        elif isinstance(mistake, BodyLineMissing):
            yield _refused(mistake, f"{mistake.line}: {_example(mistake.line)}")
        elif isinstance(mistake, BodyLineWrong):
            yield _refused(mistake, f"{mistake.line}: 1")
        elif isinstance(mistake, MethodOther):
            yield from _method(mistake)


def _refused(mistake: Refusal, fix: str) -> Finding:
    clause = mistake.clause or Clause.BODY
    return Finding(Severity.ERROR, fill(mistake.message, mistake.evidence), clause.basis, fix, clause.slug)


def _title(mistake: TitleWithoutCompany, draft: Draft) -> Iterator[Finding]:
    if not draft.title_seen:
        yield _unseen(_("the title, which must name the company"), Clause.TITLE)
    elif mistake.company:  # without one the body's missing line is the finding
        yield _refused(mistake, TITLE.format(company=mistake.company))


def _method(mistake: MethodOther) -> Iterator[Finding]:
    fix = f"{HOW}: {METHOD}"
    if mistake.method.isascii():
        yield _refused(mistake, fix)
    else:
        yield warning(
            _('The method "{method}" was not understood; compare it with the page.').format(method=mistake.method),
            fix,
            Clause.METHOD,
        )


def _example(line: str) -> str:
    return {
        COMPANY: _("<the company, as in the contract>"),
        PROJECT: _("<the project, as in the contract>"),
        SIGNED: "YYYY-MM-DD",
    }.get(line, METHOD)


def _dates(draft: Draft) -> Iterator[Finding]:
    given = draft.mail.lines.get(SIGNED, "")
    if not given or given.casefold() in _PLACEHOLDERS:
        return
    try:
        # The model compares the text with the contract's, so the one form of the page is asked for.
        if date.fromisoformat(given).isoformat() == given:
            return
    except ValueError:
        pass
    found = re.fullmatch(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})\D?", given)
    fixed = "YYYY-MM-DD"
    if found and 1 <= int(found[2]) <= 12 and 1 <= int(found[3]) <= 31:
        fixed = f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"
    yield error(
        _('"{line}: {value}" is no date of the form YYYY-MM-DD.').format(line=SIGNED, value=given),
        f"{SIGNED}: {fixed}",
        Clause.BODY,
    )


def _placeholders(draft: Draft) -> Iterator[Finding]:
    for line, value in draft.mail.lines.items():
        if value.casefold().strip("<>[] ") in _PLACEHOLDERS:
            yield error(
                _('"{line}: {value}" is still the placeholder of the form.').format(line=line, value=value),
                f"{line}: {_example(line)}",
                Clause.BODY,
            )


def _seats(draft: Draft) -> Iterator[Finding]:
    if SEATS not in draft.mail.lines:
        yield info(
            _("No number is asked for, which means 1. A cluster needs a line with the number of its nodes."),
            f"{SEATS}: <{_('number of nodes')}>",
            Clause.SEATS,
            Basis.PAGE,
        )
