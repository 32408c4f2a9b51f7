"""What can be the matter: the eight causes that a diagnosis chooses from, and the cause and clauses of each drill."""

from __future__ import annotations

from enum import StrEnum

from fanlic.model.clauses import Clause
from fanlic.model.refusals import N_, AlreadyActivated, NodeKeyWrong


class DrillCause(StrEnum):
    """One of eight causes."""

    REACH = N_("FineBI cannot reach the server: wrong host, wrong port, or no network")
    CONTAINER = N_("The right container does not run, or its image is of another processor")
    MAPPED = N_("A directory or a port of the container is mapped wrongly")
    ACTIVATION = N_("The activation lapsed, or the license is bound to another server")
    LICENSE = N_("The license has expired, or does not allow this project")
    SEATS = N_("No seat is free, or two machines have one node name")
    CODE = N_("Code entry is locked, or the QR code has ended")
    NOTHING = N_("Nothing is broken: it works, or heals by itself")


_PORT = (Clause.RANDOM_PORT, Clause.FIXED_PORT, Clause.LIST_PORT)
_LAPSE = (Clause.REAUTHENTICATE, Clause.DOWN_TIME, Clause.CODE_30002)
_DOWN = (Clause.HEALS, Clause.DOWN_TIME)

CAUSES: dict[str, tuple[frozenset[DrillCause], tuple[Clause, ...]]] = {
    "port-moved": (frozenset({DrillCause.REACH}), _PORT),
    "web-mapped": (frozenset({DrillCause.MAPPED}), (Clause.MAP_WEB,)),
    "second-container": (frozenset({DrillCause.ACTIVATION}), (Clause.MAP_CONFIG,)),
    "locked": (frozenset({DrillCause.CODE}), (Clause.LOCK, Clause.WRONG_CODES)),
    "weekend": (frozenset({DrillCause.ACTIVATION}), _LAPSE),
    "no-seat-left": (frozenset({DrillCause.SEATS}), (Clause.CODE_30007, Clause.SILENCE)),
    "app-name": (frozenset({DrillCause.LICENSE}), (Clause.CODE_30005,)),
    "architecture": (frozenset({DrillCause.CONTAINER}), (Clause.ARCHITECTURES,)),
    "stale-address": (frozenset({DrillCause.REACH}), (Clause.NEW_ARCHIVE, Clause.PRIVATE_CLOUD)),
    "one-name": (frozenset({DrillCause.SEATS}), (NodeKeyWrong.clause or Clause.CONNECTIONS,)),
    "expired": (frozenset({DrillCause.LICENSE}), (Clause.CODE_30000,)),
    "tls-empty": (frozenset({DrillCause.MAPPED}), (Clause.MAP_TLS, Clause.OWN_CERTIFICATE)),
    "rebooted": (frozenset({DrillCause.CONTAINER}), _DOWN),
    "container-port": (frozenset({DrillCause.MAPPED}), _PORT),
    "network-cut": (frozenset({DrillCause.REACH}), (Clause.FIREWALL, Clause.NETWORK)),
    "other-version": (frozenset({DrillCause.LICENSE}), (Clause.CODE_30001, Clause.VERSION)),
    "other-domain": (frozenset({DrillCause.LICENSE}), (Clause.CODE_30004,)),
    "clock-back": (frozenset({DrillCause.ACTIVATION}), _LAPSE),
    "lapsed-and-moved": (frozenset({DrillCause.ACTIVATION, DrillCause.REACH}), (*_LAPSE, *_PORT)),
    "name-and-seat": (frozenset({DrillCause.LICENSE, DrillCause.SEATS}), (Clause.CODE_30005, Clause.CODE_30007)),
    "trial-container": (frozenset({DrillCause.CONTAINER}), _DOWN),
    "old-entry": (frozenset({DrillCause.REACH}), _PORT),
    "heals-soon": (frozenset({DrillCause.NOTHING}), (Clause.HEALS,)),
    "no-picture": (frozenset({DrillCause.NOTHING}), (AlreadyActivated.clause or Clause.QR_PAGE, Clause.QR_PAGE)),
}


def clauses() -> list[Clause]:
    """The clauses that a diagnosis chooses from: those of all drills, in the order of the page."""
    named = {clause for _causes, each in CAUSES.values() for clause in each}
    return [clause for clause in Clause if clause in named]
