"""Submitting and Authentication, the phone's side: what the business desk checks before it shows six digits.

The page says only that the phone shows six digits. Everything here is our reading. The desk checks in this order:
the text is a challenge, the license is known, the proofs of the challenge hold (the desk's service does these three);
then the license is not destroyed and not expired, the challenge is fresh, the license is bound to no other server, the
challenge was not used. The first approval binds the license to the server's identity.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from fanlic.model.policy import Policy
from fanlic.model.refusals import (
    ChallengeUsed,
    DestructionDenied,
    LicenseBoundElsewhere,
    LicenseDestroyed,
    LicenseExpired,
    NothingToUnbind,
    QrExpired,
    Refusal,
)


@dataclass(frozen=True)
class Issued:
    """One license that the desk has issued, and what became of it."""

    license: str
    expires: datetime
    bound_to: str | None = None
    address: str | None = None
    destroyed_at: datetime | None = None
    replaced_by: str | None = None
    asked_at: datetime | None = None  # a mail asked for the destruction, and nobody has confirmed it yet


@dataclass(frozen=True)
class Scan:
    """What a scanned challenge says, once its proofs hold."""

    license: str
    identity: str
    address: str
    made_at: datetime
    named: bool = True  # the server's certificate or its settings name the address


def may_approve(issued: Issued, scan: Scan, used: bool, now: datetime, policy: Policy) -> Refusal | None:
    """Why this scan cannot be approved, or None. `used`: the challenge was approved before."""
    if issued.destroyed_at is not None:
        return LicenseDestroyed(issued.license, issued.destroyed_at)
    if now >= issued.expires:
        return LicenseExpired(issued.expires)
    # A challenge from the future comes from a wrong clock. Without a limit on that side it would be valid for ever.
    if now - scan.made_at >= policy.qr_life or scan.made_at - now >= policy.clock_tolerance:
        return QrExpired()
    if issued.bound_to not in (None, scan.identity):  # clause: map-config
        return LicenseBoundElsewhere(issued.license, fingerprint(issued.bound_to or ""), fingerprint(scan.identity))
    return ChallengeUsed() if used else None


def approve(issued: Issued, scan: Scan) -> Issued:
    """Bind the license to the server of the approved scan, and note the address of that server."""
    return replace(issued, bound_to=scan.identity, address=scan.address)


def ask_destruction(issued: Issued, now: datetime) -> tuple[Issued, Refusal | None]:
    """A mail asks for the destruction. If no server holds the authorization, there is nothing to unbind (20000)."""
    if issued.bound_to is None or issued.destroyed_at is not None:  # clause: code-20000
        return issued, NothingToUnbind(issued.license)
    return replace(issued, asked_at=now), None


def destroy(issued: Issued, now: datetime) -> tuple[Issued, Refusal | None]:
    """Destroy the authorization that a mail has named and the customer has confirmed."""
    asked_for = issued.asked_at is not None  # threat: mail-sender
    if not asked_for or issued.destroyed_at is not None:  # clause: destroy
        return issued, NothingToUnbind(issued.license)
    return replace(issued, destroyed_at=now), None


def keep(issued: Issued) -> tuple[Issued, Refusal]:
    """The customer was asked back and denies the mail: the authorization stays in force."""
    return replace(issued, asked_at=None), DestructionDenied(issued.license)


def fingerprint(identity: str) -> str:
    """The first sixteen characters of a server identity, in fours, for people to compare."""
    return " ".join(identity[i : i + 4] for i in range(0, 16, 4)).strip()
