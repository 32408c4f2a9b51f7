"""The floor: what cheroot, TLS and one SQLite transaction cost with nothing on top. `floor.py DIR PORT CERT KEY`.

It does for each request the least that a server must do which remembers a change before it says so: read the body,
write one row with a commit that waits for the disk, answer as many bytes as the authorization server does. No rule, no
signature, no check, no log.
"""

from __future__ import annotations

import signal
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server

ANSWER = b'{"seat":"0f0f0f0f0f0f0f0f","filled":"' + b"x" * 1260 + b'"}'


def application(folder: str) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """One row a node, one transaction a request."""
    lock = threading.Lock()
    db = sqlite3.connect(f"{folder}/floor.db", isolation_level=None, check_same_thread=False)
    db.executescript("PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL;")
    db.execute("CREATE TABLE IF NOT EXISTS seat (node TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID")

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        with lock:
            db.execute("BEGIN IMMEDIATE")
            db.execute("INSERT OR REPLACE INTO seat VALUES (?, ?)", (environ["PATH_INFO"], body.decode()))
            db.execute("COMMIT")
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(ANSWER)))])
        return [ANSWER]

    return answer


def main(folder: str, port: str, certificate: str, key: str) -> None:
    """Serve until told to stop."""
    server = Server(("127.0.0.1", int(port)), application(folder), numthreads=32)
    server.ssl_adapter = BuiltinSSLAdapter(certificate, key)
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(0))
    try:
        server.start()
    finally:
        server.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
