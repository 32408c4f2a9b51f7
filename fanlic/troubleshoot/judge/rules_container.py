"""Rules about the container itself: its image, its mappings, whether it stays up."""

from __future__ import annotations

from fanlic.model.clauses import Clause
from fanlic.model.refusals import N_
from fanlic.troubleshoot.catalogue.shelf import catalogue
from fanlic.troubleshoot.judge.diagnosis import (
    READING,
    STOPPED,
    Diagnosis,
    Grade,
    facts,
    state,
    symptoms,
    symptoms_of,
)
from fanlic.troubleshoot.judge.facts import Evidence, Fact

WHOLE = ("/app", "/")  # a mapping of one of them hides all of the server's directories


def architecture(e: Evidence) -> Diagnosis | None:
    """The image is for another processor than the host's."""
    errors = [fact for fact in e.of("error") if "exec format error" in str(fact.value).lower()]
    said = [*symptoms_of(e, "processor"), *errors]
    host, image = e.first("host-architecture"), e.first("image-architecture")
    differ = bool(
        host and image and host.value != image.value and len({f.value for f in e.of("image-architecture")}) == 1
    )
    if not said and (not differ or state(e) == "running"):
        return None
    return Diagnosis(
        "wrong-architecture",
        N_("The image is for another processor than the container host's."),
        _as_firm(e, said=bool(said)),
        (*said, *facts(e, *(("host-architecture", "image-architecture") if differ else ()))),
        (
            N_("Compare `uname -m` on the host with the image's name: x86_64 needs _amd64, aarch64 needs _arm64."),
            N_("Run the other image of the same archive, with the same /app/config; the archive holds both."),
        ),
        ("exec-format-error",),
    )


def _as_firm(e: Evidence, *, said: bool) -> Grade:
    if state(e) == "running":
        return Grade.FITS  # an emulator is at work, or the message is of an earlier start
    return Grade.PROOF if said else Grade.SAID if state(e) in STOPPED | {"restarting"} else Grade.FITS


def tls_mapped(e: Evidence) -> Diagnosis | None:
    """/app/tls is mapped and the server does not stay up."""
    mounts = [fact for fact in _mounts(e) if fact.value == "/app/tls"]
    code = e.first("exit-code")
    if not mounts or state(e) not in ("exited", "restarting"):
        return None
    failed = state(e) == "restarting" or (code is not None and code.value not in (0, 137, 143, 255))
    return Diagnosis(
        "tls-mapped-without-certificate",
        N_(
            "/app/tls is mapped and the server does not start: the mapped folder needs a certificate put there by hand."
        ),
        Grade.PROOF if failed else Grade.FITS,
        (*mounts, *facts(e, "status", "exit-code")),
        (
            N_("Look into the mapped folder: are a certificate and its key in it?"),
            N_("No page names the files: copy the built-in ones out of a container that runs without this mapping."),
            N_("Or start without mapping /app/tls; keep the mapping of /app/config."),
        ),
        ("server-does-not-start-tls",),
        Clause.MAP_TLS,
    )


def config_unmapped(e: Evidence) -> Diagnosis | None:
    """/app/config lives in the container only."""
    listed = [fact for fact in e.of("mounts-listed") if fact.source == _mount_source(e)]
    if not listed or any(fact.value in ("/app/config", *WHOLE) for fact in _mounts(e)):
        return None
    bound = symptoms(e, "license-bound-elsewhere", "identity-changed")
    return Diagnosis(
        "config-not-mapped",
        N_("DANGER: /app/config is not mapped. The server's identity is inside this container: do not remove it."),
        Grade.PROOF if bound else Grade.USUAL,
        (*listed[:1], *bound),
        (
            N_("No `docker rm`, no `docker compose down`, no new `docker run`: stopping can be survived, this not."),
            N_("Copy it out now: docker cp NAME:/app/config ./config-saved (works on a stopped container too)."),
            N_("Then start a container that maps the copy to /app/config, in an agreed window."),
        ),
        ("license-bound-elsewhere",),
        READING,
    )


