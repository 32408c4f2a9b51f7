"""The scan: what the phone reads from the QR code, what proves it, and the six digits both sides compute."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fanlic.adapters import handshake, qr
from fanlic.adapters.handshake import ServerHandshake
from fanlic.adapters.signing import SigningKey
from fanlic.model.activation import Challenge
from fanlic.model.approval import Scan
from fanlic.model.refusals import ChallengeForged, ChallengeUnreadable, Refusal
from fanlic.model.registration import License

MADE_AT = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
CHALLENGE = Challenge("0f" * 16, MADE_AT)
ADDRESS = "https://172.16.63.131:49155"
DESK = "https://desk.example:8443"
KEY, OTHER = SigningKey(bytes(range(32))), SigningKey(bytes(range(1, 33)))
SECRET, OTHER_SECRET = b"s" * 32, b"t" * 32
TERMS = License(
    "lic-0123456789abcdef",
    "ACME Ltd.",
    "Sales",
    "FineBI",
    "6.0.5",
    "6.0.99",
    MADE_AT + timedelta(days=365),
    2,
    desk=DESK,
)


def plain(text: str) -> bytes:
    return base64.b32decode(text + "=" * (-len(text) % 8))


def written(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=")


SERVER = ServerHandshake(KEY, TERMS, SECRET)
TEXT = SERVER.text(CHALLENGE, ADDRESS)
DATA = plain(TEXT.partition("?c=")[2])
FORGED = ChallengeForged("its proof fits another server, another license, or another text")


def verdict(data: bytes) -> Refusal | None:
    """What the phone's side makes of these bytes."""
    try:
        return handshake.read(written(data)).proven(SECRET)
    except ChallengeUnreadable as problem:
        return problem


def test_the_qr_code_leads_to_the_desk_with_the_challenge_in_it() -> None:
    assert "https://desk.example:8443/a?c=" == TEXT[:30]
    assert TEXT.isascii()


def test_the_phone_reads_what_the_server_wrote() -> None:
    scanned = handshake.read(TEXT)
    assert Scan("lic-0123456789abcdef", KEY.identity, ADDRESS, MADE_AT) == scanned.scan
    assert "0f" * 16 == scanned.nonce
    assert scanned.proven(SECRET) is None


@pytest.mark.parametrize("text", [TEXT[30:], f"  {TEXT}\r\n", TEXT.replace(DESK, "http://10.0.0.1")])
def test_the_bare_value_blanks_around_it_and_another_host_are_read_too(text: str) -> None:
    assert handshake.read(TEXT) == handshake.read(text)


def test_a_long_name_in_any_script_is_read_back() -> None:
    address = "https://授权服务器.example:49155"
    assert address == handshake.read(SERVER.text(CHALLENGE, address)).scan.address


@pytest.mark.parametrize(
    ("desk", "address", "version"),
    [
        ("https://127.0.0.1:8443", "https://127.0.0.1:49155", 10),
        ("https://192.168.178.200:8443", "https://255.255.255.255:65535", 10),
        ("https://desk.training.example.com:8443", "https://licenses.branch.acme.example:49155", 11),
    ],
)
def test_the_qr_code_is_small_enough_for_a_projector(desk: str, address: str, version: int) -> None:
    text = ServerHandshake(KEY, replace(TERMS, desk=desk), SECRET).text(CHALLENGE, address)
    modules = qr.svg(text, "QR").partition('viewBox="0 0 ')[2].partition(" ")[0]
    assert 17 + 4 * version + 8 == int(modules)  # eight modules of white around it
    assert text == qr.read(qr.svg(text, "QR"))


def test_every_flipped_bit_of_a_challenge_is_unreadable_or_refused() -> None:
    for at in range(len(DATA)):
        for bit in range(8):
            flipped = bytearray(DATA)
            flipped[at] ^= 1 << bit
            assert type(verdict(bytes(flipped))) in (ChallengeForged, ChallengeUnreadable), (at, bit)


def test_a_challenge_cut_short_anywhere_is_unreadable() -> None:
    for length in range(len(DATA)):
        with pytest.raises(ChallengeUnreadable):
            handshake.read(written(DATA[:length]))
    for length in range(30, len(TEXT)):
        with pytest.raises(ChallengeUnreadable):
            handshake.read(TEXT[:length])


def test_a_challenge_with_something_before_in_or_after_it_is_unreadable() -> None:
    for at in range(len(DATA) + 1):
        assert type(verdict(DATA[:at] + b"\0" + DATA[at:])) in (ChallengeForged, ChallengeUnreadable), at
    for text in (f"{TEXT}=", f"{TEXT}&x=1", f"{TEXT}AAAA", f"{TEXT} x", TEXT.replace("?c=", "?x=1&c=")):
        with pytest.raises(ChallengeUnreadable):
            handshake.read(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "123456",
        "é",
        "\udcff",
        "https://desk.example",
        "https://desk.example/a",
        "https://desk.example/a?c=",
        "https://desk.example/a?c=é",
        "https://desk.example/a?d=AAAA",
        "https://[::1/a?c=AAAA",
        "https://a]/a?c=AAAA",
        "http://a\u2100b/a?c=AAAA",
        "://",
        "A" * 100_000,
        written(b"\x01" + DATA[1:]),  # another version
        written(DATA[:1] + b"\xff" + DATA[2:]),
    ],
)
def test_what_is_no_challenge_is_unreadable(text: str) -> None:
    with pytest.raises(ChallengeUnreadable):
        handshake.read(text)


