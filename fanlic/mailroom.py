"""The business desk's mailroom: takes mails from the mailbox and from the form, and keeps each with its reply.

A mail that cannot be read is set aside with the reason. Nothing is lost: a desk that dies over a mail finds it again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from fanlic.desk import Desk, DeskReply
from fanlic.model.refusals import MailUnreadable
from fanlic.texts import _, fill


class Mailbox(Protocol):
    """Where mails come in and are kept."""

    def waiting(self) -> list[Path]:
        """The files that came and are whole."""
        ...

    def read(self, path: Path) -> EmailMessage:
        """The mail in a file; raises MailUnreadable."""
        ...

    def keep(self, path: Path | None, message: EmailMessage, reply: EmailMessage) -> Path:
        """Keep a mail and its reply; where the reply is."""
        ...

    def set_aside(self, path: Path, why: str) -> Path:
        """Put aside a file that is no mail; where the note is that says why."""
        ...


@dataclass(frozen=True)
class Answered:
    """One mail that was answered, and where its reply is kept."""

    reply: DeskReply
    kept: Path


class Mailroom:
    """Hands mails to the desk. `say` takes a line for whoever runs the desk."""

    def __init__(self, desk: Desk, mailbox: Mailbox, say: Callable[[str], object]) -> None:
        self._desk = desk
        self._mailbox = mailbox
        self._say = say
        self._trouble = ""

    def empty(self) -> None:
        """Answer every mail that waits in the mailbox. Trouble with its folder is said once, and tried again."""
        try:
            for path in self._mailbox.waiting():
                self._take(path)
            self._trouble = ""
        except OSError as problem:
            if (trouble := f"{problem.filename}: {problem.strerror}") != self._trouble:
                self._say(
                    _("The mails cannot be read or kept: {problem}. The desk tries again.").format(problem=trouble)
                )
            self._trouble = trouble

    def hand_in(self, message: EmailMessage, by: str) -> Answered:
        """Answer a mail that a named person hands in."""
        self._desk.note("mail handed in", by)
        return self._answer(None, message)

    def asked_back(self, license_id: str, by: str, *, confirmed: bool) -> Answered:
        """A named person has asked the customer back about a destruction; raises LicenseUnknown, NothingToUnbind."""
        reply = self._desk.confirm(license_id) if confirmed else self._desk.deny(license_id)
        self._desk.note("customer asked back", by)
        kept = self._mailbox.keep(None, reply.message, reply.message)
        said = (
            _("{license}: confirmed, destroyed. Reply: {kept}") if confirmed else _("{license}: denied. Reply: {kept}")
        )
        self._say(said.format(license=license_id, kept=kept))
        return Answered(reply, kept)

    def _take(self, path: Path) -> None:
        try:
            message = self._mailbox.read(path)
        except MailUnreadable as refusal:
            why = f"{fill(refusal.message, refusal.evidence)} {fill(refusal.next_step, refusal.evidence)}"
            note = self._mailbox.set_aside(path, why)
            self._say(_("{file} was not read as a mail. {why} Kept: {note}").format(file=path.name, why=why, note=note))
            return
        self._answer(path, message)

    def _answer(self, path: Path | None, message: EmailMessage) -> Answered:
        reply = self._desk.receive(message)
        kept = self._mailbox.keep(path, message, reply.message)
        name = path.name if path else _("a mail from the form")
        reasons = ", ".join(refusal.reason for refusal in reply.refusals)
        if reasons:
            self._say(_("{mail}: refused ({reasons}). Reply: {kept}").format(mail=name, reasons=reasons, kept=kept))
        elif reply.asks is not None:
            text = _("{mail}: asks for the destruction of {license}; ask the customer back, then answer at /mail")
            self._say(text.format(mail=name, license=reply.asks.license))
        else:
            self._say(_("{mail}: accepted. Reply: {kept}").format(mail=name, kept=kept))
        if reply.archive is not None:
            self._say(_("archive: {file}").format(file=reply.archive))
        return Answered(reply, kept)
