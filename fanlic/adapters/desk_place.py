"""Where a desk or a project of its own stands: its folder, held by one process, and the certificate of its address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from fanlic.adapters import tls
from fanlic.adapters.chosen import certificates
from fanlic.adapters.files import write_private
from fanlic.adapters.start import FOLDER_IN_USE, TLS_UNUSABLE
from fanlic.adapters.store import FolderInUse, held
from fanlic.ports import StartRefused
from fanlic.texts import _

CERTIFICATE_DAYS, RENEW_BEFORE = 800, timedelta(days=30)  # ours: phones take no longer certificate
LOOPBACK = ("localhost", "127.0.0.1")
TLS = "tls"


@dataclass(frozen=True)
class DeskSetting:
    """Where the desk is, where it listens, and at which address phones reach it; `tls`: the site's own pair."""

    folder: Path
    host: str
    port: int
    address: str
    names: tuple[str, ...] = ()
    tls: Path | None = None
    cache: Path | None = None


@contextmanager
def held_folder(folder: Path) -> Iterator[None]:
    """Hold the desk's folder, made where it is missing; StartRefused if another process has it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with held(folder):
            yield
    except FolderInUse as problem:
        text = _("{folder} is held by another process, which serves it or works on it. Stop that one first.")
        raise StartRefused(FOLDER_IN_USE, text.format(folder=folder)) from problem


def certificate(setting: DeskSetting, now: datetime) -> tuple[Path, Path]:
    """The pair that the desk serves with: the site's own, or one of the folder's. It names the desk's address."""
    host = setting.address.removeprefix("https://").rpartition(":")[0].strip("[]")
    if setting.tls is None:
        return _made(setting.folder / TLS, tuple(dict.fromkeys((host, *setting.names, *LOOPBACK))), now)
    missing = [name for name in (tls.CERTIFICATE, tls.KEY) if not (setting.tls / name).is_file()]
    if missing:
        text = _(
            "{folder} holds no {missing}. Put your certificate (server.crt, PEM, with its chain) and its key "
            "(server.key, PEM, without a password) there, or leave --tls out: then a certificate is made."
        )
        raise StartRefused(TLS_UNUSABLE, text.format(folder=setting.tls, missing=_(" and no ").join(missing)))
    try:
        pair = tls.check_pair(setting.tls)
    except tls.PairUnusable as problem:
        text = str(problem).replace("/app/tls", str(setting.tls))
        raise StartRefused(TLS_UNUSABLE, text) from problem
    for name in (host, *setting.names):
        if not _names(tls.names(pair[0]), name):
            text = _(
                "The certificate in {folder} does not name {name}: it names {names}. A phone would refuse the page. "
                "Take an address that it names for --address, or a certificate that names this one."
            )
            named = ", ".join(tls.names(pair[0])) or _("nothing")
            raise StartRefused(TLS_UNUSABLE, text.format(folder=setting.tls, name=name, names=named))
    return pair


def _names(named: tuple[str, ...], host: str) -> bool:
    plain = {name.lower() for name in named}
    return host.lower() in plain or f"*.{host.lower().partition('.')[2]}" in plain


def _made(folder: Path, names: tuple[str, ...], now: datetime) -> tuple[Path, Path]:
    pair = folder / tls.CERTIFICATE, folder / tls.KEY
    kept = all(path.exists() for path in pair) and set(tls.names(pair[0])) == set(names)
    if kept and certificates.ends(pair[0].read_bytes()) - now > RENEW_BEFORE:
        return pair
    folder.mkdir(mode=0o700, exist_ok=True)
    made = tls.make_pair(names, now, days=CERTIFICATE_DAYS, name="fanlic business desk (training)")
    for path, data in zip(pair, made, strict=True):
        path.unlink(missing_ok=True)
        write_private(path, data)
    return pair
