"""The engine's half of the sandbox: what really happens to images, containers, ports and folders.

Restart policies act when the host starts again (`boot`), not when a server dies on its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from fanlic.adapters.engines import values
from fanlic.adapters.engines.images import Images
from fanlic.adapters.engines.mapping import MappedDirectories
from fanlic.adapters.engines.network import Network
from fanlic.adapters.engines.records import DaemonError, Loaded, SandboxContainer, SandboxState, write_whole
from fanlic.docker.container import Container, Port
from fanlic.ports import Clock, Entropy, Launch, Process, Runner
from fanlic.texts import _

STOP_SECONDS = 10.0  # Docker's own patience before it kills
LOST = 255  # exit status that Docker shows for a container that went down with its host
NOT_STARTED = 128  # exit status that Docker notes where a container could not be started

_ADJECTIVES = (
    "amber",
    "brisk",
    "calm",
    "clever",
    "eager",
    "fair",
    "gentle",
    "honest",
    "keen",
    "lively",
    "neat",
    "quiet",
)
_NOUNS = (
    "badger",
    "curlew",
    "ferret",
    "heron",
    "lynx",
    "marten",
    "otter",
    "plover",
    "raven",
    "stoat",
    "swift",
    "wren",
)


class Daemon:
    """Images and containers below one folder; the servers behind them run in `runner`."""

    def __init__(
        self,
        folder: Path,
        runner: Runner,
        clock: Clock,
        entropy: Entropy,
        *,
        architecture: str,
        host_address: str,
        ports: range,
        entrypoint: Sequence[str],
    ) -> None:
        self.state = SandboxState()
        self.platform = "linux/arm64/v8" if architecture == "arm64" else f"linux/{architecture}"
        self.host_root = folder / "host"
        self._folder, self._file, self._saved = folder, folder / "state.json", ""
        self._runner, self._clock, self._entropy = runner, clock, entropy
        self._architecture, self._entrypoint = architecture, list(entrypoint)
        self._network = Network(runner, host_address, ports)
        self._mapping = MappedDirectories(self.host_root)
        self.images = Images(folder / "layers")
        self._processes: dict[str, Process] = {}

    # State

    def refresh(self) -> None:
        """Read the state and notice which servers have died. StateDamaged, OSError."""
        self.state = SandboxState.read(self._file)
        self._saved = self.state.to_json()
        for container in [each for each in self.state.containers if each.status == "running"]:
            self._notice(container)

    def save(self) -> None:
        """Write the state where it changed, whole or not at all."""
        text = self.state.to_json()
        if text != self._saved:
            write_whole(self._file, text.encode())
            self._saved = text

    def now(self) -> str:
        """The present instant as the state keeps it."""
        return self._clock.now().isoformat()

    # Containers

    def container(self, reference: str) -> SandboxContainer:
        """The container with this name or (beginning of an) id."""
        for each in self.state.containers:
            if reference.removeprefix("/") in {each.name, each.id}:
                return each
        found = [each for each in self.state.containers if each.id.startswith(reference)]
        if reference and len(found) > 1:
            raise DaemonError(f"multiple IDs found with provided prefix: {reference}")
        if not reference or not found:
            raise DaemonError(f"No such container: {reference}")
        return found[0]

    def image_of(self, container: SandboxContainer) -> Loaded:
        """The image a container was made from."""
        return self.state.images[container.image_id]

    def create(self, asked: Container, image_id: str) -> SandboxContainer:
        """Make a container: its name, its mappings, and its own layer from the image's layers."""
        self._mapping.check(asked.mappings)
        image = self.state.images[image_id]
        if image.settings["config"]["Entrypoint"] != self._entrypoint:  # threat: archive-entry-point
            text = _("sandbox: {image} runs another program than the authorization server, and is not run.")
            raise DaemonError(text.format(image=asked.image))
        variables = image.environment | dict(asked.environment)
        container = SandboxContainer(
            id=self._entropy.token(32).hex(),
            image_id=image_id,
            created=self.now(),
            asked=replace(asked, name=self._name(asked.name), environment=tuple(variables.items())),
        )
        self.images.extract(image, self.layer(container))
        for name in values.DIRECTORIES:
            (self.layer(container) / "app" / name).mkdir(parents=True, exist_ok=True)
        self.state.containers.append(container)
        return container

    def _name(self, wanted: str) -> str:
        names = {each.name: each for each in self.state.containers}
        if wanted in names:
            raise DaemonError(
                f'Conflict. The container name "/{wanted}" is already in use by container '
                f'"{names[wanted].id}". You have to remove (or rename) that container to be able '
                "to reuse that name."
            )
        first, second = self._entropy.token(2)
        invented = f"{_ADJECTIVES[first % len(_ADJECTIVES)]}_{_NOUNS[second % len(_NOUNS)]}"
        while not wanted and invented in names:
            invented += str(second % 10)
        return wanted or invented

    def _folder_of(self, container: SandboxContainer) -> Path:
        return self._folder / "containers" / container.id[:12]

    def layer(self, container: SandboxContainer) -> Path:
        """The container's own files; they go with it."""
        return self._folder_of(container) / "layer"

    def log(self, container: SandboxContainer) -> Path:
        """The file that takes the container's output."""
        return self._folder_of(container) / "container.log"

    def remove(self, container: SandboxContainer, *, force: bool = False) -> None:
        """Remove a container and everything in its layer."""
        if container.status == "running":
            if not force:
                raise DaemonError(
                    f'cannot remove container "/{container.name}": container is running: '
                    "stop the container before removing or force remove"
                )
            self._exited(container, self._processes[container.id].stop(0))
        if container in self.state.containers:  # --rm has removed it already
            self.state.containers.remove(container)
            # A file still open on Windows must not keep it: its folder is never used again.
            shutil.rmtree(self._folder_of(container), ignore_errors=True)

    # Running

    def start(self, container: SandboxContainer) -> None:
        """Start a container; DaemonError where it cannot, and the container stays as it is."""
        if container.status == "running":
            return
        image = self.image_of(container)
        try:
            self._mapping.check(container.asked.mappings)
            self._mapping.make(container.asked.mappings)
            with self._runner.alone():
                self._begin(container, image)
        except DaemonError as error:
            container.error, container.exit_code = str(error), NOT_STARTED
            if container.asked.removed:
                self.remove(container)
            raise

    def _begin(self, container: SandboxContainer, image: Loaded) -> None:
        ports, listens = self._network.publish(self.state, container, image.exposed)
        container.starts += 1
        container.stopped_by_hand = False
        if image.settings["architecture"] != self._architecture:
            self._wrong_architecture(container, image)
        else:
            self._launch(container, ports, listens, image.exposed)

    def _launch(self, container: SandboxContainer, ports: list[Port], listens: int, exposed: int) -> None:
        published = [each.address for each in ports if each.container == str(exposed)]
        launch = Launch(
            container=container.id,
            start=container.starts,
            directories=self._mapping.directories(container.asked.mappings, self.layer(container)),
            host=published[0] if published else "127.0.0.1",
            port=listens,
            environment=dict(container.asked.environment),
            log=self.log(container),
            earlier=self.state.first.get(container.image_id, container.id) != container.id,
        )
        try:
            process = self._runner.start(launch)
        except OSError as error:  # also the runner's time-out
            raise DaemonError(str(error)) from None
        self._processes[container.id] = process
        container.status, container.started, container.error = "running", self.now(), ""
        container.exit_code, container.ports, container.listens = 0, ports, listens
        self._notice(container)
        if container.status == "running":
            self.state.first.setdefault(container.image_id, container.id)

    def _wrong_architecture(self, container: SandboxContainer, image: Loaded) -> None:
        program = image.settings["config"]["Entrypoint"][0]
        with self.log(container).open("a", encoding="utf-8") as log:
            log.write(f"exec {program}: exec format error\n")
        container.started, container.error = self.now(), ""
        self._exited(container, 1)

    def stop(self, container: SandboxContainer, *, by_hand: bool = True) -> None:
        """Stop a container's server; nothing happens where it does not run."""
        if container.status == "running":
            container.stopped_by_hand = by_hand
            self._exited(container, self._processes[container.id].stop(STOP_SECONDS))

    def shutdown(self) -> None:
        """The host is shut down: every container stops, though nobody stopped it by hand."""
        for container in list(self.state.containers):
            self.stop(container, by_hand=False)

    def boot(self) -> None:
        """The host starts: containers come back as their restart policy says."""
        for container in list(self.state.containers):
            again = container.asked.restart == "always" or (
                container.asked.restart == "unless-stopped" and not container.stopped_by_hand
            )
            if again and container.starts:
                with suppress(DaemonError):  # kept in the container's own State.Error
                    self.start(container)

    def _notice(self, container: SandboxContainer) -> None:
        process = self._processes.get(container.id)
        status = process.exit_status() if process is not None else LOST
        if status is not None:
            self._exited(container, status)

    def _exited(self, container: SandboxContainer, status: int) -> None:
        self._processes.pop(container.id, None)
        container.status, container.exit_code, container.finished = "exited", status, self.now()
        container.ports, container.listens = [], 0
        if container.asked.removed:
            self.remove(container)
