"""What a desk and a project that stand on their own share: a held folder with its log, certificate and people, and the
loop that serves.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from wsgiref.types import WSGIApplication

from fanlic.adapters import tls
from fanlic.adapters.clocks import SystemClock
from fanlic.adapters.desk_place import LOOPBACK, DeskSetting, certificate, held_folder
from fanlic.adapters.door_store import FILE, SqliteDoorStore
from fanlic.adapters.log import Log
from fanlic.adapters.logged import logged
from fanlic.texts import _

WORK_EACH = 1.0  # seconds between two looks for work: a mail, or a poll that is due


class StandAlone:
    """One server in its folder, with real time. Raises StartRefused."""

    application: WSGIApplication

    def __init__(self, place: DeskSetting, stack: ExitStack) -> None:
        self.place, self.folder = place, place.folder
        stack.enter_context(held_folder(self.folder))
        self.log = Log(self.folder, SystemClock(), console=True)
        stack.callback(self.log.close)
        self.certificate, self.key = certificate(place, SystemClock().now())
        self.names = (*tls.names(self.certificate), *LOOPBACK)
        self.people = stack.enter_context(closing(SqliteDoorStore(self.folder / FILE)))

    def show(self, application: WSGIApplication) -> None:
        """Take the application; each request to it goes into the log."""
        self.application = logged(application, self.log)

    def work(self) -> None:
        """Do the work that waits."""
        raise NotImplementedError


def serve(place: DeskSetting, build: Callable[[ExitStack], StandAlone]) -> None:
    """Serve until this process is asked to stop. Raises StartRefused, OSError, and what `build` raises."""
    from fanlic.adapters import serving

    stopping = serving.stop_event()
    with ExitStack() as stack:
        standing = build(stack)
        say, pair = standing.log.write, (standing.certificate, standing.key)
        https = serving.listen(standing.application, place.host, place.port, *pair, say)
        say(_("serving on https://{host}:{port}").format(host=place.host, port=https.port))
        serving.serve_until(stopping, https, standing.work, WORK_EACH)


def show_pin(name: str, pin: str) -> None:
    """Print a new PIN."""
    print(_("PIN of {name}: {pin}").format(name=name, pin=f"{pin[:4]} {pin[4:]}"), flush=True)  # noqa: T201 - never into the log
