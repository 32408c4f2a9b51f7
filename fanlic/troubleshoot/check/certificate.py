"""A certificate's names and dates, read from its bytes.

The standard library decodes certificates only after it has trusted them; the ones that matter here are those it does
not trust. So the few fields needed are read from DER (X.690) by hand. Nothing is verified here.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address

_SEQUENCE, _CONTEXT_0, _CONTEXT_3, _UTC_TIME, _OID, _OCTETS = 0x30, 0xA0, 0xA3, 0x17, 0x06, 0x04
_ALTERNATIVE_NAMES, _COMMON_NAME, _ORGANIZATION = b"\x55\x1d\x11", b"\x55\x04\x03", b"\x55\x04\x0a"
_DNS_NAME, _IP_ADDRESS = 0x82, 0x87
PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


@dataclass(frozen=True)
class Certificate:
    """What is read of one certificate; `names` are the alternative names, as text."""

    subject: str
    issuer: str
    begins: datetime
    ends: datetime
    names: tuple[str, ...]
    self_issued: bool

    def covers(self, host: str) -> bool:
        """Whether one of the alternative names is the host; a star stands for one label."""
        wanted = host.casefold().rstrip(".")
        return any(name.casefold() == wanted or _starred(name.casefold(), wanted) for name in self.names)


def _starred(name: str, host: str) -> bool:
    label, _dot, parent = host.partition(".")
    return name.startswith("*.") and bool(label) and name[2:] == parent and "." in parent


def from_pem(data: bytes) -> list[Certificate]:
    """Every certificate of a PEM file, in its order; raises ValueError if one is damaged."""
    return [decode(ssl.PEM_cert_to_DER_cert(found.decode("ascii").strip())) for found in PEM.findall(data)]


def decode(der: bytes) -> Certificate:
    """One certificate; raises ValueError if the bytes are none."""
    try:
        return _decode(der)
    except (IndexError, UnicodeDecodeError, StopIteration, OverflowError) as problem:
        raise ValueError("the certificate is damaged") from problem


def _decode(der: bytes) -> Certificate:
    outer = list(_items(der))
    fields = list(_items(next(iter(_items(outer[0][1])))[1]))
    if fields[0][0] == _CONTEXT_0:  # the version, left out in old certificates
        fields = fields[1:]
    issuer, validity, subject = fields[2][1], fields[3][1], fields[4][1]
    begins, ends = (_instant(tag, value) for tag, value in _items(validity))
    extensions = next((value for tag, value in fields[6:] if tag == _CONTEXT_3), b"")
    return Certificate(_name(subject), _name(issuer), begins, ends, tuple(_names(extensions)), subject == issuer)


def _items(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The values one after another: tag and contents."""
    at = 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(data[at : at + size], "big"), at + size
        if at + length > len(data):
            raise IndexError(at)
        yield tag, data[at : at + length]
        at += length


def _instant(tag: int, value: bytes) -> datetime:
    text = value.decode("ascii")
    if tag == _UTC_TIME:  # two digits of a year, 1950 to 2049 (RFC 5280)
        text = ("20" if int(text[:2]) < 50 else "19") + text
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _name(data: bytes) -> str:
    """The common name, or the organization if there is none."""
    found: dict[bytes, str] = {}
    for _set_tag, group in _items(data):
        for _pair_tag, pair in _items(group):
            (_oid_tag, oid), (text_tag, text) = list(_items(pair))[:2]
            found[oid] = text.decode("utf-16-be" if text_tag == 0x1E else "utf-8", errors="replace")
    return found.get(_COMMON_NAME) or found.get(_ORGANIZATION) or ""


def _names(extensions: bytes) -> Iterator[str]:
    for _outer_tag, listed in _items(extensions):
        for _one_tag, extension in _items(listed):
            parts = list(_items(extension))
            if parts[0] != (_OID, _ALTERNATIVE_NAMES):
                continue
            octets = next((value for tag, value in parts if tag == _OCTETS), b"")
            for _names_tag, names in _items(octets):
                for tag, value in _items(names):
                    if tag == _DNS_NAME:
                        yield value.decode("ascii", errors="replace")
                    elif tag == _IP_ADDRESS and len(value) in (4, 16):
                        yield str(ip_address(value))
