"""The project server's pages: a stand-in for FineBI's Registration dialog, with a log-in in front.

FineBI's look is not known here and not imitated: the names are the page's, the rest is ours. The pages are made on the
server and have no script. The session is a cookie that only this site gets; each change is refused if another site
sends it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any, Protocol

from flask import Flask, Response, make_response, redirect, render_template, request, send_from_directory
from werkzeug.exceptions import HTTPException

from fanlic.door import Door, DoorLocked, NameOrPinWrong
from fanlic.model.project import Registration
from fanlic.model.refusals import N_, NotAdministrator, Refusal
from fanlic.ports import Entropy
from fanlic.texts import _, fill, instant
from fanlic.texts.about import NOT_FANRUAN
from fanlic.web import headers
from fanlic.web.problems import ForeignOrigin
from fanlic.web.reading import BODY_LIMIT

ADMIN, ANALYST = "admin", "analyst"
LOGIN = "log-in"
COOKIE, SESSIONS = "__Host-project", 50  # sessions at a time; ours
REGISTRATION = "/manage/registration"
METHODS = ("Private Cloud", "Public Cloud", "Local Machine Information", "Local Container")
MEANINGS = {
    Registration.NONE: N_("No authorization is held. Register Now leads to the dialog."),
    Registration.REGISTERED: N_("The authorization is in force. Each node polls every two hours."),
    Registration.FAILING: N_(
        "The last poll failed. The registration is still in force and heals with the next answer, within two hours."
    ),
    Registration.LAPSED: N_("The registration has ended. No later poll brings it back: register again."),
}
_FACTS = {
    "product": N_("Product"),
    "version": N_("Version"),
    "domain": N_("Domain"),
    "app_name": N_("Application name"),
}
_HTTP = {
    404: (N_("There is nothing at this address."), N_("Go to the start of this server.")),
    405: (N_("This address does not take this method."), N_("Go to the start of this server.")),
    413: (N_("This is too large for a form of this server."), N_("Go back and send the form again.")),
    421: (
        N_("The certificate of this server does not name the address in your browser, so nothing was done."),
        N_("Open the address that the server printed when it started, or start it with --name and this address."),
    ),
}
_ANY = (N_("The request cannot be served."), N_("Go to the start of this server."))


class ProjectShown(Protocol):
    """The project behind the pages."""

    name: str
    now: Callable[[], datetime]

    @property
    def nodes(self) -> Sequence[Any]:
        """Its nodes."""
        ...

    @property
    def registration(self) -> Registration:
        """The worst of them."""
        ...

    def register(self, address: str, *, user: str, method: str) -> Any:
        """Register every node; raises why not."""
        ...

    def unbind(self) -> None:
        """Give every seat back."""
        ...


def create_app(
    project: ProjectShown,
    door: Door,
    entropy: Entropy,
    explain: Callable[[str], Any],
    names: Collection[str],
    lock: threading.RLock,
) -> Flask:
    """The application. `explain(label)`: the catalogue's entry, or None; `lock`: held while the project acts."""
    app = Flask(__name__, static_folder=None, template_folder="project")
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.globals.update(_=_, explain=explain)
    app.jinja_env.filters["instant"] = instant
    pages = _Pages(project, door, entropy, explain, lock)
    app.get("/")(pages.home)
    app.post("/login")(pages.log_in)
    app.post("/logout")(pages.log_out)
    app.get(REGISTRATION)(pages.registration)
    app.get(f"{REGISTRATION}/register")(pages.dialog)
    app.post(f"{REGISTRATION}/register")(pages.register)
    app.post(f"{REGISTRATION}/unbind")(pages.unbind)
    app.get("/help/<label>")(pages.help)
    app.get("/page.css")(lambda: send_from_directory("look", "page.css"))
    headers.speak(app)
    headers.guard(app, None, names, any_ip=False)
    app.register_error_handler(HTTPException, pages.failed)
    return app


