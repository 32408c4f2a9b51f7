"""Rules about down-time, the Notes' two clocks: 24 hours on the server's side, twelve polls on the project's.

The twelfth missed poll falls anywhere from 22 to 24 hours into an outage, so that span is a race of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fanlic.model.policy import FINEBI_6_0_5
from fanlic.model.refusals import N_, Who
from fanlic.troubleshoot.judge.diagnosis import (
    READING,
    STOPPED,
    VENDOR,
    Diagnosis,
    Grade,
    codes,
    facts,
    failing,
    state,
    symptoms,
    symptoms_of,
    version,
)
from fanlic.troubleshoot.judge.facts import Evidence, Fact

LIMIT = FINEBI_6_0_5.down_time_limit
POLL = FINEBI_6_0_5.poll_period
RACE = LIMIT - POLL  # from here on the twelfth missed poll may come first


@dataclass(frozen=True)
class Down:
    """A down-time: how long, from which facts, over or not, whether only Docker's rounded words say so,
    and whether the present time is this machine's, while the paste may be older.
    """

    span: timedelta
    because: tuple[Fact, ...]
    over: bool
    rounded: bool = False
    assumed: bool = False


def down_time(e: Evidence) -> Down | None:
    """The down-time: until now where the server is stopped, else the gap before its last start."""
    started, finished, ago = e.first("started"), e.first("finished"), e.first("stopped-for")
    end = finished.value if finished and isinstance(finished.value, datetime) else None
    begin = started.value if started and isinstance(started.value, datetime) else None
    if state(e) in ("running", "paused") and end and begin and begin > end:
        return Down(begin - end, facts(e, "finished", "started"), over=True)
    stopped = state(e) in STOPPED or (state(e) == "" and begin is not None)
    if stopped and end and e.now and e.now >= end and not (begin and begin > end):
        return Down(e.now - end, facts(e, "status", "finished"), over=False, assumed=e.assumed)
    if ago and state(e) in STOPPED and isinstance(ago.value, timedelta):
        return Down(ago.value + e.later, (ago,), over=False, rounded=True)
    return None


def down(e: Evidence) -> Diagnosis | None:
    """The server is stopped, or was: judged against 22 and 24 hours."""
    gap = down_time(e)
    if gap is None:
        return _stopped(e) if state(e) in ("exited", "dead", "removal in progress") else None
    slack = timedelta(minutes=30) if gap.rounded else timedelta()
    if gap.over and not _recent(e) and not codes(e, "30002"):
        return None if gap.span < LIMIT or not failing(e) else _lapsed(e, gap, Grade.USUAL)
    if gap.span - slack >= LIMIT:
        return _lapsed(e, gap, Grade.PROOF)
    if gap.span + slack >= RACE:
        return _race(e, gap)
    return _healing(e, gap) if gap.over else _stopped(e, gap)


def _recent(e: Evidence) -> bool:
    """Whether the last start was within a day, or nobody knows."""
    started = e.first("started")
    if e.now is None or started is None or not isinstance(started.value, datetime):
        return True
    return e.now - started.value < timedelta(days=1)


def _lapsed(e: Evidence, gap: Down, grade: Grade) -> Diagnosis:
    product, number = version(e)
    looser = product == "finereport" and number >= (11, 5, 11)
    return Diagnosis(
        "down-over-24-hours",
        N_(
            "The authorization server was down for {span}, 24 hours or more: it must be activated again, and every "
            "project must register again."
        )
        if gap.over
        else N_(
            "The authorization server has been down for {span}, if it is still stopped: 24 hours or more. After its "
            "start it must then be activated again, and every project must register again."
        )
        if gap.assumed
        else N_(
            "The authorization server has been down for {span}, 24 hours or more: after its start it must be "
            "activated again, and every project must register again."
        ),
        min(grade, Grade.FITS if looser else grade, Grade.USUAL if gap.assumed else grade),
        (*gap.because, *codes(e, "30002")),
        (
            N_("Start the same container (docker start NAME); the image is not loaded again, nothing is removed."),
            N_("Open the QR code page once, scan, enter the six digits within five minutes."),
            N_("Then register each project again in FineBI, with the port that docker ps shows now."),
            N_("FineReport from 11.5.11 may need no scan if version and license allow it: look before scanning."),
        ),
        ("lapsed", "30002"),
        READING,
        values={"span": gap.span},
    )


def _race(e: Evidence, gap: Down) -> Diagnosis:
    return Diagnosis(
        "down-22-to-24-hours",
        N_(
            "The down-time of {span} is between 22 and 24 hours: the activation may just hold, while a project's "
            "twelfth missed poll may have ended its registration."
        ),
        Grade.SAID if not gap.over or failing(e) else Grade.USUAL,
        gap.because,
        (
            N_("Stopped still: start the same container at once (docker start NAME), evidence saved first."),
            N_("Running again: wait for one poll, two hours, then look at each project."),
            N_("What is still shown as failed then is registered again; scan only if the server asks for it."),
        ),
        ("lapsed", "seat-ended"),
        values={"span": gap.span},
        asks=("inspect", "edition", "address"),
    )


def _healing(e: Evidence, gap: Down) -> Diagnosis | None:
    started = e.first("started")
    at = started.value if started and isinstance(started.value, datetime) else None
    if at is None or not failing(e) or (e.now and e.now - at > POLL):
        return None
    return Diagnosis(
        "heals-within-two-hours",
        N_(
            "The server was down for {span} and is back since {at}: projects may show a failed registration until "
            "their next poll, at the latest two hours after the start."
        ),
        Grade.USUAL if not e.of("code") else Grade.FITS,
        gap.because,
        (N_("Wait until two hours after the start; do not scan and do not register again meanwhile."),),
        ("registration-failed",),
        READING,
        Who.NOBODY,
        {"span": gap.span, "at": at},
        ("details", "edition"),
    )


def _stopped(e: Evidence, gap: Down | None = None) -> Diagnosis:
    said = [*symptoms_of(e, "refused", "silent"), *symptoms(e, "registration-failed")]
    return Diagnosis(
        "server-stopped",
        N_("The authorization server is stopped, for {span} so far.")
        if gap and not gap.assumed
        else N_("The authorization server is stopped."),
        Grade.SAID,
        (*facts(e, "status", "exit-code"), *(gap.because if gap else ()), *said[:2]),
        (
            N_("Save `docker inspect` and the log first, then start the same container: docker start NAME."),
            N_("Below 22 hours of down-time nothing is lost: projects heal at their next poll, within two hours."),
            N_("Look at the published port afterwards: under -P it moves at every start."),
        ),
        ("cannot-connect",),
        values={"span": gap.span} if gap else {},
        asks=("inspect", "log", "edition"),
    )


def fineops(e: Evidence) -> Diagnosis | None:
    """FineOps since August 2025: any stop or restart needs a new scan."""
    gap = down_time(e)
    if "FineOps" not in e.values("fineops") or gap is None or not _recent(e):
        return None
    return Diagnosis(
        "restarted-under-fineops",
        N_("FineOps manages this site and the server was stopped or restarted: since August 2025 that needs a scan."),
        Grade.SAID,
        (*facts(e, "fineops"), *gap.because),
        (N_("Re-authenticate on FineOps' own page: scan and code, no image to load."),),
        ("lapsed",),
        VENDOR,
    )
