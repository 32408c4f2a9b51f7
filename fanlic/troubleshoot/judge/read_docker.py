"""What Docker prints: `docker ps` (also wrapped at the console's width), `docker port`, and a `docker run` line.

Only the authorization server's container counts; a stopped database beside it is nobody's fault here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from fanlic.troubleshoot.judge.facts import Fact
from fanlic.troubleshoot.judge.paste import Paste, PastedLine

UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 7 * 86400, "month": 30 * 86400}
_SPAN = r"(?:Less than |About )?(?:\d{1,6}|an?|a few) (?:second|minute|hour|day|week|month|year)s?"
_ROW = re.compile(r"\s{0,8}([0-9a-f]{12}(?:[0-9a-f]{52})?)(?=\s|$)")
_STATE = re.compile(
    rf"(?<=\s)(?:(?P<running>Up) (?P<up>{_SPAN})(?: \((?P<health>[a-zA-Z: ]{{3,20}})\))?"
    rf"|(?P<exited>Exited) \((?P<code>-?\d{{1,10}})\) (?P<ago>{_SPAN}) ago"
    rf"|(?P<restarting>Restarting) \(-?\d{{1,10}}\) {_SPAN} ago"
    r"|(?P<other>Created|Dead|Removal In Progress))(?=\s|$)"
)
_PUBLISHED = re.compile(
    r"(?:(?P<ip>\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9a-fA-F:]*::[0-9a-fA-F:]*\]?|::):)?"
    r"(?P<host>\d{1,5})->(?P<inner>\d{1,5})/(?:tcp|udp)"
)
_PORT = re.compile(r"(?:^|\s)(\d{1,5})/tcp\s*->\s*(\[?[0-9a-fA-F.:]*\]?):(\d{1,5})\s*$")
_RUN = re.compile(r"\bdocker\s+run\s+(\S.*)")
_OURS = re.compile(r"fanruan|licen[sc]e|(?:^|[/_-])lic(?:[/_:-]|$)", re.IGNORECASE)
_ARCH = re.compile(r"_(amd64|arm64)(?::|$|@)")
ROWS = 200  # rows that are read


def ours(*names: str) -> bool:
    """Whether an image or a container is named like the authorization server."""
    return any(_OURS.search(name) for name in names)


def span(words: str) -> timedelta:
    """The time that Docker's words stand for: `About an hour`, `26 hours`, `2 weeks`."""
    number, unit = words.replace("Less than ", "").replace("About ", "").rsplit(" ", 1)
    count = int(number) if number.isdigit() else 1
    seconds = 365 * 86400 if unit.startswith("year") else UNITS[unit.rstrip("s")]
    return timedelta(seconds=min(count, 10_000) * seconds)


def read(paste: Paste) -> Iterator[Fact]:
    """Facts from the lists of containers, the published ports and the run lines."""
    rows = list(_rows(paste))[:ROWS]
    known = [row for row in rows if _about_us(row[1])]
    for line, text in known or []:
        yield from _row(line, text)
    if rows and not known:
        yield Fact("no-container", len(rows), "docker ps", rows[0][1], rows[0][0].number)
    if not rows:
        empty = next((line for line in paste.lines if re.match(r"\s*CONTAINER ID\s+IMAGE", line.text)), None)
        if empty:
            yield Fact("no-container", 0, "docker ps", empty.text, empty.number)
    yield from _ports(paste, {line.number for line, _text in rows})
    yield from _runs(paste)


def _about_us(text: str) -> bool:
    image, names = _image(text), text.rsplit(maxsplit=1)[-1]
    return ours(image, names) or "->8081/tcp" in text or " 8081/tcp" in text


def _image(text: str) -> str:
    words = text.split()
    return words[1] if len(words) > 1 else ""


def _rows(paste: Paste) -> Iterator[tuple[PastedLine, str]]:
    """Each row of a list of containers, its wrapped pieces joined again.

    A console breaks at its width, within a word where need be; what is broken there is as wide as the widest piece,
    and shorter pieces lost their blanks at the end.
    """
    blocks: list[list[PastedLine]] = []
    open_row = False
    for line in paste.lines:
        if _ROW.match(line.text):
            blocks.append([line])
            open_row = True
        elif not line.text.strip() or not open_row or line.text.startswith("===") or len(blocks[-1]) > 8:
            open_row = False
        elif not _complete(_joined(blocks[-1], 80)) or _cut_name(blocks[-1], line):
            blocks[-1].append(line)
        else:
            open_row = False
    width = max((len(piece.text) for block in blocks for piece in block[:-1]), default=0)
    for block in blocks:
        apart = " ".join(piece.text for piece in block)  # broken where blanks were, so that no piece shows the width
        joined = _joined(block, width)
        text = " ".join((joined if _complete(joined) or not _complete(apart) else apart).split())
        if _STATE.search(text):
            yield block[0], text


