"""A transition table as a picture: the states one below the other, an arrow for each row of the table.

Every arrow leaves its state on a line of its own, where the event is written, so no two labels meet. It turns into a
lane on the right and comes back to the state that it leads to. Short arrows have the inner lanes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import TypeVar
from unicodedata import east_asian_width

from fanlic.notebook.lanes import COLOURS
from fanlic.texts import _

State = TypeVar("State", bound=StrEnum)
Event = TypeVar("Event", bound=str)
LETTER, LINE, GAP, LANE, EDGE, ROUND = 7.0, 22, 14, 13, 12, 5  # pixels


@dataclass(frozen=True)
class Arrow:
    """One row of the table: where it leaves and arrives, its words, its lane counted from the inside."""

    begin: float
    end: float
    text: str
    kind: str
    lane: int = 0


@dataclass(frozen=True)
class Card:
    """A state: its place, and how high it is."""

    top: float
    high: float
    arrives: float


def picture(table: Mapping[tuple[State, Event], State], kinds: Mapping[StrEnum, str], current: str, title: str) -> str:
    """The picture as inline SVG; `kinds` gives the color of a state, `current` is marked."""
    cards = _cards(table)
    arrows = _laned(list(_arrows(table, cards, kinds)))
    card = max(map(_room, (_beside(state, current) for state in cards))) + 2 * EDGE
    inner = card + max((_room(arrow.text) for arrow in arrows), default=0.0) + 3 * EDGE
    wide = inner + LANE * (1 + max((arrow.lane for arrow in arrows), default=0)) + EDGE
    high = max(place.top + place.high for place in cards.values()) + 4
    parts = [part for arrow in arrows for part in _arrow(arrow, card, inner)]
    parts += [part for state, place in cards.items() for part in _card(state, place, card, kinds, current)]
    said = "; ".join(f"{_(before)}: {_(event)} \u2192 {_(after)}" for (before, event), after in table.items())
    name = title or _("States")
    return (
        f'<svg class="picture states" xmlns="http://www.w3.org/2000/svg" role="img" '
        f'viewBox="0 0 {wide:.0f} {high:.0f}" style="max-width:{wide:.0f}px" '
        f'aria-label="{escape(name)}" font-size="12.5" fill="currentColor" stroke="none">'
        f"<title>{escape(name)}</title><desc>{escape(said)}</desc>{''.join(parts)}</svg>"
    )


def _cards(table: Mapping[tuple[State, Event], State]) -> dict[State, Card]:
    """One line for the arrows that arrive, then one for each arrow that leaves."""
    made: dict[State, Card] = {}
    top = 2.0
    for state in dict.fromkeys(each for (before, _event), after in table.items() for each in (before, after)):
        ways = sum(before == state for before, _event in table)
        high = LINE * (ways + 1) + 6
        made[state] = Card(top, high, top + 3 + LINE / 2)
        top += high + GAP
    return made


def _arrows(
    table: Mapping[tuple[State, Event], State], cards: Mapping[State, Card], kinds: Mapping[StrEnum, str]
) -> Iterator[Arrow]:
    used = dict.fromkeys(cards, 0)
    for (before, event), after in table.items():
        used[before] += 1
        begin = cards[before].arrives + LINE * used[before]
        yield Arrow(begin, cards[after].arrives, _(event), kinds.get(after, "idle"))


def _laned(arrows: list[Arrow]) -> list[Arrow]:
    """Each arrow on the innermost lane on which it meets no other; arrows to one state share a lane."""
    taken: list[list[tuple[float, float, float]]] = []
    made = []
    for arrow in sorted(arrows, key=lambda arrow: abs(arrow.end - arrow.begin)):
        low, high = sorted((arrow.begin, arrow.end))
        lane = next(
            (n for n, spans in enumerate(taken) if all(high < a or low > b or arrow.end == end for a, b, end in spans)),
            len(taken),
        )
        taken[lane:] = [[*(taken[lane] if lane < len(taken) else []), (low, high, arrow.end)], *taken[lane + 1 :]]
        made.append(Arrow(arrow.begin, arrow.end, arrow.text, arrow.kind, lane))
    return sorted(made, key=lambda arrow: arrow.begin)


def _arrow(arrow: Arrow, card: float, inner: float) -> Iterator[str]:
    x, color = inner + LANE * arrow.lane, COLOURS[arrow.kind]
    turn = ROUND if arrow.end > arrow.begin else -ROUND
    yield (
        f'<path d="M{card:g} {arrow.begin:g}H{x - ROUND:g}q{ROUND} 0 {ROUND} {turn}V{arrow.end - turn:g}'
        f'q0 {turn} {-ROUND} {turn}H{card + 9:g}" fill="none" stroke="{color}" stroke-width="1.6"/>'
    )
    tip, back = f"{card:g},{arrow.end:g}", f"{card + 11:g},{arrow.end - 5:g} {card + 11:g},{arrow.end + 5:g}"
    yield f'<polygon points="{tip} {back}" fill="{color}"/>'
    yield f'<text x="{card + EDGE + 4:g}" y="{arrow.begin - 4:g}">{escape(arrow.text)}</text>'


def _card(state: StrEnum, card: Card, wide: float, kinds: Mapping[StrEnum, str], current: str) -> Iterator[str]:
    color, here = COLOURS[kinds.get(state, "idle")], state == current
    mark = ' aria-current="true"' if here else ""
    yield (
        f'<rect x="2" y="{card.top:g}" width="{wide - 2:g}" height="{card.high:g}" rx="7" fill="{color}" '
        f'fill-opacity="{0.25 if here else 0.1}" stroke="{color}" stroke-width="{3.5 if here else 1.4}"{mark}/>'
    )
    yield f'<text x="{EDGE}" y="{card.arrives + 5:g}" font-weight="600">{escape(_beside(state, current))}</text>'


def _beside(state: StrEnum, current: str) -> str:
    return f"{_(state)} ({_('now')})" if state == current else _(state)


def _room(text: str) -> float:
    """About how wide a text is; a Chinese character is as wide as two Latin ones."""
    return sum(2 * LETTER if east_asian_width(letter) in "WF" else LETTER for letter in text)
