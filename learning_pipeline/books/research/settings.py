"""What research may risk."""

from __future__ import annotations

from pydantic import Field

from learning_pipeline.contracts import Settings


class ResearchSettings(Settings):
    """Capital and sizes of research trades (research-budget, "Environment Variables")."""

    research_budget_fraction: float = Field(default=0.10, ge=0, lt=1, description="share of a session's capital")
