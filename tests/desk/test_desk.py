"""The business desk: mails against contracts, scans against licenses, migrations against what was bound."""

from __future__ import annotations

import hashlib
from base64 import b32decode, b32encode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from fanlic.adapters import signing
from fanlic.adapters.clocks import LAB_START
from fanlic.adapters.codec import load
from fanlic.adapters.handshake import ServerHandshake
from fanlic.adapters.mail import HEADER, MARK, migration
from fanlic.desk import DeskReply, Destruction
from fanlic.model.approval import fingerprint
from fanlic.model.policy import FINEBI_6_0_5, FINEOPS_2025_08, Policy
from fanlic.model.refusals import (
    AddressMissing,
    BodyLineMissing,
    BodyLineWrong,
    ChallengeForged,
    ChallengeUnreadable,
    ChallengeUsed,
    DestructionDenied,
    LicenseBoundElsewhere,
    LicenseDestroyed,
    LicenseExpired,
    LicenseUnknown,
    MethodOther,
    NotDestroyedYet,
    NothingToUnbind,
    PrivateConfigMissing,
    PrivateConfigWrong,
    QrExpired,
    RecipientWrong,
    Refusal,
    SenderWithoutContract,
    TitleWithoutCompany,
)
from fanlic.model.registration import License
from fanlic.ports import LICENSE
from tests.desk.conftest import CONTRACT, NEW, OLD, Server, World

FORM = {
    "Company name": "ACME Ltd",
    "Project name": "Sales Cockpit",
    "Contract signing date": "2026-02-02",
    "Registration method": "Container private cloud authentication",
}
TITLE = "Document of ACME Ltd's Registration for FineBI Official Authorization"
WHOLE = "a whole number from 1 is wanted; leave the line out for the default"
clause = pytest.mark.clause


def body(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def attachments(message: EmailMessage) -> dict[str | None, object]:
    return {part.get_filename(): part.get_content() for part in message.iter_attachments()}


# -- Obtaining the Authorization File


@clause("archive-by-mail")
@clause("sender")
@clause("recipient")
@clause("title")
@clause("body")
@clause("method")
def test_a_faultless_mail_is_answered_with_the_archive_and_its_sha_256(world: World) -> None:
    reply = world.ask()
    assert reply.accepted
    assert reply.archive is not None
    data = reply.archive.read_bytes()
    assert {"fanruan_license_server.tar": data} == attachments(reply.message)
    assert f"SHA-256: {hashlib.sha256(data).hexdigest()}\n" in body(reply.message)
    assert "it@acme.example" == reply.message["To"]


@pytest.mark.parametrize("seats", [None, 0])
def test_every_reply_says_in_subject_body_and_header_that_it_is_a_rehearsal(world: World, seats: int | None) -> None:
    reply = world.ask(seats)
    assert (seats is None) == reply.accepted
    assert "REHEARSAL \N{EN DASH} DO NOT SEND" == MARK
    assert f"{MARK} Re: {TITLE}" == reply.message["Subject"]
    assert body(reply.message).startswith(f"{MARK}\n")
    assert "training software, not FanRuan's" in reply.message[HEADER]


def test_the_license_states_what_the_contract_grants_and_the_vendor_key_signed_it(world: World) -> None:
    contract = replace(
        CONTRACT, days=30, networks=("10.0.0.0/8",), domains=("bi.acme.example",), app_names=("webroot",)
    )
    world.desk.sign(contract)
    record = world.record(world.ask().license)
    expected = License(
        license=record.terms.license,
        company="ACME Ltd",
        project="Sales Cockpit",
        product="FineBI",
        first_version="6.0.5",
        last_version="6.0.99",
        expires=LAB_START + timedelta(days=30),
        seats=1,
        networks=("10.0.0.0/8",),
        domains=("bi.acme.example",),
        app_names=("webroot",),
        desk="https://desk.example:8443",
    )
    assert expected == record.terms
    assert expected == load(License, signing.read(LICENSE, record.document, world.vendor.identity))


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        pytest.param(None, 1, marks=clause("seats")),
        pytest.param(2, 2, marks=clause("seats")),
        pytest.param(3, 3, marks=clause("seats-contract")),
        pytest.param(4, 3, marks=clause("seats-contract")),
    ],
)
def test_seats_are_one_unless_asked_for_and_never_more_than_the_contract_has(
    world: World, asked: int | None, granted: int
) -> None:
    assert granted == world.record(world.ask(asked).license).terms.seats


