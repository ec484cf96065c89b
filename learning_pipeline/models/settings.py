"""Settings of the table ``[models]``."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from learning_pipeline.contracts import Settings


class ModelsSettings(Settings):
    """When and on what a model is trained, and what it must pass (learn-l2-25, 8); variables are named LEARN_<KEY>."""

    variables: ClassVar[str] = "LEARN_"

    enable: bool = Field(
        default=True, description="false: no training and no rollout; events are captured all the same"
    )
    train_schedule: str = Field(default="manual", description="`manual`, or a cron line in UTC")
    min_samples: int = Field(default=1000, ge=1, description="labelled examples that training takes at least")
    eval_packs: tuple[str, ...] = Field(
        default=("bench_core_v1",), min_length=1, description="packs that must be passed"
    )
    rollout_mode: Literal["shadow", "active"] = Field(
        default="shadow", description="shadow: no model becomes active, whatever is approved"
    )
    keep_artifacts: int = Field(default=10, ge=2, description="newest artifacts whose datasets are pinned")
    train_retries: int = Field(default=2, ge=0, le=5, description="further tries where training fails in passing")
    seed: int = Field(default=0, description="of the training")


ModelsSettings.in_no_table = frozenset(ModelsSettings.model_fields)
