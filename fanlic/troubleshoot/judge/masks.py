"""Secrets are masked: values of variables, passwords, tokens and keys are replaced before anything is shown."""

from __future__ import annotations

import re

from fanlic.troubleshoot.judge.veil import secretless

SHOWN = 160  # characters of a line that are shown
READ = 800  # characters of a line that are masked before it is cut

_WORDS = r"pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credentials?|cookie"
_MASKS = (
    (re.compile(r"-----BEGIN [^-\n]{1,60}-----.*", re.DOTALL), "***"),
    (re.compile(r"\beyJ[\w-]{8,}(?:\.[\w-]*)*"), "***"),
    (re.compile(r"\b(https?|jdbc:\w+|\w{2,10})://[^\s/@]+@", re.IGNORECASE), r"\1://***@"),
    (re.compile(r"\b(authorization)(\W{1,4}).*", re.IGNORECASE), r"\1\2***"),
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE), r"\1 ***"),
    (
        re.compile(rf"([\w.-]{{0,40}}(?:{_WORDS})[\w.-]{{0,40}}[\"']?\s*[:=\uff1a]\s*)\S.*", re.IGNORECASE),
        r"\1***",
    ),
    (re.compile(rf"(--?[\w-]{{0,40}}(?:{_WORDS})[\w-]{{0,40}}\s+)\S+", re.IGNORECASE), r"\1***"),
    (re.compile(rf"(\b(?:{_WORDS})\s+(?:is\s+)?)[\"']?\S*\d\S*", re.IGNORECASE), r"\1***"),
    (re.compile(r"((?:^|\s)(?:-e|--env)[ =]?)(?:[^\s\"']|\"[^\"]*\"?|'[^']*'?)+"), r"\1***"),
    (re.compile(r"\b([A-Z][A-Z0-9_]{2,}=)(?:\"[^\"]*\"|'[^']*'|\S+)"), r"\1***"),
    (re.compile(r"(密码|口令|密钥|令牌)(\s*[:\uff1a=是为]?\s*)\S+"), r"\1\2***"),
)


def mask(text: str) -> str:
    """The text with what looks like a secret replaced: values of variables, passwords, tokens, keys."""
    text = "\n".join(map(secretless, text.split("\n")))
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return text


def shown(text: str) -> str:
    """A line as it is shown: masked, on one line, cut."""
    flat = mask(" ".join(text[:READ].split()))
    return flat if len(flat) <= SHOWN else flat[: SHOWN - 3] + "..."
