"""Notebooks: executed once, then each becomes a page in Markdown with its outputs, its forms, and a download."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from _site import browser_lesson, forms
from _site.tongue import chinese, md
from fanlic.lab import drill as drills
from fanlic.lab import exercises
from fanlic.model.refusals import N_
from fanlic.texts import _

CELL_SECONDS = 120
AT_ONCE = 3  # on two processors, for a notebook often waits for the containers that it starts
LEVELS = {
    "check_in": N_("before you begin"),
    "00_story": N_("first steps"),
    "05_failures": N_("failures"),
    "06_outage": N_("failures"),
    "08_drills": N_("all you know"),
}
_FOLDED = N_("One right way; open it after you have tried")
_RUN = N_(
    "This page is a run of the notebook. A form shows its state when its cell ended; its buttons do not answer here."
)
_START = N_("Start the notebook on your machine")
_HERE = N_("Run it in the browser")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_LIVE_FRAME = re.compile(r"<iframe\b[^>]*\bsrc=[\"']?https?://[^>]*>.*?</iframe>", re.DOTALL)
_FRAME_NOTE = N_("In the running notebook a live page of the lab stands here.")


class NotebookFailed(Exception):
    """A cell raised an error that it does not announce; the text says which."""


class Lesson(NamedTuple):
    """What the card of a notebook says."""

    name: str
    title: str
    aim: str
    minutes: str
    level: str

    @property
    def length(self) -> str:
        """How long it takes, in the reader's language."""
        return _("{minutes} min").format(minutes=self.minutes)


def sources(root: Path) -> list[Path]:
    """The notebooks in their order: the check-in first, then by number."""
    found = sorted((root / "notebooks").glob("*.ipynb"), key=lambda path: (path.stem != "check_in", path.stem))
    return [path for path in found if not path.stem.endswith("-checkpoint")]


def read(path: Path) -> dict[str, Any]:
    """A notebook as plain data."""
    notebook: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return notebook


def lesson(path: Path) -> Lesson:
    """Title, aim and minutes, from the first cell."""
    first = _source(next(cell for cell in read(path)["cells"] if cell["cell_type"] == "markdown"))
    title = re.search(r"^# (.+)$", first, re.MULTILINE)
    aim = re.search(r"\*\*(?:Afterwards you can|学完之后你能)\*\*\s*(.+?)(?:\n\n|\Z)", first, re.DOTALL)
    minutes = re.search(r"\*\*(?:Minutes:|分钟[^*]*)\*\*\s*(\d+)", first)
    return Lesson(
        path.stem,
        title[1] if title else path.stem,
        " ".join(aim[1].split()) if aim else "",
        minutes[1] if minutes else "?",
        _(LEVELS.get(path.stem, N_("the procedure"))),
    )


# -- running


def missing_packages() -> list[str]:
    """What is needed to run a notebook and is not installed."""
    return [name for name in ("nbclient", "nbformat", "ipykernel", "ipywidgets") if find_spec(name) is None]


def program(root: Path) -> bytes:
    """A digest of Python and of fanlic as they are now: what was played with the same digest is not played again."""
    common = hashlib.sha256(sys.version.encode())
    for path in sorted((root / "fanlic").rglob("*")):
        if path.is_file() and path.suffix not in (".pyc", ".pot", ".po"):
            common.update(path.read_bytes())
    return common.digest()


class Home(NamedTuple):
    """The notebooks of one language: where they are, and where their outputs are kept."""

    setting: str  # FANLIC_LANG
    folder: Path
    cache: Path


def executed(root: Path, homes: Sequence[Home]) -> list[dict[str, dict[str, Any]]]:
    """For each home its notebooks with their outputs; one that was run from the same sources before is not run again.

    All languages run together, and the drills are solved beside them, so that no processor waits.
    """
    common = program(root)
    due: list[tuple[Home, Path, str]] = []
    for home in homes:
        home.cache.mkdir(parents=True, exist_ok=True)
        for path in sources(home.folder):
            mark = hashlib.sha256(common + path.read_bytes()).hexdigest()
            kept = home.cache / path.name
            if not kept.is_file() or read(kept)["metadata"].get("fanlic_run") != mark:
                due.append((home, path, mark))
    with ProcessPoolExecutor(1, get_context("spawn")) as beside:
        drilled = [(home.cache / path.name, home.setting) for home, path, _mark in due if path.stem == "08_drills"]
        told = [(kept, beside.submit(solved, setting)) for kept, setting in drilled]
        if due:
            asyncio.run(_run_all(root, due))
        for kept, answers in told:
            notebook = read(kept)
            notebook["metadata"]["fanlic_drills"] = answers.result()
            kept.write_text(json.dumps(notebook, indent=1, ensure_ascii=False), "utf-8", newline="\n")
    return [{path.stem: read(home.cache / path.name) for path in sources(home.folder)} for home in homes]


