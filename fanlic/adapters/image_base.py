"""The lower layers of the image, for each architecture: Debian's Python, the packages that the server needs, and the
bytecode of what it imports of both (the same for all architectures), without which each start would compile it.

Neither a registry nor an engine takes part. `mmdebstrap --variant=extract` unpacks Debian packages after checking
their signatures and runs none of their scripts, so that arm64 needs no emulation; `pip install --target --platform`
takes wheels whose hashes the lock names. Both are kept in a cache folder. Owners, times and order are normalized: the
same packages give the same digest. Debian's mirrors move, so the versions found are recorded.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from fanlic.adapters.archive import Packed
from fanlic.model.container import ARCHITECTURES
from fanlic.texts import _

SUITE = "bookworm"
PYTHON = "3.11"  # the one of that suite
PACKAGES = ("python3-minimal", "libpython3-stdlib", "base-files", "netbase")
WHEELS = (  # what `fanlic serve` imports, and what that needs; every other line of the lock is for other jobs
    *("blinker", "cffi", "cheroot", "click", "cryptography", "flask", "itsdangerous", "jaraco-functools", "jinja2"),
    *("markupsafe", "more-itertools", "pycparser", "pyjwt", "qrcode", "werkzeug"),
)
PLACE = "opt/fanlic"  # packages lie in `wheels` below it, the application in `app`
LOCK = Path(__file__).parents[2] / "requirements" / "run.lock"

_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
_COMPILE = """
import py_compile, sys
import fanlic.cli, fanlic.wiring.server, fanlic.adapters.https, fanlic.web.authorization
from fanlic.adapters.qr import svg
svg("x", "x")
root, out = sys.argv[1:]
for module in list(sys.modules.values()):
    file = getattr(module, "__file__", None) or ""
    if file.startswith(root) and file.endswith(".py"):
        name = file.removeprefix(root)
        folder, _, base = name.rpartition("/")
        to = f"{out}{folder}/__pycache__/{base[:-3]}.{sys.implementation.cache_tag}.pyc"
        py_compile.compile(file, to, name, True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
"""
_PLATFORMS = ("manylinux_2_28", "manylinux2014")
_LEFT_OUT = re.compile(
    r"dev/.|boot(/|$)|home(/|$)|var/(cache|lib/(apt|dpkg)|log)/.|etc/(apt|cron\.daily|dpkg|logrotate\.d|update-motd\.d)(/|$)"
    r"|etc/(hostname|resolv\.conf|fstab)$|usr/share/(man|locale|info|lintian|bash-completion|perl5|debconf|dpkg|doc-base)(/|$)"
    r"|usr/share/doc/[^/]+/(?!copyright$)|usr/lib/[^/]+-linux-gnu/(gconv|perl-base|engines-3)(/|$)|lib/systemd(/|$)"
    r"|usr/(games|include|local/man|src)(/|$)|usr/s?bin/(dpkg|debconf|update-alternatives|mawk|rmt|py3)[^/]*$"
    r"|usr/lib/python3[^/]*/(pydoc_data|ensurepip|idlelib|lib2to3|test|tkinter|turtledemo|distutils/tests)(/|$)"
    r"|usr/lib/python3/|usr/share/python3(/|$)|var/lib/python(/|$)"
    # what only dpkg, tar and Python's modules for old databases and directories need
    r"|bin/tar$|sbin/start-stop-daemon$|usr/lib/python3[^/]*/turtle\.py$|usr/lib/[^/]+-linux-gnu/ossl-modules(/|$)"
    r"|(usr/)?lib/[^/]+-linux-gnu/lib(selinux|pcre2-8|acl|md|zstd|db-5|nsl|tirpc|gssapi_krb5|krb5|krb5support|k5crypto|com_err"
    r"|keyutils|nss_(compat|hesiod)|thread_db|c_malloc_debug|memusage|pcprofile)[.-].*$"
    r"|usr/lib/python3[^/]*/lib-dynload/(nis|_dbm|_test\w*|_xx\w+)\..*$"
)
# pip writes the path of the Python that ran it into scripts, and the scripts' hashes into RECORD.
_PIP_LEFTOVERS = re.compile(
    r"bin(/|$)|[^/]+\.dist-info/(RECORD|INSTALLER|REQUESTED|direct_url\.json)$|.*__pycache__(/|$)"
)
_ACCOUNTS = {
    "etc/passwd": b"root:x:0:0:root:/root:/usr/sbin/nologin\n",
    "etc/group": b"root:x:0:\n",
}


class BaseUnavailable(Exception):
    """The lower layers are not there and cannot be made here; the text says what to do."""


@dataclass(frozen=True)
class Base:
    """The lower layers, bottom first, and the versions of what is in them, by architecture."""

    layers: Mapping[str, Sequence[Packed]]
    versions: Mapping[str, Mapping[str, str]]


Say = Callable[[str], None]


def default_cache() -> Path:
    """Where this user's caches are."""
    windows = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else None
    return Path(os.environ.get("XDG_CACHE_HOME") or windows or Path.home() / ".cache") / "fanlic"


def cached(cache: Path) -> Base | None:
    """The lower layers from the cache; None where they were never made, or by another recipe."""
    folder = _folder(cache)
    try:
        made = json.loads((folder / "base.json").read_text("utf-8"))
    except FileNotFoundError:
        return None
    layers = {
        architecture: tuple(Packed(folder / name, digest) for name, digest in found.items())
        for architecture, found in made["layers"].items()
    }
    return Base(layers, made["versions"])


def known(cache: Path | None = None) -> Base | None:
    """As `cached`; None too if this is no copy of the project, so that this machine made no base."""
    try:
        return cached(cache or default_cache())
    except BaseUnavailable:
        return None


def prepare(cache: Path | None, say: Say) -> Base:
    """The lower layers from the cache, or made and put there; `say` tells each step. BaseUnavailable, OSError."""
    cache = cache or default_cache()
    base = cached(cache)
    if base is None:
        _check_tools(cache)
        folder = _folder(cache)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="making-", dir=folder.parent) as made:
            _make(Path(made), say)
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(made, folder)  # base.json says that all of it is there: it is moved in last
            (folder / "base.json.new").rename(folder / "base.json")
        base = cached(cache)
        assert base is not None, "it was just written"  # noqa: S101 - for the reader
    return base


