"""Runs each authorization server of the sandbox inside this process: no sockets, no threads, no TLS."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol
from wsgiref.types import WSGIApplication

from fanlic.adapters.http import InlineNetwork
from fanlic.ports import Launch, StartRefused


class Opened(Protocol):
    """An authorization server that was opened in this process."""

    application: WSGIApplication

    def close(self) -> None:
        """Leave a last life mark and let go of the folder."""
        ...


class _InlineServer:
    def __init__(self, opened: Opened | None, stop: Callable[[], None], status: int | None) -> None:
        self._opened = opened
        self._stop = stop
        self._status = status

    def exit_status(self) -> int | None:
        """None while it runs; afterwards its exit status."""
        return self._status

    def stop(self, timeout: float) -> int:  # noqa: ARG002 - nothing here takes time
        """Close it; its exit status."""
        if self._status is None and self._opened is not None:
            self._stop()
            self._opened.close()
            self._status = 0
        return self._status or 0


class InlineRunner:
    """Implements the Runner port with `open_server` and an inline network."""

    def __init__(self, open_server: Callable[[Launch], Opened], network: InlineNetwork) -> None:
        self._open_server = open_server
        self._network = network

    def start(self, launch: Launch) -> _InlineServer:
        """Open the server and put it on the network; a refused start is an exit with its status and a log."""
        try:
            opened = self._open_server(launch)
        except StartRefused as refusal:
            with launch.log.open("a", encoding="utf-8") as log:
                log.write(f"{refusal}\n")
            return _InlineServer(None, lambda: None, refusal.status)
        self._network.applications[launch.port] = opened.application
        return _InlineServer(opened, lambda: self._leave(launch.port), None)

    def port_is_free(self, port: int) -> bool:
        """Whether nothing of this process is on the port."""
        return port not in self._network.applications

    def port_is_unclaimed(self, port: int) -> bool:  # noqa: ARG002 - the port's
        """Nobody else is on this process's network."""
        return True

    def alone(self) -> AbstractContextManager[None]:
        """Nobody else is on this process's network."""
        return nullcontext()

    def close(self) -> None:
        """Nothing outlives this process."""

    def _leave(self, port: int) -> None:
        self._network.applications.pop(port, None)
