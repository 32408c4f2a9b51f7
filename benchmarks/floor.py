"""The floor: what cheroot, TLS and one SQLite transaction cost with nothing on top. `floor.py KIND DIR PORT CERT KEY`.

It does for each request the least that a server must do which remembers a change before it says so: read the body,
write one row with a commit that waits for the disk, answer as many bytes as the authorization server does. No rule, no
signature, no check, no log. The kind `bare` is a WSGI function; the kind `flask` is what one would write instead of
this project in an hour: the same in a Flask application, with three routes and JSON.
"""

from __future__ import annotations

import json
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server

ANSWER = b'{"seat":"0f0f0f0f0f0f0f0f","filled":"' + b"x" * 1260 + b'"}'


Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Write = Callable[[str, str], None]


def writer(folder: str, kind: str) -> Write:
    """One row a node, one transaction a call."""
    lock = threading.Lock()
    db = sqlite3.connect(f"{folder}/{kind}.db", isolation_level=None, check_same_thread=False)
    db.executescript("PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL;")
    db.execute("CREATE TABLE IF NOT EXISTS seat (node TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID")

    def write(node: str, body: str) -> None:
        with lock:
            db.execute("BEGIN IMMEDIATE")
            db.execute("INSERT OR REPLACE INTO seat VALUES (?, ?)", (node, body))
            db.execute("COMMIT")

    return write


def flask_application(write: Write) -> Wsgi:
    """Three routes, JSON in and out."""
    from flask import Flask, Response, jsonify, request

    app = Flask("floor")

    def call(node: str) -> Response:
        write(node, json.dumps(request.get_json()))
        return jsonify(seat="0f0f0f0f0f0f0f0f", filled="x" * 1260)

    app.put("/license/v1/registrations/<node>", endpoint="register")(call)
    app.post("/license/v1/registrations/<node>/poll", endpoint="poll")(call)
    app.delete("/license/v1/registrations/<node>", endpoint="unbind")(call)
    return app.wsgi_app


def bare_application(write: Write) -> Wsgi:
    """Whatever the path, the body is written."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        write(environ["PATH_INFO"], environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode())
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(ANSWER)))])
        return [ANSWER]

    return answer


def main(kind: str, folder: str, port: str, certificate: str, key: str) -> None:
    """Serve until told to stop."""
    write = writer(folder, kind)
    app = flask_application(write) if kind == "flask" else bare_application(write)
    server = Server(("127.0.0.1", int(port)), app, numthreads=32)
    server.ssl_adapter = BuiltinSSLAdapter(certificate, key)
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(0))
    try:
        server.start()
    finally:
        server.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
