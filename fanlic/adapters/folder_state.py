"""What is in an authorization server's folder: read and verified, beside a running server too."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fanlic.adapters.identity import FolderRefused, kept_identity
from fanlic.adapters.start import state_remedy
from fanlic.adapters.store import FILE, StateMissing, StoreDamaged, read_journal, state_key, verify_state
from fanlic.ports import JournalLine, StoreUnavailable
from fanlic.texts import _


class StateRefused(ValueError):
    """The folder's state cannot be used; the text says why and what to do."""


def verify(config: Path) -> int:
    """Check the whole journal, the state and every seat; how many lines there are. Raises StateRefused."""
    with _refused(config):
        key, license_id = kept_identity(config)
        return verify_state(config / FILE, state_key(key, license_id))


def show(config: Path) -> tuple[JournalLine, ...]:
    """Every line of the journal; raises StateRefused."""
    with _refused(config):
        if not (config / FILE).exists():
            raise StateMissing(f"{FILE} is missing")
        return read_journal(config / FILE)


@contextmanager
def _refused(config: Path) -> Iterator[None]:
    try:
        yield
    except FolderRefused as problem:
        raise StateRefused(str(problem)) from problem
    except StoreDamaged as problem:
        raise StateRefused(state_remedy(config, problem)) from problem
    except (StoreUnavailable, sqlite3.Error, ValueError, OSError) as problem:
        text = _("{folder} cannot be read ({problem}). Run this where /app/config is, as somebody who may read it.")
        raise StateRefused(text.format(folder=config, problem=problem)) from problem
