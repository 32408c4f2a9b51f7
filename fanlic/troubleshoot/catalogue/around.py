"""What stands around each entry: its group in menus, what not to do before its cause is known, the entries next to it.

A new entry needs no row: without one it stands with its kind, warns of nothing, and its neighbors are those that share
a scenario or a clause with it.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import NamedTuple

from fanlic.model.refusals import N_, REASONS
from fanlic.texts import _
from fanlic.troubleshoot import first_aid
from fanlic.troubleshoot.catalogue.entry import CaseStage
from fanlic.troubleshoot.catalogue.shelf import catalogue

FEWEST = 2  # neighbors of an entry


class Group(StrEnum):
    """Where in the procedure one meets a failure."""

    MAIL = N_("Mail and archive")
    CONTAINER = N_("Container and Docker")
    QR = N_("QR code and six digits")
    FINEBI = N_("FineBI and registration")
    OUTAGE = N_("Outage and restart")
    MIGRATION = N_("Migration")
    REHEARSAL = N_("Only in the rehearsal")


class Around(NamedTuple):
    """The group, the first letters of what not to do yet (restart, delete, scan), and the nearest entries."""

    group: Group
    not_yet: str
    related: str

    @property
    def neighbors(self) -> tuple[str, ...]:
        """The nearest entries' keys."""
        return tuple(self.related.split())


_WARNINGS = dict(zip("rds", first_aid.NOT_YET, strict=True))
MAIL, CONTAINER, QR, FINEBI, OUTAGE, MIGRATION, REHEARSAL = Group

