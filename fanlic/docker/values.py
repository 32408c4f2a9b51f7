"""The values of Docker's options: mappings, ports, policies and names, read as Docker reads them, and what it refuses.

Messages are those of the engine 20.10 and of the command line 28.2.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence

from fanlic.docker.container import Kind, Mapping, Port, clean_target, source_kind
from fanlic.docker.problem import Problem, ProblemKind, Speaker

POLICIES = ("no", "always", "on-failure", "unless-stopped")
_MODES = frozenset(
    [
        "ro",
        "rw",
        "z",
        "Z",
        "cached",
        "delegated",
        "consistent",
        "nocopy",
        "shared",
        "rshared",
        "slave",
        "rslave",
        "private",
        "rprivate",
    ]
)
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REFERENCE = re.compile(
    rf"(?:[a-zA-Z0-9][a-zA-Z0-9.-]*(?::\d+)?/)?{_COMPONENT}(?:/{_COMPONENT})*(?::\w[\w.-]{{0,127}})?(?:@\w+:[0-9a-f]{{32,}})?",
    re.ASCII,
)
_SOURCE = r"(?P<source>(?:[A-Za-z]:(?=[\\/])|\$env:|\$\{env:)?[^:]*)"
_VOLUME = re.compile(rf"{_SOURCE}:(?P<target>[^:]*)(?::(?P<modes>[^:]*))?")
_PORT = re.compile(
    r"(?:(?P<address>\[?[^/]*?\]?):(?=[^:/]*:))?(?:(?P<host>[^:/]*):)?(?P<container>[^:/]*)(?:/(?P<protocol>\w*))?"
)
_MOUNT_KEYS = re.compile(r"type|source|target|readonly|consistency|(?:bind|volume|tmpfs|image)-[a-z-]+")
_BARE = {"readonly", "volume-nocopy", "bind-nonrecursive"}
_SAME = {"src": "source", "dst": "target", "destination": "target", "ro": "readonly"}
_BIND = 'invalid mount config for type "bind"'


def volume(text: str, line: int = 0) -> tuple[Mapping | None, Problem | None]:
    """`-v`: host:container[:modes], or a container path alone."""
    if text and ":" not in text:
        return Mapping(clean_target(text), kind=Kind.ANONYMOUS, line=line), None
    found = _VOLUME.fullmatch(text)
    if found is None or not found["source"] or not found["target"] or found["modes"] == "":
        why = "too many colons" if found is None and text else "empty section between colons"
        return None, Problem(ProblemKind.VOLUME, text, line, f"invalid spec: {text}: {why}")
    modes = (found["modes"] or "rw").split(",")
    source = re.sub(r"^//+(?=\w)", "/", found["source"])
    mapping = Mapping(clean_target(found["target"]), source, source_kind(source), "ro" in modes, line=line)
    if set(modes) <= _MODES and not {"ro", "rw"} <= set(modes):
        return mapping, None
    said = f"invalid mode: {found['modes']}"
    return mapping, Problem(ProblemKind.VOLUME, text, line, said, Speaker.ENGINE)


def mount(text: str) -> tuple[Mapping | None, Problem | None]:
    """`--mount`: type=bind,source=...,target=...[,readonly]; a missing host directory is not made."""
    fields: dict[str, str] = {}
    why = "" if text else "EOF"
    for part in text.split(",") if text else ():
        key, equals, value = part.partition("=")
        key = _SAME.get(key.lower(), key.lower())
        if not equals and key not in _BARE:
            why = why or f"invalid field '{part}' must be a key=value pair"
        elif not _MOUNT_KEYS.fullmatch(key):
            why = why or f"unexpected key '{key}' in '{part}'"
        elif key == "readonly" and equals and value not in ("true", "false", "1", "0"):
            why = why or f"invalid value for {key}: {value}"
        fields[key] = value if equals else "true"
    source, target, kind = fields.get("source", ""), fields.get("target", ""), fields.get("type", "volume").lower()
    why = why or ("" if target else "target is required")
    if why:
        said = f'invalid argument "{text}" for "--mount" flag: {why}'
        return None, Problem(ProblemKind.MOUNT, text, 0, said, Speaker.OPTIONS)
    kinds = {"bind": Kind.BIND, "tmpfs": Kind.TMPFS, "volume": Kind.VOLUME if source else Kind.ANONYMOUS}
    read_only = fields.get("readonly") in ("true", "1")
    mapping = Mapping(clean_target(target), source, kinds.get(kind, Kind.BIND), read_only, create=kind != "bind")
    why = "mount type unknown" if kind not in (*kinds, "npipe", "cluster", "image") else ""
    why = "field Source must not be empty" if kind == "bind" and not source else why
    why = "field Source must not be specified" if kind == "tmpfs" and source else why
    if not why:
        return mapping, None
    said = f'invalid mount config for type "{kind}": {why}'
    return None, Problem(ProblemKind.MOUNT, text, 0, said, Speaker.ENGINE)


def tmpfs(text: str, line: int = 0) -> Mapping:
    """`--tmpfs`: a container path, with options after a colon."""
    return Mapping(clean_target(text.partition(":")[0]), kind=Kind.TMPFS, line=line)


def port(text: str, line: int = 0) -> Port:
    """`-p`: [address:][host:]container[/protocol], whatever the parts are; `port_refusal` judges them."""
    found = _PORT.fullmatch(text)
    if found is None:
        return Port(text, line=line)
    address = (found["address"] or "").strip("[]")
    return Port(found["container"], found["host"] or "", address, (found["protocol"] or "tcp").lower(), line)


def port_refusal(published: Port) -> str:
    """Docker's message about a publication that it refuses; empty if it takes it."""
    inner, outer = _range(published.container), _range(published.host)
    if not published.container:
        return f"no port specified: {published.host}:<empty>"
    if published.address and not _is_address(published.address):
        return f"invalid IP address: {published.address}"
    if inner is None:  # reading A1: the page's 80811 ends here
        return f"invalid containerPort: {published.container}"
    if published.host and outer is None:
        return f"invalid hostPort: {published.host}"
    if outer and outer != inner and inner and len(inner) > 1:
        return f"invalid ranges specified for container and host Ports: {published.container} and {published.host}"
    return "" if published.protocol in ("tcp", "udp", "sctp") else f"invalid proto: {published.protocol}"


