"""The menu of failures: a group for each part of the procedure, and for each group a page that lists its entries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from _site.tongue import ENGLISH, Tongue, md
from fanlic.commands.docs import shelf
from fanlic.model.refusals import N_
from fanlic.texts import _
from fanlic.troubleshoot.catalogue.around import Group, group
from fanlic.troubleshoot.catalogue.entry import Entry
from fanlic.troubleshoot.catalogue.shelf import catalogue

HOME = "failures"
_ABOUT = {
    Group.MAIL: N_("You asked for an archive, and the reply is missing or is a refusal."),
    Group.CONTAINER: N_("You load the image or start the container."),
    Group.QR: N_("You scan the QR code and enter the six digits."),
    Group.FINEBI: N_("You register FineBI, or FineBI shows a code, a pop-up or a text of Java."),
    Group.OUTAGE: N_("A server, a host or the network was down, or something was restarted."),
    Group.MIGRATION: N_("You move the authorization server to another machine."),
    Group.REHEARSAL: N_("fanlic's own rules. FanRuan's server does not show these."),
}


def label(entry: Entry) -> str:
    """An entry as lists name it: its title, and for a code the number before it."""
    title = _(entry.title)
    return f"{entry.key} {title}" if entry.key.isdigit() and not title.startswith(entry.key) else title


def short(entry: Entry) -> str:
    """An entry as the menu names it: a code by number and name alone."""
    named = label(entry)
    return (
        re.split(r": |\uff1a", named)[0] if entry.key.isdigit() and not _(entry.title).startswith(entry.key) else named
    )


def short_by_page(page: str) -> str:
    """The menu's name of the entry that this page is of; empty for another page."""
    parts = page.split("/")
    entry = catalogue().get(parts[-2]) if parts[-1] == "index.md" and len(parts) > 1 else None
    return short(entry) if entry else ""


def path(key: str, tongue: Tongue = ENGLISH) -> str:
    """An entry's page, from the root of the docs."""
    return f"{tongue.folder}{shelf(key)}/{key}/index.md"


def page(of: Group, tongue: Tongue = ENGLISH) -> str:
    """The page of a group."""
    return f"{tongue.folder}{HOME}/{of.name.lower()}/index.md"


def grouped() -> dict[Group, list[Entry]]:
    """Every entry below its group; codes first."""
    return {each: [entry for key, entry in catalogue().items() if group(key) is each] for each in Group}


def sections(tongue: Tongue = ENGLISH) -> list[dict[str, Any]]:
    """The groups as parts of MkDocs' menu; the language is the one that is spoken."""
    return [
        {_(each): [page(each, tongue), *({short(entry): path(entry.key, tongue)} for entry in entries)]}
        for each, entries in grouped().items()
    ]


def pages(tongue: Tongue = ENGLISH) -> Iterator[tuple[str, str]]:
    """A page for each group, and one that lists the groups."""
    front = "" if tongue is ENGLISH else f"---\nlanguage: {tongue.code}\n---\n\n"
    home = [
        f"{front}# {_('Failures')}\n",
        f"{_('Where are you in the procedure?')}\n",
        '<div class="fanlic-cards" markdown>\n',
    ]
    for each, entries in grouped().items():
        links = [f"- [{md(label(entry))}](../../{shelf(entry.key)}/{entry.key}/index.md)" for entry in entries]
        about = _(_ABOUT[each])
        yield page(each, tongue), "\n".join([f"{front}# {_(each)}\n", f"{about}\n", *links, ""])
        card = (
            f'<div class="fanlic-lesson" markdown>\n\n**[{_(each)}]({each.name.lower()}/index.md)** ({len(entries)})\n'
        )
        home += [card, f"{about}\n", "</div>\n"]
    yield f"{tongue.folder}{HOME}/index.md", "\n".join([*home, "</div>\n"])
