"""The page's own commands, typed into Docker's own command line, and what the page warns of."""

from __future__ import annotations

import http.client
import json
import re
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from fanlic.adapters.archive_reader import read
from fanlic.model.container import ARCHIVE
from tests.container.private_engine import PrivateEngine

AMD64 = "fanruan_license_server_amd64:1.0.0"
T = TypeVar("T")
READ_ONLY = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")


class Site:
    """A container host with the archive on it, and a shell."""

    def __init__(self, engine: PrivateEngine, strict: Path, folder: Path) -> None:
        self.engine, self.strict, self.folder = engine, strict, folder
        self.certificate = folder / "built-in.crt"
        files = next(layer.files for layer in read(strict).images[0].layers if "app/tls/server.crt" in layer.files)
        self.certificate.write_bytes(files["app/tls/server.crt"][1])

    def type(self, line: str) -> str:
        """Type one line into a shell, in the archive's folder; what it printed."""
        done = subprocess.run(
            line, shell=True, cwd=self.strict.parent, capture_output=True, text=True, timeout=60, check=False
        )
        assert 0 == done.returncode, done.stderr
        return done.stdout

    def run(self, *options: str) -> str:
        """docker run -d ...; the container."""
        done = self.engine.docker("run", "-d", *options, AMD64)
        assert 0 == done.returncode, done.stderr
        return done.stdout.strip()

    def port(self, container: str) -> int:
        shown = self.engine.docker("port", container).stdout
        found = re.search(r"0\.0\.0\.0:(\d+)", shown)
        assert found, shown
        return int(found[1])

    def get(self, port: int, path: str, *, name: str = "127.0.0.1") -> tuple[int, str]:
        """Status and text, the certificate checked; waits, bounded, until the server answers."""
        context = ssl.create_default_context(cafile=str(self.certificate))

        def answer() -> tuple[int, str] | None:
            connection = http.client.HTTPSConnection(name, port, timeout=5, context=context)
            try:
                connection.request("GET", path)
                response = connection.getresponse()
                return response.status, response.read().decode()
            except (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError, http.client.RemoteDisconnected):
                return None
            finally:
                connection.close()

        return until(answer)

    def state(self, container: str) -> dict[str, object]:
        """State as `docker inspect` shows it."""
        return dict(json.loads(self.engine.docker("inspect", container).stdout)[0]["State"])

    def ended(self, container: str) -> tuple[object, str]:
        """Exit status and logs of a container that gives up."""
        until(lambda: None if self.state(container)["Running"] else True)
        logs = self.engine.docker("logs", container)
        return self.state(container)["ExitCode"], logs.stdout + logs.stderr


def until(question: Callable[[], T | None]) -> T:
    """Ask again and again, bounded, until there is an answer."""
    deadline = time.monotonic() + 15
    while (found := question()) is None:
        assert time.monotonic() < deadline, "nothing came within 15 s"
        time.sleep(0.02)
    return found


@pytest.fixture(scope="module")
def loaded(running_engine: PrivateEngine, strict: Path) -> Iterator[PrivateEngine]:
    """The engine after `docker load`; afterwards without images."""
    assert 0 == running_engine.docker("load", stdin=strict).returncode
    yield running_engine
    running_engine.docker("rmi", "-f", *running_engine.docker("images", "-aq").stdout.split())


@pytest.fixture
def site(engine: PrivateEngine, loaded: PrivateEngine, strict: Path, tmp_path: Path) -> Site:
    """The host after `docker load`."""
    return Site(engine, strict, tmp_path)


@pytest.mark.clause("load", "architectures", "map-config", "list-port")
def test_the_pages_four_commands_work_word_for_word(site: Site, tmp_path: Path) -> None:
    said = site.type(f"docker load < {ARCHIVE}")
    assert "Loaded image: fanruan_license_server_amd64:1.0.0\n" in said
    assert "Loaded image: fanruan_license_server_arm64:1.0.0\n" in said
    said = site.type("docker images")
    assert 2 == len(re.findall(r"^fanruan_license_server_a\w\w64 +1\.0\.0 ", said, re.MULTILINE))
    site.type(f"docker run -v {tmp_path}/lic/config:/app/config -v {tmp_path}/lic/log:/app/log -P -d {AMD64}")
    found = re.search(r"0\.0\.0\.0:(\d+)->8081/tcp", site.type("docker ps"))
    assert found
    assert 49153 <= int(found[1]) <= 65535
    assert (200, True) == (
        site.get(int(found[1]), "/license/qrcode")[0],
        (tmp_path / "lic/config/privateConfig").exists(),
    )
    assert "<svg" in site.get(int(found[1]), "/license/qrcode", name="localhost")[1]
    assert "serving on" in (tmp_path / "lic" / "log" / "server.log").read_text("utf-8")


