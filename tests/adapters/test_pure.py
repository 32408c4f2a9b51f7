"""What stands in for cryptography and zxing-cpp in a browser agrees with them, and refuses what they refuse."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ecdsa.eddsa import PublicKey, generator_ed25519

from fanlic.adapters import certificates, ed25519, qr, qr_reader
from fanlic.adapters.pure import certificates as pure_certificates
from fanlic.adapters.pure import ed25519 as pure_ed25519
from fanlic.adapters.pure import qr_reader as pure_reader
from tests.adapters.test_tls import shown

PRIME, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
SECRETS = [hashlib.sha256(bytes((each,))).digest() for each in range(12)]
BEGIN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
HOSTS = ("lic.acme.example", "10.1.2.3", "::1")
# The eight points of small order, in every spelling that decodes to one; RFC 8032 allows the first spelling only.
SMALL = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]


# -- Ed25519


def test_both_make_the_same_keys_and_the_same_signatures_and_verify_each_others() -> None:
    for secret in SECRETS:
        full, pure = ed25519.Secret(secret), pure_ed25519.Secret(secret)
        message = hashlib.sha512(secret).digest()[: secret[0] % 60]
        assert (full.public(), full.private(), full.sign(message)) == (
            pure.public(),
            pure.private(),
            pure.sign(message),
        )
        assert pure_ed25519.verify(full.public(), message, full.sign(message))
        assert ed25519.verify(pure.public(), message, pure.sign(message))


def test_a_changed_message_signature_or_signer_is_refused_by_both() -> None:
    secret, other = ed25519.Secret(SECRETS[0]), ed25519.Secret(SECRETS[1])
    signature = secret.sign(b"seats: 3")
    tall = signature[:32] + (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")
    forged = [signature[:at] + bytes((signature[at] ^ 1 << at % 8,)) + signature[at + 1 :] for at in range(0, 64, 5)]
    for verify in (ed25519.verify, pure_ed25519.verify):
        assert verify(secret.public(), b"seats: 3", signature)
        assert not verify(secret.public(), b"seats: 4", signature)
        assert not verify(other.public(), b"seats: 3", signature)
        for wrong in (tall, signature[:-1], signature + b"\0", b"", bytes(64), *forged):
            assert not verify(secret.public(), b"seats: 3", wrong)


@pytest.mark.parametrize("spelling", SMALL)
def test_a_key_of_small_order_is_refused_for_a_signature_of_zeros_would_fit_any_message(spelling: str) -> None:
    public = bytes.fromhex(spelling)
    with pytest.raises(ValueError, match="not a public key"):
        pure_ed25519.check(public)
    for start in (public, bytes((1,)) + bytes(31), bytes(32)):
        assert not pure_ed25519.verify(public, b"any message", start + bytes(32))


def test_without_the_refusal_a_signature_of_zeros_would_fit() -> None:
    """ecdsa itself takes one, so that the refusal above is what stands between."""
    public = bytes.fromhex(SMALL[0])
    assert PublicKey(generator_ed25519, public).verify(b"any message", public + bytes(32))


def test_what_is_no_point_or_has_another_length_or_a_second_spelling_is_no_key() -> None:
    numbers = [bytes((each, *range(1, 31), 9)) for each in range(12)]
    refused = [public for public in numbers if is_refused(pure_ed25519.check, public)]
    assert 2 <= len(refused) <= 10  # about half of all numbers are the coordinate of no point
    for public in refused:  # cryptography decodes the point when it verifies
        assert [False, False] == [each.verify(public, b"", bytes(64)) for each in (ed25519, pure_ed25519)]
    for public in (b"", bytes(31), bytes(33)):
        for check in (ed25519.check, pure_ed25519.check):
            assert is_refused(check, public)
    assert is_refused(pure_ed25519.check, (PRIME + 3).to_bytes(32, "little"))


def is_refused(act: Callable[..., object], *arguments: bytes) -> bool:
    try:
        act(*arguments)
    except ValueError:
        return True
    return False


# -- certificates


@pytest.mark.parametrize("days", [3650, 3650 * 4])
def test_a_certificate_of_ours_is_read_alike_by_both_and_serves_a_real_handshake(tmp_path: Path, days: int) -> None:
    certificate, key = pure_certificates.make(HOSTS, BEGIN, BEGIN + timedelta(days=days), "training pair")
    for module in (certificates, pure_certificates):
        assert module.fits(certificate, key)
        assert HOSTS == module.hosts_of(certificate)
        assert certificates.ends(certificate) == module.ends(certificate)
        assert [True, False] == [module.is_named(certificate, name) for name in ("training pair", "training pai")]
    paths = tmp_path / "server.crt", tmp_path / "server.key"
    for path, data in zip(paths, (certificate, key), strict=True):
        path.write_bytes(data)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*paths)
    seen = shown(context, "lic.acme.example", paths[0])
    assert certificate.decode() == ssl.DER_cert_to_PEM_cert(seen)


def test_a_certificate_of_cryptography_is_read_alike_by_both() -> None:
    certificate, key = certificates.make(HOSTS, BEGIN, BEGIN + timedelta(days=9), "another pair")
    assert HOSTS == pure_certificates.hosts_of(certificate)
    assert pure_certificates.is_named(certificate, "another pair")
    assert not pure_certificates.is_named(certificate, "training pair")
    other_certificate, other_key = pure_certificates.make(("a",), BEGIN, BEGIN, "x")
    assert certificates.fits(certificate, key)
    for module in (certificates, pure_certificates):
        assert not module.fits(certificate, other_key)
    assert is_refused(pure_certificates.fits, other_certificate, b"")


@pytest.mark.parametrize(
    "broken",
    [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", b"\xff" * 40],
)
def test_what_is_no_certificate_or_no_key_is_a_value_error(broken: bytes) -> None:
    certificate, key = pure_certificates.make(("a",), BEGIN, BEGIN, "x")
    assert is_refused(pure_certificates.fits, broken, key)
    assert is_refused(pure_certificates.fits, certificate, broken)
    assert is_refused(pure_certificates.hosts_of, broken)


# -- QR codes


def test_both_read_the_same_from_the_same_pixels_whatever_kinds_of_text_are_mixed() -> None:
    for length in (1, 8, 60, 333, 1000):
        text = ("https://desk.example:8443/a#" + "3141592653589793238462643383279502884197" + "GR%3:/-" * length)[
            :length
        ]
        for raster in (qr.pixels(qr.svg(text, "x")), qr.pixels(qr.svg(text, "x"), 1)):
            assert [text] == pure_reader.texts(raster)
        assert [text] == qr_reader.texts(qr.pixels(qr.svg(text, "x")))


def test_a_picture_without_a_code_or_with_a_damaged_one_is_read_as_none() -> None:
    picture = qr.pixels(qr.svg("https://desk.example/a#nonce", "x"))
    height, width = picture.shape or (0, 0)
    flat = bytearray(picture.tobytes())
    middle = height // 2 * width + width // 2
    for x in range(6 * 4):  # a scratch of six modules: what zxing-cpp would correct is refused, never misread
        for y in range(4):
            at = middle + y * width + x
            flat[at] ^= 0xFF
    scratched = memoryview(bytes(flat)).cast("B", (height, width))
    for raster in (scratched, *(memoryview(bytes((gray,)) * 900).cast("B", (30, 30)) for gray in (0, 127, 255))):
        assert [] == pure_reader.texts(raster)
