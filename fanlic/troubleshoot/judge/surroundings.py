"""What stands around a failure: addresses, processors, products, seats and nodes, and what a connection test said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fanlic.docker.inspect import architecture
from fanlic.troubleshoot.judge.paste import PastedLine

TRIED_ADDRESSES = "fanruan.log addresses"
LOGS = ("docker logs", "fanruan.log", TRIED_ADDRESSES)
Said = tuple[str, str | int, str]
"""Kind, value and detail of a fact."""

_URL = re.compile(
    r"\b(https?)://(?:[^\s/@]{1,200}@)?(\[[0-9a-fA-F:.]{2,45}\]|[\w.-]{1,253})(?::(\d{1,5}))?(/[^\s\"'<>]{0,200})?"
)
_MACHINE = re.compile(
    r"(?:(?:Linux|Darwin|MINGW) .{0,200}\s)?(x86_64|aarch64|arm64|amd64)(?: GNU/Linux)?", re.IGNORECASE
)
_SYSTEM = re.compile(
    r"(?:System Type|系统类型|OS/Arch|Architecture)\s*[:\uff1a]\s*(?:linux/|windows/)?"
    r"(x64|x86_64|amd64|ARM64|aarch64|arm64)",
    re.IGNORECASE,
)
_PRODUCT = re.compile(
    r"\b(FineBI|FineReport|FineDataLink)\W{0,3}(?:V|version\W{0,2})?(\d{1,2}(?:\.\d{1,2}){1,2})?", re.IGNORECASE
)
_NO_FINEOPS = re.compile(r"(?:\bno\b|\bnot\b|without|不|非|没|未).{0,30}fineops|fineops\W{1,4}(?:no\b|none|否|不|没)")
_SEATS = re.compile(
    r"(?:maximum number of (?:connections?|registrations?|authorizations?)|最大连接数|seats?)"
    r"\W{0,6}(?:is |=)?\s*(\d{1,4})\b|\b(\d{1,4}) seats?\b",
    re.IGNORECASE,
)
_NODES = re.compile(
    r"\b(\d{1,4}|two|three|four|five)[- ](?:\w{1,12} )?nodes?\b|\bnodes?\s*[:=]\s*(\d{1,4})\b"
    r"|(\d{1,4})\s*个?节点",
    re.IGNORECASE,
)
_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5}
_FOREIGN = re.compile(r"(?:^|\.)(?:fanruan|docker|github)\.(?:com|io)$", re.IGNORECASE)
_LOGGED = re.compile(r".{0,30}\b\d{1,2}:\d{2}:\d{2}\b")
_LABELLED = re.compile(r"saved|address|register|authori[sz]|licen[sc]e|地址|注册|授权|认证", re.IGNORECASE)
_STATUS = re.compile(r"HTTP/[\d.]{1,3} (\d{3})\b")
_LOADED = re.compile(r"Loaded image(?: ID)?: (\S{1,200})")
# A port that moved by itself, in a person's words. Somebody who "changed the port" did so on purpose: no match.
_MOVED = re.compile(
    r"\bport\b[^.\n\d]{0,40}?\b(?:changed|moved|went|switched|jumped)\b[^.\n\d]{0,20}(\d{4,5})\b[^.\n\d]{0,15}?"
    r"\b(?:to|now)\b[^.\n\d]{0,8}(\d{4,5})\b|端口[^\n\d。]{0,12}(\d{4,5})\s{0,3}(?:变|跳)[^\n\d。]{0,6}(\d{4,5})",
    re.IGNORECASE,
)
_TCP = re.compile(r"TcpTestSucceeded\s*:\s*(True|False)")


def surroundings(line: PastedLine) -> Iterator[Said]:
    """What the line says beside codes and messages."""
    if "http" in line.text:  # these words are quicker to look for than the patterns
        yield from _addresses(line)
    if "64" in line.text and line.host != "finebi host":
        yield from _machine(line)
    if ("port" in line.text.lower() or "端口" in line.text) and (moved := _MOVED.search(line.text)):
        yield "old-port", int(moved[1] or moved[3]), ""
        yield "port", int(moved[2] or moved[4]), ""
    yield from _product_and_counts(line)


def _addresses(line: PastedLine) -> Iterator[Said]:
    """The address saved in FineBI, or opened in a browser. FineBI's own address has a path; others are not ours."""
    if line.section in (*LOGS, "docker run", "docker inspect") or _LOGGED.match(line.text):
        return  # a log speaks of addresses that were
    said = line.section == "saved address" or _LABELLED.search(line.text) is not None
    for match in _URL.finditer(line.text):
        scheme, host, port, path = match[1], match[2], match[3], match[4] or ""
        ours = path.startswith("/license") or said or (scheme == "https" and path in ("", "/"))
        if (
            not ours
            or re.search(r"/(?:webroot|decision)\b", path)
            or _FOREIGN.search(host)
            or int(port or 0) > 65535
            or not (port or said)
        ):
            continue
        kind = "browser-port" if path.startswith("/license") else "saved-port"
        yield kind, int(port) if port else 443 if scheme == "https" else 80, f"{scheme}://{host}"
        if scheme == "http":
            yield "scheme", "http", ""
        if kind == "saved-port" and path.strip("/"):
            yield "path", path, ""


def _machine(line: PastedLine) -> Iterator[Said]:
    text = line.text.strip()
    if len(text) < 250 and (machine := _MACHINE.fullmatch(text) or _SYSTEM.search(text)):
        yield "host-architecture", architecture(machine[1].lower().replace("x64", "amd64")), ""


def _product_and_counts(line: PastedLine) -> Iterator[Said]:
    text = line.text.strip()
    low = text.lower()
    if "fine" in low:
        for product in _PRODUCT.finditer(text):
            if product[2]:
                yield "product", f"{product[1]} {product[2]}", product[2]
        if "fineops" in low:
            yield "fineops", "no FineOps" if _NO_FINEOPS.search(low) else "FineOps", ""
    if not line.section.startswith("docker"):
        if seats := ("seat" in low or "max" in low or "最大" in low) and _SEATS.search(text):
            yield "seats", int(seats[1] or seats[2]), ""
        if nodes := ("node" in low or "节点" in low) and _NODES.search(text):
            number = nodes[1] or nodes[2] or nodes[3]
            yield "nodes", _WORDS.get(number.lower(), 0) or int(number), ""
    if status := _STATUS.match(text):
        yield "http-status", int(status[1]), line.host
    if loaded := _LOADED.match(text):
        yield "loaded", loaded[1], ""
    if tcp := _TCP.search(text):
        yield "connection", "open" if tcp[1] == "True" else "closed", ""
