"""One merged verdict: causes in order, risks seen on the way, what contradicts, what is missing, and the next question.

Collecting is not judging: where nothing recognisable was pasted, the answer is what to paste.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from fanlic.model.refusals import N_
from fanlic.troubleshoot.catalogue.shelf import catalogue
from fanlic.troubleshoot.judge import rules
from fanlic.troubleshoot.judge.diagnosis import REFUSED, RISK, SILENT, STOPPED, Diagnosis, state, symptoms
from fanlic.troubleshoot.judge.facts import WORDS, Evidence, Fact
from fanlic.troubleshoot.judge.paste import PastedLine
from fanlic.troubleshoot.judge.questions import QUESTIONS, Question, following

# How much a message says by itself; what the rules judge more closely is not listed.
WEIGHTS = {
    "port-already-allocated": 88,
    "invalid-tar-header": 88,
    "image-not-found": 88,
    "container-name-in-use": 88,
    "docker-daemon-not-running": 85,
    "unknown-host": 84,
    "ssl-handshake": 55,
    "certificate-warning": 35,
    "registration-failed": 30,
}
HANDLED = {
    "exec-format-error", "pkix-path-building-failed", "no-subject-alternative-names", "plain-http",
    "certificate-refused", "connection-refused", "err-connection-refused", "socket-timeout", "err-connection-timed-out",
}  # fmt: skip
OTHER_MESSAGE = 80
BY_WORDS = 45  # what a person says in a few words makes a cause possible, not likely
EXPLAINS = {"down-over-24-hours", "seats-too-few"}  # beside these their code says nothing more


@dataclass(frozen=True)
class Verdict:
    """The whole answer. `causes` in order, the first is the verdict; `risks` are no cause of anything seen."""

    evidence: Evidence
    causes: tuple[Diagnosis, ...]
    risks: tuple[Diagnosis, ...]
    against: tuple[str, ...]
    missing: tuple[Question, ...]
    question: Question
    unread: tuple[PastedLine, ...] = ()

    @property
    def outcome(self) -> str:
        """Which kind of answer this is: fault, unread, nothing, health or partial.

        Silence is not health: "health" needs a container, a port and an address that were seen, and no line that looks
        like an error and was not understood.
        """
        if self.causes:
            return "fault"
        if self.unread:
            return "unread"
        if not self.evidence.facts:
            return "nothing"
        return "partial" if self.unseen else "health"

    @property
    def unseen(self) -> tuple[str, ...]:
        """What must be seen before a server may be called healthy, and was not."""
        e = self.evidence
        seen = {
            N_("the container's state"): e.of("status"),
            N_("the published port"): e.of("port") or e.of("fixed-port"),
            N_("the address saved in FineBI"): e.of("saved-port"),
        }
        return tuple(what for what, facts in seen.items() if not facts)


def judge(e: Evidence, unread: tuple[PastedLine, ...] = ()) -> Verdict:
    """The verdict on this evidence. `unread`: lines that look like errors and were not understood."""
    best: dict[str, Diagnosis] = {}
    for cause in (*rules.causes(e), *_by_code(e), *_by_message(e)):
        if cause.name not in best or cause.weight > best[cause.name].weight:
            best[cause.name] = cause
    ranked = sorted(best.values(), key=lambda cause: -cause.weight)
    causes = tuple(_less_general(cause for cause in ranked if cause.weight >= RISK))
    missing = tuple(question for question in QUESTIONS if not question.known(e))
    return Verdict(
        e,
        causes,
        tuple(c for c in ranked if c.weight < RISK),
        tuple(_against(e)),
        missing,
        following(e, causes, missing, unread),
        unread,
    )


def confidence(cause: Diagnosis) -> str:
    """The weight in words."""
    return N_("very likely") if cause.weight >= 80 else N_("likely") if cause.weight >= 60 else N_("possible")


def _less_general(causes: Iterator[Diagnosis]) -> Iterator[Diagnosis]:
    """Without the pop-up as such where anything else is known, and without a code that a cause explains."""
    ranked = list(causes)
    explained = {code for cause in ranked if cause.name in EXPLAINS for code in cause.keys if code.isdigit()}
    for cause in ranked:
        if cause.name not in explained and (cause.name != "registration-failed" or len(ranked) == 1):
            yield cause


def _by_code(e: Evidence) -> Iterator[Diagnosis]:
    for fact in e.of("code"):
        yield _from_catalogue(str(fact.value), 82, (fact,))


def _by_message(e: Evidence) -> Iterator[Diagnosis]:
    for fact in e.of("symptom"):
        key = str(fact.value)
        if key in catalogue() and (key not in HANDLED or fact.source == WORDS):
            weight = BY_WORDS if fact.source == WORDS else WEIGHTS.get(key, OTHER_MESSAGE)
            yield _from_catalogue(key, weight - (45 if _outlived(e, key) else 0), (fact,))


def _outlived(e: Evidence, key: str) -> bool:
    """Whether the container runs although a message says that it could not be started."""
    return key in ("port-already-allocated", "image-not-found", "container-name-in-use") and state(e) == "running"


def _from_catalogue(key: str, weight: int, because: tuple[Fact, ...]) -> Diagnosis:
    entry = catalogue().get(key)
    if entry is None:
        return Diagnosis(key, N_("This is in no table known to us."), 30, because, (), ())
    return Diagnosis(key, entry.title, weight, because, entry.remedy[:3], (key,), entry.on, entry.who)


# -- what does not fit together


def _against(e: Evidence) -> Iterator[str]:
    checks = (
        (N_("One output shows the container running, another stopped: they are of different times."), _two_states(e)),
        (N_("Several codes were pasted: each node, and each try, may have its own."), len(e.values("code")) > 1),
        (N_("Outputs disagree on the published port: one of them is older."), _two_ports(e)),
        (N_("More than one address of the server is named."), len(e.values("saved-port")) > 1),
        (N_("More than one processor is named for the container host."), len(e.values("host-architecture")) > 1),
        (
            N_("The container was stopped later than the present time that was used: a clock is wrong."),
            any(
                isinstance(f.value, datetime) and e.now and f.value - e.now > timedelta(minutes=1)
                for f in e.of("finished")
            ),
        ),
        (
            N_("One host reached the server, another was refused: look at the way from the one that was refused."),
            bool(e.of("http-status") and symptoms(e, *REFUSED, *SILENT)),
        ),
        (
            N_("The container runs, although its log once said that it cannot: that line is of an earlier start."),
            state(e) == "running" and bool(symptoms(e, "exec-format-error", "port-already-allocated")),
        ),
        (
            N_("The image's processor is not the host's, yet the container runs: an emulator is at work."),
            _emulated(e),
        ),
    )
    yield from (text for text, true in checks if true)


def _two_states(e: Evidence) -> bool:
    states = e.values("status")
    return "running" in states and bool(states & STOPPED)


def _two_ports(e: Evidence) -> bool:
    """Whether two sources name ports and none in common."""
    by_source: dict[str, set[object]] = {}
    for fact in e.of("port"):
        by_source.setdefault(fact.source, set()).add(fact.value)
    sets = list(by_source.values())
    return any(not (ports & others) for place, ports in enumerate(sets) for others in sets[place + 1 :])


def _emulated(e: Evidence) -> bool:
    host, image = e.values("host-architecture"), e.values("image-architecture")
    return state(e) == "running" and len(host) == len(image) == 1 and host != image
