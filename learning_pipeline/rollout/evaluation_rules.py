"""What the evaluations must say: every required pack passed, on these bytes, under the policy in force, lately."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from learning_pipeline.rollout.facts import Facts, Row
from learning_pipeline.rollout.reason import Reason


def evaluation_faults(facts: Facts) -> Iterator[Reason]:
    """Faults of the newest evaluation by each required pack."""
    if not facts.circumstances.policies:
        yield Reason("no_pack_required", "no evaluation pack is required of it: nothing would have been measured")
    for pack_id, policy in facts.circumstances.policies.items():
        row = facts.newest_of(pack_id)
        if policy is None:
            yield Reason("pack_unknown", f"{pack_id} cannot be read")
        elif row is None:
            yield Reason("not_evaluated", f"{pack_id} has not evaluated it; `learning-pipeline evaluate`")
        else:
            yield from _faults_of(facts, row, policy)


def _faults_of(facts: Facts, row: Row, policy: str) -> Iterator[Reason]:
    pack_id, artifact = row["pack_id"], facts.artifact
    if row["status"] != "measured":
        yield Reason("evaluation_failed", f"{pack_id} could not evaluate it: {row['reason'] or 'no reason was given'}")
    elif not row["passed"]:
        yield Reason("pack_not_passed", f"{pack_id} was not passed: {row['reason'] or 'its gates say why'}")
    if artifact is not None and row["artifact_sha256"] != artifact["sha256"]:
        yield Reason("evaluation_of_other_bytes", f"{pack_id} evaluated other bytes")
    if artifact is not None and row["dataset_id"] != artifact["dataset_id"]:
        yield Reason("evaluation_of_another_dataset", f"{pack_id} evaluated it as trained on another dataset")
    if row["policy_sha256"] != policy:
        yield Reason("evaluation_of_another_policy", f"{pack_id}, its data or thresholds have changed since")
    yield from _age(facts, row)


def _age(facts: Facts, row: Row) -> Iterator[Reason]:
    age, most = facts.circumstances.now - row["evaluated_at"], facts.circumstances.rollout.max_eval_age_days
    if age < dt.timedelta(0):
        yield Reason("evaluation_from_the_future", f"{row['pack_id']} evaluated it at {row['evaluated_at']:%F %H:%M}")
    elif age > dt.timedelta(days=most):
        days = age / dt.timedelta(days=1)
        yield Reason("evaluation_too_old", f"{row['pack_id']} evaluated it {days:.1f} days ago, {most:g} are allowed")
