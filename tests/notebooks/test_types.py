"""The code of the notebooks under mypy, one module for each: a name that is gone shows before a notebook runs."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.notebooks.kernels import NAMES, ROOT
from tests.notebooks.test_source import cells

# A learner's function has no annotations, and a cell reads `reply.message` without asking first whether there is a
# reply: the cell before has brought it about. What stands in such a function is checked all the same.
SETTINGS = """[tool.mypy]
strict = true
disallow_untyped_defs = false
disallow_untyped_calls = false
strict_optional = false
ignore_missing_imports = true
"""


def module(name: str) -> str:
    """The code cells of a notebook in order. A `%` line is for IPython; a cell's last expression is what it shows."""
    lines = [line for cell in cells(name, "code") for line in cell["text"].splitlines()]
    return "\n".join(["from IPython.display import display", *("" if line.startswith("%") else line for line in lines)])


def test_the_code_of_every_notebook_passes_mypy(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    files = [tmp_path / f"notebook_{name}.py" for name in NAMES]
    for name, file in zip(NAMES, files, strict=True):
        file.write_text(module(name), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", f"--cache-dir={ROOT / '.mypy_cache' / 'notebooks'}", *map(str, files)]
    environment = os.environ | {"MYPYPATH": str(ROOT)}
    options: Any = {"cwd": tmp_path, "env": environment, "capture_output": True, "text": True, "timeout": 300}
    checked = subprocess.run(command, check=False, **options)
    assert checked.returncode == 0, checked.stdout + checked.stderr
