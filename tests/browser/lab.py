"""JupyterLab in a real browser, driven by its own commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import start

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds for anything in the browser
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
SETTINGS = {**start.SETTINGS, "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"}}
NOTEBOOK = "window.jupyterapp.shell.currentWidget"


def chromium() -> str:
    """Where this machine's Chromium is; empty where it has none."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), "")


def copy(folder: Path) -> Path:
    """A copy of what a learner has, for JupyterLab saves what it runs."""
    for name in ("notebooks", "docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    return folder


@contextmanager
def served(root: Path, home: Path, language: str = "en") -> Iterator[str]:
    """JupyterLab as `start.py lab` runs it, with a home of its own; its address, token and all."""
    settings = home / "settings"
    for name, values in SETTINGS.items():
        plugin, _, part = name.partition(":")
        (settings / plugin).mkdir(parents=True, exist_ok=True)
        (settings / plugin / f"{part}.jupyterlab-settings").write_text(json.dumps(values))
    places = {"CONFIG": home / "config", "DATA": home / "data", "RUNTIME": home / "run"}
    environment = {**os.environ, **{f"JUPYTER_{name}_DIR": str(path) for name, path in places.items()}}
    environment |= {"JUPYTERLAB_SETTINGS_DIR": str(settings), "PYTHONPATH": str(ROOT), "FANLIC_LANG": language}
    environment |= {"IPYTHONDIR": str(home / "ipython"), "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces")}
    command = start.lab_command(Path(sys.executable), root)
    options = ["--no-browser", "--ServerApp.port=0", "--LabApp.expose_app_in_browser=True", "--allow-root"]
    process = subprocess.Popen([*command, *options], env=environment, cwd=root, stderr=subprocess.DEVNULL)
    try:
        yield address(process, home / "run")
    finally:
        process.terminate()
        process.wait(20)


def address(process: subprocess.Popen[bytes], runtime: Path) -> str:
    """What the server says of itself once it answers."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, "JupyterLab ended"
        for file in runtime.glob("jpserver-*.json"):
            if text := file.read_text():
                told = json.loads(text)
                return f"{told['url']}lab/tree/{start.FIRST}?token={told['token']}"
        time.sleep(0.1)
    raise TimeoutError("JupyterLab did not start")


class Notebook:
    """The open notebook: its cells by their ids, run one by one or together."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def ready(self) -> None:
        """Wait for the kernel."""
        self.wait(f"{NOTEBOOK}?.sessionContext?.session?.kernel?.status === 'idle'")

    def wait(self, condition: str) -> None:
        """Wait until a condition holds in the page."""
        self.page.wait_for_function(condition, timeout=PATIENCE * 1000)

    def command(self, name: str) -> None:
        """Run one of JupyterLab's commands to its end."""
        self.page.evaluate(f"() => window.jupyterapp.commands.execute('{name}').then(() => null)")

    def select(self, cell: str) -> None:
        """Make a cell the active one."""
        find = f"Array.from({NOTEBOOK}.content.model.cells).findIndex(each => each.id === '{cell}')"
        self.page.evaluate(f"() => {{ {NOTEBOOK}.content.activeCellIndex = {find}; }}")

    def run(self, *cells: str) -> None:
        """Run cells, one after the other."""
        for cell in cells:
            self.select(cell)
            self.command("notebook:run-cell")

    def run_above(self, cell: str) -> None:
        """Run everything above a cell."""
        self.select(cell)
        self.command("notebook:run-all-above")

    def run_from(self, cell: str) -> None:
        """Run a cell and everything below it."""
        self.select(cell)
        self.command("notebook:run-all-below")

    def output(self, cell: str) -> Any:
        """What stands under a cell."""
        place = f"Array.from({NOTEBOOK}.content.model.cells).findIndex(each => each.id === '{cell}')"
        number = self.page.evaluate(f"() => {place}")
        return self.page.locator(".jp-Notebook .jp-Cell").nth(number).locator(".jp-Cell-outputWrapper")

    def errors(self) -> int:
        """How many cells have failed."""
        return self.page.locator('.jp-RenderedText[data-mime-type="application/vnd.jupyter.error"]').count()
