"""The diagrams of the pages, drawn as SVG while the site is built: no script on any page, and text stays text.

The sources are Mermaid, so that a forge draws them too; what is drawn here is the part of it that our pages use. In a
state diagram each arrow has a row of its own below its state, and a rail at the right leads to the next state; in a
sequence each message has a row. So no label can lie on another one, and a picture is as wide as a phone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from html import escape
from itertools import count
from typing import Any, NamedTuple

from pymdownx.superfences import SuperFencesException

WIDTH = 360  # of a phone's column; a desktop shows the same picture larger
BOX, LINE, GAP, RAIL = 24, 15, 12, 10
INDENT, ROOM = 30, 228  # where the text of an arrow begins, and how wide it may be
_IGNORED = ("classDef ", "class ")


class Arrow(NamedTuple):
    """One way from a state to a state, or one message; an empty name is the beginning or the end."""

    begin: str
    end: str
    label: str
    answer: bool = False


class Source(NamedTuple):
    """What a diagram says: its kind, its title, the names of its parts, its arrows."""

    kind: str
    title: str
    names: dict[str, str]
    arrows: list[Arrow]

    def told(self) -> str:
        """The arrows in words, for those who do not see them."""
        name = {"": "*", **self.names}
        return "; ".join(f"{name[each.begin]} → {name[each.end]}: {each.label}".rstrip(": ") for each in self.arrows)


def fence(source: str, _language: str, _css: str, _options: dict[str, Any], md: Any, **_more: Any) -> str:
    """A block of Mermaid as a picture; this is what Markdown calls."""
    numbers = md.__dict__.setdefault("fanlic_diagrams", count(1))  # of this page
    return draw(source, f"diagram-{next(numbers)}")


def draw(source: str, name: str) -> str:
    """The picture of a diagram; `name` is unique on its page."""
    read = parsed(source)
    parts, height = _states(read) if read.kind == "stateDiagram-v2" else _sequence(read)
    return (
        f'<svg class="fanlic-diagram" viewBox="0 0 {WIDTH} {height:g}" role="img" '
        f'aria-labelledby="{name}-title {name}-said">'
        f'<title id="{name}-title">{escape(read.title)}</title><desc id="{name}-said">{escape(read.told())}</desc>'
        f"{''.join(parts)}</svg>"
    )


def parsed(source: str) -> Source:
    """A diagram's parts; what this program does not know is an error, so that nothing is left out of a picture."""
    head, *lines = (line.strip() for line in source.strip().splitlines())
    read = Source(head, next((line[10:] for line in lines if line.startswith("accTitle: ")), ""), {}, [])
    if head not in ("stateDiagram-v2", "sequenceDiagram") or not read.title:
        raise SuperFencesException(f"A diagram is of an unknown kind or has no line 'accTitle: ...': {head}")
    for line in lines:
        if found := re.fullmatch(r'state "(.+)" as (\w+)', line):
            read.names[found[2]] = found[1]
        elif found := re.fullmatch(r"participant (\w+) as (.+)", line):
            read.names[found[1]] = found[2]
        elif found := re.fullmatch(r"(\[\*\]|\w+) ?(-->|->>|-->>) ?(\[\*\]|\w+)(?: ?: (.+))?", line):
            begin, end = (found[place].replace("[*]", "") for place in (1, 3))
            read.arrows.append(Arrow(begin, end, found[4] or "", found[2] == "-->>"))
        elif line and not line.startswith(("accTitle: ", *_IGNORED)):
            raise SuperFencesException(f"A diagram has a line that docs/_site/diagrams.py cannot draw: {line}")
    return read


# -- text


def width(text: str, size: float = 11.5) -> float:
    """How wide a text is at most, in common fonts."""
    return size * sum(1.02 if unicodedata.east_asian_width(sign) in "WF" else 0.59 for sign in text)


def wrapped(text: str, room: float) -> list[str]:
    """A text in lines that fit: broken between words, or between two Chinese characters."""
    lines = [""]
    for piece in re.findall(
        r"[\u2e80-\uffef][\u3001\u3002\uff01\uff09\uff0c\uff1a\uff1b\uff1f]*|[^\s\u2e80-\uffef]+|\s+", text
    ):
        if width(lines[-1] + piece.rstrip()) > room and lines[-1].strip():
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.strip() for line in lines]


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}"{kind and f" class={chr(34)}{kind}{chr(34)}"}>{escape(text)}</text>'


def _line(path: str, kind: str = "") -> str:
    return f'<path d="{path}"{kind and f" class={chr(34)}{kind}{chr(34)}"}/>'


def _tip(x: float, y: float, towards: int) -> str:
    """The head of an arrow that goes to the right (1) or to the left (-1)."""
    return _line(f"M{x:g} {y:g}l{-6 * towards} -3.5v7z", "tip")


# -- states


def _states(read: Source) -> tuple[list[str], float]:
    tops, rows, height = _placed(read)
    parts = [_dot(18, 8), _line(f"M18 12V{tops[next(iter(read.names))]:g}")]
    for state, text in read.names.items():
        own = [(arrow, y) for arrow, y in rows if arrow.begin == state]
        parts += _box(text, tops[state])
        if own:
            parts.append(_line(f"M18 {tops[state] + BOX:g}V{own[-1][1]:g}"))
        parts += [part for arrow, y in own for part in _way(arrow, y)]
    rails = _rails(read, tops, rows)
    for target, track in rails.items():
        parts += _rail(read, target, WIDTH - 8 - (max(rails.values()) - track) * RAIL, tops[target], rows)
    return parts, height


