"""How far a case has come, what is missing there, and which one thing to ask for next."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from fanlic.model.refusals import N_
from fanlic.troubleshoot.catalogue.around import stage_of
from fanlic.troubleshoot.catalogue.entry import CaseStage, Entry
from fanlic.troubleshoot.catalogue.shelf import catalogue
from fanlic.troubleshoot.judge.diagnosis import Diagnosis, failing
from fanlic.troubleshoot.judge.facts import Evidence
from fanlic.troubleshoot.judge.paste import PastedLine
from fanlic.troubleshoot.judge.questions import ORDER, Question, answered, question
from fanlic.troubleshoot.judge.rules import NEEDS, Reply, RuleAnswer, order

# What each stage asks, the question that decides most first.
ASKS: dict[CaseStage, tuple[str, ...]] = {
    CaseStage.CHOOSING: ("internet", "method-now", "edition"),
    CaseStage.MAIL: ("mail-sent", "mail-text", "edition"),
    CaseStage.LOAD: ("load-output", "archive", "machine", "engine"),
    CaseStage.RUN: ("containers", "run-line", "log"),
    CaseStage.RUNNING: ("containers", "inspect", "log", "address"),
    CaseStage.OUTAGE: ("outage-since", "why-down", "inspect", "edition"),
    CaseStage.REACH: ("reach", "ports", "address", "containers"),
    CaseStage.TLS: ("certificate", "address", "clocks"),
    CaseStage.QR: ("qr-page", "qr-moment", "containers", "reach"),
    CaseStage.PHONE: ("phone-shows", "qr-moment", "inspect"),
    CaseStage.REGISTER: ("details", "address", "finebi-log", "reach"),
    CaseStage.MIGRATION: ("migration-step", "both-hosts", "private-config", "edition"),
}
# Stages at which no server is there yet, or that no output shows: what the rules need says nothing of them.
ALONE = {CaseStage.CHOOSING, CaseStage.MAIL, CaseStage.LOAD, CaseStage.PHONE, CaseStage.MIGRATION}
NAMES = {
    CaseStage.CHOOSING: N_("choosing the method"),
    CaseStage.MAIL: N_("mail"),
    CaseStage.LOAD: N_("loading the image"),
    CaseStage.RUN: N_("starting the container"),
    CaseStage.RUNNING: N_("the running server"),
    CaseStage.OUTAGE: N_("outage"),
    CaseStage.REACH: N_("the way to the server"),
    CaseStage.TLS: N_("the certificate"),
    CaseStage.QR: N_("QR code"),
    CaseStage.PHONE: N_("phone"),
    CaseStage.REGISTER: N_("registration"),
    CaseStage.MIGRATION: N_("migration"),
}


def asks_of(entry: Entry) -> tuple[str, ...]:
    """The questions of an entry: its own ones first, then those of its stage."""
    stage = stage_of(entry.key)
    return tuple(dict.fromkeys((*entry.asks, *(ASKS[stage] if stage else ()))))


# What a person says, and the stage it is about; a stage above explains more than one below.
_TOPICS: dict[CaseStage, tuple[str, ...]] = {
    CaseStage.MIGRATION: (
        r"\bmigrat",
        r"\b(?:old|new|other|another) (?:server|host|machine|vm)\b",
        r"\bmov(?:e|ed|ing) (?:it|the|to)\b",
        r"迁移|换(?:了)?(?:一?台?)?(?:新)?(?:服务器|机器|主机)|[新旧老](?:服务器|机器|主机)",
    ),
    CaseStage.CHOOSING: (
        r"\b(?:which|what|choose|pick|right|other)\b.{0,30}\b(?:method|way to (?:license|register|authori[sz]e))",
        r"\b(?:no|without|not|cannot reach the) internet\b",
        r"(?:哪|选).{0,8}(?:认证|授权|注册)|(?:认证|授权|注册)方式|(?:没有?|无|不能?连?)(?:外网|互联网)",
    ),
    CaseStage.PHONE: (r"\bphones?\b|手机|微信|扫了?码?之?后",),
    CaseStage.QR: (r"\bqr\b|\bsix digits\b|二维码|六位|验证码|扫码",),
    CaseStage.MAIL: (
        r"\be-?mails?\b|\bmail(?:s|ed|box)?\b|\battachments?\b|business@",
        r"^(?:subject|from|to)\s*:|^(?:发件人|收件人|主题)\s*[:\uff1a]",
        r"邮件|邮箱|附件|回信",
    ),
    CaseStage.OUTAGE: (
        r"\bpower (?:cut|failure|outage|loss)|\boutage\b|\breboot|(?<!-)\brestart(?!:)|\bmaintenance\b",
        r"\b(?:was|went|is|been) down\b|断电|停电|停机|重启|宕机",
    ),
    CaseStage.LOAD: (r"\bdocker load\b|\.tar\b|\bimage file\b|镜像文件|(?:加载|导入)镜像",),
    CaseStage.RUN: (
        r"\bdocker run\b|\bcompose\b|\b(?:start|run)\b.{0,12}\bcontainer\b",
        r"启动容器|容器.{0,6}启动|运行容器",
    ),
    CaseStage.REGISTER: (r"\bregist|\bpop-?up\b|\bsubmit\b|注册|弹窗|提交",),
}
_SPEAKS_OF = tuple(
    (each, re.compile("|".join(patterns), re.IGNORECASE | re.MULTILINE)) for each, patterns in _TOPICS.items()
)
LONGEST = 2_000  # characters that are searched for what a person speaks of


def topics(words: str) -> Iterator[CaseStage]:
    """The stages that a person's words speak of, the one that explains most first."""
    yield from (each for each, pattern in _SPEAKS_OF if pattern.search(words[:LONGEST]))


