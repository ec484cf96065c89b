"""Settings of the table ``[drift]``."""

from __future__ import annotations

from pydantic import Field

from learning_pipeline.contracts import Settings


class DriftSettings(Settings):
    """When a drift is an alarm (SEMANTICS 9)."""

    window_days: int = Field(default=30, ge=1, description="days of decisions compared with the training, at most")
    n_recent: int = Field(
        default=150, ge=2, description="decisions that the window is to hold: it ends where the newest days hold them"
    )
    days_min: int = Field(default=5, ge=2, description="days with decisions below which nothing is said")
    n_min: int = Field(default=50, ge=2, description="decisions in the window below which nothing is said")
    reference_days: int = Field(
        default=60, ge=1, description="days before the window with which the answers of a language model are compared"
    )
    psi_bins: int = Field(default=10, ge=2, le=100, description="bins of PSI: quantiles of the training snapshot")
    psi_threshold: float = Field(default=0.2, gt=0, description="PSI above which a shift is large enough to matter")
    ks_threshold: float = Field(
        default=0.15, gt=0, lt=1, description="distance of distributions above which a shift is large enough to matter"
    )
    brier_threshold: float = Field(default=0.03, gt=0, description="rise of the Brier score that matters")
    log_loss_threshold: float = Field(default=0.08, gt=0, description="rise of the log loss that matters, nats")
    net_roi_threshold: float = Field(
        default=0.0025, gt=0, description="fall of the mean net result of a trade taken that matters, a fraction"
    )
    refusal_threshold: float = Field(default=0.1, gt=0, lt=1, description="change of the share refused that matters")
    schema_fail_threshold: float = Field(
        default=0.1, gt=0, lt=1, description="change of the share that does not fit its schema that matters"
    )
    latency_threshold: float = Field(default=0.25, gt=0, lt=1, description="as ks_threshold, of the time to an answer")
    embedding_threshold: float = Field(default=0.05, gt=0, description="cosine distance of mean embeddings, 0 to 2")
    q: float = Field(default=0.02, gt=0, lt=1, description="false discovery rate over the tests of a day")
    draws: int = Field(default=9999, ge=99, description="exchanges of days that a small p is told from")
    alarm_k: int = Field(default=3, ge=1, description="breaches")
    alarm_m: int = Field(default=5, ge=1, description="within so many days: an alarm")
    failures: int = Field(default=3, ge=1, description="failed trainings in a row: an alert")
    webhook_url: str = Field(default="", description="alerts are sent there (http or https); empty: nowhere")
    webhook_timeout_seconds: float = Field(default=5.0, gt=0, le=60, description="time that a delivery may take")


DriftSettings.in_no_table = frozenset({"webhook_url", "webhook_timeout_seconds"})
