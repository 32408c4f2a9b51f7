"""Shows the built site on this machine, for `docs/build.py --serve`."""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PORT = 8000


class Handler(SimpleHTTPRequestHandler):
    """Kinds of files as browsers need them: on Windows Python asks the registry, and some programs put others there."""

    extensions_map = {  # noqa: RUF012 - the name is the base class's
        **SimpleHTTPRequestHandler.extensions_map,
        ".css": "text/css",
        ".js": "text/javascript",
        ".json": "application/json",
        ".mjs": "text/javascript",
        ".svg": "image/svg+xml",
        ".wasm": "application/wasm",
    }


class Server(ThreadingHTTPServer):
    allow_reuse_address = sys.platform != "win32"  # there it would share the port with the program that has it


def server(folder: Path) -> Server:
    """A server of the folder on loopback: on port 8000, or on a free one if another program has that."""
    handler = partial(Handler, directory=str(folder))
    with suppress(OSError):
        return Server(("127.0.0.1", PORT), handler)
    return Server(("127.0.0.1", 0), handler)
