"""One authorization server over its folder, and the process that serves it."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from wsgiref.types import WSGIApplication

from fanlic.adapters import identity, tls
from fanlic.adapters.clocks import LabClock, SystemClock
from fanlic.adapters.customer import Customer, LicenseRefused, read_customer
from fanlic.adapters.entropy import SeededEntropy, SystemEntropy
from fanlic.adapters.handshake import ServerHandshake
from fanlic.adapters.log import Log
from fanlic.adapters.store import FILE, FolderInUse, SqliteStore, StoreDamaged, ask_unlock, held, read_journal
from fanlic.ports import Clock, Commit, Entropy, Launch, StartRefused
from fanlic.service import AuthorizationService
from fanlic.texts import _

if TYPE_CHECKING:
    from fanlic.adapters.https import HttpsServer

# Exit statuses of a refused start, one for each kind of reason.
TLS_UNUSABLE, LICENSE_REFUSED, CONFIG_UNUSABLE, FOLDER_REFUSED, FOLDER_IN_USE, PORT_BUSY, STATE_DAMAGED = range(3, 10)
LAB_CLOCK = "lab-clock"
CLOCK_VARIABLE, SEED_VARIABLE = "FANLIC_LAB_CLOCK", "FANLIC_LAB_SEED"  # what a container of the lab is given


@dataclass(frozen=True)
class Place:
    """Where one authorization server finds its directories, and the lab's clock and seed where it is in a lab."""

    config: Path
    log: Path
    tls: Path
    web: Path
    license: Path
    lab_clock: Path | None = None
    lab_seed: str = ""


def completed(place: Place) -> Place:
    """The place with what the environment says of the lab, where no option said it."""
    clock, seed = os.environ.get(CLOCK_VARIABLE), os.environ.get(SEED_VARIABLE, "")
    if seed and not place.lab_seed:
        place = replace(place, lab_seed=f"{seed}/{_lines(place.config)}")
    return replace(place, lab_clock=Path(clock)) if clock and place.lab_clock is None else place


def _lines(config: Path) -> int:
    # Each start draws from a stream of its own, as in `_place`; a container's environment is the same at all of them.
    try:
        return len(read_journal(config / FILE))
    except sqlite3.Error:
        return 0  # the start itself will say what is wrong with the file


class LoggedStore(SqliteStore):
    """The store, with every journal line said in the log too."""

    def __init__(self, path: Path, log: Log) -> None:
        super().__init__(path)
        self._log = log

    def commit(self, commit: Commit) -> None:
        """Write, then say what was written."""
        super().commit(commit)
        for line in commit.entries:
            self._log.line(line)


class AuthorizationServer:
    """One authorization server over its folder: service, application, certificate. Raises StartRefused."""

    def __init__(self, place: Place, *, console: bool = True) -> None:
        with ExitStack() as stack:
            self.customer = _customer(place)
            self.clock, entropy = _clock_and_entropy(place, lab=self.customer.lab)
            _writable(place.config)
            _writable(place.log)
            self.certificate, self.key = _pair(place)
            _hold(place.config, stack)
            self.log = Log(place.log, self.clock, console=console)
            stack.callback(self.log.close)
            self.service = self._service(place, entropy, stack)
            self.application = _authorization_app(self.service, place, self.log, lab=self.customer.lab)
            if tls.is_built_in(self.certificate):
                self.log.write(
                    _("warning: the built-in certificate is in use; it is valid for localhost and 127.0.0.1 only")
                )
            self._stack = stack.pop_all()

    def close(self) -> None:
        """Leave a last life mark and let go of the folder."""
        with self._stack:
            self.service.stop()

    def _service(self, place: Place, entropy: Entropy, stack: ExitStack) -> AuthorizationService:
        customer = self.customer
        try:
            key = identity.open_identity(place.config, customer.terms.license, self.clock, entropy)
            store = LoggedStore(place.config / FILE, self.log)
            stack.callback(store.close)
            service = AuthorizationService(
                store=store,
                clock=self.clock,
                entropy=entropy,
                signer=key,
                handshake=ServerHandshake(key, customer.terms, customer.secret),
                terms=customer.terms,
                license_document=customer.document,
                policy=customer.policy,
            )
            service.start()
        except identity.FolderRefused as problem:
            raise StartRefused(FOLDER_REFUSED, str(problem)) from problem
        except StoreDamaged as problem:
            text = _(
                "The state in /app/config is damaged ({problem}). Put back a copy of the folder; nothing was changed."
            )
            raise StartRefused(STATE_DAMAGED, text.format(problem=problem)) from problem
        return service


def serve(place: Place, host: str, port: int) -> int:
    """Run one authorization server until it is told to stop; its exit status."""
    from fanlic.adapters.https import HttpsServer, PortBusy

    stopping = threading.Event()
    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):  # before anything answers: who is answered may say stop
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_signal: _told(stopping))
    try:
        server = AuthorizationServer(place)
    except StartRefused as refusal:
        return _refused(refusal)
    try:
        https = HttpsServer(server.application, host, port, server.certificate, server.key)
    except PortBusy as problem:
        server.close()
        text = _(
            "The port {port} on {host} cannot be listened on ({problem}). Stop what uses it, or choose another port."
        )
        return _refused(StartRefused(PORT_BUSY, text.format(port=port, host=host, problem=problem)))
    server.log.write(_("serving on https://{host}:{port}").format(host=host, port=https.port))
    _serve_until_told(https, server, stopping)
    return 0


