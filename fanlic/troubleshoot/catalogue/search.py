"""Search: from the words people type to the entries of the catalogue, by code, name, phrase or similarity.

A code ranks above a name, a name above a phrase, and a long phrase above a short one. A near match is only offered; it
is never taken for the answer.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from fanlic.model.clauses import Basis
from fanlic.model.refusals import N_, REASONS, Code
from fanlic.texts import _
from fanlic.troubleshoot.catalogue.messages import messages
from fanlic.troubleshoot.catalogue.numbers import can_be_code
from fanlic.troubleshoot.catalogue.shelf import catalogue


class How(IntEnum):
    """How an entry was found, from weak to firm; an answer needs more than NEAR."""

    NEAR = 0
    PHRASE = 1  # or a whole message of the rehearsal
    NAME = 2
    CODE = 3


@dataclass(frozen=True, order=True)
class Match:
    """An entry's key, and how it was found. The greater match is the better one."""

    how: How
    weight: int
    key: str
    words: str


GENERAL = "registration-failed"  # so general that any other entry beside it is the better answer
NEAR_ENOUGH = 0.74
OFFERED = 5
_CODE = re.compile(r"(?<![a-z0-9.])[0-9o]{5}(?:[0-9o]{3})?(?![a-z0-9]|\.\d)")
_FIELD = re.compile(r"\{[^}]*\}")


def find(words: str) -> list[Match]:
    """Every entry these words lead to, best first; near matches only if nothing else was found."""
    text = _folded(words)
    best: dict[str, Match] = {}
    for match in (*_codes(text), *_names(text), *_messages(text), *_phrases(text)):
        best[match.key] = max(match, best.get(match.key, match))
    ranked = sorted(best.values(), key=lambda match: (match.key == GENERAL, _rank(match)))
    return ranked or ([] if unknown_codes(words) else _near(text))


def unknown_codes(words: str) -> list[str]:
    """The numbers that look like a code and are in no table known to us."""
    return [number for number in _numbers(_folded(words)) if number not in catalogue()]


def nearest_codes(number: str) -> list[str]:
    """The known codes of the same length, nearest first."""
    known = [key for key in catalogue() if key.isdigit() and len(key) == len(number)]
    return sorted(known, key=lambda key: (abs(int(key) - int(number)), key))[:3]


# -- the digits of product codes (stated elsewhere by the vendor)

SCHEME_BASIS = Basis.VENDOR
_MODULES = {
    "1": N_("report"),
    "2": N_("platform"),
    "3": N_("data connection"),
    "6": N_("BI"),
    "7": N_("FVS (from FineBI 7)"),
    "8": N_("Q&A BI (from FineBI 7)"),
}
_KINDS = {"1": N_("an error"), "2": N_("a notice")}
_SORTS = {"1": N_("unsupported function"), "2": N_("misuse"), "3": N_("exception"), "4": N_("system notice")}


def by_scheme(number: str) -> str:
    """What the digits of an eight-digit product code say by themselves; empty if they do not fit the scheme."""
    module, kind, sort = (table.get(digit) for table, digit in zip((_MODULES, _KINDS, _SORTS), number, strict=False))
    if len(number) != 8 or module is None or kind is None or sort is None:
        return ""
    text = _("By the scheme of product codes: {kind} of the module {module}, {sort}, number {rest}.")
    return text.format(kind=_(kind), module=_(module), sort=_(sort), rest=number[3:])


# -- what leads to an entry, from firm to weak


def _codes(text: str) -> Iterator[Match]:
    for place, number in enumerate(_numbers(text)):
        if number in catalogue():
            yield Match(How.CODE, -place, number, number)


def _names(text: str) -> Iterator[Match]:
    for name, key in _by_name().items():
        if text == name or ({"_", "-"} & set(name) and _pattern(name).search(text)):
            yield Match(How.NAME, len(name), key, name)


def _messages(text: str) -> Iterator[Match]:
    for message in messages():
        if hit := message.search(text):
            yield Match(How.PHRASE, len(hit[0]), message.key, hit[0])
    for key, pattern, weight in _message_patterns():
        if hit := pattern.search(text):
            yield Match(How.PHRASE, weight, key, hit[0])


def _phrases(text: str) -> Iterator[Match]:
    for entry in catalogue().values():
        for phrase in entry.phrases:
            if hit := _pattern(phrase).search(text):
                yield Match(How.PHRASE, 3 * len(phrase) if not phrase.isascii() else len(phrase), entry.key, hit[0])


