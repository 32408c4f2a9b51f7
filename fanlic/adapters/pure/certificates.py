"""X.509 by ecdsa: self-signed certificates for P-256 keys, and no others, for a Python without cryptography."""

from __future__ import annotations

import re
import ssl
from base64 import b64decode
from datetime import UTC, datetime
from hashlib import sha1, sha256
from ipaddress import ip_address

from ecdsa import NIST256p, SigningKey, der
from ecdsa.util import sigencode_der

_ECDSA_WITH_SHA256 = (1, 2, 840, 10045, 4, 3, 2)
_COMMON_NAME, _ALTERNATIVE_NAMES, _CONSTRAINTS = (2, 5, 4, 3), (2, 5, 29, 17), (2, 5, 29, 19)
_DNS, _IP = 0x82, 0x87  # context-specific tags of a general name
_BLOCK = re.compile(rb"-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----")


def make(hosts: tuple[str, ...], begin: datetime, end: datetime, name: str) -> tuple[bytes, bytes]:
    """A self-signed certificate and its key, PEM, valid for these hosts."""
    key = SigningKey.generate(NIST256p)
    subject = _subject(name)
    alternatives = der.encode_sequence(*map(_general_name, hosts))
    constraints = der.encode_sequence(_tagged(0x01, b"\xff"), der.encode_integer(0))
    signature_kind = der.encode_sequence(der.encode_oid(*_ECDSA_WITH_SHA256))
    public = key.verifying_key.to_der()
    # Every key is fresh, so that its digest is as good a serial number as a random one.
    serial = int.from_bytes(sha1(public, usedforsecurity=False).digest()) >> 1
    body = der.encode_sequence(
        der.encode_constructed(0, der.encode_integer(2)),
        der.encode_integer(serial),
        signature_kind,
        subject,
        der.encode_sequence(_time(begin), _time(end)),
        subject,
        public,
        der.encode_constructed(
            3,
            der.encode_sequence(
                der.encode_sequence(der.encode_oid(*_ALTERNATIVE_NAMES), der.encode_octet_string(alternatives)),
                der.encode_sequence(
                    der.encode_oid(*_CONSTRAINTS), _tagged(0x01, b"\xff"), der.encode_octet_string(constraints)
                ),
            ),
        ),
    )
    signature = key.sign_deterministic(body, hashfunc=sha256, sigencode=sigencode_der)
    certificate = der.encode_sequence(body, signature_kind, der.encode_bitstring(signature, 0))
    return ssl.DER_cert_to_PEM_cert(certificate).encode("ascii"), bytes(key.to_pem())


def fits(certificate: bytes, key: bytes) -> bool:
    """Whether the key belongs to the first certificate of a chain; ValueError if one cannot be read."""
    public = _fields(certificate)[6]
    try:
        private = SigningKey.from_pem(key.decode("ascii"))
    except (der.UnexpectedDER, ValueError, IndexError) as problem:
        raise ValueError(f"not an EC key without a password: {problem}") from problem
    return public == bytes(private.verifying_key.to_der())


def hosts_of(certificate: bytes) -> tuple[str, ...]:
    """The hosts that the first certificate of a chain is valid for."""
    for field in _fields(certificate)[7:]:
        wanted = bytes(der.encode_oid(*_ALTERNATIVE_NAMES))
        for extension in _parts(_parts(field)[0]) if field[:1] == b"\xa3" else []:
            oid, *_critical, value = _parts(extension)
            if oid == wanted:
                return tuple(map(_host, _parts(_content(value))))
    return ()


def ends(certificate: bytes) -> datetime:
    """Until when the first certificate of a chain is valid."""
    last = _parts(_fields(certificate)[4])[1]
    text = _content(last).decode("ascii").removesuffix("Z")
    if last[:1] == b"\x17":  # two digits for the year: RFC 5280, 4.1.2.5.1
        text = ("19" if text >= "50" else "20") + text
    return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def is_named(certificate: bytes, name: str) -> bool:
    """Whether the first certificate of a chain is one that `make` gave this name."""
    return _fields(certificate)[5] == _subject(name)


def _fields(pem: bytes) -> list[bytes]:
    """The fields of the first certificate's body, each in its DER form; version 3 only."""
    blocks = [body for kind, body in _BLOCK.findall(pem) if kind == b"CERTIFICATE"]
    if not blocks:
        raise ValueError("no certificate in PEM form")
    whole = _parts(b64decode(blocks[0]))
    fields = _parts(whole[0]) if whole else []
    if len(fields) < 7:
        raise ValueError("not a certificate of version 3")
    return fields


def _parts(value: bytes) -> list[bytes]:
    """What a DER value contains, each part in its own DER form."""
    inner, parts = _content(value), []
    while inner:
        length, taken = _length(inner)
        parts.append(inner[: 1 + taken + length])
        inner = inner[1 + taken + length :]
    return parts


def _content(value: bytes) -> bytes:
    length, taken = _length(value)
    return value[1 + taken : 1 + taken + length]


def _length(value: bytes) -> tuple[int, int]:
    try:
        length, taken = der.read_length(value[1:])
    except (der.UnexpectedDER, IndexError) as problem:
        raise ValueError("not DER") from problem
    if 1 + taken + length > len(value):
        raise ValueError("not DER: cut short")
    return length, taken


def _host(name: bytes) -> str:
    if name[0] == _IP:
        return str(ip_address(_content(name)))
    return _content(name).decode("ascii")


def _general_name(host: str) -> bytes:
    try:
        return _tagged(_IP, ip_address(host).packed)
    except ValueError:
        return _tagged(_DNS, host.encode("ascii"))


def _time(at: datetime) -> bytes:
    at = at.astimezone(UTC)  # two digits for the year before 2050, four afterwards: RFC 5280, 4.1.2.5
    if at.year < 2050:
        return _tagged(0x17, at.strftime("%y%m%d%H%M%SZ").encode("ascii"))
    return _tagged(0x18, at.strftime("%Y%m%d%H%M%SZ").encode("ascii"))


def _subject(name: str) -> bytes:
    common_name = der.encode_sequence(der.encode_oid(*_COMMON_NAME), _tagged(0x0C, name.encode()))
    return bytes(der.encode_sequence(_tagged(0x31, common_name)))


def _tagged(tag: int, content: bytes) -> bytes:
    return bytes((tag,)) + bytes(der.encode_length(len(content))) + content
