"""What makes the site: pages for everything, pinned scripts, links that are checked, a page that keeps its word."""

from __future__ import annotations

import contextlib
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fanlic.model.clauses import Clause
from fanlic.troubleshoot.catalogue.shelf import catalogue

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def makers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`_site` can be imported, as docs/build.py has it, and texts are English."""
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    monkeypatch.setenv("FANLIC_LANG", "en")
    yield
    for name in [each for each in sys.modules if each.partition(".")[0] == "_site"]:
        del sys.modules[name]


def test_every_entry_of_the_catalogue_has_a_page_at_its_short_address() -> None:
    from _site import entries, trace

    from fanlic.commands.docs import shelf

    made = dict(entries.pages(trace.collect(ROOT), ROOT / "docs" / "notes"))
    for key in catalogue():
        assert f"{shelf(key)}/{key}/index.md" in made
    assert "reasons/qr-expired/index.md" in made
    assert "# 30005 LICENSE\\_APPNAME\\_ERROR" in made["codes/30005/index.md"]


def test_every_reason_leads_to_a_page_by_its_own_name() -> None:
    """`codes/NUMBER/` where there is a number, else `reasons/NAME/`: the rule of the link in every problem."""
    from _site import entries

    from fanlic.model.refusals import REASONS

    there = {*entries.links().values(), *(name.replace(".html", ".md") for name, _page in entries.aliases())}
    for kind in REASONS.values():
        page = f"{'codes' if kind.code else 'reasons'}/{kind.label}"
        assert f"{page}/index.md" in there


def test_traceability_names_every_clause_with_its_line_or_the_reason_why_there_is_none() -> None:
    import ledger
    from _site import entries, trace

    traced = trace.collect(ROOT)
    page = trace.page(traced, entries.links(), ledger.read_ledger())
    for clause in Clause:
        assert f"### {clause.slug}\n" in page
        assert bool(traced.lines.get(clause.slug)) != bool(clause.no_line)
    assert f"| Clauses | {len(Clause)} |" in page
    assert "| Statements of FanRuan's page ([ledger](ledger.md)) | 157 |" in page
    followed = {
        place for line in re.findall(r"in the \[ledger\]\(ledger.md\): (.+)", page) for place in line.split(", ")
    }
    assert {row.at for row in ledger.read_ledger() if row.clauses} == followed


def test_a_script_that_is_not_what_was_pinned_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from _site import vendor

    def pack(command: list[str], **_options: Any) -> Any:
        (Path(command[-1]) / "package.tgz").write_bytes(b"something else")
        return type("Done", (), {"returncode": 0, "stderr": ""})

    monkeypatch.setattr("shutil.which", lambda _name: "npm")
    monkeypatch.setattr("subprocess.run", pack)
    with pytest.raises(vendor.VendorMissing, match="is not what was pinned"):
        vendor.provide(tmp_path)
    assert not list(tmp_path.glob("*.js"))


def test_a_broken_link_a_missing_anchor_and_a_load_from_outside_are_named(tmp_path: Path) -> None:
    from _site import check

    (tmp_path / "a.html").write_text('<p id="here"><a href="b.html">x</a><a href="#here">x</a><a href="#not">x</a>')
    (tmp_path / "c.html").write_text('<a href="a.html#here">x</a><script src="https://cdn.example/x.js"></script>')
    assert check.broken_links(tmp_path) == [
        "a.html: b.html: leads nowhere",
        "a.html: #not: no such anchor",
        "c.html: loads https://cdn.example/x.js from outside",
    ]


@pytest.mark.parametrize(("language", "folder"), [("en", "."), ("zh", "zh")])
def test_what_stands_under_the_attacks_is_what_they_give(
    monkeypatch: pytest.MonkeyPatch, language: str, folder: str
) -> None:
    """The page on trust can be run from top to bottom."""
    monkeypatch.setenv("FANLIC_LANG", language)
    text = (ROOT / "docs" / folder / "explanation" / "trust.md").read_text("utf-8")
    names: dict[str, Any] = {}
    printed = io.StringIO()
    for kind, body in re.findall(r"^```(python|text)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        if kind == "python":
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(body, names)
        else:
            assert printed.getvalue() == body


def test_docs_command_opens_the_page_of_a_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    from argparse import Namespace

    from fanlic.commands import docs

    opened: list[str] = []
    monkeypatch.setattr(docs, "places", lambda: (tmp_path,))
    monkeypatch.setattr("webbrowser.open", opened.append)
    assert docs.run(Namespace(words=["30005"], only_print=False)) == 1
    assert "there is no copy here" in capsys.readouterr().err
    (tmp_path / "index.html").write_text("")
    assert docs.run(Namespace(words=["30005"], only_print=False)) == 0
    assert opened == [f"{tmp_path.as_uri()}/codes/30005/index.html"]


def test_a_page_links_to_its_source_if_the_repository_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    from _site import hooks

    assert hooks.source_address("howto/diagnose.md") is None
    monkeypatch.setattr(hooks, "REPOSITORY", "https://git.example/us/fanlic")
    below = "https://git.example/us/fanlic"
    assert f"{below}/edit/main/docs/howto/diagnose.md" == hooks.source_address("howto/diagnose.md")
    assert f"{below}/edit/main/notebooks/06_outage.ipynb" == hooks.source_address("tutorial/06_outage.md")
    assert f"{below}/tree/main/fanlic/troubleshoot/catalogue" == hooks.source_address("zh/codes/30005/index.md")
    assert hooks.source_address("traceability.md") is None


def test_a_description_is_the_first_paragraph_cut_between_words() -> None:
    from _site import hooks

    assert "A rule & <its> reason, which is long enough to say something." == hooks.first_words(
        "<h1>x</h1><p>short</p>\n<p>A rule &amp; &lt;its&gt;\n<b>reason</b>, which is long enough to say something.</p>"
    )
    cut = hooks.first_words(f"<p>{'twelve words ' * 40}</p>")
    assert cut.endswith(("words ...", "twelve ..."))
    assert len(cut) <= hooks.LONGEST + 4
