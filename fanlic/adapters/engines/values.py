"""The container that a `docker run` asks the sandbox for, within what the sandbox can do; and host paths."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from pathlib import Path

from fanlic.adapters.engines.command import Refused, refusal, refused
from fanlic.adapters.files import make_folder
from fanlic.docker.command import Command
from fanlic.docker.container import Container, Kind, Mapping, Port
from fanlic.docker.problem import ProblemKind, first_refusal
from fanlic.docker.run import container_of
from fanlic.model.container import plain_path
from fanlic.texts import _

DIRECTORIES = ("config", "log", "tls", "web", "license")  # below /app, in the page's order

_ABSOLUTE = re.compile(r"/|[A-Za-z]:[\\/]")


def asked(command: Command) -> Container:
    """The container that a `run` asks for; Refused where Docker or the sandbox refuses it."""
    container, problems = container_of(command, literal=True)
    if problem := first_refusal(tuple(problems)):
        error = refusal(problem)
        if problem.kind is ProblemKind.IMAGE and container.command:
            text = _(
                "sandbox: the first word that belongs to no option is taken for the image. "
                "A host path with a space in it falls apart this way."
            )
            error = refused(f"{problem.says}\n{text}")
        raise error
    for text in _outside(container, command):
        raise refused(text)
    return container


def _outside(container: Container, command: Command) -> Iterator[str]:
    """What Docker takes and the sandbox does not."""
    if container.command:
        text = _("sandbox: {words} stands after the image; options go before it.")
        yield text.format(words=" ".join(container.command))
    if not command.has("detach"):
        yield _("sandbox: containers run in the background only; add -d, as FanRuan's page does.")
    for mapping in container.mappings:
        yield from _outside_mapping(mapping)
    if not all(map(_plain_port, container.ports)):
        yield _("sandbox: the server has one TCP port; publish it as host:container, for IPv4.")


def _outside_mapping(mapping: Mapping) -> Iterator[str]:
    if mapping.read_only:
        yield _("sandbox: read-only mappings are not part of the sandbox.")
    if mapping.kind is not Kind.BIND:
        yield _no_host_path(mapping.source or mapping.target)
    if mapping.target.startswith(tuple(f"/app/{name}/" for name in DIRECTORIES)):
        text = _("sandbox: map the whole directory, not {target}, which lies inside one.")
        yield text.format(target=mapping.target)
    yield from _odd_path(mapping.source)


def _plain_port(port: Port) -> bool:
    return port.protocol == "tcp" and ":" not in port.address and "-" not in f"{port.host}{port.container}"


def _no_host_path(text: str) -> str:
    return _(
        'sandbox: "{text}" names no absolute host path. A real Docker would make a volume of its own '
        "for it; FanRuan's page maps host directories, such as /D/William/lic/config."
    ).format(text=text)


def _odd_path(typed: str) -> Iterator[str]:
    """Why a host path is not absolute or not plain (note 1 of the page)."""
    if not _ABSOLUTE.match(typed):
        yield _no_host_path(typed)
    elif not plain_path(typed) or ":" in typed[2:]:
        text = _(
            'sandbox: the host path "{path}" has a space or a character other than A-Z a-z 0-9 . _ - / \\.'
            " FanRuan's page warns that such names may cause errors (note 1); a real Docker may accept "
            "this one. Use a plain path."
        )
        yield text.format(path=ascii(typed)[1:-1].replace("\\\\", "\\"))


def check_mapped_paths(container: Container) -> None:
    """Refused where a mapping is not one of a plain host directory, as the page's are."""
    for mapping in container.mappings:
        if mapping.kind is not Kind.BIND:
            raise refused(_no_host_path(mapping.source or mapping.target))
        for text in _odd_path(mapping.source):
            raise refused(text)


def host_directory(root: Path, typed: str) -> Path:
    """Where a typed host path lives below the lab's `root`: /D/x, D:/x and D:\\x are the same.

    `..` is resolved as text first, so no path leads out of `root`. A link on the way is refused.
    """
    parts = _parts(typed)
    for count in range(1, len(parts) + 1):
        if root.joinpath(*parts[:count]).is_symlink():  # threat: link-on-the-way
            raise _through_a_link(typed)
    return root.joinpath(*parts)


def make_host_directory(root: Path, typed: str) -> Path:
    """The same, made where it is missing; links are refused while it is made, not before."""
    try:
        return make_folder(root, _parts(typed))
    except OSError as problem:
        if problem.errno == errno.ENOTDIR and not host_directory(root, typed).is_file():
            raise _through_a_link(typed) from problem
        raise


def _through_a_link(typed: str) -> Refused:
    text = _("sandbox: {path} leads through a link, and links are not followed. Put a folder in its place.")
    return refused(text.format(path=typed))


def _parts(typed: str) -> list[str]:
    for text in _odd_path(typed):
        raise refused(text)
    parts: list[str] = []
    for part in re.split(r"[\\/]", typed.removeprefix(typed[:2] if typed[1:2] == ":" else "")):
        if part == "..":
            del parts[-1:]
        elif part not in {"", "."}:
            parts.append(part)
    if typed[1:2] == ":":
        parts.insert(0, typed[0])
    if parts and len(parts[0]) == 1:  # a single letter at the root is a drive (reading A22)
        parts[0] = parts[0].upper()
    return parts