def _joined(block: list[PastedLine], width: int) -> str:
    return "".join(piece.text.ljust(width) for piece in block[:-1]) + block[-1].text


def _complete(text: str) -> bool:
    """Whether a name stands after the state and the ports, so that nothing of the row can follow."""
    state = _STATE.search(f" {text}")
    rest = text[state.end() - 1 :].strip() if state else ""
    return bool(rest) and re.fullmatch(r"(?![\d.]*$)[a-zA-Z0-9][\w.-]*", rest.split()[-1]) is not None


def _cut_name(block: list[PastedLine], line: PastedLine) -> bool:
    """Whether the row fills the console's width and one word follows: the rest of its name."""
    widths = [len(piece.text) for piece in block]
    return widths[-1] == max(widths) >= 60 and re.fullmatch(r"[\w.-]{1,60}", line.text) is not None


def _row(line: PastedLine, text: str) -> Iterator[Fact]:
    state = _STATE.search(text)
    if state is None:
        return
    name = text.rsplit(maxsplit=1)[-1]
    hidden = re.sub(r'"[^"]*"', '"..."', text)  # a command may carry what is nobody's business

    def fact(kind: str, value: str | int | timedelta, detail: str = "") -> Fact:
        return Fact(kind, value, "docker ps", hidden, line.number, name, detail)

    found = next(key for key in ("running", "exited", "restarting", "other") if state[key])
    yield fact("status", found if found != "other" else state["other"].lower(), _image(text))
    if architecture := _ARCH.search(_image(text)):
        yield fact("image-architecture", architecture[1])
    if state["up"]:
        yield fact("up-for", span(state["up"]))
    if state["ago"]:
        yield fact("stopped-for", span(state["ago"]))
        yield fact("exit-code", int(state["code"]))
    if state["health"]:
        yield fact("health", state["health"])
    published = list(_PUBLISHED.finditer(text, state.end()))
    for one in published:
        yield fact("port", int(one["host"]), one["ip"] or "0.0.0.0")  # noqa: S104 - read, not bound
    if state["running"] and not published:
        yield fact("no-port", re.sub(r"\S+$", "", text[state.end() :]).strip() or "none")


def _ports(paste: Paste, taken: set[int]) -> Iterator[Fact]:
    for line in paste.lines:
        if line.number not in taken and (match := _PORT.search(line.text)):
            yield Fact("port", int(match[3]), "docker port", line.text, line.number, "", match[2].strip("[]"))


def _runs(paste: Paste) -> Iterator[Fact]:
    """What a `docker run` line says of ports, mappings and the restart policy."""
    for line, text in _run_lines(paste):

        def fact(kind: str, value: str | bool, line: PastedLine = line, text: str = text) -> Fact:
            return Fact(kind, value, "docker run", text, line.number)

        if re.search(r"(?:^|\s)-[a-z]*P|--publish-all", text):
            yield fact("publish-all", True)
        for mapped in re.finditer(r"[:=](/app/\w+)", text):
            yield fact("mount", mapped[1])
        policy = re.search(r"--restart[ =]([\w:-]+)", text)
        yield fact("restart-policy", policy[1] if policy else "no")
        yield fact("mounts-listed", True)
        if architecture := re.search(r"_(amd64|arm64)(?::|\s|$)", text):
            yield fact("image-architecture", architecture[1])


def _run_lines(paste: Paste) -> Iterator[tuple[PastedLine, str]]:
    """Each `docker run` of the authorization server, written on one line or continued on others."""
    for place, line in enumerate(paste.lines):
        if match := _RUN.search(line.text):
            text = match[1]
            for further in paste.lines[place + 1 : place + 20]:
                if text[-1:] not in ("\\", "`", "^"):
                    break
                text = text[:-1] + further.text.strip()
            if ours(text):
                yield line, text
