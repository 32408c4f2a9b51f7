"""The scan: what stands behind the QR code, and the six digits both sides compute from it.

The challenge is a fixed byte layout, about a third as long as a JWS would be, so that a class can scan it from a
projector:

    version | license, identity (32), nonce (16), time in microseconds (7), address | signature (64)

with a length byte before license and address; `https://` is left out of the address. The version is 2, or 3 if neither
the server's certificate nor its settings name the host of the address, so that the phone can say so. The signature is
made by the server's identity over the body and an HMAC of the body under the license's secret. The HMAC itself is not
in the QR code: the desk has the secret and computes it. So one proof says both, that the server holds this license and
that it is the one it names. Whoever holds the image archive holds the secret and can compute the code: six digits are a
handshake at human speed; the signed license carries the trust.

The bytes are written in Base32, which a QR code stores in 5.5 bits a character (8 for the letters of Base64).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from fanlic.adapters import ocra
from fanlic.adapters.signing import SigningKey, decode, encode, signed_by
from fanlic.model.activation import Challenge
from fanlic.model.approval import Scan
from fanlic.model.refusals import N_, ChallengeForged, ChallengeUnreadable, Refusal
from fanlic.model.registration import License

SUITE = ocra.Suite.parse("OCRA-1:HOTP-SHA256-6:QH32-S064")
PATH = "/a"
_NAMED, _UNNAMED = b"\x02", b"\x03"
_HMAC, _SIGNATURE = b"fanlic challenge hmac 2\0", b"fanlic challenge signature 2\0"
_PREFIX = "https://"  # left out of the address, for nearly every one begins with it
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def code(secret: bytes, nonce: str, server: str, license_id: str) -> str:
    """The six digits for a challenge (OCRA, RFC 6287); the session binds them to server, license and purpose."""
    session = hashlib.sha256(f"{server}\0{license_id}\0activate".encode()).hexdigest()
    return ocra.compute(SUITE, secret, question=nonce, session=session.encode("ascii"))


class ServerHandshake:
    """The authorization server's half. `names`: whether its certificate or its settings name this host."""

    def __init__(
        self, identity: SigningKey, terms: License, secret: bytes, names: Callable[[str], bool] = lambda _host: True
    ) -> None:
        self._names = names
        self._identity = identity
        self._terms = terms
        self._secret = secret

    def text(self, challenge: Challenge, address: str) -> str:
        """The address of the phone's page, with the challenge in it."""
        made_at = (challenge.made_at - _EPOCH) // timedelta(microseconds=1)
        body = b"".join(
            (
                _NAMED if self._names(urlsplit(address).hostname or "") else _UNNAMED,
                _short(self._terms.license),
                decode(self._identity.identity),
                bytes.fromhex(challenge.nonce),
                made_at.to_bytes(7, "big"),
                _short(address.removeprefix(_PREFIX)),
            )
        )
        signature = self._identity.sign(_proven_text(self._secret, body))
        return f"{self._terms.desk}{PATH}?c={_written(body + signature)}"

    def code(self, challenge: Challenge) -> str:
        """The six digits that belong to the challenge."""
        return code(self._secret, challenge.nonce, self._identity.identity, self._terms.license)


@dataclass(frozen=True)
class SignedChallenge:
    """A challenge that was read but not yet proven."""

    scan: Scan
    nonce: str
    body: bytes
    signature: bytes

    def proven(self, secret: bytes) -> Refusal | None:
        """Why the proofs do not hold, or None."""
        if not signed_by(self.scan.identity, _proven_text(secret, self.body), self.signature):
            return ChallengeForged(N_("its proof fits another server, another license, or another text"))
        return None


def read(text: str) -> SignedChallenge:
    """The challenge behind a scanned address (or its bare value); raises ChallengeUnreadable."""
    bare = text.strip()
    try:
        if "://" in bare:
            query = urlsplit(bare).query
            if not query.startswith("c="):
                raise ChallengeUnreadable(N_("the address carries no challenge"))
            bare = query[2:]
        data = _bytes(bare)
        body, signature = data[:-64], data[-64:]
        return SignedChallenge(*_parse(body), body, signature)
    except (ValueError, IndexError, UnicodeError, OverflowError) as problem:
        raise ChallengeUnreadable(N_("it is not in the form of a challenge")) from problem


def _parse(body: bytes) -> tuple[Scan, str]:
    if body[:1] not in (_NAMED, _UNNAMED):
        raise ValueError("unknown version")
    license_id, rest = _take(body[1:])
    identity, nonce, made_at, rest = rest[:32], rest[32:48], rest[48:55], rest[55:]
    address, rest = _take(rest)
    if len(nonce) != 16 or len(made_at) != 7 or rest:
        raise ValueError("wrong length")
    at = _EPOCH + timedelta(microseconds=int.from_bytes(made_at, "big"))
    whole = address if "://" in address else _PREFIX + address
    return Scan(license_id, encode(identity), whole, at, body[:1] == _NAMED), nonce.hex()


def _proven_text(secret: bytes, body: bytes) -> bytes:
    """What the signature is made over."""
    return _SIGNATURE + body + hmac.digest(secret, _HMAC + body, "sha256")


def _written(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    """The bytes behind the text; one text only stands for the same bytes, as everywhere where something is signed."""
    data = base64.b32decode(text + "=" * (-len(text) % 8))
    if _written(data) != text:
        raise ValueError("not in canonical form")
    return data


def _short(text: str) -> bytes:
    data = text.encode()
    return bytes([len(data)]) + data


def _take(data: bytes) -> tuple[str, bytes]:
    end = 1 + data[0]
    if len(data) < end:
        raise ValueError("cut short")
    return data[1:end].decode(), data[end:]


class DeskHandshake:
    """The desk's half: implements the PhoneHandshake port."""

    def read(self, text: str) -> SignedChallenge:
        """The challenge behind a scanned text; raises ChallengeUnreadable."""
        return read(text)

    def code(self, secret: bytes, nonce: str, server: str, license_id: str) -> str:
        """The six digits for a challenge."""
        return code(secret, nonce, server, license_id)
