"""Law 7: one slug joins the sentence, the member of `Clause`, the line that enforces it, and the tests that prove it.

The tags are the comments `# clause: slug, slug`, each at the end of the line that enforces the sentence. Lines of the
rulebook are broken one by one (`mutation.py` says how), and a test marked with each slug of the line must notice. The
lines of `policy.py` are numbers; `test_nudge.py` moves those.
"""

import ast
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from _site import slugs

from fanlic.model.clauses import SLUGS, Clause

ROOT = Path(__file__).resolve().parents[2]
NUMBERS = ("policy", "clauses")
IN_PROCESS = ("adapters", "desk", "web", "service", "lab")  # folders of tests that a broken module reaches


class Tag(NamedTuple):
    """One tagged line; `file` is relative to the repository."""

    file: str
    line: int
    slugs: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    @property
    def module(self) -> str:
        return self.file.removesuffix(".py").replace("/", ".")


def tags_in(path: Path) -> Iterator[Tag]:
    return (Tag(path.relative_to(ROOT).as_posix(), line, names) for line, names in slugs.tags(path))


def marks_in(path: Path) -> Iterator[tuple[str, str]]:
    """Each slug that a mark names, with the place."""
    for line, slug in slugs.marks(ast.parse(path.read_text("utf-8"))):
        place = f"{path.relative_to(ROOT).as_posix()}:{line}"
        assert slug, f"{place}: write the slug out, so that it can be found"
        yield slug, place


@pytest.fixture(scope="module")
def tags() -> list[Tag]:
    return [tag for path in sorted((ROOT / "fanlic").rglob("*.py")) for tag in tags_in(path)]


@pytest.fixture(scope="module")
def marks() -> dict[str, list[str]]:
    """The places of the marks by slug."""
    places: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for slug, place in marks_in(path):
            places[slug].append(place)
    return places


def test_slugs_are_unique_and_plain() -> None:
    assert len(Clause) == len(SLUGS)
    assert [] == [slug for slug in SLUGS if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)]


def test_every_clause_has_its_paragraph_and_every_paragraph_its_clause() -> None:
    text = (ROOT / "docs" / "clauses.md").read_text("utf-8")
    headings = re.findall(r"^### (\S+)\s*$", text, flags=re.MULTILINE)
    assert sorted(SLUGS) == sorted(headings), "run: python docs/generate.py"


def test_every_tag_names_a_clause(tags: list[Tag]) -> None:
    unknown = [f"{tag}: {slug!r}" for tag in tags for slug in tag.slugs if slug not in SLUGS]
    assert not unknown, f"a tag is `# clause: slug` or `# clause: slug, slug`, and nothing after it: {unknown}"


def test_every_clause_has_a_line_or_a_reason_why_not(tags: list[Tag]) -> None:
    tagged = {slug for tag in tags for slug in tag.slugs}
    without = sorted(clause.slug for clause in Clause if not clause.no_line and clause.slug not in tagged)
    assert not without, f"tag the line that enforces the clause, or say in its `no_line` why there is none: {without}"


def test_no_clause_has_both_a_line_and_a_reason_why_not(tags: list[Tag]) -> None:
    both = [f"{tag}: {slug}" for tag in tags for slug in tag.slugs if slug in SLUGS and SLUGS[slug].no_line]
    assert not both, f"take the tag off the line, or the reason out of clauses.py: {both}"


def test_every_tagged_clause_has_a_test(tags: list[Tag], marks: dict[str, list[str]]) -> None:
    untested = [f"{tag}: {slug}" for tag in tags for slug in tag.slugs if slug not in marks]
    assert not untested, f'mark a test that proves it, @pytest.mark.clause("slug"): {untested}'


def test_every_mark_names_a_clause(marks: dict[str, list[str]]) -> None:
    assert {} == {slug: places for slug, places in marks.items() if slug not in SLUGS}


@pytest.mark.slow
def test_a_tagged_line_of_the_rulebook_matters(
    tags: list[Tag], mutate: Callable[..., list[tuple[int, str]]], model_tests: list[Path]
) -> None:
    """Each line is broken by itself; for each of its slugs a test marked with that slug must fail."""
    rules = [tag for tag in tags if tag.module.startswith("fanlic.model.") and tag.module.split(".")[-1] not in NUMBERS]
    left = survivors(rules, mutate, model_tests)
    assert not left, "\n".join(left)


@pytest.mark.slow
def test_a_tagged_line_outside_of_the_rulebook_matters_too(
    tags: list[Tag], mutate: Callable[..., list[tuple[int, str]]]
) -> None:
    """The same for what desk, adapters, web and lab enforce, with the tests that run it in their own process."""
    elsewhere = [tag for tag in tags if not tag.module.startswith("fanlic.model.")]
    assert len(elsewhere) > 15
    tests = [path for part in IN_PROCESS for path in sorted((ROOT / "tests" / part).rglob("test_*.py"))]
    left = survivors(elsewhere, mutate, tests)
    assert not left, "\n".join(left)


def survivors(tags: list[Tag], mutate: Callable[..., list[tuple[int, str]]], tests: list[Path]) -> list[str]:
    """Break each line, run the tests that are marked with a slug of it, and tell which slugs nobody noticed."""
    slugs = {path: {slug for slug, _ in marks_in(path)} for path in tests}
    runs = []
    for tag in tags:
        files = [str(path) for path in tests if slugs[path] & set(tag.slugs)]
        runs.append(["--line", f"{tag.module}:{tag.line}", "--slugs", ",".join(tag.slugs), "--", *files])
    return [survivor for tag, outcome in zip(tags, mutate(runs), strict=True) for survivor in unnoticed(tag, *outcome)]


def unnoticed(tag: Tag, status: int, output: str) -> Iterator[str]:
    if status not in (0, 1):
        yield f"{tag} cannot be broken, or its tests do not run: {output}"
        return
    failed = json.loads(output.splitlines()[-1])["failed"]
    for slug in tag.slugs:
        if slug not in failed:
            yield f"{slug}: with {tag} broken, no test marked with {slug} fails"


@pytest.mark.slow
def test_the_unbroken_rulebook_passes_in_the_same_way(
    mutate: Callable[..., list[tuple[int, str]]], model_tests: list[Path]
) -> None:
    """Otherwise the tests above would notice something else than what was broken."""
    [(status, output)] = mutate([["--", *map(str, model_tests)]])
    assert 1 == status, output


def test_every_clause_is_shown_by_a_cell_of_a_notebook() -> None:
    shown = "".join(path.read_text("utf-8") for path in sorted((ROOT / "notebooks").glob("*.ipynb")))
    held = [clause.slug for clause in Clause if f"#{clause.slug})" in shown or f"Clause.{clause.name}" in shown]
    missing = sorted(set(SLUGS) - set(held))
    assert not missing, f"show it in a cell, or name it in a recap with a link to docs/clauses.md: {missing}"
