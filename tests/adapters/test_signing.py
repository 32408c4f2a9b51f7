"""Signed documents: one text for one statement, and whatever else arrives is refused with DocumentRefused."""

import hashlib
import hmac
import json
import traceback
from base64 import urlsafe_b64encode
from itertools import permutations

import pytest

from fanlic.adapters import signing
from fanlic.adapters.entropy import SeededEntropy
from fanlic.adapters.signing import DocumentRefused, SigningKey, encode, read, signed_by, unverified
from fanlic.ports import LEASE, LICENSE, PRIVATE_CONFIG, RELEASE

KINDS = [LICENSE, LEASE, RELEASE, PRIVATE_CONFIG]
KEY, OTHER = SigningKey(bytes(range(32))), SigningKey(bytes(range(1, 33)))
CLAIMS = {"node": "n1", "seats": 2, "company": "Größe 帆软", "networks": ["10.0.0.0/8"]}
PAYLOAD = '{"company":"Größe 帆软","networks":["10.0.0.0/8"],"node":"n1","seats":2}'.encode()
HEADER = b'{"alg":"EdDSA","typ":"lease+jws"}'
DOCUMENT = KEY.document(LEASE, CLAIMS)


def signed(header: bytes = HEADER, payload: bytes = PAYLOAD) -> str:
    """A document whose signature is the key's own, whatever its content."""
    message = f"{encode(header)}.{encode(payload)}"
    return f"{message}.{encode(KEY.sign(message.encode()))}"


def refused(document: str, typ: str = LEASE, identity: str = KEY.identity) -> str:
    """The text with which the document is refused."""
    with pytest.raises(DocumentRefused) as problem:
        read(typ, document, identity)
    return str(problem.value)


def test_a_document_is_read_by_whoever_knows_its_kind_and_its_signer() -> None:
    assert CLAIMS == read(LEASE, DOCUMENT, KEY.identity)


def test_a_document_is_three_segments_and_the_same_for_the_same_statement() -> None:
    assert signed() == DOCUMENT == KEY.document(LEASE, dict(reversed(CLAIMS.items())))
    assert "eyJhbGciOiJFZERTQSIsInR5cCI6ImxlYXNlK2p3cyJ9" == DOCUMENT.split(".")[0]


