"""Obtaining the Authorization File: the request mail as a form, checked before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email.message import EmailMessage
from html import escape

from fanlic.desk import DeskReply
from fanlic.lab import Lab
from fanlic.lab.stage import CONFIG
from fanlic.model import authfile
from fanlic.model.clauses import Clause
from fanlic.model.container import ARCHIVE
from fanlic.model.overview import Method
from fanlic.model.refusals import Refusal
from fanlic.notebook import style
from fanlic.notebook.form import LabForm, button, choice, field, row, shows, tick
from fanlic.texts import _, fill

PRIVATE_CONFIG = "privateConfig"


class RequestComposer(LabForm):
    """The request's fields, filled in as the lab's contract has them; each may be changed."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(_("Obtaining the Authorization File: the request"), lab)
        contract = lab.customer.contract
        # The mail's words in the reader's language; the desk reads the vendor's English form and its Chinese one.
        methods = dict.fromkeys((authfile.METHOD, *(method.capitalize() for method in Method)))
        self.sender = field(_("From"), contract.email)
        self.recipient = field(_("To"), authfile.BUSINESS)
        self.title = field(_("Title"), _(authfile.TITLE).format(company=contract.company))
        self.company = field(_(authfile.COMPANY), contract.company)
        self.project = field(_(authfile.PROJECT), contract.project)
        self.date = field(_(authfile.SIGNED), contract.signed.isoformat())
        self.method = choice(_(authfile.HOW), [(_method(name), name) for name in methods])
        self.seats = field(_("Maximum registrations"), hint=_("may be left out"), wide=False)
        self.engines = field(_(authfile.ENGINES), wide=False)
        self.attach = tick(_("Attach privateConfig of the old server (a migration's second mail)"))
        head, body = (self.sender, self.recipient, self.title), (self.company, self.project, self.date, self.method)
        engines = (self.engines,) if lab.policy.asks_for_engines else ()
        buttons = row(
            button(_("Check"), self.check, _("Hold the mail against the rules and the contract; nothing is sent")),
            button(_("Send"), self.send, _("Send the mail to the business desk of the lab"), main=True),
        )
        self.arrange(*head, *body, self.seats, *engines, self.attach, buttons)

    @shows
    def check(self) -> tuple[Refusal, ...]:
        """Show every mistake the business desk would find, or what it would grant."""
        contract, mail = self.lab.customer.contract, self._mail()
        known = contract if mail.sender == contract.email.casefold() else None
        mistakes = authfile.check(mail, known, self.lab.policy)
        if mistakes or known is None:
            self._mistakes(_("The business desk would refuse this mail:"), mistakes)
            return mistakes
        seats = authfile.grant(mail, known, self.lab.policy).seats
        text = _("Nothing is wrong with this mail. Seats it would be granted: {seats}.").format(seats=seats)
        self.say(style.note(text, Clause.SEATS, "good"))
        return ()

    @shows
    def send(self) -> DeskReply:
        """Send it, and show the reply: every reason against it, or the archive in the inbox."""
        reply = self.lab.desk.receive(self._message())
        body = reply.message.get_body(("plain",))
        text = "" if body is None else body.get_content()
        shown = f"<details><summary>{escape(_('The reply'))}</summary>{style.terminal(text)}</details>"
        if not reply.accepted:
            self._mistakes(_("The business desk refuses this mail:"), reply.refusals, shown)
            return reply
        said = _("The business desk accepts. {archive} lies in the inbox.").format(archive=ARCHIVE)
        self.say(style.note(said, Clause.ARCHIVE, "good") + shown)
        return reply

    def _lines(self, method: Callable[[str], str] = str) -> Iterator[tuple[str, str]]:
        lines = {
            authfile.COMPANY: self.company.value,
            authfile.PROJECT: self.project.value,
            authfile.SIGNED: self.date.value,
            authfile.HOW: method(self.method.value),
            authfile.SEATS: self.seats.value,
        }
        if self.lab.policy.asks_for_engines:
            lines[authfile.ENGINES] = self.engines.value
        yield from ((name, value.strip()) for name, value in lines.items() if value.strip())

    def _mail(self) -> authfile.Mail:
        recipients = tuple(address.strip().casefold() for address in self.recipient.value.split(","))
        return authfile.Mail(
            self.sender.value.strip().casefold(), recipients, self.title.value.strip(), dict(self._lines())
        )

    def _message(self) -> EmailMessage:
        """The lab's own request, every header and line replaced by what stands in the form."""
        contract = self.lab.customer.contract
        config = self._private_config() if self.attach.value else None
        message = self.lab.customer.request(private_config=config)
        usual = _(authfile.TITLE).format(company=contract.company)
        message.replace_header("From", self.sender.value.strip())
        message.replace_header("To", self.recipient.value.strip())
        message.replace_header("Subject", str(message["Subject"]).replace(usual, self.title.value.strip()))
        part = message.get_body(("plain",))
        if part is not None:
            mark = part.get_content().partition("\n")[0]  # that this is a rehearsal
            lines = "\n".join(f"{_(name)}: {value}" for name, value in self._lines(_method))
            part.set_content(f"{mark}\n\n{lines}")
        return message

    def _private_config(self) -> bytes:
        for host in self.lab.hosts:
            path = host.path(CONFIG) / PRIVATE_CONFIG
            if path.exists():
                return path.read_bytes()
        text = _("No host has {file} in {folder}; it is written at the first activation.")
        raise ValueError(text.format(file=PRIVATE_CONFIG, folder=CONFIG))

    def _mistakes(self, heading: str, mistakes: tuple[Refusal, ...], more: str = "") -> None:
        self.refused = mistakes[0] if mistakes else None
        self.say(f"<p>{escape(heading)}</p>" + style.items(map(_mistake, mistakes), ordered=True) + more)


def _method(name: str) -> str:
    return _(name) if name == authfile.METHOD else _(name[0].lower() + name[1:]).capitalize()


def _mistake(refusal: Refusal) -> str:
    message = escape(fill(refusal.message, refusal.evidence))
    next_step = escape(fill(refusal.next_step, refusal.evidence))
    label = style.clause_label(refusal.clause) if refusal.clause else ""
    return f"<strong>{message}</strong> {next_step} {label}"
