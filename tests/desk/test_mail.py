"""Mails: what is read from one, what is refused, and how it is answered; damaged ones included."""

from __future__ import annotations

import email
import email.policy
import threading
from email.message import EmailMessage
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlic import mailform
from fanlic.adapters import mail
from fanlic.adapters.clocks import LAB_START
from fanlic.adapters.mail import MARK, RehearsalPost
from fanlic.model.refusals import MailUnreadable, SenderWithoutContract
from fanlic.ports import Letter
from tests.desk.conftest import CONTRACT, OLD, World


class Noon:
    def now(self) -> object:
        return LAB_START


POST = RehearsalPost(Noon())  # type: ignore[arg-type]
FORM = b"""Company name: ACME Ltd
Project name: Sales Cockpit
Contract signing date: 2026-02-02
Registration method: Container private cloud authentication
"""
HEAD = b"""From: IT <it@acme.example>
To: business@fanruan.com
Subject: Document of ACME Ltd
Message-ID: <1@acme.example>
"""
GOOD = HEAD + b"\n" + FORM
PARTS = HEAD + (
    b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n' + FORM + b"--b\n"
    b'Content-Disposition: attachment; filename="privateConfig"\nContent-Transfer-Encoding: base64\n\n'
    b"c3RhdGVtZW50\n--b--\n"
)


def read_again(message: EmailMessage) -> EmailMessage:
    """The message as it arrives after it was sent."""
    arrived = email.message_from_bytes(message.as_bytes(), policy=email.policy.default)
    assert isinstance(arrived, EmailMessage)
    return arrived


# -- reading


def test_a_request_written_by_the_customer_is_read_as_it_was_meant_after_a_trip_as_bytes(world: World) -> None:
    letter = POST.read(mail.parse(world.request(seats=2, private_config=b"\x00statement").as_bytes()))
    assert ("it@acme.example", ("business@fanruan.com",)) == (letter.mail.sender, letter.mail.recipients)
    assert "Document of ACME Ltd's Registration for FineBI Official Authorization" == letter.mail.title
    assert {
        "Company name": "ACME Ltd",
        "Project name": "Sales Cockpit",
        "Contract signing date": "2026-02-02",
        "Registration method": "Container private cloud authentication",
        "The maximum number of registration": "2",
    } == letter.mail.lines
    assert (None, b"\x00statement") == (letter.migrate, letter.private_config)


@pytest.mark.parametrize("name", ["privateConfig", "privataConfig"])
def test_the_private_config_is_found_under_either_spelling_of_the_page(name: str) -> None:
    letter = POST.read(mail.parse(PARTS.replace(b"privateConfig", name.encode())))
    assert b"statement" == letter.private_config


def test_another_attachment_is_not_taken_for_the_private_config() -> None:
    assert POST.read(mail.parse(PARTS.replace(b"privateConfig", b"identity.key"))).private_config is None


def test_names_of_lines_count_in_any_case_and_the_first_of_two_wins() -> None:
    body = b"\n  COMPANY NAME :  ACME: Ltd  \nCompany name: Other\n> Project name: quoted\nnonsense\n: \n"
    assert {"Company name": "ACME: Ltd"} == POST.read(mail.parse(HEAD + body)).mail.lines


LABEL = "Address of the authorization server to be migrated:"


@pytest.mark.clause("migrate-address")
@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (f"{LABEL} https://a:1", ("https://a:1",)),
        (f"{LABEL} https://lic.acme.example", ("https://lic.acme.example",)),
        (LABEL, ()),
        ("Please migrate https://a:1.", ("https://a:1",)),
        (
            "We move away from https://172.16.63.131:49155/ (the old machine) next week.",
            ("https://172.16.63.131:49155",),
        ),
        ("Our server is lic.acme.example:49155, please destroy it.", ("https://lic.acme.example:49155",)),
        ("old: 10.1.2.3:49155, new: https://10.1.2.4:49155", ("https://10.1.2.4:49155", "https://10.1.2.3:49155")),
        ("\u8bf7\u9500\u6bc1https://172.16.63.131:49155\u7684\u6388\u6743\u3002", ("https://172.16.63.131:49155",)),
        (
            "\u539f\u670d\u52a1\u5668\u5730\u5740\uff1a172.16.63.131:49155\uff0c\u8bf7\u5904\u7406",
            ("https://172.16.63.131:49155",),
        ),
        ("https://[2001:db8::5]:49155", ("https://[2001:db8::5]:49155",)),
        ("http://10.1.2.3:49155", ("http://10.1.2.3:49155",)),
        ("Hello", None),
        ("The meeting is at 10:30, in room 4.12:30.", None),
        ("Write to it@acme.example:443", None),
    ],
)
@pytest.mark.parametrize("form", [b"", b"FORM"])
def test_a_migration_is_known_by_the_address_that_it_names(
    text: str, asked: tuple[str, ...] | None, form: bytes
) -> None:
    data = HEAD + b"Content-Type: text/plain; charset=utf-8\n\n" + (FORM if form else b"") + text.encode()
    assert asked == POST.read(mail.parse(data)).migrate


