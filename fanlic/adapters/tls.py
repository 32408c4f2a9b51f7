"""Certificates: the pair built into the image, and the check of the pair that is mapped in its place.

The page names no files, so the names are ours (A23): `server.crt` with the chain, `server.key` without a password. TLS
libraries judge dates by the real clock, so the built-in pair is valid around real time and takes its key from the
system, not from the lab's seed.
"""

from __future__ import annotations

import ssl
from datetime import datetime, timedelta
from pathlib import Path

from fanlic.adapters.chosen import certificates
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
    return certificates.make(hosts, now - timedelta(days=1), now + timedelta(days=days), name)


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
        belongs = certificates.fits(read_plain(certificate), read_plain(key))
    except OSError as problem:
        text = _("{file} in /app/tls cannot be read: {problem}.")
        raise PairUnusable(text.format(file=problem.filename, problem=problem.strerror)) from problem
    except (ValueError, TypeError) as problem:
        raise PairUnusable(
            _(
                "The pair in /app/tls cannot be read ({problem}). Both files are PEM, the key without a password."
            ).format(problem=str(problem).split(". ")[0])
        ) from problem
    if not belongs:
        raise PairUnusable(
            _(
                "{key} in /app/tls does not belong to {certificate}. Put the key there that the certificate was made "
                "for."
            ).format(key=KEY, certificate=CERTIFICATE)
        )
    return certificate, key


def names(certificate: Path) -> tuple[str, ...]:
    """The hosts a certificate is valid for."""
    return certificates.hosts_of(certificate.read_bytes())


def is_built_in(certificate: Path) -> bool:
    """Whether this is a pair that came with an image."""
    return certificates.is_named(certificate.read_bytes(), BUILT_IN_NAME)


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """The TLS settings of both servers: version 1.2 at least."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)  # clause: own-certificate
    return context
