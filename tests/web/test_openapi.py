"""The description of the calls says what the application does: its routes, its fields, its refusals."""

from __future__ import annotations

import re
from typing import Any

import pytest

from fanlic.model.refusals import REASONS, DataUnreadable, Refusal
from fanlic.web import openapi, reading
from fanlic.web.problems import STATUS, status_of
from tests.web.conftest import Site

VERBS = {"GET", "POST", "PUT", "DELETE"}


def described(site: Site) -> dict[str, dict[str, dict[str, Any]]]:
    answer = site.get("/openapi.json")
    assert answer.status_code == 200
    paths: dict[str, dict[str, dict[str, Any]]] = answer.json["paths"]
    return paths


@pytest.mark.parametrize("lab", [False, True])
def test_the_description_has_exactly_the_routes_of_the_application(lab: bool, site: Site) -> None:
    site.open(lab=lab)
    routes = {
        (re.sub("<(.*?)>", r"{\1}", str(rule)), verb.lower())
        for rule in site.app.url_map.iter_rules()
        for verb in (rule.methods or set()) & VERBS
    }
    assert {(path, verb) for path, verbs in described(site).items() for verb in verbs} == routes
    assert any("/lab/" in path for path, _verb in routes) == lab


def test_the_answers_have_the_fields_that_are_described(activated: Site) -> None:
    seat = activated.register("n1").json["seat"]
    answers = {
        ("get", "/license/v1/challenge"): activated.get("/license/v1/challenge"),
        ("put", "/license/v1/registrations/{node}"): activated.register("n2"),
        ("post", "/license/v1/registrations/{node}/poll"): activated.call(
            "POST", "/registrations/n1/poll", activated.said(seat=seat)
        ),
        ("delete", "/license/v1/registrations/{node}"): activated.call(
            "DELETE", "/registrations/n1", {"node_key": "0" * 32, "seat": seat, "nonce": "n" * 16}
        ),
        ("get", "/license/v1/status"): activated.get("/license/v1/status"),
        ("get", "/healthz"): activated.get("/healthz"),
        ("get", "/readyz"): activated.get("/readyz"),
    }
    for (verb, path), answer in answers.items():
        content = described(activated)[path][verb]["responses"]["200"]["content"]["application/json"]
        assert set(answer.json) == set(content["schema"]["required"]), path


def test_a_problem_has_the_fields_that_are_described(site: Site) -> None:
    schema = site.get("/openapi.json").json["components"]["schemas"]["Problem"]
    assert set(site.get("/nowhere").json) == set(schema["required"])
    assert set(site.register().json) == set(schema["properties"])  # a refusal names its server, too


def test_the_described_fields_are_all_required_and_no_other_is_taken(activated: Site) -> None:
    for path, verbs in described(activated).items():
        for verb, call in verbs.items():
            content = call.get("requestBody", {}).get("content", {})
            if "application/json" not in content:
                continue
            schema = content["application/json"]["schema"]
            assert set(schema["properties"]) == set(schema["required"])
            named = activated.call(verb.upper(), path.removeprefix("/license/v1").format(node="n1"), {"odd": 1})
            missing = {"challenge": "odd"}.get(
                path.rpartition("/")[2], schema["required"][0] if schema["required"] else ""
            )
            assert f"The parameter {missing} is wrong" in named.json["detail"]


def test_the_described_patterns_are_those_that_are_checked() -> None:
    for name, field in reading.FIELDS.items():
        assert re.compile(field.pattern)
        assert openapi._field(name)["pattern"] == f"^{field.pattern}$"


def test_every_refusal_on_the_wire_is_described_with_its_status_and_code(activated: Site) -> None:
    def listed(verb: str, path: str, status: int) -> Any:
        return described(activated)[path][verb]["responses"][str(status)]["x-fanlic-reasons"]

    register = "/license/v1/registrations/{node}"
    for answer in (
        activated.register(version="1"),
        activated.register(domain="other.example"),
        activated.register(app_name="other"),
        activated.register(product=None),
        activated.call("PUT", "/registrations/n1", b"{"),
        activated.call("PUT", "/registrations/n1", b"{}", Content_Type="text/plain"),
        activated.call("PUT", "/registrations/n1", b" " * 20_000),
    ):
        body = answer.json
        assert {"reason": body["reason"], "code": body["code"]} in listed("put", register, answer.status_code)
    assert {"reason": "nothing-to-unbind", "code": 20000} in listed("delete", register, 404)
    assert {"reason": "seats-taken", "code": 30007} in listed("put", register, 409)
    assert {"reason": "code-entry-locked", "code": None} in listed("post", "/license/v1/activation", 429)


def test_the_ten_codes_are_all_described(site: Site) -> None:
    codes = {
        reason["code"]
        for verbs in described(site).values()
        for call in verbs.values()
        for response in call["responses"].values()
        for reason in response.get("x-fanlic-reasons", [])
    }
    assert codes - {None} == {10000, 10001, 20000, 30000, 30001, 30002, 30003, 30004, 30005, 30007}


def test_every_reason_has_one_status_and_a_kind_of_it_has_its_own_or_its_parents() -> None:
    known = {*REASONS.values(), *DataUnreadable.__subclasses__()}
    assert {Refusal} == set(STATUS) - known
    assert status_of(reading.MediaTypeWrong("x")) == 415
    assert status_of(DataUnreadable("x")) == 400
    assert all(400 <= status < 500 for status in STATUS.values())
