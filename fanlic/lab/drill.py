"""A drill: something is broken, and only the symptom is told.

    drill = Drill(7)
    drill.symptom()
    drill.look("docker ps")
    drill.lab.projects[0].register(drill.lab.host.server().address)
    drill.check()

`check` says what the users see now. The cause is told after the drill is mended, or after its solution was shown.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Self

from fanlic.lab.beat import Beat
from fanlic.lab.drills import DRILLS
from fanlic.lab.project import ProjectNode
from fanlic.lab.stage import LOG, Stage
from fanlic.lab.task import Task, Tried, begin
from fanlic.lab.timeline import Row
from fanlic.lab.world import Lab
from fanlic.model.refusals import Refusal
from fanlic.texts import _, fill, instant

LOOK_COSTS, HINT_COSTS = 5, 15  # points of a hundred
LOG_LINES = 40
_READING = ("ps", "images", "logs", "inspect", "port")  # docker commands that only look


@dataclass(frozen=True)
class DrillResult:
    """How a drill stands. `message`: what the users see. `told`: cause and mistakes, once the drill is over."""

    passed: bool
    message: str
    looks: int
    hints: int
    score: int
    told: tuple[str, ...] = ()


def numbered() -> dict[int, Task]:
    """Every drill by its number. The order says nothing of the cause."""
    shuffled = sorted(DRILLS.values(), key=lambda task: hashlib.sha256(task.name.encode()).digest())
    return dict(enumerate(shuffled, 1))


class Drill:
    """One drill on a lab of its own, `drill.lab`, by its number or by its name in the package. ValueError if there is
    none.
    """

    lab: Lab
    _looks: int
    _hints: int
    _shown: bool  # whether the solution was shown
    _start: int  # the timeline's length when the drill began

    def __init__(self, chosen: int | str, *, seed: int = 1) -> None:
        by_name = {task.name: number for number, task in numbered().items()}
        self.number = by_name.get(chosen, 0) if isinstance(chosen, str) else chosen
        if self.number not in numbered():
            text = _("There is no drill {name}; there are the numbers 1 to {last}.")
            raise ValueError(text.format(name=chosen, last=len(by_name)))
        self.task = numbered()[self.number]
        self._seed = seed
        self._break()

    @property
    def title(self) -> str:
        """What the drill is called until it is over: its number."""
        return _("Drill {number}").format(number=self.number)

    def symptom(self) -> str:
        """What FineBI shows, what the browser shows, and what people say."""
        return _(self.task.text)

    def look(self, what: str) -> str:
        """Gather evidence, one of LOOKS; it is counted."""
        if what not in LOOKS:
            raise ValueError(_("look at one of: {all}").format(all=", ".join(LOOKS)))
        self._looks += 1
        return LOOKS[what](self.lab)

    def hint(self) -> str:
        """The next of three hints; it is counted. The last one is repeated for nothing."""
        hints = self.task.hints
        self._hints = min(self._hints + 1, len(hints))
        return _(hints[self._hints - 1])

    @property
    def looks(self) -> int:
        """How often somebody looked: with `look`, or with a docker command that only reads."""
        commands = [row.line.subject.split(" ")[0] for row in self._rows() if row.line.event == "docker"]
        return self._looks + sum(command in _READING for command in commands)

    def check(self) -> DrillResult:
        """What the users see now, and whether that is what they want; any right way passes."""
        self.lab.collect()
        missing = self.task.missing(self.lab)
        over = not missing or self._shown
        told = (_(self.task.title), _(self.task.cause), *self._mistakes()) if over else ()
        score = max(0, 100 - LOOK_COSTS * self.looks - HINT_COSTS * self._hints)
        message = missing or _("The users are content: everything shows as registered.")
        return DrillResult(not missing, message, self.looks, self._hints, 0 if missing or self._shown else score, told)

    def reset(self) -> None:
        """Break everything anew in a new lab; looks and hints are counted from nothing."""
        self.close()
        self._break()

    def solution(self) -> tuple[Beat, ...]:
        """Reset, then mend it one right way; every beat of it. A drill that was solved this way scores nothing."""
        self.reset()
        self._shown = True
        beats: list[Beat] = []
        if callable(self.task.solution):
            self.task.solution(Stage(self.lab, beats.append))
        return tuple(beats)

    def close(self) -> None:
        """Stop every server of the drill."""
        self.lab.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _break(self) -> None:
        self._looks, self._hints, self._shown = 0, 0, False
        self.lab = begin(self.task, self._seed)
        self._start = len(self.lab.rows)

    def _rows(self) -> list[Row]:
        return self.lab.rows[self._start :]

    def _mistakes(self) -> tuple[str, ...]:
        tried = Tried(tuple(self._rows()))
        return tuple(_(mistake.text) for mistake in self.task.mistakes if mistake.fits(tried))


def mystery(seed: int) -> Drill:
    """A drill drawn by the seed. Seeds that follow each other draw every drill once before one comes again."""
    turn, place = divmod(seed, len(DRILLS))
    order = sorted(numbered(), key=lambda number: hashlib.sha256(f"{turn} {number}".encode()).digest())
    return Drill(order[place], seed=seed)


# -- what can be looked at


def _latest(lab: Lab, command: str) -> str:
    rows = lab.host.look("ps -a").splitlines()[1:]
    return lab.host.look(f"{command} {rows[0].split()[0]}") if rows else _("there is no container")


def _logs(lab: Lab) -> str:
    # Inline servers have no standard output; what they log is in their file, where /app/log is mapped.
    file = lab.host.path(LOG) / "server.log"
    lines = file.read_text("utf-8").splitlines()[-LOG_LINES:] if file.exists() else []
    return _latest(lab, "logs") or "\n".join(lines) or _("the log is empty")


def _servers(lab: Lab, ask: Callable[[str], str]) -> str:
    addresses = [page.address for host in lab.hosts for page in host.servers()]
    lines = []
    for address in addresses:
        try:
            lines.append(ask(address))
        except Refusal as refusal:
            lines.append(fill(refusal.message, refusal.evidence))
    return "\n".join(lines) or _("no server answers")


def _status(lab: Lab) -> str:
    def ask(address: str) -> str:
        return json.dumps(lab.browser.request("GET", f"{address}/license/v1/status").data, indent=1)

    return _servers(lab, ask)


def _qr_page(lab: Lab) -> str:
    def ask(address: str) -> str:
        answer = lab.browser.request("GET", f"{address}/license/qrcode", headers={"Accept": "application/json"})
        picture = _("with a picture") if answer.picture else _("without a picture")
        return f"{address}/license/qrcode: {answer.status}, {picture} {answer.data.get('detail', '')}".rstrip()

    return _servers(lab, ask)


def _failed_checks(lab: Lab) -> str:
    checks = [check for project in lab.projects for check in project.failed_checks]
    lines = [f"{instant(check.at)}  {check.node}  {check.label}  {check.text}" for check in checks]
    return "\n".join(lines) or _("no failed check")


def _nodes(lab: Lab, tell: Callable[[ProjectNode], str]) -> str:
    return "\n".join(f"{each.name}: {tell(node)}" for each in lab.projects for node in each.nodes)


def _settings(node: ProjectNode) -> str:
    return ", ".join(f"{name}: {value}" for name, value in asdict(node.facts).items())


def _contract(lab: Lab) -> str:
    return "\n".join(f"{name}: {value}" for name, value in asdict(lab.customer.contract).items())


LOOKS: dict[str, Callable[[Lab], str]] = {
    "docker ps": lambda lab: lab.host.look("ps"),
    "docker ps -a": lambda lab: lab.host.look("ps -a"),
    "docker images": lambda lab: lab.host.look("images"),
    "docker logs": _logs,
    "docker inspect": lambda lab: _latest(lab, "inspect"),
    "status": _status,
    "qr page": _qr_page,
    "failed checks": _failed_checks,
    "registration page": lambda lab: _nodes(lab, lambda node: _(node.registration)),
    "saved address": lambda lab: _nodes(lab, lambda node: node.address or _("none")),
    "project settings": lambda lab: _nodes(lab, _settings),
    "contract": _contract,
    "clock": lambda lab: instant(lab.clock.now()),
}
