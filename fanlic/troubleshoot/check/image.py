"""All rules for a container about to be started: mappings, ports, image, and whether it comes back by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fanlic.docker.container import Container
from fanlic.docker.values import POLICIES as DOCKERS
from fanlic.docker.values import image_refusal, restart_refusal
from fanlic.model.clauses import Basis, Clause
from fanlic.model.container import ARCHITECTURES, IMAGE_VERSION, image_name
from fanlic.texts import _
from fanlic.troubleshoot.check.mappings import mapping_findings
from fanlic.troubleshoot.check.ports import port_findings
from fanlic.troubleshoot.findings import Finding, error, info, warning

STEM = "fanruan_license_server"
POLICIES = ("always", "unless-stopped")
_OURS = re.compile(
    rf"(?:[\w.:-]+/)*{STEM}(?:_(?P<architecture>amd64|arm64))?(?::(?P<tag>[\w.-]+))?(?:@sha256:[0-9a-f]+)?"
)
_ID = re.compile(r"(?:sha256:)?[0-9a-f]{12,64}")
_PLATFORMS = {"linux/amd64": "amd64", "linux/x86_64": "amd64", "linux/arm64": "arm64", "linux/arm64/v8": "arm64"}


def check(container: Container) -> list[Finding]:
    """Everything that can be said before it is started."""
    return [
        *mapping_findings(container),
        *port_findings(container),
        *_image(container.image),
        *_platform(container),
        *_restart(container),
        *_command(container),
    ]


def architecture_of(image: str) -> str:
    """The architecture that the image's name says; empty where it says none."""
    found = _OURS.fullmatch(image)
    return (found["architecture"] if found else None) or ""


def known(image: str) -> bool:
    """Whether this can be the image: by its name, by an ID, or filled in elsewhere."""
    return bool(_OURS.fullmatch(image) or _ID.fullmatch(image) or "$" in image or "%" in image)


def _image(image: str) -> Iterator[Finding]:
    found = _OURS.fullmatch(image)
    if not image:
        yield error(_("No image is named."), clause=Clause.LOAD, on="docker-itself")
    elif "$" in image or "%" in image:
        yield info(_("The image's name {image} is filled in elsewhere and was not judged.").format(image=image))
    elif re.search(r"\.(tar|tgz|tar\.gz)$", image):
        yield error(
            _(
                "{image} is the archive; docker run wants the image's name, as docker images lists it after "
                "docker load."
            ).format(image=image),
            clause=Clause.LOAD,
            on="docker-itself",
        )
    elif says := image_refusal(image):
        yield error(
            _("Docker refuses the image's name: {says}").format(says=says), clause=Clause.LOAD, on="docker-itself"
        )
    elif not known(image):
        yield warning(
            _(
                "{image} is not the image's name on FanRuan's page ({name}). Use the name that docker images shows."
            ).format(image=image, name=image_name("amd64")),
            clause=Clause.ARCHITECTURES,
            on="a20",
        )
    elif found is not None:
        yield from _tag(image, found["architecture"], found["tag"])


def _tag(image: str, architecture: str | None, tag: str | None) -> Iterator[Finding]:
    if tag in (None, "latest") and "@" not in image:
        yield warning(
            _("Without a version Docker looks for {image}:latest; the image on FanRuan's page is {version}.").format(
                image=image.removesuffix(":latest"), version=IMAGE_VERSION
            ),
            clause=Clause.ARCHITECTURES,
            on="docker-itself",
        )
    if architecture is None:
        yield info(
            _(
                "An image without an architecture in its name is from an older archive; use the name that "
                "docker images shows."
            ),
            clause=Clause.ARCHITECTURES,
            on=Basis.VENDOR,
        )
    elif architecture == ARCHITECTURES[1]:
        yield info(
            _("This image is for ARM hosts only: uname -m must say aarch64 there, otherwise take the amd64 image."),
            clause=Clause.ARCHITECTURES,
        )


def _platform(container: Container) -> Iterator[Finding]:
    architecture, asked = architecture_of(container.image), container.platform
    if asked and architecture and _PLATFORMS.get(asked.lower(), asked) != architecture:
        yield error(
            _("The image is for {architecture}, and {platform} is asked for.").format(
                architecture=architecture, platform=asked
            ),
            clause=Clause.ARCHITECTURES,
        )


def _restart(container: Container) -> Iterator[Finding]:
    policy = container.restart.partition(":")[0]
    if policy in DOCKERS and (says := restart_refusal(container.restart)[0]):
        yield error(_("Docker refuses the restart policy: {says}").format(says=says))
    if container.removed:
        if policy not in ("", "no"):
            yield error(_("--rm and --restart exclude each other; Docker refuses the line."))
        else:
            yield warning(
                _("--rm removes the container when it stops, and nothing starts it again after a reboot of the host."),
                clause=Clause.DOWN_TIME,
                on="docker-itself",
            )
    elif policy in ("", "no", "on-failure"):
        yield warning(_no_policy(policy), clause=Clause.DOWN_TIME, on="docker-itself")
    elif policy not in POLICIES:
        yield error(_('"{policy}" is no restart policy of Docker.').format(policy=container.restart))


def _no_policy(policy: str) -> str:
    given = _("The restart policy on-failure") if policy == "on-failure" else _("No restart policy")
    return _(
        "{given}: after a reboot of the host the server stays down until somebody starts it, and an activation "
        "does not "
        "survive 24 hours of that."
    ).format(given=given)


def _command(container: Container) -> Iterator[Finding]:
    options = [word for word in container.command if word.startswith("-")]
    if options and container.command[0].startswith("-"):
        yield error(
            _(
                "What follows the image's name ({words}) is handed to the program in the container, not to Docker. "
                "Options stand before the image."
            ).format(words=" ".join(container.command))
        )
    elif container.command or container.entrypoint:
        yield warning(
            _("{words} replaces what the image starts by itself; FanRuan's page gives no command.").format(
                words=container.entrypoint or " ".join(container.command)
            )
        )
