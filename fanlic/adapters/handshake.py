"""The scan: what stands behind the QR code, and the six digits both sides compute from it.

The challenge is a fixed byte layout, about half as long as a JWS would be, so that a class can scan it from a
projector:

    version 1 | license, identity (32), nonce (32), time in microseconds (8), address | HMAC (32) | signature (64)

with a length byte before license and address. The HMAC is made under the license's secret, the signature by the
server's identity, each over its own purpose prefix. Whoever holds the image archive holds the secret and can compute
the code: six digits are a handshake at human speed; the signed license carries the trust.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from fanlic.adapters import ocra
from fanlic.adapters.signing import SigningKey, decode, encode, signed_by
from fanlic.model.activation import Challenge
from fanlic.model.approval import Scan
from fanlic.model.refusals import ChallengeForged, ChallengeUnreadable, Refusal
from fanlic.model.registration import License

SUITE = ocra.Suite.parse("OCRA-1:HOTP-SHA256-6:QH64-S064")
PATH = "/activate"
_VERSION = b"\x01"
_HMAC, _SIGNATURE = b"fanlic challenge hmac 1\0", b"fanlic challenge signature 1\0"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def code(secret: bytes, nonce: str, server: str, license_id: str) -> str:
    """The six digits for a challenge (OCRA, RFC 6287); the session binds them to server, license and purpose."""
    session = hashlib.sha256(f"{server}\0{license_id}\0activate".encode()).hexdigest()
    return ocra.compute(SUITE, secret, question=nonce, session=session.encode("ascii"))


class ServerHandshake:
    """The authorization server's half."""

    def __init__(self, identity: SigningKey, terms: License, secret: bytes) -> None:
        self._identity = identity
        self._terms = terms
        self._secret = secret

    def text(self, challenge: Challenge, address: str) -> str:
        """The address of the phone's page, with the challenge in it."""
        made_at = (challenge.made_at - _EPOCH) // timedelta(microseconds=1)
        body = b"".join(
            (
                _VERSION,
                _short(self._terms.license),
                decode(self._identity.identity),
                bytes.fromhex(challenge.nonce),
                made_at.to_bytes(8, "big"),
                _short(address),
            )
        )
        mac = hmac.digest(self._secret, _HMAC + body, "sha256")
        signature = self._identity.sign(_SIGNATURE + body + mac)
        return f"{self._terms.desk}{PATH}?c={encode(body + mac + signature)}"

    def code(self, challenge: Challenge) -> str:
        """The six digits that belong to the challenge."""
        return code(self._secret, challenge.nonce, self._identity.identity, self._terms.license)


@dataclass(frozen=True)
class SignedChallenge:
    """A challenge that was read but not yet proven."""

    scan: Scan
    nonce: str
    body: bytes
    mac: bytes
    signature: bytes

    def proven(self, secret: bytes) -> Refusal | None:
        """Why the proofs do not hold, or None."""
        if not hmac.compare_digest(self.mac, hmac.digest(secret, _HMAC + self.body, "sha256")):
            return ChallengeForged("it does not come from a holder of this license")
        if not signed_by(self.scan.identity, _SIGNATURE + self.body + self.mac, self.signature):
            return ChallengeForged("its signature is not the server's")
        return None


def read(text: str) -> SignedChallenge:
    """The challenge behind a scanned address (or its bare value); raises ChallengeUnreadable."""
    bare = text.strip()
    try:
        if "://" in bare:
            query = urlsplit(bare).query
            if not query.startswith("c="):
                raise ChallengeUnreadable("the address carries no challenge")
            bare = query[2:]
        data = decode(bare)
        body, mac, signature = data[:-96], data[-96:-64], data[-64:]
        return SignedChallenge(*_parse(body), body, mac, signature)
    except (ValueError, IndexError, UnicodeError, OverflowError) as problem:
        raise ChallengeUnreadable("it is not in the form of a challenge") from problem


def _parse(body: bytes) -> tuple[Scan, str]:
    if body[:1] != _VERSION:
        raise ValueError("unknown version")
    license_id, rest = _take(body[1:])
    identity, nonce, made_at, rest = rest[:32], rest[32:64], rest[64:72], rest[72:]
    address, rest = _take(rest)
    if len(nonce) != 32 or len(made_at) != 8 or rest:
        raise ValueError("wrong length")
    at = _EPOCH + timedelta(microseconds=int.from_bytes(made_at, "big"))
    return Scan(license_id, encode(identity), address, at), nonce.hex()


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
