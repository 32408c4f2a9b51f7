"""The picture of a scene: a box for each party with its state and its next deadline, and an arrow for each message.

    from fanlic.lab.scene_svg import draw, of_lab
    of_lab(lab)           # the present
    of_lab(lab, 12)       # after the first twelve rows of the timeline

The picture is inline SVG without script, style sheet or id. It takes the color of the text around it, so light and dark
need no second one. What a color says is written out too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape
from unicodedata import east_asian_width

from fanlic.lab.scene import BAD, CUSTOMER, DESK, GOOD, INFO, PHONE, Due, Message, Scene, SeenProject, SeenServer, scene
from fanlic.lab.world import Lab
from fanlic.model.outage import Standing
from fanlic.model.project import Registration
from fanlic.texts import _, duration, instant

WIDTH, CARD, LINE, EDGE = 960, 222, 17, 12  # pixels
COLORS = {GOOD: "#2b8a4b", BAD: "#d13438", INFO: "#3a7bd0", "warn": "#b7860b", "idle": "#8a8f98"}
SHOWN = 4  # projects side by side, and nodes of a project; the rest is counted
_PAGE = "var(--md-default-bg-color, var(--jp-layout-color1, Canvas))"  # the color behind the picture
_STANDING = {Standing.NEVER: "idle", Standing.IN_FORCE: GOOD, Standing.LAPSED: BAD}
_REGISTRATION = {
    Registration.NONE: "idle",
    Registration.REGISTERED: GOOD,
    Registration.FAILING: "warn",
    Registration.LAPSED: BAD,
}


@dataclass(frozen=True)
class Box:
    """A rectangle of the picture with a title and lines."""

    x: float
    y: float
    wide: float
    high: float
    title: str
    lines: tuple[tuple[str, str], ...] = ()  # text, kind
    kind: str = "idle"

    @property
    def middle(self) -> tuple[float, float]:
        """Its center."""
        return self.x + self.wide / 2, self.y + self.high / 2


def of_lab(lab: Lab, events: int | None = None) -> str:
    """The picture of a lab as it stands, or as it stood after so many rows of its timeline."""
    lab.collect()
    rows = lab.rows if events is None else lab.rows[: max(0, events)]
    now = lab.clock.now() if events is None or not rows else rows[-1].line.at
    return draw(scene(rows, now, lab.policy, [project.name for project in lab.projects]))


def draw(told: Scene) -> str:
    """The picture of a scene, as inline SVG."""
    boxes = dict(_boxes(told))
    floor = max(box.y + box.high for box in boxes.values())
    parts = [f'<text x="0" y="16" font-weight="600">{escape(instant(told.at))}</text>']
    parts += [part for box in boxes.values() for part in _box(box)]
    for number, message in enumerate(told.messages, 1):
        parts += _arrow(message, number, boxes, latest=number == len(told.messages))
    legend = [f"{number}  {_message(message)}" for number, message in enumerate(told.messages, 1)]
    for number, text in enumerate(legend):
        parts.append(f'<text x="0" y="{floor + 26 + LINE * number}">{escape(_fit(text, WIDTH))}</text>')
    height = floor + 18 + LINE * max(1, len(legend)) + 4
    title = _("The parties at {at}").format(at=instant(told.at))
    spoken = "; ".join((*(_spoken(box) for box in boxes.values()), *legend))
    return (
        f'<svg class="picture scene" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {height:g}" '
        f'aria-label="{escape(title)}" font-size="12.5" fill="currentColor" stroke="none">'
        f"<title>{escape(title)}</title><desc>{escape(spoken)}</desc>{''.join(parts)}</svg>"
    )


# -- where the boxes stand


def _boxes(told: Scene) -> Iterator[tuple[str, Box]]:
    top, high = 28.0, 76.0
    yield CUSTOMER, Box(0, top, CARD, high, _("Customer"), tuple(_of_customer(told)))
    yield DESK, Box((WIDTH - CARD) / 2, top, CARD, high, _("Business desk"), tuple(_of_desk(told)))
    shows = (_("shows six digits"), INFO) if told.phone_code else (_("waits for a scan"), "idle")
    yield PHONE, Box(WIDTH - CARD, top, CARD, high, _("Phone"), (shows,))
    hosts = list(told.hosts) or ["host"]
    room = WIDTH / len(hosts)
    y, tall = top + high + 70, 148.0
    for place, name in enumerate(hosts):
        yield from _host(told, name, place * room, y, room, tall)
    yield from _projects(told, y + tall + 70)


def _host(told: Scene, name: str, x: float, y: float, room: float, tall: float) -> Iterator[tuple[str, Box]]:
    wide = min(room - EDGE, 2 * CARD + 3 * EDGE)
    left = x + (room - wide) / 2
    ports = ", ".join(told.hosts.get(name, ())) or _("none")
    title = _("Container host: {name}; published ports: {ports}").format(name=name, ports=ports)
    yield name, Box(left, y, wide, tall, title)
    servers = [each for each in told.servers.values() if each.host == name]
    servers.sort(key=lambda each: each.running)  # the last two are shown: those that run, and the newest
    shown = servers[-2:]
    card = CARD if len(shown) < 2 else min(CARD, (wide - 3 * EDGE) / 2)
    begin = left + (wide - len(shown) * card - (len(shown) - 1) * EDGE) / 2
    for place, server in enumerate(shown):
        kind = _STANDING[server.standing] if server.running else "idle"
        lines = tuple(_of_server(told, server))
        label = _("Authorization server {number}").format(number=_number(server.name))
        yield server.name, Box(begin + place * (card + EDGE), y + 28, card, tall - 38, label, lines, kind)


def _projects(told: Scene, y: float) -> Iterator[tuple[str, Box]]:
    names = list(told.projects)
    shown = names if len(names) <= SHOWN else names[: SHOWN - 1]
    columns = len(shown) + (len(names) > len(shown))
    left = (WIDTH - columns * CARD - (columns - 1) * 2 * EDGE) / 2
    for place in range(columns):
        x = left + place * (CARD + 2 * EDGE)
        if place >= len(shown):
            more = _("and {count} more projects").format(count=len(names) - len(shown))
            yield "", Box(x, y, CARD, 40, more)
            continue
        project = told.projects[shown[place]]
        lines = tuple(_of_project(told, project))
        states = [node.registration for node in project.nodes.values()]
        worst = next((each for each in reversed(Registration) if each in states), Registration.NONE)
        yield project.name, Box(x, y, CARD, 30 + LINE * len(lines), project.name, lines, _REGISTRATION[worst])


# -- what the boxes say


def _of_customer(told: Scene) -> Iterator[tuple[str, str]]:
    yield told.company or _("no contract"), "idle"
    if any(state != "destroyed" for state in told.licenses.values()):
        yield _("has the image archive"), GOOD


def _of_desk(told: Scene) -> Iterator[tuple[str, str]]:
    said = {"issued": _("issued"), "bound": _("bound to a server"), "destroyed": _("destroyed")}
    kinds = {"issued": INFO, "bound": GOOD, "destroyed": BAD}
    for number, state in list(told.licenses.items())[-2:]:
        yield f"{number[:8]}: {said[state]}", kinds[state]
    if not told.licenses:
        yield _("no license issued"), "idle"


def _of_server(told: Scene, server: SeenServer) -> Iterator[tuple[str, str]]:
    yield (_("running"), GOOD) if server.running else (_("stopped"), BAD)
    yield _(server.standing), _STANDING[server.standing]
    if server.running and server.standing is not Standing.IN_FORCE:
        yield _(server.code_entry), INFO
    yield _("seats taken: {count}").format(count=len(server.holders)), "idle"
    if (due := told.due(server)) is not None:
        yield _due(told.at, due), "warn"


def _of_project(told: Scene, project: SeenProject) -> Iterator[tuple[str, str]]:
    if not project.running:
        yield _("switched off"), BAD
    if not project.connected:
        yield _("network cut"), BAD
    nodes = list(project.nodes.values())
    if not nodes:
        yield _(Registration.NONE), "idle"
    for node in nodes[:SHOWN]:
        name = f"{node.name}: " if len(nodes) > 1 else ""
        yield name + _(node.registration), _REGISTRATION[node.registration]
        if node.misses:
            yield _("polls missed in a row: {count}").format(count=node.misses), BAD
    if len(nodes) > SHOWN:
        yield _("and {count} more nodes").format(count=len(nodes) - SHOWN), "idle"
    for ahead in (told.polls_at, told.ends_at):
        dues = [due for node in nodes if (due := ahead(node)) is not None]
        if dues and project.running:
            yield _due(told.at, min(dues, key=lambda due: due.at)), "warn"


def _due(now: datetime, due: Due) -> str:
    left = duration(due.at - now) if due.at > now else _("now")
    return _("{what}: {left}").format(what=due.what, left=left)


def _server(name: str) -> str:
    return _("server {number}").format(number=_number(name))


def _number(name: str) -> str:
    return name.removeprefix("server").strip() or "1"


def _message(message: Message) -> str:
    names = {CUSTOMER: _("customer"), DESK: _("desk"), PHONE: _("phone")}

    def name(party: str) -> str:
        return names.get(party) or (_server(party) if party.startswith("server") else party)

    lost = "" if message.arrives else f" ({_('no answer')})"
    at = f"{message.at:%m-%d %H:%M}"
    return f"{at}  {name(message.source)} \u2192 {name(message.target)}: {message.text}{lost}"


def _spoken(box: Box) -> str:
    return f"{box.title}: " + ", ".join(text for text, _kind in box.lines)


# -- drawing


def _box(box: Box) -> Iterator[str]:
    color, host = COLORS[box.kind], not box.lines
    dash = ' stroke-dasharray="5 4"' if host else ""
    yield (
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.wide:g}" height="{box.high:g}" rx="7" fill="{color}" '
        f'fill-opacity="{0.03 if host else 0.1}" stroke="{color}" stroke-width="1.4"{dash}>'
        f"<title>{escape(_spoken(box))}</title></rect>"
    )
    room = box.wide - 2 * EDGE
    yield (f'<text x="{box.x + EDGE:g}" y="{box.y + 19:g}" font-weight="600">{escape(_fit(box.title, room))}</text>')
    for number, (text, kind) in enumerate(box.lines, 1):
        y = box.y + 20 + LINE * number
        yield f'<circle cx="{box.x + EDGE + 4:g}" cy="{y - 4:g}" r="3.5" fill="{COLORS[kind]}"/>'
        yield f'<text x="{box.x + EDGE + 14:g}" y="{y:g}" font-size="12">{escape(_fit(text, room - 14))}</text>'


def _arrow(message: Message, number: int, boxes: dict[str, Box], *, latest: bool) -> Iterator[str]:
    source, target = boxes.get(message.source), boxes.get(message.target)
    if source is None or target is None:  # of a project or server that is only counted
        return
    (x1, y1), (x2, y2) = _border(source, target, number), _border(target, source, number)
    long = max(1.0, ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5)
    u, v = (x2 - x1) / long, (y2 - y1) / long
    color, faint = COLORS[message.kind], 1 if latest else 0.45
    dash = "" if message.arrives else ' stroke-dasharray="6 4"'
    tip = f"{x2:.1f},{y2:.1f} {x2 - 11 * u + 5 * v:.1f},{y2 - 11 * v - 5 * u:.1f} {x2 - 11 * u - 5 * v:.1f},"
    tip += f"{y2 - 11 * v + 5 * u:.1f}"
    mx, my = (x1 + x2) / 2, (y1 + y2) / 2
    yield f'<g opacity="{faint}"><title>{escape(_message(message))}</title>'
    yield f'<path d="M{x1:.1f} {y1:.1f}L{x2 - 9 * u:.1f} {y2 - 9 * v:.1f}" stroke="{color}" stroke-width="2.2"{dash}/>'
    yield f'<polygon points="{tip}" fill="{color}"/>'
    yield f'<circle cx="{mx:.1f}" cy="{my:.1f}" r="10" fill="{color}" style="stroke:{_PAGE};stroke-width:2"/>'
    white = 'style="fill:#fff" font-size="12" font-weight="700" text-anchor="middle"'
    yield f'<text x="{mx:.1f}" y="{my + 4.3:.1f}" {white}>{number}</text></g>'


def _border(box: Box, other: Box, number: int) -> tuple[float, float]:
    """Where the line to the other box leaves this one; each message a little beside the one before."""
    (x, y), (ox, oy) = box.middle, other.middle
    shift = (number - 2) * 24
    if other.y >= box.y + box.high or other.y + other.high <= box.y:  # one above the other
        edge = box.y + box.high if oy > y else box.y
        lean = max(-box.wide * 0.3, min(box.wide * 0.3, (ox - x) * 0.18))
        return x + lean + shift, edge
    return (box.x + box.wide if ox > x else box.x), y + shift


def _fit(text: str, room: float) -> str:
    """The text, cut where it is wider than the room; a Chinese character is as wide as two Latin ones."""
    used = 0.0
    for place, letter in enumerate(text):
        used += 12.5 if east_asian_width(letter) in "WF" else 6.6
        if used > room:
            return text[: max(1, place - 1)] + "\u2026"
    return text
