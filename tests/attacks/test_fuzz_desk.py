"""Every call of the business desk's `/openapi.json`: forms, queries and paths that are nearly right, or not at all.

Hypothesis draws them from the description, as it does for the authorization server. schemathesis 4.32 does the same; it
was run by hand against both servers (434 and 202 cases, nothing found). As a dependency it would bring fifteen packages
for what stands here in one file, which also looks whether anything was accepted.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fanlic.web import openapi
from tests.desk.test_standing import Desk

CALLS = [
    (method, path, described)
    for path, methods in openapi.phone_description(door=True)["paths"].items()
    for method, described in methods.items()
]
TEXT = st.text(max_size=40) | st.sampled_from(["", "0" * 2000, "\0", "\u202e", "=1+1", "../../x", "%00", "lic-"])
ACCEPTED = ("scan approved", "license issued", "authorization destroyed", "destruction asked for", "contract signed")


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, str]]:
    """A desk that stands on its own, and a good challenge that nobody has approved."""
    folder = tmp_path_factory.mktemp("fuzzed")
    with ExitStack() as stack:
        desk = Desk(folder, stack)
        desk.form()
        yield desk, desk.challenge(desk.server(folder / "s"))


def events(desk: Desk) -> list[str]:
    return [line.event for line in desk.journal() if line.event in ACCEPTED]


@pytest.mark.threat("http-malformed")
@pytest.mark.parametrize(("method", "path", "described"), CALLS, ids=[f"{call[0]} {call[1]}" for call in CALLS])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_call_of_the_desk_answers_5xx_or_accepts_anything(
    standing: tuple[Desk, str], method: str, path: str, described: dict[str, Any], data: st.DataObject
) -> None:
    desk, challenge = standing
    before = events(desk)
    content = described.get("requestBody", {}).get("content", {})
    media_type = next(iter(content), "application/x-www-form-urlencoded")
    names = [*next(iter(content.values()), {"schema": {"properties": {}}})["schema"]["properties"], "c", "other"]
    sent: dict[str, Any] = data.draw(st.dictionaries(st.sampled_from(names), TEXT, max_size=5))
    if data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(challenge) - 1))
        sent["c"] = challenge[:place] + data.draw(st.sampled_from("AB7=- ")) + challenge[place + 1 :]
    if media_type.startswith("multipart") and data.draw(st.booleans()):
        sent["file"] = (
            io.BytesIO(data.draw(st.binary(max_size=200))),
            data.draw(st.sampled_from(["a.eml", "b", "\r\n"])),
        )
    link = data.draw(st.text(st.characters(codec="utf-8", exclude_characters="/?#"), min_size=1, max_size=20))
    given_as: dict[str, Any] = {"query_string": sent} if method == "get" and "file" not in sent else {"data": sent}
    answer = desk.send(method.upper(), path.replace("{link}", link), **given_as)
    with answer:
        assert 200 <= answer.status_code < 500, answer.get_data(as_text=True)[:300]
    assert before == events(desk)
