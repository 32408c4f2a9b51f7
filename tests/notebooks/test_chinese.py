"""The notebooks in Chinese: nobody meets English prose in them, and a translation that has fallen behind is named."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from notebooks import chinese, editions
from tests.notebooks.kernels import FOLDER, NAMES, STATE, TOGETHER, VIEW, run

# What stays English in Chinese: commands and what Docker and curl print, words of FineBI's own interface, names.
ALLOWED = re.compile(
    r"docker \w+|compose down|Less than a second ago|\w+ (hours?|seconds?|minutes?) ago\b.*|Loaded image: \w+"
    r"|QR code no longer valid"  # the server's log speaks English
    r"|exec format error|Connection refused|My Files|Sales Cockpit|Content-Type: application|Register Now"
    r"|(Public|Private) Cloud|Local (Container|Machine Information)|AUTH Method|Power ?Shell, cmd|DO NOT SEND"
    r"|[A-Za-z]{4}( [A-Za-z0-9_-]{4}){1,3}"  # fingerprints
)
# Between two words of a sentence there is one space; code, names of files and addresses have other signs in them.
SENTENCE = re.compile(r"(?<![\w/.:@`'-])[A-Za-z][a-z]+(?:[,;:]? [a-z][a-z']+){2,}(?![\w/@`])")
WORD = re.compile(r"[A-Za-z][a-z ]{2,}[a-z]")
# A label that is nothing but English: commands, and places in the container.
LABELS = re.compile(
    r"docker.*|/app/\w+|--\w+|\d+\. (\w+|(GET|POST|PUT|DELETE) \S+)|amd64|arm64|no|always|on-failure|unless-stopped"
    r"|FineReport [\d.]+|curl|admin|sales|stock|https?://\S+|[\w.]+@[\w.]+"
)


@pytest.fixture(scope="session")
def played_in_chinese() -> dict[str, Any]:
    """Every notebook in Chinese, run once, two at a time."""
    nbformat = pytest.importorskip("nbformat", reason="Jupyter is missing: start.py test installs it")
    pytest.importorskip("nbclient", reason="Jupyter is missing: start.py test installs it")

    async def all_of_them() -> list[Any]:
        limit = asyncio.Semaphore(TOGETHER)

        async def one(name: str) -> Any:
            english = json.loads((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))
            async with limit:
                return await run(nbformat.from_dict(chinese.chinese(english, name)), "zh")

        return await asyncio.gather(*map(one, NAMES))

    return dict(zip(NAMES, asyncio.run(all_of_them()), strict=True))


def plain(html: str) -> str:
    """What a reader sees of HTML, without code."""
    bare = re.sub(r"<(style|script|pre|code)\b.*?</\1>", " | ", html, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", " | ", bare))


def prose(notebook: Any) -> Iterator[tuple[str, str]]:
    """Every text of a notebook that is no code, by cell or form."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield cell.id, re.sub(r"`[^`]*`|\]\([^)]*\)|\*[^*\n]+\*", " | ", cell.source)
            continue
        for output in cell.outputs:
            if output.output_type == "stream":
                yield cell.id, re.sub(r"^ *[$>] .*$", "", output.text, flags=re.MULTILINE)
            elif output.output_type == "error":
                yield cell.id, f"{output.ename}: {output.evalue}"
            elif VIEW not in output.data:
                yield cell.id, plain("".join(output.data.get("text/html") or output.data.get("text/plain", "")))


def labels(notebook: Any) -> Iterator[tuple[str, str]]:
    """Every label, option and text of the forms."""
    for model in notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {}).values():
        state = model["state"]
        place = state.get("_model_name", "")
        yield from ((place, str(state[name])) for name in ("description", "placeholder") if state.get(name))
        yield from ((place, str(option)) for option in state.get("_options_labels") or ())
        if state.get("_view_name") == "HTMLView":
            yield place, plain(str(state.get("value", "")))


@pytest.mark.parametrize("name", NAMES)
def test_no_reader_meets_english_prose_in_chinese(played_in_chinese: dict[str, Any], name: str) -> None:
    notebook = played_in_chinese[name]
    met = [(place, ALLOWED.sub("|", text)) for place, text in (*prose(notebook), *labels(notebook))]
    assert [] == [(place, found) for place, text in met for found in SENTENCE.findall(text)]
    only = [(place, text) for place, text in labels(notebook) if WORD.search(text) and text.isascii()]
    allowed = (LABELS, ALLOWED)
    assert [] == [each for each in only if "|" not in each[1] and not any(ok.fullmatch(each[1]) for ok in allowed)]


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_runs_in_chinese_as_in_english(played_in_chinese: dict[str, Any], name: str) -> None:
    errors = [
        (cell.id, output.evalue)
        for cell in played_in_chinese[name].cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "error"
    ]
    assert [] == errors
    escaped = re.findall(r"\\\\u[0-9a-f]{4}", json.dumps(played_in_chinese[name], ensure_ascii=False))
    assert [] == escaped, "Chinese characters are shown as themselves"


def test_the_code_is_written_once() -> None:
    """The Chinese differs from the English in texts and comments, not in what is called."""
    for name in NAMES:
        english = json.loads((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))
        translated = chinese.chinese(english, name)
        assert [cell["id"] for cell in english["cells"]] == [cell["id"] for cell in translated["cells"]]
        for before, after in zip(english["cells"], translated["cells"], strict=True):
            if before["cell_type"] == "code":
                called = [re.findall(r"\b(?!_\()\w+(?=\()", "".join(cell["source"])) for cell in (before, after)]
                assert called[0] == [each for each in called[1] if each not in ("_", "map") or each in called[0]], name


def small(folder: Path, markdown: str, code: str) -> Path:
    """A notebook of two cells, with a folder for its Chinese."""
    cells = [
        {"cell_type": "markdown", "id": "told", "metadata": {"fanlic": {"teach": "Wait here."}}, "source": markdown},
        {"cell_type": "code", "id": "done", "metadata": {}, "outputs": [], "source": code},
    ]
    (folder / "zh").mkdir(exist_ok=True)
    path = folder / "tea.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}}), encoding="utf-8")
    return path


def test_a_cell_without_chinese_or_changed_since_is_named(tmp_path: Path) -> None:
    path = small(tmp_path, "# Make tea", 'print("the water is hot")  # do not touch it')
    assert len(list(chinese.problems(path))) == 4
    translated = tmp_path / "zh" / "tea.md"
    translated.write_text(
        "<!-- cell told -->\n# 泡茶\n\n<!-- teach told -->\n在这里等。\n\n"
        "<!-- code done -->\nthe water is hot\n= 水开了\n# do not touch it\n= # 不要碰\n",
        encoding="utf-8",
    )
    assert [each.rpartition(" ")[2] for each in chinese.problems(path)] == ["translated", "translated"]
    chinese.clear("tea", tmp_path)
    assert [] == list(chinese.problems(path))
    made = chinese.chinese(json.loads(path.read_text(encoding="utf-8")), "tea", tmp_path)
    assert ["# 泡茶", 'print("水开了")  # 不要碰'] == [cell["source"] for cell in made["cells"]]
    assert made["cells"][0]["metadata"]["fanlic"]["teach"] == "在这里等。"
    small(tmp_path, "# Make green tea", 'print("the water is warm")')
    named = list(chinese.problems(path))
    assert "tea.ipynb: cell told has changed since it was translated" in named
    assert "tea.ipynb: code done: 'the water is warm' has no Chinese" in named
    assert not any("teach" in each for each in named)


def test_a_copy_that_somebody_worked_in_is_kept(tmp_path: Path) -> None:
    assert len(chinese.write(tmp_path)) == len(NAMES)
    mine = tmp_path / "00_story.ipynb"
    mine.write_text("my own notes", encoding="utf-8")
    assert mine not in chinese.write(tmp_path)
    assert mine.read_text(encoding="utf-8") == "my own notes"


def test_the_instructor_s_edition_follows_the_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANLIC_LANG", "zh")
    editions.write_instructor(tmp_path)
    text = (tmp_path / "03_activation.ipynb").read_text(encoding="utf-8")
    assert "给讲师" in text
    assert "For the instructor" not in text
