"""The two mails of a migration: the first names the old server's address, the second has privateConfig attached."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from fanlic.mailform import MIGRATE
from fanlic.model.authfile import COMPANY, Mail
from fanlic.model.clauses import Basis, Clause
from fanlic.texts import _
from fanlic.troubleshoot.findings import Finding, error, info, warning

FILE = "privateConfig"
SPELLINGS = (FILE, "privataConfig")  # reading A9: the page spells it both ways
_WORDS = re.compile(r"\bmigrat|\bdestroy|privat[ea]Config|\u8fc1\u79fb|\u9500\u6bc1", re.IGNORECASE)
_NEARLY = re.compile(r"privat[ea]config", re.IGNORECASE)
_ADDRESS = re.compile(r"\bhttps?://[^\s<>\"',;\uff0c\u3002]+", re.IGNORECASE)
_BARE = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b")


def migration_findings(
    mail: Mail, text: str, migrate: str | None, attached: Mapping[str, int] | None
) -> Iterator[Finding]:
    """What a migration's mail needs beside the form.

    `migrate`: the address from which the desk would migrate, None if it reads no such mail. `attached`: names and sizes
    of files, None if they cannot be seen.
    """
    about_migration = _WORDS.search(f"{mail.title}\n{text}") is not None
    file_attached = any(_NEARLY.search(name) for name in attached or ())
    requested = bool(mail.lines.keys() - {COMPANY, MIGRATE})
    if migrate is None and (file_attached or (about_migration and requested)):
        yield from _second(attached)
    elif migrate is not None or about_migration or (_ADDRESS.search(text) and not requested):
        yield from _first(text)


def _first(text: str) -> Iterator[Finding]:
    found = _ADDRESS.search(text)
    address = found[0].rstrip(".") if found else ""
    bare = _BARE.search(text)
    fix = "https://" + (bare[0] if bare else "172.16.63.131:49155")
    yield info(
        _(
            "Read as the first mail of a migration, which asks to destroy the old authorization. Do not "
            "restart the old "
            "server before the reply has come."
        ),
        clause=Clause.MIGRATE_ADDRESS,
    )
    if not address:
        yield error(
            _("The mail does not name the address of the server to be migrated as https://address:port."),
            fix,
            Clause.MIGRATE_ADDRESS,
        )
    elif not address.lower().startswith("https://"):
        yield error(
            _("The server's address is https, not {address}.").format(address=address),
            re.sub(r"(?i)^http:", "https:", address),
            Clause.MIGRATE_ADDRESS,
        )
    elif not _has_port(address):
        yield error(
            _("The address {address} has no port; name it as it is entered in the project.").format(address=address),
            address.rstrip("/") + ":49155",
            Clause.MIGRATE_ADDRESS,
        )


def _has_port(address: str) -> bool:
    try:
        return urlsplit(address).port is not None
    except ValueError:
        return False


def _second(attached: Mapping[str, int] | None) -> Iterator[Finding]:
    if attached is None:
        yield info(
            _(
                "Read as the second mail of a migration; attachments cannot be seen here. {file} must be attached."
            ).format(file=FILE),
            clause=Clause.ATTACH,
        )
        return
    exact = [name for name in attached if name in SPELLINGS]
    near = [name for name in attached if name not in SPELLINGS and _NEARLY.search(name)]
    attach = _("Attach the file {file} from /app/config of the old server, unchanged.").format(file=FILE)
    if exact and not attached[exact[0]]:
        yield error(_("The attached {file} is empty.").format(file=exact[0]), attach, Clause.ATTACH)
    elif near and not exact:
        yield warning(
            _("{file} is attached; the page asks for the file {wanted} itself.").format(file=near[0], wanted=FILE),
            attach,
            Clause.ATTACH,
            Basis.READING,
        )
    elif not exact:
        yield error(
            _("Read as the second mail of a migration, and {file} is not attached.").format(file=FILE),
            attach,
            Clause.ATTACH,
        )
