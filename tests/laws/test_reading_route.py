"""The reading route: it leads through every chapter of the rulebook, within an hour, on GitHub and on the site."""

import re
from pathlib import Path

from _site import source

ROOT = Path(__file__).parents[2]
ROUTE = ROOT / "docs" / "explanation" / "reading-route.md"


def test_the_route_leads_through_every_file_of_the_rulebook() -> None:
    chapters = {path.name for path in (ROOT / "fanlic" / "model").glob("*.py")} - {"__init__.py"}
    assert set() == chapters - set(re.findall(r"fanlic/model/(\w+\.py)\)", ROUTE.read_text("utf-8")))


def test_the_route_takes_an_hour() -> None:
    minutes = [int(minute) for minute in re.findall(r"^\| (\d+) \|", ROUTE.read_text("utf-8"), re.MULTILINE)]
    assert sorted(minutes) == minutes
    assert 0 == minutes[0]
    assert 50 < minutes[-1] < 60


def test_links_to_python_files_work_in_the_repository() -> None:
    for page in sorted((ROOT / "docs").rglob("*.md")):
        for target in re.findall(r"\]\(([^)#]*\.py)(?:#L\d+)?\)", page.read_text("utf-8")):
            assert (page.parent / target).is_file(), f"{page.relative_to(ROOT)} links to {target}"


def test_links_to_python_files_lead_to_their_pages_on_the_site() -> None:
    written = "[a](../../fanlic/model/server.py), [b](../tests/laws/mutation.py#L7), [c](../adr/README.md), `x.py`"
    expected = "[a](../source/fanlic/model/server.py.html), [b](source/tests/laws/mutation.py.html#L7), "
    assert expected + "[c](../adr/README.md), `x.py`" == source.site_links(written)
    assert ".py.html" in source.site_links(ROUTE.read_text("utf-8"))
    assert ".py.html" not in ROUTE.read_text("utf-8")
