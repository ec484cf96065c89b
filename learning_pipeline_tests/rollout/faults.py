"""Everything that can be wrong with a promotion, one at a time: how to plant it, and the reason that must be given."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from learning_pipeline.models.settings import ModelsSettings
from learning_pipeline.rollout.binding import binding
from learning_pipeline.rollout.facts import Alarm, Facts
from learning_pipeline.stores.database import utc_text
from learning_pipeline.stores.rollout_held import Held
from learning_pipeline_tests.rollout.world import DAY, NOW, PACK, POLICY, World

Plant = Callable[[World, random.Random], None]
SECOND = dt.timedelta(seconds=1)


class Case(NamedTuple):
    """A fault, the reason expected, and whether the approval is made to fit what was spoilt."""

    reason: str
    plant: Plant
    rebound: bool = False


def sql(statement: str, value: Callable[[random.Random], object]) -> Plant:
    """Reach into the ledger."""
    return lambda world, chance: world.execute(statement, value(chance))


def some_hash(chance: random.Random) -> str:
    return f"{chance.getrandbits(256):064x}"


def a_person(chance: random.Random) -> str:
    return chance.choice(["Ada", "ADA", " ada", "\uff41\uff44\uff41", "Ada "])


def artifact_path(world: World) -> Path:
    (row,) = [
        r for r in world.rows("artifacts") if r["artifact_id"] == world.rows("rollout_requests")[-1]["artifact_id"]
    ]
    return world.home.root / row["path_ref"]


def remove_file(world: World, chance: random.Random) -> None:
    artifact_path(world).unlink()


def damage_file(world: World, chance: random.Random) -> None:
    path = artifact_path(world)
    raw = bytearray(path.read_bytes())
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    path.write_bytes(raw)


def outside(world: World, chance: random.Random) -> None:
    """The right bytes at a place that is not the registry's."""
    path = artifact_path(world)
    (world.home.root / "elsewhere.json").write_bytes(path.read_bytes())
    world.execute("UPDATE artifacts SET path_ref = ?", chance.choice(["elsewhere.json", "models/../elsewhere.json"]))


def an_alarm(world: World, chance: random.Random) -> None:
    since = NOW - 20 * DAY
    world.known = replace(world.known, alarms=[Alarm(since + chance.randrange(1, 10**6) * SECOND, "psi of x")])


def other_policy(world: World, chance: random.Random) -> None:
    world.known = replace(world.known, packs={PACK: some_hash(chance)})


def no_policy(world: World, chance: random.Random) -> None:
    world.known = replace(world.known, packs={PACK: None})


def one_more_pack(world: World, chance: random.Random) -> None:
    world.known = replace(world.known, packs={PACK: POLICY, "own_pack": some_hash(chance)})


def no_pack(world: World, chance: random.Random) -> None:
    world.known = replace(world.known, packs={})


def few_scores(world: World, chance: random.Random) -> None:
    world.known = replace(world.known, scored_at=world.known.scored_at[-chance.randrange(1, 50) :])


def early_scores(world: World, chance: random.Random) -> None:
    """Scores from before it went to shadow."""
    earlier = [at - 21 * DAY for at in world.known.scored_at]
    world.known = replace(world.known, scored_at=earlier[: chance.randrange(60, 400)])


def settings(**changes: object) -> Plant:
    def plant(world: World, chance: random.Random) -> None:
        world.rollout = world.rollout.model_copy(update=changes)

    return plant


def learning(**changes: object) -> Plant:
    def plant(world: World, chance: random.Random) -> None:
        world.models = ModelsSettings(**{"rollout_mode": "active", **changes})  # type: ignore[arg-type]

    return plant


