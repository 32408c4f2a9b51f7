"""The lab's page without its socket: every button, what it says when it is refused, and both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from werkzeug.test import Client, TestResponse

from fanlic.lab import Lab
from fanlic.lab.drill import numbered
from fanlic.lab.stage import RUN
from fanlic.show.app import as_attributes, create_app
from fanlic.show.show import Show

BASE, TOKEN = "http://127.0.0.1:8899", "0123456789abcdef" * 2


class Trainer:
    """A trainer's browser on the page of an inline lab."""

    def __init__(self) -> None:
        self.show = Show(lambda: Lab(engine="inline"))
        self.app = create_app(self.show, TOKEN)
        self.web = Client(self.app)
        self.open(f"/?token={TOKEN}")

    def open(self, path: str = "/", method: str = "GET", **sent: object) -> TestResponse:
        return self.web.open(path, base_url=BASE, method=method, **sent)  # type: ignore[arg-type]

    def press(self, action: str, **given: str) -> str:
        """Press a button; the page afterwards."""
        answer = self.open(f"/do/{action}", "POST", data=given)
        assert 303 == answer.status_code, answer.get_data(as_text=True)
        return self.open().get_data(as_text=True)

    def said(self, action: str, **given: str) -> tuple[str, str]:
        """What came of it: good, bad or info; and the words."""
        page = self.press(action, **given)
        found = re.search(r'data-said="(\w+)"[^>]*>(.*?)</div>', page, re.DOTALL)
        assert found, page
        return found[1], " ".join(unescape(re.sub(r"<[^>]*>", " ", found[2])).split())

    def started(self) -> None:
        """An authorization server runs and was never activated."""
        for action, given in (
            ("request", {"seats": "2"}),
            ("docker", {"line": "docker load -i fanruan_license_server.tar"}),
            ("docker", {"line": f"docker {RUN.replace('-P', '-p 50123:8081')}"}),
        ):
            assert "good" == self.said(action, **given)[0]

    def activated(self) -> None:
        """It is activated."""
        self.started()
        self.said("scan")
        self.said("approve")
        assert "good" == self.said("submit", code=self.show.code)[0]

    def address(self) -> str:
        return self.show.address()


@pytest.fixture
def trainer() -> Iterator[Trainer]:
    made = Trainer()
    yield made
    made.show.close()


def test_the_whole_procedure_and_an_outage_of_25_hours_by_buttons(trainer: Trainer) -> None:
    trainer.activated()
    trainer.said("add", name="sales")
    told = trainer.said("register", project="sales", user="admin", method="Private Cloud", address=trainer.address())
    assert ("good", "Registration succeeded. Maximum number of connections: 2") == told
    container = trainer.show.lab.host.container()
    trainer.said("docker", line=f"docker stop {container}")
    assert ("good", "time passes: 25 h") == trainer.said("advance", step="25 hours")
    page = trainer.open().get_data(as_text=True)
    assert 'data-state="lapsed"' in page
    assert "No authorization server runs." in page
    trainer.said("docker", line=f"docker start {container}")
    assert ">lapsed</dd>" in trainer.open().get_data(as_text=True)


def test_six_wrong_codes_lock_and_five_minutes_unlock(trainer: Trainer) -> None:
    trainer.started()
    trainer.said("scan")
    for _try in range(6):
        assert "bad" == trainer.said("submit", code="000000")[0]
    assert "locked" == trainer.show.picture()[1]["code_entry"]
    assert "bad" == trainer.said("scan")[0]
    trainer.said("advance", step="next")
    trainer.said("refresh")
    trainer.said("scan")
    trainer.said("approve")
    assert "good" == trainer.said("submit", code=trainer.show.code)[0]


def test_every_button_says_what_is_wrong_with_an_empty_lab_and_changes_nothing(trainer: Trainer) -> None:
    for action in sorted(trainer.show.actions()):
        if action in ("new", "leave", "request", "extend", "reboot"):
            continue
        kind, text = trainer.said(action)
        assert (action, "bad" if action != "advance" else kind) == (action, kind), text
        assert len(text) > 10, action
    assert [] == trainer.show.lab.projects


@pytest.mark.parametrize(
    ("action", "given"),
    [
        ("request", {"seats": "-1"}),
        ("request", {"seats": "1.5"}),
        ("request", {"seats": "\uff19"}),
        ("request", {"attach": "1"}),
        ("docker", {"line": "  "}),
        ("docker", {"line": "docker rm -rf /"}),
        ("docker", {"line": "'"}),
        ("add", {"name": "a b"}),
        ("add", {"name": "项目"}),
        ("add", {"name": "x" * 21}),
        ("advance", {"step": "99 years"}),
        ("fault", {"kind": "boom"}),
        ("scenario", {"scenario": "Z9"}),
        ("drill", {"number": "0"}),
        ("drill", {"number": "\uff19"}),
        ("look", {"what": "everything"}),
        ("project", {"project": "none", "verb": "off"}),
        ("configure", {"project": "none", "version": "6.1"}),
        ("diagnose", {"cause": ""}),
    ],
)
def test_a_natural_mistake_is_named(trainer: Trainer, action: str, given: dict[str, str]) -> None:
    kind, text = trainer.said(action, **given)
    assert ("bad", True) == (kind, len(text) > 10), text