def test_an_identity_is_the_public_key_of_rfc_8032() -> None:
    """Section 7.1, test 1."""
    key = SigningKey(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    assert encode(public) == key.identity
    assert "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155" == key.sign(b"")[:32].hex()


def test_a_new_key_comes_from_the_entropy_it_is_given() -> None:
    one, same = (SigningKey.new(SeededEntropy(1)) for _ in range(2))
    assert (one.identity, 32) == (same.identity, len(one.secret()))
    assert one.identity != SigningKey.new(SeededEntropy(2)).identity


# -- nothing else is accepted


def test_every_flipped_bit_of_a_document_is_refused() -> None:
    for at in range(len(DOCUMENT)):
        for bit in range(8):
            refused(DOCUMENT[:at] + chr(ord(DOCUMENT[at]) ^ 1 << bit) + DOCUMENT[at + 1 :])


def test_a_document_cut_short_anywhere_is_refused() -> None:
    for length in range(len(DOCUMENT)):
        refused(DOCUMENT[:length])


@pytest.mark.parametrize(("made", "asked"), list(permutations(KINDS, 2)))
def test_no_kind_of_document_verifies_as_another(made: str, asked: str) -> None:
    document = KEY.document(made, CLAIMS)
    assert CLAIMS == read(made, document, KEY.identity)
    assert f"not a document of the kind {asked}" == refused(document, asked)


def test_a_document_of_another_signer_is_refused() -> None:
    assert "the signature does not fit" == refused(OTHER.document(LEASE, CLAIMS))


def test_a_signature_moved_from_another_document_is_refused() -> None:
    body, signature = DOCUMENT.rsplit(".", 1)[0], KEY.document(LEASE, CLAIMS | {"node": "n2"}).rsplit(".", 1)[1]
    assert "the signature does not fit" == refused(f"{body}.{signature}")


def test_other_algorithms_are_refused_even_where_their_signature_fits() -> None:
    for alg, key in (("none", b""), ("HS256", KEY.identity.encode()), ("HS256", signing.decode(KEY.identity))):
        message = f"{encode(json.dumps({'alg': alg, 'typ': LEASE}, separators=(',', ':')).encode())}.{encode(PAYLOAD)}"
        mac = encode(hmac.new(key, message.encode(), hashlib.sha256).digest()) if key else ""
        assert "not a document of the kind lease+jws" == refused(f"{message}.{mac}")


@pytest.mark.parametrize(
    "header",
    [
        b'{"typ":"lease+jws","alg":"EdDSA"}',
        b'{"alg": "EdDSA", "typ": "lease+jws"}',
        b'{"alg":"EdDSA","kid":"1","typ":"lease+jws"}',
        b'{"alg":"EdDSA","b64":false,"crit":["b64"],"typ":"lease+jws"}',
        b'{"alg":"EdDSA","alg":"EdDSA","typ":"lease+jws"}',
        b'{"alg":"EdDSA","typ":"LEASE+JWS"}',
        b'{"alg":"EdDSA"}',
        b'{"alg":"eddsa","typ":"lease+jws"}',
        b"{}",
        b"",
        b"\xff",
    ],
)
def test_another_header_is_refused_though_properly_signed(header: bytes) -> None:
    assert "not a document of the kind lease+jws" == refused(signed(header))


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        (b'{"b":1,"a":2}', "not in canonical form"),
        (b'{"a":1,"a":1}', "not in canonical form"),
        (b'{"a":1,"a":2}', "not in canonical form"),
        (b'{"a": 1}', "not in canonical form"),
        (b'{"a":1} ', "not in canonical form"),
        (b'\n{"a":1}', "not in canonical form"),
        (b'{"a":"\\u0041"}', "not in canonical form"),
        (b'{"a":1.0e0}', "not in canonical form"),
        ('{"a":1}'.encode("utf-16"), "not in canonical form"),
        (b'{"a":1}{"b":2}', "its content is not JSON"),
        (b'{"a":1}\x00', "its content is not JSON"),
        (b'{"a":NaN}', "its content is not JSON"),
        (b'{"a":Infinity}', "its content is not JSON"),
        (b'{"a":1e999}', "its content is not JSON"),
        (b'{"a":"\\ud800"}', "its content is not JSON"),
        (b'{"a":' + b"9" * 5000 + b"}", "its content is not JSON"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "its content is not JSON"),
        (b"\xff", "its content is not JSON"),
        (b"", "its content is not JSON"),
        (b"[]", "its content is not an object"),
        (b"null", "its content is not an object"),
        (b'"{}"', "its content is not an object"),
    ],
    ids=lambda value: value[:20] if isinstance(value, bytes) else None,
)
def test_another_content_is_refused_though_properly_signed(payload: bytes, problem: str) -> None:
    assert problem == refused(signed(payload=payload))


HEAD, BODY, SIGNATURE = DOCUMENT.split(".")


@pytest.mark.parametrize(
    "document",
    [
        "",
        ".",
        "..",
        "...",
        f"{DOCUMENT}.",
        f".{DOCUMENT}",
        f"{DOCUMENT}.{SIGNATURE}",
        f"{HEAD}.{BODY}",
        f"{HEAD}.{BODY}.",
        f"{HEAD}..{SIGNATURE}",
        f" {DOCUMENT}",
        f"{DOCUMENT} ",
        f"{DOCUMENT}\n",
        f"{HEAD}.{BODY}.{SIGNATURE}==",
        f"{HEAD}.{BODY}=.{SIGNATURE}",
        f"{HEAD}=.{BODY}.{SIGNATURE}",
        f"{HEAD}.{BODY}.{SIGNATURE[:40]}\n{SIGNATURE[40:]}",
        f"{HEAD}.{BODY}.{SIGNATURE}{SIGNATURE}",
        f"{HEAD}.{BODY}.{urlsafe_b64encode(b'x' * 63).decode()}",
        "\udcff.é.\x00",
        f"{HEAD}.é.{SIGNATURE}",
        json.dumps({"payload": BODY, "protected": HEAD, "signature": SIGNATURE}),
    ],
)
def test_another_form_is_refused(document: str) -> None:
    refused(document)


