"""The error explorer: a code or a reason, what it means, a scenario that reproduces it, a drill that mends it."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from fanlic.lab import drill, scenario
from fanlic.lab.drill import DrillResult
from fanlic.lab.drills import RECIPES
from fanlic.lab.rehearse import told
from fanlic.lab.scenario import Transcript
from fanlic.lab.story import Beat
from fanlic.notebook import style
from fanlic.notebook.form import Form, button, choice, pane, row, shows
from fanlic.texts import _, basis
from fanlic.troubleshoot.catalogue.entry import ADVICE, Cause, Entry
from fanlic.troubleshoot.catalogue.shelf import catalogue

# Which drill leaves the very failure behind that an entry is about.
DRILLS = {
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
        entries = catalogue()
        titles = [(f"{entry.key}: {_plain(entry)}", entry.key) for entry in entries.values()]
        self.key = choice(_("Code or reason"), titles, key)
        self._meaning, self._played = pane(_("Meaning, causes, remedy")), pane(_("What was played"))
        self.reproduce_button = button(_("Reproduce it"), self.reproduce, _("Play a scenario in which this happens"))
        self.mend_button = button(_("Mend it"), self.mend, _("Play a drill's solution, and check it"))
        buttons = row(
            button(_("Show"), self.show, _("Show meaning, causes and remedy"), main=True),
            self.reproduce_button,
            self.mend_button,
        )
        self.arrange(self.key, buttons, self._meaning, self._played)

    @property
    def entry(self) -> Entry:
        """What is chosen."""
        return catalogue()[str(self.key.value)]

    @shows
    def show(self, key: str = "") -> Entry:
        """Show what is chosen, or choose `key` first."""
        if key and key not in catalogue():
            raise ValueError(_("{key} is not in the catalogue.").format(key=key))
        self.key.value = key or self.key.value
        self._played.value = ""
        return self.entry

    @shows
    def reproduce(self) -> Transcript | None:
        """Play the entry's first scenario that can be played, inline where it runs so."""
        known = scenario.catalogue()
        found = [known[name] for name in self.entry.scenarios if name in known and known[name].play is not None]
        if not found:
            self._played.value = style.block(style.note(_("The lab has no scenario for this one.")))
            return None
        transcript = scenario.run(found[0].id)
        chosen = transcript.scenario
        head = f"<h4>{escape(chosen.id)}: {escape(_(chosen.title))}</h4><p>{escape(_(chosen.question))}</p>"
        outcome = style.note(_(chosen.outcome), chosen.basis, "good" if transcript.ended_well else "warn")
        self._played.value = style.block(head + _told(transcript.beats) + outcome)
        return transcript

    @shows
    def mend(self) -> DrillResult | None:
        """Play the solution of the drill that leaves this failure behind, and check it."""
        name = DRILLS.get(self.entry.key, "")
        if name not in RECIPES:
            self._played.value = style.block(style.note(_("There is no drill for this one; the remedy is above.")))
            return None
        with drill.Drill(name) as given:
            beats = given.solution()
            verdict = given.check()
            head = f"<h4>{escape(_('Mended'))}: {escape(given.title)}</h4><p>{escape(given.symptom())}</p>"
        outcome = style.note(verdict.message, kind="good" if verdict.passed else "warn")
        self._played.value = style.block(head + _told(beats) + outcome)
        return verdict

    def draw(self) -> None:
        """Meaning, causes in the order of likelihood, what to look at, remedy."""
        entry = self.entry
        self.mend_button.disabled = entry.key not in DRILLS
        self.reproduce_button.disabled = not entry.scenarios
        label = style.basis_label(entry.basis, ", ".join(clause.slug for clause in entry.clauses), basis(entry))
        parts = (
            f"<h4>{escape(_(entry.title))}</h4><p>{escape(_(entry.meaning))}</p>{label}",
            f"<h4>{escape(_('Causes, the likeliest first'))}</h4>",
            style.items(map(_cause, entry.causes), ordered=True),
            f'<p class="soft">{escape(_(ADVICE))}</p>',
            f"<h4>{escape(_('What to look at'))}</h4>" + _steps(entry.look) if entry.look else "",
            f"<h4>{escape(_('What to do'))}</h4>" + _steps(entry.remedy),
            f'<p class="soft">{escape(_("Who acts: {who}").format(who=_(entry.who)))}</p>',
        )
        self._meaning.value = style.block("".join(parts) + _for_the_vendor(entry), role="status")


def _plain(entry: Entry) -> str:
    return _(entry.title).removeprefix(f"{entry.key}: ")


def _cause(cause: Cause) -> str:
    return f"{escape(_(cause.text))} ({escape(_(cause.party))}) {style.basis_label(cause.basis)}"


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


def _told(beats: tuple[Beat, ...]) -> str:
    return style.terminal("\n".join(told(beat).strip("\n") for beat in beats))