# How far a site has come by what programs printed.
_REACHED: tuple[tuple[CaseStage, Callable[[Evidence], bool]], ...] = (
    (CaseStage.RUN, lambda e: bool(e.of("loaded") or e.of("image") or _run_line(e)) and not e.of("status")),
    (CaseStage.REGISTER, lambda e: bool(e.of("status")) and not e.of("saved-port")),
    (CaseStage.RUNNING, lambda e: bool(e.of("saved-port")) and not e.of("status")),
)


# Stages that outputs show better than words.
_SHOWN = {None, CaseStage.LOAD, CaseStage.RUN, CaseStage.REGISTER}


def _run_line(e: Evidence) -> bool:
    return any(fact.source in ("docker run", "compose file") for fact in e.facts)


def stage(e: Evidence, causes: Sequence[Diagnosis] = ()) -> CaseStage | None:
    """How far the case has come: by its first cause, else by what a person says, else by what programs printed."""
    for cause in causes[:1]:
        if found := cause.stage or stage_of(cause.name):
            return found
    said = e.first("topic")
    told = CaseStage(str(said.value)) if said else None
    shown = next((each for each, reached in _REACHED if reached(e)), None)
    return shown if shown and told in _SHOWN else told or shown


# Without a cause: whom a line that was not understood is from, and what is asked about it.
_ENGINE = re.compile(
    r"response from daemon|\boci runtime\b|\brunc\b|containerd|\bdockerd\b|^(?:docker|podman|error): ", re.IGNORECASE
)
_JAVA = re.compile(r"\bat (?:com|java|org)\.|\[standard\]|\w(?:Exception|Error)\b|Caused by: ")


def about(line: str) -> str:
    """The question that an error of the engine or of Java leads to; empty for other lines."""
    return "engine" if _ENGINE.search(line) else "finebi-log" if _JAVA.search(line) else ""


def following(
    e: Evidence, causes: tuple[Diagnosis, ...], missing: Sequence[Question], unread: Sequence[PastedLine] = ()
) -> Question:
    """The one question whose answer decides most: by the first cause, or without one by the stage."""
    wanted = [question(name) for cause in causes[:1] for name in cause.asks]
    if not causes and unread and (name := about(unread[0].text)):
        wanted = [question(name)]
    elif not causes and not failing(e):
        reached = stage(e)
        wanted = [question(name) for name in ASKS[reached]] if reached else [question("details")]
    others = map(question, ("edition", "details", "finebi-log", "inspect"))
    unanswered = (one for one in (*wanted, *missing, *others) if not answered(one, e))
    chosen = next(unanswered, question("new"))
    return replace(chosen, command=chosen.command.replace("NAME", e.server or "NAME"))


def lacking(e: Evidence, answers: Sequence[RuleAnswer], causes: Sequence[Diagnosis]) -> list[Question]:
    """What is missing: what the first cause asks for, what its stage does, then what the rules need that cannot tell.

    A code has a list of its own: it was answered by a server that runs and is reached, so that nothing else is asked.
    A question that decides more rules comes first. Rules of a later stage than the failure say nothing about it.
    """
    own = [name for cause in causes[:1] for name in cause.asks]
    if causes and causes[0].name in e.values("code"):
        return _unanswered((*own, "edition"), e)
    reached = stage(e, causes)
    names = [*own, *(ASKS[reached] if reached else ())]
    if reached not in ALONE:
        counts: Counter[str] = Counter()
        for each in answers:
            if each.reply is Reply.UNKNOWN and _matters(e, each):
                counts.update({NEEDS[need][1] for need in each.missing})
        names += sorted(counts, key=lambda name: (-counts[name], ORDER.index(name)))
        names += ["details"] if e.of("symptom") and not e.of("code") else []
    return _unanswered((*names, "edition"), e)


def _unanswered(names: Sequence[str], e: Evidence) -> list[Question]:
    return [one for name in dict.fromkeys(names) if not answered(one := question(name), e)]


def _matters(e: Evidence, each: RuleAnswer) -> bool:
    """Whether the rule could explain what was seen."""
    if e.of("code"):
        return each.rule.stage in (CaseStage.OUTAGE, CaseStage.REGISTER)
    seen = [entry.stage for fact in e.of("symptom") if (entry := catalogue().get(str(fact.value))) and entry.stage]
    return not seen or order(each.rule.stage) <= max(map(order, seen))