def _folder(cache: Path) -> Path:
    return cache.absolute() / f"base-{_key()}"


def _key() -> str:
    """Changes with everything that decides what is in the layers."""
    parts = (SUITE, *PACKAGES, *pinned(), _LEFT_OUT.pattern, _PIP_LEFTOVERS.pattern, _COMPILE)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def pinned() -> list[str]:
    """The lines of the lock for the server's packages, with hashes; those for other systems left out."""
    if not LOCK.is_file():
        text = _("{lock} is missing. Images are built from a copy of the project, not from the installed package.")
        raise BaseUnavailable(text.format(lock=LOCK))
    lines = LOCK.read_text("utf-8").replace("\\\n", " ").splitlines()
    found = []
    for line in lines:
        pin, _space, hashes = line.partition(" ")
        marker = hashes.partition("--hash=")[0]
        elsewhere = [name for name in ("darwin", "win32", "emscripten") if f"== '{name}'" in marker]
        if pin.partition("==")[0] in WHEELS and all(f"!= '{name}'" in marker for name in elsewhere):
            found.append(" ".join([pin, *re.findall(r"--hash=\S+", hashes)]))
    return found


def _check_tools(cache: Path) -> None:
    if platform.machine() not in _MACHINES.values() or shutil.which("mmdebstrap") is None:
        text = _(
            "mmdebstrap is missing, which unpacks the base of the image. Debian, Ubuntu: sudo apt-get install "
            "mmdebstrap. On another system, run this command on a Debian once and copy the folder {cache}, or build "
            "with docker/Dockerfile."
        )
        raise BaseUnavailable(text.format(cache=cache))


def _make(folder: Path, say: Say) -> None:
    layers: dict[str, dict[str, str]] = {}
    versions: dict[str, dict[str, str]] = {}
    for architecture in ARCHITECTURES:
        say(_("{architecture}: unpacking Debian {suite} ...").format(architecture=architecture, suite=SUITE))
        files, debian = _debian(architecture, folder)
        say(_("{architecture}: fetching the server's packages ...").format(architecture=architecture))
        wheels = _wheels(architecture, folder)
        say(_("{architecture}: compressing ...").format(architecture=architecture))
        named = {f"{architecture}-debian.tar.gz": files, f"{architecture}-wheels.tar.gz": wheels}
        layers[architecture] = {name: Packed.of(folder / name, tar).digest for name, tar in named.items()}
        versions[architecture] = {"debian": debian, "wheels": ", ".join(line.split()[0] for line in pinned())}
        if _MACHINES[architecture] == platform.machine():
            say(_("compiling what the server imports ..."))
            bytecode = Packed.of(folder / "bytecode.tar.gz", _bytecode((files, wheels), folder)).digest
    for found in layers.values():
        found["bytecode.tar.gz"] = bytecode
    text = json.dumps({"layers": layers, "versions": versions}, indent=1)
    (folder / "base.json.new").write_text(text, "utf-8")


