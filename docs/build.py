"""Builds the published site: everything that can be made is made, then MkDocs runs strictly.

    python docs/build.py [--serve] [--draft] [--out site]

--serve shows the site on this machine; --draft leaves the notebooks unexecuted. Broken links and anchors, anything that
the pages would load from outside, and any undocumented command, code or setting fail the build. What the notebooks gave
is kept in build/notebooks, scripts from npm in build/vendor.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]  # so that a plain checkout needs no installation

import chinese  # noqa: E402
import ledger  # noqa: E402
from _site import (  # noqa: E402
    bilingual,
    browser,
    check,
    editions,
    entries,
    folder,
    interfaces,
    literal,
    llms,
    notebooks,
    reference,
    search,
    slim,
    source,
    trace,
    tutorial,
    vendor,
)
from _site.tongue import Tongue, speaking, tongues  # noqa: E402

from fanlic.texts import _  # noqa: E402
from fanlic.texts.about import NOT_FANRUAN  # noqa: E402

BUILD = ROOT / "build"
PAGES, VENDOR, PLAYED = BUILD / "docs", BUILD / "vendor", BUILD / "notebooks"
WRITTEN = (".md", ".css", ".svg", ".png", ".txt")  # what is copied from docs/
T = TypeVar("T")
Played = tuple[Tongue, Path, dict[str, dict[str, Any]]]  # the notebooks of a language, where they are, their outputs
PLACEHOLDER = "<!-- not-fanruan -->"
from _site.serve import server as site_server  # noqa: E402


def main(arguments: Sequence[str] | None = None) -> int:
    """Build; 0 done, 1 something is broken, with every problem on standard error."""
    parser = argparse.ArgumentParser(prog="docs/build.py", description="Build the published site.")
    parser.add_argument("--out", type=Path, default=ROOT / "site", help="folder for the site (default: site)")
    parser.add_argument("--serve", action="store_true", help="show it on this machine until Ctrl-C")
    parser.add_argument("--draft", action="store_true", help="leave the notebooks unexecuted")
    chosen = parser.parse_args(arguments)
    os.environ["FANLIC_LANG"] = "en"
    try:
        problems = build(chosen.out.absolute(), draft=chosen.draft)
    except (vendor.VendorMissing, notebooks.NotebookFailed, interfaces.Undocumented, search.SearchUnknown) as failure:
        problems = [str(failure)]
    if problems:
        sys.stderr.write("\n".join([*problems, f"The site is not good: {len(problems)} problems.", ""]))
        return 1
    return serve(chosen.out.absolute()) if chosen.serve else 0


def build(out: Path, *, draft: bool = False) -> list[str]:
    """Write the site to `out` and give every problem that was found."""
    began = time.perf_counter()
    _said("scripts from npm", began, partial(vendor.provide, VENDOR))
    _said("lab", began, partial(browser.provide, ROOT, BUILD))
    with ProcessPoolExecutor(1, get_context("spawn")) as beside:  # what one processor plays while notebooks wait
        settings = [tongue.setting for tongue in tongues()]
        compared = beside.submit(editions.pages, ROOT, PLAYED, notebooks.program(ROOT), settings)
        played = _said("notebooks", began, partial(_played, draft))
        _said("pages", began, lambda: assemble(played, compared.result()))
    status = _said("MkDocs", began, partial(_mkdocs, out))
    if status:
        return ["MkDocs found what it names above."]
    bilingual.split(out)
    llms.write(PAGES, out)
    search.finish(out)
    slim.styles(out)
    slim.pages(out)
    browser.finish(BUILD, out)
    return _said("checks", began, lambda: check.undocumented(ROOT, PAGES) + check.broken_links(out))


def assemble(played: list[Played], compared: editions.Pages) -> None:
    """Put hand-written and generated pages together in build/docs."""
    shutil.rmtree(PAGES, ignore_errors=True)
    for path in sorted((ROOT / "docs").rglob("*")):
        inside = path.relative_to(ROOT / "docs")
        if path.suffix in WRITTEN and not inside.parts[0].startswith("_") and "notes" not in inside.parts[:2]:
            written = path.read_bytes()
            _write(inside.as_posix(), _page(written.decode()).encode() if path.suffix == ".md" else written)
    traced = trace.collect(ROOT)
    for name, text in _made(traced, played, compared):
        _write(name, text.encode())
    for tongue, home, _notebooks in played:
        for path in notebooks.sources(home):
            _write(f"{tongue.folder}tutorial/download/{path.name}", path.read_bytes())
    folder.archive(ROOT, PAGES / "download" / "fanlic.zip")
    vendor.copy_for_site(VENDOR, PAGES / "assets" / "vendor")
    source.pages(ROOT, PAGES / "source", source.wanted(PAGES))
    for tongue in tongues():
        with speaking(tongue):
            name = f"{tongue.folder}index.md"
            _write(name, (PAGES / name).read_text("utf-8").replace(PLACEHOLDER, _(NOT_FANRUAN)).encode())
    browser.put(ROOT, PAGES)
    _write("changelog.md", (ROOT / "CHANGELOG.md").read_text("utf-8").replace("](docs/", "](").encode())


def _page(text: str) -> str:
    return source.site_links(chinese.without_mark(text))


def _made(traced: trace.Trace, played: list[Played], compared: editions.Pages) -> Iterator[tuple[str, str]]:
    yield from entries.pages(traced, ROOT / "docs" / "notes")
    yield from entries.aliases()
    yield from reference.pages(ROOT, compared)
    yield "literal.md", literal.page(PLAYED, notebooks.program(ROOT))
    yield "traceability.md", trace.page(traced, entries.links(), ledger.read_ledger())
    for tongue, home, notebooks_of in played:
        yield from tutorial.pages(home, notebooks_of, tongue)


def _played(draft: bool) -> list[Played]:
    missing = notebooks.missing_packages()
    if draft or missing:
        _say(f"The notebooks are not executed{': missing ' + ', '.join(missing) if missing else ''}.")
    homes = tutorial.homes(ROOT, BUILD)
    if draft or missing:
        outputs = [
            {path.stem: notebooks.unexecuted(notebooks.read(path)) for path in notebooks.sources(home)}
            for _tongue, home in homes
        ]
    else:
        outputs = notebooks.executed(
            ROOT, [notebooks.Home(tongue.setting, home, PLAYED / tongue.folder) for tongue, home in homes]
        )
    return [(tongue, home, played) for (tongue, home), played in zip(homes, outputs, strict=True)]


def _mkdocs(out: Path) -> int:
    # Never with -q or -v: both take the teeth out of --strict.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(out)]
    environment = {
        **os.environ,
        "NO_MKDOCS_2_WARNING": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "docs")]),
    }
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def serve(folder: Path) -> int:
    """Show the built site on loopback until Ctrl-C."""
    with site_server(folder) as running:
        _say(f"http://127.0.0.1:{running.server_port}/  (Ctrl-C ends it)")
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


def _write(name: str, content: bytes) -> None:
    path = PAGES / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _said(what: str, began: float, step: Callable[[], T]) -> T:
    result = step()
    _say(f"{time.perf_counter() - began:5.1f} s  {what}")
    return result


if __name__ == "__main__":
    sys.exit(main())
