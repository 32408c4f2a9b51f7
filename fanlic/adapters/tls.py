"""Certificates: the pair built into the image, and the check of the pair that is mapped in its place.

The page names no files, so the names are ours (A23): `server.crt` with the chain, `server.key` without a password. TLS
libraries judge dates by the real clock, so the built-in pair is valid around real time and takes its key from the
system, not from the lab's seed.
"""

from __future__ import annotations

import ssl
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

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

from fanlic.adapters.files import read_plain
from fanlic.texts import _

CERTIFICATE, KEY = "server.crt", "server.key"
BUILT_IN_NAME = "fanlic built-in certificate (training)"


class PairUnusable(ValueError):
    """The certificate directory holds no usable pair; the text says why and what to do."""


def make_pair(
    hosts: tuple[str, ...], now: datetime, days: int = 3650, name: str = BUILT_IN_NAME
) -> tuple[bytes, bytes]:
    """A self-signed certificate and its key, PEM, valid for these hosts from a day before `now`."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([_general_name(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return certificate.public_bytes(Encoding.PEM), pem


def check_pair(folder: Path) -> tuple[Path, Path]:
    """The paths of a usable pair in the folder; raises PairUnusable."""
    certificate, key = folder / CERTIFICATE, folder / KEY
    missing = [path.name for path in (certificate, key) if not path.is_file()]
    if missing:  # clause: map-tls
        raise PairUnusable(
            _(
                "/app/tls is mapped but holds no {missing}. Put your certificate ({certificate}, PEM, with its chain) "
                "and its key ({key}, PEM, without a password) there, or remove the mapping to use the built-in pair."
            ).format(missing=_(" and no ").join(missing), certificate=CERTIFICATE, key=KEY)
        )
    try:
        leaf = x509.load_pem_x509_certificates(read_plain(certificate))[0]
        private = load_pem_private_key(read_plain(key), password=None)
    except OSError as problem:
        text = _("{file} in /app/tls cannot be read: {problem}.")
        raise PairUnusable(text.format(file=problem.filename, problem=problem.strerror)) from problem
    except (ValueError, TypeError) as problem:
        raise PairUnusable(
            _(
                "The pair in /app/tls cannot be read ({problem}). Both files are PEM, the key without a password."
            ).format(problem=str(problem).split(". ")[0])
        ) from problem
    spki = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if leaf.public_key().public_bytes(*spki) != private.public_key().public_bytes(*spki):
        raise PairUnusable(
            _(
                "{key} in /app/tls does not belong to {certificate}. Put the key there that the certificate was made "
                "for."
            ).format(key=KEY, certificate=CERTIFICATE)
        )
    return certificate, key


def names(certificate: Path) -> tuple[str, ...]:
    """The hosts a certificate is valid for."""
    leaf = x509.load_pem_x509_certificates(certificate.read_bytes())[0]
    try:
        found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(str(name.value) for name in found)


def is_built_in(certificate: Path) -> bool:
    """Whether this is a pair that came with an image."""
    leaf = x509.load_pem_x509_certificates(certificate.read_bytes())[0]
    return leaf.subject.rfc4514_string() == f"CN={BUILT_IN_NAME}"


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """The TLS settings of both servers: version 1.2 at least."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)  # clause: own-certificate
    return context


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
