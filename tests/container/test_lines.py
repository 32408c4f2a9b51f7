"""One table of command lines: a real engine answers as the sandbox does."""

from __future__ import annotations

import io
import struct
import tarfile
from collections.abc import Iterator

import pytest

from fanlic.adapters.archive import Layer
from fanlic.adapters.engines.docker import DockerHost
from tests.container.conftest import new_host
from tests.container.private_engine import PrivateEngine
from tests.engine_lines import AMD64, ARCHIVE, LINES, Line, write_archives

HOST = "/D/William"

# Block every signal, wait for one, exit 0: a server that is quick to start and to stop.
_CODE = bytes.fromhex(
    "48c7c0ffffffff50"  # a mask of all signals on the stack
    "b80e00000031ff4889e631d241ba080000000f05"  # rt_sigprocmask(SIG_BLOCK, mask, 0, 8)
    "b8800000004889e731f631d241ba080000000f05"  # rt_sigtimedwait(mask, 0, 0, 8)
    "b83c00000031ff0f05"  # exit(0)
)


def waiting_program() -> bytes:
    """An x86-64 program without libraries."""
    start, size = 0x400000 + 120, 120 + len(_CODE)
    elf = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    header = struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, start, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, 0x400000, 0x400000, size, size, 0x1000)
    return elf + header + segment + _CODE


def base_layer() -> Layer:
    """A layer with the program as /bin/server."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        member = tarfile.TarInfo("bin/server")
        member.size, member.mode = len(waiting_program()), 0o755
        tar.addfile(member, io.BytesIO(waiting_program()))
    return Layer(stream.getvalue())


@pytest.fixture(scope="module")
def everywhere(running_engine: PrivateEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerHost]:
    """One host for all lines, with the archive loaded once."""
    folder = tmp_path_factory.mktemp("lines")
    write_archives(folder, base_layer())
    with pytest.MonkeyPatch.context() as patch, running_engine.network():
        patch.setenv("DOCKER_HOST", running_engine.address)
        host = new_host(folder)
        assert 0 == host.docker(f"load -i {ARCHIVE}").status
        yield host
        host.close()


@pytest.fixture
def fresh(everywhere: DockerHost, running_engine: PrivateEngine) -> Iterator[DockerHost]:
    """The host without containers."""
    yield everywhere
    if found := running_engine.docker("ps", "-aq").stdout.split():
        running_engine.docker("rm", "-f", *found)


# What Docker's command line says before version 28, where more differs than capitals and quotation marks.
OLDER = {
    "run -d fanruan_license_server:1.0.0": (125, ("unable to find image",)),
    f"run -d --rm --restart always {AMD64}": (125, ("conflicting options: --restart and --rm",)),
    f"run --foo {AMD64}": (125, ("unknown flag: --foo",)),
    "port one 99": (1, ("no public port '99/tcp' published for one",)),
    "logs": (1, ("'docker logs' requires exactly 1 argument",)),
}

SHARED = [line for line in LINES if not line.sandbox_only]


@pytest.mark.parametrize("line", SHARED, ids=[each.line.replace("{host}", "") for each in SHARED])
def test_command_line_is_answered_as_the_sandbox_answers(fresh: DockerHost, cli_version: int, line: Line) -> None:
    for before in line.before:
        fresh.docker(before.replace("{host}", HOST))
    done = fresh.docker(line.line.replace("{host}", HOST))
    said, status, says = done.stdout + done.stderr, line.status, line.says
    if cli_version < 28:
        status, says = OLDER.get(line.line, (status, says))
        said, says = plain(said), tuple(map(plain, says))
    assert status == done.status, said
    assert [] == [words for words in says if words.replace("{host}", HOST) not in said], said


def plain(text: str) -> str:
    """The text without capitals and double quotation marks, but for the host path."""
    return text.replace('"', "'").lower().replace(HOST.lower(), HOST)


@pytest.fixture(scope="module")
def cli_version(running_engine: PrivateEngine) -> int:
    """The major version of Docker's command line."""
    return int(running_engine.docker("version", "--format", "{{.Client.Version}}").stdout.partition(".")[0])
