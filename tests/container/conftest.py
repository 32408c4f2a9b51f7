"""A private Docker engine, an image base and archives, made once for all container tests."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fanlic.adapters.engines.docker import DockerHost, Setting
from fanlic.adapters.image_base import Base, BaseUnavailable, default_cache, prepare
from fanlic.commands import image
from fanlic.model.container import ARCHIVE
from tests.container.private_engine import EngineFailed, PrivateEngine, missing


def fanlic_image(*arguments: str) -> int:
    """`fanlic image ...`, in this process; its exit status."""
    parser = argparse.ArgumentParser()
    image.options(parser)
    return image.run(parser.parse_args(arguments))


@pytest.fixture(scope="session", autouse=True)
def _equipped() -> None:
    if problem := missing():
        pytest.skip(problem)


@pytest.fixture(scope="session")
def running_engine(_equipped: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateEngine]:
    """The engine, which needs no network from outside."""
    engine = PrivateEngine(tmp_path_factory.mktemp("engine"))
    try:
        try:
            engine.start()
        except EngineFailed as problem:
            pytest.skip(f"no Docker engine can be started here: {problem}")
        yield engine
    finally:
        engine.stop()


@pytest.fixture
def engine(running_engine: PrivateEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateEngine]:
    """The engine without containers; the test is in its network."""
    monkeypatch.setenv("DOCKER_HOST", running_engine.address)
    with running_engine.network():
        yield running_engine
        if found := running_engine.docker("ps", "-aq").stdout.split():
            running_engine.docker("rm", "-f", *found)


@pytest.fixture(scope="session")
def base(_equipped: None) -> Base:
    """The image's lower layers, from the user's cache or made now."""
    try:
        return prepare(default_cache(), print)
    except BaseUnavailable as problem:
        pytest.skip(f"the image's base cannot be made here: {problem}")


@pytest.fixture(scope="session")
def built(base: Base, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a strict archive and the desk behind it."""
    folder = tmp_path_factory.mktemp("image")
    assert 0 == fanlic_image("build", "--out", str(folder))
    return folder


@pytest.fixture(scope="session")
def strict(built: Path) -> Path:
    """The strict archive."""
    return built / ARCHIVE


@pytest.fixture
def host(engine: PrivateEngine, tmp_path: Path) -> Iterator[DockerHost]:
    """A container host of the lab on the engine; servers are not waited for."""
    made = new_host(tmp_path)
    yield made
    made.close()


def new_host(folder: Path, answers: Callable[[str, int], bool] = lambda _address, _port: True) -> DockerHost:
    """A container host below this folder, taking archives from it."""
    clock = folder / "clock"
    clock.mkdir(exist_ok=True)
    return DockerHost(folder / "lab", Setting("test/host", clock, "seed", "token"), {}, workdir=folder, answers=answers)