class _Pages:
    """FineBI Server Verification Authorization, as the administrator of the project sees it."""

    def __init__(
        self, project: ProjectShown, door: Door, entropy: Entropy, explain: Callable[[str], Any], lock: threading.RLock
    ) -> None:
        self._project = project
        self._door = door
        self._entropy = entropy
        self._explain = explain
        self._lock = lock
        self._sessions: OrderedDict[str, str] = OrderedDict()

    # -- log in

    def home(self) -> Response:
        if not self._user():
            return self._render("login", _("Log in"))
        node = self._project.nodes[0].facts
        facts = {text: getattr(node, name) for name, text in _FACTS.items()}
        return self._render("home", _("Home"), facts=facts)

    def log_in(self) -> Response:
        name = request.form.get("name", "")
        try:
            user = self._door.enter(LOGIN, name, request.form.get("pin", ""))
        except (NameOrPinWrong, DoorLocked) as refusal:
            return self._login_refused(name, refusal)
        token = self._entropy.token(24).hex()
        self._sessions[token] = user
        while len(self._sessions) > SESSIONS:
            self._sessions.popitem(last=False)
        response = make_response(redirect("/", 303))
        response.set_cookie(COOKIE, token, secure=True, httponly=True, samesite="Strict")
        return response

    def _login_refused(self, name: str, refusal: Refusal) -> Response:
        locked = isinstance(refusal, DoorLocked)
        next_step = (
            _("Wait until then.")
            if locked
            else _("Type both again. If the PIN is lost, stop the server and run: fanlic project pin {name}").format(
                name=ADMIN
            )
        )
        facts = {"who": name[:64], "refused": fill(refusal.message, refusal.evidence), "next_step": next_step}
        return self._render("login", _("Log in"), 429 if locked else 403, reason=refusal.reason, **facts)

    def log_out(self) -> Response:
        self._sessions.pop(request.cookies.get(COOKIE, ""), None)
        response = make_response(redirect("/", 303))
        response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Strict")
        return response

    # -- Manage > Registration

    def registration(self) -> Response:
        return self._kept_out() or self._render("registration", _("Registration Management"))

    def dialog(self) -> Response:
        if (out := self._kept_out()) is not None:
            return out
        address = next((node.address for node in self._project.nodes if node.address), "")
        return self._render("register", _("Register Now"), methods=METHODS, address=address)

    def register(self) -> Response:
        if (out := self._kept_out()) is not None:
            return out
        address, method = request.form.get("address", "")[:300], request.form.get("method", "")[:64]
        try:
            with self._lock:
                success = self._project.register(address, user=self._user(), method=method)
        except Refusal as refusal:
            return self._failed(refusal, _("Registration failed"))
        return self._render("registration", _("Registration Management"), success=success)

    def unbind(self) -> Response:
        if (out := self._kept_out()) is not None:
            return out
        try:
            with self._lock:
                self._project.unbind()
        except Refusal as refusal:
            return self._failed(refusal, _("Unbinding failed"))
        return make_response(redirect(REGISTRATION, 303))

    def help(self, label: str) -> Response:
        entry = self._explain(label)
        if not self._user():
            return make_response(redirect("/", 303))
        if entry is None:
            return self._message(404, "not-found", *map(_, _HTTP[404]))
        return self._render("help", _("Help"), help=entry)

    def _failed(self, refusal: Refusal, heading: str) -> Response:
        facts: dict[str, Any] = {"refused": fill(refusal.message, refusal.evidence), "reason": refusal.reason}
        facts |= {"next_step": fill(refusal.next_step, refusal.evidence), "heading": heading}
        facts |= {"help": self._explain(refusal.label)}
        if refusal.code is not None:
            facts |= {"code": int(refusal.code), "code_name": refusal.code.name}
        return self._render("registration", heading, 422, **facts)

    # -- what all have in common

    def failed(self, error: HTTPException) -> Response:
        status = error.code or 500
        message, next_step = _HTTP.get(status, _ANY)
        reason = HTTPStatus(status).phrase.lower().replace(" ", "-")
        if isinstance(error, ForeignOrigin):
            reason, message, next_step = error.reason, error.description or message, error.next_step
        response = self._message(status, reason, _(message), _(next_step))
        response.headers.extend(kept for kept in error.get_headers() if kept[0] == "Allow")
        return response

    def _user(self) -> str:
        return self._sessions.get(request.cookies.get(COOKIE, ""), "")

    def _kept_out(self) -> Response | None:
        """Where somebody is sent who may not be here: to the log-in, or away."""
        user = self._user()
        if not user:
            return make_response(redirect("/", 303))
        if user == ADMIN:
            return None
        refusal = NotAdministrator(user)
        message, next_step = fill(refusal.message, refusal.evidence), fill(refusal.next_step, refusal.evidence)
        return self._message(403, refusal.reason, message, next_step)

    def _message(self, status: int, reason: str, message: str, next_step: str) -> Response:
        return self._render("message", message, status, reason=reason, refused=message, next_step=next_step)

    def _render(self, page: str, title: str, status: int = 200, **facts: Any) -> Response:
        with self._lock:
            text = render_template(
                "project.html",
                page=page,
                title=title,
                project=self._project,
                user=self._user(),
                now=self._project.now(),
                meaning=_(MEANINGS[self._project.registration]),
                not_fanruan=_(NOT_FANRUAN),
                **facts,
            )
        return make_response(text, status)
