"""Signed documents: JWS in compact form, EdDSA, one `typ` for each kind of document.

Only the canonical form is accepted: PyJWT by itself also takes padded segments and duplicate keys, and two texts for
one statement are one too many. Its claim checks are not used, for they ask the real clock.
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any, NoReturn

from jwt import PyJWS
from jwt.algorithms import Algorithm
from jwt.exceptions import PyJWTError

from fanlic.adapters.chosen import ed25519
from fanlic.adapters.codec import canonical
from fanlic.ports import Entropy


class DocumentRefused(ValueError):
    """A signed document that cannot be accepted; the text says why."""


def encode(data: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """The bytes of an `encode`d text; any other spelling of them is a ValueError."""
    data = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    if encode(data) != text:
        raise ValueError("not in canonical base64url form")
    return data


class SigningKey:
    """An Ed25519 key: the server's identity, or the desk's vendor key."""

    def __init__(self, secret: bytes) -> None:
        self._key = ed25519.Secret(secret)

    @classmethod
    def new(cls, entropy: Entropy) -> SigningKey:
        """A fresh key."""
        return cls(entropy.token(32))

    @cached_property
    def identity(self) -> str:
        """The public key as text."""
        return encode(self._key.public())

    def secret(self) -> bytes:
        """The private key's 32 bytes, for the key file only."""
        return self._key.private()

    def derived(self, purpose: bytes) -> bytes:
        """A secret of 32 bytes for this purpose, which says nothing about the key or about another purpose's."""
        return hmac.digest(self.secret(), purpose, "sha256")

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature of a message that carries its own purpose."""
        return self._key.sign(message)

    def document(self, typ: str, claims: Mapping[str, object]) -> str:
        """A signed document of this type."""
        signed = f"{_head(typ)}.{encode(canonical(dict(claims)))}"
        return f"{signed}.{encode(self.sign(signed.encode('ascii')))}"


@cache
def _head(typ: str) -> str:
    return encode(canonical({"alg": "EdDSA", "typ": typ}))


def signed_by(identity: str, message: bytes, signature: bytes) -> bool:
    """Whether the identity signed the message."""
    return ed25519.verify(decode(identity), message, signature)


def check_identity(identity: str) -> None:
    """Raise ValueError if the text is no identity."""
    ed25519.check(decode(identity))


class _EdDSA(Algorithm):
    """EdDSA for PyJWT, by whatever this Python has; PyJWT's own needs cryptography."""

    def prepare_key(self, key: bytes) -> bytes:
        return key

    def sign(self, msg: bytes, key: bytes) -> bytes:
        return ed25519.Secret(key).sign(msg)

    def verify(self, msg: bytes, key: bytes, sig: bytes) -> bool:
        return ed25519.verify(key, msg, sig)

    @staticmethod
    def to_jwk(key_obj: bytes, as_dict: bool = False) -> NoReturn:
        raise NotImplementedError

    @staticmethod
    def from_jwk(jwk: str | dict[str, Any]) -> NoReturn:
        raise NotImplementedError


@cache
def _jws() -> PyJWS:
    jws = PyJWS(algorithms=[])
    jws.register_algorithm("EdDSA", _EdDSA())
    return jws


def read(typ: str, document: str, identity: str) -> dict[str, Any]:
    """The claims of a document of this type signed by this identity; DocumentRefused otherwise."""
    _check_form(typ, document)
    try:
        payload = _jws().decode(document, decode(identity), algorithms=["EdDSA"])
    except (PyJWTError, ValueError) as problem:
        raise DocumentRefused("the signature does not fit") from problem  # threat: byte-flipped
    return _claims(payload)


def unverified(typ: str, document: str) -> dict[str, Any]:
    """The claims of a document whose signer is only named inside it; the caller verifies with `read` next."""
    _check_form(typ, document)
    return _claims(decode(document.split(".")[1]))


def _check_form(typ: str, document: str) -> None:
    parts = document.split(".")
    if len(parts) != 3:
        raise DocumentRefused("not a signed document")
    if parts[0] != _head(typ):
        raise DocumentRefused(f"not a document of the kind {typ}")
    try:
        for part in parts[1:]:
            decode(part)
    except ValueError as problem:
        raise DocumentRefused("not in canonical form") from problem


def _claims(payload: bytes) -> dict[str, Any]:
    try:
        claims = json.loads(payload)
        form = canonical(claims)
    except (ValueError, RecursionError) as problem:
        raise DocumentRefused("its content is not JSON") from problem
    if not isinstance(claims, dict):
        raise DocumentRefused("its content is not an object")
    if form != payload:
        raise DocumentRefused("not in canonical form")
    return claims
