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
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from jwt import PyJWS
from jwt.exceptions import PyJWTError

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
        self._key = Ed25519PrivateKey.from_private_bytes(secret)

    @classmethod
    def new(cls, entropy: Entropy) -> SigningKey:
        """A fresh key."""
        return cls(entropy.token(32))

    @cached_property
    def identity(self) -> str:
        """The public key as text."""
        return encode(self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    def secret(self) -> bytes:
        """The private key's 32 bytes, for the key file only."""
        return self._key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())

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
    from cryptography.exceptions import InvalidSignature

    try:
        public_key(identity).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def public_key(identity: str) -> Ed25519PublicKey:
    """The key behind an identity; ValueError where the text is none."""
    return Ed25519PublicKey.from_public_bytes(decode(identity))


def read(typ: str, document: str, identity: str) -> dict[str, Any]:
    """The claims of a document of this type signed by this identity; DocumentRefused otherwise."""
    _check_form(typ, document)
    try:
        payload = PyJWS().decode(document, public_key(identity), algorithms=["EdDSA"])
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
