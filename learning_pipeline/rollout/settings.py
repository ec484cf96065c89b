"""Settings of the table ``[rollout]``."""

from __future__ import annotations

from pydantic import Field

from learning_pipeline.contracts import Settings


class RolloutSettings(Settings):
    """What it takes to move a model (SEMANTICS 9)."""

    min_shadow_days: int = Field(
        default=14, ge=0, description="days of data that a model serves in shadow before active"
    )
    min_shadow_scores: int = Field(default=50, ge=0, description="decisions that it scored in shadow before active")
    approval_hours: float = Field(default=72.0, gt=0, description="hours after which an approval is void")
    max_eval_age_days: float = Field(default=30.0, gt=0, description="days after which an evaluation is too old")


RolloutSettings.in_no_table = frozenset(RolloutSettings.model_fields)
