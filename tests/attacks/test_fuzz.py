"""Every call of `/openapi.json` over a real socket: bodies, paths and headers that are nearly right, or not at all."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fanlic.web import openapi
from tests.attacks.target import Target

CALLS = [
    (method, path, described)
    for path, methods in openapi.description(lab=False)["paths"].items()
    for method, described in methods.items()
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)


def body_of(described: dict[str, object]) -> tuple[str, dict[str, object]]:
    """The media type of a call's body and a right value for each field; empty if it has no body."""
    content = described.get("requestBody", {}).get("content", {})  # type: ignore[attr-defined]
    for media_type, inside in content.items():
        right = {"node_key": "0" * 32, "seat": "0" * 16, "version": "6.0.5", "nonce": "n" * 22, "code": "000000"}
        return media_type, {name: right.get(name, "a") for name in inside["schema"]["properties"]}
    return "", {}


@pytest.mark.threat("http-malformed")
@pytest.mark.parametrize(("method", "path", "described"), CALLS, ids=[f"{call[0]} {call[1]}" for call in CALLS])
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_call_answers_5xx_whatever_it_is_sent(
    target: Target, method: str, path: str, described: dict[str, object], data: st.DataObject
) -> None:
    media_type, fields = body_of(described)
    changed = data.draw(st.dictionaries(st.sampled_from([*fields, "other"]), JSON, max_size=2))
    sent = {name: value for name, value in (fields | changed).items() if value is not None}
    form = media_type.endswith("urlencoded")
    body = (urlencode(sent, errors="replace") if form else json.dumps(sent)).encode("utf-8", "replace")
    if body and data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(body) - 1))
        body = body[:place] + data.draw(st.binary(max_size=4)) + body[place + data.draw(st.integers(0, 3)) :]
    node = quote(data.draw(st.text(st.characters(codec="utf-8"), max_size=20)), safe="")
    head = f"{method.upper()} {path.replace('{node}', node)} HTTP/1.1\r\nHost: localhost\r\n"
    head += f"Content-Type: {media_type or data.draw(st.sampled_from(['application/json', 'text/plain', 'x']))}\r\n"
    heard = target.ask(f"{head}Content-Length: {len(body)}\r\n\r\n".encode("ascii") + body)
    assert heard.startswith((b"HTTP/1.1 2", b"HTTP/1.1 3", b"HTTP/1.1 4")), heard[:200]
