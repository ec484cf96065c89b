"""Settings of the table ``[drift]``."""

from __future__ import annotations

from pydantic import Field

from learning_pipeline.contracts import Settings


class DriftSettings(Settings):
    """When a drift is an alarm (SEMANTICS 9)."""

    window_days: int = Field(default=30, ge=1, description="days of decisions compared with the training snapshot")
    n_min: int = Field(default=50, ge=2, description="decisions in the window below which nothing is said")
    psi_bins: int = Field(default=10, ge=2, le=100, description="bins of PSI: quantiles of the training snapshot")
    psi_threshold: float = Field(default=0.2, gt=0, description="PSI above which a shift is large enough to matter")
    q: float = Field(default=0.05, gt=0, lt=1, description="false discovery rate over the tests of a day")
    alarm_k: int = Field(default=3, ge=1, description="breaches")
    alarm_m: int = Field(default=5, ge=1, description="within so many days: an alarm")
    webhook_url: str = Field(default="", description="alarms are sent there; empty: nowhere")


DriftSettings.in_no_table = frozenset({"webhook_url"})
