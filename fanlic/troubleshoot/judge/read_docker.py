"""What Docker prints and reads, as facts: lists, `docker inspect`, `docker port`, run lines and compose files.

`fanlic.docker` reads them. Only the authorization server's container counts; a stopped database beside it is no fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from fanlic.docker import compose, inspect, ps, run, shell
from fanlic.docker.container import Container, Kind
from fanlic.docker.inspect import ImageInfo
from fanlic.docker.problem import Problem, first_refusal
from fanlic.troubleshoot.judge.facts import Fact, Value
from fanlic.troubleshoot.judge.paste import WIDE, Paste, PastedLine

INSPECT, LIST, RUN, COMPOSE = "docker inspect", "docker ps", "docker run", "compose file"
ROWS, FILES, CONTINUED = 200, 20, 20  # rows, compose files and lines of one command that are read
EVERYWHERE = "0.0.0.0"  # noqa: S104 - shown, not bound
_RUN = re.compile(r"(?:(?P<quote>[`\"'])\s*)?\b(?:docker|podman)(?:\.exe)?\s+(?:container\s+)?(?:run|create)\s+\S")
_OURS = re.compile(r"fanruan|licen[sc]e|(?:^|[/_-])lic(?:[/_:-]|$)", re.IGNORECASE)
_ARCHITECTURE = re.compile(r"_(amd64|arm64)(?::|$|@)")
_WHERE = {
    "status": "State.Status",
    "exit-code": "State.ExitCode",
    "oom": "State.OOMKilled",
    "error": "State.Error",
    "health": "State.Health.Status",
    "restarts": "RestartCount",
    "started": "State.StartedAt",
    "finished": "State.FinishedAt",
    "restart-policy": "HostConfig.RestartPolicy",
    "publish-all": "HostConfig.PublishAllPorts",
    "auto-remove": "HostConfig.AutoRemove",
    "port": "NetworkSettings.Ports",
    "fixed-port": "HostConfig.PortBindings",
    "no-port": "NetworkSettings.Ports",
    "mounts-listed": "Mounts",
}
PastedDocument = tuple[int, Any]
"""A JSON document, and the number of its first line."""
_KINDS = {Kind.TMPFS: "tmpfs", Kind.VOLUME: "volume", Kind.ANONYMOUS: "anonymous-volume"}


def split(paste: Paste) -> tuple[list[PastedDocument], Paste]:
    """The JSON documents in the paste, and the paste without their lines."""
    documents, rest = inspect.documents([line.text for line in paste.lines], _known)
    lines = (paste.lines[at] for at in rest)
    narrow = (line if len(line.text) <= WIDE else replace(line, text=line.text[:WIDE]) for line in lines)
    return [(paste.lines[at].number, value) for at, value in documents], replace(paste, lines=tuple(narrow))


def _known(document: object) -> bool:
    """Whether a reader of documents knows this one; any other stays lines of text, as a log written in JSON."""
    for item in inspect.objects(document):
        table = item if isinstance(item, dict) else {}
        if ps.of(item) or inspect.of(item) or {"code", "errorCode", "reason", "volume_bindings"} & table.keys():
            return True
    return False


def read(documents: Sequence[PastedDocument], rest: Paste) -> Iterator[Fact]:
    """Facts from JSON documents and from the remaining lines."""
    texts = [line.text for line in rest.lines]
    listed: list[tuple[Container, str, int]] = []
    inspected: list[tuple[Container, int]] = []
    for number, item in ((number, item) for number, document in documents for item in inspect.objects(document)):
        container = ps.of(item)
        shown = inspect.of(item) if container is None else None
        if container:
            listed.append((container, f"{container.name}: {container.state.status}", number))
        elif isinstance(shown, Container):
            inspected.append((shown, number))
        elif isinstance(shown, ImageInfo):
            yield from _image(shown, number)
        else:
            yield from _answer(item, number)
    yield from _inspected(inspected)
    for line in rest.lines:
        if part := inspect.cut_off(line.text):
            yield from facts_of(part, INSPECT, line.text, line.number)
    rows = ps.read(texts)[:ROWS]
    listed += [(row.container, row.text, rest.lines[row.at].number) for row in rows]
    yield from _listed(listed, rest)
    yield from _ports(rest, {row.at for row in rows})
    yield from _runs(rest.lines)
    yield from _files(rest.lines, texts)


def ours(*names: str) -> bool:
    """Whether an image or a container is named like the authorization server."""
    return any(_OURS.search(name) for name in names)


def _about_us(container: Container) -> bool:
    mapped = any(mapping.target.startswith("/app/") for mapping in container.mappings)
    inner = [port.container for port in (*container.ports, *(container.published or ()))]
    return ours(container.image, container.name) or mapped or "8081" in inner or "8081/tcp" in container.exposed


def facts_of(container: Container, source: str, text: str = "", number: int = 0, subject: str = "") -> Iterator[Fact]:
    """Every fact about one container; `text` and `number` are the line that tells of it."""
    for kind, value, detail in (*_state(container), *_asked(container), *_published(container, source)):
        line = text or f"{_WHERE.get(kind, 'Mounts')} = {value}"
        yield Fact(kind, value, source, line, number, subject, detail)


def _state(container: Container) -> Iterator[tuple[str, Value, str]]:
    state = container.state
    told: tuple[tuple[str, Value | None, str], ...] = (
        ("status", state.status, container.image),
        ("up-for", state.up_for, ""),
        ("stopped-for", state.stopped_for, ""),
        ("exit-code", state.exit_code, ""),
        ("oom", state.out_of_memory or None, ""),
        ("error", state.error, ""),
        ("health", state.health, ""),
        ("restarts", state.restarts or None, ""),
        ("started", state.started, ""),
        ("finished", state.finished, ""),
        ("restart-policy", container.restart, ""),
        ("auto-remove", container.removed or None, ""),
        ("image-architecture", container.architecture or _named(container.image), ""),
    )
    yield from ((kind, value, detail) for kind, value, detail in told if value is not None and value != "")


def _named(image: str) -> str:
    found = _ARCHITECTURE.search(image)
    return found[1] if found else ""


def _asked(container: Container) -> Iterator[tuple[str, Value, str]]:
    for mapping in container.mappings[:50]:
        yield "mount", mapping.target, mapping.source
        if mapping.read_only:
            yield "read-only", mapping.target, ""
        if mapping.kind in _KINDS:
            yield _KINDS[mapping.kind], mapping.target, ""
    if not container.unseen:
        yield "mounts-listed", True, ""
    fixed = [port for port in container.ports if port.number and port.protocol == "tcp"]
    if container.publish_all or (container.ports and not any(port.fixed for port in container.ports)):
        yield "publish-all", True, ""
    for port in fixed:
        yield "fixed-port", port.number, port.address or EVERYWHERE


def _published(container: Container, source: str) -> Iterator[tuple[str, Value, str]]:
    for port in container.published or ():
        if port.number and port.protocol == "tcp":
            yield "port", port.number, port.address or EVERYWHERE
    if container.published is not None:
        missing = not container.published and container.state.status == "running" and container.network != "host"
    else:
        tcp = any(port.protocol == "tcp" for port in container.ports)
        closed = container.network == "none" or not (tcp or container.publish_all)
        missing = source in (RUN, COMPOSE) and closed and container.network in ("", "none", "bridge", "default")
    if missing:
        yield "no-port", container.exposed[0] if container.exposed else "none", ""


# -- each source


def _inspected(containers: Sequence[tuple[Container, int]]) -> Iterator[Fact]:
    whole = [container for container, _number in containers if inspect.is_whole(container)]
    if whole and not any(map(_about_us, whole)):
        yield Fact("no-container", len(whole), INSPECT)
    for container, number in containers:
        named = container.image or container.name
        if _about_us(container) or not (inspect.is_whole(container) or named):
            yield from facts_of(container, INSPECT, "", number, container.name)


def _image(image: ImageInfo, number: int) -> Iterator[Fact]:
    if ours(*image.names):
        names = ", ".join(image.names)[:200]
        yield Fact("image", names, INSPECT, f"RepoTags = {names}", number)
        yield Fact("image-architecture", image.architecture, INSPECT, f"Architecture = {image.architecture}", number)


def _answer(item: object, number: int) -> Iterator[Fact]:
    """An answer with a code, as an authorization server sends it."""
    table: dict[str, Any] = item if isinstance(item, dict) else {}
    code, reason = table.get("code", table.get("errorCode")), table.get("reason")
    if isinstance(code, (int, str)) and re.fullmatch(r"[123]000[0-7]|6110000[1-6]", str(code)):
        yield Fact("code", str(code), "JSON", f"code = {code}", number)
    if isinstance(reason, str) and re.fullmatch(r"[a-z]+(?:-[a-z]+){1,5}", reason):
        yield Fact("symptom", reason, "JSON", f"reason = {reason}", number)


def _listed(listed: Sequence[tuple[Container, str, int]], rest: Paste) -> Iterator[Fact]:
    known = [each for each in listed if _about_us(each[0])]
    for container, text, number in known:
        yield from facts_of(container, LIST, text, number, container.name)
    if listed and not known:
        yield Fact("no-container", len(listed), LIST, listed[0][1], listed[0][2])
    if not listed and (at := ps.empty_list([line.text for line in rest.lines])) is not None:
        yield Fact("no-container", 0, LIST, rest.lines[at].text, rest.lines[at].number)


def _ports(rest: Paste, taken: set[int]) -> Iterator[Fact]:
    for at, line in enumerate(rest.lines):
        if at not in taken and (port := ps.port(line.text, asked=line.section == "docker port")) and port.number:
            yield Fact("port", port.number, "docker port", line.text, line.number, "", port.address or EVERYWHERE)


def _runs(lines: Sequence[PastedLine]) -> Iterator[Fact]:
    """Each `docker run` of the authorization server, written on one line or continued on others."""
    for at, line in enumerate(lines):
        found = _RUN.search(line.text) if "run" in line.text or "create" in line.text else None
        if found is None:
            continue
        quote = found["quote"]
        text = line.text[found.start() + bool(quote) :]
        text = text.partition(quote)[0] if quote else text
        for further in lines[at + 1 : at + CONTINUED]:
            if not shell.continues(text):
                break
            text = f"{text}\n{further.text.strip()}"
        words = run.find(shell.read(text, shell.guess(text)))
        if words is None:
            continue
        typed = run.read(words[2])
        if ours(text) or _about_us(typed.container):
            if not first_refusal(tuple(typed.problems)):  # of a broken line nobody knows what was meant
                yield from facts_of(typed.container, RUN, text, line.number)
            yield from _refused(typed.problems, RUN, text, line.number)


def _files(lines: Sequence[PastedLine], texts: Sequence[str]) -> Iterator[Fact]:
    """Each compose file's services that are made from the authorization server's image."""
    for begin, text in islice(compose.blocks(texts), FILES):
        file = compose.read(text)
        for service in file.services:
            if not _about_us(service.container):
                continue

            def at(line: int, begin: int = begin, first: int = service.line) -> PastedLine:
                return lines[min(begin + max(line or first, 1), len(lines)) - 1]

            places = {mapping.target: mapping.line for mapping in service.container.mappings}
            places |= {str(port.number): port.line for port in service.container.ports}
            for fact in facts_of(service.container, COMPOSE):
                place = at(places.get(str(fact.value), 0))
                yield replace(fact, line=place.text, number=place.number)
            problems = (*file.problems, *service.problems)
            place = at(next((problem.line for problem in problems if problem.says), 0))
            yield from _refused(problems, COMPOSE, place.text, place.number)


def _refused(problems: Sequence[Problem], source: str, text: str, number: int) -> Iterator[Fact]:
    if problem := first_refusal(tuple(problems)):
        yield Fact("refused", problem.says[:300], source, text, number)
