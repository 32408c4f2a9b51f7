"""A real authorization server without sockets: SQLite in a temporary folder, the lab's clock, Flask's test client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fanlic.adapters import handshake, qr
from fanlic.adapters.clocks import LAB_START, LabClock
from fanlic.adapters.entropy import SeededEntropy
from fanlic.adapters.files import folder_reader
from fanlic.adapters.signing import SigningKey
from fanlic.adapters.store import SqliteStore, read_journal, state_key
from fanlic.model.policy import FINEBI_6_0_5
from fanlic.model.registration import License
from fanlic.ports import LICENSE, JournalLine
from fanlic.service import AuthorizationService
from fanlic.web.authorization import create_app

FRONT_END = Path(__file__).parents[2] / "fanlic" / "web" / "authorization"
HOST = "172.16.63.131:49155"
PAGE = "/license/qrcode"
TOKEN = "token of this lab"
TERMS = License(
    license="lic-0123456789abcdef",
    company="ACME",
    project="Sales",
    product="FineBI",
    first_version="6.0.5",
    last_version="6.0.99",
    expires=LAB_START + timedelta(days=365),
    seats=2,
    networks=("127.0.0.0/8",),
    domains=("bi.acme.example",),
    app_names=("webroot",),
    desk="https://127.0.0.1:8443",
)


class Answer(TestResponse):
    """For mypy: a response whose JSON a test may index; a test that finds none fails by that."""

    json: Any


class Site:
    """One authorization server, and what a test does with it."""

    secret = b"canary-of-the-license-secret-32b"
    store: SqliteStore
    names: list[str] | None = None

    def __init__(self, folder: Path, **terms: Any) -> None:
        self.folder = folder
        self.terms = replace(TERMS, **terms)
        self.clock = LabClock(folder / "clock")
        self.clock.set(LAB_START)
        self.entropy = SeededEntropy("web")
        self.key = SigningKey.new(self.entropy)
        self.document = self.key.document(LICENSE, {"license": self.terms.license})
        self.start()

    def start(self, *, lab: bool = False, front_end: Path = FRONT_END) -> None:
        """Start, or start again on the same folder."""
        if hasattr(self, "store"):
            self.store.close()
        file = self.folder / "server.db"
        self.store = SqliteStore(file, state_key(self.key, self.terms.license), first=not file.exists())
        self.service = AuthorizationService(
            store=self.store,
            clock=self.clock,
            entropy=self.entropy,
            signer=self.key,
            handshake=handshake.ServerHandshake(self.key, self.terms, self.secret),
            terms=self.terms,
            license_document=self.document,
            vendor=self.key.identity,
            policy=FINEBI_6_0_5,
        )
        self.service.start()
        self.open(lab=lab, front_end=front_end)

    def close(self) -> None:
        self.store.close()

    def open(self, *, lab: bool = False, front_end: Path = FRONT_END) -> None:
        """Put another application before the same service."""
        reader, token = folder_reader(front_end, 2**20, print), TOKEN if lab else None
        self.app = create_app(self.service, front_end=reader, draw=qr.svg, lab_token=token, names=self.names)
        self.web = FlaskClient(self.app)

    def wait(self, **span: float) -> None:
        self.clock.set(self.clock.now() + timedelta(**span))

    def send(self, method: str, path: str, headers: dict[str, str], **content: Any) -> Answer:
        named = {"Host": HOST} | {name.replace("_", "-"): value for name, value in headers.items()}
        return cast("Answer", self.web.open(path, method=method, headers=named, **content))

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, headers)

    def form(self, path: str = PAGE, code: str | None = None, **headers: str) -> Answer:
        fields = {} if code is None else {"code": code}
        return self.send("POST", path, headers, data=fields, content_type="application/x-www-form-urlencoded")

    def call(self, method: str, path: str, body: Any, **headers: str) -> Answer:
        """A JSON call below /license/v1; bytes go as they are."""
        if isinstance(body, bytes):
            return self.send(method, f"/license/v1{path}", {"Content_Type": "application/json"} | headers, data=body)
        return self.send(method, f"/license/v1{path}", headers, json=body)

    def code(self) -> str:
        """The six digits a phone would show for the QR code on the page."""
        page = self.get(PAGE).text
        picture = page[page.index("<svg") : page.index("</svg>") + 6]
        scanned = handshake.read(qr.read(picture))
        return handshake.code(self.secret, scanned.nonce, self.key.identity, self.terms.license)

    def wrong(self) -> str:
        return "000000" if self.code() != "000000" else "111111"

    def activate(self) -> None:
        assert self.form(code=self.code()).status_code == 303

    def said(self, **other: Any) -> dict[str, Any]:
        """What a node says when it registers; a field given as None is left out."""
        said = {
            "node_key": "0" * 32,
            "product": "FineBI",
            "version": "6.0.5",
            "domain": "bi.acme.example",
            "app_name": "webroot",
            "nonce": "n" * 22,
        }
        return {name: value for name, value in (said | other).items() if value is not None}

    def register(self, node: str = "n1", **other: Any) -> Answer:
        return self.call("PUT", f"/registrations/{node}", self.said(**other))

    def journal(self) -> tuple[JournalLine, ...]:
        return read_journal(self.folder / "server.db")


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Makes a site, whose license may differ from the usual one."""
    with ExitStack() as made:

        def make(**terms: Any) -> Site:
            site = Site(tmp_path, **terms)
            made.callback(site.close)
            return site

        yield make


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    return make_site()


@pytest.fixture
def activated(site: Site) -> Site:
    site.activate()
    return site
