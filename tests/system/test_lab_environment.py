"""What the environment of a container tells a lab's server: where the clock is, and the seed of this start."""

from pathlib import Path

import pytest

from fanlic.adapters.clocks import LAB_START, LabClock
from fanlic.wiring.server import AuthorizationServer, Place, completed
from tests.system.test_serve import Container, layer


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
