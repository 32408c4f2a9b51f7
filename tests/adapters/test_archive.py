"""The image archive: what is written can be read, what was tampered with is refused."""

from __future__ import annotations

import hashlib
import json
import stat
import sys
import tarfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from fanlic.adapters import archive, tarball
from fanlic.adapters.archive import Image, Layer
from fanlic.adapters.archive_reader import read
from fanlic.adapters.tarball import ArchiveFault, ArchiveRefused
from tests.engine_lines import AMD64, ARCHIVE, ARM64, BASE, CREATED, files_in, tar_of, write_archives

Members = dict[str, bytes]


@pytest.fixture
def members(tmp_path: Path) -> Members:
    """The files of a good archive, by name."""
    write_archives(tmp_path)
    return files_in(tmp_path / ARCHIVE)


def _image(**changes: object) -> Image:
    settings: dict[str, object] = {
        "name": AMD64,
        "architecture": "amd64",
        "layers": [BASE],
        "entrypoint": ["/usr/bin/python3"],
        "port": 8081,
    }
    return Image(**{**settings, **changes})  # type: ignore[arg-type]


def _refusal(tmp_path: Path, data: bytes) -> ArchiveRefused:
    path = tmp_path / "bad.tar"
    path.write_bytes(data)
    with pytest.raises(ArchiveRefused) as caught:
        read(path)
    return caught.value


def _change_config(members: Members, change: Callable[[dict], object]) -> Members:  # type: ignore[type-arg]
    """The archive with a changed configuration that is consistent again: new name, new manifest."""
    manifest = json.loads(members["manifest.json"])
    settings = json.loads(members.pop(manifest[0]["Config"]))
    change(settings)
    data = json.dumps(settings).encode()
    manifest[0]["Config"] = f"{hashlib.sha256(data).hexdigest()}.json"
    return {**members, manifest[0]["Config"]: data, "manifest.json": json.dumps(manifest).encode()}


def test_written_archive_reads_back_with_both_images(tmp_path: Path) -> None:
    write_archives(tmp_path)
    amd64, arm64 = read(tmp_path / ARCHIVE).images
    assert [(AMD64,), (ARM64,)] == [amd64.names, arm64.names]
    assert ("amd64", None) == (amd64.settings["architecture"], amd64.settings.get("variant"))
    assert ("arm64", "v8") == (arm64.settings["architecture"], arm64.settings.get("variant"))
    assert {"8081/tcp": {}} == amd64.settings["config"]["ExposedPorts"]
    assert "2026-03-01T00:00:00Z" == amd64.settings["created"]


def test_configuration_has_every_field_a_loader_may_want() -> None:
    settings = _image().settings(CREATED)
    expected = {"architecture", "config", "created", "history", "os", "rootfs"}
    assert expected == set(settings)
    assert 1 == len(settings["history"]) == len(settings["rootfs"]["diff_ids"])


def test_shared_layer_is_stored_once(members: Members) -> None:
    layers = [name for name in members if name.endswith("/layer.tar")]
    assert 3 == len(layers)  # the base, and a customer layer for each architecture
    assert f"{BASE.digest}/layer.tar" in layers


def test_same_input_gives_the_same_bytes_and_the_digest_is_returned(tmp_path: Path) -> None:
    first = archive.write(tmp_path / "a.tar", [_image()], created=CREATED)
    local = datetime.fromisoformat("2026-03-01T08:00:00+08:00")  # the same instant elsewhere
    assert first == archive.write(tmp_path / "b.tar", [_image()], created=local)
    assert first == hashlib.sha256((tmp_path / "a.tar").read_bytes()).hexdigest()


def test_members_have_unique_plain_names_and_no_owner(tmp_path: Path) -> None:
    write_archives(tmp_path)
    with tarfile.open(tmp_path / ARCHIVE, "r:") as tar:
        found = tar.getmembers()
    assert len(found) == len({each.name for each in found})
    assert {(0, 0, "", "", 0)} == {(e.uid, e.gid, e.uname, e.gname, e.mtime) for e in found}
    assert not [each.name for each in found if each.name.startswith((".", "/"))]


