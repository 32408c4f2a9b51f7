"""`fanlic serve` as a real process: start-up checks, TLS, clean stop."""

import contextlib
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from fanlic.adapters import customer, tls
from fanlic.adapters.clocks import SystemClock
from fanlic.adapters.entropy import SystemEntropy
from fanlic.adapters.signing import SigningKey
from fanlic.desk import claims
from fanlic.model.approval import Issued
from fanlic.model.policy import FINEBI_6_0_5
from fanlic.model.registration import License
from fanlic.ports import LICENSE, LicenseRecord

ROOT = Path(__file__).parents[2]
NOW = datetime.now(UTC)
VENDOR = SigningKey.new(SystemEntropy())


def layer(
    license_id: str = "lic-0000000000000001", profile: str = "strict", vendor: SigningKey = VENDOR
) -> dict[str, bytes]:
    """The customer layer of a license that is valid today."""
    terms = License(
        license_id,
        "ACME Ltd",
        "Sales",
        "FineBI",
        "6.0.5",
        "6.0.99",
        NOW + timedelta(days=30),
        2,
        desk="https://localhost:1",
    )
    record = LicenseRecord(
        Issued(license_id, terms.expires), terms, "a@b.c", vendor.document(LICENSE, claims(terms)), "5" * 64
    )
    return customer.files(record, vendor, profile, FINEBI_6_0_5)


class Container:
    """The directories of one container, and its server as a process."""

    def __init__(self, folder: Path, files: dict[str, bytes]) -> None:
        self.folder = folder
        self.port = free_port()
        pair = tls.make_pair(("localhost", "127.0.0.1"), SystemClock().now())
        files = files | {"app/tls/server.crt": pair[0], "app/tls/server.key": pair[1]}
        for name, data in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        shutil.copytree(ROOT / "fanlic" / "web" / "authorization", folder / "app" / "web")
        (folder / "vendor.pub").write_text(VENDOR.identity)

    def path(self, name: str) -> Path:
        return self.folder / "app" / name

    def start(self, *more: str, port: int | None = None) -> subprocess.Popen[str]:
        named = [
            text for name in ("config", "log", "tls", "web", "license") for text in (f"--{name}", str(self.path(name)))
        ]
        named += ["--vendor", str(self.folder / "vendor.pub")]
        command = [sys.executable, "-m", "fanlic", "serve", *named, "--listen", f"127.0.0.1:{port or self.port}", *more]
        settings = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
        return subprocess.Popen(
            command, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
        )

    def refused(self, *more: str, port: int | None = None) -> tuple[int, str]:
        """Start it, expecting that it does not: exit status and what it said."""
        process = self.start(*more, port=port)
        said, _nothing = process.communicate(timeout=15)
        assert "Traceback" not in said
        return process.returncode, said

    def get(self, path: str, *, host: str = "127.0.0.1") -> httpx.Response:
        context = ssl.create_default_context(cafile=str(self.path("tls") / "server.crt"))
        with httpx.Client(verify=context, trust_env=False, timeout=5) as client:
            return client.get(f"https://{host}:{self.port}{path}")


@pytest.fixture
def container(tmp_path: Path) -> Container:
    return Container(tmp_path, layer())


@pytest.fixture
def running(container: Container) -> Iterator[Container]:
    with serving(container):
        yield container


@contextlib.contextmanager
def serving(container: Container, host: str = "127.0.0.1", *more: str) -> Iterator[subprocess.Popen[str]]:
    process = container.start("--listen", f"{host}:{container.port}", *more)
    try:
        until(lambda: answers(host, container.port), process)
        yield process
    finally:
        process.kill()
        process.communicate()


