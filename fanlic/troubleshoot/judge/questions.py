"""What may be missing, how to get it, and which one thing to ask for next."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from fanlic.model.refusals import N_
from fanlic.troubleshoot.judge.diagnosis import Diagnosis, failing
from fanlic.troubleshoot.judge.facts import Evidence
from fanlic.troubleshoot.judge.paste import PastedLine


@dataclass(frozen=True)
class Question:
    """One thing to ask for: the name of what is missing, the question, the command, and whether it is known already."""

    name: str
    missing: str
    text: str
    command: str
    known: Callable[[Evidence], bool]


def _never(_e: Evidence) -> bool:
    """Nothing pasted answers this question: a person has to."""
    return False


def _has(*kinds: str) -> Callable[[Evidence], bool]:
    return lambda e: any(e.of(kind) for kind in kinds)


DETAILS = "Manage > Registration > Register Now > Details"
QUESTIONS = (
    Question(
        "details",
        N_("the five digits behind Details in FineBI's pop-up"),
        N_("Press Details in FineBI's pop-up: which five digits, which words stand there?"),
        f"FineBI: {DETAILS}",
        _has("code"),
    ),
    Question(
        "containers",
        N_("the list of containers, stopped ones too"),
        N_("Is the container running, since when, and on which port?"),
        "docker ps -a",
        _has("status"),
    ),
    Question(
        "inspect",
        N_("docker inspect: mappings, restart policy, when it was last stopped and started"),
        N_("When was the container stopped and started last, and what is mapped?"),
        "docker inspect NAME",
        lambda e: any(fact.source == "docker inspect" for fact in e.of("status")),
    ),
    Question(
        "address",
        N_("the address saved in FineBI"),
        N_("Which address exactly is saved in FineBI?"),
        "FineBI: Manage > Registration",
        _has("saved-port"),
    ),
    Question(
        "finebi-log",
        N_("the exceptions in FineBI's log"),
        N_("Which exception does FineBI's log show at the time of the failure?"),
        'grep -aE "Exception|PKIX|refused|timed out" fanruan.log | tail -n 50',
        lambda e: any(fact.value != "registration-failed" for fact in e.of("symptom")) or bool(e.of("code")),
    ),
    Question(
        "edition",
        N_("product, version, and whether FineOps manages the site"),
        N_("Which product and version is it, and does FineOps manage it? The rules on restarts differ."),
        DETAILS.split(" > Register Now", maxsplit=1)[0] + " (FineBI)",
        _has("product", "fineops"),
    ),
    Question(
        "clocks",
        N_("the clocks of both hosts, read at the same moment"),
        N_("What do both hosts' clocks say, read at the same moment?"),
        "date -u",
        lambda e: len(e.of("clock")) > 1,
    ),
)
EXTRA = {
    "log": Question(
        "log",
        N_("the container's log"),
        N_("What are the last lines of the container's log?"),
        "docker logs --tail 200 --timestamps NAME",
        lambda e: any(fact.source == "docker logs" for fact in e.facts),
    ),
    "machine": Question(
        "machine",
        N_("the container host's processor"),
        N_("Which processor does the container host have?"),
        "uname -m",
        _has("host-architecture"),
    ),
    "ports": Question(
        "ports",
        N_("the published port"),
        N_("On which port is the server published now?"),
        "docker port NAME",
        _has("port", "fixed-port"),
    ),
    "certificate": Question(
        "certificate",
        N_("the certificate that the server shows"),
        N_("Which names does the server's certificate carry, and who issued it?"),
        "openssl s_client -connect HOST:PORT </dev/null",
        _has("certificate-name", "certificate-subject"),
    ),
    "seats": Question(
        "seats",
        N_("nodes and seats"),
        N_("How many nodes does the cluster have, and which maximum number of connections does FineBI show?"),
        "FineBI: Manage > Registration",
        lambda e: bool(e.of("seats") and e.of("nodes")),
    ),
}
EXTRA |= {
    "app-name": Question(
        "app-name",
        N_("what stands behind host and port in FineBI's address"),
        N_("What stands behind host and port in FineBI's address in the browser, and was it the same before?"),
        "http://FINEBI:PORT/?/decision",
        _never,
    ),
    "seen-address": Question(
        "seen-address",
        N_("the address under which the authorization server sees FineBI"),
        N_("Which IP address of FineBI reaches the authorization server? Is there NAT or a proxy on the way?"),
        "docker logs --tail 50 --timestamps NAME",
        _never,
    ),
    "domain-name": Question(
        "domain-name",
        N_("the name under which FineBI is opened"),
        N_("Under which domain name do people open FineBI, and which one did the contract name?"),
        "http://DOMAIN:PORT/webroot/decision",
        _never,
    ),
    "version-both": Question(
        "version-both",
        N_("FineBI's version and the licensed version"),
        N_("Which version shows FineBI now, and was it upgraded since the license was issued?"),
        "Manage > Registration (FineBI)",
        _has("product"),
    ),
    "qr-moment": Question(
        "qr-moment",
        N_("when the QR code page was opened, scanned and the code entered"),
        N_("When was the QR code page opened, when was it scanned, when was the code entered? Did anyone reload it?"),
        "https://HOST:PORT/license/qrcode",
        _never,
    ),
    "engine": Question(
        "engine",
        N_("whether the engine itself runs"),
        N_("Does the engine run, and may this user speak with it?"),
        "docker version",
        _never,
    ),
}
_BY_NAME = {question.name: question for question in QUESTIONS} | EXTRA

# What decides best whether a verdict is right, or how far it reaches.
NEXT = {
    "wrong-architecture": ("machine", "log", "inspect"),
    "tls-mapped-without-certificate": ("log", "inspect"),
    "restart-loop": ("log", "inspect"),
    "no-container": ("containers",),
    "server-stopped": ("inspect", "log", "edition"),
    "down-over-24-hours": ("edition", "inspect", "address"),
    "down-22-to-24-hours": ("inspect", "edition", "address"),
    "heals-within-two-hours": ("details", "edition"),
    "port-moved": ("ports", "inspect", "edition"),
    "not-reachable": ("containers", "ports", "address"),
    "certificate-name": ("certificate", "address"),
    "certificate-untrusted": ("certificate", "address"),
    "clock-differs": ("clocks", "details"),
    "seats-too-few": ("seats", "details"),
    "30000": ("clocks",),
    "30001": ("version-both",),
    "30002": ("inspect", "containers"),
    "30003": ("seen-address",),
    "30004": ("domain-name",),
    "30005": ("app-name",),
    "30007": ("seats",),
    "qr-expired": ("qr-moment",),
    "wrong-code": ("qr-moment",),
    "code-entry-locked": ("qr-moment",),
    "qr-page-missing": ("containers", "inspect"),
    "docker-daemon-not-running": ("engine",),
    "docker-permission-denied": ("engine",),
    "unhealthy": ("log", "inspect"),
    "two-servers": ("address", "inspect"),
    "proxy-error": ("containers", "address"),
    "proxy-in-between": ("address",),
    "localhost-from-container": ("address", "containers"),
    "out-of-memory": ("containers", "inspect"),
    "config-not-writable": ("inspect", "log"),
    "no-tls": ("containers", "address"),
    "registration-failed": ("details",),
    "certificate-warning": ("details", "address"),
    "10000": ("address", "ports"),
    "10001": ("address", "ports"),
}


# Without a cause: what is asked next, by how far the site has come.
STAGES: tuple[tuple[str, Callable[[Evidence], bool], str], ...] = (
    ("load", lambda e: bool(e.of("loaded")) and not e.of("status"), "containers"),
    ("run", lambda e: any(fact.source in ("docker run", "compose file") for fact in e.facts), "containers"),
    ("register", lambda e: bool(e.of("status")) and not e.of("saved-port"), "details"),
    ("running", lambda e: bool(e.of("saved-port")) and not e.of("status"), "containers"),
)


# Without a cause: whom a line that was not understood is from, and what is asked about it.
_ENGINE = re.compile(
    r"response from daemon|\boci runtime\b|\brunc\b|containerd|^(?:docker|podman|error): ", re.IGNORECASE
)
_JAVA = re.compile(r"\bat (?:com|java|org)\.|\[standard\]|\w(?:Exception|Error)\b|Caused by: ")


def _about(line: str) -> str:
    return "engine" if _ENGINE.search(line) else "finebi-log" if _JAVA.search(line) else ""


def following(
    e: Evidence, causes: tuple[Diagnosis, ...], missing: tuple[Question, ...], unread: Sequence[PastedLine] = ()
) -> Question:
    """The one question whose answer decides most: by the first cause, or without one by the stage."""
    wanted = [_BY_NAME[name] for cause in causes[:1] for name in NEXT.get(cause.name, ())]
    if not causes and unread and (name := _about(unread[0].text)):
        wanted = [_BY_NAME[name]]
    elif not causes and not failing(e):
        wanted = [_BY_NAME[name] for _stage, reached, name in STAGES if reached(e)][:1] or [_BY_NAME["details"]]
    unanswered = [question for question in (*wanted, *missing) if not question.known(e)]
    question = unanswered[0] if unanswered else _BY_NAME["edition"]
    return replace(question, command=question.command.replace("NAME", e.server or "NAME"))
