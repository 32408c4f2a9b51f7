"""What a reader finds wrong, as a value. Each face (sandbox, preflight, triage) has its own words for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto


class ProblemKind(StrEnum):
    """What is wrong. The first group is about the shell, the second about Docker's line, the third about YAML."""

    TYPOGRAPHIC = auto()
    NOT_CONTINUED = auto()
    OTHER_SIGN = auto()
    SPACE_AFTER_SIGN = auto()
    OPEN_QUOTE = auto()
    LOST_BACKSLASH = auto()
    UNKNOWN_VARIABLE = auto()
    DRIVE_VARIABLE = auto()
    SINGLE_QUOTE = auto()

    NO_COMMAND = auto()
    UNKNOWN_OPTION = auto()
    ONE_HYPHEN = auto()
    NO_VALUE = auto()
    BAD_VALUE = auto()
    ARGUMENTS = auto()
    IMAGE = auto()
    NAME = auto()
    RESTART = auto()
    REMOVED_AND_RESTARTED = auto()
    PORT = auto()
    VOLUME = auto()
    MOUNT = auto()
    TARGET = auto()
    SOURCE = auto()
    MAPPED_TWICE = auto()

    TAB = auto()
    TOO_DEEP = auto()
    TOO_MUCH = auto()
    KEY_TWICE = auto()
    BAD_ESCAPE = auto()
    NOT_UNDERSTOOD = auto()
    UNDECLARED_VOLUME = auto()
    NOT_JSON = auto()


class Speaker(StrEnum):
    """Who refuses: the command line on reading the options, the command line afterwards, or the engine."""

    OPTIONS = auto()
    CLIENT = auto()
    ENGINE = auto()


@dataclass(frozen=True)
class Problem:
    """One problem: the words it is about, its line from 1 (0: not known), and Docker's own message if Docker refuses.

    `extra` is a second word that some kinds need, as the sign that would have continued a line.
    """

    kind: ProblemKind
    value: str = ""
    line: int = 0
    says: str = ""
    speaker: Speaker = Speaker.CLIENT
    extra: str = ""


def first_refusal(problems: tuple[Problem, ...]) -> Problem | None:
    """The problem at which Docker stops: options are read first, then values, and the engine comes last."""
    refusals = [problem for problem in problems if problem.says]
    return min(refusals, key=lambda problem: list(Speaker).index(problem.speaker), default=None)
