"""Tables of the drift room."""

from typing import Any

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import Instant, Table

METRICS = ["psi", "ks", "brier_decay", "log_loss_decay", "net_roi_decay"]
ANSWER_METRICS = ["refusal", "schema_fail", "latency", "embedding_shift"]
KINDS = ["drift", "train_failures", "data_missing"]
ROLES = ["active", "shadow"]
PREDICTION, WHOLE = "prediction", "*"


def known(description: str, **checks: Any) -> Any:
    """A column that is null where it could not be told."""
    return pa.Field(nullable=True, description=description, **checks)


class Scores(Table, key=("as_of", "model", "metric", "feature", "target")):
    """One row per day, model, metric and feature: how far what is served now lies from what was trained on."""

    as_of: pl.Date = pa.Field(description="day, as of its end")
    model: pl.String = pa.Field(description="artifact; of a language model prompt pack and version, `pack@version`")
    metric: pl.String = pa.Field(isin=[*METRICS, *ANSWER_METRICS], description="what is compared, and how")
    feature: pl.String = pa.Field(description="feature; `prediction` for scores; `*` where it is about the whole")
    target: pl.String = pa.Field(description="what the artifact is deployed for; `*` for a language model")
    role: pl.String = known("state in which it is deployed; null for a language model", isin=ROLES)
    n: pl.Int64 = pa.Field(ge=0, description="decisions, labels or answers in the window")
    n_pending: pl.Int64 = pa.Field(ge=0, description="those whose label is not known yet; 0 where none is needed")
    reference_value: pl.Float64 = known("same figure in training: a mean, share or median; null where there is none")
    current_value: pl.Float64 = known("the figure in the window; null where there is none")
    score: pl.Float64 = known("value of the metric; null where too little is known")
    threshold: pl.Float64 = known("value from which on the shift is large enough to matter")
    p_value: pl.Float64 = known("of no shift; null where there is no test", ge=0, le=1)
    q_value: pl.Float64 = known("after Benjamini-Hochberg over the tests of the day", ge=0, le=1)
    breached: pl.Boolean = known("large enough and not by chance; null: not known")
    is_alarm: pl.Boolean = pa.Field(description="breached on enough of the last days: an alarm stands")


class Alerts(Table, key=("as_of", "kind", "model", "metric", "feature", "target")):
    """One row per alert, on the day on which it begins."""

    as_of: pl.Date = pa.Field(description="day, as of its end; of trainings the day by the clock")
    kind: pl.String = pa.Field(isin=KINDS, description="what is wrong")
    model: pl.String = pa.Field(description="artifact, prompt pack and version, or model type")
    metric: pl.String = pa.Field(description="metric; `*` where none")
    feature: pl.String = pa.Field(description="feature; `*` where none")
    target: pl.String = pa.Field(description="what the artifact is deployed for; `*` where none")
    raised_at: Instant = pa.Field(description="end of the day, or when the training ended that made it an alert")
    detail: pl.String = pa.Field(description="what is wrong, in words, and what to do")
