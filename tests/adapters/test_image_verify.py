"""`fanlic image show` and `verify`: what is sound is shown, what is not is refused with a remedy."""

from __future__ import annotations

import argparse
import hashlib
import json
import stat
import sys
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
from fanlic.adapters.files import KeyExposed
from fanlic.adapters.image import FRONT_END, OURS, ImageWriter
from fanlic.adapters.signing import SigningKey
from fanlic.commands import image
from fanlic.lab.world import CONTRACT
from fanlic.model.approval import fingerprint
from fanlic.model.policy import FINEBI_6_0_5
from fanlic.wiring.image import LicenseRefused, build
from tests.adapters.test_image import FORGER, NOW, VENDOR, record
from tests.engine_lines import files_in, tar_of


class Desk:
    """Writes archives, whole ones and spoilt ones."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._patch = folder, monkeypatch

    def write(self, license_id: str = "lic-0000000000000001", now: datetime = NOW) -> Path:
        writer = ImageWriter(self.folder, VENDOR, "strict", FINEBI_6_0_5, SystemClock())
        return writer.write(record(license_id=license_id), now)[0]

    def key(self) -> Path:
        """The file with the vendor's public key."""
        path = self.folder / "vendor.pub"
        path.write_text(VENDOR.identity)
        return path

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
    status, said = run(capsys, "verify", path, "--license", "lic-0000000000000001", "--vendor", desk.key())
    assert 0 == status, said
    assert "license lic-0000000000000001 for ACME, 2 seats" in said
    assert said.endswith(
        f"signed by the vendor whose key you named: fingerprint {fingerprint(VENDOR.identity)}\ngood\n"
    )


