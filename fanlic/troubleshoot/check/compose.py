"""A compose file: the service that runs the authorization server, judged like a run line."""

from __future__ import annotations

from collections.abc import Iterator

from fanlic.docker import compose
from fanlic.docker.compose import ComposeService
from fanlic.model.clauses import Clause
from fanlic.texts import _
from fanlic.troubleshoot.check import words
from fanlic.troubleshoot.check.fix import corrected
from fanlic.troubleshoot.check.image import STEM, check
from fanlic.troubleshoot.findings import Finding, Unreadable, error, info, warning, with_fix


def judge(text: str) -> list[Finding]:
    """Every finding about one compose file; raises Unreadable where it has no services."""
    file = compose.read(text)
    findings = list(words.findings(file.problems))
    if not file.services:
        raise Unreadable(_("There is no `services:` with a service in it; is this a compose file?"))
    if file.includes:
        findings.append(info(_("Files named under include were not read.")))
    chosen = [service for service in file.services if STEM in service.container.image]
    chosen = chosen or list(file.services if len(file.services) == 1 else ())
    if not chosen:
        return [
            *findings,
            error(_("No service has an image named {name}.").format(name=STEM), clause=Clause.LOAD, on="docker-itself"),
        ]
    return [*findings, *(finding for service in chosen for finding in _service(service))]


def _service(service: ComposeService) -> list[Finding]:
    container, builds = service.container, "build" in service.keys
    findings = [*words.findings(service.problems), *_start(service)]
    findings += [one for one in check(container) if not (one.clause == Clause.LOAD.slug and builds)]
    return with_fix(findings, compose.write(service.name, corrected(container, ".")))


def _start(service: ComposeService) -> Iterator[Finding]:
    if "build" in service.keys:
        yield warning(
            _("The service builds an image; that of FanRuan's page comes ready, by docker load."), clause=Clause.LOAD
        )
    if service.profiles:
        text = _("The service starts only where its profile is named: docker compose --profile {profile} up -d")
        yield info(text.format(profile=service.profiles[0]))
