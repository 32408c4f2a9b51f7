"""The identity in `/app/config`: made whole or not at all, whatever cuts the first start short."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fanlic.adapters import identity
from fanlic.adapters.clocks import LabClock
from fanlic.adapters.entropy import SeededEntropy
from fanlic.adapters.identity import FolderRefused, open_identity, read_private_config
from fanlic.adapters.signing import SigningKey

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
LICENSE = "lic-0123456789abcdef"


class Cut(Exception):
    """The process ends here."""


def start(folder: Path, license_id: str = LICENSE, *, cut: bool = False) -> tuple[str, bool]:
    """A start: which identity it has, and whether it was the first; `cut`: it ends before it has saved a state."""
    clock = LabClock(folder.parent / "clock")
    clock.set(NINE)
    with open_identity(folder, license_id, clock, SeededEntropy(len(listed(folder)))) as (key, first):
        if cut:
            raise Cut
    return key.identity, first


def listed(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    return tmp_path / "config"


def test_the_first_start_makes_the_pair_and_later_ones_find_it(folder: Path) -> None:
    made, first = start(folder)
    assert first
    assert ["identity.key", "privateConfig"] == listed(folder)
    assert made == read_private_config((folder / "privateConfig").read_bytes()).identity
    assert (made, False) == start(folder)
    if os.name == "posix":
        assert 0o600 == (folder / "identity.key").stat().st_mode & 0o777


@pytest.mark.parametrize(
    "at",
    [
        ("_write_new", "identity.key"),
        ("_write_new", "privateConfig"),
        ("_put_in_place", "privateConfig"),
        ("save the state", ""),
        ("_put_in_place", "identity.key"),
    ],
    ids=" ".join,
)
def test_a_first_start_that_was_cut_short_is_finished_by_the_next_one(
    folder: Path, at: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def cutting(verb: str) -> object:
        true = getattr(identity, verb)

        def act(path: Path, *more: object) -> None:
            if (verb, path.name) == at:
                raise Cut
            true(path, *more)

        return act

    with monkeypatch.context() as patch:
        for name in ("_write_new", "_put_in_place"):
            patch.setattr(identity, name, cutting(name))
        with pytest.raises(Cut):
            start(folder, cut=at[0] == "save the state")
    assert not (folder / "identity.key").exists()
    made, first = start(folder)
    assert first
    assert ["identity.key", "privateConfig"] == listed(folder)
    assert (made, False) == start(folder)


@pytest.mark.parametrize("left", ["", "ab", "zz" * 32])
def test_a_key_that_was_cut_off_while_it_was_written_is_made_anew(folder: Path, left: str) -> None:
    (folder / "identity.key.new").write_text(left, "ascii")
    made, first = start(folder)
    assert first
    assert (made, False) == start(folder)


def test_a_start_that_was_cut_short_goes_on_with_the_same_identity(folder: Path) -> None:
    with pytest.raises(Cut):
        start(folder, cut=True)
    stated = read_private_config((folder / "privateConfig").read_bytes()).identity
    assert (stated, True) == start(folder)


@pytest.mark.threat("state-deleted")
@pytest.mark.parametrize("left", ["privateConfig", "identity.key", "server.db", "privataConfig"])
def test_a_folder_that_lacks_half_of_what_it_had_is_refused_with_a_remedy(folder: Path, left: str) -> None:
    start(folder)
    (folder / "server.db").write_bytes(b"")
    (folder / "privateConfig").rename(folder / "statement")
    (folder / "statement").rename(folder / ("privataConfig" if left == "privataConfig" else "privateConfig"))
    for name in set(listed(folder)) - {left}:
        (folder / name).unlink()
    missing = "privateConfig" if left == "identity.key" else "identity.key"
    with pytest.raises(FolderRefused, match=f"A server has used .*, and {missing} is missing there.*empty folder"):
        start(folder)
    assert [left] == listed(folder)


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="not on Windows: a link needs a right, no flag for it")
def test_a_link_in_the_folder_is_neither_read_nor_written_through(folder: Path) -> None:
    (folder / "identity.key.new").symlink_to(folder.parent / "elsewhere")
    (folder.parent / "elsewhere").write_text("00" * 32, "ascii")
    made, _first = start(folder)
    assert made != SigningKey(bytes(32)).identity
    assert "00" * 32 == (folder.parent / "elsewhere").read_text("ascii")


def test_a_key_that_others_could_read_is_not_taken_up(folder: Path) -> None:
    (folder / "identity.key.new").write_text("00" * 32, "ascii")
    (folder / "identity.key.new").chmod(0o644)
    if os.name == "posix":
        assert start(folder)[0] != SigningKey(bytes(32)).identity
        assert 0o600 == (folder / "identity.key").stat().st_mode & 0o777
