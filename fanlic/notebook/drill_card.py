"""A drill as a card: the symptom, places to look, hints, a check with a score, and the solution."""

from __future__ import annotations

from functools import partial
from html import escape

from fanlic.lab import Lab
from fanlic.lab.drill import LOOKS, Drill, DrillResult, mystery
from fanlic.lab.rehearse import told
from fanlic.lab.story import Beat
from fanlic.notebook import style
from fanlic.notebook.form import Form, button, pane, row, shows
from fanlic.texts import _


class DrillCard(Form):
    """A drill by its name, or one drawn by `seed`; mend it in `lab` with forms or code, then press Check."""

    def __init__(self, drill: str | Drill | None = None, *, seed: int = 1) -> None:
        given = Drill(drill, seed=seed) if isinstance(drill, str) else drill or mystery(seed)
        super().__init__(_("Drill: {title}").format(title=given.title))
        self.drill = given
        self._shown, self._evidence = pane(_("The symptom")), pane(_("What was found"))
        looks = [button(what, partial(self.look, what), _("Look at: {what}").format(what=what)) for what in LOOKS]
        acts = row(
            button(_("Check"), self.check, _("See whether the parties are in order again"), main=True),
            button(_("Hint"), self.hint, _("The next of three hints; it costs points")),
            button(_("Reset"), self.reset, _("Break everything anew")),
            button(_("Solution"), self.solution, _("Reset, and mend it one right way")),
        )
        self.arrange(self._shown, row(*looks), self._evidence, acts)

    @property
    def lab(self) -> Lab:
        """The drill's own lab; a reset makes a new one."""
        return self.drill.lab

    @shows
    def look(self, what: str) -> str:
        """Look at one thing; it is counted."""
        found = self.drill.look(what)
        self._evidence.value = style.block(f"<h4>{escape(what)}</h4>" + style.terminal(found), role="status")
        return found

    @shows
    def hint(self) -> str:
        """The next hint; it is counted."""
        hint = self.drill.hint()
        self.say(style.note(_("Hint: {hint}").format(hint=hint)))
        return hint

    @shows
    def check(self) -> DrillResult:
        """Whether it is mended, what is still wrong, and the score."""
        verdict = self.drill.check()
        counted = _("Looks: {looks}, hints: {hints}, score: {score} of 100").format(
            looks=verdict.looks, hints=verdict.hints, score=verdict.score
        )
        told_ = style.note(verdict.message, kind="good" if verdict.passed else "warn")
        if verdict.misconception:
            told_ += style.note(verdict.misconception, kind="warn")
        self.say(told_ + f"<p>{escape(counted)}</p>")
        return verdict

    @shows
    def reset(self) -> None:
        """Break everything anew."""
        self.drill.reset()
        self._evidence.value = ""
        self.say(style.note(_("Everything is broken anew, in a new lab.")))

    @shows
    def solution(self) -> tuple[Beat, ...]:
        """Reset, then mend it one right way; every step of it."""
        beats = self.drill.solution()
        self._evidence.value = style.block(style.terminal("\n".join(told(beat).strip("\n") for beat in beats)))
        return beats

    def draw(self) -> None:
        """The symptom."""
        self._shown.value = style.block(style.note(self.drill.symptom(), kind="warn"), role="status")
