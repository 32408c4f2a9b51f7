"""Submitting and Authentication: the QR code page beside a phone."""

from __future__ import annotations

from datetime import datetime, timedelta
from html import escape

from fanlic.lab import Lab
from fanlic.lab.parties import ServerPage
from fanlic.model.activation import CodeEntryState
from fanlic.model.clauses import Clause
from fanlic.model.container import QR_PATH
from fanlic.model.outage import Standing
from fanlic.model.refusals import CannotConnect
from fanlic.notebook import style
from fanlic.notebook.form import LabForm, button, column, field, pane, row, shows
from fanlic.texts import _, duration, fill, instant


class QrPanel(LabForm):
    """The QR code page and the phone. `server`: the page shown; left out, the one that runs on the lab's host."""

    def __init__(self, lab: Lab, server: ServerPage | None = None) -> None:
        super().__init__(_("Submitting and Authentication"), lab)
        self._server = server
        self.picture, self._mark = "", ""
        self._scanned = self._code = ""
        self._screen = ""
        self._page, self._phone = pane(_("QR code page")), pane(_("The phone's screen"))
        self.code = field(_("Six-digit code"), wide=False)
        self.code.style.description_width, self.code.layout.width = "8rem", "auto"
        page = column(
            self._page,
            self.code,
            row(
                button(_("Submit"), self.submit, _("Submit the six digits"), main=True),
                button(_("Refresh"), self.refresh, _("Make a new QR code; the one before it is void")),
                button(_("Look at the page again"), self.open, _("Open the QR code page in this form again")),
            ),
            width="21rem",
        )
        phone = column(
            self._phone,
            row(
                button(_("Scan"), self.scan, _("Hold the phone before the picture")),
                button(_("Approve"), self.approve, _("Press the button on the phone's page"), main=True),
            ),
            width="21rem",
        )
        phone.add_class("fanlic-phone")
        self.arrange(row(page, phone))
        if self.open() is not None:  # a refusal stays
            self.say("")

    @property
    def server(self) -> ServerPage:
        """The page shown; raises CannotConnect where no server runs."""
        return self._server or self.lab.host.server()

    @shows
    def open(self) -> str:
        """Open the QR code page; the picture on it, empty where there is none."""
        picture = self._keep(self.server.qr())
        at = instant(self.lab.clock.now())
        self.say(style.note(_("The page as it is at {at}.").format(at=at)))
        return picture

    @shows
    def refresh(self) -> str:
        """Press Refresh; the new picture."""
        return self._keep(self.server.refresh())

    @shows
    def submit(self) -> dict[str, object]:
        """Submit what stands in the code's field."""
        code, status = self.code.value.strip(), self.server.status()
        # Pressed a second time, by a double click: the field is empty, and the outcome stays.
        if code or status["activation"] != Standing.IN_FORCE:
            status = self.server.submit(code)
        self.code.value = ""
        self.say(style.note(_("The code is right. The server is activated."), Clause.SIX_DIGITS, "good"))
        return status

    @shows
    def scan(self) -> str:
        """Hold the phone before the picture; what it asks for stands on its screen. Nothing is approved yet."""
        self._screen = self._code = ""
        self._scanned = self.lab.phone.read(self.picture)
        asking = self.lab.phone.open(self._scanned)
        self._screen = style.facts(
            (
                (_("Company"), asking.company),
                (_("Project"), asking.project),
                (_("Server"), asking.server),
                (_("Address"), asking.address),
                (_("Time left"), duration(asking.until - asking.now)),
            )
        )
        return self._scanned

    @shows
    def approve(self) -> str:
        """Press the button on the phone; the six digits."""
        if not self._scanned and self._code:  # pressed twice: the code stays on the screen
            return self._code
        if not self._scanned:
            raise ValueError(_("The phone has scanned nothing yet: press Scan first."))
        scanned, self._scanned = self._scanned, ""
        self._code = code = self.lab.phone.approve(scanned)
        said = _("Enter this code on the QR code page:")
        label = style.clause_label(Clause.SIX_DIGITS)
        self._screen = f'<p>{escape(said)}</p><p class="code">{escape(code)}</p>{label}'
        return code

    def draw(self) -> None:
        """Page and phone as they look now."""
        waiting = _("Nothing was scanned yet.")
        head = f"<h4>{escape(_('Phone'))}</h4>"
        self._phone.value = style.block(head + (self._screen or f"<p>{escape(waiting)}</p>"), role="status")
        head = f"<h4>{escape(_('QR code page'))}</h4>"
        try:
            server, status = self.server, self.server.status()
        except CannotConnect as refusal:
            self.picture = ""
            said = style.note(fill(refusal.message, refusal.evidence), refusal.clause, "warn")
            self._page.value = style.block(head + said)
            return
        entry = str(status["code_entry"])
        if entry != CodeEntryState.OPEN:
            self.picture = ""
        elif not self.picture or self._mark != _mark(server, status):
            self._keep(server.qr())
        shown = head + self._drawn(entry) + _limits(status) + self._standing(server, status)
        self._page.value = style.block(shown, role="status")

    def _keep(self, picture: str) -> str:
        """Keep the picture and what it belongs to, so that the page need not be opened again to draw it."""
        self.picture, self._mark = picture, _mark(self.server, self.server.status())
        return picture

    def _drawn(self, entry: str) -> str:
        if entry == CodeEntryState.OPEN:
            return f'<div class="qr">{self.picture}</div>'
        return f'<div class="empty"><strong>{escape(_(entry))}</strong></div>'

    def _address(self, server: ServerPage) -> str:
        """Where a browser finds the page, if it exists outside of this notebook."""
        url = escape(f"{server.address}{QR_PATH}")
        if self.lab.served:
            return f'<p><a href="{url}" target="_blank" rel="noopener">{url}</a></p>'
        return f"<p>{url} ({escape(_('inside this notebook only'))})</p>"

    def _standing(self, server: ServerPage, status: dict[str, object]) -> str:
        pairs = [
            (_("Fingerprint"), str(status["fingerprint"])),
            (_("Activation"), _(str(status["activation"]))),
            (_("Tries left"), str(status["tries_left"])),
        ]
        if cause := str(status["cause"]):
            pairs.append((_("Cause"), _(cause)))
        done = status["activation"] == Standing.IN_FORCE
        rescan = Clause.REAUTHENTICATE if status["activation"] == Standing.LAPSED else Clause.QR_PAGE
        labels = (Clause.REGISTER_AT_ONCE if done else rescan, Clause.WRONG_CODES)
        return self._address(server) + style.facts(pairs) + " ".join(map(style.clause_label, labels))


def _mark(server: ServerPage, status: dict[str, object]) -> str:
    """Changes whenever the page would look different."""
    return f"{server.address} {status['mark']}"


def _limits(status: dict[str, object]) -> str:
    """The countdowns that run: of the QR code, of the lock."""
    deadlines = status["deadlines"]
    said = (
        ("qr", _("QR code valid for {left}, until {at}"), Clause.QR_LIFE),
        ("lock", _("Code entry locked for {left}, until {at}"), Clause.LOCK),
    )
    shown = ""
    for name, text, clause in said:
        limit = deadlines[name] if isinstance(deadlines, dict) else {}
        seconds, at = limit.get("seconds_left"), limit.get("at")
        if seconds is not None and at is not None:
            left = duration(timedelta(seconds=seconds))
            words = text.format(left=left, at=instant(datetime.fromisoformat(at)))
            shown += f'<p class="time">{escape(words)}</p>{style.clause_label(clause)}'
    return shown