@clause("engines")
@pytest.mark.parametrize(
    ("policy", "asked", "granted"),
    [
        (FINEBI_6_0_5, None, 0),
        (FINEBI_6_0_5, "2", 0),
        (FINEOPS_2025_08, None, 2),
        (FINEOPS_2025_08, "1", 1),
        (FINEOPS_2025_08, "9", 2),
    ],
)
def test_engines_are_licensed_in_the_fineops_edition_only(
    tmp_path: Path, policy: Policy, asked: str | None, granted: int
) -> None:
    world = World(tmp_path, policy)
    form = FORM if asked is None else FORM | {"The number of BI engines": asked}
    reply = world.desk.receive(world.compose(CONTRACT.email, TITLE, form))
    assert granted == world.record(reply.license).terms.engines
    world.store.close()


@clause("sender")
@clause("recipient")
@clause("title")
@clause("body")
@clause("method")
@clause("contract-first")
def test_a_stranger_learns_every_mistake_at_once_each_with_its_clause(world: World) -> None:
    form = {"Registration method": "Local", "The maximum number of registration": "many"}
    before = world.kept()
    reply = world.desk.receive(world.compose("x@other.example", "Hello", form, recipient="sales@fanruan.com"))
    expected = (
        SenderWithoutContract("x@other.example"),
        RecipientWrong("sales@fanruan.com"),
        TitleWithoutCompany("Hello", ""),
        BodyLineMissing("Company name"),
        BodyLineMissing("Project name"),
        BodyLineMissing("Contract signing date"),
        MethodOther("Local"),
        BodyLineWrong("The maximum number of registration", "many", WHOLE),
    )
    assert expected == reply.refusals
    text = body(reply.message)
    slugs = ("sender", "recipient", "title", "body", "body", "body", "method", "body")
    for number, (refusal, slug) in enumerate(zip(expected, slugs, strict=True), 1):
        assert f"{number}. {refusal} [{slug}]\n   {refusal.next_step}" in text
    assert before == world.kept()
    assert {} == attachments(reply.message)


SINGLE = [
    pytest.param({"sender": "x@acme.example"}, SenderWithoutContract("x@acme.example"), marks=clause("sender")),
    pytest.param({"recipient": "it@acme.example"}, RecipientWrong("it@acme.example"), marks=clause("recipient")),
    pytest.param({"title": "Document"}, TitleWithoutCompany("Document", "ACME Ltd"), marks=clause("title")),
    pytest.param({"Company name": ""}, BodyLineMissing("Company name"), marks=clause("body")),
    pytest.param({"Project name": ""}, BodyLineMissing("Project name"), marks=clause("body")),
    pytest.param({"Contract signing date": ""}, BodyLineMissing("Contract signing date"), marks=clause("body")),
    pytest.param({"Registration method": ""}, BodyLineMissing("Registration method"), marks=clause("body")),
    pytest.param(
        {"Company name": "Acme"},
        BodyLineWrong("Company name", "Acme", "the contract says ACME Ltd"),
        marks=clause("body"),
    ),
    pytest.param(
        {"Project name": "Sales"},
        BodyLineWrong("Project name", "Sales", "the contract says Sales Cockpit"),
        marks=clause("body"),
    ),
    pytest.param(
        {"Contract signing date": "2.2.2026"},
        BodyLineWrong("Contract signing date", "2.2.2026", "the contract says 2026-02-02 (written YYYY-MM-DD)"),
        marks=clause("body"),
    ),
    pytest.param({"Registration method": "Private cloud"}, MethodOther("Private cloud"), marks=clause("method")),
    pytest.param(
        {"The maximum number of registration": "0"},
        BodyLineWrong("The maximum number of registration", "0", WHOLE),
        marks=clause("seats"),
    ),
]