def test_a_web_site_in_a_signature_makes_no_migration_of_a_request_form() -> None:
    data = HEAD + b"\n" + FORM + b"ACME Ltd, https://www.acme.example, phone 0123:456"
    assert None is POST.read(mail.parse(data)).migrate


def test_a_mail_with_private_config_attached_is_the_second_one_whatever_address_it_names() -> None:
    named = PARTS.replace(b"Company name: ACME Ltd", b"Was: https://10.0.0.5:49153\nCompany name: ACME Ltd")
    assert named != PARTS
    assert None is POST.read(mail.parse(named)).migrate


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "it has no header"),
        (b"hello\nworld\n", "it has no header"),
        (b"\n\nFrom: it@acme.example\n", "it has no header"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "it has no header"),
        (GOOD + b"x" * (1_000_001 - len(GOOD)), "it is larger than 1000000 bytes"),
    ],
)
def test_what_is_no_mail_is_refused_before_it_is_read(data: bytes, problem: str) -> None:
    with pytest.raises(MailUnreadable) as refusal:
        mail.parse(data)
    assert MailUnreadable(problem) == refusal.value


def test_a_mail_of_exactly_the_limit_is_read() -> None:
    assert mail.parse(GOOD + b"x" * (1_000_000 - len(GOOD)))["Subject"] == "Document of ACME Ltd"


NESTED = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(1200))
CRLF = b"=?utf-8?q?Document_of_ACME_Ltd=0d=0aBcc:_x=40other.example?="
UNREADABLE = [
    HEAD + b"Content-Type: image/png\n\nxx",
    HEAD + b"Content-Type: text/plain; charset=no-such\n\n" + FORM,
    HEAD + b"Content-Type: text/plain; charset=undefined\n\n" + FORM,
    HEAD + b"Content-Type: text/plain; charset=rot13\n\n" + FORM,
    HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/zip\n\nx\n--b--\n",
    b"From: =?utf-8?q?a=0ab?= <it@acme.example>\nTo: business@fanruan.com\n\n" + FORM,
]


@pytest.mark.parametrize("data", UNREADABLE)
def test_a_mail_without_readable_text_is_answered_in_plain_words_and_changes_nothing(world: World, data: bytes) -> None:
    before = world.kept()
    reply = world.desk.receive(mail.parse(data))
    assert [MailUnreadable] == [type(refusal) for refusal in reply.refusals]
    assert "Send one plain text mail with the lines of the form." in read_again(reply.message).get_content()
    assert before == world.kept()


def test_a_mail_in_html_alone_is_read_as_its_reader_sees_it() -> None:
    rows = FORM.replace(b": ", b":&nbsp;").replace(b"Company", b"<style>p{a: b}</style>Company").splitlines()
    body = b"<html><p>" + b"</p>\n<p>".join(rows) + b"</p>"
    letter = POST.read(mail.parse(HEAD + b"Content-Type: text/html; charset=utf-8\n\n" + body))
    assert POST.read(mail.parse(GOOD)) == letter


