"""`fanlic image show` and `verify`: what is sound is shown, what is not is refused with a remedy."""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fanlic.adapters import archive
from fanlic.adapters.archive import Image, Layer
from fanlic.adapters.archive_reader import read
from fanlic.adapters.clocks import SystemClock
from fanlic.adapters.entropy import SeededEntropy
from fanlic.adapters.image import ImageWriter
from fanlic.adapters.signing import SigningKey
from fanlic.commands import image
from fanlic.model.policy import FINEBI_6_0_5
from tests.adapters.test_image import NOW, VENDOR, record
from tests.engine_lines import files_in, tar_of


class Desk:
    """Writes archives, whole ones and spoilt ones."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._patch = folder, monkeypatch

    def write(self, license_id: str = "lic-0000000000000001", now: datetime = NOW) -> Path:
        writer = ImageWriter(self.folder, VENDOR.identity, "strict", FINEBI_6_0_5, SystemClock())
        return writer.write(record(license_id=license_id), now)[0]

    def spoilt(self, change: Callable[[list[Image]], list[Image]]) -> Path:
        """An archive whose images were changed before they were written."""
        original = archive.write

        def write(path: Path, images: list[Image], **more: Any) -> str:
            return original(path, change(images), **more)

        self._patch.setattr(archive, "write", write)
        return self.write()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, monkeypatch)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """`fanlic image ...`: its exit status and everything it said."""
    parser = argparse.ArgumentParser()
    image.options(parser)
    status = image.run(parser.parse_args(list(map(str, arguments))))
    said = capsys.readouterr()
    return status, said.out + said.err


def test_sound_archive_is_verified_and_its_license_named(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    path = desk.write()
    status, said = run(capsys, "verify", path, "--license", "lic-0000000000000001")
    assert (0, True) == (status, "good: license lic-0000000000000001 for ACME, 2 seats" in said), said


def test_show_names_images_digest_labels_and_what_it_is_not(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    path = desk.write()
    status, said = run(capsys, "show", path)
    assert 0 == status
    for words in (
        hashlib.sha256(path.read_bytes()).hexdigest(),
        "image: fanruan_license_server_arm64:1.0.0",
        "fanlic.profile: strict",
        "fanlic.base: missing",
        "not made, endorsed or supported by FanRuan",
    ):
        assert words in said


@pytest.mark.threat("archive-changed")
def test_changed_byte_is_refused(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    path = desk.write()
    members = files_in(path)
    config = json.loads(members["manifest.json"])[0]["Config"]
    members[config] = members[config].replace(b"strict", b"lenien")
    path.write_bytes(tar_of(members))
    status, said = run(capsys, "verify", path)
    assert (1, True, True) == (status, "was changed" in said, "Compare the file's SHA-256" in said), said


def test_stripped_customer_layer_is_refused(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    path = desk.spoilt(lambda images: [replace(each, layers=each.layers[:-1]) for each in images])
    status, said = run(capsys, "verify", path)
    assert (1, True) == (status, "has no usable license" in said), said


def test_license_of_another_signer_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    forger = SigningKey.new(SeededEntropy("forger"))
    writer = ImageWriter(tmp_path, VENDOR.identity, "strict", FINEBI_6_0_5, SystemClock())
    status, said = run(capsys, "verify", writer.write(record(forger), NOW)[0])
    assert (1, True) == (status, "does not verify" in said), said


def test_license_of_another_customer_is_refused(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = run(capsys, "verify", desk.write(), "--license", "lic-0000000000000009")
    assert (1, True) == (status, "carries lic-0000000000000001, the license of ACME" in said), said


def test_two_licenses_in_one_archive_are_refused(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = read(desk.write("lic-0000000000000002")).images[1].layers[-1].files
    other = Layer.of({name: data for name, (_mode, data) in files.items()})
    path = desk.spoilt(lambda images: [images[0], replace(images[1], layers=(*images[1].layers[:-1], other))])
    status, said = run(capsys, "verify", path)
    assert (1, True) == (status, "different licenses" in said), said


def test_missing_architecture_is_refused_by_name(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = run(capsys, "verify", desk.spoilt(lambda images: images[:1]))
    assert (1, True) == (status, "has no image for arm64" in said), said


def test_image_that_is_not_ours_is_refused(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = run(capsys, "verify", desk.spoilt(lambda images: [replace(each, labels={}) for each in images]))
    assert (1, True) == (status, "is no fanlic image" in said), said


def test_file_that_is_not_there_or_no_archive_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = run(capsys, "show", tmp_path / "none.tar")
    assert (1, True) == (status, "none.tar" in said), said
    (tmp_path / "text.tar").write_bytes(b"no tar" * 1000)
    status, said = run(capsys, "verify", tmp_path / "text.tar")
    assert (1, True) == (status, "text.tar: is empty or no tar archive" in said), said


def test_the_same_license_gives_the_same_archive_after_it_was_lost(desk: Desk) -> None:
    path = desk.write()
    before = path.read_bytes()
    path.unlink()
    assert before == desk.write(now=NOW + timedelta(days=1)).read_bytes()
