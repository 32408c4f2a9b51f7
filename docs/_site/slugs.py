"""Reads the slugs of clauses where people write them: in tags on lines, and in marks on tests.

A tag is the comment `# clause: slug` or `# clause: slug, slug` at the end of the line that enforces the clause. A mark
is `@pytest.mark.clause("slug")`. This is the only reader of both; the tests of the laws and the site use it.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from fanlic.model.clauses import SLUGS

_TAG = re.compile(r"#\s*clause:(?P<slugs>.*)")


class Tag(NamedTuple):
    """One tagged line of a file, counted from 1, and its slugs as they are written."""

    line: int
    slugs: tuple[str, ...]


def tags(path: Path) -> Iterator[Tag]:
    """Every tag of a Python file."""
    for token in tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline):
        if token.type == tokenize.COMMENT and (written := slugs_of_tag(token.string)):
            yield Tag(token.start[0], written)


def slugs_of_tag(comment: str) -> tuple[str, ...]:
    """The slugs of a comment; none if it is no tag."""
    tag = _TAG.match(comment)
    return tuple(slug.strip() for slug in tag["slugs"].split(",")) if tag else ()


def marks(code: ast.AST) -> Iterator[tuple[int, str]]:
    """Each slug that a mark in the code names, known or not, with its line; "" if the mark spells out no slug."""
    for node in ast.walk(code):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("pytest.mark.clause", "clause"):
            yield from ((node.lineno, slug) for argument in node.args for slug in _spelled(argument) or [""])


def _spelled(argument: ast.expr) -> list[str]:
    # A table of codes marks its tests with an f-string: every slug that it can spell counts.
    if isinstance(argument, ast.JoinedStr):
        parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in argument.values]
        return [slug for slug in SLUGS if re.fullmatch("".join(parts), slug)]
    return [argument.value] if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else []
