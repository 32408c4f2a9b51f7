"""Search finds what people type: the answer is among the first three, and nobody is left without a way on.

The built site's own script and its own indices are asked, in the browser; `queries.py` is what is asked.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.site import queries

FIRST = 3
SHARE = 0.95
# What the search box does: one message with the index, then one for each query.
ASK = """async ([script, index, queries]) => {
  const worker = new Worker(script), made = await (await fetch(index)).json();
  const told = (type, data) => new Promise((done) => {
    worker.onmessage = (event) => done(event.data.data);
    worker.postMessage({ type, data });
  });
  await told(0, { ...made, options: { suggest: true } });
  const found = {};
  for (const query of queries) found[query] = (await told(2, query)).items.map((group) => group[0].location);
  worker.terminate();
  return found;
}"""


def asked(watched: Any, site: Path, address: str, words: list[str], *, chinese: bool = False) -> dict[str, list[str]]:
    """What each query finds, best first, from the root of the site."""
    [script] = (site / "assets" / "javascripts" / "workers").glob("search.*.js")
    folder = "zh/" if chinese else ""
    watched.page.goto(address + "404.html")
    places = [address + script.relative_to(site).as_posix(), f"{address}{folder}search/search_index.json"]
    found = watched.page.evaluate(ASK, [*places, words])
    return {query: [folder + page for page in pages] for query, pages in found.items()}


def missed(table: dict[str, str], found: dict[str, list[str]]) -> dict[str, list[str]]:
    """The queries whose answer is not among the first three, with what came instead."""
    return {
        query: found[query][:5]
        for query, answers in table.items()
        if not any(page.startswith(answer) for page in found[query][:FIRST] for answer in answers.split())
    }


def test_the_set_of_queries_is_what_it_says() -> None:
    assert len(queries.PLAIN) + len(queries.ROUGH) + len(queries.CHINESE) >= 80
    assert len(queries.ROUGH) >= len(queries.PLAIN)
    assert len(queries.CHINESE) * 3 >= len(queries.PLAIN) + len(queries.ROUGH) + len(queries.CHINESE)


@pytest.mark.parametrize("name", ["PLAIN", "ROUGH", "CHINESE", "LATER", "LATER_CHINESE", "KNOWN"])
def test_the_answer_is_among_the_first_three(watched: Any, site: Path, address: str, name: str) -> None:
    table: dict[str, str] = getattr(queries, name)
    found = asked(watched, site, address, list(table), chinese="CHINESE" in name)
    assert [query for query, pages in found.items() if not pages] == []
    wrong = missed(table, found)
    assert len(wrong) <= (1 - SHARE) * len(table), wrong


@pytest.mark.parametrize("chinese", [False, True])
def test_no_query_is_left_without_a_way_on(watched: Any, site: Path, address: str, chinese: bool) -> None:
    words = [
        "asdfqwer",
        "xyzzy",
        "77777",
        "掉线了",
        "龘",
        "the",
        "怎么办",
        "registraiton faield",
        "?? 30005 !!",
        "a" * 300,
    ]
    found = asked(watched, site, address, words, chinese=chinese)
    assert [query for query, pages in found.items() if not pages] == []


def test_a_kind_of_misspelling_that_no_query_shows_is_forgiven(watched: Any, site: Path, address: str) -> None:
    """One letter too many, too few, wrong or out of place, in every name of a code."""
    names = {"30000": "license expired", "30001": "report version", "30002": "account status", "30005": "appname"}
    typed = {}
    for code, name in names.items():
        for place in range(1, len(name) - 1):
            if name[place - 1] != " " != name[place] and name[place - 1] != name[place]:
                typed[name[: place - 1] + name[place] + name[place - 1] + name[place + 1 :]] = code
                typed[name[:place] + name[place + 1 :]] = code
    found = asked(watched, site, address, list(typed))
    wrong = {
        query: found[query][:3] for query, code in typed.items() if f"codes/{code}/index.html" not in found[query][:3]
    }
    assert len(wrong) <= 0.1 * len(typed), wrong


def test_neither_first_aid_nor_the_rehearsal_is_in_the_index(site: Path) -> None:
    text = (site / "search" / "search_index.json").read_text("utf-8")
    pages = [
        each for each in json.loads(text)["docs"] if each["location"].startswith(("codes/", "reasons/", "symptoms/"))
    ]
    assert len(pages) > 90
    for words in ("No docker rm, no compose down", "fanlic rehearse F10", "our advice"):
        assert [each["location"] for each in pages if words in each["text"]] == [], words


def test_the_box_answers_and_the_index_is_loaded_only_then(watched: Any, address: str) -> None:
    page = watched.page
    asked_for: list[str] = []
    page.on("request", lambda request: asked_for.append(request.url))
    page.goto(address + "codes/30005/index.html", wait_until="networkidle")
    assert not [each for each in asked_for if "search_index" in each]
    assert "codes/30007/index.html" in watched.search("too many nodes")[0] or watched.search("too many nodes")
    assert [each for each in asked_for if "search_index" in each] == [f"{address}search/search_index.json"]


def test_a_stranger_with_a_code_is_two_clicks_from_the_remedy(watched: Any, address: str) -> None:
    """The search box, the first result, and what to do stands on that page."""
    page = watched.page
    page.goto(address + "index.html")
    watched.search("30005")
    page.locator(".md-search-result__item > a").first.click()
    page.wait_for_url("**/codes/30005/**")
    assert page.locator("h2#remedy").inner_text().startswith("Do this now")
    assert page.locator("text=Bring the project back").count() == 1
