"""The phone's page at the business desk: a scanned QR code opens what it asks for, and only the button approves.

It is made on the server and works without JavaScript. The time left is that of the moment the page was opened: in the
lab time stands still until somebody moves it.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from math import ceil
from typing import Any

from flask import Flask, Response, make_response, render_template, request, send_from_directory
from werkzeug.exceptions import HTTPException

from fanlic.desk import Asking, Desk
from fanlic.model.refusals import N_, ChallengeUnreadable, Refusal
from fanlic.texts import _, fill, instant
from fanlic.texts.about import NOT_FANRUAN
from fanlic.web import headers
from fanlic.web.problems import ForeignOrigin, status_of
from fanlic.web.reading import BODY_LIMIT

PATH = "/a"  # short, for it stands in the QR code
CHALLENGE_LIMIT = 1000  # characters; ours: the longest challenge a server makes stays below
_SCAN = N_("Scan the picture on the QR code page of the authorization server.")
# What HTTP itself refuses: what happened, and what to do next.
_HTTP = {
    404: (N_("There is nothing at this address."), _SCAN),
    405: (N_("This address does not take this method."), _SCAN),
    413: (N_("This is too large to be an approval."), _SCAN),
    500: (
        N_("The business desk failed; what was asked for may not have happened."),
        N_("Press Refresh on the QR code page of the authorization server and scan the new QR code."),
    ),
}
_ANY = (N_("The request cannot be served."), _SCAN)


def create_app(desk: Desk) -> Flask:
    """The application of the business desk's page for phones."""
    app = Flask(__name__, static_folder=None, template_folder="phone")
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.globals["_"] = _
    app.jinja_env.filters["instant"] = instant
    page = _Page(desk)
    app.get("/")(page.home)
    app.get(PATH)(page.look)
    app.post(PATH)(page.approve)
    app.get("/phone.css")(page.style)
    headers.guard(app, lambda: desk.now)
    app.register_error_handler(Refusal, page.refused)
    app.register_error_handler(HTTPException, page.failed)
    return app


class _Page:
    """Submitting and Authentication, as whoever holds the phone sees it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def home(self) -> Response:
        return _render("home")

    def look(self) -> Response:
        challenge = _challenge(request.args.getlist("c"))
        asking = self._desk.look(challenge)
        return _render("asking", asking=asking, left=_left(asking), challenge=challenge)

    def approve(self) -> Response:
        challenge = _challenge(request.form.getlist("c"))
        # First of all, because there is nothing to look at once the challenge is used.
        asking = self._desk.look(challenge, pressed=True)
        code = self._desk.approve(challenge)  # clause: six-digits
        return _render("approved", asking=asking, left=_left(asking), code=code)

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
