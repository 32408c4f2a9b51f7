"""What stands at the foot of each page: version, last change, source, and a text for somebody who found a mistake.

The site shows one version, for it is a folder that somebody carries into a closed network; docs/adr/0025 says why.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fanlic.model.refusals import N_
from fanlic.texts import _
from fanlic.version import __version__

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ("codes", "reasons", "symptoms")
_GENERATED = re.compile(r"<!-- generated ", re.IGNORECASE)
_MISTAKE = N_("Report a mistake on this page")
_HOW = N_("Copy this text into a mail or a ticket to the people who gave you this site. The site itself sends nothing.")
_MAIL = N_("Or open it as a mail")
_DRAFT = N_("Page: {page}\nVersion: {version}\nWhat the page says:\nWhat is true, and how you know:\n")
CARDS = {
    "home": ("index.md",),
    "failures": (*CATALOGUE, "failures"),
    "tutorial": ("tutorial",),
    "howto": ("howto", "handouts", "paste.md"),
    "explanation": ("explanation", "states.md", "threats.md", "adr"),
}


def source_of(page: str, root: Path = ROOT) -> str:
    """The file or folder that a page is made from, by path in the project; empty if a program wrote it."""
    chinese, plain = page.startswith("zh/"), page.removeprefix("zh/")
    folder, _slash, name = plain.rpartition("/")
    source = f"docs/{page}"
    if folder == "tutorial":
        source = f"notebooks/zh/{Path(name).stem}.md" if chinese else f"notebooks/{Path(name).stem}.ipynb"
    elif plain.partition("/")[0] in CATALOGUE:
        source = "fanlic/troubleshoot/catalogue"
    elif plain == "changelog.md":
        source = "CHANGELOG.md"
    path = root / source
    written = path.is_dir() or (path.is_file() and not _GENERATED.search(path.read_text("utf-8")[:500]))
    return source if written else ""


def changed(source: str, root: Path = ROOT) -> str:
    """The day of the last commit to a file or a folder; empty if there is no whole history to ask."""
    days = _days(root)
    below = [day for name, day in days.items() if name == source or name.startswith(f"{source}/")]
    return max(below, default="") if source else ""


@cache
def _days(root: Path) -> dict[str, str]:
    """The day of the last commit to each file; of an unpacked archive or a shallow clone nobody knows it."""
    if _git(root, "rev-parse", "--show-toplevel", "--is-shallow-repository").split("\n") != [str(root), "false"]:
        return {}
    days: dict[str, str] = {}
    day = ""
    for line in _git(root, "-c", "core.quotepath=off", "log", "--format=%x00%cs", "--name-only").splitlines():
        if line.startswith("\0"):
            day = line[1:]
        elif line:
            days.setdefault(line, day)
    return days


@cache
def version(root: Path = ROOT) -> str:
    """The version of the project, with the commit if there is one."""
    top, _line, commit = _git(root, "rev-parse", "--show-toplevel", "--short", "HEAD").partition("\n")
    return f"{__version__} ({commit})" if commit and top == str(root) else __version__


def _git(root: Path, *words: str) -> str:
    git = shutil.which("git")
    if git is None:
        return ""
    done = subprocess.run([git, *words], cwd=root, capture_output=True, encoding="utf-8", timeout=60, check=False)
    return done.stdout.strip("\n") if done.returncode == 0 else ""


def card(page: str) -> str:
    """The picture that stands for a page where its address is shared."""
    plain = page.removeprefix("zh/")
    first = plain.partition("/")[0]
    kind = next((kind for kind, parts in CARDS.items() if first in parts), "reference")
    return f"assets/cards/{kind}{'-zh' if page.startswith('zh/') else ''}.png"


def of(page: str, edit_url: str | None, repository: str) -> dict[str, Any]:
    """All of it for one page, in the language that is spoken."""
    source = source_of(page)
    draft = _(_DRAFT).format(page=page.removesuffix(".md") + ".html", version=f"fanlic {version()}")
    subject = f"fanlic: {page.removesuffix('.md')}"
    return {
        "version": version(),
        "changed": changed(source),
        "source": source,
        "address": edit_url,
        "texts": {
            "version": _("Version"),
            "changed": _("Last change"),
            "source": _("Source"),
            "changes": _("Changes"),
            "mistake": _(_MISTAKE),
            "how": _(_HOW),
            "mail": _(_MAIL),
        },
        "draft": draft,
        "mail": f"mailto:?subject={quote(subject)}&body={quote(draft)}",
        "issue": f"{repository}/issues/new" if repository else "",
        "changes": "changelog.md",
    }
