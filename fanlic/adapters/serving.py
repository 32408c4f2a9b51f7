"""How a server's process serves until it is asked to stop, and how the lab serves the desk's page."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from wsgiref.types import WSGIApplication

from fanlic.adapters import tls
from fanlic.adapters.clocks import SystemClock
from fanlic.adapters.files import write_private
from fanlic.adapters.https import HttpsServer, PortBusy
from fanlic.adapters.start import PORT_BUSY
from fanlic.ports import StartRefused
from fanlic.texts import _

LOOPBACK = "127.0.0.1"


def stop_event() -> threading.Event:
    """An event that is set once this process is asked to stop. A second signal ends the process at once."""
    stopping = threading.Event()
    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_signal: _stop(stopping))
    return stopping


def _stop(stopping: threading.Event) -> None:
    if stopping.is_set():  # the first signal did not help: something hangs
        os._exit(1)
    stopping.set()


def listen(
    application: WSGIApplication, host: str, port: int, certificate: Path, key: Path, log: Callable[[str], object]
) -> HttpsServer:
    """A server that listens on the address; raises StartRefused if the port is in use."""
    try:
        return HttpsServer(application, host, port, certificate, key, log)
    except PortBusy as problem:
        text = _(
            "The port {port} on {host} cannot be listened on ({problem}). Stop what uses it, or choose another port."
        )
        raise StartRefused(PORT_BUSY, text.format(port=port, host=host, problem=problem)) from problem


def serve_until(stopping: threading.Event, https: HttpsServer, settle: Callable[[], object], mark: float) -> None:
    """Serve, and settle every `mark` seconds, until `stopping` is set."""
    https.start()
    while not stopping.wait(1.0 if sys.platform == "win32" else mark):  # Windows handles no signal during a wait
        settle()
    https.stop()


def serve_in_lab(stopping: threading.Event, https: HttpsServer, *, leashed: bool) -> None:
    """Serve until `stopping` is set; `leashed`: or until the standard input ends, as it does when the lab is gone."""
    # Virtual time stands still until the lab moves it, and the lab settles every server then.
    if leashed:
        threading.Thread(target=_stop_at_end_of_input, args=(stopping,), daemon=True).start()
    https.start()
    while not stopping.wait(1.0):  # Windows handles no signal during a longer wait
        pass
    https.stop()


def _stop_at_end_of_input(stopping: threading.Event) -> None:
    with suppress(OSError):
        while os.read(0, 1024):  # not through sys.stdin, whose lock would hold up the end of the process
            pass
    stopping.set()


def serve_on_loopback(application: WSGIApplication, folder: Path, name: str) -> HttpsServer:
    """Serve the application with a certificate of its own, which is kept in `folder`, on a free port."""
    pair = tls.make_pair(("localhost", LOOPBACK), SystemClock().now(), name=name)
    paths = folder / tls.CERTIFICATE, folder / tls.KEY
    for path, data in zip(paths, pair, strict=True):
        path.unlink(missing_ok=True)
        write_private(path, data)
    server = HttpsServer(application, LOOPBACK, 0, *paths)
    server.start()
    return server
