"""Starting the Authorization Server: the image's names, the four directories, the mapped host path, the published port.

A mapped directory hides what the image has there. For `/app/config` this is wanted: the files that the server writes
stay when the container is removed. For `/app/tls` it hides the built-in certificate, for `/app/web` the QR code page.
The page prints a container port of five digits that no port can have; we read 8081 (A1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from fanlic.model.clauses import Clause
from fanlic.model.policy import LostFolder, Policy
from fanlic.model.refusals import N_

ARCHIVE = "fanruan_license_server.tar"
ARCHITECTURES = ("amd64", "arm64")
IMAGE_VERSION = "1.0.0"
QR_PATH = "/license/qrcode"  # clause: qr-page
BUILT_IN_NAMES = ("localhost", "127.0.0.1")

# Letters, digits and the few signs that a path needs, with the backslash and the drive's colon of Windows.
_PLAIN = re.compile(r"[A-Za-z0-9._/\\:-]+")


class Map(StrEnum):
    """The page's verdict on mapping a directory."""

    MUST = N_("map")
    MAY = N_("map as needed")
    MUST_NOT = N_("do not map")


@dataclass(frozen=True)
class Directory:
    """One of the container's four directories: the verdict, and what goes wrong otherwise."""

    path: str
    verdict: Map
    clause: Clause
    consequence: str


DIRECTORIES = (
    Directory(
        "/app/config",
        Map.MUST,
        Clause.MAP_CONFIG,
        N_("without it errors follow when the container is started for the second time"),
    ),
    Directory("/app/log", Map.MAY, Clause.MAP_LOG, N_("without it the logs are read with docker logs only")),
    Directory(
        "/app/tls",
        Map.MAY,
        Clause.MAP_TLS,
        N_("mapped without a certificate and its key in it, the server does not start"),
    ),
    Directory("/app/web", Map.MUST_NOT, Clause.MAP_WEB, N_("mapped, the QR code page is unreachable")),
)


def image_name(architecture: str) -> str:
    """The name under which `docker images` lists the image."""
    return f"fanruan_license_server_{architecture}:{IMAGE_VERSION}"


def plain_path(path: str) -> bool:
    """Whether a host path has neither spaces nor special characters, as note 1 asks."""
    return _PLAIN.fullmatch(path) is not None  # clause: plain-path


def missing_mapping(targets: tuple[str, ...]) -> tuple[Directory, ...]:
    """The directories that must be mapped and are not among the mapped targets."""
    return tuple(d for d in DIRECTORIES if d.verdict is Map.MUST and d.path not in targets)  # clause: map-config


def harmful_mapping(targets: tuple[str, ...]) -> tuple[Directory, ...]:
    """The directories among the mapped targets that must not be mapped."""
    return tuple(d for d in DIRECTORIES if d.verdict is Map.MUST_NOT and d.path in targets)  # clause: map-web


def second_start_fails(earlier: bool, empty: bool, policy: Policy) -> bool:
    """Whether a container whose `/app/config` is `empty` fails at its start (A29).

    `earlier`: another container of its image has started on this host before. A container cannot know that by itself;
    the page does not say how a real server would, so the rehearsal's host tells it.
    """
    return earlier and empty and policy.lost_folder is LostFolder.START_FAILS  # clause: map-config


def random_ports(policy: Policy) -> range:
    """The host ports among which `-P` finds a free one."""
    return range(policy.first_port, policy.last_port + 1)  # clause: random-port


def certificate_covers(host: str) -> bool:
    """Whether the built-in certificate is valid for this host."""
    return host in BUILT_IN_NAMES  # clause: built-in-certificate
