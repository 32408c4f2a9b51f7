"""`fanlic image build`: both images, reproducible, small, with everything in them named."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import tarfile
import time
from pathlib import Path
from typing import Any

import pytest

from fanlic.adapters import archive
from fanlic.adapters.image_base import Base, cached, default_cache
from fanlic.model.container import ARCHITECTURES, ARCHIVE, image_name
from fanlic.texts.about import NOT_FANRUAN
from tests.container.conftest import fanlic_image


def skopeo(*words: str) -> Any:
    """What an independent reader says of an archive."""
    done = subprocess.run(["skopeo", *words], capture_output=True, text=True, timeout=60, check=False)
    assert 0 == done.returncode, done.stderr
    return json.loads(done.stdout)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_same_folder_gives_the_same_archive_again(built: Path, strict: Path) -> None:
    before = digest(strict)
    strict.unlink()
    assert 0 == fanlic_image("build", "--out", str(built))
    assert before == digest(strict)


def test_further_customer_takes_less_than_two_seconds_and_shares_the_layers_below(
    strict: Path, base: Base, tmp_path: Path
) -> None:
    began = time.monotonic()
    assert 0 == fanlic_image("build", "--out", str(tmp_path))
    assert time.monotonic() - began < 2
    one, other = (archive.read(path).images[0] for path in (strict, tmp_path / ARCHIVE))
    assert [layer.digest for layer in one.layers[:4]] == [layer.digest for layer in other.layers[:4]]
    assert one.layers[5].digest != other.layers[5].digest
    assert 20_000 > len(one.layers[5].tar)


def test_archive_for_both_architectures_has_at_most_45_megabytes(strict: Path) -> None:
    assert strict.stat().st_size <= 45_000_000


def test_independent_reader_finds_both_images_under_their_names(strict: Path) -> None:
    assert [image_name(each) for each in ARCHITECTURES] == skopeo("list-tags", f"docker-archive:{strict}")["Tags"]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_configuration_says_how_the_server_runs_and_what_it_is_not(strict: Path, architecture: str) -> None:
    found = skopeo("inspect", "--config", f"docker-archive:{strict}:{image_name(architecture)}")
    config = found["config"]
    assert architecture == found["architecture"]
    assert ["/usr/bin/python3", "-m", "fanlic", "serve"] == config["Entrypoint"]
    assert ({"8081/tcp": {}}, "SIGTERM", None) == (config["ExposedPorts"], config["StopSignal"], config.get("Volumes"))
    assert NOT_FANRUAN == config["Labels"]["org.opencontainers.image.description"]
    assert "strict" == config["Labels"]["fanlic.profile"]
    assert "libpython3.11-stdlib 3.11." in config["Labels"]["fanlic.debian"]
    assert "cryptography==" in config["Labels"]["fanlic.wheels"]


def test_copyright_files_of_every_package_are_kept(strict: Path) -> None:
    image = archive.read(strict).images[0]
    with tarfile.open(fileobj=io.BytesIO(image.layers[0].tar)) as tar:
        kept = {name.split("/")[3] for name in tar.getnames() if name.endswith("/copyright")}
        linked = (each for each in tar.getmembers() if each.issym() and each.name.startswith("usr/share/doc/"))
        kept |= {each.name.split("/")[3] for each in linked if each.linkname in kept}  # a package of the same source
    named = {each.split()[0] for each in image.settings["config"]["Labels"]["fanlic.debian"].split(", ")}
    assert set() == named - kept


def test_nothing_of_the_machine_that_built_it_is_inside(strict: Path) -> None:
    for image in archive.read(strict).images:
        for layer in image.layers:
            with tarfile.open(fileobj=io.BytesIO(layer.tar)) as tar:
                members = tar.getmembers()
            assert {(0, 0, 0)} == {(each.uid, each.gid, each.mtime) for each in members}
            assert [] == [each.name for each in members if each.name in {"etc/hostname", "etc/resolv.conf"}]
            assert not [each.name for each in members if each.name.startswith("opt/fanlic/wheels/bin/")]


def test_built_archive_is_verified(strict: Path) -> None:
    assert 0 == fanlic_image("verify", str(strict))


def test_second_build_takes_the_base_from_the_cache(base: Base) -> None:
    assert base == cached(default_cache())
