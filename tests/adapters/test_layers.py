"""Big lower layers: stored compressed, with the links that a base has, of which the sandbox takes only /app."""

from __future__ import annotations

import io
import tarfile
import zlib
from pathlib import Path

import pytest

from fanlic.adapters import archive
from fanlic.adapters.archive import ArchiveRefused, Fault, Image, Layer, Packed
from fanlic.adapters.tarball import read_tar
from tests.engine_lines import AMD64, CREATED, tar_of


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
    image = archive.read(path).images[0]
    assert (Layer(tar).digest, tar) == (packed.digest, image.layers[0].tar)
    assert [f"sha256:{packed.digest}"] == image.settings["rootfs"]["diff_ids"]
    with path.open("rb") as stream:
        stored = {name: data for name, (_mode, data) in read_tar(stream, "").items()}
    assert (tmp_path / "base.tar.gz").read_bytes() == stored[f"{packed.digest}/layer.tar"]
    assert packed.digest == Packed.of(tmp_path / "again.tar.gz", tar).digest
    assert (tmp_path / "base.tar.gz").read_bytes() == (tmp_path / "again.tar.gz").read_bytes()


def test_only_what_is_below_app_is_unpacked(tmp_path: Path) -> None:
    image = archive.read(written(tmp_path, Packed.of(tmp_path / "base.tar.gz", base_tar()))).images[0]
    image.extract(tmp_path / "out")
    assert ["app/web/page"] == [p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("page")]
    assert ["app"] == [path.name for path in (tmp_path / "out").iterdir()]


@pytest.mark.threat("archive-link")
@pytest.mark.parametrize("name", ["app", "app/web/link"])
def test_link_at_or_below_app_is_refused(tmp_path: Path, name: str) -> None:
    link = tarfile.TarInfo(name)
    link.type, link.linkname = tarfile.SYMTYPE, "/etc"
    with pytest.raises(ArchiveRefused, match="is a link") as caught:
        archive.read(written(tmp_path, Layer(tar_of({}, link))))
    assert (Fault.UNSAFE, name) == (caught.value.fault, caught.value.subject)


def test_device_in_a_base_is_refused(tmp_path: Path) -> None:
    device = tarfile.TarInfo("dev/mem")
    device.type = tarfile.CHRTYPE
    with pytest.raises(ArchiveRefused, match="device"):
        archive.read(written(tmp_path, Layer(base_tar(device))))


@pytest.mark.parametrize("spoil", ["cut", "changed", "more behind", "a bomb"])
def test_damaged_compression_is_refused(tmp_path: Path, spoil: str, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = Packed.of(tmp_path / "base.tar.gz", base_tar())
    data = packed.path.read_bytes()
    if spoil == "a bomb":
        monkeypatch.setattr(archive, "LARGEST_TOTAL", 512)
    spoilt = {"cut": data[:-9], "changed": data[:40] + b"\xff" * 9 + data[49:], "more behind": data + data}
    packed.path.write_bytes(spoilt.get(spoil, data))
    with pytest.raises(ArchiveRefused, match="is damaged") as caught:
        archive.read(written(tmp_path, packed))
    assert Fault.LAYER == caught.value.fault


def test_packed_bytes_that_are_another_layer_are_refused(tmp_path: Path) -> None:
    packed = Packed.of(tmp_path / "base.tar.gz", base_tar())
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    packed.path.write_bytes(packer.compress(tar_of({"app/other": b"x"})) + packer.flush())
    with pytest.raises(ArchiveRefused, match="was changed"):
        archive.read(written(tmp_path, packed))


def test_plain_tar_of_links_alone_is_still_checked_for_its_names() -> None:
    link = tarfile.TarInfo("../evil")
    link.type, link.linkname = tarfile.SYMTYPE, "x"
    with pytest.raises(ArchiveRefused, match="plain relative path"):
        read_tar(io.BytesIO(tar_of({}, link)), "", only_below="app")
