"""What may be missing, how to get it, and which one thing to ask for next."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from fanlic.model.refusals import N_
from fanlic.troubleshoot.catalogue.entry import CaseStage
from fanlic.troubleshoot.catalogue.shelf import catalogue
from fanlic.troubleshoot.judge.diagnosis import Diagnosis, failing
from fanlic.troubleshoot.judge.facts import Evidence
from fanlic.troubleshoot.judge.paste import PastedLine
from fanlic.troubleshoot.judge.rules import NEEDS, Reply, RuleAnswer, order


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
    "reach": Question(
        "reach",
        N_("whether FineBI's host reaches the port"),
        N_("What does this command print on FineBI's host?"),
        "curl -vk --max-time 10 https://HOST:PORT/",
        _has("http-status", "connection"),
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

# Without a cause: what is asked next, by how far the site has come.
STAGES: tuple[tuple[str, Callable[[Evidence], bool], str], ...] = (
    ("load", lambda e: bool(e.of("loaded") or e.of("image")) and not e.of("status"), "containers"),
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
    e: Evidence, causes: tuple[Diagnosis, ...], missing: Sequence[Question], unread: Sequence[PastedLine] = ()
) -> Question:
    """The one question whose answer decides most: by the first cause, or without one by the stage."""
    wanted = [question(name) for cause in causes[:1] for name in cause.asks]
    if not causes and unread and (name := _about(unread[0].text)):
        wanted = [question(name)]
    elif not causes and not failing(e):
        wanted = [question(name) for _stage, reached, name in STAGES if reached(e)][:1] or [question("details")]
    unanswered = [one for one in (*wanted, *missing) if not answered(one, e)]
    chosen = unanswered[0] if unanswered else question("edition")
    return replace(chosen, command=chosen.command.replace("NAME", e.server or "NAME"))


def question(name: str) -> Question:
    """The question of this name."""
    return _BY_NAME[name]


def only_a_person_knows(name: str) -> bool:
    """Whether this is a question that no program's output answers."""
    return name in _BY_NAME and _BY_NAME[name].known is _never


def answered(one: Question, e: Evidence) -> bool:
    """Whether the paste or a person has answered the question."""
    return one.name in e.answered or one.known(e)


def lacking(e: Evidence, answers: Sequence[RuleAnswer], causes: Sequence[Diagnosis]) -> list[Question]:
    """What is missing: first what the first cause asks for, then what the rules need that cannot tell.

    A question that decides more rules comes first. Rules of a later stage than the failure say nothing about it; an
    answer with a code rules the way to the server out, so that only the rules behind it count.
    """
    counts: Counter[str] = Counter()
    for each in answers:
        if each.reply is Reply.UNKNOWN and _matters(e, each):
            counts.update({NEEDS[need][1] for need in each.missing})
    names = [name for cause in causes[:1] for name in cause.asks if name in _BY_NAME]
    names += sorted(counts, key=lambda name: (-counts[name], list(_BY_NAME).index(name)))
    names += ["details"] if e.of("symptom") and not e.of("code") else []
    return [one for name in dict.fromkeys((*names, "edition")) if not answered(one := question(name), e)]


def _matters(e: Evidence, each: RuleAnswer) -> bool:
    """Whether the rule could explain what was seen."""
    stage = each.rule.stage
    if e.of("code"):
        return stage in (CaseStage.OUTAGE, CaseStage.REGISTER)
    seen = [entry.stage for fact in e.of("symptom") if (entry := catalogue().get(str(fact.value))) and entry.stage]
    return not seen or order(stage) <= max(map(order, seen))
