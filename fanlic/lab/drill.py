"""A drill: something is broken, and the learner sees only the symptom.

    drill = Drill("port-moved")
    drill.symptom()
    drill.look("docker ps")
    drill.diagnose(DrillCause.REACH, clause="random-port")
    drill.lab.projects[0].register(drill.lab.host.server().address)
    drill.check()

`check` says what the users see now. If they are content, it looks again 26 hours later, because a mending has to last.
Then it names the cause. `solution` names the cause too. Points are given for a mended drill whose cause was named
before the mending; acts that do harm cost points, and so do looks and hints.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from fanlic.lab.beat import Beat
from fanlic.lab.causes import CAUSES, DrillCause, clauses
from fanlic.lab.drills import DRILLS as PLAIN
from fanlic.lab.drills_mixed import MIXED
from fanlic.lab.harm import harm
from fanlic.lab.project import ProjectNode
from fanlic.lab.stage import LOG, Stage
from fanlic.lab.task import Task, Tried, begin
from fanlic.lab.timeline import Row
from fanlic.lab.world import Lab
from fanlic.model.clauses import Clause
from fanlic.model.refusals import N_, Refusal
from fanlic.texts import _, fill, instant

DRILLS = PLAIN | MIXED
LOOK_COSTS, HINT_COSTS, HARM_COSTS, CLAUSE_COSTS = 5, 15, 20, 20  # points of a hundred
MOST_CAUSES = 2  # in one diagnosis
LASTS = timedelta(hours=26)  # a mending has to last so long: longer than both clocks of a day
LOG_LINES = 40
_READING = ("ps", "images", "logs", "inspect", "port")  # docker commands that only look


@dataclass(frozen=True)
class DrillResult:
    """How a drill stands. `message`: what the users see. `told`: cause and mistakes, once the drill is over.

    `found`: the cause was named before the mending. `proved`: somebody looked before naming it. `clause`: the clause
    fits. `minutes`: of the virtual clock, until the users were content. `harm`: what was damaged on the way.
    """

    passed: bool
    message: str
    looks: int
    hints: int
    score: int
    told: tuple[str, ...] = ()
    found: bool = False
    proved: bool = False
    clause: bool = False
    minutes: int = 0
    harm: tuple[str, ...] = ()


@dataclass(frozen=True)
class NamedCause:
    """What somebody named as the cause, with a clause, and whether somebody had looked before."""

    causes: frozenset[DrillCause]
    clause: str
    looked: bool


def numbered() -> dict[int, Task]:
    """Every drill by its number of four digits. Neither the number nor the order says anything of the cause."""
    made = {1000 + int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) % 9000: DRILLS[name] for name in DRILLS}
    return dict(sorted(made.items()))


class Drill:
    """One drill on a lab of its own, `drill.lab`, by its number or by its name in the package. ValueError if there is
    none.
    """

    lab: Lab
    _looks: int
    _hints: int
    _shown: bool  # whether the solution was shown
    _start: int  # the timeline's length when the drill began
    _began: datetime
    _content_at: datetime | None  # when the users were content first
    _harm: tuple[str, ...]
    _diagnosis: NamedCause | None

    def __init__(self, chosen: int | str, *, seed: int = 1) -> None:
        by_name = {task.name: number for number, task in numbered().items()}
        self.number = by_name.get(chosen, 0) if isinstance(chosen, str) else chosen
        if self.number not in numbered():
            text = _("There is no drill {name}; there are: {all}.")
            raise ValueError(text.format(name=chosen, all=", ".join(map(str, numbered()))))
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
        commands = [row.line.subject.split(" ")[0] for row in self.done() if row.line.event == "docker"]
        return self._looks + sum(command in _READING for command in commands)

    def diagnose(self, *causes: DrillCause | str, clause: str = "") -> NamedCause:
        """Name the cause, or two of them, and a clause that says so; the last diagnosis before the mending counts.

        ValueError if it is none, too many, or too late. It does not say whether the diagnosis is right.
        """
        if not 0 < len(causes) <= MOST_CAUSES or not set(causes) <= set(DrillCause):
            raise ValueError(_("A diagnosis names one of the eight causes, or two of them."))
        if clause and clause not in {each.slug for each in clauses()}:
            raise ValueError(_("There is no such clause: {clause}").format(clause=clause))
        self.lab.collect()
        broken = DrillCause.NOTHING not in self._answer()[0]
        if self._shown or self._content_at is not None or (broken and not self.task.missing(self.lab)):
            raise ValueError(_("The users are content already. A diagnosis counts only before that."))
        self._diagnosis = NamedCause(frozenset(map(DrillCause, causes)), clause, self.looks > 0)
        return self._diagnosis

    @property
    def diagnosis(self) -> NamedCause | None:
        """What was named as the cause so far."""
        return self._diagnosis

    @property
    def minutes(self) -> int:
        """Virtual minutes since the drill began, or until the users were content."""
        passed = (self._content_at or self.lab.clock.now()) - self._began
        return max(0, int(passed / timedelta(minutes=1)))  # the clock can be set back

    def damage(self) -> tuple[str, ...]:
        """What was damaged since the drill began; nothing more is added once the users are content."""
        return self._harm if self._content_at else harm(self.lab, self._start, self.task.name)

    def check(self) -> DrillResult:
        """What the users see now, and 26 hours later, and whether that is what they want; any right way passes."""
        self.lab.collect()
        missing = self._users_say()
        over = not missing or self._shown
        told = (_(self.task.title), _(self.task.cause), *self._mistakes()) if over else ()
        message = missing or _("The users are content: everything shows as registered, and 26 hours later too.")
        causes, fitting = self._answer()
        named = self._diagnosis
        found = named is not None and named.causes == causes
        by_clause = named is not None and named.clause in {each.slug for each in fitting}
        done = found and not missing and not self._shown
        score = self._points() - (0 if by_clause else CLAUSE_COSTS) if done else 0
        return DrillResult(
            passed=not missing,
            message=message,
            looks=self.looks,
            hints=self._hints,
            score=max(0, score),
            told=told,
            found=found and over,
            proved=named is not None and named.looked,
            clause=by_clause and over,
            minutes=self.minutes,
            harm=self.damage(),
        )

    def answer(self) -> str:
        """The cause and the clauses in words, for those who may know them."""
        return in_words(self.task.name)

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
        self._began = self.lab.clock.now()
        self._content_at, self._harm, self._diagnosis = None, (), None

    def _answer(self) -> tuple[frozenset[DrillCause], tuple[Clause, ...]]:
        return CAUSES[self.task.name]

    def _points(self) -> int:
        return 100 - LOOK_COSTS * self.looks - HINT_COSTS * self._hints - HARM_COSTS * len(self.damage())

    def _users_say(self) -> str:
        """What the users are not content with; if nothing, they are asked again 26 hours later, once."""
        missing = self.task.missing(self.lab)
        if missing or self._content_at is not None:
            return missing
        self._harm, at = self.damage(), self.lab.clock.now()
        self.lab.clock.advance(seconds=LASTS.total_seconds())
        self.lab.collect()
        if missing := self.task.missing(self.lab):
            return _("26 hours later: {what}").format(what=missing)
        self._content_at = at
        return ""

    def done(self) -> list[Row]:
        """The lines of the timeline since the drill began."""
        return self.lab.rows[self._start :]

    def _mistakes(self) -> tuple[str, ...]:
        tried = Tried(tuple(self.done()))
        return tuple(_(mistake.text) for mistake in self.task.mistakes if mistake.fits(tried))


def mystery(seed: int) -> Drill:
    """A drill drawn by the seed. Seeds that follow each other draw every drill once before one comes again."""
    return Drill(drawn(seed)[0], seed=seed)


def drawn(seed: int) -> tuple[int, Task, str]:
    """What this seed draws: the number, the task, and the answer in words; for a trainer."""
    order = sorted(numbered(), key=lambda number: hashlib.sha256(f"mystery {number}".encode()).digest())
    number = order[seed % len(order)]
    task = numbered()[number]
    return number, task, in_words(task.name)


def in_words(name: str) -> str:
    """The causes and clauses of a drill, for those who may know them."""
    causes, fitting = CAUSES[name]
    return "; ".join((*(_(cause) for cause in sorted(causes)), ", ".join(clause.slug for clause in fitting)))


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
    N_("status"): _status,
    N_("qr page"): _qr_page,
    N_("failed checks"): _failed_checks,
    N_("registration page"): lambda lab: _nodes(lab, lambda node: _(node.registration)),
    N_("saved address"): lambda lab: _nodes(lab, lambda node: node.address or _("none")),
    N_("project settings"): lambda lab: _nodes(lab, _settings),
    N_("contract"): _contract,
    N_("clock"): lambda lab: instant(lab.clock.now()),
}
