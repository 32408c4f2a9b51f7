"""The output of `docker inspect`: of a container that exists, or of an image before it is run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from fanlic.docker import inspect
from fanlic.docker.container import Container, is_port
from fanlic.docker.inspect import ImageInfo
from fanlic.model.clauses import Clause
from fanlic.texts import _
from fanlic.troubleshoot.check import words
from fanlic.troubleshoot.check.fix import corrected, written
from fanlic.troubleshoot.check.image import architecture_of, check
from fanlic.troubleshoot.findings import Finding, Unreadable, error, info, warning, with_fix

_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


def judge(text: str) -> list[Finding]:
    """Every finding about what was inspected; raises Unreadable where it is neither container nor image."""
    objects, problems = inspect.read(text)
    findings = list(words.findings(problems))
    for one in objects:
        if not inspect.is_whole(one):
            raise Unreadable(
                _("Neither a container nor an image: use docker inspect NAME, or docker image inspect NAME.")
            )
        findings += _container(one) if isinstance(one, Container) else _image(one) if one else ()
    if not objects:
        raise Unreadable(_("The list is empty: docker found nothing under that name. See docker ps -a."))
    return findings


def is_container(text: str) -> bool:
    """Whether a container that exists was inspected."""
    return '"HostConfig"' in text


def _container(container: Container) -> list[Finding]:
    name = container.name or "CONTAINER"
    # The port of now stays, for projects have it in their settings.
    fixed = corrected(replace(container, ports=container.published or container.ports))
    line = written(replace(fixed, name=name))
    anew = "\n".join(
        [
            f"docker cp {name}:/app/config ./config-copy",
            _("# Then wait for a time agreed with all who use it: making it anew is a restart. Copy what was saved"),
            _("# into the mapped directory, and keep the old container until the new one works:"),
            f"docker stop {name}",
            f"docker rename {name} {name}-old",
            line,
        ]
    )
    findings = []
    for finding in check(container):
        if finding.clause == Clause.DOWN_TIME.slug and not container.removed:
            findings += with_fix([finding], f"docker update --restart unless-stopped {name}")
        else:
            findings += with_fix([finding], anew)
    return findings


def _image(image: ImageInfo) -> Iterator[Finding]:
    architecture = image.architecture
    for tag in image.names:
        if architecture_of(tag) not in ("", architecture):
            yield error(
                _("{tag} says one architecture, and the image is for another: {architecture}.").format(
                    tag=tag, architecture=architecture
                ),
                _("Load the archive again and take the image whose name fits the host."),
                Clause.ARCHITECTURES,
            )
    if not image.names:
        yield warning(
            _("The image has no name: docker run finds it by its ID only."),
            "docker tag IMAGE_ID fanruan_license_server_amd64:1.0.0",
            Clause.LOAD,
            "docker-itself",
        )
    yield info(
        _("The image is for {architecture}: uname -m on the container host must say {machine}.").format(
            architecture=architecture, machine=_MACHINES.get(architecture, architecture)
        ),
        clause=Clause.ARCHITECTURES,
    )
    yield from _exposed(image.exposed)


def _exposed(ports: Sequence[str]) -> Iterator[Finding]:
    numbers = [name.partition("/")[0] for name in ports]
    if not numbers:
        yield warning(
            _("The image exposes no port, so -P publishes none."),
            "docker run -p 49155:8081 ...",
            Clause.RANDOM_PORT,
            "docker-itself",
        )
    for number in numbers:
        if not is_port(number):
            yield error(
                _('The image exposes "{number}", which is no port.').format(number=number),
                "docker run -p 49155:8081 ...",
                Clause.FIXED_PORT,
                "a1",
            )
        else:
            yield info(
                _("The image exposes port {number}: publish it with -p 49155:{number}.").format(number=number),
                clause=Clause.FIXED_PORT,
                on=("docker-itself", Clause.FIXED_PORT),
            )
