"""Docker's command line as a program to call, and whether an engine is there that the lab can use."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from fanlic.adapters import image_base
from fanlic.ports import Completed
from fanlic.texts import _

OLDEST = 20  # engine 20.10 is the oldest one that was tried
_PATIENCE = 300  # seconds for one command


class EngineUnusable(Exception):
    """There is no engine that the lab can use; the text says why and what to do."""


def check_engine() -> None:
    """EngineUnusable where no engine answers that the lab can use."""
    where = os.environ.get("DOCKER_HOST", "")
    if where and not where.startswith(("unix://", "npipe://")):
        text = _("DOCKER_HOST is {where}: that engine is on another machine. Rehearse where the engine is.")
        raise EngineUnusable(text.format(where=where))
    shown = "{{.Server.Version}} {{range .Server.Components}}{{.Name}},{{end}}"
    try:
        done = call(["version", "--format", shown])
    except FileNotFoundError:
        raise EngineUnusable(_("docker is not installed. Install Docker, or leave --engine docker out.")) from None
    if done.status:
        text = _(
            "The Docker engine does not answer: {said}\nStart it, and use an account that may talk to it; or leave "
            "--engine docker out: the sandbox needs no engine."
        )
        raise EngineUnusable(text.format(said=done.stderr.strip()))
    version, _space, parts = done.stdout.strip().partition(" ")
    if "podman" in parts.lower():
        raise EngineUnusable(
            _("This docker is podman, whose answers differ from those on FanRuan's page. Use Docker's own engine.")
        )
    if not version.partition(".")[0].isdecimal() or int(version.partition(".")[0]) < OLDEST:
        text = _("The Docker engine {version} is too old; 20.10 is the oldest that works.")
        raise EngineUnusable(text.format(version=version))
    _check_reader()


def docker_base() -> image_base.Base:
    """The image's lower layers for a real engine; raises EngineUnusable if the engine or the layers are missing."""
    check_engine()
    try:
        base = image_base.cached(image_base.default_cache())
    except image_base.BaseUnavailable as problem:
        raise EngineUnusable(str(problem)) from problem
    if base is None:
        text = _("The base of the image was never made on this machine. Make it once: python -m fanlic image build")
        raise EngineUnusable(text)
    return base


def _check_reader() -> None:
    """The lab reads the servers' journals, which belong to root where the engine runs as root."""
    if sys.platform != "linux" or os.geteuid() == 0:
        return
    info = call(["info", "--format", "{{.SecurityOptions}} {{.OperatingSystem}}"])
    if "name=rootless" not in info.stdout and "Docker Desktop" not in info.stdout:
        text = _(
            "The files that the containers write belong to root here, and the lab must read "
            "them. Start again with sudo."
        )
        raise EngineUnusable(text)


def call(words: Sequence[str], stdin: int = subprocess.DEVNULL, folder: Path | None = None) -> Completed:
    """Run one command, bounded in time; `stdin` is a file that is open."""
    settings = os.environ | {"DOCKER_CLI_HINTS": "false"}
    try:
        done = subprocess.run(
            ["docker", *words],  # noqa: S607 - the one that the learner would get
            env=settings,
            cwd=folder,
            stdin=stdin,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        text = _("fanlic: docker {verb} did not end within {seconds} s and was broken off.")
        return Completed("", text.format(verb=words[0], seconds=_PATIENCE) + "\n", 1)
    stdout, stderr = (stream.decode("utf-8", "replace") for stream in (done.stdout, done.stderr))
    return Completed(stdout, stderr, done.returncode)


def answers(address: str, port: int) -> bool:
    """Whether a TLS handshake succeeds: the engine's proxy accepts connections before the server does."""
    from fanlic.adapters.http import unchecked

    try:
        with socket.create_connection((address, port), timeout=2) as raw, unchecked().wrap_socket(raw):
            return True
    except OSError:
        return False
