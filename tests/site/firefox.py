"""Debian's Firefox, driven by its own WebDriver BiDi: Playwright drives no Firefox but one that it has patched."""

from __future__ import annotations

import base64
import itertools
import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import websocket

PATIENCE = 180  # seconds for anything in the browser
LISTENS = re.compile(r"WebDriver BiDi listening on (ws://127\.0\.0\.1:\d+)")
# A new profile asks Mozilla for a number of things. Everything but loopback goes to a proxy that nobody runs.
PREFERENCES = {
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.captive-portal-service.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "browser.shell.checkDefaultBrowser": False,
}


class Declined(Exception):
    """Firefox did not carry out a command, as one in a page that is being replaced by the next."""


class Firefox:
    """One tab of a running Firefox; it notes every request and every error of its pages."""

    def __init__(self, address: str) -> None:
        self._socket = websocket.create_connection(
            f"{address}/session", timeout=PATIENCE + 20, suppress_origin=True, http_no_proxy=["*"]
        )
        self._numbers = itertools.count(1)
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.ask("session.new", capabilities={})
        self.ask(
            "session.subscribe", events=["network.beforeRequestSent", "network.responseCompleted", "log.entryAdded"]
        )
        self._tab = self.ask("browsingContext.create", type="tab")["context"]

    def ask(self, method: str, **parameters: Any) -> Any:
        """Send one command and wait for its answer."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            told = json.loads(self._socket.recv())
            if told.get("id") == number:
                if told["type"] != "success":
                    raise Declined(method, told.get("error"), told.get("message"))
                return told["result"]
            if told["type"] == "event":
                self._heard(told["method"], told["params"])

    def _heard(self, event: str, told: Any) -> None:
        if event == "network.beforeRequestSent":
            self.requests.append(told["request"]["url"])
        elif event == "network.responseCompleted" and told["response"]["status"] >= 400:
            self.errors.append(f"{told['request']['url']}: {told['response']['status']}")
        elif event == "log.entryAdded" and (told["type"], told["level"]) == ("javascript", "error"):
            self.errors.append(str(told["text"]))

    def size(self, width: int, height: int) -> None:
        self.ask("browsingContext.setViewport", context=self._tab, viewport={"width": width, "height": height})

    def go(self, url: str) -> None:
        """Open a page and wait until it is loaded."""
        self.ask("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def _evaluate(self, expression: str) -> Any:
        told = self.ask("script.evaluate", expression=expression, target={"context": self._tab}, awaitPromise=True)
        assert told["type"] == "success", (expression, told["exceptionDetails"]["text"])
        return told["result"]

    def value(self, expression: str) -> Any:
        """The value of an expression in the page."""
        return json.loads(self._evaluate(f"Promise.resolve({expression}).then(JSON.stringify)").get("value", "null"))

    def wait(self, condition: str) -> None:
        """Wait until an expression in the page is true, whatever page that is: a click may be leading to the next."""
        look = f"(() => {{ try {{ return Boolean({condition}); }} catch {{ return false; }} }})()"
        until = time.monotonic() + PATIENCE
        while not self._holds(look):
            assert time.monotonic() < until, f"not in time: {condition}"
            time.sleep(0.05)

    def _holds(self, look: str) -> bool:
        try:
            return bool(self._evaluate(look)["value"])
        except Declined:
            return False

    def click(self, expression: str) -> None:
        """Press an element, as a finger or a mouse does, where it is once it is in the page."""
        self.wait(expression)
        node = self._evaluate(
            f"(() => {{ const it = {expression}; it.scrollIntoView({{block: 'center'}}); return it; }})()"
        )
        where = {"type": "element", "element": {"sharedId": node["sharedId"]}}
        steps = [{"type": "pointerMove", "x": 0, "y": 0, "origin": where}]
        steps += [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self._act({"type": "pointer", "id": "mouse", "actions": steps})

    def type(self, text: str) -> None:
        """Press the key of each character."""
        steps = [{"type": kind, "value": each} for each in text for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keys", "actions": steps})

    def _act(self, source: dict[str, Any]) -> None:
        self.ask("input.performActions", context=self._tab, actions=[source])

    def picture(self, file: Path) -> None:
        told = self.ask("browsingContext.captureScreenshot", context=self._tab)
        file.write_bytes(base64.b64decode(told["data"]))

    def close(self) -> None:
        self._socket.close()


def program() -> str:
    """Where this machine's Firefox is; empty if it has none."""
    return shutil.which("firefox-esr") or shutil.which("firefox") or ""


@contextmanager
def started(home: Path) -> Iterator[Firefox]:
    """Firefox without a window, with a profile of its own in `home`."""
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
    (home / "user.js").write_text("\n".join(lines))
    log = home / "firefox.log"
    command = [program(), "--headless", "--no-remote", "--profile", str(home), "--remote-debugging-port", "0"]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "MOZ_HEADLESS": "1"}
    with log.open("wb") as output:
        process = subprocess.Popen([*command, "about:blank"], stdout=output, stderr=output, env=environment)
    try:
        firefox = Firefox(_address(process, log))
        yield firefox
        firefox.close()
    finally:
        process.terminate()
        process.wait(30)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if found := LISTENS.search(log.read_text(errors="replace")):
            return found[1]
        assert process.poll() is None, log.read_text(errors="replace")
        time.sleep(0.1)
    raise TimeoutError(f"Firefox did not start: {log.read_text(errors='replace')}")
