"""The phone's page: looking approves nothing, the button does, and every refusal says what to do next."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fanlic.adapters import handshake
from fanlic.adapters.clocks import LAB_START
from fanlic.model import refusals
from fanlic.model.approval import fingerprint
from fanlic.model.refusals import Refusal
from fanlic.web import activation
from tests.desk.conftest import Server, World

CSS = Path(activation.__file__).parent / "phone" / "phone.css"
clause = pytest.mark.clause


class Phone:
    """A browser on the page, with a desk behind it and a server whose QR code is 42 seconds old."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder)
        self.license = self.world.ask().license
        self.server: Server = self.world.server(self.license)
        self.app = activation.create_app(self.world.desk)
        self.world.advance(seconds=42)

    @property
    def browser(self) -> FlaskClient:
        return self.app.test_client()

    def challenge(self, nonce: int = 1) -> str:
        return self.server.scan(nonce, LAB_START).partition("?c=")[2]

    def look(self, challenge: str | None = None) -> TestResponse:
        return self.browser.get("/a", query_string={"c": challenge or self.challenge()})

    def approve(self, challenge: str | None = None, **headers: str) -> TestResponse:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.browser.post("/a", data={"c": challenge or self.challenge()}, headers=sent)


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Phone]:
    made = Phone(tmp_path)
    yield made
    made.world.store.close()


