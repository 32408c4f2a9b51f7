"""A paste that may be passed on: secrets are taken out, addresses and names become tokens, and its shape stays.

The same address is the same token, addresses of one network stay in one network, names of one domain in one domain.
Loopback, ports, codes, times and the vendor's names are left as they are, so that triage says the same as before. A
name without a dot stays: it may be a container's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

_WORDS = r"pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credentials?|cookie"
_VALUE = r"[^\s\"',;}\]&]+"
_QUOTED = r"\"(?:[^\"\\\n]|\\.)*\"?|'[^'\n]*'?|\{[^{}\n]*\}"
# A pass phrase has blanks: it goes on up to what ends a value, or to what can be no part of it. What a shell reads
# ends at a blank.
_END_OF = (
    r"[\"',;&}|\]\n\t\uff0c\uff1b\u3002]|\s+-|\s{2}|\s+[\w.-]{1,40}[=:\uff1a]|\s+\(|\s+->"
    r"|\s+(?:error|code|failed|failure|ok|docker|podman|sudo|https?)\b|$"
)
_PHRASE = rf"[^\s\"',;&}}|\]\uff0c\uff1b\u3002](?:(?!{_END_OF}).)*"
_SHELL = r"(?:\\.|[^\s\"'\\]|\"(?:[^\"\\\n]|\\.)*\"?|'[^'\n]*'?)+"
_SAYS = (
    r"(?!(?:wrong|incorrect|invalid|expired|missing|not|no|empty|required|too|set|the|ok|correct)\b"
    r"[^\n]{0,3}(?:[.,!?]|$))"
)
_KERNEL = r"(?:IN|OUT|MAC|SRC|DST|LEN|TOS|PREC|TTL|ID|PROTO|SPT|DPT|WINDOW|RES|PHYSIN|PHYSOUT|PATH|UID|GID|CPU|PID)="
_QUOTE = r"\\?[\"']"
_SECRETS = (
    (re.compile(r"\beyJ[\w-]{8,}(?:\.[\w-]*)*"), "***"),
    (re.compile(r"(\b(?:https?|jdbc:\w+|[a-z][a-z+]{1,12})://)[^\s/@]+@", re.IGNORECASE), r"\1***@"),
    # A user's name and a pass phrase with blanks or slashes; a port and what follows it are none.
    (
        re.compile(
            r"(\b(?:jdbc:)?[a-z][a-z+]{1,12}://)[^\s/@:\"'<>]{1,64}:(?!\d{1,5}(?:[/?#\s,;]|$))[^@\n\"'<>]{1,200}@",
            re.IGNORECASE,
        ),
        r"\1***@",
    ),
    (re.compile(r"(\b(?:proxy-)?authorization[\"']?\s*[:=]\s*[\"']?)[^\"'\n]+", re.IGNORECASE), r"\1***"),
    (re.compile(r"(\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}", re.IGNORECASE), r"\1***"),
    (re.compile(r"((?:^|\s)(?:-e|--env)[ =]?)(?:" + _SHELL + ")"), r"\1***"),
    (
        re.compile(rf"((?:^|\s)--?[\w-]{{0,40}}(?:{_WORDS})[\w-]{{0,40}}(?:=|\s+))(?!-){_SHELL}", re.IGNORECASE),
        r"\1***",
    ),
    (
        re.compile(rf"((?:{_WORDS})[\w.-]{{0,40}}{_QUOTE}\s*[:=]\s*)\\\"(?:[^\"\\\n]|\\[^\"])*\\\"", re.IGNORECASE),
        r"\1\"***\"",
    ),
    (
        re.compile(rf"((?:{_WORDS})[\w.-]{{0,40}}[\"']?\s*[:=\uff1a]\s*)\"(?:[^\"\\\n]|\\.)*\"", re.IGNORECASE),
        r'\1"***"',
    ),
    (
        re.compile(rf"((?:{_WORDS})[\w.-]{{0,40}}(?:{_QUOTE})?\s*[:=\uff1a]\s*)(?:{_QUOTED}|{_PHRASE})", re.IGNORECASE),
        r"\1***",
    ),
    (re.compile(rf"(\b(?:{_WORDS})\s+(?:is|was)\s+){_SAYS}(?:{_QUOTED}|{_PHRASE})", re.IGNORECASE), r"\1***"),
    (re.compile(rf"(\b(?:{_WORDS})\s+)(?:\"[^\"\n]*\"|'[^'\n]*')", re.IGNORECASE), r"\1***"),
    (re.compile(rf"(\b(?:{_WORDS})\s+)\w*\d\w*", re.IGNORECASE), r"\1***"),
    (re.compile(rf"([\"'](?!{_KERNEL})[A-Z][A-Z0-9_]{{2,}}=)[^\"'\n]+(?=[\"'])"), r"\1***"),
    (re.compile(rf"(\b(?!{_KERNEL})[A-Z][A-Z0-9_]{{2,}}=)(?:\"[^\"\n]*\"|'[^'\n]*'|{_VALUE})"), r"\1***"),
    (re.compile(rf"((?:密码|口令|密钥|令牌)(?:\s*[:\uff1a=是为]\s*|\s+))(?:{_QUOTED}|{_PHRASE})"), r"\1***"),
    (re.compile(r"((?:密码|口令|密钥|令牌))[A-Za-z0-9]\S*"), r"\1***"),
)
_SECRET_KEY = rf"^(\s*)(?:-\s+)?[\"']?[\w.-]{{0,60}}(?:{_WORDS})[\w.-]{{0,60}}[\"']?\s*:"
_FOLDED = re.compile(rf"{_SECRET_KEY}\s*[|>][+-]?\d?\s*$", re.IGNORECASE)
_NAMED_VALUE = re.compile(
    rf"^\s*(?:-\s+)?[\"']?name[\"']?\s*:\s*[\"']?[\w.-]{{0,60}}(?:{_WORDS})[\w.-]{{0,60}}[\"']?,?\s*$", re.IGNORECASE
)
_VALUE_LINE = re.compile(r"^(\s*[\"']?value[\"']?\s*:\s*)(\"?)(?:[^\"\n]*)(\"?,?)$", re.IGNORECASE)
_OPTION = re.compile(rf"^\s*\"--?[\w-]*(?:{_WORDS}|key)[\w-]*\",?\s*$", re.IGNORECASE)
_ELEMENT = re.compile(r"\"[^\"]*\"")
_BEGIN, _END = re.compile(r"-----BEGIN [^-\n]{1,60}-----"), re.compile(r"-----END [^-\n]{1,60}-----")

_ADDRESS = re.compile(r"(?<![\w.])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?![\w.]*\d)(?!\.\w)")
_MAIL = re.compile(r"\b[\w.+-]{1,64}@((?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24})\b")
_NAMED = re.compile(
    r"(?:https?://(?:[^\s/@]{1,200}@)?|\bhost: |connect to |unknownhostexception: |\bcn ?= ?|dns:|@)"
    r"((?:\*\.)?(?:[a-z0-9_-]{1,63}\.){1,8}[a-z]{2,24})\b",
    re.IGNORECASE,
)
_KEPT = re.compile(r"(?:^|\.)(?:fanruan\.com|docker\.(?:io|com)|github\.com|curl\.se|nginx\.(?:org|com)|localhost)$")


def veil(text: str) -> str:
    """The text as it may be passed on."""
    shown = "\n".join(_without_secrets(text.split("\n")))
    names = dict.fromkeys(match[1].lower().removeprefix("*.") for match in _NAMED.finditer(shown))
    tokens = _tokens([name for name in names if not _KEPT.search(name)])
    for name in sorted(tokens, key=len, reverse=True):
        shown = re.sub(rf"(?<![\w-])(?<!\w\.){re.escape(name)}(?![\w-]|\.\w)", tokens[name], shown, flags=re.IGNORECASE)
    people: dict[str, str] = {}
    shown = _MAIL.sub(partial(_person, people), shown)
    networks: dict[str, dict[str, str]] = {}
    return _ADDRESS.sub(partial(_numbered, networks), shown)


def _without_secrets(lines: list[str]) -> Iterator[str]:
    hidden, value, named, below = False, False, False, -1  # below: the indent of a key with a value in lines
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if below >= 0 and (indent > below or not line.strip()):
            yield " " * indent + "***" if line.strip() else line
            continue
        below = indent if _FOLDED.match(line) else -1
        if hidden or _BEGIN.search(line):
            yield _BEGIN.sub("***", line.partition("-----BEGIN")[0] + "***") if not hidden else "***"
            hidden = not _END.search(line)
            continue
        text = _VALUE_LINE.sub(r"\1\2***\3", line) if named else line
        named = _NAMED_VALUE.match(line) is not None
        yield secretless(_ELEMENT.sub('"***"', text, count=1) if value else text) if below < 0 else text
        value = _OPTION.match(line) is not None


def secretless(line: str) -> str:
    """One line without its secrets; quotation marks and commas stay, so that JSON stays JSON."""
    for pattern, instead in _SECRETS:
        line = pattern.sub(instead, line)
    return line


def without_secrets(text: str) -> str:
    """The text without its secrets; addresses and names stay."""
    return "\n".join(_without_secrets(text.split("\n")))


def _tokens(names: list[str]) -> dict[str, str]:
    """A token for each name: the host's number in its domain, and the domain's."""
    domains: dict[str, list[str]] = {}
    tokens = {}
    for name in names:
        host, _dot, domain = name.partition(".") if name.count(".") > 1 else ("", "", name)
        hosts = domains.setdefault(domain, [])
        if host and host not in hosts:
            hosts.append(host)
        number = list(domains).index(domain) + 1
        tokens[name] = f"host{hosts.index(host) + 1}.net{number}.example" if host else f"net{number}.example"
    return tokens


def _person(people: dict[str, str], match: re.Match[str]) -> str:
    if _KEPT.search(match[1].lower()):
        return match[0]
    person = people.setdefault(match[0], f"person{len(people) + 1}")
    return f"{person}@{match[1] if match[1].endswith('example') else 'mail.example'}"


def _numbered(networks: dict[str, dict[str, str]], match: re.Match[str]) -> str:
    parts = [int(part) for part in match.groups()]
    if parts[0] in (0, 127, 255) or max(parts) > 255 or _is_version(match):
        return match[0]
    hosts = networks.setdefault(".".join(match.groups()[:3]), {})
    number = list(networks).index(".".join(match.groups()[:3])) + 1
    return hosts.setdefault(match[4], f"10.{200 + number // 250}.{number % 250}.{len(hosts) % 250 + 1}")


def _is_version(match: re.Match[str]) -> bool:
    before = match.string[max(0, match.start() - 12) : match.start()]
    return re.search(r"(?:version\W{1,3}|\bv)$", before, re.IGNORECASE) is not None
