"""The lab's clock: time stands still until a button moves it, and every limit ahead is listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from html import escape

from fanlic.lab import Lab
from fanlic.model import project as rules
from fanlic.model.clauses import Clause
from fanlic.model.policy import Policy
from fanlic.model.project import Node
from fanlic.model.refusals import CannotConnect
from fanlic.notebook import style
from fanlic.notebook.form import LabForm, button, pane, row, shows
from fanlic.texts import _, duration, instant, party_name

STEP = timedelta(minutes=1)  # the smallest button
MARGIN = timedelta(seconds=1)  # how near to a limit "just before" and "just after" go


@dataclass(frozen=True)
class Limit:
    """An instant at which time alone changes something, for whom, and what."""

    at: datetime
    party: str
    what: str
    clause: Clause


def upcoming(lab: Lab) -> list[Limit]:
    """Every deadline ahead, the next one first: of running servers, of stopped ones, of the projects' nodes."""
    found = [*_of_servers(lab), *_of_stopped(lab), *_of_nodes(lab)]
    return sorted((each for each in found if each.at > lab.clock.now()), key=lambda each: (each.at, each.party))


def stopped_since(lab: Lab) -> dict[str, datetime]:
    """The servers that were stopped and not started again, with the instant of the stop."""
    since: dict[str, datetime] = {}
    for row_ in lab.rows:
        if row_.party.startswith("server"):
            if row_.line.event == "stop":
                since[row_.party] = row_.line.at
            else:
                since.pop(row_.party, None)
    return since


def _of_servers(lab: Lab) -> list[Limit]:
    said = {
        "qr": (_("the QR code and its code end"), Clause.QR_LIFE),
        "lock": (_("the lock of code entry ends"), Clause.LOCK),
        "license": (_("the license expires"), Clause.CODE_30000),
    }
    found = []
    for page in (page for host in lab.hosts for page in host.servers()):
        deadlines = page.status()["deadlines"]
        party = _("server at {address}").format(address=page.address)
        for name, (what, clause) in said.items():
            at = deadlines[name]["at"] if isinstance(deadlines, dict) else None
            if at is not None:
                found.append(Limit(datetime.fromisoformat(at), party, what, clause))
    return found


def _of_stopped(lab: Lab) -> list[Limit]:
    what = _("the activation of the stopped server lapses")
    limit = lab.policy.down_time_limit
    return [Limit(at + limit, party_name(name), what, Clause.DOWN_TIME) for name, at in stopped_since(lab).items()]


def _of_nodes(lab: Lab) -> list[Limit]:
    found = []
    for node in (node for project in lab.projects for node in project.nodes if node.running):
        poll = node.state.next_poll_at
        if poll is None or not rules.polls(node.state):
            continue
        party = _("node {node}").format(node=node.facts.node)
        found.append(Limit(poll, party, _("the next poll"), Clause.HEALS))
        if node.state.misses:
            what = _("the registration ends, if no poll is answered until then")
            found.append(Limit(_ends_at(node.state, lab.policy), party, what, Clause.TWELVE_MISSES))
    return found


def _ends_at(node: Node, policy: Policy) -> datetime:
    """When a node's registration ends if nobody answers any more: its polls are missed one by one."""
    at = datetime.max.replace(tzinfo=UTC)
    while rules.polls(node) and node.next_poll_at is not None:
        at = node.next_poll_at
        node = rules.missed(node, CannotConnect(node.node, ""), at, policy)
    return at


class ClockPanel(LabForm):
    """Moves the lab's clock, by a span or to the edge of the next limit."""

    def __init__(self, lab: Lab) -> None:
        super().__init__(_("The lab's clock"), lab)
        policy = lab.policy
        spans = (STEP, policy.qr_life, policy.lock, policy.poll_period, policy.down_time_limit)
        steps = [
            button(
                f"+ {duration(span)}",
                partial(self.advance, seconds=span.total_seconds()),
                _("Let {span} pass").format(span=duration(span)),
            )
            for span in dict.fromkeys(spans)
        ]
        edges = row(
            button(_("Just before the next limit"), self.before_next, _("One second before it")),
            button(_("Just after the next limit"), self.after_next, _("One second after it")),
        )
        self._shown = pane(_("Present time and the limits ahead"))
        self.arrange(row(*steps), edges, self._shown)

    @shows
    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> datetime:
        """Let this much time pass."""
        return self._move(timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds))

    @shows
    def before_next(self) -> datetime:
        """Go to one second before the next limit. If that is now, pass it and go on to the limit that follows.

        Passing it makes new limits: after a poll the next poll is due in two hours, long before the license's end.
        """
        began = self.lab.clock.now()
        if (limits := upcoming(self.lab)) and limits[0].at - MARGIN <= began:
            self.lab.clock.advance(seconds=(limits[0].at - began).total_seconds())
            limits = upcoming(self.lab)
        if not limits:
            return self._nothing()
        now = self.lab.clock.now()
        self.lab.clock.advance(seconds=max(limits[0].at - MARGIN - now, timedelta(0)).total_seconds())
        return self._passed(began)

    @shows
    def after_next(self) -> datetime:
        """Go to one second after the next limit."""
        limits = upcoming(self.lab)
        return self._move(limits[0].at + MARGIN - self.lab.clock.now()) if limits else self._nothing()

    def draw(self) -> None:
        """The present time, and the limits ahead."""
        now = self.lab.clock.now()
        rows = [
            (
                escape(instant(each.at)),
                escape(_("in {span}").format(span=duration(each.at - now))),
                escape(each.party),
                f"{escape(each.what)} {style.clause_label(each.clause)}",
            )
            for each in upcoming(self.lab)
        ]
        heads = (_("At"), _("Time left"), _("Party"), _("What ends or happens"))
        listed = style.table(heads, rows, _("Limits ahead")) if rows else f"<p>{escape(_('No limit is ahead.'))}</p>"
        self._shown.value = style.block(f'<p class="time">{escape(instant(now))}</p>{listed}', role="status")

    def _move(self, span: timedelta) -> datetime:
        began = self.lab.clock.now()
        self.lab.clock.advance(seconds=span.total_seconds())
        return self._passed(began)

    def _passed(self, began: datetime) -> datetime:
        reached = self.lab.clock.now()
        self.say(f"<p>{escape(_('{span} passed.').format(span=duration(reached - began)))}</p>")
        return reached

    def _nothing(self) -> datetime:
        self.say(style.note(_("No limit is ahead, so the clock stays.")))
        return self.lab.clock.now()
