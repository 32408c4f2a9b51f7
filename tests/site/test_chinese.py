"""Chinese is a first language of the site: interface, menu, links, search; and no translation falls behind unseen."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
HAN = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def makers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`chinese` and `_site` can be imported, as docs/build.py has them."""
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    yield
    for name in [each for each in sys.modules if each.partition(".")[0] in ("_site", "chinese")]:
        del sys.modules[name]


def page(site: Path, name: str) -> str:
    return (site / name).read_text(encoding="utf-8")


def chinese_pages(site: Path) -> list[str]:
    return sorted(path.relative_to(site).as_posix() for path in (site / "zh").rglob("*.html"))


def test_every_page_below_zh_names_its_language_and_its_english_sibling(site: Path) -> None:
    wrong = []
    for name in chinese_pages(site):
        text = page(site, name)
        links = dict(re.findall(r'<link rel="alternate " href="([^"]+)" hreflang="([^"]+)"', text))
        found = {lang: ((site / name).parent / href).resolve().relative_to(site) for href, lang in links.items()}
        wanted = {"en": Path(name.removeprefix("zh/")), "zh-Hans": Path(name)}
        if '<html lang="zh-Hans"' not in text or found != wanted:
            wrong.append(name)
    assert len(chinese_pages(site)) > 100
    assert [] == wrong


def test_the_interface_and_the_menu_of_a_chinese_page_are_chinese(site: Path) -> None:
    for name in ("zh/index.html", "zh/codes/30005/index.html", "zh/glossary.html"):
        text = page(site, name)
        header = text[text.index("<header") : text.index("</header>")]
        shell = [
            header,
            *re.findall(r"<nav.*?</nav>", text, re.DOTALL),
            *re.findall(r"<footer.*?</footer>", text, re.DOTALL),
        ]
        shell = [re.sub("<script.*?</script>", "", each, flags=re.DOTALL) for each in shell]
        said = re.findall(r'(?:aria-label|title|placeholder)="([^"]+)"', "".join(shell))
        said += [" ".join(each.split()) for each in re.findall(r">([^<>]+)<", "".join(shell))]
        english = {each for each in said if re.search("[a-z]{3}", each) and not HAN.search(each)}
        assert english <= {"fanlic", "English", "privateConfig", "HTTP API", "Python API"}, name


def test_links_inside_chinese_lead_to_chinese_as_far_as_there_is_any(site: Path) -> None:
    astray = []
    for name in chinese_pages(site):
        body = re.search(r"<article.*?</article>", page(site, name), re.DOTALL)
        for href in re.findall(r'<a (?:class="[^"]*" )?href="([^":#]+\.html)', body[0] if body else ""):
            target = ((site / name).parent / href).resolve().relative_to(site).as_posix()
            if not target.startswith("zh/") and (site / "zh" / target).is_file():
                astray.append(f"{name}: {href}")
    assert [] == astray


# What stays English on a Chinese page: words that Docker, a browser or Java print, and the vendor's English names.
QUOTED = re.compile(
    r"port is already allocated|[Nn]o subject alternative names[\w ]*|[Cc]annot connect to the [\w ]+"
    r"|unable to find valid certification path to requested target|[Mm]aximum number of \w+"
)
QUOTING = {
    "zh/glossary.html": "has the names of menus in both languages",
    "zh/symptoms/registration-failed/index.html": "lists messages as they are printed",
}
SENTENCE = re.compile(r"(?<![\w/.:@`'-])[A-Za-z][a-z]+(?:[,;:]? [a-z][a-z']+){3,}(?![\w/@`])")


def test_no_chinese_page_has_english_prose(site: Path) -> None:
    met = []
    for name in set(chinese_pages(site)) - set(QUOTING):
        body = re.search(r"<article.*?</article>", page(site, name), re.DOTALL)
        text = re.sub(r"<(pre|code|script|style)\b.*?</\1>", " ", body[0] if body else "", flags=re.DOTALL)
        text = re.sub(r'<p class="fanlic-phrases.*?</p>', "", text, flags=re.DOTALL)  # what people type, for the search
        text = QUOTED.sub("|", unescape(re.sub(r"<[^>]+>", " | ", text)))
        met += [f"{name}: {found}" for found in SENTENCE.findall(text)]
    assert [] == met


def test_each_language_has_a_search_index_of_its_own(site: Path) -> None:
    english, chinese = (json.loads(page(site, f"{root}search/search_index.json"))["docs"] for root in ("", "zh/"))
    assert not [each["location"] for each in english if each["location"].startswith("zh/")]
    for each in chinese:
        assert (site / "zh" / each["location"].partition("#")[0]).is_file()
    assert "codes/30005/index.html" in {each["location"] for each in chinese}


