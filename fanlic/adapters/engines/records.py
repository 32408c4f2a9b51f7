"""What the sandbox remembers: images, containers and the last port given, as one JSON file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from fanlic.adapters.files import private
from fanlic.docker.container import Container, Kind, Mapping, Port, State
from fanlic.texts import _

ZERO_TIME = "0001-01-01T00:00:00+00:00"  # Docker's way to say "never"


class DaemonError(Exception):
    """What Docker prints after `Error response from daemon:`."""


class StateDamaged(ValueError):
    """The state file is not one that the sandbox wrote."""


@dataclass
class Loaded:
    """One loaded image: its names, its configuration and its layers' digests in hex."""

    names: list[str]
    settings: dict[str, Any]
    layers: list[str]
    size: int  # bytes

    @property
    def exposed(self) -> int:
        """The port that the server listens on inside the container."""
        return int(next(iter(self.settings["config"]["ExposedPorts"])).split("/")[0])

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the image sets."""
        pairs = (setting.partition("=") for setting in self.settings["config"]["Env"])
        return {name: value for name, _equals, value in pairs}

    @property
    def platform(self) -> str:
        """The image's platform as Docker writes it."""
        variant = self.settings.get("variant")
        return f"linux/{self.settings['architecture']}" + (f"/{variant}" if variant else "")


@dataclass
class SandboxContainer:
    """One container: what `run` asked for, and what became of it; times are ISO 8601 in UTC."""

    id: str
    image_id: str
    created: str
    asked: Container  # with its name, and with the image's variables
    status: Literal["created", "running", "exited"] = "created"
    exit_code: int = 0
    error: str = ""
    started: str = ZERO_TIME
    finished: str = ZERO_TIME
    starts: int = 0
    stopped_by_hand: bool = False
    ports: list[Port] = field(default_factory=list)  # published while it runs
    listens: int = 0  # the host port the server itself listens on while it runs

    @property
    def name(self) -> str:
        """Its name."""
        return self.asked.name


@dataclass
class SandboxState:
    """Everything that outlives one command."""

    images: dict[str, Loaded] = field(default_factory=dict)
    containers: list[SandboxContainer] = field(default_factory=list)  # in the order of creation
    last_port: int = 0
    first: dict[str, str] = field(default_factory=dict)  # image id: its first container that started, gone or not

    def image_id(self, reference: str) -> str | None:
        """The id of the image with this name or (beginning of an) id; None where there is none."""
        full = reference if ":" in reference else f"{reference}:latest"
        for image_id, image in self.images.items():
            if full in image.names:
                return image_id
        short = reference.removeprefix("sha256:")
        found = [each for each in self.images if short and each.startswith(short)]
        return found[0] if len(found) == 1 else None

    def to_json(self) -> str:
        """The state as text."""
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def read(cls, path: Path) -> SandboxState:
        """The state in a file, an empty one where there is none; StateDamaged names the file."""
        if not path.exists():
            return cls()
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                images={key: Loaded(**value) for key, value in raw["images"].items()},
                containers=[_container(value) for value in raw["containers"]],
                last_port=int(raw["last_port"]),
                first={str(key): str(value) for key, value in raw.get("first", {}).items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            text = _("the sandbox's state in {path} is damaged; move its folder away and start anew")
            raise StateDamaged(text.format(path=path)) from None


def _container(raw: dict[str, Any]) -> SandboxContainer:
    asked = raw["asked"] | {
        "environment": tuple((name, value) for name, value in raw["asked"]["environment"]),
        "mappings": tuple(Mapping(**each | {"kind": Kind(each["kind"])}) for each in raw["asked"]["mappings"]),
        "ports": tuple(Port(**each) for each in raw["asked"]["ports"]),
        "state": State(),
    }
    ports = [Port(**each) for each in raw["ports"]]
    return SandboxContainer(**raw | {"asked": Container(**asked), "ports": ports})


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that a reader finds the old one or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with open(part, "wb", opener=private) as stream:  # layers and environments hold secrets
        stream.write(data)
    part.replace(path)
