"""The project's pages: log in, Manage > Registration, Register Now; success, the failure with Details, four looks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from werkzeug.test import Client, TestResponse

from fanlic.adapters.clocks import LAB_START, SystemClock
from fanlic.adapters.project_file import FILE, ProjectDamaged, read_project
from fanlic.model.project import Memory, Registration
from fanlic.model.refusals import CannotConnect, Refusal, Reported
from fanlic.model.registration import License
from fanlic.ports import NodeFacts, Registered, StartRefused
from fanlic.wiring.desk import DeskSetting, invite, sign
from fanlic.wiring.project import ProjectSetting, StandingProject
from tests.web.standing import CONTRACT

BASE = "https://127.0.0.1:37799"
SERVER = "https://10.1.1.9:49160"
TERMS = License("lic-1", "Müller & Söhne <GmbH>", "Kasse", "FineBI", "6.0.5", "6.0.99", LAB_START, seats=4, desk="")


class Way:
    """The way to a server that answers what it is told to; it notes how it was asked."""

    def __init__(self) -> None:
        self.refusal: Refusal | None = None
        self.asked: list[str] = []

    def _answer(self, what: str) -> Registered:
        self.asked.append(what)
        if self.refusal is not None:
            raise self.refusal
        return Registered("s" * 43, "seat7", 4, "lic-1", Memory(1, LAB_START, None), TERMS)

    def register(self, address: str, _facts: NodeFacts) -> Registered:
        return self._answer(f"register {address}")

    def poll(self, address: str, _facts: NodeFacts, seat: str, _pinned: str) -> Registered:
        return self._answer(f"poll {address} {seat}")

    def unbind(self, address: str, _node: str, seat: str) -> None:
        self._answer(f"unbind {address} {seat}")


class Site:
    """A project server without its socket; the way to the authorization server is a stand-in."""

    def __init__(self, folder: Path, stack: ExitStack, nodes: int = 1) -> None:
        self.folder, self.stack = folder / "project", stack
        desk = folder / "desk"
        if not desk.exists():
            sign(desk, CONTRACT)
            (desk / "vendor.pub").write_text("A" * 43, "ascii")
        self.pins = {name: invite(self.folder, name) for name in ("admin", "analyst")}
        place = DeskSetting(self.folder, "127.0.0.1", 37799, BASE)
        facts = NodeFacts("kasse", "FineBI", "6.0.5", "", "webroot")
        self.standing = StandingProject(ProjectSetting(place, desk / "vendor.pub", facts, nodes), stack)
        self.now = SystemClock().now()
        self.standing.project.now = lambda: self.now
        self.ways = [Way() for _node in range(nodes)]
        for node, way in zip(self.standing.project.nodes, self.ways, strict=True):
            node._registrar = way
        self.web = Client(self.standing.application)

    def open(self, path: str, method: str = "GET", **sent: object) -> TestResponse:
        environ = {"REMOTE_ADDR": "127.0.0.1"}
        return self.web.open(path, base_url=BASE, method=method, environ_base=environ, **sent)  # type: ignore[arg-type]

    def log_in(self, user: str = "admin", pin: str = "") -> TestResponse:
        return self.open("/login", "POST", data={"name": user, "pin": pin or self.pins[user]})

    def register(self, address: str = SERVER, method: str = "Private Cloud") -> TestResponse:
        data = {"address": address, "method": method}
        return self.open("/manage/registration/register", "POST", data=data)

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)
        self.standing.work()


def text(answer: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.get_data(as_text=True))).split())


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with ExitStack() as stack:
        yield Site(tmp_path, stack)


@pytest.fixture
def inside(site: Site) -> Site:
    assert 303 == site.log_in().status_code
    return site


# -- log in


def test_nobody_reaches_a_page_without_logging_in(site: Site) -> None:
    for path in ("/manage/registration", "/manage/registration/register", "/help/30005"):
        answer = site.open(path)
        assert (303, "/") == (answer.status_code, answer.headers["Location"])
    for path in ("/manage/registration/register", "/manage/registration/unbind"):
        assert 303 == site.open(path, "POST").status_code
    assert [] == site.ways[0].asked


@pytest.mark.clause("register-as-admin")
def test_only_the_administrator_reaches_the_registration_page(site: Site) -> None:
    site.log_in("analyst")
    for answer in (site.open("/manage/registration"), site.register()):
        assert (403, True) == (answer.status_code, "not-administrator" in answer.get_data(as_text=True))
    assert [] == site.ways[0].asked


def test_a_wrong_pin_is_refused_and_tries_are_bounded(site: Site) -> None:
    assert [403] * 4 + [429] * 2 == [site.log_in(pin="1").status_code for _try in range(6)]
    assert 429 == site.log_in().status_code
    assert "Set-Cookie" not in site.log_in(pin="2").headers


def test_the_session_is_this_sites_only_and_ends_with_the_log_out(inside: Site) -> None:
    cookie = inside.log_in().headers["Set-Cookie"]
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= set(cookie.split("; "))
    assert 200 == inside.open("/manage/registration").status_code
    inside.open("/logout", "POST")
    assert 303 == inside.open("/manage/registration").status_code


def test_a_change_from_another_site_is_refused(inside: Site) -> None:
    data = {"address": SERVER, "method": "Private Cloud"}
    sent = inside.open("/manage/registration/register", "POST", data=data, headers={"Origin": "https://evil.example"})
    assert (403, []) == (sent.status_code, inside.ways[0].asked)


# -- Register Now


@pytest.mark.clause("private-cloud", "maximum-connections")
def test_success_shows_maximum_connections_company_and_end(inside: Site) -> None:
    answer = inside.register(f"  {SERVER}/ ")
    assert 200 == answer.status_code
    assert (
        f"Registration succeeded. Maximum number of connections 4 Company {TERMS.company} Valid until 2026-03-02"
        in text(answer)
    )
    assert "<GmbH>" not in answer.get_data(as_text=True)
    assert [f"register {SERVER}"] == inside.ways[0].asked


@pytest.mark.clause("details")
def test_failure_shows_code_name_meaning_and_a_link(inside: Site) -> None:
    inside.ways[0].refusal = Reported("register-out-of-limit", "All 1 are taken.", "Ask for more.", 30007)
    answer = inside.register()
    assert 422 == answer.status_code
    assert "All 1 are taken. Ask for more. Details Code 30007 Name REGISTER_OUT_OF_LIMIT Meaning" in text(answer)
    assert 'href="/help/30007"' in answer.get_data(as_text=True)
    assert "Causes, the most likely first" in text(inside.open("/help/30007"))
    assert 404 == inside.open("/help/no-such").status_code


@pytest.mark.parametrize(
    ("address", "method", "reason"),
    [
        ("http://10.1.1.9:49160", "Private Cloud", "address-unfit"),
        ("10.1.1.9:49160", "Private Cloud", "address-unfit"),
        ("https://10.1.1.9", "Private Cloud", "address-unfit"),
        ("https://10.1.1.9:49160/license/qrcode", "Private Cloud", "address-unfit"),
        ("", "Private Cloud", "address-unfit"),
        (SERVER, "Public Cloud", "other-method-chosen"),
        (SERVER, "", "other-method-chosen"),
    ],
)
def test_a_mistake_in_the_dialog_is_named_and_nothing_is_asked(
    inside: Site, address: str, method: str, reason: str
) -> None:
    answer = inside.register(address, method)
    assert (422, True) == (answer.status_code, f'data-reason="{reason}"' in answer.get_data(as_text=True))
    assert ([], Registration.NONE) == (inside.ways[0].asked, inside.standing.project.registration)


# -- four looks, and polls


def look(site: Site) -> tuple[str, str]:
    page = site.open("/manage/registration").get_data(as_text=True)
    found = re.search(
        r'<section class="card (\w+)" aria-labelledby="shown">\s*<h2.*?data-state="([a-z ]+)"', page, re.DOTALL
    )
    assert found
    return found[1], found[2]


def test_the_four_states_look_different(inside: Site) -> None:
    looks = [look(inside)]
    inside.register()
    looks.append(look(inside))
    inside.ways[0].refusal = CannotConnect(SERVER, "refused")
    inside.wait(hours=2)
    looks.append(look(inside))
    for _poll in range(11):
        inside.wait(hours=2)
    looks.append(look(inside))
    assert looks == [("none", "unregistered"), ("good", "registered"), ("warn", "shown as failed"), ("bad", "lapsed")]


@pytest.mark.clause("heals-within-two-hours")
def test_a_poll_is_made_when_it_is_due_and_heals(inside: Site) -> None:
    inside.register()
    inside.wait(seconds=7199)
    assert 1 == len(inside.ways[0].asked)
    inside.ways[0].refusal = CannotConnect(SERVER, "timed out")
    inside.wait(seconds=1)
    assert Registration.FAILING is inside.standing.project.registration
    assert "timed out" in text(inside.open("/manage/registration"))
    inside.ways[0].refusal = None
    inside.wait(hours=2)
    assert Registration.REGISTERED is inside.standing.project.registration


def test_failed_checks_are_listed_for_each_node(tmp_path: Path) -> None:
    with ExitStack() as stack:
        site = Site(tmp_path, stack, nodes=3)
        site.log_in()
        site.register()
        site.ways[1].refusal = CannotConnect(SERVER, "cable is out")
        site.wait(hours=2)
        page = text(site.open("/manage/registration"))
        assert "shown as failed" == look(site)[1]
        assert "kasse-2 Time Node Code or reason What failed" in page
        assert 1 == page.count("cable is out")


def test_unbinding_gives_the_seat_back_or_says_why_not(inside: Site) -> None:
    inside.register()
    assert 303 == inside.open("/manage/registration/unbind", "POST").status_code
    assert "unregistered" == look(inside)[1]
    inside.register()
    inside.ways[0].refusal = CannotConnect(SERVER, "gone")
    assert 422 == inside.open("/manage/registration/unbind", "POST").status_code
    assert "registered" == look(inside)[1]


# -- what is kept


def test_a_restart_keeps_registration_key_and_checks_and_polls_what_is_overdue(tmp_path: Path) -> None:
    with ExitStack() as stack:
        first = Site(tmp_path, stack)
        first.log_in()
        first.register()
        first.ways[0].refusal = CannotConnect(SERVER, "once")
        first.wait(hours=2)
        keys = [first.standing._file.key(node.state.node) for node in first.standing.project.nodes]
    with ExitStack() as stack:
        again = Site(tmp_path, stack)
        assert keys == [again.standing._file.key(node.state.node) for node in again.standing.project.nodes]
        again.log_in()
        assert "shown as failed" == look(again)[1]
        assert "once" in text(again.open("/manage/registration"))
        again.wait(hours=9)
        assert [f"poll {SERVER} seat7"] == again.ways[0].asked
        assert "registered" == look(again)[1]


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"nodes": 3}', b'{"nodes": [{"key": 1}]}'])
def test_a_damaged_file_stops_the_start_and_stays_as_it_is(tmp_path: Path, damage: bytes) -> None:
    with ExitStack() as stack:
        Site(tmp_path, stack)
    (tmp_path / "project" / FILE).write_bytes(damage)
    with ExitStack() as stack, pytest.raises(ProjectDamaged):
        Site(tmp_path, stack)
    assert damage == (tmp_path / "project" / FILE).read_bytes()
    with pytest.raises(ProjectDamaged):
        read_project(tmp_path / "project")


def test_a_folder_that_is_served_is_refused(site: Site) -> None:
    acts: list[Callable[[], object]] = [
        lambda: invite(site.folder, "admin"),
        lambda: StandingProject(replace(site.standing.setting), ExitStack()),
    ]
    for act in acts:
        with pytest.raises(StartRefused, match="is held by another process"):
            act()
