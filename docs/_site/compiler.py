"""Runs in Pyodide when the site is built: which modules a reader's Python loads, and these compiled ahead.

A browser's Python spends most of its start on compiling modules. What is loaded at the start is shipped compiled, in
place of its source; what is seldom loaded stays source, for that is half as large.
"""

from __future__ import annotations

import importlib.util
import io
import json
import marshal
import sys
import sysconfig
import warnings
import zipfile
from collections.abc import Iterable

STANDARD = f"/lib/python{sys.version_info.major}{sys.version_info.minor}.zip"
_UNCHECKED = (1).to_bytes(4, "little") + bytes(8)  # by hash, and the hash is not compared: there is no source beside it
_WHEN = (1980, 1, 1, 0, 0, 0)


def used() -> dict[str, list[str]]:
    """The files of all modules that are loaded, below the standard library and below site-packages."""
    found: dict[str, list[str]] = {}
    for place in (STANDARD, f"/{sysconfig.get_path('purelib').lstrip('/')}"):
        files = (str(getattr(module, "__file__", None) or "") for module in list(sys.modules.values()))
        found[place] = sorted({file.removeprefix(f"{place}/") for file in files if file.startswith(f"{place}/")})
    return found


def compiled(data: bytes, place: str, names: Iterable[str]) -> bytes:
    """The zip with these modules compiled; `place` is where Python will find them."""
    warnings.simplefilter("ignore", SyntaxWarning)
    wanted, buffer = set(names), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(buffer, "w") as after:
        for name in before.namelist():
            held, kept = before.read(name), name
            if name in wanted and name.endswith(".py"):
                code = compile(held, f"{place}/{name}", "exec", dont_inherit=True, optimize=0)
                held, kept = importlib.util.MAGIC_NUMBER + _UNCHECKED + marshal.dumps(code), f"{name}c"
            after.writestr(zipfile.ZipInfo(kept, _WHEN), held, zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()


def work(folder: str) -> str:
    """Compile `folder/*.zip` in place, the standard library among them; how many modules of each, as JSON."""
    from pathlib import Path

    standard, packages = used().items()
    counts: dict[str, int] = {}
    for path in sorted(Path(folder).glob("*.zip")):
        place, names = standard if path.stem == "python_stdlib" else packages
        made = compiled(path.read_bytes(), place, names)
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            counts[path.name] = sum(name.endswith(".pyc") for name in archive.namelist())
        path.write_bytes(made)
    return json.dumps(counts)
