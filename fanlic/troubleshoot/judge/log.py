"""The lines that people and programs write: the codes and the messages in them, then what else a line says.

A five-digit number is a code only if it cannot be a port, a count or a number of milliseconds. From a log only codes,
names of codes and standard exceptions are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from fanlic.model.refusals import REASONS, Code
from fanlic.troubleshoot.catalogue.messages import Printed, messages_in
from fanlic.troubleshoot.catalogue.numbers import can_be_code
from fanlic.troubleshoot.judge.facts import Fact
from fanlic.troubleshoot.judge.paste import Paste, PastedLine
from fanlic.troubleshoot.judge.surroundings import LOGS, TRIED_ADDRESSES, Said, surroundings

_NAMES = {code.name: str(code.value) for code in Code}
_NAMED = re.compile(rf"\b({'|'.join(_NAMES)})\b", re.IGNORECASE)
_CODE = r"(30000|3000[1-7]|1000[01]|20000|6110000[1-6])"
_BARE = re.compile(rf"(?<![A-Za-z0-9_.:/\-=>+#@]){_CODE}(?![A-Za-z0-9_/@>=]|[.:]\d|-[\d>]|\s*->)")
_SAID = re.compile(
    r"(?:code|error|err|cod|failed|failure|fail|details?|registration"
    r"|码|错误|失败|原因|详情)[\"')\]:\s=,\uff1a\uff08(\[-]{0,6}"
    rf"{_CODE}(?![A-Za-z0-9_/@>]|[.:]\d)",
    re.IGNORECASE,
)
_ALONE = re.compile(rf"\W{{0,6}}{_CODE}\W{{0,6}}$")
_PROSE = re.compile(
    r"\b(?:got|gets?|shows?|says|pop-?up|regist\w*|see[ns]?|ha[sd]|have|with|since|gives?|errors?)\b|注册|报|提示|弹",
    re.IGNORECASE,
)
_NOT_PROSE = re.compile(
    r"^\s*\"|\d{1,2}:\d{2}:\d{2}|ports?\b|\bms\b|->|\b(?:pid|size|timeout|bytes|rows|published|target)\b|端口",
    re.IGNORECASE,
)
# A number with such a word before it is the number of something.
_LABELLED = re.compile(
    r"(?:(?<!错误)号码?|编号|\b(?:no|number|nr|id|invoice|order|contract|ticket|case)\b)[.:#\uff1a\s]*$", re.IGNORECASE
)
# What was mended is not what is wrong now, unless it came again.
_SOLVED = re.compile(
    r"(?<!\bnot )\b(?:is|was|were|been|now|got|info|:) (?:already )?(?:fixed|resolved|solved)\b"
    r"|已经?(?:解决|恢复|修复|处理好)|解决了(?!吗)|(?:现在|一切|都)(?:恢复)?正常",
    re.IGNORECASE,
)
_AGAIN = re.compile(r"\b(?:again|still|but|not yet)\b|又|再次|还是|仍|但|没有?解决|未解决", re.IGNORECASE)
_LISTED = re.compile(rf"\W{{0,4}}{_CODE}\s*[|,;:\t\uff1a\uff1b -]\s*[^\W\d]")
IN_A_LIST = 3
_ROUND = {"10000", "20000", "30000"}

_OTHERS = re.compile(r"[:\s](?:1433|1521|2181|3306|5432|6379|9092|9200|27017)\b")  # databases and the like
_TRIED = re.compile(
    r"(?:Connect to|Failed to connect to|connecting to)\s+([\w.-]{1,253})(?:/[\d.]{7,15})?(?::| port )(\d{1,5})\b"
)


def read(paste: Paste) -> Iterator[Fact]:
    """Facts from texts, in the order of the lines."""
    yield from _wordings(paste)
    seen = set()
    symptoms = messages_in(paste.text)
    # A log says the same many times: the first of equal lines is read.
    listed = _handbook(paste.lines) if "000" in paste.text else set()
    lines = {
        (line.section, line.host, line.text): line
        for line in reversed(paste.lines)
        if line.text.strip() and line.number not in listed
    }
    for line in reversed(lines.values()):
        for said in _all(line, symptoms):
            if (line.section, *said) not in seen:
                seen.add((line.section, *said))
                kind, value, detail = said
                yield Fact(kind, value, line.section or "text", line.text, line.number, "", detail)


def _all(line: PastedLine, symptoms: Sequence[Printed]) -> Iterator[Said]:
    if _SOLVED.search(line.text) and not _AGAIN.search(line.text):
        yield from surroundings(line)
        return
    text = line.text  # the words that are looked for here first are quicker to look for than the patterns
    if "000" in text or "_" in text:
        yield from _codes(line)
    if line.section == TRIED_ADDRESSES and (tried := _TRIED.search(text)):
        yield "tried-port", int(tried[2]), tried[1]
    yield from _symptom(line, symptoms)
    yield from surroundings(line)


def _codes(line: PastedLine) -> Iterator[Said]:
    text = line.text
    codes = {_NAMES[match[1].upper()] for match in _NAMED.finditer(text)} if "_" in text else set()
    if "000" not in text:
        yield from (("code", code, "") for code in sorted(codes))
        return
    said = [match for match in _SAID.finditer(text) if can_be_code(text, match.start(1), match.end(1), named=True)]
    codes |= {match[1] for match in said}
    if alone := _ALONE.match(text):
        codes.add(alone[1])
    if line.section not in LOGS and len(text) < 300 and not _NOT_PROSE.search(text):
        bare = [match for match in _BARE.finditer(text) if can_be_code(text, match.start(1), match.end(1))]
        numbers = [match[1] for match in bare]
        labelled = bool(bare) and _LABELLED.search(text[: bare[0].start()]) is not None
        if numbers and (_PROSE.search(text) or (len(text) < 60 and not labelled and _lone(text, numbers))):
            codes |= set(numbers)
    for code in sorted(codes):
        yield "code", code, ""


def _handbook(lines: Sequence[PastedLine]) -> set[int]:
    """The lines of a list of codes with their meanings: three or more in a row, each with another code at its head."""
    found: set[int] = set()
    run: dict[str, int] = {}
    last = 0
    for line in lines:
        match = _LISTED.match(line.text)
        if match and (line.number > last + 1 or match[1] in run):
            run = {}
        if match:
            run[match[1]] = last = line.number
            found |= set(run.values()) if len(run) >= IN_A_LIST else set()
    return found


def _lone(text: str, numbers: list[str]) -> bool:
    """Whether a short remark has no other number than one code, and none of the round ones."""
    return len(numbers) == 1 and numbers[0] not in _ROUND and len(re.findall(r"\d+", text)) == 1


def _symptom(line: PastedLine, symptoms: Sequence[Printed]) -> Iterator[Said]:
    low = line.text.lower()
    for message in symptoms:
        if message.search(low) and not _OTHERS.search(low):
            yield "symptom", message.key, line.host
            if tried := _TRIED.search(line.text):
                yield "tried-port", int(tried[2]), tried[1]
            return


@cache
def _templates() -> tuple[tuple[str, str, str], ...]:
    """The longest fixed part of each of our own server's messages, with the code or else the reason it stands for."""
    templates = []
    for reason in REASONS.values():
        fixed = max(re.split(r"\{\w+\}", reason.message), key=len).strip(" .:;,")
        if len(fixed) >= 24:
            templates.append((fixed, "code" if reason.code else "symptom", reason.label))
    return tuple(templates)


def _wordings(paste: Paste) -> Iterator[Fact]:
    """Messages in the words of our own authorization server (a rehearsal)."""
    text = paste.text
    for fixed, kind, value in _templates():
        line = next((line for line in paste.lines if fixed in line.text), None) if fixed in text else None
        if line:
            yield Fact(kind, value, line.section or "text", line.text, line.number)