def _range(text: str) -> range | None:
    begin, hyphen, end = text.partition("-")
    numbers = [int(part) for part in ((begin, end) if hyphen else (begin,)) if re.fullmatch(r"[0-9]{1,5}", part)]
    if len(numbers) != 1 + len(hyphen) or max(numbers) > 65535 or numbers[0] > numbers[-1]:
        return None
    return range(numbers[-1] - numbers[0] + 1)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def restart_refusal(policy: str) -> tuple[str, Speaker]:
    """Docker's message about a restart policy that it refuses, and who says it; empty if it takes it."""
    name, colon, tries = policy.partition(":")
    if colon and not re.fullmatch(r"-?[0-9]{1,9}", tries):
        return "invalid restart policy format: maximum retry count must be an integer", Speaker.CLIENT
    why = ""
    if name not in POLICIES:
        known = "'no', 'always', 'on-failure', or 'unless-stopped'"
        why = f"unknown policy '{name}'; use one of {known}"
    elif colon and name != "on-failure":
        why = "maximum retry count can only be used with 'on-failure'"
    elif tries.startswith("-"):
        why = "maximum retry count cannot be negative"
    return f"invalid restart policy: {why}" if why else "", Speaker.ENGINE


def image_refusal(image: str) -> str:
    """Docker's message about what can be no image's name; empty if it can."""
    if _REFERENCE.fullmatch(image[:4096]):
        return ""
    lower = _REFERENCE.fullmatch(image[:4096].lower())
    more = f": repository name (library/{image.partition(':')[0]}) must be lowercase" if lower else ""
    return f"invalid reference format{more}"


def mapping_refusal(mapping: Mapping) -> str:
    """The engine's message about a mapping that it refuses; empty if it takes it."""
    if mapping.kind is Kind.ANONYMOUS:
        return ""
    if not mapping.target.startswith("/"):
        prefix = "" if mapping.kind is Kind.TMPFS else f"{_BIND}: "
        return f"{prefix}invalid mount path: '{mapping.target}' mount path must be absolute"
    if mapping.target == "/":
        return f"{_BIND}: invalid specification: destination can't be '/'"
    if mapping.kind is not Kind.BIND or re.match(r"/|\\\\|[A-Za-z]:[\\/]", mapping.source):
        return ""
    if not mapping.create:
        return f"{_BIND}: invalid mount path: '{mapping.source}' mount path must be absolute"
    if mapping.source.startswith("."):
        return ""  # the command line makes it absolute
    allowed = (
        'only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path'
    )
    return f'create {mapping.source}: "{mapping.source}" includes invalid characters for a local volume name, {allowed}'


def twice(mappings: Sequence[Mapping]) -> Iterator[Problem]:
    """The directories that are mapped more than once."""
    counts: dict[str, int] = {}
    for mapping in mappings:
        counts[mapping.target] = counts.get(mapping.target, 0) + 1
    for target, count in counts.items():
        if count > 1:
            said = f"Duplicate mount point: {target}"
            yield Problem(ProblemKind.MAPPED_TWICE, target, 0, said, Speaker.ENGINE, str(count))


def written_port(published: Port) -> str:
    """A publication as -p and compose files take it."""
    address = f"[{published.address}]" if ":" in published.address else published.address
    return f"{address}:{published.host}:{published.container}".removeprefix(":")
