"""The desk that stands on its own, without its socket: mails from the folder and the form, approval by PIN."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from fanlic.adapters import journal
from fanlic.adapters.clocks import SystemClock
from fanlic.adapters.entropy import SystemEntropy
from fanlic.adapters.files import KeyExposed
from fanlic.adapters.handshake import ServerHandshake
from fanlic.adapters.identity import open_identity
from fanlic.adapters.mail import migration, request
from fanlic.model.activation import Challenge
from fanlic.model.authfile import Contract
from fanlic.model.refusals import MailUnreadable
from fanlic.ports import JournalLine, LicenseRecord, StartRefused
from fanlic.wiring.desk import DeskSetting, StandingDesk, dismiss, invite, sign

CONTRACT = Contract("jan@nordsee.example", "Nordsee Fisch AG", "Fang & Quote", date(2026, 5, 7), seats=2)
ADDRESS = "https://10.20.30.40:8443"
SERVER = "https://10.20.30.41:49160"


class Desk:
    """A standing desk in a folder, with a person who may approve, and a server of its license."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder / "desk"
        sign(self.folder, CONTRACT)
        self.pin = invite(self.folder, "王芳")
        self.setting = DeskSetting(self.folder, "127.0.0.1", 8443, ADDRESS, cache=folder / "no-base")
        self.standing = StandingDesk(self.setting, stack)
        self.web = Client(self.standing.application)

    def send(self, method: str, path: str, **sent: Any) -> TestResponse:
        sent = {"base_url": ADDRESS, "environ_base": {"REMOTE_ADDR": "10.20.30.77"}} | sent
        return self.web.open(path, method=method, **sent)

    def hand_in(self, **fields: Any) -> TestResponse:
        given = {"name": "王芳", "pin": self.pin} | {name.replace("_", "-"): value for name, value in fields.items()}
        return self.send("POST", "/mail", data=given, content_type="multipart/form-data")

    def asked_back(self, license_id: str, answer: str, pin: str | None = None) -> TestResponse:
        given = {"license": license_id, "answer": answer, "name": "王芳", "pin": self.pin if pin is None else pin}
        return self.send("POST", "/mail/asked", data=given)

    def form(self, **other: str) -> TestResponse:
        lines = {
            "from": CONTRACT.email,
            "Company name": CONTRACT.company,
            "Project name": CONTRACT.project,
            "Contract signing date": CONTRACT.signed.isoformat(),
            "Registration method": "Container private cloud authentication",
        }
        return self.hand_in(**(lines | other))

    def drop(self, name: str, data: bytes) -> None:
        """Put a file into the inbox and let the desk look twice."""
        (self.folder / "inbox" / name).write_bytes(data)
        for _look in range(2):
            self.standing.mailroom.empty()

    def kept(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "mails").iterdir())

    def read(self, name: str) -> str:
        return (self.folder / "mails" / name).read_text("utf-8", "replace")

    def server(self, folder: Path) -> ServerHandshake:
        """The server of the license that was issued last."""
        self.form()
        record = self.record()
        folder.mkdir(exist_ok=True)
        with open_identity(folder, record.terms.license, SystemClock(), SystemEntropy()) as (key, _first):
            return ServerHandshake(key, record.terms, bytes.fromhex(record.secret))

    def challenge(self, server: ServerHandshake, nonce: int = 1) -> str:
        return server.text(Challenge(f"{nonce:032x}", SystemClock().now()), SERVER).partition("?c=")[2]

    def approve(self, challenge: str, name: str = "王芳", pin: str = "") -> TestResponse:
        return self.send("POST", "/a", data={"c": challenge, "name": name, "pin": pin or self.pin})

    def journal(self) -> list[JournalLine]:
        return list(journal.entries(self.standing.desk._store._connection))  # type: ignore[attr-defined]

    def record(self) -> LicenseRecord:
        return self.standing.desk._store.records(CONTRACT.email)[-1]

    def bound(self) -> str | None:
        return self.record().issued.bound_to


def text(answer: TestResponse) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", answer.get_data(as_text=True)))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with ExitStack() as stack:
        yield Desk(tmp_path, stack)


# -- mails


def test_a_mail_in_the_inbox_is_answered_and_kept_with_its_reply(desk: Desk) -> None:
    desk.drop("antrag.eml", bytes(request(CONTRACT, SystemClock(), 2)))
    assert ["0001-reply.eml", "0001-request.eml"] == desk.kept()
    assert f"The phone approves at: {ADDRESS}" in desk.read("0001-reply.eml")
    assert [] == list((desk.folder / "inbox").iterdir())


