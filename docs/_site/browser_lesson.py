"""What a notebook's page needs to run in itself: a bar with the buttons, and a place below each cell of code."""

from __future__ import annotations

from html import escape

from fanlic.model.refusals import N_
from fanlic.texts import _, language

_SAID = {
    "loading": N_("Loading Python from this site (18 MB, once) ..."),
    "ready": N_("Python runs in this page. Run the cells from top to bottom; change them as you like."),
    "stopped": N_("Stopped."),
    "failed": N_("This did not work: {problem}. Load the page again, or use fanlic.pyz."),
    "run": N_("Run this cell"),
    "code": N_("The code of this cell; Shift+Enter runs it"),
}
_WITHOUT = ("check_in",)  # it looks at the machine, and a page is none


def bar(name: str) -> list[str]:
    """The bar of a notebook's page; nothing for a notebook that is about the machine."""
    if name in _WITHOUT:
        return []
    said = " ".join(f'data-{key}="{escape(_(text))}"' for key, text in _SAID.items())
    buttons = (
        ("begin", "idle", "", _("Run here")),
        ("all", "ready", "hidden", _("Run all cells")),
        ("stop", "starting ready", "hidden", _("Stop")),
    )
    made = " ".join(
        f'<button type="button" data-do="{do}" data-in="{states}" {hidden}>{escape(label)}</button>'
        for do, states, hidden, label in buttons
    )
    place = f'data-state="idle" data-notebook="download/{name}.ipynb" data-language="{language()}"'
    promise = escape(_("Nothing to install, and nothing leaves this page."))
    return [f'<div class="fanlic-run-here" {place} {said} hidden>{made}<p role="status">{promise}</p></div>', ""]


def place(cell: str) -> list[str]:
    """Where the page's script puts a cell that can be run."""
    return [f'<div class="fanlic-live" data-cell="{cell}" hidden></div>', ""]
