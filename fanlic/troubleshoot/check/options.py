"""The options of `docker run`: a small reader that says what it does not know instead of guessing."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from fanlic.docker.container import Container, Kind, Mapping, Port, clean_target, source_kind
from fanlic.texts import _
from fanlic.troubleshoot.check.image import STEM
from fanlic.troubleshoot.findings import Finding, error, warning

_LETTERS = (
    "d=detach i=interactive t=tty P=publish-all q=quiet a=attach c=cpu-shares e=env h=hostname l=label m=memory "
    "p=publish u=user v=volume w=workdir"
)
_SWITCHES = (
    "detach init interactive no-healthcheck oom-kill-disable privileged publish-all quiet read-only rm sig-proxy tty "
    "disable-content-trust use-api-socket help"
)
_VALUES = (
    "add-host annotation attach blkio-weight blkio-weight-device cap-add cap-drop cgroup-parent cgroupns cidfile "
    "cpu-count cpu-percent cpu-period cpu-quota cpu-rt-period cpu-rt-runtime cpu-shares cpus cpuset-cpus cpuset-mems "
    "detach-keys device device-cgroup-rule device-read-bps device-read-iops device-write-bps device-write-iops dns "
    "dns-opt dns-option dns-search domainname entrypoint env env-file expose gpus group-add health-cmd health-interval "
    "health-retries health-start-interval health-start-period health-timeout hostname io-maxbandwidth io-maxiops ip "
    "ip6 ipc isolation kernel-memory label label-file link link-local-ip log-driver log-opt mac-address memory "
    "memory-reservation memory-swap memory-swappiness mount name net net-alias network network-alias oom-score-adj "
    "pid pids-limit platform publish pull restart runtime security-opt shm-size stop-signal stop-timeout storage-opt "
    "sysctl tmpfs ulimit user userns uts volume volume-driver volumes-from workdir"
)
_VOLUME_OPTIONS = "ro rw z Z cached delegated consistent nocopy shared rshared slave rslave private rprivate"
SHORT = dict(pair.split("=") for pair in _LETTERS.split())
SWITCHES, VALUES = set(_SWITCHES.split()), set(_VALUES.split())
VOLUME_OPTIONS = set(_VOLUME_OPTIONS.split())
_SOURCE = r"(?P<source>(?:[A-Za-z]:(?=[\\/])|\$env:|\$\{env:)?[^:]*)"
_VOLUME = re.compile(rf"{_SOURCE}:(?P<target>[^:]*)(?::(?P<options>[^:]*))?")
_TARGET_ONLY = re.compile(r"/[^:]*")
_PORT = re.compile(
    r"(?:(?P<address>\[[0-9a-fA-F:]+\]|[\d.]+|localhost):(?=[^:]*:))?(?:(?P<host>[^:/]*):)?(?P<container>[^:/]+)"
    r"(?:/(?P<protocol>\w+))?"
)


@dataclass
class Line:
    """A run line: the container it makes, `others` (options without a bearing on it), `paths` (words with paths)."""

    container: Container = field(default_factory=Container)
    others: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    detached: bool = False
    findings: list[Finding] = field(default_factory=list)


def parse(words: list[str]) -> Line:
    """Read the words after `docker run`; options after the image are read too, for the corrected line."""
    line, rest = Line(), list(words)
    while rest and rest[0].startswith("-") and rest[0] != "--":
        _option(line, rest)
    rest = rest[1:] if rest[:1] == ["--"] else rest
    image, command = (rest[0] if rest else ""), tuple(rest[1:])
    line.container = replace(line.container, image=image)
    if command and command[0].startswith("-"):
        _misplaced(line, list(command))
    line.container = replace(line.container, command=command)
    return line


def _misplaced(line: Line, rest: list[str]) -> None:
    """Options behind the image: they do nothing there, but say what was meant."""
    meant, found = line.container, len(line.findings)
    while rest and rest[0].startswith("-"):
        _option(line, rest)
    if rest and not meant.image:
        line.container = replace(line.container, image=rest[0])
    del line.findings[found:]


def _option(line: Line, rest: list[str]) -> None:
    """Take one option, with its value, off the front of the words."""
    word = rest.pop(0)
    name, equals, value = word.lstrip("-").partition("=")
    if word.startswith("--"):
        _long(line, name, value if equals else None, rest)
    elif name in SWITCHES | VALUES and len(name) > 1:
        line.findings.append(error(_("-{name} needs two hyphens: --{name}").format(name=name)))
        _long(line, name, value if equals else None, rest)
    else:
        _cluster(line, word[1:], rest)


def _long(line: Line, name: str, value: str | None, rest: list[str]) -> None:
    if name in SWITCHES:
        if value not in ("false", "0"):
            _switch(line, name)
    elif name in VALUES:
        _value(line, name, value if value is not None else _next(line, name, rest))
    else:
        near = difflib.get_close_matches(name, SWITCHES | VALUES, n=1)
        hint = " " + _("Is --{near} meant?").format(near=near[0]) if near else ""
        line.findings.append(
            warning(_("--{name} is not known here as an option of docker run.").format(name=name) + hint)
        )
        if value is None and len(rest) > 1 and not rest[0].startswith("-") and STEM not in rest[0]:
            rest.pop(0)  # its value, for the image is named otherwise


def _cluster(line: Line, letters: str, rest: list[str]) -> None:
    """`-dP`, `-itd`, `-p8443:8081`: switches may be joined, the first one with a value takes the rest."""
    for at, letter in enumerate(letters):
        name = SHORT.get(letter)
        if name is None:
            line.findings.append(
                error(_("docker run has no option -{letter} (in -{word}).").format(letter=letter, word=letters))
            )
            return
        if name in VALUES:
            value = letters[at + 1 :].removeprefix("=")
            _value(line, name, value or _next(line, name, rest))
            return
        _switch(line, name)


def _next(line: Line, name: str, rest: list[str]) -> str:
    if rest:
        return rest.pop(0)
    line.findings.append(error(_("--{name} needs a value, and the line ends there.").format(name=name)))
    return ""


def _switch(line: Line, name: str) -> None:
    if name == "detach":
        line.detached = True
    elif name == "publish-all":
        line.container = replace(line.container, publish_all=True)
    elif name == "rm":
        line.container = replace(line.container, removed=True)
    elif name == "read-only":
        line.container = replace(line.container, read_only=True)
    elif name not in ("interactive", "tty"):
        line.others.append(f"--{name}")


def _value(line: Line, name: str, value: str) -> None:
    if name in _READERS:
        if name in ("volume", "mount", "tmpfs"):
            line.paths.append(value)
        read = _READERS[name](value)
        if isinstance(read, Finding):
            line.findings.append(read)
        elif isinstance(read, Mapping):
            line.container = replace(line.container, mappings=(*line.container.mappings, read))
        else:
            line.container = replace(line.container, ports=(*line.container.ports, read))
    elif name in ("restart", "platform", "entrypoint"):
        line.container = _plain(line.container, name, value)
    elif name in ("network", "net"):
        line.container = replace(line.container, network=value)
        line.others += ["--network", value] if value not in ("host", "none") else []
    else:
        if name == "volumes-from":
            line.container = replace(line.container, unseen=f"--volumes-from {value}")
        line.others += [f"--{name}", value]


def _plain(container: Container, name: str, value: str) -> Container:
    if name == "restart":
        return replace(container, restart=value)
    return replace(container, platform=value) if name == "platform" else replace(container, entrypoint=value)


def volume(value: str) -> Mapping | Finding:
    """`-v`: host:container[:options], or a container path alone."""
    if _TARGET_ONLY.fullmatch(value):
        return Mapping(clean_target(value), kind=Kind.ANONYMOUS)
    found = _VOLUME.fullmatch(value)
    options = set(found["options"].split(",")) if found and found["options"] else set()
    if found is None or not found["source"] or not found["target"] or not options <= VOLUME_OPTIONS:
        return error(_('"{value}" cannot be read as host:container[:options].').format(value=value))
    source = re.sub(r"^//+(?=\w)", "/", found["source"])
    target = clean_target(found["target"]) if found["target"].startswith("/") else found["target"]
    return Mapping(target, source, source_kind(source), "ro" in options)


def mount(value: str) -> Mapping | Finding:
    """`--mount`: type=bind,source=...,target=...[,readonly]."""
    pairs = dict(part.partition("=")[::2] for part in value.split(","))
    source = pairs.get("source", pairs.get("src", ""))
    target = pairs.get("target", pairs.get("destination", pairs.get("dst", "")))
    kinds = {"bind": Kind.BIND, "tmpfs": Kind.TMPFS, "volume": Kind.VOLUME if source else Kind.ANONYMOUS}
    kind = kinds.get(pairs.get("type", "volume"))
    if kind is None or not target or (kind is Kind.BIND and not source):
        return error(_('"--mount {value}" cannot be read: type, source and target are wanted.').format(value=value))
    read_only = any(pairs.get(name, "false") in ("", "true", "1") for name in ("readonly", "ro"))
    return Mapping(clean_target(target), source, kind, read_only)


def tmpfs(value: str) -> Mapping | Finding:
    """`--tmpfs`: a container path, with options after a colon."""
    return Mapping(clean_target(value.partition(":")[0]), kind=Kind.TMPFS)


def port(value: str) -> Port | Finding:
    """`-p`: [address:][host:]container[/protocol]."""
    found = _PORT.fullmatch(value)
    if found is None:
        return error(_('"{value}" cannot be read as [address:]host:container.').format(value=value))
    return Port(found["container"], found["host"] or "", found["address"] or "", found["protocol"] or "tcp")


_READERS: dict[str, Callable[[str], Mapping | Port | Finding]] = {
    "volume": volume,
    "mount": mount,
    "tmpfs": tmpfs,
    "publish": port,
}
