"""A process killed at any statement of a move: pointer, approval, request and audit say the same afterwards."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from learning_pipeline.defs.rollout_gate import roll_back
from learning_pipeline.rollout.last_move import active_by_audit, differences
from learning_pipeline.stores.audit import Audit
from learning_pipeline.stores.database import Database
from learning_pipeline.stores.rollout_tables import metadata
from learning_pipeline_tests.rollout.world import NOW, World

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def killed_at(world: World, fatal: int, do: Callable[[], object]) -> bool:
    """Do it in a child that dies by SIGKILL before its n-th statement or commit; whether it lived to the end."""
    child = os.fork()
    if child == 0:
        left = [fatal]

        def count(*_: object) -> None:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        engine = Database(world.home.ledger, metadata)._engine
        for moment in ("before_cursor_execute", "commit"):
            sa.event.listen(engine, moment, count)
        try:
            do()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def agree(world: World, request_id: str) -> bool:
    """Whether the move was made; fails where what is kept of it disagrees."""
    audit = Audit(world.home)
    verdict = audit.verify()
    assert verdict.fault is None, verdict
    assert verdict.n_after_head <= 1
    assert differences(active_by_audit(audit.records()), world.rollouts.history()) == []
    is_done = [each[1:3] for each in world.audited()].count(("active", "done")) == 2
    used = [row["used_at"] is not None for row in world.rollouts.approvals() if row["request_id"] == request_id]
    assert used == [is_done]
    assert world.rollouts.request(request_id)["state"] == ("done" if is_done else "open")
    return is_done


def test_a_promotion_killed_anywhere_is_made_or_not_and_the_same_call_finishes_it(tmp_path: Path) -> None:
    world = World.at(tmp_path)
    world.active(world.artifact("before"))
    request_id = world.approved(world.artifact("one"))
    made, fatal, lived = [], 0, False
    while not lived and not (made and made[-1]):
        fatal += 1
        lived = killed_at(world, fatal, lambda: world.gate.move(request_id, "Bob", NOW))
        made.append(agree(world, request_id))
    assert fatal > 10
    assert made == [False] * (len(made) - 1) + [True]
    world.in_shadow(world.artifact("two"))  # the next attempt mends the head, and tells what was not told
    assert Audit(world.home).verify().n_after_head == 0
    told = world.rows("outbox")
    assert len(told) == sum(
        outcome == "done" and action in {"shadow", "active"} for _, action, outcome, _ in world.audited()
    )


def test_a_rollback_killed_anywhere_is_made_or_not(tmp_path: Path) -> None:
    world = World.at(tmp_path)
    one, two = world.artifact("one"), world.artifact("two")
    world.active(one)
    world.active(two)
    fatal, lived = 0, False
    while not lived and world.stands() == {"active": two}:
        fatal += 1
        lived = killed_at(world, fatal, lambda: roll_back(world.home, "main", "Cy", "it loses", None, NOW))
        audit = Audit(world.home)
        assert audit.verify().fault is None
        assert differences(active_by_audit(audit.records()), world.rollouts.history()) == []
    assert world.stands() == {"active": one}
    assert fatal > 5
