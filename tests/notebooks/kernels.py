"""Running notebooks, and reading off them what the learner would see."""

import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from notebooks.editions import instructor

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks"
NAMES = sorted(path.stem for path in FOLDER.glob("*.ipynb"))
TOGETHER = 2  # kernels side by side
PATIENCE = 60  # seconds for one cell
VIEW, STATE = "application/vnd.jupyter.widget-view+json", "application/vnd.jupyter.widget-state+json"


@dataclass
class Played:
    """A notebook after its run: its outputs, how long it took, and the processes that its kernel left behind."""

    notebook: Any
    again: Any  # the instructor's edition, run afterwards in the same kernel
    seconds: float  # of the learner's edition, with the start of its kernel
    left: list[str]

    @property
    def code(self) -> list[Any]:
        """The code cells."""
        return [cell for cell in self.notebook.cells if cell.cell_type == "code"]

    def cell(self, name: str) -> Any:
        """The code cell of this id."""
        return next(cell for cell in self.code if cell.id == name)

    def seen(self, name: str) -> str:
        """What stands under the cell as the learner reads it, forms as they are at the end of the run."""
        return " ".join(" ".join(self._shown(output) for output in self.cell(name).outputs).split())

    def raw(self, name: str) -> str:
        """The HTML of what stands under the cell."""
        return "".join(output.get("data", {}).get("text/html", "") for output in self.cell(name).outputs)

    def _shown(self, output: Any) -> str:
        if output.output_type == "stream":
            return str(output.text)
        if output.output_type == "error":
            return f"{output.ename}: {output.evalue}"
        if VIEW in output.data:
            return _plain(" ".join(self._texts(output.data[VIEW]["model_id"])))
        return _plain(output.data.get("text/html") or output.data.get("text/plain", ""))

    def _texts(self, model: str) -> Iterator[str]:
        """What a widget and its children say."""
        state = self.notebook.metadata.widgets[STATE]["state"][model]["state"]
        yield str(state.get("description", ""))
        if state.get("_view_name") == "HTMLView":
            yield str(state.get("value", ""))
        for child in state.get("children", []):
            yield from self._texts(child.removeprefix("IPY_MODEL_"))


def _plain(html: str) -> str:
    # Of pictures, the words of a state diagram are what the learner reads.
    unread = r'<style.*?</style>|<svg(?! class="picture states").*?</svg>'
    return unescape(re.sub(r"<[^>]+>", " ", re.sub(unread, " ", html, flags=re.DOTALL)))


def environment(folder: str, language: str = "en") -> dict[str, str]:
    """A kernel's environment: this copy of fanlic, one language, nothing of the user's own."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "FANLIC_LANG": language, "IPYTHONDIR": f"{folder}/ipython"}


def kernel(client: Any, folder: str) -> Any:
    """A kernel manager for this client; sockets in a short folder, where the system has such."""
    manager = client.create_kernel_manager()
    if sys.platform != "win32":
        manager.transport = "ipc"
        manager.ip = f"{folder}/k"
    return manager


def read(name: str) -> Any:
    """A notebook as it is committed."""
    import nbformat

    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)  # type: ignore[no-untyped-call]


async def play(notebook: Any) -> Played:
    """Run all cells on a fresh kernel, then all of the instructor's edition in the same one."""
    import nbformat
    from nbclient import NotebookClient

    began, seconds = time.perf_counter(), 0.0
    again = nbformat.from_dict(instructor(notebook))  # type: ignore[no-untyped-call]
    with tempfile.TemporaryDirectory(prefix="nb") as folder:
        # A test says which cells may fail; here the run goes on, so that each notebook is judged by itself.
        place_of = {"metadata": {"path": str(FOLDER)}}
        client = NotebookClient(notebook, timeout=PATIENCE, resources=place_of, allow_errors=True)
        client.km = kernel(client, folder)
        async with client.async_setup_kernel(env=environment(folder)):
            for edition in (notebook, again):
                client.nb = edition
                for place, cell in enumerate(edition.cells):
                    await client.async_execute_cell(cell, place)
                seconds = seconds or time.perf_counter() - began
            client.nb = notebook  # whose forms are looked at
            client.set_widgets_metadata()
            processes = below(client.km)
        left = await asyncio.to_thread(_alive, processes)
    return Played(notebook, again, seconds, left)


def _alive(processes: list[Any]) -> list[str]:
    """The command lines of those that are still there some seconds later; they are ended then."""
    import psutil

    _gone, alive = psutil.wait_procs(processes, timeout=5)
    left = [" ".join(each.cmdline()) for each in alive]
    for each in alive:
        each.kill()
    return left


def below(manager: Any) -> list[Any]:
    """The processes below a kernel."""
    import psutil

    return list(psutil.Process(manager.provisioner.pid).children(recursive=True))


def children(manager: Any) -> list[str]:
    """Their command lines."""
    return [" ".join(each.cmdline()) for each in below(manager)]


async def play_all(notebooks: dict[str, Any]) -> dict[str, Played]:
    """Several notebooks, side by side."""
    limit = asyncio.Semaphore(TOGETHER)

    async def one(notebook: Any) -> Played:
        async with limit:
            return await play(notebook)

    done = await asyncio.gather(*map(one, notebooks.values()))
    return dict(zip(notebooks, done, strict=True))


async def run(notebook: Any, language: str) -> Any:
    """Run all cells once on a fresh kernel in this language; gives the notebook back."""
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory(prefix="nb") as folder:
        place_of = {"metadata": {"path": str(FOLDER)}}
        client = NotebookClient(notebook, timeout=PATIENCE, resources=place_of, allow_errors=True)
        client.km = kernel(client, folder)
        async with client.async_setup_kernel(env=environment(folder, language)):
            for place, cell in enumerate(notebook.cells):
                await client.async_execute_cell(cell, place)
            client.set_widgets_metadata()
    return notebook
