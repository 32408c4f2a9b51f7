"""One merged verdict: causes in order, risks seen on the way, what contradicts, what is missing, and the next question.

Collecting is not judging: where nothing recognisable was pasted, the answer is what to paste.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fanlic.model.refusals import N_
from fanlic.troubleshoot.catalogue.entry import CaseStage, Says
from fanlic.troubleshoot.catalogue.shelf import catalogue
from fanlic.troubleshoot.judge import rules
from fanlic.troubleshoot.judge.diagnosis import STOPPED, Diagnosis, Grade, state, symptoms, symptoms_of
from fanlic.troubleshoot.judge.facts import WORDS, Evidence, Fact
from fanlic.troubleshoot.judge.paste import PastedLine
from fanlic.troubleshoot.judge.questions import Question
from fanlic.troubleshoot.judge.rules import Reply, RuleAnswer
from fanlic.troubleshoot.judge.stages import ALONE, following, lacking, stage

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
    answers: tuple[RuleAnswer, ...] = ()

    @property
    def ruled_out(self) -> tuple[RuleAnswer, ...]:
        """What the evidence rules out, in the order of the stages."""
        return tuple(sorted((each for each in self.answers if each.reply is Reply.OUT), key=rules.place))

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
    def stage(self) -> CaseStage | None:
        """How far the case has come, if anything says so."""
        return stage(self.evidence, self.causes)

    @property
    def unseen(self) -> tuple[str, ...]:
        """What must be seen before all may be called well, and was not."""
        e = self.evidence
        if self.stage in ALONE and not e.of("status"):
            return tuple(question.missing for question in self.missing)
        seen = {
            N_("the container's state"): e.of("status"),
            N_("the published port"): e.of("port") or e.of("fixed-port"),
            N_("the address saved in FineBI"): e.of("saved-port"),
        }
        return tuple(what for what, facts in seen.items() if not facts)


def judge(e: Evidence, unread: tuple[PastedLine, ...] = ()) -> Verdict:
    """The verdict on this evidence. `unread`: lines that look like errors and were not understood."""
    answers = tuple(rules.answers(e))
    ranked = _ranked((*_by_rule(answers), *_by_code(e), *_by_message(e)))
    causes = tuple(_less_general(cause for cause in ranked if cause.grade))
    missing = tuple(lacking(e, answers, causes))
    return Verdict(
        e,
        causes,
        tuple(cause for cause in ranked if not cause.grade),
        tuple(_against(e)),
        missing,
        following(e, causes, missing, unread),
        unread,
        answers,
    )


Place = tuple[int, int]


def _ranked(placed: Iterable[tuple[Diagnosis, Place]]) -> list[Diagnosis]:
    """The firmest first; of those that are as firm, the one of the earlier stage, for it explains the later one."""
    best: dict[str, tuple[Diagnosis, Place]] = {}
    for cause, place in placed:
        if cause.name not in best or cause.grade > best[cause.name][0].grade:
            best[cause.name] = cause, place
    return [cause for cause, _place in sorted(best.values(), key=lambda one: (-one[0].grade, one[1]))]


def _by_rule(answers: Iterable[RuleAnswer]) -> Iterator[tuple[Diagnosis, Place]]:
    for answer in answers:
        if cause := answer.diagnosis:
            yield replace(cause, asks=cause.asks or answer.rule.asks, stage=answer.rule.stage), rules.place(answer)


def confidence(cause: Diagnosis) -> str:
    """How sure the answer is, in a word: it follows from the evidence."""
    if cause.grade >= Grade.SAID:
        return N_("certain")
    return N_("likely") if cause.grade is Grade.USUAL else N_("possible")


def _less_general(causes: Iterator[Diagnosis]) -> Iterator[Diagnosis]:
    """Without the pop-up as such where anything else is known, and without a code that a cause explains."""
    ranked = list(causes)
    explained = {code for cause in ranked if cause.name in EXPLAINS for code in cause.keys if code.isdigit()}
    for cause in ranked:
        if cause.name not in explained and (cause.name != "registration-failed" or len(ranked) == 1):
            yield cause


_FIRM = {Says.GENERAL: Grade.FITS, Says.USUAL: Grade.USUAL, Says.CAUSE: Grade.SAID}
LATER = len(rules.RULES)  # messages and codes stand behind the rules of their stage


def _by_code(e: Evidence) -> Iterator[tuple[Diagnosis, Place]]:
    for fact in e.of("code"):
        yield _from_catalogue(str(fact.value), Grade.SAID, fact)


def _by_message(e: Evidence) -> Iterator[tuple[Diagnosis, Place]]:
    for fact in e.of("symptom"):
        entry = catalogue().get(str(fact.value))
        if fact.source == WORDS:
            yield _from_catalogue(str(fact.value), Grade.WORDS, fact)
        elif entry and not entry.sort:
            yield _from_catalogue(entry.key, Grade.FITS if _outlived(e, entry.key) else _FIRM[entry.says], fact)


def _outlived(e: Evidence, key: str) -> bool:
    """Whether the container runs although a message says that it could not be started."""
    return key in ("port-already-allocated", "image-not-found", "container-name-in-use") and state(e) == "running"


def _from_catalogue(key: str, grade: Grade, fact: Fact) -> tuple[Diagnosis, Place]:
    entry = catalogue().get(key)
    if entry is None:
        unknown = Diagnosis(key, N_("This is in no table known to us."), Grade.FITS, (fact,), (), ())
        return unknown, (rules.order(None), LATER)
    cause = Diagnosis(key, entry.title, grade, (fact,), entry.remedy[:3], (key,), entry.on, entry.who, asks=entry.asks)
    return cause, (rules.order(entry.stage), LATER)


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
            bool(e.of("http-status") and symptoms_of(e, "refused", "silent")),
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
