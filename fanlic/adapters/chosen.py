"""What this Python signs, certifies and scans with: cryptography and zxing-cpp, or in a browser our own.

This is the one place that chooses. A module of `pure/` has the names of the module that it stands in for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanlic.here import IN_BROWSER

if TYPE_CHECKING or not IN_BROWSER:
    from fanlic.adapters import certificates, ed25519, qr_reader
else:
    from fanlic.adapters.pure import certificates, ed25519, qr_reader

__all__ = ["certificates", "ed25519", "qr_reader"]
