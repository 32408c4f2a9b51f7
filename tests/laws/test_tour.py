"""`python -m fanlic.tour` tells the rulebook's story with the standard library alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Isolated from the environment, the user's folder and site-packages: only the standard library and fanlic are left.
ALONE = f"""
import runpy, sys
sys.path.insert(0, {str(ROOT)!r})
runpy.run_module("fanlic.tour", run_name="__main__", alter_sys=True)
"""


def tell() -> bytes:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", ALONE],
        env=os.environ | {"FANLIC_LANG": "en"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


@pytest.fixture(scope="module")
def story() -> str:
    return tell().decode("ascii")


def test_tour_runs_on_the_standard_library_alone_and_prints_plain_ascii(story: str) -> None:
    assert story.isascii()
    assert story.startswith("fanlic is training software")


def test_tour_is_the_same_twice(story: str) -> None:
    assert tell().decode("ascii") == story


@pytest.mark.parametrize(
    "told",
    [
        'The title "Registration" does not name the company Example Ltd.',
        "mistakes: 0, seats granted: 1",
        "do not map: mapped, the QR code page is unreachable",
        "Tries left before the lock: 0.",
        "Code entry is locked until 2026-03-02 11:16:00 UTC",
        "activation: activated",
        "bi-2 registers\n    refused 30007: All 1 authorizations of the license are taken.",
        "polls missed in a row: 11\n    registration of bi-1: shown as failed",
        "bi-1 polls\n    registration of bi-1: registered",
        "polls missed in a row: 12\n    registration of bi-1: lapsed",
        "starts again, after 25 h\n    activation: lapsed\n    clause down-time-24-hours, from FanRuan's page",
        "refused 30002: The server's authorization was in force and lapsed",
        "refused: The old server must not be restarted before the reply has come.",
        "new server registered",
    ],
)
def test_tour_tells_each_turn_of_the_story(story: str, told: str) -> None:
    assert told in story.replace(os.linesep, "\n")
