"""A drill as an incident board: symptom, evidence side by side, a diagnosis, tools in a drawer, a check, the costs."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from html import escape
from typing import Any, TypeVar

import ipywidgets as widgets

from fanlic.lab import Lab
from fanlic.lab.beat import Beat
from fanlic.lab.causes import DrillCause, clauses
from fanlic.lab.drill import LOOKS, Drill, DrillResult, NamedCause, mystery
from fanlic.notebook import magic, progress, style
from fanlic.notebook.clock import ClockPanel
from fanlic.notebook.contract import ContractDesk
from fanlic.notebook.form import Form, LabForm, button, choice, column, field, pane, row, shows, tick
from fanlic.notebook.migration import MigrationWizard
from fanlic.notebook.qr_panel import QrPanel
from fanlic.notebook.registration import RegistrationDialog
from fanlic.notebook.scene_panel import ScenePanel
from fanlic.notebook.settings import ProjectSettings
from fanlic.texts import _, duration

T = TypeVar("T")
TOOLS: dict[str, Callable[[Lab], LabForm]] = {
    "clock": ClockPanel,
    "dialog": RegistrationDialog,
    "page": QrPanel,
    "settings": ProjectSettings,
    "contract": ContractDesk,
    "migration": MigrationWizard,
    "parties": ScenePanel,
}
UNKNOWN = "-"


class DrillCard(Form):
    """A drill by its number or name, or one drawn by `seed`, or by the learner's own seed in a class. Mend it in `lab`
    with the tools or by code, then press Check. `%docker` works on the card's lab.
    """

    def __init__(self, drill: Drill | int | str | None = None, *, seed: int | None = None) -> None:
        seed = progress.seed() if seed is None else seed
        chosen = mystery(seed) if drill is None else drill
        self.drill = chosen if isinstance(chosen, Drill) else Drill(chosen, seed=seed)
        super().__init__(self.drill.title)
        self._symptom, self._evidence = pane(_("The symptom")), pane(_("What was seen"))
        self._costs, self._named = pane(_("What it has cost so far")), pane(_("Your diagnosis"))
        self.causes = {cause: tick(_(cause)) for cause in DrillCause}
        named = [(_("choose a clause"), UNKNOWN), *((f"{each.slug}: {_(each.text)}", each.slug) for each in clauses())]
        self.clause = choice(_("Clause that says so"), named)
        self._found: list[tuple[str, str]] = []
        self._drawer = widgets.VBox()
        self.line = field("docker", hint=_("a command, without the word docker"))
        looks = [button(_(what), partial(self.look, what), _("Look at: {what}").format(what=_(what))) for what in LOOKS]
        acts = row(
            button(_("Check"), self.check, _("Ask the users what they see now"), main=True),
            button(_("Hint"), self.hint, _("The next of three hints; it costs points")),
            button(_("Reset"), self.reset, _("Break everything anew")),
            button(_("Solution"), self.solution, _("Reset, and show one right way; the drill scores nothing then")),
        )
        command = row(self.line, button(_("Run"), self.docker, _("Run this command on the drill's container host")))
        half = len(self.causes) // 2
        ticks = list(self.causes.values())
        diagnosis = button(_("Diagnose"), self.diagnose, _("Name the cause before you mend it"), main=True)
        self.arrange(
            *(self._symptom, self._costs, _heading(_("1. Look")), row(*looks), command, self._evidence),
            *(
                _heading(_("2. Name the cause (one, or two)")),
                row(column(*ticks[:half], width="20rem"), column(*ticks[half:], width="20rem")),
            ),
            *(self.clause, row(diagnosis), self._named),
            *(_heading(_("3. Mend it")), row(*self._tools()), self._drawer, _heading(_("4. Ask the users")), acts),
        )
        magic.use(self.lab)
        atexit.register(self.close)

    @property
    def lab(self) -> Lab:
        """The drill's own lab; a reset makes a new one."""
        return self.drill.lab

    def close(self) -> None:
        """Stop every server of the drill."""
        self.drill.close()

    @shows
    def look(self, what: str) -> str:
        """Look at one thing; it is counted."""
        seen = self.drill.look(what)
        self._pin(what, seen)
        return seen

    @shows
    def docker(self) -> str:
        """Run the command in the field; a command that only reads counts as a look."""
        command = self.line.value.strip().removeprefix("docker ")
        if not command:
            raise ValueError(_("Enter a docker command first, ps -a for example."))
        done = self.lab.host.docker(command)
        seen = done.stdout + done.stderr
        self._pin(f"docker {command}", seen)
        return seen

    @shows
    def diagnose(self) -> NamedCause:
        """Name the ticked causes; whether they are right is told at the end."""
        ticked = [cause for cause, box in self.causes.items() if box.value]
        clause = "" if self.clause.value == UNKNOWN else str(self.clause.value)
        return self.drill.diagnose(*ticked, clause=clause)

    @shows
    def open(self, tool: str) -> Any:
        """Put one of the TOOLS into the drawer. Each has its own buttons, so mypy cannot know the type of the form."""
        form = TOOLS[tool](self.lab)
        self._drawer.children = (form.widget,)
        return form

    @shows
    def hint(self) -> str:
        """The next hint; it is counted."""
        hint = self.drill.hint()
        self.say(style.note(_("Hint: {hint}").format(hint=hint)))
        return hint

    @shows
    def check(self) -> DrillResult:
        """What the users see; once the drill is over, the cause, what could not help, and the score."""
        result = self.drill.check()
        counted = _("Looks: {looks}, hints: {hints}, score: {score} of 100").format(
            looks=result.looks, hints=result.hints, score=result.score
        )
        told = "".join(style.note(text) for text in result.told)
        if result.told and result.score:
            progress.note("drills", str(self.drill.number), score=result.score, looks=result.looks)
        if result.told:
            told += _judged(self.drill, result)
        users = style.note(result.message, kind="good" if result.passed else "warn")
        self.say(users + told + f"<p>{escape(counted)}</p>")
        return result

    @shows
    def reset(self) -> None:
        """Break everything anew."""
        self._anew(self.drill.reset)
        self.say(style.note(_("Everything is broken anew, in a new lab.")))

    @shows
    def solution(self) -> tuple[Beat, ...]:
        """Reset, and show one right way; every step of it."""
        beats = self._anew(self.drill.solution)
        self._pin(_("Solution"), "\n".join(str(beat).strip("\n") for beat in beats))
        return beats

    def draw(self) -> None:
        """The symptom, and everything seen so far, the latest first."""
        self._symptom.value = style.block(style.note(self.drill.symptom(), kind="warn"), role="status")
        pinned = "".join(
            f"<div><h4>{escape(_(what))}</h4>{style.terminal(seen)}</div>" for what, seen in reversed(self._found)
        )
        self._evidence.value = style.block(f'<div class="pins">{pinned}</div>', role="status") if pinned else ""
        drill = self.drill
        spent = (
            (_("Looks"), str(drill.looks)),
            (_("Virtual time gone"), duration(timedelta(minutes=drill.minutes))),
            (_("Damage"), "; ".join(drill.damage()) or _("none")),
        )
        self._costs.value = style.block(style.facts(spent), role="status")
        self._named.value = style.block(_diagnosed(drill.diagnosis)) if drill.diagnosis else ""

    def _tools(self) -> list[widgets.Button]:
        labels = {
            "clock": _("Clock"),
            "dialog": _("FineBI's dialog"),
            "page": _("QR code page and phone"),
            "settings": _("Project settings"),
            "contract": _("Contract"),
            "migration": _("Migration"),
            "parties": _("Picture"),
        }
        return [button(labels[name], partial(self.open, name), _("Open this tool below")) for name in TOOLS]

    def _pin(self, what: str, seen: str) -> None:
        self._found.append((what, seen))

    def _anew(self, act: Callable[[], T]) -> T:
        """Do what makes a new lab; nothing that belongs to the old one stays."""
        old = self.lab
        result = act()
        magic.follow(old, self.lab)
        self._found.clear()
        self._drawer.children = ()
        for box in self.causes.values():
            box.value = False
        self.clause.value = UNKNOWN
        self.follow()
        return result


def _heading(text: str) -> Any:
    return widgets.HTML(style.block(f"<h4>{escape(text)}</h4>"))


def _diagnosed(named: NamedCause) -> str:
    causes = "; ".join(_(cause) for cause in DrillCause if cause in named.causes)
    text = _("Your diagnosis: {causes}. Clause: {clause}.")
    return style.note(text.format(causes=causes, clause=named.clause or _("none")))


def _judged(drill: Drill, result: DrillResult) -> str:
    """What was right of the diagnosis, and what was damaged; told at the end only."""
    yes, no = _("yes"), _("no")
    pairs = (
        (_("Cause found before the mending"), yes if result.found else no),
        (_("Somebody had looked before"), yes if result.proved else no),
        (_("Clause fits"), yes if result.clause else no),
        (_("Users are content"), yes if result.passed else no),
        (_("Harm done"), "; ".join(result.harm) or _("none")),
        (_("Virtual time until the users were content"), duration(timedelta(minutes=result.minutes))),
        (_("Right answer"), drill.answer()),
    )
    return style.facts(pairs)
