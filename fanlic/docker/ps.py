"""Lists of containers and of ports, as people paste them: `docker ps`, `docker compose ps`, podman's, `docker port`.

A list is a table (also wrapped at the console's width, also with other columns), a template's lines, or JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from fanlic.docker.container import Container, Port, State
from fanlic.docker.inspect import anywhere

_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 7 * 86400, "month": 30 * 86400}
_SPAN = r"(?:Less than |About )?(?:\d{1,6}|an?|a few) (?:second|minute|hour|day|week|month|year)s?"
_ROW = re.compile(r"\s{0,8}([0-9a-f]{12}(?:[0-9a-f]{52})?)(?=\s|$)")
_STATE = re.compile(
    rf"(?<![\w-])(?:(?P<running>Up) (?P<up>{_SPAN})(?: ago)?(?: \((?P<health>[a-zA-Z: ]{{3,20}})\))?"
    rf"|(?P<exited>Exited) \((?P<code>-?\d{{1,10}})\) (?P<ago>{_SPAN})(?: ago| a?g?$)"
    rf"|(?P<restarting>Restarting) \(-?\d{{1,10}}\) {_SPAN} ago"
    r"|(?P<other>Created|Dead|Removal In Progress))(?=[\s,;|]|$)"
)
_STATE_COLUMN = re.compile(
    r"(?P<running>[Uu]p|running)(?: \((?P<health>[a-zA-Z: ]{3,20})\))?"
    r"|(?P<exited>[Ee]xit(?:ed)?)(?: \(?(?P<code>-?\d{1,10})\)?)?"
    r"|(?P<restarting>[Rr]estarting)|(?P<other>created|paused|dead)"
)
_PUBLISHED = re.compile(
    r"(?:(?P<ip>\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9a-fA-F:]*::[0-9a-fA-F:]*\]?|::):)?"
    r"(?P<host>\d{1,5})->(?P<inner>\d{1,5})/(?P<protocol>tcp|udp)"
)
_EXPOSED = re.compile(r"(?<![\d>:.-])(\d{1,5}/(?:tcp|udp))\b")
_PORT = re.compile(r"(?:^|\s)(\d{1,5})/(tcp|udp)\s*->\s*(\[?[0-9a-fA-F.:]*\]?):(\d{1,5})\s*$")
_BARE_PORT = re.compile(r"\s*(\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F:]+\]):(\d{1,5})\s*$")
_HEADER = re.compile(r"\s*(?=[\w ]*?\bname)(?=.*\bstat(?:us|e)\b)(?:[a-z]+(?: id)?(?:\s{2,}|\t|\s*$))+", re.IGNORECASE)
_NAME = re.compile(r"(?![\d.]*$)[a-zA-Z0-9][\w.-]*")
_PIECES = 8  # pieces into which a console may break one row


@dataclass(frozen=True)
class ListedContainer:
    """One row: the number of its line from 0, its text on one line, and the container."""

    at: int
    text: str
    container: Container


def read(lines: Sequence[str]) -> list[ListedContainer]:
    """Every row of every list among these lines, in order."""
    rows = list(_rows(lines))
    taken = {number for at, end, _text in rows for number in range(at, end)}
    listed = [row for at, _end, text in rows if (row := _default_row(at, text))]
    listed += _tables(lines, taken)
    return sorted(listed, key=lambda row: row.at)


def empty_list(lines: Sequence[str]) -> int | None:
    """The number of a heading of a list of containers; whether rows follow is not looked at."""
    return next((at for at, line in enumerate(lines) if re.match(r"\s*CONTAINER ID\s+IMAGE", line)), None)


def span(words: str) -> timedelta:
    """The time that Docker's words stand for: `About an hour`, `26 hours`, `2 weeks`."""
    number, unit = words.replace("Less than ", "").replace("About ", "").rsplit(" ", 1)
    count = int(number) if number.isdigit() else 1
    seconds = 365 * 86400 if unit.startswith("year") else _UNITS[unit.rstrip("s")]
    return timedelta(seconds=min(count, 10_000) * seconds)


def port(line: str, *, asked: bool) -> Port | None:
    """A line of `docker port`. `asked`: the command stands above, so that an address alone is a published one."""
    if "->" in line and (found := _PORT.search(line)):
        return Port(found[1], found[4], anywhere(found[3]), found[2])
    bare = _BARE_PORT.fullmatch(line) if asked or line.lstrip()[:1] in ("0", "[") else None
    return Port("", bare[2], anywhere(bare[1])) if bare and (asked or not anywhere(bare[1])) else None


