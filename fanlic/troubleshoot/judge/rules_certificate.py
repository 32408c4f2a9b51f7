"""Rules about the server's HTTPS certificate."""

from __future__ import annotations

from datetime import datetime

from fanlic.model.clauses import Clause
from fanlic.model.refusals import N_, Who
from fanlic.troubleshoot.judge.diagnosis import READING, Diagnosis, Grade, symptoms, symptoms_of
from fanlic.troubleshoot.judge.facts import Evidence


def covered(host: str, names: set[str]) -> bool:
    """Whether one of the certificate's names is the host; a wildcard stands for one label."""
    host = host.lower().strip("[]")
    return any(name == host or (name.startswith("*.") and host.partition(".")[2] == name[2:]) for name in names)


def certificate_name(e: Evidence) -> Diagnosis | None:
    """The certificate is for other names than the address."""
    said = [*symptoms_of(e, "name"), *symptoms(e, "certificate-refused")]
    untrusted = [*symptoms_of(e, "untrusted"), *symptoms(e, "ssl-handshake")]
    names = {str(fact.value) for fact in e.of("certificate-name") or e.of("certificate-subject")}
    hosts = {fact.detail.split("://")[-1] for fact in e.of("saved-port") or e.of("browser-port")}
    wrong = bool(names) and bool(hosts) and not all(covered(host, names) for host in hosts)
    if not said and not wrong:
        return None
    return Diagnosis(
        "certificate-name",
        N_(
            "The server's certificate does not name the address that is used; the built-in one names localhost and "
            "127.0.0.1 only."
        ),
        Grade.PROOF if said else Grade.SAID if untrusted else Grade.RISK,
        (*said[:2], *untrusted[:1], *(e.of("certificate-name")[:2] if wrong else ()), *e.of("saved-port")[:1]),
        (
            N_("Put a certificate for this very address, with its key, into a folder and map it to /app/tls."),
            N_("A browser's warning alone is no fault; the example on FanRuan's page registers over an IP address."),
        ),
        ("no-subject-alternative-names", "certificate-refused"),
        ("a10", Clause.BUILT_IN_CERTIFICATE),
    )


def certificate_untrusted(e: Evidence) -> Diagnosis | None:
    """FineBI's Java does not trust the issuer."""
    said = symptoms_of(e, "untrusted")
    if not said or symptoms(e, "certificate-expired", "certificate-not-yet-valid"):
        return None
    return Diagnosis(
        "certificate-untrusted",
        N_("FineBI's Java does not trust the issuer of the server's certificate."),
        Grade.SAID,
        tuple(said[:2]),
        (
            N_("Import the issuer's certificate into the trust store of FineBI's Java, then restart FineBI."),
            N_("Or use a certificate of an issuer that this Java trusts, mapped to /app/tls."),
        ),
        ("pkix-path-building-failed",),
        READING,
        Who.PROJECT,
    )


def certificate_expired(e: Evidence) -> Diagnosis | None:
    """The TLS certificate's own end is over."""
    ended = [
        fact for fact in e.of("certificate-end") if isinstance(fact.value, datetime) and e.now and fact.value <= e.now
    ]
    said = [fact for fact in e.of("certificate-check") if "expired" in str(fact.value)]
    said = [*symptoms_of(e, "expired"), *said]
    if not ended and not said:
        return None
    return Diagnosis(
        "certificate-expired",
        N_("The server's HTTPS certificate has expired (this is not the license)."),
        Grade.SAID,
        (*ended[:1], *said[:1]),
        (N_("Map /app/tls with a certificate that is valid; copy /app/config before the container is replaced."),),
        ("certificate-refused", "certificate-warning"),
    )


def plain_http(e: Evidence) -> Diagnosis | None:
    """What answers does not speak TLS."""
    said = [*symptoms_of(e, "plain"), *(f for f in e.of("certificate-check") if f.value == "no certificate")]
    if not said:
        return None
    return Diagnosis(
        "no-tls",
        N_("What answers at this address does not speak HTTPS: another service, a proxy, or the wrong port."),
        Grade.SAID,
        tuple(said[:2]),
        (N_("Compare the port with docker ps, and try without any proxy in between."),),
        ("ssl-handshake", "answer-unknown"),
        who=Who.PROJECT,
    )
