"""The box "paste what you have" on the front page, on each error page and on a page of its own, in both languages.

The box is hidden until its script runs, so that the pages read as before where there is no JavaScript.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from _site.tongue import Tongue, speaking, tongues
from fanlic.model.refusals import N_
from fanlic.texts import _
from fanlic.troubleshoot.paste_page import KINDS
from fanlic.troubleshoot.preflight import SHELLS

PLACE = "<!-- paste-box -->"
SHELVES = ("codes", "reasons", "symptoms")
PAGE = "paste.md"
_LABELS = {
    "triage": N_("Find the fault: one verdict from whatever you have"),
    "explain": N_("Explain a code or the text of a pop-up"),
    "mail": N_("Check a request mail before it is sent"),
    "docker-run": N_("Check a docker run or docker load line before it is used"),
    "compose": N_("Check a compose file"),
    "inspect": N_("Check the output of docker inspect"),
    "tls": N_("Check certificate and key (drop both files)"),
}
_SAID = {
    "loading": N_("Loading Python from this site (15 MB, once) ..."),
    "working": N_("Reading ..."),
    "done": N_("Done. The answer is below."),
    "stopped": N_("Stopped."),
    "failed": N_("This did not work: {problem}. Load the page again, or use fanlic.pyz."),
    "folder": N_(
        "This page was opened from a folder, and browsers run no Python there. Use python3 start.py docs --serve."
    ),
    "paste": N_("paste {number}"),
    "reply": N_("Answer: {text}"),
    "unknown": N_("not known"),
    "still": N_("still as pasted"),
    "remove": N_("Remove {name}"),
}


def put(pages: Path) -> None:
    """Put the box into the pages that have its mark and below every entry, and write its own page."""
    for tongue in tongues():
        with speaking(tongue):
            below = pages / tongue.folder
            (below / PAGE).write_text(_own_page(tongue), "utf-8")
            home = below / "index.md"
            if home.is_file():
                home.write_text(home.read_text("utf-8").replace(PLACE, box(tongue)), "utf-8")
            for shelf in SHELVES:
                for page in sorted((below / shelf).glob("*/index.md")):
                    page.write_text(f"{page.read_text('utf-8').rstrip()}\n\n{_folded(tongue)}", "utf-8")


def _folded(tongue: Tongue) -> str:
    heading = escape(_("Paste what you have: one verdict, in this page"))
    return f"<details class='fanlic-fold'><summary>{heading}</summary>\n{box(tongue)}</details>\n"


def _own_page(tongue: Tongue) -> str:
    title = _("Paste and diagnose")
    text = _(
        "Paste a pop-up's text, the output of docker ps -a, docker inspect or docker logs, lines of a log, a compose"
        " file; drop several files at once. The answer is the one of the commands fanlic triage, explain and preflight."
    )
    return f"---\ntitle: {title}\nsearch:\n  boost: 4\n---\n\n# {title}\n\n{text}\n\n{box(tongue)}\n"


def box(tongue: Tongue) -> str:
    """The box as HTML on lines without blank ones, so that Markdown leaves it alone."""
    texts = {
        "title": _("Paste what you have"),
        "private": _(
            "Nothing leaves this page: Python runs in your browser, and the page's policy (connect-src 'self') lets it"
            " reach nothing but this site's own files. Nothing is kept when you close the page."
        ),
        "what": _("What shall be done?"),
        "drop": _("Or drop files here, or choose them; a saved case too"),
        "older": _("If the paste is not of today: its time"),
        "form": _("For example 2026-03-02T09:00Z"),
        "typed": _("Where the line is typed"),
        "address": _("The address that the project will use (https://HOST:PORT)"),
        "answer": _("Answer"),
        "stop": _("Stop"),
        "afresh": _("Start afresh"),
        "save": _("Save the case"),
        "plain": _("As plain text, for a ticket"),
        "copy": _("Copy"),
        "without": _("Without a browser: python fanlic.pyz triage FILE gives the same answer."),
    }
    return (
        Path(__file__)
        .with_name("box.html")
        .read_text("utf-8")
        .format(
            **{name: escape(text) for name, text in texts.items()},
            language=tongue.setting,
            said=" ".join(f'data-{name}="{escape(_(text))}"' for name, text in _SAID.items()),
            kinds="".join(f'<option value="{kind}">{escape(_(_LABELS[kind]))}</option>' for kind in KINDS),
            shells="".join(f"<option>{shell}</option>" for shell in SHELLS),
        )
    )
