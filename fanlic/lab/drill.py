"""A drill: something is broken, and only the symptom is told.

    drill = Drill("port-moved")
    drill.symptom()
    drill.look("docker ps")
    drill.lab.projects[0].register(drill.lab.host.server().address)
    drill.check()

`check` judges the state of the parties, not the steps: any right way passes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Self

from fanlic.lab.drills import RECIPES, Tried
from fanlic.lab.project import Project, ProjectNode
from fanlic.lab.scenarios import PROCESS, Stage
from fanlic.lab.story import LOG, Beat
from fanlic.lab.world import Lab
from fanlic.model.outage import Standing
from fanlic.model.project import Registration
from fanlic.model.refusals import Refusal
from fanlic.texts import _, fill, instant

LOOK_COSTS, HINT_COSTS = 5, 15  # points of a hundred
LOG_LINES = 40


@dataclass(frozen=True)
class DrillResult:
    """How a drill stands: what is still wrong where it is not mended, and the mistake that fits what was tried."""

    passed: bool
    message: str
    misconception: str
    looks: int
    hints: int
    score: int


class Drill:
    """One drill on a lab of its own, `drill.lab`. ValueError for an id that does not exist."""

    def __init__(self, name: str, *, seed: int = 1, mystery: bool = False) -> None:
        if name not in RECIPES:
            raise ValueError(_("there is no drill {name}; there are: {all}").format(name=name, all=", ".join(RECIPES)))
        self._recipe = RECIPES[name]
        self._seed = seed
        self._mystery = mystery
        self._looks, self._hints = 0, 0
        self._begin()

    @property
    def title(self) -> str:
        """What the drill is called; a mystery does not say."""
        return _("a mystery") if self._mystery else _(self._recipe.title)

    def symptom(self) -> str:
        """What FineBI shows, what the browser shows, and what people say."""
        return _(self._recipe.symptom)

    def look(self, what: str) -> str:
        """Gather evidence, one of LOOKS; it is counted."""
        if what not in LOOKS:
            raise ValueError(_("look at one of: {all}").format(all=", ".join(LOOKS)))
        self._looks += 1
        return LOOKS[what](self.lab)

    def hint(self) -> str:
        """The next of three hints; it is counted. The last one is repeated for nothing."""
        hints = self._recipe.hints
        self._hints = min(self._hints + 1, len(hints))
        return _(hints[self._hints - 1])

    def check(self) -> DrillResult:
        """Whether the parties are in order again, whatever the way."""
        self.lab.collect()
        passed = all(_in_order(self.lab, node) for each in self._goal() for node in each.nodes) and self._recipe.sound(
            self.lab
        )
        text = _("The drill is mended.") if passed else _(self._recipe.still)
        wrong = "" if passed else self._misconception()
        score = max(0, 100 - LOOK_COSTS * self._looks - HINT_COSTS * self._hints)
        return DrillResult(passed, text, wrong, self._looks, self._hints, score if passed else 0)

    def reset(self) -> None:
        """Break everything anew; looks and hints are counted from nothing."""
        self.close()
        self._begin()

    def solution(self) -> tuple[Beat, ...]:
        """Reset, then mend it one right way; every beat of it."""
        self.reset()
        beats: list[Beat] = []
        self._recipe.solution(Stage(self.lab, beats.append))
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

    def _begin(self) -> None:
        self._looks, self._hints = 0, 0
        self.lab = Lab(engine="sandbox" if self._recipe.engine == PROCESS else "inline", seed=self._seed)
        self._recipe.arrange(Stage(self.lab, lambda _beat: None))
        self.lab.collect()
        self._start = len(self.lab.rows)

    def _goal(self) -> Iterator[Project]:
        return (each for each in self.lab.projects if each.name in self._recipe.goal)

    def _misconception(self) -> str:
        tried = Tried(tuple(self.lab.rows[self._start :]))
        return next((_(each.text) for each in self._recipe.misconceptions if each.fits(tried)), "")


def mystery(seed: int) -> Drill:
    """A drill drawn by the seed, which does not say its name."""
    names = sorted(RECIPES)
    drawn = int.from_bytes(hashlib.sha256(str(seed).encode()).digest()[:8], "big") % len(names)
    return Drill(names[drawn], seed=seed, mystery=True)


def _in_order(lab: Lab, node: ProjectNode) -> bool:
    """Whether the node is registered with an activated server that still answers at the saved address."""
    if node.registration is not Registration.REGISTERED:
        return False
    try:
        told = lab.browser.request("GET", f"{node.address}/license/v1/status").data
    except Refusal:
        return False
    return told.get("activation") == Standing.IN_FORCE and told.get("server") == node.state.server


# -- what can be looked at


def _latest(lab: Lab, command: str) -> str:
    rows = lab.host.look("ps -a").splitlines()[1:]
    return lab.host.look(f"{command} {rows[0].split()[0]}") if rows else _("there is no container")


def _logs(lab: Lab) -> str:
    # Inline servers have no standard output; what they log is in their file, where /app/log is mapped.
    file = lab.host.path(LOG) / "server.log"
    kept = file.read_text("utf-8").splitlines()[-LOG_LINES:] if file.exists() else []
    return _latest(lab, "logs") or "\n".join(kept) or _("the log is empty")


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
