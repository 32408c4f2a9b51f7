"""The sandbox engine: the page's own `docker` commands, without Docker.

This is the command line's half: words, tables and exit statuses. What happens is in `daemon.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from fanlic.adapters.engines import output, values
from fanlic.adapters.engines.command import Refused, help_text, parse, refused_by_daemon
from fanlic.adapters.engines.daemon import Daemon
from fanlic.adapters.engines.records import DaemonError, SandboxContainer, StateDamaged
from fanlic.adapters.image import ENTRYPOINT
from fanlic.adapters.tarball import ArchiveFault, ArchiveRefused
from fanlic.docker.command import Command
from fanlic.model.container import random_ports
from fanlic.model.policy import FINEBI_6_0_5
from fanlic.ports import Clock, Completed, Entropy, Runner
from fanlic.texts import _

_PORTS = random_ports(FINEBI_6_0_5)
_TAR = "Error processing tar file(exit status 1)"
_DOCKER_WORDS = {  # what an engine says where it notices; most of our checks are stricter
    ArchiveFault.NOT_A_TAR: f"{_TAR}: archive/tar: invalid tar header\n",
    ArchiveFault.TRUNCATED: f"{_TAR}: unexpected EOF\n",
    ArchiveFault.LAYER: "invalid diffID for layer\n",
}


class Sandbox:
    """A container host inside `folder`; a new one on the same folder goes on where it stood.

    Only images with this `entrypoint`, the authorization server's, are run. Typed host paths live in `folder`/host,
    relative archive paths in `workdir`. Call `shutdown` when the host is no longer needed: servers do not outlive
    their runner.
    """

    def __init__(
        self,
        folder: Path,
        runner: Runner,
        clock: Clock,
        entropy: Entropy,
        *,
        architecture: str = "amd64",
        host_address: str = "0.0.0.0",  # noqa: S104 - what Docker shows and binds
        ports: range = _PORTS,
        entrypoint: Sequence[str] = ENTRYPOINT,
        workdir: Path | None = None,
    ) -> None:
        self._daemon = Daemon(
            folder,
            runner,
            clock,
            entropy,
            architecture=architecture,
            host_address=host_address,
            ports=ports,
            entrypoint=entrypoint,
        )
        self._clock = clock
        self._workdir = workdir or folder

    def docker(self, line: str) -> Completed:
        """Run one command line, as the page writes it, with the word `docker` or without."""
        try:
            command = parse(line)
            if command.help:
                return Completed(help_text(command.verb) + "\n", "", 0)
            self._daemon.refresh()
            try:
                verb: Callable[[Command], Completed] = getattr(self, f"_{command.verb}")
                return verb(command)
            finally:
                self._daemon.save()
        except Refused as error:
            return Completed("", f"{error}\n", error.status)
        except (DaemonError, StateDamaged, OSError) as error:
            return Completed("", f"Error response from daemon: {error}\n", 1)

    def host_directory(self, typed: str) -> Path:
        """Where a host path, as typed in `-v`, really is on this machine; Refused where odd."""
        return values.host_directory(self._daemon.host_root, typed)

    def shutdown(self) -> None:
        """Shut the host down: every container stops. StateDamaged, OSError."""
        self._daemon.refresh()
        self._daemon.shutdown()
        self._daemon.save()

    def boot(self) -> None:
        """Start the host: containers come back as their restart policy says."""
        self._daemon.refresh()
        self._daemon.boot()
        self._daemon.save()

    def reboot(self) -> None:
        """Shut the host down and start it again."""
        self.shutdown()
        self.boot()

    # One method for each verb

    def _load(self, command: Command) -> Completed:
        given = command.last("input") or command.stdin
        if given is None:
            return Completed("", "requested load from stdin, but stdin is empty\n", 1)
        try:
            said = self._daemon.images.load(self._daemon.state, self._workdir / given)  # clause: load
        except ArchiveRefused as refusal:
            words = _DOCKER_WORDS.get(refusal.fault, "")
            return Completed("", f"{words}{refusal}\n{refusal.remedy}\n", 1)
        except FileNotFoundError:
            return Completed("", f"open {given}: no such file or directory\n", 1)
        except IsADirectoryError:
            return Completed("", f"read {given}: is a directory\n", 1)
        return Completed("\n".join(said) + "\n", "", 0)

    def _images(self, command: Command) -> Completed:
        wanted = command.arguments[0] if command.arguments else ""
        rows = []
        for image_id, image in self._daemon.state.images.items():
            created = datetime.fromisoformat(image.settings["created"])
            ago = f"{output.span(self._clock.now() - created)} ago"
            for name in image.names or ["<none>:<none>"]:
                repository, _colon, tag = name.rpartition(":")
                if not wanted or wanted in {repository, name}:
                    rows.append([repository, tag, image_id[:12], ago, output.size(image.size)])
        header = ["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"]
        return Completed(output.table(header, rows), "", 0)  # clause: list-images

    def _run(self, command: Command) -> Completed:
        order = values.asked(command)
        image_id = self._daemon.state.image_id(order.image)
        if image_id is None:
            return _unknown_image(order.image)
        warning = ""
        platform = self._daemon.state.images[image_id].platform
        if platform != self._daemon.platform:
            warning = (
                f"WARNING: The requested image's platform ({platform}) does not match the "
                f"detected host platform ({self._daemon.platform}) and no specific platform was "
                "requested\n"
            )
        shown = ""
        try:
            container = self._daemon.create(order, image_id)
            shown = f"{container.id}\n"
            self._daemon.start(container)
        except DaemonError as error:
            refusal = refused_by_daemon(str(error))
            return Completed(shown, f"{warning}{refusal}\n", refusal.status)
        return Completed(shown, warning, 0)

    def _ps(self, command: Command) -> Completed:
        rows = [
            self._row(container)
            for container in reversed(self._daemon.state.containers)
            if container.status == "running" or command.has("all")
        ]
        header = ["CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"]
        return Completed(output.table(header, rows), "", 0)

    def _row(self, container: SandboxContainer) -> list[str]:
        now, image = self._clock.now(), self._daemon.image_of(container)
        same = self._daemon.state.image_id(container.asked.image) == container.image_id
        ports = output.ports(container, image.exposed)  # clause: list-port
        return [
            container.id[:12],
            container.asked.image if same else container.image_id[:12],
            output.command(image),
            f"{output.span(now - datetime.fromisoformat(container.created))} ago",
            output.status(container, now),
            ports,
            container.name,
        ]

    def _port(self, command: Command) -> Completed:
        container = self._daemon.container(command.arguments[0])
        if len(command.arguments) == 1:
            lines = [f"{each.container}/tcp -> {each.address}:{each.host}" for each in container.ports]
            return Completed("".join(f"{line}\n" for line in lines), "", 0)
        wanted = command.arguments[1].removesuffix("/tcp")
        lines = [f"{each.address}:{each.host}" for each in container.ports if each.container == wanted]
        if not lines:
            shown = f"'{command.arguments[1]}' published for {command.arguments[0]}"
            return Completed("", f"Error: No public port {shown}\n", 1)
        return Completed("".join(f"{line}\n" for line in lines), "", 0)

    def _logs(self, command: Command) -> Completed:
        log = self._daemon.log(self._daemon.container(command.arguments[0]))
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        return Completed(text, "", 0)

    def _inspect(self, command: Command) -> Completed:
        found, missing = [], []
        for name in command.arguments:
            image_id = self._daemon.state.image_id(name)
            try:
                container = self._daemon.container(name)
                image = self._daemon.image_of(container)
                found.append(output.container_json(container, image))
            except DaemonError:
                if image_id is None:
                    missing.append(f"Error: No such object: {name}\n")
                else:
                    found.append(output.image_json(image_id, self._daemon.state.images[image_id]))
        return Completed(json.dumps(found, indent=4) + "\n", "".join(missing), int(bool(missing)))

    def _stop(self, command: Command) -> Completed:
        return self._each(command, self._daemon.stop)

    def _start(self, command: Command) -> Completed:
        done = self._each(command, self._daemon.start)
        if not done.status:
            return done
        failed = [name for name in command.arguments if f"{name}\n" not in done.stdout]
        summary = f"Error: failed to start containers: {', '.join(failed)}\n"
        return Completed(done.stdout, done.stderr + summary, 1)

    def _restart(self, command: Command) -> Completed:
        def again(container: SandboxContainer) -> None:
            self._daemon.stop(container)
            try:
                self._daemon.start(container)
            except DaemonError as error:
                raise DaemonError(f"Cannot restart container {container.name}: {error}") from None

        return self._each(command, again)

    def _rm(self, command: Command) -> Completed:
        force = command.has("force")
        done = self._each(command, lambda each: self._daemon.remove(each, force=force))
        only_missing = all("No such container" in line for line in done.stderr.splitlines())
        return Completed(done.stdout, done.stderr, 0 if force and only_missing else done.status)

    def _each(self, command: Command, action: Callable[[SandboxContainer], None]) -> Completed:
        done, failed = [], []
        for name in command.arguments:
            try:
                action(self._daemon.container(name))
                done.append(f"{name}\n")
            except DaemonError as error:
                failed.append(f"Error response from daemon: {error}\n")
        return Completed("".join(done), "".join(failed), int(bool(failed)))


def _unknown_image(name: str) -> Completed:
    full = name if ":" in name else f"{name}:latest"
    repository = name.partition(":")[0]
    refusal = refused_by_daemon(
        f"pull access denied for {repository}, repository does not exist or may require "
        "'docker login'\n" + _("sandbox: use a name that 'docker images' prints.")
    )
    return Completed("", f"Unable to find image '{full}' locally\n{refusal}\n", refusal.status)
