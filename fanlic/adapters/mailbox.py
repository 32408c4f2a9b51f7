"""The business desk's mailbox, which is a folder: mails are put into `inbox`, what became of each is in `mails`.

A file is taken up when it has not changed between two looks, so that one that is still being copied is left alone.
"""

from __future__ import annotations

import re
import threading
from email.message import EmailMessage
from pathlib import Path

from fanlic.adapters.files import read_plain, write_private
from fanlic.adapters.mail import MAX_BYTES, parse
from fanlic.model.refusals import N_, MailUnreadable
from fanlic.texts import _

INBOX, MAILS = "inbox", "mails"
_UNFINISHED = (".part", ".tmp", ".crdownload", ".swp")
_NUMBER = re.compile(r"([0-9]{4,9})-")


class FolderMailbox:
    """Implements the mailroom's Mailbox port."""

    def __init__(self, folder: Path) -> None:
        self.inbox, self._mails = folder / INBOX, folder / MAILS
        for place in (self.inbox, self._mails):
            place.mkdir(mode=0o700, exist_ok=True)
        self._seen: dict[Path, tuple[int, int]] = {}
        self._lock = threading.Lock()
        self._last = max(
            (int(found[1]) for path in self._mails.iterdir() if (found := _NUMBER.match(path.name))), default=0
        )

    def waiting(self) -> list[Path]:
        """The files that came and are whole, the oldest name first."""
        found = {}
        for path in sorted(self.inbox.iterdir()):
            if (
                path.name.startswith(".")
                or path.suffix.lower() in _UNFINISHED
                or (path.is_dir() and not path.is_symlink())
            ):
                continue
            state = path.lstat()
            found[path] = (state.st_size, state.st_mtime_ns)
        whole = [path for path, state in found.items() if self._seen.get(path) == state]
        self._seen = found
        return whole

    def read(self, path: Path) -> EmailMessage:
        """The mail in a file; raises MailUnreadable."""
        if path.suffix.lower() != ".eml":
            raise MailUnreadable(N_("the file does not end in .eml; save the mail as .eml in the mail program"))
        try:
            if path.lstat().st_size > MAX_BYTES:
                raise MailUnreadable(f"it is larger than {MAX_BYTES} bytes")
            return parse(read_plain(path))
        except OSError as problem:
            raise MailUnreadable(str(problem.strerror)) from problem

    def keep(self, path: Path | None, message: EmailMessage, reply: EmailMessage) -> Path:
        """Keep a mail and its reply under one number; the file in the inbox is gone then. Where the reply is."""
        number = self._next()
        answer = self._mails / f"{number}-reply.eml"
        write_private(answer, bytes(reply))  # first: a desk that dies here finds the mail again and answers it again
        write_private(self._mails / f"{number}-request.eml", bytes(message))
        if path is not None:
            path.unlink()
        return answer

    def set_aside(self, path: Path, why: str) -> Path:
        """Put aside a file that is no mail, with a note that says why; where the note is."""
        number = self._next()
        note = self._mails / f"{number}-not-a-mail.txt"
        note.write_text(_("{file} was not read as a mail.").format(file=path.name) + f"\n{why}\n", "utf-8")
        path.replace(self._mails / f"{number}-not-a-mail{path.suffix[:16]}.kept")
        return note

    def _next(self) -> str:
        with self._lock:  # mails come from the inbox and from the form at once
            self._last += 1
            return f"{self._last:04d}"
