"""The one source of randomness: the system's, or for the lab one that repeats byte for byte from a seed."""

from __future__ import annotations

import hashlib
import secrets


class SystemEntropy:
    """The operating system's randomness; the strict profile takes nothing else."""

    def token(self, length: int) -> bytes:
        """`length` fresh bytes."""
        return secrets.token_bytes(length)


class SeededEntropy:
    """A stream of bytes that depends on the seed alone: for rehearsals, never for keys that matter."""

    def __init__(self, *seed: object) -> None:
        self._seed = "/".join(map(str, seed)).encode()
        self._count = 0

    def token(self, length: int) -> bytes:
        """The next `length` bytes of the stream."""
        self._count += 1
        return hashlib.shake_256(self._seed + self._count.to_bytes(8, "big")).digest(length)

    def part(self, name: object) -> SeededEntropy:
        """A stream of its own for one party, independent of how much the others draw."""
        return SeededEntropy(self._seed.decode(), name)
