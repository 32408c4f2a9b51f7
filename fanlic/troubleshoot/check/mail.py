"""The request mail before it is sent: what the business desk would refuse, as far as no contract is needed.

The mail is read by `fanlic.mailform`, as the desk reads it, and judged by the desk's own rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from email.utils import getaddresses

from fanlic import mailform
from fanlic.mailform import CHINESE, CHINESE_METHOD, CHINESE_TITLE, RequestForm
from fanlic.model import authfile
from fanlic.model.authfile import BUSINESS, COMPANY, ENGINES, HOW, METHOD, PROJECT, SEATS, SIGNED, TITLE, Mail
from fanlic.model.clauses import Clause
from fanlic.model.policy import FINEBI_6_0_5, FINEOPS_2025_08
from fanlic.model.refusals import (
    BodyLineMissing,
    BodyLineWrong,
    MailUnreadable,
    MethodOther,
    RecipientWrong,
    Refusal,
    SenderWithoutContract,
    TitleWithoutCompany,
)
from fanlic.texts import _, fill
from fanlic.troubleshoot.check.migration import migration_findings
from fanlic.troubleshoot.findings import Finding, Unreadable, decode, error, info, warning

_HEADER = re.compile(rb"[!-9;-~]{1,60}:|From ")
_ENVELOPE = re.compile(rb"^(?:From|To|Subject):", re.IGNORECASE | re.MULTILINE)
_PASTED = {
    "to": "to", "recipient": "to", "收件人": "to", "from": "from", "sender": "from", "发件人": "from",
    "subject": "title", "title": "title", "主题": "title", "标题": "title",
}  # fmt: skip
_LINE = re.compile(r"([^:\t\uff1a]{2,60})[:\t\uff1a](.*)")
_PLACEHOLDERS = {"company name", "project name", "yyyy-mm-dd", "xxxx年xx月xx日", "xxx", "xxx公司"}


@dataclass(frozen=True)
class Draft:
    """A mail as far as it can be seen. `attached`: names and sizes of files; None if pasted text hides them."""

    mail: Mail
    form: RequestForm
    text: str
    title_seen: bool = True
    recipients_seen: bool = True
    attached: Mapping[str, int] | None = None


def judge(data: bytes) -> list[Finding]:
    """Every finding about a mail, an `.eml` or pasted text; raises Unreadable if it is neither."""
    draft = _message(data) if _is_message(data) else _pasted(decode(data))
    migrate = mailform.migration_addresses(draft.form, draft.text, draft.attached or ())
    findings = [*migration_findings(draft.mail, draft.text, migrate, draft.attached)]
    first_of_two = any(finding.clause == Clause.MIGRATE_ADDRESS.slug for finding in findings)
    findings += _envelope(draft)
    if not first_of_two:
        findings += [*_form(draft), *_misnamed_count(draft), *_dates(draft), *_placeholders(draft), *_seats(draft)]
    return findings


def _is_message(data: bytes) -> bool:
    """Whether this is a message: header lines, one of an envelope among them, then a blank line."""
    head, _blank, _body = data.lstrip().replace(b"\r\n", b"\n").partition(b"\n\n")
    return bool(_blank and _HEADER.match(head) and _ENVELOPE.search(head))


def _message(data: bytes) -> Draft:
    try:
        request = mailform.read(mailform.parse(data.lstrip()))
    except MailUnreadable as refusal:
        problem = fill(refusal.message, refusal.evidence)
        raise Unreadable(f"{problem} {fill(refusal.next_step, refusal.evidence)}") from refusal
    sizes = {name: len(content) for name, content in request.attachments.items()}
    return Draft(request.mail, request.form, request.text, attached=sizes)


def _pasted(text: str) -> Draft:
    heads: dict[str, str] = {}
    for line in text.splitlines():
        if (pair := _LINE.fullmatch(line.strip())) and (name := _PASTED.get(pair[1].strip().casefold())):
            heads.setdefault(name, pair[2].strip())
    recipients = tuple(address.casefold() for _name, address in getaddresses([heads["to"]])) if "to" in heads else ()
    form = mailform.read_form(mailform.plain(text))
    mail = Mail(heads.get("from", ""), recipients, heads.get("title", ""), form.lines)
    return Draft(mail, form, text, "title" in heads, "to" in heads)


def _envelope(draft: Draft) -> Iterator[Finding]:
    if re.search(r"REHEARSAL.{1,3}DO NOT SEND", f"{draft.mail.title} {draft.text}"):
        yield info(_("This is a rehearsal mail of fanlic: it is not to be sent."))
    for mistake in authfile.sender_mistakes(draft.mail, None):
        if isinstance(mistake, RecipientWrong) and draft.recipients_seen:
            yield _refused(mistake, f"To: {BUSINESS}")
        elif isinstance(mistake, RecipientWrong):
            yield _unseen(_("the recipient, which must be {address}").format(address=BUSINESS), Clause.RECIPIENT)
        elif isinstance(mistake, SenderWithoutContract) and draft.attached is not None and not draft.mail.sender:
            yield error(
                _("The mail names no single address as its sender."),
                _("From: <the address in the contract>"),
                Clause.SENDER,
            )
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
    for mistake in authfile.check(draft.mail, None, policy):
        if isinstance(mistake, TitleWithoutCompany):
            yield from _title(mistake, draft)
        elif isinstance(mistake, BodyLineMissing):
            yield _missing(mistake, draft.form)
        elif isinstance(mistake, BodyLineWrong):
            yield _refused(mistake, _line(mistake.line, "1", draft.form))
        elif isinstance(mistake, MethodOther):
            yield _refused(mistake, _line(HOW, _example(HOW, draft.form), draft.form))


def _refused(mistake: Refusal, fix: str, hint: str = "") -> Finding:
    clause = mistake.clause or Clause.BODY
    message = fill(mistake.message, mistake.evidence)
    return error(f"{message} {hint}".strip(), fix, clause, (*mistake.readings, clause))


def _missing(mistake: BodyLineMissing, form: RequestForm) -> Finding:
    """A line that is missing, or that has a label the desk does not know."""
    written = form.misnamed.get(mistake.line)
    label = _label(mistake.line, form)
    hint = _misnamed(written, label) if written else ""
    return _refused(mistake, _line(mistake.line, _example(mistake.line, form), form), hint)


def _misnamed(written: str, label: str) -> str:
    return _('It has "{written}" instead; the label must read "{label}", with a colon behind it.').format(
        written=written, label=label
    )


def _misnamed_count(draft: Draft) -> Iterator[Finding]:
    """A line that may be left out is not refused if its label is wrong; its number is lost."""
    for line in (SEATS, ENGINES):
        if written := draft.form.misnamed.get(line):
            yield warning(
                _misnamed(written, _label(line, draft.form)) + " " + _("As it stands the number is not read."),
                _line(line, _("<the number>"), draft.form),
                Clause.SEATS if line == SEATS else Clause.ENGINES,
                "mail-compared",
            )


def _label(line: str, form: RequestForm) -> str:
    """The line's label in the language of the mail."""
    return CHINESE.get(line, line) if form.chinese else line


