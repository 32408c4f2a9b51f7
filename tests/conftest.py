"""What holds for every test: examples repeat, nothing leaves this machine, no silent skip."""

import importlib.util
import ipaddress
import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

os.environ["FANLIC_LANG"] = "en"  # tests read English, whatever the machine speaks
TESTS = Path(__file__).parent
NOT_ON_WINDOWS = "Skipped: not on Windows: "  # what a reason for a skip begins with, if Windows lacks what is tested
REQUIRE_ALL = os.environ.get("FANLIC_REQUIRE_ALL") == "1"

if importlib.util.find_spec("hypothesis"):
    import hypothesis

    hypothesis.settings.register_profile("fanlic", derandomize=True, deadline=None, max_examples=60, print_blob=True)
    hypothesis.settings.load_profile("fanlic")


def refuse_outside(event: str, arguments: tuple[Any, ...]) -> None:
    """Audit hook: every connection of the test process stays on this machine."""
    if event not in ("socket.connect", "socket.sendto"):
        return
    address = arguments[1]
    if not isinstance(address, tuple) or address[0] == "localhost":
        return  # a socket of the file system, or loopback by name
    if not ipaddress.ip_address(address[0]).is_loopback:
        raise RuntimeError(f"a test reached for {address}: only loopback is allowed")


sys.addaudithook(refuse_outside)


def failed_if_skipped(report: Any) -> Any:
    """A skip is a failure if all must run. An expected failure is none; neither is, on Windows, what Windows lacks."""
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        if sys.platform == "win32" and NOT_ON_WINDOWS in str(reason):
            return report
        report.outcome = "failed"
        report.longrepr = f"FANLIC_REQUIRE_ALL=1 allows no skip. {reason}"
    return report


# Where two processes share the tests, each takes whole folders of these, because their tests share what takes long to
# make, and otherwise whole files. What takes longest comes first, so that the processes end at about the same time.
FOLDERS = ("container", "site", "laws")
LONGEST = ("container", "notebooks/test_buttons.py", "site", "notebooks", "laws", "attacks", "browser", "lab")


def place(item: pytest.Item) -> str:
    return item.path.relative_to(TESTS).as_posix()


def group(item: pytest.Item) -> str:
    folder = place(item).partition("/")[0]
    return folder if folder in FOLDERS else place(item)


def rank(item: pytest.Item) -> int:
    return next((rank for rank, name in enumerate(LONGEST) if place(item).startswith(name)), len(LONGEST))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not os.environ.get("PYTEST_XDIST_WORKER"):
        return  # one process keeps the order of the files: the quick tests of one's own folder are seen first
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group(item)))
    items.sort(key=rank)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    return failed_if_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, Any, Any]:
    return failed_if_skipped((yield))
