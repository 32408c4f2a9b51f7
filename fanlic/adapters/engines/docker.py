"""The page's `docker` commands on a real Docker engine, through its own command line.

What the learner types is built anew from options that stay within the lab, and four things are added that the page does
not know: our label, so that nothing else on that engine is touched; the lab's clock, mapped read-only; the lab's seed;
and no pulling. Typed host paths live below the lab's folder, as in the sandbox, and are shown as typed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from fanlic.adapters.archive_reader import Archive, LoadedImage, read_from
from fanlic.adapters.customer import LicenseRefused
from fanlic.adapters.engines import allowed
from fanlic.adapters.engines.command import Refused, parse, refusal, refused, split
from fanlic.adapters.engines.docker_cli import answers, call
from fanlic.adapters.engines.host_paths import HostPaths
from fanlic.adapters.files import plain
from fanlic.adapters.image import OURS
from fanlic.adapters.image_check import ImageChanged
from fanlic.adapters.tarball import ArchiveFault, ArchiveRefused
from fanlic.docker.command import VERBS, Command, engine_words, read
from fanlic.docker.problem import ProblemKind, first_refusal
from fanlic.docker.run import container_of
from fanlic.ports import Completed
from fanlic.texts import _

LABEL = "fanlic.host"
CLOCK_PLACE = "/run/fanlic"
REPOSITORY = "fanruan_license_server*"

_TRIES, _PAUSE = 400, 0.05  # how long a started server may take until it answers: 20 s
# What is wrong with a value that the engine can be given to judge: it is only a port, a name, a policy, a target.
_THE_ENGINES = {
    *(ProblemKind.PORT, ProblemKind.NAME, ProblemKind.RESTART, ProblemKind.REMOVED_AND_RESTARTED, ProblemKind.IMAGE),
    *(ProblemKind.BAD_VALUE, ProblemKind.MAPPED_TWICE, ProblemKind.ARGUMENTS),
}


@dataclass(frozen=True)
class Setting:
    """What every container of one host is given."""

    host: str  # the value of our label
    clock: Path  # the folder with the lab's clock
    seed: str = field(repr=False)
    token: str = field(repr=False)  # without it nobody moves a server's clock

    @classmethod
    def of(cls, folder: Path, name: str, clock: Path, seed: str, token: str) -> Setting:
        """For the host `name` of the lab in `folder`; another lab's containers have another label."""
        lab = hashlib.sha256(str(folder.absolute()).encode()).hexdigest()[:12]
        return cls(f"{lab}/{name}", clock.absolute(), f"{seed}/{name}", token)


