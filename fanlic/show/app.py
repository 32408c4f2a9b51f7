"""The lab's page as a small Flask application on loopback: made on the server, complete without its script.

Each form posts to /do/ACTION and leads back to the page, so that reloading sends nothing twice. Who opens the page
needs the token that `fanlic lab serve` printed: other users of the machine can reach the port too.
"""

from __future__ import annotations

import hmac
import re
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, make_response, redirect, render_template, request, send_from_directory
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from fanlic import web
from fanlic.lab.causes import DrillCause, clauses
from fanlic.lab.drill import LOOKS, numbered
from fanlic.lab.project import PRIVATE_CLOUD
from fanlic.lab.scenario import catalogue
from fanlic.lab.scene_svg import of_lab
from fanlic.lab.stage import RUN
from fanlic.model.container import ARCHIVE
from fanlic.model.refusals import N_
from fanlic.show.show import OTHERS, STEPS, Show
from fanlic.texts import _, fill, instant, language, spoken
from fanlic.texts.about import NOT_FANRUAN
from fanlic.web import headers
from fanlic.web.faults import KINDS
from fanlic.web.problems import ForeignOrigin
from fanlic.web.reading import BODY_LIMIT

LOOK, OWN = Path(web.__file__).parent / "look", Path(__file__).parent / "page"
ROWS = 40  # of the timeline on the page
TOKEN, LANGUAGE = "fanlic-lab", "fanlic-language"  # names of cookies
LANGUAGES = {"en": "English", "zh": "中文"}
QUICK = (f"docker load -i {ARCHIVE}", f"docker {RUN}", "docker ps", "docker ps -a", "docker images")
NO_TOKEN = N_("This page needs the token of the lab.")
GET_TOKEN = N_("Open the address that fanlic lab serve printed, token included.")


def create_app(show: Show, token: str) -> Flask:
    """The application."""
    app = Flask(__name__, static_folder=None, template_folder="page")
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.globals["_"] = _
    app.jinja_env.filters["instant"] = instant
    pages = _Pages(show, token)
    headers.guard(app, None, ("127.0.0.1",), any_ip=False)
    app.before_request(pages.enter)
    app.teardown_request(pages.leave)
    app.get("/")(pages.show)
    app.get("/projector")(pages.projector)
    app.get("/version")(pages.version)
    app.get("/timeline.csv")(pages.timeline)
    for folder, name in ((LOOK, "page.css"), (OWN, "lab.css"), (OWN, "lab.js")):
        app.get(f"/{name}", endpoint=name)(partial(send_from_directory, folder, name))
    app.post("/do/<action>")(pages.do)
    app.post("/language/<wanted>")(pages.speak)
    app.register_error_handler(HTTPException, pages.failed)
    return app


class _Pages:
    """The page, the projector's page, and the actions."""

    def __init__(self, show: Show, token: str) -> None:
        self._show = show
        self._token = token

    def enter(self) -> Response | None:
        """Speak the reader's language, and let nobody in without the token."""
        g.spoken = spoken(request.cookies.get(LANGUAGE, "") or language())
        g.spoken.__enter__()
        if request.path.endswith(".css"):
            return None
        given = request.args.get("token", "")
        if given and request.method == "GET" and hmac.compare_digest(given.encode(), self._token.encode()):
            response = make_response(redirect(request.path, 303))
            response.set_cookie(TOKEN, self._token, httponly=True, samesite="Strict")
            return response
        if hmac.compare_digest(request.cookies.get(TOKEN, "").encode(), self._token.encode()):
            return None
        return self._message(403, _(NO_TOKEN), _(GET_TOKEN))

    def leave(self, _problem: BaseException | None) -> None:
        """Speak the machine's language again."""
        if (inside := g.pop("spoken", None)) is not None:
            inside.__exit__(None, None, None)

    def show(self) -> Response:
        return self._render("lab.html")

    def projector(self) -> Response:
        return self._render("projector.html")

    def version(self) -> Response:
        return Response(str(self._show.version), mimetype="text/plain")

    def timeline(self) -> Response:
        with self._show.lock:
            self._show.lab.collect()
            text = self._show.lab.timeline_csv()
        response = Response(text, mimetype="text/csv")
        response.headers["Content-Disposition"] = 'attachment; filename="timeline.csv"'
        return response

    def do(self, action: str) -> Response:
        if action not in self._show.actions():
            return self._message(404, _("There is no such button."), _("Go back to the lab's page."))
        where = self._show.do(action, request.form)
        return make_response(redirect(f"/#{where}", 303))

    def speak(self, wanted: str) -> Response:
        response = make_response(redirect("/", 303))
        if wanted in LANGUAGES:
            response.set_cookie(LANGUAGE, wanted, httponly=True, samesite="Strict", max_age=365 * 86400)
        return response

    def failed(self, error: HTTPException) -> Response:
        message, next_step = _("The request cannot be served."), _("Go back to the lab's page.")
        if isinstance(error, ForeignOrigin):
            message, next_step = _(str(error.description)), _(error.next_step)
        elif error.code == 421:
            message = _("The lab's page answers under 127.0.0.1 and localhost only.")
        return self._message(error.code or 500, message, next_step)

    def _message(self, status: int, message: str, next_step: str) -> Response:
        facts = {"message": message, "next_step": next_step, "not_fanruan": _(NOT_FANRUAN)}
        return make_response(render_template("message.html", **facts), status)

    def _render(self, template: str) -> Response:
        with self._show.lock:
            text = render_template(template, **self._facts())
        return make_response(text)

    def _facts(self) -> dict[str, Any]:
        show, lab = self._show, self._show.lab
        lab.collect()
        picture, status = show.picture()
        facts: dict[str, Any] = {"show": show, "lab": lab, "now": lab.clock.now(), "said": show.said, "fill": fill}
        facts |= {"scene": Markup(as_attributes(of_lab(lab))), "picture": Markup(picture), "status": status}  # noqa: S704 - ours
        facts |= {"address": show.address(), "containers": show.containers(), "quick": QUICK}
        rows = show.drill.done() if show.drill else lab.rows  # what was done before tells the cause
        facts |= {"rows": list(reversed(rows[-ROWS:])), "more": max(0, len(rows) - ROWS)}
        facts |= {"steps": list(STEPS), "kinds": KINDS, "methods": (PRIVATE_CLOUD, *OTHERS)}
        facts |= {"scenarios": [each for each in catalogue().values() if each.play], "numbers": list(numbered())}
        facts |= {"causes": list(DrillCause), "clauses": clauses(), "contract": show.contract()}
        facts |= {"looks": list(LOOKS), "languages": LANGUAGES, "not_fanruan": _(NOT_FANRUAN)}
        return facts


def as_attributes(svg: str) -> str:
    """A picture whose inline styles are attributes, because the pages' policy allows no inline style."""
    return re.sub(r'style="([^"]*)"', lambda found: " ".join(_attributes(found[1])), svg)


def _attributes(styles: str) -> list[str]:
    pairs = (each.partition(":") for each in styles.split(";") if ":" in each)
    return [f'{name.strip()}="{value.strip()}"' for name, _colon, value in pairs]
