"""What holds for every test: examples repeat, nothing leaves this machine, no silent skip."""

import importlib.util
import ipaddress
import os
import sys
from collections.abc import Generator
from typing import Any

import pytest

os.environ["FANLIC_LANG"] = "en"  # tests read English, whatever the machine speaks
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


# If two processes share the tests, each takes a whole folder of these, because its tests share what takes long to make,
# and otherwise a whole file. What takes longest comes first, so that both processes end at about the same time.
FOLDERS = ("container", "site", "laws")
LONGEST = ("container", "notebooks/test_buttons.py", "site", "notebooks", "laws", "attacks", "browser", "lab")


def group(nodeid: str) -> str:
    """The folder or file of a test, below tests/."""
    file = nodeid.partition("::")[0].removeprefix("tests/")
    folder = file.partition("/")[0]
    return folder if folder in FOLDERS else file


def rank(item: pytest.Item) -> int:
    file = group(item.nodeid)
    return next((rank for rank, name in enumerate(LONGEST) if file.startswith(name)), len(LONGEST))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """For `--dist loadscope`. The groups of `loadgroup` are lost with pytest 9.2, whose test ids are no plain texts."""
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):  # type: ignore[misc] # it has no types
        def _split_scope(self, nodeid: str) -> str:
            return group(nodeid)

    return Groups(config, log) if config.getvalue("dist") == "loadscope" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("PYTEST_XDIST_WORKER"):  # one process alone keeps the order of the files
        items.sort(key=rank)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    return failed_if_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, Any, Any]:
    return failed_if_skipped((yield))
