"""Command lines and what a container engine answers: for the sandbox, and for a real Docker.

`{host}` stands for an absolute host directory; every line starts on a fresh host on which the
archive was loaded from the working directory, where `write_archives` put it and spoilt copies.
Messages that begin with `sandbox:` and the lines marked so have no counterpart in Docker.
"""

from __future__ import annotations

import io
import tarfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fanlic.adapters.archive import Image, Layer, write

AMD64, ARM64 = "fanruan_license_server_amd64:1.0.0", "fanruan_license_server_arm64:1.0.0"
ARCHIVE = "fanruan_license_server.tar"
PROGRAM = ["/bin/server"]
CREATED = datetime(2026, 3, 1, tzinfo=UTC)
RUN = f"run -d --name one -p 49200:8081 {AMD64}"


@dataclass(frozen=True)
class Line:
    """One command line, its exit status and words of its answer (standard output and error)."""

    line: str
    status: int
    says: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    sandbox_only: bool = False


LINES = (
    # load
    Line(f"load -i {ARCHIVE}", 0, (f"Loaded image: {AMD64}", f"Loaded image: {ARM64}")),
    Line(f"docker load < {ARCHIVE}", 0, (f"Loaded image: {AMD64}",)),
    Line(f"load --input={ARCHIVE}", 0, (f"Loaded image: {ARM64}",)),
    Line("load -i missing.tar", 1, ("open missing.tar: no such file or directory",)),
    Line("load -i truncated.tar", 1, ("unexpected EOF",)),
    Line("load -i text.tar", 1, ("invalid tar header",)),
    Line("load extra", 1, ("'docker load' accepts no arguments",)),
    Line("load -i", 125, ("flag needs an argument: 'i' in -i",)),
    # images
    Line("images", 0, ("REPOSITORY", "fanruan_license_server_amd64   1.0.0 ", "_arm64   1.0.0 ")),
    Line("images fanruan_license_server_arm64", 0, ("fanruan_license_server_arm64",)),
    Line("images one two", 1, ("'docker images' requires at most 1 argument",)),
    # run: what the page teaches
    Line(f"run -v {{host}}/lic/config:/app/config -P -d {AMD64}", 0),
    Line(f"run -v {{host}}/c:/app/config -v {{host}}/l:/app/log -dP {AMD64}", 0),
    Line(f"run -d -p=49201:8081/tcp --restart=unless-stopped -eA=1 {AMD64}", 0),
    Line(f"run -d -p 127.0.0.1:49202:8081 {AMD64}", 0),
    Line(f"run -d -P {ARM64}", 0, ("platform (linux/arm64/v8) does not match",)),
    # run: what goes wrong
    Line("run -d fanruan_license_server:1.0.0", 125, ("Unable to find image", "1.0.0' locally")),
    Line("run -d nothing", 125, ("Unable to find image 'nothing:latest' locally",)),
    Line(RUN.replace("one", "two"), 125, ("Bind for 0.0.0.0:49200 failed: port is alr",), (RUN,)),
    Line(RUN, 125, ('Conflict. The container name "/one" is already in use by cont',), (RUN,)),
    Line(f"run -d -p 49155:80811 {AMD64}", 125, ("invalid containerPort: 80811",)),
    Line(f"run -d -p 99999:8081 {AMD64}", 125, ("invalid hostPort: 99999",)),
    Line(f"run -d -p 300.1.1.1:1:8081 {AMD64}", 125, ("invalid IP address: 300.1.1.1",)),
    Line(f"run -d -p 8081: {AMD64}", 125, ("no port specified: 8081:<empty>",)),
    Line(f"run -d -p 1:8081/foo {AMD64}", 125, ("invalid proto: foo",)),
    Line(
        f"run -d -v {{host}}/a:/app/config -v {{host}}/b:/app/config {AMD64}",
        125,
        ("Duplicate mount point: /app/config",),
    ),
    Line(
        f"run -d --mount type=bind,source={{host}}/missing,target=/app/config {AMD64}",
        125,
        ("bind source path does not exist: {host}/missing",),
    ),
    Line(f"run -d --mount source=/a {AMD64}", 125, ("target is required",)),
    Line(f"run -d --mount type=bind,ro {AMD64}", 125, ("target is required",)),
    Line(f"run -d --mount type=bind,foo=1 {AMD64}", 125, ("unexpected key 'foo' in 'foo=1'",)),
    Line(f"run -d -v {{host}}/a:app {AMD64}", 125, ("mount path must be absolute",)),
    Line(f"run -d -v {{host}}/a:/ {AMD64}", 125, ("destination can't be '/'",)),
    Line(f"run -d -v /a:/b:/c:/d {AMD64}", 125, ("invalid spec: /a:/b:/c:/d: too many",)),
    Line(f"run -d -v :/app/log {AMD64}", 125, ("empty section between colons",)),
    Line(f"run -d -v {{host}}/a:/app/log:wat {AMD64}", 125, ("invalid mode: wat",)),
    Line(f"run -d -v {{host}}/my lic:/app/config {AMD64}", 125, ("invalid reference format",)),
    Line("run -d Upper:1.0.0", 125, ("invalid reference format", "must be lowercase")),
    Line(f"run -d --restart sometimes {AMD64}", 125, ("invalid restart policy",)),
    Line(f"run -d --restart on-failure:x {AMD64}", 125, ("retry count must be an integer",)),
    Line(f"run -d --rm --restart always {AMD64}", 125, ("cannot specify both --restart and --rm",)),
    Line(f"run -d --name x! {AMD64}", 125, ("Invalid container name (x!), only",)),
    Line(f"run --foo {AMD64}", 125, ("unknown flag: --foo", "Run 'docker run --help'")),
    Line("run -d", 1, ("'docker run' requires at least 1 argument",)),
    # ps, port, logs, inspect
    Line("ps", 0, ("CONTAINER ID   IMAGE", "0.0.0.0:49200->8081/tcp", "one"), (RUN,)),
    Line("ps -a", 0, ("Created", "two"), (RUN, RUN.replace("one", "two"))),
    Line("ps -az", 125, ("unknown shorthand flag: 'z' in -z",)),
    Line("port one", 0, ("8081/tcp -> 0.0.0.0:49200",), (RUN,)),
    Line("port one 8081/tcp", 0, ("0.0.0.0:49200",), (RUN,)),
    Line("port one 99", 1, ("Error: No public port '99' published for one",), (RUN,)),
    Line("logs", 1, ("'docker logs' requires 1 argument",)),
    Line("logs nobody", 1, ("No such container: nobody",)),
    Line("inspect one", 0, ('"Status": "running"', '"HostPort": "49200"'), (RUN,)),
    Line("inspect nobody", 1, ("[]", "Error: No such object: nobody")),
    # stop, start, restart, rm
    Line("stop one", 0, ("one",), (RUN,)),
    Line("stop nobody", 1, ("No such container: nobody",)),
    Line("start one", 0, ("one",), (RUN, "stop one")),
    Line("start nobody", 1, ("Error: failed to start containers: nobody",)),
    Line("restart one", 0, ("one",), (RUN,)),
    Line("rm one", 1, ("container", "running"), (RUN,)),
    Line("rm -f one", 0, ("one",), (RUN,)),
    Line("rm nobody", 1, ("No such container: nobody",)),
    Line("rm -f nobody", 0, ("No such container: nobody",)),
    # other words
    Line("frobnicate", 1, ("unknown command: docker frobnicate",)),
    Line("exec one ls", 1, ("unknown command", "The sandbox knows"), (RUN,), sandbox_only=True),
    Line(f"run {AMD64}", 125, ("sandbox:", "add -d"), sandbox_only=True),
    Line(f"run -d {AMD64} -P", 125, ("sandbox: -P stands after",), sandbox_only=True),
    Line(f"run -d -v config:/app/config {AMD64}", 125, ('"config" names no',), sandbox_only=True),
    Line(f"run -d -v D:\\lic:/app/config {AMD64}", 0, sandbox_only=True),
    Line(f"run -d -v {{host}}/a:/app/log:ro {AMD64}", 125, ("read-only",), sandbox_only=True),
    Line(
        f"run -d --mount type=bind,ro,source={{host}},target=/app/log {AMD64}", 125, ("read-only",), sandbox_only=True
    ),
    Line(f"run -d -v '/D/my lic:/app/log' {AMD64}", 125, ("/D/my lic", "note 1"), sandbox_only=True),
    Line(f"run -d -p 1-2:8081 {AMD64}", 125, ("sandbox: the server has one",), sandbox_only=True),
    Line('run -d "', 2, ("quotation mark",), sandbox_only=True),
)


