"""The lines that people and programs write: the codes and the messages in them, then what else a line says.

A five-digit number is a code only if it cannot be a port, a count or a number of milliseconds. From a log only codes,
names of codes and standard exceptions are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from fanlic.model.refusals import REASONS, Code
from fanlic.troubleshoot.judge.facts import Fact
from fanlic.troubleshoot.judge.paste import Paste, PastedLine
from fanlic.troubleshoot.judge.surroundings import LOGS, Said, surroundings

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

_OTHERS = re.compile(r"[:\s](?:1433|1521|2181|3306|5432|6379|9092|9200|27017)\b")  # databases and the like
_TRIED = re.compile(
    r"(?:Connect to|Failed to connect to|connecting to)\s+([\w.-]{1,253})(?:/[\d.]{7,15})?(?::| port )(\d{1,5})\b"
)


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


def _all(line: PastedLine, symptoms: Sequence[tuple[str, re.Pattern[str]]]) -> Iterator[Said]:
    text = line.text  # the words that are looked for here first are quicker to look for than the patterns
    if "000" in text or "_" in text:
        yield from _codes(line)
    yield from _symptom(line, symptoms)
    yield from surroundings(line)


def _codes(line: PastedLine) -> Iterator[Said]:
    found = {_NAMES[match[1]] for match in _NAMED.finditer(line.text)}
    found |= {match[1] for match in _SAID.finditer(line.text)}
    if alone := _ALONE.match(line.text):
        found.add(alone[1])
    if line.section not in LOGS and len(line.text) < 300 and not _NOT_PROSE.search(line.text):
        numbers = [match[1] for match in _BARE.finditer(line.text)]
        if numbers and (_PROSE.search(line.text) or (len(line.text) < 60 and _lone(line.text, numbers))):
            found |= set(numbers)
    for code in sorted(found):
        yield "code", code, ""


def _lone(text: str, numbers: list[str]) -> bool:
    """Whether a short remark has no other number than one code, and none of the round ones."""
    return len(numbers) == 1 and numbers[0] not in _ROUND and len(re.findall(r"\d+", text)) == 1


def _symptom(line: PastedLine, symptoms: Sequence[tuple[str, re.Pattern[str]]]) -> Iterator[Said]:
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
    for reason in REASONS.values():
        fixed = max(re.split(r"\{\w+\}", reason.message), key=len).strip(" .:;,")
        if len(fixed) >= 24:
            found.append((fixed, "code" if reason.code else "symptom", reason.label))
    return tuple(found)


def _wordings(paste: Paste) -> Iterator[Fact]:
    """Messages in the words of our own authorization server (a rehearsal)."""
    text = paste.text
    for fixed, kind, value in _templates():
        line = next((line for line in paste.lines if fixed in line.text), None) if fixed in text else None
        if line:
            yield Fact(kind, value, line.section or "text", line.text, line.number)
