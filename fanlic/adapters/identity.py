"""The server's identity in `/app/config`: `identity.key`, never mailed, and `privateConfig`, the public statement
about it.

Both are made at the first start. From then on they are only checked, and nothing is ever overwritten: a damaged file,
half a pair, or a folder of another license stops the start. The page also spells the file `privataConfig` (A9); both
names are found.

The key gets its name last, after privateConfig and the first state are on the disk. A first start that is cut short
leaves `identity.key.new`, and the next start goes on with it. So a folder with `identity.key` has had a state.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fanlic.adapters.files import check_private, plain, private, read_plain
from fanlic.adapters.signing import DocumentRefused, SigningKey, read, unverified
from fanlic.adapters.store import FILE as STATE_FILE
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


@contextmanager
def open_identity(folder: Path, license_id: str, clock: Clock, entropy: Entropy) -> Iterator[tuple[SigningKey, bool]]:
    """The identity of the server in this folder, and whether this is its first start; raises FolderRefused, OSError.

    A first start counts once the block has ended without an error: save the first state inside it.
    """
    key_file = folder / KEY
    pending = _new(key_file)
    if key_file.exists():
        yield _existing(folder, license_id), False
        return
    if not pending.exists() and (find_private_config(folder) or (folder / STATE_FILE).exists()):
        raise _half(folder, KEY)
    key = _pending_key(pending)
    if key is None:
        key = SigningKey.new(entropy)
        _write_new(key_file, key.secret().hex(), private)
    claims = {"identity": key.identity, "license": license_id, "first_start": clock.now().isoformat()}
    _write_new(folder / PRIVATE_CONFIG_FILE, key.document(PRIVATE_CONFIG, claims), plain)
    _put_in_place(folder / PRIVATE_CONFIG_FILE)
    yield key, True
    _put_in_place(key_file)


def kept_identity(folder: Path) -> tuple[SigningKey, str]:
    """The identity of a server that was here before, and its license; raises FolderRefused, OSError."""
    statement = find_private_config(folder)
    if statement is None:
        raise _half(folder, PRIVATE_CONFIG_FILE)
    key, kept = _read_key(folder / KEY), read_private_config(statement.read_bytes())
    _check_same(folder, statement.name, key.identity, kept)
    return key, kept.license


def _existing(folder: Path, license_id: str) -> SigningKey:
    key, kept = kept_identity(folder)
    if kept != license_id:
        raise FolderRefused(
            _(
                "{folder} belongs to the license {kept}; this image carries the license {license}. Map an empty folder "
                "for the new license, or run the image that the folder was made with."
            ).format(folder=folder, kept=kept, license=license_id)
        )
    return key


def _half(folder: Path, missing: str) -> FolderRefused:
    return FolderRefused(
        _(
            "A server has used {folder}, and {missing} is missing there. Put the missing file back "
            "from a copy of the folder. If there is no copy, start on an empty folder; if the phone "
            "then refuses, the business desk has to destroy the authorization of the old server "
            "first."
        ).format(folder=folder, missing=missing)
    )


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
        check_private(key_file)
        return SigningKey(bytes.fromhex(read_plain(key_file).decode("ascii")))
    except OSError as problem:
        text = _("{file}: {problem}.")
        raise FolderRefused(text.format(file=key_file, problem=problem.strerror)) from problem
    except (ValueError, UnicodeError) as problem:
        raise FolderRefused(
            _(
                "{file} is damaged. Put back a copy of it; without one the business desk has to destroy the "
                "authorization and issue a new one."
            ).format(file=key_file)
        ) from problem


def _pending_key(pending: Path) -> SigningKey | None:
    # Cut off while it was written, it is no key, and nothing was made with it yet. A link, or a file that others can
    # read, was not made by a server.
    try:
        check_private(pending)
        return SigningKey(bytes.fromhex(read_plain(pending).decode("ascii")))
    except (OSError, ValueError):
        return None


def _new(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


def _write_new(path: Path, text: str, opener: Callable[[str, int], int]) -> None:
    _new(path).unlink(missing_ok=True)  # whoever made it could have left it open to others
    with open(_new(path), "x", encoding="ascii", opener=opener) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _put_in_place(path: Path) -> None:
    _new(path).replace(path)
    if hasattr(os, "O_DIRECTORY"):  # a new name is on the disk once its directory is
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
