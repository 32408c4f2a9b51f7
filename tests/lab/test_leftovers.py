"""What a killed lab leaves in memory is taken away by the next lab; what is in use stays."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fanlic.lab import leftovers

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: there is no shared memory with files")


def dead() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait(20)
    return process.pid


def test_a_folder_whose_process_is_gone_is_removed_and_no_other(tmp_path: Path) -> None:
    owners = {"fanlic-dead": str(dead()), "fanlic-mine": str(os.getpid()), "fanlic-odd": "x", "other": str(dead())}
    for name, number in owners.items():
        (tmp_path / name / "deep").mkdir(parents=True)
        (tmp_path / name / leftovers.OWNER).write_text(number)
    (tmp_path / "fanlic-none").mkdir()
    (tmp_path / "fanlic-link").symlink_to(tmp_path / "other")
    assert [tmp_path / "fanlic-dead"] == leftovers.sweep(tmp_path, "fanlic-")
    left = {path.name for path in tmp_path.iterdir()}
    assert {"fanlic-mine", "fanlic-odd", "fanlic-none", "fanlic-link", "other"} == left


def test_a_lab_in_memory_has_an_owner_and_sweeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fanlic.lab import world

    (tmp_path / "fanlic-old").mkdir()
    (tmp_path / "fanlic-old" / leftovers.OWNER).write_text(str(dead()))
    monkeypatch.setattr(world, "_in_memory", lambda: str(tmp_path))
    with world.Lab(engine="inline") as lab:
        assert str(os.getpid()) == (lab.folder / leftovers.OWNER).read_text()
        assert [lab.folder] == list(tmp_path.iterdir())
    assert [] == list(tmp_path.iterdir())