def test_pressing_twice_is_said_and_does_no_harm(trainer: Trainer) -> None:
    trainer.activated()
    code = trainer.show.code
    assert "bad" == trainer.said("submit", code=code)[0]
    assert "bad" == trainer.said("approve")[0]
    assert "activated" == trainer.show.picture()[1]["activation"]
    trainer.said("add", name="sales")
    assert ("bad", "There is a project sales already.") == trainer.said("add", name="sales")


def test_a_drill_is_solved_by_buttons_and_the_lab_of_before_is_closed(trainer: Trainer) -> None:
    before = trainer.show.lab
    trainer.said("drill", number=str(min(numbered())))
    assert before.closed
    assert trainer.show.drill is not None
    assert "data-symptom" in trainer.open().get_data(as_text=True)
    assert "bad" == trainer.said("check")[0]
    assert "info" == trainer.said("hint")[0]
    for what in ("docker ps -a", "clock"):
        assert "info" == trainer.said("look", what=what)[0]
    trainer.said("solution")
    assert "good" == trainer.said("check")[0]
    trainer.said("leave")
    assert trainer.show.drill is None


def test_a_double_click_is_carried_out_once_and_a_second_press_twice(trainer: Trainer) -> None:
    before = trainer.show.lab.clock.now()
    seen = str(trainer.show.version)
    for _click in range(2):
        trainer.press("advance", step="25 hours", seen=seen)
    assert timedelta(hours=25) == trainer.show.lab.clock.now() - before
    trainer.press("advance", step="25 hours", seen=str(trainer.show.version))
    assert timedelta(hours=50) == trainer.show.lab.clock.now() - before
    assert f'name="seen" value="{trainer.show.version}"' in trainer.open().get_data(as_text=True)


def test_two_windows_press_the_same_button_and_both_are_heard(trainer: Trainer) -> None:
    seen = str(trainer.show.version)
    trainer.press("add", name="sales", seen=seen)
    trainer.press("add", name="stock", seen=seen)
    assert ["sales", "stock"] == [project.name for project in trainer.show.lab.projects]


def test_a_scenario_is_played_beside_the_lab(trainer: Trainer) -> None:
    trainer.started()
    rows = len(trainer.show.lab.rows)
    kind, text = trainer.said("scenario", scenario="U5", engine="inline")
    assert ("good", True) == (kind, text.startswith("U5 "))
    trainer.show.lab.collect()
    assert rows == len(trainer.show.lab.rows)


def test_a_fault_strikes_the_next_poll_and_is_cleared(trainer: Trainer) -> None:
    trainer.activated()
    trainer.said("add", name="sales")
    trainer.said("register", project="sales", user="admin", method="Private Cloud", address=trainer.address())
    trainer.said("fault", kind="drop", endpoint="poll", nth="1")
    trainer.said("advance", step="2 hours")
    assert "shown as failed" == trainer.show.lab.projects[0].registration
    assert "good" == trainer.said("clear")[0]
    trainer.said("advance", step="2 hours")
    assert "registered" == trainer.show.lab.projects[0].registration


# -- languages, and who gets in


def test_the_page_speaks_chinese_for_who_asked_and_english_for_the_next(trainer: Trainer) -> None:
    trainer.started()
    assert 303 == trainer.open("/language/zh", "POST").status_code
    page = trainer.open().get_data(as_text=True)
    assert '<html lang="zh' in page
    assert "手机" in page
    other = Client(trainer.app)
    other.open(f"/?token={TOKEN}", base_url=BASE)
    assert '<html lang="en">' in other.open("/", base_url=BASE).get_data(as_text=True)


def test_nobody_gets_in_without_the_token_and_nothing_is_done(trainer: Trainer) -> None:
    stranger = Client(trainer.app)
    for path in ("/", "/projector", "/timeline.csv", "/version", "/?token=", "/?token=123"):
        assert 403 == stranger.open(path, base_url=BASE).status_code, path
    assert 403 == stranger.open("/do/request", base_url=BASE, method="POST").status_code
    assert 0 == trainer.show.version


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_sites_page_presses_no_button(trainer: Trainer, headers: dict[str, str]) -> None:
    assert 403 == trainer.open("/do/request", "POST", headers=headers).status_code
    assert 0 == trainer.show.version


def test_another_name_of_this_machine_is_refused(trainer: Trainer) -> None:
    answer = trainer.web.open("/", base_url="http://rebound.example:8899")
    assert (421, True) == (answer.status_code, "127.0.0.1" in answer.get_data(as_text=True))


def test_the_policy_allows_nothing_inline_and_the_pages_need_nothing_inline(trainer: Trainer) -> None:
    trainer.activated()
    for path in ("/", "/projector"):
        answer = trainer.open(path)
        page = answer.get_data(as_text=True)
        assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script>", page), path
        assert page.count("<svg") == 1


def test_styles_of_a_picture_become_attributes() -> None:
    assert '<a fill="#fff" x="1"/>' == as_attributes('<a style="fill:#fff" x="1"/>')
    assert '<a stroke="var(--a, B)" stroke-width="2"/>' == as_attributes(
        '<a style="stroke:var(--a, B);stroke-width:2"/>'
    )


def test_the_timeline_is_taken_along_as_csv(trainer: Trainer) -> None:
    trainer.started()
    answer = trainer.open("/timeline.csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.get_data(as_text=True).startswith("at,party,event")