@pytest.mark.parametrize(("wrong", "refusal"), SINGLE)
def test_one_mistake_is_enough_to_be_refused_and_nothing_is_issued(
    world: World, wrong: dict[str, str], refusal: Refusal
) -> None:
    envelope = {"sender": CONTRACT.email, "title": TITLE, "recipient": "business@fanruan.com"}
    envelope |= {name: value for name, value in wrong.items() if name in envelope}
    form = FORM | {name: value for name, value in wrong.items() if name not in envelope}
    before = world.kept()
    reply = world.desk.receive(world.compose(lines=form, **envelope))
    assert (refusal,) == reply.refusals
    assert before == world.kept()


@clause("contract-first")
def test_the_same_mail_is_refused_before_its_contract_is_signed_and_accepted_after(world: World) -> None:
    message = world.compose("a@late.example", TITLE, FORM)
    assert (SenderWithoutContract("a@late.example"),) == world.desk.receive(message).refusals
    world.desk.sign(replace(CONTRACT, email="a@late.example"))
    assert world.desk.receive(message).accepted


def test_asking_twice_before_the_activation_sends_the_same_license_again(world: World) -> None:
    first, kept = world.ask(seats=2), world.kept()
    again = world.ask(seats=3)
    assert first.license == again.license
    assert attachments(first.message) == attachments(again.message)
    assert kept == world.kept()
    assert ("license sent again", first.license, "", "", "") == world.told()[-1]


@clause("destroy")
def test_asking_after_the_activation_is_refused_until_the_authorization_is_destroyed(world: World) -> None:
    license_id, _server = world.activated()
    before = world.kept()
    reply = world.ask()
    assert (NotDestroyedYet(license_id),) == reply.refusals
    assert before == world.kept()


# -- Authentication Migration


@clause("destroy")
@clause("migrate-address")
@pytest.mark.parametrize("address", [OLD, OLD + "/", OLD.removeprefix("https://")])
def test_the_mail_with_the_servers_address_destroys_the_authorization(world: World, address: str) -> None:
    license_id, _server = world.activated()
    reply = world.migrate(address)
    assert reply.accepted
    assert LAB_START == world.record(license_id).issued.destroyed_at
    assert f"The authorization {license_id} of the server at {OLD} is destroyed." in body(reply.message)
    assert ("authorization destroyed", license_id, "", "in force", "destroyed") == world.told()[-1]


INFORMATION = "Company name: {0.company}\nProject name: {0.project}\nContract signing date: {0.signed}\n"
CHINESE_INFORMATION = (
    "公司名称\uff1a{0.company}\n项目名称\uff1a{0.project}\n合同签定日期\uff1a{0.signed:%Y年%m月%d日}\n"
    "注册方式\uff1a容器私有云认证\n"
)


@clause("destroy")
@clause("migrate-address")
@pytest.mark.parametrize(
    "text",
    [
        INFORMATION + "Registration method: Container private cloud authentication\n\nTo be migrated: {1}\n",
        INFORMATION + "\nThe server at {1}, which is in use today, moves to https://10.9.9.9:49153.\n",
        "Dear colleagues, our server {2} has to go.\n" + INFORMATION,
        CHINESE_INFORMATION + "\n需要迁移的授权服务器地址\uff1a{1}\u3002谢谢\uff01\n",
        CHINESE_INFORMATION + "\n请销毁{1}的授权\n",
    ],
)
def test_the_registration_information_with_the_address_in_any_wording_destroys_it(world: World, text: str) -> None:
    """Reading A27: the page asks for the registration information, and for the address in the body."""
    license_id, _server = world.activated()
    body = text.format(CONTRACT, OLD, OLD.removeprefix("https://"))
    reply = world.confirmed(by_hand(body))
    assert ((), None) == (reply.refusals, reply.archive)
    assert LAB_START == world.record(license_id).issued.destroyed_at