AROUND = {
    "10000": Around(FINEBI, "r", "10001 answer-unknown proxy-in-between plain-http"),
    "10001": Around(FINEBI, "", "10000 address-unfit wrong-code"),
    "20000": Around(FINEBI, "d", "30002 not-registered license-destroyed"),
    "30000": Around(FINEBI, "rd", "clock-differs 30002 certificate-refused"),
    "30001": Around(FINEBI, "", "body-line-wrong 30005 61100003"),
    "30002": Around(FINEBI, "d", "lapsed license-destroyed shown-as-failed 20000"),
    "30003": Around(FINEBI, "r", "30004 30005 body-line-wrong"),
    "30004": Around(FINEBI, "", "30003 30005"),
    "30005": Around(FINEBI, "", "30004 30003 30001"),
    "30006": Around(FINEBI, "rds", "30005 30007 registration-failed"),
    "30007": Around(FINEBI, "r", "seats-too-few node-key-wrong seat-ended"),
    "61100001": Around(FINEBI, "", "61100002 not-registered"),
    "61100002": Around(FINEBI, "", "61100001 30007"),
    "61100003": Around(FINEBI, "", "61100001 30001"),
    "61100004": Around(FINEBI, "", "61100005 61100006 not-registered"),
    "61100005": Around(FINEBI, "", "61100004 61100006 not-registered"),
    "61100006": Around(FINEBI, "", "61100004 61100005 not-registered"),
    "never-activated": Around(QR, "d", "license-bound-elsewhere registration-failed qr-expired"),
    "wrong-code": Around(QR, "r", "code-superseded code-entry-locked qr-expired"),
    "code-superseded": Around(QR, "r", "wrong-code qr-expired refresh-limited"),
    "refresh-limited": Around(REHEARSAL, "", "qr-expired code-superseded"),
    "code-entry-locked": Around(QR, "r", "wrong-code code-superseded code-entry-sealed"),
    "code-entry-sealed": Around(REHEARSAL, "d", "code-entry-locked wrong-code"),
    "qr-expired": Around(QR, "r", "code-superseded wrong-code phone-offline"),
    "no-qr": Around(REHEARSAL, "", "qr-expired never-activated"),
    "already-activated": Around(QR, "r", "shown-as-failed registration-failed seat-ended"),
    "node-key-wrong": Around(REHEARSAL, "", "30007 seats-too-few"),
    "seat-ended": Around(OUTAGE, "", "lapsed not-registered shown-as-failed"),
    "lapsed": Around(OUTAGE, "d", "30002 seat-ended no-restart-policy port-moved"),
    "shown-as-failed": Around(OUTAGE, "d", "lapsed port-moved cannot-connect"),
    "foreign-origin": Around(REHEARSAL, "", "qr-page-missing plain-http"),
    "license-bound-elsewhere": Around(CONTAINER, "", "private-config-lost identity-changed container-name-in-use"),
    "private-config-lost": Around(CONTAINER, "ds", "private-config-missing license-bound-elsewhere"),
    "license-destroyed": Around(MIGRATION, "", "30002 not-destroyed-yet step-out-of-order"),
    "license-unknown": Around(REHEARSAL, "", "license-bound-elsewhere archive-not-received"),
    "challenge-unreadable": Around(QR, "", "phone-offline qr-expired"),
    "challenge-forged": Around(REHEARSAL, "", "challenge-unreadable server-changed"),
    "challenge-used": Around(QR, "r", "code-superseded qr-expired"),
    "phone-offline": Around(QR, "r", "qr-expired challenge-unreadable"),
    "cannot-connect": Around(FINEBI, "ds", "port-moved connection-refused socket-timeout err-connection-refused"),
    "certificate-refused": Around(FINEBI, "", "pkix-path-building-failed certificate-warning ssl-handshake"),
    "answer-unknown": Around(FINEBI, "r", "10000 plain-http proxy-in-between"),
    "identity-changed": Around(FINEBI, "d", "license-bound-elsewhere server-changed"),
    "server-changed": Around(FINEBI, "d", "identity-changed address-unfit"),
    "state-went-back": Around(REHEARSAL, "d", "identity-changed server-changed"),
    "address-unfit": Around(FINEBI, "", "cannot-connect port-moved answer-unknown"),
    "not-administrator": Around(FINEBI, "", "other-method-chosen not-registered"),
    "other-method-chosen": Around(FINEBI, "", "not-administrator address-unfit"),
    "not-registered": Around(FINEBI, "", "seat-ended registration-failed lapsed"),
    "sender-without-contract": Around(MAIL, "", "archive-not-received recipient-wrong"),
    "recipient-wrong": Around(MAIL, "", "archive-not-received sender-without-contract"),
    "title-without-company": Around(MAIL, "", "body-line-missing body-line-wrong archive-not-received"),
    "body-line-missing": Around(MAIL, "", "body-line-wrong title-without-company archive-not-received"),
    "body-line-wrong": Around(MAIL, "", "body-line-missing sender-without-contract 30001"),
    "method-other": Around(MAIL, "", "body-line-wrong other-method-chosen"),
    "mail-unreadable": Around(REHEARSAL, "", "body-line-missing archive-not-received"),
    "archive-not-received": Around(MAIL, "", "sender-without-contract title-without-company invalid-tar-header"),
    "address-missing": Around(MIGRATION, "rd", "private-config-missing body-line-missing"),
    "private-config-missing": Around(MIGRATION, "r", "private-config-lost private-config-wrong address-missing"),
    "private-config-wrong": Around(MIGRATION, "rd", "private-config-missing private-config-lost"),
    "not-destroyed-yet": Around(MIGRATION, "rd", "restart-before-reply step-out-of-order"),
    "restart-before-reply": Around(MIGRATION, "d", "not-destroyed-yet step-out-of-order lapsed"),
    "step-out-of-order": Around(MIGRATION, "rd", "not-destroyed-yet restart-before-reply port-moved"),
    "registration-failed": Around(FINEBI, "rds", "cannot-connect never-activated shown-as-failed seats-too-few"),
    "seats-too-few": Around(FINEBI, "r", "30007 clock-differs cannot-connect"),
    "clock-differs": Around(FINEBI, "r", "30000 qr-expired seats-too-few"),
    "err-connection-refused": Around(FINEBI, "ds", "port-moved connection-refused qr-page-missing"),
    "err-connection-timed-out": Around(FINEBI, "r", "socket-timeout cannot-connect err-connection-refused"),
    "certificate-warning": Around(FINEBI, "r", "certificate-refused no-subject-alternative-names qr-page-missing"),
    "qr-page-missing": Around(QR, "", "err-connection-refused certificate-warning port-moved"),
    "port-moved": Around(OUTAGE, "", "cannot-connect no-restart-policy connection-refused shown-as-failed"),
    "no-restart-policy": Around(OUTAGE, "d", "port-moved lapsed docker-daemon-not-running"),
    "exec-format-error": Around(CONTAINER, "", "image-not-found invalid-tar-header"),
    "port-already-allocated": Around(CONTAINER, "d", "port-reserved privileged-port container-name-in-use"),
    "invalid-tar-header": Around(CONTAINER, "", "image-not-found archive-not-received disk-full"),
    "image-not-found": Around(CONTAINER, "", "invalid-tar-header exec-format-error"),
    "container-name-in-use": Around(CONTAINER, "", "license-bound-elsewhere port-already-allocated"),
    "docker-daemon-not-running": Around(OUTAGE, "d", "docker-permission-denied no-restart-policy lapsed"),
    "server-does-not-start-tls": Around(CONTAINER, "", "certificate-refused config-not-writable path-not-plain"),
    "path-not-plain": Around(CONTAINER, "", "config-not-writable private-config-lost"),
    "pkix-path-building-failed": Around(FINEBI, "", "certificate-refused no-subject-alternative-names ssl-handshake"),
    "no-subject-alternative-names": Around(FINEBI, "", "pkix-path-building-failed certificate-warning"),
    "connection-refused": Around(FINEBI, "ds", "port-moved cannot-connect err-connection-refused"),
    "socket-timeout": Around(FINEBI, "r", "cannot-connect err-connection-timed-out unknown-host"),
    "unknown-host": Around(FINEBI, "r", "cannot-connect address-unfit"),
    "ssl-handshake": Around(FINEBI, "r", "pkix-path-building-failed plain-http certificate-refused"),
    "proxy-error": Around(FINEBI, "r", "proxy-in-between 10000 cannot-connect"),
    "proxy-in-between": Around(FINEBI, "", "proxy-error 10000 plain-http"),
    "plain-http": Around(FINEBI, "r", "ssl-handshake answer-unknown address-unfit"),
    "docker-permission-denied": Around(CONTAINER, "", "docker-daemon-not-running config-not-writable"),
    "privileged-port": Around(CONTAINER, "", "port-already-allocated port-reserved"),
    "port-reserved": Around(CONTAINER, "", "port-already-allocated privileged-port"),
    "disk-full": Around(CONTAINER, "d", "out-of-memory invalid-tar-header"),
    "out-of-memory": Around(OUTAGE, "d", "lapsed disk-full no-restart-policy"),
    "config-not-writable": Around(CONTAINER, "", "server-does-not-start-tls path-not-plain private-config-lost"),
}
_PLACES = {
    "symptoms_docker": CONTAINER,
    "symptoms_field": CONTAINER,
    "reasons_desk": MAIL,
    "reasons_phone": QR,
}


