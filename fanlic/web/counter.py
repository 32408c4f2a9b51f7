"""The business desk's counter on the web: a named person hands in a customer's mail, as a file or by the form.

The page is made on the server and has no script. There is no session: each form carries the name and the PIN. An
archive that was issued is fetched once, by a link that only the page of the reply shows.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, make_response, render_template, request

from fanlic.door import COUNTER, LONGEST, Door, DoorLocked, NameOrPinWrong
from fanlic.mailroom import Answered, Mailroom
from fanlic.model.authfile import COMPANY, HOW, METHOD, MIGRATE, PROJECT, SEATS, SIGNED, TITLE
from fanlic.model.refusals import N_, LicenseUnknown, MailUnreadable, NothingToUnbind, Refusal
from fanlic.ports import Entropy
from fanlic.texts import _, fill
from fanlic.texts.about import NOT_FANRUAN
from fanlic.web.activation import entered

LARGEST = 60 * 1024  # bytes of one upload; ours, below what the socket takes
LINKS = 20  # archives that wait to be fetched; ours
_CHUNK = 256 * 1024  # bytes

Parse = Callable[[bytes], EmailMessage]
Compose = Callable[[str, str, dict[str, str], bytes | None], EmailMessage]
LINES = (COMPANY, PROJECT, SIGNED, HOW, SEATS, MIGRATE)


class NoMail(Refusal):
    """The form is empty, or says two things at once."""

    problem: str
    message = N_("This is not one mail: {problem}.")
    next_step = N_("Choose a file, or fill in the form; not both.")


def blueprint(door: Door, mailroom: Mailroom, parse: Parse, compose: Compose, entropy: Entropy) -> Blueprint:
    """The routes of the counter."""
    counter = _Counter(door, mailroom, parse, compose, entropy)
    routes = Blueprint("counter", __name__)
    routes.get("/mail")(counter.show)
    routes.post("/mail")(counter.hand_in)
    routes.post("/mail/asked")(counter.asked_back)
    routes.get("/archive/<link>")(counter.archive)
    return routes


class _Counter:
    """Obtaining the Authorization File, as the staff of the desk sees it."""

    def __init__(self, door: Door, mailroom: Mailroom, parse: Parse, compose: Compose, entropy: Entropy) -> None:
        self._door = door
        self._mailroom = mailroom
        self._parse = parse
        self._compose = compose
        self._entropy = entropy
        self._links: OrderedDict[str, Path] = OrderedDict()

    def show(self) -> Response:
        return _render("form")

    def hand_in(self) -> Response:
        request.max_content_length = LARGEST
        try:
            # The mail is read before the PIN is looked at: a mistake in the form costs no try and the PIN no typing.
            message = self._message()
            by = entered(self._door, COUNTER)
        except (NameOrPinWrong, DoorLocked) as refusal:
            return _refused(refusal, 429 if isinstance(refusal, DoorLocked) else 403)
        except (MailUnreadable, NoMail) as refusal:
            return _refused(refusal, 422)
        answered = self._mailroom.hand_in(message, by)
        return _render("reply", 200 if answered.reply.accepted else 422, **self._facts(answered))

    def asked_back(self) -> Response:
        license_id, answer = request.form.get("license", "").strip()[:64], request.form.get("answer", "")
        try:
            if answer not in ("destroy", "keep"):
                raise NoMail(N_("it says neither that the customer confirmed nor that the customer denied"))
            by = entered(self._door, COUNTER)
            answered = self._mailroom.asked_back(license_id, by, confirmed=answer == "destroy")
        except (NameOrPinWrong, DoorLocked) as refusal:
            return _refused(refusal, 429 if isinstance(refusal, DoorLocked) else 403)
        except (NoMail, LicenseUnknown, NothingToUnbind) as refusal:
            return _refused(refusal, 422)
        return _render("reply", 200 if answered.reply.accepted else 422, **self._facts(answered))

    def archive(self, link: str) -> Response:
        path = self._links.pop(link, None)
        if path is None or not path.exists():
            abort(404)
        response = Response(_chunks(path), mimetype="application/x-tar")
        response.headers["Content-Length"] = str(path.stat().st_size)
        response.headers["Content-Disposition"] = f'attachment; filename="{path.name}"'
        return response

    def _message(self) -> EmailMessage:
        fields = {name: " ".join(request.form.get(name, "").split()) for name in ("from", *LINES)}
        file, attached = request.files.get("file"), request.files.get("private-config")
        data = file.read() if file and file.filename else b""
        filled = bool(fields["from"])
        if bool(data) == filled:
            raise NoMail(N_("there is a file and a sender") if data else N_("there is neither a file nor a sender"))
        if data:
            _check_type(str(file.filename) if file else "")
            return self._parse(data)
        lines = {name: fields[name] for name in LINES if fields[name]}
        title = _("Migration of the authorization server of {company}") if MIGRATE in lines else TITLE
        content = attached.read() if attached and attached.filename else None
        return self._compose(fields["from"], title.format(company=lines.get(COMPANY, "")), lines, content or None)

    def _facts(self, answered: Answered) -> dict[str, Any]:
        reply, link = answered.reply, ""
        if reply.archive is not None:
            link = self._entropy.token(16).hex()
            self._links[link] = reply.archive
            while len(self._links) > LINKS:
                self._links.popitem(last=False)
        body = reply.message.get_body(("plain",))
        text = body.get_content() if body is not None else ""
        facts = {"link": link, "archive": reply.archive.name if reply.archive else "", "kept": answered.kept}
        facts["asks"] = reply.asks
        return facts | {"reply": text, "to": reply.message["To"], "accepted": reply.accepted}


def _check_type(name: str) -> None:
    if not name.lower().endswith(".eml"):
        raise MailUnreadable(N_("the file does not end in .eml; save the mail as .eml in the mail program"))


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while data := stream.read(_CHUNK):
            yield data


def _refused(refusal: Refusal, status: int) -> Response:
    message, next_step = (fill(text, refusal.evidence) for text in (refusal.message, refusal.next_step))
    return _render("form", status, refused=message, next_step=next_step, reason=refusal.reason)


def _render(state: str, status: int = 200, **facts: Any) -> Response:
    given = {name: value[:200] for name, value in request.form.items() if name != "pin"}
    page = render_template(
        "counter.html",
        state=state,
        given=given,
        lines=LINES,
        method=METHOD,
        longest=LONGEST,
        not_fanruan=_(NOT_FANRUAN),
        **facts,
    )
    return make_response(page, status)
