"""The authorization server on the wire: each call, each refusal, and what must never get through."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from fanlic.adapters.clocks import LAB_START
from fanlic.adapters.signing import encode, read
from fanlic.adapters.store import ask_unlock
from fanlic.ports import LEASE, RELEASE, Commit, StoreUnavailable
from tests.web.conftest import TOKEN, Answer, Site

CALLS = [
    ("POST", "/challenge"),
    ("POST", "/activation"),
    ("PUT", "/registrations/n1"),
    ("POST", "/registrations/n1/poll"),
    ("DELETE", "/registrations/n1"),
]


def problem(response: TestResponse) -> dict[str, Any]:
    """The problem in an answer, after a look at what every problem must have."""
    assert response.mimetype == "application/problem+json"
    body: dict[str, Any] = json.loads(response.data)
    assert body["status"] == response.status_code
    assert body["type"] == f"urn:fanlic:reason:{body['reason']}"
    assert body["title"]
    assert body["detail"]
    assert body["next_step"]
    assert body["who"]
    page = f"codes/{body['code']}/" if body["code"] else f"reasons/{body['reason']}/"
    assert body["docs"] in (page, f"clauses.html#{body['clause']}" if body["clause"] else None)
    return body


def told(response: TestResponse) -> tuple[int, int | None, str, str | None]:
    body = problem(response)
    return response.status_code, body["code"], body["reason"], body["clause"]


# -- the calls


def test_the_challenge_as_json_is_the_text_of_the_qr_code_with_its_end(site: Site) -> None:
    answer = site.get("/license/v1/challenge").json
    assert answer == {
        "text": site.service.qr("https://172.16.63.131:49155"),
        "state": "QR code open",
        "valid_until": (LAB_START + timedelta(minutes=5)).isoformat(),
        "seconds_left": 300,
    }


@pytest.mark.clause("refresh-by-hand")
def test_an_expired_challenge_is_null_until_it_is_renewed_by_hand(site: Site) -> None:
    first = site.get("/license/v1/challenge").json["text"]
    site.wait(minutes=5)
    gone = site.get("/license/v1/challenge").json
    assert (gone["text"], gone["state"], gone["valid_until"]) == (None, "QR code no longer valid", None)
    renewed = site.call("POST", "/challenge", {})
    assert renewed.status_code == 200
    assert renewed.json["text"] not in (None, first)


def test_activation_as_json_takes_the_code_and_says_since_when(site: Site) -> None:
    answer = site.call("POST", "/activation", {"code": site.code()})
    assert (answer.status_code, answer.json) == (200, {"activation": "activated", "since": LAB_START.isoformat()})


def test_registering_gives_a_lease_for_this_request_alone(activated: Site) -> None:
    answer = activated.register("n1").json
    lease = read(LEASE, answer["lease"], activated.key.identity)
    assert (lease["node"], lease["nonce"], lease["purpose"], lease["seat"]) == (
        "n1",
        "n" * 22,
        "register",
        answer["seat"],
    )
    assert answer["server"] == activated.key.identity
    assert answer["license"] == activated.document
    assert answer["seats"] == 2
    assert answer["next_poll_at"] == (LAB_START + timedelta(hours=2)).isoformat()


def test_polling_keeps_the_seat_and_unbinding_gives_it_back_with_a_signed_release(activated: Site) -> None:
    seat = activated.register("n1").json["seat"]
    polled = activated.call("POST", "/registrations/n1/poll", activated.said(seat=seat))
    assert (polled.status_code, polled.json["seat"]) == (200, seat)
    body = {"node_key": "0" * 32, "seat": seat, "nonce": "m" * 22}
    unbound = activated.call("DELETE", "/registrations/n1", body)
    release = read(RELEASE, unbound.json["release"], activated.key.identity)
    assert (release["node"], release["seat"], release["nonce"]) == ("n1", seat, "m" * 22)
    assert activated.get("/license/v1/status").json["seats_taken"] == 0


def test_registering_again_with_the_same_key_is_a_retry_and_takes_no_second_seat(activated: Site) -> None:
    assert activated.register("n1").json["seat"] == activated.register("n1").json["seat"]
    assert activated.get("/license/v1/status").json["seats_taken"] == 1


def test_status_tells_state_seats_and_deadlines_with_countdowns(site: Site) -> None:
    site.get("/license/qrcode")
    site.wait(seconds=17)
    status = site.get("/license/v1/status").json
    assert status["software"] == "fanlic rehearsal server, not FanRuan software"
    assert (status["profile"], status["edition"]) == ("strict", "finebi-6.0.5")
    assert (status["activation"], status["code_entry"], status["tries_left"]) == ("never activated", "QR code open", 5)
    assert (status["seats"], status["seats_taken"], status["clock_alarm_at"]) == (2, 0, None)
    assert status["deadlines"]["qr"] == {"at": (LAB_START + timedelta(minutes=5)).isoformat(), "seconds_left": 283}
    assert status["deadlines"]["lock"] == {"at": None, "seconds_left": None}
    assert status["deadlines"]["license"]["at"] == site.terms.expires.isoformat()


def test_the_front_page_names_the_rehearsal_server_and_makes_no_challenge(site: Site) -> None:
    front = site.get("/")
    assert front.status_code == 200
    assert "fanlic rehearsal server" in front.text
    assert 'href="/license/qrcode"' in front.text
    assert site.get("/license/v1/status").json["code_entry"] == "no QR code yet"


# -- the ten codes, each by a real cause


def _not_json(site: Site) -> Answer:
    return site.call("PUT", "/registrations/n1", b"{")


def _field_missing(site: Site) -> Answer:
    return site.register(product=None)


def _nothing_held(site: Site) -> Answer:
    return site.call("DELETE", "/registrations/n1", {"node_key": "0" * 32, "seat": "ab", "nonce": "n" * 16})


def _license_over(site: Site) -> Answer:
    seat = site.register("n1").json["seat"]
    site.wait(hours=10)
    return site.call("POST", "/registrations/n1/poll", site.said(seat=seat))


def _version_other(site: Site) -> Answer:
    return site.register(version="6.1")


def _down_for_a_day(site: Site) -> Answer:
    site.wait(hours=24)
    site.start()
    return site.register()


def _address_outside(site: Site) -> Answer:
    return site.send(
        "PUT", "/license/v1/registrations/n1", {}, json=site.said(), environ_base={"REMOTE_ADDR": "10.0.0.7"}
    )


def _domain_outside(site: Site) -> Answer:
    return site.register(domain="other.example")


def _app_name_outside(site: Site) -> Answer:
    return site.register(app_name="other")


def _one_node_too_many(site: Site) -> Answer:
    assert [site.register(f"n{node}").status_code for node in range(2)] == [200, 200]
    return site.register("n3")


CODES = [
    (10000, 400, "data-unreadable", _not_json),
    (10001, 422, "parameter-wrong", _field_missing),
    (20000, 404, "nothing-to-unbind", _nothing_held),
    (30000, 403, "license-expired", _license_over),
    (30001, 403, "version-mismatch", _version_other),
    (30002, 403, "authorization-lapsed", _down_for_a_day),
    (30003, 403, "address-outside", _address_outside),
    (30004, 403, "domain-outside", _domain_outside),
    (30005, 403, "app-name-outside", _app_name_outside),
    (30007, 409, "seats-taken", _one_node_too_many),
]


@pytest.mark.clause("details")
@pytest.mark.parametrize(
    ("code", "status", "reason", "cause"),
    [pytest.param(*row, marks=pytest.mark.clause(f"code-{row[0]}")) for row in CODES],
)
def test_each_code_reaches_the_wire_by_a_real_cause(
    code: int, status: int, reason: str, cause: Callable[[Site], Answer], make_site: Callable[..., Site]
) -> None:
    site = make_site(expires=LAB_START + timedelta(hours=10))
    site.activate()
    assert told(cause(site)) == (status, code, reason, f"code-{code}")


@pytest.mark.clause("maximum-connections")
def test_a_seat_given_back_is_free_for_the_node_that_was_refused(activated: Site) -> None:
    assert told(_one_node_too_many(activated))[1] == 30007
    seat = activated.register("n1").json["seat"]
    activated.call("DELETE", "/registrations/n1", {"node_key": "0" * 32, "seat": seat, "nonce": "n" * 16})
    assert activated.register("n3").status_code == 200


# -- the reasons without a code


@pytest.mark.clause("qr-page")
def test_registering_with_a_server_that_was_never_activated_names_the_page_to_open(site: Site) -> None:
    body = problem(site.register())
    assert (body["status"], body["code"], body["reason"]) == (409, None, "never-activated")
    assert body["name"] is None
    assert "QR code page" in body["next_step"]


def test_a_problem_says_whose_statement_it_is(activated: Site) -> None:
    full, other_key = problem(_one_node_too_many(activated)), problem(activated.register("n1", node_key="1" * 32))
    assert ("FanRuan's page", "our reading (node-key)") == (full["basis"], other_key["basis"])


def test_another_machine_under_a_taken_name_is_refused(activated: Site) -> None:
    activated.register("n1")
    assert told(activated.register("n1", node_key="f" * 32)) == (403, None, "node-key-wrong", "maximum-connections")


def test_a_poll_never_revives_a_seat_that_has_ended(activated: Site) -> None:
    unknown = activated.call("POST", "/registrations/n1/poll", activated.said(seat="abcd"))
    assert told(unknown) == (410, None, "seat-ended", "silence-24-hours")


def test_a_code_before_any_qr_code_is_refused_and_makes_none(site: Site) -> None:
    assert told(site.call("POST", "/activation", {"code": "123456"})) == (409, None, "no-qr", "qr-page")
    assert site.get("/license/v1/status").json["code_entry"] == "no QR code yet"


def test_a_wrong_code_tells_the_tries_left(site: Site) -> None:
    answer = site.call("POST", "/activation", {"code": site.wrong()})
    assert told(answer) == (422, None, "wrong-code", "wrong-codes")
    assert "4" in problem(answer)["detail"]


def test_a_code_after_five_minutes_is_refused_and_counts_no_try(site: Site) -> None:
    code = site.code()
    site.wait(minutes=5)
    assert told(site.call("POST", "/activation", {"code": code})) == (410, None, "qr-expired", "qr-five-minutes")
    assert site.get("/license/v1/status").json["tries_left"] == 5


def test_an_activated_server_refuses_a_code_and_a_new_qr_code(activated: Site) -> None:
    for path, body in (("/activation", {"code": "123456"}), ("/challenge", {})):
        assert told(activated.call("POST", path, body))[:3] == (409, None, "already-activated")


@pytest.mark.parametrize(
    "code", ["12345", "1234567", "12 456", "+12345", "", "\uff11\uff12\uff13\uff14\uff15\uff16", "12345\n"]
)
def test_what_is_not_six_digits_is_a_wrong_parameter_and_no_try(code: str, site: Site) -> None:
    site.get("/license/qrcode")
    assert told(site.call("POST", "/activation", {"code": code}))[:2] == (422, 10001)
    assert site.get("/license/v1/status").json["tries_left"] == 5


@pytest.mark.clause("wrong-codes")
@pytest.mark.clause("lock-fifteen-minutes")
def test_during_the_lock_right_and_wrong_codes_get_the_same_bytes(site: Site) -> None:
    right, wrong = site.code(), site.wrong()
    answers = [site.call("POST", "/activation", {"code": wrong}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    site.wait(minutes=1)
    for one, other in (
        [site.call("POST", "/activation", {"code": code}) for code in (right, wrong)],
        [site.form(code=code) for code in (right, wrong)],
    ):
        assert (one.status_code, one.data, dict(one.headers)) == (429, other.data, dict(other.headers))
        assert one.headers["Retry-After"] == "840"
    site.wait(minutes=14)
    assert told(site.call("POST", "/activation", {"code": right}))[2] == "qr-expired"


def test_a_locked_server_refuses_a_new_qr_code(site: Site) -> None:
    wrong = site.wrong()
    for _ in range(6):
        site.form(code=wrong)
    assert told(site.call("POST", "/challenge", {}))[:3] == (429, None, "code-entry-locked")


def test_the_hundredth_wrong_code_seals_code_entry_until_the_console_opens_it(site: Site) -> None:
    site.get("/license/qrcode")
    while site.service.status().code_entry != "sealed":
        answer = site.call("POST", "/activation", {"code": "000000"})
        if answer.status_code == 429:
            site.wait(minutes=15)
        if site.service.status().code_entry == "QR code no longer valid":
            site.call("POST", "/challenge", {})
    assert told(site.call("POST", "/activation", {"code": "123456"}))[:3] == (423, None, "code-entry-sealed")
    ask_unlock(site.folder)
    site.call("POST", "/challenge", {})
    site.activate()


def test_one_request_with_every_fault_is_told_the_first_in_the_fixed_order(activated: Site) -> None:
    faults = {"version": "5.1", "domain": "other.example", "app_name": "other"}
    mended: dict[str, str] = {}
    for code, field in ((30001, "version"), (30004, "domain"), (30005, "app_name")):
        assert told(activated.register(**(faults | mended)))[1] == code
        mended[field] = activated.said()[field]
    assert told(activated.call("PUT", "/registrations/no name", b"{"))[1] == 10000
    assert told(activated.register("no name", version="5.1"))[1] == 10001


# -- what arrives is read strictly


UNREADABLE = [
    b"",
    b"{",
    b"[]",
    b'"text"',
    b"null",
    b"3",
    b"\xff\xfe{}",
    b"\xef\xbb\xbf{}",
    b'{"a": NaN}',
    b'{"a": -Infinity}',
    b'{"code": "1", "code": "1"}',
    b"[" * 16_000,
    b'{"a":' * 3_000,
    b'{"a": ' + b"9" * 8_000 + b"}",
    b"{} {}",
]


@pytest.mark.clause("code-10000")
@pytest.mark.parametrize(("method", "path"), CALLS)
def test_what_is_not_one_json_object_is_10000_at_every_call(method: str, path: str, activated: Site) -> None:
    answers = [told(activated.call(method, path, body))[:2] for body in UNREADABLE]
    assert answers == [(400, 10000)] * len(UNREADABLE)


@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
def test_a_call_without_the_json_content_type_is_refused(method: str, path: str, kind: str, activated: Site) -> None:
    assert told(activated.call(method, path, b"{}", Content_Type=kind))[:3] == (415, 10000, "media-type-wrong")


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_a_body_over_16_kib_is_refused_and_one_of_16_kib_is_read(method: str, path: str, activated: Site) -> None:
    assert told(activated.call(method, path, b" " * 16_385))[:3] == (413, 10000, "body-too-large")
    assert told(activated.call(method, path, b" " * 16_384))[:2] == (400, 10000)


def test_a_form_over_16_kib_is_refused(site: Site) -> None:
    assert site.form(code="1" * 20_000).status_code == 413


WRONG: dict[str, list[object]] = {
    "node_key": ["", "0" * 31, "0" * 33, "g" * 32, "F" * 32, "\u0660" * 32, "0" * 32 + "\n"],
    "nonce": ["", "n" * 15, "n" * 65, "n" * 15 + "=", "n" * 16 + "\n"],
    "product": ["", "p" * 65, "Fine\nBI", "Fine\x00BI", "\ud800", "\u202eBI"],
    "version": [
        "",
        "6..0",
        "6.0.",
        ".6",
        "-6",
        "6.0.5-rc1",
        "1" * 7,
        "1" * 5000,
        ".".join("1" * 9),
        "\u0666.0",
        "6.0\n",
    ],
    "domain": [
        "a..b",
        "a b",
        "-" * 254,
        "a" * 64 + ".b",
        "bi\n",
        "http://bi",
        "\ud800",
        "\u2025",
        "bi.acme.example:80",
    ],
    "app_name": ["a" * 129, "web\troot", "web\nroot", "\x7f", "\udfff"],
    "seat": ["", "G", "a" * 65, "ab\n"],
}


@pytest.mark.clause("code-10001")
@pytest.mark.parametrize("field", WRONG)
def test_a_field_missing_of_another_kind_or_out_of_form_is_10001_with_its_name(field: str, activated: Site) -> None:
    for value in [*WRONG[field], None, 1, 1.5, True, [], {}, ["a"]]:
        body = activated.said(seat="ab") | {field: value}
        answer = activated.call("POST", "/registrations/n1/poll", body)
        assert told(answer)[:2] == (422, 10001), value
        assert f"The parameter {field} is wrong" in problem(answer)["detail"]
    left_out = activated.said(**{"seat": "ab", field: None})
    assert "missing" in problem(activated.call("POST", "/registrations/n1/poll", left_out))["detail"]


@pytest.mark.parametrize("domain", ["BI.acme.example.", "bi.acme.example"])
def test_a_domain_is_compared_without_case_and_final_dot(domain: str, activated: Site) -> None:
    assert activated.register(domain=domain).status_code == 200


def test_a_field_that_a_call_does_not_know_is_10001_with_its_name(activated: Site) -> None:
    answer = activated.register(seats=7)
    assert told(answer)[:2] == (422, 10001)
    assert "parameter seats is" in problem(answer)["detail"]
    assert told(activated.call("POST", "/challenge", {"force": "yes"}))[:2] == (422, 10001)


@pytest.mark.parametrize("node", ["no name", "n" * 65, "<script>", "a%0Ab", "n\u00f6de", "a%1B[31m", "'--", "%00"])
def test_a_node_name_out_of_form_is_10001_and_reaches_no_journal(node: str, activated: Site) -> None:
    before = activated.journal()
    assert told(activated.register(node))[:2] == (422, 10001)
    assert activated.journal() == before


@pytest.mark.parametrize(
    "host",
    ["", "a b", "a/b", "user@host", "host:port", "h." * 100 + "h", "host:123456", "<b>", "[::1", "\u00f6.example"],
)
def test_a_host_header_out_of_form_is_refused_before_anything_changes(host: str, site: Site) -> None:
    site.service.qr("https://h:1")
    before = site.journal()
    badly = {"environ_overrides": {"HTTP_HOST": host}}
    for answer in (
        site.web.get("/license/qrcode", **badly),
        site.web.get("/license/v1/challenge", **badly),
        site.web.post("/license/v1/challenge", json={}, **badly),
        site.web.post("/license/qrcode", data={"code": "000000"}, **badly),
        site.web.post("/license/qrcode/refresh", **badly),
    ):
        assert told(answer)[:2] == (422, 10001)
    assert site.journal() == before


@pytest.mark.parametrize("host", ["localhost", "172.16.63.131:49155", "[::1]:8443", "license_box.acme.example:443"])
def test_a_usual_host_header_becomes_the_address(host: str, activated: Site) -> None:
    assert f">https://{host}<" in activated.get("/license/qrcode", Host=host).text


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_FIELDS = ["node_key", "nonce", "product", "version", "domain", "app_name", "seat", "code"]
_BODIES = (
    st.binary(max_size=60)
    | _JSON.map(lambda value: json.dumps(value).encode())
    | st.dictionaries(st.sampled_from(_FIELDS), _JSON).map(lambda value: json.dumps(value).encode())
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(call=st.sampled_from(CALLS), body=_BODIES)
@example(call=CALLS[2], body=b'{"version": "\\u0666"}')
def test_no_body_whatever_makes_the_server_fail_or_is_taken(
    activated: Site, call: tuple[str, str], body: bytes
) -> None:
    before = activated.journal()
    answer = activated.call(*call, body)
    if call == ("POST", "/challenge") and body.strip() == b"{}":
        assert told(answer)[2] == "already-activated"
    else:
        assert told(answer)[1] in (10000, 10001) or told(answer)[2] == "already-activated"
        assert [line.event for line in activated.journal()[len(before) :]] in ([], ["code refused"])


# -- who may send what


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "https://172.16.63.131:49156"},
    {"Origin": "http://172.16.63.131"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_change_sent_by_another_sites_page_is_refused_and_nothing_moves(headers: dict[str, str], site: Site) -> None:
    code, before = site.code(), site.journal()
    answers = [site.form(code=code, **headers), site.form("/license/qrcode/refresh", **headers)]
    answers += [site.call(method, path, {"code": code}, **headers) for method, path in CALLS]
    assert {told(answer)[:3] for answer in answers} == {(403, None, "foreign-origin")}
    assert site.journal() == before


def test_the_servers_own_page_may_send(site: Site) -> None:
    origin = {"Origin": "https://172.16.63.131:49155", "Sec_Fetch_Site": "same-origin"}
    assert site.form(code=site.code(), **origin).status_code == 303


def test_a_read_from_another_site_is_answered_for_it_changes_nothing(site: Site) -> None:
    assert site.get("/license/v1/status", Sec_Fetch_Site="cross-site").status_code == 200


def test_forwarded_addresses_are_not_believed(activated: Site) -> None:
    headers = {"X_Forwarded_For": "127.0.0.1", "Forwarded": "for=127.0.0.1"}
    answer = activated.web.put(
        "/license/v1/registrations/n1",
        json=activated.said(),
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        environ_base={"REMOTE_ADDR": "10.0.0.7"},
    )
    assert told(answer)[1] == 30003


EVERYWHERE = ["/", "/license/qrcode", "/license/qrcode.css", "/license/v1/status", "/healthz", "/nowhere"]


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_says_what_it_comes_from_and_keeps_browsers_in_bounds(path: str, site: Site) -> None:
    headers = site.get(path).headers
    assert headers["X-Fanlic"] == "rehearsal server, not FanRuan software"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'; script-src 'self'; ")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in headers


def test_reading_changes_nothing_but_the_first_look_at_the_page(site: Site) -> None:
    paths = [
        str(rule) for rule in site.app.url_map.iter_rules() if "GET" in (rule.methods or ()) and "<" not in str(rule)
    ]
    site.get("/license/qrcode")
    before = site.journal()
    for path in paths:
        for method in ("GET", "HEAD", "OPTIONS"):
            assert site.web.open(path, method=method, headers={"Host": "h:1"}).status_code == 200
    assert site.journal() == before
    assert [line.event for line in before] == ["first start", "QR code made"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/license", 404),
        ("GET", "/license/qrcode/", 404),
        ("GET", "//license/qrcode", 404),
        ("GET", "/license/v1/registrations/n1", 405),
        ("DELETE", "/license/qrcode", 405),
        ("TRACE", "/license/v1/status", 405),
        ("GET", "/license/v1/../../etc/passwd", 404),
        ("GET", "/license/identity.key", 404),
    ],
)
def test_a_wrong_address_or_method_is_a_problem_too(method: str, path: str, status: int, site: Site) -> None:
    answer = site.web.open(path, method=method, headers={"Host": "h:1"})
    assert told(answer) == (status, None, {404: "not-found", 405: "method-not-allowed"}[status], None)
    assert ("Allow" in answer.headers) == (status == 405)


def test_a_person_at_a_wrong_address_gets_a_page_and_a_program_a_problem(site: Site) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    page = site.get("/nowhere", **browser)
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert told(site.get("/license/v1/nowhere", **browser))[0] == 404


def test_a_failure_of_the_server_is_told_without_its_traceback(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise RuntimeError("canary in the traceback")

    monkeypatch.setattr(site.service, "status", fail)
    answer = site.get("/license/v1/status")
    assert told(answer)[:3] == (500, None, "internal-server-error")
    assert "canary" not in answer.text
    assert site.get("/healthz").status_code == 200


# -- readiness


def test_a_server_that_was_never_activated_is_alive_and_ready(site: Site) -> None:
    assert site.get("/healthz").json == {"alive": True}
    assert site.get("/readyz").json == {"ready": True, "reasons": []}


def test_a_clock_set_back_makes_the_server_unready_until_it_is_activated_again(activated: Site) -> None:
    activated.wait(hours=-1)
    answer = activated.get("/readyz")
    assert told(answer)[:3] == (503, None, "not-ready")
    assert [reason["reason"] for reason in answer.json["reasons"]] == ["clock-alarm"]
    activated.form("/license/qrcode/refresh")
    activated.activate()
    assert activated.get("/readyz").status_code == 200


def test_a_license_that_is_over_makes_the_server_unready(site: Site) -> None:
    site.wait(days=365)
    assert [reason["reason"] for reason in site.get("/readyz").json["reasons"]] == ["license-expired"]


def test_a_state_that_cannot_be_written_makes_the_server_unready_and_healthz_stay(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_commit: Commit) -> None:
        raise StoreUnavailable("canary: the disk is full")

    monkeypatch.setattr(site.store, "commit", full)
    site.wait(minutes=1)
    answer = site.get("/readyz")
    assert told(answer)[:3] == (503, None, "not-ready")
    assert [reason["reason"] for reason in answer.json["reasons"]] == ["state-unusable"]
    assert told(site.register())[:3] == (503, None, "state-unusable")
    assert "canary" not in answer.text + site.register().text
    assert site.get("/healthz").status_code == 200


def test_the_server_is_unready_at_once_after_a_save_that_failed_and_ready_once_one_succeeds(
    activated: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:

        def full(_commit: Commit) -> None:
            raise StoreUnavailable("the disk is full")

        broken.setattr(activated.store, "commit", full)
        assert activated.register().status_code == 503
        assert [activated.get("/readyz").status_code for _look in range(2)] == [503, 503]
    assert activated.get("/readyz").status_code == 200


# -- strict and lab


@pytest.mark.threat("lab-controls")
def test_strict_has_no_control_route(site: Site) -> None:
    assert [str(rule) for rule in site.app.url_map.iter_rules() if "lab" in str(rule)] == []
    assert site.web.post("/lab/v1/settle").status_code == 404


@pytest.mark.threat("lab-controls")
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("path", ["settle", "faults", "nothing"])
@pytest.mark.parametrize("token", [None, "", TOKEN[:-1], f"{TOKEN} ", TOKEN.upper(), "\xe4\xf6"])
def test_whoever_lacks_the_token_moves_nothing(site: Site, method: str, path: str, token: str | None) -> None:
    site.open(lab=True)
    given = {} if token is None else {"X-Fanlic-Lab-Token": token}
    answer = site.send(method, f"/lab/v1/{path}", given)
    assert (403, "lab-token-wrong") == (answer.status_code, answer.json["reason"])
    assert "lab-token" in answer.json["next_step"]


def test_the_lab_settles_a_server_on_demand_and_hears_when_to_look_again(activated: Site) -> None:
    activated.open(lab=True)
    activated.register()
    activated.wait(hours=24)
    answer = activated.send("POST", "/lab/v1/settle", {"X-Fanlic-Lab-Token": TOKEN})
    assert (answer.status_code, list(answer.json)) == (200, ["next_deadline"])
    assert answer.json["next_deadline"] == activated.service.settle().isoformat()
    assert activated.journal()[-1].event == "activation"


def test_the_lab_tells_a_server_that_it_ran_and_hears_the_next_change(activated: Site) -> None:
    activated.open(lab=True)
    activated.wait(hours=24)
    answer = activated.send("POST", "/lab/v1/ran", {"X-Fanlic-Lab-Token": TOKEN})
    assert (200, "activated") == (answer.status_code, activated.get("/license/v1/status").json["activation"])
    assert answer.json["next_change"] == activated.service.status().license_expires.isoformat()


def test_in_the_lab_the_date_is_the_virtual_one_and_a_notebook_may_frame_the_page(site: Site) -> None:
    site.open(lab=True)
    site.wait(days=3)
    headers = site.get("/license/qrcode").headers
    assert headers["Date"] == "Thu, 05 Mar 2026 09:00:00 GMT"
    assert "frame-ancestors 'self' http://127.0.0.1:* http://localhost:*" in headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in headers


@pytest.mark.clause("details")
def test_the_lab_lists_the_checks_with_the_values_compared_and_strict_does_not(activated: Site) -> None:
    assert "checks" not in problem(activated.register(domain="other.example"))
    activated.open(lab=True)
    checks = problem(activated.register(domain="other.example"))["checks"]
    assert [check["what"] for check in checks] == ["activation", "activation", "license", "version", "ip", "domain"]
    assert checks[-1] == {"what": "domain", "wanted": "bi.acme.example", "got": "other.example", "ok": False}
    assert all(check["ok"] for check in checks[:-1])


def test_no_secret_is_in_any_answer(site: Site, tmp_path: Path) -> None:
    site.open(lab=True)
    code = site.code()
    answers = [site.get(path) for path in (*EVERYWHERE, "/license/v1/challenge", "/readyz", "/openapi.json")]
    answers += [site.form(code=site.wrong()), site.call("POST", "/activation", {"code": site.wrong()})]
    answers += [site.register(), site.call("POST", "/activation", {"code": code}), site.register()]
    answers += [site.register(node_key="f" * 32), site.register(version="1")]
    secrets = [secret for key in (site.secret, site.key.secret()) for secret in (key.hex(), encode(key))]
    secrets += [site.secret.decode(), "0" * 32, "f" * 32]
    for answer in answers:
        assert [secret for secret in secrets if secret in answer.text] == []
    assert [answer.request.path for answer in answers if f">{code}<" in answer.text or f'"{code}"' in answer.text] == []


def test_a_refusal_leads_to_the_page_of_its_code_or_of_its_reason(site: Any) -> None:
    site.get("/license/qrcode")
    assert "codes/10000/" == problem(site.call("PUT", "/registrations/n1", b"{"))["docs"]
    assert "reasons/wrong-code/" == problem(site.call("POST", "/activation", {"code": "000000"}))["docs"]
