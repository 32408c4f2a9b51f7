"""The server's identity in `/app/config`: `identity.key`, never mailed, and `privateConfig`, the public statement
about it.

Both are made at the first start. From then on they are only checked, and nothing is ever overwritten: a damaged file,
half a pair, or a folder of another license stops the start. The page also spells the file `privataConfig` (A9); both
names are found.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from fanlic.adapters.signing import DocumentRefused, SigningKey, read, unverified
from fanlic.ports import PRIVATE_CONFIG, Clock, Entropy
from fanlic.texts import _

KEY, PRIVATE_CONFIG_FILE, OTHER_SPELLING = "identity.key", "privateConfig", "privataConfig"


class FolderRefused(ValueError):
    """The folder cannot be used as this server's `/app/config`; the text says why and what to do."""


@dataclass(frozen=True)
class PrivateConfig:
    """What a `privateConfig` states: whose it is, for which license, since when."""

    identity: str
    license: str
    first_start: str


def open_identity(folder: Path, license_id: str, clock: Clock, entropy: Entropy) -> SigningKey:
    """The identity of the server in this folder, made at the first start; raises FolderRefused."""
    key_file, statement = folder / KEY, find_private_config(folder)
    if not key_file.exists() and statement is None:
        return _first_start(folder, license_id, clock, entropy)
    if not key_file.exists() or statement is None:
        missing = KEY if statement else PRIVATE_CONFIG_FILE
        raise FolderRefused(
            _(
                "{folder} holds one half of an identity and lacks {missing}. Put the missing file back from a copy of "
                "the folder; a new server (after a migration) starts on an empty folder."
            ).format(folder=folder, missing=missing)
        )
    key, kept = _read_key(key_file), read_private_config(statement.read_bytes())
    _check_same(folder, statement.name, key.identity, kept)
    if kept.license != license_id:
        raise FolderRefused(
            _(
                "{folder} belongs to the license {kept}; this image carries the license {license}. Map an empty folder "
                "for the new license, or run the image that the folder was made with."
            ).format(folder=folder, kept=kept.license, license=license_id)
        )
    return key


def _first_start(folder: Path, license_id: str, clock: Clock, entropy: Entropy) -> SigningKey:
    key = SigningKey.new(entropy)
    claims = {"identity": key.identity, "license": license_id, "first_start": clock.now().isoformat()}
    _write(folder / KEY, key.secret().hex(), 0o600)
    _write(folder / PRIVATE_CONFIG_FILE, key.document(PRIVATE_CONFIG, claims), 0o644)
    return key


def _check_same(folder: Path, statement: str, identity: str, kept: PrivateConfig) -> None:
    if kept.identity != identity:
        raise FolderRefused(
            _(
                "{file} in {folder} belongs to another server than {key} beside it. Put back the file that was made "
                "together with the key."
            ).format(file=statement, folder=folder, key=KEY)
        )


def read_private_config(data: bytes) -> PrivateConfig:
    """The statement in a `privateConfig`, its own signature checked; raises FolderRefused."""
    try:
        text = data.decode("ascii").strip()
        claims = read(PRIVATE_CONFIG, text, str(unverified(PRIVATE_CONFIG, text).get("identity")))
        return PrivateConfig(claims["identity"], claims["license"], claims["first_start"])
    except (DocumentRefused, UnicodeError, KeyError, ValueError) as problem:
        raise FolderRefused(
            _("privateConfig is damaged ({problem}). Put back an unchanged copy.").format(problem=problem)
        ) from problem


def find_private_config(folder: Path) -> Path | None:
    """The statement's file under either spelling."""
    spellings = (folder / PRIVATE_CONFIG_FILE, folder / OTHER_SPELLING)
    return next((path for path in spellings if path.exists()), None)


def _read_key(key_file: Path) -> SigningKey:
    try:
        return SigningKey(bytes.fromhex(key_file.read_text("ascii")))
    except (ValueError, UnicodeError) as problem:
        raise FolderRefused(
            _(
                "{file} is damaged. Put back a copy of it; without one the business desk has to destroy the "
                "authorization and issue a new one."
            ).format(file=key_file)
        ) from problem


def _write(path: Path, text: str, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