def test_a_file_that_is_still_being_copied_is_left_alone(desk: Desk) -> None:
    file = desk.folder / "inbox" / "slow.eml"
    whole = bytes(request(CONTRACT, SystemClock(), 2))
    for size in (100, 200, 300):
        file.write_bytes(whole[:size])
        desk.standing.mailroom.empty()
    assert [] == desk.kept()
    desk.drop("slow.eml", whole)
    assert ["0001-reply.eml", "0001-request.eml"] == desk.kept()


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("antrag.msg", b"\xd0\xcf\x11\xe0", "does not end in .eml"),
        ("photo.eml", b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "cannot be read as a mail"),
        ("empty.EML", b"", "it has no header"),
        ("big.eml", b"From: a@b\n\n" + b"x" * 1_000_001, "larger than 1000000 bytes"),
    ],
)
def test_a_file_that_is_no_mail_is_set_aside_with_the_reason(desk: Desk, name: str, data: bytes, why: str) -> None:
    desk.drop(name, data)
    kept = desk.kept()
    assert 2 == len(kept), kept
    assert why in desk.read("0001-not-a-mail.txt") + desk.read(kept[0])
    assert [] == list((desk.folder / "inbox").iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: a link needs a right there")
def test_a_link_in_the_inbox_leads_nowhere(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(bytes(request(CONTRACT, SystemClock(), 2)))
    (desk.folder / "inbox" / "x.eml").symlink_to(tmp_path / "secret")
    for _look in range(2):
        desk.standing.mailroom.empty()
    assert "is a link" in desk.read("0001-not-a-mail.txt")


def test_the_form_is_a_mail_and_the_archive_is_fetched_once(desk: Desk) -> None:
    answer = desk.form()
    assert (200, True) == (answer.status_code, "Accepted" in text(answer))
    link = re.search(r'href="(/archive/[0-9a-f]{32})"', answer.get_data(as_text=True))
    assert link
    fetched = desk.send("GET", link[1])
    assert (200, 'attachment; filename="fanruan_license_server.tar"') == (
        fetched.status_code,
        fetched.headers["Content-Disposition"],
    )
    assert int(fetched.headers["Content-Length"]) == len(fetched.get_data())
    assert 404 == desk.send("GET", link[1]).status_code
    assert "王芳" in [line.subject for line in desk.journal()]


def test_a_file_on_the_form_is_read_like_one_in_the_inbox(desk: Desk) -> None:
    data = bytes(request(CONTRACT, SystemClock(), 2))
    assert 200 == desk.hand_in(file=(io.BytesIO(data), "Antrag.EML")).status_code
    for name, content in (("a.docx", data), ("a.eml", b"")):
        answer = desk.hand_in(file=(io.BytesIO(content), name))
        assert (422, True) == (answer.status_code, 'data-reason="' in answer.get_data(as_text=True)), name
    assert 422 == desk.hand_in(**{"file": (io.BytesIO(data), "a.eml"), "from": "x@y.example"}).status_code
    assert 422 == desk.hand_in().status_code


def test_every_mistake_of_the_form_is_named_and_its_fields_are_kept(desk: Desk) -> None:
    answer = desk.form(**{"Contract signing date": "7.5.2026", "Project name": ""})
    assert 422 == answer.status_code
    assert "body-line-missing" not in text(answer)
    assert "Project name" in text(answer)
    assert "2026-05-07" in text(answer)
    wrong = desk.form(pin="0")
    assert 403 == wrong.status_code
    assert 'value="Nordsee Fisch AG"' in wrong.get_data(as_text=True)
    assert desk.pin not in wrong.get_data(as_text=True)


def test_nobody_hands_in_a_mail_without_a_pin_and_tries_are_bounded(desk: Desk) -> None:
    statuses = [desk.form(pin="12345678").status_code for _time in range(6)]
    assert [403, 403, 403, 403, 429, 429] == statuses
    assert (429, []) == (desk.form().status_code, desk.kept())


# -- approval


def test_the_page_asks_for_a_name_and_a_pin_and_the_journal_names_who_approved(desk: Desk, tmp_path: Path) -> None:
    challenge = desk.challenge(desk.server(tmp_path / "s"))
    assert "Your PIN" in text(desk.send("GET", "/a", query_string={"c": challenge}))
    answer = desk.approve(challenge)
    assert (200, True) == (answer.status_code, "data-code=" in answer.get_data(as_text=True))
    lines = [(line.event, line.subject) for line in desk.journal()]
    assert ("approved by", "王芳") in lines


@pytest.mark.threat("qr-photographed")
def test_a_wrong_pin_approves_nothing_and_can_be_typed_again(desk: Desk, tmp_path: Path) -> None:
    challenge = desk.challenge(desk.server(tmp_path / "s"))
    for name, pin in (("王芳", "11112222"), ("", ""), ("somebody", desk.pin)):
        answer = desk.approve(challenge, name, pin or " ")
        assert (403, None) == (answer.status_code, desk.bound())
        assert "The name or the PIN is wrong, so nothing was done." in text(answer)
        assert "data-code" not in answer.get_data(as_text=True)
    assert 200 == desk.approve(challenge).status_code


def test_too_many_wrong_pins_lock_this_license_and_say_until_when(desk: Desk, tmp_path: Path) -> None:
    challenge = desk.challenge(desk.server(tmp_path / "s"))
    assert [403, 403, 403, 403, 429] == [desk.approve(challenge, pin="1").status_code for _time in range(5)]
    answer = desk.approve(challenge)
    assert (429, None) == (answer.status_code, desk.bound())
    assert "not even a right one" in text(answer)


def test_a_used_and_a_foreign_code_are_explained_and_cost_no_try(desk: Desk, tmp_path: Path) -> None:
    server = desk.server(tmp_path / "s")
    used = desk.challenge(server)
    desk.approve(used)
    with ExitStack() as stack:
        other = Desk(tmp_path / "other", stack)
        foreign = other.challenge(other.server(tmp_path / "o"))
    for challenge, reason in ((used, "challenge-used"), (foreign, "license-unknown"), ("XYZ", "challenge-unreadable")):
        for _time in range(7):
            answer = desk.approve(challenge, pin="1")
            assert f'data-reason="{reason}"' in answer.get_data(as_text=True)
    assert 200 == desk.approve(desk.challenge(server, 2)).status_code


def test_a_migration_destroys_and_issues_again(desk: Desk, tmp_path: Path) -> None:
    desk.approve(desk.challenge(desk.server(tmp_path / "s")))
    first = desk.record()
    desk.drop("umzug.eml", bytes(migration(CONTRACT, SERVER, SystemClock())))
    config = (tmp_path / "s" / "privateConfig").read_bytes()
    assert desk.record().issued.destroyed_at is None
    assert 200 == desk.asked_back(first.terms.license, "destroy").status_code
    assert desk.record().issued.destroyed_at is not None
    assert "is destroyed" in desk.read(desk.kept()[-2])
    answer = desk.form(**{"private-config": (io.BytesIO(config), "privateConfig")})  # type: ignore[arg-type]
    assert 200 == answer.status_code, text(answer)
    assert first.terms.license != desk.record().terms.license


@pytest.mark.threat("mail-sender")
def test_only_a_person_of_the_desk_says_what_the_customer_answered(desk: Desk, tmp_path: Path) -> None:
    desk.approve(desk.challenge(desk.server(tmp_path / "s")))
    license_id = desk.record().terms.license
    assert 422 == desk.asked_back(license_id, "destroy").status_code  # no mail has asked for it
    page = desk.hand_in(file=(io.BytesIO(bytes(migration(CONTRACT, SERVER, SystemClock()))), "umzug.eml"))
    assert "Nothing is destroyed yet" in text(page)
    assert f'value="{license_id}"' in page.get_data(as_text=True)
    for *given, status in (
        (license_id, "destroy", "0000 0000", 403),
        (license_id, "destroy", "", 403),
        (license_id, "yes", desk.pin, 422),
        (license_id, "", desk.pin, 422),
        ("lic-ffffffffffffffff", "destroy", desk.pin, 422),
        ("", "destroy", desk.pin, 422),
    ):
        assert status == desk.asked_back(*map(str, given)).status_code, given
    assert desk.record().issued.destroyed_at is None
    denied = desk.asked_back(license_id, "keep")
    assert 422 == denied.status_code
    assert "stays in force" in text(denied)
    assert 422 == desk.asked_back(license_id, "destroy").status_code
    assert desk.record().issued.destroyed_at is None


def test_the_description_has_exactly_the_routes_of_the_desk(desk: Desk) -> None:
    """A test of the attacks sends nonsense to each of them: `tests/attacks/test_fuzz.py`."""
    routes = [
        (re.sub("<(.*?)>", r"{\1}", str(rule)), verb.lower())
        for rule in desk.standing.app.url_map.iter_rules()
        for verb in (rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"}
    ]
    described = (desk.send("GET", "/openapi.json").json or {})["paths"]
    assert sorted(routes) == sorted((path, verb) for path, verbs in described.items() for verb in verbs)


def test_the_page_speaks_the_language_of_the_phone_unless_one_is_set(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoken(accepts: str) -> bool:
        return "提交邮件" in text(desk.send("GET", "/mail", headers={"Accept-Language": accepts}))

    assert not spoken("zh-CN,zh;q=0.9")  # the tests set English
    monkeypatch.delenv("FANLIC_LANG")
    monkeypatch.setenv("LC_ALL", "C")
    said = [spoken(accepts) for accepts in ("zh-CN,zh;q=0.9,en;q=0.8", "zh-TW", "en-GB,zh;q=0.5", "zh", "xx;;q=,,")]
    assert [True, True, False, True, False] == said


# -- where it stands


@pytest.mark.parametrize("host", ["10.20.30.99:8443", "evil.example:8443", "[::1]:8443"])
def test_an_address_that_the_certificate_does_not_name_is_explained(desk: Desk, host: str) -> None:
    answer = desk.send("GET", "/", base_url=f"https://{host}")
    assert 421 == answer.status_code
    assert "certificate of this business desk does not name the address" in text(answer)
    assert 200 == desk.send("GET", "/", base_url="https://localhost:8443").status_code


def test_a_folder_that_is_held_is_refused_to_every_command(desk: Desk) -> None:
    for act in (
        lambda: invite(desk.folder, "Eve"),
        lambda: dismiss(desk.folder, "王芳"),
        lambda: sign(desk.folder, CONTRACT),
        lambda: StandingDesk(desk.setting, ExitStack()),
    ):
        with pytest.raises(StartRefused, match="is held by another process"):
            act()
    assert ("王芳",) == desk.standing.door.names()


def test_own_certificate_must_name_the_address(tmp_path: Path) -> None:
    from fanlic.adapters.tls import make_pair

    pair = tmp_path / "pair"
    pair.mkdir()
    made = make_pair(("desk.nordsee.example", "*.lan.example"), SystemClock().now())
    for name, data in zip(("server.crt", "server.key"), made, strict=True):
        (pair / name).write_bytes(data)
    for address, fits in (
        ("https://desk.nordsee.example:8443", True),
        ("https://DESK.lan.example:8443", True),
        ("https://192.168.7.7:8443", False),
        ("https://a.b.lan.example:8443", False),
    ):
        with ExitStack() as stack:
            setting = DeskSetting(tmp_path / "d", "127.0.0.1", 0, address, tls=pair, cache=tmp_path / "none")
            if fits:
                StandingDesk(setting, stack)
            else:
                with pytest.raises(StartRefused, match="does not name"):
                    StandingDesk(setting, stack)


def test_a_folder_without_a_certificate_is_named(tmp_path: Path) -> None:
    setting = DeskSetting(tmp_path / "d", "127.0.0.1", 0, ADDRESS, tls=tmp_path / "gone", cache=tmp_path / "none")
    with ExitStack() as stack, pytest.raises(StartRefused, match=r"holds no server\.crt and no server\.key\..*--tls"):
        StandingDesk(setting, stack)


def test_own_certificate_is_kept_until_its_names_change(tmp_path: Path) -> None:
    def served(address: str, *names: str) -> bytes:
        with ExitStack() as stack:
            setting = DeskSetting(tmp_path / "d", "127.0.0.1", 0, address, names, cache=tmp_path / "none")
            return StandingDesk(setting, stack).certificate.read_bytes()

    first = served("https://10.0.0.1:8443")
    assert first == served("https://10.0.0.1:9443")
    assert first != served("https://10.0.0.2:8443")
    assert served("https://10.0.0.2:8443", "desk.lan") != served("https://10.0.0.2:8443")


@pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: modes of POSIX")
def test_a_key_that_others_can_read_is_refused(desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "second"
    sign(other, CONTRACT)
    (other / "vendor.key").chmod(0o644)
    with pytest.raises(KeyExposed), ExitStack() as stack:
        StandingDesk(DeskSetting(other, "127.0.0.1", 0, ADDRESS, cache=tmp_path / "none"), stack)


def test_the_mailbox_names_what_it_cannot_read(desk: Desk) -> None:
    with pytest.raises(MailUnreadable):
        desk.standing.mailroom._mailbox.read(desk.folder / "gone.eml")