def test_failed_writing_leaves_the_old_archive_and_no_part(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    archive.write(path, [_image()], created=CREATED)
    before = path.read_bytes()
    with pytest.raises(ValueError, match="80811"):
        archive.write(path, [_image(port=80811)], created=CREATED)
    with pytest.raises(ValueError, match="name"):
        archive.write(path, [_unwritable()], created=CREATED)
    assert (before, [path]) == (path.read_bytes(), list(tmp_path.iterdir()))


def _unwritable() -> Image:
    """An image that fails halfway: its layer's name is too long for a tar."""
    layer = Layer.of({"a": b"x"})
    object.__setattr__(layer, "digest", "f" * 300)
    return _image(layers=[layer])


def test_extraction_gives_files_and_modes_and_upper_layers_win(tmp_path: Path) -> None:
    lower = Layer.of({"app/key": b"old", "app/web/index.html": b"page"})
    upper = Layer.of({"app/key": b"new"}, secrets=["app/key"])
    archive.write(tmp_path / "a.tar", [_image(layers=[lower, upper])], created=CREATED)
    read(tmp_path / "a.tar").images[0].extract(tmp_path / "out")
    key = tmp_path / "out" / "app" / "key"
    assert b"new" == key.read_bytes()
    assert b"page" == (tmp_path / "out" / "app" / "web" / "index.html").read_bytes()
    if sys.platform != "win32":
        assert 0o600 == stat.S_IMODE(key.stat().st_mode)


def test_archive_cut_anywhere_is_refused(tmp_path: Path) -> None:
    write_archives(tmp_path)
    whole = (tmp_path / ARCHIVE).read_bytes()
    end = len(whole.rstrip(b"\0"))
    for cut in (end // 3, end // 2, end - 1, (end // 512) * 512, -(-end // 512) * 512):
        assert ArchiveFault.TRUNCATED == _refusal(tmp_path, whole[:cut]).fault, cut


@pytest.mark.parametrize("data", [b"", b"text\n" * 500, b"\x1f\x8b" + bytes(2000)])
def test_file_that_is_no_tar_is_refused(tmp_path: Path, data: bytes) -> None:
    refusal = _refusal(tmp_path, data)
    assert ArchiveFault.NOT_A_TAR == refusal.fault
    assert str(refusal).startswith("bad.tar: ")
    assert "SHA-256" in refusal.remedy


@pytest.mark.threat("archive-path")
@pytest.mark.parametrize(
    "name", ["../evil", "a/../../evil", "/evil", "./evil", "a//evil", "C:evil", "..\\evil", "a\nb"]
)
def test_name_that_leads_elsewhere_is_refused(tmp_path: Path, members: Members, name: str) -> None:
    refusal = _refusal(tmp_path, tar_of({**members, name: b"x"}))
    assert (ArchiveFault.UNSAFE, repr(name)) == (refusal.fault, refusal.subject)
    refusal = _refusal(tmp_path, _with_layer(members, tar_of({name: b"x"})))
    assert ArchiveFault.UNSAFE == refusal.fault


def _with_layer(members: Members, layer: bytes) -> bytes:
    """The archive with its first image's top layer replaced, all digests put right."""
    digest = hashlib.sha256(layer).hexdigest()
    manifest = json.loads(members["manifest.json"])
    manifest[0]["Layers"][-1] = f"{digest}/layer.tar"
    changed = {**members, "manifest.json": json.dumps(manifest).encode()}
    changed[f"{digest}/layer.tar"] = layer

    def point(settings: dict[str, dict[str, list[str]]]) -> None:
        settings["rootfs"]["diff_ids"][-1] = f"sha256:{digest}"

    return tar_of(_change_config(changed, point))


@pytest.mark.threat("archive-link")
@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE],
)
def test_links_and_devices_are_refused(tmp_path: Path, members: Members, kind: bytes) -> None:
    link = tarfile.TarInfo("app/link")
    link.type, link.linkname = kind, "/etc/passwd"
    refusal = _refusal(tmp_path, tar_of(members, link))
    assert (ArchiveFault.UNSAFE, "app/link") == (refusal.fault, refusal.subject)
    refusal = _refusal(tmp_path, _with_layer(members, tar_of({}, link)))
    assert (ArchiveFault.UNSAFE, "app/link") == (refusal.fault, refusal.subject)


def test_sparse_file_is_refused(tmp_path: Path, members: Members) -> None:
    """A few bytes of a sparse file stand for as many as its header likes."""
    sparse = tarfile.TarInfo("sparse")
    sparse.pax_headers = {"GNU.sparse.map": "0,0", "GNU.sparse.size": "100000000"}
    header = sparse.tobuf(tarfile.PAX_FORMAT)
    refusal = _refusal(tmp_path, header + tar_of(members))
    assert ArchiveFault.UNSAFE == refusal.fault
    assert "extended header" in str(refusal)


def test_the_same_name_twice_is_refused(tmp_path: Path, members: Members) -> None:
    again = tarfile.TarInfo("manifest.json")
    assert ArchiveFault.UNSAFE == _refusal(tmp_path, tar_of(members, again)).fault


def test_file_in_place_of_a_directory_is_refused(tmp_path: Path, members: Members) -> None:
    refusal = _refusal(tmp_path, _with_layer(members, tar_of({"app/web": b"x"})))
    assert (ArchiveFault.UNSAFE, "app/web/index.html") == (refusal.fault, refusal.subject)


