"""Every notebook is run once for all tests, two at a time; each test looks at what the learner would see."""

import asyncio

import pytest

from tests.notebooks.kernels import NAMES, Played, play_all, read


@pytest.fixture(scope="session")
def played() -> dict[str, Played]:
    """Every notebook, run as a learner has it and then as an instructor has it."""
    pytest.importorskip("nbclient", reason="Jupyter is missing: start.py test installs it")
    pytest.importorskip("ipykernel", reason="Jupyter's kernel is missing: start.py test installs it")
    return asyncio.run(play_all({name: read(name) for name in NAMES}))
