"""`fanlic docs [WORDS]`: open the published pages, the copy that lies beside the program; nothing is fetched."""

from __future__ import annotations

import argparse
import sys
import webbrowser
from pathlib import Path

from fanlic.texts import _
from fanlic.troubleshoot.catalogue.shelf import folder as shelf

__all__ = ["options", "page_of", "places", "run", "shelf"]

FAILED = 1
HOME = "index.html"


def options(parser: argparse.ArgumentParser) -> None:
    """What can be asked for."""
    parser.add_argument("words", nargs="*", metavar=_("WORDS"), help=_("a code, a name or a text: open its page"))
    parser.add_argument("--print", action="store_true", dest="only_print", help=_("print the address, open nothing"))


def run(chosen: argparse.Namespace) -> int:
    """Open the page; 0 done, 1 where there is no copy or no such page."""
    copy = next((folder for folder in places() if (folder / HOME).is_file()), None)
    if copy is None:
        print(_("fanlic docs: there is no copy here. Make one: python3 start.py docs"), file=sys.stderr)
        return FAILED
    words = " ".join(chosen.words)
    page = page_of(words) if words else HOME
    if not page:
        print(_("fanlic docs: no page for {words}. All of them: fanlic docs").format(words=words), file=sys.stderr)
        return FAILED
    address = (copy / page).as_uri()
    print(address)
    if not chosen.only_print:
        webbrowser.open(address)
    return 0


def places() -> tuple[Path, ...]:
    """Where a copy may lie: in the package, as a release has it, or beside it, as `start.py docs` makes it."""
    package = Path(__file__).resolve().parent.parent
    return package / "site", package.parent / "site"


def page_of(words: str) -> str:
    """The page of the best answer to the words, from the root of the site; empty where there is none."""
    from fanlic.troubleshoot.explain import answer_to

    answer = answer_to(words)
    return f"{shelf(answer.full[0].key)}/{answer.full[0].key}/{HOME}" if answer.full else ""
