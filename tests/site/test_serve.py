"""`start.py docs --serve`: what a browser needs, on every system."""

from __future__ import annotations

import mimetypes
import socket
import threading
import urllib.request
from pathlib import Path

import pytest
from _site import serve


def test_files_have_the_kinds_that_browsers_need_whatever_the_machine_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        mimetypes, "guess_type", lambda *_arguments: ("text/plain", None)
    )  # as some Windows says of .js
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    kinds = {"a.js": "text/javascript", "b.mjs": "text/javascript", "c.wasm": "application/wasm", "d.css": "text/css"}
    with serve.server(tmp_path) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        for name, kind in kinds.items():
            (tmp_path / name).touch()
            with opener.open(f"http://127.0.0.1:{running.server_port}/{name}", timeout=10) as answer:
                assert kind == answer.headers.get_content_type()
        running.shutdown()


def test_a_port_in_use_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        monkeypatch.setattr(serve, "PORT", held.getsockname()[1])
        with serve.server(tmp_path) as running:
            assert running.server_port != serve.PORT
