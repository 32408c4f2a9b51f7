"""Overview, Application Scenarios: which method of authentication fits a site, and why the others do not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fanlic.model.clauses import Clause
from fanlic.model.refusals import N_


class Method(StrEnum):
    """The five methods of authentication of the vendor's help."""

    LOCAL_MACHINE = N_("local machine information authentication")
    PRIVATE_CLOUD = N_("private cloud authentication")
    PUBLIC_CLOUD = N_("public cloud authentication")
    LOCAL_CONTAINER = N_("local container authentication")
    CONTAINER_PRIVATE_CLOUD = N_("container private cloud authentication")


@dataclass(frozen=True)
class Site:
    """What decides the method: where the project runs, what it can reach, how many servers one license serves."""

    project_in_docker: bool
    project_reaches_internet: bool
    report_servers: int


def unavailable(site: Site) -> dict[Method, Clause]:
    """The methods that are out on this site, each with the clause that says why."""
    out: dict[Method, Clause] = {}
    if site.project_in_docker:  # clause: scenario-docker
        out |= dict.fromkeys((Method.LOCAL_MACHINE, Method.PRIVATE_CLOUD), Clause.SCENARIO_DOCKER)
    if not site.project_reaches_internet:  # clause: scenario-no-internet
        out[Method.PUBLIC_CLOUD] = Clause.SCENARIO_NO_INTERNET
    if site.report_servers > 1:  # clause: scenario-many-servers
        out[Method.LOCAL_CONTAINER] = Clause.SCENARIO_MANY_SERVERS
    return out


def available(site: Site) -> tuple[Method, ...]:
    """The methods left, in the page's order; container private cloud authentication is always among them."""
    return tuple(method for method in Method if method not in unavailable(site))
