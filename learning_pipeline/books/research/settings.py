"""What research may risk."""

from __future__ import annotations

from pydantic import Field

from learning_pipeline.contracts import Settings


class ResearchSettings(Settings):
    """Capital and sizes of research trades (research-budget, "Environment Variables")."""

    research_budget_fraction: float = Field(default=0.10, ge=0, lt=1, description="share of a session's capital")
    research_position_fraction: float = Field(
        default=0.05, gt=0, le=1, description="size of each research trade, share of research cash"
    )
    research_max_loss_usd: float | None = Field(
        default=None, ge=0, description="loss of a session that pauses its research; None: half of research capital"
    )
    research_auto_aggregate: bool = Field(default=True, description="evidence is renewed as research trades close")
    research_auto_start: bool = Field(default=True, description="a judge's suggestion may run at once; else a draft")
