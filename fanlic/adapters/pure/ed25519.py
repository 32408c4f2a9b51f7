"""Ed25519 by ecdsa, for a Python without cryptography.

The signatures are the same, byte for byte. It is slow (7 ms to verify in a browser) and its time depends on the key, so
that it is for training only.
"""

from __future__ import annotations

from ecdsa.eddsa import PrivateKey, PublicKey, generator_ed25519
from ecdsa.ellipticcurve import INFINITY
from ecdsa.errors import MalformedPointError

_PRIME = 2**255 - 19
_COFACTOR = 8
_LENGTH = 32


class Secret:
    """A private key."""

    def __init__(self, secret: bytes) -> None:
        self._key = PrivateKey(generator_ed25519, bytes(secret))

    def public(self) -> bytes:
        """The public key's 32 bytes."""
        return bytes(self._key.public_key().public_key())

    def private(self) -> bytes:
        """The private key's 32 bytes."""
        return bytes(self._key.private_key)

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature."""
        return bytes(self._key.sign(message))


def check(public: bytes) -> None:
    """Raise ValueError if these bytes are no public key, or one of small order."""
    _key(public)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the owner of the public key signed the message; ValueError if the key has another length."""
    if len(public) != _LENGTH:
        raise ValueError("not a public key: its length is wrong")
    try:
        return bool(_key(public).verify(message, signature))
    except (ValueError, MalformedPointError):
        return False


def _key(public: bytes) -> PublicKey:
    # ecdsa reduces a coordinate that is too large, so that one key would have two spellings.
    if int.from_bytes(public, "little") % 2**255 >= _PRIME:
        raise ValueError("not a public key: a coordinate is too large")
    try:
        key = PublicKey(generator_ed25519, bytes(public))
    except MalformedPointError as problem:
        raise ValueError(f"not a public key: {problem}") from problem
    # A key of small order has signatures that fit every message: ecdsa takes a signature of zeros for one.
    if key.public_point() * _COFACTOR == INFINITY:
        raise ValueError("not a public key: its order is small")
    return key
