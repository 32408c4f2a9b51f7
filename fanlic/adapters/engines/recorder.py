"""Remembers where each authorization server of a lab keeps its journal."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from fanlic.adapters.store import FILE, read_journal
from fanlic.ports import JournalLine, Launch, Process, Runner

Configs = dict[str, Callable[[], Path]]  # where /app/config can be read, in the order of the servers' first starts
Journal = tuple[str, Callable[[], tuple[JournalLine, ...]]]


class Recorder:
    """A runner that adds the folder of each server it starts to `configs`."""

    def __init__(self, runner: Runner, configs: Configs) -> None:
        self._runner = runner
        self._configs = configs

    def start(self, launch: Launch) -> Process:
        """Start the server, and remember its folder."""
        config = launch.directories["config"]
        self._configs.setdefault(str(config), lambda: config)
        return self._runner.start(launch)

    def port_is_free(self, port: int) -> bool:
        """As the runner says."""
        return self._runner.port_is_free(port)

    def port_is_unclaimed(self, port: int) -> bool:
        """As the runner says."""
        return self._runner.port_is_unclaimed(port)

    def alone(self) -> AbstractContextManager[None]:
        """As the runner does it."""
        return self._runner.alone()


def journals(desk: Path, configs: Configs) -> list[Journal]:
    """Each party's journal by name: the desk's, then the servers' in the order of their first start."""

    def reader(config: Callable[[], Path]) -> Callable[[], tuple[JournalLine, ...]]:
        return lambda: read_journal(config() / FILE)

    servers = enumerate(configs.values(), 1)
    named = [("server" if count == 1 else f"server {count}", reader(config)) for count, config in servers]
    return [("desk", lambda: read_journal(desk)), *named]