def config_unwritable(e: Evidence) -> Diagnosis | None:
    """/app/config is mapped so that nothing lasts in it."""
    kinds = ("read-only", "tmpfs", "anonymous-volume", "ephemeral")
    bad = [fact for kind in kinds for fact in e.of(kind) if fact.value == "/app/config"]
    if not bad:
        return None
    return Diagnosis(
        "config-not-kept",
        N_(
            "/app/config is mapped read-only, in memory, in an anonymous volume or for a pod's life only: what the "
            "server writes there is not kept."
        ),
        Grade.SAID,
        tuple(bad),
        (N_("Copy /app/config out first, then map a plain writable host folder."),),
        ("license-bound-elsewhere",),
    )


def web_mapped(e: Evidence) -> Diagnosis | None:
    """/app/web must not be mapped."""
    mounts = [fact for fact in _mounts(e) if fact.value in ("/app/web", *WHOLE)]
    if not mounts:
        return None
    return Diagnosis(
        "web-mapped",
        N_("/app/web is mapped, which hides the QR code page: it cannot be opened.")
        if mounts[0].value == "/app/web"
        else N_("{path} is mapped as a whole, which hides the server's own files, the QR code page among them."),
        Grade.SAID,
        tuple(mounts),
        (N_("Copy /app/config, then start the container without this mapping."),),
        ("qr-page-missing",),
        Clause.MAP_WEB if mounts[0].value == "/app/web" else "docker-itself",
        values={"path": mounts[0].value},
    )


def _mount_source(e: Evidence) -> str:
    sources = [fact.source for fact in e.of("mounts-listed")]
    return "docker inspect" if "docker inspect" in sources else sources[0] if sources else ""


def _mounts(e: Evidence) -> list[Fact]:
    """The mappings, of the container itself where it was inspected, else as they were written."""
    source = _mount_source(e)
    return [fact for fact in e.of("mount") if not source or fact.source == source]


def out_of_memory(e: Evidence) -> Diagnosis | None:
    """The host killed the server for its memory."""
    fact = e.first("oom")
    if fact is None or state(e) == "running":
        return None
    return Diagnosis(
        "out-of-memory",
        N_("The container was killed because memory ran out."),
        Grade.PROOF,
        (fact, *facts(e, "exit-code")),
        (N_("Give the host or the container more memory, then start the same container again."),),
        ("cannot-connect",),
    )


def not_serving(e: Evidence) -> Diagnosis | None:
    """Restarting over and over, paused, or created and never started."""
    texts = {
        "restarting": N_("The container starts and fails over and over."),
        "paused": N_("The container is paused: it answers nobody."),
        "created": N_("The container was created and never started."),
    }
    status = state(e)
    if status not in texts:
        return None
    return Diagnosis(
        {"restarting": "restart-loop", "paused": "server-paused", "created": "never-started"}[status],
        texts[status],
        Grade.SAID,
        facts(e, "status", "restarts", "error"),
        (N_("Read the last lines of its log: docker logs --tail 200 --timestamps NAME."),)
        if status != "paused"
        else (N_("Wake it with `docker unpause NAME` once the evidence is saved."),),
        ("cannot-connect",),
    )


def unhealthy(e: Evidence) -> Diagnosis | None:
    """The container runs and fails its own health check."""
    fact = e.first("health")
    if fact is None or fact.value != "unhealthy" or state(e) not in ("running", ""):
        return None
    return Diagnosis(
        "unhealthy",
        N_("The container runs, but its own health check fails: the server inside does not answer as it should."),
        Grade.USUAL,
        (fact, *facts(e, "status")),
        (
            N_("Read the last lines of its log: docker logs --tail 200 --timestamps NAME."),
            N_("Read what the check itself printed: docker inspect NAME, under State.Health.Log."),
        ),
        ("cannot-connect",),
    )


