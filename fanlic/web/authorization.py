"""The authorization server on the web: the QR code page, the calls of the projects, readiness.

The page is made on the server and works without JavaScript. It makes a QR code only if none was ever made; an expired
one is renewed by hand. Its template is in the package: of `/app/web`, which an image or a mapping fills, only the
presence of the page counts, and its style and script, which are sent as they are.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection

from flask import Blueprint, Flask, Response, jsonify, make_response, redirect, render_template, request
from markupsafe import Markup

from fanlic.model.activation import CodeEntryState
from fanlic.model.approval import fingerprint
from fanlic.model.outage import Standing
from fanlic.model.policy import as_words, changed
from fanlic.model.refusals import LicenseExpired, Refusal
from fanlic.ports import CONTROLS, TOKEN_HEADER
from fanlic.service import AuthorizationService, Status
from fanlic.texts import _, duration, fill, instant
from fanlic.texts.about import NOT_FANRUAN
from fanlic.web import calls, faults, headers, openapi, problems, reading, seats

PAGE = "qrcode.html"


def create_app(
    service: AuthorizationService,
    *,
    front_end: Callable[[str], bytes | None],
    draw: Callable[[str, str], str],
    lab_token: str | None = None,
    log: Callable[[str], object] | None = None,
    names: Collection[str] | None = None,
) -> Flask:
    """The application. `front_end(name)`: the bytes of a file in /app/web; `draw(text, title)`: a QR code as SVG;
    `lab_token`: what the controls of a lab ask for; None for a strict server, which has no controls. `log` takes a line
    for each call that a lab's fault has struck; `names`: see `headers.guard`.
    """
    lab = lab_token is not None
    app = Flask(__name__, static_folder=None, template_folder="authorization")  # threat: archive-template
    app.config["MAX_CONTENT_LENGTH"] = reading.BODY_LIMIT
    app.url_map.merge_slashes = False  # a doubled slash is a wrong address, not one to redirect
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.globals["_"] = _
    app.jinja_env.filters.update(instant=instant, duration=duration)
    headers.guard(app, service.now if lab else None, names)
    problems.install(app, service, lab=lab)
    app.register_blueprint(_page(_Page(service, front_end, draw, lab=lab)))
    app.register_blueprint(calls.blueprint(service, lab=lab))
    app.register_blueprint(_health(service, lab=lab))
    if lab_token is not None:  # threat: lab-controls
        _guard_controls(app, lab_token)
        app.register_blueprint(_lab(service))
        faults.install(app, service, log)
    else:
        seats.install(app, service, names)
    return app


# -- the page


def _page(page: _Page) -> Blueprint:
    routes = Blueprint("page", __name__, url_prefix="/license")
    routes.get("/qrcode")(page.show)  # clause: qr-page
    routes.post("/qrcode")(page.submit)
    routes.post("/qrcode/refresh")(page.refresh)
    routes.get("/qrcode.css", endpoint="style")(lambda: page.file("qrcode.css", "text/css"))
    routes.get("/qrcode.js", endpoint="script")(lambda: page.file("qrcode.js", "text/javascript"))
    return routes


class _Page:
    """Submitting and Authentication, as a person sees it."""

    def __init__(
        self,
        service: AuthorizationService,
        front_end: Callable[[str], bytes | None],
        draw: Callable[[str, str], str],
        *,
        lab: bool,
    ) -> None:
        self._service = service
        self._front_end = front_end
        self._draw = draw
        self._lab = lab

    def show(self) -> Response:
        self._present()
        self._service.qr(reading.address())  # the first look ever makes a QR code
        return self._render()

    def submit(self) -> Response:
        self._present()
        reading.address()  # looked at first, so that a wrong one changes nothing
        try:
            self._service.submit(reading.form_field("code"))
        except Refusal as refusal:
            return self._refused(refusal)
        return self._back()

    def refresh(self) -> Response:
        self._present()
        reading.address()
        try:
            self._service.refresh()
        except Refusal as refusal:
            return self._refused(refusal)
        return self._back()

    def file(self, name: str, media_type: str) -> Response:
        return Response(self._present(name), mimetype=media_type)

    def _present(self, name: str = PAGE) -> bytes:
        data = self._front_end(name)
        if data is None:  # clause: map-web
            raise problems.PageMissing
        return data

    def _back(self) -> Response:
        # Afterwards the page is asked for anew, so that reloading it sends nothing twice.
        return make_response(redirect("/license/qrcode", 303))

    def _refused(self, refusal: Refusal) -> Response:
        response = self._render(refusal)
        response.status_code = problems.status_of(refusal)
        response.headers.update(problems.retry_after(refusal, self._service))
        return response

    def _render(self, refusal: Refusal | None = None) -> Response:
        status, address = self._service.status(), reading.address()
        text = self._service.qr(address) if status.code_entry is CodeEntryState.OPEN else None
        facts = {
            "status": status,
            "state": calls.state(status),
            "mark": calls.mark(status),
            "fingerprint": fingerprint(status.identity),
            "vendor": fingerprint(status.vendor),
            "rules": as_words(self._service.policy),
            "changed": changed(self._service.policy),
            "address": address,
            "policy": self._service.policy,
            "left": calls.seconds(status.qr_until or status.locked_until, status.now),
            "picture": None if text is None else Markup(self._draw(text, _("QR code of this server"))),  # noqa: S704 - ours
            "lapsed": status.activation is Standing.LAPSED,
            "cause": _(status.cause),
            "refused": None if refusal is None else fill(refusal.message, refusal.evidence),
            "next_step": None if refusal is None else fill(refusal.next_step, refusal.evidence),
            "lab": self._lab,
            "not_fanruan": _(NOT_FANRUAN),
        }
        return make_response(render_template(PAGE, **facts))


# -- health, and the lab


def _health(service: AuthorizationService, *, lab: bool) -> Blueprint:
    routes = Blueprint("health", __name__)

    @routes.get("/")
    def front() -> Response:
        # Looking here makes no QR code: whoever diagnoses a server from outside asks for this address only.
        title, link = _("fanlic rehearsal server"), _("To the QR code page")
        return problems.plain(title, (_(NOT_FANRUAN),), href="/license/qrcode", link=link)

    @routes.get("/healthz")
    def alive() -> Response:
        return jsonify(alive=True)

    @routes.get("/readyz")
    def ready() -> Response:
        reasons = _unready(service.ready())
        return problems.answer(problems.unready_problem(reasons), {}) if reasons else jsonify(ready=True, reasons=[])

    @routes.get("/openapi.json")
    def description() -> Response:
        return jsonify(openapi.description(lab=lab))

    return routes


def _unready(status: Status) -> list[dict[str, str]]:
    # A server that was never activated is ready: its page is what is needed next.
    reasons = []
    if status.clock_alarm_at is not None:
        happened = _("The clock of the container host was set back at {at}.").format(at=instant(status.clock_alarm_at))
        next_step = _("Set the clock right, then open the QR code page and scan again.")
        reasons.append(problems.reason_for("clock-alarm", happened, next_step))
    if status.license_over:
        over = LicenseExpired(status.license_expires)
        happened, next_step = fill(over.message, over.evidence), fill(over.next_step, over.evidence)
        reasons.append(problems.reason_for(over.reason, happened, next_step))
    return reasons


def _guard_controls(app: Flask, token: str) -> None:
    def token_only() -> None:
        given = request.headers.get(TOKEN_HEADER, "")
        if request.path.startswith("/lab/") and not hmac.compare_digest(given.encode(), token.encode()):
            raise problems.LabTokenWrong

    app.before_request(token_only)


def _lab(service: AuthorizationService) -> Blueprint:
    routes = Blueprint("lab", __name__, url_prefix=CONTROLS.rstrip("/"))

    @routes.post("/settle")
    def settle() -> Response:
        return jsonify(next_deadline=calls.iso(service.settle()))

    @routes.post("/ran")
    def ran() -> Response:
        return jsonify(next_change=calls.iso(service.ran()))

    return routes