def test_a_signature_in_another_spelling_of_the_same_bytes_is_refused() -> None:
    """The last character of 64 bytes carries two bits only: four spellings each, of which one is canonical."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(DOCUMENT[-1])
    for spelling in alphabet[last + 1 : last + 16]:
        assert "not in canonical form" == refused(DOCUMENT[:-1] + spelling)


@pytest.mark.parametrize(
    "identity", ["", "x", "é", f"{KEY.identity}=", KEY.identity[:-1], KEY.identity[:-2], OTHER.identity]
)
def test_what_is_no_identity_has_signed_nothing(identity: str) -> None:
    assert "the signature does not fit" == refused(DOCUMENT, identity=identity)


@pytest.mark.parametrize("text", ["AB", "AA==", "AA=", "A A", "AA\n", "A", "A+", "A/", "é", "AA.AA"])
def test_base64_in_any_but_the_canonical_spelling_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"not in canonical|ascii|base64|padding"):
        signing.decode(text)


def test_every_byte_string_has_one_spelling() -> None:
    assert ["", "AA", "_-8", "AAAA"] == [encode(data) for data in (b"", b"\0", b"\xff\xef", b"\0\0\0")]
    assert [b"", b"\0", b"\xff\xef", b"\0\0\0"] == [signing.decode(text) for text in ("", "AA", "_-8", "AAAA")]


# -- the statement that names its own signer


def test_claims_can_be_read_before_the_signer_is_known_but_in_the_same_form_only() -> None:
    document = OTHER.document(PRIVATE_CONFIG, {"identity": OTHER.identity})
    claims = unverified(PRIVATE_CONFIG, document)
    assert {"identity": OTHER.identity} == claims == read(PRIVATE_CONFIG, document, claims["identity"])
    for wrong in (
        signed(),
        signed(b"{}"),
        f"{document}==",
        signed(b'{"alg":"EdDSA","typ":"private-config+jws"}', b'{"a": 1}'),
    ):
        with pytest.raises(DocumentRefused):
            unverified(PRIVATE_CONFIG, wrong)


def test_bare_signatures_tell_signer_and_message_apart() -> None:
    signature = KEY.sign(b"message")
    assert signed_by(KEY.identity, b"message", signature)
    assert not signed_by(OTHER.identity, b"message", signature)
    assert not signed_by(KEY.identity, b"massage", signature)
    assert not signed_by(KEY.identity, b"message", signature[:-1])
    assert not signed_by(KEY.identity, b"message", b"")


def test_the_secret_is_in_no_error_and_in_no_picture_of_the_key() -> None:
    said = repr(KEY) + str(KEY) + DOCUMENT
    for document in (OTHER.document(LEASE, CLAIMS), "", signed(payload=b"["), signed(b"{}"), f"{DOCUMENT}="):
        with pytest.raises(DocumentRefused) as problem:
            read(LEASE, document, KEY.identity)
        said += "".join(traceback.format_exception(problem.value))
    with pytest.raises(ValueError, match="32") as short:
        SigningKey(KEY.secret()[:31])
    said += "".join(traceback.format_exception(short.value))
    for spelling in (KEY.secret().hex(), encode(KEY.secret()), repr(KEY.secret()), encode(KEY.secret())[:20]):
        assert spelling not in said
