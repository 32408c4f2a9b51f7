"""A task on a lab of its own: how it begins, what is asked, how the lab shows that it is done. Exercises and drills are
tasks.

`missing` looks at where the parties stand and at what happened, never at what was typed, so any right way passes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fanlic.lab.scenarios import INLINE
from fanlic.lab.stage import Stage
from fanlic.lab.timeline import Row
from fanlic.lab.world import Lab
from fanlic.model.outage import Standing
from fanlic.model.project import Registration
from fanlic.model.refusals import Refusal
from fanlic.texts import _


@dataclass(frozen=True)
class Tried:
    """What was done since the task began, read off the timeline."""

    rows: tuple[Row, ...]

    def docker(self, *words: str) -> bool:
        """Whether one docker command held all of these words."""
        return any(
            row.line.event == "docker" and all(word in f"{row.line.subject} " for word in words) for row in self.rows
        )

    def event(self, event: str, reason: str = "") -> bool:
        """Whether a party noted this event, for this reason if one is named."""
        return any(row.line.event == event and reason in ("", row.line.reason) for row in self.rows)


@dataclass(frozen=True)
class Mistake:
    """A mistake people make here: whether what was tried fits it, and what to say of it afterwards."""

    fits: Callable[[Tried], bool]
    text: str


@dataclass(frozen=True)
class Task:
    """One task.

    `text`: what is asked; a drill's symptom. `arrange` makes the lab ready. `missing` gives what is still missing,
    empty if nothing is. `solution`: one right way, as a play or as code over `lab`. A drill also has a `title` and a
    `cause`, which are told afterwards only.
    """

    name: str
    text: str
    arrange: Callable[[Stage], object]
    missing: Callable[[Lab], str]
    hints: tuple[str, str, str]
    solution: Callable[[Stage], object] | str
    title: str = ""
    cause: str = ""
    mistakes: tuple[Mistake, ...] = ()
    engine: str = INLINE


def begin(task: Task, seed: int = 1) -> Lab:
    """A lab of its own in which the task begins; the caller closes it."""
    lab = Lab(engine=task.engine, seed=seed)
    try:
        task.arrange(Stage(lab))
    except BaseException:
        lab.close()
        raise
    lab.collect()
    return lab


# -- what tasks look at


def registered(lab: Lab, name: str) -> bool:
    """Whether the Registration page of this project shows it as registered."""
    return any(each.name == name and each.registration is Registration.REGISTERED for each in lab.projects)


def activated(lab: Lab) -> bool:
    """Whether the latest running server's activation is in force."""
    try:
        return lab.host.server().status()["activation"] == Standing.IN_FORCE
    except Refusal:
        return False


def users_see(*names: str) -> Callable[[Lab], str]:
    """A `missing` that says what the users of these projects see; the cause is not in it."""

    def missing(lab: Lab) -> str:
        for project in (each for each in lab.projects if each.name in names):
            if project.registration is not Registration.REGISTERED:
                text = _("The Registration page of {project} says: {state}.")
                return text.format(project=project.name, state=_(project.registration))
            if not all(_answered(lab, node.address, node.state.server) for node in project.nodes):
                text = _("{project} shows as registered, but its next poll will fail.")
                return text.format(project=project.name)
        return ""

    return missing


def _answered(lab: Lab, address: str, server: str) -> bool:
    """Whether an activated server of this identity answers at the address that the node has saved."""
    try:
        status = lab.browser.request("GET", f"{address}/license/v1/status").data
    except Refusal:
        return False
    return status.get("activation") == Standing.IN_FORCE and status.get("server") == server