def group(key: str) -> Group:
    """The group of an entry."""
    return AROUND[key].group if key in AROUND else _PLACES.get(_module(key), FINEBI)


_STAGES = {
    MAIL: CaseStage.MAIL,
    CONTAINER: CaseStage.RUN,
    QR: CaseStage.QR,
    FINEBI: CaseStage.REGISTER,
    OUTAGE: CaseStage.OUTAGE,
    MIGRATION: CaseStage.MIGRATION,
}


def stage_of(key: str) -> CaseStage | None:
    """How far a site has come when it meets the entry: the entry's own stage, else that of its group."""
    if key not in catalogue():
        return None
    return catalogue()[key].stage or _STAGES.get(group(key))


def not_yet(key: str) -> tuple[str, ...]:
    """What not to do before the cause is known; nothing if no step of that kind can do harm here."""
    return tuple(_WARNINGS[letter] for letter in (AROUND[key].not_yet if key in AROUND else ""))


def first_aid_of(key: str) -> list[str]:
    """First aid of an entry, translated: what not to do yet, and what to save where removal may lose it."""
    texts = [_(text) for text in not_yet(key)]
    saved = any("docker cp" in step for step in catalogue()[key].remedy)
    if first_aid.REMOVE in not_yet(key) and not saved:
        keep = first_aid.KEEP[0]
        texts.append(f"{_(keep.text)} {keep.command}")
    return texts[: first_aid.MOST]


@cache
def related(key: str) -> tuple[str, ...]:
    """The entries next to this one: those of its row, else those that share most with it."""
    chosen = AROUND[key].neighbors if key in AROUND else ()
    if len(chosen) >= FEWEST:
        return chosen
    others = sorted((other for other in catalogue() if other not in (key, *chosen)), key=lambda o: -_shared(key, o))
    return (*chosen, *others[: FEWEST - len(chosen)])


def _shared(key: str, other: str) -> float:
    one, two = catalogue()[key], catalogue()[other]
    common = {*one.scenarios, *one.clauses} & {*two.scenarios, *two.clauses}
    return 2 * len(common) + (group(key) is group(other)) + 0.5 * ((key in REASONS) == (other in REASONS))


def _module(key: str) -> str:
    from fanlic.troubleshoot.catalogue import shelf

    for theme in (*shelf.CODES, *shelf.REASONS, *shelf.SYMPTOMS):
        if any(entry.key == key for entry in theme.ENTRIES):
            return theme.__name__.rpartition(".")[2]
    return ""
