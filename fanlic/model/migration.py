"""Authentication Migration: the order of its steps, and what the desk needs before it issues a new license.

The page's order (A18): send a mail with the old server's address; leave that server running until the reply comes;
shut it down; copy privateConfig; send a mail with the file attached; follow the procedure on the new server. The page
forbids a restart before the reply, but does not say what a restart would cause. We invent no cause: the step is
refused, and nothing else happens.
"""

from __future__ import annotations

from enum import StrEnum

from fanlic.model.approval import Issued
from fanlic.model.refusals import (
    N_,
    NotDestroyedYet,
    PrivateConfigMissing,
    PrivateConfigWrong,
    Refusal,
    RestartBeforeReply,
    StepOutOfOrder,
)


class MigrationStage(StrEnum):
    """How far a migration has come."""

    SERVING = "old server serving"
    ASKED = "destruction asked for"
    DESTROYED = "reply received"
    CLOSED = "old server shut down"
    COPIED = "privateConfig copied"
    REQUESTED = "new archive asked for"
    ISSUED = "new archive received"
    DONE = "new server registered"


class Action(StrEnum):
    """What somebody can do next."""

    ASK = N_("ask for destruction, naming the old server's address")
    REPLY = N_("get the reply of the business staff")
    CLOSE = N_("shut the old server down")
    COPY = N_("copy privateConfig from /app/config")
    REQUEST = N_("send the form again with privateConfig attached")
    RECEIVE = N_("get the new archive")
    REGISTER = N_("start the new server, scan, and register the projects")
    RESTART_OLD = N_("restart the old server")


TRANSITIONS: dict[tuple[MigrationStage, Action], MigrationStage] = {
    (MigrationStage.SERVING, Action.ASK): MigrationStage.ASKED,
    (MigrationStage.ASKED, Action.REPLY): MigrationStage.DESTROYED,
    (MigrationStage.DESTROYED, Action.CLOSE): MigrationStage.CLOSED,
    (MigrationStage.CLOSED, Action.COPY): MigrationStage.COPIED,
    (MigrationStage.COPIED, Action.REQUEST): MigrationStage.REQUESTED,
    (MigrationStage.REQUESTED, Action.RECEIVE): MigrationStage.ISSUED,
    (MigrationStage.ISSUED, Action.REGISTER): MigrationStage.DONE,
    (MigrationStage.SERVING, Action.RESTART_OLD): MigrationStage.SERVING,
}


NOTHING = N_("nothing; the migration is done")


def take(stage: MigrationStage, action: Action) -> tuple[MigrationStage, Refusal | None]:
    """Take one step. If it is out of order, nothing moves, and the refusal names the step that comes first."""
    if (after := TRANSITIONS.get((stage, action))) is not None:  # clause: close-then-copy
        return after, None
    if stage is MigrationStage.ASKED and action is Action.RESTART_OLD:  # clause: no-restart-before-reply
        return stage, RestartBeforeReply()
    return stage, StepOutOfOrder(action, next_action(stage) or NOTHING)


def next_action(stage: MigrationStage) -> str:
    """What the page asks for at this stage; empty when the migration is done."""
    return next((action for (at, action) in TRANSITIONS if at is stage), "")


def may_reissue(issued: Issued, attached: str | None) -> Refusal | None:
    """Why no new license may replace this one, or None. `attached`: the identity in the attached privateConfig."""
    if issued.destroyed_at is None:  # clause: destroy
        return NotDestroyedYet(issued.license)
    if attached is None:  # clause: attach-private-config
        return PrivateConfigMissing()
    if attached != issued.bound_to:
        return PrivateConfigWrong(N_("it belongs to another server than the one that was destroyed"))
    return None
