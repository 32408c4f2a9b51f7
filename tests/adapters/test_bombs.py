"""Archives made to cost memory, time or a crash: each is refused, or read within small bounds."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import sys
import tarfile
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from fanlic.adapters import layers, tarball
from fanlic.adapters.archive_reader import MOST_LAYERS, read
from fanlic.adapters.tarball import ArchiveFault, ArchiveRefused
from tests.engine_lines import AMD64, ARCHIVE, tar_of, write_archives

MEGABYTE = 2**20


def archive_of(
    *stored: bytes,
    tars: tuple[bytes, ...] = (),
    names: tuple[int, ...] | None = None,
    labels: dict[str, str] | None = None,
) -> bytes:
    """A consistent archive of these layers, of which the manifest names those with the numbers in `names`.

    `tars` are the same layers unpacked, if they are stored as gzip.
    """
    unpacked = tars or stored
    order = range(len(stored)) if names is None else names
    settings: dict[str, Any] = {
        "architecture": "amd64",
        "os": "linux",
        "created": "2026-03-01T00:00:00Z",
        "config": {"Entrypoint": ["/bin/server"], "Env": [], "ExposedPorts": {"8081/tcp": {}}, "Labels": labels or {}},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest(unpacked[each])}" for each in order]},
    }
    config = json.dumps(settings).encode()
    paths = [f"{each}/layer.tar" for each in order]
    manifest = [{"Config": f"{digest(config)}.json", "RepoTags": [AMD64], "Layers": paths}]
    members = {f"{each}/layer.tar": data for each, data in enumerate(stored)}
    return tar_of({**members, f"{digest(config)}.json": config, "manifest.json": json.dumps(manifest).encode()})


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def refusal(folder: Path, data: bytes) -> ArchiveRefused:
    (folder / "bomb.tar").write_bytes(data)
    with pytest.raises(ArchiveRefused) as caught:
        read(folder / "bomb.tar")
    return caught.value


@contextmanager
def memory_below(megabytes: int) -> Iterator[None]:
    """What Python allocates meanwhile stays below this."""
    tracemalloc.start()
    try:
        yield
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < megabytes * MEGABYTE, f"{peak / MEGABYTE:.0f} MB"


@pytest.mark.threat("archive-bomb")
@pytest.mark.slow
def test_layer_that_is_named_again_and_again_is_unpacked_once_and_never_held_in_memory(tmp_path: Path) -> None:
    """100 KB on disk, 100 MB unpacked, 3.2 GB if it were unpacked as often as it is named."""
    layer = tar_of({"usr/zeros": bytes(100 * MEGABYTE)})
    data = archive_of(gzip.compress(layer, 9), tars=(layer,), names=(0,) * MOST_LAYERS)
    del layer
    (tmp_path / "bomb.tar").write_bytes(data)
    with memory_below(8):
        (image,) = read(tmp_path / "bomb.tar").images
    assert MOST_LAYERS == len(image.layers)
    image.extract(tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.threat("archive-bomb")
def test_layers_that_are_too_big_together_are_refused_before_they_are_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tarball, "LARGEST_TOTAL", 5 * MEGABYTE)
    tars = tuple(tar_of({f"usr/{each}": bytes(2 * MEGABYTE)}) for each in range(3))
    bomb = archive_of(*map(gzip.compress, tars), tars=tars)
    assert ArchiveFault.TOO_BIG == refusal(tmp_path, bomb).fault
    two = archive_of(*map(gzip.compress, tars[:2]), tars=tars[:2])
    (tmp_path / "two.tar").write_bytes(two)
    assert 2 == len(read(tmp_path / "two.tar").images[0].layers)


@pytest.mark.threat("archive-bomb")
def test_files_of_all_layers_are_counted_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tarball, "MOST_MEMBERS", 50)
    tars = tuple(tar_of({f"usr/{layer}-{each}": b"" for each in range(20)}) for layer in range(3))
    assert ArchiveFault.TOO_BIG == refusal(tmp_path, archive_of(*tars)).fault


@pytest.mark.threat("archive-bomb")
def test_more_layers_than_an_image_can_need_are_refused(tmp_path: Path) -> None:
    bomb = archive_of(tar_of({"usr/x": b""}), names=(0,) * (MOST_LAYERS + 1))
    assert ArchiveFault.TOO_BIG == refusal(tmp_path, bomb).fault


@pytest.mark.threat("archive-bomb")
def test_files_that_would_be_kept_in_memory_are_bounded_in_size_and_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = tar_of({"app/web/big": bytes(layers.LARGEST_KEPT + 1)})
    with memory_below(8):
        assert ArchiveFault.TOO_BIG == refusal(tmp_path, archive_of(gzip.compress(big), tars=(big,))).fault
    monkeypatch.setattr(layers, "MOST_KEPT", 3)
    many = tar_of({f"app/web/{each}": b"" for each in range(4)})
    assert ArchiveFault.TOO_BIG == refusal(tmp_path, archive_of(many)).fault


@pytest.mark.threat("archive-header")
@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK])
@pytest.mark.parametrize("inside", [False, True])
def test_extended_header_is_refused_without_reading_what_it_claims(tmp_path: Path, kind: bytes, inside: bool) -> None:
    member = tarfile.TarInfo("app/name")
    member.type, member.size = kind, 100 * MEGABYTE
    tar = member.tobuf(tarfile.GNU_FORMAT) + tar_of({"app/x": b"x"})
    with memory_below(1):
        found = refusal(tmp_path, archive_of(tar) if inside else tar)
    assert (ArchiveFault.UNSAFE, True) == (found.fault, "extended header" in str(found))


@pytest.mark.threat("archive-header")
@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_SPARSE, tarfile.CONTTYPE, b"V", b"M", b"Z"])
def test_every_other_kind_of_member_is_refused(tmp_path: Path, kind: bytes) -> None:
    member = tarfile.TarInfo("app/name")
    member.type = kind
    assert ArchiveFault.UNSAFE == refusal(tmp_path, archive_of(member.tobuf() + tar_of({}))).fault


@pytest.mark.threat("archive-header")
@pytest.mark.parametrize("size", [-1, -(2**40)])
def test_negative_size_is_refused(tmp_path: Path, size: int) -> None:
    member = tarfile.TarInfo("usr/name")
    member.size = size
    assert ArchiveFault.TOO_BIG == refusal(tmp_path, archive_of(member.tobuf(tarfile.GNU_FORMAT) + tar_of({}))).fault


@pytest.mark.threat("archive-twice")
def test_the_same_name_twice_in_a_layer_is_refused(tmp_path: Path) -> None:
    """Docker takes the last of two, another reader the first."""
    layer = tar_of({"app/license/profile": b"strict"}, tarfile.TarInfo("app/license/profile"))
    found = refusal(tmp_path, archive_of(layer))
    assert (ArchiveFault.UNSAFE, "app/license/profile") == (found.fault, found.subject)


@pytest.mark.threat("archive-bomb")
@pytest.mark.parametrize("part", ["manifest", "config"])
@pytest.mark.parametrize("shape", ["deep", "long", "long number"])
def test_json_without_end_is_refused(tmp_path: Path, part: str, shape: str) -> None:
    text = {"deep": b"[" * 100_000, "long": b"[" + b"{}," * 10**6 + b"{}]", "long number": b"9" * 100_000}[shape]
    config = f"{digest(text)}.json"
    manifest = json.dumps([{"Config": config, "RepoTags": [AMD64], "Layers": ["0/layer.tar"]}]).encode()
    members = {config: text, "manifest.json": text if part == "manifest" else manifest, "0/layer.tar": tar_of({})}
    with memory_below(8):
        found = refusal(tmp_path, tar_of(members))
    assert found.fault in {ArchiveFault.MANIFEST, ArchiveFault.CONFIG, ArchiveFault.TOO_BIG}


@pytest.mark.threat("archive-bomb")
def test_gzip_in_gzip_is_refused(tmp_path: Path) -> None:
    layer = tar_of({"usr/x": b"x"})
    twice = gzip.compress(gzip.compress(layer))
    assert ArchiveFault.NOT_A_TAR == refusal(tmp_path, archive_of(twice, tars=(layer,))).fault


@pytest.mark.threat("archive-bomb")
def test_gzip_whose_header_has_a_name_without_end_is_refused_at_once(tmp_path: Path) -> None:
    packed = b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * (50 * MEGABYTE)
    with memory_below(120):  # the test itself holds twice 50
        assert ArchiveFault.LAYER == refusal(tmp_path, archive_of(packed)).fault


@pytest.mark.threat("archive-header")
@pytest.mark.parametrize("where", ["archive", "layer"])
def test_data_behind_the_end_of_a_tar_is_refused(tmp_path: Path, where: str) -> None:
    """A second archive behind the first would be another archive to another reader."""
    whole = archive_of(tar_of({"usr/x": b"x"}) + (b"behind" * 100 if where == "layer" else b""))
    assert "data behind its end" in str(refusal(tmp_path, whole + (b"behind" if where == "archive" else b"")))


@pytest.mark.threat("archive-path")
@pytest.mark.parametrize(
    "name", ["con", "Aux.txt", "nul.css", "com1", "web.", "web ", "-rf", "a b", "\N{BLACK HEART SUIT}", ".bashrc"]
)
def test_name_that_some_system_takes_for_another_is_refused_below_app(tmp_path: Path, name: str) -> None:
    assert ArchiveFault.UNSAFE == refusal(tmp_path, archive_of(tar_of({f"app/{name}/x": b""}))).fault


@pytest.mark.threat("archive-bomb")
@pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: files of POSIX that are no files")
def test_pipe_device_or_folder_in_place_of_an_archive_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(OSError, match="no regular file"):
            read(path)


@pytest.mark.parametrize("text", ["\x1b[2J", "a\nb", "\N{RIGHT-TO-LEFT OVERRIDE}gpj", "\x9b", "\x85"])
def test_label_that_a_terminal_would_obey_is_refused(tmp_path: Path, text: str) -> None:
    for labels in ({"a": text}, {text: "a"}):
        assert "Labels" in str(refusal(tmp_path, archive_of(tar_of({}), labels=labels)))


@pytest.mark.threat("archive-changed")
def test_archive_with_any_bytes_changed_is_refused_or_the_same(tmp_path: Path) -> None:
    """600 archives, each with a few bytes changed: never another error, and never other files than those signed for."""
    write_archives(tmp_path)
    whole = (tmp_path / ARCHIVE).read_bytes()
    expected = [layer.files for image in read(tmp_path / ARCHIVE).images for layer in image.layers]
    dice = random.Random(11)
    for _each in range(600):
        data = bytearray(whole)
        for _change in range(dice.choice((1, 1, 4, 40))):
            data[dice.randrange(len(data))] = dice.randrange(256)
        (tmp_path / "changed.tar").write_bytes(data)
        try:
            found = read(tmp_path / "changed.tar")
        except ArchiveRefused:
            continue
        assert expected == [layer.files for image in found.images for layer in image.layers]


def test_layer_with_any_bytes_changed_is_refused_or_harmless(tmp_path: Path) -> None:
    """The digests are made right again, as an attacker would."""
    layer = tar_of({"app/web/page": b"page" * 200, "usr/bin/x": b"x" * 2000})
    dice = random.Random(12)
    for _each in range(400):
        data = bytearray(layer if dice.random() < 0.5 else zlib.compress(layer, wbits=31))
        for _change in range(dice.choice((1, 2, 20))):
            data[dice.randrange(min(len(data), 1600))] = dice.randrange(256)
        (tmp_path / "changed.tar").write_bytes(archive_of(bytes(data)))
        try:
            (image,) = read(tmp_path / "changed.tar").images
        except ArchiveRefused:
            continue
        assert all(name.startswith("app/") for name in image.layers[0].files)
