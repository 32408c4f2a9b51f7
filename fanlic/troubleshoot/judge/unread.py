"""Lines that look like errors and that no reader used: "not understood" is an answer, and silence is not health."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fanlic.troubleshoot.catalogue.messages import Printed, messages_in
from fanlic.troubleshoot.judge import server_log
from fanlic.troubleshoot.judge.facts import Fact
from fanlic.troubleshoot.judge.paste import Paste, PastedLine

SHOWN_LINES = 12
_KINDS = 2_000  # kinds of lines that look like errors, after which no more are compared
# Facts that a line tells beside its error: they do not explain it.
_BESIDE = {"nodes", "seats", "product", "fineops", "saved-port", "browser-port", "clock", "host-architecture"}
_DIGITS = re.compile(r"\d+")

_ERROR = re.compile(
    r"\b(?:error|errors|fatal|panic|denied|failed|failure|refused|aborted|cannot|can't|could not|unable to|invalid"
    r"|timed out|not found|no such|unreachable|forbidden|unauthorized|crash\w*|corrupt\w*)\b|\w(?:exception|error)\b"
    r"|\bcurl: \(\d+\)|\bfailed\w+|\w+backoff\b|\bevicted\b|\boomkilled\b"
    r"|错误|失败|异常|拒绝|无法|超时|损坏|崩溃"
    r"|\b(?:get|post|put|delete|head) [^\s\"]{1,200}(?: http/[\d.]{1,3}\"?)? [45]\d\d\b|http/[\d.]{1,3}\"? [45]\d\d\b"
)
_NO_ERROR = re.compile(
    r"\b(?:0|no|none|zero|without)\s+(?:\w+\s+)?(?:errors?|failures?|exceptions?|failed|problems?)\b"
    r"|\berrors?\s*[:=]\s*(?:0|\"\"|none)|none failed"
    r"|^\s*reason:\s+error|\bon-failure\b|^\s*[\"']|verify error:num=(?:18|19|20|21):"
    r"|verification error: (?:self.signed|unable to)"
    r"|^\W{0,4}[36]\d{4,7}\s*\||错误码\s*\||\bcode\s*\|"  # a list of codes and what they mean
    r"|\berror_?log\b|(?:没有|不是|无)(?:错误|异常)|无法访问[此该](?:页面|网站)"
)
_FRAME = re.compile(r"\s*(?:at [\w.$<>/]+\(|\.\.\. \d+ (?:more|common frames)|Caused by: |Suppressed: )")
# An exception on a line of its own belongs to the line of the log above it.
_THROWN = re.compile(r"(?:[a-z][\w$]*\.){2,12}\w*(?:Exception|Error)\b")
_OTHERS = re.compile(
    r"[:\s](?:1433|1521|2181|3306|5432|6379|9092|9200|27017)\b|mysql|oracle|postgres|redis", re.IGNORECASE
)


def unread(paste: Paste, facts: Sequence[Fact]) -> tuple[PastedLine, ...]:
    """The first of each kind of line that looks like an error and that nothing explains."""
    known = {fact.number for fact in facts if fact.kind not in _BESIDE}
    symptoms = messages_in(paste.text)
    first: dict[str, PastedLine | None] = {}  # by the text without its digits; None: it is explained
    texts: set[str] = set()
    for block in _blocks(paste.lines):
        if len(block) == 1 and block[0].text in texts:
            continue
        texts.add(block[0].text)
        wrong = next((line for line in block if _looks_wrong(line.text)), None)
        kind = _DIGITS.sub("0", wrong.text.strip()[:200]) if wrong else ""
        if wrong and kind not in first and len(first) < _KINDS:
            first[kind] = None if _explained(block, known, symptoms) else wrong
    return tuple(line for line in first.values() if line)


def _explained(block: Sequence[PastedLine], known: set[int], symptoms: Sequence[Printed]) -> bool:
    """Whether a fact was read from the block, or a known message is in it, be it about something else."""
    return any(
        line.number in known
        or any(message.pattern.search(line.text.lower()) for message in symptoms)
        or (len(block) > 1 and _OTHERS.search(line.text))
        for line in block
    )


def _blocks(lines: Sequence[PastedLine]) -> Iterator[list[PastedLine]]:
    """A line with the stack frames and causes below it: what explains one of them explains them all."""
    block: list[PastedLine] = []
    for line in lines:
        heads = len(block) == 1 and _THROWN.match(line.text) and not _THROWN.match(block[0].text)
        if block and not heads and not _FRAME.match(line.text):
            yield block
            block = []
        if block or line.text.strip():
            block.append(line)
    if block:
        yield block


def _looks_wrong(text: str) -> bool:
    lowered = text[:600].lower()
    if _FRAME.match(text) and not lowered.lstrip().startswith("caused by"):
        return False
    wrong = _ERROR.search(lowered) and not _NO_ERROR.search(lowered) and not _OTHERS.search(lowered)
    return bool(wrong) and not server_log.understood(text)
