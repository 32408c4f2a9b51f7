"""The description of the calls, made from the tables that the calls themselves use: fields, statuses, reasons."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from fanlic.model import refusals as why
from fanlic.model.refusals import Refusal
from fanlic.ports import CONTROLS, TOKEN_HEADER
from fanlic.texts.about import NOT_FANRUAN
from fanlic.version import __version__
from fanlic.web import reading
from fanlic.web.problems import PROBLEM, STATUS
from fanlic.web.reading import BodyTooLarge, MediaTypeWrong

TEXT: dict[str, Any]
TEXT, NUMBER, FLAG, OBJECT, LIST = ({"type": kind} for kind in ("string", "integer", "boolean", "object", "array"))
INSTANT = {"type": "string", "format": "date-time"}


def maybe(schema: dict[str, Any]) -> dict[str, Any]:
    """The same, or null."""
    return schema | {"type": [schema["type"], "null"]}


BODY = (why.DataUnreadable, MediaTypeWrong, BodyTooLarge, why.ParameterWrong)
CODE = (
    why.LicenseExpired, why.AlreadyActivated, why.NoQr, why.QrExpired, why.WrongCode, why.CodeSuperseded,
    why.CodeEntryLocked, why.CodeEntrySealed,
)  # fmt: skip
REFRESH = (why.LicenseExpired, why.AlreadyActivated, why.CodeEntryLocked, why.CodeEntrySealed, why.RefreshLimited)
TERMS = (
    why.NeverActivated, why.AuthorizationLapsed, why.LicenseExpired, why.VersionMismatch, why.AddressOutside,
    why.DomainOutside, why.AppNameOutside, why.NodeKeyWrong,
)  # fmt: skip

GRANT = {"lease": TEXT, "license": TEXT, "server": TEXT, "seat": TEXT, "seats": NUMBER, "next_poll_at": INSTANT}
CHALLENGE = {"text": maybe(TEXT), "state": TEXT, "valid_until": maybe(INSTANT), "seconds_left": maybe(NUMBER)}
STATUS_ANSWER = {
    **dict.fromkeys(("software", "profile", "edition", "server", "fingerprint", "license"), TEXT),
    **dict.fromkeys(("vendor_fingerprint", "company", "project"), TEXT),
    **dict.fromkeys(("activation", "cause", "code_entry", "mark"), TEXT),
    **dict.fromkeys(("tries_left", "seats", "seats_taken"), NUMBER),
    "now": INSTANT,
    "since": maybe(INSTANT),
    "clock_alarm_at": maybe(INSTANT),
    "license_over": FLAG,
    "deadlines": OBJECT,
    "policy": OBJECT,
    "policy_changed": LIST,
}
PROBLEM_FIELDS = {
    **dict.fromkeys(("type", "title", "detail", "reason", "basis", "next_step", "who"), TEXT),
    **dict.fromkeys(("name", "clause", "docs"), maybe(TEXT)),
    "status": NUMBER,
    "code": maybe(NUMBER),
}
SERVER = {"server": TEXT}  # which server refused; not told where the request failed before any rule was asked


@dataclass(frozen=True)
class Operation:
    """One call: its fields, its answer (None: a page), and the reasons it is refused for."""

    method: str
    path: str
    summary: str
    answer: dict[str, Any] | None = None
    fields: tuple[str, ...] | None = None
    reasons: tuple[type[Refusal], ...] = ()
    form: bool = False
    success: int = 200


SEAT = "/license/v1/registrations/{node}"
OPERATIONS = (
    Operation("get", "/", "What this server is."),
    Operation("get", "/license/qrcode", "The QR code page; 404 where it is hidden.", reasons=(why.ParameterWrong,)),
    Operation(
        "post", "/license/qrcode", "Submit the six digits.", None, ("code",), (*BODY[1:], *CODE), form=True, success=303
    ),
    Operation("post", "/license/qrcode/refresh", "Make a new QR code.", reasons=REFRESH, success=303),
    Operation("get", "/license/qrcode.css", "The page's style."),
    Operation("get", "/license/qrcode.js", "The page's script."),
    Operation("get", "/license/v1/challenge", "The text of the QR code.", CHALLENGE, reasons=(why.ParameterWrong,)),
    Operation("post", "/license/v1/challenge", "Make a new QR code.", CHALLENGE, (), (*BODY, *REFRESH)),
    Operation(
        "post", "/license/v1/activation", "Submit the six digits.",
        {"activation": TEXT, "since": INSTANT}, ("code",), (*BODY, *CODE),
    ),
    Operation("put", SEAT, "Register a node.", GRANT, reading.REGISTER, (*BODY, *TERMS, why.SeatsTaken)),
    Operation("post", f"{SEAT}/poll", "Say that a node is there.", GRANT, reading.POLL, (*BODY, *TERMS, why.SeatEnded)),
    Operation(
        "delete", SEAT, "Give a node's seat back.",
        {"release": TEXT}, reading.UNBIND, (*BODY, why.NothingToUnbind, why.NodeKeyWrong),
    ),
    Operation("get", "/license/v1/status", "State, seats, deadlines.", STATUS_ANSWER),
    Operation("get", "/healthz", "Whether the server lives.", {"alive": FLAG}),
    Operation("get", "/readyz", "Whether it is ready; 503 says why not.", {"ready": FLAG, "reasons": LIST}),
    Operation("get", "/openapi.json", "This description.", {}),
)  # fmt: skip
LAB = (
    Operation("post", "/lab/v1/settle", "Apply what time alone has changed.", {"next_deadline": INSTANT}),
    Operation("post", "/lab/v1/ran", "The same, for a server that ran without a gap.", {"next_change": INSTANT}),
    Operation("get", "/lab/v1/faults", "The faults that are aimed.", {"faults": LIST}),
    Operation("post", "/lab/v1/faults", "Aim one more fault.", {"faults": LIST}, reasons=BODY[:1], success=201),
    Operation("delete", "/lab/v1/faults", "Take every fault away.", {"faults": LIST}),
)


def description(*, lab: bool) -> dict[str, Any]:
    """The OpenAPI description of what this server answers to."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in (*OPERATIONS, *(LAB if lab else ())):
        paths.setdefault(operation.path, {})[operation.method] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "fanlic rehearsal authorization server", "version": __version__, "description": NOT_FANRUAN},
        "paths": paths,
        "components": {"schemas": {"Problem": _object(PROBLEM_FIELDS) | {"properties": PROBLEM_FIELDS | SERVER}}},
    }