def shown(response: TestResponse) -> str:
    """What a person reads: the text without the tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", response.get_data(as_text=True)).replace("&#39;", "'").split())


def test_the_page_stands_where_the_qr_code_leads() -> None:
    assert handshake.PATH == activation.PATH


# -- looking and approving


@pytest.mark.threat("host-spoofed")
def test_the_phone_says_if_nothing_of_the_server_names_the_address_and_where_it_was_before(phone: Phone) -> None:
    """Whoever opened the QR code page chose the address, and the desk remembers it for a migration."""
    unnamed, before = (
        "Neither the certificate of the server nor its settings name this address",
        "Its address until now",
    )
    assert not {unnamed, before} & {words for words in (unnamed, before) if words in shown(phone.look())}
    record = phone.world.record(phone.license)
    secret = bytes.fromhex(record.secret)
    phone.server.handshake = handshake.ServerHandshake(phone.server.key, record.terms, secret, lambda _host: False)
    assert unnamed in shown(phone.look())
    assert 200 == phone.approve().status_code
    known, phone.server.address = phone.server.address, "https://10.66.66.66:49155"
    text = shown(phone.look(phone.challenge(2)))
    assert f"{before} {known}" in text
    assert "Server address https://10.66.66.66:49155" in text


def test_looking_shows_who_asks_for_what_and_how_long_it_lasts(phone: Phone) -> None:
    response = phone.look()
    text = shown(response)
    assert 200 == response.status_code
    assert (
        f"Company ACME Ltd Project Sales Cockpit Server address https://10.0.0.5:49153 License {phone.license}" in text
    )
    assert (
        f"Fingerprint of the server {fingerprint(phone.server.key.identity)} Compare it with the page of the server."
        in text
    )
    assert "Time left when this page was opened: 4:18 until 2026-03-02 09:05:00 UTC" in text
    assert "data-code" not in response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("milliseconds", "left"), [(0, "5:00"), (299_001, "0:01"), (299_999, "0:01"), (240_000, "1:00")]
)
def test_the_time_left_is_rounded_up_to_the_second(phone: Phone, milliseconds: int, left: str) -> None:
    phone.world.clock.set(LAB_START + timedelta(milliseconds=milliseconds))
    assert f"when this page was opened: {left} until" in shown(phone.look())


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_neither_opening_nor_probing_the_page_approves_anything(phone: Phone, method: str) -> None:
    before = (phone.world.kept(), phone.world.told())
    for _again in range(2):
        answer = phone.browser.open("/a", method=method, query_string={"c": phone.challenge()})
        assert 200 == answer.status_code
    assert before == (phone.world.kept(), phone.world.told())
    assert 200 == phone.approve().status_code


@clause("six-digits")
def test_the_button_approves_and_shows_the_six_digits_of_the_server(phone: Phone) -> None:
    response = phone.approve()
    page, code = response.get_data(as_text=True), phone.server.code(1)
    assert 200 == response.status_code
    assert f'data-code="{code}"' in page
    assert f"<span>{code[:3]}</span><span>{code[3:]}</span>" in page  # copied as six, with nothing between
    assert "Enter them on the server's QR code page within 4:18 until 2026-03-02 09:05:00 UTC" in shown(response)
    assert "press Submit, at once. Then register the project with the address of this server." in shown(response)
    assert phone.server.key.identity == phone.world.record(phone.license).issued.bound_to


def test_a_second_press_is_refused_and_shows_no_digits(phone: Phone) -> None:
    phone.approve()
    again = phone.approve()
    assert 409 == again.status_code
    assert 'data-reason="challenge-used"' in again.get_data(as_text=True)
    assert "data-code" not in again.get_data(as_text=True)


def test_the_whole_scanned_address_works_in_place_of_its_value(phone: Phone) -> None:
    assert 200 == phone.approve(phone.server.scan(1, LAB_START)).status_code


# -- refusals

REFUSALS: list[tuple[Refusal, int, str]] = [
    (refusals.ChallengeUnreadable("it is not in the form of a challenge"), 400, "six-digits"),
    (refusals.ChallengeForged("its signature is not the server's"), 403, "six-digits"),
    (refusals.LicenseUnknown("lic-0"), 404, "archive-by-mail"),
    (refusals.LicenseDestroyed("lic-0", LAB_START), 410, "destroy"),
    (refusals.LicenseExpired(LAB_START), 403, "code-30000"),
    (refusals.QrExpired(), 410, "qr-five-minutes"),
    (refusals.LicenseBoundElsewhere("lic-0", "aaaa bbbb", "cccc dddd"), 409, "map-config"),
    (refusals.ChallengeUsed(), 409, "six-digits"),
]


def fails(problem: BaseException) -> Callable[[str], Any]:
    def fail(_text: str, **_how: bool) -> Any:
        raise problem

    return fail


@pytest.mark.parametrize(("refusal", "status", "slug"), REFUSALS)
def test_each_refusal_is_told_in_plain_words_with_the_next_step(
    phone: Phone, monkeypatch: pytest.MonkeyPatch, refusal: Refusal, status: int, slug: str
) -> None:
    monkeypatch.setattr(phone.world.desk, "look", fails(refusal))
    for response in (phone.look(), phone.approve()):
        assert status == response.status_code
        text = shown(response)
        assert str(refusal).replace("00:00+00:00", "00:00 UTC").replace("+00:00", " UTC") in text
        assert f"Next {refusal.next_step} Who acts: {refusal.who}" in text
        assert f"Reason: {refusal.reason} Rule: {slug}" in text
        assert f'data-reason="{refusal.reason}"' in response.get_data(as_text=True)


@pytest.mark.parametrize("age", [299, 300])
def test_a_qr_code_of_five_minutes_is_refused_at_the_button_too(phone: Phone, age: int) -> None:
    phone.world.clock.set(LAB_START + timedelta(seconds=age))
    assert (200 if age == 299 else 410) == phone.approve().status_code


@clause("map-config")
def test_another_server_with_the_same_license_is_refused(phone: Phone) -> None:
    phone.approve()
    other = phone.world.server(phone.license, "two").scan(2, LAB_START).partition("?c=")[2]
    response = phone.approve(other)
    assert 409 == response.status_code
    assert "Start the container with the /app/config of the first start" in shown(response)


GARBAGE = [
    "%00",
    "c",
    "%FF%FE",
    "%F0%9F%94%91",
    "../../etc/passwd",
    "https://",
    "https://[",
    "A",
    "AQ",
    "AQ==",
    "a" * 1000,
]


@pytest.mark.parametrize(
    "query", ["", "c=", "c", "x=1", "c=AQ&c=AQ", *(f"c={text}" for text in GARBAGE), "c=" + "a" * 9000]
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_missing_or_garbled_challenge_is_a_plain_refusal(phone: Phone, query: str, method: str) -> None:
    before = phone.world.kept()
    sent: dict[str, Any] = {"query_string": query} if method != "POST" else {
        "data": query, "content_type": "application/x-www-form-urlencoded"
    }  # fmt: skip
    response = phone.browser.open("/a", method=method, **sent)
    assert (400, "text/html") == (response.status_code, response.mimetype)
    assert method == "HEAD" or "This is not a QR code of a fanlic authorization server" in shown(response)
    assert before == phone.world.kept()


@pytest.mark.parametrize(
    ("length", "problem"), [(1000, "it is not in the form of a challenge"), (1001, "it is too long")]
)
def test_a_challenge_of_more_than_a_thousand_characters_never_reaches_the_desk(
    phone: Phone, length: int, problem: str
) -> None:
    for response in (phone.look("a" * length), phone.approve("a" * length)):
        assert f"fanlic authorization server: {problem}." in shown(response)


def test_the_longest_challenge_a_server_can_make_is_short_enough(phone: Phone) -> None:
    phone.server = replace(phone.server, address="https://" + "a" * 247)
    assert len(phone.challenge()) <= 1000
    assert 200 == phone.look().status_code


def test_two_challenges_at_once_approve_neither(phone: Phone) -> None:
    before = phone.world.kept()
    assert 400 == phone.browser.post("/a", data={"c": [phone.challenge(1), phone.challenge(2)]}).status_code
    assert before == phone.world.kept()


def test_a_body_far_too_large_is_refused(phone: Phone) -> None:
    response = phone.approve("a" * 20_000)
    assert 413 == response.status_code
    assert "This is too large to be an approval." in shown(response)


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=x"]
)
def test_a_body_that_is_no_form_is_refused(phone: Phone, content_type: str) -> None:
    response = phone.browser.post("/a", data=b'{"c": "AQ"}', content_type=content_type)
    assert 400 == response.status_code


# -- other sites, headers, and what the page is made of


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://localhost:8443"},
        {"Origin": "ftp://localhost"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "https://localhost", "Sec_Fetch_Site": "cross-site"},
    ],
)
def test_an_approval_sent_by_a_page_of_another_site_is_refused(phone: Phone, headers: dict[str, str]) -> None:
    before = (phone.world.kept(), phone.world.told())
    response = phone.approve(**headers)
    assert 403 == response.status_code
    assert "The request was sent by a page of another site, so nothing was changed." in shown(response)
    assert before == (phone.world.kept(), phone.world.told())


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://localhost"},
        {"Origin": "https://localhost"},
        {"Origin": "https://localhost", "Sec_Fetch_Site": "same-origin"},
        {"Sec_Fetch_Site": "none"},
    ],
)
def test_an_approval_sent_by_the_page_itself_is_taken(phone: Phone, headers: dict[str, str]) -> None:
    assert 200 == phone.approve(**headers).status_code


def every_answer(phone: Phone) -> list[TestResponse]:
    browser = phone.browser
    return [
        browser.get("/"), phone.look(), phone.approve(), phone.approve(), phone.approve(Origin="https://evil.example"),
        browser.get("/a"), browser.get("/none"), browser.put("/a"),
        browser.get("/phone.css", buffered=True),
    ]  # fmt: skip


def test_every_answer_carries_the_headers_and_no_cookie(phone: Phone) -> None:
    answers = every_answer(phone)
    assert [200, 200, 200, 409, 403, 400, 404, 405, 200] == [answer.status_code for answer in answers]
    for answer in answers:
        assert answer.headers["X-Fanlic"].startswith("rehearsal")
        assert "nosniff" == answer.headers["X-Content-Type-Options"]
        assert "same-origin" == answer.headers["Referrer-Policy"]
        assert "no-store" == answer.headers["Cache-Control"]
        assert "Mon, 02 Mar 2026 09:00:42 GMT" == answer.headers["Date"]
        assert "Set-Cookie" not in answer.headers


def test_the_page_may_load_nothing_from_elsewhere_and_be_framed_on_this_machine_only(phone: Phone) -> None:
    policy = phone.look().headers["Content-Security-Policy"]
    assert {
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'self' http://127.0.0.1:* http://localhost:*",
    } == set(policy.split("; "))
    assert "X-Frame-Options" not in phone.look().headers


def test_no_page_has_a_script_a_style_of_its_own_or_an_address_elsewhere(phone: Phone) -> None:
    for answer in every_answer(phone):
        page = answer.get_data(as_text=True)
        assert [] == re.findall(
            r"""<script|<style|\bstyle=|\bon[a-z]+=|(?:src|href|action)=["'](?!/[a-z])|url\(|@import""", page
        )


