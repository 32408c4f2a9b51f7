"""Every refusal on the wire: a problem after RFC 9457, and the one table of reasons and their HTTP statuses.

A person who looks with a browser gets the same facts as a small page. No answer ever carries a traceback.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from math import ceil
from typing import Any

from flask import Flask, Response, jsonify, make_response, render_template_string, request
from werkzeug.exceptions import Forbidden, HTTPException, NotFound, ServiceUnavailable

from fanlic.model import refusals
from fanlic.model.clauses import Basis, Clause
from fanlic.model.refusals import N_, Refusal, Who
from fanlic.model.registration import Check
from fanlic.ports import StoreUnavailable
from fanlic.service import AuthorizationService
from fanlic.texts import _, basis, fill
from fanlic.web.reading import BodyTooLarge, MediaTypeWrong

PROBLEM = "application/problem+json"

STATUS: dict[type[Refusal], int] = {
    Refusal: 409,  # what is not listed: it does not fit the present state
    refusals.DataUnreadable: 400,
    MediaTypeWrong: 415,
    BodyTooLarge: 413,
    refusals.ParameterWrong: 422,
    refusals.NothingToUnbind: 404,
    refusals.LicenseExpired: 403,
    refusals.VersionMismatch: 403,
    refusals.AuthorizationLapsed: 403,
    refusals.AddressOutside: 403,
    refusals.DomainOutside: 403,
    refusals.AppNameOutside: 403,
    refusals.SeatsTaken: 409,
    refusals.NeverActivated: 409,
    refusals.NodeKeyWrong: 403,
    refusals.SeatEnded: 410,
    refusals.WrongCode: 422,
    refusals.CodeSuperseded: 410,
    refusals.CodeEntryLocked: 429,
    refusals.RefreshLimited: 429,
    refusals.CodeEntrySealed: 423,
    refusals.QrExpired: 410,
    refusals.NoQr: 409,
    refusals.AlreadyActivated: 409,
    refusals.ChallengeUnreadable: 400,
    refusals.ChallengeForged: 403,
    refusals.LicenseUnknown: 404,
    refusals.LicenseDestroyed: 410,
    refusals.LicenseBoundElsewhere: 409,
    refusals.ChallengeUsed: 409,
}

# What HTTP itself refuses: what happened, and what to do next.
_HTTP = {
    404: (N_("There is nothing at this address."), N_("Open / for the page; /openapi.json describes the calls.")),
    405: (N_("This address does not take this method."), N_("The header Allow names those it takes.")),
    500: (
        N_("The server failed; what was asked for may not have happened."),
        N_("Look into the server's log and at /readyz, then ask again."),
    ),
}
_ANY = (N_("The request cannot be served."), N_("Compare it with /openapi.json and send it again."))

_PLAIN = """<!doctype html>
<html lang="{{ lang }}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ title }}</title><link rel="stylesheet" href="/license/qrcode.css"></head>
<body><main class="card plain"><h1>{{ title }}</h1>{% for line in lines %}<p>{{ line }}</p>{% endfor %}
<p><a href="{{ href }}">{{ link }}</a></p></main></body></html>
"""


class ForeignOrigin(Forbidden):
    """Another site's page has sent a change to this server."""

    reason = "foreign-origin"
    description = N_("The request was sent by a page of another site, so nothing was changed.")
    next_step = N_("Open the page of this server itself and submit there.")


class HostUnknown(HTTPException):
    """The request came under a name that is none of this server's."""

    code = 421
    reason = "host-unknown"
    description = N_("This server does not answer under the name in the address, so nothing was done.")
    next_step = N_(
        "Open it by its IP address, by localhost or by a name in its certificate. To allow another name, start the "
        "container with -e FANLIC_HOSTS=NAME."
    )


class LabTokenWrong(Forbidden):
    """Somebody without the lab's token wants to move its clock or to aim a fault."""

    reason = "lab-token-wrong"
    description = N_("The controls of a lab ask for its token, and the request has none or another one.")
    next_step = N_(
        "Use the lab itself (lab.clock, lab.faults). By hand: send the header X-Fanlic-Lab-Token; a server that was "
        "started without a lab has written its token to the file lab-token in /app/config."
    )


class PageMissing(NotFound):
    """The container's /app/web was mapped, which hides the page."""

    reason = "page-missing"
    clause = Clause.MAP_WEB
    description = N_(
        "The QR code page cannot be shown: its files are not in /app/web. A folder without the page was mapped there."
    )
    next_step = N_(
        "Make the container anew without the mapping of /app/web, keeping that of /app/config. All else runs on."
    )


class StateUnusable(ServiceUnavailable):
    """The store cannot be read or written now."""

    reason = "state-unusable"
    description = N_("The state in /app/config cannot be read or written, so nothing was changed.")
    next_step = N_("Look into the server's log; check that the disk of /app/config is there, writable and not full.")


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal; a subclass has its parent's where it has none of its own."""
    return next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)


