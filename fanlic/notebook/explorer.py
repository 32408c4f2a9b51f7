"""The error explorer: a code or a reason, what it means, a lab in which it happens, and its remedy in that same lab."""

from __future__ import annotations

import atexit
from collections.abc import Iterable
from html import escape

from fanlic.lab import Lab, scenario
from fanlic.lab.beat import Beat
from fanlic.lab.drills import DRILLS
from fanlic.lab.stage import Stage
from fanlic.lab.task import Task
from fanlic.model.refusals import REASONS
from fanlic.notebook import style
from fanlic.notebook.form import Form, button, choice, pane, row, shows
from fanlic.texts import _, basis
from fanlic.troubleshoot.catalogue.entry import ADVICE, Cause, Entry
from fanlic.troubleshoot.catalogue.shelf import catalogue

# Which drill leaves the very failure behind that an entry is about, so that it can be mended.
INCIDENTS = {
    "30000": "expired",
    "30002": "weekend",
    "30005": "app-name",
    "30007": "no-seat-left",
    "lapsed": "weekend",
    "code-entry-locked": "locked",
    "license-bound-elsewhere": "second-container",
    "node-key-wrong": "one-name",
    "cannot-connect": "port-moved",
    "connection-refused": "port-moved",
    "port-moved": "port-moved",
    "no-restart-policy": "rebooted",
    "qr-page-missing": "web-mapped",
    "exec-format-error": "architecture",
    "server-does-not-start-tls": "tls-empty",
    "err-connection-refused": "container-port",
}