def test_before_an_activation_and_after_a_destruction_the_form_with_an_address_is_a_request(world: World) -> None:
    """Nothing could be migrated: a remark on where the server will run is no reason to refuse the form."""
    body = INFORMATION.format(CONTRACT) + "Registration method: Container private cloud authentication\n" + OLD + "\n"
    assert world.desk.receive(by_hand(body)).archive is not None
    world.destroyed()
    assert (PrivateConfigMissing(),) == world.desk.receive(by_hand(body)).refusals


def by_hand(body: str) -> EmailMessage:
    """A mail as a person writes it, from the address in the contract."""
    message = EmailMessage()
    message["From"], message["To"] = CONTRACT.email, "business@fanruan.com"
    message["Subject"] = f"Document of {CONTRACT.company}'s Registration for FineBI Official Authorization"
    message.set_content(body)
    return message


@clause("migrate-address")
@pytest.mark.parametrize(
    ("address", "read"),
    [("https://10.0.0.7:1", "https://10.0.0.7:1"), ("10.0.0.9:49153", "https://10.0.0.9:49153"), ("", "none")],
)
def test_a_migration_that_names_no_authorized_address_destroys_nothing(world: World, address: str, read: str) -> None:
    world.activated()
    before = world.kept()
    assert (AddressMissing(read),) == world.migrate(address).refusals
    assert before == world.kept()


@clause("migrate-address")
@clause("sender")
def test_a_migration_from_another_sender_destroys_nothing(world: World) -> None:
    world.activated()
    before = world.kept()
    lines = {"Address of the authorization server to be migrated": OLD}
    reply = world.desk.receive(world.compose("x@acme.example", "Migration", lines))
    assert (SenderWithoutContract("x@acme.example"),) == reply.refusals
    assert before == world.kept()


@clause("migrate-address")
def test_a_migration_from_another_contract_destroys_nothing(world: World) -> None:
    world.activated()
    world.desk.sign(replace(CONTRACT, email="a@other.example", company="Other"))
    before = world.kept()
    lines = {"Address of the authorization server to be migrated": OLD}
    reply = world.desk.receive(world.compose("a@other.example", "Migration", lines))
    assert (AddressMissing(OLD),) == reply.refusals
    assert before == world.kept()


@clause("recipient")
def test_a_migration_sent_to_somebody_else_destroys_nothing(world: World) -> None:
    world.activated()
    before = world.kept()
    lines = {"Address of the authorization server to be migrated": OLD}
    reply = world.desk.receive(world.compose(CONTRACT.email, "Migration", lines, recipient="sales@fanruan.com"))
    assert (RecipientWrong("sales@fanruan.com"),) == reply.refusals
    assert before == world.kept()


@clause("code-20000")
def test_a_license_that_was_never_activated_needs_no_destruction(world: World) -> None:
    world.ask()
    before = world.kept()
    reply = world.migrate(OLD)
    assert (NothingToUnbind(OLD),) == reply.refusals
    assert (20000,) == tuple(refusal.code for refusal in reply.refusals)
    assert before == world.kept()


def test_a_migration_without_an_address_is_told_so_whatever_was_activated(world: World) -> None:
    world.ask()
    assert (AddressMissing("none"),) == world.migrate("").refusals


@clause("code-20000")
def test_an_authorization_is_destroyed_once(world: World) -> None:
    license_id, _server = world.destroyed()
    world.advance(hours=1)
    before = world.kept()
    assert (NothingToUnbind(license_id),) == world.migrate(OLD).refusals
    assert before == world.kept()


@clause("attach-private-config")
def test_without_the_private_config_no_new_license_is_issued(world: World) -> None:
    world.destroyed()
    before = world.kept()
    reply = world.ask()
    assert (PrivateConfigMissing(),) == reply.refusals
    assert before == world.kept()


@clause("attach-private-config")
def test_the_private_config_of_another_server_is_refused(world: World) -> None:
    license_id, _server = world.destroyed()
    other = world.server(license_id, "other")
    before = world.kept()
    wrong = PrivateConfigWrong("it belongs to another server than the one that was destroyed")
    assert (wrong,) == world.ask(private_config=other.private_config).refusals
    assert before == world.kept()


