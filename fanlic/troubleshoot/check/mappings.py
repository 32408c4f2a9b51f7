"""The mapped directories: what must be mapped, what must not, and host paths that work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from fanlic.docker.container import Container, Kind, Mapping, absolute, without_variables
from fanlic.model.clauses import Clause
from fanlic.model.container import DIRECTORIES, harmful_mapping, missing_mapping, plain_path
from fanlic.texts import _
from fanlic.troubleshoot.check.container import CONFIG, TEMPORARY, TLS
from fanlic.troubleshoot.findings import Finding, error, info, warning


def mapping_findings(container: Container) -> Iterator[Finding]:
    """Everything about the mapped directories."""
    yield from _config(container)
    yield from _harmful(container)
    yield from _tls(container)
    yield from _twice(container)
    for mapping in container.mappings:
        yield from _path(mapping, container.relative)


def _config(container: Container) -> Iterator[Finding]:
    targets = tuple(mapping.target for mapping in container.mappings)
    if _hidden(container):
        return  # the whole of /app is mapped, which is its own finding
    for directory in missing_mapping(targets):
        message = _("{path} is not mapped: {consequence}.").format(
            path=directory.path, consequence=_(directory.consequence)
        ) + _meant(targets)
        if container.unseen:
            yield warning(
                _("{path} is not among the mappings seen here; {origin} was not followed.").format(
                    path=directory.path, origin=container.unseen
                ),
                clause=directory.clause,
                on="docker-itself",
            )
        else:
            yield error(message, clause=directory.clause)
    for mapping in container.at(CONFIG):
        yield from _kept(mapping)


def _meant(targets: tuple[str, ...]) -> str:
    for target in targets:
        if "config" in target.casefold() or "conf" in target.casefold().split("/"):
            return " " + _("{target} is mapped instead; Docker tells small and capital letters apart.").format(
                target=target
            )
    return ""


def _kept(mapping: Mapping) -> Iterator[Finding]:
    """Whether what the server writes into /app/config outlives the container."""
    if mapping.kind is Kind.TMPFS:
        yield error(
            _("/app/config is on tmpfs: its contents are gone when the container stops."),
            clause=Clause.MAP_CONFIG,
            on="docker-itself",
        )
    elif mapping.kind is Kind.ANONYMOUS:
        yield error(
            _("/app/config is an anonymous volume: a container made anew gets another one, as if it were not mapped."),
            clause=Clause.MAP_CONFIG,
            on="docker-itself",
        )
    elif mapping.kind is Kind.VOLUME:
        yield info(
            _(
                "/app/config is kept in the Docker volume {name}, not in a directory of the host. It lasts; for a "
                "migration privateConfig is taken out with docker cp. If a directory was meant, write its whole path."
            ).format(name=mapping.source),
            clause=Clause.MAP_CONFIG,
            on="docker-itself",
        )
    elif mapping.source.startswith(TEMPORARY):
        yield warning(
            _("/app/config is mapped to {source}, a place that systems clear.").format(source=mapping.source),
            clause=Clause.MAP_CONFIG,
            on="docker-itself",
        )
    if mapping.read_only:
        yield error(
            _("/app/config is mapped read-only: the server cannot write privateConfig there."),
            clause=Clause.MAP_CONFIG,
            on="docker-itself",
        )


def _hidden(container: Container) -> tuple[Mapping, ...]:
    return tuple(mapping for target in ("/app", "/") for mapping in container.at(target))


def _harmful(container: Container) -> Iterator[Finding]:
    for mapping in _hidden(container):
        yield error(
            _("{target} is mapped as a whole, which hides everything the image has there. Map {config} only.").format(
                target=mapping.target, config=CONFIG
            )
        )
    for directory in harmful_mapping(tuple(mapping.target for mapping in container.mappings)):
        yield error(
            _("{path}: {consequence}.").format(path=directory.path, consequence=_(directory.consequence)),
            clause=directory.clause,
        )
    inner = {directory.path: directory.clause for directory in DIRECTORIES}
    for mapping in container.mappings:
        parent = next((path for path in inner if mapping.target.startswith(f"{path}/")), None)
        if parent == CONFIG:
            yield warning(
                _("{target} lies below /app/config; what the server writes beside it is not kept there.").format(
                    target=mapping.target
                ),
                clause=inner[parent],
                on="docker-itself",
            )
    if container.read_only:
        yield warning(
            _(
                "The container's own file system is read-only: whatever the server writes outside the mapped "
                "directories fails. FanRuan's page does not say what that is."
            )
        )


def _tls(container: Container) -> Iterator[Finding]:
    for mapping in container.at(TLS):
        if mapping.kind is Kind.TMPFS:
            yield error(
                _(
                    "/app/tls is on tmpfs, which starts empty: no certificate can be there, and the server "
                    "does not start."
                ),
                clause=Clause.MAP_TLS,
                on=("docker-itself", Clause.MAP_TLS),
            )
            continue
        yield info(
            _(
                "/app/tls is mapped: put a certificate for the server's address and its key there before the "
                "start, or the server does not start. FanRuan's page names no files; copy the built-in "
                "directory out of a container to see them. Then check the directory with: fanlic preflight "
                "tls DIR --address https://HOST:PORT"
            ),
            _("docker cp CONTAINER:/app/tls ./tls-built-in"),
            Clause.MAP_TLS,
            ("a23", Clause.MAP_TLS),
        )


def _twice(container: Container) -> Iterator[Finding]:
    counts = Counter(mapping.target for mapping in container.mappings)
    for target, count in counts.items():
        if count > 1:
            yield error(
                _("{target} is mapped {count} times; Docker refuses with: Duplicate mount point.").format(
                    target=target, count=count
                )
            )


def _path(mapping: Mapping, relative: bool) -> Iterator[Finding]:
    if mapping.target in ("", "/") or not mapping.target.startswith("/"):
        yield from _order(mapping)
        return
    if mapping.source in {directory.path for directory in DIRECTORIES}:
        yield from _order(mapping)
        return
    if mapping.kind is not Kind.BIND:
        return
    seen = without_variables(mapping.source)
    if seen and not plain_path(seen):
        yield error(_special(mapping.source), clause=Clause.PLAIN_PATH, on=("special-characters", Clause.PLAIN_PATH))
    if not absolute(mapping.source) and not (relative and mapping.source.startswith(".")):
        yield from _relative(mapping)


def _special(source: str) -> str:
    if source.isascii():
        return _('The path "{source}" has a space or a special character, which may cause errors.').format(
            source=source
        )
    return _(
        'The path "{source}" has characters outside ASCII, which may cause errors; the vendor names Chinese characters '
        "among those to avoid."
    ).format(source=source)


def _order(mapping: Mapping) -> Iterator[Finding]:
    if mapping.target != "/":  # mapping the root is its own finding
        yield error(
            _(
                '"{source}:{target}" does not name a directory of the container: first the host\'s, then the '
                "container's."
            ).format(source=mapping.source, target=mapping.target)
        )


def _relative(mapping: Mapping) -> Iterator[Finding]:
    if mapping.source.startswith("."):
        yield warning(
            _(
                'The path "{source}" is relative: it depends on the folder in which the command is typed, and older '
                "versions of Docker refuse it."
            ).format(source=mapping.source)
        )
    else:
        yield error(
            _('The path "{source}" is relative: Docker takes it for the name of a volume and refuses it.').format(
                source=mapping.source
            )
        )