class ErrorExplorer(Form):
    """Choose a code or a reason; every failure plays in a lab of its own, so nothing here touches yours."""

    def __init__(self, key: str = "30007") -> None:
        super().__init__(_("Error explorer"))
        self.kind = choice(_("Kind"), [(title, name) for name, title in _kinds().items()])
        self.key = choice(_("Code or reason"), [("-", "-")])
        self._meaning, self._shown = pane(_("Meaning, causes, remedy")), pane(_("What was played"))
        self.reproduce_button = button(_("Reproduce it"), self.reproduce, _("Make this happen in a lab of its own"))
        self.mend_button = button(_("Mend it"), self.mend, _("Apply the remedy in the lab in which it happened"))
        buttons = row(
            button(_("Show"), self.show, _("Show meaning, causes and remedy"), main=True),
            self.reproduce_button,
            self.mend_button,
        )
        self._scene: Lab | None = None
        self._incident = ""  # the key of what was reproduced and can be mended
        self.kind.observe(lambda _change: self._list(), "value")
        self._choose(key)
        self.arrange(self.kind, self.key, buttons, self._shown, self._meaning)

    @property
    def entry(self) -> Entry:
        """What is chosen."""
        return catalogue()[str(self.key.value)]

    @property
    def played(self) -> str:
        """The HTML of what was played last."""
        return str(self._shown.value)

    @shows
    def show(self, key: str = "") -> Entry:
        """Show what is chosen, or choose `key` first."""
        if key:
            self._choose(key)
        self._forget()
        return self.entry

    @shows
    def reproduce(self) -> bool:
        """Make it happen; whether it did. What can be mended stays as it is until Mend it is pressed."""
        self._forget()
        task = self._task()
        if task is not None:
            self._begin(task)
            return True
        known = scenario.catalogue()
        playable = [name for name in self.entry.scenarios if name in known and known[name].play is not None]
        if not playable:
            self._shown.value = style.block(style.note(_("The lab has no scenario for this one.")))
            return False
        transcript = scenario.run(playable[0])
        chosen = transcript.scenario
        outcome = style.note(_(chosen.outcome), chosen.basis, "good" if transcript.ended_well else "warn")
        self._show_played(f"{chosen.id}: {_(chosen.title)}", _(chosen.question), transcript.beats, outcome)
        return transcript.ended_well

    @shows
    def mend(self) -> bool:
        """Apply the remedy to what was reproduced, in its own lab; whether the users are content then."""
        task = self._task()
        if task is None:
            self._shown.value = style.block(style.note(_("The lab plays no remedy for this one.")) + self._remedy())
            return False
        if self._incident != self.entry.key or self._scene is None:
            self._begin(task)
        lab, beats = self._scene, list[Beat]()
        if lab is None or not callable(task.solution):
            return False
        task.solution(Stage(lab, beats.append))
        missing = task.missing(lab)
        said = missing or _("The users are content: everything shows as registered.")
        outcome = style.note(said, kind="warn" if missing else "good")
        self._show_played(_("Mended: {title}").format(title=_(task.title)), _(task.cause), beats, outcome)
        self._shown.value += style.block(self._remedy())
        self._incident = ""
        return not missing

    def draw(self) -> None:
        """Meaning, causes in the order of likelihood, what to look at, remedy."""
        entry = self.entry
        self.mend_button.disabled = entry.key not in INCIDENTS
        self.reproduce_button.disabled = not entry.scenarios and entry.key not in INCIDENTS
        label = style.basis_label(entry.basis, ", ".join(clause.slug for clause in entry.clauses), basis(entry))
        parts = (
            f"<h4>{escape(_(entry.title))}</h4><p>{escape(_(entry.meaning))}</p>{label}",
            f"<h4>{escape(_('Causes, the likeliest first'))}</h4>",
            style.items(map(_cause, entry.causes), ordered=True),
            f'<p class="soft">{escape(_(ADVICE))}</p>',
            f"<h4>{escape(_('What to look at'))}</h4>" + _steps(entry.look) if entry.look else "",
            self._remedy(),
        )
        self._meaning.value = style.block("".join(parts) + _for_the_vendor(entry), role="status")

    # -- choosing

    def _choose(self, key: str) -> None:
        if key not in catalogue():
            raise ValueError(_("{key} is not in the catalogue.").format(key=key))
        self.kind.value = _kind(catalogue()[key])
        self._list()
        self.key.value = key

    def _list(self) -> None:
        """List the entries of the chosen kind."""
        entries = [entry for entry in catalogue().values() if _kind(entry) == self.kind.value]
        self.key.options = [(f"{entry.key}: {_plain(entry)}", entry.key) for entry in entries]

    # -- playing

    def _task(self) -> Task | None:
        return DRILLS.get(INCIDENTS.get(self.entry.key, ""))

    def _forget(self) -> None:
        if self._scene is not None:
            self._scene.close()
        self._scene, self._incident, self._shown.value = None, "", ""

    def _begin(self, task: Task) -> None:
        self._forget()
        self._scene = Lab(engine=task.engine)
        atexit.register(self._scene.close)
        beats: list[Beat] = []
        stage = Stage(self._scene, beats.append)
        task.arrange(stage)
        stage.tell_events()
        self._incident = self.entry.key
        seen = style.note(task.missing(self._scene), kind="warn")
        self._show_played(_("It happened"), _(task.text), beats, seen)

    def _show_played(self, title: str, text: str, beats: Iterable[Beat], outcome: str) -> None:
        head = f"<h4>{escape(title)}</h4><p>{escape(text)}</p>"
        lines = "\n".join(str(beat).strip("\n") for beat in beats)
        self._shown.value = style.block(head + outcome + style.terminal(lines), role="status")

    def _remedy(self) -> str:
        entry = self.entry
        who = f'<p class="soft">{escape(_("Who acts: {who}").format(who=_(entry.who)))}</p>'
        return f"<h4>{escape(_('What to do'))}</h4>" + _steps(entry.remedy) + who


def _kinds() -> dict[str, str]:
    return {"code": _("Codes"), "reason": _("Refusals without a code"), "symptom": _("Symptoms and outputs")}


def _kind(entry: Entry) -> str:
    if entry.key.isdigit():
        return "code"
    return "reason" if entry.key in REASONS else "symptom"


def _plain(entry: Entry) -> str:
    return _(entry.title).removeprefix(f"{entry.key}: ")


def _cause(cause: Cause) -> str:
    return f"{escape(_(cause.text))} ({escape(_(cause.party))}) {style.basis_label(cause.basis, told=basis(cause))}"


def _for_the_vendor(entry: Entry) -> str:
    if not entry.mail:
        return ""
    enclosed = style.items(escape(_(text)) for text in entry.evidence)
    head = escape(_("A draft mail to the business staff, and what to enclose"))
    return f"<details><summary>{head}</summary>{style.command(_(entry.mail))}{enclosed}</details>"


def _steps(texts: Iterable[str]) -> str:
    return style.items(map(_step, texts), ordered=True)


def _step(text: str) -> str:
    # What is a command stays one; commands are not translated.
    return f"<code>{escape(text)}</code>" if text.startswith("$ ") else escape(_(text))
