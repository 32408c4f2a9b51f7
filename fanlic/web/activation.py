"""The phone's page at the business desk: a scanned QR code opens what it asks for, and only the button approves.

It is made on the server and works without JavaScript. The time left is that of the moment the page was opened: in the
lab time stands still until somebody moves it.

At a desk that stands on its own the button wants the name and the PIN of a person: whoever sees the QR code can open
the page. In a lab there is nobody to keep out.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from http import HTTPStatus
from math import ceil
from typing import Any

from flask import Flask, Response, jsonify, make_response, render_template, request, send_from_directory
from werkzeug.exceptions import HTTPException

from fanlic.desk import Asking, Desk
from fanlic.door import LONGEST, Door, DoorLocked, NameOrPinWrong
from fanlic.model.refusals import N_, ChallengeUnreadable, Refusal
from fanlic.texts import _, fill, instant
from fanlic.texts.about import NOT_FANRUAN
from fanlic.web import headers, openapi
from fanlic.web.problems import ForeignOrigin, status_of
from fanlic.web.reading import BODY_LIMIT

PATH = "/a"  # short, for it stands in the QR code
CHALLENGE_LIMIT = 1000  # characters; ours: the longest challenge a server makes stays below
_SCAN = N_("Scan the picture on the QR code page of the authorization server.")
# What HTTP itself refuses: what happened, and what to do next.
_HTTP = {
    404: (N_("There is nothing at this address."), _SCAN),
    405: (N_("This address does not take this method."), _SCAN),
    421: (
        N_("The certificate of this business desk does not name the address in your browser, so nothing was done."),
        N_(
            "Scan the QR code again: it has the right address. If it leads here, the person who runs the business desk "
            "starts it with --name and this address."
        ),
    ),
    413: (N_("This is too large to be an approval."), _SCAN),
    500: (
        N_("The business desk failed; what was asked for may not have happened."),
        N_("Press Refresh on the QR code page of the authorization server and scan the new QR code."),
    ),
}
_ANY = (N_("The request cannot be served."), _SCAN)


def create_app(desk: Desk, door: Door | None = None, names: Collection[str] | None = None) -> Flask:
    """The application of the business desk's page for phones.

    `door`: who may approve; None in a lab. `names`: the addresses in the desk's certificate; None for any.
    """
    app = Flask(__name__, static_folder=None, template_folder="phone")
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.globals["_"] = _
    app.jinja_env.filters["instant"] = instant
    page = _Page(desk, door)
    app.get("/")(page.home)
    app.get(PATH)(page.look)
    app.post(PATH)(page.approve)
    app.get("/phone.css")(page.style)
    app.get("/openapi.json")(page.description)
    if door is not None:
        headers.speak(app)  # first of all, so that a refusal of the guard is spoken too
    headers.guard(app, None if door else lambda: desk.now, names, any_ip=False)
    app.register_error_handler(Refusal, page.refused)
    app.register_error_handler(HTTPException, page.failed)
    return app


class _Page:
    """Submitting and Authentication, as whoever holds the phone sees it."""

    def __init__(self, desk: Desk, door: Door | None) -> None:
        self._desk = desk
        self._door = door

    def home(self) -> Response:
        return _render("home", door=self._door)

    def look(self) -> Response:
        challenge = _challenge(request.args.getlist("c"))
        asking = self._desk.look(challenge)
        return _render("asking", asking=asking, left=_left(asking), challenge=challenge, door=self._door)

    def approve(self) -> Response:
        challenge = _challenge(request.form.getlist("c"))
        # First of all, because there is nothing to look at once the challenge is used.
        asking = self._desk.look(challenge, pressed=True)
        try:
            by = "" if self._door is None else entered(self._door, asking.license)  # threat: qr-photographed
        except (NameOrPinWrong, DoorLocked) as refusal:
            self._desk.note_refused("approval refused", asking.license, refusal.reason)
            return self._ask_again(asking, challenge, refusal)
        code = self._desk.approve(challenge, by=by)  # clause: six-digits
        return _render("approved", asking=asking, left=_left(asking), code=code)

    def _ask_again(self, asking: Asking, challenge: str, refusal: Refusal) -> Response:
        facts = {"asking": asking, "left": _left(asking), "challenge": challenge, "door": self._door}
        facts |= {"who": request.form.get("name", "")[:LONGEST], "refused": fill(refusal.message, refusal.evidence)}
        facts |= {"next_step": fill(refusal.next_step, refusal.evidence), "reason": refusal.reason}
        return _render("asking", 429 if isinstance(refusal, DoorLocked) else 403, **facts)

    def description(self) -> Response:
        return jsonify(openapi.phone_description(door=self._door is not None))

    def style(self) -> Response:
        return send_from_directory("phone", "phone.css")

    def refused(self, refusal: Refusal) -> Response:
        facts = {
            "reason": refusal.reason,
            "message": fill(refusal.message, refusal.evidence),
            "next_step": fill(refusal.next_step, refusal.evidence),
            "who": _(refusal.who),
            "clause": refusal.clause.slug if refusal.clause else "",
        }
        return _render("refused", status_of(refusal), **facts)

    def failed(self, error: HTTPException) -> Response:
        status = error.code or 500
        message, next_step = _HTTP.get(status, _ANY)
        reason = HTTPStatus(status).phrase.lower().replace(" ", "-")
        if isinstance(error, ForeignOrigin):
            reason, message, next_step = error.reason, error.description or message, _SCAN
        response = _render("refused", status, reason=reason, message=_(message), next_step=_(next_step))
        response.headers.extend(kept for kept in error.get_headers() if kept[0] == "Allow")
        return response


def entered(door: Door, matter: str) -> str:
    """The person whose name and PIN the form carries."""
    return door.enter(matter, request.form.get("name", ""), request.form.get("pin", ""))


def _challenge(given: list[str]) -> str:
    if len(given) != 1 or not given[0]:
        raise ChallengeUnreadable(N_("the address carries no challenge"))
    if len(given[0]) > CHALLENGE_LIMIT:
        raise ChallengeUnreadable(N_("it is too long"))
    return given[0]


def _left(asking: Asking) -> int:
    """Seconds until the QR code ends, as the page of the server shows them."""
    return ceil((asking.until - asking.now) / timedelta(seconds=1))


def _render(state: str, status: int = 200, **facts: Any) -> Response:
    page = render_template("phone.html", state=state, path=PATH, not_fanruan=_(NOT_FANRUAN), **facts)
    return make_response(page, status)