def _line(line: str, value: str, form: RequestForm) -> str:
    """A line of the form as it should stand, in the language of the mail."""
    return f"{_label(line, form)}\uff1a{value}" if form.chinese and line in CHINESE else f"{line}: {value}"


def _title(mistake: TitleWithoutCompany, draft: Draft) -> Iterator[Finding]:
    if not draft.title_seen:
        yield _unseen(_("the title, which must name the company"), Clause.TITLE)
    elif mistake.company:  # without one the body's missing line is the finding
        template = CHINESE_TITLE if draft.form.chinese else TITLE
        yield _refused(mistake, template.format(company=mistake.company))


def _example(line: str, form: RequestForm) -> str:
    return {
        COMPANY: _("<the company, as in the contract>"),
        PROJECT: _("<the project, as in the contract>"),
        SIGNED: "XXXX年XX月XX日" if form.chinese else "YYYY-MM-DD",
    }.get(line, CHINESE_METHOD if form.chinese else METHOD)


def _dates(draft: Draft) -> Iterator[Finding]:
    written = draft.mail.lines.get(SIGNED, "")
    if not written or written.casefold() in _PLACEHOLDERS or _is_iso(written):
        return
    yield error(
        _('"{line}: {value}" is no date of the form YYYY-MM-DD.').format(line=SIGNED, value=written),
        _line(SIGNED, _mended(written), draft.form),
        Clause.BODY,
    )


def _is_iso(written: str) -> bool:
    # The desk compares the text with the contract's date, so 2026-1-5 is no date to it.
    try:
        return date.fromisoformat(written).isoformat() == written
    except ValueError:
        return False


def _mended(written: str) -> str:
    """The date as the page writes it; its form only if year, month and day cannot be told apart."""
    parts = re.fullmatch(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})\D?", written)
    mended = f"{parts[1]}-{int(parts[2]):02}-{int(parts[3]):02}" if parts else ""
    return mended if _is_iso(mended) else "YYYY-MM-DD"


def _placeholders(draft: Draft) -> Iterator[Finding]:
    for line, value in draft.mail.lines.items():
        if value.casefold().strip("<>[] ") in _PLACEHOLDERS:
            yield error(
                _('"{line}: {value}" is still the placeholder of the form.').format(line=line, value=value),
                _line(line, _example(line, draft.form), draft.form),
                Clause.BODY,
                "mail-compared",
            )


def _seats(draft: Draft) -> Iterator[Finding]:
    if SEATS not in draft.mail.lines and SEATS not in draft.form.misnamed:
        yield info(
            _("No number is asked for, which means 1. A cluster needs a line with the number of its nodes."),
            _line(SEATS, _("<number of nodes>"), draft.form),
            Clause.SEATS,
        )
