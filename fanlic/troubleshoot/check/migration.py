"""The two mails of a migration: the first names the old server's address, the second has privateConfig attached."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from fanlic.mailform import PRIVATE_CONFIG_SPELLINGS, has_port
from fanlic.model.authfile import COMPANY, MIGRATE, Mail
from fanlic.model.clauses import Clause
from fanlic.texts import _
from fanlic.troubleshoot.findings import Finding, error, info, warning

FILE = "privateConfig"
_WORDS = re.compile(r"\bmigrat|\bdestroy|privat[ea]Config|\u8fc1\u79fb|\u9500\u6bc1", re.IGNORECASE)
_NEARLY = re.compile(r"privat[ea]config", re.IGNORECASE)
_DESTROY = re.compile(r"\bdestroy|\bdestruction|\u9500\u6bc1", re.IGNORECASE)
_BARE = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b")


def migration_findings(
    mail: Mail, text: str, migrate: tuple[str, ...] | None, attached: Mapping[str, int] | None
) -> Iterator[Finding]:
    """What a migration's mail needs beside the form.

    `migrate`: the addresses from which the desk would migrate, None if it reads no such mail. `attached`: names and
    sizes of files, None if they cannot be seen.
    """
    about_migration = _WORDS.search(f"{mail.title}\n{text}") is not None
    file_attached = any(_NEARLY.search(name) for name in attached or ())
    requested = bool(mail.lines.keys() - {COMPANY, MIGRATE})
    destruction = _DESTROY.search(f"{mail.title}\n{text}") is not None
    if migrate is None and (file_attached or (about_migration and requested and not destruction)):
        yield from _second(attached)
    elif migrate is not None or about_migration:
        yield from _first(migrate or (), text)


def _first(addresses: tuple[str, ...], text: str) -> Iterator[Finding]:
    """The page asks for the registration information and the address, in any wording (reading A27)."""
    yield info(
        _(
            "Read as the first mail of a migration, which asks to destroy the old authorization. Do not "
            "restart the old "
            "server before the reply has come."
        ),
        clause=Clause.MIGRATE_ADDRESS,
        on="a27",
    )
    if any(address.startswith("https://") and has_port(address) for address in addresses):
        return
    if not addresses:
        bare = _BARE.search(text)
        yield error(
            _("The mail does not name the address of the server to be migrated as https://address:port."),
            "https://" + (bare[0] if bare else "172.16.63.131:49155"),
            Clause.MIGRATE_ADDRESS,
            "a27",
        )
    elif not addresses[0].lower().startswith("https://"):
        yield error(
            _("The server's address is https, not {address}.").format(address=addresses[0]),
            re.sub(r"(?i)^http:", "https:", addresses[0]),
            Clause.MIGRATE_ADDRESS,
            "a27",
        )
    else:
        yield error(
            _("The address {address} has no port; name it as it is entered in the project.").format(
                address=addresses[0]
            ),
            addresses[0].rstrip("/") + ":49155",
            Clause.MIGRATE_ADDRESS,
            "a27",
        )


def _second(attached: Mapping[str, int] | None) -> Iterator[Finding]:
    if attached is None:
        yield info(
            _(
                "Read as the second mail of a migration; attachments cannot be seen here. {file} must be attached."
            ).format(file=FILE),
            clause=Clause.ATTACH,
            on=("a27", Clause.ATTACH),
        )
        return
    exact = [name for name in attached if name in PRIVATE_CONFIG_SPELLINGS]
    near = [name for name in attached if name not in PRIVATE_CONFIG_SPELLINGS and _NEARLY.search(name)]
    attach = _("Attach the file {file} from /app/config of the old server, unchanged.").format(file=FILE)
    if exact and not attached[exact[0]]:
        yield error(
            _("The attached {file} is empty.").format(file=exact[0]), attach, Clause.ATTACH, "whose-private-config"
        )
    elif near and not exact:
        yield warning(
            _("{file} is attached; FanRuan's page asks for the file {wanted} itself.").format(
                file=near[0], wanted=FILE
            ),
            attach,
            Clause.ATTACH,
            "whose-private-config",
        )
    elif not exact:
        yield error(
            _("Read as the second mail of a migration, and {file} is not attached.").format(file=FILE),
            attach,
            Clause.ATTACH,
            ("a27", Clause.ATTACH),
        )
