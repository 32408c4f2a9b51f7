"""The three editions side by side, and each switch in each position: played, not told.

Every cell is a lab of its own, and its text says what was seen there. Nothing here knows what a rule should give.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from fanlic.lab.parties import ServerPage
from fanlic.lab.scenarios.request import license_of
from fanlic.lab.stage import FIXED, Stage, run_line
from fanlic.lab.world import Lab
from fanlic.model.clauses import Basis, Clause
from fanlic.model.policy import EDITIONS, FINEBI_6_0_5, SWITCHES, Policy, switched
from fanlic.model.refusals import N_, Refusal
from fanlic.texts import _

Play = Callable[[Stage], str]


@dataclass(frozen=True)
class EditionRow:
    """One question: what is done, and what was seen under each set of rules, by its name, in order."""

    done: str
    seen: dict[str, str]


@dataclass(frozen=True)
class SwitchRow:
    """One switch: its name, what is done, what was seen in each position, and whose the question is."""

    name: str
    done: str
    seen: dict[str, str]
    usual: str  # the position of the page's edition
    basis: Basis
    readings: tuple[str, ...]


# -- editions


def editions() -> Iterator[EditionRow]:
    """Each outage under each edition, played; last the license's number of engines."""
    for done, play in (
        (N_("The server is down for 1 hour."), partial(_outage, hours=1, since=1)),
        (N_("It is down for 20 hours."), partial(_outage, hours=20, since=1)),
        (N_("It is down for 23 hours, from just after a poll on."), partial(_outage, hours=23, since=1)),
        (N_("It is down for 23 hours, from just before a poll on."), partial(_outage, hours=23, since=119)),
        (N_("It is down for 25 hours."), partial(_outage, hours=25, since=1)),
        (N_("The project is off for 25 hours, the server runs."), _silent),
        (N_("The mail does not name the number of BI engines."), _engines),
    ):
        yield EditionRow(_(done), {name: _played(policy, play) for name, policy in EDITIONS.items()})


def _played(policy: Policy, play: Play, engine: str = "inline") -> str:
    with Lab(engine=engine, policy=policy) as lab:
        return play(Stage(lab))


def _outage(stage: Stage, *, hours: int, since: int) -> str:
    """An outage that begins `since` minutes after a poll, and what is seen two polls after its end."""
    _server, project = stage.registered()
    stage.later(hours=2, minutes=since)
    server = stage.stopped(hours=hours)
    activation = _(str(server.status()["activation"]))
    stage.later(hours=4)
    text = _("server: {activation}; FineBI, two polls later: {registration}")
    return text.format(activation=activation, registration=_(project.registration))


def _silent(stage: Stage) -> str:
    server, project = stage.registered()
    project.switch_off()
    stage.later(hours=25)
    project.switch_on()
    stage.later(hours=4)
    text = _("server: {activation}; FineBI, two polls later: {registration}")
    return text.format(activation=_(str(server.status()["activation"])), registration=_(project.registration))


def _engines(stage: Stage) -> str:
    stage.licensed(engines=2)
    return _("engines in the license: {number}").format(number=license_of(stage.activated())["engines"])


# -- switches


def switches() -> Iterator[SwitchRow]:
    """Each switch of the rules, played in each of its positions."""
    for name, positions in SWITCHES.items():
        done, play, on, engine = _PLAYS[name]
        seen = {word: _played(switched(FINEBI_6_0_5, name, word), play, engine) for word in positions}
        usual = next(word for word, position in positions.items() if position == getattr(FINEBI_6_0_5, name))
        source = on.basis if isinstance(on, Clause) else Basis.READING
        yield SwitchRow(name, _(done), seen, usual, source, on.readings if isinstance(on, Clause) else on)


def _lock(stage: Stage) -> str:
    server, right = _waiting(stage)
    for number in range(1, 10):
        _reason(partial(server.submit, _wrong(right, number)))
        if server.status()["code_entry"] == "locked":
            return _("wrong code number {number} locks").format(number=number)
    return _("nothing locks")


def _refreshed(stage: Stage) -> str:
    server, right = _waiting(stage)
    for number in range(1, 4):
        _reason(partial(server.submit, _wrong(right, number)))
    server.refresh()
    return _("tries left: {number}").format(number=server.status()["tries_left"])


def _lapsed(stage: Stage) -> str:
    stage.registered()
    status = stage.stopped(hours=25).status()
    text = _("server: {activation}; seats taken: {number}")
    return text.format(activation=_(str(status["activation"])), number=status["seats_taken"])


def _restarted(stage: Stage) -> str:
    stage.activated(port=FIXED)
    seen = []
    for hours in (1, 48):
        server = stage.stopped(hours=hours)
        seen.append(_(str(server.status()["activation"])))
        if hours == 1 and server.status()["activation"] != "activated":
            stage.activate(server)
    return _("after 1 hour: {first}; after 48 hours: {second}").format(first=seen[0], second=seen[1])


def _lost(stage: Stage) -> str:
    stage.activated(config="")
    stage.lab.host.docker(f"rm -f {stage.lab.host.container()}")
    stage.lab.host.docker(run_line("--name anew", config=""))
    if exited := re.search(r"Exited \((\d+)\)", stage.lab.host.docker("ps -a").stdout):
        return _("the container exits with status {status}").format(status=exited[1])
    return _("the container starts; scanned: {reason}").format(
        reason=_reason(partial(stage.scan, stage.lab.host.server()))
    )


def _trusted(stage: Stage) -> str:
    server = stage.activated()
    project = stage.lab.project("sales")
    return _reason(partial(project.register, server.address)) or str(_(project.registration))


def _waiting(stage: Stage) -> tuple[ServerPage, str]:
    server = stage.started_server()
    return server, stage.scan(server)


def _wrong(right: str, number: int) -> str:
    return f"{(int(right) + number) % 1_000_000:06d}"


def _reason(act: Callable[[], object]) -> str:
    """The code or the reason of a refusal; empty if nothing is refused."""
    try:
        act()
    except Refusal as refusal:
        return refusal.label
    return ""


# By the switch: what is done, the play, the clause or the readings behind the question, the engine that can show it.
_PLAYS: dict[str, tuple[str, Play, Clause | tuple[str, ...], str]] = {
    "lock_on": (N_("Wrong codes are entered until code entry is locked."), _lock, ("a11",), "inline"),
    "refresh_clears_count": (N_("Three wrong codes, then Refresh."), _refreshed, ("a13",), "inline"),
    "lapse_ends_seats": (N_("The server of a registered project is down for 25 hours."), _lapsed, ("a5",), "inline"),
    "check_certificate": (
        N_("FineBI registers; the server has the built-in certificate."),
        _trusted,
        ("a10",),
        "sandbox",
    ),
    "lost_folder": (
        N_("/app/config is not mapped; the container is removed and run again."),
        _lost,
        ("a8", "a29"),
        "inline",
    ),
    "restart": (
        N_("The server is stopped for 1 hour, and later for 48 hours."),
        _restarted,
        ("a6", "fineops-restart", "finereport-no-24-hours"),
        "inline",
    ),
    "asks_for_engines": (N_("The mail does not name the number of BI engines."), _engines, Clause.ENGINES, "inline"),
}
