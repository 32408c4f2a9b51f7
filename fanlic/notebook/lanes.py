"""Lanes over a common time axis, as inline SVG: states as bars, points in time as signs below them.

The picture takes the colour of the text around it, so light and dark need no second one; every state is written out or
has a title, so that nothing hangs on colour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape

from fanlic.texts import _, duration, instant

WIDTH, LABELS, LANE, BAR, TOP = 960, 170, 34, 20, 30
NARROWEST, LETTER = 3, 6.4  # pixels: of a state too short to be drawn to scale, and of a letter
_GRID = (60, 300, 900, 3600, 7200, 21600, 43200, 86400, 604800, 2592000)  # seconds between two lines of the grid
COLOURS = {"good": "#2b8a4b", "warn": "#b7860b", "bad": "#d13438", "info": "#3a7bd0", "idle": "#8a8f98"}


@dataclass(frozen=True)
class Segment:
    """A state from one instant to another."""

    begin: datetime
    end: datetime
    text: str
    kind: str


@dataclass(frozen=True)
class Mark:
    """A point in time: `sign` is o, x or |."""

    at: datetime
    sign: str
    text: str


@dataclass(frozen=True)
class Countdown:
    """A clock that runs from one instant to another, and whether it ran out."""

    begin: datetime
    end: datetime
    limit: datetime

    @property
    def over(self) -> bool:
        """Whether it reached its limit."""
        return self.end >= self.limit


@dataclass
class Lane:
    """One row of the picture."""

    label: str
    segments: list[Segment] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    countdowns: list[Countdown] = field(default_factory=list)

    def enter(self, at: datetime, text: str, kind: str) -> None:
        """A state begins, and the one before ends."""
        self.leave(at)
        self.segments.append(Segment(at, datetime.max.replace(tzinfo=at.tzinfo), text, kind))

    def run(self, segment: Segment, begin: datetime, limit: datetime) -> None:
        """A clock runs until its limit, or until this state ends before."""
        self.countdowns.append(Countdown(begin, min(limit, segment.end), limit))

    def cut(self, at: datetime, text: str, kind: str) -> None:
        """A good state ended at this instant, and the given one followed until the next."""
        for place, segment in enumerate(self.segments):
            if segment.kind != "good" or not segment.begin < at < segment.end:
                continue
            after = self.segments[place + 1 : place + 2]
            same = bool(after) and after[0].text == text
            following = Segment(at, after[0].end if same else segment.end, text, kind)
            ended = Segment(segment.begin, at, segment.text, segment.kind)
            self.segments[place : place + (2 if same else 1)] = [ended, following]
            return

    def leave(self, at: datetime) -> None:
        """The present state ends."""
        if self.segments and self.segments[-1].end > at:
            last = self.segments.pop()
            self.segments.append(Segment(last.begin, at, last.text, last.kind))


def picture(lanes: list[Lane], begin: datetime, end: datetime, title: str) -> str:
    """Lanes over a common time axis, as one SVG."""
    scale = (WIDTH - LABELS - 10) / ((end - begin) / timedelta(seconds=1))
    height = TOP + LANE * len(lanes) + 40

    def x(at: datetime) -> float:
        seconds = (min(max(at, begin), end) - begin) / timedelta(seconds=1)
        return round(LABELS + seconds * scale, 1)

    parts = [*_axis(begin, end, x, TOP + LANE * len(lanes))]
    for number, lane in enumerate(lanes):
        parts += _lane(lane, TOP + LANE * number, x, end)
    if any(lane.marks for lane in lanes):
        parts.append(_legend(height - 8))
    told = escape("; ".join(_told(lane, end) for lane in lanes))
    return (
        f'<svg class="picture" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {height}" '
        f'aria-label="{escape(title)}" font-size="12" fill="none" stroke="none">'
        f"<title>{escape(title)}</title><desc>{told}</desc>{''.join(parts)}</svg>"
    )


def _axis(begin: datetime, end: datetime, x: Callable[[datetime], float], bottom: int) -> Iterator[str]:
    span = (end - begin) / timedelta(seconds=1)
    step = timedelta(seconds=next((grid for grid in _GRID if span / grid <= 12), _GRID[-1]))
    midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    at, day = midnight + -(-(begin - midnight) // step) * step, None
    while at <= end:
        new_day = day != at.date()
        label, day = f"{at:%m-%d %H:%M}" if new_day else f"{at:%H:%M}", at.date()
        yield f'<line x1="{x(at)}" x2="{x(at)}" y1="{TOP - 6}" y2="{bottom}" stroke="currentColor" opacity=".18"/>'
        anchor = "end" if x(at) > WIDTH - 40 else "middle"
        yield f'<text x="{x(at)}" y="{TOP - 12}" text-anchor="{anchor}" font-size="11">{label}</text>'
        at += step


def _lane(lane: Lane, top: int, x: Callable[[datetime], float], end: datetime) -> Iterator[str]:
    yield f'<text x="0" y="{top + 15}">{escape(lane.label)}</text>'
    for segment in lane.segments:
        left, wide = x(segment.begin), max(NARROWEST, round(x(segment.end) - x(segment.begin), 1))
        colour = COLOURS[segment.kind]
        yield (
            f'<rect x="{left}" y="{top}" width="{wide}" height="{BAR}" rx="2" fill="{colour}" fill-opacity=".28" '
            f'stroke="{colour}"><title>{escape(_spoken(segment, end))}</title></rect>'
        )
        if len(segment.text) * LETTER < wide - 8:
            yield f'<text x="{left + 5}" y="{top + 14.5}">{escape(segment.text)}</text>'
    for clock in lane.countdowns:
        yield from _countdown(clock, top, x, end)
    for mark in lane.marks:
        yield _mark(mark, x(mark.at), top)


def _countdown(clock: Countdown, top: int, x: Callable[[datetime], float], end: datetime) -> Iterator[str]:
    until = min(clock.end, end)
    text = _("a clock of {span}, from {begin}, ran for {ran}")
    span, ran = duration(clock.limit - clock.begin), duration(until - clock.begin)
    title = f"<title>{escape(text.format(span=span, begin=instant(clock.begin), ran=ran))}</title>"
    way = f"M{x(clock.begin)} {top - 4}H{x(until)}"
    yield f'<path d="{way}" stroke="currentColor" stroke-width="1.5" stroke-dasharray="5 3">{title}</path>'
    if clock.over and clock.limit <= end:
        yield _sign("|", x(clock.limit), top + BAR, tall=BAR + 8)


def _mark(mark: Mark, at: float, top: int) -> str:
    title = f"<title>{escape(instant(mark.at))}: {escape(mark.text)}</title>"
    return _sign(mark.sign, at, top + BAR + 5, title, BAR + 8)


def _sign(sign: str, x: float, y: float, title: str = "", tall: int = 10) -> str:
    if sign == "o":
        return f'<circle cx="{x}" cy="{y}" r="2.5" fill="{COLOURS["good"]}">{title}</circle>'
    if sign == "x":
        way = f"M{x - 3:.1f} {y - 3}l6 6M{x - 3:.1f} {y + 3}l6 -6"
        return f'<path d="{way}" stroke="{COLOURS["bad"]}" stroke-width="1.6">{title}</path>'
    way = f"M{x} {y + 3}v-{tall}"
    return f'<path d="{way}" stroke="currentColor" stroke-width="2" stroke-dasharray="3 2">{title}</path>'


def _legend(y: int) -> str:
    at, parts = float(LABELS), []
    for sign, text in (("o", _("answered")), ("x", _("missed or refused")), ("|", _("a clock has run out"))):
        parts.append(_sign(sign, at, y - 4) + f'<text x="{at + 10}" y="{y}" font-size="11">{escape(text)}</text>')
        at += 45 + len(text) * LETTER
    return "".join(parts)


def _told(lane: Lane, end: datetime) -> str:
    return f"{lane.label}: " + ", ".join(_spoken(segment, end) for segment in lane.segments)


def _spoken(segment: Segment, end: datetime) -> str:
    until = min(segment.end, end)
    text = _("{state} from {begin} for {span}")
    return text.format(state=segment.text, begin=instant(segment.begin), span=duration(until - segment.begin))
