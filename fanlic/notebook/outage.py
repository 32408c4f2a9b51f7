"""Notes: when the server is stopped and when it is back, what does each party show? Played on the rules themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape

from fanlic.model import project, registration, server
from fanlic.model.activation import Challenge
from fanlic.model.clauses import Clause
from fanlic.model.outage import Standing
from fanlic.model.policy import EDITIONS, Policy, Restart
from fanlic.model.project import Registration
from fanlic.model.refusals import CannotConnect
from fanlic.model.registration import Facts, License, Request
from fanlic.notebook import form, style
from fanlic.notebook.form import Form, button, choice, pane, row, shows
from fanlic.notebook.lanes import Lane, Mark, picture
from fanlic.notebook.plots import KINDS
from fanlic.texts import _, duration, instant

FORMAT = "%Y-%m-%d %H:%M"
LONGEST = timedelta(days=30)  # ours: what a picture can show
_CODE, _NODE = "042042", "sales"


@dataclass
class Plan:
    """One outage, played: what each party went through."""

    policy: Policy
    stopped: datetime
    back: datetime
    server: server.Server
    node: project.Node
    lanes: dict[str, Lane] = field(default_factory=dict)
    healed_at: datetime | None = None

    @property
    def end(self) -> datetime:
        """Until when it is played: two polls after the return."""
        return self.back + 2 * self.policy.poll_period

    def show(self, lane: str, at: datetime, state: Standing | Registration) -> None:
        """A party shows a state from now on."""
        segments = self.lanes[lane].segments
        if not segments or segments[-1].text != _(state):
            self.lanes[lane].enter(at, _(state), KINDS[state])


def play(registered: datetime, stopped: datetime, back: datetime, policy: Policy) -> Plan:
    """Play an outage of the server; ValueError where the instants are not in this order, or too far apart.

    A poll at the very instant of the stop is still answered, one at the very instant of the return is not yet.
    """
    if not registered <= stopped < back:
        raise ValueError(_("The order is: the project registers, the server stops, the server is back."))
    if back - registered > LONGEST:
        raise ValueError(_("This is longer than {span}; take instants nearer together.").format(span=duration(LONGEST)))
    plan = _registered(registered, stopped, back, policy)
    while (poll := plan.node.next_poll_at) is not None and poll <= stopped:
        plan.node = project.heard(plan.node, poll, policy)
        plan.lanes["node"].marks.append(Mark(poll, "o", _("poll answered")))
    plan.server = server.settle(plan.server, _terms(registered), Facts(0, None), stopped, policy).server
    plan.lanes["server"].enter(stopped, _("stopped"), "bad")
    _missed(plan)
    _returned(plan, registered)
    _clocks(plan)
    return plan


def _registered(at: datetime, stopped: datetime, back: datetime, policy: Policy) -> Plan:
    terms = _terms(at)
    box = server.show_qr(server.first_start(at), Challenge("a1" * 32, at), policy)
    box, _refusal = server.submit_code(box, terms, _CODE, _CODE, at, policy)
    node = project.granted(project.Node(_NODE), "seat", "box", at, policy)
    plan = Plan(policy, stopped, back, box, node)
    names = {"server": _("server"), "activation": _("activation"), "node": _("FineBI shows")}
    plan.lanes = {key: Lane(name) for key, name in names.items()}
    plan.lanes["server"].enter(at, _("running"), "good")
    plan.show("activation", at, box.authorization.standing)
    plan.show("node", at, node.registration)
    return plan


def _missed(plan: Plan) -> None:
    """The polls that meet no server."""
    while (poll := plan.node.next_poll_at) is not None and poll <= plan.back:
        plan.node = project.missed(plan.node, CannotConnect(_NODE, ""), poll, plan.policy)
        plan.lanes["node"].marks.append(Mark(poll, "x", _("poll missed")))
        plan.show("node", poll, plan.node.registration)


def _returned(plan: Plan, began: datetime) -> None:
    """The server starts again; the polls that follow are answered or refused."""
    terms = _terms(began)
    plan.server = server.start(plan.server, terms, Facts(0, None), plan.back, plan.policy).server
    plan.lanes["server"].enter(plan.back, _("running"), "good")
    standing, lapse = plan.server.authorization.standing, plan.back
    if standing is Standing.LAPSED and plan.policy.restart is Restart.RIDE_OUT:
        lapse = min(lapse, plan.stopped + plan.policy.down_time_limit)  # the end of the server's clock
    plan.show("activation", lapse, standing)
    while (poll := plan.node.next_poll_at) is not None and poll <= plan.end:
        asked = Request(_NODE, "key", terms.product, terms.first_version, "127.0.0.1", "", "", "seat")
        # A lapse began a new epoch of seats; without one the seat of the beginning still counts.
        fresh = registration.new_seat(asked, "seat", 1, poll, plan.policy)
        held = fresh if plan.server.epoch == 1 else None
        _seat, checks = registration.poll(plan.server.authorization, terms, held, asked, fresh, poll)
        refusal = checks[-1].refusal
        if refusal is None:
            if plan.node.registration is Registration.FAILING:
                plan.healed_at = poll
            plan.node = project.heard(plan.node, poll, plan.policy)
        else:
            plan.node = project.missed(plan.node, refusal, poll, plan.policy)
        plan.lanes["node"].marks.append(
            Mark(poll, "x" if refusal else "o", _("poll refused") if refusal else _("poll answered"))
        )
        plan.show("node", poll, plan.node.registration)


def _clocks(plan: Plan) -> None:
    """The 24-hour clocks of both sides."""
    down = plan.lanes["server"]
    down.run(down.segments[1], plan.stopped, plan.stopped + plan.policy.down_time_limit)
    node = plan.lanes["node"]
    failing = next((each for each in node.segments if each.text == _(Registration.FAILING)), None)
    if failing is not None:
        heard = failing.begin - plan.policy.poll_period
        node.run(failing, heard, heard + plan.policy.misses_allowed * plan.policy.poll_period)


def _terms(began: datetime) -> License:
    return License("L-1", "", "", "FineBI", "6.0.5", "6.0.99", began + 12 * LONGEST, seats=1)


class OutagePlanner(Form):
    """When the project registered, when the server stops, when it is back, under which edition: what follows."""

    def __init__(self, edition: str = "", *, now: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC)) -> None:
        super().__init__(_("An outage of the authorization server"))
        editions = [(_(policy.title), policy.edition) for policy in EDITIONS.values()]
        stopped = now + timedelta(hours=3)
        self.registered = form.field(_("Project registered (UTC)"), f"{now:{FORMAT}}", hint="YYYY-MM-DD HH:MM")
        self.stopped = form.field(_("Server stopped (UTC)"), f"{stopped:{FORMAT}}", hint="YYYY-MM-DD HH:MM")
        self.back = form.field(
            _("Server back (UTC)"), f"{stopped + timedelta(hours=20):{FORMAT}}", hint="YYYY-MM-DD HH:MM"
        )
        self.edition = choice(_("Edition"), editions, edition or editions[0][1])
        self._shown = pane(_("What each party shows"))
        plan = button(_("Show what follows"), self.plan, _("Play this outage on the rules"), main=True)
        self.arrange(self.registered, self.stopped, self.back, self.edition, row(plan), self._shown)

    @shows
    def plan(self) -> Plan:
        """Play the outage and show it."""
        self._shown.value = ""
        registered, stopped, back = map(_instant, (self.registered, self.stopped, self.back))
        played = play(registered, stopped, back, EDITIONS[self.edition.value])
        title = _("Server down for {span}").format(span=duration(played.back - played.stopped))
        begin = max(registered, played.stopped - 2 * played.policy.poll_period)
        drawn = picture(list(played.lanes.values()), begin, played.end, title)
        heads = (_("Party"), _("When"), _("What it shows"), _("Basis"))
        self._shown.value = style.block(drawn + style.table(heads, _told(played), title), role="status")
        return played


def _told(plan: Plan) -> Iterator[tuple[str, ...]]:
    """What each party shows, and what is to be done, line by line; cells are HTML."""
    down, back = _("while it is down"), _("at its return")
    worst = plan.lanes["node"].segments
    shown = [each.text for each in worst if plan.stopped <= each.begin < plan.back] or [_(Registration.REGISTERED)]
    standing, cause = plan.server.authorization.standing, plan.server.authorization.cause
    lapsed, ended = standing is Standing.LAPSED, plan.node.registration is Registration.LAPSED
    said = _(standing) + (f": {_(cause)}" if cause else "")
    yield _line(_("FineBI"), down, ", ".join(shown), Clause.TWELVE_MISSES if ended else Clause.HEALS)
    yield _line(_("authorization server"), back, said, _restart_clause(plan))
    after = _("two polls after the return")
    if plan.healed_at is not None:
        after = instant(plan.healed_at)
    yield _line(_("FineBI"), after, _(plan.node.registration), Clause.TWELVE_MISSES if ended else Clause.HEALS)
    todo = [_("scan again and enter a new code")] if lapsed else []
    todo += [_("register the project again")] if ended else []
    yield _line(_("you"), back, "; ".join(todo) or _("nothing to do"), Clause.REAUTHENTICATE if todo else Clause.HEALS)


def _line(party: str, when: str, what: str, clause: Clause) -> tuple[str, ...]:
    return escape(party), escape(when), escape(what), style.clause_label(clause)


def _restart_clause(plan: Plan) -> Clause:
    clauses = {Restart.RESCAN: Clause.RESTART_FINEOPS, Restart.WHILE_LICENSED: Clause.RESTART_FINEREPORT}
    return clauses.get(plan.policy.restart, Clause.DOWN_TIME)


def _instant(box: object) -> datetime:
    typed = str(getattr(box, "value", "")).strip()
    try:
        return datetime.strptime(typed, FORMAT).replace(tzinfo=UTC)
    except ValueError as problem:
        text = _("{typed} is not an instant; write it as {example}.")
        raise ValueError(text.format(typed=typed or _("An empty field"), example="2026-03-02 09:00")) from problem
