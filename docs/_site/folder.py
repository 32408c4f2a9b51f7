"""The project's folder as an archive, so that a reader of the site can get what the site was made from."""

from __future__ import annotations

import zipfile
from pathlib import Path

# What the folder consists of; whatever lies beside it on the machine that builds is nobody's business.
PARTS = (
    "start.py", "pyproject.toml", "mkdocs.yml", "Makefile", "README.md", "CHANGELOG.md", "CONTRIBUTING.md",
    "SECURITY.md", "LICENSE", "requirements", "fanlic", "notebooks", "docs", "tests", "benchmarks", "docker",
)  # fmt: skip
UNWANTED = {"__pycache__", ".ipynb_checkpoints", ".mypy_cache", ".ruff_cache", ".pytest_cache"}


def archive(root: Path, target: Path) -> None:
    """Write the folder as `fanlic/` into a zip file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for part in PARTS:
            top = root / part
            for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
                if path.is_file() and not UNWANTED & set(path.parts):
                    made.write(path, Path("fanlic", path.relative_to(root)).as_posix())