def test_every_page_says_that_it_is_a_rehearsal(phone: Phone) -> None:
    for answer in every_answer(phone)[:-1]:
        assert "Rehearsal: training software, not FanRuan's; approves nothing real" in shown(answer)
        assert "not made, endorsed or supported by FanRuan" in shown(answer)


def test_names_from_contracts_and_scans_are_text_and_never_markup(tmp_path: Path) -> None:
    phone = Phone(tmp_path)
    phone.world.contract = replace(phone.world.contract, email="x@y.example", company='<b>"A&B"', project="<script>")
    phone.world.desk.sign(phone.world.contract)
    phone.server = phone.world.server(phone.world.ask().license, address='https://"><img>')
    for page in (phone.look().get_data(as_text=True), phone.approve().get_data(as_text=True)):
        assert "<dd>&lt;b&gt;&#34;A&amp;B&#34;</dd>" in page
        assert "<dd>&lt;script&gt;</dd>" in page
        assert "<code>https://&#34;&gt;&lt;img&gt;</code>" in page
    phone.world.store.close()


def test_the_first_page_says_what_this_is_and_where_to_go(phone: Phone) -> None:
    text = shown(phone.browser.get("/"))
    assert "Business desk of a rehearsal" in text
    assert "This is not FanRuan. Next Open the QR code page of the authorization server" in text


