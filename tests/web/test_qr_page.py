"""Submitting and Authentication, as a person sees it: the page in each state, and what to do next."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from fanlic.adapters import handshake, qr
from tests.web.conftest import Site

PAGE = "/license/qrcode"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
VOID = {"meta", "link", "input", "br", "hr", "img"}


class Checked(HTMLParser):
    """Reads a page, and fails where it is not well formed, loads from elsewhere or leaves a field without a label."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.labels: list[str] = []
        self.fields: list[str] = []
        self.headings: list[str] = []
        self.addresses: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        assert self.open == []
        assert len(self.ids) == len(set(self.ids))
        assert self.fields == self.labels
        assert [address for address in self.addresses if not address.startswith("/license/qrcode")] == []
        assert "on" not in {name[:2] for name in self.attributes}
        assert "style" not in self.attributes

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.attributes |= given.keys()
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("h1", "h2"):
            self.headings.append(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.addresses += [value for name, value in attrs if name in ("href", "src", "action") and value]
        self.labels += [given["for"] or ""] if tag == "label" else []
        self.fields += [given["id"] or ""] if tag == "input" else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def look(site: Site) -> str:
    """What the page says now."""
    answer = site.get(PAGE, **BROWSER)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    checked = Checked(answer.text)
    assert checked.headings[0] == "h1"
    assert checked.headings.count("h1") == 1
    return checked.text


def lock(site: Site) -> None:
    wrong = site.wrong()
    answers = [site.form(code=wrong).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


@pytest.mark.clause("qr-page")
@pytest.mark.clause("six-digits")
def test_the_page_shows_a_qr_code_whose_code_activates_the_server(site: Site) -> None:
    page = look(site)
    assert "Scan with the browser of a phone" in page
    assert "Enter the six digits that the phone shows" in page
    answer = site.form(code=site.code())
    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    assert "The server is activated" in look(site)


@pytest.mark.clause("qr-page")
def test_the_qr_code_names_the_address_at_which_the_page_was_opened(site: Site) -> None:
    page = site.get(PAGE).text
    picture = page[page.index("<svg") : page.index("</svg>") + 6]
    assert handshake.read(qr.read(picture)).scan.address == "https://172.16.63.131:49155"


def test_what_the_qr_code_says_is_nowhere_on_the_page_but_in_the_picture(site: Site) -> None:
    page, text = site.get(PAGE).text, site.get("/license/v1/challenge").json["text"]
    assert text not in page
    assert text.split("?c=")[1][:40] not in page


def test_the_open_page_lets_the_phones_user_compare_and_counts_down(site: Site) -> None:
    site.get(PAGE)
    site.wait(seconds=17)
    page = look(site)
    identity = site.key.identity
    fingerprint = " ".join(identity[i : i + 4] for i in range(0, 16, 4))
    for fact in ("ACME", "Sales", "lic-0123456789abcdef", fingerprint, "0 / 2", "2027-03-02 09:00:00 UTC"):
        assert fact in page
    assert "4:43 valid until 2026-03-02 09:05:00 UTC" in page
    assert "Wrong codes still allowed before the lock: 5." in page


def test_the_field_takes_a_pasted_code_and_asks_for_a_numeric_keypad(site: Site) -> None:
    field = re.search(r"<input[^>]*>", site.get(PAGE).text)
    assert field is not None
    for attribute in ('inputmode="numeric"', 'autocomplete="one-time-code"', 'pattern="[0-9]{6}"', 'maxlength="16"'):
        assert attribute in field[0]


def test_a_wrong_code_shows_why_what_is_left_and_what_to_do_and_keeps_the_qr_code(site: Site) -> None:
    picture = site.get(PAGE).text.partition("<svg")[2].partition("</svg>")[0]
    answer = site.form(code=site.wrong())
    assert answer.status_code == 422
    page = Checked(answer.text).text
    assert "The code is wrong. Tries left before the lock: 4." in page
    assert "Compare with the phone" in page
    assert 'role="alert"' in answer.text
    assert picture in answer.text


@pytest.mark.parametrize("code", ["123 456", "12345", "abcdef", "<b>1</b>"])
def test_what_is_not_six_digits_is_refused_on_the_page_without_costing_a_try(code: str, site: Site) -> None:
    site.get(PAGE)
    answer = site.form(code=code)
    assert answer.status_code == 422
    assert "The parameter code is wrong" in Checked(answer.text).text
    assert "Wrong codes still allowed before the lock: 5." in Checked(answer.text).text
    assert "<b>" not in answer.text


def test_a_form_without_the_field_or_with_two_of_them_is_refused(site: Site) -> None:
    site.get(PAGE)
    for body, said in (("", "it is missing"), ("code=123456&code=123456", "it is given more than once")):
        answer = site.web.post(PAGE, data=body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 422
        assert said in answer.text
    assert site.web.post(PAGE, data=b"code=1", content_type="text/plain").status_code == 415


@pytest.mark.clause("refresh-by-hand")
@pytest.mark.clause("qr-five-minutes")
def test_an_expired_qr_code_is_gone_from_the_page_until_refresh_is_pressed(site: Site) -> None:
    site.get(PAGE)
    site.wait(minutes=4, seconds=59)
    assert "<svg" in site.get(PAGE).text
    site.wait(seconds=1)
    page = look(site)
    assert "The QR code is no longer valid" in page
    assert "Press Refresh" in page
    assert "<svg" not in site.get(PAGE).text
    assert 'name="code"' not in site.get(PAGE).text
    answer = site.form(PAGE + "/refresh")
    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    assert "<svg" in site.get(PAGE).text


def test_refresh_kills_the_code_before_it_and_keeps_the_count_of_wrong_ones(site: Site) -> None:
    old = site.code()
    site.form(code=site.wrong())
    site.form(PAGE + "/refresh")
    assert site.form(code=old).status_code == 410
    assert "before the lock: 4." in look(site)


def test_a_locked_page_says_until_when_counts_down_and_offers_nothing_to_press(site: Site) -> None:
    site.get(PAGE)
    lock(site)
    site.wait(seconds=95)
    page, source = look(site), site.get(PAGE).text
    assert "13:25 locked until 2026-03-02 09:15:00 UTC" in page
    assert "not even a right one" in page
    assert "<form" not in source
    assert "<svg" not in source
    assert site.form(PAGE + "/refresh").headers["Retry-After"] == "805"


def test_a_sealed_page_names_the_command_that_opens_it(site: Site) -> None:
    site.get(PAGE)
    while site.service.status().code_entry != "sealed":
        if site.call("POST", "/activation", {"code": "000000"}).status_code == 429:
            site.wait(minutes=15)
        if site.service.status().code_entry == "QR code no longer valid":
            site.form(PAGE + "/refresh")
    assert "fanlic unlock" in look(site)
    assert "<form" not in site.get(PAGE).text


def test_an_activated_page_says_since_when_and_which_address_to_register(activated: Site) -> None:
    activated.register()
    page = look(activated)
    assert "In force since 2026-03-02 09:00:00 UTC" in page
    assert "Manage > Registration > Register Now" in page
    assert "https://172.16.63.131:49155" in page
    assert "1 / 2" in page
    assert "a down-time of 24 hours or more ends the activation" in page
    assert "<form" not in activated.get(PAGE).text


def test_an_activated_server_refuses_what_an_old_page_sends(activated: Site) -> None:
    for answer in (activated.form(code="123456"), activated.form(PAGE + "/refresh")):
        assert answer.status_code == 409
        assert "there is nothing to scan" in answer.text


@pytest.mark.clause("re-authenticate")
def test_a_lapsed_page_says_why_and_that_scanning_again_is_enough(activated: Site) -> None:
    activated.wait(hours=24)
    activated.start()
    page = look(activated)
    assert "The activation has lapsed" in page
    assert "Since 2026-03-03 09:00:00 UTC: the server was down for too long." in page
    assert "The image need not be loaded again." in page
    assert "Refresh" in page
    activated.form(PAGE + "/refresh")
    activated.activate()


def test_a_page_of_an_expired_license_takes_no_code_and_says_whom_to_ask(site: Site) -> None:
    site.get(PAGE)
    site.wait(days=365)
    page = look(site)
    assert "The license has expired" in page
    assert "It was valid until 2027-03-02 09:00:00 UTC." in page
    assert "ask the business staff" in page
    assert "<form" not in site.get(PAGE).text
    assert site.form(PAGE + "/refresh").status_code == 403


def test_a_page_after_the_clock_was_set_back_shows_the_alarm(activated: Site) -> None:
    activated.wait(hours=-1)
    page = look(activated)
    assert "Clock alarm. The clock of the container host was set back at 2026-03-02 08:00:00 UTC." in page
    assert "the server's clock was set back" in page


def test_a_code_sent_before_the_page_was_ever_opened_leads_to_the_page(site: Site) -> None:
    answer = site.form(code="123456")
    assert answer.status_code == 409
    assert "No QR code yet" in Checked(answer.text).text
    assert 'href="/license/qrcode"' in answer.text
    assert site.service.status().code_entry == "no QR code yet"


def test_every_page_says_that_it_is_a_rehearsal(site: Site) -> None:
    page = look(site)
    assert page.index("Rehearsal server: training software, not FanRuan's.") < page.index("Activate")
    assert "not made, endorsed or supported by FanRuan" in page


def test_the_lab_shows_its_banner_and_the_virtual_time_and_strict_does_not(site: Site) -> None:
    assert "Virtual time" not in look(site)
    site.open(lab=True)
    site.wait(minutes=2)
    assert "Lab. Virtual time: 2026-03-02 09:02:00 UTC . It stands still until somebody moves it." in look(site)


def test_names_from_the_license_are_shown_as_text(make_site: Callable[..., Site]) -> None:
    site = make_site(company="<script>alert(1)</script>", project="A & B \"'")
    source = site.get(PAGE).text
    assert "<script>alert" not in source
    assert "<script>alert(1)</script>" in look(site)


def test_the_page_changes_its_mark_exactly_when_it_would_look_different(site: Site) -> None:
    def mark() -> str:
        told = site.get("/license/v1/status").json["mark"]
        assert f'data-mark="{told}"' in site.get(PAGE).text
        return str(told)

    site.get(PAGE)
    first = mark()
    site.wait(seconds=30)
    site.form(code=site.wrong())
    assert mark() == first
    site.form(PAGE + "/refresh")
    assert mark() != first


@pytest.mark.clause("map-web")
def test_without_its_files_the_page_is_unreachable_and_everything_else_runs(site: Site, tmp_path: Path) -> None:
    (tmp_path / "mapped").mkdir()
    site.open(front_end=tmp_path / "mapped")
    answer = site.get(PAGE)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert (answer.json["reason"], answer.json["clause"]) == ("page-missing", "map-web")
    assert "/app/web" in answer.json["detail"]
    assert "without the mapping of /app/web" in answer.json["next_step"]
    assert site.get("/license/v1/status").json["code_entry"] == "no QR code yet"
    assert "without the mapping of /app/web" in site.get(PAGE, **BROWSER).text
    assert {site.form(code="123456").status_code, site.get(PAGE + ".css").status_code} == {404}
    scanned = handshake.read(site.get("/license/v1/challenge").json["text"])
    code = handshake.code(site.secret, scanned.nonce, site.key.identity, site.terms.license)
    assert site.call("POST", "/activation", {"code": code}).status_code == 200
    assert site.register().status_code == 200


def test_style_and_script_come_from_the_server_and_reach_for_nothing_else(site: Site) -> None:
    for name, kind in (("qrcode.css", "text/css"), ("qrcode.js", "text/javascript")):
        answer = site.get(f"/license/{name}")
        assert (answer.status_code, answer.mimetype) == (200, kind)
        assert re.findall(r"https?:|//cdn|url\(|@import|eval|innerHTML", answer.text) == []


TRAPS = (
    "{{ cycler.__init__.__globals__.os.popen('touch {trap}').read() }}",
    "{{ self.__init__.__globals__.__builtins__.open('{trap}', 'w') }}",
    "{% include 'phone.html' %}{{ config }}",
)


@pytest.mark.threat("archive-template")
@pytest.mark.parametrize("text", TRAPS)
def test_page_in_app_web_is_looked_for_and_never_run(site: Site, tmp_path: Path, text: str) -> None:
    """Only its presence counts: what is shown is the page in the package."""
    expected = site.get(PAGE).text
    folder = tmp_path / "mapped"
    folder.mkdir()
    (folder / "qrcode.html").write_text(text.replace("{trap}", str(tmp_path / "trap")))
    site.open(front_end=folder)
    assert expected == site.get(PAGE).text
    assert not (tmp_path / "trap").exists()


@pytest.mark.threat("archive-template")
def test_style_and_script_of_app_web_are_sent_as_they_are_with_their_types_and_nothing_else_is(
    site: Site, tmp_path: Path
) -> None:
    folder = tmp_path / "mapped"
    folder.mkdir()
    for name in ("qrcode.html", "qrcode.css", "qrcode.js", "secret.txt"):
        (folder / name).write_text("{{ 7 * 7 }}")
    site.open(front_end=folder)
    for name, kind in (("qrcode.css", "text/css"), ("qrcode.js", "text/javascript")):
        answer = site.get(f"/license/{name}")
        assert (b"{{ 7 * 7 }}", kind, "nosniff") == (
            answer.data,
            answer.mimetype,
            answer.headers["X-Content-Type-Options"],
        )
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    for path in ("/license/secret.txt", "/license/../secret.txt", "/license/qrcode.html"):
        assert 404 == site.get(path).status_code


@pytest.mark.threat("link-in-folder")
@pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: a link needs a right there")
def test_link_in_app_web_is_not_followed(site: Site, tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("theirs")
    folder = tmp_path / "mapped"
    folder.mkdir()
    (folder / "qrcode.html").touch()
    (folder / "qrcode.js").symlink_to(tmp_path / "theirs")
    site.open(front_end=folder)
    assert (200, 404) == (site.get(PAGE).status_code, site.get("/license/qrcode.js").status_code)
