"""First aid for one verdict: what not to do yet, only where it does harm, and never against the remedy below it."""

from __future__ import annotations

import re

from fanlic.model.refusals import N_
from fanlic.texts import _
from fanlic.troubleshoot.catalogue.entry import CaseStage
from fanlic.troubleshoot.catalogue.shelf import catalogue
from fanlic.troubleshoot.first_aid import MOST, REMOVE, SCAN
from fanlic.troubleshoot.judge.diagnosis import Diagnosis, state
from fanlic.troubleshoot.judge.facts import Evidence
from fanlic.troubleshoot.judge.verdict import Verdict

FIRST_RANDOM = 32_768  # Docker takes the ports of -P from here on
RESTART = N_("Do not restart the container or its host yet: {why}.")
SAVE = N_("Copy /app/config first: docker cp {name}:/app/config ./config-copy")
_MOVES = N_("its port may move")
_RESCAN = N_("FineOps asks for a new scan after it")
_REPLY = N_("the vendor's reply has not come")
# Causes at which people scan again, although it does not help or makes it worse.
_TEMPTING = {
    "heals-within-two-hours", "down-22-to-24-hours", "server-stopped", "port-moved", "registration-failed",
    "not-reachable", "clock-differs", "seats-too-few", "identity-changed", "license-bound-elsewhere",
}  # fmt: skip
_TOUCHING = {"config-not-mapped", "config-not-kept", "two-servers", "container-name-in-use", "restart-loop"}
_WAITING = {"restart-before-reply", "step-out-of-order", "not-destroyed-yet"}
_AGAINST = {
    RESTART: re.compile(
        r"docker (?:re)?start|unpause|\brestart (?:docker|finebi)|start (?:the|a|it|same)\b|starts? it again|then start"
        r"|start the authorization server|made? anew|is replaced|container anew",
        re.IGNORECASE,
    ),
    REMOVE: re.compile(r"\banew\b|replaced|without this mapping|container with -p|start a container", re.IGNORECASE),
    SCAN: re.compile(
        r"(?<!not )(?<!no )(?<!any )\bscan\b(?! is needed)|six digits|open the qr|a code in", re.IGNORECASE
    ),
}


def first_aid(verdict: Verdict) -> list[str]:
    """At most three lines; none where nothing of it does harm."""
    e = verdict.evidence
    first = verdict.causes[0] if verdict.causes else None
    remedy = " ".join(first.remedy) if first else ""
    lines = []
    for text, why in _harms(e, first) if first else ():
        if not _AGAINST[text].search(remedy):
            lines.append(_(text).format(why=_(why)) if why else _(text))
    if lines and not _kept(e) and "docker cp" not in remedy and _(REMOVE) in lines:
        lines.append(_(SAVE).format(name=e.server or "NAME"))
    return lines[:MOST]


def _harms(e: Evidence, first: Diagnosis) -> list[tuple[str, str]]:
    harms = []
    if why := _why_not_restart(e, first):
        harms.append((RESTART, why))
    if first.name in _TOUCHING or (e.of("status") and not _kept(e) and state(e) != "running"):
        harms.append((REMOVE, ""))
    entry = catalogue().get(first.name)
    stage = entry.stage if entry else None
    if first.name in _TEMPTING or stage in (CaseStage.QR, CaseStage.PHONE) or _refused_by_code(first):
        harms.append((SCAN, ""))
    return harms


def _why_not_restart(e: Evidence, first: Diagnosis) -> str:
    if first.name in _WAITING:
        return _REPLY
    if state(e) != "running":
        return ""
    if "FineOps" in e.values("fineops"):
        return _RESCAN
    random = any(isinstance(fact.value, int) and fact.value >= FIRST_RANDOM for fact in e.of("port"))
    return _MOVES if e.of("publish-all") or (random and not e.of("fixed-port")) else ""


def _kept(e: Evidence) -> bool:
    """Whether /app/config is known to be mapped to a folder or a volume that outlives the container."""
    lost = {fact.value for kind in ("tmpfs", "anonymous-volume", "ephemeral") for fact in e.of(kind)}
    return "/app/config" in e.values("mount") - lost


def _refused_by_code(first: Diagnosis) -> bool:
    return len(first.name) == 5 and first.name.isdigit() and first.name not in ("30000", "30002")
