"""`lab/` of the site: JupyterLite with the Pyodide kernel and every notebook, from this site's own files alone.

The kernel's own wheels come with jupyterlite-pyodide-kernel, all others from the locks. They lie beside Pyodide with a
lock file that names them, so that no cell has to install anything, and that nothing is asked for elsewhere.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from email.parser import HeaderParser
from html import escape
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from _site import browser_links, browser_packages
from _site.browser_packages import PYODIDE
from _site.tongue import ENGLISH, Tongue, speaking, tongues
from _site.vendor import VendorMissing
from fanlic.texts import _
from fanlic.version import __version__

ROOTS = ("ipython", "ipywidgets", "jedi", "comm", "micropip")  # what the kernel and the notebooks ask for
KERNEL = ("ipykernel", "piplite", "pyodide_kernel", "widgetsnbextension")  # which the kernel's extension brings
LOADED = ["micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython", "fanlic"]
EXTENSION = Path(sys.prefix) / "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension/static/pypi"
_SPEAK_CHINESE: dict[str, object] = {
    "cell_type": "code",
    "execution_count": None,
    "id": "speak-chinese",
    "metadata": {"jupyter": {"source_hidden": True}},
    "outputs": [],
    "source": 'import os\n\nos.environ["FANLIC_LANG"] = "zh_CN"',
}
APPS = ("notebooks", "tree", "lab")
SETTINGS = {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"}}


def provide(root: Path, folder: Path, wheels: Path) -> None:
    """Make `folder/site` hold JupyterLite and `folder/packages` its wheels, if they are not there already."""
    held = _wheels(root, wheels)
    made_by = [Path(__file__).with_name(name) for name in ("browser_lab.py", "browser_links.py", "open.html")]
    made_by.append(browser_links.SCRIPT)
    sources = [*held, *sorted((root / "notebooks").rglob("*.*")), *made_by]
    own = browser_packages.own_wheel(root, __version__)
    key = hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in sources) + own).hexdigest()
    note = folder / "key.txt"
    if note.is_file() and note.read_text("ascii") == key:
        return
    shutil.rmtree(folder, ignore_errors=True)
    packages = folder / "packages"
    packages.mkdir(parents=True)
    for wheel in held:
        (packages / _pure_name(wheel)).write_bytes(browser_packages.pure(wheel))
    (packages / f"fanlic-{__version__}-py3-none-any.whl").write_bytes(own)
    _build(root, folder)
    note.write_text(key, "ascii")


def put(folder: Path, pyodide: Path, site: Path) -> None:
    """Copy JupyterLite, Pyodide and the wheels into the site that MkDocs has made."""
    shutil.copytree(folder / "site", site / "lab", dirs_exist_ok=True)
    target = site / "lab" / "static" / "pyodide"
    shutil.copytree(pyodide, target, dirs_exist_ok=True)
    shutil.copytree(folder / "packages", target, dirs_exist_ok=True)
    (target / "pyodide-lock.json").write_text(json.dumps(lock(pyodide, folder / "packages")), "utf-8")


def lock(pyodide: Path, packages: Path) -> dict[str, Any]:
    """Pyodide's list of packages, with ours in place of those that lie on another host."""
    listed = json.loads((pyodide / "pyodide-lock.json").read_text("utf-8"))
    return {**listed, "packages": {entry["name"]: entry for entry in map(_entry, sorted(packages.glob("*.whl")))}}


def _entry(wheel: Path) -> dict[str, Any]:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        meta = HeaderParser().parsestr(
            archive.read(next(n for n in names if n.endswith(".dist-info/METADATA"))).decode()
        )
    name = _normal(meta["Name"])
    tops = {
        each.split("/")[0].removesuffix(".py") for each in names if ".dist-info/" not in each and ".data/" not in each
    }
    depends = sorted({_normal(each.name) for each in _required(meta)})
    return {
        "name": name,
        "version": meta["Version"],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(tops),
        "depends": depends + (["ipywidgets"] if name == "fanlic" else []),
        "unvendored_tests": False,
    }