@pytest.mark.parametrize("way", ["sub-path", "folder"])
def test_a_chinese_reader_searches_switches_and_comes_back(watched: Any, address: str, site: Path, way: str) -> None:
    root = address if way == "sub-path" else site.as_uri() + "/"
    watched.page.goto(root + "zh/index.html")
    box = watched.page.locator("input.md-search__input")
    assert box.get_attribute("placeholder") == "搜索"
    box.fill("30005")
    box.press("End")
    first = watched.page.locator(".md-search-result__item a").first
    first.wait_for()
    assert first.evaluate("link => link.href").startswith(root + "zh/codes/30005/")
    watched.page.goto(root + "zh/codes/30005/index.html")
    for words, wanted in (("English", "codes/30005/index.html"), ("中文", "zh/codes/30005/index.html")):
        watched.page.locator(".fanlic-tongue", has_text=words).click()
        watched.page.wait_for_url(root + wanted)
    assert (watched.outside, watched.errors) == ([], [])


def test_an_english_page_without_chinese_or_changed_since_is_named_with_the_way_to_clear_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import chinese

    (tmp_path / "docs/zh/howto").mkdir(parents=True)
    (tmp_path / "docs/howto").mkdir()
    (tmp_path / "notebooks").mkdir()
    monkeypatch.setattr(chinese, "ROOT", tmp_path)
    monkeypatch.setattr(chinese, "DOCS", tmp_path / "docs")
    english, translated = tmp_path / "docs/howto/wash.md", tmp_path / "docs/zh/howto/wash.md"
    english.write_text("# Wash the cups\n")
    assert ["docs/howto/wash.md has no Chinese"] == [each.partition(":")[0] for each in chinese.problems()]
    translated.write_text("# 洗杯子\n", encoding="utf-8")
    assert ["docs/howto/wash.md has changed"] == [each.partition(":")[0] for each in chinese.problems()]
    chinese.main(["clear", str(translated)])
    assert [] == list(chinese.problems())
    chinese.main(["clear", str(translated)])
    assert translated.read_text(encoding="utf-8").count("<!--") == 1
    assert chinese.without_mark(translated.read_text(encoding="utf-8")) == "# 洗杯子\n"
    english.write_text("# Wash the cups with soap\n")
    [problem] = chinese.problems()
    assert problem.endswith("see docs/zh/howto/wash.md, then python docs/chinese.py clear docs/zh/howto/wash.md")


def test_every_english_page_and_cell_has_its_chinese_of_today() -> None:
    """What fails names the page or cell, and how to clear it."""
    import chinese

    assert [] == list(chinese.problems())


def test_a_paragraph_of_chinese_is_one_line() -> None:
    """A line break between two Chinese characters would be shown as a space."""
    broken = []
    for path in [*(ROOT / "docs" / "zh").rglob("*.md"), *(ROOT / "notebooks" / "zh").glob("*.md")]:
        prose = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        broken += [
            f"{path.name}: {found}" for found in re.findall("[\u3000-\u9fff\uff00-\uffef]\n *[\u4e00-\u9fff]", prose)
        ]
    assert [] == broken


def test_the_index_of_decisions_tells_each_one_in_chinese_and_says_that_the_records_are_english() -> None:
    english, chinese = ((ROOT / "docs" / folder / "adr" / "README.md").read_text("utf-8") for folder in (".", "zh"))
    told = dict(re.findall(r"^\| \[\d{4}\]\((\d{4}[\w-]+\.md)\) \| (.+) \|$", chinese, re.MULTILINE))
    assert set(re.findall(r"^\| \[\d{4}\]\((\d{4}[\w-]+\.md)\)", english, re.MULTILINE)) == told.keys()
    assert [text for text in told.values() if not HAN.search(text)] == []
    assert "只有英文" in chinese


def test_each_reading_is_told_in_chinese_under_the_same_name() -> None:
    english, chinese = ((ROOT / "docs" / folder / "readings.md").read_text("utf-8") for folder in (".", "zh"))
    entry = re.compile(r"^### (\S+)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
    entries = [dict(entry.findall(text)) for text in (english, chinese)]
    assert list(entries[0]) == list(entries[1])
    for name, text in entries[0].items():
        assert HAN.search(entries[1][name])
        codes = set(re.findall(r"`(?:Policy\.)?(\w+\.\w+|[A-Z]\w+)`", text))
        assert codes <= set(re.findall(r"`(?:Policy\.)?(\w+\.\w+|[A-Z]\w+)`", entries[1][name])), name


def test_the_chinese_threats_name_the_same_files_and_tests() -> None:
    rows = [
        [
            (cells[1].strip(), re.findall(r"`([\w/]+\.py)`", f"{cells[3]}{cells[4]}"))
            for line in (ROOT / "docs" / folder / "threats.md").read_text("utf-8").splitlines()
            if (cells := re.split(r"(?<!\\)\|", line))[3:] and "`" in cells[4]
        ]
        for folder in (".", "zh")
    ]
    assert len(rows[0]) > 30
    assert rows[0] == rows[1]
