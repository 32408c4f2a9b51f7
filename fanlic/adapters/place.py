"""Where one authorization server finds its directories, and how the lab tells it: by options or by the environment."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from fanlic.adapters.store import FILE, read_journal
from fanlic.ports import Launch

PINNED = Path("/opt/fanlic/vendor/vendor.pub")  # where an image has the key of the vendor that it trusts
LAB_CLOCK, LAB_TOKEN = "lab-clock", "lab-token"
HOSTS_VARIABLE = "FANLIC_HOSTS"  # names that a server answers to beside those of its certificate, with commas between
# What a container of the lab is given.
CLOCK_VARIABLE, SEED_VARIABLE, TOKEN_VARIABLE = "FANLIC_LAB_CLOCK", "FANLIC_LAB_SEED", "FANLIC_LAB_TOKEN"
ANYWHERE_VARIABLE = "FANLIC_LAB_ANYWHERE"  # 1: a lab's server may listen for other machines
_INHERITED = (
    "PATH",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "LANG",
    "LC_ALL",
    "FANLIC_LANG",
    "PYTHONPATH",
    "PYTHONDONTWRITEBYTECODE",
)


@dataclass(frozen=True)
class Place:
    """The directories of one authorization server and its vendor's key; in a lab its clock and its seed too."""

    config: Path
    log: Path
    tls: Path
    web: Path
    license: Path
    lab_clock: Path | None = None
    lab_seed: str = field(default="", repr=False)
    vendor: Path = PINNED
    lab_token: str = field(default="", repr=False)
    lab_anywhere: bool = False
    earlier: bool = False  # the host has started another container of this image before


def host_names() -> tuple[str, ...]:
    """The names that the environment gives this server."""
    return tuple(name.strip() for name in os.environ.get(HOSTS_VARIABLE, "").split(",") if name.strip())


def completed(place: Place) -> Place:
    """The place, with what the environment says of the lab if no option said it."""
    clock, seed = os.environ.get(CLOCK_VARIABLE), os.environ.get(SEED_VARIABLE, "")
    token, anywhere = os.environ.get(TOKEN_VARIABLE, ""), os.environ.get(ANYWHERE_VARIABLE) == "1"
    place = replace(place, lab_token=place.lab_token or token, lab_anywhere=place.lab_anywhere or anywhere)
    if seed and not place.lab_seed:
        place = replace(place, lab_seed=f"{seed}/{_journal_lines(place.config)}")
    return replace(place, lab_clock=Path(clock)) if clock and place.lab_clock is None else place


def _journal_lines(config: Path) -> int:
    # Each start draws from a stream of its own, as in `launch_place`; a container's environment never changes.
    try:
        return len(read_journal(config / FILE))
    except sqlite3.Error:
        return 0  # the start itself will say what is wrong with the file


@dataclass(frozen=True)
class LabSetting:
    """What the lab gives to each of its servers: its clock, its seed, the key of its own business desk, and the token
    without which nobody moves a server's clock.
    """

    clock: Path
    seed: str = field(repr=False)
    vendor: Path
    token: str = field(repr=False)


def launch_place(launch: Launch, lab: LabSetting) -> Place:
    """The place of a container's server."""
    # Each start draws from a stream of its own, or a restarted server would repeat its nonces.
    seed = f"{lab.seed}/{launch.container}/{launch.start}"
    config, log, tls, web, layer = (launch.directories[name] for name in ("config", "log", "tls", "web", "license"))
    return Place(config, log, tls, web, layer, lab.clock, seed, lab.vendor, lab.token, earlier=launch.earlier)


def launch_command(launch: Launch, setting: LabSetting) -> list[str]:
    """The command that runs the authorization server of a container as a process."""
    place = launch_place(launch, setting)
    folders = {"config": place.config, "log": place.log, "tls": place.tls, "web": place.web, "license": place.license}
    options = [text for name, path in folders.items() for text in (f"--{name}", str(path))]
    lab = [
        "--lab-clock",
        str(setting.clock),
        "--lab-seed",
        place.lab_seed,
        "--vendor",
        str(setting.vendor),
        "--confine",
        "--leash",
        *(["--second-container"] if place.earlier else ()),
    ]
    return [sys.executable, "-m", "fanlic", "serve", *options, *lab, "--listen", f"{launch.host}:{launch.port}"]


def server_environment(token: str = "") -> Mapping[str, str]:
    """What a server process needs of this machine's environment, and the lab's token, which no command line shows."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    package = str(Path(__file__).parents[2])
    paths = os.pathsep.join(filter(None, (package, inherited.get("PYTHONPATH"))))
    return inherited | {"PYTHONUTF8": "1", "PYTHONPATH": paths, TOKEN_VARIABLE: token}
