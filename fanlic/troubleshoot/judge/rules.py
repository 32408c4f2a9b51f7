"""The rules: small functions from evidence to a cause, each with a weight. No rule concludes anything from nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fanlic.troubleshoot.judge import rules_certificate, rules_container, rules_down, rules_network, rules_project
from fanlic.troubleshoot.judge.diagnosis import Diagnosis
from fanlic.troubleshoot.judge.facts import Evidence

RULES: tuple[Callable[[Evidence], Diagnosis | None], ...] = (
    rules_container.architecture,
    rules_container.tls_mapped,
    rules_container.config_unmapped,
    rules_container.config_unwritable,
    rules_container.web_mapped,
    rules_container.out_of_memory,
    rules_container.not_serving,
    rules_container.no_container,
    rules_container.unhealthy,
    rules_container.two_servers,
    rules_container.no_restart_policy,
    rules_container.refused,
    rules_down.down,
    rules_down.fineops,
    rules_network.port_moved,
    rules_network.random_port,
    rules_network.loopback_only,
    rules_network.no_port,
    rules_network.port_reserved,
    rules_network.firewall,
    rules_network.localhost_from_container,
    rules_network.unreachable,
    rules_project.address_unfit,
    rules_project.clocks,
    rules_project.seats,
    rules_certificate.certificate_name,
    rules_certificate.certificate_untrusted,
    rules_certificate.certificate_expired,
    rules_certificate.plain_http,
)


def causes(e: Evidence) -> Iterator[Diagnosis]:
    """What the rules conclude from the evidence."""
    for rule in RULES:
        if cause := rule(e):
            yield cause
