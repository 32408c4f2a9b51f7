"""Big lower layers: stored compressed, with the links that a base has, of which the sandbox takes only /app."""

from __future__ import annotations

import tarfile
import zlib
from pathlib import Path

import pytest

from fanlic.adapters import archive
from fanlic.adapters.archive import Image, Layer, Packed
from fanlic.adapters.archive_reader import read
from fanlic.adapters.tarball import ArchiveFault, ArchiveRefused
from tests.engine_lines import AMD64, CREATED, files_in, tar_of


def base_tar(*extra: tarfile.TarInfo) -> bytes:
    """A base as Debian has it: a program, a link to it, a file below /app."""
    link = tarfile.TarInfo("usr/bin/python3")
    link.type, link.linkname = tarfile.SYMTYPE, "/usr/bin/python3.11"
    return tar_of({"usr/bin/python3.11": b"program", "app/web/page": b"page"}, link, *extra)


def written(folder: Path, *layers: Layer | Packed) -> Path:
    """An archive of these layers."""
    image = Image(name=AMD64, architecture="amd64", layers=layers, entrypoint=["/bin/server"], port=8081)
    archive.write(folder / "a.tar", [image], created=CREATED)
    return folder / "a.tar"


def test_packed_layer_is_stored_compressed_under_the_digest_of_its_tar(tmp_path: Path) -> None:
    tar = base_tar()
    packed = Packed.of(tmp_path / "base.tar.gz", tar)
    path = written(tmp_path, packed)
    image = read(path).images[0]
    assert packed.digest == Layer(tar).digest == image.layers[0].digest
    assert len(tar) == image.layers[0].size
    assert [f"sha256:{packed.digest}"] == image.settings["rootfs"]["diff_ids"]
    assert (tmp_path / "base.tar.gz").read_bytes() == files_in(path)[f"{packed.digest}/layer.tar"]
    assert packed.digest == Packed.of(tmp_path / "again.tar.gz", tar).digest
    assert (tmp_path / "base.tar.gz").read_bytes() == (tmp_path / "again.tar.gz").read_bytes()


def test_only_what_is_below_app_is_unpacked(tmp_path: Path) -> None:
    image = read(written(tmp_path, Packed.of(tmp_path / "base.tar.gz", base_tar()))).images[0]
    image.extract(tmp_path / "out")
    assert ["app/web/page"] == [p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("page")]
    assert ["app"] == [path.name for path in (tmp_path / "out").iterdir()]


@pytest.mark.threat("archive-link")
@pytest.mark.parametrize("name", ["app", "app/web/link", "opt", "opt/fanlic/app/fanlic"])
def test_link_above_at_or_below_what_fanlic_uses_is_refused(tmp_path: Path, name: str) -> None:
    link = tarfile.TarInfo(name)
    link.type, link.linkname = tarfile.SYMTYPE, "/etc"
    with pytest.raises(ArchiveRefused, match="is a link") as caught:
        read(written(tmp_path, Layer(tar_of({}, link))))
    assert (ArchiveFault.UNSAFE, name) == (caught.value.fault, caught.value.subject)


def test_device_in_a_base_is_refused(tmp_path: Path) -> None:
    device = tarfile.TarInfo("dev/mem")
    device.type = tarfile.CHRTYPE
    with pytest.raises(ArchiveRefused, match="device"):
        read(written(tmp_path, Layer(base_tar(device))))


@pytest.mark.parametrize("spoil", ["cut", "changed", "more behind"])
def test_damaged_compression_is_refused(tmp_path: Path, spoil: str) -> None:
    packed = Packed.of(tmp_path / "base.tar.gz", base_tar())
    data = packed.path.read_bytes()
    spoilt = {"cut": data[:-9], "changed": data[:40] + b"\xff" * 9 + data[49:], "more behind": data + data}
    packed.path.write_bytes(spoilt.get(spoil, data))
    with pytest.raises(ArchiveRefused, match="is damaged") as caught:
        read(written(tmp_path, packed))
    assert ArchiveFault.LAYER == caught.value.fault


def test_packed_bytes_that_are_another_layer_are_refused(tmp_path: Path) -> None:
    packed = Packed.of(tmp_path / "base.tar.gz", base_tar())
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    packed.path.write_bytes(packer.compress(tar_of({"app/other": b"x"})) + packer.flush())
    with pytest.raises(ArchiveRefused, match="was changed"):
        read(written(tmp_path, packed))


def test_plain_tar_of_links_alone_is_still_checked_for_its_names(tmp_path: Path) -> None:
    link = tarfile.TarInfo("../evil")
    link.type, link.linkname = tarfile.SYMTYPE, "x"
    with pytest.raises(ArchiveRefused, match="plain relative path"):
        read(written(tmp_path, Layer(tar_of({}, link))))