def test_deletion_mark_is_refused(tmp_path: Path, members: Members) -> None:
    refusal = _refusal(tmp_path, _with_layer(members, tar_of({"app/.wh.web": b""})))
    assert (ArchiveFault.UNSAFE, "app/.wh.web") == (refusal.fault, refusal.subject)


def test_huge_member_is_refused_by_its_header(tmp_path: Path, members: Members) -> None:
    huge = tarfile.TarInfo("huge")
    huge.size = 2**40
    refusal = _refusal(tmp_path, tar_of(members, huge))
    assert (ArchiveFault.TOO_BIG, "huge") == (refusal.fault, refusal.subject)


def test_too_many_members_are_refused(tmp_path: Path, members: Members, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tarball, "MOST_MEMBERS", len(members) - 1)
    assert ArchiveFault.TOO_BIG == _refusal(tmp_path, tar_of(members)).fault


def test_too_many_bytes_in_all_are_refused(tmp_path: Path, members: Members, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tarball, "LARGEST_TOTAL", sum(map(len, members.values())) - 1)
    assert ArchiveFault.TOO_BIG == _refusal(tmp_path, tar_of(members)).fault


def test_missing_or_malformed_manifest_is_refused(tmp_path: Path, members: Members) -> None:
    manifest = json.loads(members["manifest.json"])
    bad = [
        b"{",
        b"[" * 100_000,
        b"{}",
        b"[]",
        b"[1]",
        json.dumps(manifest * 9).encode(),
        json.dumps([manifest[0], manifest[0]]).encode(),
    ]
    fields: tuple[tuple[str, object], ...] = (("Config", 1), ("RepoTags", None), ("RepoTags", []), ("Layers", ["x", 1]))
    bad += [json.dumps([{**manifest[0], key: value}]).encode() for key, value in fields]
    names = ("no-tag", "Upper:1", "a:b:c", "", "a b:1")
    bad += [json.dumps([{**manifest[0], "RepoTags": [name]}]).encode() for name in names]
    for data in bad:
        refusal = _refusal(tmp_path, tar_of({**members, "manifest.json": data}))
        assert (ArchiveFault.MANIFEST, "manifest.json") == (refusal.fault, refusal.subject), data[:80]
    del members["manifest.json"]
    assert ArchiveFault.MANIFEST == _refusal(tmp_path, tar_of(members)).fault


@pytest.mark.threat("archive-changed")
def test_changed_configuration_is_refused(tmp_path: Path, members: Members) -> None:
    config = json.loads(members["manifest.json"])[0]["Config"]
    members[config] = members[config].replace(b"amd64", b"arm64")
    refusal = _refusal(tmp_path, tar_of(members))
    assert (ArchiveFault.CONFIG, config) == (refusal.fault, refusal.subject)


def test_changed_layer_is_refused(tmp_path: Path, members: Members) -> None:
    path = json.loads(members["manifest.json"])[0]["Layers"][1]
    members[path] = members[path].replace(b"amd64", b"amd65")
    refusal = _refusal(tmp_path, tar_of(members))
    assert (ArchiveFault.LAYER, path) == (refusal.fault, refusal.subject)
    del members[path]
    assert ArchiveFault.LAYER == _refusal(tmp_path, tar_of(members)).fault


def test_layer_left_out_of_the_manifest_is_refused(tmp_path: Path, members: Members) -> None:
    manifest = json.loads(members["manifest.json"])
    del manifest[0]["Layers"][-1]
    members["manifest.json"] = json.dumps(manifest).encode()
    assert ArchiveFault.CONFIG == _refusal(tmp_path, tar_of(members)).fault


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("architecture", None),
        ("os", "windows"),
        ("created", "yesterday"),
        ("created", "2026-03-01T00:00:00"),  # no time zone
        ("config", []),
        ("rootfs", None),
        ("config.Entrypoint", []),
        ("config.Env", ["NO_EQUALS_SIGN"]),
        ("config.ExposedPorts", {"80811/tcp": {}}),  # reading A1
        ("config.ExposedPorts", {}),
        ("config.Labels", {"a": 1}),
    ],
)
def test_missing_or_malformed_field_is_refused(tmp_path: Path, members: Members, path: str, value: object) -> None:
    *outer, key = path.split(".")

    def change(settings: dict[str, Any]) -> None:
        place = settings[outer[0]] if outer else settings
        place[key] = value

    assert ArchiveFault.CONFIG == _refusal(tmp_path, tar_of(_change_config(members, change))).fault


def test_nothing_is_written_while_an_archive_is_read(tmp_path: Path, members: Members) -> None:
    _refusal(tmp_path, tar_of({**members, "../evil": b"x"}))
    assert not (tmp_path.parent / "evil").exists()
