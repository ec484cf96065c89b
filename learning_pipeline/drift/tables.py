"""Tables of the drift room."""

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import Instant, Table


class Scores(Table, key=("as_of", "model", "metric", "feature")):
    """One row per day, model, metric and feature: how far what is served now lies from what was trained on."""

    as_of: pl.Date = pa.Field(description="day, as of its end")
    model: pl.String = pa.Field(description="artifact, or prompt pack and version")
    metric: pl.String = pa.Field(description="psi, ks, brier_decay, refusal, schema_fail, latency, embedding_shift")
    feature: pl.String = pa.Field(description="feature; `prediction` for scores; `*` where it is about the whole")
    n: pl.Int64 = pa.Field(ge=0, description="decisions or answers in the window")
    n_pending: pl.Int64 = pa.Field(ge=0, description="those whose label is not known yet; 0 where none is needed")
    score: pl.Float64 = pa.Field(nullable=True, description="value of the metric; null where n is too small")
    threshold: pl.Float64 = pa.Field(nullable=True, description="value above which the shift is large enough to matter")
    p_value: pl.Float64 = pa.Field(nullable=True, ge=0, le=1, description="of no shift; null where there is no test")
    q_value: pl.Float64 = pa.Field(nullable=True, ge=0, le=1, description="after Benjamini-Hochberg over the day")
    breached: pl.Boolean = pa.Field(nullable=True, description="large enough and not by chance; null: not known")


class Alerts(Table, key=("as_of", "kind", "model", "metric", "feature")):
    """One row per alert, on the day on which it begins."""

    as_of: pl.Date = pa.Field(description="day, as of its end")
    kind: pl.String = pa.Field(isin=["drift", "train_failures", "data_missing"], description="what is wrong")
    model: pl.String = pa.Field(description="artifact, prompt pack and version, or model type")
    metric: pl.String = pa.Field(description="metric; `*` where none")
    feature: pl.String = pa.Field(description="feature; `*` where none")
    raised_at: Instant = pa.Field(description="end of the day, or when the third training failed")
    detail: pl.String = pa.Field(description="what is wrong, in words, and what to do")
