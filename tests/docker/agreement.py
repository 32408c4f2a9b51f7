"""One table of run lines, compose files and inspect outputs, and what everybody must say of each who reads it.

Preflight, triage, the sandbox and a real engine speak: `tests/docker/test_agreement.py` asks the first three,
`tests/container/test_agreement.py` the engine. Each difference that stays stands in DIFFERENCES, with its reason.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from tests.engine_lines import AMD64, LINES
from tests.troubleshoot.preflight_table import IMAGE, SERVICE, container, mount

HOST = "/D/William"


@dataclass(frozen=True)
class Told:
    """What is said of one input; `refused` says nothing more. None: this one does not speak of it."""

    refused: bool = False
    restart: str | None = None  # the policy
    returns: bool | None = None  # whether the container comes back after a reboot of the host
    fixed: tuple[int, ...] | None = None  # host ports that stay
    published: bool | None = None
    mapped: tuple[str, ...] | None = None  # the container's directories
    config: bool | None = None  # whether /app/config is mapped
    read_only: bool | None = None  # /app/config cannot be written

    def differs(self, other: Told) -> dict[str, tuple[object, object]]:
        """The answers to which both speak and that are not the same."""
        if self.refused or other.refused:
            return {} if self.refused == other.refused else {"refused": (self.refused, other.refused)}
        pairs = {name: (value, getattr(other, name)) for name, value in vars(self).items()}
        return {name: pair for name, pair in pairs.items() if None not in pair and pair[0] != pair[1]}


@dataclass(frozen=True)
class Row:
    """One input and the truth about it. `what`: docker-run, compose or inspect."""

    name: str
    what: str
    text: str
    truth: Told


def told(
    *mapped: str,
    restart: str = "no",
    fixed: tuple[int, ...] = (49155,),
    published: bool = True,
    read_only: bool = False,
) -> Told:
    """The truth about what Docker accepts."""
    returns = restart in ("always", "unless-stopped")
    return Told(False, restart, returns, fixed, published, mapped, "/app/config" in mapped, read_only)


REFUSED = Told(refused=True)
MAPPED, PORT = f"-v {HOST}/config:/app/config", "-p 49155:8081"


def run(name: str, options: str, truth: Told) -> Row:
    return Row(name, "docker-run", f"docker run -d {options} {IMAGE}", truth)


RUNS = (
    run("all in order", f"{MAPPED} {PORT} --restart always", told("/app/config", restart="always")),
    run("as on the page", f"{MAPPED} -P", told("/app/config", fixed=())),
    run("two directories", f"{MAPPED} -v {HOST}/log:/app/log/ {PORT}", told("/app/config", "/app/log")),
    run("unless stopped", f"{MAPPED} {PORT} --restart=unless-stopped", told("/app/config", restart="unless-stopped")),
    run("on failure", f"{MAPPED} {PORT} --restart on-failure:3", told("/app/config", restart="on-failure")),
    run("policy no", f"{MAPPED} {PORT} --restart no", told("/app/config")),
    run("read-only", f"{MAPPED}:ro {PORT}", told("/app/config", read_only=True)),
    run("read-only and a label", f"{MAPPED}:ro,Z {PORT}", told("/app/config", read_only=True)),
    run("doubled slashes", f"-v /{HOST}/config://app/config {PORT}", told("/app/config")),
    run("a way round", f"-v {HOST}/config:/app/x/../config/. {PORT}", told("/app/config")),
    run("nothing mapped", PORT, told()),
    run("only the log", f"-v {HOST}/log:/app/log {PORT}", told("/app/log")),
    run("capital letters", f"-v {HOST}/config:/app/Config {PORT}", told("/app/Config")),
    run("no port", MAPPED, told("/app/config", fixed=(), published=False)),
    run("inner port alone", f"{MAPPED} -p 8081", told("/app/config", fixed=())),
    run("host port 0", f"{MAPPED} -p 0:8081", told("/app/config", fixed=())),
    run("loopback", f"{MAPPED} -p 127.0.0.1:49155:8081", told("/app/config")),
    run("loopback of IPv6", f"{MAPPED} -p [::1]:49155:8081", told("/app/config")),
    run("joined letters", f"-dPv{HOST}/config:/app/config", told("/app/config", fixed=())),
    run("equals signs", f"-v={HOST}/config:/app/config -p=49155:8081", told("/app/config")),
    run("a switch set to false", f"{MAPPED} {PORT} --rm=false --restart always", told("/app/config", restart="always")),
    run("named volume", f"-v lic:/app/config {PORT}", told("/app/config")),
    run("anonymous volume", f"-v /app/config {PORT}", told("/app/config", read_only=True)),
    run("tmpfs", f"--mount type=tmpfs,target=/app/config {PORT}", told("/app/config", read_only=True)),
    run("removed afterwards", f"--rm {MAPPED} {PORT}", told("/app/config")),
    run("other options", f"-e A=1 --hostname h -l a=b {MAPPED} {PORT}", told("/app/config")),
    run("host port too high", f"{MAPPED} -p 70000:8081", REFUSED),
    run("the page's port", f"{MAPPED} -p 49155:80811", REFUSED),
    run("port by a name", f"{MAPPED} -p localhost:49155:8081", REFUSED),
    run("ranges that differ", f"{MAPPED} -p 1-3:8081-8082", REFUSED),
    run("policy misspelt", f"{MAPPED} {PORT} --restart unless-stoped", REFUSED),
    run("policy in capitals", f"{MAPPED} {PORT} --restart Always", REFUSED),
    run("tries for always", f"{MAPPED} {PORT} --restart always:3", REFUSED),
    run("tries below zero", f"{MAPPED} {PORT} --restart on-failure:-1", REFUSED),
    run("relative path", f"-v lic/config:/app/config {PORT}", REFUSED),
    run("both modes", f"{MAPPED}:ro,rw {PORT}", REFUSED),
    run("mapped twice", f"{MAPPED} -v {HOST}/b:/app/./config {PORT}", REFUSED),
    run("mapped twice in two ways", f"{MAPPED} --tmpfs /app/config {PORT}", REFUSED),
    run("target not absolute", f"-v {HOST}/a:app/config {PORT}", REFUSED),
    run("one hyphen", f"{MAPPED} {PORT} -restart always", REFUSED),
    run("one hyphen before a letter", f"{MAPPED} -publish 49155:8081", REFUSED),
    run("mount of a kind unknown", f"--mount type=wat,source=/D,target=/app/config {PORT}", REFUSED),
    run("mount without source", f"--mount type=bind,target=/app/config {PORT}", REFUSED),
    run("mount of a relative path", f"--mount type=bind,source=c,target=/app/config {PORT}", REFUSED),
    run("read-only, maybe", f"--mount type=bind,source=/D,target=/app/config,readonly=maybe {PORT}", REFUSED),
    run("no such switch value", f"--detach=maybe {MAPPED} {PORT}", REFUSED),
    run("a variable without a name", f"-e =x {MAPPED} {PORT}", REFUSED),
    run("name of one letter", f"--name a {MAPPED} {PORT}", REFUSED),
    Row(
        "options after the image",
        "docker-run",
        f"docker run -d {IMAGE} {MAPPED} {PORT}",
        told(fixed=(), published=False),
    ),
    Row("digest cut off", "docker-run", f"docker run -d {MAPPED} {PORT} {IMAGE}@sha256:12", REFUSED),
    Row("option unknown", "docker-run", f"docker run -d --foo {MAPPED} {PORT} {IMAGE}", REFUSED),
)


def compose(name: str, text: str, truth: Told) -> Row:
    return Row(name, "compose", text, truth)


_ALWAYS = told("/app/config", restart="unless-stopped")
_NO_PORT = told("/app/config", restart="unless-stopped", fixed=(), published=False)
_READ_ONLY = told("/app/config", restart="unless-stopped", read_only=True)
_DEPLOY = "deploy:\n      restart_policy:\n        condition: "
_LONG = "- type: bind\n        source: /opt/lic\n        target: /app/config"
_ANCHORS = """x-common: &common
  restart: always
  volumes: &mapped
    - /opt/lic/config:/app/config:ro