class DockerHost:
    """A container host on a real engine: the containers with its label, the host paths below `folder`/host.

    `configs` gets, for each new container, where its /app/config can be read; `answers` says whether a server is there.
    `check` raises LicenseRefused or ImageChanged for an archive that this lab's own desk did not write.
    """

    def __init__(
        self,
        folder: Path,
        setting: Setting,
        configs: dict[str, Callable[[], Path]],
        *,
        workdir: Path,
        answers: Callable[[str, int], bool] = answers,
        check: Callable[[Archive], None] = lambda _archive: None,
    ) -> None:
        self._folder = folder
        (folder / "host").mkdir(parents=True, exist_ok=True)
        self._paths = HostPaths(folder / "host")
        self._setting = setting
        self._configs = configs
        self._workdir = workdir
        self._answers = answers
        self._check = check
        self._mine = f"label={LABEL}={setting.host}"
        self._labels = {"container": f"{LABEL}={setting.host}", "image": OURS}
        self._runs = 0
        self._images: set[str] = set()
        self._went_down: set[str] = set()

    def docker(self, line: str) -> Completed:
        """Run one command line, as the page writes it, with the word `docker` or without."""
        try:
            command = _read(line)
            if command.help:
                return self._call([command.verb, *(["--help"] if command.verb != "help" else [])])
            done = self._act(command)
        except Refused as error:
            return Completed("", f"{str(error).replace('sandbox: ', 'fanlic: ')}\n", error.status)
        except OSError as error:
            return Completed("", f"{error.strerror}: {error.filename}\n", 1)
        return Completed(self._paths.as_typed(done.stdout), self._paths.as_typed(done.stderr), done.status)

    def host_directory(self, typed: str) -> Path:
        """Where a host path, as typed in `-v`, really is on this machine; Refused where odd."""
        return self._paths.directory(typed)

    def shutdown(self) -> None:
        """Shut the host down: every container of it stops, though nobody stopped it by hand."""
        self._went_down = set(self._ids())
        if self._went_down:
            self._call(["stop", *self._went_down])

    def boot(self) -> None:
        """Start the host: containers come back as their restart policy says."""
        for name in self._ids("--all"):
            policy, _space, ran = self._look(name, "{{.HostConfig.RestartPolicy.Name}} {{.State.StartedAt}}").partition(
                " "
            )
            again = policy == "always" or (policy == "unless-stopped" and name in self._went_down)
            if again and not ran.startswith("0001"):
                self._call(["start", name])
                self._await(name)
        self._went_down = set()

    def reboot(self) -> None:
        """Shut the host down and start it again."""
        self.shutdown()
        self.boot()

    def close(self) -> None:
        """Stop and remove every container of this host, and remove every image that it loaded."""
        self.shutdown()
        if found := self._ids("--all"):
            self._call(["rm", "--force", "--volumes", *found])
        for image in self._images:
            self._call(["rmi", "--force", image])  # refused where another host still uses it
        self._images = set()

    # One line

    def _act(self, command: Command) -> Completed:
        allowed.check(command)
        if command.verb == "load":
            return self._load(command)
        if command.verb == "run":
            return self._run(command)
        mine = {"ps": [f"--filter={self._mine}"], "images": [f"--filter=label={OURS}"]}.get(command.verb, [])
        if not mine:
            kinds = ("container", "image") if command.verb == "inspect" else ("container",)
            for kind in kinds:
                self._refuse_foreign(
                    kind, self._labels[kind], command.arguments[: 1 if command.verb == "port" else None]
                )
        done = self._call([command.verb, *mine, *allowed.options(command), *_arguments(command)])
        if command.verb in {"start", "restart"}:
            for name in done.stdout.split():
                self._await(name)
        return done

    def _load(self, command: Command) -> Completed:
        given = command.last("input") or command.stdin
        if given is None or command.problems:
            return self._call(["load", *allowed.options(command), *_arguments(command)])
        try:
            with open(self._workdir / given, "rb", opener=plain) as stream:
                self._check_archive(stream, Path(given).name)
                self._refuse_other_images()
                return self._loaded(stream, command)
        except FileNotFoundError:
            return Completed("", f"open {given}: no such file or directory\n", 1)

    def _refuse_other_images(self) -> None:
        """Refused where an image that is not ours would lose its name to one of ours."""
        listed = self._call(["images", "--filter", f"reference={REPOSITORY}", "--format", "{{.Repository}}:{{.Tag}}"])
        self._refuse_foreign("image", OURS, [name for name in listed.stdout.split() if "<none>" not in name])

    def _loaded(self, stream: BinaryIO, command: Command) -> Completed:
        """Give the engine the very file that was checked."""
        before = self._image_ids()
        os.lseek(stream.fileno(), 0, os.SEEK_SET)  # `seek` moves the buffer only, and the engine reads the file
        done = self._call(["load", *allowed.options(command)], stream.fileno())
        self._images |= self._image_ids() - before
        return done

    def _check_archive(self, stream: BinaryIO, name: str) -> None:
        """Refused unless every image in the archive is ours; what is no whole tar the engine itself refuses."""
        try:
            archive = read_from(stream, name)
            if foreign := [image.names[0] for image in archive.images if OURS not in _labels(image)]:
                text = _(
                    "fanlic: {names} in this archive did not come from fanlic; the lab loads rehearsal images only."
                )
                raise Refused(text.format(names=", ".join(foreign)), 1)
            self._check(archive)
        except ArchiveRefused as refusal:
            if refusal.fault not in {ArchiveFault.NOT_A_TAR, ArchiveFault.TRUNCATED}:
                raise Refused(f"{refusal}\n{refusal.remedy}", 1) from refusal
        except (ImageChanged, LicenseRefused) as changed:
            raise Refused(f"fanlic: {changed}", 1) from changed

    def _run(self, command: Command) -> Completed:
        container, problems = container_of(command, literal=True)
        ours = [each for each in problems if container.command or each.kind not in _THE_ENGINES]
        if problem := first_refusal(tuple(ours)):
            raise refusal(problem)
        if container.command:
            if problem := next((each for each in problems if each.kind is ProblemKind.IMAGE), None):
                raise refusal(problem)  # a host path with a space in it falls apart this way
            text = _("sandbox: {words} stands after the image; options go before it.")
            raise refused(text.format(words=" ".join(container.command)))
        if container.image and not command.has("detach"):
            raise refused(_("sandbox: containers run in the background only; add -d, as FanRuan's page does."))
        self._refuse_foreign("image", OURS, [container.image])
        mapped, mounts = self._paths.placed(container)
        done = self._call(["run", *self._added(), *allowed.options(command), *mapped, *_arguments(command)])
        if done.status == 0:
            started = done.stdout.strip()
            self._remember(started, mounts)
            self._await(started)
        return _without_pulling(done)

    def _added(self) -> list[str]:
        """What every container of a lab gets, and no typed line names."""
        self._runs += 1
        setting = self._setting
        return [
            f"--label={LABEL}={setting.host}",
            "--pull=never",
            f"--volume={setting.clock}:{CLOCK_PLACE}:ro",
            f"--env=FANLIC_LAB_CLOCK={CLOCK_PLACE}/lab-clock",
            f"--env=FANLIC_LAB_SEED={setting.seed}/{self._runs}",
            f"--env=FANLIC_LAB_TOKEN={setting.token}",
            "--env=FANLIC_LAB_ANYWHERE=1",  # inside of a container every address is the container's
        ]

    def _remember(self, container: str, mounts: dict[str, Path]) -> None:
        """Where the journal of this container can be read."""
        mapped = mounts.get("/app/config") or (mounts["/app"] / "config" if "/app" in mounts else None)
        if mapped is not None:
            self._configs.setdefault(str(mapped), lambda: mapped)
            return
        copy = self._folder / "copies" / container[:12]

        def copied() -> Path:
            copy.mkdir(parents=True, exist_ok=True)
            self._call(["cp", f"{container}:/app/config/server.db", str(copy)])  # nothing, once it is removed
            return copy

        self._configs[container] = copied

    def _refuse_foreign(self, kind: str, label: str, words: Sequence[str]) -> None:
        """Refused where one of these words names an object without our label; unknown names are the engine's."""
        key, _equals, wanted = label.partition("=")
        field = "{{.Name}}" if kind == "container" else "{{.RepoTags}}"
        shown = f'{field} {{{{index .Config.Labels "{key}"}}}}'
        names = [word for word in words if word and not word.startswith("-")]
        if not names:
            return
        for line in self._call([kind, "inspect", "--format", shown, *names]).stdout.splitlines():
            name, space, found = line.rpartition(" ")
            if not space:
                continue  # an empty line, where none of the names is known
            if not found or (wanted and found != wanted):
                text = _(
                    "fanlic: {name} on this engine did not come from this lab, and the lab touches nothing else. "
                    "Rehearse on another machine, or in the sandbox, which needs no engine."
                )
                raise Refused(text.format(name=name.strip("/[]")), 1)

    # The engine

    def _await(self, name: str) -> None:
        """Wait until the container's server answers, has exited, or cannot be reached from here; bounded."""
        for _try in range(_TRIES):
            state = self._look(name, "{{.State.Running}} {{json .NetworkSettings.Ports}}")
            running, _space, ports = state.partition(" ")
            if running != "true":
                return
            bound = [each for found in (json.loads(ports) or {}).values() for each in found or ()]
            reached = [each for each in bound if ":" not in each["HostIp"]]
            if not reached or self._answers(_reachable(reached[0]["HostIp"]), int(reached[0]["HostPort"])):
                return
            time.sleep(_PAUSE)

    def _ids(self, *more: str) -> list[str]:
        return self._call(["ps", "--quiet", "--no-trunc", "--filter", self._mine, *more]).stdout.split()

    def _image_ids(self) -> set[str]:
        return set(self._call(["images", "--quiet", "--no-trunc", "--filter", f"label={OURS}"]).stdout.split())

    def _look(self, name: str, shown: str) -> str:
        return self._call(["container", "inspect", "--format", shown, name]).stdout.strip()

    def _call(self, words: Sequence[str], stdin: int = subprocess.DEVNULL) -> Completed:
        return call(words, stdin, self._workdir)


def _read(line: str) -> Command:
    words, stdin = split(line)
    _before, verb, rest = engine_words(words) or ((), words[0] if words else "", words[1:])
    if verb not in VERBS:
        return parse(line)  # refuses it, or it is a call for help
    return read(verb, rest, stdin)


def _arguments(command: Command) -> list[str]:
    return ["--", *command.arguments] if command.arguments else []


def _labels(image: LoadedImage) -> dict[str, str]:
    labels: dict[str, str] = image.settings["config"]["Labels"]
    return labels


def _without_pulling(done: Completed) -> Completed:
    """An unknown image in the words of an engine that would have tried to pull it."""
    missing = re.search(r"No such image: (\S+?)\.?$", done.stderr, re.MULTILINE)
    if missing is None:
        return done
    hint = _("fanlic: nothing is pulled in the lab. Use a name that 'docker images' prints.")
    return Completed(done.stdout, f"Unable to find image '{missing[1]}' locally\n{done.stderr}{hint}\n", done.status)


def _reachable(address: str) -> str:
    return "127.0.0.1" if address in {"", "0.0.0.0"} else address  # noqa: S104 - what Docker shows
