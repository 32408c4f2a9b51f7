"""FanRuan's page can be followed word for word: each of its statements, with the mail form of either language."""

import tomllib
from pathlib import Path

import pytest

from fanlic import Lab
from fanlic.lab.literal import LiteralStep, PageNotFollowed, follow
from fanlic.lab.literal.reading import Reading

STATEMENTS = Path(__file__).parents[2] / "docs" / "_ledger" / "statements.toml"


@pytest.fixture(scope="module", params=["en", "zh"])
def steps(request: pytest.FixtureRequest) -> list[LiteralStep]:
    """Every step of a reader whose mails are in this language, and who reads ours in it too."""
    with pytest.MonkeyPatch.context() as patch, Lab() as lab:
        patch.setenv("FANLIC_LANG", request.param)
        return list(follow(lab, request.param))


def test_every_statement_that_has_a_clause_is_followed(steps: list[LiteralStep]) -> None:
    rows = tomllib.loads(STATEMENTS.read_text("utf-8"))["statement"]
    followed = [place for step in steps for place in step.at]
    assert sorted(row["at"] for row in rows if "clauses" in row) == sorted(followed)


def test_each_step_says_what_was_done_and_what_was_seen(steps: list[LiteralStep]) -> None:
    assert [] == [step.at for step in steps if not step.done or not step.seen]


@pytest.mark.parametrize(
    ("places", "told"),
    [("notes/1.1", "notes/1.1"), ("container/note-1.1 table.tls.0 activation/1.1 1.2", "container/table.tls.0, ")],
)
def test_a_step_that_comes_out_otherwise_stops_the_reading_and_names_its_places(places: str, told: str) -> None:
    with Lab(engine="inline") as lab:
        reading = Reading(lab, "en")
        assert told in ", ".join(reading.step(places, "d", True, "s").at) + ", "
        with pytest.raises(PageNotFollowed, match=r"Open the door\..*a wall"):
            reading.step(places, "Open the door.", False, "a wall")
