"""The certificate as `openssl s_client` and `openssl x509` show it: names, end, and what the check said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from fanlic.troubleshoot.judge.facts import Fact
from fanlic.troubleshoot.judge.paste import Paste

_SUBJECT = re.compile(r"^\s*(?:\d s:|subject\s*[=:]\s*).*?\bCN\s?=\s?([\w.*:-]{1,253})", re.IGNORECASE)
_NAMES = re.compile(r"(?:DNS|IP Address):\s*([\w.*:-]{1,253})")
_END = re.compile(
    r"(?:notAfter\s*=|NotAfter\s*:|Not After\s*:)\s*([A-Z][a-z]{2}\s+\d{1,2} \d{2}:\d{2}:\d{2} \d{4}) GMT"
)
_VERIFY = re.compile(
    r"(?:Verify return code:|verify error:num=|Verification error:)\s*(\d{1,3})?\s*[:(]?\s*([\w -]{2,80})",
    re.IGNORECASE,
)
_NONE = re.compile(r"no peer certificate available")
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"


def read(paste: Paste) -> Iterator[Fact]:
    """Facts about the certificate that a server showed."""
    for line in paste.lines:
        text = line.text

        def fact(kind: str, value: str | int | datetime, text: str = text, number: int = line.number) -> Fact:
            return Fact(kind, value, "openssl", text, number)

        if subject := _SUBJECT.match(text):
            yield fact("certificate-subject", subject[1])
        for name in _NAMES.finditer(text):
            yield fact("certificate-name", name[1].lower())
        if (end := _END.search(text)) and (at := _instant(end[1])):
            yield fact("certificate-end", at)
        if (verify := _VERIFY.search(text)) and verify[1] != "0":
            yield fact("certificate-check", verify[2].strip().lower(), text)
        if _NONE.search(text):
            yield fact("certificate-check", "no certificate")


def _instant(text: str) -> datetime | None:
    month, day, clock, year = text.split()
    hour, minute, second = (int(part) for part in clock.split(":"))
    try:
        number = _MONTHS.index(month) // 3 + 1
        return datetime(int(year), number, int(day), hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