def _placed(read: Source) -> tuple[dict[str, float], list[tuple[Arrow, float]], float]:
    """Where each state begins, and the line of each arrow: its own row below its state."""
    y, tops, rows = 24.0, {}, []
    for state in read.names:
        tops[state], y = y, y + BOX + 6
        for arrow in (each for each in read.arrows if each.begin == state):
            rows.append((arrow, y + LINE / 2))
            y += max(1, len(wrapped(arrow.label, ROOM))) * LINE + 3
        y += GAP
    return tops, rows, y


def _box(text: str, top: float) -> list[str]:
    wide = _wide(text)
    return [f'<rect x="6" y="{top:g}" width="{wide:g}" height="{BOX}" rx="5"/>', _text(14, top + 16.5, text, "name")]


def _wide(text: str) -> float:
    return width(text, 13) + 16


def _way(arrow: Arrow, y: float) -> Iterator[str]:
    if not arrow.end:  # the end of the whole
        yield _line(f"M18 {y:g}h10")
        yield f'<circle cx="34" cy="{y:g}" r="5.5" class="ring"/>{_dot(34, y, 3)}'
        return
    yield _line(f"M18 {y:g}h8")
    lines = wrapped(arrow.label, ROOM)
    yield from (_text(INDENT, y + 4 + place * LINE, line) for place, line in enumerate(lines))
    if arrow.end == arrow.begin:  # back to where it came from
        x = INDENT + width(lines[0]) + 12
        yield _line(f"M{x - 5:g} {y + 3:g}a6 6 0 1 0 3 -7")
        yield _tip(x - 5, y - 4.5, -1)


def _rails(read: Source, tops: dict[str, float], rows: list[tuple[Arrow, float]]) -> dict[str, int]:
    """A track for each state that other states lead to; short ways are inside, and what does not touch shares one."""
    spans = {}
    for target in read.names:
        ys = [y for arrow, y in rows if arrow.end == target != arrow.begin]
        if ys:
            spans[target] = (min(*ys, tops[target]), max(*ys, tops[target] + BOX))
    tracks: dict[str, int] = {}
    for target, (low, high) in sorted(spans.items(), key=lambda item: item[1][1] - item[1][0]):
        taken = {tracks[other] for other in tracks if spans[other][0] <= high and low <= spans[other][1]}
        tracks[target] = next(track for track in count() if track not in taken)
    return tracks


def _rail(read: Source, target: str, x: float, top: float, rows: list[tuple[Arrow, float]]) -> Iterator[str]:
    y = top + BOX / 2
    joined = []
    for arrow, row in rows:
        if arrow.end == target != arrow.begin:
            begin = INDENT + width(wrapped(arrow.label, ROOM)[0]) + 6
            yield _line(f"M{begin:g} {row:g}H{x:g}")
            joined.append(row)
    edge = 6 + _wide(read.names[target])
    yield _line(f"M{x:g} {min(*joined, y):g}V{max(*joined, y):g}")
    yield _line(f"M{x:g} {y:g}H{edge + 6:g}")
    yield _tip(edge, y, -1)
    yield from (_dot(x, row, 2) for row in joined)


def _dot(x: float, y: float, size: float = 4) -> str:
    return f'<circle cx="{x:g}" cy="{y:g}" r="{size:g}" class="tip"/>'


# -- messages


def _sequence(read: Source) -> tuple[list[str], float]:
    step = WIDTH / len(read.names)
    at = {name: step * (place + 0.5) for place, name in enumerate(read.names)}
    heads = {name: wrapped(text, step - 8) for name, text in read.names.items()}
    y = top = 10.0 + LINE * max(map(len, heads.values()))
    rows: list[str] = []
    for arrow in read.arrows:
        y += 22 + (14 if arrow.begin == arrow.end else 0)
        rows += _message(arrow, at[arrow.begin], at[arrow.end], y)
        y += 12
    lives = [_line(f"M{x:g} {top:g}V{y:g}", "life") for x in at.values()]
    return [*lives, *_heads(heads, at, step, top), *rows], y + 4


def _heads(heads: dict[str, list[str]], at: dict[str, float], step: float, top: float) -> Iterator[str]:
    for name, lines in heads.items():
        x = at[name] - step / 2 + 2
        yield f'<rect x="{x:g}" y="2" width="{step - 4:g}" height="{top - 2:g}" rx="5"/>'
        first = top / 2 + 5 - LINE * (len(lines) - 1) / 2
        yield from (_text(at[name], first + LINE * place, line, "mid head") for place, line in enumerate(lines))


def _message(arrow: Arrow, begin: float, end: float, y: float) -> Iterable[str]:
    room = width(arrow.label) / 2
    middle = min(max((begin + end) / 2, room + 2), WIDTH - room - 2)
    kind = "answer" if arrow.answer else ""
    if begin == end:
        return [
            _text(middle, y - 17, arrow.label, "mid said"),
            _line(f"M{begin:g} {y - 10:g}h22v10h-16"),
            _tip(begin + 2, y, -1),
        ]
    towards = 1 if end > begin else -1
    return [
        _text(middle, y - 6, arrow.label, "mid said"),
        _line(f"M{begin:g} {y:g}H{end - 6 * towards:g}", kind),
        _tip(end - 1 * towards, y, towards),
    ]
