"""Submitting and Authentication: the QR code, the phone, the six digits, and the three notes."""

from __future__ import annotations

from collections.abc import Iterator

from fanlic.lab.literal.reading import LiteralStep, Reading, reason
from fanlic.lab.parties import ServerPage
from fanlic.model.container import QR_PATH
from fanlic.texts import _


def steps(reading: Reading) -> Iterator[LiteralStep]:
    """The page is opened, then note 1 and note 3 are tried, then the code is entered at once as note 2 wants."""
    server = reading.lab.host.server()
    page = server.open()
    yield reading.step(
        "activation/1.2 1.3",
        _("Open https://ADDRESS:PORT{path} with the present address and port.").format(path=QR_PATH),
        page.status == 200 and bool(page.picture),
        _("The page shows a QR code."),
    )
    yield from _too_late(reading, server, page.picture)
    yield from _locked(reading, server)
    code = reading.lab.phone.scan(server.refresh())
    yield reading.step(
        "activation/1.4",
        _("Scan the QR code with a mobile browser."),
        len(code) == 6 and code.isdecimal(),
        _("The phone shows six digits."),
    )
    state = server.submit(code)
    yield reading.step(
        "activation/1.5 note-1.2 note-2.1",
        _("Enter the code and click Submit at once. Restart nothing in between."),
        state["activation"] == "activated",
        _("The server is activated."),
    )


def _too_late(reading: Reading, server: ServerPage, picture: str) -> Iterator[LiteralStep]:
    reading.lab.clock.advance(minutes=5)
    refused = reason(lambda: reading.lab.phone.scan(picture))
    by_itself = server.qr()
    yield reading.step(
        "activation/note-1.1",
        _("Let five minutes pass, then scan. Then refresh."),
        refused == "qr-expired" and not by_itself and bool(server.refresh()),
        _("The old QR code is refused ({reason}). A new one comes only after Refresh.").format(reason=refused),
    )


def _locked(reading: Reading, server: ServerPage) -> Iterator[LiteralStep]:
    right = int(reading.lab.phone.scan(server.qr()))
    wrong = f"{(right + 1) % 1_000_000:06d}"
    reasons = [reason(lambda: server.submit(wrong)) for _try in range(6)]
    reading.lab.clock.advance(minutes=15)
    after = reason(lambda: server.submit(wrong))
    yield reading.step(
        "activation/note-3.1",
        _("Enter six wrong codes. Wait 15 minutes."),
        reasons == ["wrong-code"] * 5 + ["code-entry-locked"] and after != "code-entry-locked",
        _("Answers: {reasons}. After 15 minutes the system is no longer locked.").format(reasons=", ".join(reasons)),
    )