def _told(stopping: threading.Event) -> None:
    if stopping.is_set():  # told twice: whatever hangs, hangs no longer
        os._exit(1)
    stopping.set()


def _serve_until_told(https: HttpsServer, server: AuthorizationServer, stopping: threading.Event) -> None:
    https.start()
    lab, parent = server.customer.lab, os.getppid()
    mark = server.service.policy.life_mark.total_seconds()
    while not stopping.wait(1.0 if lab or sys.platform == "win32" else mark):
        # Virtual time stands still until the lab moves it, and the lab settles every server then. A lab that was killed
        # cannot stop its servers: each sees that its parent is another one now.
        if not lab:
            server.service.settle()
        elif os.getppid() != parent:
            break
    https.stop()
    server.close()


def unlock(config: Path) -> None:
    """Ask the server of this folder, from the console, to open a sealed code entry; raises OSError."""
    ask_unlock(config)


def open_launch(launch: Launch, lab_clock: Path, lab_seed: str) -> AuthorizationServer:
    """The authorization server of a container, in this process."""
    return AuthorizationServer(_place(launch, lab_clock, lab_seed), console=False)


def launch_command(launch: Launch, lab_clock: Path, lab_seed: str) -> list[str]:
    """The command that runs the authorization server of a container as a process."""
    place = _place(launch, lab_clock, lab_seed)
    named = {"config": place.config, "log": place.log, "tls": place.tls, "web": place.web, "license": place.license}
    options = [text for name, path in named.items() for text in (f"--{name}", str(path))]
    lab = ["--lab-clock", str(lab_clock), "--lab-seed", place.lab_seed]
    return [sys.executable, "-m", "fanlic", "serve", *options, *lab, "--listen", f"{launch.host}:{launch.port}"]


def _place(launch: Launch, lab_clock: Path, lab_seed: str) -> Place:
    # Each start draws from a stream of its own, or a restarted server would repeat its nonces.
    return Place(**launch.directories, lab_clock=lab_clock, lab_seed=f"{lab_seed}/{launch.container}/{launch.start}")


def _refused(refusal: StartRefused) -> int:
    print(_("The authorization server does not start.") + f"\n{refusal}", file=sys.stderr, flush=True)
    return refusal.status


def _customer(place: Place) -> Customer:
    try:
        return read_customer(place.license)
    except LicenseRefused as problem:
        raise StartRefused(LICENSE_REFUSED, str(problem)) from problem


def _clock_and_entropy(place: Place, *, lab: bool) -> tuple[Clock, Entropy]:
    file = place.lab_clock or (place.config / LAB_CLOCK if (place.config / LAB_CLOCK).exists() else None)
    if not lab and (file is not None or place.lab_seed):
        text = _("The image has the profile strict, which takes no lab clock and no lab seed. Remove {what}.")
        raise StartRefused(LICENSE_REFUSED, text.format(what=file or f"--lab-seed, {SEED_VARIABLE}"))
    clock = SystemClock() if file is None else LabClock(file)
    return clock, SeededEntropy(place.lab_seed) if place.lab_seed else SystemEntropy()


def _writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".fanlic-write-test"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as problem:
        text = _("{folder} cannot be written ({problem}). Map a directory that the container may write to.")
        raise StartRefused(CONFIG_UNUSABLE, text.format(folder=folder, problem=problem.strerror)) from problem


def _pair(place: Place) -> tuple[Path, Path]:
    try:
        return tls.check_pair(place.tls)
    except tls.PairUnusable as problem:
        raise StartRefused(TLS_UNUSABLE, str(problem)) from problem


def _hold(folder: Path, stack: ExitStack) -> None:
    try:
        stack.enter_context(held(folder))
    except FolderInUse as problem:
        text = _("{folder} is in use by another authorization server. Stop that one, or map a folder of its own.")
        raise StartRefused(FOLDER_IN_USE, text.format(folder=folder)) from problem


def _authorization_app(service: AuthorizationService, place: Place, log: Log, *, lab: bool) -> WSGIApplication:
    from fanlic.adapters.qr import svg
    from fanlic.web.authorization import create_app

    app = create_app(service, front_end=place.web, draw=svg, lab=lab, log=log.write)
    return _logged(app.wsgi_app, log)


def _logged(app: WSGIApplication, log: Log) -> WSGIApplication:
    def logged(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            log.write(f"{environ['REMOTE_ADDR']} {environ['REQUEST_METHOD']} {environ['PATH_INFO']} {status[:3]}")
            return start_response(status, headers, *rest)

        return app(environ, start)

    return logged


def server_environment() -> Mapping[str, str]:
    """What a server process needs of this machine's environment."""
    kept = (
        "PATH",
        "SYSTEMROOT",
        "TEMP",
        "TMP",
        "LANG",
        "LC_ALL",
        "FANLIC_LANG",
        "PYTHONPATH",
        "PYTHONDONTWRITEBYTECODE",
    )
    package = str(Path(__file__).parents[2])
    found = {name: os.environ[name] for name in kept if name in os.environ}
    return found | {"PYTHONUTF8": "1", "PYTHONPATH": os.pathsep.join(filter(None, (package, found.get("PYTHONPATH"))))}
