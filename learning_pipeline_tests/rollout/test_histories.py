"""Whatever is asked, approved, moved and rolled back, in any order: one active per target, as the audit says."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from pathlib import Path

import pytest

from learning_pipeline.defs.rollout_gate import roll_back
from learning_pipeline.errors import LearningPipelineError
from learning_pipeline.rollout.last_move import active_by_audit, differences
from learning_pipeline.rollout.reason import same_person
from learning_pipeline.stores.audit import Audit
from learning_pipeline_tests.rollout.world import DAY, World

PEOPLE = ["Ada", "Bob", "Cy"]
N_STEPS = 60
MOVES = {"shadow", "active", "rollback"}


def step(world: World, artifacts: list[str], chance: random.Random) -> str:
    """One command that somebody might give; what was given, and whether it was done."""
    gate, person = world.gate, chance.choice(PEOPLE)
    requests = [row["request_id"] for row in world.rollouts.requests()][-3:] or ["r0"]
    target, artifact_id, request_id = chance.choice(["main", "b"]), chance.choice(artifacts), chance.choice(requests)
    to = chance.choice([None, artifact_id, "none"])
    commands = {
        "shadow": lambda: gate.move(
            gate.ask(target, artifact_id, "shadow", person, None, world.now)["request_id"], person, world.now
        ),
        "ask": lambda: gate.ask(
            target, world.stands(target).get("shadow", artifact_id), "active", person, None, world.now
        ),
        "approve": lambda: gate.approve(request_id, person, None, world.now),
        "deny": lambda: gate.deny(request_id, person, "no", world.now),
        "move": lambda: gate.move(request_id, person, world.now),
        "back": lambda: roll_back(world.home, target, person, "x", to, world.now),
        "wait": lambda: world.data_at(gate_now(world) + chance.choice([1, 8, 20]) * DAY),
    }
    (name,) = chance.choices(list(commands), weights=[3, 4, 5, 1, 6, 2, 4])
    world.now += dt.timedelta(minutes=chance.randrange(1, 90))
    try:
        commands[name]()
    except LearningPipelineError as e:
        return f"{name}: {e.code}"
    return f"{name}: done"


def gate_now(world: World) -> dt.datetime:
    return world.circumstances.data_now


def check(world: World) -> None:
    """What must hold after every command."""
    audit, history = Audit(world.home), world.rollouts.history()
    records = audit.records()
    assert audit.verify().fault is None
    assert differences(active_by_audit(records), history) == []
    standing = Counter((each.target, each.state) for each in history if each.until is None and each.state != "retired")
    assert set(standing.values()) <= {1}
    moves = Counter(each.target for each in {(e.target, e.generation): e for e in history}.values())
    assert all(max(e.generation for e in history if e.target == target) == n for target, n in moves.items())
    done = Counter(
        r["target"] for r in records if r["outcome"] == "done" and r["action"] in {"shadow", "active", "rollback"}
    )
    assert done == moves  # each move has its record, each record its move
    assert all(each.until is None or each.since <= each.until for each in history)


@pytest.mark.parametrize("seed", range(3))
def test_any_history_is_a_chain_of_moves_that_the_audit_tells(tmp_path: Path, seed: int) -> None:
    chance, world = random.Random(seed), World.at(tmp_path)
    artifacts = [world.artifact(name) for name in ("one", "two", "three")]
    told = Counter[str]()
    for _ in range(N_STEPS):
        told[step(world, artifacts, chance)] += 1
        check(world)
    assert told["shadow: done"] > 2
    assert told["move: E_LEARN_ROLLOUT_DENIED"] > 2
    for row in world.rollouts.approvals():
        assert row["used_at"] is None or not same_person(row["approved_by"], row["requested_by"])
