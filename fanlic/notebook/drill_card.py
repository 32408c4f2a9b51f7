"""A drill as a card: the symptom, places to look, a drawer with the tools to mend, hints, and a check with a score."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from functools import partial
from html import escape
from typing import Any, TypeVar

import ipywidgets as widgets

from fanlic.lab import Lab
from fanlic.lab.beat import Beat
from fanlic.lab.drill import LOOKS, Drill, DrillResult, mystery
from fanlic.notebook import magic, style
from fanlic.notebook.clock import ClockPanel
from fanlic.notebook.form import Form, LabForm, button, field, pane, row, shows
from fanlic.notebook.qr_panel import QrPanel
from fanlic.notebook.registration import RegistrationDialog
from fanlic.notebook.settings import ProjectSettings
from fanlic.texts import _

T = TypeVar("T")
TOOLS: dict[str, Callable[[Lab], LabForm]] = {
    "clock": ClockPanel,
    "dialog": RegistrationDialog,
    "page": QrPanel,
    "settings": ProjectSettings,
}


class DrillCard(Form):
    """A drill by its number or name, or one drawn by `seed`. Mend it in `lab` with the tools or by code, then press
    Check. `%docker` works on the card's lab.
    """

    def __init__(self, drill: Drill | int | str | None = None, *, seed: int = 1) -> None:
        chosen = mystery(seed) if drill is None else drill
        self.drill = chosen if isinstance(chosen, Drill) else Drill(chosen, seed=seed)
        super().__init__(self.drill.title)
        self._symptom, self._evidence = pane(_("The symptom")), pane(_("What was seen"))
        self._found: list[tuple[str, str]] = []
        self._drawer = widgets.VBox()
        self.line = field("docker", hint=_("a command, without the word docker"))
        looks = [button(what, partial(self.look, what), _("Look at: {what}").format(what=what)) for what in LOOKS]
        acts = row(
            button(_("Check"), self.check, _("Ask the users what they see now"), main=True),
            button(_("Hint"), self.hint, _("The next of three hints; it costs points")),
            button(_("Reset"), self.reset, _("Break everything anew")),
            button(_("Solution"), self.solution, _("Reset, and show one right way; the drill scores nothing then")),
        )
        command = row(self.line, button(_("Run"), self.docker, _("Run this command on the drill's container host")))
        self.arrange(self._symptom, row(*looks), self._evidence, row(*self._tools()), command, self._drawer, acts)
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
        pinned = "".join(f"<h4>{escape(what)}</h4>{style.terminal(seen)}" for what, seen in reversed(self._found))
        self._evidence.value = style.block(pinned, role="status") if pinned else ""

    def _tools(self) -> list[widgets.Button]:
        labels = {
            "clock": _("Clock"),
            "dialog": _("FineBI's dialog"),
            "page": _("QR code page and phone"),
            "settings": _("Project settings"),
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
        return result
