"""Breaks the rulebook on purpose, runs tests of it in this process, and prints which clauses noticed, as JSON.

    python tests/laws/mutation.py --line fanlic.model.outage:73 --slugs re-authenticate -- tests/model/test_outage.py
    python tests/laws/mutation.py --nudge qr_life -- tests/model/test_outage.py
    python tests/laws/mutation.py -- tests/model/test_outage.py

The first negates one line; what that means depends on the line, the first that fits:

0. `def`: the function returns None at once; `raise`: something else is raised;
1. `if`, `elif`, `while`: the test is negated;
2. `a if test else b` anywhere in the value: its test is negated;
3. a comprehension with a condition: the condition is negated;
4. a comparison, `and`, `or`, `not`: the value is negated;
5. `min(...)` becomes `max(...)` and the other way round;
6. every `+` between values becomes `-`;
7. any other value becomes None: the line is then only known to be reached.

The second moves one number of the default policy by one step: a second, or one, or a digit more. The third changes
nothing. Exit status: 0 a test failed, 1 none did, 2 the line cannot be broken or the tests do not run.
"""

from __future__ import annotations

import argparse
import ast
import json
import sys
from collections.abc import Sequence
from datetime import timedelta
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


class NotBreakable(Exception):
    """No statement with a condition or a value ends on the line."""


def broken(source: str, line: int) -> ast.Module:
    """The module with the statement on this line broken by the first rule that fits."""
    tree = ast.parse(source)
    on_line = [
        node for node in ast.walk(tree) if isinstance(node, ast.stmt) and _head(node)[0] <= line <= _head(node)[1]
    ]
    if not on_line:
        raise NotBreakable(f"no statement on line {line}")
    _break(min(on_line, key=lambda node: _head(node)[1] - _head(node)[0]))
    return ast.fix_missing_locations(tree)


def _head(statement: ast.stmt) -> tuple[int, int]:
    # Of a compound statement only the lines before its body count.
    body = getattr(statement, "body", None)
    last = body[0].lineno - 1 if body else (statement.end_lineno or statement.lineno)
    return statement.lineno, max(statement.lineno, last)


def _break(statement: ast.stmt) -> None:
    if isinstance(statement, ast.If | ast.While):
        statement.test = _negated(statement.test)
        return
    if isinstance(statement, ast.FunctionDef):
        statement.body = [ast.Return(ast.Constant(None))]
        return
    if isinstance(statement, ast.Raise):
        statement.exc = ast.Name("RuntimeError", ast.Load())
        return
    value = getattr(statement, "value", None)
    if not isinstance(value, ast.expr):
        raise NotBreakable(f"line {statement.lineno} holds neither a condition nor a value")
    inside = list(ast.walk(value))
    choices = [node for node in inside if isinstance(node, ast.IfExp)]
    filters = [node for node in inside if isinstance(node, ast.comprehension) and node.ifs]
    extremes = [node for node in inside if isinstance(node, ast.Name) and node.id in ("min", "max")]
    sums = [node for node in inside if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)]
    if choices:
        choices[0].test = _negated(choices[0].test)
    elif filters:
        filters[0].ifs = [_negated(ast.BoolOp(ast.And(), filters[0].ifs) if filters[0].ifs[1:] else filters[0].ifs[0])]
    elif isinstance(value, ast.Compare | ast.BoolOp) or isinstance(getattr(value, "op", None), ast.Not):
        statement.value = _negated(value)  # type: ignore[attr-defined]
    elif extremes:
        for name in extremes:
            name.id = "max" if name.id == "min" else "min"
    elif sums:
        for node in sums:
            node.op = ast.Sub()
    else:
        statement.value = ast.Constant(None)  # type: ignore[attr-defined]


def _negated(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)


class Breaking(MetaPathFinder):
    """Loads one module broken; every other import is left alone. No byte code is read or written."""

    def __init__(self, module: str, line: int) -> None:
        self.module, self.line = module, line

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname == self.module else None
        if spec is not None and spec.origin is not None:
            spec.loader = BrokenLoader(fullname, spec.origin, self.line)
        return spec


class BrokenLoader(SourceFileLoader):
    """Compiles the broken source, never the byte code of the whole one."""

    def __init__(self, fullname: str, path: str, line: int) -> None:
        super().__init__(fullname, path)
        self.line = line

    def get_code(self, fullname: str) -> CodeType:
        return compile(broken(Path(self.path).read_text("utf-8"), self.line), self.path, "exec")


def nudge(field: str) -> None:
    """Move one number of the default policy by one step, before any test sees it."""
    from fanlic.model.policy import FINEBI_6_0_5

    value: Any = getattr(FINEBI_6_0_5, field)
    step: Any = timedelta(seconds=1) if isinstance(value, timedelta) else ".1" if isinstance(value, str) else 1
    object.__setattr__(FINEBI_6_0_5, field, value + step)


class Noticed:
    """A pytest plugin: runs the tests marked with the slugs (all, if there are none) and notes which slugs failed."""

    def __init__(self, slugs: frozenset[str]) -> None:
        self.slugs = slugs
        self.ran = 0
        self.failed: set[str] = set()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self.slugs:
            items[:] = [item for item in items if self.slugs & slugs_of(item)]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        report = yield
        self.ran += report.when == "call" or report.failed  # a fixture that fails has noticed too
        if report.failed:
            self.failed |= slugs_of(item) & self.slugs if self.slugs else {item.nodeid}
            if not self.slugs or self.failed == self.slugs:
                item.session.shouldstop = "enough was noticed"
        return report


def slugs_of(item: pytest.Item) -> frozenset[str]:
    """The clauses a test is marked with."""
    return frozenset(slug for marker in item.iter_markers("clause") for slug in marker.args)


def main() -> int:
    """Break, run, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--line", default="")
    parser.add_argument("--nudge", default="")
    parser.add_argument("--slugs", default="")
    parser.add_argument("tests", nargs="+")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    if options.line:
        module, _, number = options.line.partition(":")
        sys.meta_path.insert(0, Breaking(module, int(number)))
    if options.nudge:
        nudge(options.nudge)
    noticed = Noticed(frozenset(filter(None, options.slugs.split(","))))
    quiet = ["-q", "--no-header", "--tb=no", "-p", "no:cacheprovider"]
    status = pytest.main([*quiet, *options.tests], plugins=[noticed])
    print(json.dumps({"ran": noticed.ran, "failed": sorted(noticed.failed)}))
    if status in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED) and noticed.ran:
        return 0 if noticed.failed else 1
    return 2


if __name__ == "__main__":
    sys.exit(main())
