"""What the environment of a container tells a lab's server: where the clock is, and the seed of this start."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from fanlic.adapters.clocks import LAB_START, LabClock
from fanlic.wiring.server import AuthorizationServer, Place, completed
from tests.system.test_serve import Container, layer, serving


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A lab container's directories, and the environment that the lab gives it."""
    container = Container(tmp_path, layer(profile="lab"))
    clock = LabClock(tmp_path / "clock" / "lab-clock")
    clock.path.parent.mkdir()
    clock.set(LAB_START)
    monkeypatch.setenv("FANLIC_LAB_CLOCK", str(clock.path))
    monkeypatch.setenv("FANLIC_LAB_SEED", "seed/1")
    config, log, tls, web = map(container.path, ("config", "log", "tls", "web"))
    return Place(config, log, tls, web, container.path("license"), vendor=container.folder / "vendor.pub")


def test_lab_server_takes_clock_and_seed_from_its_environment(place: Place) -> None:
    server = AuthorizationServer(completed(place), console=False)
    server.close()
    assert LAB_START == server.clock.now()


def test_no_two_starts_draw_from_the_same_stream(place: Place) -> None:
    seeds = [completed(place).lab_seed]
    for _start in range(2):
        AuthorizationServer(completed(place), console=False).close()
        seeds.append(completed(place).lab_seed)
    assert "seed/1/0" == seeds[0]
    assert 3 == len(set(seeds))


def test_one_seed_gives_one_identity(place: Place, tmp_path: Path) -> None:
    found = []
    for name in ("a", "b"):
        fresh = Place(tmp_path / name, place.log, place.tls, place.web, place.license, vendor=place.vendor)
        AuthorizationServer(completed(fresh), console=False).close()
        found.append((fresh.config / "privateConfig").read_bytes())
    assert found[0] == found[1]


def test_options_win_over_the_environment(place: Place) -> None:
    given = Place(place.config, place.log, place.tls, place.web, place.license, Path("clock"), "mine")
    assert given == completed(given)


def test_damaged_state_is_left_to_the_start_to_report(place: Place) -> None:
    place.config.mkdir()
    (place.config / "server.db").write_bytes(b"no database" * 100)
    assert "seed/1/0" == completed(place).lab_seed


# -- who may move the clock: asked over a socket


@contextmanager
def called(container: Container) -> Iterator[httpx.Client]:
    """A client of the running server, which trusts its certificate."""
    with httpx.Client(
        base_url=f"https://127.0.0.1:{container.port}",
        verify=False,
        trust_env=False,
        timeout=5,
    ) as client:
        yield client


@pytest.mark.threat("lab-controls")
def test_the_controls_of_a_lab_open_to_its_token_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANLIC_LAB_TOKEN", "of this lab")
    container = Container(tmp_path, layer(profile="lab"))
    with serving(container), called(container) as client:
        for given in ({}, {"X-Fanlic-Lab-Token": "of another lab"}, {"Authorization": "Bearer of this lab"}):
            for method, path in (("POST", "settle"), ("POST", "faults"), ("GET", "faults"), ("DELETE", "faults")):
                answer = client.request(method, f"/lab/v1/{path}", headers=given)
                assert (403, "lab-token-wrong") == (answer.status_code, answer.json()["reason"])
        right = client.post("/lab/v1/settle", headers={"X-Fanlic-Lab-Token": "of this lab"})
        assert 200 == right.status_code
        assert 200 == client.get("/license/v1/status").status_code


@pytest.mark.threat("lab-controls")
def test_a_lab_without_a_token_makes_one_that_its_owner_alone_can_read(tmp_path: Path) -> None:
    container = Container(tmp_path, layer(profile="lab"))
    file = container.path("config") / "lab-token"
    tokens = []
    for _start in range(2):
        with serving(container), called(container) as client:
            tokens.append(file.read_text("ascii"))
            assert sys.platform == "win32" or file.stat().st_mode & 0o777 == 0o600
            assert 403 == client.post("/lab/v1/settle", headers={"X-Fanlic-Lab-Token": ""}).status_code
            assert 200 == client.post("/lab/v1/settle", headers={"X-Fanlic-Lab-Token": tokens[-1]}).status_code
    assert 2 == len({token for token in tokens if len(token) == 32})


@pytest.mark.threat("lab-controls")
def test_a_lab_listens_for_other_machines_only_if_it_is_told_so_by_name(tmp_path: Path) -> None:
    container = Container(tmp_path, layer(profile="lab"))
    everywhere = "--listen", f"0.0.0.0:{container.port}"
    for host in ("0.0.0.0", "::", "127.0.0.2"):
        status, said = container.refused("--listen", f"{host}:{container.port}")
        assert 8 == status
        assert "--lab-anywhere" in said
        assert not container.path("config").exists()
    with serving(container, "127.0.0.1", *everywhere, "--lab-anywhere"), called(container) as client:
        assert "lab" == client.get("/license/v1/status").json()["profile"]


@pytest.mark.threat("lab-controls")
def test_a_strict_server_listens_everywhere_as_ever(tmp_path: Path) -> None:
    container = Container(tmp_path, layer())
    with serving(container, "127.0.0.1", "--listen", f"0.0.0.0:{container.port}"), called(container) as client:
        assert 404 == client.post("/lab/v1/settle", headers={"X-Fanlic-Lab-Token": ""}).status_code