@clause("attach-private-config")
@pytest.mark.parametrize(
    "damage", [lambda data: b"", lambda data: data[:-1], lambda data: b"x" + data, lambda data: b"\xff\0"]
)
def test_a_damaged_private_config_is_refused(world: World, damage: Callable[[bytes], bytes]) -> None:
    _license, server = world.destroyed()
    before = world.kept()
    refusals = world.ask(private_config=damage(server.private_config)).refusals
    assert [PrivateConfigWrong] == [type(refusal) for refusal in refusals]
    assert "privateConfig is damaged" in str(refusals[0])
    assert before == world.kept()


@clause("attach-private-config")
@clause("new-archive")
def test_the_right_private_config_brings_a_new_license_in_a_new_archive(world: World) -> None:
    old, server = world.destroyed()
    reply = world.ask(seats=2, private_config=server.private_config)
    assert reply.accepted
    assert reply.license != old
    assert {"fanruan_license_server.tar": world.record(reply.license).document.encode()} == attachments(reply.message)
    assert reply.license == world.record(old).issued.replaced_by
    assert world.record(old).secret != world.record(reply.license).secret


def test_a_second_migration_destroys_the_newer_license_even_at_the_same_address(world: World) -> None:
    old, server = world.destroyed()
    newer = world.ask(private_config=server.private_config).license
    again = world.server(newer, address=OLD)
    world.desk.approve(again.scan(2, world.clock.now()))
    world.advance(days=1)
    reply = world.migrate(OLD)
    assert (newer, ()) == (reply.license, reply.refusals)
    assert world.clock.now() == world.record(newer).issued.destroyed_at
    assert LAB_START == world.record(old).issued.destroyed_at


# -- Submitting and Authentication: the phone


@clause("six-digits")
def test_the_phone_gets_the_six_digits_that_the_server_waits_for(world: World) -> None:
    server = world.server(world.ask().license)
    code = world.desk.approve(server.scan(7, LAB_START))
    assert server.code(7) == code
    assert (6, True) == (len(code), code.isdigit())


def test_looking_shows_what_is_asked_for_and_changes_nothing(world: World) -> None:
    license_id = world.ask().license
    server = world.server(license_id)
    world.advance(seconds=42)
    before = (world.kept(), world.told())
    asking = world.desk.look(server.scan(7, LAB_START))
    assert ("ACME Ltd", "Sales Cockpit", license_id, OLD) == (
        asking.company, asking.project, asking.license, asking.address
    )  # fmt: skip
    assert fingerprint(server.key.identity) == asking.server
    assert (LAB_START + timedelta(seconds=42), LAB_START + timedelta(seconds=300)) == (asking.now, asking.until)
    assert before == (world.kept(), world.told())


@clause("map-config")
def test_the_first_approval_binds_the_license_to_its_server(world: World) -> None:
    license_id = world.ask().license
    one, two = world.server(license_id), world.server(license_id, "two")
    world.desk.approve(one.scan(1, LAB_START))
    assert (one.key.identity, OLD) == (
        world.record(license_id).issued.bound_to,
        world.record(license_id).issued.address,
    )
    before = world.kept()
    refusal = LicenseBoundElsewhere(license_id, fingerprint(one.key.identity), fingerprint(two.key.identity))
    assert refusal == refused(world, two.scan(2, LAB_START))
    assert before == world.kept()


def test_the_bound_server_is_approved_again_with_a_new_qr_code_and_its_address_is_kept(world: World) -> None:
    license_id, server = world.activated()
    moved = replace(server, address=NEW)
    world.advance(days=2)
    assert server.code(2) == world.desk.approve(moved.scan(2, world.clock.now()))
    assert NEW == world.record(license_id).issued.address


@clause("new-archive")
def test_after_destruction_and_reissue_the_new_server_is_approved_and_the_old_one_refused(world: World) -> None:
    old, server = world.destroyed()
    newer = world.server(world.ask(private_config=server.private_config).license, address=NEW)
    assert newer.code(2) == world.desk.approve(newer.scan(2, LAB_START))
    assert LicenseDestroyed(old, LAB_START) == refused(world, server.scan(3, LAB_START))


