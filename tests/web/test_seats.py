"""A seat's calls are answered the same, whether the framework is passed by or not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fanlic.ports import StoreUnavailable
from fanlic.service import AuthorizationService
from tests.web.conftest import HOST, Answer, Site

ON = {"Sec-Fetch-Site": "none"}  # what a browser says of an address typed in: such a call goes on to the application
NONCE = "n" * 22


@pytest.fixture
def passed_on(activated: Site, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that reached the framework."""
    seen: list[str] = []
    inner = activated.app.wsgi_app._app  # type: ignore[attr-defined]

    def noting(environ: dict[str, Any], start: Any) -> Any:
        seen.append(environ["PATH_INFO"])
        return inner(environ, start)

    monkeypatch.setattr(activated.app.wsgi_app, "_app", noting)
    return seen


def told(answer: Answer) -> tuple[int, dict[str, str], set[str]]:
    kept = {name: value for name, value in answer.headers.items() if name not in ("Content-Length", "Date")}
    return answer.status_code, kept, set(answer.json)


def cases(site: Site) -> list[tuple[str, str, Any]]:
    seat = site.register("held").json["seat"]
    held = site.said(seat=seat)
    leaving = {"node_key": "0" * 32, "seat": seat, "nonce": NONCE}
    return [
        ("PUT", "held", site.said()),
        ("POST", "held/poll", held),
        ("POST", "held/poll", site.said(seat="0f")),
        ("POST", "gone/poll", held),
        ("PUT", "held", site.said(node_key="f" * 32)),
        ("PUT", "other", site.said(version="5.0")),
        ("PUT", "other", site.said(domain="elsewhere.example")),
        ("PUT", "a" * 65, site.said()),
        ("PUT", "held", site.said(nonce="n")),
        ("PUT", "held", site.said(more="x")),
        ("PUT", "held", b"{"),
        ("PUT", "held", b"[" * 9000),
        ("PUT", "held", b"x" * 17_000),
        ("PATCH", "held", site.said()),
        ("GET", "held", b""),
        ("DELETE", "gone", leaving),
        ("DELETE", "held", leaving | {"node_key": "f" * 32}),
    ]


def test_both_ways_give_the_same_status_headers_and_fields(activated: Site) -> None:
    for method, path, body in cases(activated):
        plainly = activated.call(method, f"/registrations/{path}", body)
        browsing = activated.call(method, f"/registrations/{path}", body, **ON)
        assert told(browsing) == told(plainly), (method, path, body)


def test_a_granted_call_passes_the_framework_by_and_a_refused_one_is_told_by_it(
    activated: Site, passed_on: list[str]
) -> None:
    seat = activated.register("n1").json["seat"]
    leaving = {"node_key": "0" * 32, "seat": seat, "nonce": NONCE}
    assert 200 == activated.call("POST", "/registrations/n1/poll", activated.said(seat=seat)).status_code
    assert 200 == activated.call("DELETE", "/registrations/n1", leaving).status_code
    assert [] == passed_on
    assert 404 == activated.call("DELETE", "/registrations/n1", leaving).status_code
    assert ["/license/v1/registrations/n1"] == passed_on


def test_a_refused_call_is_judged_once(activated: Site) -> None:
    before = len(activated.journal())
    assert 403 == activated.register("n1", version="5.0").status_code
    assert 1 == len(activated.journal()) - before


@pytest.mark.threat("host-spoofed")
@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Host", "evil.example", 421),
        ("Host", "localhost.evil.example:1", 421),
        ("Origin", "https://evil.example", 403),
        ("Sec-Fetch-Site", "cross-site", 403),
        ("Content-Type", "text/plain", 415),
        ("Content-Type", "application/json; charset=utf-8", 200),
    ],
)
def test_the_guards_stand_before_a_seat_too(activated: Site, header: str, value: str, status: int) -> None:
    activated.names = ["lic.acme.example"]
    activated.open()
    sent = {"Host": HOST, "Content-Type": "application/json"} | {header: value}
    answer = activated.send("PUT", "/license/v1/registrations/n1", sent, data=json.dumps(activated.said()))
    assert status == answer.status_code
    assert (status == 200) == (activated.service.status().seats_taken == 1)


def test_a_store_that_fails_is_told_as_ever(activated: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(self: AuthorizationService, *_given: object) -> None:
        raise StoreUnavailable("disk full")

    monkeypatch.setattr(AuthorizationService, "register", failing)
    answer = activated.register("n1")
    assert (503, "state-unusable") == (answer.status_code, answer.json["reason"])
    assert "DENY" == answer.headers["X-Frame-Options"]