# -- tables


def _rows(lines: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Where each row that begins with an id begins and ends, and its text with its wrapped pieces joined again.

    A console breaks at its width, within a word where need be; what is broken there is as wide as the widest piece,
    and shorter pieces lost their blanks at the end.
    """
    blocks: list[tuple[int, list[str]]] = []
    open_row = False
    for at, line in enumerate(lines):
        if _ROW.match(line):
            blocks.append((at, [line]))
            open_row = True
        elif not line.strip() or not open_row or line.startswith("===") or len(blocks[-1][1]) > _PIECES:
            open_row = False
        elif not _complete(_joined(blocks[-1][1], 80)) or _cut_name(blocks[-1][1], line):
            blocks[-1][1].append(line)
        else:
            open_row = False
    width = max((len(piece) for _at, pieces in blocks for piece in pieces[:-1]), default=0)
    for at, pieces in blocks:
        apart = " ".join(pieces)  # broken where blanks were, so that no piece shows the width
        joined = _joined(pieces, width)
        text = " ".join((joined if _complete(joined) or not _complete(apart) else apart).split())
        if _STATE.search(text):
            yield at, at + len(pieces), text


def _joined(pieces: Sequence[str], width: int) -> str:
    return "".join(piece.ljust(width) for piece in pieces[:-1]) + pieces[-1]


def _complete(text: str) -> bool:
    """Whether a name stands after the state and the ports, so that nothing of the row can follow."""
    state = _STATE.search(f" {text}")
    rest = text[state.end() - 1 :].strip() if state else ""
    return bool(rest) and _NAME.fullmatch(rest.split()[-1]) is not None


def _cut_name(pieces: Sequence[str], line: str) -> bool:
    """Whether the row fills the console's width and one word follows: the rest of its name."""
    widths = [len(piece) for piece in pieces]
    return widths[-1] == max(widths) >= 60 and re.fullmatch(r"[\w.-]{1,60}", line) is not None


def _default_row(at: int, text: str) -> ListedContainer | None:
    state = _STATE.search(text)
    if state is None:
        return None
    words = text.split()
    image, name = (words[1] if len(words) > 1 else ""), words[-1]
    shown = re.sub(r'"[^"]*"', '"..."', text)  # a command may carry what is nobody's business
    return ListedContainer(at, shown, _listed(name, image, _state(state), text[state.end() :]))


def _tables(lines: Sequence[str], taken: set[int]) -> Iterator[ListedContainer]:
    """Rows below a heading with other columns, and lines of a template that say a state and more."""
    columns: list[tuple[str, int]] = []
    for at, line in enumerate(lines):
        if at in taken:
            continue
        if len(line) < 400 and ("NAME" in line or "Name" in line) and _HEADER.fullmatch(line):
            columns = [(word[0].lower(), word.start()) for word in re.finditer(r"\S+(?: \S+)*", line)]
        elif not line.strip() or "=" * 3 in line[:3]:
            columns = []
        elif columns and not line.startswith("---"):
            if row := _column_row(at, line, columns):
                yield row
        elif row := _template_row(at, line):
            yield row


def _column_row(at: int, line: str, columns: Sequence[tuple[str, int]]) -> ListedContainer | None:
    ends = [start for _name, start in columns[1:]] + [len(line)]
    cells = {name: line[start:end].strip() for (name, start), end in zip(columns, ends, strict=True)}
    apart = re.split(r"\s{2,}|\t", line.strip("\r\n "))
    centered = {"command", "state", "ports"} <= cells.keys() and len(apart) == len(columns) - 1  # no port
    if "\t" in line or len(apart) == len(columns) or centered:  # headings of docker-compose are centered
        cells = dict(zip((name for name, _start in columns), apart, strict=False))
    word = cells.get("status", cells.get("state", ""))
    state = _STATE.match(word) or _STATE_COLUMN.fullmatch(word)
    if state is None:
        return None
    name = cells.get("names", cells.get("name", ""))
    text = " ".join(cell for title, cell in cells.items() if title != "command")
    return ListedContainer(at, text, _listed(name, cells.get("image", ""), _state(state), cells.get("ports")))


def _template_row(at: int, line: str) -> ListedContainer | None:
    if not any(sign in line for sign in ("->", "Exited (", "Restarting (")):
        return None
    state = _STATE.search(line[:2000])
    ports = bool(_PUBLISHED.search(line[:2000]))
    if state is None or not (ports or state["exited"] or state["restarting"]):
        return None
    others = f"{line[: state.start()]} {line[state.end() : 2000]}"
    words = [word.strip(",;:|\"'") for word in _PUBLISHED.sub(" ", others).split()]
    image = next((word for word in words if re.fullmatch(r"[\w.:/-]+[:/][\w.-]+", word) and word[0] != ":"), "")
    names = [word for word in words if _NAME.fullmatch(word) and not _ROW.match(word) and word != image]
    if len(names) > 2:
        return None  # prose
    container = _listed(names[-1] if names else "", image, _state(state), others)
    return ListedContainer(at, " ".join(line.split()), container)


def _state(found: re.Match[str]) -> State:
    parts = found.groupdict()
    status = next(name for name in ("running", "exited", "restarting", "other") if parts[name])
    return State(
        status=status if status != "other" else parts["other"].lower(),
        exit_code=int(parts["code"]) if parts["code"] else None,
        health=parts["health"] or "",
        up_for=span(parts["up"]) if parts.get("up") else None,
        stopped_for=span(parts["ago"]) if parts.get("ago") else None,
    )


def _listed(name: str, image: str, state: State, ports: str | None) -> Container:
    """A row's container; `ports` is the text that holds them, None where the list does not show any."""
    found = [
        Port(each["inner"], each["host"], anywhere(each["ip"] or ""), each["protocol"])
        for each in _PUBLISHED.finditer(ports or "")
    ]
    return Container(
        name=name,
        image=image,
        unseen="docker ps",
        published=None if ports is None else tuple(dict.fromkeys(found)),
        exposed=tuple(_EXPOSED.findall(ports or "")),
        state=state,
    )


# -- JSON


def of(document: object) -> Container | None:
    """The container that an object of `--format json` describes: Docker's, compose's or podman's; else None."""
    table: dict[str, Any] = document if isinstance(document, dict) else {}
    word, more = table.get("State"), table.get("Status")
    if not isinstance(word, str) and not isinstance(more, str):
        return None
    if not ({"Names", "Name"} & table.keys() and {"Image", "ID", "Id"} & table.keys()):
        return None
    names = table.get("Names") or table.get("Name") or ""
    name = str(names[0] if isinstance(names, list) and names else names).split(",")[0]
    found = (_STATE.match(str(more)) if more else None) or _STATE_COLUMN.fullmatch(str(word or more))
    state = _state(found) if found else State(status=str(word or "")[:40])
    shown = _listed(name, str(table.get("Image") or ""), state, str(table["Ports"]) if "Ports" in table else None)
    entries = [each for key in ("Publishers", "Ports") for each in _list(table.get(key)) if isinstance(each, dict)]
    if isinstance(table.get("Ports"), list) or entries:
        shown = replace(shown, published=tuple(dict.fromkeys(_published(entries))))
    code = table.get("ExitCode")
    if state.status == "exited" and state.exit_code is None and type(code) is int:
        shown = replace(shown, state=replace(state, exit_code=code))
    ended, started = _instant(table.get("ExitedAt")), _instant(table.get("StartedAt"))
    health = str(table.get("Health") or shown.state.health)[:40]
    finished = ended if shown.state.status == "exited" else None
    return replace(shown, state=replace(shown.state, health=health, started=started, finished=finished))


def _published(entries: Sequence[dict[str, Any]]) -> Iterator[Port]:
    for entry in entries:
        host = entry.get("PublishedPort", entry.get("host_port"))
        if host:
            inner = str(entry.get("TargetPort", entry.get("container_port", "")))
            address = str(entry.get("URL", entry.get("host_ip", "")) or "")
            protocol = str(entry.get("Protocol", entry.get("protocol", "")) or "tcp")
            yield Port(inner, str(host), anywhere(address), protocol)


def _instant(seconds: object) -> datetime | None:
    """An instant that podman writes in seconds since 1970; it writes less than zero for never."""
    if type(seconds) is not int or not 0 < seconds < 32503680000:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