@pytest.mark.parametrize(
    ("age", "refusal"),
    [(299, None), (300, QrExpired()), (301, QrExpired()), (-59, None), (-60, QrExpired()), (-61, QrExpired())],
)
def test_a_qr_code_is_approved_while_it_is_younger_than_five_minutes(
    world: World, age: int, refusal: Refusal | None
) -> None:
    server = world.server(world.ask().license)
    assert refusal == refused(world, server.scan(1, LAB_START - timedelta(seconds=age)))


@pytest.mark.parametrize(("late", "expected"), [(-1, False), (0, True), (1, True)])
def test_a_license_is_approved_until_the_instant_it_expires(world: World, late: int, expected: bool) -> None:
    server = world.server(world.ask().license)
    world.clock.set(LAB_START + timedelta(days=365, seconds=late))
    refusal = refused(world, server.scan(1, world.clock.now()))
    assert (LicenseExpired(LAB_START + timedelta(days=365)) if expected else None) == refusal


FORGED = ChallengeForged("its proof fits another server, another license, or another text")


class Scene:
    """A scan of a bound license, and the steps that spoil it: each adds the fault that is checked before the last."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.license, self.one = world.activated()
        self.two = world.server(self.license, "two")
        self.server, self.made_at = self.one, LAB_START
        self.change: Callable[[bytes], bytes] = bytes

    def text(self) -> str:
        head, data = self.server.scan(1, self.made_at).split("?c=")
        plain = b32decode(data + "=" * (-len(data) % 8))
        return f"{head}?c={b32encode(self.change(plain)).decode().rstrip('=')}"

    def used(self) -> Refusal:
        return ChallengeUsed()

    def elsewhere(self) -> Refusal:
        self.server = self.two
        return LicenseBoundElsewhere(
            self.license, fingerprint(self.one.key.identity), fingerprint(self.two.key.identity)
        )

    def old(self) -> Refusal:
        self.world.advance(days=2)
        return QrExpired()

    def expired(self) -> Refusal:
        self.world.advance(days=365)
        return LicenseExpired(LAB_START + timedelta(days=365))

    def destroyed(self) -> Refusal:
        self.world.migrate(OLD)
        return LicenseDestroyed(self.license, self.world.clock.now())

    def badly_signed(self) -> Refusal:
        self.change = lambda data: data[:-1] + bytes([data[-1] ^ 1])
        return FORGED

    def stranger(self) -> Refusal:
        handshake = ServerHandshake(self.two.key, self.world.record(self.license).terms, b"not the license's secret")
        self.server = replace(self.two, handshake=handshake)
        return FORGED

    def unknown(self) -> Refusal:
        terms = replace(self.world.record(self.license).terms, license="lic-0")
        self.server = replace(self.two, handshake=ServerHandshake(self.two.key, terms, b"any"))
        return LicenseUnknown("lic-0")

    def no_challenge(self) -> Refusal:
        self.change = lambda data: b"\x01" + data[1:-1]
        return ChallengeUnreadable("it is not in the form of a challenge")


# The order of the checks, last first: with each step all the faults before it remain.
FAULTS = (
    Scene.used, Scene.elsewhere, Scene.old, Scene.expired, Scene.destroyed,
    Scene.badly_signed, Scene.stranger, Scene.unknown, Scene.no_challenge,
)  # fmt: skip


@pytest.mark.parametrize("faults", range(1, 10))
def test_of_several_faults_the_scan_is_refused_for_the_one_checked_first(world: World, faults: int) -> None:
    scene = Scene(world)
    expected = [fault(scene) for fault in FAULTS[:faults]][-1]
    before = world.kept()
    assert expected == refused(world, scene.text())
    assert before == world.kept()


def refused(world: World, text: str) -> Refusal | None:
    """Why the phone gets no digits; looking must say the same as approving."""
    answers: list[Refusal | None] = []
    for ask in (world.desk.look, world.desk.approve):
        try:
            ask(text)
            answers.append(None)
        except Refusal as refusal:
            answers.append(refusal)
    assert answers[0] == answers[1]
    return answers[0]


def test_a_challenge_cut_short_anywhere_is_unreadable_or_forged(world: World) -> None:
    text = world.server(world.ask().license).scan(1, LAB_START)
    before = world.kept()
    for length in range(len(text)):
        assert isinstance(refused(world, text[:length]), ChallengeUnreadable | ChallengeForged | LicenseUnknown)
    assert before == world.kept()


# -- what is written down, and what never is


def test_the_journal_tells_the_whole_story_line_by_line(world: World) -> None:
    old, server = world.activated()
    refused(world, server.scan(1, LAB_START))
    world.ask()
    world.migrate(OLD)
    newer = world.ask(seats=2, private_config=server.private_config).license
    mark = fingerprint(server.key.identity)
    assert [
        ("contract signed", "ACME Ltd", "", "", ""),
        ("license issued", old, "", "", "seats: 1"),
        ("scan approved", old, "", "unbound", mark),
        ("scan refused", old, "challenge-used", "", ""),
        ("mail refused", "it@acme.example", "not-destroyed-yet", "", ""),
        ("destruction asked for", old, "", "", ""),
        ("authorization destroyed", old, "", "in force", "destroyed"),
        ("license issued", newer, "", "", "seats: 2"),
    ] == world.told()
    assert {LAB_START} == {line.at for line in world.journal()}


def test_neither_the_licenses_secret_nor_the_vendors_key_is_in_any_mail_or_line_or_look(world: World) -> None:
    replies, license_id, server = story(world)
    asked = world.desk.look(server.scan(9, world.clock.now()))
    told = "\n".join([*map(shown, replies), *map(str, world.journal()), repr(asked), world.record(license_id).document])
    secrets = [bytes.fromhex(world.record(reply.license).secret) for reply in replies if reply.license]
    assert 4 == len(secrets)
    for secret in [*secrets, world.vendor.secret()]:
        for form in (secret.hex(), urlsafe_b64encode(secret).decode().rstrip("="), repr(secret)):
            assert form not in told


def story(world: World) -> tuple[list[DeskReply], str, Server]:
    """Request, a mistake, activation, migration: the replies, the new license and its server."""
    replies = [world.ask(), world.ask(seats=0)]
    one = world.server(replies[0].license)
    world.desk.approve(one.scan(1, LAB_START))
    replies += [world.ask(), world.migrate(OLD), world.ask(private_config=b"x")]
    replies.append(world.ask(private_config=one.private_config))
    new = world.server(replies[-1].license, address=NEW)
    refused(world, new.scan(1, LAB_START - timedelta(days=1)))
    replies.append(world.ask())
    return replies, replies[-1].license, new


def shown(reply: DeskReply) -> str:
    """All that the mail says, attachments decoded."""
    return f"{reply.message} {body(reply.message)} {attachments(reply.message)} {reply.refusals}"


def test_the_desk_says_what_time_it_is(world: World) -> None:
    world.advance(minutes=3)
    assert datetime.fromisoformat("2026-03-02T09:03:00+00:00") == world.desk.now


@pytest.mark.threat("journal-filled")
def test_opening_the_page_and_what_no_holder_of_the_license_made_write_nothing(world: World) -> None:
    server = world.server(world.ask().license)
    good = server.scan(1, LAB_START)
    forged = good[:-8] + ("AAAAAAAA" if not good.endswith("AAAAAAAA") else "BBBBBBBB")
    world.advance(minutes=6)
    before = world.kept()
    with pytest.raises(QrExpired):
        world.desk.look(good)
    for call in (world.desk.look, world.desk.approve):
        with pytest.raises(Refusal):
            call(forged)
        with pytest.raises(Refusal):
            call("https://desk.example/a?c=" + "A" * 300)
    assert before == world.kept()


@pytest.mark.threat("journal-filled")
def test_a_used_challenge_sent_on_and_on_writes_a_bounded_number_of_lines(world: World) -> None:
    _license, server = world.activated()
    before = len(world.journal())
    for _count in range(200):
        with pytest.raises(ChallengeUsed):
            world.desk.approve(server.scan(1, LAB_START))
    assert 60 == len(world.journal()) - before


# -- asking back


@pytest.mark.threat("mail-sender")
def test_a_mail_alone_destroys_nothing(world: World) -> None:
    """Anybody can write the customer's address: the desk takes the mail for the customer's, and asks back."""
    license_id, server = world.activated()
    forged = migration(world.contract, OLD, world.clock)
    forged["Received"] = "from mail.stranger.example by mx.fanruan.example"
    reply = world.desk.receive(forged)
    mark = fingerprint(server.key.identity)
    assert Destruction(license_id, CONTRACT.company, CONTRACT.project, OLD, mark) == reply.asks
    assert ((), None) == (reply.refusals, reply.archive)
    for told in (license_id, OLD, mark, "Nothing is destroyed yet."):
        assert told in body(reply.message)
    assert world.record(license_id).issued.destroyed_at is None
    assert (reply.asks,) == world.desk.asked()
    assert (NotDestroyedYet(license_id),) == world.ask(private_config=server.private_config).refusals


@pytest.mark.threat("mail-sender")
@clause("destroy")
def test_the_customer_confirms_or_denies_once_and_by_license(world: World) -> None:
    license_id, _server = world.activated()
    world.desk.receive(migration(world.contract, OLD, world.clock))
    denied = world.desk.deny(license_id)
    assert (DestructionDenied(license_id),) == denied.refusals
    assert CONTRACT.email == denied.message["To"]
    assert ((), None) == (world.desk.asked(), world.record(license_id).issued.destroyed_at)
    for act in (world.desk.confirm, world.desk.deny):
        with pytest.raises(NothingToUnbind):
            act(license_id)
        with pytest.raises(LicenseUnknown):
            act("lic-ffffffffffffffff")
    world.advance(minutes=5)
    world.desk.receive(migration(world.contract, OLD, world.clock))
    confirmed = world.desk.confirm(license_id)
    assert (CONTRACT.email, True) == (confirmed.message["To"], confirmed.accepted)
    assert world.clock.now() == world.record(license_id).issued.destroyed_at
    assert [
        ("destruction asked for", license_id, "", "", ""),
        ("destruction denied", license_id, "", "", ""),
        ("mail refused", CONTRACT.email, "destruction-denied", "", ""),
        ("destruction asked for", license_id, "", "", ""),
        ("authorization destroyed", license_id, "", "in force", "destroyed"),
    ] == world.told()[-5:]


@pytest.mark.threat("mail-sender")
def test_what_nobody_asked_for_cannot_be_confirmed(world: World) -> None:
    license_id, _server = world.activated()
    with pytest.raises(NothingToUnbind):
        world.desk.confirm(license_id)
    assert world.record(license_id).issued.destroyed_at is None


def test_a_question_outlives_the_desk_and_is_written_down_once(world: World) -> None:
    license_id, _server = world.activated()
    for _count in range(50):
        world.desk.receive(migration(world.contract, OLD, world.clock))
    assert 1 == [line.event for line in world.journal()].count("destruction asked for")
    again = World(world.folder, entropy=world.entropy)
    assert [license_id] == [asks.license for asks in again.desk.asked()]
    assert again.desk.confirm(license_id).accepted


# -- the address that is remembered


@pytest.mark.threat("host-spoofed")
def test_the_phone_is_told_of_an_address_that_nothing_of_the_server_names(world: World) -> None:
    record = world.record(world.ask().license)
    server = world.server(record.terms.license)
    names = {"lic.acme.example"}
    server.handshake = ServerHandshake(server.key, record.terms, bytes.fromhex(record.secret), names.__contains__)
    looks = []
    for nonce, address in enumerate((OLD, "https://lic.acme.example:49155", "https://LIC.acme.example:1"), 1):
        server.address = address
        looks.append(world.desk.look(server.scan(nonce, LAB_START)))
    assert [False, True, True] == [look.named for look in looks]
    assert ["", "", ""] == [look.before for look in looks]
    server.address = OLD
    world.desk.approve(server.scan(7, LAB_START))
    assert "" == world.desk.look(server.scan(8, LAB_START)).before
    server.address = NEW
    assert OLD == world.desk.look(server.scan(9, LAB_START)).before
