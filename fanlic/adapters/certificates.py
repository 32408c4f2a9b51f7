"""X.509 by cryptography; `pure/certificates.py` has the same names for a Python without it."""

from __future__ import annotations

from datetime import datetime
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID


def make(hosts: tuple[str, ...], begin: datetime, end: datetime, name: str) -> tuple[bytes, bytes]:
    """A self-signed certificate and its key, PEM, valid for these hosts."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([_general_name(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return certificate.public_bytes(Encoding.PEM), pem


def fits(certificate: bytes, key: bytes) -> bool:
    """Whether the key belongs to the first certificate of a chain; ValueError or TypeError if one cannot be read."""
    leaf = x509.load_pem_x509_certificates(certificate)[0]
    private = load_pem_private_key(key, password=None)
    spki = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return leaf.public_key().public_bytes(*spki) == private.public_key().public_bytes(*spki)


def hosts_of(certificate: bytes) -> tuple[str, ...]:
    """The hosts that the first certificate of a chain is valid for."""
    leaf = x509.load_pem_x509_certificates(certificate)[0]
    try:
        found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(str(name.value) for name in found)


def ends(certificate: bytes) -> datetime:
    """Until when the first certificate of a chain is valid."""
    return x509.load_pem_x509_certificates(certificate)[0].not_valid_after_utc


def is_named(certificate: bytes, name: str) -> bool:
    """Whether the first certificate of a chain is one that `make` gave this name."""
    return x509.load_pem_x509_certificates(certificate)[0].subject.rfc4514_string() == f"CN={name}"


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
