"""The page of a failure: what to do stands first, and what the page says can be run."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fanlic.commands.docs import shelf
from fanlic.model.project import Registration
from fanlic.model.refusals import Code, Refusal
from fanlic.troubleshoot.catalogue import around
from fanlic.troubleshoot.catalogue.shelf import catalogue
from fanlic.troubleshoot.catalogue.signs import SIGNS

ROOT = Path(__file__).parents[2]
LAPTOP = {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def made() -> Iterator[dict[str, str]]:
    """Every page of an entry as Markdown, as docs/build.py makes it."""
    patch = pytest.MonkeyPatch()
    patch.syspath_prepend(str(ROOT / "docs"))
    patch.setenv("FANLIC_LANG", "en")
    from _site import entries, trace

    yield dict(entries.pages(trace.collect(ROOT), ROOT / "docs" / "notes"))
    patch.undo()
    for name in [each for each in sys.modules if each.partition(".")[0] == "_site"]:
        del sys.modules[name]


def page(made: dict[str, str], key: str, tongue: str = "") -> str:
    return made[f"{tongue}{shelf(key)}/{key}/index.md"]


@pytest.mark.parametrize("code", [str(int(code)) for code in Code])
def test_the_blocks_of_a_page_bring_its_code_about_and_mend_it(made: dict[str, str], code: str) -> None:
    reproduce, mend = re.findall(r"^    ~~~~ python\n(.*?)^    ~~~~$", page(made, code), re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    with pytest.raises(Refusal) as refused:
        exec(re.sub(r"^    ", "", reproduce, flags=re.MULTILINE), names)
    try:
        assert refused.value.label == code
        exec(re.sub(r"^    ", "", mend, flags=re.MULTILINE), names)
        states = {project.registration for project in names["lab"].projects}
        assert states == {Registration.REGISTERED}
        for project in names["lab"].projects:
            project.nodes[0].poll()
    finally:
        names["lab"].close()


@pytest.mark.parametrize("tongue", ["", "zh/"])
def test_what_to_do_comes_before_the_causes_in_at_most_three_steps(made: dict[str, str], tongue: str) -> None:
    for key in catalogue():
        text = page(made, key, tongue)
        order = [text.index(mark) for mark in ("{ #remedy }", "{ #causes }", "{ #related }", 'id="basis"')]
        assert order == sorted(order), key
        steps = text[order[0] : order[1]].partition("{ #then }")[0].count("\n1. ")
        assert 1 <= steps <= 3, key


def test_every_cause_of_a_code_has_what_one_sees_a_next_step_and_how_safe_it_is(made: dict[str, str]) -> None:
    numbers = [key for key in catalogue() if key.isdigit()]
    assert sorted(SIGNS) == sorted(numbers)
    for key in numbers:
        rows = re.findall(
            r"^\| (.*) \|$", page(made, key).partition("fanlic-signs")[2].partition("</div>")[0], re.MULTILINE
        )
        assert len(rows) == 2 + len(catalogue()[key].causes)
        assert all(row.count(" | ") == 3 for row in rows[:-1])
        assert rows[-1].startswith("none of these | | ")


def test_every_entry_leads_to_at_least_two_others(made: dict[str, str]) -> None:
    for key in catalogue():
        near = around.related(key)
        assert len(near) >= 2
        assert len({key, *near}) == len(near) + 1
        links = re.findall(r"\]\(\.\./\.\./(\S+)/index\.md\)", page(made, key).partition("{ #related }")[2])
        assert [f"{shelf(each)}/{each}" for each in near] == links[: len(near)]


def test_an_entry_without_a_row_finds_its_neighbors_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(around.AROUND, "30004")
    around.related.cache_clear()
    assert {"30003", "30005"} == set(around.related("30004"))
    assert () == around.not_yet("30004")
    around.related.cache_clear()


def test_a_page_warns_with_the_lines_of_the_terminal_and_in_no_other_place(made: dict[str, str]) -> None:
    for key in catalogue():
        warned = re.findall(r"fanlic-notyet.*?</section>", page(made, key), re.DOTALL)
        assert [around.first_aid_of(key)] == [re.sub("`", "", one).split("\n- ")[1:] for one in map(clean, warned)] or (
            not warned and not around.first_aid_of(key)
        )


def clean(text: str) -> str:
    """The lines of a list as they were before Markdown's marks."""
    return re.sub(r"\\(.)", r"\1", text.partition("\n\n</section>")[0])


def test_warnings_stand_only_where_something_can_be_lost() -> None:
    warned = [key for key in catalogue() if around.not_yet(key)]
    assert 20 < len(warned) < len(catalogue()) * 2 / 3
    assert () == around.not_yet("30005")
    assert () == around.not_yet("title-without-company")


def test_every_entry_stands_in_one_group_of_the_menu_and_ours_stand_apart(made: dict[str, str]) -> None:
    listed = [key for each in around.Group for key in catalogue() if around.group(key) is each]
    assert sorted(listed) == sorted(catalogue())
    for each in around.Group:
        links = re.findall(r"/(\S+)/index\.md\)", made[f"failures/{each.name.lower()}/index.md"])
        assert {key for key in catalogue() if around.group(key) is each} == {link.rpartition("/")[2] for link in links}
    assert around.group("code-entry-sealed") is around.Group.REHEARSAL


@pytest.mark.parametrize("tongue", ["", "zh/"])
def test_what_to_do_is_seen_without_scrolling_on_a_laptop(watched: Any, address: str, tongue: str) -> None:
    watched.page.set_viewport_size(LAPTOP)
    hidden = {}
    longest = sorted(catalogue(), key=lambda key: len(catalogue()[key].title + catalogue()[key].meaning))[-8:]
    for key in {*longest, "30002", "lapsed", "license-bound-elsewhere", "port-moved"}:
        watched.page.goto(f"{address}{tongue}{shelf(key)}/{key}/index.html", wait_until="commit")
        box = watched.page.locator(".fanlic-now > ol").first.bounding_box()
        if box["y"] + box["height"] > LAPTOP["height"]:
            hidden[key] = box
    assert hidden == {}
    assert watched.errors == []


def test_registration_failed_is_a_picker_of_codes_and_words(watched: Any, address: str) -> None:
    watched.page.goto(f"{address}symptoms/registration-failed/index.html")
    buttons = watched.page.locator(".fanlic-picker a")
    shown = buttons.all_inner_texts()
    for code in Code:
        assert any(text.startswith(str(int(code))) for text in shown)
    assert any("PKIX" in text for text in shown)
    buttons.filter(has_text="30007").click()
    watched.page.wait_for_url("**/codes/30007/index.html")


def test_a_menu_and_a_path_lead_back_from_every_failure(watched: Any, address: str) -> None:
    watched.page.set_viewport_size(LAPTOP)
    watched.page.goto(f"{address}reasons/not-destroyed-yet/index.html")
    assert watched.page.locator(".md-path__link").all_inner_texts() == ["Home", "Failures", "Migration"]
    watched.page.locator(".md-sidebar--primary a", has_text="The old server must not be restarted").click()
    watched.page.wait_for_url("**/reasons/restart-before-reply/index.html")