def _required(meta: Any) -> Iterator[Requirement]:
    for line in meta.get_all("Requires-Dist") or []:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({**PYODIDE, "extra": ""}):
            yield requirement


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _wheels(root: Path, wheels: Path) -> list[Path]:
    """fanlic's packages and the kernel's, with all that they need; raises VendorMissing."""
    known = browser_packages.locked(root / "requirements" / "docs.lock")
    brought = [path for path in sorted(EXTENSION.glob("*.whl")) if path.name.partition("-")[0] in KERNEL]
    brought = [path for path in brought if not path.name.startswith("widgetsnbextension-3")]
    if not brought:
        raise VendorMissing("jupyterlite-pyodide-kernel is missing: install requirements/docs.lock.")
    wanted = {*browser_packages.locked(root / "requirements" / "run.lock"), *ROOTS}
    without = {_normal(name) for name in KERNEL}
    while True:
        held = browser_packages.fetch({name: known[name] for name in sorted(wanted)}, wheels)
        needed = {name for wheel in held for name in _entry(wheel)["depends"]} - without
        if needed <= wanted:
            return [*held, *brought]
        wanted |= needed


def _pure_name(wheel: Path) -> str:
    name, version = wheel.name.split("-")[:2]
    return wheel.name if wheel.name.endswith("-none-any.whl") else f"{name}-{version}-py3-none-any.whl"


def _build(root: Path, folder: Path) -> None:
    lite, contents = folder / "lite", folder / "contents"
    lite.mkdir()
    contents.mkdir()
    pages = _write_lessons(root, contents)
    kernel = {
        "disablePyPIFallback": True,
        "pyodideUrl": "./static/pyodide/pyodide.mjs",
        "loadPyodideOptions": {"packages": LOADED},
    }
    settings = {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "fanlic",
            "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": kernel},
        },
    }
    (lite / "jupyter-lite.json").write_text(json.dumps(settings), "utf-8")
    (lite / "overrides.json").write_text(json.dumps(SETTINGS), "utf-8")
    command = [sys.executable, "-m", "jupyterlite_core.app", "build", "--lite-dir", str(lite), "--no-sourcemaps"]
    command += ["--contents", str(contents), "--output-dir", str(folder / "site")]
    command += [each for app in APPS for each in ("--apps", app)]
    environment = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=lite, env=environment, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise VendorMissing(f"JupyterLite could not be built:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    browser_links.put(pages, folder / "site")
    marks = {
        path.relative_to(contents).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(contents.rglob("*.ipynb"))
    }
    (folder / "site" / "lessons.json").write_text(json.dumps(marks, indent=1), "utf-8")
    for tongue in tongues():
        with speaking(tongue):
            name = "open.html" if tongue is ENGLISH else "open-zh.html"
            (folder / "site" / name).write_text(_open_page(tongue), "utf-8")
    shutil.rmtree(lite)
    shutil.rmtree(contents)


def _write_lessons(root: Path, contents: Path) -> dict[str, str]:
    """Every notebook, and below zh/ the same in Chinese with Chinese forms; the pages that their links need."""
    place = importlib.util.spec_from_file_location("notebooks_chinese", root / "notebooks" / "chinese.py")
    if place is None or place.loader is None:
        raise VendorMissing("notebooks/chinese.py is missing.")
    translator = importlib.util.module_from_spec(place)
    place.loader.exec_module(translator)
    (contents / "zh").mkdir()
    pages: dict[str, str] = {}
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        notebook = json.loads(path.read_text("utf-8"))
        chinese = translator.chinese(json.loads(path.read_text("utf-8")), path.stem)
        chinese["cells"].insert(0, _SPEAK_CHINESE)
        for lesson, folder in ((notebook, ""), (chinese, "zh/")):
            pages |= browser_links.linked(lesson, folder)
            (contents / folder / path.name).write_text(json.dumps(lesson, ensure_ascii=False, indent=1), "utf-8")
    return pages


def _open_page(tongue: Tongue) -> str:
    texts = {
        "title": _("Run in the browser"),
        "opening": _("The lesson opens. The first time your browser loads about 33 MB from this site."),
        "newer": _("This lesson has changed since you made your copy."),
        "changed": _("You have changed this lesson in this browser."),
        "keep": _("Go on with my copy"),
        "afresh": _("Start the lesson afresh"),
        "kept": _("Your copy is not lost: it stays in the list of files under another name."),
    }
    missing = json.dumps(_("There is no such lesson on this site."))
    template = Path(__file__).with_name("open.html").read_text("utf-8")
    return template.format(**{name: escape(text) for name, text in texts.items()}, missing=missing, code=tongue.code)
