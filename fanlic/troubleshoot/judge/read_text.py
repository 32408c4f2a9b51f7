"""What people and programs write: codes, pop-ups, exceptions in FineBI's log, addresses, machines, products.

A five-digit number is a code only where it cannot be a port, a count or a number of milliseconds. Of a log only codes,
names and standard exceptions are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from fanlic.model.refusals import Code, reasons
from fanlic.troubleshoot.catalogue.search import reason_name
from fanlic.troubleshoot.judge.facts import Fact, Line, Paste
from fanlic.troubleshoot.judge.read_inspect import architecture

_NAMES = {code.name: str(code.value) for code in Code}
_NAMED = re.compile(rf"\b({'|'.join(_NAMES)})\b")
_CODE = r"(30000|3000[1-7]|1000[01]|20000|6110000[1-6])"
_BARE = re.compile(rf"(?<![\w.:/\-=>+#@]){_CODE}(?![\w/@>=]|[.:]\d|-[\d>]|\s*->)")
_SAID = re.compile(
    r"(?:code|error|err|cod|failed|failure|fail|details?|registration"
    r"|码|错误|失败|原因|详情)[\"')\]:\s=,\uff1a\uff08(\[-]{0,6}"
    rf"{_CODE}(?![\w/@>]|[.:]\d|\s*(?:ms|milli|sec|bytes|rows|times)\b)",
    re.IGNORECASE,
)
_ALONE = re.compile(rf"\W{{0,6}}{_CODE}\W{{0,6}}$")
_PROSE = re.compile(
    r"\b(?:got|gets?|shows?|says|pop-?up|regist\w*|see[ns]?|ha[sd]|have|with|since|gives?|errors?)\b|注册|报|提示|弹",
    re.IGNORECASE,
)
_NOT_PROSE = re.compile(
    r"^\s*\"|\d{1,2}:\d{2}:\d{2}|\bports?\b|\bms\b|->|\b(?:pid|size|timeout|bytes|rows|published|target)\b|端口",
    re.IGNORECASE,
)
_ROUND = {"10000", "20000", "30000"}
_LOGS = ("docker logs", "fanruan.log")

# What others print, in the order in which a line is explained best: the first that fits a line is taken.
SYMPTOMS = (
    (
        "no-subject-alternative-names",
        (
            r"No subject alternative (?:DNS )?names?|No name matching [^ ]{1,200} found"
            r"|doesn't match any of the subject alternative names|no alternative certificate subject name matches"
        ),
    ),
    ("pkix-path-building-failed", r"PKIX path (?:building|validation) failed|unable to find valid certification path"),
    (
        "certificate-warning",
        (
            r"ERR_CERT_\w{3,40}|SEC_ERROR_UNKNOWN_ISSUER|SSL_ERROR_BAD_CERT_DOMAIN"
            r"|connection is not private|不是私密连接"
        ),
    ),
    ("err-connection-refused", r"ERR_CONNECTION_REFUSED"),
    ("err-connection-timed-out", r"ERR_CONNECTION_TIMED_OUT|ERR_TIMED_OUT"),
    ("unknown-host", r"UnknownHostException|Could not resolve host|Name or service not known|ERR_NAME_NOT_RESOLVED"),
    (
        "socket-timeout",
        (
            r"SocketTimeoutException|ConnectTimeoutException|connect timed out|Connection timed out"
            r"|Connect(?:ion)? timeout|curl: \(28\)"
        ),
    ),
    (
        "connection-refused",
        (
            r"Connection refused|ECONNREFUSED|actively refused|curl: \(7\)"
            r"|connect:errno=111|拒绝连接|连接被拒绝"
        ),
    ),
    ("plain-http", r"Unsupported or unrecognized SSL message|wrong version number|plaintext connection\?"),
    ("ssl-handshake", r"SSLHandshakeException|handshake_failure|SSLPeerUnverifiedException"),
    ("exec-format-error", r"exec format error"),
    ("port-already-allocated", r"port is already allocated|bind: address already in use"),
    ("invalid-tar-header", r"invalid tar header|archive/tar: "),
    ("image-not-found", r"Unable to find image|No such image|pull access denied|repository does not exist"),
    ("container-name-in-use", r"container name [^ ]{1,200} is already in use"),
    (
        "docker-daemon-not-running",
        (
            r"Cannot connect to the Docker daemon|docker daemon is not running"
            r"|error during connect: "
        ),
    ),
    ("code-entry-locked", r"(?:locked|锁定).{0,60}\b15\s*(?:min|分)|\b15\s*(?:min|分).{0,30}(?:locked|锁定)"),
    ("qr-expired", r"QR code (?:has |is )?(?:expired|no longer valid)|二维码.{0,6}(?:过期|失效)"),
    ("registration-failed", r"Registration failed|Failed to register|注册失败"),
)
_SYMPTOMS = tuple((key, re.compile(pattern.lower())) for key, pattern in SYMPTOMS)  # on text in lower case: faster

_URL = re.compile(
    r"\b(https?)://(?:[^\s/@]{1,200}@)?(\[[0-9a-fA-F:.]{2,45}\]|[\w.-]{1,253})(?::(\d{1,5}))?(/[^\s\"'<>]{0,200})?"
)
_TRIED = re.compile(
    r"(?:Connect to|Failed to connect to|connecting to)\s+([\w.-]{1,253})(?:/[\d.]{7,15})?(?::| port )(\d{1,5})\b"
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
_OTHERS = re.compile(r"[:\s](?:1433|1521|2181|3306|5432|6379|9092|9200|27017)\b")  # databases and the like
_STATUS = re.compile(r"HTTP/[\d.]{1,3} (\d{3})\b")
_TCP = re.compile(r"TcpTestSucceeded\s*:\s*(True|False)")


Said = tuple[str, str | int, str]  # kind, value, detail


def read(paste: Paste) -> Iterator[Fact]:
    """Facts from texts, in the order of the lines."""
    yield from _wordings(paste)
    whole, seen = paste.text.lower(), set()
    symptoms = tuple((key, pattern) for key, pattern in _SYMPTOMS if pattern.search(whole))
    for line in paste.lines:
        for said in _all(line, symptoms) if line.text.strip() else ():
            if (line.section, *said) not in seen:  # a log says the same many times; its first line is shown
                seen.add((line.section, *said))
                kind, value, detail = said
                yield Fact(kind, value, line.section or "text", line.text, line.number, "", detail)


def _all(line: Line, symptoms: Sequence[tuple[str, re.Pattern[str]]]) -> Iterator[Said]:
    text = line.text  # the words that are looked for here first are quicker to look for than the patterns
    if "000" in text or "_" in text:
        yield from _codes(line)
    yield from _symptom(line, symptoms)
    if "http" in text:
        yield from _addresses(line)
    if "64" in text and line.host != "finebi host":
        yield from _machine(line)
    yield from _surroundings(line)


def _codes(line: Line) -> Iterator[Said]:
    found = {_NAMES[match[1]] for match in _NAMED.finditer(line.text)}
    found |= {match[1] for match in _SAID.finditer(line.text)}
    if alone := _ALONE.match(line.text):
        found.add(alone[1])
    if line.section not in _LOGS and len(line.text) < 300 and not _NOT_PROSE.search(line.text):
        numbers = [match[1] for match in _BARE.finditer(line.text)]
        if numbers and (_PROSE.search(line.text) or (len(line.text) < 60 and _lone(line.text, numbers))):
            found |= set(numbers)
    for code in sorted(found):
        yield "code", code, ""


def _lone(text: str, numbers: list[str]) -> bool:
    """Whether a short remark has no other number than one code, and none of the round ones."""
    return len(numbers) == 1 and numbers[0] not in _ROUND and len(re.findall(r"\d+", text)) == 1


def _symptom(line: Line, symptoms: Sequence[tuple[str, re.Pattern[str]]]) -> Iterator[Said]:
    low = line.text.lower()
    for key, pattern in symptoms:
        if pattern.search(low) and not _OTHERS.search(low):
            yield "symptom", key, line.host
            if tried := _TRIED.search(line.text):
                yield "tried-port", int(tried[2]), tried[1]
            return


@cache
def _templates() -> tuple[tuple[str, str, str], ...]:
    """The longest fixed part of each of our own server's messages, with the code or else the reason it stands for."""
    found = []
    for reason in reasons():
        fixed = max(re.split(r"\{\w+\}", reason.message), key=len).strip(" .:;,")
        if len(fixed) >= 24:
            value = str(int(reason.code)) if reason.code else reason_name(reason.__name__)
            found.append((fixed, "code" if reason.code else "symptom", value))
    return tuple(found)


def _wordings(paste: Paste) -> Iterator[Fact]:
    """Messages in the words of our own authorization server (a rehearsal)."""
    text = paste.text
    for fixed, kind, value in _templates():
        line = next((line for line in paste.lines if fixed in line.text), None) if fixed in text else None
        if line:
            yield Fact(kind, value, line.section or "text", line.text, line.number)


def _addresses(line: Line) -> Iterator[Said]:
    """The address saved in FineBI, or opened in a browser. FineBI's own address has a path; others are not ours."""
    if line.section in (*_LOGS, "docker run", "docker inspect") or _LOGGED.match(line.text):
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


def _machine(line: Line) -> Iterator[Said]:
    text = line.text.strip()
    if len(text) < 250 and (found := _MACHINE.fullmatch(text) or _SYSTEM.search(text)):
        yield "host-architecture", architecture(found[1].lower().replace("x64", "amd64")), ""


def _surroundings(line: Line) -> Iterator[Said]:
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
    if tcp := _TCP.search(text):
        yield "connection", "open" if tcp[1] == "True" else "closed", ""
