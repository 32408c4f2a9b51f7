"""What goes into the server's log by itself: each journal line, and each request with its status."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

from fanlic.adapters.log import Log
from fanlic.adapters.store import SqliteStore
from fanlic.ports import Commit


class LoggedStore(SqliteStore):
    """The store, which also writes each journal line to the log."""

    def __init__(self, path: Path, key: bytes, log: Log, *, first: bool) -> None:
        super().__init__(path, key, first=first)
        self._log = log

    def commit(self, commit: Commit) -> None:
        """Write to the store, then to the log: the log never tells of a change that did not happen."""
        super().commit(commit)
        for line in commit.entries:
            self._log.line(line)


def logged(app: WSGIApplication, log: Log) -> WSGIApplication:
    """The application, which also writes a line for each answered request to the log."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            log.write(f"{environ['REMOTE_ADDR']} {environ['REQUEST_METHOD']} {environ['PATH_INFO']} {status[:3]}")
            return start_response(status, headers, *rest)

        return app(environ, start)

    return answer
