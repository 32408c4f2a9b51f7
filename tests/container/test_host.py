"""The lab's container host on a real engine: what it never touches, and what it leaves behind (nothing)."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from fanlic.adapters import archive
from fanlic.adapters.archive import Image, Layer
from fanlic.adapters.engines.docker import DockerHost
from tests.container.private_engine import PrivateEngine
from tests.container.test_lines import base_layer
from tests.engine_lines import AMD64, ARCHIVE, CREATED, write_archives


@pytest.fixture
def site(host: DockerHost, engine: PrivateEngine, tmp_path: Path) -> Iterator[DockerHost]:
    """A host with a small archive in its folder, on an engine without images."""
    write_archives(tmp_path, base_layer())
    yield host
    engine.docker("rm", "-f", *engine.docker("ps", "-aq").stdout.split())
    engine.docker("rmi", "-f", *engine.docker("images", "-aq").stdout.split())


def foreign_image(engine: PrivateEngine, folder: Path, name: str) -> str:
    """An image without our label on the engine; its id."""
    with tarfile.open(folder / "foreign.tar", "w") as tar:
        found = base_layer().tar
        with tarfile.open(fileobj=io.BytesIO(found)) as source:
            for member in source:
                tar.addfile(member, source.extractfile(member))
    done = engine.docker("import", "--change", 'ENTRYPOINT ["/bin/server"]', str(folder / "foreign.tar"), name)
    assert 0 == done.returncode, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("name", [AMD64, "fanruan_license_server_arm64:9", "fanruan_license_server:latest"])
def test_load_is_refused_where_a_real_image_would_lose_its_name(
    site: DockerHost, engine: PrivateEngine, tmp_path: Path, name: str
) -> None:
    foreign = foreign_image(engine, tmp_path, name)
    before = set(engine.docker("images", "-aq").stdout.split())
    for line in (f"load -i {ARCHIVE}", f"load < {ARCHIVE}"):
        done = site.docker(line)
        assert (1, True) == (done.status, "did not come from this lab" in done.stderr), done
        assert name in done.stderr
    assert foreign == engine.docker("inspect", "--format", "{{.Id}}", name).stdout.strip()
    assert before == set(engine.docker("images", "-aq").stdout.split())


def test_archive_that_is_not_ours_is_not_loaded(site: DockerHost, engine: PrivateEngine, tmp_path: Path) -> None:
    image = Image(name="postgres:16", architecture="amd64", layers=[base_layer()], entrypoint=["/bin/server"], port=1)
    archive.write(tmp_path / "other.tar", [image], created=CREATED)
    for line in ("load -i other.tar", "load < other.tar", "load --input=other.tar"):
        assert "postgres:16 in this archive did not come from fanlic" in site.docker(line).stderr
    assert "" == engine.docker("images", "-q").stdout


def test_unsafe_archive_is_not_given_to_the_engine(site: DockerHost, engine: PrivateEngine, tmp_path: Path) -> None:
    layer = Layer.of({"app/.wh.web": b""})
    image = Image(name="postgres:16", architecture="amd64", layers=[layer], entrypoint=["/bin/server"], port=1)
    archive.write(tmp_path / "other.tar", [image], created=CREATED)
    assert "deletion mark" in site.docker("load -i other.tar").stderr
    assert "" == engine.docker("images", "-q").stdout


def test_containers_and_images_of_others_are_neither_listed_nor_changed(
    site: DockerHost, engine: PrivateEngine, tmp_path: Path
) -> None:
    foreign_image(engine, tmp_path, "other:1")
    assert 0 == engine.docker("run", "-d", "--name", "theirs", "other:1").returncode
    site.docker(f"load -i {ARCHIVE}")
    for line in ("stop theirs", "restart theirs", "rm -f theirs", "start theirs", "run -d other:1"):
        done = site.docker(line)
        assert (1, True) == (done.status, "did not come from this lab" in done.stderr), (line, done)
    assert "theirs" not in site.docker("ps -a").stdout
    assert "other" not in site.docker("images").stdout
    site.shutdown()
    site.close()
    assert "running" == engine.docker("inspect", "--format", "{{.State.Status}}", "theirs").stdout.strip()
    assert ["other:1"] == engine.docker("images", "--format", "{{.Repository}}:{{.Tag}}").stdout.split()


def test_close_leaves_no_container_and_no_image(site: DockerHost, engine: PrivateEngine) -> None:
    site.docker(f"load -i {ARCHIVE}")
    site.docker(f"run -d -P --name one {AMD64}")
    site.docker(f"run -d --name two {AMD64}")
    site.docker("stop two")
    site.close()
    assert ("", "") == (engine.docker("ps", "-aq").stdout, engine.docker("images", "-aq").stdout)


def test_reboot_brings_back_what_the_policy_says(site: DockerHost) -> None:
    site.docker(f"load -i {ARCHIVE}")
    for name in ("no", "always", "unless-stopped", "stopped"):
        policy = name if name != "stopped" else "unless-stopped"
        assert 0 == site.docker(f"run -d -P --name {name} --restart {policy} {AMD64}").status
    site.docker("stop stopped always")
    site.reboot()
    names = {line.split()[-1] for line in site.docker("ps").stdout.splitlines()[1:]}
    assert {"always", "unless-stopped"} == names


def test_host_paths_are_shown_as_typed_and_lie_in_the_labs_folder(site: DockerHost, tmp_path: Path) -> None:
    site.docker(f"load -i {ARCHIVE}")
    assert 0 == site.docker(f"run -d -v /D/William/lic/config:/app/config --name one {AMD64}").status
    assert tmp_path / "lab" / "host" / "D" / "William" / "lic" / "config" == site.host_directory(
        "/D/William/lic/config"
    )
    assert site.host_directory("/D/William/lic/config").is_dir()
    assert '"/D/William/lic/config:/app/config"' in site.docker("inspect one").stdout


def test_foreground_run_is_refused_instead_of_never_ending(site: DockerHost) -> None:
    site.docker(f"load -i {ARCHIVE}")
    assert "add -d" in site.docker(f"run {AMD64}").stderr


def test_options_that_the_sandbox_does_not_know_reach_the_engine(site: DockerHost) -> None:
    site.docker(f"load -i {ARCHIVE}")
    assert 0 == site.docker(f"run -d --read-only --name one {AMD64}").status
    assert 1 == len(site.docker("ps -q").stdout.split())