BASE = Layer.of({"app/web/index.html": b"page", "app/tls/server.pem": b"built-in"})


def write_archives(folder: Path, base: Layer = BASE) -> None:
    """Put the archive, and spoilt copies of it, into a folder.

    A real engine needs a base layer in which `/bin/server` is a program that keeps running.
    """
    images = [
        Image(
            name=name,
            architecture=architecture,
            layers=[base, Layer.of({"app/license/license.jws": architecture.encode()})],
            entrypoint=PROGRAM,
            port=8081,
            environment={"PATH": "/bin"},
            labels={"fanlic.profile": "lab"},
        )
        for name, architecture in ((AMD64, "amd64"), (ARM64, "arm64"))
    ]
    write(folder / ARCHIVE, images, created=CREATED)
    whole = (folder / ARCHIVE).read_bytes()
    (folder / "truncated.tar").write_bytes(whole[: len(whole) // 2])
    (folder / "text.tar").write_bytes(b"no tar archive\n" * 100)


def files_in(path: Path) -> dict[str, bytes]:
    """The files of a tar, by name, as the standard library reads it."""
    with tarfile.open(path, "r:") as tar:
        return {member.name: tar.extractfile(member).read() for member in tar if member.isfile()}  # type: ignore[union-attr]


def tar_of(members: dict[str, bytes], *extra: tarfile.TarInfo) -> bytes:
    """A tar of these files and of further headers, harmful ones too."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
        for member in extra:  # as it stands: from 3.13 on, addfile writes no header without what it announces
            stream.write(member.tobuf(tarfile.GNU_FORMAT))
    return stream.getvalue()
