"""`fanlic.pyz`: the troubleshooting commands in one file for a USB stick, run by a bare Python 3.11 or newer."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
PARTS = ("model", "docker", "texts", "troubleshoot")
FILES = ("__init__.py", "here.py", "mailform.py", "version.py")
# Read by any Python, however old, before anything else is.
_MAIN = """\
import sys

if sys.version_info < (3, 11):
    sys.exit("fanlic.pyz needs Python 3.11 or newer; this is Python %d.%d." % sys.version_info[:2])
from fanlic.troubleshoot.__main__ import main

sys.exit(main())
"""
_WHEN = (1980, 1, 1, 0, 0, 0)  # the same sources give the same file


def write(path: Path) -> None:
    """Write the file, whole or not at all; raises OSError."""
    part = path.with_name(path.name + ".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    with part.open("wb") as stream:
        stream.write(b"#!/usr/bin/env python3\n")
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in _members():
                archive.writestr(zipfile.ZipInfo(name, _WHEN), data, zipfile.ZIP_DEFLATED)
    part.chmod(0o755)
    part.replace(path)


def _members() -> Iterator[tuple[str, bytes]]:
    yield "__main__.py", _MAIN.encode()
    for name in FILES:
        yield f"fanlic/{name}", (PACKAGE / name).read_bytes()
    for part in PARTS:
        for path in sorted((PACKAGE / part).rglob("*")):
            if path.suffix in (".py", ".mo", ".sh", ".ps1"):
                yield f"fanlic/{path.relative_to(PACKAGE).as_posix()}", path.read_bytes()


if __name__ == "__main__":
    write(Path(sys.argv[1]))
