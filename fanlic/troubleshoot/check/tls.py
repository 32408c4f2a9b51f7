"""The directory meant for /app/tls: a certificate for the address, the key that belongs to it, and dates that hold.

The page names no files, so every file of the directory is looked at.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from fanlic.model.clauses import Clause
from fanlic.texts import _, instant
from fanlic.troubleshoot.check.certificate import Certificate, from_pem
from fanlic.troubleshoot.findings import Finding, Unreadable, error, info, warning

SOON = timedelta(days=30)
MAX_BYTES = 1_000_000
_KEY = re.compile(rb"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----")
_LOCKED = re.compile(rb"-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED")
_REQUEST = re.compile(rb"-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----")


@dataclass
class Folder:
    """What the files of a directory hold."""

    certificates: dict[Path, list[Certificate]] = field(default_factory=dict)
    keys: list[Path] = field(default_factory=list)
    locked: bool = False
    findings: list[Finding] = field(default_factory=list)


def judge(folder: Path, address: str, now: datetime) -> list[Finding]:
    """Every finding about the directory; raises Unreadable if it is none or the address is not https."""
    host = _host(address)
    read = _read(folder)
    findings = [*read.findings, *_missing(read)]
    pairs = _pairs(read)
    if read.certificates and read.keys:
        findings += _pair_findings(read, pairs)
    for path, _key in pairs or [(path, path) for path in read.certificates]:
        findings += _certificate(read.certificates[path], host, path.name, now)
    return findings


def _host(address: str) -> str:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as problem:
        raise Unreadable(_("{address} is no address: {problem}").format(address=address, problem=problem)) from problem
    if parts.scheme != "https" or not parts.hostname or port == 0:
        raise Unreadable(
            _("--address wants https://HOST:PORT, as it is entered in the project, not {given}").format(given=address)
        )
    return parts.hostname


def _read(folder: Path) -> Folder:
    read = Folder()
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file())
        contents = {path: path.read_bytes() for path in files if path.stat().st_size <= MAX_BYTES}
    except OSError as problem:
        raise Unreadable(_("{folder} cannot be read: {problem}").format(folder=folder, problem=problem)) from problem
    for path, data in contents.items():
        _sort(read, path, data)
    return read


def _sort(read: Folder, path: Path, data: bytes) -> None:
    try:
        if certificates := from_pem(data):
            read.certificates[path] = certificates
    except ValueError as problem:
        read.findings.append(
            error(
                _("{file}: {problem}.").format(file=path.name, problem=problem),
                clause=Clause.MAP_TLS,
                on="network-itself",
            )
        )
    if _LOCKED.search(data):
        read.locked = True
        read.findings.append(
            error(
                _("{file}: the key has a password, and nobody is there to type it when the server starts.").format(
                    file=path.name
                ),
                f"openssl pkey -in {path.name} -out {path.stem}-open.key",
                Clause.MAP_TLS,
                "network-itself",
            )
        )
    elif _KEY.search(data):
        read.keys.append(path)
    if _REQUEST.search(data):
        read.findings.append(_not_yet(path))
    elif path.suffix.lower() in (".pfx", ".p12", ".jks", ".der") or data[:2] == b"\x30\x82":
        read.findings.append(_other_format(path))


def _not_yet(path: Path) -> Finding:
    return error(
        _("{file} is a request for a certificate, not a certificate.").format(file=path.name),
        _("Send it to the certificate authority and put the certificate that comes back here."),
        Clause.MAP_TLS,
        "network-itself",
    )


def _other_format(path: Path) -> Finding:
    name = path.name
    convert = f"openssl x509 -inform DER -in {name} -out {path.stem}.pem"
    if path.suffix.lower() in (".pfx", ".p12", ".jks"):
        convert = f"openssl pkcs12 -in {name} -nodes -out {path.stem}.pem"
    return warning(
        _("{file} is not PEM and was not judged; which formats the server reads is not documented.").format(file=name),
        convert,
        Clause.MAP_TLS,
        "network-itself",
    )


def _missing(read: Folder) -> Iterator[Finding]:
    if not read.certificates:
        yield error(
            _("There is no certificate (PEM) in the directory: mapped to /app/tls it keeps the server from starting."),
            _("Put the certificate for the server's address there, followed by its chain; or leave /app/tls unmapped."),
            Clause.MAP_TLS,
        )
    if not read.keys and not read.locked:
        yield error(
            _("There is no private key (PEM) in the directory; a server cannot use a certificate without it."),
            _("Put the key there that the certificate was requested with; or leave /app/tls unmapped."),
            Clause.MAP_TLS,
            "network-itself",
        )
    yield info(
        _("FanRuan's page does not name the files. Compare with the built-in directory before you map your own."),
        "docker cp CONTAINER:/app/tls ./tls-built-in",
        Clause.MAP_TLS,
    )


def _pairs(read: Folder) -> list[tuple[Path, Path]]:
    """The certificate files and keys that belong together, judged by the TLS library itself."""
    return [(path, key) for path in read.certificates for key in read.keys if not _refusal(path, key)]


def _refusal(certificate: Path, key: Path) -> str:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=lambda: "")
    except (ssl.SSLError, OSError, ValueError) as problem:
        return getattr(problem, "reason", None) or str(problem)
    return ""


def _pair_findings(read: Folder, pairs: list[tuple[Path, Path]]) -> Iterator[Finding]:
    if pairs:
        return
    refusals = sorted({_refusal(path, key) for path in read.certificates for key in read.keys})
    leaf = next(iter(read.certificates))
    if refusals == ["KEY_VALUES_MISMATCH"]:
        message = _("No key here belongs to the first certificate of a file ({file}).").format(file=leaf.name)
    else:
        message = _("The pair cannot be used: {problem}.").format(problem=", ".join(refusals))
    yield error(
        message,
        _(
            "Put the key there that the certificate was requested with. In a file with several, the server's "
            "own stands first."
        ),
        Clause.MAP_TLS,
        "network-itself",
    )


def _certificate(chain: list[Certificate], host: str, name: str, now: datetime) -> Iterator[Finding]:
    leaf = chain[0]
    yield from dates(leaf, now, name)
    if not leaf.covers(host):
        names = ", ".join(leaf.names) or _("none")
        yield error(
            _("{file} is not valid for {host}; its alternative names: {names}.").format(
                file=name, host=host, names=names
            ),
            _("Request a certificate with {host} as subject alternative name ({kind}).").format(
                host=host, kind=_kind(host)
            ),
            Clause.OWN_CERTIFICATE,
        )
    if leaf.self_issued:
        yield warning(
            _(
                "{file} is signed by itself: browsers warn, and a client that checks refuses it until it trusts it."
            ).format(file=name),
            _(
                "Use a certificate of an authority that browsers and the project's Java trust, or add it to "
                "their stores."
            ),
            Clause.OWN_CERTIFICATE,
            "network-itself",
        )
    elif len(chain) == 1:
        yield info(
            _(
                "{file} holds no chain. If {issuer} is an intermediate authority, its certificate follows in "
                "the same file."
            ).format(file=name, issuer=leaf.issuer)
        )


def _kind(host: str) -> str:
    return _("as an IP address") if re.fullmatch(r"[\d.]+|.*:.*", host) else _("as a DNS name")


def dates(leaf: Certificate, now: datetime, name: str) -> Iterator[Finding]:
    """Whether the certificate is valid now; half-open at neither end (RFC 5280 counts both)."""
    if now > leaf.ends:
        message, fix = _("{name} expired at {at}."), _("Get a new certificate.")
    elif now < leaf.begins:
        message, fix = (
            _("{name} is not valid before {at}."),
            _("Check this machine's clock; else wait, or get another."),
        )
    elif leaf.ends - now < SOON:
        yield warning(
            _("{name} expires at {at}.").format(name=name, at=instant(leaf.ends)), _("Get a new certificate in time.")
        )
        return
    else:
        return
    yield error(message.format(name=name, at=instant(leaf.ends if now > leaf.ends else leaf.begins)), fix)