def another_is_active(world: World, chance: random.Random) -> None:
    """Somebody else was promoted since."""
    row = ("main", 90, "signal_model-x", some_hash(chance), "active", utc_text(NOW), utc_text(NOW))
    with world.sqlite() as connection:
        connection.execute("UPDATE rollout_deployments SET until = since WHERE until IS NULL AND state = 'active'")
        columns = "target, generation, artifact_id, artifact_sha256, state, since, moved_at"
        connection.execute(f"INSERT INTO rollout_deployments ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)


def asked_by_nobody(world: World, chance: random.Random) -> None:
    nobody = " " * chance.randrange(3)
    for table in ("rollout_requests", "rollout_approvals"):
        world.execute(f"UPDATE {table} SET requested_by = ?", nobody)


def late(world: World, chance: random.Random) -> None:
    world.now = NOW + dt.timedelta(hours=72) + chance.randrange(10**6) * SECOND


def newer_evaluation(**changes: object) -> Plant:
    def plant(world: World, chance: random.Random) -> None:
        artifact_id = world.rows("rollout_requests")[-1]["artifact_id"]
        world.evaluation(artifact_id, evaluated_at=utc_text(NOW - chance.randrange(3000) * SECOND), **changes)

    return plant


APPROVAL, EVALUATION = "UPDATE rollout_approvals SET {} = ?", "UPDATE evaluations SET {} = ?"
SHADOW = "UPDATE rollout_deployments SET {} = ? WHERE state = 'shadow' AND until IS NULL"
REQUEST = "UPDATE rollout_requests SET {} = ? WHERE to_state = 'active' AND state = 'open'"


def before(chance: random.Random) -> str:
    return utc_text(NOW - chance.randrange(1, 10**6) * SECOND)


def after(chance: random.Random) -> str:
    return utc_text(NOW + chance.randrange(1, 10**6) * SECOND)


CASES: dict[str, Case] = {
    "artifact not in the registry": Case("artifact_unknown", sql("DELETE FROM artifacts WHERE ?", lambda _: 1)),
    "registry without file": Case("artifact_missing", remove_file),
    "file outside the folder of artifacts": Case("artifact_missing", outside),
    "bytes swapped after the approval": Case("artifact_damaged", damage_file),
    "request done": Case("request_closed", sql(REQUEST.format("state"), lambda _: "done")),
    "request denied by a person": Case("request_closed", sql(REQUEST.format("state"), lambda _: "denied")),
    "learning switched off": Case("learning_disabled", learning(enable=False)),
    "mode is shadow": Case("mode_is_shadow", learning(rollout_mode="shadow")),
    "not in shadow": Case("not_in_shadow", sql(SHADOW.format("until"), before)),
    "another in shadow": Case("not_in_shadow", sql(SHADOW.format("artifact_id"), lambda _: "signal_model-x")),
    "other bytes in shadow": Case("shadow_of_other_bytes", sql(SHADOW.format("artifact_sha256"), some_hash)),
    "too short in shadow": Case(
        "shadow_too_short",
        sql(SHADOW.format("since"), lambda c: utc_text(NOW - 14 * DAY + c.randrange(1, 10 * 86400) * SECOND)),
    ),
    "too few scores": Case("too_few_shadow_scores", few_scores),
    "scores from before the shadow": Case("too_few_shadow_scores", early_scores),
    "drift alarm": Case("drift_alarm", an_alarm),
    "no pack required": Case("no_pack_required", no_pack, rebound=True),
    "pack cannot be read": Case("pack_unknown", no_policy, rebound=True),
    "another pack required": Case("not_evaluated", one_more_pack, rebound=True),
    "never evaluated": Case("not_evaluated", sql("DELETE FROM evaluations WHERE ?", lambda _: 1), rebound=True),
    "could not be evaluated": Case("evaluation_failed", sql(EVALUATION.format("status"), lambda _: "failed"), True),
    "pack not passed": Case("pack_not_passed", sql(EVALUATION.format("passed"), lambda _: 0), rebound=True),
    "newest evaluation not passed": Case("pack_not_passed", newer_evaluation(passed=False), rebound=True),
    "other bytes evaluated": Case(
        "evaluation_of_other_bytes", sql(EVALUATION.format("artifact_sha256"), some_hash), True
    ),
    "another dataset evaluated": Case(
        "evaluation_of_another_dataset", sql(EVALUATION.format("dataset_id"), some_hash), rebound=True
    ),
    "evaluated under another policy": Case("evaluation_of_another_policy", other_policy, rebound=True),
    "evaluation too old": Case(
        "evaluation_too_old",
        sql(EVALUATION.format("evaluated_at"), lambda c: utc_text(NOW - 30 * DAY - c.randrange(1, 10**6) * SECOND)),
        rebound=True,
    ),
    "evaluated in the future": Case(
        "evaluation_from_the_future", sql(EVALUATION.format("evaluated_at"), after), rebound=True
    ),
    "not approved": Case("not_approved", sql("DELETE FROM rollout_approvals WHERE ?", lambda _: 1)),
    "answered with no": Case("not_approved", sql(APPROVAL.format("answer"), lambda _: "denied")),
    "approved for another request": Case("not_approved", sql(APPROVAL.format("request_id"), lambda _: "r999")),
    "approval expired": Case("approval_expired", late),
    "approval without an end": Case("approval_expired", sql(APPROVAL.format("expires_at"), lambda _: None)),
    "approval used": Case("approval_used", sql(APPROVAL.format("used_at"), before)),
    "approved in the future": Case("approval_from_the_future", sql(APPROVAL.format("answered_at"), after)),
    "approved by who asked": Case("approver_is_requester", sql(APPROVAL.format("approved_by"), a_person)),
    "approved by nobody": Case("approver_unnamed", sql(APPROVAL.format("approved_by"), lambda c: " " * c.randrange(3))),
    "approval answers another person": Case(
        "approval_of_another_requester", sql(APPROVAL.format("requested_by"), lambda _: "Cy")
    ),
    "approved for another target": Case(
        "approval_of_another_target", sql(APPROVAL.format("target"), lambda _: "other")
    ),
    "approval of another artifact": Case(
        "approval_of_another_artifact", sql(APPROVAL.format("artifact_id"), lambda _: "signal_model-x")
    ),
    "approval of other bytes": Case("approval_of_other_bytes", sql(APPROVAL.format("artifact_sha256"), some_hash)),
    "approval of another evaluation": Case(
        "approval_of_another_evaluation", sql(APPROVAL.format("evaluations_sha256"), some_hash)
    ),
    "evaluated again after the approval": Case("approval_of_another_evaluation", newer_evaluation()),
    "metrics changed after the approval": Case(
        "approval_of_another_evaluation", sql(EVALUATION.format("metrics"), lambda c: f'{{"sharpe": {c.random()}}}')
    ),
    "approval of another dataset": Case("approval_of_another_dataset", sql(APPROVAL.format("dataset_id"), some_hash)),
    "approval under another policy": Case(
        "approval_of_another_policy", sql(APPROVAL.format("policy_sha256"), some_hash)
    ),
    "settings changed after the approval": Case("approval_of_another_policy", settings(min_shadow_days=13)),
    "approval replaces another": Case("approval_replaces_another", sql(APPROVAL.format("replaces_sha256"), some_hash)),
    "another became active since": Case("approval_replaces_another", another_is_active),
    "asked by nobody": Case("requester_unnamed", asked_by_nobody),
}


def rebind(world: World, held: Held) -> None:
    """Make the approval one of what stands now, as if it had been given after the fault."""
    bound = binding(Facts(*held, circumstances=world.circumstances))
    names = ", ".join(f"{name} = ?" for name in bound)
    world.execute(f"UPDATE rollout_approvals SET {names}", *bound.values())
