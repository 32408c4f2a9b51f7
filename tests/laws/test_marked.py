"""Every sentence about FineBI, FanRuan or the procedure's rules says whose it is: in docs, notes, handouts, notebooks.

The unit is a paragraph, an item of a list, or a table with the paragraphs around it. It is about FineBI if it names a
product, the vendor, a code or one of the procedure's numbers. It is marked by a basis (FanRuan's page, the vendor
elsewhere, our reading, ours), by a link to a clause, a reading or an entry of the catalogue, which has its basis, or
because it speaks of fanlic. A heading, a question and code say nothing of FineBI.
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from notebooks import chinese

ROOT = Path(__file__).parents[2]
ABOUT = re.compile(
    r"\b(FineBI|FanRuan|FineReport|FineOps|vendor)\b|\b[123]000\d\b|privateConfig"
    r"|\b(24|22|23|25|two|2|five|5|15|fifteen|twelve|12)[ -](hours?|minutes?|polls?|misses|missed|wrong)\b"
    r"|\b(sixth|twelfth) (wrong|miss|poll)|\bmust (not )?be (mapped|restarted)",
    re.IGNORECASE,
)
MARK = re.compile(
    r"FanRuan's page|[Tt]he vendor elsewhere|\b[Oo]ur reading|\(ours\b|\b(is|are) (fanlic's own|ours)\b|\*ours\*"
    r"|(readings|clauses|editions)\.md|\.\./(codes|reasons|symptoms)/|\.\./(index|reference)\.md"
    r"|not documented|Nobody outside the vendor|vendor's names?\b|\bA\d{1,2}\b"
    r"|\bfanlic\b|rehears|\blab\b|\bsandbox\b|%docker|exercises?\.|scenario|drill"
)
OURS_WHOLLY = {
    "docs/howto/business-desk.md": "about fanlic's own business desk",
    "docs/howto/project-server.md": "about fanlic's own project server",
    "docs/howto/lab-page.md": "about fanlic's own lab on a page",
    "docs/howto/container.md": "about fanlic's own image; its first paragraph says so",
    "docs/howto/run-a-class.md": "about a class with fanlic",
    "docs/howto/jupyterhub.md": "about fanlic on a hub",
    "docs/explanation/build-your-own.md": "about a server of one's own",
    "docs/explanation/figures.md": "about fanlic's own figures",
    "docs/explanation/trust.md": "about fanlic's own design; its first paragraph says so",
    "docs/threats.md": "about fanlic's own state",
}
# A page may say at its beginning whose everything is that has no mark of its own.
REST = re.compile(r"the rest is our reading|\*\(ours\)\* marks what|to look\s+at and who acts is ours")
NO_STATEMENT = {  # what to do, or what a page is about
    "the two limits of 24 hours, the poll period of two hours, and why nothing here waits",
    (
        "The vendor's pages have several names for some of the things; this page lists them, so that their readers can "
        "find our word."
    ),
    "not the container, not the host, not FineBI.",
    "Run it **on the FineBI host**, because the network path of that host counts.",
    "- [Register a project without FineBI](project-server.md)",
    "If only the vendor can help, the page has a draft mail and a list of the evidence to send.",
    "- Write down the address, the host directory of `/app/config`, and who may write to the vendor.",
    'warning "What it is not" <!-- not-fanruan -->',
    (
        "**Afterwards you can** tell from two instants what each party will show, whether anybody must scan or "
        "register, and why 23 hours may be too long."
    ),
}
KEPT_APART = {"clauses.md", "readings.md", "ledger.md", "states.md"}  # these are the sources of the marks


def pages() -> dict[str, str]:
    """Every text that is read as a page, by its name: Markdown files, and the text cells of each notebook."""
    paths = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    inside = {path.relative_to(ROOT).as_posix(): path for path in paths}
    return {
        name: path.read_text(encoding="utf-8")
        for name, path in inside.items()
        if not name.startswith(("docs/zh/", "docs/adr/")) and path.name not in KEPT_APART and name not in OURS_WHOLLY
    }


def cells() -> dict[str, str]:
    """Every text cell of the notebooks. A cell tells what is seen in the lab and then the rule, with its basis."""
    found = {}
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                found[f"{path.name} {cell['id']}"] = "".join(cell["source"])
    return found


PAGES = pages()


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """Each paragraph, item or row, with all that may mark it: a row has its table and what stands around that."""
    parts = [part for part in re.split(r"\n\s*\n", without_code(text)) if part.strip()]
    for place, part in enumerate(parts):
        lines = part.strip().splitlines()
        if lines[0].lstrip().startswith("|"):
            around = "\n".join(parts[max(place - 1, 0) : place + 2])
            yield from ((row, around) for row in lines)
        else:
            for item in re.split(r"\n(?=\s*(?:[-*]|\d+\.) )", part.strip()):
                yield item, item


def speaks_of_finebi(sentence: str) -> bool:
    """Whether a sentence says something of FineBI; what stands in code is a name, and a question says nothing."""
    plain = re.sub(r"`(?!privateConfig)[^`]*`|\S+@\S+", "", sentence)
    return bool(ABOUT.search(plain)) and not plain.rstrip("*_ |").endswith("?") and sentence not in NO_STATEMENT


def without_code(text: str) -> str:
    """The text without front matter, headings, pictures and blocks of code."""
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    text = re.sub(r"^( *)(```|~~~).*?^\1\2`*~*$", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"^#+ .*$|!\[.*?\]\(.*?\)(\{.*?\})?", "", text, flags=re.MULTILINE)


def unmarked(text: str) -> list[str]:
    """The sentences that say something of FineBI and do not say whose it is."""
    found: list[str] = []
    if REST.search(text):
        return found
    for block, around in blocks(text):
        sentences = re.split(r"(?<=[.!?:])\s+", " ".join(block.split()))
        said = [each for each in sentences if speaks_of_finebi(each)]
        if said and not MARK.search(around):
            found += said
    return found


@pytest.mark.parametrize("name", PAGES)
def test_each_sentence_about_finebi_says_whose_it_is(name: str) -> None:
    assert [] == unmarked(PAGES[name])


def test_each_cell_of_a_notebook_that_speaks_of_finebi_says_whose_it_is() -> None:
    assert {} == {name: unmarked(text) for name, text in cells().items() if unmarked(text) and not MARK.search(text)}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("FineBI reconnects by itself.", 1),
        ("FineBI reconnects by itself (our reading, A4).", 0),
        ("Does FineBI reconnect?", 0),
        ("# FineBI\n\nPress the button.", 0),
        ("It locks after five wrong codes. All ours.", 1),
        ("Down for 25 hours: scan.\n\nFanRuan's page says so.", 1),
        ("| down | do |\n|---|---|\n| 25 hours | scan |\n| 2 hours | wait |", 2),
        ("| down | do |\n|---|---|\n| 25 hours | scan |\n\nBoth: FanRuan's page.", 0),
        ("- 30006 means a port.\n- 30007 is full ([seats](../codes/30007/index.md)).", 1),
        ("```text\nFineBI says no\n```", 0),
    ],
)
def test_what_the_linter_takes_for_a_statement_and_for_a_mark(text: str, count: int) -> None:
    assert count == len(unmarked(text))


AMBIGUOUS = re.compile(
    r"(?<!this )\b[Tt]he (source )?page('s (own|way|command)| says| does not say| prints| has no\b| spells| forbids"
    r"| names no| asks for| warns| gives)"
)
QR_PAGE_S = (
    "The page says that code entry is locked: for how long?",
)  # of the QR code page, shown in a drill about it


def test_the_page_is_named_where_it_could_be_another_one() -> None:
    texts = {**PAGES, **cells(), **{name: (ROOT / name).read_text(encoding="utf-8") for name in OURS_WHOLLY}}
    for root, names in (("fanlic", "*.py"), ("notebooks", "*.py")):
        for path in (ROOT / root).rglob(names):
            tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            calls = (
                node for node in tree if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "N_")
            )
            said = [arg.value for node in calls for arg in node.args if isinstance(arg, ast.Constant)]
            texts[path.name + root] = "\n".join(str(text) for text in said if text not in QR_PAGE_S)
    assert [] == [(name, found[0]) for name, text in texts.items() for found in AMBIGUOUS.finditer(text)]


def test_more_than_24_hours_is_what_the_page_says() -> None:
    """At exactly 24 hours it has lapsed too: that is reading A6, and whoever says so names it."""
    longer = re.compile(r"24 hours (?:or|and) (?:more|longer)")
    said = [(name, block) for name, text in {**PAGES, **cells()}.items() for block, _around in blocks(text)]
    assert [] == [(name, block) for name, block in said if longer.search(block) and "A6" not in block]


def test_no_sentence_is_excused_that_is_not_there() -> None:
    whole = " ".join(" ".join((*PAGES.values(), *cells().values())).split())
    assert [] == [each for each in NO_STATEMENT if each not in whole]


def test_a_page_that_is_left_out_is_there_and_gives_its_reason() -> None:
    assert [] == [name for name, reason in OURS_WHOLLY.items() if not reason or not (ROOT / name).is_file()]


# -- the Chinese pages are translations, so each paragraph must keep whose the English one says that it is

BASIS = re.compile(
    r"FanRuan's page|[Oo]ur reading|[Tt]he vendor elsewhere|\(ours\b|\*ours\*|\b(is|are) ours\b|vendor's name"
    r"|\bA\d{1,2}\b"
)
CHINESE_BASIS = re.compile(
    r"帆软(的)?(帮助)?(页面|文档)|原文档|我们的解读|我们(自己)?的|厂商(其他|在别处|别处|的)|fanlic自己的|A\d{1,2}(?!\d)"
)
OTHER_SHAPE = {"docs/glossary.md": "its paragraphs are in the order of the Chinese words"}


def unkept(english: str, translated: str) -> list[str]:
    """The Chinese paragraphs that do not say whose the English ones say they are; the last line is a mark of ours."""
    pairs = [
        [part for part in re.split(r"\n\s*\n", without_code(text)) if part.strip()]
        for text in (english, re.sub(r"\n*<!-- english: \w+ -->\s*\Z", "", translated))
    ]
    return [there for here, there in zip(*pairs, strict=True) if BASIS.search(here) and not CHINESE_BASIS.search(there)]


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("docs/") and name not in OTHER_SHAPE])
def test_each_chinese_paragraph_keeps_whose_the_english_one_says_it_is(name: str) -> None:
    translated = ROOT / name.replace("docs/", "docs/zh/", 1)
    assert [] == unkept(PAGES[name], translated.read_text(encoding="utf-8"))


def test_each_chinese_cell_keeps_whose_the_english_one_says_it_is() -> None:
    known = {path.stem: chinese.parts(path.stem) for path in (ROOT / "notebooks").glob("*.ipynb")}
    lost = {}
    for name, english in cells().items():
        notebook, _, cell = name.partition(".ipynb ")
        part = known[notebook].get(("cell", cell)) or known[notebook].get(("teach", cell))
        if part is not None and (found := unkept(english, part.text)):
            lost[name] = found
    assert {} == lost


@pytest.mark.parametrize(
    ("english", "translated", "count"),
    [
        ("It locks (our reading, A8).", "锁定: 我们的解读A8。", 0),
        ("It locks (our reading, A8).", "锁定。", 1),
        ("FanRuan's page says so.\n\nIt is ours.", "帆软的文档这样说。\n\n就是这样。\n\n<!-- english: 0a1b -->", 1),
    ],
)
def test_what_is_taken_for_a_lost_mark(english: str, translated: str, count: int) -> None:
    assert count == len(unkept(english, translated))