def _debian(architecture: str, folder: Path) -> tuple[bytes, str]:
    """The tar of Debian's files, and the packages' versions."""
    tar, names = folder / "debian.tar", folder / "debs.txt"
    hook = f'ls "$1"/var/cache/apt/archives > {names}'
    command = ["mmdebstrap", "--quiet", "--variant=extract", f"--architectures={architecture}"]
    _run([*command, f"--extract-hook={hook}", f"--include={','.join(PACKAGES)}", SUITE, str(tar)])
    parts = [name.removesuffix(".deb").split("_") for name in names.read_text("utf-8").split() if name.endswith(".deb")]
    with tarfile.open(tar) as found:
        entries = {
            name: (member, _data(found, member))
            for member in found
            if (name := member.name.removeprefix("./").rstrip("/")) not in {"", "."} and not _LEFT_OUT.match(name)
        }
    tar.unlink()
    names.unlink()
    entries |= {name: (tarfile.TarInfo(name), data) for name, data in _ACCOUNTS.items()}
    return _pack(entries), ", ".join(f"{name} {unquote(version)}" for name, version, _architecture in parts)


def _wheels(architecture: str, folder: Path) -> bytes:
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        target, wanted = Path(scratch, "target"), Path(scratch, "wanted.txt")
        wanted.write_text("\n".join(pinned()), "utf-8")
        platforms = [f"--platform={name}_{_MACHINES[architecture]}" for name in _PLATFORMS]
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
        command += ["--no-deps", "--require-hashes", "--only-binary=:all:", "--implementation=cp", *platforms]
        _run([*command, f"--python-version={PYTHON}", f"--target={target}", "-r", str(wanted)])
        found = {path.relative_to(target).as_posix(): path for path in target.rglob("*") if path.is_file()}
        entries = {
            f"{PLACE}/wheels/{name}": (tarfile.TarInfo(), path.read_bytes())
            for name, path in found.items()
            if not _PIP_LEFTOVERS.match(name)
        }
    return _pack(entries)


def _bytecode(tars: Iterable[bytes], folder: Path) -> bytes:
    """What the image's own Python, run from a folder, makes of every module that the server imports."""
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        root, out, tar = Path(scratch, "root"), Path(scratch, "out"), Path(scratch, "layer.tar")
        root.mkdir()
        for data in tars:
            tar.write_bytes(data)
            _run(["tar", "-xf", str(tar), "-C", str(root)])
        loader = next(root.glob("lib/*-linux-gnu/ld-linux-*"))
        libraries = f"{loader.parent}:{root / 'usr/lib' / loader.parent.name}"
        command = [
            str(loader),
            "--library-path",
            libraries,
            str(root / f"usr/bin/python{PYTHON}"),
            "-B",
            "-c",
            _COMPILE,
        ]
        paths = f"{Path(__file__).parents[2]}:{root / PLACE / 'wheels'}"
        _run([*command, str(root), str(out)], PYTHONHOME=str(root / "usr"), PYTHONPATH=paths)
        found = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*.pyc")}
    return _pack({name: (tarfile.TarInfo(), data) for name, data in found.items()})


def _run(command: Sequence[str], **environment: str) -> None:
    settings = os.environ | {"SOURCE_DATE_EPOCH": "0"} | environment
    done = subprocess.run(command, env=settings, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        text = _("{program} failed; its last words:\n{said}\nWhere it could not fetch something: it needs a network.")
        said = "\n".join((done.stdout + done.stderr).splitlines()[-8:])
        raise BaseUnavailable(text.format(program=" ".join(command[:3]), said=said))


def _data(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = tar.extractfile(member) if member.isfile() else None
    return stream.read() if stream is not None else b""


def _pack(entries: Mapping[str, tuple[tarfile.TarInfo, bytes]]) -> bytes:
    """A tar of these files, links and directories: sorted, without owner and time; devices are left out."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in sorted(set(entries) | set(_folders(entries))):
            given, data = entries.get(name, (None, b""))
            member = tarfile.TarInfo(name)
            if given is None or given.isdir():
                member.type, member.mode = tarfile.DIRTYPE, 0o755 if given is None else given.mode & 0o1777
            elif given.issym() or given.islnk():
                member.type, member.mode, member.linkname = given.type, 0o777, given.linkname.removeprefix("./")
            elif given.isfile():
                member.size, member.mode = len(data), 0o755 if given.mode & 0o111 else 0o644
            else:
                continue
            tar.addfile(member, io.BytesIO(data))
    return stream.getvalue()


def _folders(names: Iterable[str]) -> set[str]:
    return {str(parent) for name in names for parent in PurePosixPath(name).parents} - {"."}