def solved(setting: str) -> dict[str, list[str]]:
    """Every drill in this language: its symptom, the cause, each step of its solution, what the check says then."""
    os.environ["FANLIC_LANG"] = setting
    told: dict[str, list[str]] = {}
    for number in drills.numbered():
        with drills.Drill(number) as drill:
            beats = drill.solution()
            done = drill.check()
            steps = [line for beat in beats for line in str(beat).splitlines()]
            told[str(number)] = [drill.symptom(), _(drill.task.title), _(drill.task.cause), *steps, done.message]
            if not done.passed:
                raise NotebookFailed(f"The solution of drill {number} does not mend it ({setting}): {done.message}")
    return told


async def _run_all(root: Path, due: list[tuple[Home, Path, str]]) -> None:
    gate = asyncio.Semaphore(AT_ONCE)
    with tempfile.TemporaryDirectory(prefix="fl", dir=None if os.name == "nt" else "/tmp") as scratch:  # noqa: S108
        jobs = [
            _run(root, path, mark, _desk(home, Path(scratch)), home, gate, number)
            for number, (home, path, mark) in enumerate(due)
        ]
        results = await asyncio.gather(*jobs, return_exceptions=True)  # so that what ran well is kept
    for result in results:
        if result is not None:
            raise result


def _desk(home: Home, scratch: Path) -> Path:
    """A copy of the notebooks, so that what one writes stays out of the project."""
    desk = scratch / home.setting / "notebooks"
    if not desk.is_dir():
        shutil.copytree(home.folder / "notebooks", desk, ignore=shutil.ignore_patterns(".*"))
    return desk


async def _run(root: Path, path: Path, mark: str, desk: Path, home: Home, gate: asyncio.Semaphore, number: int) -> None:
    import nbformat
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    manager = AsyncKernelManager(kernel_name="python3")
    if os.name != "nt":  # sockets in the file system: no ports to race for, no warning on plain TCP
        manager.transport, manager.ip = "ipc", str(desk.parents[1] / f"k{number}")
    place = {"metadata": {"path": str(desk)}}
    client = NotebookClient(notebook, timeout=CELL_SECONDS, store_widget_state=True, resources=place)
    client.on_cell_executed = lambda cell, **_more: forms.freeze(cell, client.widget_state)
    client.km = manager  # given here and not above, so that the client ends the kernel too
    environment = {**os.environ, "PYTHONPATH": str(root), "FANLIC_LANG": home.setting}
    async with gate:
        try:
            await client.async_execute(env=environment)
        except CellExecutionError as error:
            raise NotebookFailed(f"{path.name}: {error}") from None
    notebook.metadata.pop("widgets", None)  # the end of the run; each cell has its own forms
    notebook.metadata["fanlic_run"] = mark
    nbformat.write(notebook, home.cache / path.name)  # type: ignore[no-untyped-call]


# -- the pages


def page(notebook: dict[str, Any], path: Path, following: Path | None) -> str:
    """One notebook as a page: its cells in order, each with an anchor; the state of its forms at the end."""
    card = lesson(path)
    parts = ["---", f"title: {json.dumps(card.title)}", "---", ""]
    for number, cell in enumerate(notebook["cells"]):
        parts += [f'<span id="cell-{cell["id"]}" class="fanlic-cell"></span>', ""]
        parts += _markdown(cell) if cell["cell_type"] == "markdown" else _code(cell)
        parts += _solution(cell, notebook)
        if number == 0:
            parts += [_links(card), "", *_disclaimer(path.name), *browser_lesson.bar(path.stem)]
    if following:
        parts += [_("Next:") + f" [{md(lesson(following).title)}]({following.stem}.md)", ""]
    return "\n".join(parts)


def _links(card: Lesson) -> str:
    name = f"{card.name}.ipynb"
    download = f'<a href="download/{name}" download>{_("Download this notebook")}</a>'
    run = f'<a href="{_lab(name)}">{_("Run in the browser")}</a>'
    return f'<p class="fanlic-card">{card.level} · {card.length} · {run} · {download}</p>'


def _lab(name: str) -> str:
    return f"../../lab/open-zh.html?path=zh/{name}" if chinese() else f"../lab/open.html?path={name}"