def _near(text: str) -> list[Match]:
    best: dict[str, Match] = {}
    for key, candidate in _candidates():
        alike = max((_alike(part, candidate) for part in _parts(text, candidate)), default=0.0)
        if alike >= NEAR_ENOUGH:
            match = Match(How.NEAR, int(100 * alike), key, candidate)
            best[key] = max(match, best.get(key, match))
    return sorted(best.values(), key=_rank)[:OFFERED]


def _parts(text: str, candidate: str) -> Iterator[str]:
    # The whole text if it is about as long, and each single word against single words.
    if len(text) < 2 * len(candidate) + 8:
        yield text
    if " " not in candidate and " " in text:
        yield from (word for word in text[:400].split() if len(word) >= 5)


def _alike(text: str, candidate: str) -> float:
    if not text or 2 * min(len(text), len(candidate)) < NEAR_ENOUGH * (len(text) + len(candidate)):
        return 0.0  # too different in length to be alike enough
    matcher = difflib.SequenceMatcher(None, text, candidate)
    return matcher.ratio() if matcher.quick_ratio() >= NEAR_ENOUGH else 0.0


def _rank(match: Match) -> tuple[int, int, str]:
    return -match.how, -match.weight, match.key


# -- text and tables


def _folded(words: str) -> str:
    """The text in lower case, full-width signs made plain, each run of blanks made one."""
    plain = unicodedata.normalize("NFKC", words).replace("\u2019", "'").casefold()
    return " ".join(plain.split())


def _numbers(text: str) -> list[str]:
    """Five or eight digits that can be a code, each once; a letter O among digits is read as zero."""
    matches = (match for match in _CODE.finditer(text) if any(map(str.isdigit, match[0])))
    return list(dict.fromkeys(match[0].replace("o", "0") for match in matches if _can_be_code(match)))


def _can_be_code(match: re.Match[str]) -> bool:
    """Whether the digits are a known code, or at least have a code's form, and are not a port, a timeout or a date."""
    digits = match[0].replace("o", "0")
    in_form = len(digits) == 5 or bool(by_scheme(digits)) or match[0] == match.string or digits in catalogue()
    if digits not in catalogue() and match.string[: match.start()].endswith(":"):
        return False
    return in_form and can_be_code(match.string, match.start(), match.end())


@cache
def _pattern(phrase: str) -> re.Pattern[str]:
    """The phrase as a pattern: `*` is anything in between; words in letters begin and end at their ends."""
    folded = _folded(phrase)
    inner = ".{0,80}?".join(re.escape(part.strip()).replace(r"\ ", r"\s*") for part in folded.split("*"))
    start = r"(?<![a-z0-9])" if folded[0].isascii() and folded[0].isalnum() else ""
    end = r"(?![a-z0-9])" if folded[-1].isascii() and folded[-1].isalnum() else ""
    return re.compile(start + inner + end)


@cache
def _by_name() -> dict[str, str]:
    """Names that mean one entry: keys, names of codes, and the reasons' own names."""
    names = {key: key for key in catalogue()} | {code.name.lower(): str(int(code)) for code in Code}
    return names | {kind.reason: kind.label for kind in REASONS.values() if kind.code is not None}


def _message_patterns() -> Iterator[tuple[str, re.Pattern[str], int]]:
    for kind in REASONS.values():
        key = _by_name().get(kind.reason)
        if key is not None:
            for message in {kind.message, _(kind.message)}:
                yield key, _message_pattern(message), len(_FIELD.sub("", message))


@cache
def _message_pattern(message: str) -> re.Pattern[str]:
    parts = (re.escape(_folded(part).rstrip(".")).replace(r"\ ", r"\s*") for part in _FIELD.split(message))
    return re.compile(r"\s*.{1,200}?\s*".join(parts))


@cache
def _candidates() -> tuple[tuple[str, str], ...]:
    """What misspelled words are compared with: names, titles, phrases."""
    candidates = [(key, name) for name, key in _by_name().items()]
    for entry in catalogue().values():
        candidates += [(entry.key, _folded(text)) for text in (entry.title, *entry.phrases)]
    return tuple((key, text) for key, text in candidates if len(text) >= 4 or not text.isascii())
