"""Every docker line of the handouts and the notebooks passes preflight, and none of them costs a site its identity."""

import re
from pathlib import Path

import pytest

from fanlic.troubleshoot.check.run import judge
from fanlic.troubleshoot.findings import Severity
from tests.notebooks.kernels import NAMES, ROOT, read

LINE = re.compile(r"(?:docker |%docker |\.docker\(f?\"|\")((?:run|load) [^`\"\n]+)")


def lines(text: str) -> list[str]:
    text = text.replace("CONTAINER_PORT", "8081")  # the line above it asks the image for it
    return [match.rstrip(r"\)") for match in LINE.findall(text) if "{" not in match and "..." not in match]


SOURCES = {
    **{
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
        for folder in ("docs/handouts", "docs/zh/handouts")
        for path in (ROOT / folder).glob("*.md")
    },
    **{name: "\n".join(cell.source for cell in read(name).cells) for name in NAMES},
}
COMMANDS = [(where, line) for where, text in SOURCES.items() for line in lines(text)]


def test_the_commands_are_found() -> None:
    assert {"docs/handouts/commands.md", "docs/zh/handouts/commands.md", "00_story", "03_activation"} <= {
        where for where, _line in COMMANDS
    }


@pytest.mark.parametrize(("where", "line"), COMMANDS)
def test_preflight_finds_no_error_in_it(where: str, line: str) -> None:
    assert [] == [finding.message for finding in judge(f"docker {line}", "sh") if finding.severity is Severity.ERROR]


@pytest.mark.parametrize("name", ["docs/handouts/commands.md", "docs/zh/handouts/commands.md"])
def test_the_run_lines_of_a_handout_map_the_same_two_directories(name: str) -> None:
    """A line with another folder for /app/config, typed on a running site, makes a stranger of its server."""
    runs = [line for where, line in COMMANDS if where == name and line.startswith("run ")]
    assert len(runs) > 1
    assert 1 == len({tuple(re.findall(r"-v (\S+:/app/\w+)", line)) for line in runs})
    assert all("/app/config" in line and "/app/log" in line for line in runs)


def test_a_breach_is_seen(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("docker run -v /D/web:/app/web -P -d fanruan_license_server_amd64:1.0.0", "utf-8")
    [line] = lines((tmp_path / "x").read_text("utf-8"))
    assert [finding for finding in judge(f"docker {line}", "sh") if finding.severity is Severity.ERROR]