def unexecuted(notebook: dict[str, Any]) -> dict[str, Any]:
    """The same without outputs, for a draft of the site."""
    for cell in notebook["cells"]:
        cell["outputs"] = []
    return notebook


def _markdown(cell: dict[str, Any]) -> list[str]:
    text = _source(cell)
    text = re.sub(r"\]\((\w+)\.ipynb(#[^)]*)?\)", r"](\1.md\2)", text)
    text = re.sub(r"\]\(\.\./docs/([^)]*)\)", r"](../\1)", text)
    text = re.sub(r"\]\(\.\./(README|CONTRIBUTING|CHANGELOG)\.md[^)]*\)", r"](../index.md)", text)
    return [re.sub(r"\]\(\.\./((?:fanlic|tests)/[^)]*\.py)(?:#L(\d+))?\)", r"](../source/\1.html)", text), ""]


def _code(cell: dict[str, Any]) -> list[str]:
    parts = []
    source = _source(cell)
    if source.strip():
        fence = ["~~~~ { .python }", *source.splitlines(), "~~~~"]
        if cell["metadata"].get("jupyter", {}).get("source_hidden"):
            fence = ['??? example "' + _("The code of this cell") + '"', *(f"    {line}".rstrip() for line in fence)]
        parts += [*fence, "", *browser_lesson.place(cell["id"])]
    for output in cell.get("outputs", []):
        parts += [*_output(output), ""]
    return parts


def _output(output: dict[str, Any]) -> list[str]:
    if output["output_type"] == "stream":
        return _text(_joined(output["text"]))
    if output["output_type"] == "error":
        return _text(f"{output['ename']}: {output['evalue']}")
    data = output["data"]
    if "text/html" in data:
        return [f'<div class="fanlic-output">{forms.in_words(_one_block(_joined(data["text/html"])))}</div>']
    if "image/svg+xml" in data:
        return [f'<div class="fanlic-output">{_one_block(_joined(data["image/svg+xml"]))}</div>']
    if "image/png" in data:
        picture, alt = _joined(data["image/png"]).replace("\n", ""), _("Made by the cell")
        return [f'<div class="fanlic-output"><img alt="{alt}" src="data:image/png;base64,{picture}"></div>']
    if "text/markdown" in data:
        return [_joined(data["text/markdown"])]
    return _text(_joined(data.get("text/plain", "")))


def _text(text: str) -> list[str]:
    plain = _ANSI.sub("", text).rstrip()
    return ["~~~~ { .text .fanlic-printed }", *plain.splitlines(), "~~~~"] if plain else []


def _one_block(markup: str) -> str:
    # Markdown ends a block of HTML at a blank line.
    return re.sub(r"\n\s*\n", "\n", _LIVE_FRAME.sub(f"<p><em>{_(_FRAME_NOTE)}</em></p>", markup)).strip()


def _disclaimer(name: str) -> list[str]:
    here = f'<a href="{_lab(name)}">{_(_HERE)}</a> · '
    title = '!!! note "说明"' if chinese() else "!!! note"
    return [title, f"    {md(_(_RUN))} {here}[{md(_(_START))}](../howto/run-the-notebooks.md)", ""]


def _solution(cell: dict[str, Any], notebook: dict[str, Any]) -> list[str]:
    """One right way, folded, after the cell that checks an exercise or draws a drill that the reader works on alone."""
    source = _source(cell)
    if found := re.search(r'^exercises\.check\("([a-z0-9-]+)"', source, re.MULTILINE):
        code = exercises.solution(found[1])
        return [
            f'??? success "{_(_FOLDED)}"',
            *(f"    {line}" for line in ("~~~~ python", *code.splitlines(), "~~~~")),
            "",
        ]
    if cell["id"] == "alone-form":
        return [line for number in drills.numbered() for line in _drill(number, notebook)]
    return []


def _drill(number: int, notebook: dict[str, Any]) -> list[str]:
    told = notebook["metadata"].get("fanlic_drills", {}).get(str(number))
    if told is None:
        return []
    solved = _("Drill {number}, solved: {symptom}").format(number=number, symptom=told[0])
    solved = md(solved).replace('"', "&quot;")
    return [
        f'??? success "{solved}"',
        *(f"    {line}" for line in ("~~~~ text", *told[1:], "~~~~")),
        "",
    ]


def _source(cell: dict[str, Any]) -> str:
    return _joined(cell["source"])


def _joined(text: Any) -> str:
    return "".join(text) if isinstance(text, list) else str(text)
