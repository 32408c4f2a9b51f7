"""Files in directories that somebody else may have filled: no link is followed, and secrets are their owner's only."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from pathlib import Path

import pytest

from fanlic.adapters import files
from fanlic.adapters.files import KeyExposed, check_private, make_folder, own_folder, plain, private, write_private

posix = pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: links, modes and pipes of POSIX")


@posix
@pytest.mark.threat("link-in-folder")
@pytest.mark.parametrize("opener", [plain, private])
@pytest.mark.parametrize("mode", ["rb", "ab", "wb", "r+b"])
def test_link_is_neither_read_nor_written_through(tmp_path: Path, opener: object, mode: str) -> None:
    (tmp_path / "theirs").write_bytes(b"theirs")
    (tmp_path / "link").symlink_to(tmp_path / "theirs")
    with pytest.raises(OSError, match="is a link, and links are not followed here"):
        open(tmp_path / "link", mode, opener=opener)  # type: ignore[call-overload]  # noqa: SIM115 - it does not open
    assert b"theirs" == (tmp_path / "theirs").read_bytes()


@posix
@pytest.mark.threat("link-in-folder")
def test_new_file_is_not_made_where_a_link_points_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "new")
    with pytest.raises(OSError, match="is a link"):
        open(tmp_path / "link", "wb", opener=private)  # noqa: SIM115
    assert not (tmp_path / "new").exists()


@posix
@pytest.mark.threat("link-in-folder")
def test_pipe_does_not_keep_anybody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="is no regular file"):
        open(tmp_path / "pipe", "rb", opener=plain)  # noqa: SIM115


@posix
def test_private_file_is_for_its_owner_only_whatever_the_umask_is(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        write_private(tmp_path / "key", b"secret")
    finally:
        os.umask(old)
    assert (0o600, b"secret") == (stat.S_IMODE((tmp_path / "key").stat().st_mode), (tmp_path / "key").read_bytes())
    with pytest.raises(FileExistsError):
        write_private(tmp_path / "key", b"other")


def test_folder_is_made_below_the_root_and_taken_as_it_is_the_second_time(tmp_path: Path) -> None:
    assert tmp_path / "root" / "D" / "lic" == make_folder(tmp_path / "root", ["D", "lic"])
    (tmp_path / "root" / "D" / "lic" / "file").touch()
    make_folder(tmp_path / "root", ["D", "lic"])
    assert (tmp_path / "root" / "D" / "lic" / "file").exists()


@pytest.mark.threat("link-on-the-way")
@pytest.mark.parametrize("by_name", [False, True])
@pytest.mark.parametrize("where", ["D", "D/lic", "D/lic/config"])
def test_link_on_the_way_is_refused_even_if_it_stays_inside(
    tmp_path: Path, where: str, by_name: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    outside.mkdir()
    (root / where).parent.mkdir(parents=True)
    (root / where).symlink_to(outside, target_is_directory=True)
    if by_name:  # as on Windows
        monkeypatch.setattr(os, "supports_dir_fd", set())
    with pytest.raises(OSError, match="is a link or no folder"):
        make_folder(root, ["D", "lic", "config"])
    assert [] == list(outside.iterdir())


@posix
@pytest.mark.threat("trap-in-temp")
@pytest.mark.parametrize("trap", ["link", "open to others", "file"])
def test_trap_in_the_place_for_temporary_files_is_refused(
    tmp_path: Path, trap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    path = tmp_path / f"fanlic-{os.getuid()}"
    (tmp_path / "theirs").mkdir()
    if trap == "link":
        path.symlink_to(tmp_path / "theirs", target_is_directory=True)
    elif trap == "file":
        path.touch(0o600)
    else:
        path.mkdir()
        path.chmod(0o777)
    with pytest.raises(OSError, match="belongs to somebody else or is open to others"):
        own_folder("fanlic")


@posix
def test_own_folder_is_for_its_owner_only_and_is_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made = own_folder("fanlic")
    assert (made, 0o700) == (own_folder("fanlic"), stat.S_IMODE(made.stat().st_mode))


@posix
@pytest.mark.threat("key-exposed")
@pytest.mark.parametrize(("mode", "exposed"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True)])
def test_key_that_others_can_read_is_refused_with_the_remedy(tmp_path: Path, mode: int, exposed: bool) -> None:
    key = tmp_path / "identity.key"
    key.write_text("secret")
    key.chmod(mode)
    if not exposed:
        check_private(key)
        return
    with pytest.raises(KeyExposed, match="chmod 600") as caught:
        check_private(key)
    assert str(key) in str(caught.value)


@posix
def test_file_system_that_keeps_no_modes_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Directories that Docker Desktop maps from Windows show 0777 for every file."""
    key = tmp_path / "identity.key"
    key.touch(0o777)
    key.chmod(0o777)
    monkeypatch.setattr(files, "_keeps_modes", lambda folder: folder != tmp_path)
    check_private(key)
