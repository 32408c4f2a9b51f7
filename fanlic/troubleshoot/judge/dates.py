"""Clocks: what `date` printed on either host (several formats, Chinese too), and the Date of the server's answer.

Two hosts are compared only if both outputs name an instant. An offset that is not printed is unknown; CST is taken
for China's, as the vendor's customers mean it, not for America's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

from fanlic.troubleshoot.judge.facts import Fact
from fanlic.troubleshoot.judge.paste import Paste, PastedLine

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES = {"UTC": 0, "GMT": 0, "Z": 0, "CST": 8, "HKT": 8, "SGT": 8, "JST": 9, "KST": 9, "CET": 1, "CEST": 2, "BST": 1,
          "EST": -5, "EDT": -4, "PST": -8, "PDT": -7, "MSK": 3, "IST": 5.5}  # fmt: skip
_DAY = r"(?:[A-Za-z]{3,9}|(?:星期|周)[一二三四五六日天])"
_TIME = r"(?P<half>上午|下午)?\s?(?P<h>\d{1,2}):(?P<m>\d{2}):(?P<s>\d{2})(?:[.,]\d{1,9})?(?:\s(?P<ap>[AP]M))?"
_ZONE = r"(?:\s?(?P<zone>[A-Z]{1,5}|[+-]\d{2}(?::?\d{2})?))?"
_YMD = r"(?P<y>\d{4})\s?[-/年]\s?(?P<mo>\d{1,2})\s?[-/月]\s?(?P<d>\d{1,2})日?"
_FORMATS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_YMD}(?:\s|T)\s?(?:{_DAY}\s)?{_TIME}{_ZONE}",
        rf"{_DAY}\s+(?P<name>[A-Z][a-z]{{2}})\s+(?P<d>\d{{1,2}})\s+{_TIME}{_ZONE}\s(?P<y>\d{{4}})",
        rf"{_DAY},?\s+(?P<d>\d{{1,2}})\s+(?P<name>[A-Z][a-z]{{2,8}})\s+(?P<y>\d{{4}})\s+{_TIME}{_ZONE}",
        rf"{_DAY},\s(?P<name>[A-Z][a-z]{{2,8}})\s(?P<d>\d{{1,2}}),\s(?P<y>\d{{4}})\s{_TIME}{_ZONE}",
        rf"(?:{_DAY}\s)?(?P<mo>\d{{1,2}})/(?P<d>\d{{1,2}})/(?P<y>\d{{4}})\s+{_TIME}{_ZONE}",
        r"(?P<epoch>1[5-9]\d{8}|2\d{9})",
    )
)
_LABEL = re.compile(r"(?P<label>[^\d:\uff1a]{2,60}[:\uff1a]\s*)?(?P<date>\S.*)$")
_FINEBI = re.compile(r"finebi|project|report|\bbi\b|项目|报表", re.IGNORECASE)
_SERVER = re.compile(r"licen|auth|container|docker|\blic\b|授权|认证|许可|容器", re.IGNORECASE)
_CLOCK = re.compile(r"\b(?:date|time|clock|now|host)\b|时间|主机|服务器", re.IGNORECASE)
_EVENT = re.compile(r"expir|end|until|valid|start|stop|creat|since|last|happen|到期|过期|有效|创建|启动", re.IGNORECASE)


def instant(text: str) -> tuple[datetime, bool] | None:
    """The instant that the whole text names, and whether its offset is stated; None if it is no date."""
    text = " ".join(text.split())[:80]
    for pattern in _FORMATS:
        if match := pattern.fullmatch(text):
            return _made({key: value for key, value in match.groupdict().items() if value})
    return None


def _made(part: dict[str, str]) -> tuple[datetime, bool] | None:
    if "epoch" in part:
        return datetime.fromtimestamp(int(part["epoch"]), UTC), True
    name = part.get("name", "")[:3].lower()
    month = _MONTHS.index(name) + 1 if name in _MONTHS else int(part.get("mo", 0))
    hour = int(part["h"])
    half = {"上午": "AM", "下午": "PM"}.get(part.get("half", ""), part.get("ap", ""))
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "PM" else 0)
    offset = _offset(part.get("zone", ""))
    try:
        made = datetime(int(part["y"]), month, int(part["d"]), hour, int(part["m"]), int(part["s"]),
                         tzinfo=timezone(offset or timedelta()))  # fmt: skip
        return (made.astimezone(UTC) if offset is not None else made), offset is not None
    except (ValueError, OverflowError):
        return None


def _offset(zone: str) -> timedelta | None:
    if numbers := re.fullmatch(r"([+-])(\d{2}):?(\d{2})?", zone):
        span = timedelta(hours=int(numbers[2]), minutes=int(numbers[3] or 0))
        return min(span, timedelta(hours=23)) * (-1 if numbers[1] == "-" else 1)
    return timedelta(hours=_ZONES[zone]) if zone in _ZONES else None


def read(paste: Paste) -> Iterator[Fact]:
    """A fact for each clock that was read; the subject of the comparison stands in `detail`: which host's clock."""
    before = ""
    for line in paste.lines:
        text = line.text.strip()
        if text.lower().startswith("date:") and not line.section.startswith("date"):
            if at := instant(text[5:].strip()):
                yield _fact(line, at, "answer")
        elif (match := _LABEL.fullmatch(text)) and len(text) < 120:
            whole = instant(text)
            at = whole or (instant(match["date"]) if match["label"] else None)
            label = "" if whole else match["label"] or ""
            if at and (line.section.startswith(("date", "get-date")) or _is_clock(text, label, before)):
                yield _fact(line, at, _host(line, label) or _host(line, before))
        if text:
            before = text[:120]


def _is_clock(text: str, label: str, before: str) -> bool:
    """Whether a date is a clock's, not an event's: a label says so, or it is written as `date` writes it."""
    said = label or before
    if _EVENT.search(said):
        return False
    named = any(pattern.search(said) for pattern in (_FINEBI, _SERVER, _CLOCK))
    return named or (not label and re.match(rf"{_DAY}\s|\S+\s?\S*\s?\S*\s星期", text) is not None)


def _host(line: PastedLine, label: str) -> str:
    if line.host:
        return "finebi" if "finebi" in line.host else "server"
    if _FINEBI.search(label):
        return "finebi"
    return "server" if _SERVER.search(label) else ""


def _fact(line: PastedLine, at: tuple[datetime, bool], host: str) -> Fact:
    moment, stated = at
    detail = host if stated else f"{host}?"
    return Fact("clock", moment, line.section or "date", line.text, line.number, "", detail)
