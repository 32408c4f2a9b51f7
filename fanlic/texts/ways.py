"""The shortest play into a state, in words: `told(place)` has a line for each step."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from fanlic.model.policy import FINEBI_6_0_5, Policy
from fanlic.model.refusals import N_
from fanlic.model.ways import Goal, folded, way, why_not
from fanlic.texts import _, duration

Say = Callable[[str], str]  # how a text is said: `_` in the reader's language


def named(place: Goal) -> str:
    """What a place is called in a list of all of them."""
    return f"{_(place.kind)}: {_(place.title)}"


def told(place: Goal, policy: Policy = FINEBI_6_0_5, say: Say = _) -> list[str]:
    """The shortest play, a line for each step; what repeats is one line. One line says why there is none."""
    events = way(place, policy)
    if events is None:
        return [say(why_not(place, policy))]
    if not events:
        return [say(N_("Nothing: every play begins here."))]
    return [_line(count, block, policy, say) for count, block in folded(events)]


def event_text(event: StrEnum, policy: Policy = FINEBI_6_0_5, say: Say = _) -> str:
    """What happens, with the spans of time of this edition."""
    spans = {name: duration(getattr(policy, name)) for name in ("lock", "poll_period", "down_time_limit")}
    return say(event).format(**spans)


def _line(count: int, block: tuple[StrEnum, ...], policy: Policy, say: Say) -> str:
    if len(block) > 1:
        inner = say(N_("; ")).join(_line(*each, policy, say) for each in folded(block))
        return say(N_("{count} times: ({events})")).format(count=count, events=inner)
    text = event_text(block[0], policy, say)
    return text if count == 1 else say(N_("{count} times: {events}")).format(count=count, events=text)
