"""The lab under Pyodide, the Python of a browser: here by node, without a page."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from _site import browser_compile, vendor

from fanlic import Lab
from fanlic.lab.scenario import play
from fanlic.lab.stage import Stage
from fanlic.lab.story import STORY
from tests.site.conftest import ROOT

PROGRAM = """
import contextlib, io, json, sys
from fanlic import Lab
from fanlic.lab.drill import Drill
from fanlic.lab.scenario import CannotPlay, play, run
from fanlic.lab.stage import Stage
from fanlic.lab.story import STORY
from fanlic.lab.world import NeedsProcesses
from fanlic.adapters.signing import SigningKey, DocumentRefused, read

def refused(act, kind):
    try:
        act()
    except kind as problem:
        return str(problem)
    return ""

def on_terminal(*arguments):
    from fanlic.cli import main
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            status = main(list(arguments))
        except SystemExit as end:
            status = end.code
    return [status, said.getvalue()]

with Lab() as lab:
    problem = play(STORY, Stage(lab))
    loaded = sorted(str(getattr(getattr(module, "__spec__", None), "origin", "")) for module in sys.modules.values())
    lab.clock.advance(days=30)
    story = [problem, lab.timeline_csv(), lab.timeline()._repr_html_()[:60], len(lab.timeline())]
key, other = SigningKey(bytes(range(32))), SigningKey(bytes(range(1, 33)))
document = key.document("lease+jws", {"seat": 3})
RESULT = json.dumps({
    "platform": sys.platform,
    "story": story,
    "loaded": [name for name in loaded if name.endswith((".py", ".pyc"))],
    "scenario": run("U5").problem,
    "processes": refused(lambda: run("L7"), CannotPlay),
    "drill": refused(lambda: Drill("tls-empty"), NeedsProcesses),
    "engine": refused(lambda: Lab(engine="sandbox"), NeedsProcesses),
    "doctor": on_terminal("doctor", "https://127.0.0.1:9"),
    "collect": on_terminal("collect"),
    "read": read("lease+jws", document, key.identity),
    "forged": refused(lambda: read("lease+jws", document, other.identity), DocumentRefused),
})
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the program above finds in a browser's Python."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node on this machine: install Node.js")
    folder = tmp_path_factory.mktemp("pyodide")
    vendor.provide(ROOT / "build" / "vendor")
    compiled, python = ROOT / "build" / "compiled", ROOT / "build" / "vendor" / "pyodide"
    browser_compile.provide(ROOT, compiled, python, ROOT / "build" / "wheels")
    (folder / "program.py").write_text(PROGRAM, "utf-8")
    runner, standard = Path(__file__).with_name("pyodide.mjs"), compiled / browser_compile.STANDARD
    command = [node, *map(str, (runner, python, compiled / "lab.zip", folder / "program.py", standard))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_timeline_of_the_story_and_a_month_is_the_same_byte_for_byte(told: dict[str, Any]) -> None:
    with Lab(engine="inline") as lab:
        assert play(STORY, Stage(lab)) == ""
        lab.clock.advance(days=30)
        expected = lab.timeline_csv()
    problem, timeline, table, rows = told["story"]
    assert ("emscripten", "", expected) == (told["platform"], problem, timeline)
    assert table.startswith("<table")
    assert expected.count("\n") == rows + 1
    assert told["scenario"] == ""


def test_all_that_the_story_loads_was_compiled_when_the_site_was_built(told: dict[str, Any]) -> None:
    """Compiling took most of the time until the first answer."""
    assert len(told["loaded"]) > 250
    assert [] == [name for name in told["loaded"] if not name.endswith(".pyc")]


@pytest.mark.parametrize("what", ["processes", "drill", "engine"])
def test_what_needs_processes_says_so_instead_of_failing(told: dict[str, Any], what: str) -> None:
    assert "a browser has none" in told[what]
    assert "start.py" in told[what]


def test_collect_refuses_with_the_reason_and_says_where_to_run_it(told: dict[str, Any]) -> None:
    status, said = told["collect"]
    assert status == 2
    assert "a browser cannot run it" in said
    assert "python fanlic.pyz collect" in said


def test_doctor_refuses_with_the_reason_and_says_where_to_run_it(told: dict[str, Any]) -> None:
    status, said = told["doctor"]
    assert status == 2
    assert "a browser cannot look at a server" in said
    assert "Nothing was tried" in said


def test_signatures_hold_there_too(told: dict[str, Any]) -> None:
    assert {"seat": 3} == told["read"]
    assert told["forged"] == "the signature does not fit"
