"""Rules about ports and the way between the hosts."""

from __future__ import annotations

from fanlic.model.clauses import Clause
from fanlic.model.container import BUILT_IN_NAMES
from fanlic.model.refusals import N_, Who
from fanlic.troubleshoot.catalogue.entry import Entry
from fanlic.troubleshoot.catalogue.shelf import catalogue
from fanlic.troubleshoot.judge.diagnosis import READING, STOPPED, Diagnosis, Grade, facts, state, symptoms_of
from fanlic.troubleshoot.judge.facts import Evidence, Fact


def port_moved(e: Evidence) -> Diagnosis | None:
    """FineBI's saved address names another port than the published one."""
    saved = e.of("saved-port") or e.of("tried-port") or e.of("browser-port") or e.of("old-port")
    listening = e.of("listening")
    published = e.of("port") or e.of("fixed-port") or [fact for fact in listening if fact.detail == "engine"]
    if {fact.value for fact in listening} & {fact.value for fact in saved}:
        return None
    ports = {fact.value for fact in published}
    if not saved or not ports or ports & {fact.value for fact in saved}:
        return None
    moving = e.of("publish-all")
    forwarded = saved[0].value in (80, 443)
    return Diagnosis(
        "port-moved",
        N_("The address in use names port {saved}; the server is published on {published}.")
        if not moving
        else N_(
            "The address in use names port {saved}; the server is published on {published}: under -P the port moves "
            "at every start."
        ),
        Grade.FITS if forwarded or saved[0].kind == "old-port" else Grade.PROOF,
        (saved[0], *published[:2], *moving[:1]),
        (
            N_("In FineBI enter the address with the published port under Manage > Registration; no scan is needed."),
            N_("If a proxy forwards the old port on purpose, this is no fault: look at the proxy instead."),
            N_("For good: publish a fixed port (-p 49155:8081 with your own numbers) in an agreed window."),
        ),
        ("port-moved",),
        values={"saved": saved[0].value, "published": tuple(str(port) for port in sorted(ports, key=str))},
    )


def random_port(e: Evidence) -> Diagnosis | None:
    """-P: fine today, moved tomorrow."""
    moving = e.of("publish-all")
    if not moving or e.of("fixed-port"):
        return None
    return Diagnosis(
        "random-port",
        N_("Docker chooses the host port (-P): it will move at the next restart of container or host."),
        Grade.RISK,
        tuple(moving[:1]),
        (N_("In an agreed window publish a fixed port, and enter it in FineBI."),),
        ("port-moved",),
    )


def loopback_only(e: Evidence) -> Diagnosis | None:
    """Published on 127.0.0.1: other hosts cannot reach it."""
    published = e.of("port") or e.of("fixed-port")
    if not published or not all(fact.detail.startswith("127.") or fact.detail == "::1" for fact in published):
        return None
    hosts = {fact.detail.split("://")[-1] for fact in e.of("saved-port")}
    if hosts and hosts <= {*BUILT_IN_NAMES, "[::1]"}:
        return None
    said = symptoms_of(e, "refused")
    return Diagnosis(
        "loopback-only",
        N_("The port is published on 127.0.0.1 only: no other host can reach the server."),
        Grade.PROOF if said or hosts else Grade.RISK,
        (*published[:2], *e.of("saved-port")[:1], *said[:1]),
        (
            N_("No fault if FineBI runs on this very host and its address says 127.0.0.1."),
            N_("Else copy /app/config and start the container with -p PORT:8081, without the 127.0.0.1 before it."),
        ),
        ("connection-refused", "cannot-connect"),
    )


def localhost_from_container(e: Evidence) -> Diagnosis | None:
    """FineBI tries localhost: from inside a container that is the container itself."""
    tried = [fact for fact in e.of("tried-port") if fact.detail.lower() in BUILT_IN_NAMES]
    said = symptoms_of(e, "refused")
    if not tried or not said:
        return None
    return Diagnosis(
        "localhost-from-container",
        N_("FineBI tries {host}: that is its own machine, or its own container if it runs in one."),
        Grade.USUAL,
        (*tried[:1], *said[:1]),
        (
            N_("Does FineBI run in a container? Then localhost is that container: enter the container host's address."),
            N_("If both run on one machine without containers, look whether the server listens on this port."),
        ),
        ("connection-refused",),
        READING,
        Who.PROJECT,
        {"host": tried[0].detail},
    )


def no_port(e: Evidence) -> Diagnosis | None:
    """Nothing is published."""
    unpublished = [
        fact for fact in e.of("no-port") if fact.source != "docker ps" or "/tcp" in fact.detail + str(fact.value)
    ]
    if not unpublished or e.of("port"):
        return None
    return Diagnosis(
        "no-published-port",
        N_("The container publishes no port: nothing outside can reach it."),
        Grade.SAID,
        tuple(unpublished[:1]),
        (N_("Copy /app/config, then start the container with -p PORT:8081 and the same mapping."),),
        ("cannot-connect",),
    )


def port_reserved(e: Evidence) -> Diagnosis | None:
    """Windows keeps the port that is to be published."""
    for port in e.of("fixed-port") or e.of("saved-port"):
        for fact in e.of("reserved-range"):
            if state(e) != "running" and _opened(int(str(port.value)), {str(fact.value)}):
                entry = catalogue()["port-reserved"]
                return _by_entry(entry, Grade.PROOF, (port, fact))
    return None


def firewall(e: Evidence) -> Diagnosis | None:
    """The firewall's list does not name the port. What Docker publishes may go past such a list, so it is possible."""
    said = symptoms_of(e, "refused", "silent")
    ports = e.of("port") or e.of("fixed-port") or e.of("saved-port")
    open_ports = {str(fact.value) for fact in e.of("firewall-port")}
    if not said or not ports or not open_ports or any(_opened(int(str(fact.value)), open_ports) for fact in ports):
        return None
    entry = catalogue()["firewall-blocks"]
    because = (*said[:1], *ports[:1], *e.of("firewall-port")[:1])
    return _by_entry(entry, Grade.FITS, because)


def _by_entry(entry: Entry, grade: Grade, because: tuple[Fact, ...]) -> Diagnosis:
    return Diagnosis(entry.key, entry.title, grade, because, entry.remedy, (entry.key,), entry.on, entry.who)


def _opened(port: int, allowed: set[str]) -> bool:
    spans = [(text.partition("-")[0], text.rpartition("-")[2]) for text in allowed if text != "none"]
    return any(int(first) <= port <= int(last) for first, last in spans)


def unreachable(e: Evidence) -> Diagnosis | None:
    """The server runs on the right port, and still nobody gets through."""
    said = symptoms_of(e, "refused", "silent") + [fact for fact in e.of("connection") if fact.value == "closed"]
    answered = {fact.detail for fact in e.of("http-status")}
    if not said or state(e) in STOPPED | {"restarting"} or said[0].detail in answered:
        return None
    running = state(e) == "running"
    return Diagnosis(
        "not-reachable",
        N_("The server runs, yet connections do not get through: a firewall, a proxy, or another host's address.")
        if running
        else N_("No connection to the authorization server: stopped, another port, or a firewall in between."),
        Grade.USUAL if running else Grade.FITS,
        (*said[:2], *(facts(e, "status") if running else ())),
        (
            N_("Is the container running, and on which port? docker ps on the container host."),
            N_("Open exactly this port on the way between the hosts; refused means closed, timed out means filtered."),
        ),
        (str(said[0].value) if said[0].kind == "symptom" else "cannot-connect", "cannot-connect"),
        ("client-checks", Clause.FIREWALL),
    )
