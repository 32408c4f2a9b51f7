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
_KERNEL = r"(?:IN|OUT|MAC|SRC|DST|LEN|TOS|PREC|TTL|ID|PROTO|SPT|DPT|WINDOW|RES|PHYSIN|PHYSOUT|PATH|UID|GID|CPU|PID)="
_SECRETS = (
    (re.compile(r"\beyJ[\w-]{8,}(?:\.[\w-]*)*"), "***"),
    (re.compile(r"(\b(?:https?|jdbc:\w+|\w{2,10})://)[^\s/@]+@", re.IGNORECASE), r"\1***@"),
    (re.compile(r"(\b(?:proxy-)?authorization[\"']?\s*[:=]\s*[\"']?)[^\"'\n]+", re.IGNORECASE), r"\1***"),
    (re.compile(r"(\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}", re.IGNORECASE), r"\1***"),
    (re.compile(rf"((?:{_WORDS})[\w.-]{{0,40}}[\"']?\s*[:=\uff1a]\s*)\"[^\"\n]*\"", re.IGNORECASE), r'\1"***"'),
    (re.compile(rf"((?:{_WORDS})[\w.-]{{0,40}}[\"']?\s*[:=\uff1a]\s*)(?:'[^'\n]*'|{_VALUE})", re.IGNORECASE), r"\1***"),
    (re.compile(rf"(--?[\w-]{{0,40}}(?:{_WORDS})[\w-]{{0,40}}\s+)[^\s\"',]+", re.IGNORECASE), r"\1***"),
    (re.compile(rf"(\b(?:{_WORDS})\s+(?:is\s+)?)[\"']?\w*\d\w*", re.IGNORECASE), r"\1***"),
    (re.compile(r"((?:^|\s)(?:-e|--env)[ =]?)(\"[^\"\n]*\"|'[^'\n]*'|[^\s\"']+(?:\"[^\"\n]*\"|'[^'\n]*')?)"), r"\1***"),
    (re.compile(rf"(\b(?!{_KERNEL})[A-Z][A-Z0-9_]{{2,}}=)(?:\"[^\"\n]*\"|'[^'\n]*'|{_VALUE})"), r"\1***"),
    (re.compile(r"((?:密码|口令|密钥|令牌)\s*[:\uff1a=是为]?\s*)[^\s,\uff0c]+"), r"\1***"),
)
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
    hidden, value = False, False
    for line in lines:
        if hidden or _BEGIN.search(line):
            yield _BEGIN.sub("***", line.partition("-----BEGIN")[0] + "***") if not hidden else "***"
            hidden = not _END.search(line)
            continue
        yield secretless(_ELEMENT.sub('"***"', line, count=1) if value else line)
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