def until(true: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 15
    while not true():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline, "the server did not answer within 15 s"


def answers(host: str, port: int) -> bool:
    with contextlib.suppress(OSError):
        socket.create_connection((host, port), timeout=0.2).close()
        return True
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kept(folder: Path) -> dict[str, bytes]:
    """Every file of the folder; the lock file is no state."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "server.lock"}


def test_the_server_answers_over_https_under_the_names_of_its_built_in_certificate(running: Container) -> None:
    assert 200 == running.get("/healthz").status_code
    assert "<svg" in running.get("/license/qrcode", host="localhost").text


@pytest.mark.clause("built-in-certificate")
def test_another_address_of_the_host_does_not_fit_the_built_in_certificate(container: Container) -> None:
    with serving(container, "127.0.0.2"), pytest.raises(httpx.ConnectError, match="IP address mismatch"):
        container.get("/healthz", host="127.0.0.2")


@pytest.mark.clause("own-certificate")
def test_an_own_certificate_makes_another_address_possible(container: Container) -> None:
    pair = tls.make_pair(("127.0.0.2",), SystemClock().now(), name="acme.example")
    for name, data in zip(("server.crt", "server.key"), pair, strict=True):
        (container.path("tls") / name).write_bytes(data)
    with serving(container, "127.0.0.2"):
        assert 200 == container.get("/healthz", host="127.0.0.2").status_code


def test_a_told_stop_is_clean_and_quick(container: Container) -> None:
    with serving(container) as process:
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        said, _nothing = process.communicate(timeout=5)
        assert time.monotonic() - began < 2
    assert 0 == process.returncode
    assert "Traceback" not in said
    assert said.rstrip().endswith("stop; lic-0000000000000001")


def test_clients_that_stall_in_their_handshake_stall_nobody_else(running: Container) -> None:
    stalled = [socket.create_connection(("127.0.0.1", running.port)) for _count in range(8)]
    try:
        assert 200 == running.get("/healthz").status_code
    finally:
        for each in stalled:
            each.close()


@pytest.mark.clause("map-tls")
def test_a_mapped_tls_directory_without_a_pair_stops_the_start(container: Container) -> None:
    (container.path("tls") / "server.key").unlink()
    status, said = container.refused()
    assert 3 == status
    assert "/app/tls is mapped but holds no server.key" in said


@pytest.mark.parametrize("spoil", ["another key", "not PEM", "locked key"])
def test_an_unusable_pair_stops_the_start_and_the_message_names_the_remedy(container: Container, spoil: str) -> None:
    key = container.path("tls") / "server.key"
    if spoil == "another key":
        key.write_bytes(tls.make_pair(("localhost",), SystemClock().now())[1])
    elif spoil == "not PEM":
        key.write_bytes(b"\x00\x01 no key")
    else:
        from cryptography.hazmat.primitives.serialization import (
            BestAvailableEncryption,
            Encoding,
            PrivateFormat,
            load_pem_private_key,
        )

        opened = load_pem_private_key(key.read_bytes(), None)
        locked = BestAvailableEncryption(b"secret")
        key.write_bytes(opened.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked))
    status, said = container.refused()
    assert 3 == status
    assert "server.key" in said or "password" in said


def test_a_license_with_any_byte_changed_stops_the_start(container: Container) -> None:
    file = container.path("license") / "license.jws"
    text = file.read_text("ascii")
    for position in (0, len(text) // 2, len(text) - 2):
        other = "A" if text[position] != "A" else "B"
        file.write_text(text[:position] + other + text[position + 1 :], "ascii")
        status, said = container.refused()
        assert (4, True) == (status, "does not verify" in said)
    assert {} == kept(container.path("config")) if container.path("config").exists() else True


def test_an_image_without_its_license_stops_the_start(container: Container) -> None:
    shutil.rmtree(container.path("license"))
    status, said = container.refused()
    assert (4, True) == (status, "has no usable license" in said)


@pytest.mark.parametrize("spoil", ["damaged", "of another server", "key lost", "statement lost"])
def test_a_spoilt_identity_stops_the_start_and_nothing_is_overwritten(
    container: Container, spoil: str, tmp_path: Path
) -> None:
    with serving(container):
        pass
    folder = container.path("config")
    if spoil == "damaged":
        (folder / "privateConfig").write_bytes((folder / "privateConfig").read_bytes()[:-3])
    elif spoil == "of another server":
        other = Container(tmp_path / "other", layer())
        with serving(other):
            pass
        shutil.copy(other.path("config") / "privateConfig", folder / "privateConfig")
    else:
        (folder / ("identity.key" if spoil == "key lost" else "privateConfig")).unlink()
    before = kept(folder)
    status, said = container.refused()
    assert 6 == status
    assert "privateConfig" in said or "identity.key" in said
    assert before == kept(folder)


def test_an_old_folder_under_a_new_license_is_refused_naming_both(container: Container) -> None:
    with serving(container):
        pass
    for name, data in layer("lic-0000000000000002").items():
        (container.folder / name).write_bytes(data)
    before = kept(container.path("config"))
    status, said = container.refused()
    assert 6 == status
    assert "lic-0000000000000001" in said
    assert "lic-0000000000000002" in said
    assert before == kept(container.path("config"))


def test_a_second_server_on_the_folder_is_refused_and_the_first_goes_on(running: Container) -> None:
    status, said = running.refused(port=free_port())
    assert (7, True) == (status, "is in use by another authorization server" in said)
    assert 200 == running.get("/healthz").status_code


def test_a_busy_port_is_named(container: Container) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", container.port))
        busy.listen()
        status, said = container.refused()
    assert (8, True) == (status, f"The port {container.port}" in said)


def test_damaged_state_stops_the_start_and_is_left_as_it_is(container: Container) -> None:
    with serving(container):
        pass
    file = container.path("config") / "server.db"
    data = bytearray(file.read_bytes())
    data[100:4000] = b"\xff" * 3900
    file.write_bytes(data)
    status, said = container.refused()
    assert (9, True) == (status, "is damaged or was changed by hand" in said)
    assert bytes(data) == file.read_bytes()


def test_a_config_directory_that_cannot_be_written_stops_the_start(container: Container) -> None:
    container.path("config").write_bytes(b"a file where the directory should be")
    status, said = container.refused()
    assert (5, True) == (status, "cannot be written" in said)


@pytest.mark.parametrize("what", ["option", "file", "seed"])
def test_the_strict_profile_takes_no_lab_clock_and_no_lab_seed(container: Container, tmp_path: Path, what: str) -> None:
    clock = tmp_path / "lab-clock"
    clock.write_text("2026-03-02T09:00:00+00:00", "ascii")
    if what == "file":
        container.path("config").mkdir()
        shutil.copy(clock, container.path("config") / "lab-clock")
    more = {"option": ("--lab-clock", str(clock)), "seed": ("--lab-seed", "1"), "file": ()}[what]
    status, said = container.refused(*more)
    assert (4, True) == (status, "takes no lab clock" in said)


def test_the_log_is_also_in_the_log_directory(running: Container) -> None:
    running.get("/healthz")
    log = (running.path("log") / "server.log").read_text("utf-8")
    assert "warning: the built-in certificate is in use" in log
    assert "127.0.0.1 GET /healthz 200" in log


def test_unlock_at_the_console_is_taken_up_by_the_running_server(running: Container) -> None:
    command = [sys.executable, "-m", "fanlic", "unlock", "--config", str(running.path("config"))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=15, check=False)
    assert (0, True) == (done.returncode, (running.path("config") / "unlock").exists())
    running.get("/license/v1/status")
    assert not (running.path("config") / "unlock").exists()


def test_unlock_without_a_folder_says_what_to_do(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "fanlic", "unlock", "--config", str(tmp_path / "none")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=15, check=False)
    assert (2, True) == (done.returncode, "Run this where /app/config is" in done.stderr)


@pytest.mark.threat("license-forged")
def test_self_made_license_in_a_mapped_directory_never_starts_the_server(tmp_path: Path) -> None:
    """Everything in /app/license fits: license, settings, secret, and the key of whoever made them."""
    forger = SigningKey.new(SystemEntropy())
    status, said = Container(tmp_path, layer(vendor=forger)).refused()
    assert (4, True) == (status, "not from the vendor whose key is pinned" in said), said


@pytest.mark.threat("license-forged")
def test_server_without_a_pinned_key_does_not_start_and_says_how_to_name_one(container: Container) -> None:
    (container.folder / "vendor.pub").unlink()
    status, said = container.refused()
    assert (4, True) == (status, "No vendor's key is pinned" in said and "--vendor" in said), said


posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX links and modes")


@posix
@pytest.mark.threat("link-in-folder")
@pytest.mark.parametrize("where", ["config/server.db", "config/identity.key", "config/anything", "log/server.log"])
def test_link_in_a_directory_that_is_written_stops_the_start_and_nothing_is_written_through_it(
    container: Container, where: str
) -> None:
    theirs = container.folder / "theirs"
    theirs.write_text("theirs")
    link = container.path(where)
    link.parent.mkdir(parents=True)
    link.symlink_to(theirs)
    status, said = container.refused()
    assert (5, True) == (status, f"{link} is a link, and links are not followed here" in said), said
    assert "theirs" == theirs.read_text()


@posix
@pytest.mark.threat("link-in-folder")
def test_link_in_place_of_the_certificates_key_is_not_read(container: Container) -> None:
    key = container.path("tls") / "server.key"
    key.rename(container.folder / "theirs")
    key.symlink_to(container.folder / "theirs")
    status, said = container.refused()
    assert (3, True) == (status, "links are not followed here" in said), said


@posix
@pytest.mark.threat("key-exposed")
def test_identity_that_others_can_read_stops_the_start_with_the_remedy(container: Container) -> None:
    with serving(container):
        pass
    key = container.path("config") / "identity.key"
    key.chmod(0o644)
    status, said = container.refused()
    assert (6, True) == (status, f"Allow only its owner: chmod 600 {key}" in said), said
    key.chmod(0o600)
    with serving(container):
        assert 200 == container.get("/healthz").status_code
