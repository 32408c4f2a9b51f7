"""Rules about the project's side: the address it was given, the two hosts' clocks, nodes and seats."""

from __future__ import annotations

from datetime import datetime, timedelta

from fanlic.model.clauses import Clause
from fanlic.model.refusals import N_, Who
from fanlic.troubleshoot.judge.diagnosis import READING, Diagnosis, Grade, codes, symptoms
from fanlic.troubleshoot.judge.facts import Evidence, Fact


def address_unfit(e: Evidence) -> Diagnosis | None:
    """http for https, or something after the port."""
    bad = [*e.of("scheme"), *e.of("path")]
    if not bad:
        return None
    return Diagnosis(
        "address-unfit",
        N_("The address is not https://host:port as FineBI wants it."),
        Grade.USUAL,
        (*bad[:2], *codes(e, "10000", "10001")),
        (N_("Enter https://, host, colon and the published port, and nothing after it."),),
        ("address-unfit", "10001"),
        Clause.PRIVATE_CLOUD,
        Who.PROJECT,
    )


def clocks(e: Evidence) -> Diagnosis | None:
    """The two hosts' clocks differ by more than a minute."""
    difference = _difference(e)
    if difference is None or difference[0] <= timedelta(seconds=60):
        return None
    span, pair, measured = difference
    waits = bool(codes(e, "30000") or symptoms(e, "qr-expired", "wrong-code"))
    near = measured or not e.collected or span >= timedelta(hours=12)
    grade = Grade.SAID if measured else Grade.USUAL if near else Grade.RISK
    return Diagnosis(
        "clock-differs",
        N_("The clocks of the two hosts differ by {span}.")
        if measured
        else N_("The clocks of the two hosts differ by {span}, if both were read at the same moment."),
        Grade(grade + 1) if waits and grade else grade,
        (*pair, *codes(e, "30000")),
        (
            N_("Read both clocks at the same moment: date -u on each host."),
            N_("Set the wrong one right, forward in one step; setting a server's clock back may cost its activation."),
            N_("Let both follow one time server."),
        ),
        ("clock-differs", "30000"),
        values={"span": span},
    )


def _difference(e: Evidence) -> tuple[timedelta, tuple[Fact, Fact], bool] | None:
    """How far the clocks differ, from which two readings, and whether both were read within seconds."""
    readings = [fact for fact in e.of("clock") if isinstance(fact.value, datetime)]
    for answer in readings:
        near = [
            reading
            for reading in readings
            if reading.detail.startswith("finebi") and 0 < answer.number - reading.number < 16
        ]
        if answer.detail == "answer" and near:
            return _apart(near[-1], answer), (near[-1], answer), True
    server = [reading for reading in readings if reading.detail.startswith("server")]
    project = [reading for reading in readings if reading.detail.startswith("finebi")]
    unknown = [reading for reading in readings if reading.detail in ("", "?")]
    pairs = (server + unknown)[:1] + (project + unknown[0 if server else 1 :])[:1]
    if len(pairs) < 2 or pairs[0] is pairs[1]:
        return None
    return _apart(*pairs), (pairs[0], pairs[1]), False


def _apart(first: Fact, second: Fact) -> timedelta:
    """The difference; where just one offset is known, what no time zone can explain."""
    if not (isinstance(first.value, datetime) and isinstance(second.value, datetime)):
        return timedelta()
    span = abs(first.value - second.value)
    if first.detail.endswith("?") == second.detail.endswith("?") or span > timedelta(hours=14):
        return span
    rest = span % timedelta(minutes=30)
    return min(rest, timedelta(minutes=30) - rest)


def seats(e: Evidence) -> Diagnosis | None:
    """More nodes than seats."""
    have, need = e.first("seats"), e.first("nodes")
    if not have or not need or not isinstance(have.value, int) or not isinstance(need.value, int):
        return None
    if need.value <= have.value:
        return None
    return Diagnosis(
        "seats-too-few",
        N_("{nodes} nodes, but {seats} seats: the surplus nodes are refused with 30007."),
        Grade.PROOF if codes(e, "30007") else Grade.USUAL,
        (have, need, *codes(e, "30007")),
        (
            N_("Unbind what is no longer used, or wait 24 hours for a silent node's seat to end (our reading)."),
            N_("Else have the number raised by the business staff: it is the number of nodes in the cluster."),
        ),
        ("seats-too-few", "30007"),
        READING,
        Who.CUSTOMER,
        {"nodes": need.value, "seats": have.value},
    )