MAIL_FORM = ("file", "from", "name", "pin")  # and the lines of the request form, by their names
ASKED_FORM = ("license", "answer", "name", "pin")


def phone_description(*, door: bool) -> dict[str, Any]:
    """The OpenAPI description of the phone's page; with a `door`, of a desk that stands on its own and its counter."""
    looked = _page("What a scanned QR code asks to be approved; approves nothing.", 400, 403, 404, 409, 410)
    looked["parameters"] = [{"name": "c", "in": "query", "required": True, "schema": TEXT}]
    fields = ("c", "name", "pin") if door else ("c",)
    paths: dict[str, Any] = {
        "/": {"get": _page("What this desk is.")},
        "/a": {
            "get": looked,
            "post": _form("Approve; shows six digits.", fields, reading.FORM, 403, 404, 409, 410, 429),
        },
        "/phone.css": {"get": _page("The page's style.")},
        "/openapi.json": {"get": _page("This description.")},
    }
    if door:
        asked = _form("What a customer said who was asked back.", ASKED_FORM, reading.FORM, 403, 422, 429)
        fetched = _page("An archive, once.", 404)
        fetched["parameters"] = [{"name": "link", "in": "path", "required": True, "schema": TEXT}]
        paths |= {
            "/mail": {
                "get": _page("The form for a customer's mail."),
                "post": _form("Hand in a customer's mail.", MAIL_FORM, "multipart/form-data", 403, 422, 429),
            },
            "/mail/asked": {"post": asked},
            "/archive/{link}": {"get": fetched},
        }
    info = {"title": "fanlic rehearsal business desk", "version": __version__, "description": NOT_FANRUAN}
    return {"openapi": "3.1.0", "info": info, "paths": paths}


def _page(summary: str, *refused: int) -> dict[str, Any]:
    responses = {str(status): {"description": "Refused; the page says why."} for status in (*refused, "default")}
    return {"summary": summary, "responses": {"200": {"description": "The page."}} | responses}


def _form(summary: str, fields: tuple[str, ...], media_type: str, *refused: int) -> dict[str, Any]:
    content = {media_type: {"schema": _object(dict.fromkeys(fields, TEXT))}}
    return _page(summary, 400, *refused) | {"requestBody": {"required": True, "content": content}}


def _described(operation: Operation) -> dict[str, Any]:
    responses = {str(operation.success): _success(operation)}
    by_status = sorted(operation.reasons, key=STATUS.__getitem__)
    for status, kinds in groupby(by_status, STATUS.__getitem__):
        responses[str(status)] = _refused(tuple(kinds), page=operation.answer is None)
    responses["default"] = _problem("Any other problem.")
    described: dict[str, Any] = {"summary": operation.summary, "responses": responses}
    if "{node}" in operation.path:
        described["parameters"] = [{"name": "node", "in": "path", "required": True, "schema": _field("node")}]
    if operation.path.startswith(CONTROLS):
        described["parameters"] = [{"name": TOKEN_HEADER, "in": "header", "required": True, "schema": TEXT}]
    if operation.fields is not None:
        schema = _object({name: _field(name) for name in operation.fields})
        media_type = reading.FORM if operation.form else reading.JSON
        described["requestBody"] = {"required": True, "content": {media_type: {"schema": schema}}}
    return described


def _success(operation: Operation) -> dict[str, Any]:
    if operation.success == 303:
        return {"description": "Done; the page shows it."}
    if operation.answer is None:
        return {"description": "The page."}
    return {"description": "Done.", "content": {reading.JSON: {"schema": _object(operation.answer)}}}


def _refused(kinds: tuple[type[Refusal], ...], *, page: bool) -> dict[str, Any]:
    told = "; ".join(f"{kind.code:d} {kind.code.name}" if kind.code else kind.reason for kind in kinds)
    refused: dict[str, Any] = {"description": told} if page else _problem(told)
    named = [{"reason": kind.reason, "code": None if kind.code is None else int(kind.code)} for kind in kinds]
    return refused | {"x-fanlic-reasons": named}


def _problem(told: str) -> dict[str, Any]:
    return {"description": told, "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _field(name: str) -> dict[str, Any]:
    field = reading.FIELDS[name]
    return {"type": "string", "pattern": f"^{field.pattern}$", "description": f"Refused where it is {field.problem}."}


def _object(fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(fields)}