def test_a_challenge_under_another_license_s_secret_is_refused() -> None:
    assert FORGED == handshake.read(TEXT).proven(OTHER_SECRET)
    assert FORGED == handshake.read(ServerHandshake(KEY, TERMS, OTHER_SECRET).text(CHALLENGE, ADDRESS)).proven(SECRET)


BODY, PURPOSE = DATA[:-64], b"fanlic challenge signature 2\0"
MAC = hmac.digest(SECRET, b"fanlic challenge hmac 2\0" + BODY, "sha256")


def test_a_challenge_in_the_name_of_another_server_is_refused_even_from_a_holder_of_the_license() -> None:
    assert DATA == BODY + KEY.sign(PURPOSE + BODY + MAC)
    assert FORGED == verdict(BODY + OTHER.sign(PURPOSE + BODY + MAC))


def test_a_signature_or_hmac_made_for_another_purpose_is_refused() -> None:
    assert FORGED == verdict(BODY + KEY.sign(BODY + MAC))
    assert FORGED == verdict(BODY + KEY.sign(PURPOSE + BODY + hmac.digest(SECRET, BODY, "sha256")))
    assert FORGED == verdict(BODY + KEY.sign(PURPOSE + BODY))  # of the server, but without the license


@pytest.mark.parametrize("address", ["http://10.0.0.1:8081", "https://[::1]:49155"])
def test_the_scheme_of_an_address_is_read_back(address: str) -> None:
    assert address == handshake.read(SERVER.text(CHALLENGE, address)).scan.address


@pytest.mark.parametrize("change", [str.lower, lambda text: text + "=", lambda text: text[:-1] + "1"])
def test_a_challenge_in_another_spelling_is_unreadable(change: Callable[[str], str]) -> None:
    with pytest.raises(ChallengeUnreadable):
        handshake.read(change(TEXT[30:]))


def test_proofs_of_one_challenge_do_not_fit_another() -> None:
    later = plain(SERVER.text(Challenge("0f" * 16, MADE_AT + timedelta(microseconds=1)), ADDRESS).partition("?c=")[2])
    assert FORGED == verdict(later[:-64] + DATA[-64:])


def test_both_sides_compute_the_same_six_digits() -> None:
    scanned = handshake.read(TEXT)
    phone = handshake.code(SECRET, scanned.nonce, scanned.scan.identity, scanned.scan.license)
    assert phone == SERVER.code(CHALLENGE)
    assert "785287" == phone


def test_the_six_digits_are_the_ocra_response_for_challenge_server_license_and_purpose() -> None:
    """RFC 6287 worked out by hand: suite, zero byte, question in 128 bytes, session in 64."""
    session = hashlib.sha256(f"{KEY.identity}\0lic-0123456789abcdef\0activate".encode()).hexdigest().encode()
    message = b"OCRA-1:HOTP-SHA256-6:QH32-S064\0" + bytes.fromhex("0f" * 16).ljust(128, b"\0") + session
    mac = hmac.digest(SECRET, message, "sha256")
    offset = mac[-1] & 15
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    assert f"{number % 1_000_000:06d}" == SERVER.code(CHALLENGE)


def test_a_code_is_six_ascii_digits_with_its_leading_zeros() -> None:
    codes = [SERVER.code(Challenge(f"{n:032x}", MADE_AT)) for n in range(300)]
    assert all(len(code) == 6 and code.isascii() and code.isdigit() for code in codes)
    assert any(code.startswith("0") for code in codes)
    assert 300 == len(set(codes))


def test_a_code_for_one_challenge_server_license_or_secret_does_not_open_another() -> None:
    same = handshake.code(SECRET, "0f" * 16, KEY.identity, "lic-0123456789abcdef")
    others = {
        handshake.code(SECRET, "0f" * 15 + "0e", KEY.identity, "lic-0123456789abcdef"),
        handshake.code(SECRET, "0f" * 16, OTHER.identity, "lic-0123456789abcdef"),
        handshake.code(SECRET, "0f" * 16, KEY.identity, "lic-0123456789abcdee"),
        handshake.code(OTHER_SECRET, "0f" * 16, KEY.identity, "lic-0123456789abcdef"),
    }
    assert 4 == len(others - {same})


def test_server_and_license_cannot_be_cut_apart_elsewhere() -> None:
    assert handshake.code(SECRET, "0f" * 16, "ab", "c") != handshake.code(SECRET, "0f" * 16, "a", "bc")


def test_the_secrets_are_not_in_the_text_and_not_in_its_pictures() -> None:
    said = TEXT + repr(handshake.read(TEXT)) + repr(SERVER) + DATA.hex()
    for secret in (SECRET, KEY.secret()):
        assert not any(spelling in said for spelling in (secret.hex(), written(secret), repr(secret), secret.decode()))