def retry_after(refusal: Refusal, service: AuthorizationService) -> dict[str, str]:
    """The header that says when a lock or a limit ends, in seconds; no header for any other reason."""
    if not isinstance(refusal, refusals.CodeEntryLocked | refusals.RefreshLimited):
        return {}
    left = refusal.until - service.status().now
    return {"Retry-After": str(max(0, ceil(left / timedelta(seconds=1))))}


def refused(refusal: Refusal, *, lab: bool) -> dict[str, Any]:
    """The problem that tells a refusal; the checks on the way to it are told in the lab only."""
    body = _problem(status_of(refusal), refusal.reason, fill(refusal.message, refusal.evidence), refusal.clause)
    body["basis"] = basis(refusal)
    body |= {"next_step": fill(refusal.next_step, refusal.evidence), "who": _(refusal.who)}
    body["docs"] = f"{'codes' if refusal.code else 'reasons'}/{refusal.label}/"
    if refusal.code is not None:
        body |= {"title": refusal.code.name, "code": int(refusal.code), "name": refusal.code.name}
    if lab:
        body["checks"] = [_check(check) for check in refusal.checks if isinstance(check, Check)]
    return body


def install(app: Flask, service: AuthorizationService, *, lab: bool) -> None:
    """Answer every refusal, and whatever else goes wrong, in the form of a problem."""

    def on_refusal(refusal: Refusal) -> Response:
        # Unsigned, so no proof; an honest other server at the address is told apart by it.
        return answer(refused(refusal, lab=lab) | {"server": service.identity}, retry_after(refusal, service))

    def on_http(error: HTTPException) -> Response:
        kept = {name: value for name, value in error.get_headers() if name == "Allow"}
        return answer(_http_problem(error), kept)

    def on_store(failure: StoreUnavailable) -> Response:
        app.logger.error("%s", failure)
        body = _http_problem(StateUnusable())
        if request.path == "/readyz":
            body = unready_problem([reason_for(body["reason"], body["detail"], body["next_step"])])
        return answer(body, {})

    app.register_error_handler(Refusal, on_refusal)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(StoreUnavailable, on_store)


def answer(body: dict[str, Any], headers: dict[str, str]) -> Response:
    """A problem as JSON, or as a small page where a person looks at a page's address."""
    if _person_looks():
        lines = (body["detail"], body["next_step"])
        response = plain(body["title"], lines, href="/", link=_("To the start of this server"))
    else:
        response = jsonify(body)
        response.mimetype = PROBLEM
    response.status_code = body["status"]
    response.headers.update(headers)
    return response


def plain(title: str, lines: tuple[str, ...], *, href: str, link: str) -> Response:
    """A small page that needs no front end, and leads on."""
    # Translators: the code of the language you translate to
    lang = _("en")
    return make_response(render_template_string(_PLAIN, lang=lang, title=title, lines=lines, href=href, link=link))


def reason_for(name: str, detail: str, next_step: str) -> dict[str, str]:
    """One reason why the server is not ready."""
    return {"reason": name, "detail": detail, "next_step": next_step}


def unready_problem(reasons: list[dict[str, str]]) -> dict[str, Any]:
    """The problem that tells why the server is not ready."""
    body = _problem(503, "not-ready", " ".join(each["detail"] for each in reasons), None)
    return body | {"next_step": reasons[0]["next_step"], "ready": False, "reasons": reasons}


def _http_problem(error: HTTPException) -> dict[str, Any]:
    status = error.code or 500
    happened, next_step = _HTTP.get(status, _ANY)
    own: str | None = getattr(error, "reason", None)
    phrase = HTTPStatus(status).phrase
    detail = error.description if own and error.description else happened
    body = _problem(status, own or phrase.lower().replace(" ", "-"), _(detail), getattr(error, "clause", None))
    return body | {"next_step": _(getattr(error, "next_step", next_step))}


def _problem(status: int, reason: str, detail: str, clause: Clause | None) -> dict[str, Any]:
    return {
        "type": f"urn:fanlic:reason:{reason}",
        "title": reason.replace("-", " ").capitalize(),
        "status": status,
        "detail": detail,
        "reason": reason,
        "code": None,
        "name": None,
        "clause": clause.slug if clause else None,
        "docs": f"clauses.html#{clause.slug}" if clause else None,  # addresses below the root of the site
        "basis": _(Basis.READING),  # whose statement the detail is; what to do next is always ours
        "next_step": "",
        "who": _(Who.HOST),
    }


def _check(check: Check) -> dict[str, Any]:
    return {"what": check.what, "wanted": check.wanted, "got": check.got, "ok": check.refusal is None}


def _person_looks() -> bool:
    if request.path.startswith(("/license/v1/", "/lab/")):
        return False
    return request.accept_mimetypes.best_match((PROBLEM, "text/html")) == "text/html"