def test_a_wrong_method_is_told_which_ones_there_are(phone: Phone) -> None:
    response = phone.browser.put("/a")
    assert {"GET", "HEAD", "OPTIONS", "POST"} == set(response.headers["Allow"].split(", "))
    assert "This address does not take this method." in shown(response)


def test_a_failing_desk_shows_a_next_step_and_no_traceback(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phone.world.desk, "look", fails(OSError("disk /secret/path is gone")))
    response = phone.approve()
    assert 500 == response.status_code
    assert "The business desk failed; what was asked for may not have happened." in shown(response)
    assert "secret" not in response.get_data(as_text=True)


def test_neither_the_licenses_secret_nor_the_vendors_key_is_on_any_page(phone: Phone) -> None:
    pages = "".join(answer.get_data(as_text=True) for answer in every_answer(phone))
    assert phone.license in pages
    for secret in (phone.world.record(phone.license).secret, phone.world.vendor.secret().hex()):
        assert secret not in pages


PAIRS = [
    ("text", "ground"), ("text", "card"), ("text", "bad"), ("text", "good"), ("text", "warn"), ("soft", "ground"),
    ("soft", "card"), ("on-accent", "accent"), ("accent", "card"), ("accent", "ground"), ("lab-text", "lab"),
]  # fmt: skip


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("above", "below"), PAIRS)
def test_text_contrasts_with_its_ground_by_at_least_four_and_a_half(theme: int, above: str, below: str) -> None:
    blocks = re.findall(r":root \{(.*?)\}", CSS.read_text("utf-8"), re.DOTALL)
    colors = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+)", blocks[theme]))
    light, dark = sorted((luminance(colors[above]), luminance(colors[below])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def luminance(color: str) -> float:
    """Relative luminance after WCAG 2.2."""
    digits = color[1:] if len(color) == 7 else "".join(2 * digit for digit in color[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
