"""The events of a lab on an axis that is cut where nothing happens: equal steps, with the time between them written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape

from fanlic.notebook.lanes import COLOURS
from fanlic.texts import _, duration, instant

WIDTH, HEIGHT, EDGE = 960, 46, 12
SHORTEST = timedelta(minutes=10)  # a gap at least so long is written
LETTER = 6.0


def axis(events: Sequence[datetime], now: datetime, limits: Sequence[datetime], place: int) -> str:
    """Events as dots, the present as a line, the limits ahead as rings; the one at `place` is filled."""
    points = [*events, *limits]
    step = (WIDTH - 2 * EDGE) / max(1, len(points))
    parts = [f'<path d="M{EDGE} 16H{WIDTH - EDGE}" stroke="currentColor" opacity=".3"/>']
    written = 0.0
    for number, at in enumerate(points, 1):
        x = EDGE + step * number
        ahead = number > len(events)
        before = points[number - 2] if number > 1 and number - 1 != len(events) else (now if ahead else None)
        color = COLOURS["warn"] if ahead else COLOURS["info"]
        filled = color if number <= place else "none"
        title = f"<title>{escape(instant(at))}</title>"
        parts.append(f'<circle cx="{x:.1f}" cy="16" r="4.5" fill="{filled}" stroke="{color}">{title}</circle>')
        gap = at - before if before is not None else timedelta(0)
        label = duration(gap)
        wide = len(label) * LETTER
        if gap >= SHORTEST and x - step / 2 - wide / 2 > written:
            parts.append(
                f'<text x="{x - step / 2:.1f}" y="38" text-anchor="middle" font-size="11">{escape(label)}</text>'
            )
            written = x - step / 2 + wide / 2 + 6
    present = EDGE + step * (len(events) + 0.5)
    if limits:
        parts.append(f'<path d="M{present:.1f} 4V28" stroke="currentColor" stroke-width="2" stroke-dasharray="3 2"/>')
    title = _("{events} events, {limits} limits ahead; the axis is cut where nothing happens")
    told = escape(title.format(events=len(events), limits=len(limits)))
    return (
        f'<svg class="picture" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'aria-label="{told}" fill="none"><title>{told}</title>{"".join(parts)}</svg>'
    )
