"""Runs the cells of a lesson for a page, and lets its forms answer. Both sides speak JSON."""

from __future__ import annotations

import ast
import io
import json
import os
import re
import traceback
from contextlib import redirect_stderr, redirect_stdout
from html import escape
from typing import Any

from . import widgets
from .shell import KEPT, SHELL, bundle, display

SPACE: dict[str, Any] = {"__name__": "__main__", "display": display}
_MAGIC = re.compile(r"^(\s*)%(\w+)\s*(.*)$")


def run(given: str, _bytes: object) -> str:
    """Run one cell: what it shows, what changed in the forms, and whether it failed."""
    asked = json.loads(given)
    os.environ["FANLIC_LANG"] = asked.get("language", "en")
    KEPT.clear()
    said, failed = io.StringIO(), ""
    with redirect_stdout(said), redirect_stderr(said):
        try:
            _run(asked["source"])
        except BaseException as problem:  # noqa: BLE001 - a lesson may show any error, and the page shows it
            failed = "".join(traceback.format_exception_only(problem)).strip()
    shown = [_html(each) for each in KEPT]
    return json.dumps({"text": said.getvalue(), "shown": shown, "failed": failed, "changed": _changed()})


def event(given: str, _bytes: object) -> str:
    """Take what was typed, press a button if one was pressed, and say what has changed."""
    asked = json.loads(given)
    os.environ["FANLIC_LANG"] = asked.get("language", "en")
    said = io.StringIO()
    with redirect_stdout(said):
        for number, value in asked["values"].items():
            widgets.ALL[int(number)].set(value)
        if asked.get("click"):
            widgets.ALL[asked["click"]].click()
    return json.dumps({"text": said.getvalue(), "changed": _changed()})


def _run(source: str) -> None:
    if source.startswith("%%docker"):
        SHELL.magics["docker"]("", source.partition("\n")[2])
        return
    lines = [_plain(line) for line in source.splitlines()]
    tree = ast.parse("\n".join(lines))
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), SPACE)  # noqa: S102 - this is what a lesson is for
    if isinstance(last, ast.Expr):
        value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), SPACE)  # noqa: S307 - as above
        if value is not None and not source.rstrip().endswith(";"):
            KEPT.append(bundle(value))


def _plain(line: str) -> str:
    found = _MAGIC.match(line)
    if found is None:
        return line
    indent, name, rest = found.groups()
    SPACE["fanlic_magic"] = _magic
    return f"{indent}fanlic_magic({name!r}, {rest!r})"


def _magic(name: str, rest: str) -> None:
    if name == "load_ext":
        return
    if name not in SHELL.magics:
        raise ValueError(f"%{name} is not there in a page; run the notebook in lab/ or on a computer.")
    SHELL.magics[name](rest)


def _html(made: dict[str, Any]) -> dict[str, Any]:
    if widgets.VIEW in made:
        return {"widget": widgets.ALL[made[widgets.VIEW]].drawn()}
    for kind in ("text/html", "image/svg+xml"):
        if kind in made:
            return {"html": made[kind]}
    return {"html": f"<pre>{escape(str(made.get('text/plain', '')))}</pre>"}


def _changed() -> list[dict[str, Any]]:
    changed = [widgets.ALL[number].drawn() for number in sorted(widgets.CHANGED)]
    widgets.CHANGED.clear()
    return changed
