"""The catalogue of scenarios: every branch of the procedure, each of which can be played and checks itself.

`catalogue()` has them by id. `run` plays one and gives its transcript, which can be printed: every beat with its
virtual time, the state before and after, the timeline. On the command line: `fanlic rehearse --list` and
`fanlic rehearse U5`.
"""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fanlic.lab.beat import WIDTH, Beat, ScenarioBroken
from fanlic.lab.scenarios import SCENARIOS, Scenario
from fanlic.lab.stage import Stage
from fanlic.lab.world import Lab, NeedsProcesses
from fanlic.model.policy import EDITIONS, Policy, changed, switched
from fanlic.model.refusals import Refusal
from fanlic.texts import _, basis, fill, instant
from fanlic.texts.about import NOT_FANRUAN
from fanlic.wiring.lab import PolicyIgnored


class CannotPlay(ValueError):
    """There is no such scenario, or none in this edition, or the lab cannot play it; the text says which."""


@dataclass(frozen=True)
class Transcript:
    """What was played: every beat, the state before and after, the timeline.

    `problem` says what came out otherwise than the rules say; empty if nothing did. `print(transcript)` prints the
    beats as a terminal shows them.
    """

    scenario: Scenario
    policy: Policy
    engine: str
    beats: tuple[Beat, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    timeline: str
    problem: str = ""

    def __str__(self) -> str:
        return "\n".join(map(str, self.beats))

    @property
    def ended_well(self) -> bool:
        """Whether it came out as the rules say."""
        return not self.problem


def catalogue() -> dict[str, Scenario]:
    """Every scenario by its id, in the order of the procedure."""
    from fanlic.lab.scenarios import choosing, code, moving, registering, request, running, start  # noqa: F401

    order = "CRLQFUM"
    return dict(sorted(SCENARIOS.items(), key=lambda each: (order.index(each[0][0]), int(each[0][1:]))))


def find(name: str) -> Scenario:
    """The scenario of this id, in any case; raises CannotPlay."""
    chosen = catalogue().get(name.upper())
    if chosen is None:
        text = _("There is no scenario {name}. `fanlic rehearse --list` shows all of them.")
        raise CannotPlay(text.format(name=name))
    return chosen


def run(
    scenario_id: str,
    *,
    edition: str | None = None,
    engine: str | None = None,
    switches: Sequence[tuple[str, str]] = (),
    seed: int = 1,
    tell: Callable[[Beat], None] | None = None,
) -> Transcript:
    """Play a scenario in a lab of its own. `engine` as for the lab: "inline" or "sandbox".

    `switches`: names and positions, of which each is turned in the rules of the edition. Raises CannotPlay if there is
    none of this id, or none in this edition, or if the lab cannot play it or cannot follow a switch.
    """
    chosen = find(scenario_id)
    if chosen.play is None:
        raise CannotPlay(_(chosen.why_not))
    edition, engine = edition or chosen.editions[0], engine or chosen.engine
    if edition not in chosen.editions:
        text = _("{id} is played in: {editions}; not in {edition}.")
        raise CannotPlay(text.format(id=chosen.id, editions=", ".join(chosen.editions), edition=edition))
    beats: list[Beat] = []

    def take(beat: Beat) -> None:
        beats.append(beat)
        if tell is not None:
            tell(beat)

    policy = EDITIONS[edition]
    for name, position in switches:
        policy = switched(policy, name, position)
    try:
        lab = Lab(engine=engine, seed=seed, policy=policy)
    except (PolicyIgnored, NeedsProcesses) as impossible:
        raise CannotPlay(str(impossible)) from impossible
    with lab:
        stage = Stage(lab, take)
        problem = play(chosen, stage)
        after = stage.state()
        return Transcript(chosen, policy, engine, tuple(beats), stage.before, after, lab.timeline_csv(), problem)


def play(chosen: Scenario, stage: Stage) -> str:
    """Play a scenario on this stage; what came out otherwise than the rules say, empty if nothing did."""
    problem = ""
    try:
        if chosen.play is not None:
            chosen.play(stage)
        missing = sorted(set(chosen.meets) - stage.met)
        stage.expect(not missing, _("not met on the way: {reasons}").format(reasons=", ".join(missing)))
    except ScenarioBroken as broken:
        problem = str(broken)
    except Refusal as refusal:
        problem = fill(refusal.message, refusal.evidence)
    stage.tell_events()
    return problem


# -- on the terminal


def rules(policy: Policy) -> str:
    """The edition of the rules, and what was changed in it."""
    turned = ", ".join(f"{name}={word}" for name, word in changed(policy).items())
    text = _("Rules: {edition}, with {changed}.") if turned else _("Rules: {edition}.")
    return text.format(edition=_(policy.title), changed=turned)


def broke_off(policy: Policy, text: str, problem: str) -> str:
    """`text` with the problem; under changed rules, that it was told for the edition's own."""
    if turned := ", ".join(changed(policy)):
        text = _(
            "The text of this scenario describes the rules of the edition. With {changed} the result differs: {problem}"
        )
        return text.format(changed=turned, problem=problem)
    return text.format(problem=problem)


def list_scenarios(as_json: bool) -> int:
    """Print the catalogue."""
    if as_json:
        print(json.dumps([_words(each) for each in catalogue().values()], indent=1))
        return 0
    for each in catalogue().values():
        mark = _(" (cannot be played)") if each.why_not else ""
        print(f"{each.id:4}{_(each.title)}{mark} [{basis(each)}]")
    print("\n" + _("To play one: fanlic rehearse U5. It prints the question and the outcome."))
    return 0


def rehearse_scenario(
    scenario_id: str, edition: str | None, as_json: bool, switches: Sequence[tuple[str, str]] = ()
) -> int:
    """Play one scenario on the terminal: 0 if it came out as the rules say, 1 otherwise, 2 if there is none."""
    try:
        chosen = find(scenario_id)
        if not as_json:
            _head(chosen)
        if chosen.why_not:
            if as_json:
                print(json.dumps(_words(chosen), indent=1))
            else:
                print(_lines(_("Cannot be played: "), _(chosen.why_not)) + "\n")
                _answer(chosen)
            return 0
        transcript = run(chosen.id, edition=edition, switches=switches, tell=None if as_json else _Teller())
    except CannotPlay as problem:
        print(f"fanlic rehearse: {problem}", file=sys.stderr)
        return 2
    if as_json:
        print(json.dumps(_report(transcript), indent=1))
    else:
        _foot(transcript)
    if transcript.problem:
        text = _("The scenario stopped early: {problem}")
        print(broke_off(transcript.policy, text, transcript.problem), file=sys.stderr)
    return 0 if transcript.ended_well else 1


class _Teller:
    """Prints each beat, and the virtual time whenever it has moved."""

    def __init__(self) -> None:
        self._at = ""

    def __call__(self, beat: Beat) -> None:
        """Print one."""
        if self._at != (at := instant(beat.at)):
            print(at)
        self._at = at
        print(beat, flush=True)


def _head(chosen: Scenario) -> None:
    print(textwrap.fill(_(NOT_FANRUAN), WIDTH))
    print(f"\n{chosen.id}  {_(chosen.title)}\n" + "-" * (4 + len(_(chosen.title))))
    print(_lines(_("Question: "), _(chosen.question)) + "\n")


def _foot(transcript: Transcript) -> None:
    chosen = transcript.scenario
    for heading, lines in ((_("Before:"), transcript.before), (_("After:"), transcript.after)):
        print(f"\n{heading}")
        print("\n".join(f"  {line}" for line in lines) or "  -")
    print("\n" + rules(transcript.policy))
    _answer(chosen)


def _answer(chosen: Scenario) -> None:
    print(_lines(_("Outcome: "), _(chosen.outcome)))
    print(_lines(_("Basis: "), basis(chosen) + "; " + ", ".join(clause.slug for clause in chosen.clauses)))


def _lines(label: str, text: str) -> str:
    return textwrap.fill(label + text, WIDTH, subsequent_indent="  ", break_long_words=False)


def _words(chosen: Scenario) -> dict[str, object]:
    return {
        "id": chosen.id,
        "title": _(chosen.title),
        "question": _(chosen.question),
        "outcome": _(chosen.outcome),
        "basis": chosen.basis,
        "clauses": [clause.slug for clause in chosen.clauses],
        "meets": list(chosen.meets),
        "engine": chosen.engine,
        "editions": list(chosen.editions),
        "why_not": _(chosen.why_not),
    }


def _report(transcript: Transcript) -> dict[str, object]:
    beats = [
        {"at": beat.at.isoformat(), "kind": beat.kind, "text": beat.text, "clause": beat.clause and beat.clause.slug}
        for beat in transcript.beats
    ]
    return _words(transcript.scenario) | {
        "edition": transcript.policy.edition,
        "changed": changed(transcript.policy),
        "engine": transcript.engine,
        "before": list(transcript.before),
        "beats": beats,
        "after": list(transcript.after),
        "timeline": transcript.timeline,
        "ended_well": transcript.ended_well,
        "problem": transcript.problem,
    }