def test_first_answer_comes_within_one_and_a_half_seconds_after_run(site: Site) -> None:
    took = []
    for _try in range(5):  # the machine may be busy with something else
        container = site.run("-P")
        began = time.monotonic()
        assert 200 == site.get(site.port(container), "/healthz")[0]
        took.append(time.monotonic() - began)
        if took[-1] < 1.5:
            break
    assert min(took) < 1.5


@pytest.mark.clause("map-config")
def test_mapped_config_keeps_the_identity_and_an_unmapped_one_is_lost_with_its_container(
    site: Site, tmp_path: Path
) -> None:
    def identity(*options: str) -> bytes:
        container = site.run("-P", *options)
        site.get(site.port(container), "/healthz")
        site.engine.docker("restart", container)
        site.get(site.port(container), "/healthz")
        site.engine.docker("cp", f"{container}:/app/config/privateConfig", str(tmp_path / "copy"))
        site.engine.docker("rm", "-f", container)
        return (tmp_path / "copy").read_bytes()

    mapped = ("-v", f"{tmp_path}/config:/app/config")
    assert identity(*mapped) == identity(*mapped)
    assert identity() != identity()


@pytest.mark.clause("map-tls")
def test_empty_mapped_tls_directory_stops_the_start_and_the_log_says_why(site: Site, tmp_path: Path) -> None:
    status, said = site.ended(site.run("-P", "-v", f"{tmp_path}/tls:/app/tls"))
    assert (3, True) == (status, "/app/tls is mapped but holds no server.crt" in said)


@pytest.mark.clause("map-web")
def test_mapped_web_directory_hides_the_page_and_the_rest_runs(site: Site, tmp_path: Path) -> None:
    port = site.port(site.run("-P", "-v", f"{tmp_path}/web:/app/web"))
    assert 200 == site.get(port, "/healthz")[0]
    assert 404 <= site.get(port, "/license/qrcode")[0]


@pytest.mark.clause("random-port")
def test_random_port_moves_at_every_restart(site: Site) -> None:
    container = site.run("-P")
    ports = []
    for _count in range(3):
        ports.append(site.port(container))
        site.get(ports[-1], "/healthz")
        site.engine.docker("restart", container)
    assert 3 == len(set(ports))


@pytest.mark.clause("fixed-port")
def test_fixed_port_stays_after_restarts_of_the_container_and_of_the_engine(site: Site) -> None:
    container = site.run("-p", "49155:8081", "--restart", "unless-stopped")
    lost = site.run("-P")
    site.engine.docker("restart", container)
    assert (49155, 200) == (site.port(container), site.get(49155, "/healthz")[0])
    site.engine.stop()
    site.engine.start()
    with site.engine.network():
        assert (49155, 200) == (site.port(container), site.get(49155, "/healthz")[0])
        assert not site.state(lost)["Running"]


def test_read_only_root_without_capabilities_is_enough_where_config_and_log_are_mapped(
    site: Site, tmp_path: Path
) -> None:
    mapped = ("-v", f"{tmp_path}/config:/app/config", "-v", f"{tmp_path}/log:/app/log")
    port = site.port(site.run("-P", *READ_ONLY, *mapped))
    assert "<svg" in site.get(port, "/license/qrcode")[1]


def test_read_only_root_without_the_mapping_is_explained(site: Site) -> None:
    status, said = site.ended(site.run("-P", *READ_ONLY))
    assert (5, True) == (status, "/app/config cannot be written" in said), said


def test_told_stop_ends_it_cleanly_in_less_than_a_second(site: Site) -> None:
    took = []
    for _try in range(5):  # the machine may be busy with something else
        container = site.run("-P")
        site.get(site.port(container), "/healthz")
        began = time.monotonic()
        site.engine.docker("kill", "--signal", "TERM", container)
        assert "0" == site.engine.docker("wait", container).stdout.strip()
        took.append(time.monotonic() - began)
        assert "stop; lic-" in site.engine.docker("logs", container).stdout
        if took[-1] < 1:
            break
    assert min(took) < 1


def test_health_check_succeeds_in_a_running_container(site: Site) -> None:
    container = site.run("-P")
    site.get(site.port(container), "/healthz")
    words = json.loads(site.engine.docker("inspect", container).stdout)[0]["Config"]["Healthcheck"]["Test"]
    assert ("CMD", 0) == (words[0], site.engine.docker("exec", container, *words[1:]).returncode)


def test_console_unlock_works_in_the_container(site: Site) -> None:
    container = site.run("-P")
    site.get(site.port(container), "/healthz")
    done = site.engine.docker("exec", container, "/usr/bin/python3", "-m", "fanlic", "unlock")
    assert (0, True) == (done.returncode, "The request is saved" in done.stdout), done.stderr


@pytest.mark.parametrize("given", ["FANLIC_LAB_SEED=1", "FANLIC_LAB_CLOCK=/app/clock"])
def test_strict_image_takes_neither_the_labs_clock_nor_its_seed(site: Site, given: str) -> None:
    status, said = site.ended(site.run("-P", "-e", given))
    assert (4, True) == (status, "takes no lab clock" in said), said
