"""A real engine says the same of a run line as the table in `tests/docker`, by which the other readers are judged."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.container.private_engine import PrivateEngine
from tests.container.test_lines import OLDER, base_layer
from tests.docker.agreement import HOST, ROWS, Row, Told
from tests.docker.test_agreement import check, engine_view
from tests.engine_lines import ARCHIVE, write_archives

LINES = [row for row in ROWS if row.what == "docker-run"]


@pytest.fixture(scope="module")
def loaded(running_engine: PrivateEngine, tmp_path_factory: pytest.TempPathFactory) -> PrivateEngine:
    """The engine with the archive loaded."""
    folder = tmp_path_factory.mktemp("agreement")
    write_archives(folder, base_layer())
    assert 0 == running_engine.docker("load", "-i", str(folder / ARCHIVE)).returncode
    return running_engine


@pytest.fixture
def bare(loaded: PrivateEngine) -> Iterator[PrivateEngine]:
    """The engine without containers."""
    yield loaded
    if found := loaded.docker("ps", "-aq").stdout.split():
        loaded.docker("rm", "-fv", *found)


@pytest.fixture(scope="module")
def cli_version(running_engine: PrivateEngine) -> int:
    """The major version of Docker's command line."""
    return int(running_engine.docker("version", "--format", "{{.Client.Version}}").stdout.partition(".")[0])


@pytest.mark.parametrize("row", LINES, ids=lambda row: row.name)
def test_the_engine_agrees(bare: PrivateEngine, cli_version: int, row: Row, tmp_path: Path) -> None:
    line = row.text.removeprefix("docker ")
    if cli_version < 28 and OLDER.get(line.replace(HOST, "{host}"), (1,))[0] == 0:
        return  # an older command line takes it
    done = bare.docker(*shlex.split(line.replace(HOST, str(tmp_path))))
    answer = Told(refused=True)
    if done.returncode == 0:
        answer = engine_view(json.loads(bare.docker("inspect", done.stdout.split()[-1]).stdout)[0])
    check("engine", row, answer)