def two_servers(e: Evidence) -> Diagnosis | None:
    """More than one authorization server runs on the host."""
    running = [fact for fact in e.facts if fact.kind == "status" and fact.value == "running" and fact.subject]
    names = {fact.subject for fact in running}
    if len(names) < 2:
        return None
    return Diagnosis(
        "two-servers",
        N_("{count} authorization servers run on this host at once: {names}. Only one can be the licensed one."),
        Grade.USUAL,
        tuple(running[:4]),
        (
            N_("Find out which one FineBI's saved address names: compare the ports."),
            N_("Stop none yet: if both map the same /app/config, copy it first."),
            N_("Keep the one that is activated; ask the business staff if nobody knows."),
        ),
        ("port-moved", "license-bound-elsewhere"),
        values={"count": len(names), "names": ", ".join(sorted(names))},
    )


def no_container(e: Evidence) -> Diagnosis | None:
    """The list of containers shows no authorization server."""
    fact = e.first("no-container")
    if fact is None or e.of("status"):
        return None
    return Diagnosis(
        "no-container",
        N_(
            "The list shows no container of the authorization server: stopped (only `docker ps -a` shows it), removed, "
            "or another host."
        ),
        Grade.FITS,
        (fact,),
        (N_("List stopped ones too: docker ps -a. Do not run a new container before that."),),
        ("cannot-connect",),
    )


def no_restart_policy(e: Evidence) -> Diagnosis | None:
    """Nothing starts the container after a reboot."""
    fact = e.first("restart-policy")
    on_failure = fact is not None and str(fact.value).partition(":")[0] == "on-failure"
    if fact is None or not (fact.value == "no" or on_failure):
        return None
    code = e.first("exit-code")
    ended = code is not None and code.value in (0, 137, 143, 255)
    grade = (Grade.USUAL if ended else Grade.FITS) if state(e) == "exited" else Grade.RISK
    return Diagnosis(
        "no-restart-policy",
        N_("The container has no restart policy: after a reboot of the host it stays down until somebody starts it.")
        if not on_failure
        else N_("The restart policy on-failure starts nothing after a reboot of the host."),
        grade,
        (fact, *(facts(e, "status", "exit-code") if grade > Grade.RISK else ())),
        (N_("Set it without touching the container: docker update --restart unless-stopped NAME."),),
        ("no-restart-policy",),
    )


def removed_when_stopped(e: Evidence) -> Diagnosis | None:
    """--rm: with the container goes what is not mapped."""
    fact = e.first("auto-remove")
    if fact is None:
        return None
    return Diagnosis(
        "removed-when-stopped",
        N_("The container was started with --rm: as soon as it stops, Docker removes it."),
        Grade.RISK,
        (fact,),
        (N_("Do not stop it. Copy /app/config first: docker cp NAME:/app/config ./config-saved."),),
        ("private-config-lost",),
    )


def in_a_volume(e: Evidence) -> Diagnosis | None:
    """/app/config in a named volume: kept, unless somebody prunes."""
    fact = next((fact for fact in e.of("volume") if fact.value == "/app/config"), None)
    if fact is None:
        return None
    return Diagnosis(
        "config-in-volume",
        N_("/app/config lies in a Docker volume: `docker volume prune` and `compose down -v` would delete it."),
        Grade.RISK,
        (fact,),
        (N_("Copy it out now and then: docker cp NAME:/app/config ./config-saved."),),
        ("private-config-lost",),
    )


def engine_down(e: Evidence) -> Diagnosis | None:
    """Docker's service does not run."""
    fact = next((fact for fact in e.of("service") if fact.value in ("inactive", "failed", "deactivating")), None)
    if fact is None:
        return None
    entry = catalogue()["docker-daemon-not-running"]
    return Diagnosis(entry.key, entry.title, Grade.SAID, (fact,), entry.remedy[:3], (entry.key,), entry.on, entry.who)


def refused(e: Evidence) -> Diagnosis | None:
    """Docker refuses the run line or the compose file as it was pasted."""
    fact = e.first("refused")
    if fact is None:
        return None
    return Diagnosis(
        "refused-by-docker",
        N_("Docker refuses what was pasted, and starts nothing: {message}"),
        Grade.SAID if state(e) != "running" else Grade.RISK,
        (fact,),
        (
            N_("Check the whole line or file before it is used: fanlic preflight docker-run, or compose."),
            N_("A container that runs already is not touched by a line that was refused."),
        ),
        (),
        values={"message": fact.value},
    )
