"""What arrives, read strictly: one JSON object (else 10000) with exactly the wanted fields in their form (else 10001).

Strict, because a field that is guessed at here is judged wrongly later. Nothing that arrives can make the rules fail:
versions are dotted numbers, domains have an ASCII form, texts can be printed on one line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from fanlic.model.refusals import N_, DataUnreadable, ParameterWrong
from fanlic.model.registration import Request, hash_key, plain_domain

BODY_LIMIT = 16 * 1024  # bytes; ours
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_HOST_LIMIT = 200  # characters; the challenge keeps the address with one length byte
_NAME = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")


class MediaTypeWrong(DataUnreadable):
    """10000: the body does not say that it is what the call takes."""

    next_step = N_("Send the body with the content type that the call takes; /openapi.json names it.")


class BodyTooLarge(DataUnreadable):
    """10000: the body is larger than any call needs."""

    next_step = N_("Send the fields of the call and nothing else; /openapi.json names them.")


@dataclass(frozen=True)
class Field:
    """The form of one field: a pattern for the whole text, and where a pattern is not enough, a check."""

    pattern: str
    problem: str
    fits: Callable[[str], bool] = str.isprintable


@lru_cache(maxsize=256)
def _is_domain(text: str) -> bool:
    if not text:
        return True
    try:
        return _NAME.fullmatch(plain_domain(text)) is not None
    except UnicodeError:
        return False


FIELDS = {
    "code": Field(r".{0,64}", N_("not a code"), lambda _: True),  # the rulebook says what a code is
    "node": Field(r"[A-Za-z0-9._-]{1,64}", N_("not 1 to 64 letters, digits, dots, hyphens or underscores")),
    "node_key": Field(r"[0-9a-f]{32}", N_("not 32 hex digits in lower case")),
    "seat": Field(r"[0-9a-f]{1,64}", N_("not hex digits in lower case")),
    "product": Field(r".{1,64}", N_("not 1 to 64 printable characters")),
    "version": Field(r"[0-9]{1,6}(\.[0-9]{1,6}){0,7}", N_("not numbers joined by dots, such as 6.0.5")),
    "domain": Field(r".{0,253}", N_("neither a domain name nor empty"), _is_domain),
    "app_name": Field(r".{0,128}", N_("not at most 128 printable characters")),
    "nonce": Field(r"[A-Za-z0-9_-]{16,64}", N_("not 16 to 64 letters, digits, hyphens or underscores")),
}
_FORMS = {name: re.compile(field.pattern) for name, field in FIELDS.items()}
REGISTER = ("node_key", "product", "version", "domain", "app_name", "nonce")
POLL = (*REGISTER, "seat")
UNBIND = ("node_key", "seat", "nonce")


def json_fields(*wanted: str) -> dict[str, str]:
    """The fields of the JSON body, exactly these; raises DataUnreadable and ParameterWrong."""
    return fields_of(_body(JSON), *wanted)


def fields_of(body: bytes, *wanted: str) -> dict[str, str]:
    """The fields of a body, exactly these; raises DataUnreadable and ParameterWrong."""
    data = _object(body)
    for name in wanted:
        if name not in data:
            raise ParameterWrong(name, N_("it is missing"))  # clause: code-10001
    for name in data:
        if name not in wanted:
            raise ParameterWrong(name[:64], N_("this call knows no such parameter"))
    for name in wanted:
        _check(name, data[name])
    return data


def form_field(name: str) -> str:
    """The one field of a form; raises DataUnreadable and ParameterWrong."""
    given = _form(name)
    if len(given) != 1:
        raise ParameterWrong(name, N_("it is given more than once") if given else N_("it is missing"))
    _check(name, given[0])
    return given[0]


def node_request(node: str, data: dict[str, str]) -> Request:
    """What a node says of itself, from its name in the path and its body; raises ParameterWrong."""
    return request_of(node, data, request.remote_addr or "")


def request_of(node: str, data: dict[str, str], address: str) -> Request:
    """What the node at this address says of itself; raises ParameterWrong."""
    _check("node", node)
    return Request(
        node=node,
        key_hash=hash_key(data["node_key"]),
        product=data.get("product", ""),
        version=data.get("version", ""),
        address=address,
        domain=data.get("domain", ""),
        app_name=data.get("app_name", ""),
        seat=data.get("seat", ""),
    )


def address() -> str:
    """Where the caller has opened this server: https://host:port; raises ParameterWrong."""
    host = request.headers.get("Host", "")
    if len(host) > _HOST_LIMIT or not HOST.fullmatch(host):
        raise ParameterWrong("Host", N_("not a host with a port"))
    return f"https://{host}"


def _check(name: str, value: object) -> None:
    field = FIELDS[name]
    if not isinstance(value, str) or not _FORMS[name].fullmatch(value) or not field.fits(value):
        raise ParameterWrong(name, field.problem)  # clause: code-10001


def _form(name: str) -> list[str]:
    _body_of_type(FORM)
    try:
        return request.form.getlist(name)
    except RequestEntityTooLarge as problem:
        raise BodyTooLarge(N_("it is too large")) from problem


def _body(media_type: str) -> bytes:
    _body_of_type(media_type)
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge as problem:
        raise BodyTooLarge(N_("it is too large")) from problem


def _body_of_type(media_type: str) -> None:
    if request.mimetype != media_type:
        raise MediaTypeWrong(N_("its content type is another than the call takes"))


def _object(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_number)
    except UnicodeDecodeError as problem:
        raise DataUnreadable(N_("it is not UTF-8")) from problem
    except (ValueError, RecursionError) as problem:  # not JSON, a number too long, or nested beyond measure
        raise DataUnreadable(N_("it is not JSON")) from problem  # clause: code-10000
    if not isinstance(data, dict):
        raise DataUnreadable(N_("it is not a JSON object"))
    return data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise DataUnreadable(N_("a name occurs twice in it"))
    return data


def _no_number(_name: str) -> NoReturn:
    raise DataUnreadable(N_("it holds a number that JSON does not know"))
