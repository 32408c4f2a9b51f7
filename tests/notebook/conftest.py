"""A lab in this process, and what the tests read off a form."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from fanlic.lab import Lab
from fanlic.lab.stage import RUN

FIXED = RUN.replace("-P", "-p 50123:8081")
VOID = {"br", "img", "hr", "input", "meta", "link"}


class Balance(HTMLParser):
    """Remembers which tags are open, and what was closed out of order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


class Reader:
    """Reads a form as whoever has it before the eyes."""

    def parts(self, widget: Any) -> list[Any]:
        found = [widget]
        for child in getattr(widget, "children", ()):
            found += self.parts(child)
        return found

    def kinds(self, form: Any, kind: str) -> list[Any]:
        return [part for part in self.parts(form.widget) if type(part).__name__ == kind]

    def button(self, form: Any, label: str) -> Any:
        return next(each for each in self.kinds(form, "Button") if each.description == label)

    def html(self, form: Any) -> str:
        return "".join(pane.value for pane in self.kinds(form, "HTML"))

    def unbalanced(self, html: str) -> list[str]:
        balance = Balance()
        balance.feed(html)
        return [*balance.open, *balance.wrong]


@pytest.fixture
def read() -> Reader:
    return Reader()


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab(engine="inline") as made:
        yield made


@pytest.fixture
def running(lab: Lab) -> Lab:
    """A server that was never activated runs on port 50123; the license has two seats."""
    lab.desk.receive(lab.customer.request(seats=2))
    assert lab.host.docker("load -i fanruan_license_server.tar").status == 0
    assert lab.host.docker(FIXED).status == 0
    return lab


@pytest.fixture
def activated(running: Lab) -> Lab:
    server = running.host.server()
    server.submit(running.phone.scan(server.qr()))
    return running


@pytest.fixture
def registered(activated: Lab) -> Lab:
    activated.project("sales").register(activated.host.server().address)
    return activated
