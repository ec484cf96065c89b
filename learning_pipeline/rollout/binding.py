"""What an approval is bound to: digests that change whenever what was approved does."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from learning_pipeline.rollout.facts import Circumstances, Facts

BOUND = ("artifact_sha256", "evaluations_sha256", "dataset_id", "policy_sha256", "replaces_sha256")


def binding(facts: Facts) -> dict[str, str | None]:
    """Artifact, evaluations, dataset, policy and the artifact that would be replaced, as they are now."""
    artifact, active = facts.artifact or {}, facts.standing.get("active")
    return {
        "artifact_sha256": artifact.get("sha256"),
        "evaluations_sha256": evaluations_sha256(facts),
        "dataset_id": artifact.get("dataset_id"),
        "policy_sha256": policy_sha256(facts.circumstances),
        "replaces_sha256": active.artifact_sha256 if active else None,
    }


def evaluations_sha256(facts: Facts) -> str:
    """Of everything that the newest evaluation by each required pack says; None stands for one that is missing."""
    newest = {pack_id: facts.newest_of(pack_id) for pack_id in facts.circumstances.policies}
    return _sha256({pack_id: None if row is None else dict(row) for pack_id, row in newest.items()})


def policy_sha256(circumstances: Circumstances) -> str:
    """Of the required packs as they are and of the settings of rollout."""
    return _sha256({"packs": dict(circumstances.policies), "rollout": circumstances.rollout.model_dump()})


def _sha256(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_text)
    return hashlib.sha256(text.encode()).hexdigest()


def _text(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    raise TypeError(f"cannot be bound: {type(value).__name__}")
