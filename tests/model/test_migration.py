"""Authentication Migration: the order of its steps, and what the desk asks for before it issues anew."""

from datetime import UTC, datetime
from itertools import product

import pytest

from fanlic.model import migration
from fanlic.model.approval import Issued
from fanlic.model.migration import Action, MigrationStage
from fanlic.model.refusals import (
    NotDestroyedYet,
    PrivateConfigMissing,
    PrivateConfigWrong,
    Refusal,
    RestartBeforeReply,
    StepOutOfOrder,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MOVES = {
    (MigrationStage.SERVING, Action.ASK): MigrationStage.ASKED,
    (MigrationStage.ASKED, Action.REPLY): MigrationStage.DESTROYED,
    (MigrationStage.DESTROYED, Action.CLOSE): MigrationStage.CLOSED,
    (MigrationStage.CLOSED, Action.COPY): MigrationStage.COPIED,
    (MigrationStage.COPIED, Action.REQUEST): MigrationStage.REQUESTED,
    (MigrationStage.REQUESTED, Action.RECEIVE): MigrationStage.ISSUED,
    (MigrationStage.ISSUED, Action.REGISTER): MigrationStage.DONE,
    (MigrationStage.SERVING, Action.RESTART_OLD): MigrationStage.SERVING,
}
NEXT = dict(zip(MigrationStage, (*list(Action)[:7], ""), strict=True))


@pytest.mark.parametrize(("stage", "action"), MOVES)
def test_a_step_in_its_order_leads_to_the_next_stage(stage: MigrationStage, action: Action) -> None:
    assert (MOVES[stage, action], None) == migration.take(stage, action)


@pytest.mark.clause("close-then-copy")
def test_the_steps_of_the_page_lead_from_the_old_server_to_the_new_one() -> None:
    stage = MigrationStage.SERVING
    for action in (
        Action.ASK,
        Action.REPLY,
        Action.CLOSE,
        Action.COPY,
        Action.REQUEST,
        Action.RECEIVE,
        Action.REGISTER,
    ):
        stage, refusal = migration.take(stage, action)
        assert refusal is None
    assert MigrationStage.DONE is stage


@pytest.mark.clause("close-then-copy")
@pytest.mark.parametrize(("stage", "action"), [pair for pair in product(MigrationStage, Action) if pair not in MOVES])
def test_a_step_out_of_order_moves_nothing_and_names_what_comes_first(stage: MigrationStage, action: Action) -> None:
    after, refusal = migration.take(stage, action)
    assert stage is after
    restart = (stage, action) == (MigrationStage.ASKED, Action.RESTART_OLD)
    expected = (
        RestartBeforeReply() if restart else StepOutOfOrder(action, NEXT[stage] or "nothing; the migration is done")
    )
    assert expected == refusal


@pytest.mark.clause("no-restart-before-reply")
def test_the_old_server_may_be_restarted_before_the_mail_but_not_before_the_reply() -> None:
    assert (MigrationStage.SERVING, None) == migration.take(MigrationStage.SERVING, Action.RESTART_OLD)
    assert (MigrationStage.ASKED, RestartBeforeReply()) == migration.take(MigrationStage.ASKED, Action.RESTART_OLD)
    after_reply = StepOutOfOrder(Action.RESTART_OLD, Action.CLOSE)
    assert (MigrationStage.DESTROYED, after_reply) == migration.take(MigrationStage.DESTROYED, Action.RESTART_OLD)


@pytest.mark.parametrize("stage", MigrationStage)
def test_the_next_action_is_the_page_s(stage: MigrationStage) -> None:
    assert NEXT[stage] == migration.next_action(stage)


IN_FORCE = Issued("L-1", NOW, bound_to="old")
DESTROYED = Issued("L-1", NOW, bound_to="old", destroyed_at=NOW)
FOREIGN = PrivateConfigWrong("it belongs to another server than the one that was destroyed")


@pytest.mark.clause("destroy")
@pytest.mark.clause("attach-private-config")
@pytest.mark.parametrize(
    ("issued", "attached", "expected"),
    [
        (DESTROYED, "old", None),
        (DESTROYED, "new", FOREIGN),
        (DESTROYED, "", FOREIGN),
        (DESTROYED, None, PrivateConfigMissing()),
        (IN_FORCE, "old", NotDestroyedYet("L-1")),
        (IN_FORCE, "new", NotDestroyedYet("L-1")),
        (IN_FORCE, None, NotDestroyedYet("L-1")),
    ],
)
def test_a_new_license_follows_destruction_and_the_old_server_s_private_config(
    issued: Issued, attached: str | None, expected: Refusal | None
) -> None:
    assert expected == migration.may_reissue(issued, attached)
