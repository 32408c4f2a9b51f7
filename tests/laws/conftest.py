"""What the laws' tests share: where things are, and how the rulebook is broken on purpose, two processes at a time."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Outcome(NamedTuple):
    """What a run of `mutation.py` told: its exit status, and everything it printed."""

    status: int
    output: str


@pytest.fixture(scope="session")
def model_tests() -> list[Path]:
    """The tests of the rules, without the property test, which takes its time."""
    return sorted(set((ROOT / "tests" / "model").glob("test_*.py")) - {ROOT / "tests" / "model" / "test_property.py"})


@pytest.fixture(scope="session")
def mutate() -> Callable[[Iterable[list[str]]], list[Outcome]]:
    """Runs `mutation.py` once with each list of arguments, in a process of its own."""
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONUTF8": "1"}

    def run(arguments: list[str]) -> Outcome:
        command = [sys.executable, str(ROOT / "tests" / "laws" / "mutation.py"), *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False
        )
        return Outcome(done.returncode, done.stdout + done.stderr)

    def run_all(runs: Iterable[list[str]]) -> list[Outcome]:
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(run, runs))

    return run_all


@pytest.fixture(scope="session")
def generate() -> ModuleType:
    spec = spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
