"""`fanlic image build`: both images, reproducible, small, with everything in them named."""

from __future__ import annotations

import hashlib
import json
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from fanlic.adapters.archive_reader import read
from fanlic.adapters.image_base import Base, cached, default_cache
from fanlic.model.container import ARCHITECTURES, ARCHIVE, image_name
from fanlic.texts.about import NOT_FANRUAN
from tests.container.conftest import fanlic_image


def skopeo(*words: str) -> Any:
    """What an independent reader says of an archive."""
    done = subprocess.run(["skopeo", *words], capture_output=True, text=True, timeout=60, check=False)
    assert 0 == done.returncode, done.stderr
    return json.loads(done.stdout)


@contextmanager
def layer_tar(archive: Path, digest: str) -> Iterator[tarfile.TarFile]:
    """The tar of one layer, as the standard library reads it."""
    with tarfile.open(archive) as outer, tarfile.open(fileobj=outer.extractfile(f"{digest}/layer.tar")) as tar:
        yield tar


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
    one, other = (read(path).images[0] for path in (strict, tmp_path / ARCHIVE))
    assert [layer.digest for layer in one.layers[:4]] == [layer.digest for layer in other.layers[:4]]
    assert one.layers[-1].digest != other.layers[-1].digest
    assert 20_000 > one.layers[-1].size


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
    image = read(strict).images[0]
    with layer_tar(strict, image.layers[0].digest) as tar:
        kept = {name.split("/")[3] for name in tar.getnames() if name.endswith("/copyright")}
        linked = (each for each in tar.getmembers() if each.issym() and each.name.startswith("usr/share/doc/"))
        kept |= {each.name.split("/")[3] for each in linked if each.linkname in kept}  # a package of the same source
    named = {each.split()[0] for each in image.settings["config"]["Labels"]["fanlic.debian"].split(", ")}
    assert set() == named - kept


def test_nothing_of_the_machine_that_built_it_is_inside(strict: Path) -> None:
    for image in read(strict).images:
        for layer in image.layers:
            with layer_tar(strict, layer.digest) as tar:
                members = tar.getmembers()
            assert {(0, 0, 0)} == {(each.uid, each.gid, each.mtime) for each in members}
            assert [] == [each.name for each in members if each.name in {"etc/hostname", "etc/resolv.conf"}]
            assert not [each.name for each in members if each.name.startswith("opt/fanlic/wheels/bin/")]


def test_built_archive_is_verified(strict: Path) -> None:
    assert 0 == fanlic_image("verify", str(strict), "--vendor", str(strict.with_name("vendor.pub")))


def test_archive_on_a_base_that_this_machine_did_not_make_is_not_called_good(
    strict: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = str(strict.with_name("vendor.pub"))
    assert 3 == fanlic_image("verify", str(strict), "--vendor", key, "--cache", str(tmp_path))
    said = capsys.readouterr().out
    assert "base unknown" in said
    assert said.endswith("not known to be good\n")


def test_second_build_takes_the_base_from_the_cache(base: Base) -> None:
    assert base == cached(default_cache())
