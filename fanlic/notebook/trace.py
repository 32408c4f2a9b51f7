"""The trace: request, answer, state change and log line side by side, and each request as a curl command."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from datetime import datetime
from html import escape
from urllib.parse import urlsplit

import ipywidgets as widgets

from fanlic.lab import Lab
from fanlic.lab.stage import LOG
from fanlic.lab.timeline import Row
from fanlic.notebook import style
from fanlic.notebook.form import LabForm, button, choice, pane, row, shows
from fanlic.texts import _, party_name, printable
from fanlic.wiring.lab import Exchange

UNTOLD = ("/lab/", "/license/v1/status")  # how the lab itself looks on; no part of the procedure
SHOWN = 12  # exchanges in the table, the latest last
LONGEST = 400  # characters of a body in the table


@dataclass(frozen=True)
class Step:
    """One exchange, when it was, and how long timeline and log were before it."""

    at: datetime
    exchange: Exchange
    rows: int
    lines: int


class TracePane(LabForm):
    """Everything that goes over the wire from now on."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(_("Trace"), lab)
        self.steps: list[Step] = []
        self._heard_lines = len(self._log())
        self._table = pane(_("Requests and answers"))
        self.which = choice(_("Request"), [("-", -1)])
        self.curl_text = widgets.Textarea(
            description=_("As curl"),
            tooltip=_("The request as a curl command, to be copied"),
            style={"description_width": "7rem"},
            layout={"width": "auto", "height": "6rem"},
        )
        copy = button(_("As curl"), self.curl, _("Show the chosen request as a curl command to copy"))
        again = button(_("Look again"), self.look, _("Show what code has sent meanwhile"))
        clear = button(_("Clear"), self.clear, _("Forget what was traced so far"))
        self.arrange(self._table, self.which, row(copy, again, clear), self.curl_text)
        lab.tap(self._hear)

    @shows
    def curl(self, number: int | None = None) -> str:
        """The chosen request as a curl command; `number` chooses another one first, as it stands in the list."""
        self.draw()  # so that the list is the present one
        if number is not None and 0 < number < len(self.which.options) + 1:
            self.which.value = number
        shown = self._shown_steps()
        if not 0 < (self.which.value if number is None else number) <= len(shown):
            raise ValueError(_("There is no such request in the trace yet."))
        exchange = self.steps[shown[self.which.value - 1]].exchange
        self.curl_text.value = curl(exchange)
        if not self.lab.served:
            text = _("This address exists inside this notebook only, so curl cannot reach it. What works here:")
            self.say(f"<p>{escape(text)}</p>{style.command(by_code(exchange))}")
        return str(self.curl_text.value)

    @shows
    def clear(self) -> None:
        """Forget what was traced so far."""
        self.steps.clear()
        self.curl_text.value = ""
        self.say(style.note(_("The trace is empty.")))

    @shows
    def look(self) -> None:
        """Draw it anew, after requests that were made by code."""
        text = _("Requests traced so far: {count}.")
        self.say(style.note(text.format(count=len(self._shown_steps()))))

    def draw(self) -> None:
        """The latest exchanges, each with what it changed and what was logged."""
        steps = self._shown_steps()
        names = [(f"{count}. {_title(self.steps[place].exchange)}", count) for count, place in enumerate(steps, 1)]
        if names != list(self.which.options):
            self.which.options = names or [("-", -1)]
            self.which.value = self.which.options[-1][1]  # the latest, until one is chosen
        heads = (_("Request"), _("Answer"), _("State change"), _("Log line"))
        shown, log = list(enumerate(steps, 1))[-SHOWN:], self._log()
        rows = [self._cells(number, place, log) for number, place in shown]
        empty = f"<p>{escape(_('Nothing has gone over the wire yet.'))}</p>"
        self._table.value = style.block(style.table(heads, rows) if rows else empty, role="status")

    def _hear(self, exchange: Exchange) -> None:
        log = len(self._log())
        self.steps.append(Step(self.lab.clock.now(), exchange, len(self.lab.rows), self._heard_lines))
        self._heard_lines = log

    def _shown_steps(self) -> list[int]:
        """Where the exchanges of the procedure stand among the steps."""
        paths = [urlsplit(step.exchange.url).path for step in self.steps]
        return [place for place, path in enumerate(paths) if not path.startswith(UNTOLD)]

    def _cells(self, number: int, place: int, log: list[str]) -> tuple[str, ...]:
        step, exchange = self.steps[place], self.steps[place].exchange
        after = self.steps[place + 1] if place + 1 < len(self.steps) else None
        changes = self.lab.rows[step.rows : after.rows if after else None]
        lines = log[step.lines : after.lines if after else None]
        request = f"{number}. {step.at:%H:%M:%S} {escape(exchange.who)}: <strong>{escape(_title(exchange))}</strong>"
        return (
            request + _body(exchange.sent),
            f"<strong>{exchange.status}</strong>" + _body(exchange.got),
            "<br>".join(escape(printable(_change(row_))) for row_ in changes if row_.line.before or row_.line.after),
            "<br>".join(escape(printable(line)) for line in lines),
        )

    def _log(self) -> list[str]:
        """The servers' logs that are mapped, as the page's example maps them."""
        paths = [host.path(LOG) / "server.log" for host in self.lab.hosts]
        return [line for path in paths if path.exists() for line in path.read_text("utf-8").splitlines()]


def curl(exchange: Exchange) -> str:
    """The request as a curl command; -k, for the built-in certificate names neither host nor issuer."""
    words = ["curl", "-k", "-X", exchange.method, exchange.url]
    if exchange.sent:
        words += ["-H", f"Content-Type: {exchange.content_type}", "--data", exchange.sent]
    return " ".join(map(shlex.quote, words))


def by_code(exchange: Exchange) -> str:
    """The same request as code over `lab`, for a lab without sockets."""
    sent = (
        f', content={exchange.sent!r}, headers={{"Content-Type": {exchange.content_type!r}}}' if exchange.sent else ""
    )
    return f'lab.browser.request("{exchange.method}", "{exchange.url}"{sent}).text'


def _title(exchange: Exchange) -> str:
    return printable(f"{exchange.method} {urlsplit(exchange.url).path}")


def _change(row_: Row) -> str:
    line = row_.line
    return f"{party_name(row_.party)}: {_(line.event)}: {_(line.before) or '-'} > {_(line.after) or '-'}"


def _body(text: str) -> str:
    if not text:
        return ""
    try:
        shown = json.dumps(json.loads(text), indent=1, ensure_ascii=False)  # `printable` keeps what would act
    except ValueError:
        shown = text if not text.lstrip().startswith("<") else _("a page, {count} characters").format(count=len(text))
    shown = "\n".join(map(printable, shown.split("\n")))
    return style.command(shown if len(shown) <= LONGEST else shown[:LONGEST] + " ...")