@pytest.mark.parametrize("piece", [b"<", b"<!", b"<!--", b"</", b"<a ", b"&#", b'<a b="', b"<p>", b"<![CDATA["])
def test_html_of_any_shape_costs_no_time(piece: bytes) -> None:
    body = piece * (900_000 // len(piece))
    start = process_time()  # not the wall's: other processes may run
    POST.read(mail.parse(HEAD + b"Content-Type: text/html\n\n" + body))
    assert process_time() - start < 3


@pytest.mark.slow
def test_parts_nested_beyond_measure_are_refused() -> None:
    with pytest.raises(MailUnreadable):
        POST.read(mail.parse(HEAD + NESTED))


@pytest.mark.parametrize("depth", [25, 300, 500, 700])
def test_mails_within_mails_are_refused_before_anything_walks_them(depth: int) -> None:
    within = b"From: a@b.example\nContent-Type: message/rfc822\n\n" * depth
    with pytest.raises(MailUnreadable):
        mail.parse(within + b"From: a@b.example\n\nCompany name: ACME\n")


def test_a_forwarded_mail_is_still_one() -> None:
    within = HEAD + b"Content-Type: message/rfc822\n\n"
    assert mail.parse(within * 3 + GOOD)["From"]


@pytest.mark.clause("sender")
@pytest.mark.parametrize(
    ("sender", "read"),
    [
        (b"From: it@acme.example\nFrom: x@other.example", ""),
        (b"From: it@acme.example, x@other.example", ""),
        (b"From: it@acme.example <x@other.example>", ""),
        (b'From: "it@acme.example" <x@other.example>', "x@other.example"),
        (b"From: =?utf-8?q?it=40acme=2Eexample=2C?= <x@other.example>", "x@other.example"),
        (b"From: it@acme.example.", ""),
        (b"From: everyone:;", ""),
        (b"From:", ""),
        (b"Sender: it@acme.example\nReply-To: it@acme.example", ""),
        (b"X-Note: nobody\n\nFrom: it@acme.example", ""),
    ],
)
def test_only_one_plain_sender_counts(world: World, sender: bytes, read: str) -> None:
    before = world.kept()
    reply = world.desk.receive(mail.parse(sender + GOOD[GOOD.index(b"\nTo:") :]))
    assert SenderWithoutContract(read or "(none)") in reply.refusals
    assert before == world.kept()


def test_unprintable_characters_reach_neither_the_rules_nor_the_reply(world: World) -> None:
    charset = b"Content-Type: text/plain; charset=utf-7\n\n"  # in which a lone surrogate can be written
    data = HEAD + charset + FORM.replace(b"ACME Ltd", b"A\x1b[2J\x00+2AA-E")
    assert "A\ufffd[2J\ufffd\ufffdE" == POST.read(mail.parse(data)).mail.lines["Company name"]
    text = read_again(world.desk.receive(mail.parse(data)).message).get_content()
    assert "A\ufffd[2J\ufffd\ufffdE" in text
    assert "\x1b" not in text


def test_a_line_of_nothing_but_blanks_costs_no_time() -> None:
    data = HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"ICAg" * 1500
    start = process_time()
    assert {} == POST.read(mail.parse(data)).mail.lines
    assert process_time() - start < 2


# -- answering


def test_the_answer_goes_to_the_sender_names_the_message_and_carries_the_mark_once(tmp_path: Path) -> None:
    archive = tmp_path / "fanruan_license_server.tar"
    archive.write_bytes(b"archive")
    asked = mail.parse(GOOD.replace(b"Subject: ", b"Subject: =?utf-8?q?REHEARSAL_=E2=80=93_DO_NOT_SEND?= "))
    reply = read_again(POST.answer(asked, "Thank you.", archive))
    assert ("business@fanruan.com", "it@acme.example") == (reply["From"], reply["To"])
    assert f"{MARK} Re: Document of ACME Ltd" == reply["Subject"]
    assert ("<1@acme.example>", "Mon, 02 Mar 2026 09:00:00 +0000") == (reply["In-Reply-To"], reply["Date"])
    assert [("fanruan_license_server.tar", b"archive")] == [
        (part.get_filename(), part.get_content()) for part in reply.iter_attachments()
    ]


INJECTIONS = [
    GOOD.replace(b"Document of ACME Ltd\n", CRLF + b"\n"),
    GOOD.replace(b"<1@acme.example>", b"=?utf-8?q?=3C1=0d=0aBcc:_x=40other.example=3E?="),
    GOOD.replace(b"<1@acme.example>", b"<1\rBcc: x@other.example>"),
    GOOD.replace(b"IT <", b"=?utf-8?q?IT=0d=0aBcc:_x=40other.example?= <"),
    GOOD.replace(b"it@acme.example", b'"it\x00 Bcc: x"@acme.example'),
    GOOD.replace(b"IT <it@acme.example>", b"["),
    GOOD.replace(b"Document", b"\xff\xfeDocument"),
    GOOD.replace(b"From: IT <it@acme.example>\n", b""),
    GOOD.replace(b"<1@acme.example>", b"["),
]


@pytest.mark.parametrize("data", INJECTIONS)
def test_nothing_from_outside_adds_a_header_to_the_answer(data: bytes) -> None:
    wanted = {
        "From", "To", "Subject", "Date", "X-Fanlic-Rehearsal", "In-Reply-To",
        "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip
    reply = read_again(POST.answer(mail.parse(data), "No.", None))
    assert set() == set(reply.keys()) - wanted
    assert len(set(reply.keys())) == len(reply.keys())
    assert reply["Subject"].startswith(f"{MARK} Re:")
    assert f"{MARK}\n\nNo.\n" == reply.get_content()


TOKENS = [
    b"<", b">", b"[", b"]", b'"', b"(", b")", b"@", b":", b";", b",", b"\\", b"=?utf-8?q?=0d=0a?=", b"=?utf-8?b?",
    b"?=", b"\xff", b"\x00", b"\n", b"\r", b"\t", b"%", b"'", b"*0*=", b"", b"utf-7", b"unicode_escape", b"text/html",
    b"message/rfc822", b"multipart/alternative", b"base64", b"quoted-printable",
]  # fmt: skip
EDITS = st.lists(
    st.tuples(st.integers(0, len(PARTS) - 1), st.sampled_from((0, 1, 5)), st.sampled_from(TOKENS)),
    min_size=1,
    max_size=6,
)


@given(EDITS)
def test_a_damaged_mail_is_read_or_refused_and_always_answered(edits: list[tuple[int, int, bytes]]) -> None:
    data = PARTS
    for at, gone, token in edits:
        data = data[:at] + token + data[at + gone :]
    try:
        message = mail.parse(data)
    except MailUnreadable:
        return
    POST.answer(message, "x", None).as_bytes()
    try:
        letter = POST.read(message)
    except MailUnreadable:
        return
    repr(letter).encode()


def test_the_customers_migration_mail_names_the_old_server(world: World) -> None:
    letter = POST.read(mail.parse(mail.migration(CONTRACT, OLD, world.clock).as_bytes()))
    assert ((OLD,), "Migration of the authorization server of ACME Ltd") == (letter.migrate, letter.mail.title)


# -- what a stranger's mail may cost


SLOW = {
    "brackets": "From: " + "(" * 200_000,
    "recipients": "To: " + "a," * 200_000,
    "encoded words": "Subject: " + "=?utf-8?q?a?= " * 40_000,
    "folded": "Subject: " + "a\n " * 100_000 + "b",
    "parameters": "Content-Type: text/plain; " + "a*0*=x;" * 50_000,
    "many headers": "\n".join(f"X-{number}: {'a' * 3000}" for number in range(300)),
    "many parts": "Content-Type: multipart/mixed; boundary=b\n\n" + "--b\nA: b\n\nx\n" * 10_000,
}


@pytest.mark.threat("mail-slow")
@pytest.mark.parametrize("name", SLOW)
def test_a_mail_that_takes_long_to_read_is_refused_at_once(name: str) -> None:
    began = process_time()
    with pytest.raises(MailUnreadable, match="a header is longer"):
        POST.read(mailform.parse(f"{SLOW[name]}\nMIME-Version: 1.0\n\nbody\n".encode()))
    assert process_time() - began < 3


@pytest.mark.threat("mail-slow")
def test_the_desk_answers_a_mail_whose_headers_it_does_not_read(world: World) -> None:
    message = mail.request(world.contract, world.clock)
    del message["To"]
    message["To"] = ", ".join(f"a{number}@acme.example" for number in range(1000))
    reply = world.desk.receive(message)
    assert ["mail-unreadable"] == [refusal.reason for refusal in reply.refusals]
    assert "a header is longer" in reply.message.get_content()


@pytest.mark.threat("mail-slow")
def test_while_a_mail_is_read_the_desk_answers_others(world: World) -> None:
    server = world.server(world.ask().license)
    reading, go_on = threading.Event(), threading.Event()

    class SlowPost(RehearsalPost):
        def read(self, message: EmailMessage) -> Letter:
            reading.set()
            assert go_on.wait(10)
            return super().read(message)

    world.desk._post = SlowPost(world.clock)
    reader = threading.Thread(target=world.desk.receive, args=[mail.request(world.contract, world.clock)])
    reader.start()
    try:
        assert reading.wait(10)
        answers: list[object] = []
        looker = threading.Thread(target=lambda: answers.append(world.desk.look(server.scan(1, LAB_START))))
        looker.start()
        looker.join(5)
        assert 1 == len(answers)
    finally:
        go_on.set()
        reader.join(10)
