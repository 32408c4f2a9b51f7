"""What search engines, browsers and people who share an address expect of a site."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
HANDOUTS = ("first-aid", "codes", "commands", "outage-clock")


def described(site: Path) -> dict[str, str]:
    """The description of each page that is meant to be found."""
    pages = {path.relative_to(site).as_posix(): path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    return {
        name: found[1]
        for name, text in pages.items()
        if (found := re.search(r'<meta name="description" content="([^"]*)"', text))
    }


def test_pages_describe_themselves_and_not_the_site(site: Path) -> None:
    descriptions = described(site)
    assert len(descriptions) > 200
    [(_, most)] = Counter(descriptions.values()).most_common(1)
    assert most < len(descriptions) / 20, "so many pages have the same description"
    assert "context path" in descriptions["codes/30005/index.html"]
    assert all(len(text) < 300 for text in descriptions.values())


@pytest.mark.parametrize("lost", ["codes/3005/index.html", "no-such-page.html"])
def test_an_address_that_does_not_exist_leads_back_into_the_site(watched: Any, address: str, lost: str) -> None:
    watched.page.goto(address + lost)
    assert [f"{address}{lost}: 404"] == watched.errors
    watched.page.locator("a", has_text="Error codes").click()
    watched.page.wait_for_url(f"{address}codes/index.html")
    assert [] == watched.outside


class _Head(HTMLParser):
    """The properties of a page for whoever shares its address, and its links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.said: dict[str, str] = {}
        self.links: list[dict[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta" and "content" in given:
            self.said[given.get("property") or given.get("name", "")] = given["content"]
        if tag == "a":
            self.links.append(given)


def test_each_page_has_a_card_with_a_picture_that_is_there_and_a_foot_with_the_version(site: Path) -> None:
    from fanlic.version import __version__

    pages = [path for path in site.rglob("*.html") if 'property="og:title"' in path.read_text("utf-8")]
    assert len(pages) > 300
    for path in pages:
        text = path.read_text("utf-8")
        said = _Head(text).said
        assert {"og:title", "og:description", "og:type", "og:locale", "twitter:card"} <= said.keys(), path
        assert said["og:description"] == said["description"]
        assert (path.parent / said["og:image"]).resolve().is_file() or said["og:image"].startswith("http"), path
        assert f"fanlic {__version__}" in text, path
    chinese = _Head((site / "zh/howto/move-the-server.html").read_text("utf-8")).said
    assert "迁移服务器" == chinese["og:title"]
    assert chinese["og:image"].endswith("cards/howto-zh.png")
    assert "zh_CN" == chinese["og:locale"]


def test_a_mistake_can_be_reported_where_the_site_reaches_nobody(site: Path) -> None:
    for name, words in (
        ("howto/diagnose.html", "What is true, and how you know:"),
        ("zh/howto/diagnose.html", "实际情况，以及您的依据："),  # noqa: RUF001
    ):
        text = (site / name).read_text("utf-8")
        draft = re.search(r'<aside class="fanlic-imprint".*?<pre[^>]*><code[^>]*>(.*?)</code>', text, re.DOTALL)
        assert draft, name
        assert name in draft[1]
        assert words in draft[1]
        [mail] = [link["href"] for link in _Head(text).links if link.get("href", "").startswith("mailto:?subject=")]
        assert "body=" in mail


def test_pictures_for_shared_addresses_are_those_of_their_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    import cards

    assert cards.stale() == [], "run: python docs/cards.py"


def _commit(folder: Path, day: str, name: str) -> None:
    (folder / name).write_text(day)
    who = ["-c", "user.name=x", "-c", "user.email=x@x.example", "-c", "commit.gpgsign=false"]
    dated = {"GIT_COMMITTER_DATE": f"{day}T12:00:00Z", "GIT_AUTHOR_DATE": f"{day}T12:00:00Z", "PATH": "/usr/bin:/bin"}
    subprocess.run(["git", "add", "."], cwd=folder, check=True)
    subprocess.run(["git", *who, "commit", "-qm", day], cwd=folder, check=True, env={**dated, "HOME": str(folder)})


def test_the_day_of_the_last_change_comes_from_git_and_is_absent_where_nobody_knows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    from _site import imprint

    whole = tmp_path / "whole"
    (whole / "inside" / "docs").mkdir(parents=True)
    subprocess.run(["git", "init", "-q"], cwd=whole, check=True)
    _commit(whole, "2031-02-03", "old.md")
    _commit(whole, "2032-03-04", "文.md")
    assert ("2031-02-03", "2032-03-04") == (imprint.changed("old.md", whole), imprint.changed("文.md", whole))
    assert imprint.changed("none.md", whole) == imprint.changed("", whole) == ""
    assert re.fullmatch(r"\d+\.\d+\.\d+ \([0-9a-f]{7,}\)", imprint.version(whole))
    # An archive that somebody unpacked in a folder that git knows is not that folder's history.
    assert imprint.changed("old.md", whole / "inside") == ""
    assert "(" not in imprint.version(whole / "inside")
    shallow = tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth=1", whole.as_uri(), str(shallow)], check=True)
    assert imprint.changed("old.md", shallow) == ""
    assert "(" in imprint.version(shallow)


def test_programs_that_read_text_get_every_page_of_a_language_described_and_whole(site: Path) -> None:
    for folder, found, other in (
        ("", "- [Move the server](howto/move-the-server.html): The order of the steps is strict", "zh/llms.txt"),
        ("zh/", "- [迁移服务器](howto/move-the-server.html): 步骤的顺序是严格的", "../llms.txt"),
    ):
        listed = (site / folder / "llms.txt").read_text("utf-8")
        assert found in listed
        links = re.findall(r"^- \[.*\]\(([^)]+)\)(: .+)?$", listed, re.MULTILINE)
        assert [link for link, _said in links if not (site / folder / link).is_file()] == []
        assert other in dict(links)
        assert sum(not said for _link, said in links[2:]) < 12
        full = (site / folder / "llms-full.txt").read_text("utf-8")
        assert [link for link, _said in links[2:] if f"<!-- {link} -->" not in full] == []
        assert "<div" not in re.sub(r"```.*?```|~~~~.*?~~~~|`[^`\n]+`", "", full, flags=re.DOTALL)


@pytest.mark.parametrize("folder", ["", "zh/"])
def test_a_handout_is_printed_from_the_site_on_one_page_of_a4(watched: Any, site: Path, folder: str) -> None:
    for name in HANDOUTS:
        watched.page.goto(f"{site.as_uri()}/{folder}handouts/{name}.html")
        printed = watched.page.pdf(prefer_css_page_size=True)
        assert 1 == len(re.findall(rb"/Type\s*/Page\b", printed)), name
        [(width, height)] = set(re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", printed))
        assert (595, 842) == (round(float(width)), round(float(height)))


def test_a_word_of_the_glossary_is_a_link_with_its_meaning_at_its_first_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    from _site import terms

    (tmp_path / "zh").mkdir()
    (tmp_path / "glossary.md").write_text(
        "# G\n\n### seat\n\nA *place* of [a node](x.md) here. More.\n\n### node\n\nOne machine.\n\n"
    )
    (tmp_path / "zh" / "glossary.md").write_text("# G\n\n### 席位 { #seat }\n\n占用的位置。还有。\n\n")
    text = "<h2>Seat</h2><p>See <a href='x'>seat</a>, <code>seat</code>. Two seats, a seat; seated.</p><p>A seat.</p>"
    assert terms.linked(text, "codes/1/index.md", tmp_path) == text.replace(
        "Two seats",
        'Two <a class="fanlic-term" href="../../glossary.html#seat" title="A place of a node here.">seats</a>',
    )
    assert (
        '<p>一个<a class="fanlic-term" href="glossary.html#seat" title="占用的位置。">席位</a>。席位</p>'
        == terms.linked("<p>一个席位。席位</p>", "zh/x.md", tmp_path)
    )
    assert text == terms.linked(text, "glossary.md", tmp_path)