@pytest.mark.threat("license-forged")
def test_without_a_key_from_elsewhere_the_signer_is_unknown_and_nothing_is_good(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    status, said = run(capsys, "verify", desk.write())
    assert 3 == status, said
    assert f"self-consistent, signer unknown: fingerprint {fingerprint(VENDOR.identity)}" in said
    assert said.endswith("not known to be good\n")


@pytest.mark.threat("license-forged")
def test_self_made_archive_with_its_own_vendor_key_is_refused_by_the_key_that_was_named(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """License, settings, key in the layer and pinned key in the image are all swapped, and fit each other."""
    writer = ImageWriter(desk.folder / "forger", FORGER, "strict", FINEBI_6_0_5, SystemClock())
    path = writer.write(record(FORGER), NOW)[0]
    assert 3 == run(capsys, "verify", path)[0]
    status, said = run(capsys, "verify", path, "--vendor", desk.key())
    assert (1, True) == (status, "not from the vendor whose key is pinned" in said), said


@pytest.mark.threat("license-forged")
def test_pinned_key_in_the_image_that_is_not_the_signers_is_refused(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    def swap(images: list[Image]) -> list[Image]:
        other = Layer.of({"opt/fanlic/vendor/vendor.pub": FORGER.identity.encode()})
        return [replace(each, layers=(each.layers[0], other, *each.layers[2:])) for each in images]

    status, said = run(capsys, "verify", desk.spoilt(swap))
    assert (1, True) == (status, "the layer of the vendor's key is not as the business desk writes it" in said), said


Changes = Callable[[Image], Image]
MORE = Layer.of({"usr/bin/python3": b"#!/bin/sh"})
PAGE = Layer.of({**{f"app/web/{name}": b"" for name in FRONT_END}, "app/web/qrcode.html": b"{{ 7 * 7 }}"})
CHANGES: dict[str, tuple[Changes, str]] = {
    "environment": (
        lambda each: replace(each, environment={"PYTHONWARNINGS": "all:0:antigravity.x:0:0"}),
        "configuration",
    ),
    "entry point": (lambda each: replace(each, entrypoint=["/bin/sh", "-c", "id"]), "configuration"),
    "one more word": (lambda each: replace(each, entrypoint=[*each.entrypoint, "--lab-seed", "1"]), "configuration"),
    "health check": (lambda each: replace(each, healthcheck=["/bin/sh", "-c", "id"]), "configuration"),
    "port": (lambda each: replace(each, port=22), "configuration"),
    "working directory": (lambda each: replace(each, workdir="/"), "configuration"),
    "stop signal": (lambda each: replace(each, stop_signal="SIGKILL"), "configuration"),
    "label": (lambda each: replace(each, labels={**each.labels, "more": "x"}), "configuration"),
    "profile in the label": (lambda each: replace(each, labels={**each.labels, OURS: "lab"}), "configuration"),
    "front end": (lambda each: replace(each, layers=(PAGE, *each.layers[1:])), "the application or its front end"),
    "layer at the bottom": (lambda each: replace(each, layers=(MORE, *each.layers)), "the base"),
    "layer on top": (lambda each: replace(each, layers=(*each.layers, MORE)), "the application or its front end"),
    "layer in between": (
        lambda each: replace(each, layers=(*each.layers[:1], MORE, *each.layers[1:])),
        "the application or its front end",
    ),
    "name": (lambda each: replace(each, name=each.name.replace("1.0.0", "1.0.1")), "has no image for"),
}


@pytest.mark.threat("image-changed")
@pytest.mark.parametrize("what", CHANGES)
def test_archive_with_a_true_license_and_anything_else_changed_is_never_good(
    desk: Desk, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    change, part = CHANGES[what]
    path = desk.spoilt(lambda images: list(map(change, images)))
    status, said = run(capsys, "verify", path, "--vendor", desk.key())
    assert (1, True) == (status, part in said), said
    assert "Do not load this archive" in said or what == "name"
    assert "good" not in said


@pytest.mark.threat("image-changed")
@pytest.mark.parametrize("layer", ["app/tls/server.crt", "app/license/secret.hex"])
def test_file_added_to_the_layer_of_the_certificate_or_the_customer_is_refused(
    desk: Desk, capsys: pytest.CaptureFixture[str], layer: str
) -> None:
    place = -2 if "tls" in layer else -1
    files = read(desk.write("lic-0000000000000002")).images[0].layers[place].files
    more = {name: data for name, (_mode, data) in files.items()} | {"usr/lib/python3.11/sitecustomize.py": b"import os"}
    spoilt = Layer.of(more, secrets=["app/tls/server.key", "app/license/secret.hex"])

    def change(images: list[Image]) -> list[Image]:
        above = [spoilt] if place == -1 else [spoilt, images[0].layers[-1]]
        return [replace(each, layers=[*each.layers[:place], *above]) for each in images]

    status, said = run(capsys, "verify", desk.spoilt(change), "--vendor", desk.key())
    assert (1, True) == (status, "is not as the business desk writes it" in said), said


@pytest.mark.threat("image-changed")
@pytest.mark.parametrize("name", ["index.json", "oci-layout", "repositories", "more/layer.tar"])
def test_file_that_another_loader_would_read_is_refused(
    desk: Desk, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Newer engines read `index.json` where there is one, and it may describe other images than `manifest.json`."""
    path = desk.write()
    path.write_bytes(tar_of({**files_in(path), name: b"{}"}))
    status, said = run(capsys, "verify", path, "--vendor", desk.key())
    assert (1, True) == (status, f"the file {name} in the archive is not as" in said), said


@pytest.mark.threat("image-changed")
@pytest.mark.parametrize("key", ["entrypoint", "Cmd", "OnBuild", "User", "Volumes"])
def test_setting_that_ours_never_has_is_refused(desk: Desk, capsys: pytest.CaptureFixture[str], key: str) -> None:
    """Docker reads `entrypoint` as `Entrypoint`, whatever Python makes of it."""
    path = desk.write()
    members = files_in(path)
    manifest = json.loads(members["manifest.json"])
    for entry in manifest:
        settings = json.loads(members.pop(entry["Config"]))
        settings["config"][key] = ["/bin/sh"]
        data = json.dumps(settings, separators=(",", ":"), sort_keys=True).encode()
        entry["Config"] = f"{hashlib.sha256(data).hexdigest()}.json"
        members[entry["Config"]] = data
    members["manifest.json"] = json.dumps(manifest, separators=(",", ":"), sort_keys=True).encode()
    path.write_bytes(tar_of(members))
    status, said = run(capsys, "verify", path, "--vendor", desk.key())
    assert (1, True) == (status, "the configuration of an image is not as" in said), said


@pytest.mark.threat("key-exposed")
@pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: modes of POSIX")
def test_signing_key_that_others_can_read_builds_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    built = build(tmp_path / "one", CONTRACT, None, lab=False)
    assert 0o600 == stat.S_IMODE((tmp_path / "one" / "desk" / "vendor.key").stat().st_mode)
    again = build(tmp_path / "two", CONTRACT, None, lab=False, key=tmp_path / "one" / "desk" / "vendor.key")
    assert built.fingerprint == again.fingerprint
    status, said = run(capsys, "verify", again.path, "--vendor", built.vendor)
    assert 0 == status, said
    (tmp_path / "one" / "desk" / "vendor.key").chmod(0o644)
    with pytest.raises(KeyExposed, match="chmod 600"):
        build(tmp_path / "one", CONTRACT, None, lab=False)


def test_public_key_in_place_of_the_signing_key_is_named(tmp_path: Path) -> None:
    built = build(tmp_path / "one", CONTRACT, None, lab=False)
    built.vendor.chmod(0o600)
    with pytest.raises(LicenseRefused, match="holds no signing key"):
        build(tmp_path / "two", CONTRACT, None, lab=False, key=built.vendor)


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
    writer = ImageWriter(tmp_path, VENDOR, "strict", FINEBI_6_0_5, SystemClock())
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
