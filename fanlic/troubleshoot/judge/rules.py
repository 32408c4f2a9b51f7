"""The rules, as records: what each concludes, what it needs to say no, and how a no reads.

Each gives one of four answers. No rule concludes anything from nothing.
A rule that does not hold is ruled out only if all that it needs was seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from fanlic.model.refusals import N_
from fanlic.troubleshoot.catalogue.entry import CaseStage
from fanlic.troubleshoot.judge import rules_certificate as certificate
from fanlic.troubleshoot.judge import rules_container as container
from fanlic.troubleshoot.judge import rules_down as down
from fanlic.troubleshoot.judge import rules_network as network
from fanlic.troubleshoot.judge import rules_project as project
from fanlic.troubleshoot.judge.diagnosis import Diagnosis, symptoms_of
from fanlic.troubleshoot.judge.facts import Evidence, Fact


class Reply(StrEnum):
    """What a rule says about a paste."""

    HOLDS = "holds"
    OUT = "ruled out"
    NOT = "does not apply"
    UNKNOWN = "cannot tell"


# What a rule may need: the kinds of facts any of which will do, and the question that brings them.
NEEDS: dict[str, tuple[tuple[str, ...], str]] = {
    "status": (("status",), "containers"),
    "port": (("port", "fixed-port", "no-port"), "ports"),
    "address": (("saved-port", "tried-port"), "address"),
    "mounts": (("mounts-listed",), "inspect"),
    "policy": (("restart-policy",), "inspect"),
    "times": (("started", "finished", "up-for"), "inspect"),
    "image": (("image-architecture",), "containers"),
    "machine": (("host-architecture",), "machine"),
    "names": (("certificate-name", "certificate-subject"), "certificate"),
    "dates": (("certificate-end",), "certificate"),
    "clocks": (("clock",), "clocks"),
    "seats": (("seats",), "seats"),
    "nodes": (("nodes",), "seats"),
    "edition": (("fineops",), "edition"),
    "health": (("health",), "containers"),
    "firewall": (("firewall-port",), "ports"),
    "ranges": (("reserved-range",), "ports"),
    "engine": (("service",), "engine"),
}


@dataclass(frozen=True)
class TriageRule:
    """One rule. `out`: what is known if it does not hold and all of `needs` was seen. `about`: whether it applies."""

    judge: Callable[[Evidence], Diagnosis | None]
    stage: CaseStage
    out: str
    needs: tuple[str, ...]
    asks: tuple[str, ...] = ()
    about: Callable[[Evidence], bool] = bool


@dataclass(frozen=True)
class RuleAnswer:
    """What one rule says: the diagnosis if it holds, what rules it out, or what is missing."""

    rule: TriageRule
    reply: Reply
    diagnosis: Diagnosis | None = None
    because: tuple[Fact, ...] = ()
    missing: tuple[str, ...] = ()


def _failing_way(e: Evidence) -> bool:
    return bool(symptoms_of(e, "refused", "silent") or e.of("connection"))


def _seen(*kinds: str) -> Callable[[Evidence], bool]:
    return lambda e: any(e.of(kind) for kind in kinds)


def _listed(e: Evidence) -> bool:
    """Whether a whole list was seen: one container alone says nothing about others."""
    return any(fact.source == "docker ps" for fact in e.of("status"))


_RUN, _UP, _OUTAGE = CaseStage.RUN, CaseStage.RUNNING, CaseStage.OUTAGE
_REACH, _TLS, _REGISTER = CaseStage.REACH, CaseStage.TLS, CaseStage.REGISTER
RULES = (
    TriageRule(
        container.architecture,
        _RUN,
        N_("the image is for this host's processor"),
        ("image", "machine"),
        ("machine", "log", "inspect"),
    ),
    TriageRule(
        container.tls_mapped,
        _RUN,
        N_("a mapped /app/tls does not keep the server from starting"),
        ("mounts", "status"),
        ("log", "inspect"),
    ),
    TriageRule(
        container.config_unwritable,
        _RUN,
        N_("/app/config is mapped to something that lasts"),
        ("mounts",),
        ("inspect", "log"),
    ),
    TriageRule(container.config_unmapped, _RUN, N_("/app/config is mapped"), ("mounts",), ("inspect",)),
    TriageRule(container.web_mapped, _RUN, N_("/app/web is not mapped"), ("mounts",), ("inspect",)),
    TriageRule(
        container.removed_when_stopped,
        _RUN,
        N_("the container is not removed when it stops"),
        ("policy",),
        ("inspect",),
    ),
    TriageRule(
        container.in_a_volume, _RUN, N_("/app/config does not lie in a Docker volume"), ("mounts",), ("inspect",)
    ),
    TriageRule(
        container.refused,
        _RUN,
        N_("Docker takes the run line or the file as it is written"),
        (),
        ("containers",),
        _seen("publish-all", "refused", "fixed-port"),
    ),
    TriageRule(
        network.port_reserved,
        _RUN,
        N_("Windows does not keep the port for itself"),
        ("ranges", "port"),
        ("containers",),
        _seen("reserved-range"),
    ),
    TriageRule(container.engine_down, _RUN, N_("Docker's service runs"), ("engine",), ("engine",), _seen("service")),
    TriageRule(
        container.out_of_memory,
        _UP,
        N_("the container was not killed for memory"),
        ("status", "times"),
        ("containers", "inspect"),
    ),
    TriageRule(
        container.not_serving,
        _UP,
        N_("the container does not fail over and over, and does not wait"),
        ("status",),
        ("log", "inspect"),
    ),
    TriageRule(
        container.no_container,
        _UP,
        N_("there is a container of the authorization server"),
        ("status",),
        ("containers",),
    ),
    TriageRule(
        container.unhealthy,
        _UP,
        N_("the container's own health check does not fail"),
        ("health",),
        ("log", "inspect"),
        _seen("health"),
    ),
    TriageRule(
        container.two_servers,
        _UP,
        N_("no second authorization server runs on this host"),
        ("status",),
        ("address", "inspect"),
        _listed,
    ),
    TriageRule(
        down.fineops,
        _OUTAGE,
        N_("no restart that FineOps would ask a scan for"),
        ("edition", "times"),
        ("edition", "inspect"),
    ),
    TriageRule(
        down.down,
        _OUTAGE,
        N_("the server is not stopped"),
        ("status",),
        ("edition", "inspect", "log", "address"),
    ),
    TriageRule(
        container.no_restart_policy,
        _OUTAGE,
        N_("a restart policy starts the container again"),
        ("policy",),
        ("inspect",),
    ),
    TriageRule(network.no_port, _REACH, N_("a port is published"), ("port",), ("inspect",)),
    TriageRule(
        network.port_moved,
        _REACH,
        N_("FineBI's address names the published port"),
        ("port", "address"),
        ("ports", "inspect", "edition"),
    ),
    TriageRule(network.loopback_only, _REACH, N_("the port is published for other hosts too"), ("port",), ("address",)),
    TriageRule(
        network.localhost_from_container,
        _REACH,
        N_("FineBI does not try localhost"),
        ("address",),
        ("address", "containers"),
        _failing_way,
    ),
    TriageRule(
        network.firewall,
        _REACH,
        N_("the firewall's list names the port"),
        ("firewall", "port"),
        ("ports", "address"),
        _seen("firewall-port"),
    ),
    TriageRule(
        network.unreachable,
        _REACH,
        N_("the server answers"),
        (),
        ("containers", "ports", "address", "reach"),
        _failing_way,
    ),
    TriageRule(network.random_port, _REACH, N_("the published port is fixed"), ("port", "policy"), ("inspect",)),
    TriageRule(
        certificate.certificate_name,
        _TLS,
        N_("the certificate names the address"),
        ("names", "address"),
        ("certificate", "address"),
    ),
    TriageRule(
        certificate.certificate_expired,
        _TLS,
        N_("the certificate is within its dates"),
        ("dates",),
        ("certificate", "clocks"),
    ),
    TriageRule(
        certificate.certificate_untrusted,
        _TLS,
        N_("the issuer is trusted"),
        ("names",),
        ("certificate", "address"),
        lambda e: bool(symptoms_of(e, "untrusted")),
    ),
    TriageRule(
        certificate.plain_http,
        _TLS,
        N_("what answers speaks HTTPS"),
        ("names",),
        ("containers", "address"),
        lambda e: bool(symptoms_of(e, "plain")),
    ),
    TriageRule(
        project.address_unfit,
        _REGISTER,
        N_("FineBI's address has the form https://host:port"),
        ("address",),
        ("address", "ports"),
    ),
    TriageRule(
        project.clocks,
        _REGISTER,
        N_("the clocks of both hosts agree"),
        ("clocks",),
        ("clocks", "details"),
        lambda e: len(e.of("clock")) != 1,
    ),
    TriageRule(project.seats, _REGISTER, N_("there is a seat for each node"), ("seats", "nodes"), ("seats", "details")),
)


def answers(e: Evidence) -> Iterator[RuleAnswer]:
    """What each rule says about the evidence."""
    for rule in RULES:
        missing = tuple(need for need in rule.needs if not any(e.of(kind) for kind in NEEDS[need][0]))
        if cause := rule.judge(e):
            yield RuleAnswer(rule, Reply.HOLDS, cause, cause.because)
        elif not rule.about(e):
            yield RuleAnswer(rule, Reply.NOT)
        elif missing:
            yield RuleAnswer(rule, Reply.UNKNOWN, missing=missing)
        elif because := _against(e, rule):
            yield RuleAnswer(rule, Reply.OUT, because=because)
        else:
            yield RuleAnswer(rule, Reply.NOT)


def _against(e: Evidence, rule: TriageRule) -> tuple[Fact, ...]:
    """What rules it out: for each need the first fact that was seen."""
    kinds = [NEEDS[need][0] for need in rule.needs]
    found = (next((fact for kind in each for fact in e.of(kind)), None) for each in kinds)
    return tuple(dict.fromkeys(fact for fact in found if fact))


def place(answer: RuleAnswer) -> tuple[int, int]:
    """Where a rule's conclusion stands among others that are as firm: the earlier stage explains the later one."""
    return order(answer.rule.stage), RULES.index(answer.rule)


def order(stage: CaseStage | None) -> int:
    """The place of a stage in the order of the page; what has none comes last."""
    return list(CaseStage).index(stage) if stage else len(CaseStage)