services:
  other: {image: mysql:8, volumes: ["/x:/var/lib/mysql"]}
  license:
    <<: *common
    image: fanruan_license_server_amd64:1.0.0
    ports:
      - {target: 8081, published: "49155", mode: host}
"""
COMPOSES = (
    compose("short form", SERVICE, _ALWAYS),
    compose(
        "policy any under deploy",
        SERVICE.replace("restart: unless-stopped", f"{_DEPLOY}any"),
        told("/app/config", restart="always"),
    ),
    compose("policy none under deploy", SERVICE + f"    {_DEPLOY}none\n", told("/app/config")),
    compose(
        "policy on-failure",
        SERVICE.replace("unless-stopped", "on-failure:5"),
        told("/app/config", restart="on-failure"),
    ),
    compose("policy no", SERVICE.replace("unless-stopped", '"no"'), told("/app/config")),
    compose("no policy", SERVICE.replace("    restart: unless-stopped\n", ""), told("/app/config")),
    compose("read-only", SERVICE.replace(":/app/config", ":/app/config:ro"), _READ_ONLY),
    compose(
        "read-only, long form",
        SERVICE.replace("- /opt/lic/config:/app/config", f"{_LONG}\n        read_only: true"),
        _READ_ONLY,
    ),
    compose("long form", SERVICE.replace("- /opt/lic/config:/app/config", _LONG), _ALWAYS),
    compose("anchors and merge keys", _ANCHORS, told("/app/config", restart="always", read_only=True)),
    compose("lists in brackets", SERVICE.replace('ports:\n      - "49155:8081"', "ports: ['49155:8081']"), _ALWAYS),
    compose(
        "inner port alone",
        SERVICE.replace("49155:8081", "8081"),
        told("/app/config", restart="unless-stopped", fixed=()),
    ),
    compose("exposed only", SERVICE.replace('ports:\n      - "49155:8081"', "expose: [8081]"), _NO_PORT),
    compose("a default for the port", SERVICE.replace("49155", "${P:-49155}"), _ALWAYS),
    compose("undeclared volume", SERVICE.replace("/opt/lic/config", "config"), REFUSED),
    compose("the page's port", SERVICE.replace("8081", "80811"), REFUSED),
    compose("a key twice", SERVICE + "    restart: always\n", REFUSED),
    compose("mapped twice", SERVICE.replace("    ports", "      - /b:/app/config\n    ports"), REFUSED),
    compose(
        "a Windows path between double quotes",
        SERVICE.replace("/opt/lic/config:/app/config", '"D:\\lic:/app/config"'),
        REFUSED,
    ),
)
_PODMAN = json.dumps([json.loads(container())[0] | {"Name": "license", "ImageName": f"localhost/{IMAGE}"}])
INSPECTS = (
    Row("container", "inspect", container(), _ALWAYS),
    Row("with a prompt above", "inspect", f"$ docker inspect license\n{container()}", _ALWAYS),
    Row("read-only mapping", "inspect", container(mounts=[mount(RW=False)]), _READ_ONLY),
    Row("nothing mapped", "inspect", container(mounts=[], host={"Binds": None}), told(restart="unless-stopped")),
    Row(
        "policy on-failure", "inspect", container(host={"RestartPolicy": {"Name": "on-failure"}}),
        told("/app/config", restart="on-failure"),
    ),
    Row("podman's", "inspect", _PODMAN, _ALWAYS),
)  # fmt: skip
# The run lines that sandbox and engine are compared on besides, as far as their answer hangs on the line alone.
_ELSEWHERE = ("Unable to find image", "bind source path does not exist", "failed: port is alr", "Conflict.")
TYPED = tuple(
    Row(
        line.line.replace("{host}", HOST),
        "docker-run",
        f"docker {line.line.replace('{host}', HOST)}",
        Told(refused=line.status != 0),
    )
    for line in LINES
    if line.line.startswith("run ")
    and not line.sandbox_only
    and not any(word in said for said in line.says for word in _ELSEWHERE)
)
ROWS = (*RUNS, *COMPOSES, *INSPECTS, *TYPED)

_SANDBOX = "the sandbox maps host directories only, and for writing; it says so"
_PART = "the sandbox knows the page's options only, and says which"
_OTHERS = "triage speaks of lines that name the authorization server only"
_NO_HARM = "an option that a newer Docker may know is a warning for preflight"
DIFFERENCES: dict[tuple[str, str], str] = {
    ("sandbox", "read-only"): _SANDBOX,
    ("sandbox", "read-only and a label"): _SANDBOX,
    ("sandbox", "named volume"): _SANDBOX,
    ("sandbox", "anonymous volume"): _SANDBOX,
    ("sandbox", "tmpfs"): _SANDBOX,
    ("sandbox", "other options"): _PART,
    ("sandbox", "loopback of IPv6"): "the sandbox's servers listen on IPv4",
    ("sandbox", "options after the image"): "the sandbox's images take no command; it says that options go before",
    ("preflight", "options after the image"): "preflight reads what was meant, and its error is that Docker does not",
    ("preflight", "option unknown"): _NO_HARM,
    ("preflight", f"run --foo {AMD64}"): _NO_HARM,
    ("triage", "run -d Upper:1.0.0"): _OTHERS,
    ("triage", "run -d"): _OTHERS,
}  # fmt: skip

# Preflight's own table of lines and files: where preflight has an error triage has a cause, but for these.
_SHELL = "in which shell a pasted line was typed is not known, and nobody means D:lic; triage reads what was meant"
_PATHS = "Docker takes the path; the page's advice on names is preflight's"
_LOAD = "triage judges containers, not the loading of an archive"
_IMAGES = "Docker's answer hangs on the images of the engine"
TABLE_DIFFERENCES = {
    "tls on tmpfs": "triage speaks of /app/tls once the server does not stay up",
    "space in the path": _PATHS,
    "special character": _PATHS,
    "chinese path": _PATHS,
    "archive for image": _IMAGES,
    "other architecture": _IMAGES,
    "architecture and name differ": "an image that runs nowhere yet is preflight's",
    "the page's port": "the port that an image exposes is preflight's",
    "unknown option": _NO_HARM,
    "dashes of a word processor": "a mail may have put them there after the line was typed",
    "load in powershell": _LOAD,
    "load without -i": _LOAD,
    "import for load": _LOAD,
    "backslashes in sh": _SHELL,
    "git bash rewrites": _SHELL,
    "powershell eats the variable": _SHELL,
    "sh variable in cmd": _SHELL,
    "single quotes in cmd": _SHELL,
    "backslash continues in powershell": _SHELL,
    "space after the backslash": _SHELL,
}
